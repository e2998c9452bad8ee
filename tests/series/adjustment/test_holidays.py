"""Days of the moving holidays, against dates known by everyone and against the reference list."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.series.adjustment.holidays import FIRST_YEAR, LAST_YEAR, holiday_dates, lunar_calendar


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("spring-festival", ("2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17")),
        ("lantern", ("2023-02-05", "2024-02-24", "2025-02-12", "2026-03-03")),
        ("qingming", ("2023-04-05", "2024-04-04", "2025-04-04", "2026-04-05")),
        ("dragon-boat", ("2023-06-22", "2024-06-10", "2025-05-31", "2026-06-19")),
        ("mid-autumn", ("2023-09-29", "2024-09-17", "2025-10-06", "2026-09-25")),
        ("national-day", ("2023-10-01", "2024-10-01", "2025-10-01", "2026-10-01")),
        ("labour-day", ("2023-05-01", "2024-05-01", "2025-05-01", "2026-05-01")),
        ("easter", ("2023-04-09", "2024-03-31", "2025-04-20", "2026-04-05")),
    ],
)
def test_known_days(name: str, days: tuple[str, ...]) -> None:
    assert [day.isoformat() for day in holiday_dates(name, 2023, 2026)] == list(days)


def test_spring_festival_equals_the_reference_list(shared_folder: Path) -> None:
    with (shared_folder / "data" / "oracles" / "seasonal" / "cny_dates.csv").open(encoding="utf-8") as file:
        expected = [row["cny"] for row in csv.DictReader(file)]
    assert [day.isoformat() for day in holiday_dates("spring-festival", 1930, 2030)] == expected


@given(st.integers(FIRST_YEAR, LAST_YEAR))
def test_each_holiday_keeps_to_its_part_of_the_year(year: int) -> None:
    bounds = {
        "spring-festival": ((1, 20), (2, 21)), "lantern": ((2, 3), (3, 7)), "qingming": ((4, 4), (4, 6)), "dragon-boat": ((5, 27), (6, 26)),
        "mid-autumn": ((9, 7), (10, 8)), "easter": ((3, 22), (4, 25)),
    }  # fmt: skip
    for name, (low, high) in bounds.items():
        (day,) = holiday_dates(name, year, year)
        assert date(year, *low) <= day <= date(year, *high), name
    assert holiday_dates("easter", year, year)[0].weekday() == 6


@pytest.mark.parametrize(("first", "last"), [(1899, 1950), (2000, 2100)])
def test_years_out_of_range_are_refused(first: int, last: int) -> None:
    with pytest.raises(BadRequest, match="1900"):
        holiday_dates("spring-festival", first, last)


def test_an_unknown_holiday_is_refused() -> None:
    with pytest.raises(BadRequest, match="chongyang"):
        holiday_dates("chongyang", 2000, 2001)


@pytest.fixture
def _without_the_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    lunar_calendar.cache_clear()
    monkeypatch.setitem(sys.modules, "borax.calendars.lunardate", None)
    yield
    lunar_calendar.cache_clear()


@pytest.mark.usefixtures("_without_the_package")
def test_without_the_package_the_way_to_get_it_is_said() -> None:
    with pytest.raises(BadRequest, match=r"pip install 'guibiao\[series\]'"):
        lunar_calendar()
