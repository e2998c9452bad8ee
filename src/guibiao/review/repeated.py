"""The same figure stated twice in sentences, in one document or in several."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from guibiao.model.text.names import geography, indicator_name
from guibiao.model.verdict import Verdict
from guibiao.review.claims import Basis, Claim, Spot, concluded
from guibiao.review.reading import Passage, Read

_LEAST_NAME = 4
_LONGEST_NAME = 24
_NOISE = re.compile(r"\d|的通知|的$|《|》|^(?:企业|项目|机构|数据|平台|单位|其中|总数|规模)$")
_MOVES = re.compile(
    r"(?:由|从)[^，。]{0,40}(?:到|至|升|降|为)|分别|累计|新增|其中|每|比|较|增加(?!值)|减少|增长|左右|第[一二三四五]批|首批|预计|力争|计划|目标|将|前\d|上半年|季度"
    r"|\d月"
)
"""Clauses that state a movement, parts, a plan or a part of a year: their levels are not one figure of one name."""
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年(?!以来|起)")
PERIOD = re.compile(r"上半年|下半年|季度|\d{1,2}(?:-|—|~|～|至|到)\d{1,2}月|\d{1,2}月|以来|期间|目前|目标|力争|预计|计划")


@dataclass(frozen=True, slots=True)
class Statement:
    """One figure of a document with what makes it comparable: name, year, area, kind of unit."""

    passage: Passage
    read: Read
    key: tuple[str, int, str, tuple[tuple[str, int], ...]]

    def spot(self) -> Spot:
        return self.passage.spot(self.read.start, self.read.end)


def statements(passages: Sequence[Passage]) -> Iterator[Statement]:
    """Figures of the paragraphs whose name and year the words give."""
    for passage in passages:
        if "年" not in passage.text:
            continue
        for read in passage.reads:
            if read.unit.is_point or read.mention.worded:
                continue
            words = passage.around(read)
            sentence = passage.parts.sentence(read.start)
            stretch = passage.text[sentence[0] : read.start]
            years = _YEAR.findall(stretch)
            if len(set(years)) != 1 or _MOVES.search(words.clause) or PERIOD.search(stretch):
                continue
            name = indicator_name(read.mention, words)
            if not _LEAST_NAME <= len(name) <= _LONGEST_NAME or _NOISE.search(name):
                continue
            yield Statement(passage, read, (name, int(years[0]), geography(words), read.unit.dimension))


def repeated_claims(stated: Iterable[Statement]) -> Iterator[Claim]:
    """A figure stated again: the later against the first; where both can be true it is rounding."""
    groups: dict[object, list[Statement]] = defaultdict(list)
    for each in stated:
        groups[each.key].append(each)
    for group in groups.values():
        first = group[0]
        values = {each.read.quantity.to(first.read.unit).value for each in group}
        if len(values) > 2:
            # A name that takes three values in one year is not the name of one figure.
            continue
        for later in group[1:]:
            if later.passage is first.passage and later.passage.parts.sentence(later.read.start) == first.passage.parts.sentence(
                first.read.start
            ):
                continue
            one, other = later.read.quantity.to(first.read.unit), first.read.quantity
            verdict = Verdict.OK if one.value == other.value else Verdict.ROUNDED if one.overlaps(other) else Verdict.INCONSISTENT
            there = first.passage.shown(first.read)
            basis = Basis(f"“{first.passage.doc}”另一处 {there} ", f"another place ({first.passage.doc}: {there})")
            yield concluded("repeated", later.spot(), later.read.quantity, first.read.quantity, verdict, basis)
