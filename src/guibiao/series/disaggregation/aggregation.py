"""Aggregation over time: which periods of a higher frequency make up one of a lower, and the conversion between the two.

Method sheet: docs/methods/0621-aggregation-over-time.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of, month_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

Conversion = Literal["sum", "mean", "first", "last"]
LABELS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Aggregated:
    """A series at a lower frequency, and how many periods at either end make no whole period of it."""

    series: TimeSeries
    left_out_before: int
    left_out_after: int


def bounds_within(low: Frequency, ordinal: int, high: Frequency) -> tuple[int, int]:
    """First and last period of the higher frequency, as ordinals, within one of the lower."""
    if low is high:
        return ordinal, ordinal
    if high is Frequency.DAY:
        first, last = month_bounds(low, ordinal)
        after = last + 1
        return date(first // 12, first % 12 + 1, 1).toordinal(), date(after // 12, after % 12 + 1, 1).toordinal() - 1
    ratio = high.per_year // low.per_year
    return ordinal * ratio, ordinal * ratio + ratio - 1


def holding(high: Frequency, ordinal: int, low: Frequency) -> int:
    """The period of the lower frequency that holds one of the higher."""
    if high is Frequency.DAY and low is not Frequency.DAY:
        day = date.fromordinal(ordinal)
        return (day.year * 12 + day.month - 1) * low.per_year // 12
    return ordinal * low.per_year // high.per_year


def covered_between(low: Frequency, high: Frequency, start: int, end: int) -> tuple[int, int]:
    """First and last period of the lower frequency that the higher one's periods `start` to `end` cover whole; first > last where none."""
    first, last = holding(high, start, low), holding(high, end, low)
    if bounds_within(low, first, high)[0] < start:
        first += 1
    if bounds_within(low, last, high)[1] > end:
        last -= 1
    return first, last


def conversion_matrix(
    low: Frequency, first: int, count: int, high: Frequency, start: int, periods: int, conversion: Conversion
) -> sparse.csr_array:
    """C of the literature, shape (count, periods): row by row the weights that turn the higher frequency into the lower.

    `first` is the ordinal of the first of `count` periods of the lower frequency, `start` of the first of `periods` of the higher. Periods
    that no row covers have columns of zeros: they are extrapolated.
    """
    rows: list[int] = []
    columns: list[int] = []
    weights: list[float] = []
    for row in range(count):
        begin, stop = bounds_within(low, first + row, high)
        if begin < start or stop >= start + periods:
            raise ValueError(f"{label_of(low, first + row)} reaches beyond the periods given")
        at = {"first": [begin], "last": [stop]}.get(conversion, list(range(begin, stop + 1)))
        rows += [row] * len(at)
        columns += [each - start for each in at]
        weights += [1.0 / len(at) if conversion == "mean" else 1.0] * len(at)
    return sparse.csr_array((np.array(weights), (np.array(rows), np.array(columns))), shape=(count, periods))


def aggregate(series: TimeSeries, to: Frequency, conversion: Conversion) -> Aggregated:
    """A series at a lower frequency; whole periods only.

    Raises BadRequest where the series is at a lower frequency already, has gaps, or covers no whole period.
    """
    if to.per_year > series.frequency.per_year:
        raise BadRequest(
            _("序列 {name} 的频率是 {frequency}，低于 {to}，不能汇总").format(name=series.name, frequency=series.frequency, to=to),
            remedy=_("要由低频得到高频，用 guibiao series benchmark。"),
        )
    refuse_gaps(series)
    first, last = covered_between(to, series.frequency, series.start, series.end)
    if first > last:
        raise BadRequest(
            _("序列 {name} 不满一个完整的 {to} 期").format(name=series.name, to=to), remedy=_("给更长的序列，或换一个更高的目标频率。")
        )
    matrix = conversion_matrix(to, first, last - first + 1, series.frequency, series.start, len(series), conversion)
    begin, stop = bounds_within(to, first, series.frequency)[0], bounds_within(to, last, series.frequency)[1]
    values = tuple(float(value) for value in matrix @ series.array())
    made = TimeSeries(series.name, to, first, values, series.unit)
    return Aggregated(made, begin - series.start, series.end - stop)


def refuse_gaps(series: TimeSeries) -> None:
    """Raises BadRequest where a series has missing values or values that span several periods, naming the periods."""
    if series.spans:
        raise BadRequest(
            _("序列 {name} 有 {count} 个数跨几期合并公布，如截至 {period} 的数").format(
                name=series.name, count=len(series.spans), period=series.label(series.spans[0][0])
            ),
            remedy=_("先用 guibiao series monthly --split 按明示的规则分开。"),
        )
    if series.missing:
        raise BadRequest(
            _("序列 {name} 缺 {count} 期：{periods}").format(
                name=series.name, count=len(series.missing), periods=shown([series.label(at) for at in series.missing])
            ),
            remedy=_("补齐这些时期，或只给缺口一侧的数据。缺数不当作零。"),
        )


def shown(labels: list[str]) -> str:
    """A list of names for a message: the first few, and how many in all where there are more."""
    text = "、".join(labels[:LABELS_SHOWN])
    return text if len(labels) <= LABELS_SHOWN else _("{names} 等 {count} 个").format(names=text, count=len(labels))


def closed(values: NDArray[np.float64], matrix: sparse.csr_array, benchmarks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values moved by what rounding left of the constraint, evenly within each benchmark: C'(CC')^-1 (y - Cx)."""
    result = values
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64).ravel()
    for _round in range(2):
        result = result + matrix.T @ ((benchmarks - matrix @ result) / squares)
    return result
