"""A time series: one number a period at one frequency, with what is missing and what spans several periods."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Frequency(StrEnum):
    """How often a series is observed; the values are SDMX CL_FREQ codes."""

    YEAR = "A"
    QUARTER = "Q"
    MONTH = "M"
    DAY = "D"

    @property
    def per_year(self) -> int:
        """Periods in a year; of days 365, for lengths of windows only."""
        return {"A": 1, "Q": 4, "M": 12, "D": 365}[self.value]


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """Values at consecutive periods, nan where there is none.

    `start` is the ordinal of the first period: year x periods a year + season from 0; for days `date.toordinal()`. `spans` holds pairs of a
    position and a number of periods: the value at that position covers so many periods ending there (January and February published as
    one: the value stands at February, January is nan, the pair is (position, 2)).
    """

    name: str
    frequency: Frequency
    start: int
    values: tuple[float, ...]
    unit: str = ""
    spans: tuple[tuple[int, int], ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def ordinal(self, position: int) -> int:
        return self.start + position

    @property
    def end(self) -> int:
        """Ordinal of the last period."""
        return self.start + len(self.values) - 1

    def year(self, position: int) -> int:
        return year_of(self.frequency, self.start + position)

    def season(self, position: int) -> int:
        """Month, quarter (from 1); 1 of an annual series; day of the year of a daily one."""
        return season_of(self.frequency, self.start + position)

    def label(self, position: int) -> str:
        """2018, 2018-Q1, 2018-02 or 2018-02-03."""
        return label_of(self.frequency, self.start + position)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.label(position) for position in range(len(self)))

    @property
    def covered(self) -> frozenset[int]:
        """Positions without a value of their own that a span covers."""
        return frozenset(at - back for at, periods in self.spans for back in range(1, periods))

    @property
    def missing(self) -> tuple[int, ...]:
        """Positions without a value that no span covers."""
        covered = self.covered
        return tuple(at for at, value in enumerate(self.values) if math.isnan(value) and at not in covered)

    def value_at(self, ordinal: int) -> float:
        """The value of a period; nan where it is missing or outside the series."""
        position = ordinal - self.start
        return self.values[position] if 0 <= position < len(self.values) else math.nan

    def window(self, first: int, last: int) -> Self:
        """The part from one ordinal to another, both included, within what there is; a span that is cut is a missing value."""
        low, high = max(first, self.start), min(last, self.end)
        offset = low - self.start
        kept = tuple((at - offset, periods) for at, periods in self.spans if offset <= at - periods + 1 and at <= high - self.start)
        cut = {at - offset for at, _periods in self.spans} - {at for at, _periods in kept}
        inside = self.values[offset : max(high - self.start + 1, offset)]
        values = tuple(math.nan if position in cut else value for position, value in enumerate(inside))
        return replace(self, start=low, values=values, spans=kept)

    def with_values(self, values: tuple[float, ...]) -> Self:
        """The same periods with other values, one each; no value spans several periods."""
        if len(values) != len(self.values):
            raise ValueError(f"{len(self.values)} values are needed, {len(values)} given")
        return replace(self, values=tuple(map(float, values)), spans=())

    def array(self) -> NDArray[np.float64]:
        """A copy of the values, shape (periods,)."""
        import numpy as np

        return np.array(self.values, dtype=np.float64)


def year_of(frequency: Frequency, ordinal: int) -> int:
    """Calendar year of a period."""
    return date.fromordinal(ordinal).year if frequency is Frequency.DAY else ordinal // frequency.per_year


def season_of(frequency: Frequency, ordinal: int) -> int:
    """Season of a period within its year, from 1."""
    if frequency is Frequency.DAY:
        return date.fromordinal(ordinal).timetuple().tm_yday
    return ordinal % frequency.per_year + 1


def label_of(frequency: Frequency, ordinal: int) -> str:
    """ISO form of a period: 2018, 2018-Q1, 2018-02, 2018-02-03."""
    if frequency is Frequency.DAY:
        return date.fromordinal(ordinal).isoformat()
    year, season = divmod(ordinal, frequency.per_year)
    if frequency is Frequency.YEAR:
        return f"{year:04d}"
    return f"{year:04d}-Q{season + 1}" if frequency is Frequency.QUARTER else f"{year:04d}-{season + 1:02d}"


def ordinal_of(frequency: Frequency, year: int, season: int = 1) -> int:
    """Ordinal of a month, quarter or year; of a daily series the `season`-th day of the year."""
    if frequency is Frequency.DAY:
        return date(year, 1, 1).toordinal() + season - 1
    return year * frequency.per_year + season - 1


def month_bounds(frequency: Frequency, ordinal: int) -> tuple[int, int]:
    """First and last month of a period as ordinals of monthly frequency; not for days."""
    months = 12 // frequency.per_year
    return ordinal * months, ordinal * months + months - 1
