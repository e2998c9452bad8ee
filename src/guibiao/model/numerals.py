"""Chinese numerals in figures: 两万七千 -> 27000, 千 -> 1000. Magnitude words after Arabic digits are the quantity's business."""

from __future__ import annotations

import re

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_SECTIONS = {"万": 10**4, "亿": 10**8}
_RUN = re.compile(f"[{''.join([*_DIGITS, *_PLACES, *_SECTIONS])}]+(?!分点)")


def chinese_number(text: str) -> int | None:
    """Value of a whole numeral, None where it is not one. Bare places count one: 千 is 1000."""
    total = section = digit = 0
    seen = False
    for position, character in enumerate(text):
        if character in _DIGITS:
            digit, seen = _DIGITS[character], True
        elif character in _PLACES:
            section += (digit or 1) * _PLACES[character]
            digit, seen = 0, True
        elif character in _SECTIONS:
            section += not (seen or position)
            total = (total + section + digit) * _SECTIONS[character]
            section = digit = 0
            seen = True
        else:
            return None
    return total + section + digit if text else None


def with_arabic_digits(text: str) -> str:
    """The text with its first Chinese numeral in Arabic digits, unless Arabic digits are there already."""
    if re.search(r"\d", text):
        return text
    run = _RUN.search(text)
    if run is None:
        return text
    number = chinese_number(run[0])
    return text if number is None else f"{text[: run.start()]}{number}{text[run.end() :]}"
