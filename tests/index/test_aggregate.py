"""Means, the tree, thresholds, and the Handbook's tables of outranking."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from guibiao.index.aggregate import (
    Group,
    Tree,
    aggregate_group,
    aggregate_tree,
    arithmetic,
    first_not_positive,
    generalised,
    geometric,
    harmonic,
)
from guibiao.index.outranking import borda, condorcet, copeland, outranking
from guibiao.reference.index.specification import Aggregation

VALUES = np.array([[1.0, 4.0], [2.0, np.nan], [np.nan, np.nan]])
WEIGHTS = np.array([3.0, 1.0])
positive = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(4)), elements=st.floats(0.01, 1000))
weights = arrays(np.float64, 4, elements=st.floats(0.01, 10))


@pytest.mark.parametrize(
    ("mean", "expected"),
    [(arithmetic, 1.75), (geometric, 4**0.25), (harmonic, 4 / (3 + 0.25))],
)
def test_means_by_hand_leave_missing_children_out(mean: Any, expected: float) -> None:
    for accumulator in (np.longdouble, np.float64):
        assert mean(VALUES, WEIGHTS, accumulator=accumulator) == pytest.approx([expected, 2.0, np.nan], nan_ok=True)


@pytest.mark.parametrize(("power", "like"), [(1.0, arithmetic), (-1.0, harmonic), (0.0, geometric)])
def test_the_generalised_mean_contains_the_others(power: float, like: Any) -> None:
    assert generalised(VALUES, WEIGHTS, power=power) == pytest.approx(like(VALUES, WEIGHTS), nan_ok=True)


def test_the_generalised_mean_by_hand() -> None:
    assert generalised(np.array([1.0, 7.0]), np.array([1.0, 1.0]), power=2) == pytest.approx(5.0)
    assert np.isnan(generalised(np.array([0.0, 7.0]), np.array([1.0, 1.0]), power=-1))


def test_a_mean_without_result_is_missing() -> None:
    zero = np.array([[0.0, 5.0], [-1.0, 5.0]])
    assert np.isnan(geometric(zero, WEIGHTS)).all()
    assert np.isnan(harmonic(zero, WEIGHTS)).tolist() == [True, False]
    assert np.isnan(arithmetic(np.array([1.0, 2.0]), np.zeros(2)))


@pytest.mark.parametrize(
    ("aggregation", "found"),
    [
        (Aggregation(), None),
        (Aggregation(method="geometric"), (0, 1)),
        (Aggregation(method="harmonic"), (0, 1)),
        (Aggregation(method="generalised", power=-2), (0, 1)),
        (Aggregation(method="generalised", power=2), None),
        (Aggregation(method="generalised", power=0.5), (1, 0)),
    ],
)
def test_which_value_a_mean_has_no_result_for(aggregation: Aggregation, found: Any) -> None:
    assert first_not_positive(np.array([[2.0, 0.0], [-1.0, 1.0]]), aggregation) == found


def test_below_the_threshold_there_is_no_score() -> None:
    halves = aggregate_group(VALUES, WEIGHTS, Aggregation(threshold=0.5))
    wholes = aggregate_group(VALUES, WEIGHTS, Aggregation(threshold=0.51))
    assert np.isnan(halves).tolist() == [False, False, True]
    assert np.isnan(wholes).tolist() == [False, True, True]


def small_tree() -> Tree:
    groups = (
        Group(3, np.array([0, 1]), 2, Aggregation()),
        Group(4, np.array([3, 2]), 3, Aggregation(method="geometric")),
    )
    parents = np.array([3, 3, 4, 4, -1])
    return Tree(("a", "b", "c", "d", "e"), np.array([1, 1, 1, 2, 3]), parents, np.array([1.0, 3.0, 1.0, 1.0, 1.0]), 3, groups)


def test_the_tree_by_hand() -> None:
    scores = aggregate_tree(np.array([[4.0, 8.0, 28.0]]), small_tree())
    assert scores[0] == pytest.approx([4, 8, 28, 7, 14])


def test_weights_of_many_replicates_at_once() -> None:
    sets = np.array([[1.0, 3, 1, 1, 1], [1, 1, 1, 1, 1], [0, 1, 1, 3, 1]])
    values = np.array([[4.0, 8.0, 28.0], [1.0, 2.0, 3.0]])
    together = aggregate_tree(values, small_tree(), sets)
    assert together.shape == (3, 2, 5)
    for place, one in enumerate(sets):
        assert together[place] == pytest.approx(aggregate_tree(values, small_tree(), one))
    plain = aggregate_tree(values, small_tree(), sets, Aggregation(), accumulator=np.float64)
    assert plain[1, 0] == pytest.approx([4, 8, 28, 6, 17])


@given(positive, weights)
def test_harmonic_below_geometric_below_arithmetic(values: np.ndarray, own: np.ndarray) -> None:
    low, middle, high = harmonic(values, own), geometric(values, own), arithmetic(values, own)
    assert (low <= middle * (1 + 1e-12)).all()
    assert (middle <= high * (1 + 1e-12)).all()
    assert (values.min(axis=1) <= low * (1 + 1e-12)).all()
    assert (high <= values.max(axis=1) * (1 + 1e-12)).all()


@given(positive, weights, st.floats(0.001, 1000))
def test_only_the_proportions_of_weights_count(values: np.ndarray, own: np.ndarray, factor: float) -> None:
    for mean in (arithmetic, geometric, harmonic):
        assert mean(values, own * factor) == pytest.approx(mean(values, own), rel=1e-9)


@given(positive, weights, st.integers(0, 3), st.floats(0, 100))
def test_a_better_child_never_lowers_its_parent(values: np.ndarray, own: np.ndarray, child: int, more: float) -> None:
    better = values.copy()
    better[:, child] += more
    for mean in (arithmetic, geometric, harmonic):
        assert (mean(better, own) >= mean(values, own) * (1 - 1e-12)).all()


def profile(table: dict[str, Any]) -> tuple[str, np.ndarray, np.ndarray]:
    """Votes as scores: one criterion a group of voters, weight its number."""
    units = "".join(sorted(table["profile"][0][1]))
    values = np.array([[float(-order.index(unit)) for _count, order in table["profile"]] for unit in units])
    return units, values, np.array([float(count) for count, _order in table["profile"]])


@pytest.fixture(scope="module")
def tables(shared_folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (shared_folder / "data" / "oracles" / "index" / "tai" / "borda_condorcet_tables_25_33.json").read_text()
    )
    return found


@pytest.mark.parametrize("name", ["table25", "table28", "table31"])
def test_borda_points_of_the_handbook(tables: dict[str, Any], name: str) -> None:
    units, values, own = profile(tables[name])
    assert dict(zip(units, borda(values, own), strict=True)) == tables[name]["borda"]


def test_dropping_a_unit_turns_the_order_round(tables: dict[str, Any]) -> None:
    units, values, own = profile(tables["table31"])
    kept = [place for place, unit in enumerate(units) if unit != "d"]
    found = borda(values[kept], own)
    assert {units[place]: points for place, points in zip(kept, found, strict=True)} == tables["table31"]["borda_without_d"]


@pytest.mark.parametrize("name", ["table25", "table28"])
def test_outranking_matrices_of_the_handbook(tables: dict[str, Any], name: str) -> None:
    units, values, own = profile(tables[name])
    matrix = outranking(values, own) * own.sum()
    found = {one: {two: matrix[i, j] for j, two in enumerate(units) if i != j} for i, one in enumerate(units)}
    for one, row in tables[name]["outranking"].items():
        assert found[one] == pytest.approx(row)


def test_condorcet_of_the_handbook(tables: dict[str, Any]) -> None:
    units, values, own = profile(tables["table25"])
    order = condorcet(outranking(values, own)).order
    assert order is not None
    assert ">".join(units[place] for place in order) == tables["table25"]["condorcet_ranking"]
    units, values, own = profile(tables["table28"])
    cycle = condorcet(outranking(values, own))
    assert cycle.order is None
    assert cycle.cycles == ((0, 1, 2),)


def test_copeland_by_hand() -> None:
    values = np.array([[3.0, 1.0, 2.0], [2.0, 3.0, 3.0], [1.0, 2.0, 2.0]])
    assert copeland(values, np.ones(3)).tolist() == [-1, 2, -1]
    stack = np.stack([values, values[::-1]])
    assert aggregate_group(stack, np.ones(3), Aggregation(method="copeland")).tolist() == [[-1, 2, -1], [-1, 2, -1]]


def test_outranking_is_complementary_and_ties_count_half() -> None:
    values = np.array([[1.0, 5.0], [1.0, 3.0], [2.0, 3.0]])
    matrix = outranking(values, np.array([1.0, 3.0]))
    assert matrix[0, 1] == pytest.approx(0.125 + 0.75)
    assert matrix[1, 2] == pytest.approx(0.375)
    assert matrix + matrix.T == pytest.approx(1 - np.eye(3))
