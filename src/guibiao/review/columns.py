"""Columns of a table on their own: ranks against values, units that cannot be, one value far from its peers, shares that make a hundred.

Method sheet: docs/methods/0801-review-of-a-document.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median

from guibiao.model.quantity import Quantity, format_number
from guibiao.model.unit import PERCENT, find_unit
from guibiao.model.verdict import Verdict, judge_sum
from guibiao.review.claims import Basis, Claim, Spot, concluded, worded
from guibiao.review.grids import TOTAL, WHOLE_AREA, Cell, Grid
from guibiao.review.unit_words import BOUNDED_RATE, RATE

_RANK_HEAD = re.compile(r"^(.{0,12}?)(?:排名|位次|名次|排序|排位)(?:[(（].*)?$")
_NOT_RANKED = re.compile(r"不分先后|不分排名")
_SHARE_HEAD = re.compile(r"占比|比重|构成|份额")
_REST = re.compile(r"^(?:其他|其它|其余|其他地区|其他行业)")
_LEVEL_RATE = re.compile(r"率|人均|户均|每")
_FEWEST = 4
"""Rows from which a rank, a peer or a rounding pattern means anything."""
_OFF = Decimal(10)
"""Percentage points off a hundred within which a column of shares was meant to make it up."""
_PEERS = 6
_TIGHT = Decimal("1.6")
"""Peers of a rate are close when the largest is at most so many times the smallest."""
_FAR = Decimal(2)
_NEAR = Decimal(4)
_SLIP = Decimal(15)
_SLIP_DOWN = Decimal(500)
"""A value is a slip of its unit where it is so many times its largest peer, or so small a part of its smallest (small districts are),
and the peers lie within a factor of four."""


def column_claims(grid: Grid) -> Iterator[Claim]:
    """Every claim that a column makes by itself."""
    yield from _ranks(grid)
    for column in grid.numeric:
        yield from _unit(grid, column)
        yield from _outlier(grid, column)
        yield from _hundred(grid, column)
        yield from _beyond_hundred(grid, column)


def _ranks(grid: Grid) -> Iterator[Claim]:
    """Ranks one to n against the column they rank: the one their head names, else the nearest that is all but in order."""
    if _NOT_RANKED.search(grid.title):
        return
    for column, head in grid.head.items():
        named = _RANK_HEAD.match(head)
        if named is None:
            continue
        rows = [(rank, row) for row in grid.rows if (rank := _rank(row.get(column))) is not None]
        if len(rows) < _FEWEST:
            continue
        rows.sort(key=lambda each: each[0])
        candidates = [each for each in grid.numeric if each != column and (not named[1] or named[1] in grid.head.get(each, ""))]
        if not named[1]:
            candidates = candidates[:1]
        for each in candidates[:1]:
            yield from _ranked(grid, column, each, rows)


def _rank(cell: Cell | None) -> int | None:
    text = "" if cell is None else cell.text
    return int(text) if text.isdigit() and len(text) < 5 else None


def _ranked(grid: Grid, column: int, values: int, rows: Sequence[tuple[int, Mapping[int, Cell]]]) -> Iterator[Claim]:
    known = [(rank, row, cell.quantity) for rank, row in rows if (cell := row.get(values)) is not None and cell.quantity is not None]
    numbers = [quantity.value for _rank_, _row, quantity in known]
    kept = max((_in_order(numbers, descending=True), _in_order(numbers, descending=False)), key=len)
    if len(known) < _FEWEST or len(kept) < max(3, len(known) - max(1, len(known) // 5)):
        return
    descending = numbers[min(kept)] >= numbers[max(kept)]
    doubled = _doubled([rank for rank, _row, _quantity in known], numbers, descending=descending)
    head = grid.head.get(values, "")
    for index, (rank, row, quantity) in enumerate(known):
        ahead = sum(number > quantity.value if descending else number < quantity.value for number in numbers)
        right = index in kept and index not in doubled
        found = rank if right else min(rank for rank, _row, _quantity in known if rank) - (0 if rows[0][0] == 1 else 1) + ahead
        if not right and found == rank:
            continue
        told = Basis(
            f"{grid.label(row)}位次写为 {rank}，按“{head}”的 {row[values].text} 应为第 {found}：{'相符' if right else '不符'}。",
            f"The rank is given as {rank}; by {row[values].text} it is {found}: {'it agrees' if right else 'the two do not agree'}.",
        )
        verdict = Verdict.OK if right else Verdict.INCONSISTENT
        yield worded("rank", grid.spot(row[column]), str(rank), str(found), verdict, told)


def _doubled(ranks: Sequence[int], numbers: Sequence[Decimal], *, descending: bool) -> frozenset[int]:
    """Indices of ranks given twice, or left out beside one given twice, though the values differ; none where many are so."""
    if len(set(ranks)) == len(ranks):
        return frozenset()
    order = sorted(numbers, reverse=descending)
    wrong = [index for index, number in enumerate(numbers) if ranks[index] != 1 + order.index(number)]
    return frozenset(wrong) if len(wrong) <= max(1, len(ranks) // 5) else frozenset()


def _in_order(numbers: Sequence[Decimal], *, descending: bool) -> frozenset[int]:
    """Indices of a longest run of numbers, not needing to be neighbours, that never goes the wrong way (patience sorting)."""
    tops: list[Decimal] = []
    at: list[int] = []
    before: list[int | None] = []
    for index, number in enumerate(numbers):
        key = -number if descending else number
        place = bisect_left(tops, key + Decimal("1e-30"))
        before.append(at[place - 1] if place else None)
        if place == len(tops):
            tops.append(key)
            at.append(index)
        else:
            tops[place], at[place] = key, index
    kept: set[int] = set()
    last: int | None = at[-1] if at else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return frozenset(kept)


def _unit(grid: Grid, column: int) -> Iterator[Claim]:
    """A rate in a unit that counts or pays: 普及率（百部）."""
    head, printed = grid.head.get(column, ""), grid.units.get(column, "")
    unit = find_unit(printed) if printed else None
    name = head.split("(")[0].split("（")[0]
    if unit is None or not RATE.search(name) or unit.is_ratio or unit.is_point or "/" in printed:
        return
    first = next(row[column] for row in grid.rows if column in row)
    spot = grid.spot(first)
    told = Basis(
        f"“{name}”是比率，单位却写为 {printed}：单位不可能如此，应为百分比或“每百人”一类的单位。",
        f"{name} is a rate, but its unit is given as {printed}: it should be per cent or so many per hundred.",
    )
    yield worded("unit", Spot(spot.doc, spot.where, spot.start, spot.end, head), printed, "%", Verdict.INCONSISTENT, told, "warning")


def _values(grid: Grid, column: int) -> list[tuple[Mapping[int, Cell], Cell, Quantity]]:
    return [
        (row, cell, cell.quantity)
        for row in grid.rows
        if (cell := row.get(column)) is not None and cell.quantity is not None and not _is_whole(row)
    ]


def _is_whole(row: Mapping[int, Cell]) -> bool:
    return any(TOTAL.match(cell.text) or WHOLE_AREA.match(cell.text) for cell in row.values())


def _outlier(grid: Grid, column: int) -> Iterator[Claim]:
    """One value far from peers that lie close together; several far ones are a spread, not a slip."""
    found = _values(grid, column)
    numbers = [quantity.value for _row, _cell, quantity in found]
    if len(numbers) < _PEERS - 1 or any(number <= 0 for number in numbers):
        return
    order = sorted(numbers)
    for extreme, peers in ((order[-1], order[:-1]), (order[0], order[1:])):
        near, far = peers[-1] / peers[0], max(extreme / peers[-1], peers[0] / extreme)
        threshold = _SLIP if extreme > peers[-1] else _SLIP_DOWN
        rate = bool(_LEVEL_RATE.search(grid.head.get(column, ""))) and len(numbers) >= _PEERS and near <= _TIGHT and far > _FAR
        slip = near <= _NEAR and far >= threshold
        if not rate and not slip:
            continue
        row, cell, _quantity = next(each for each in found if each[2].value == extreme)
        low, high = format_number(peers[0]), format_number(peers[-1])
        told = Basis(
            f"{grid.label(row)}的“{grid.head.get(column, '')}”为 {cell.text}，同列其余在 {low} 到 {high} 之间：请核对数值和单位。",
            f"{cell.text} stands apart from its column, where all others lie between {low} and {high}: check the value and its unit.",
        )
        middle = format_number(median(peers))
        yield worded("magnitude", grid.spot(cell), cell.text, f"{low}—{high} ({middle})", Verdict.INCONSISTENT, told, "warning")


def _hundred(grid: Grid, column: int) -> Iterator[Claim]:
    """Shares of a column that close with their total of a hundred or with a row for the rest."""
    if not _SHARE_HEAD.search(grid.head.get(column, "")):
        return
    found = _values(grid, column)
    totals = [row[column] for row in grid.rows if column in row and any(TOTAL.match(each.text) for each in row.values())]
    whole = next((cell for cell in totals if cell.quantity is not None and abs(cell.quantity.value - 100) <= _OFF), None)
    rest = any(_REST.match(grid.label(row)) for row, _cell, _quantity in found)
    if len(found) < 3 or (whole is None and not rest) or (totals and whole is None):
        return
    parts = [_percent(quantity) for _row, _cell, quantity in found]
    hundred = Quantity(Decimal(100), Decimal(100), Decimal(100), parts[0].qualifier, PERCENT, 0)
    verdict, added = judge_sum(hundred, parts)
    if abs(added.value - 100) > _OFF:
        return
    if whole is not None and whole.quantity is not None and whole.quantity.value != 100:
        verdict, added = judge_sum(_percent(whole.quantity), parts)
        hundred = _percent(whole.quantity)
    spot = grid.spot(whole or found[-1][1])
    yield concluded("hundred", spot, hundred, added, verdict, Basis(f"“{grid.head.get(column, '')}”各行之和", "adding the rows"))


def _percent(quantity: Quantity) -> Quantity:
    half = Decimal(5).scaleb(-(quantity.decimals or 0) - 1)
    return Quantity(quantity.value, quantity.value - half, quantity.value + half, quantity.qualifier, PERCENT, quantity.decimals)


def _beyond_hundred(grid: Grid, column: int) -> Iterator[Claim]:
    """A share above a hundred per cent."""
    head = grid.head.get(column, "")
    if not BOUNDED_RATE.search(head):
        return
    for row, cell, quantity in _values(grid, column):
        if quantity.value > 100 and (quantity.unit == PERCENT or "%" in head):
            told = Basis(
                f"{grid.label(row)}的“{head}”为 {cell.text}：占比不会超过 100%。",
                f"{cell.text} is given as a share; a share cannot exceed 100 %.",
            )
            yield worded("unit", grid.spot(cell), cell.text, "≤100%", Verdict.INCONSISTENT, told)
