"""Which date governs a quantity: one in its clause, its sentence, its paragraph, or one handed down by a lead-in, a heading or a title."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from guibiao.model.text.blocks import TextBlock
from guibiao.model.text.clauses import Clauses, Span
from guibiao.model.text.dates import Deadline, deadlines
from guibiao.model.text.mentions import Mention

DeadlineScope = Literal["inline", "same_sentence", "same_paragraph", "inherited", "none"]

GOALS = re.compile(r"目标")
_BULLET = 7
_OPENING = 12
_NEAREST = 40
_ENDS = "。：:！？；"
_RANGE = re.compile(r"(?:19|20)\d\d年?(?:—|–|-|~|～|至|到){1,2}((?:19|20)\d\d)年")
_RESPECTIVELY = re.compile(r"分别")
_BY = ("底前", "末前", "前")


@dataclass(frozen=True, slots=True)
class Governing:
    """A date with how far it reaches, and the block it stands in."""

    deadline: Deadline
    scope: DeadlineScope
    block: TextBlock


@dataclass(slots=True)
class Inheritance:
    """Dates of headings, lead-ins and goals, for what stands below them; blocks are given to it in reading order."""

    dated: date | None
    _headings: dict[int, Governing] = field(default_factory=dict)
    _lead: Governing | None = None
    _goals_level: int = 0
    _goes_on: Governing | None = None

    def take(self, block: TextBlock, dates: Sequence[Deadline]) -> Governing | None:
        """What a block with these dates inherits; then what it hands down is remembered."""
        heads = 0 < block.level < _BULLET
        if heads:
            self._headings = {level: each for level, each in self._headings.items() if level < block.level}
            if block.level <= self._goals_level or not self._goals_level:
                self._goals_level = block.level if GOALS.search(block.text[:_OPENING]) else 0
                self._lead = None if block.kind == "heading" or self._goals_level else self._lead
        elif block.kind == "body" and len(block.text) <= _OPENING and GOALS.search(block.text):
            self._goals_level, self._lead = _BULLET - 1, None
        inherits = self._lead if block.kind in {"item", "cell"} or self._goals_level else self._goes_on
        if inherits is None and self._headings:
            inherits = self._headings[max(self._headings)]
        if block.kind == "heading":
            self._hand_down(block, dates)
        elif block.kind == "body" or self._goals_level:
            self._lead_in(block, dates, inherits)
        return inherits

    def _lead_in(self, block: TextBlock, dates: Sequence[Deadline], inherited: Governing | None) -> None:
        """A date at the beginning of a paragraph holds for the list below it, in the goals of a plan until the next date."""
        text = block.text
        ends_open = text.endswith(("：", ":"))
        found = [each for each in dates if each.worded and not each.since and not each.base]
        opening = [each for each in found if each.start <= _OPENING or text[each.start - 1] in _ENDS]
        if self._goals_level:
            last = opening[-1] if opening else None
        else:
            first = next((each for each in found if each.start <= _OPENING), None)
            last = first or (found[-1] if found and ends_open else None)
        if last is not None:
            self._lead = Governing(last, "inherited", block)
        elif not ends_open and not self._goals_level:
            self._lead = None
        handed = (Governing(found[-1], "inherited", block) if found else inherited) if text.endswith(("；", ";", "，", ",")) else None
        self._goes_on = handed

    def _hand_down(self, block: TextBlock, dates: Sequence[Deadline]) -> None:
        self._goes_on = None
        found = [each for each in dates if not each.since]
        if found and (self.dated is None or found[-1].day >= self.dated.replace(month=1, day=1)):
            self._headings[block.level] = Governing(found[-1], "inherited", block)


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of one block that may govern, in order, found by offset in logarithmic time."""

    every: Sequence[Deadline]
    usable: Sequence[Deadline]

    @classmethod
    def of(cls, every: Sequence[Deadline]) -> Dates:
        return cls(every, [each for each in every if not each.since and not each.base])

    def between(self, start: int, end: int) -> Sequence[Deadline]:
        return self.usable[bisect_left(self.usable, start, key=_start) : bisect_left(self.usable, end, key=_start)]

    def holds(self, offset: int) -> bool:
        """Whether a character is part of a date."""
        last = bisect_right(self.every, offset, key=_start) - 1
        return last >= 0 and offset < self.every[last].end

    def worded_before(self, offset: int) -> Deadline | None:
        """The last date to be reached before an offset, among the nearest few."""
        before = bisect_left(self.usable, offset, key=_start)
        return next((each for each in reversed(self.usable[max(0, before - _NEAREST) : before]) if each.worded), None)

    def base_between(self, start: int, end: int) -> Deadline | None:
        """The date that something is compared with."""
        first, last = bisect_left(self.every, start, key=_start), bisect_left(self.every, end, key=_start)
        return next((each for each in self.every[first:last] if each.base), None)


def governing(block: TextBlock, mention: Mention, dates: Dates, parts: Clauses, lead: Governing | None) -> Governing | None:
    """The date that governs a mention: nearest before it in its clause, then in its sentence, then in its paragraph, then handed down."""
    if not dates.usable:
        return lead
    sentence, clause = parts.sentence(mention.start), parts.clause(mention.start)
    own = _respectively(mention, dates, parts.text, sentence)
    if own is not None:
        return Governing(own, "same_sentence", block)
    inline = dates.between(*clause)
    if inline:
        nearest = min(inline, key=lambda each: (each.start > mention.start, abs(each.start - mention.start)))
        return Governing(_of_the_plan(nearest, dates, parts.text, sentence), "inline", block)
    earlier = dates.between(sentence[0], mention.start)
    if earlier:
        return Governing(_of_the_plan(earlier[-1], dates, parts.text, sentence), "same_sentence", block)
    later = [each for each in dates.between(mention.end, sentence[1]) if parts.text.endswith(_BY, each.start, each.end)]
    if later:
        return Governing(later[0], "same_sentence", block)
    above = dates.worded_before(sentence[0])
    return Governing(above, "same_paragraph", block) if above is not None else lead


def title_horizon(block: TextBlock) -> Deadline | None:
    """The end of a period in a title: （2021—2025年） or “十四五”."""
    text = block.text
    ranged = _RANGE.search(text)
    found = [each for each in deadlines(text, None) if not each.since and not each.base]
    if ranged is not None:
        found = [each for each in found if each.end >= ranged.end() - 1 and each.start <= ranged.end()]
    return found[-1] if found and (ranged is not None or "“十" in text or "十" in text[:4]) else None


def _start(found: Deadline) -> int:
    return found.start


def _of_the_plan(found: Deadline, dates: Dates, text: str, sentence: Span) -> Deadline:
    """三年内 after the title of a plan for 2020—2022 ends with that plan."""
    if not found.relative:
        return found
    for match in _RANGE.finditer(text, sentence[0], found.start):
        for each in dates.between(max(0, match.start() - 2), match.end()):
            return replace(found, day=each.day, worded=True, relative=False)
    return found


def _respectively(mention: Mention, dates: Dates, text: str, sentence: Span) -> Deadline | None:
    """到2020年和2025年分别达到60%和80%: each value has the date in its place."""
    word = _RESPECTIVELY.search(text, sentence[0], mention.start)
    if word is None:
        return None
    listed: list[Deadline] = []
    for each in dates.between(sentence[0], word.start()):
        listed = [*listed, each] if listed and each.start - listed[-1].end <= 1 else [each]
    if len(listed) < 2:
        return None
    place = len(re.findall(r"[、和与及]", text[word.end() : mention.start]))
    return listed[place] if place < len(listed) else None
