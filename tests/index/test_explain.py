"""Back to the data: correlations, influence, and why a score changed. Parts sum to the change, whatever the means and the gaps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.index.attribution import State, attribute
from guibiao.index.build import build
from guibiao.index.change_decomposition import Change, against, between_times, between_vintages
from guibiao.index.construction import IndexData, compile_construction, compile_tree, effective_weights
from guibiao.index.correlations import collinear, consistency, flag_of, links
from guibiao.index.influence import correlation_ratio, influences
from guibiao.index_files import construction_of, read_data
from guibiao.model.errors import BadInput, BadRequest
from guibiao.reference.index.metadata import read_metadata
from guibiao.reference.index.specification import Aggregation, IndexAggregate, IndexIndicator, IndexSpecification, Normalisation, Treatment
from guibiao.reference.index.vintage import WeightVintage, read_vintage, with_vintage

MEANS = (
    Aggregation(),
    Aggregation(method="geometric"),
    Aggregation(method="harmonic"),
    Aggregation(method="generalised", power=2.5),
    Aggregation(method="generalised", power=-3.0),
)


def specified(**changes: Any) -> IndexSpecification:
    indicators = tuple(IndexIndicator(code=f"i{place}", parent=f"g{place // 2}", weight=1.0 + place) for place in range(6))
    groups = tuple(IndexAggregate(code=f"g{place}", parent="top", weight=2.0 - place / 2) for place in range(3))
    return IndexSpecification(id="small", indicators=indicators, aggregates=(*groups, IndexAggregate(code="top")), **changes)


def panel(seed: int = 1, missing: float = 0.0) -> IndexData:
    random = np.random.default_rng(seed)
    values = random.lognormal(0, 0.6, (24, 6))
    values[random.random(values.shape) < missing] = np.nan
    units = tuple(f"U{row:02d}" for row in range(12))
    return IndexData(units=units * 2, times=(2020.0,) * 12 + (2021.0,) * 12, values=values)


def summed(change: Change) -> float:
    return sum(part.contribution for part in change.parts)


def test_an_arithmetic_tree_by_hand() -> None:
    """One level: mean share times change of score; share of a from 1/4 to 1/2 while it goes from below b to above it."""
    indicators = (IndexIndicator(code="a", parent="top"), IndexIndicator(code="b", parent="top"))
    tree = compile_tree(IndexSpecification(id="x", indicators=indicators, aggregates=(IndexAggregate(code="top"),)))
    found = attribute(
        tree,
        tree.groups,
        State(np.array([10.0, 20.0]), np.array([1.0, 3.0, 1.0])),
        State(np.array([30.0, 20.0]), np.array([1.0, 1.0, 1.0])),
    )
    assert found.values == pytest.approx([0.375 * 20, 0.0])
    assert found.weights[:2] == pytest.approx([-0.25 * 5 / 12, 0.25 * 5 / 12])
    assert found.end - found.start == pytest.approx(7.5)
    assert found.residual == pytest.approx(0, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(MEANS), st.integers(0, 10_000), st.booleans())
def test_parts_sum_to_the_difference(aggregation: Aggregation, seed: int, gaps: bool) -> None:
    random = np.random.default_rng(seed)
    tree = compile_tree(specified(aggregate=(aggregation,)))
    states = []
    for _end in range(2):
        values = random.uniform(1, 100, 6)
        if gaps:
            values[random.random(6) < 0.3] = np.nan
            values[random.integers(6)] = 50.0
        states.append(State(values, random.uniform(0.2, 2, 10)))
    found = attribute(tree, tree.groups, states[0], states[1])
    total = found.values.sum() + found.weights.sum() + found.availability.sum()
    assert found.residual == pytest.approx(0, abs=1e-8)
    assert total == pytest.approx(found.end - found.start, abs=1e-8)
    back = attribute(tree, tree.groups, states[1], states[0])
    assert back.values == pytest.approx(-found.values, abs=1e-8)


def test_ends_are_the_scores_of_a_build() -> None:
    for aggregation in MEANS:
        construction = compile_construction(specified(aggregate=(aggregation,), normalise=Normalisation(lower=1.0)))
        data = panel(3, 0.1)
        result = build(construction, data)
        found = between_times(construction, data, "U03", 2020.0, 2021.0)
        assert found.start == pytest.approx(result.column("top")[3], rel=1e-12)
        assert found.end == pytest.approx(result.column("top")[15], rel=1e-12)
        assert summed(found) == pytest.approx(found.change, abs=1e-9)


def test_scale_and_value_are_told_apart() -> None:
    """Min-max within each time: the unit's own data stay, the greatest value of others doubles."""
    construction = compile_construction(specified(normalise=Normalisation(scope="time")))
    data = panel()
    values = data.values.copy()
    values[12:] = values[:12]
    top = int(np.argmax(values[:12, 0]))
    values[12 + top, 0] *= 2
    unit = next(place for place in range(12) if place not in {top, int(np.argmin(values[:12, 0]))})
    found = between_times(construction, replace(data, values=values), f"U{unit:02d}", 2020.0, 2021.0)
    assert [(part.code, part.kind) for part in found.parts] == [("i0", "scale")]
    assert found.change < 0
    shared = compile_construction(specified())
    assert between_times(shared, replace(data, values=values), f"U{unit:02d}", 2020.0, 2021.0).parts == ()


def test_a_revision_is_explained() -> None:
    construction, old = compile_construction(specified()), panel()
    values = old.values.copy()
    values[15, 2] *= 1.5
    values[20, 4] *= 30
    new = replace(old, values=values)
    found = between_vintages(construction, old, new, "U03", 2021.0)
    assert summed(found) == pytest.approx(found.change, abs=1e-9)
    kinds = {(part.code, part.kind) for part in found.parts}
    assert ("i2", "value") in kinds
    assert ("i4", "scale") in kinds
    assert ("i4", "value") not in kinds
    assert between_vintages(construction, old, old, "U03", 2021.0).parts == ()


def test_a_revision_that_treatment_takes_back_moves_nothing() -> None:
    """The greatest value revised to thirty times itself is winsorised to the next, as before."""
    construction, old = compile_construction(specified(treat=Treatment(most_points=1, force=True, then="none"))), panel()
    rows = np.arange(12, 24)
    top = int(rows[np.argmax(old.values[12:, 4])])
    first = old.values.copy()
    first[top, 4] = old.values[12:, 4].max() * 2
    second = first.copy()
    second[top, 4] *= 30
    unit = "U03" if top != 15 else "U04"
    assert between_vintages(construction, replace(old, values=first), replace(old, values=second), unit, 2021.0).parts == ()


def test_new_weights_are_a_part_of_their_own() -> None:
    construction, data = compile_construction(specified()), panel()
    old = construction.tree.weights.copy()
    old[construction.tree.codes.index("g0")] *= 3
    found = between_vintages(construction, data, data, "U05", 2020.0, old_weights=old)
    assert {part.kind for part in found.parts} == {"weight"}
    assert summed(found) == pytest.approx(found.change, abs=1e-9)
    assert {part.code for part in found.parts} == {"g0", "g1", "g2"}


def test_a_lead_over_the_mean_and_over_another() -> None:
    construction, data = compile_construction(specified()), panel()
    result = build(construction, data)
    found = against(construction, result, "U01", 2021.0, "U02")
    assert found.change == pytest.approx(result.column("top")[13] - result.column("top")[14])
    assert summed(found) == pytest.approx(found.change, abs=1e-9)
    mean = against(construction, result, "U01", 2021.0)
    assert mean.start == pytest.approx(result.column("top")[12:].mean())
    pillar = against(construction, result, "U01", 2021.0, code="g1")
    assert {part.code for part in pillar.parts} == {"i2", "i3"}


def test_what_cannot_be_decomposed() -> None:
    construction, data = compile_construction(specified()), panel()
    with pytest.raises(BadRequest):
        between_times(construction, data, "nobody", 2020.0, 2021.0)
    copeland = compile_construction(specified(aggregate=(Aggregation(method="copeland"),)))
    with pytest.raises(BadRequest, match="Copeland"):
        between_times(copeland, data, "U01", 2020.0, 2021.0)
    values = data.values.copy()
    values[3] = np.nan
    with pytest.raises(BadRequest, match="没有得分"):
        between_times(construction, replace(data, values=values), "U03", 2020.0, 2021.0)


def test_flags_of_correlations() -> None:
    assert [flag_of(each) for each in (-0.1, 0.1, 0.5, 0.95, float("nan"))] == ["negative", "weak", "", "redundant", ""]
    random = np.random.default_rng(1)
    tree = compile_tree(specified())
    scores = random.normal(size=(40, 10))
    scores[:, 1] = scores[:, 0] + 0.01 * random.normal(size=40)
    assert [(each.first, each.second) for each in collinear(tree, scores)] == [("i0", "i1")]
    found = {each.code: each for each in links(tree, scores)}
    assert set(found) == set(tree.codes) - {"top"}
    assert found["i2"].with_parent == pytest.approx(np.corrcoef(scores[:, 2], scores[:, tree.codes.index("g1")])[0, 1])
    assert consistency(scores[:, :2]) > 0.99
    assert np.isnan(consistency(scores[:, :1]))


def test_influence_is_building_without_the_part() -> None:
    construction = compile_construction(specified())
    data = panel().only(np.arange(24) < 12)
    result = build(construction, data)
    found = {each.code: each for each in influences(construction.tree, data.units, result.scores[:, :6], result.scores)}
    assert set(found) == set(construction.tree.codes) - {"top"}
    own = construction.specification
    for code in ("i3", "g0"):
        parts = {each.code: each for each in own.parts}
        without = replace(
            own,
            indicators=tuple(replace(each, weight=0.0) if each.code == code else each for each in own.indicators),
            aggregates=tuple(replace(each, weight=0.0) if each.code == code else each for each in own.aggregates),
        )
        assert code in parts
        ranks = build(compile_construction(without), data).ranks[:, -1]
        change = np.abs(ranks - result.ranks[:, -1])
        assert found[code].mean_rank_change == pytest.approx(change.mean())
        assert found[code].greatest_rank_change == change.max()
    assert sum(found[f"i{place}"].weight for place in range(6)) == pytest.approx(1)


def test_correlation_ratio_sees_what_correlation_does_not() -> None:
    x = np.linspace(-1, 1, 200)
    noise = np.random.default_rng(1).normal(size=200) * 0.05
    assert correlation_ratio(x, x**2 + noise) > 0.9
    assert np.corrcoef(x, x**2 + noise)[0, 1] ** 2 < 0.05
    assert correlation_ratio(x, 2 * x + noise) == pytest.approx(1, abs=0.01)
    assert correlation_ratio(x, np.random.default_rng(2).normal(size=200)) < 0.2
    assert np.isnan(correlation_ratio(np.ones(20), np.arange(20.0)))
    assert correlation_ratio(np.linspace(0, 1, 3000), np.linspace(0, 1, 3000)) == pytest.approx(1)


def test_the_example_between_two_years(shared_folder: Path) -> None:
    folder = shared_folder / "data" / "oracles" / "index"
    construction = construction_of(read_metadata(folder / "ASEM_iMeta.csv"))
    data = read_data(folder / "ASEM_iData_p.csv", construction)
    first, second = min(data.times), max(data.times)  # type: ignore[type-var]
    assert first != second
    for unit in dict.fromkeys(data.units):
        found = between_times(construction, data, unit, first, second)
        assert summed(found) == pytest.approx(found.change, abs=1e-9)


def frozen(flat: bool, **changes: Any) -> WeightVintage:
    codes = tuple(f"i{place}" for place in range(6)) if flat else ("g0", "g1", "g2")
    weights = (0.1, 0.1, 0.2, 0.2, 0.3, 0.1) if flat else (0.5, 0.25, 0.25)
    whole: dict[str, Any] = {
        "method": "entropy", "parent": "top", "codes": codes, "weights": weights, "flat": flat, "data": "d", "date": "2024-03-01"
    }  # fmt: skip
    return WeightVintage(**(whole | changes))


def test_a_vintage_takes_the_place_of_weights(tmp_path: Path) -> None:
    for flat in (True, False):
        vintage = frozen(flat)
        path = tmp_path / "weights.json"
        path.write_text(vintage.text(), "utf-8")
        assert read_vintage(path) == vintage
        found = compile_tree(with_vintage(specified(weights="equal"), vintage))
        shares = effective_weights(found)
        assert [shares[found.codes.index(code)] for code in vintage.codes] == pytest.approx(vintage.weights)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "不是冻结的权重"),
        ("{}", "不是冻结的权重"),
        (frozen(False).text().replace("0.5", "0.4"), "被改动过"),
        (frozen(False).text().replace('"g1"', "7"), "不是冻结的权重"),
        (frozen(False).text().replace("0.5", "-1"), "不是冻结的权重"),
        (frozen(False).text().replace("0.5", "NaN"), "不是冻结的权重"),
        ("[" * 100_000, "不是冻结的权重"),
    ],
)
def test_files_that_are_no_vintage(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=problem):
        read_vintage(path)


def test_a_vintage_of_another_tree_is_refused() -> None:
    with pytest.raises(BadRequest, match="对不上"):
        with_vintage(specified(), frozen(False, codes=("g0", "g1", "x")))
