"""Regressors of moving holidays and of trading days. Method sheets: docs/methods/0612, 0613."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, month_bounds, year_of
from guibiao.reference.series.adjustment import Centring, HolidayWindow
from guibiao.series.adjustment.holidays import holiday_dates
from guibiao.series.adjustment.result import Regressor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

MEAN_FIRST, MEAN_LAST = 1930, 2030
"""Years of holidays that the means of centred regressors run over, so that a regressor does not change when the series grows."""
LISTS_FROM: Mapping[str, int] = {"easter": 1931}
"""First year of the lists of the reference implementation where it is not 1930."""


def period_bounds(frequency: Frequency, ordinal: int) -> tuple[date, date]:
    """First and last day of a month, quarter or year."""
    first, last = month_bounds(frequency, ordinal)
    after = last + 1
    return date(first // 12, first % 12 + 1, 1), date(after // 12, after % 12 + 1, 1) - timedelta(1)


def window_shares(days: Sequence[date], first: int, last: int, frequency: Frequency, start: int, periods: int) -> Array:
    """Share of each holiday's window (day `first` to `last`) that falls into each period, shape (periods,); windows outside count zero."""
    import numpy as np

    shares = np.zeros(periods, dtype=np.float64)
    length = last - first + 1
    for day in days:
        opening, closing = day + timedelta(first), day + timedelta(last)
        for position in range(max(_ordinal(frequency, opening) - start, 0), min(_ordinal(frequency, closing) - start, periods - 1) + 1):
            low, high = period_bounds(frequency, start + position)
            shares[position] += ((min(closing, high) - max(opening, low)).days + 1) / length
    return shares


def centring_means(shares: Array, start: int, frequency: Frequency, centring: Centring) -> Array:
    """What is taken off each calendar month or quarter, shape (periods a year,): its mean, the overall mean, or zero.

    Sums run in extended precision, as in the reference implementation: where it matters, the automatic model search of X-13 turns on the
    last digits of a regressor.
    """
    import numpy as np

    per_year = frequency.per_year
    if centring == "none":
        return np.zeros(per_year, dtype=np.float64)
    extended = shares.astype(np.longdouble)
    if centring == "mean":
        first = extended.sum() / len(extended)
        return np.full(per_year, np.float64(first + (extended - first).sum() / len(extended)))
    seasons = (start + np.arange(len(shares))) % per_year
    sums = np.zeros(per_year, dtype=np.longdouble)
    for season, value in zip(seasons, extended, strict=True):
        sums[season] += value
    means: Array = (sums / np.bincount(seasons, minlength=per_year)).astype(np.float64)
    return means


def genhol(days: Sequence[date], first: int, last: int, frequency: Frequency, centring: Centring) -> tuple[int, Array]:
    """Regressor of a holiday over its own years, as the Census Bureau's genhol: ordinal of the first period, values.

    Runs over whole years, from that of the first window's first day to that of the last window's last day; so do the means.
    """
    import numpy as np

    low, high = (days[0] + timedelta(first)).year, (days[-1] + timedelta(last)).year
    start, periods = low * frequency.per_year, (high - low + 1) * frequency.per_year
    shares = window_shares(days, first, last, frequency, start, periods)
    means = centring_means(shares, start, frequency, centring)
    return start, shares - np.tile(means, high - low + 1)


@lru_cache(maxsize=512)
def holiday_regressor(window: HolidayWindow, frequency: Frequency, start: int, periods: int, centring: Centring = "calendar") -> Regressor:
    """Regressor of a holiday window for any periods: equal to `genhol` with the holidays of 1930 to 2030 where they overlap.

    Before and after, the means of 1930 to 2030 are kept. Raises BadRequest where the regressor cannot be told from the seasonal.
    """
    import numpy as np

    origin, standard = genhol(
        holiday_dates(window.holiday, LISTS_FROM.get(window.holiday, MEAN_FIRST), MEAN_LAST), window.first, window.last, frequency, "none"
    )
    low, high = year_of(frequency, start) - 1, year_of(frequency, start + periods - 1) + 1
    raw = window_shares(holiday_dates(window.holiday, low, high), window.first, window.last, frequency, start, periods)
    if np.ptp(standard.reshape(-1, frequency.per_year), axis=0).max() < 1e-12:
        raise BadRequest(
            _("节日窗口 {window} 每年落在同一时期，与季节成分分不开").format(window=window),
            remedy=_("固定日期的节日已在季节成分中；改用跨月的窗口，或去掉它。"),
        )
    means = centring_means(standard, origin, frequency, centring)
    values = raw - means[(start + np.arange(periods)) % frequency.per_year]
    return Regressor(str(window), "holiday", start, tuple(values.tolist()))


def weekday_counts(frequency: Frequency, start: int, periods: int) -> Array:
    """Number of Mondays to Sundays of each period, shape (periods, 7)."""
    import numpy as np

    counts = np.zeros((periods, 7), dtype=np.float64)
    for position in range(periods):
        low, high = period_bounds(frequency, start + position)
        whole, rest = divmod((high - low).days + 1, 7)
        counts[position] = whole
        for extra in range(rest):
            counts[position, (low.weekday() + extra) % 7] += 1
    return counts


def trading_day_contrasts(frequency: Frequency, start: int, periods: int) -> Array:
    """Mondays to Saturdays, each less Sundays, shape (periods, 6)."""
    counts = weekday_counts(frequency, start, periods)
    contrasts: Array = counts[:, :6] - counts[:, 6:]
    return contrasts


def weekday_contrast(frequency: Frequency, start: int, periods: int) -> Array:
    """Weekdays less 5/2 of the weekend days, shape (periods,)."""
    counts = weekday_counts(frequency, start, periods)
    contrast: Array = counts[:, :5].sum(axis=1) - 2.5 * counts[:, 5:].sum(axis=1)
    return contrast


def days_in_period(frequency: Frequency, start: int, periods: int) -> Array:
    """Days of each period, shape (periods,)."""
    days: Array = weekday_counts(frequency, start, periods).sum(axis=1)
    return days


def leap_year_regressor(frequency: Frequency, start: int, periods: int) -> Array:
    """0.75 for the period with 29 February, -0.25 for the same one of other years, 0 elsewhere, shape (periods,)."""
    import numpy as np

    result = np.zeros(periods, dtype=np.float64)
    for position in range(periods):
        low, high = period_bounds(frequency, start + position)
        if low <= date(low.year, 2, 28) <= high:
            result[position] = 0.75 if (high - low).days + 1 > _COMMON_LENGTH[frequency] else -0.25
    return result


_COMMON_LENGTH = {Frequency.YEAR: 365, Frequency.QUARTER: 90, Frequency.MONTH: 28}


def _ordinal(frequency: Frequency, day: date) -> int:
    month = day.year * 12 + day.month - 1
    return month * frequency.per_year // 12
