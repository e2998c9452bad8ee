"""Diffusion and composite indices by hand, and what always holds of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.assess.composite import Component, CompositeSpec, average_growth, composite_indices, recursion, symmetric_change
from guibiao.assess.diffusion import DiffusionSpec, Member, diffusion_index
from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries

nan = math.nan


def series(values: object, name: str = "x", start: int = 24000, **more: object) -> TimeSeries:
    return TimeSeries(name, Frequency.MONTH, start, tuple(np.asarray(values, dtype=np.float64).tolist()), **more)  # type: ignore[arg-type]


def walk(seed: int, length: int = 60, step: float = 0.01) -> np.ndarray:
    return np.asarray(100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.003, step, length))))


def test_diffusion_by_hand() -> None:
    members = [Member(series([1, 2, 2, 1]), 2), Member(series([5, 5, 6, 7])), Member(series([3, 2, 1, nan]), inverse=True)]
    index = diffusion_index(members)
    assert list(index.values) == pytest.approx([100 * (2 + 0.5 + 1) / 4, 100 * (1 + 1 + 1) / 4, 100 / 3])
    assert (index.rising, index.equal, index.falling, index.missing) == ((2, 2, 1), (1, 1, 0), (0, 0, 1), (0, 0, 1))
    assert index.labels == ("2000-02", "2000-03", "2000-04")


def test_diffusion_needs_enough_weights() -> None:
    index = diffusion_index([Member(series([1, 2, nan, nan]), 3), Member(series([1, 2, 3, 4]))])
    assert index.values[0] == 100
    assert math.isnan(index.values[2])
    assert index.trimmed().values == (100,)


def test_a_level_of_two_months_is_not_compared_with_one() -> None:
    spanned = series([9, nan, 20, 11], spans=((2, 2),))
    assert diffusion_index([Member(spanned)], DiffusionSpec(span=1)).missing == (1, 1, 1)
    assert diffusion_index([Member(spanned, rate=True)]).falling == (0, 0, 1)


@given(st.lists(st.lists(st.one_of(st.just(nan), st.floats(-1e9, 1e9)), min_size=2, max_size=12), min_size=1, max_size=5), st.data())
def test_diffusion_lies_between_0_and_100(columns: list[list[float]], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.floats(1e-3, 1e3), min_size=len(columns), max_size=len(columns)))
    index = diffusion_index([Member(series(values), weight) for values, weight in zip(columns, weights, strict=True)])
    assert all(math.isnan(value) or 0 <= value <= 100 for value in index.values)
    turned = diffusion_index([Member(series(values), weight, inverse=True) for values, weight in zip(columns, weights, strict=True)])
    both = [value + other for value, other in zip(index.values, turned.values, strict=True)]
    assert all(math.isnan(value) or value == pytest.approx(100) for value in both)


@pytest.mark.parametrize(
    "members",
    [[], [Member(series([1, 2]), 0)], [Member(series([1, 2]), nan)], [Member(TimeSeries("x", Frequency.YEAR, 2000, (1.0, 2.0)))]],
)
def test_diffusion_refuses(members: list[Member]) -> None:
    with pytest.raises(BadRequest):
        diffusion_index(members)


def test_symmetric_change_of_up_and_down_cancels() -> None:
    change, plain = symmetric_change(np.array([100.0, 110.0, 100.0]))
    assert not plain
    assert change.tolist() == pytest.approx([200 * 10 / 210, -200 * 10 / 210])
    assert recursion(change).tolist() == pytest.approx([100, 110, 100])
    assert symmetric_change(np.array([1.0, 0.0, 2.0]))[0].tolist() == [-1.0, 2.0]
    assert symmetric_change(np.array([1.0, 3.0]), percentage=True)[0].tolist() == [2.0]


def test_one_group_by_hand() -> None:
    first, second = np.array([100.0, 102, 101, 105, 104] * 6), np.array([2.0, 2.5, 2.0, 1.0, 3.0] * 6)
    found = composite_indices(
        {"coincident": [Component(series(first), 2.0), Component(series(second), 1.0, percentage=True)]},
        CompositeSpec(trend="none", base_year=2000),
    )["coincident"]
    one, two = 200 * np.diff(first) / (first[1:] + first[:-1]), np.diff(second)
    change = (2 * one / np.abs(one).mean() + two / np.abs(two).mean()) / 3
    level = [1.0]
    for each in change:
        level.append(level[-1] * (200 + each) / (200 - each))
    assert found.values == pytest.approx((np.array(level) / np.mean(level[:12]) * 100).tolist(), rel=1e-12)
    assert np.mean(found.values[:12]) == pytest.approx(100)
    assert found.differenced == ("x",)


def test_groups_get_the_amplitude_of_the_coincident_one() -> None:
    groups = {"coincident": [Component(series(walk(1)))], "leading": [Component(series(walk(seed))) for seed in (2, 3, 4)]}
    found = composite_indices(groups, CompositeSpec(trend="none"))
    assert np.abs(found["leading"].changes).mean() == pytest.approx(np.abs(found["coincident"].changes).mean())
    assert found["leading"].amplitude < found["coincident"].amplitude


def test_groups_get_the_trend_of_the_coincident_indicators() -> None:
    target = average_growth(walk(1), 12)
    groups = {"coincident": [Component(series(walk(1)))], "leading": [Component(series(walk(2) * np.exp(-0.02 * np.arange(60))))]}
    found = composite_indices(groups)
    for index in found.values():
        assert average_growth(np.array(index.values), 12) == pytest.approx(target, abs=0.01)
    assert found["leading"].adjustment != pytest.approx(found["coincident"].adjustment)


@given(st.integers(0, 10**6), st.floats(1e-3, 1e6))
def test_the_unit_does_not_matter(seed: int, scale: float) -> None:
    both = [walk(seed), walk(seed + 1)]
    for spec in (CompositeSpec(), CompositeSpec(standardisation="volatility")):
        plain = composite_indices({"coincident": [Component(series(each)) for each in both]}, spec)["coincident"]
        scaled = composite_indices({"coincident": [Component(series(each * scale)) for each in both]}, spec)["coincident"]
        assert scaled.values == pytest.approx(plain.values, rel=1e-9)


@given(st.integers(0, 10**6))
def test_one_series_is_reproduced(seed: int) -> None:
    values = walk(seed)
    spec = CompositeSpec(standardisation="volatility")
    found = composite_indices({"coincident": [Component(series(values))]}, spec)["coincident"]
    assert found.values == pytest.approx((values / values[:12].mean() * 100).tolist(), rel=1e-9)
    own = composite_indices({"coincident": [Component(series(values))]}, CompositeSpec(trend="none"))["coincident"]
    change = 200 * np.diff(values) / (values[1:] + values[:-1])
    assert own.changes == pytest.approx((change / np.abs(change).mean()).tolist(), rel=1e-9)


def test_a_constant_series_never_moves_the_index() -> None:
    found = composite_indices({"coincident": [Component(series([5.0] * 40, "flat"))]})["coincident"]
    assert set(found.values) == {100.0}
    assert found.constant == ("flat",)


def test_negative_values_change_by_differences() -> None:
    values = np.sin(np.arange(60) / 5)
    found = composite_indices({"leading": [Component(series(values, "sine"))]})["leading"]
    assert found.differenced == ("sine",)
    assert np.isfinite(found.values).all()


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        ({}, "没有序列"),
        ({"leading": []}, "没有序列"),
        ({"leading": [Component(series([1.0] * 20))]}, "至少要 25 期"),
        ({"leading": [Component(series([1.0, nan] + [1.0] * 40))]}, "缺 1 期"),
        ({"leading": [Component(series(walk(1))), Component(series(walk(2), start=30000))]}, "没有共同的时期"),
        ({"leading": [Component(series(walk(1)), -1)]}, "权重"),
        ({"leading": [Component(series([1.0] * 250 + [2.0] * 150))]}, "200"),
    ],
)
def test_composite_refuses(groups: dict[str, list[Component]], told: str) -> None:
    with pytest.raises(BadRequest, match=told):
        composite_indices(groups)


def test_a_base_year_outside_is_refused() -> None:
    with pytest.raises(BadRequest, match="1990"):
        composite_indices({"coincident": [Component(series(walk(1)))]}, CompositeSpec(base_year=1990))
