"""Tests shared by every engine, by hand and on made series; the grade and its reasons."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.reference.series.adjustment import AdjustmentSpecification, ArimaOrders, OutlierDate
from guibiao.series.adjustment.diagnostics import (
    FTest,
    annual_discrepancy,
    identifiable,
    moving_seasonality,
    residual_seasonality,
    seasonal_f,
    stable_seasonality,
)
from guibiao.series.adjustment.diagnostics_x13 import ljung_box
from guibiao.series.adjustment.grading import THRESHOLDS, graded
from guibiao.series.adjustment.result import AdjustmentResult, Diagnostics, FittedModel, Grade, Outlier, Reason, Words
from tests.series.adjustment.seasonal_data import made, with_values_at


def result(values: dict[str, float] | None = None, peaks: tuple[str, ...] = (), years: int = 8) -> AdjustmentResult:
    return AdjustmentResult(
        "k", made(years), AdjustmentSpecification(), "x13", "1", Grade.GOOD, (), diagnostics=Diagnostics(values or {}, peaks)
    )


def test_analysis_of_variance_by_hand() -> None:
    """Seasons (1, 3) and (5, 7): between 16, within 4 with two degrees of freedom: F = 16 / 2 = 8."""
    found = seasonal_f([1.0, 5.0, 3.0, 7.0], 2, 0)
    assert found.f == pytest.approx(8)
    assert found.p == pytest.approx(0.1056, abs=5e-5)


@given(st.lists(st.floats(-10, 10), min_size=24, max_size=60), st.integers(0, 11))
def test_the_first_season_does_not_matter(values: list[float], season: int) -> None:
    found, other = seasonal_f(values, 12, 0), seasonal_f(values, 12, season)
    assert found.f == pytest.approx(other.f, rel=1e-6, nan_ok=True)


def test_nothing_that_varies_has_no_test() -> None:
    assert math.isnan(seasonal_f([1.0] * 36, 12, 0).f)
    assert math.isnan(seasonal_f([1.0, 2.0], 12, 0).p)


def test_residual_season_is_seen() -> None:
    chance = random.Random(3)
    quiet = [100 + at + chance.gauss(0, 1) for at in range(120)]
    seasonal = [value + (8 if at % 12 == 5 else 0) for at, value in enumerate(quiet)]
    late = [value + (8 if at % 12 == 5 and at >= 84 else 0) for at, value in enumerate(quiet)]
    assert residual_seasonality(quiet, 12, 0).p > 0.05
    assert residual_seasonality(seasonal, 12, 0).p < 1e-6
    assert residual_seasonality(late, 12, 0, 3).p < residual_seasonality(late, 12, 0).p


def test_combined_test() -> None:
    wave = [1 + 0.2 * math.sin(math.pi * at / 6) + random.Random(at).gauss(0, 0.01) for at in range(96)]
    stable, moving = stable_seasonality(wave, 12, 0), moving_seasonality(wave, 12, 0, multiplicative=True)
    assert identifiable(stable, moving) == 1.0
    growing = [1 + 0.002 * at * math.sin(math.pi * at / 6) for at in range(96)]
    assert moving_seasonality(growing, 12, 0, multiplicative=True).p < 0.05


@pytest.mark.parametrize(
    ("stable", "moving", "found"),
    [
        (FTest(1.5, 0.2), FTest(1.0, 0.5), 0.0), (FTest(50.0, 0.0), FTest(1.0, 0.5), 1.0), (FTest(6.0, 0.0), FTest(1.0, 0.5), 0.5),
        (FTest(50.0, 0.0), FTest(3.0, 0.01), 1.0), (FTest(10.0, 0.0), FTest(9.0, 0.01), 0.0), (FTest(4.0, 0.0005), FTest(0.5, 0.9), 0.5),
    ],
)  # fmt: skip
def test_combined_test_by_its_rules(stable: FTest, moving: FTest, found: float) -> None:
    assert identifiable(stable, moving) == found


def test_combined_test_cannot_be_made() -> None:
    assert math.isnan(identifiable(FTest(math.nan, math.nan), FTest(1.0, 0.5)))


def test_annual_sums() -> None:
    values = [1.0] * 11 + [2.0] + [1.0] * 12
    assert annual_discrepancy(values, [1.0] * 24, 12, 0) == pytest.approx(1 / 12.5)
    assert annual_discrepancy([math.nan, *values[1:]], [1.0] * 24, 12, 0) == 0
    assert annual_discrepancy([5.0, *values], [1.0, *values], 12, 11) == 0


def test_ljung_box_over_two_years() -> None:
    udg = {"nlbq": "2", "lbq$03": " 6.813 1 0.009", "lbq$24": "40.0 22 0.011"}
    assert ljung_box(udg, 12) == {"ljung_box_significant_lags": 2.0, "ljung_box": 40.0, "ljung_box_p": 0.011}
    assert ljung_box(udg, 4) == {"ljung_box_significant_lags": 2.0}
    assert ljung_box({}, 12) == {}


def test_all_well() -> None:
    found = graded(result({"qs_adjusted_p": 0.9, "q": 0.4, "identifiable_seasonality": 1.0, "converged": 1.0}))
    assert (found.grade, [each.code for each in found.reasons]) == (Grade.GOOD, ["passed"])


@pytest.mark.parametrize(
    ("figure", "good", "uncertain", "bad"),
    [
        ("qs_adjusted_p", 0.06, 0.03, 0.005), ("residual_seasonality_f_p", 0.06, 0.03, 0.005), ("q", 0.99, 1.1, 1.3),
        ("m7", 0.9, 1.1, 1.3),
        ("identifiable_seasonality", 1.0, 0.5, 0.0), ("annual_discrepancy", 0.009, 0.02, 0.06),
        ("sliding_spans_seasonal_percent", 10, 20, 30),
        ("sliding_spans_month_to_month_percent", 30, 38, 50), ("residual_seasonality_last_3_years_f_p", 0.06, 0.03, 0.005),
    ],
)  # fmt: skip
def test_thresholds(figure: str, good: float, uncertain: float, bad: float) -> None:
    assert graded(result({figure: good})).grade is Grade.GOOD
    assert graded(result({figure: uncertain})).grade is Grade.UNCERTAIN
    found = graded(result({figure: bad}))
    assert (found.grade, found.reasons[0].code) == (Grade.BAD, figure)
    assert found.reasons[0].words.zh.endswith("。")
    assert found.reasons[0].words.en.endswith(".")


def test_every_threshold_has_words_that_take_its_figure() -> None:
    for threshold in THRESHOLDS:
        assert threshold.words.zh.format(0.5)
        assert threshold.words.en.format(0.5)


def test_the_worst_reason_decides_and_comes_first() -> None:
    found = graded(result({"q": 1.1, "qs_adjusted_p": 0.001, "ljung_box_p": 0.001}, ("adjusted:seasonal", "original:seasonal")))
    assert found.grade is Grade.BAD
    assert [each.code for each in found.reasons] == ["qs_adjusted_p", "q", "ljung_box_p", "peak_adjusted_seasonal"]


def test_a_model_that_did_not_converge_is_bad() -> None:
    assert graded(result({"converged": 0.0})).grade is Grade.BAD


def test_short_series_missing_values_and_many_outliers_are_uncertain() -> None:
    assert [each.code for each in graded(result(years=4)).reasons] == ["short"]
    gaps = replace(result(), series=with_values_at(made(), dict.fromkeys(range(10, 30), math.nan)))
    assert [each.code for each in graded(gaps).reasons] == ["missing"]
    outliers = tuple(Outlier(OutlierDate("AO", 2005, month), 1.0, 5.0, True) for month in range(1, 7))
    model = FittedModel("log", ArimaOrders(0, 1, 1), False, (), outliers, "none", 0, False, 0, 0, 0, 0, 0, 90)
    assert [each.code for each in graded(replace(result(), model=model)).reasons] == ["outliers"]


def test_an_error_stays_an_error() -> None:
    failed = replace(result(), grade=Grade.ERROR, reasons=(Reason("engine", Grade.ERROR, Words("错", "wrong")),))
    assert graded(failed) == failed
