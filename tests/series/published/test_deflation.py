"""Deflation by a price index, indices from published changes, real growth with its interval."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries, ordinal_of
from guibiao.series.published.deflation import ComparedWith, deflate, index_from_changes, real_growth
from guibiao.series.published.rounding import NOTHING, Bounds

NAN = math.nan


def quarterly(year: int, *values: float, spans: tuple[tuple[int, int], ...] = ()) -> TimeSeries:
    return TimeSeries("x", Frequency.QUARTER, ordinal_of(Frequency.QUARTER, year), values, "亿元", spans)


def test_the_reference_year_keeps_its_sum_in_current_prices_of_the_year() -> None:
    prices = quarterly(2020, 96.0, 100.0, 102.0, 106.0, 110.0)
    found = deflate(quarterly(2020, 96.0, 100.0, 102.0, 106.0, 121.0), prices, 2020)
    assert found.series.values == pytest.approx((100 / 1.0 * 1.01,) * 4 + (121 / 110 * 101,))
    assert found.reference == "2020"
    assert not found.without_price


def test_a_period_as_reference() -> None:
    found = deflate(quarterly(2020, 100.0, 110.0), quarterly(2020, 50.0, 55.0), "2020-Q2")
    assert found.series.values == pytest.approx((110.0, 110.0))
    assert found.deflator.values == pytest.approx((50 / 55, 1.0))


@given(st.lists(st.floats(0.1, 1e6), min_size=8, max_size=8), st.lists(st.floats(50, 200), min_size=8, max_size=8), st.floats(0.01, 100))
def test_the_unit_of_the_index_does_not_matter(values: list[float], prices: list[float], scale: float) -> None:
    one = deflate(quarterly(2020, *values), quarterly(2020, *prices), 2021).series.values
    other = deflate(quarterly(2020, *values), quarterly(2020, *(price * scale for price in prices)), 2021).series.values
    assert one == pytest.approx(other, rel=1e-12)


def test_periods_without_a_price_are_named() -> None:
    found = deflate(quarterly(2019, 1.0, 1.0, 1.0, 1.0, 1.0, NAN), quarterly(2020, 100.0), "2020-Q1")
    assert found.without_price == ("2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4")
    assert math.isnan(found.series.values[0])
    assert found.series.values[4] == 1.0


def test_monthly_changes_chain() -> None:
    index = index_from_changes(quarterly(2020, 101.0, 102.0, 100.0, 99.0), ComparedWith.PERIOD_BEFORE, 2020)
    assert index.labels[0] == "2019-Q4"
    level = (1.01, 1.01 * 1.02, 1.01 * 1.02, 1.01 * 1.02 * 0.99)
    assert index.values[1:] == pytest.approx([100 * value / (sum(level) / 4) for value in level])


def test_yearly_changes_chain_each_season_with_itself() -> None:
    index = index_from_changes(quarterly(2021, 102.0, 103.0, 104.0, 105.0, 110.0), ComparedWith.YEAR_BEFORE, 2020)
    assert index.labels[0] == "2020-Q1"
    assert index.values[:4] == (100.0,) * 4
    assert index.values[4:] == pytest.approx((102.0, 103.0, 104.0, 105.0, 112.2))
    back = index_from_changes(quarterly(2021, 102.0, 103.0, 104.0, 105.0), ComparedWith.YEAR_BEFORE, 2021)
    assert back.values[:4] == pytest.approx((100 / 1.02, 100 / 1.03, 100 / 1.04, 100 / 1.05))


def test_a_missing_change_ends_the_chain() -> None:
    index = index_from_changes(quarterly(2020, 101.0, 102.0, 100.0, 99.0, NAN, 101.0), ComparedWith.PERIOD_BEFORE, 2020)
    assert math.isnan(index.values[5])
    assert math.isnan(index.values[6])


def test_real_growth_and_its_interval() -> None:
    found = real_growth(Bounds(5.0, 4.95, 5.05), Bounds(2.0, 1.95, 2.05))
    assert found.value == pytest.approx(100 * (1.05 / 1.02 - 1))
    assert found.low == pytest.approx(100 * (1.0495 / 1.0205 - 1))
    assert found.high == pytest.approx(100 * (1.0505 / 1.0195 - 1))
    assert not real_growth(NOTHING, Bounds(2.0, 1.95, 2.05)).known
    assert not real_growth(Bounds(5.0, 4.95, 5.05), Bounds(-100.0, -100.05, -99.95)).known


@pytest.mark.parametrize(
    ("current", "prices", "reference", "message"),
    [
        (quarterly(2020, 1.0), TimeSeries("a", Frequency.YEAR, 2020, (100.0,)), 2020, "频率不同"),
        (quarterly(2020, NAN, 1.0, spans=((1, 2),)), quarterly(2020, 100.0, 100.0), 2020, "合并发布"),
        (quarterly(2020, 1.0), quarterly(2020, 0.0), "2020-Q1", "不是正数"),
        (quarterly(2020, 1.0), quarterly(2020, 100.0), 2020, "没有完整的基准期 2020"),
        (quarterly(2020, 1.0), quarterly(2020, 100.0), "2021-Q1", "没有完整的基准期 2021-Q1"),
    ],
)
def test_what_cannot_be_is_refused(current: TimeSeries, prices: TimeSeries, reference: int | str, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        deflate(current, prices, reference)


def test_rates_are_no_index() -> None:
    with pytest.raises(BadRequest, match="100"):
        index_from_changes(quarterly(2020, 2.0, -1.0), ComparedWith.PERIOD_BEFORE, 2020)
