"""A document's own text laid out for a page, with marks where offsets point to: headings, paragraphs, rows of tables, in parts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from guibiao.model.text.blocks import TextBlock

LONGEST = 20_000
"""Characters of a block shown as one; a longer one is cut where a sentence ends."""
PART_CHARACTERS, PART_MARKS = 120_000, 200
MOST_COLUMNS = 60
"""Columns of a table up to which empty cells keep their places."""
_STOP = re.compile(r"[。；;！？\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Words to be marked: offsets of the original, half-open; `strong` are spans inside that matter most, `order` decides on overlaps."""

    id: str
    start: int
    end: int
    tone: str
    label: str = ""
    title: str = ""
    href: str = ""
    order: int = 0
    strong: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Words under one mark, or none; `opens` are the marks whose place this is."""

    text: str
    mark: Mark | None = None
    strong: bool = False
    opens: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A block, or a stretch of a long one; `within` marks hold all of it and stand beside it."""

    kind: str
    level: int
    pieces: tuple[Piece, ...]
    page: int | None = None
    cell: tuple[int, int, int] | None = None
    within: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of one table; None where a cell is empty."""

    rows: tuple[tuple[Passage | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A block's clean text from `start` to `end`, and where in the original it stands."""

    block: TextBlock
    start: int
    end: int

    @property
    def first(self) -> int:
        return self.block.source(self.start)

    @property
    def last(self) -> int:
        return self.block.source(self.end - 1) + 1


@dataclass(frozen=True, slots=True)
class Part:
    """Stretches of one page, from `first` to `last` in the original."""

    number: int
    stretches: tuple[Stretch, ...]
    first: int
    last: int

    def holds(self, offset: int) -> bool:
        """Whether what stands at this offset is shown here."""
        return self.first <= offset < self.last


@dataclass
class _Filling:
    stretches: list[Stretch] = field(default_factory=list)
    characters: int = 0
    marks: int = 0


def parts(blocks: Sequence[TextBlock], places: Sequence[int], *, characters: int = PART_CHARACTERS, marks: int = PART_MARKS) -> list[Part]:
    """The text in parts of at most so many characters and marks, given the places where marks begin; every offset is in one part."""
    starts = sorted(places)
    filled: list[_Filling] = []
    for stretch in (each for block in blocks if block.text for each in _stretches(block)):
        size = stretch.end - stretch.start
        count = bisect_left(starts, stretch.last) - bisect_left(starts, stretch.first)
        last = filled[-1] if filled else None
        if last is None or last.characters + size > characters or last.marks + count > marks:
            filled.append(_Filling())
        filled[-1].stretches.append(stretch)
        filled[-1].characters += size
        filled[-1].marks += count
    if not filled:
        return []
    later = [each.stretches[0].first for each in filled[1:]]
    firsts, ends = [0, *later], [*later, filled[-1].stretches[-1].last + 1]
    numbered = zip(filled, firsts, ends, strict=True)
    return [Part(number, tuple(each.stretches), first, last) for number, (each, first, last) in enumerate(numbered, start=1)]


def part_of(found: Sequence[Part], offset: int) -> int:
    """Number of the part where an offset is shown; the last one for what lies behind the text."""
    return next((each.number for each in found if each.holds(offset)), len(found))


def laid_out(stretches: Sequence[Stretch], marks: Sequence[Mark], around: Sequence[Mark] = ()) -> list[Passage | Grid]:
    """Stretches with their marks; those of `around` may hold many blocks and stand beside them. Cells of one table come together."""
    ordered = sorted(marks, key=lambda mark: (mark.start, mark.end))
    opened: set[str] = set()
    passages = [_passage(each, ordered, around, opened) for each in stretches]
    result: list[Passage | Grid] = []
    for table, group in groupby(passages, key=lambda each: each.cell[0] if each.kind == "cell" and each.cell else 0):
        together = list(group)
        result += [_grid(together)] if table else together
    return result


def _stretches(block: TextBlock) -> Iterator[Stretch]:
    start, text = 0, block.text
    while len(text) - start > LONGEST:
        stops = [match.end() for match in _STOP.finditer(text, start + LONGEST // 2, start + LONGEST)]
        end = stops[-1] if stops else start + LONGEST
        yield Stretch(block, start, end)
        start = end
    yield Stretch(block, start, len(text))


def _passage(stretch: Stretch, marks: Sequence[Mark], around: Sequence[Mark], opened: set[str]) -> Passage:
    first, last = stretch.first, stretch.last
    mine = [mark for mark in marks if mark.start < last and mark.end > first]
    within = tuple(mark for mark in around if mark.start < last and mark.end > first)
    block = stretch.block
    return Passage(block.kind, block.level, tuple(_pieces(stretch, mine, opened)), block.page, block.cell, within)


def _pieces(stretch: Stretch, marks: Sequence[Mark], opened: set[str]) -> Iterator[Piece]:
    """The stretch cut where marks begin and end; where marks overlap the lowest `order` has the words, strong words before others.

    A mark opens where its first words stand; `opened` grows.
    """
    text = stretch.block.text
    layers = [layer for mark in marks for layer in _layers(stretch, mark)]
    changes: dict[int, list[tuple[bool, _Layer]]] = {stretch.start: [], stretch.end: []}
    for layer in layers:
        changes.setdefault(layer.start, []).append((True, layer))
        changes.setdefault(layer.end, []).append((False, layer))
    bounds = sorted(changes)
    active: set[_Layer] = set()
    waiting: list[Mark] = []
    for at, until in zip(bounds, [*bounds[1:], stretch.end], strict=True):
        for begins, layer in changes[at]:
            (active.add if begins else active.discard)(layer)
            if begins and layer.mark.id not in opened:
                opened.add(layer.mark.id)
                waiting.append(layer.mark)
        if at < until:
            top = min(active, key=_Layer.rank, default=None)
            yield Piece(text[at:until], top.mark if top else None, top.strong if top else False, tuple(waiting))
            waiting = []


@dataclass(frozen=True, slots=True)
class _Layer:
    mark: Mark
    start: int
    end: int
    strong: bool

    def rank(self) -> tuple[bool, int, int, str]:
        return not self.strong, self.mark.order, self.start, self.mark.id


def _layers(stretch: Stretch, mark: Mark) -> Iterator[_Layer]:
    for start, end, strong in ((mark.start, mark.end, False), *((*span, True) for span in mark.strong)):
        clean = _clean(stretch, start), _clean(stretch, end)
        if clean[0] < clean[1]:
            yield _Layer(mark, *clean, strong)


def _clean(stretch: Stretch, offset: int) -> int:
    """The first clean offset that stands at an original one or behind it."""
    return bisect_left(range(stretch.end), offset, stretch.start, stretch.end, key=stretch.block.source)


def _grid(cells: Sequence[Passage]) -> Grid:
    rows: dict[int, dict[int, Passage]] = {}
    for each in cells:
        assert each.cell is not None
        rows.setdefault(each.cell[1], {})[each.cell[2]] = each
    columns = max(column for row in rows.values() for column in row)
    if columns > MOST_COLUMNS:
        return Grid(tuple(tuple(row[column] for column in sorted(row)) for _number, row in sorted(rows.items())))
    return Grid(tuple(tuple(row.get(column) for column in range(1, columns + 1)) for _number, row in sorted(rows.items())))
