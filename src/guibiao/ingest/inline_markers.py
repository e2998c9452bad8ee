"""Headings and items that a lost line break left inside a paragraph: （四）, 二、 where the numbering goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from guibiao.model.numerals import chinese_number

_NUMERAL = "一二三四五六七八九十百〇零"
_MARKER = re.compile(rf"(?P<bracketed>[(（][{_NUMERAL}]{{1,3}}[)）])|(?<=[。；：:！？)）”])(?P<listed>[{_NUMERAL}]{{1,3}}、)")
_SECTION, _ITEM = 2, 3
_ENDS = frozenset("。；：:！？)）”")
_LONGEST_HEADING = 40


@dataclass(slots=True)
class InlineMarkers:
    """The numbering of one document so far; paragraphs are given to it in reading order."""

    _reached: dict[int, int] = field(default_factory=dict)

    def cuts(self, text: str, own: str, level: int) -> list[tuple[int, str, int]]:
        """Offset, marker and level of each heading or item inside a paragraph whose own marker is `own` (empty without one)."""
        if own and level in {_SECTION, _ITEM}:
            self._take(level, own)
        found: list[tuple[int, str, int]] = []
        for match in _MARKER.finditer(text, len(own)):
            level = _ITEM if match["bracketed"] else _SECTION
            number = chinese_number(match[0].strip("()（）、")) or 0
            opened = found[-1][0] if found else 0 if own else -1
            if number and self._goes_on(number, level) and _may_stand(text, match.start(), opened):
                found.append((match.start(), match[0], level))
                self._take(level, match[0])
        return found

    def _goes_on(self, number: int, level: int) -> bool:
        return number == self._reached.get(level, 0) + 1 or (number == 1 and level == _ITEM)

    def _take(self, level: int, marker: str) -> None:
        self._reached[level] = chinese_number(marker.strip("()（）、.．")) or 0


def _may_stand(text: str, at: int, opened: int) -> bool:
    """After the end of a sentence, or right after a heading that began at `opened` and has no stop in it."""
    if at == 0 or text[at - 1] in _ENDS:
        return True
    heading = text[opened:at] if opened >= 0 and at - opened <= _LONGEST_HEADING else "。"
    return not any(stop in heading for stop in "。；，：！？")
