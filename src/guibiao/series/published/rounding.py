"""What rounding leaves open: how far a published figure may lie from the number it was rounded from.

Method sheet: docs/methods/0601-months-from-cumulative-series.md.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import TimeSeries

AGREEMENT = 1e-9
"""Two figures agree where their intervals miss each other by no more than this part of their size: what float arithmetic may leave."""
MOST_DECIMALS = 15


class Bounds(NamedTuple):
    """A value and the interval it may lie in; an infinite bound is open, nan throughout is no value."""

    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        return not math.isnan(self.value)

    def shares_a_point_with(self, other: Bounds) -> bool:
        """Whether both intervals may hold the same number."""
        slack = AGREEMENT * max(abs(self.value), abs(other.value))
        return self.low <= other.high + slack and other.low <= self.high + slack


NOTHING = Bounds(math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Published:
    """A series as printed and, for each of its values, half a unit of its last printed digit in the series' own unit."""

    series: TimeSeries
    half_units: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.half_units) != len(self.series):
            raise ValueError(f"{len(self.series)} half units are needed, {len(self.half_units)} given")

    def at(self, ordinal: int) -> Bounds:
        """The figure of a period; no value outside the series."""
        position = ordinal - self.series.start
        if not 0 <= position < len(self.series):
            return NOTHING
        value, half = self.series.values[position], self.half_units[position]
        if math.isnan(value):
            return NOTHING
        return Bounds(value, as_printed(value, -half), as_printed(value, half))


def as_printed(left: float, right: float) -> float:
    """left + right in decimals: 487894.8 - 442723.3 is 45171.5, not 45171.49999999997. Both finite."""
    return float(Decimal(repr(left)) + Decimal(repr(right)))


def printed(series: TimeSeries, decimals: int | None = None) -> Published:
    """A series as rounded to `decimals`; where that is None, to the most decimals any figure of the same calendar year shows.

    Numbers lose the zeros they were printed with (411649.0, 8.0): a single figure does not tell how it was rounded, those of a year do.
    Raises BadRequest for decimals that no float carries.
    """
    if decimals is not None:
        if not -MOST_DECIMALS <= decimals <= MOST_DECIMALS:
            raise BadRequest(
                _("小数位数 {decimals} 不在 -15 到 15 之间").format(decimals=decimals), remedy=_("写公布数字的小数位数，如 1。")
            )
        return Published(series, (0.5 * 10.0**-decimals,) * len(series))
    shown: dict[int, int] = defaultdict(int)
    for position, value in enumerate(series.values):
        if not math.isnan(value):
            shown[series.year(position)] = max(shown[series.year(position)], _decimals(value))
    return Published(series, tuple(0.5 * 10.0 ** -shown[series.year(position)] for position in range(len(series))))


def _decimals(value: float) -> int:
    """Decimals of the shortest text that gives the number back."""
    mantissa, _mark, exponent = repr(abs(value)).partition("e")
    decimals = len(mantissa.partition(".")[2].rstrip("0"))
    return max(decimals - int(exponent or 0), 0)
