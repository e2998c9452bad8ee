"""Periods: parsing, printing, SDMX form and algebra."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.period import Measure, Period, at_end, format_period, from_sdmx, month, parse_period, to_date, year

years = st.integers(1949, 2100)
months = st.integers(1, 12)
days = st.dates(date(1949, 1, 1), date(2100, 12, 31))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    measure = draw(st.sampled_from(list(Measure)))
    first, last = sorted((draw(days), draw(days)))
    shapes = (
        year(first.year, measure),
        month(first.year, first.month, measure),
        to_date(first.year, first.month),
        Period(date(first.year, 1, 1), date(last.year, 12, 31), measure),
        Period(month(first.year, first.month).start, month(last.year, last.month).end, measure),
        at_end(first.year, first.month),
        Period(first, last, measure),
    )
    return draw(st.sampled_from(shapes))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年", year(2021)),
        ("2021年1-9月", to_date(2021, 9)),
        ("2021年前三季度", to_date(2021, 9)),
        ("2023年1~11月", to_date(2023, 11)),
        ("2020年1月至11月", to_date(2020, 11)),
        ("2021年上半年", to_date(2021, 6)),
        ("2012-01..02", to_date(2012, 2)),
        ("2021年11月末", at_end(2021, 11)),
        ("2021 年 11 月底", at_end(2021, 11)),
        ("截至2023年9月", at_end(2023, 9)),
        ("截至 2022 年底", at_end(2022, 12)),
        ("2021年末", at_end(2021, 12)),
        ("2021年11月25日", at_end(2021, 11, 25)),
        ("2023年3月", month(2023, 3)),
        ("2023年一季度", Period(date(2023, 1, 1), date(2023, 3, 31))),
        ("2023年第四季度", Period(date(2023, 10, 1), date(2023, 12, 31))),
        ("4Q 2021", Period(date(2021, 10, 1), date(2021, 12, 31))),
        ("2018~2023年", Period(date(2018, 1, 1), date(2023, 12, 31))),
        ("２０２１年１-９月", to_date(2021, 9)),
        ("2024年平均", year(2024, Measure.AVERAGE)),
    ],
)
def test_printed_forms_are_read(text: str, expected: Period) -> None:
    assert parse_period(text) == expected


def test_both_kinds_of_march_stay_apart() -> None:
    quarter, cumulative = parse_period("2023年一季度"), parse_period("2023年1-3月")
    assert (quarter.start, quarter.end) == (cumulative.start, cumulative.end)
    assert quarter != cumulative
    assert quarter.to_sdmx() == ("2023-01-01/P3M", "S")
    assert cumulative.to_sdmx() == ("2023-01-01/P3M", "C")


def test_sdmx_form_of_nine_months_to_date() -> None:
    assert parse_period("2021年1-9月").to_sdmx() == ("2021-01-01/P9M", "C")


def test_reference_year_completes_a_form_without_year() -> None:
    assert parse_period("1-9月份", reference_year=2021) == to_date(2021, 9)
    with pytest.raises(BadRequest):
        parse_period("1-9月份")


def test_an_indicators_measure_decides_a_bare_year() -> None:
    assert parse_period("2021年", measure=Measure.AT_END) == at_end(2021)
    assert parse_period("2021年", measure=Measure.AVERAGE) == year(2021, Measure.AVERAGE)


def test_a_stock_keeps_only_its_day() -> None:
    assert Period(date(2021, 1, 1), date(2021, 12, 31), Measure.AT_END) == at_end(2021)


@pytest.mark.parametrize("text", ["", "去年", "2021年13月", "2021年2月30日", "21年", "2021年五季度", "五", "2023年2月29日"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_period(text)


@given(periods(), st.sampled_from(["months", "quarters"]))
def test_printing_and_parsing_are_inverse(period: Period, style: str) -> None:
    if period.measure is Measure.AT_END or format_period(period, style):
        assert parse_period(format_period(period, style)) == period


@given(periods())
def test_sdmx_form_is_inverse(period: Period) -> None:
    assert from_sdmx(*period.to_sdmx()) == period


@given(periods(), st.integers(-240, 240))
def test_shifting_by_years_and_back_is_identity_for_whole_months(period: Period, count: int) -> None:
    if period.months is not None:
        assert period.shift(count).shift(-count) == period
        assert period.shift(count).months == period.months


@given(years, st.integers(2, 12))
def test_cumulative_minus_previous_cumulative_is_the_month(number: int, last: int) -> None:
    difference = to_date(number, last).minus(to_date(number, last - 1))
    assert difference == month(number, last)


@given(periods(), periods())
def test_containing_implies_overlapping(left: Period, right: Period) -> None:
    assert left.overlaps(right) == right.overlaps(left)
    if left.contains(right):
        assert left.overlaps(right)


def test_subtracting_what_is_not_earlier_is_refused() -> None:
    with pytest.raises(BadRequest):
        to_date(2021, 3).minus(to_date(2021, 3))
    with pytest.raises(BadRequest):
        to_date(2022, 3).minus(to_date(2021, 2))


@given(days)
def test_a_period_of_days_counts_them(day: date) -> None:
    assert Period(day, day + timedelta(days=9)).days == 10
