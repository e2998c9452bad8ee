"""The day on which a period ends."""

from __future__ import annotations

from datetime import date, timedelta

from guibiao.model.series import Frequency, month_bounds


def last_day(frequency: Frequency, ordinal: int) -> date:
    """Last day of a month, quarter or year."""
    _first, month = month_bounds(frequency, ordinal)
    year, number = divmod(month + 1, 12)
    return date(year, number + 1, 1) - timedelta(days=1)
