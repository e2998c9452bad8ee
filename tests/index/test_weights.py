"""Weights from judgement and from data: published tables, the reference's frontier, small cases by hand, hostile input."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.index.matrix import Matrix
from guibiao.index.weights_data import balanced_weights, correlation, correlations, critic_shares, data_weights, entropy_shares
from guibiao.index.weights_factors import factor_shares, factor_weights, factors_of, sampling_adequacy, sphericity, varimax
from guibiao.index.weights_frontier import benefit_of_the_doubt, frontier_weights
from guibiao.index.weights_judged import budget_weights, compared_weights, equal_weights, random_index
from guibiao.model.errors import BadRequest
from guibiao.reference.index.judgement import read_comparisons
from guibiao.reference.index.specification import Aggregation

AB = ("a", "b")
ABC = ("a", "b", "c")


@pytest.fixture
def folder(shared_folder: Path) -> Path:
    return shared_folder / "data" / "oracles" / "index"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def scores(rows: int, columns: int, seed: int = 1) -> Matrix:
    """Correlated scores between 0 and 100."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, columns)) + random.normal(size=(rows, 1))
    return np.asarray((values - values.min(axis=0)) / np.ptp(values, axis=0) * 100)


def test_comparisons_of_the_technology_index(folder: Path) -> None:
    """Handbook, table 20: weights solve A w = l w, and the ratio is far below 0.1."""
    codes, matrix = read_comparisons(folder / "tai" / "tai_ahp_comparison_matrix_table_20.csv")
    comparisons = np.array(matrix)
    found = compared_weights(codes, comparisons)
    greatest = found.diagnostics["greatest_eigenvalue"]
    assert comparisons @ found.weights == pytest.approx(greatest * found.weights, rel=1e-12)
    assert greatest == pytest.approx(8.211079397, rel=1e-9)
    assert found.diagnostics["consistency_ratio"] == pytest.approx((greatest - 8) / 7 / 1.41)
    order = [codes[place] for place in np.argsort(-found.weights)]
    assert order[:3] == ["SCHOOLING", "PATENTS", "EXPORTS"]


def test_consistent_comparisons_give_back_their_weights() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    found = compared_weights(ABC, weights[:, np.newaxis] / weights)
    assert found.weights == pytest.approx(weights, rel=1e-12)
    assert found.diagnostics["consistency_ratio"] == pytest.approx(0, abs=1e-12)


def test_inconsistent_comparisons_are_refused_unless_allowed() -> None:
    """a beats b beats c beats a."""
    circle = np.array([[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]])
    with pytest.raises(BadRequest, match=r"大于 0\.1"):
        compared_weights(ABC, circle)
    found = compared_weights(ABC, circle, allow_inconsistent=True)
    assert found.remarks
    assert found.weights == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 2.0], [2.0, 1.0]],
        [[2.0, 2.0], [0.5, 1.0]],
        [[1.0, 0.0], [0.0, 1.0]],
        [[1.0, -2.0], [-0.5, 1.0]],
        [[1.0, float("nan")], [1.0, 1.0]],
        [[1.0, 2.0, 3.0], [0.5, 1.0, 1.0]],
    ],
)
def test_comparisons_that_are_none(matrix: list[list[float]]) -> None:
    with pytest.raises(BadRequest):
        compared_weights(AB, np.array(matrix))


def test_random_index_goes_on_beyond_the_table() -> None:
    assert random_index(15) == 1.59
    assert random_index(16) == pytest.approx(1.5978, abs=1e-3)
    assert random_index(40) > random_index(30)


def test_budget_and_equal() -> None:
    found = budget_weights(ABC, np.array([[50.0, 30.0, 20.0], [20.0, 40.0, 40.0]]))
    assert found.weights == pytest.approx([0.35, 0.35, 0.3])
    assert found.low == pytest.approx([0.2, 0.3, 0.2])
    assert not found.remarks
    assert budget_weights(AB, np.array([[1.0, 1.0], [10.0, 30.0]])).weights == pytest.approx([0.375, 0.625])
    assert budget_weights(AB, np.array([[1.0, 1.0], [10.0, 30.0]])).remarks
    assert equal_weights(ABC).weights == pytest.approx([1 / 3] * 3)
    for points in ([[0.0, 0.0]], [[-1.0, 2.0]], [[float("nan"), 1.0]]):
        with pytest.raises(BadRequest):
            budget_weights(AB, np.array(points))


def test_entropy_by_hand() -> None:
    """Two units: one column alike (no information), one where a single unit has everything (all of it)."""
    values = np.array([[1.0, 1.0], [1.0, 0.0]])
    assert entropy_shares(values) == pytest.approx([0.0, 1.0])
    half = np.array([[1.0, 3.0], [3.0, 9.0]])
    assert entropy_shares(half) == pytest.approx([0.5, 0.5])
    assert np.isnan(entropy_shares(np.ones((4, 2)))).all()
    p = np.array([0.2, 0.3, 0.5])
    q = np.array([0.1, 0.1, 0.8])
    information = [1 + (each * np.log(each)).sum() / np.log(3) for each in (p, q)]
    assert entropy_shares(np.stack([p * 7, q], axis=1)) == pytest.approx(np.array(information) / sum(information))


def test_entropy_leaves_out_what_is_missing() -> None:
    values = scores(20, 2)
    holed = np.vstack([values, [np.nan, np.nan]])
    assert entropy_shares(holed) == pytest.approx(entropy_shares(values))


def test_critic_by_hand() -> None:
    """Uncorrelated columns: only contrast counts; a column twice shares its conflict."""
    values = np.array([[0.0, 0.0], [0.0, 2.0], [1.0, 0.0], [1.0, 2.0]])
    assert critic_shares(values) == pytest.approx([1 / 3, 2 / 3])
    x = scores(30, 3)
    matrix, deviation = np.corrcoef(x.T), x.std(axis=0)
    content = deviation * (1 - matrix).sum(axis=1)
    assert critic_shares(x) == pytest.approx(content / content.sum())


def test_few_units_are_told_with_the_spread() -> None:
    found = data_weights("critic", ABC, scores(6, 3))
    assert "三比一" in found.remarks[0]
    assert (found.low <= found.high).all()
    steady = data_weights("critic", ABC, scores(60, 3))
    assert not steady.remarks
    assert (steady.high - steady.low).max() < (found.high - found.low).max()
    assert np.array_equal(steady.low, data_weights("critic", ABC, scores(60, 3)).low)


@pytest.mark.parametrize(
    ("method", "values"),
    [
        ("entropy", np.array([[-1.0, 1.0], [2.0, 3.0], [1.0, 4.0]])),
        ("entropy", np.ones((5, 2))),
        ("critic", np.array([[1.0, 1.0], [1.0, 3.0], [1.0, 4.0]])),
        ("critic", np.full((5, 2), np.nan)),
    ],
)
def test_data_that_carry_no_weights(method: str, values: Matrix) -> None:
    with pytest.raises(BadRequest):
        data_weights(method, AB, values)


def test_factors_of_the_technology_index(folder: Path) -> None:
    """Handbook, tables 16 and 17: eigenvalues, and the loadings of patents on four rotated factors."""
    rows = rows_of(folder / "tai" / "tai_raw_table_A2_first23.csv")
    codes = tuple(name for name in rows[0] if name != "country")
    values = np.array([[float(row[code]) for code in codes] for row in rows])
    found = factors_of(correlations(values), 4)
    assert found.eigenvalues == pytest.approx([3.3, 1.7, 1.0, 0.9, 0.5, 0.3, 0.2, 0.1], abs=0.06)
    shares = np.cumsum(found.eigenvalues) / 8 * 100
    assert shares == pytest.approx([41.9, 63.7, 76.0, 87.2, 93.2, 96.9, 99.1, 100], abs=0.1)
    assert sorted(np.abs(found.loadings[0]), reverse=True) == pytest.approx([0.97, 0.07, 0.06, 0.06], abs=0.01)
    assert factor_weights(codes, values, count=4, samples=20).weights.sum() == pytest.approx(1)


def test_varimax_of_the_reference_library() -> None:
    rotation = pytest.importorskip("statsmodels.multivariate.factor_rotation")
    loadings = np.linalg.eigh(np.corrcoef(scores(40, 6, 3).T))[1][:, -3:] * np.array([0.7, 0.9, 1.6])
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    expected, _turn = rotation.rotate_factors(loadings / length, "varimax")
    criterion = [((found**2).var(axis=0)).sum() for found in (varimax(loadings) / length, expected)]
    assert criterion[0] == pytest.approx(criterion[1], rel=1e-6)
    assert np.sort(np.abs(varimax(loadings)), axis=1) == pytest.approx(np.sort(np.abs(expected * length), axis=1), abs=1e-4)


def test_two_blocks_give_two_factors() -> None:
    random = np.random.default_rng(2)
    one, two = random.normal(size=(2, 300, 1))
    values = np.hstack([one + random.normal(size=(300, 3)) * 0.3, two + random.normal(size=(300, 2)) * 0.3])
    codes = ("a", "b", "c", "d", "e")
    found = factor_weights(codes, values, samples=50)
    loadings = np.array(list(found.diagnostics["loadings"].values()))
    assert loadings.shape == (5, 2)
    assert np.abs(loadings).argmax(axis=1).tolist() in ([0, 0, 0, 1, 1], [1, 1, 1, 0, 0])
    assert found.weights == pytest.approx([0.2] * 5, abs=0.02)
    assert found.diagnostics["kmo"] > 0.5
    assert found.diagnostics["probability"] < 1e-6
    assert not found.remarks


def test_adequacy_and_sphericity_by_hand() -> None:
    matrix = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, 0.5], [0.3, 0.5, 1.0]])
    triples = ((0.6, 0.3, 0.5), (0.3, 0.6, 0.5), (0.5, 0.6, 0.3))
    partial = [(r - s * t) / np.sqrt((1 - s**2) * (1 - t**2)) for r, s, t in triples]
    simple = 0.36 + 0.09 + 0.25
    assert sampling_adequacy(matrix) == pytest.approx(simple / (simple + np.square(partial).sum()))
    statistic, freedom, probability = sphericity(matrix, 50)
    assert statistic == pytest.approx(-(49 - 11 / 6) * np.log(np.linalg.det(matrix)))
    assert freedom == 3
    assert 0 < probability < 0.001
    assert np.isnan(sampling_adequacy(np.ones((2, 2))))
    assert np.isnan(sphericity(np.ones((2, 2)), 9)[0])


def test_data_unfit_for_factors_are_told() -> None:
    found = factor_weights(ABC, np.random.default_rng(5).normal(size=(200, 3)), samples=20)
    assert any("Bartlett" in each for each in found.remarks)
    for count in (0, 4):
        with pytest.raises(BadRequest):
            factor_weights(ABC, scores(20, 3), count=count)
    with pytest.raises(BadRequest):
        factor_weights(AB, np.ones((20, 2)))


def test_frontier_of_the_reference(folder: Path) -> None:
    """Compind: roads and railways of 34 regions, min-max; weights where they are unique."""
    rows = rows_of(folder / "compind" / "input_EU_NUTS1.csv")
    values = np.array([[float(row["roads"]), float(row["trains"])] for row in rows])
    values = (values - values.min(axis=0)) / np.ptp(values, axis=0)
    results = rows_of(folder / "compind" / "exp_bod_lpSolve_indep.csv")
    expected = np.array([[float(row[name]) for name in ("bod", "X1", "X2")] for row in results])
    found = benefit_of_the_doubt(("roads", "trains"), values)
    assert found.scores == pytest.approx(expected[:, 0], rel=1e-9)
    unique = (found.scores < 1 - 1e-9) | (expected[:, 1:] == 0).any(axis=1)
    assert found.weights[unique] == pytest.approx(expected[unique, 1:], rel=1e-8, abs=1e-12)
    assert unique.sum() == 33


def test_share_bounds_hold() -> None:
    values = scores(25, 3) / 100 + 0.05
    low, high = np.full(3, 0.2), np.full(3, 0.5)
    found = benefit_of_the_doubt(ABC, values, low, high)
    assert not found.infeasible
    assert found.shares.min() >= 0.2 - 1e-7
    assert found.shares.max() <= 0.5 + 1e-7
    assert (values @ found.weights.T).max() <= 1 + 1e-7
    free = benefit_of_the_doubt(ABC, values)
    assert (free.scores >= found.scores - 1e-9).all()
    assert frontier_weights(ABC, values, low, high).weights.sum() == pytest.approx(1)


def test_frontier_with_nothing_to_show() -> None:
    values = np.array([[0.0, 0.0], [1.0, np.nan], [0.5, 1.0]])
    found = benefit_of_the_doubt(AB, values)
    assert np.isnan(found.scores[0])
    assert found.scores[1:] == pytest.approx([1, 1])
    assert found.missing == 1
    assert found.infeasible == (0,)
    told = frontier_weights(AB, values, np.zeros(2), np.ones(2)).remarks
    assert len(told) == 3
    for low, high in (([0.6, 0.6], [1, 1]), ([0, 0], [0.3, 0.3]), ([0.5, 0], [0.4, 1])):
        with pytest.raises(BadRequest):
            benefit_of_the_doubt(AB, values, np.array(low), np.array(high, dtype=np.float64))
    with pytest.raises(BadRequest):
        benefit_of_the_doubt(AB, np.array([[-1.0, 1.0]]))
    with pytest.raises(BadRequest):
        frontier_weights(AB, np.zeros((2, 2)), np.zeros(2), np.ones(2))


@pytest.mark.parametrize("aggregation", [None, Aggregation(method="geometric")])
def test_balanced_weights_balance(aggregation: Aggregation | None) -> None:
    values = scores(80, 3) * np.array([1.0, 0.4, 1.5]) + 1
    found = balanced_weights(ABC, values, aggregation)
    reached = np.array(list(found.diagnostics["correlations"].values()))
    assert reached == pytest.approx([reached.mean()] * 3, rel=1e-3)
    assert not found.remarks
    double = balanced_weights(ABC, values, aggregation, np.array([1.2, 1.0, 1.0]))
    shares = np.array(list(double.diagnostics["correlations"].values()))
    assert shares[0] / shares[1] == pytest.approx(1.2, rel=2e-3)


def test_balance_that_cannot_be_is_told() -> None:
    values = scores(40, 2)
    values = np.column_stack([values[:, 0], values[:, 0] + 0.01 * values[:, 1]])
    assert balanced_weights(AB, values, None, np.array([9.0, 1.0])).remarks
    with pytest.raises(BadRequest):
        balanced_weights(AB, np.ones((9, 2)))


@settings(max_examples=40, deadline=None)
@given(st.integers(5, 30), st.integers(2, 5), st.integers(0, 999))
def test_weights_sum_to_one_and_do_not_depend_on_order(rows: int, columns: int, seed: int) -> None:
    values = scores(rows, columns, seed)
    turned = np.random.default_rng(seed).permutation(columns)
    for weigh in (entropy_shares, critic_shares, factor_shares):
        weights = weigh(values)
        assert weights.sum() == pytest.approx(1)
        assert (weights >= 0).all()
        assert weigh(values[:, turned]) == pytest.approx(weights[turned], abs=1e-6)


def test_correlation_of_what_does_not_vary() -> None:
    assert np.isnan(correlation(np.ones(5), np.arange(5.0)))
    assert np.isnan(correlation(np.array([1.0, np.nan, 2.0]), np.arange(3.0)))
    assert correlation(np.arange(4.0), -np.arange(4.0)) == -1
