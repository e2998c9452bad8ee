"""Shares of a whole that is only named beside them and stated elsewhere: 占地区生产总值的10.0%, with 地区生产总值 in another paragraph.

Method sheet: docs/methods/0801-review-of-a-document.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from guibiao.model.unit import PERCENT
from guibiao.review.claims import Basis, Claim, judged
from guibiao.review.ratios import share
from guibiao.review.reading import Passage, Read

_OF = re.compile(
    r"[，,]?(?:(?:同比|比上年|较上年)?(?:增长|下降)[\d.]+%[，,])?占(?:全市|本市|全省|全部)?(?P<name>[一-龥]{4,16}?)的?(?:比重|比例)?(?:约为|约|为|达到?)?"
)
_VERBS = re.compile(r"(?:约为|约|为|达到?|实现|完成|超过|突破|累计|合计)+$")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class _Level:
    passage: Passage
    read: Read
    year: str


def named_whole_claims(passages: Sequence[Passage]) -> Iterator[Claim]:
    """Every share whose whole the document states once, by the very name, for the same year or without any."""
    wanted: list[tuple[Passage, Read, Read, str]] = []
    for passage in passages:
        for index, claim in enumerate(passage.reads):
            found = _wanted(passage, index) if claim.unit == PERCENT and index else None
            if found is not None:
                wanted.append((passage, claim, *found))
    if not wanted:
        return
    levels = _levels(passages, frozenset(name for _passage, _claim, _part, name in wanted))
    for passage, claim, part, name in wanted:
        whole = _whole(levels, passage, part, name)
        if whole is not None and whole.read is not part and whole.read.quantity.value >= part.quantity.to(whole.read.unit).value > 0:
            shown = passage.shown(part), whole.passage.shown(whole.read)
            basis = Basis(f" {shown[0]} 除以{name} {shown[1]} ", f"{shown[0]} over {shown[1]}")
            computed = share(part.quantity, whole.read.quantity)
            yield judged("share", passage.spot(claim.start, claim.end), claim.quantity, computed, basis)


def _wanted(passage: Passage, index: int) -> tuple[Read, str] | None:
    """The part right before a share, its own growth between allowed, and the name of the whole."""
    claim = passage.reads[index]
    for part in reversed(passage.reads[max(0, index - 2) : index]):
        if part.unit.is_ratio or part.unit.is_point:
            continue
        match = _OF.fullmatch(passage.text[part.end : claim.start])
        return (part, match["name"]) if match else None
    return None


def _levels(passages: Sequence[Passage], names: frozenset[str]) -> Mapping[str, list[_Level]]:
    """Levels that stand right after one of the names, which nothing narrows."""
    found: dict[str, list[_Level]] = defaultdict(list)
    for passage in passages:
        for read in passage.reads:
            if read.unit.is_ratio or read.unit.is_point:
                continue
            clause = passage.parts.clause(read.start)
            words = _VERBS.sub("", passage.text[max(clause[0], read.start - 40) : read.start])
            name = next((words[-size:] for size in range(min(_LONGEST, len(words)), 3, -1) if words[-size:] in names), None)
            if name is not None and re.search(r"(?:^|全市|实现|完成|本市|我市|全省|全年|年|月)$", words[: -len(name)]):
                found[name].append(_Level(passage, read, _year(passage, read)))
    return found


def _whole(levels: Mapping[str, list[_Level]], passage: Passage, part: Read, name: str) -> _Level | None:
    year = _year(passage, part)
    alike = [
        each for each in levels.get(name, ()) if each.read.unit.dimension == part.unit.dimension and (not year or each.year in {"", year})
    ]
    values = {each.read.quantity.to(part.unit).value for each in alike}
    return alike[0] if len(values) == 1 else None


def _year(passage: Passage, read: Read) -> str:
    found = _YEAR.findall(passage.text, passage.parts.sentence(read.start)[0], read.start)
    return found[-1] if found else ""
