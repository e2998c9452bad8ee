"""Stress tests: the reference's 600 runs, runs against whole builds, the same bits for any number of threads, and what is refused."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.index.build import build
from guibiao.index.construction import Construction, IndexData, compile_construction
from guibiao.index.matrix import Matrix
from guibiao.index.sampling import sampled_weights
from guibiao.index.sobol import sobol_indices
from guibiao.index.stress import StressResult, stress
from guibiao.index.stress_choices import Combination, combinations, usual_stress
from guibiao.index.stress_runs import Design, combination_keys, run_design
from guibiao.index.stress_scores import below, run_ranks, run_scores, without_empty_groups
from guibiao.index.stress_summary import mean_rank_change, summarise
from guibiao.index_files import construction_of, read_data
from guibiao.model.errors import BadRequest
from guibiao.reference.index.metadata import read_metadata
from guibiao.reference.index.specification import (
    Aggregation,
    Imputation,
    IndexAggregate,
    IndexIndicator,
    IndexSpecification,
    Normalisation,
    Screening,
    Treatment,
)
from guibiao.reference.index.stress import StressSpecification, WeightChange

MEANS = (
    Aggregation(), Aggregation(method="geometric"), Aggregation(method="harmonic"), Aggregation(method="generalised", power=2.5),
    Aggregation(method="generalised", power=-2.0), Aggregation(method="generalised", power=0.0), Aggregation(method="copeland"),
    Aggregation(threshold=0.7),
)  # fmt: skip
REFERENCE = StressSpecification(
    treat=tuple(Treatment(most_points=points) for points in range(1, 6)),
    normalise=(Normalisation(lower=1.0), Normalisation(method="zscore", mean=10.0, standard_deviation=2.0)),
    aggregate=(Aggregation(), Aggregation(method="geometric")),
)
SMALL = StressSpecification(
    normalise=(Normalisation(lower=1.0), Normalisation(method="rank")), aggregate=(None, Aggregation(method="geometric")),
    weights=WeightChange(), leave_out=True, runs=400, bootstrap=50,
)  # fmt: skip


def constructed() -> Construction:
    indicators = tuple(IndexIndicator(code=f"i{place}", parent=f"g{place // 3}", direction=1 - 2 * (place % 2)) for place in range(7))
    aggregates = (*(IndexAggregate(code=f"g{place}", parent="top", weight=1.0 + place) for place in range(3)), IndexAggregate(code="top"))
    return compile_construction(IndexSpecification(id="small", indicators=indicators, aggregates=aggregates))


def observed(missing: float = 0.0, units: int = 12) -> IndexData:
    random = np.random.default_rng(4)
    values = random.lognormal(0, 0.7, (units, 7))
    values[random.random(values.shape) < missing] = np.nan
    return IndexData(units=tuple(f"U{row:02d}" for row in range(units)), times=("",) * units, values=values)


def same(one: StressResult, two: StressResult) -> bool:
    """Every number, nan like nan."""
    assert one.sensitivity
    assert two.sensitivity
    assert one.unit_sensitivity
    assert two.unit_sensitivity
    pairs = [
        *((getattr(one.summary, name), getattr(two.summary, name)) for name in one.summary.__slots__),
        *((getattr(one.sensitivity, name), getattr(two.sensitivity, name)) for name in one.sensitivity.__slots__),
        *((getattr(one.unit_sensitivity, name), getattr(two.unit_sensitivity, name)) for name in one.unit_sensitivity.__slots__),
    ]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs) and one.alternatives == two.alternatives


@pytest.fixture(scope="module")
def example(shared_folder: Path) -> tuple[Construction, IndexData]:
    folder = shared_folder / "data" / "oracles" / "index"
    found = read_metadata(folder / "ASEM_iMeta.csv")
    pipeline = replace(
        found.specification, denominate=True, impute=Imputation(method="group-mean", group="EurAsia_group"),
        screen=Screening(rule="missing", least_available=0.9), treat=Treatment(),
    )  # fmt: skip
    construction = construction_of(replace(found, specification=pipeline))
    return construction, read_data(folder / "ASEM_iData.csv", construction)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_reference_run_by_run(example: tuple[Construction, IndexData], shared_folder: Path) -> None:
    construction, data = example
    folder, tree = shared_folder / "data" / "oracles" / "index", construction.tree
    rows = rows_of(folder / "sa_design.csv")
    weights = np.full((100, len(tree.codes)), np.nan)
    for row in rows_of(folder / "sa_noisy_weight_sets.csv"):
        weights[int(row["set"]) - 1, tree.codes.index(row["iCode"])] = float(row["Weight"])
    choices = {
        "treat": np.array([int(row["winmax"]) - 1 for row in rows]),
        "normalise": np.array([["n_minmax", "n_zscore"].index(row["norm"]) for row in rows]),
        "aggregate": np.array([["a_amean", "a_gmean"].index(row["agg"]) for row in rows]),
    }
    sets = np.array([int(row["weightset"]) - 1 for row in rows])
    design = Design(choices, weights, sets, np.zeros(600, dtype=np.intp), ("treat", "normalise", "weights", "aggregate"), 100)
    nominal = build(construction, data)
    expected = {row["uCode"]: int(row["Rank"]) for row in rows_of(folder / "sa_nominal.csv")}
    ranks = nominal.ranks[:, tree.root]
    assert dict(zip(nominal.units, ranks, strict=True)) == expected
    order = {key: place for place, key in enumerate(zip(nominal.units, nominal.times, strict=True))}
    keys = {(int(one), int(two), int(three)) for one, two, three, _four in combination_keys(design)}
    prepared = combinations(construction, data, REFERENCE, keys, order)
    runs = run_design(design, tree, below(tree, tree.root), prepared, REFERENCE.aggregate, jobs=2)
    change = mean_rank_change(runs.ranks, ranks)
    assert change == pytest.approx([float(row["mean_abs_rank_change"]) for row in rows], rel=1e-12)
    y = change[:, np.newaxis]
    found = sobol_indices(y[:100], y[100:200], y[200:].reshape(4, 100, 1))
    assert found.first[2, 0] == pytest.approx(-0.242368, abs=1e-6)


def test_the_usual_test_of_the_example(example: tuple[Construction, IndexData]) -> None:
    construction, data = example
    nominal = build(construction, data)
    stated, remarks = usual_stress(construction, nominal)
    found = stress(construction, data, replace(stated, runs=600, bootstrap=50), nominal=nominal, jobs=2)
    assert found.factors == ("impute", "treat", "normalise", "weights", "aggregate", "leave_out")
    assert found.runs == 600
    assert found.evaluations == 300 * 8
    assert len(remarks) == 1
    assert found.units[int(np.argmin(found.summary.mean))] == "CHE"
    assert sum(each.runs for each in found.failures) >= found.failed


@pytest.mark.parametrize("aggregation", MEANS)
@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_scores_are_those_of_a_build(aggregation: Aggregation, missing: float) -> None:
    """Each weight set on its own, through the steps of `build`."""
    construction, data = constructed(), observed(missing)
    weights = sampled_weights(construction.tree, WeightChange(), 5, 3, 1)
    rule = Normalisation(lower=1.0)
    changed = replace(construction, rules=tuple(replace(each, normalisation=rule) for each in construction.rules))
    normalised = build(changed, data).stage("normalise").values
    groups = tuple(replace(group, aggregation=aggregation) for group in construction.tree.groups)
    if aggregation.method == "copeland":
        groups = (*construction.tree.groups[:-1], groups[-1])
    tree = replace(construction.tree, groups=groups)
    found = run_scores(normalised, tree, groups, weights, None)
    for run, one in enumerate(weights):
        expected = build(replace(changed, tree=replace(tree, weights=one)), data)
        assert found.scores[run] == pytest.approx(expected.column("top"), rel=1e-10, nan_ok=True)
        assert np.array_equal(run_ranks(found.scores)[run], expected.ranks[:, tree.root], equal_nan=True)
    assert (found.failed_at == -1).all()


def test_leaving_one_out_is_building_without_it() -> None:
    """Indicator i6 is the only one of its group, which goes with it."""
    construction, data = constructed(), observed()
    tree = construction.tree
    normalised = build(construction, data).stage("normalise").values
    weights = np.repeat(tree.weights[np.newaxis], 2, axis=0)
    weights[0, 1], weights[1, 6] = 0.0, 0.0
    found = run_scores(normalised, tree, tree.groups, without_empty_groups(tree, weights), None)
    for run, code in enumerate(("i1", "i6")):
        own = construction.specification
        kept = tuple(each for each in own.indicators if each.code != code)
        parents = {each.parent for each in kept}
        fewer = replace(own, indicators=kept, aggregates=tuple(each for each in own.aggregates if each.code in parents or not each.parent))
        columns = [place for place, each in enumerate(own.indicators) if each.code != code]
        expected = build(compile_construction(fewer), replace(data, values=data.values[:, columns]))
        assert found.scores[run] == pytest.approx(expected.column("top"), rel=1e-12)


def test_same_seed_same_bits_for_any_number_of_threads() -> None:
    construction, data = constructed(), observed(0.1)
    one, two, three = (stress(construction, data, SMALL, jobs=jobs) for jobs in (1, 2, 3))
    assert same(one, two)
    assert same(one, three)
    assert not same(one, stress(construction, data, replace(SMALL, seed=2)))


def test_chances_sum_to_one_and_mirror() -> None:
    found = stress(constructed(), observed(), SMALL).summary
    assert found.rank_probability is not None
    assert found.order_probability is not None
    assert found.rank_probability.sum(axis=1) == pytest.approx(np.ones(12))
    off = ~np.eye(12, dtype=bool)
    assert (found.order_probability + found.order_probability.T)[off] == pytest.approx(np.ones(132))
    assert (found.best <= found.low).all()
    assert (found.low <= found.median).all()
    assert (found.high <= found.worst).all()


def test_summary_by_hand() -> None:
    ranks = np.array([[1, 2, 0], [1, 1, 3], [2, 1, 3], [1, 2, 3]], dtype=np.int32)
    found = summarise(ranks, (0.25, 0.75))
    assert found.mean.tolist() == [1.25, 1.5, 3.0]
    assert found.high.tolist() == [1.25, 2.0, 3.0]
    assert found.counted.tolist() == [4, 4, 3]
    assert found.rank_probability is not None
    assert found.order_probability is not None
    assert found.rank_probability[0].tolist() == [0.75, 0.25, 0.0]
    assert found.order_probability[0, 1] == (2 + 0.5) / 4
    assert found.order_probability[0, 2] == 1.0
    assert mean_rank_change(ranks, np.array([1.0, 2.0, np.nan])).tolist() == [0.0, 0.5, 1.0, 0.0]


def test_runs_that_fail_are_counted_and_told() -> None:
    """Min-max from 0 leaves a score of 0, which has no geometric mean."""
    stated = StressSpecification(
        normalise=(None, Normalisation(lower=1.0)), aggregate=(Aggregation(), Aggregation(method="geometric")), runs=400, bootstrap=0
    )
    found = stress(constructed(), observed(), stated)
    failing = next(each for each in found.failures)
    assert failing.choices == "normalise=own，aggregate=geometric"
    assert "g0" in failing.reason
    assert found.failed == sum(each.failed for each in found.alternatives if each.factor == "normalise") > 50
    assert found.summary.counted.tolist() == [400.0 - found.failed] * 12
    assert found.sensitivity is not None
    assert found.sensitivity.dropped > 0
    assert any("样本点" in each for each in found.remarks)


def test_a_step_that_fails_is_a_failed_run_not_an_error() -> None:
    """Without imputation all is well; the group column of the other alternative is not there."""
    stated = StressSpecification(
        impute=(None, Imputation(method="group-mean", group="ring")), weights=WeightChange(), runs=100, bootstrap=0
    )
    found = stress(constructed(), observed(0.1), stated)
    assert found.failed > 20
    assert "ring" in found.failures[0].reason


def test_a_run_in_which_nothing_is_left_is_a_failed_run() -> None:
    """One indicator has all the weight: without it nobody has a score."""
    construction, data = constructed(), observed()
    weights = np.zeros_like(construction.tree.weights)
    weights[0], weights[7:] = 1.0, 1.0
    only = replace(construction.tree, weights=weights, groups=(construction.tree.groups[0],))
    design = Design({}, weights[np.newaxis], np.zeros(2, dtype=np.intp), np.array([0, 1]), ("leave_out",), 1)
    prepared = {(0, 0, 0): Combination(build(construction, data).stage("normalise").values)}
    assert run_design(design, only, only.groups, prepared, (None,)).failed.tolist() == [False, True]


def test_sobol_sequence_and_one_factor() -> None:
    construction, data = constructed(), observed()
    found = stress(construction, data, replace(SMALL, sampling="sobol", runs=300))
    assert found.runs == 300
    assert found.sensitivity is not None
    alone = stress(construction, data, StressSpecification(weights=WeightChange(), runs=100))
    assert alone.sensitivity is None
    assert alone.evaluations == 100
    assert alone.remarks


def test_a_pillar_alone_and_a_time() -> None:
    construction = constructed()
    base = observed()
    panel = replace(base, units=base.units * 2, times=(2020.0,) * 12 + (2021.0,) * 12, values=np.vstack([base.values, base.values[::-1]]))
    found = stress(construction, panel, SMALL, code="g1", time=2020.0)
    assert found.code == "g1"
    assert found.time == 2020.0
    assert len(found.units) == 12
    result = build(construction, panel)
    assert np.array_equal(found.nominal, result.ranks[:12, result.codes.index("g1")])
    assert stress(construction, panel, SMALL).time == 2021.0


@pytest.mark.parametrize(
    ("changes", "options", "words"),
    [
        ({"weights": WeightChange(method="none"), "leave_out": False, "normalise": (), "aggregate": ()}, {}, "没有可变动"),
        ({"runs": 1}, {}, "runs"),
        ({"seed": -1}, {}, "seed"),
        ({"interval": (0.9, 0.1)}, {}, "interval"),
        ({"weights": WeightChange(concentration=0.0)}, {}, "concentration"),
        ({"weights": WeightChange(concentration=float("nan"))}, {}, "concentration"),
        ({"weights": WeightChange(method="noise", noise=1.5)}, {}, "noise"),
        ({"runs": 10**9}, {}, "内存"),
        ({"normalise": (None, Normalisation(method="distance-to-target"))}, {}, "不成立"),
        ({"aggregate": (Aggregation(method="geometric"),), "normalise": (None,)}, {}, "所有组合"),
        ({}, {"code": "i0"}, "没有汇总项"),
        ({}, {"time": 1999.0}, "没有时间"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], options: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest) as caught:
        stress(constructed(), observed(), replace(SMALL, **changes), **options)
    assert words in str(caught.value)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 9), st.integers(0, 10_000))
def test_ranks_of_scores_that_differ_by_rounding_tie(units: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    scores: Matrix = random.integers(1, 4, (3, units)).astype(np.float64)
    rounded = scores * (1 + random.uniform(-1, 1, scores.shape) * 1e-15)
    assert np.array_equal(run_ranks(scores), run_ranks(rounded))
