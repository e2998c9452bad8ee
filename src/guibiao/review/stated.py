"""One figure in two places: in the text and in a table, in two tables; and one figure under two names.

A row's label and a column's head make a figure of a table; the text states it where it names the label beside a value of the same kind
that either its words or its nearness tie to the column. Method sheet: docs/methods/0801-review-of-a-document.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guibiao.model.verdict import Verdict, judge
from guibiao.review.claims import Basis, Claim, judged, worded
from guibiao.review.grids import TOTAL, Cell, Grid
from guibiao.review.reading import Passage, Read

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年|\s|$|营|收|利|[^\d年])")
_MEASURES = {
    "profit": "利润 亏损", "output": "产值", "revenue": "营收 收入 销售额 营业额", "value added": "增加值", "exports": "出口",
    "investment": "投资", "trade": "零售额 成交额 交易额", "users": "用户", "sales": "销量 出货 产量", "firms": "企业数 新设 存量",
    "projects": "项目", "population": "人口", "assets": "资产", "valuation": "估值 市值", "tax": "税收 税额",
}  # fmt: skip
_MEASURE_OF = {word: measure for measure, words in _MEASURES.items() for word in words.split()}
_MEASURE_WORD = re.compile("|".join(_MEASURE_OF))
_NEAR = Decimal("0.03")
"""Two values of one label and kind this near are taken as one figure, whatever words name it."""
_LEAST_LABEL = 2
_SAME_LABEL = 40
"""Numbers of one label that are kept: a longer list names no single thing."""
_MOVES = re.compile(r"增加(?!值)|减少|新增|增长|下降|累计|比|较|其中|超过|每")
_DISTINCTIVE = 4
"""Significant digits from which two equal numbers are no accident."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One number of a table with what it is of."""

    grid: Grid
    label: str
    head: str
    year: int | None
    measure: str | None
    cell: Cell


def table_statements(tables: Sequence[Grid]) -> Mapping[str, list[_Entry]]:
    """Numbers of the tables by the label of their row; totals and years name nothing."""
    found: dict[str, list[_Entry]] = defaultdict(list)
    for grid in tables:
        title_year = _year(grid.title)
        ratio = {column: grid.is_ratio(column) for column in grid.numeric}
        for row in grid.rows:
            label = grid.label(row)
            if not _LEAST_LABEL <= len(label) <= 20 or TOTAL.match(label) or label[0].isdigit():
                continue
            for column in grid.numeric:
                cell = row.get(column)
                if cell is not None and cell.quantity is not None and not ratio[column] and len(found[label]) < _SAME_LABEL:
                    head = grid.head.get(column, "")
                    found[label].append(_Entry(grid, label, head, _year(head) or title_year, _measure(head) or _measure(grid.title), cell))
    return found


def text_against_tables(passages: Sequence[Passage], entries: Mapping[str, list[_Entry]]) -> Iterator[Claim]:
    """Figures of the text that a table states too."""
    starts: dict[str, list[str]] = defaultdict(list)
    for label in entries:
        starts[label[:_LEAST_LABEL]].append(label)
    if not starts:
        return
    for passage in passages:
        named = list(_labels(passage.text, starts)) if passage.reads else []
        for read in passage.reads if named else ():
            yield from _stated(passage, read, named, entries)


def _labels(text: str, starts: Mapping[str, list[str]]) -> Iterator[tuple[int, int, str]]:
    for at in range(len(text) - 1):
        for label in starts.get(text[at : at + _LEAST_LABEL], ()):
            if text.startswith(label, at):
                yield at, at + len(label), label


def _stated(passage: Passage, read: Read, named: Sequence[tuple[int, int, str]], entries: Mapping[str, list[_Entry]]) -> Iterator[Claim]:
    """The table's figure that a quantity of the text restates, if its clause names the label and nothing else of the tables in between."""
    clause = passage.parts.clause(read.start)
    before = [each for each in named if clause[0] <= each[0] and each[1] <= read.start]
    if not before or read.unit.is_ratio or read.unit.is_point:
        return
    at, end, label = max(before, key=lambda each: (each[1], each[1] - each[0]))
    if passage.text[at - 1 : at] in {"、", "和", "与"} and "分别" in passage.text[clause[0] : read.start]:
        return
    between = passage.text[end : read.start]
    if any(other.end <= read.start and other.start >= end for other in passage.reads) or _MOVES.search(between):
        return
    words = f"{passage.text[at : read.start]}{passage.text[read.end : clause[1]]}"
    sentence = passage.parts.sentence(read.start)
    year = _year(passage.text[sentence[0] : read.start])
    for entry in entries[label]:
        told = _same(passage, read, entry, _measure(words), year)
        if told is not None:
            yield told
            return


def _same(passage: Passage, read: Read, entry: _Entry, measure: str | None, year: int | None) -> Claim | None:
    there = entry.cell.quantity
    if there is None or there.unit.dimension != read.unit.dimension or (year and entry.year and year != entry.year):
        return None
    if measure and entry.measure and measure != entry.measure:
        return None
    here = read.quantity.to(there.unit)
    base = max(abs(there.value), abs(here.value))
    near = base > 0 and abs(there.value - here.value) <= _NEAR * base
    tied = measure is not None and measure == entry.measure and year is not None and year == entry.year and not read.unit.discrete
    if not near and not tied:
        return None
    coarser_table = (there.decimals or 0) < (here.decimals or 0) and read.mention.operator == "="
    where = entry.grid.title or "表"
    if coarser_table:
        basis = Basis(f"正文的 {passage.shown(read)} ", f"the text's {passage.shown(read)}")
        return judged("repeated", entry.grid.spot(entry.cell), there, read.quantity, basis)
    basis = Basis(f"“{where}”中{entry.label}的 {entry.cell.text} ", f"the table's {entry.cell.text}")
    return judged("repeated", passage.spot(read.start, read.end), read.quantity, there, basis)


def tables_against_tables(entries: Mapping[str, list[_Entry]]) -> Iterator[Claim]:
    """Figures of one label, measure and year in two tables; each against the one stated to more digits."""
    for found in entries.values():
        groups: dict[tuple[object, ...], list[_Entry]] = defaultdict(list)
        for entry in found:
            if entry.measure and entry.year and entry.cell.quantity is not None and not entry.cell.quantity.unit.is_ratio:
                groups[entry.measure, entry.year, entry.cell.quantity.unit.dimension].append(entry)
        for group in groups.values():
            if len({id(entry.grid) for entry in group}) == len(group) == 2:
                yield from _compared(*group)


def _compared(first: _Entry, second: _Entry) -> Iterator[Claim]:
    one, other = first.cell.quantity, second.cell.quantity
    if one is None or other is None:
        return
    finer, coarser = (first, second) if (one.decimals or 0) >= (other.decimals or 0) else (second, first)
    assert finer.cell.quantity is not None
    assert coarser.cell.quantity is not None
    basis = Basis(f"“{finer.grid.title}”的 {finer.cell.text} ", f"the other table's {finer.cell.text}")
    verdict = judge(coarser.cell.quantity, finer.cell.quantity)
    base = max(abs(one.value), abs(other.to(one.unit).value))
    if verdict is Verdict.INCONSISTENT and abs(one.value - other.to(one.unit).value) > Decimal("0.3") * base:
        return
    yield judged("repeated", coarser.grid.spot(coarser.cell), coarser.cell.quantity, finer.cell.quantity, basis)


def overlap_claims(passages: Sequence[Passage]) -> Iterator[Claim]:
    """One figure of four digits or more under two measures that differ (产值, 收入) in one year: one of the two was copied."""
    seen: dict[tuple[Decimal, object], list[tuple[Passage, Read, str, frozenset[str]]]] = defaultdict(list)
    for passage in passages:
        for read in passage.reads:
            if read.unit.is_ratio or read.unit.is_point or len(read.quantity.value.as_tuple().digits) < _DISTINCTIVE:
                continue
            if len(read.quantity.value.normalize().as_tuple().digits) < _DISTINCTIVE - 1:
                continue
            clause = passage.parts.clause(read.start)
            sentence = passage.parts.sentence(read.start)
            years = frozenset(_YEAR.findall(passage.text, max(0, sentence[0] - 120), read.start))
            measure = _measure(passage.text[clause[0] : read.start])
            base = read.quantity.value.scaleb(read.unit.power)
            for earlier, other, named, then in seen[base, read.unit.dimension]:
                if measure and named != measure and then & years:
                    yield _overlapping(passage, read, earlier, other)
                    break
            if measure:
                seen[base, read.unit.dimension].append((passage, read, measure, years))
                del seen[base, read.unit.dimension][:-3]


def _overlapping(passage: Passage, read: Read, earlier: Passage, other: Read) -> Claim:
    printed, there = passage.shown(read), earlier.text[slice(*earlier.parts.clause(other.start))].strip("，。；")[:40]
    told = Basis(
        f"{printed} 前面写作“{there}”，此处是另一项指标：同一个数用在两项不同的指标上，请核对。",
        f"{printed} was stated before of another measure ({there}): one figure stands under two names, check which is meant.",
    )
    return worded("overlap", passage.spot(read.start, read.end), printed, printed, Verdict.INCONSISTENT, told, "warning")


def _year(text: str) -> int | None:
    found = _YEAR.findall(text)
    return int(found[-1]) if found else None


def _measure(text: str) -> str | None:
    """The measure named last in the words."""
    words = _MEASURE_WORD.findall(text)
    return _MEASURE_OF[words[-1]] if words else None
