"""Diebold-Mariano with the small-sample correction, against the formulas computed by hand; accuracy and coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from guibiao.model.errors import BadRequest
from guibiao.series.nowcasting.evaluation import accuracy, diebold_mariano

MODEL = [1.0, -2.0, 0.5, 1.5, -1.0, 0.0]
BENCHMARK = [2.0, -1.0, 1.5, 2.5, -2.0, 1.0]


def test_one_step_by_hand() -> None:
    """Loss differences -3, 3, -2, -4, -3, -1: mean -5/3, variance (sum of squares 48 - 6 x 25/9) / 6."""
    found = diebold_mariano(MODEL, BENCHMARK, 1)
    variance = (48 - 6 * 25 / 9) / 6
    statistic = -5 / 3 / math.sqrt(variance / 6) * math.sqrt((6 + 1 - 2) / 6)
    assert found.statistic == pytest.approx(statistic, abs=1e-14)
    assert found.p_value == pytest.approx(2 * t.sf(abs(statistic), 5), abs=1e-14)
    assert (found.n, found.better, found.horizon) == (6, True, 1)


def test_two_steps_add_the_first_autocovariance() -> None:
    rng = np.random.default_rng(5)
    shocks = rng.normal(size=41)
    model, benchmark = shocks[1:] + 0.6 * shocks[:-1], rng.normal(size=40) * 1.3
    found = diebold_mariano(list(model), list(benchmark), 2)
    loss = model**2 - benchmark**2
    centred = loss - loss.mean()
    variance = (centred @ centred + 2 * centred[1:] @ centred[:-1]) / 40
    factor = math.sqrt((40 + 1 - 4 + 2 / 40) / 40)
    assert found.statistic == pytest.approx(loss.mean() / math.sqrt(variance / 40) * factor, rel=1e-13)
    assert found.horizon == 2


def test_a_variance_that_is_not_positive_falls_back_to_one_step() -> None:
    """Loss differences that alternate have a negative first autocovariance."""
    model = [2.0 if at % 2 else 0.1 for at in range(12)]
    benchmark = [1.0] * 12
    assert diebold_mariano(model, benchmark, 2) == diebold_mariano(model, benchmark, 1)


def test_absolute_loss() -> None:
    found = diebold_mariano(MODEL, BENCHMARK, 1, "absolute")
    loss = np.abs(MODEL) - np.abs(BENCHMARK)
    expected = loss.mean() / math.sqrt(loss.var() / 6) * math.sqrt(5 / 6)
    assert found.statistic == pytest.approx(expected, rel=1e-13)


def test_equal_forecasts_have_no_statistic() -> None:
    found = diebold_mariano(MODEL, [-error for error in MODEL], 1)
    assert math.isnan(found.statistic)
    assert math.isnan(found.p_value)
    assert not found.better


def test_pairs_with_a_missing_error_are_left_out() -> None:
    assert diebold_mariano([*MODEL, math.nan, 9.0], [*BENCHMARK, 1.0, math.nan], 1) == diebold_mariano(MODEL, BENCHMARK, 1)


@pytest.mark.parametrize(
    ("model", "benchmark", "horizon"), [([1.0], [2.0], 1), ([1.0, 2.0], [1.0], 1), (MODEL, BENCHMARK, 6), (MODEL, MODEL, 0)]
)
def test_what_cannot_be_tested_is_refused(model: list[float], benchmark: list[float], horizon: int) -> None:
    with pytest.raises(BadRequest):
        diebold_mariano(model, benchmark, horizon)


errors = st.lists(st.floats(-100, 100, allow_nan=False), min_size=8, max_size=30)


@given(errors, errors)
def test_exchanging_the_forecasts_changes_the_sign(one: list[float], other: list[float]) -> None:
    n = min(len(one), len(other))
    there, back = diebold_mariano(one[:n], other[:n]), diebold_mariano(other[:n], one[:n])
    assert there.statistic == pytest.approx(-back.statistic, nan_ok=True)
    assert there.p_value == pytest.approx(back.p_value, nan_ok=True)


def test_the_size_of_the_test_is_near_its_level() -> None:
    """Equal accuracy, 24 periods, 400 draws: 5 % tests reject 2.5 to 8 % (three standard errors)."""
    rng = np.random.default_rng(11)
    rejected = sum(diebold_mariano(list(rng.normal(size=24)), list(rng.normal(size=24))).p_value < 0.05 for _draw in range(400))
    assert 0.02 <= rejected / 400 <= 0.085


def test_accuracy_leaves_out_what_is_missing() -> None:
    found = accuracy([1.0, 2.0, math.nan, 4.0], [1.5, 2.0, 9.0, math.nan], [1.2, 1.0, 0.0, 0.0], [2.0, 3.0, 0.0, 0.0])
    assert found.n == 2
    assert found.rmse == pytest.approx(math.sqrt(0.125))
    assert found.mae == pytest.approx(0.25)
    assert found.bias == pytest.approx(0.25)
    assert found.coverage == 0.5
    assert accuracy([math.nan], [1.0]).n == 0
