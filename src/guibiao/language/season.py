"""The same period in another year or month: same day of the month, month ends on month ends.

Unlike `Period.shift` nothing is rounded: what has no counterpart (30 January a month later) has none, so that going back returns.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from guibiao.model.period import Measure, Period

MONTH_END = 31


def moved(period: Period, months: int) -> Period | None:
    """The period so many months later (earlier if negative), None where there is none."""
    end = _moved_end(period.end, months)
    start = end if period.measure is Measure.AT_END else _moved_start(period.start, months)
    return None if start is None or end is None else Period(start, end, period.measure)


def day_code(day: date, *, end: bool) -> int:
    """Months since year 0 times 32 plus the day, a month's last day counted as 31 where it ends a period."""
    number = MONTH_END if end and _is_month_end(day) else day.day
    return (day.year * 12 + day.month) * 32 + number


def _moved_start(day: date, months: int) -> date | None:
    year, month = _month(day, months)
    return date(year, month, day.day) if 1 <= year <= 9999 and day.day <= monthrange(year, month)[1] else None


def _moved_end(day: date, months: int) -> date | None:
    year, month = _month(day, months)
    if not 1 <= year <= 9999:
        return None
    last = monthrange(year, month)[1]
    if _is_month_end(day):
        return date(year, month, last)
    return date(year, month, day.day) if day.day < last else None


def _month(day: date, months: int) -> tuple[int, int]:
    total = day.year * 12 + day.month - 1 + months
    return total // 12, total % 12 + 1


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1 if day != date.max else True
