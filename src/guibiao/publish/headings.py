"""Numbers of headings: 一、（一）1.（1）by level in Chinese (GB/T 9704—2012, 7.3.3), 1 1.1 1.1.1 elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping

from guibiao.publish.document import Document, Heading, Line

_TYPED = re.compile(
    r"\s*(?:第[一二三四五六七八九十百]+[章节]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|[（(]\d{1,2}[）)]"
    r"|\d{1,2}[.、．](?!\d)|\d{1,2}(?:\.\d{1,2})+\s)"
)
_DIGITS = "〇一二三四五六七八九"


def line_text(line: Line) -> str:
    """The words of a line, without links and styles."""
    return "".join(part.text for part in line)


def heading_numbers(document: Document) -> Mapping[str, str]:
    """Heading id -> number to print before it; empty where the template already types numbers into its headings."""
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    if any(_TYPED.match(line_text(heading.line)) for heading in headings):
        return {}
    top = min((heading.level for heading in headings), default=1)
    counters: list[int] = []
    numbers = {}
    for heading in headings:
        depth = heading.level - top + 1
        counters = [*counters[:depth], *([0] * (depth - len(counters)))]
        counters[-1] += 1
        numbers[heading.id] = _number(counters, document.language)
    return numbers


def _number(counters: list[int], language: str) -> str:
    last = counters[-1]
    if language != "zh":
        return ".".join(str(max(1, counter)) for counter in counters) + "  "
    forms = (f"{_chinese(last)}、", f"（{_chinese(last)}）", f"{last}. ", f"（{last}）")
    return forms[min(len(counters), len(forms)) - 1]


def _chinese(number: int) -> str:
    """一 to 九十九; more headings than that on one level keep Arabic digits."""
    tens, ones = divmod(number, 10)
    if number > 99:
        return str(number)
    return f"{'' if tens < 2 else _DIGITS[tens]}{'十' if tens else ''}{_DIGITS[ones] if ones else ''}"
