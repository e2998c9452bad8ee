"""Contributions of components to the growth of an aggregate: additive, and of chain-linked volumes.

Method sheet: docs/methods/0606-contributions-to-growth.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import TimeSeries

Points: TypeAlias = Callable[[str, int], float]
"""Name of a component and ordinal of a period -> points of growth."""


@dataclass(frozen=True, slots=True)
class Contributions:
    """Growth of the aggregate in % and each component's points of it, all from the same first period; `residual` is what they leave.

    The residual of additive figures is rounding; that of chained volumes is stated beside them and never spread.
    """

    growth: TimeSeries
    contributions: Mapping[str, TimeSeries]
    residual: TimeSeries

    @property
    def largest_residual(self) -> float:
        """Points; nan where no growth could be computed."""
        return max((abs(value) for value in self.residual.values if not math.isnan(value)), default=math.nan)


def additive_contributions(total: TimeSeries, components: Mapping[str, TimeSeries], lag: int) -> Contributions:
    """100 (x[t] - x[t-lag]) / X[t-lag]: formula (1), for current prices and for volumes that add up.

    Applied to chained volumes it leaves the residual that their lack of additivity causes.
    """
    _check(total, components, lag)

    def points(series: TimeSeries, at: int) -> float:
        below = total.value_at(at - lag)
        return 100 * (series.value_at(at) - series.value_at(at - lag)) / below if below > 0 else math.nan

    return _collected(total, components, lambda label, at: points(components[label], at), lag)


def chained_contributions(
    total: TimeSeries, components: Mapping[str, TimeSeries], current: Mapping[str, TimeSeries], lag: int
) -> Contributions:
    """Exact contributions to the growth of an annually overlapping chain, formulas (2) and (3); they add to the growth.

    `total` and `components`: chained volumes. `current`: the components at current prices, for the weights of each year. `lag` at most a
    year. In the first year of the series there is none, nor where a year's weights are incomplete.
    """
    _check(total, components, lag)
    if lag > total.frequency.per_year:
        raise BadRequest(_("链式贡献只算一年以内的增长"), remedy=_("间隔不超过一年的期数。"))
    without = [label for label in components if label not in current]
    if without:
        raise BadRequest(_("这些分项没有现价值：{names}").format(names="、".join(without)), remedy=_("权数取自上年的现价值。"))
    years = _Years(total, components, current)
    return _collected(total, components, lambda label, at: _exact(years, label, at, lag), lag)


@dataclass(frozen=True, slots=True)
class _Years:
    """Annual averages of the chained series, and weights at current prices; nan where a year is incomplete."""

    total: TimeSeries
    components: Mapping[str, TimeSeries]
    current: Mapping[str, TimeSeries]

    def average(self, series: TimeSeries, year: int) -> float:
        size = series.frequency.per_year
        found = [series.value_at(at) for at in range(year * size, (year + 1) * size)]
        return math.fsum(found) / size if not any(map(math.isnan, found)) else math.nan

    def weight(self, label: str, year: int) -> float:
        whole = math.fsum(self.average(series, year) for series in self.current.values())
        return self.average(self.current[label], year) / whole if whole else math.nan

    def begins_in(self, year: int) -> bool:
        """Whether the chain starts in this year, which then stands in its own prices."""
        return math.isnan(self.average(self.total, year - 1))


def _exact(years: _Years, label: str, at: int, lag: int) -> float:
    """Points of one component in the growth of period `at` over `at - lag`."""
    size = years.total.frequency.per_year
    year, before = at // size - 1, (at - lag) // size
    component, total = years.components[label], years.total
    mean, whole = years.average(component, year), years.average(total, year)
    if not (whole and mean):
        return math.nan
    weight = years.weight(label, year)
    now, then = component.value_at(at) / mean, component.value_at(at - lag)
    total_then = total.value_at(at - lag)
    if not total_then:
        return math.nan
    if before > year or years.begins_in(before):
        return 100 * weight * (now - then / mean) / (total_then / whole)
    earlier_mean, earlier_whole = years.average(component, year - 1), years.average(total, year - 1)
    if not (earlier_mean and earlier_whole):
        return math.nan
    step = whole / earlier_whole
    earlier = years.weight(label, year - 1) * (mean - then) / earlier_mean
    return 100 * (step * weight * (now - 1) + earlier) / (total_then / earlier_whole)


def _collected(total: TimeSeries, components: Mapping[str, TimeSeries], points: Points, lag: int) -> Contributions:
    ordinals = range(total.start + lag, total.end + 1)
    growth = [_growth(total.value_at(at), total.value_at(at - lag)) for at in ordinals]
    found = {label: [points(label, at) for at in ordinals] for label in components}
    left = [value - math.fsum(column[at] for column in found.values()) for at, value in enumerate(growth)]

    def as_series(label: str, numbers: Sequence[float]) -> TimeSeries:
        return TimeSeries(label, total.frequency, ordinals.start, tuple(numbers), "%")

    return Contributions(
        as_series(total.name, growth), {label: as_series(label, column) for label, column in found.items()}, as_series(total.name, left)
    )


def _growth(now: float, then: float) -> float:
    return 100 * (now - then) / then if then > 0 else math.nan


def _check(total: TimeSeries, components: Mapping[str, TimeSeries], lag: int) -> None:
    if lag < 1 or lag >= len(total):
        raise BadRequest(_("间隔期数必须是正整数，且短于序列"), remedy=_("季度同比写 4，环比写 1。"))
    if not components:
        raise BadRequest(_("没有分项，不能算贡献"), remedy=_("给出各分项的序列。"))
    if any(series.frequency is not total.frequency for series in components.values()):
        raise BadRequest(_("分项与合计的频率不同"), remedy=_("先换成同一频率。"))
    if total.spans or any(series.spans for series in components.values()):
        raise BadRequest(_("有合并发布的时期，不能逐期算贡献"), remedy=_("先用 guibiao series monthly --split 拆开。"))
