"""Sensitivity indices: the reference's own estimates, functions whose indices are known, and samples."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from guibiao.index.aggregate import Tree
from guibiao.index.construction import compile_tree
from guibiao.index.matrix import Matrix
from guibiao.index.sampling import BLOCK, alternatives_of, saltelli_design, sampled_weights, shares_of, sobol_sample, uniform_sample
from guibiao.index.sobol import SobolIndices, sobol_indices
from guibiao.reference.index.specification import IndexAggregate, IndexIndicator, IndexSpecification
from guibiao.reference.index.stress import WeightChange


def estimate(y: Matrix, points: int, factors: int, **options: object) -> SobolIndices:
    y = y[:, np.newaxis]
    mixed = y[2 * points :].reshape(factors, points, 1)
    return sobol_indices(y[:points], y[points : 2 * points], mixed, **options)  # type: ignore[arg-type]


def ishigami(x: Matrix) -> Matrix:
    at = np.pi * (2 * x - 1)
    return np.asarray(np.sin(at[:, 0]) + 7 * np.sin(at[:, 1]) ** 2 + 0.1 * at[:, 2] ** 4 * np.sin(at[:, 0]))


def test_the_reference_estimates_of_its_own_sample(shared_folder: Path) -> None:
    folder = shared_folder / "data" / "oracles" / "index"
    sample = np.loadtxt(folder / "sobol_sample_N512_d3.csv", skiprows=1, delimiter=",")
    y = np.loadtxt(folder / "sobol_ishigami_y.csv", skiprows=1)
    assert np.array_equal(saltelli_design(np.hstack([sample[:512], sample[512:1024]])), sample)
    assert ishigami(sample) == pytest.approx(y, rel=1e-9)
    found = estimate(y, 512, 3)
    with (folder / "sobol_ishigami_est.csv").open(encoding="utf-8") as file:
        for place, row in enumerate(csv.DictReader(file)):
            assert found.first[place, 0] == pytest.approx(float(row["Si"]), rel=1e-10)
            assert found.total[place, 0] == pytest.approx(float(row["STi"]), rel=1e-10)


def test_the_ishigami_function_lies_within_its_intervals() -> None:
    points = 4096
    found = estimate(ishigami(saltelli_design(sobol_sample(points, 6, 3))), points, 3, centre=True, bootstrap=200)
    first, total = np.array([0.3139, 0.4424, 0.0]), np.array([0.5576, 0.4424, 0.2437])
    assert found.first[:, 0] == pytest.approx(first, abs=0.02)
    assert found.total[:, 0] == pytest.approx(total, abs=0.02)
    assert (found.first_low <= found.first).all()
    assert (found.first <= found.first_high).all()
    assert (found.total_low[:, 0] <= total + 0.01).all()
    assert (total - 0.01 <= found.total_high[:, 0]).all()


@pytest.mark.parametrize("draw", [sobol_sample, uniform_sample])
def test_indices_of_an_additive_function_sum_to_one(draw: object) -> None:
    points = 8192
    design = saltelli_design(draw(points, 6, 5))  # type: ignore[operator]
    found = estimate(design @ np.array([1.0, 2.0, 3.0]), points, 3, centre=True)
    shares = np.array([1, 4, 9]) / 14
    assert found.first[:, 0] == pytest.approx(shares, abs=0.03)
    assert found.total[:, 0] == pytest.approx(shares, abs=0.03)
    assert found.first.sum() == pytest.approx(1, abs=0.03)


def test_a_negative_estimate_is_left_as_it_is() -> None:
    y = np.array([1.0, -1.0, 1.0, -1.0, -1.0, 1.0])
    assert estimate(y, 2, 1).first[0, 0] < 0


def test_points_without_a_result_are_dropped_and_counted() -> None:
    points = 512
    y = ishigami(saltelli_design(uniform_sample(points, 6, 1)))
    holed = y.copy()
    holed[[3, points + 4, 2 * points + 5, 2 * points + 3]] = np.nan
    kept = np.delete(np.arange(points), [3, 4, 5])
    rows = np.concatenate([kept + block * points for block in range(5)])
    found, expected = estimate(holed, points, 3), estimate(y[rows], points - 3, 3)
    assert found.dropped == 3
    assert found.points == points - 3
    assert np.array_equal(found.first, expected.first)


def test_no_variance_gives_no_index() -> None:
    found = estimate(np.full(50, 3.7), 10, 3, bootstrap=20)
    assert np.isnan(found.first).all()
    assert np.isnan(found.total_high).all()
    assert np.isnan(estimate(np.full(5, np.nan), 1, 3).first).all()


def tree_of(weights: tuple[float, ...]) -> Tree:
    indicators = tuple(IndexIndicator(code=f"i{place}", parent="top", weight=weight) for place, weight in enumerate(weights))
    return compile_tree(IndexSpecification(id="x", indicators=indicators, aggregates=(IndexAggregate(code="top"),)))


def test_dirichlet_shares_sum_to_one_about_the_stated_ones() -> None:
    tree = tree_of((1.0, 2.0, 0.0, 5.0))
    weights = sampled_weights(tree, WeightChange(), 4000, 1, 1)
    assert weights[:, :4].sum(axis=1) == pytest.approx(np.ones(4000), abs=1e-12)
    assert weights[:, :4].mean(axis=0) == pytest.approx([0.125, 0.25, 0, 0.625], abs=0.01)
    assert (weights[:, 2] == 0).all()


def test_noise_stays_within_its_factor() -> None:
    tree = tree_of((1.0, 1.0))
    weights = sampled_weights(tree, WeightChange(method="noise", noise=0.25), 2000, 1, 1)
    ratio = weights[:, 0] / weights[:, 1]
    assert ratio.min() >= 0.75 / 1.25
    assert ratio.max() <= 1.25 / 0.75
    assert ratio.max() > 1.5


def test_levels_that_do_not_vary_keep_their_shares() -> None:
    tree = tree_of((1.0, 3.0))
    weights = sampled_weights(tree, WeightChange(levels=(2,)), 10, 1, 1)
    assert np.array_equal(weights, np.broadcast_to(shares_of(tree, tree.weights), weights.shape))


def test_a_longer_sample_begins_with_the_shorter() -> None:
    assert np.array_equal(uniform_sample(BLOCK + 7, 3, 9)[: BLOCK - 1], uniform_sample(BLOCK - 1, 3, 9))
    assert not np.array_equal(uniform_sample(5, 3, 9), uniform_sample(5, 3, 10))
    assert alternatives_of(np.array([0.0, 0.49, 0.5, 1.0]), 2).tolist() == [0, 0, 1, 1]
