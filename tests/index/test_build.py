"""A build as a whole: levels, ranks, records, replay bit for bit, one choice changed, panels, and what must hold on any data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from guibiao.index.build import build
from guibiao.index.compare import compare, differing_choices
from guibiao.index.construction import IndexData, compile_construction, effective_weights
from guibiao.index.result import IndexResult
from guibiao.index.saved import compare_replay, plain_of, saved_of
from guibiao.model.errors import BadDefinition, BadRequest, GuibiaoError
from guibiao.reference.index.specification import (
    Aggregation,
    Imputation,
    IndexAggregate,
    IndexIndicator,
    IndexSpecification,
    Normalisation,
    Treatment,
)
from guibiao.reference.index.stated import validated
from tests.index.samples import DATA, PANEL, SPECIFICATION, constructed

INDICATORS = (
    IndexIndicator(code="a", parent="x", weight=2.0),
    IndexIndicator(code="b", parent="x", direction=-1),
    IndexIndicator(code="c", parent="y"),
    IndexIndicator(code="d", parent="y", direction=-1, weight=0.5),
)
AGGREGATES = (IndexAggregate(code="x", parent="z"), IndexAggregate(code="y", parent="z", weight=3.0), IndexAggregate(code="z"))
GENERAL = IndexSpecification(id="general", indicators=INDICATORS, aggregates=AGGREGATES)
MEANS = ["arithmetic", "geometric", "harmonic"]
values = arrays(np.float64, st.tuples(st.integers(3, 8), st.just(4)), elements=st.integers(-40, 40).map(float), unique=False)


def given_data(matrix: np.ndarray) -> IndexData:
    return IndexData(units=tuple(f"U{row}" for row in range(len(matrix))), times=("",) * len(matrix), values=matrix)


def score(matrix: np.ndarray, **changes: Any) -> IndexResult:
    return build(compile_construction(replace(GENERAL, **changes)), given_data(matrix))


def vary(matrix: np.ndarray) -> bool:
    return bool((np.ptp(matrix, axis=0) > 0).all())


def test_a_small_index_by_hand(tmp_path: Path) -> None:
    construction, data = constructed(tmp_path)
    result = build(construction, data)
    rows = {(row["unit"], row["code"]): (row["level"], row["score"], row["rank"]) for row in result.rows()}
    assert rows["A", "speed"] == (1, 0.0, 4)
    assert rows["B", "access"] == (2, pytest.approx((2 * 100 / 3 + 0) / 3), 3)
    assert rows["C", "access"] == (2, pytest.approx(100), 1)
    assert rows["D", "skill"] == (1, None, None)
    assert rows["D", "total"][1] == pytest.approx((2 * 200 / 3 + 200 / 9) / 3)
    assert rows["C", "total"] == (3, pytest.approx(75), 1)
    assert [step.step for step in result.steps if not step.ran] == ["denominate", "impute", "screen", "treat"]
    assert next(iter(result.rows()))["code"] == "total"


def test_a_method_for_each_level_and_for_one_node(tmp_path: Path) -> None:
    stated = SPECIFICATION + "normalise: {lower: 1}\naggregate: [harmonic, geometric]\n"
    construction, data = constructed(tmp_path, stated, DATA)
    result = build(construction, data)
    scores = result.stage("normalise").values
    access = 3 / (2 / scores[:, 0] + 1 / scores[:, 1])
    assert result.column("access") == pytest.approx(access)
    assert result.column("total")[:3] == pytest.approx(np.sqrt(access * scores[:, 2])[:3])
    own = stated.replace("{code: access, parent: total}", "{code: access, parent: total, aggregate: arithmetic}")
    construction, data = constructed(tmp_path, own, DATA)
    assert build(construction, data).column("access") == pytest.approx((2 * scores[:, 0] + scores[:, 1]) / 3)


def test_a_mean_that_needs_positive_scores_says_where(tmp_path: Path) -> None:
    construction, data = constructed(tmp_path, SPECIFICATION + "aggregate: geometric\n")
    with pytest.raises(BadDefinition, match="speed") as raised:
        build(construction, data)
    assert raised.value.place.line == 8


def test_equal_weights_put_the_stated_aside(tmp_path: Path) -> None:
    construction, data = constructed(tmp_path, SPECIFICATION + "weights: equal\n")
    scores = build(construction, data)
    normalised = scores.stage("normalise").values
    assert scores.column("access") == pytest.approx(normalised[:, :2].mean(axis=1))


def test_copeland_within_each_time(tmp_path: Path) -> None:
    stated = SPECIFICATION.replace("{code: access, parent: total}", "{code: access, parent: total, aggregate: copeland}")
    construction, data = constructed(tmp_path, stated, PANEL)
    result = build(construction, data)
    assert result.column("access").tolist() == [-1, 1, -1, 1]


def test_a_panel_by_time_or_over_all_times(tmp_path: Path) -> None:
    construction, data = constructed(tmp_path, data=PANEL)
    assert build(construction, data).column("speed") == pytest.approx([0, 100 / 3, 200 / 30, 100])
    construction, data = constructed(tmp_path, SPECIFICATION + "normalise: {method: rank, scope: time}\n", PANEL)
    result = build(construction, data)
    assert result.column("speed").tolist() == [1, 2, 1, 2]
    assert {row["time"] for row in result.rows()} == {2020, 2021}


def test_one_hundred_at_the_base_time(tmp_path: Path) -> None:
    construction, data = constructed(tmp_path, SPECIFICATION + "normalise: {method: base-time, base: 2020, scale: 100}\n", PANEL)
    result = build(construction, data)
    assert result.column("total")[:2] == pytest.approx([100, 100])
    assert result.column("speed")[2:] == pytest.approx([120, 200])
    assert result.column("price")[2:] == pytest.approx([125, 125])
    construction, data = constructed(tmp_path, SPECIFICATION + "normalise: {method: base-time, base: 1999}\n", PANEL)
    with pytest.raises(BadRequest, match="1999"):
        build(construction, data)


def test_a_reference_unit_is_named_or_told(tmp_path: Path) -> None:
    construction, data = constructed(tmp_path, SPECIFICATION + "normalise: {method: distance-to-reference, reference: C}\n")
    result = build(construction, data)
    assert result.column("speed").tolist() == pytest.approx([0, 1 / 3, 1, 2 / 3])
    construction, data = constructed(tmp_path, SPECIFICATION + "normalise: distance-to-reference\n")
    notes = [note for step in build(construction, data).steps for note in step.notes]
    assert any("排在最前" in note for note in notes)
    assert any("没有得分" in note for note in notes)
    construction, data = constructed(tmp_path, SPECIFICATION + "normalise: {method: distance-to-reference, reference: Q}\n")
    with pytest.raises(BadRequest, match="Q"):
        build(construction, data)


def test_a_column_that_is_constant_in_one_time_names_the_time(tmp_path: Path) -> None:
    flat = PANEL.replace("B,2021,40", "B,2021,12")
    construction, data = constructed(tmp_path, SPECIFICATION + "normalise: {scope: time}\n", flat)
    with pytest.raises(BadDefinition, match="2021"):
        build(construction, data)


def through_json(specification: IndexSpecification, result: IndexResult) -> Any:
    import json

    return saved_of(json.loads(json.dumps(plain_of(specification, result), allow_nan=False)), "saved", validated)


SPREADS = ["minmax", "zscore", "rank", "borda", "percentile-rank", "distance-to-max", "fraction-of-max"]


@given(values, st.sampled_from(SPREADS), st.sampled_from(["none", "winsorise", "log-ct", "box-cox"]), st.integers(0, 3))
def test_a_replay_equals_the_first_run_bit_for_bit(matrix: np.ndarray, method: Any, treat: Any, points: int) -> None:
    assume(vary(matrix))
    specification = replace(
        GENERAL, normalise=Normalisation(method=method), treat=Treatment(method=treat, most_points=points, skewness=0.3, kurtosis=0.1)
    )
    construction = compile_construction(specification)
    try:
        first = build(construction, given_data(matrix))
    except BadDefinition:
        assume(False)
    saved = through_json(specification, first)
    again = build(compile_construction(saved.specification), given_data(matrix), saved.frozen)
    assert compare_replay(saved, again).same_scores
    assert np.array_equal(first.scores, again.scores, equal_nan=True)


def test_frozen_bounds_hold_for_other_data() -> None:
    matrix = np.array([[0.0, 1, 2, 3], [10, 2, 4, 5], [5, 3, 8, 9]])
    construction = compile_construction(GENERAL)
    first = build(construction, given_data(matrix))
    more = matrix.copy()
    more[1, 0] = 20.0
    later = build(construction, given_data(more), first.frozen)
    assert later.column("a").tolist() == [0, 200, 50]
    assert later.column("c") == pytest.approx(first.column("c"))


@given(values, st.lists(st.tuples(st.integers(1, 50), st.integers(-100, 100)), min_size=4, max_size=4))
def test_a_change_of_unit_changes_no_rank(matrix: np.ndarray, changes: list[tuple[int, int]]) -> None:
    assume(vary(matrix))
    factor, shift = np.array(changes, dtype=np.float64).T
    before, after = score(matrix), score(matrix * factor + shift)
    assert after.scores == pytest.approx(before.scores, abs=1e-9)
    apart = np.abs(before.column("z")[:, np.newaxis] - before.column("z")) > 1e-9
    one, two = (np.sign(each.column("z")[:, np.newaxis] - each.column("z")) for each in (before, after))
    assert (one == two)[apart].all()


@given(values, st.integers(0, 3), st.integers(0, 7), st.integers(1, 30))
def test_a_better_value_never_lowers_the_unit_under_frozen_bounds(matrix: np.ndarray, column: int, row: int, more: int) -> None:
    assume(vary(matrix) and row < len(matrix))
    construction = compile_construction(GENERAL)
    first = build(construction, given_data(matrix))
    better = matrix.copy()
    better[row, column] += more * INDICATORS[column].direction
    after = build(construction, given_data(better), first.frozen)
    assert after.column("z")[row] > first.column("z")[row]
    others = np.arange(len(matrix)) != row
    assert np.array_equal(after.column("z")[others], first.column("z")[others])


@given(values)
def test_a_geometric_index_is_never_above_an_arithmetic_one(matrix: np.ndarray) -> None:
    assume(vary(matrix))
    low, middle, high = (
        score(matrix, normalise=Normalisation(lower=1), aggregate=(Aggregation(method=each),)).scores  # type: ignore[arg-type]
        for each in reversed(MEANS)
    )
    assert (low <= middle + 1e-9).all()
    assert (middle <= high + 1e-9).all()


@given(values, st.permutations(range(8)))
def test_results_are_by_code_whatever_the_order_of_rows_and_indicators(matrix: np.ndarray, order: list[int]) -> None:
    assume(vary(matrix))
    rows = [row for row in order if row < len(matrix)]
    columns = [column for column in order if column < 4]
    moved = compile_construction(replace(GENERAL, indicators=tuple(INDICATORS[column] for column in columns)))
    data = IndexData(units=tuple(f"U{row}" for row in rows), times=("",) * len(rows), values=matrix[rows][:, columns])
    plain = {(row["unit"], row["code"]): row["score"] for row in score(matrix).rows()}
    found = {(row["unit"], row["code"]): row["score"] for row in build(moved, data).rows()}
    assert found == pytest.approx(plain, abs=1e-9)


@given(st.lists(st.floats(0.01, 100), min_size=7, max_size=7))
def test_effective_weights_sum_to_one_at_every_level(weights: list[float]) -> None:
    stated = replace(
        GENERAL,
        indicators=tuple(replace(each, weight=weight) for each, weight in zip(INDICATORS, weights, strict=False)),
        aggregates=tuple(replace(each, weight=weight) for each, weight in zip(AGGREGATES, weights[4:], strict=True)),
    )
    tree = compile_construction(stated).tree
    shares = effective_weights(tree)
    for level in (1, 2, 3):
        assert shares[tree.levels == level].sum() == pytest.approx(1)


def test_one_choice_changed_says_what_moves(tmp_path: Path) -> None:
    construction, data = constructed(tmp_path)
    other, _data = constructed(tmp_path, SPECIFICATION.replace("weight: 2", "weight: 1") + "aggregate: arithmetic\nnormalise: rank\n")
    choices = differing_choices(construction.specification, other.specification)
    assert set(choices) == {("indicators.speed.weight", 2.0, 1.0), ("normalise.method", "minmax", "rank")}
    found = compare(build(construction, data), build(other, data), choices)
    assert [move.unit for move in found.moves] == ["A", "B", "C", "D"]
    assert [(move.first_rank, move.second_rank) for move in found.moves] == [(4, 4), (2, 3), (1, 1), (3, 2)]
    same = compare(build(construction, data), build(construction, data))
    assert same.mean_absolute_change == 0
    assert same.rank_correlation == pytest.approx(1)


def test_units_in_one_result_only_are_told(tmp_path: Path) -> None:
    construction, data = constructed(tmp_path)
    fewer = data.only(np.array([True, True, True, False]))
    found = compare(build(construction, data), build(construction, fewer))
    assert found.only_first == ("D",)
    assert [move.first_rank for move in found.moves] == [3, 2, 1]


def test_the_digest_ignores_titles_and_nothing_else() -> None:
    digest = compile_construction(GENERAL).digest
    assert compile_construction(replace(GENERAL, zh="名")).digest == digest
    assert compile_construction(replace(GENERAL, aggregate=(Aggregation(threshold=0.5),))).digest != digest


def test_a_time_that_was_not_saved_is_told(tmp_path: Path) -> None:
    full = PANEL.replace("12,4,", "12,4,7")
    construction, data = constructed(tmp_path, SPECIFICATION + "normalise: {scope: time}\ntreat: winsorise\n", full)
    first = build(construction, data)
    _again, later = constructed(tmp_path, SPECIFICATION, full.replace("2021", "2022"))
    notes = {step.step: step.notes for step in build(construction, later, first.frozen).steps}
    assert any("2022" in note for note in notes["treat"])
    assert any("2022" in note for note in notes["normalise"])


METHODS = ["none", *SPREADS, "scaled", "distance-to-target", "distance-to-reference", "goalposts", "base-time"]
gappy = arrays(
    np.float64,
    st.tuples(st.integers(1, 7), st.just(4)),
    elements=st.one_of(st.just(np.nan), st.integers(-3, 3).map(float), st.floats(-1e15, 1e15, allow_subnormal=False)),
)


@given(
    gappy,
    st.sampled_from(METHODS),
    st.sampled_from(["none", "winsorise", "log-ct", "log-ct-plus", "log-ct-original", "log-gii", "box-cox"]),
    st.sampled_from(["none", "mean", "median", "em", "latest", "linear-constant"]),
    st.sampled_from([*MEANS, "generalised", "copeland"]),
    st.booleans(),
)
def test_any_data_give_scores_or_a_refusal_that_says_why(
    matrix: np.ndarray, method: Any, treat: Any, impute: Any, aggregation: Any, logarithm: bool
) -> None:
    stated = replace(
        GENERAL,
        indicators=tuple(replace(each, target=2.5, goalposts=(0.5, 4.0)) for each in INDICATORS),
        normalise=Normalisation(method=method, logarithm=logarithm),
        treat=Treatment(method=treat, skewness=0.2, kurtosis=-1.0, combine=logarithm),
        impute=Imputation(method=impute),
        aggregate=(Aggregation(method=aggregation, power=0.5, threshold=0.4),),
    )
    data = IndexData(
        units=tuple(f"U{row // 2}" for row in range(len(matrix))), times=tuple(float(row % 2) for row in range(len(matrix))), values=matrix
    )
    try:
        result = build(compile_construction(stated), data)
    except GuibiaoError:
        return
    assert not np.isinf(result.scores).any()
    assert np.array_equal(np.isnan(result.scores), np.isnan(result.ranks))
