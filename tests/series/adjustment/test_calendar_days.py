"""Working days of China: against another package's day by day, against notices, and without any."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from guibiao.model.series import Frequency
from guibiao.series.adjustment.calendar_days import notice_years, working_day_regressor, working_days, working_share

MONTH = Frequency.MONTH


def test_exchanged_days_are_exchanged() -> None:
    """Over 2008 to 2026 every day off beyond weekends and statutory holidays was worked on another day, but for three.

    Those were given without exchange: 3 September 2015, and two days by which the Spring Festival of 2020 was prolonged.
    """
    first, last = 2008, 2026
    days = [date(first, 1, 1) + timedelta(offset) for offset in range((date(last + 1, 1, 1) - date(first, 1, 1)).days)]
    weekends = sum(day.weekday() >= 5 for day in days)
    statutory = 11 * (2024 - first + 1) + 13 * (last - 2024)
    assert sum(working_share(day) for day in days) == len(days) - weekends - statutory - 3


@pytest.mark.parametrize(
    ("day", "share"),
    [
        ("2024-02-04", 1.0), ("2024-02-09", 1.0), ("2024-02-10", 0.0), ("2024-02-18", 1.0), ("2013-04-07", 1.0), ("2013-10-12", 1.0),
        ("2020-01-31", 0.0), ("1960-06-04", 1.0), ("1960-06-05", 0.0), ("1994-06-04", 0.5), ("1996-06-01", 0.0), ("1985-10-02", 0.0),
        ("1985-10-03", 1.0), ("2000-05-03", 0.0), ("2030-10-03", 0.0), ("2030-10-04", 1.0), ("2030-05-02", 0.0), ("1940-10-01", 1.0),
    ],
)  # fmt: skip
def test_single_days(day: str, share: float) -> None:
    assert working_share(date.fromisoformat(day)) == share


def test_a_year_of_months() -> None:
    """The 251 working days of 2024 by month."""
    found = working_days(MONTH, 2024 * 12, 12)
    assert found.working == (22.0, 18.0, 21.0, 22.0, 21.0, 19.0, 23.0, 22.0, 21.0, 19.0, 21.0, 22.0)
    assert found.days == (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    assert found.without_notice == ()
    assert working_days(Frequency.QUARTER, 2024 * 4, 4).working == (61.0, 62.0, 66.0, 62.0)


def test_years_without_a_notice_are_said() -> None:
    known = notice_years()
    assert known[0] == 2004
    assert known == tuple(range(known[0], known[-1] + 1))
    assert working_days(MONTH, 2002 * 12, 48).without_notice == (2002, 2003)


def test_the_regressor_has_no_mean_over_the_years_with_notices() -> None:
    known = notice_years()
    regressor, without = working_day_regressor(MONTH, known[0] * 12, len(known) * 12)
    values = np.array(regressor.values)
    assert without == ()
    assert regressor.group == "td"
    assert values.reshape(-1, 12).mean(axis=0) == pytest.approx(np.zeros(12), abs=1e-12)
    longer, _ = working_day_regressor(MONTH, known[0] * 12, len(known) * 12 + 24)
    assert longer.values[: len(values)] == regressor.values
