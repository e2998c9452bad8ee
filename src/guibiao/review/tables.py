"""Claims inside tables: totals of rows and columns, and columns that follow from others: shares, growth rates, differences, averages.

What a column claims to be is read from its head and then borne out by the majority of its rows; only then is a row that does not fit a
finding. Method sheet: docs/methods/0801-review-of-a-document.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from guibiao.model.quantity import Quantity
from guibiao.model.unit import NUMBER, PERCENT, Unit
from guibiao.model.verdict import Verdict, judge, judge_sum
from guibiao.review.claims import Basis, Claim, ClaimKind, concluded, worded
from guibiao.review.grids import SUBTOTAL, TOTAL, WHOLE_AREA, Cell, Grid
from guibiao.review.ratios import growth, share

_SHARE = re.compile(r"比例|占比|比重|份额|占|构成")
_GROWTH = re.compile(r"增长率|增速|增幅|同比|环比|增长|涨幅|增减率|增减\(?%")
_DIFFERENCE = re.compile(r"增量|增加额|增加数|增减额|增减量|净增|差额|新增量|增减")
_AVERAGE = re.compile(r"人均|户均|平均|每|均价|单价")
_NOT_NUMBER = re.compile(r"[^\d.-]")
_MEANT = Decimal("0.03")
_MAJORITY = Decimal("0.6")
MEAN_POPULATION = Decimal("0.05")
"""A figure per person may be reckoned with the mean population of the year instead of that at its end; the two differ by less."""
_WIDEST = 14
"""Numeric columns beyond which no column is looked for as following from two others."""
Recompute = Callable[[Quantity, Quantity], Quantity]
_WORDS: dict[str, tuple[str, str]] = {
    "share": ("除以", "over"),
    "per_capita": ("除以", "over"),
    "growth": ("到", "to"),
    "total": ("减", "less"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One ratio with its operands: the claimed cell, the claimed value, the recomputed one, and the operands as printed."""

    cell: Cell
    claimed: Quantity
    recomputed: Quantity
    first: str
    second: str


def table_claims(grid: Grid) -> Iterator[Claim]:
    """Every claim of a table that can be recomputed."""
    yield from _column_totals(grid)
    yield from _row_totals(grid)
    if len(grid.numeric) <= _WIDEST:
        for column in grid.numeric:
            yield from _following(grid, column)


def _column_totals(grid: Grid) -> Iterator[Claim]:
    totals = [number for number, row in enumerate(grid.rows) if any(TOTAL.match(cell.text) for cell in row.values())]
    area = [number for number, row in enumerate(grid.rows) if WHOLE_AREA.match(grid.label(row))]
    position = totals or area
    if len(position) != 1:
        return
    total = grid.rows[position[0]]
    others = [row for number, row in enumerate(grid.rows) if number != position[0]]
    columns = [column for column in grid.numeric if not grid.is_ratio(column) and column in total]
    found = [(column, [row[column] for row in others if column in row]) for column in columns]
    claims = [
        claim
        for column, parts in found
        if len(parts) > 1
        for claim in _sum(grid, total[column], parts, Basis(f"“{grid.head.get(column, '')}”各行之和", "adding the rows"))
    ]
    nested = any(SUBTOTAL.search(grid.label(row)) for row in others)
    yield from _borne_out(claims, certain=bool(totals) and not nested)


def _row_totals(grid: Grid) -> Iterator[Claim]:
    columns = [column for column, head in grid.head.items() if TOTAL.match(head.split("(")[0].split("（")[0])]
    if len(columns) != 1:
        return
    side = [column for column in grid.numeric if column < columns[0]] or [column for column in grid.numeric if column > columns[0]]
    parts_of = [column for column in side if not grid.is_ratio(column)]
    if len(parts_of) < 2:
        return
    claims = [
        claim
        for row in grid.rows
        if columns[0] in row and all(column in row for column in parts_of)
        for claim in _sum(
            grid, row[columns[0]], [row[column] for column in parts_of], Basis(f"“{grid.label(row)}”各列之和", "adding the columns")
        )
    ]
    nested = any(re.search("其中", grid.head.get(column, "")) for column in parts_of)
    yield from _borne_out(claims, certain=not nested)


def _borne_out(claims: Sequence[Claim], *, certain: bool) -> Iterator[Claim]:
    """The claims of one total: all where it is one by its name, else only if most fit; a total none of whose many sums fits is none."""
    wrong = [claim for claim in claims if claim.verdict == Verdict.INCONSISTENT and not _all_but(claim)]
    if len(wrong) == len(claims) > 2 or (not certain and len(wrong) > len(claims) * (1 - _MAJORITY)):
        return
    yield from claims


def _all_but(claim: Claim) -> bool:
    """Whether a sum all but meets its total: then it was meant to."""
    if claim.low is None or claim.high is None:
        return False
    claimed = Decimal(_NOT_NUMBER.sub("", claim.claimed))
    return abs((claim.low + claim.high) / 2 - claimed) <= _MEANT * abs(claimed)


def _sum(grid: Grid, total: Cell, parts: Sequence[Cell], basis: Basis) -> Iterator[Claim]:
    """Claim of a total; with a part missing it is not derivable."""
    if total.quantity is None:
        return
    known = [part.quantity for part in parts if part.quantity is not None]
    if len({part.unit.dimension for part in (*known, total.quantity)}) > 1:
        return
    if len(known) < len(parts):
        told = Basis(f"合计写为 {total.text}，但有分项缺数，无从推算。", f"The total is given as {total.text}; a part of it is missing.")
        if any(part.is_empty for part in parts) and len(known) > 1:
            yield worded("total", grid.spot(total), total.text, "", Verdict.NOT_DERIVABLE, told)
        return
    if len(known) < 2:
        return
    verdict, added = judge_sum(total.quantity, known)
    yield concluded("total", grid.spot(total), total.quantity, added, verdict, basis)


def _following(grid: Grid, column: int) -> Iterator[Claim]:
    """Claims of a column that follows from two others, or from the row above, by its head and by most of its rows."""
    head = grid.head.get(column, "")
    kind: ClaimKind
    ways: Iterable[list[_Row]]
    if _AVERAGE.search(head):
        kind, ways = "per_capita", _averages(grid, column)
    elif _SHARE.search(head) and not _GROWTH.search(head):
        kind, ways = "share", [*_between_columns(grid, column, share, PERCENT), *_of_total(grid, column)]
    elif _GROWTH.search(head):
        kind, ways = "growth", [*_between_columns(grid, column, growth, PERCENT), *_down_the_rows(grid, column)]
    elif _DIFFERENCE.search(head):
        kind, ways = "total", _between_columns(grid, column, lambda first, second: first - second, None)
    else:
        return
    best = max((way for way in ways if _is_borne_out(way)), key=_fitting, default=None)
    fitting = sum(judge(row.claimed, row.recomputed) is Verdict.OK for row in best or ())
    tolerance = MEAN_POPULATION / 5 if best and fitting >= _MAJORITY * len(best) else MEAN_POPULATION
    for row in best or ():
        word = _WORDS[kind]
        basis = Basis(f" {row.first} {word[0]} {row.second} ", f"{row.first} {word[1]} {row.second}")
        verdict = judge(row.claimed, row.recomputed)
        if "人均" in head and verdict is not Verdict.OK and abs(row.recomputed.value / row.claimed.value - 1) <= tolerance:
            verdict = Verdict.ROUNDED
        yield concluded(kind, grid.spot(row.cell), row.claimed, row.recomputed, verdict, basis)


def _fitting(way: Sequence[_Row]) -> int:
    return sum(judge(row.claimed, row.recomputed) is not Verdict.INCONSISTENT for row in way)


def _is_borne_out(way: Sequence[_Row]) -> bool:
    return len(way) >= 2 and _fitting(way) >= 2 and _fitting(way) >= _MAJORITY * len(way)


def _between_columns(grid: Grid, column: int, recompute: Recompute, unit: Unit | None) -> Iterator[list[_Row]]:
    """Every way in which the column may follow from two others of its row."""
    others = [each for each in grid.numeric if each != column and not grid.is_ratio(each)]
    for first in others:
        for second in others:
            if first != second:
                found = (_operands(row, column, first, second) for row in grid.rows)
                yield [
                    _row(row_cells, recompute, unit, growing=recompute is growth)
                    for row_cells in found
                    if row_cells is not None and row_cells[1][0].unit.dimension == row_cells[1][1].unit.dimension
                ]


_Operands = tuple[Cell, tuple[Quantity, Quantity], tuple[str, str]]


def _operands(row: Mapping[int, Cell], column: int, first: int, second: int) -> _Operands | None:
    """The claimed cell of a row and its two operands; None where one is no number or the second is zero."""
    cells = [row.get(each) for each in (column, first, second)]
    if any(cell is None or cell.quantity is None for cell in cells):
        return None
    claimed, one, other = (cell for cell in cells if cell is not None)
    if one.quantity is None or other.quantity is None or other.quantity.value == 0:
        return None
    return claimed, (one.quantity, other.quantity), (one.text, other.text)


def _row(found: _Operands, recompute: Recompute, unit: Unit | None, *, growing: bool) -> _Row:
    cell, (first, second), shown = found
    assert cell.quantity is not None
    recomputed = recompute(first, second)
    claimed = cell.quantity if unit is None else _as_unit(cell.quantity, unit)
    if unit is None:
        claimed = _as_unit(claimed, recomputed.unit) if claimed.unit.dimension != recomputed.unit.dimension else claimed
    words = (shown[1], shown[0]) if growing else shown
    return _Row(cell, claimed, recomputed, *words)


def _as_unit(quantity: Quantity, unit: Unit) -> Quantity:
    """A bare number of a column of percentages is one of per cent; a whole one may have been rounded."""
    if quantity.unit == unit:
        return quantity
    half = Decimal(5).scaleb(-(quantity.decimals or 0) - 1)
    return replace(quantity, unit=unit, low=quantity.value - half, high=quantity.value + half)


def _of_total(grid: Grid, column: int) -> Iterator[list[_Row]]:
    """Shares of the total row: each cell over the total of its own column."""
    totals = [row for row in grid.rows if any(TOTAL.match(cell.text) for cell in row.values()) or WHOLE_AREA.match(grid.label(row))]
    if len(totals) != 1:
        return
    for each in grid.numeric:
        whole = totals[0].get(each)
        if each == column or grid.is_ratio(each) or whole is None or whole.quantity is None or whole.quantity.value <= 0:
            continue
        yield [
            _Row(row[column], _as_unit(claimed, PERCENT), share(part, whole.quantity), row[each].text, whole.text)
            for row in grid.rows
            if row is not totals[0] and column in row and each in row
            if (claimed := row[column].quantity) is not None and (part := row[each].quantity) is not None
            if part.unit.dimension == whole.quantity.unit.dimension
        ]


def _down_the_rows(grid: Grid, column: int) -> Iterator[list[_Row]]:
    """Growth over the row above where the rows are years that follow one another."""
    years = [int(match[0]) if (match := re.match(r"(?:19|20)\d\d(?=年|$)", grid.label(row))) else None for row in grid.rows]
    steps = [
        (earlier, later) for (year, earlier), (after, later) in pairwise(zip(years, grid.rows, strict=True)) if year and after == year + 1
    ]
    for each in grid.numeric:
        if each == column or grid.is_ratio(each):
            continue
        yield [
            _row((later[column], (level, base), (later[each].text, earlier[each].text)), growth, PERCENT, growing=True)
            for earlier, later in steps
            if column in later and each in later and each in earlier and later[column].quantity is not None
            if (level := later[each].quantity) is not None and (base := earlier[each].quantity) is not None and base.value != 0
            if level.unit.dimension == base.unit.dimension
        ]


def _averages(grid: Grid, column: int) -> Iterator[list[_Row]]:
    """A figure per person or piece: one column over another, times the power of ten that most rows agree on."""
    others = [each for each in grid.numeric if each != column and not grid.is_ratio(each)]
    for first in others:
        for second in others:
            found = [each for row in grid.rows if first != second and (each := _operands(row, column, first, second)) is not None]
            powers = Counter(power for each in found if (power := _power(each)) is not None)
            if powers:
                yield [_average(each, powers.most_common(1)[0][0]) for each in found]


def _power(found: _Operands) -> int | None:
    cell, (first, second), _shown = found
    if cell.quantity is None or cell.quantity.value <= 0 or first.value <= 0 or second.value <= 0:
        return None
    ratio = cell.quantity.value / (first.value / second.value)
    power = (ratio * Decimal("3.1622776")).adjusted()
    return power if abs(ratio.scaleb(-power) - 1) < Decimal("0.1") else None


def _average(found: _Operands, power: int) -> _Row:
    cell, (first, second), shown = found
    assert cell.quantity is not None
    unit = cell.quantity.unit
    ratio = replace(first, unit=NUMBER) / replace(second, unit=NUMBER)
    factor = Decimal(1).scaleb(power)
    low, high = (None if bound is None else bound * factor for bound in (ratio.low, ratio.high))
    return _Row(cell, cell.quantity, replace(ratio, value=ratio.value * factor, low=low, high=high, unit=unit), *shown)
