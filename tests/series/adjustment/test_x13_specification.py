"""The text of the program's input files."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.series import Frequency
from guibiao.reference.series.adjustment import AdjustmentSpecification, ArimaOrders, OutlierDate, parse_holidays
from guibiao.series.adjustment.request import prepare
from guibiao.series.adjustment.result import FixedModel, Regressor
from guibiao.series.adjustment.x13_specification import data_text, missing_code_of, regressor_text, specification_text
from tests.series.adjustment.seasonal_data import AIRLINE, PURE, made, with_values_at


def text_of(spec: AdjustmentSpecification, fixed: FixedModel | None = None, frequency: Frequency = Frequency.MONTH) -> str:
    return specification_text(prepare(made(frequency=frequency), spec, fixed=fixed), "s00000", -99999.0)


def words_of(text: str, block: str) -> str:
    """The content of a block, spaces joined."""
    return " ".join(text.partition(f"{block} {{")[2].partition("\n}")[0].split())


def test_the_automatic_procedure() -> None:
    text = text_of(AdjustmentSpecification())
    assert words_of(text, "transform") == "function = auto"
    assert words_of(text, "regression") == "aictest = (td easter) save = (td hol ao ls tc so)"
    assert words_of(text, "automdl") == words_of(text, "outlier") == ""
    assert "automdl {" in text
    assert "outlier {" in text
    assert words_of(text, "seats").startswith("noadmiss = yes")
    assert "x11 {" not in text


def test_a_stated_model_alone() -> None:
    text = text_of(replace(AIRLINE, method="x11"))
    assert words_of(text, "arima") == "model = (0 1 1)(0 1 1)"
    assert words_of(text, "x11") == "save = (d8 d10 d11 d12 d13 d16)"
    for block in ("regression {", "outlier {", "automdl {", "seats {", "slidingspans {"):
        assert block not in text


def test_pure_x11_has_no_model() -> None:
    text = text_of(PURE)
    assert words_of(text, "x11") == "mode = mult seasonalma = s3x5 trendma = 13 save = (d8 d10 d11 d12 d13 d16)"
    for block in ("transform {", "regression {", "arima {", "estimate {", "forecast {"):
        assert block not in text


def test_options_of_x11() -> None:
    spec = replace(
        PURE, mode="pseudo-additive", seasonal_filter="x11-default", trend_filter=-1, sigma_limits=(1.8, 2.8), sliding_spans=True
    )
    text = text_of(spec)
    assert words_of(text, "x11").startswith("mode = pseudoadd seasonalma = x11default sigmalim = (1.8, 2.8) save")
    assert "slidingspans {" in text
    assert words_of(text_of(replace(PURE, seasonal_filter="auto")), "x11").startswith("mode = mult trendma = 13 save")


def test_holidays_are_user_regressors_by_number() -> None:
    spec = replace(AIRLINE, holidays=parse_holidays("spring-festival:-6..-1,0..6"), trading_days="china", known_outliers=("LS2008-11",))
    found = words_of(text_of(spec), "regression")
    assert found.startswith("variables = (lpyear LS2008.Nov) user = (xreg1 xreg2 xreg3) usertype = (holiday holiday td)")
    assert 'file = "s00000.reg" format = "datevalue"' in found


def test_trading_days_easter_and_outliers() -> None:
    spec = replace(
        AIRLINE, trading_days="days", easter="8", outliers="on", outlier_types=("AO", "TC"), outlier_critical=4.5, outlier_first="2010-03"
    )
    text = text_of(spec)
    assert words_of(text, "regression").startswith("variables = (td easter[8])")
    assert words_of(text, "outlier") == "types = (ao tc) critical = 4.5 span = (2010.03, )"
    quarterly = replace(AIRLINE, outliers="on", outlier_first="2010-Q2", known_outliers=("AO2006-Q3",))
    text = text_of(quarterly, frequency=Frequency.QUARTER)
    assert words_of(text, "outlier") == "span = (2010.2, )"
    assert words_of(text, "regression").startswith("variables = (AO2006.3)")
    assert "period = 4" in text


FIXED = FixedModel(
    transformation="none", orders=ArimaOrders(1, 1, 2, 0, 1, 1), constant=True, trading_days="weekday", easter=8,
    outliers=(OutlierDate("LS", 2008, 11),),
    coefficients={"Weekday": 0.5, "LS2008.Nov": -2.0, "MA-Nonseasonal-02": 0.25, "MA-Seasonal-12": 0.4},
)  # fmt: skip


def test_a_fixed_model_keeps_what_is_named() -> None:
    text = text_of(AdjustmentSpecification(), FIXED)
    found = words_of(text, "regression")
    assert found.startswith("variables = (const td1coef easter[8] LS2008.Nov) b = (0.1, 0.5f, 0.1, 0.1, -2.0f)")
    assert "aictest" not in found
    assert words_of(text, "arima") == "model = (1 1 2)(0 1 1) ar = (0.1) ma = (0.1, 0.25f, 0.4f)"
    assert words_of(text, "transform") == "function = none"
    assert "outlier {" not in text
    assert "outlier {" in text_of(AdjustmentSpecification(outlier_first="2012-01"), FIXED)


def test_with_logarithms_the_leap_year_is_no_coefficient() -> None:
    found = words_of(text_of(AdjustmentSpecification(), replace(FIXED, transformation="log", constant=False)), "regression")
    assert "b = (0.5f, 0.1, -2.0f)" in found


def test_coefficients_to_estimate_need_no_values() -> None:
    text = text_of(AdjustmentSpecification(), replace(FIXED, coefficients={}))
    assert "b = " not in text
    assert words_of(text, "arima") == "model = (1 1 2)(0 1 1)"


@given(st.text(max_size=40))
def test_no_name_reaches_the_file(name: str) -> None:
    """The name of a series is data: whatever it says, the files are the same."""
    spec = replace(AIRLINE, holidays=parse_holidays("spring-festival:0..6"))
    request = prepare(made(4, name=name), spec)
    plain = prepare(made(4), spec)
    assert specification_text(request, "s00000", -99999.0) == specification_text(plain, "s00000", -99999.0)
    assert data_text(request.series, -99999.0) == data_text(plain.series, -99999.0)


def test_lines_are_short_enough_for_the_program() -> None:
    years = tuple(f"AO{year}-{month:02d}" for year in range(2005, 2013) for month in (1, 4, 7, 10))
    text = text_of(replace(AIRLINE, known_outliers=years))
    assert max(map(len, text.splitlines())) <= 132
    assert all(f"AO{year}.Jul" in text for year in range(2005, 2013))


def test_data_lines() -> None:
    series = with_values_at(made(4), {0: 0.1 + 0.2, 1: math.nan, 2: -1e-7})
    assert data_text(series, -99999.0).splitlines()[:3] == ["2005 1 0.3", "2005 2 -99999", "2005 3 -1e-07"]
    assert "missingcode" not in specification_text(prepare(made(4), AIRLINE), "s", -99999.0)
    assert "missingcode = -99999.0" in specification_text(prepare(with_values_at(made(4), {5: math.nan}), AIRLINE), "s", -99999.0)


@pytest.mark.parametrize(("highest", "code"), [(10.0, -99999.0), (-99999.0, -1e7), (4e12, -1e15), (1e5, -1e7)])
def test_the_code_of_missing_values_is_far_from_the_data(highest: float, code: float) -> None:
    assert missing_code_of(with_values_at(made(4), {3: highest})) == code


def test_regressors_are_written_over_what_they_share() -> None:
    first, second = Regressor("a", "holiday", 24216, (0.1, 0.2, 0.3)), Regressor("b", "user", 24217, (1 / 3, 2.0, 3.0))
    assert regressor_text([first, second], 12) == "2018 2 0.2 0.333333333333333\n2018 3 0.3 2\n"
