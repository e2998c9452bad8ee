"""The same season: going back returns, month ends meet month ends, and the codes of the sets say the same."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.language.season import day_code, moved
from guibiao.model.period import Measure, Period, at_end, month, to_date, year

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(-600, 600)


@st.composite
def any_period(draw: st.DrawFn) -> Period:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return Period(first, last, draw(st.sampled_from(Measure)))


@pytest.mark.parametrize(
    ("period", "months", "expected"),
    [
        (year(2023), -12, year(2022)),
        (month(2024, 3), -1, month(2024, 2)),
        (month(2024, 2), -12, month(2023, 2)),
        (month(2023, 2), 12, month(2024, 2)),
        (to_date(2024, 2), -12, to_date(2023, 2)),
        (at_end(2024, 2), -12, at_end(2023, 2)),
        (at_end(2020, 11, 1), -120, at_end(2010, 11, 1)),
        (at_end(2024, 2, 28), -12, None),
        (at_end(2024, 1, 30), 1, None),
        (year(2023), -12 * 3000, None),
    ],
)
def test_counterparts(period: Period, months: int, expected: Period | None) -> None:
    assert moved(period, months) == expected


@given(any_period(), MONTHS)
def test_going_back_returns(period: Period, months: int) -> None:
    there = moved(period, months)
    if there is not None:
        assert moved(there, -months) == period
        assert there.measure is period.measure


@given(any_period(), MONTHS)
def test_a_code_moves_by_a_constant(period: Period, months: int) -> None:
    there = moved(period, months)
    if there is not None:
        assert day_code(there.end, end=True) == day_code(period.end, end=True) + 32 * months
        if period.measure is not Measure.AT_END:
            assert day_code(there.start, end=False) == day_code(period.start, end=False) + 32 * months


@given(DAYS, DAYS)
def test_codes_tell_days_apart(one: date, other: date) -> None:
    assert (day_code(one, end=True) == day_code(other, end=True)) == (one == other)
