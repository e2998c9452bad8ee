"""Normalisation: every method by hand and by its definition, directions, frozen bounds, ties, missing values, leading axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from guibiao.index.matrix import ascending_ranks, descending_ranks
from guibiao.index.normalise import ColumnRule, Reference, apply_scales, columns_of, fit_scales, normalise, scales_of
from guibiao.reference.index.specification import Normalisation

VALUES = [4.0, 1.0, 3.0, np.nan, 3.0]


def scored(values: list[float], direction: int = 1, reference: Reference | None = None, **given_: Any) -> list[float]:
    own = {name: given_.pop(name, None) for name in ("target", "bounds", "goalposts")}
    rule = ColumnRule(Normalisation(**given_), direction, **own)
    return normalise(np.array(values)[:, np.newaxis], [rule], reference)[:, 0].tolist()


@pytest.mark.parametrize(
    ("direction", "choice", "expected"),
    [
        (1, {"method": "minmax"}, [100, 0, 200 / 3, np.nan, 200 / 3]),
        (-1, {"method": "minmax"}, [0, 100, 100 / 3, np.nan, 100 / 3]),
        (1, {"method": "minmax", "lower": 1, "upper": 7}, [7, 1, 5, np.nan, 5]),
        (1, {"method": "minmax", "bounds": (0.0, 8.0)}, [50, 12.5, 37.5, np.nan, 37.5]),
        (-1, {"method": "minmax", "bounds": (0.0, 8.0)}, [50, 87.5, 62.5, np.nan, 62.5]),
        (1, {"method": "zscore"}, [1.25 / 1.2583057392117916, -1.3908, 0.19868, np.nan, 0.19868]),
        (1, {"method": "scaled"}, [4, 1, 3, np.nan, 3]),
        (-1, {"method": "scaled"}, [-4, -1, -3, np.nan, -3]),
        (-1, {"method": "scaled", "bounds": (0.0, 8.0)}, [50, 87.5, 62.5, np.nan, 62.5]),
        (1, {"method": "rank"}, [4, 1, 2, np.nan, 2]),
        (-1, {"method": "rank"}, [1, 4, 2, np.nan, 2]),
        (1, {"method": "borda"}, [3, 0, 1, np.nan, 1]),
        (1, {"method": "percentile-rank"}, [1, 0, 1 / 3, np.nan, 1 / 3]),
        (1, {"method": "fraction-of-max"}, [1, 0.25, 0.75, np.nan, 0.75]),
        (1, {"method": "distance-to-max"}, [1, 0, 2 / 3, np.nan, 2 / 3]),
        (-1, {"method": "distance-to-max"}, [0, 1, 1 / 3, np.nan, 1 / 3]),
        (1, {"method": "distance-to-target", "target": 3.0}, [1.5, 0, 1, np.nan, 1]),
        (1, {"method": "distance-to-target", "target": 3.0, "cap": True}, [1, 0, 1, np.nan, 1]),
        (-1, {"method": "distance-to-target", "target": 2.0}, [0, 1.5, 0.5, np.nan, 0.5]),
        (1, {"method": "goalposts", "goalposts": (2.0, 3.5), "scale": 10}, [10, 0, 20 / 3, np.nan, 20 / 3]),
        (-1, {"method": "goalposts", "goalposts": (2.0, 3.5), "scale": 10}, [0, 10, 10 / 3, np.nan, 10 / 3]),
        (1, {"method": "goalposts", "goalposts": (2.0, 3.0), "scale": 1, "truncate": False}, [2, -1, 1, np.nan, 1]),
        (-1, {"method": "none"}, [-4, -1, -3, np.nan, -3]),
    ],
)
def test_methods_by_hand(direction: int, choice: dict[str, Any], expected: list[float]) -> None:
    assert scored(VALUES, direction, **choice) == pytest.approx(expected, rel=1e-4, nan_ok=True)


def test_distance_to_a_reference_unit() -> None:
    reference = Reference(row=2)
    assert scored(VALUES, 1, reference, method="distance-to-reference") == pytest.approx([1.5, 0, 1, np.nan, 1], nan_ok=True)
    assert scored(VALUES, 1, reference, method="distance-to-reference", cap=True) == pytest.approx([1, 0, 1, np.nan, 1], nan_ok=True)
    absent = scored(VALUES, 1, Reference(row=3), method="distance-to-reference")
    assert np.isnan(absent).all()


def test_a_base_time_is_one_hundred() -> None:
    values = [10.0, 20.0, 15.0, 10.0]
    own = Reference(own_base=(0, 1, 0, 1), base_rows=(0, 1))
    assert scored(values, 1, own, method="base-time") == pytest.approx([100, 100, 150, 50])
    assert scored(values, -1, own, method="base-time") == pytest.approx([100, 100, 100 / 1.5, 200])
    assert scored(values, 1, own, method="base-time", base_of="mean") == pytest.approx([1000 / 15, 2000 / 15, 100, 1000 / 15])
    newcomer = Reference(own_base=(0, 1, 0, -1), base_rows=(0, 1))
    assert np.isnan(scored(values, 1, newcomer, method="base-time")[3])


def test_logarithms_of_values_and_goalposts() -> None:
    found = scored([1.0, 10.0, 100.0, -1.0], method="goalposts", goalposts=(1.0, 100.0), scale=1, logarithm=True)
    assert found == pytest.approx([0, 0.5, 1, np.nan], nan_ok=True)


@pytest.mark.parametrize("method", ["minmax", "zscore", "distance-to-max"])
def test_a_column_without_variance_has_no_score(method: str) -> None:
    assert np.isnan(scored([0.1] * 10, method=method)).all()


def test_ranks_take_the_least_of_a_tie() -> None:
    values = np.array([[3.0, 1.0], [3.0, np.nan], [5.0, 0.0]])
    assert ascending_ranks(values).tolist()[0] == [1, 2]
    assert np.array_equal(descending_ranks(values), [[2, 1], [2, np.nan], [1, 2]], equal_nan=True)


matrices = arrays(np.float64, st.tuples(st.integers(3, 8), st.integers(2, 4)), elements=st.integers(-50, 50).map(float))
METHODS = ["minmax", "zscore", "scaled", "rank", "borda", "percentile-rank", "fraction-of-max", "distance-to-max"]


@given(matrices, st.sampled_from(METHODS), st.sampled_from([1, -1]))
def test_scales_taken_apart_and_put_together_give_the_same_bits(values: np.ndarray, method: Any, direction: int) -> None:
    rules = [ColumnRule(Normalisation(method=method), direction)] * values.shape[1]
    scales = fit_scales(values, rules)
    again = scales_of(columns_of(scales))
    assert np.array_equal(apply_scales(values, scales), apply_scales(values, again), equal_nan=True)


@given(matrices, st.sampled_from(METHODS), st.sampled_from([1, -1]))
def test_a_stack_of_matrices_is_normalised_as_each_alone(values: np.ndarray, method: Any, direction: int) -> None:
    rules = [ColumnRule(Normalisation(method=method), direction)] * values.shape[1]
    stack = np.stack([values, values[::-1], values + 1])
    together = normalise(stack, rules)
    apart = np.stack([normalise(each, rules) for each in stack])
    assert together == pytest.approx(apart, rel=1e-12, nan_ok=True)


@given(matrices, st.sampled_from([each for each in METHODS if each != "fraction-of-max"]), st.sampled_from([1, -1]))
def test_scores_follow_the_direction(values: np.ndarray, method: Any, direction: int) -> None:
    column = values[:, :1]
    scores = normalise(column, [ColumnRule(Normalisation(method=method), direction)])[:, 0]
    order = np.argsort(column[:, 0] * direction, kind="stable")
    assert np.isnan(scores).all() or (np.diff(scores[order]) >= 0).all()


@given(matrices, st.floats(0.01, 1000), st.floats(-1000, 1000), st.sampled_from(["minmax", "zscore", "rank", "borda", "percentile-rank"]))
def test_a_change_of_unit_changes_no_score(values: np.ndarray, factor: float, shift: float, method: Any) -> None:
    rules = [ColumnRule(Normalisation(method=method))] * values.shape[1]
    moved = normalise(np.round(values * factor, 6) + np.round(shift, 2), rules)
    plain = normalise(np.round(values * factor, 6), rules)
    assert moved == pytest.approx(plain, rel=1e-5, abs=1e-4, nan_ok=True)
