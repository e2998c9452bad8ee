"""Chain-linked volumes of an aggregate from its components at current prices and their price indices.

Method sheet: docs/methods/0605-chain-linking.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.monthly import ChainSpecification, Overlap

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOTAL_NAME = "total"


@dataclass(frozen=True, slots=True)
class ChainLinked:
    """Volumes in prices of the reference year, all of one shape.

    `previous_year_prices`: components at the average prices of the year before, which do add up; nan in the first year. `residual` is the
    total less the sum of the chained components: chained volumes are not additive, and by how much is stated, not spread.
    """

    total: TimeSeries
    components: Mapping[str, TimeSeries]
    current: TimeSeries
    previous_year_prices: Mapping[str, TimeSeries]
    residual: TimeSeries
    reference_year: int
    overlap: Overlap
    annual_gap: float
    """Largest distance, in %, between a year's sum of the chain and the independently chained year; 0 for the annual overlap."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Numbers of the computation: rows are periods, columns components; years are complete but the last."""

    values: NDArray[np.float64]
    quantities: NDArray[np.float64]
    year_values: NDArray[np.float64]
    year_prices: NDArray[np.float64]
    per_year: int

    @property
    def years(self) -> int:
        """Complete years."""
        return len(self.year_values)

    def at_prices_of(self, period: int, year: int) -> float:
        """Aggregate of a period at the average prices of a year (positions)."""
        return float(self.quantities[period] @ self.year_prices[year])


def chain_link(
    values: Mapping[str, TimeSeries], prices: Mapping[str, TimeSeries], specification: ChainSpecification, name: str = TOTAL_NAME
) -> ChainLinked:
    """Laspeyres-type chain of quarterly or monthly volumes, formulas (1) to (4).

    `values` at current prices and `prices` (index numbers, any reference) by component. Only periods that every series has are used, from
    the first whole year on. Raises BadRequest for gaps, spans, prices that are not positive, less than a year and a period, a component
    without volume in a year, an aggregate that is not positive where one divides by it.
    """
    names = list(values)
    frequency, start, stop = _window(values, prices)
    sheet = _sheet(values, prices, names, start, stop, frequency.per_year)
    chain = _chained(sheet, specification.overlap)
    first_year = start // frequency.per_year
    reference = first_year if specification.reference_year is None else specification.reference_year
    if not first_year <= reference < first_year + sheet.years:
        raise BadRequest(
            _("没有完整的参考年 {year}").format(year=reference),
            remedy=_("参考年写 {first} 到 {last} 之间的一年。").format(first=first_year, last=first_year + sheet.years - 1),
        )
    at = reference - first_year
    within = slice(at * frequency.per_year, (at + 1) * frequency.per_year)
    total = chain * (sheet.year_values[at].sum() / chain[within].sum())
    volumes = sheet.quantities * sheet.year_prices[at]
    unit = values[names[0]].unit

    def as_series(label: str, numbers: NDArray[np.float64]) -> TimeSeries:
        return TimeSeries(label, frequency, start, tuple(map(float, numbers)), unit)

    unchained = _previous_year_prices(sheet)
    return ChainLinked(
        total=as_series(name, total),
        components={label: as_series(label, volumes[:, at]) for at, label in enumerate(names)},
        current=as_series(name, sheet.values.sum(axis=1)),
        previous_year_prices={label: as_series(label, unchained[:, at]) for at, label in enumerate(names)},
        residual=as_series(name, total - volumes.sum(axis=1)),
        reference_year=reference,
        overlap=specification.overlap,
        annual_gap=_annual_gap(sheet, chain),
    )


def _window(values: Mapping[str, TimeSeries], prices: Mapping[str, TimeSeries]) -> tuple[Frequency, int, int]:
    """Frequency, first ordinal (the first period of a year) and the ordinal after the last that all series share."""
    if not values:
        raise BadRequest(_("没有分项，不能链式计算"), remedy=_("给出各分项的现价值与价格指数。"))
    without = [label for label in values if label not in prices]
    if without:
        raise BadRequest(_("这些分项没有价格指数：{names}").format(names="、".join(without)), remedy=_("每个分项给一个价格指数。"))
    used = [*values.values(), *(prices[label] for label in values)]
    frequencies = {series.frequency for series in used}
    if len(frequencies) > 1 or not frequencies <= {Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR}:
        raise BadRequest(_("各分项要用同一频率，季度、月度或年度"), remedy=_("先换成同一频率。"))
    if any(series.spans for series in used):
        raise BadRequest(_("有合并发布的时期，不能链式计算"), remedy=_("先用 guibiao series monthly --split 拆开。"))
    frequency = frequencies.pop()
    first = max(series.start for series in used)
    start = -(-first // frequency.per_year) * frequency.per_year
    stop = min(series.end for series in used) + 1
    if stop - start <= frequency.per_year:
        raise BadRequest(_("链式计算至少要一个完整的年份和下一年的数"), remedy=_("补齐各分项的现价值与价格指数。"))
    return frequency, start, stop


def _sheet(
    values: Mapping[str, TimeSeries], prices: Mapping[str, TimeSeries], names: Sequence[str], start: int, stop: int, per_year: int
) -> _Sheet:
    levels = _columns(values, names, start, stop)
    indices = _columns(prices, names, start, stop)
    if not (np.isfinite(levels).all() and np.isfinite(indices).all()):
        raise BadRequest(_("分项的现价值或价格指数有缺数"), remedy=_("补齐后再链式计算；缺数不当作零。"))
    if (indices <= 0).any():
        bad = [label for at, label in enumerate(names) if (indices[:, at] <= 0).any()]
        raise BadRequest(_("价格指数不是正数：{names}").format(names="、".join(bad)), remedy=_("改正价格指数。"))
    with np.errstate(over="ignore"):  # what overflows is refused below
        quantities = levels / indices
    if not np.isfinite(quantities).all():
        raise BadRequest(_("现价值与价格指数相除超出数的范围"), remedy=_("换一个单位。"))
    whole = (stop - start) // per_year
    by_year = (whole, per_year, len(names))
    year_values = levels[: whole * per_year].reshape(by_year).sum(axis=1)
    year_quantities = quantities[: whole * per_year].reshape(by_year).sum(axis=1)
    empty = [label for at, label in enumerate(names) if (year_quantities[:, at] == 0).any()]
    if empty:
        raise BadRequest(
            _("有一年的物量为零，求不出年平均价格：{names}").format(names="、".join(empty)), remedy=_("把该分项并入相近的分项。")
        )
    return _Sheet(levels, quantities, year_values, year_values / year_quantities, per_year)


def _columns(found: Mapping[str, TimeSeries], names: Sequence[str], start: int, stop: int) -> NDArray[np.float64]:
    return np.column_stack([found[label].array()[start - found[label].start : stop - found[label].start] for label in names])


def _chained(sheet: _Sheet, overlap: Overlap) -> NDArray[np.float64]:
    """The chain in average prices of the first year, formulas (2), (3) and (4)."""
    size, periods = sheet.per_year, len(sheet.values)
    chain = np.empty(periods)
    for at in range(periods):
        year = at // size
        if year == 0:
            chain[at] = sheet.at_prices_of(at, 0)
            continue
        if overlap is Overlap.ANNUAL:
            level, below = chain[(year - 1) * size : year * size].mean(), sheet.year_values[year - 1].sum() / size
        else:
            joint = year * size - 1 if overlap is Overlap.ONE_PERIOD else at - size
            level, below = chain[joint], sheet.at_prices_of(joint, year - 1)
        if below <= 0:
            raise BadRequest(_("合计的物量不是正数，不能链式计算"), remedy=_("链式只用于正的合计；差额用分项另算。"))
        chain[at] = level * sheet.at_prices_of(at, year - 1) / below
    return chain


def _previous_year_prices(sheet: _Sheet) -> NDArray[np.float64]:
    found = np.full(sheet.values.shape, math.nan)
    for at in range(sheet.per_year, len(sheet.values)):
        found[at] = sheet.quantities[at] * sheet.year_prices[at // sheet.per_year - 1]
    return found


def _annual_gap(sheet: _Sheet, chain: NDArray[np.float64]) -> float:
    """Largest distance of a year's sum from the chain of whole years, in %; both start from the first year."""
    size = sheet.per_year
    annual, gap = chain[:size].sum(), 0.0
    for year in range(1, sheet.years):
        within = range(year * size, (year + 1) * size)
        annual *= sum(sheet.at_prices_of(at, year - 1) for at in within) / sheet.year_values[year - 1].sum()
        gap = max(gap, abs(100 * (chain[year * size : (year + 1) * size].sum() / annual - 1)))
    return gap
