"""Holiday and trading-day regressors: equal to the reference program's, and what must hold of any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency
from guibiao.reference.series.adjustment import Centring, HolidayWindow
from guibiao.series.adjustment.holidays import holiday_dates
from guibiao.series.adjustment.regressors import (
    days_in_period,
    genhol,
    holiday_regressor,
    leap_year_regressor,
    period_bounds,
    trading_day_contrasts,
    weekday_contrast,
    weekday_counts,
    window_shares,
)
from tests.series.adjustment.seasonal_oracle import regressors_of

MONTH, QUARTER = Frequency.MONTH, Frequency.QUARTER
WINDOWS: Mapping[str, tuple[int, int, Centring]] = {
    "cny0_6": (0, 6, "calendar"), "cny_post6": (0, 6, "calendar"), "cny_pre6": (-6, -1, "calendar"), "cny0_6_mean": (0, 6, "mean"),
    "cny0_6_none": (0, 6, "none"), "cny_m20_m1": (-20, -1, "calendar"), "cny_m10_p10": (-10, 10, "calendar"),
    "cny_p7_p21": (7, 21, "calendar"),
}  # fmt: skip


@pytest.fixture(scope="module")
def reference(shared_folder: Path) -> Mapping[str, Mapping[int, float]]:
    return regressors_of(shared_folder / "data" / "oracles" / "seasonal")


@pytest.mark.parametrize("name", WINDOWS)
def test_spring_festival_equals_genhol(name: str, reference: Mapping[str, Mapping[int, float]]) -> None:
    """To all 15 digits that the reference prints, hence well within 1e-6."""
    first, last, centring = WINDOWS[name]
    start, values = genhol(holiday_dates("spring-festival", 1930, 2030), first, last, MONTH, centring)
    expected = reference[name]
    assert sorted(expected) == list(range(start, start + len(values)))
    if centring == "calendar":
        assert [f"{value:.15g}" for value in values] == [f"{expected[at]:.15g}" for at in sorted(expected)]
    assert values == pytest.approx([expected[at] for at in sorted(expected)], abs=1e-15)


def test_easter_equals_genhol(reference: Mapping[str, Mapping[int, float]]) -> None:
    start, values = genhol(holiday_dates("easter", 1931, 2030), -1, -1, MONTH, "calendar")
    assert dict(enumerate(values, start)) == pytest.approx(reference["easter_m1"], abs=1e-15)


def test_any_list_of_days_will_do(reference: Mapping[str, Mapping[int, float]]) -> None:
    """Diwali: single days of which the reference tells the month only."""
    expected = reference["diwali0"]
    months = [ordinal for ordinal, value in expected.items() if value > 0]
    days = [date(*divmod_month(ordinal), 15) for ordinal in sorted(months)]
    start, values = genhol(days, 0, 0, MONTH, "calendar")
    assert dict(enumerate(values, start)) == pytest.approx(expected, abs=1e-15)


def divmod_month(ordinal: int) -> tuple[int, int]:
    return ordinal // 12, ordinal % 12 + 1


@pytest.mark.parametrize("name", ["cny0_6", "cny_m10_p10", "cny_p7_p21", "cny0_6_mean", "cny0_6_none"])
def test_a_regressor_of_any_span_is_part_of_it(name: str, reference: Mapping[str, Mapping[int, float]]) -> None:
    first, last, centring = WINDOWS[name]
    window = HolidayWindow(holiday="spring-festival", first=first, last=last)
    found = holiday_regressor(window, MONTH, 1983 * 12 + 6, 402, centring)
    assert (found.name, found.group, found.start) == (f"spring-festival:{first}..{last}", "holiday", 1983 * 12 + 6)
    assert found.values == pytest.approx([reference[name][1983 * 12 + 6 + at] for at in range(402)], abs=1e-15)


def test_one_festival_by_hand() -> None:
    """10 February 2024: of the days -10 to 10, one lies in January and twenty in February."""
    shares = window_shares([date(2024, 2, 10)], -10, 10, MONTH, 2024 * 12, 12)
    assert shares.tolist() == [1 / 21, 20 / 21, *[0.0] * 10]
    assert window_shares([date(2024, 2, 10)], -10, 10, QUARTER, 2024 * 4, 4).tolist() == [1.0, 0.0, 0.0, 0.0]


def test_a_window_across_three_months() -> None:
    shares = window_shares([date(2024, 2, 10)], -15, 29, MONTH, 2024 * 12, 4)
    assert shares == pytest.approx([6 / 45, 29 / 45, 10 / 45, 0])


@given(st.integers(-100, 100), st.integers(0, 49), st.sampled_from([MONTH, QUARTER]), st.integers(1950, 2020))
def test_shares_of_a_window_add_up(first: int, length: int, frequency: Frequency, year: int) -> None:
    per_year = frequency.per_year
    days = holiday_dates("spring-festival", year, year)
    shares = window_shares(days, first, first + length, frequency, (year - 1) * per_year, 3 * per_year)
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()


@given(st.integers(-60, 60), st.integers(0, 30), st.sampled_from([MONTH, QUARTER]))
def test_calendar_means_vanish(first: int, length: int, frequency: Frequency) -> None:
    start, values = genhol(holiday_dates("mid-autumn", 1930, 2030), first, first + length, frequency, "calendar")
    assert start % frequency.per_year == 0
    assert values.reshape(-1, frequency.per_year).mean(axis=0) == pytest.approx(np.zeros(frequency.per_year), abs=1e-14)


def test_a_regressor_does_not_change_when_the_series_grows() -> None:
    window = HolidayWindow(holiday="spring-festival", first=-6, last=-1)
    short, long = (holiday_regressor(window, MONTH, 2040 * 12, periods) for periods in (24, 240))
    assert long.values[:24] == short.values


@pytest.mark.parametrize(("text", "frequency"), [(("national-day", 0, 6), MONTH), (("spring-festival", 0, 6), QUARTER)])
def test_a_window_that_never_moves_is_refused(text: tuple[str, int, int], frequency: Frequency) -> None:
    name, first, last = text
    with pytest.raises(BadRequest, match="与季节成分分不开"):
        holiday_regressor(HolidayWindow(holiday=name, first=first, last=last), frequency, 2000 * frequency.per_year, 40)


@given(st.sampled_from([MONTH, QUARTER]), st.integers(1900, 2090))
def test_weekdays_are_counted(frequency: Frequency, year: int) -> None:
    per_year = frequency.per_year
    counts = weekday_counts(frequency, year * per_year, per_year)
    expected = np.zeros_like(counts)
    for position in range(per_year):
        low, high = period_bounds(frequency, year * per_year + position)
        for offset in range((high - low).days + 1):
            expected[position, (low + timedelta(offset)).weekday()] += 1
    assert (counts == expected).all()
    assert days_in_period(frequency, year * per_year, per_year).sum() == (date(year + 1, 1, 1) - date(year, 1, 1)).days


def test_contrasts_by_hand() -> None:
    """February 2021 has four of each weekday; in March three more days: Monday, Tuesday, Wednesday."""
    start = 2021 * 12 + 1
    assert trading_day_contrasts(MONTH, start, 2).tolist() == [[0.0] * 6, [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]]
    assert weekday_contrast(MONTH, start, 2).tolist() == [0.0, 3.0]


def test_leap_years() -> None:
    assert leap_year_regressor(MONTH, 2023 * 12, 15).tolist() == [0.0, -0.25, *[0.0] * 11, 0.75, 0.0]
    assert leap_year_regressor(QUARTER, 1899 * 4, 8).tolist() == [-0.25, 0.0, 0.0, 0.0, -0.25, 0.0, 0.0, 0.0]
    assert leap_year_regressor(MONTH, 1948 * 12, 48 * 12).sum() == 0
