"""Figures of a document against figures published elsewhere: same name, area and year; any published value that agrees is enough.

Method sheet: docs/methods/0802-review-against-published-figures.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from guibiao.model.quantity import Quantity
from guibiao.model.verdict import Verdict, judge
from guibiao.review.claims import Basis, Claim, judged
from guibiao.review.reading import Passage, Read
from guibiao.review.repeated import PERIOD

_VERBS = re.compile(r"(?:约为|约|为|达到?|实现|完成|超过|突破|已|共计|共|累计|合计|有|是|近|到)+$")
_OPENS = re.compile(r"(?:^|实现|完成|全市|全年|本市|我市|全省|年|月|底|末|其中|[，,、的：:])$")
_SHORTEST, _LONGEST = 4, 24
_MOVES = re.compile(r"增长|增加(?!值)|下降|提高|比重|占比|占|比上年|比|较|新增|分别|目标|力争|预计|计划|将|到20")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年(?!以来|起)")


@dataclass(frozen=True, slots=True)
class Published:
    """One published figure of a year: its indicator's name, area code, year, value, and where it was published."""

    name: str
    area: str
    year: int
    quantity: Quantity
    source: str
    key: str = ""
    """What leads to the figure, where it has a page of its own."""


@dataclass(frozen=True, slots=True)
class PublishedFigures:
    """Published figures by name, area and year; `areas` are codes by the names that text uses, `own` the area of a text that names none."""

    figures: Mapping[tuple[str, str, int], Sequence[Published]]
    areas: Mapping[str, str]
    own: str
    names: frozenset[str]


def gathered(figures: Sequence[Published], areas: Mapping[str, str], own: str) -> PublishedFigures:
    """Figures made ready to be looked up."""
    by_key: dict[tuple[str, str, int], list[Published]] = defaultdict(list)
    for figure in figures:
        by_key[figure.name, figure.area, figure.year].append(figure)
    return PublishedFigures(by_key, areas, own, frozenset(figure.name for figure in figures))


def source_claims(passages: Sequence[Passage], published: PublishedFigures) -> Iterator[Claim]:
    """Every figure of the paragraphs that was published for its area and year."""
    for passage in passages:
        if "年" not in passage.text:
            continue
        for read in passage.reads:
            found = _published(passage, read, published)
            if found:
                yield _told(passage, read, found)


def _published(passage: Passage, read: Read, published: PublishedFigures) -> Sequence[Published]:
    text = passage.text
    clause, sentence = passage.parts.clause(read.start), passage.parts.sentence(read.start)
    words = text[max(clause[0], read.start - 60) : read.start]
    stretch = text[sentence[0] : read.start][-200:]
    years = set(_YEAR.findall(stretch))
    if len(years) != 1 or PERIOD.search(stretch) or _MOVES.search(words):
        return ()
    areas = _areas(stretch, published)
    name = _name(_VERBS.sub("", words), published)
    if name is None or len(areas) > 1:
        return ()
    area = next(iter(areas), published.own)
    found = published.figures.get((name, area, int(next(iter(years)))), ())
    return [each for each in found if each.quantity.unit.dimension == read.unit.dimension]


def _areas(stretch: str, published: PublishedFigures) -> set[str]:
    """Codes of the areas that the words name, the longest name at each place."""
    found: set[str] = set()
    at = 0
    while at < len(stretch):
        length = next((size for size in range(12, 1, -1) if stretch[at : at + size] in published.areas and at + size <= len(stretch)), 0)
        if length:
            found.add(published.areas[stretch[at : at + length]])
        at += length or 1
    return found


def _name(words: str, published: PublishedFigures) -> str | None:
    """The longest published name that the words end in, where nothing before it narrows it."""
    for size in range(min(_LONGEST, len(words)), _SHORTEST - 1, -1):
        name = words[-size:]
        if name in published.names:
            before = words[:-size]
            named = any(before.endswith(area) for area in published.areas) if before else True
            return name if named or _OPENS.search(before) else None
    return None


def _told(passage: Passage, read: Read, found: Sequence[Published]) -> Claim:
    """The claim against the published value that it agrees with, else against the nearest."""
    order = [Verdict.OK, Verdict.ROUNDED, Verdict.TRUNCATED, Verdict.INCONSISTENT]
    best = min(
        found,
        key=lambda each: (
            order.index(judge(read.quantity, each.quantity)),
            abs(each.quantity.to(read.unit).value - read.quantity.value),
        ),
    )
    basis = Basis(f"《{best.source}》公布的{best.year}年{best.name}", f"the figure published in {best.source} for {best.year}")
    return replace(judged("source", passage.spot(read.start, read.end), read.quantity, best.quantity, basis), compared=best.key)
