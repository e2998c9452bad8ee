"""The specification of an adjustment: defaults that follow the model, text forms, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.reference.series.adjustment import (
    PRESETS,
    AdjustmentSpecification,
    ArimaOrders,
    HolidayWindow,
    OutlierDate,
    parse_holidays,
    parse_orders,
    parse_outlier,
    preset,
)

AIRLINE = "(0 1 1)(0 1 1)"


def chosen(**fields: Any) -> AdjustmentSpecification:
    return AdjustmentSpecification(**fields).effective()


def test_the_automatic_model_tests_calendar_and_outliers() -> None:
    spec = chosen()
    assert (spec.trading_days, spec.easter, spec.outliers) == ("auto", "auto", "on")
    assert (spec.seasonal_filter, spec.trend_filter) == ("auto", -1)


def test_a_stated_model_adds_nothing() -> None:
    spec = chosen(model=AIRLINE)
    assert (spec.trading_days, spec.easter, spec.outliers) == ("none", "none", "off")
    assert spec.orders == ArimaOrders(0, 1, 1, 0, 1, 1)
    assert (chosen(model=AIRLINE, outliers="on", easter="8").outliers, chosen(model=AIRLINE, easter="8").easter) == ("on", "8")


def test_pure_x11_has_the_classic_filters() -> None:
    spec = chosen(model="none", method="x11")
    assert (spec.seasonal_filter, spec.trend_filter, spec.outliers, spec.trading_days) == ("s3x5", 13, "off", "none")
    other = chosen(model="none", method="x11", seasonal_filter="auto", trend_filter=-1)
    assert (other.seasonal_filter, other.trend_filter) == ("auto", -1)


@pytest.mark.parametrize(("mode", "transform"), [("additive", "none"), ("multiplicative", "log"), ("pseudo-additive", "log")])
def test_a_mode_decides_the_transformation(mode: str, transform: str) -> None:
    assert chosen(method="x11", mode=mode).transform == transform


def test_effective_is_stable() -> None:
    for name, spec in PRESETS.items():
        assert spec.effective().effective() == spec.effective(), name
        assert preset(name) == spec


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(BadRequest, match="rsa9"):
        preset("rsa9")


@given(st.tuples(*[st.integers(0, 2)] * 6), st.sampled_from([" ", ", ", ",", "  "]))
def test_orders_read_back(numbers: tuple[int, ...], between: str) -> None:
    text = f"({between.join(map(str, numbers[:3]))})({between.join(map(str, numbers[3:]))})"
    assert parse_orders(text) == ArimaOrders(*numbers)
    assert parse_orders(str(ArimaOrders(*numbers))) == ArimaOrders(*numbers)


def test_a_model_without_seasonal_part() -> None:
    assert str(parse_orders("(2 1 0)")) == "(2 1 0)(0 0 0)"


@pytest.mark.parametrize(
    "text",
    ["", "airline", "(0 1)", "(0 1 1)(0 1 1)12", "(0 1 1}(0 1 1)", "(-1 1 1)", "(0 1 1) x11{}", "(99 1 1)", "(0 9 1)", "(0 1 1)(9 1 1)"],
)
def test_orders_that_are_none(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_orders(text)


@pytest.mark.parametrize(
    ("text", "outlier"),
    [
        ("LS2008-11", OutlierDate("LS", 2008, 11)), ("AO2020-Q1", OutlierDate("AO", 2020, 1)), ("AO2020Q4", OutlierDate("AO", 2020, 4)),
        ("TC1999.Feb", OutlierDate("TC", 1999, 2)), ("SO1999.12", OutlierDate("SO", 1999, 12)), (" AO2001.3 ", OutlierDate("AO", 2001, 3)),
    ],
)  # fmt: skip
def test_outliers(text: str, outlier: OutlierDate) -> None:
    assert parse_outlier(text) == outlier


@pytest.mark.parametrize("text", ["", "XX2008-11", "AO2008", "AO08-11", "AO2008-11) }", "AO2008.Foo", "AO2008-Q5"])
def test_outliers_that_are_none(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_outlier(text)


def test_windows_of_holidays() -> None:
    festival, autumn = "spring-festival", "mid-autumn"
    assert parse_holidays("spring-festival:-6..-1,0..6; mid-autumn:0") == (
        HolidayWindow(holiday=festival, first=-6, last=-1),
        HolidayWindow(holiday=festival, first=0, last=6),
        HolidayWindow(holiday=autumn, first=0, last=0),
    )
    assert parse_holidays("none") == parse_holidays(" ") == ()
    assert str(HolidayWindow(holiday=festival, first=-6, last=-1)) == "spring-festival:-6..-1"


@pytest.mark.parametrize(
    "text", ["spring-festival", "spring-festival:", "spring-festival:a..b", "spring-festival:1..", "spring-festival:1...2", ";"]
)
def test_windows_that_are_none(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_holidays(text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"model": "none"}, "SEATS"),
        ({"model": "none", "method": "x11", "outliers": "on"}, "regARIMA"),
        ({"model": "none", "method": "x11", "easter": "1"}, "regARIMA"),
        ({"model": "none", "method": "x11", "trading_days": "china"}, "regARIMA"),
        ({"model": "none", "method": "x11", "holidays": parse_holidays("spring-festival:0..6")}, "regARIMA"),
        ({"seasonal_filter": "s3x5"}, "X-11"),
        ({"mode": "additive"}, "X-11"),
        ({"trend_filter": 13}, "X-11"),
        ({"constant": True}, "常数项"),
        ({"easter": "26"}, "复活节"),
        ({"easter": "１"}, "复活节"),
        ({"holidays": parse_holidays("spring-festival:6..0")}, "不成立"),
        ({"holidays": parse_holidays("spring-festival:0..151")}, "不成立"),
        ({"holidays": parse_holidays("spring-festival:0..6,0..6")}, "两次"),
        ({"holidays": parse_holidays("chongyang:0..6")}, "chongyang"),
        ({"known_outliers": ("AO2008-11", "AO2008.Nov")}, "两次"),
        ({"sigma_limits": (2.5, 1.5)}, "极端值"),
        ({"sigma_limits": (float("nan"), 1.5)}, "极端值"),
        ({"method": "x11", "trend_filter": 12}, "Henderson"),
        ({"method": "x11", "trend_filter": 103}, "Henderson"),
        ({"method": "x11", "trend_filter": -2}, "Henderson"),
        ({"forecast_periods": 121}, "预测期数"),
        ({"forecast_periods": -2}, "预测期数"),
        ({"outlier_critical": 0.1}, "临界值"),
        ({"outlier_types": ()}, "类型"),
        ({"method": "x11", "model": AIRLINE, "mode": "additive", "transform": "log"}, "不相容"),
        ({"method": "x11", "model": AIRLINE, "mode": "multiplicative", "transform": "none"}, "不相容"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        chosen(**fields)
