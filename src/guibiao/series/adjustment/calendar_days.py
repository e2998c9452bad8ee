"""Working days of China: weekends, statutory holidays and 调休, the days worked in exchange. Method sheet: docs/methods/0613.

Years that the State Council's notices cover come from the package of the Chinese calendar, day by day. Other years follow the decrees on
statutory holidays and on the working week in force, without exchanged days; they are counted and said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from guibiao.model.series import Frequency
from guibiao.series.adjustment.holidays import holiday_dates, package
from guibiao.series.adjustment.regressors import period_bounds
from guibiao.series.adjustment.result import Regressor

if TYPE_CHECKING:
    from guibiao.series.adjustment.regressors import Array


@dataclass(frozen=True, slots=True)
class HolidayDecree:
    """Statutory holidays from a day on (全国年节及纪念日放假办法): holiday -> days off, counted from the holiday itself (0)."""

    since: date
    days: Mapping[str, tuple[int, ...]]


DECREES = (
    HolidayDecree(date(1949, 12, 23), {"new-year": (0,), "spring-festival": (0, 1, 2), "labour-day": (0,), "national-day": (0, 1)}),
    HolidayDecree(date(1999, 9, 18), {"new-year": (0,), "spring-festival": (0, 1, 2), "labour-day": (0, 1, 2), "national-day": (0, 1, 2)}),
    HolidayDecree(
        date(2008, 1, 1),
        {"new-year": (0,), "spring-festival": (-1, 0, 1), "qingming": (0,), "labour-day": (0,), "dragon-boat": (0,), "mid-autumn": (0,),
         "national-day": (0, 1, 2)},
    ),
    HolidayDecree(
        date(2014, 1, 1),
        {"new-year": (0,), "spring-festival": (0, 1, 2), "qingming": (0,), "labour-day": (0,), "dragon-boat": (0,), "mid-autumn": (0,),
         "national-day": (0, 1, 2)},
    ),
    HolidayDecree(
        date(2025, 1, 1),
        {"new-year": (0,), "spring-festival": (-1, 0, 1, 2), "qingming": (0,), "labour-day": (0, 1), "dragon-boat": (0,),
         "mid-autumn": (0,), "national-day": (0, 1, 2)},
    ),
)  # fmt: skip
FIVE_DAY_WEEK = date(1995, 5, 1)
"""Two days off a week from here on (国务院令第174号)."""
ALTERNATE_SATURDAYS = date(1994, 3, 1)
"""Every other Saturday off from here on (国务院令第146号): a Saturday counts half."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Working and other days of each period, and the years for which no notice of exchanged days is on file."""

    working: tuple[float, ...]
    days: tuple[int, ...]
    without_notice: tuple[int, ...]


@cache
def notice_years() -> tuple[int, ...]:
    """Years whose notice on holidays and exchanged days the package has."""
    return tuple(sorted({day.year for day in _notices().holidays}))


@cache
def _notices() -> Any:
    return package("chinese_calendar", "chinesecalendar")


def working_share(day: date) -> float:
    """1 for a working day, 0 for a day off, one half for a Saturday while every other one was off."""
    if day.year in notice_years():
        return float(_notices().is_workday(day))
    if day in _statutory(day.year):
        return 0.0
    if day.weekday() == 5 and day < FIVE_DAY_WEEK:
        return 0.5 if day >= ALTERNATE_SATURDAYS else 1.0
    return float(day.weekday() < 5)


@cache
def _statutory(year: int) -> frozenset[date]:
    decree = next((each for each in reversed(DECREES) if each.since <= date(year, 12, 31)), None)
    if decree is None:
        return frozenset()
    off: set[date] = set()
    for name, offsets in decree.days.items():
        anchor = date(year, 1, 1) if name == "new-year" else holiday_dates(name, year, year)[0]
        off.update(anchor + timedelta(offset) for offset in offsets)
    return frozenset(day for day in off if day >= decree.since)


def working_days(frequency: Frequency, start: int, periods: int) -> WorkingDays:
    """Working days of each period."""
    working, lengths = [], []
    for position in range(periods):
        low, high = period_bounds(frequency, start + position)
        length = (high - low).days + 1
        working.append(sum(working_share(low + timedelta(offset)) for offset in range(length)))
        lengths.append(length)
    first, last = period_bounds(frequency, start)[0].year, period_bounds(frequency, start + periods - 1)[1].year
    known = set(notice_years())
    return WorkingDays(tuple(working), tuple(lengths), tuple(year for year in range(first, last + 1) if year not in known))


@lru_cache(maxsize=512)
def working_day_regressor(frequency: Frequency, start: int, periods: int) -> tuple[Regressor, tuple[int, ...]]:
    """Working days less their ratio to other days times the other days, less the mean of each calendar month or quarter.

    The ratio and the means are those of the years with a notice, so that the regressor does not change as the series grows within them.
    Gives the regressor and the years without a notice.
    """
    import numpy as np

    known = notice_years()
    per_year = frequency.per_year
    base, ratio = _standard(frequency, known[0], known[-1])
    found = working_days(frequency, start, periods)
    worked, lengths = np.array(found.working), np.array(found.days, dtype=np.float64)
    values: Array = worked - ratio * (lengths - worked) - base[(start + np.arange(periods)) % per_year]
    return Regressor("working-days", "td", start, tuple(values.tolist())), found.without_notice


@cache
def _standard(frequency: Frequency, first: int, last: int) -> tuple[Array, float]:
    """Mean contrast of each calendar month or quarter over the years with a notice, and working days per other day."""
    import numpy as np

    per_year = frequency.per_year
    found = working_days(frequency, first * per_year, (last - first + 1) * per_year)
    worked, lengths = np.array(found.working), np.array(found.days, dtype=np.float64)
    ratio = float(worked.sum() / (lengths - worked).sum())
    contrast = worked - ratio * (lengths - worked)
    return contrast.reshape(-1, per_year).mean(axis=0), ratio
