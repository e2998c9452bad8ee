"""Outlier treatment: measures of shape by hand, order of attempts, ties, what cannot be treated, and replay of parameters."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from guibiao.index.treat import FrozenTreatment, apply_treatment, check, kurtosis, skewness, transform, treat_column, winsorise
from guibiao.reference.index.specification import Treatment

RULE = Treatment()
HIGH = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 100])
columns = arrays(np.float64, st.integers(4, 30), elements=st.floats(-1e6, 1e6, width=32))


@given(columns.filter(lambda column: np.ptp(column) > 1e-3))
def test_skewness_and_kurtosis_are_those_of_type_two(column: np.ndarray) -> None:
    assert skewness(column) == pytest.approx(float(stats.skew(column, bias=False)), rel=1e-6, abs=1e-8)
    assert kurtosis(column) == pytest.approx(float(stats.kurtosis(column, bias=False)), rel=1e-6, abs=1e-6)


def test_too_few_values_and_equal_values_have_no_shape() -> None:
    assert math.isnan(skewness(np.array([1.0, 2.0])))
    assert math.isnan(kurtosis(np.array([1.0, 2.0, 4.0])))
    assert math.isnan(skewness(np.full(10, 0.1)))
    assert check(np.full(10, 0.1), RULE).passed is None
    assert check(np.array([1.0, 2.0, 4.0]), RULE).passed is True


def test_high_points_are_set_to_the_next_value_until_the_check_passes() -> None:
    done = treat_column(HIGH, RULE)
    assert done.winsorised == 1
    assert done.values.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 30]
    assert done.marks == ("",) * 11 + ("winhi",)
    assert done.frozen == FrozenTreatment(high=30.0)
    strict = treat_column(HIGH, replace(RULE, skewness=0.5, kurtosis=0.5))
    assert strict.winsorised == 2
    assert strict.values.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]


def test_low_points_where_skewness_is_negative() -> None:
    done = treat_column(-HIGH, RULE)
    assert done.frozen == FrozenTreatment(low=-30.0)
    assert done.marks[-1] == "winlo"


def test_tied_points_count_each() -> None:
    column = np.array([*range(1, 30), 500.0, 500.0])
    done = winsorise(column, replace(RULE, most_points=1))
    assert done is not None
    values, marks, count = done
    assert count == 2
    assert values[-2:].tolist() == [29, 29]
    assert marks[-2:] == ["winhi", "winhi"]


def test_where_winsorising_does_not_help_the_untreated_values_are_transformed() -> None:
    column = np.exp(np.arange(40) / 3)
    done = treat_column(column, replace(RULE, most_points=1))
    step = 0.01 * (column.max() - column.min())
    assert done.values == pytest.approx(np.log(column - column.min() + step))
    assert done.marks[-1] == "winhi+log-ct"
    assert done.marks[0] == "+log-ct"
    assert done.frozen.high is None
    assert len(done.checks) == 3
    combined = treat_column(column, replace(RULE, most_points=1, combine=True))
    assert combined.values[-1] == combined.values[-2]
    assert combined.frozen.high == column[-2]
    assert np.array_equal(apply_treatment(column, combined.frozen), combined.values)


def test_without_a_second_attempt_the_winsorised_values_stay() -> None:
    column = np.exp(np.arange(40) / 3)
    done = treat_column(column, replace(RULE, most_points=1, then="none"))
    assert done.checks[-1].passed is False
    assert done.values[-1] == column[-2]


def test_a_column_that_would_become_constant_is_left_as_it_is() -> None:
    column = np.array([0.0] * 9 + [100.0])
    done = treat_column(column, RULE)
    assert done.untreatable
    assert np.array_equal(done.values, column)
    assert done.marks == ("",) * 10


def test_missing_values_stay_missing() -> None:
    column = np.append(HIGH, np.nan)
    done = treat_column(column, RULE)
    assert np.isnan(done.values[-1])
    assert done.winsorised == 1


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("log-ct", np.log([0.08, 2.08, 8.08])),
        ("log-ct-plus", np.log([0.08, 2.08, 8.08])),
        ("log-ct-negative", [-np.log(8.08), -np.log(6.08), -np.log(0.08)]),
        ("log-ct-original", np.log([1.0, 3.0, 9.0])),
        ("log-gii", np.log([1.0, 1 + 8 * 2 / 8, 9.0])),
        ("box-cox", [0.0, (3**0.5 - 1) / 0.5, (9**0.5 - 1) / 0.5]),
    ],
)
def test_transformations_by_hand(method: str, expected: list[float]) -> None:
    frozen = FrozenTreatment(transformation=method, minimum=1.0, maximum=9.0, box_cox_lambda=0.5)
    assert transform(np.array([1.0, 3.0, 9.0]), frozen) == pytest.approx(np.asarray(expected))


def test_the_skew_corrected_logarithm_follows_the_sign() -> None:
    rule = Treatment(method="log-ct-plus", then="none")
    assert treat_column(np.exp(np.arange(40) / 3), rule).frozen.transformation == "log-ct-plus"
    assert treat_column(-np.exp(np.arange(40) / 3), rule).frozen.transformation == "log-ct-negative"


def test_the_gii_logarithm_is_refused_where_it_would_turn_the_indicator_round() -> None:
    small = np.exp(np.arange(40) / 3) / 1e9
    assert treat_column(small, Treatment(method="log-gii", then="none")).untreatable


def test_a_frozen_transformation_has_no_value_beyond_its_range() -> None:
    frozen = FrozenTreatment(transformation="log-ct", minimum=0.0, maximum=10.0)
    assert np.isnan(apply_treatment(np.array([-5.0, 3.0]), frozen)).tolist() == [True, False]


def test_forced_winsorising_goes_to_the_limit() -> None:
    done = winsorise(np.arange(20.0), replace(RULE, force=True, most_points=4))
    assert done is not None
    assert done[2] >= 4


@given(columns, st.integers(0, 6), st.sampled_from(["log-ct", "box-cox", "none"]), st.booleans())
def test_parameters_replayed_on_their_data_give_the_same_bits(column: np.ndarray, points: int, then: str, combine: bool) -> None:
    rule = Treatment(most_points=points, then=then, combine=combine)  # type: ignore[arg-type]
    done = treat_column(column, rule)
    assert np.array_equal(apply_treatment(column, done.frozen), done.values, equal_nan=True)
    assert done.winsorised is None or done.winsorised == sum("win" in mark for mark in done.marks) or done.untreatable


@given(columns)
def test_treatment_never_changes_an_order(column: np.ndarray) -> None:
    treated = treat_column(column, RULE).values
    order = np.argsort(column, kind="stable")
    assert (np.diff(treated[order]) >= 0).all()
