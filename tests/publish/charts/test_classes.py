"""Classes of a tile map."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from guibiao.publish.charts.classes import natural_limits, roundest

VALUES = st.lists(st.integers(-2000, 2000).map(lambda number: number / 10), min_size=1, max_size=40)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_the_roundest_number_lies_between(low: float, width: float) -> None:
    high = low + width
    assert low < roundest(low, high) <= high + 1e-9 * abs(high)


def test_round_means_few_digits() -> None:
    assert roundest(987.4, 1043.2) == 1000
    assert roundest(12.1, 17.9) == 15
    assert roundest(0.3, 0.9) == 0.5
    assert roundest(-3, 4) == 0


@given(VALUES)
def test_every_natural_class_has_a_figure_and_zero_parts_the_signs(values: list[float]) -> None:
    limits = natural_limits(values)
    assert limits == sorted(set(limits))
    assert len(limits) <= 5
    for low, high in zip([float("-inf"), *limits], [*limits, float("inf")], strict=True):
        assert any(low <= value < high for value in values)
    if min(values) < 0 <= max(values):
        assert 0 in limits


@given(st.lists(st.integers(0, 300).map(float), min_size=2, max_size=9, unique=True))
def test_natural_classes_have_the_least_spread(values: list[float]) -> None:
    values.sort()
    limits = natural_limits(values)
    groups = len(limits) + 1

    def spread(cuts: tuple[int, ...]) -> float:
        parts = [values[begin:end] for begin, end in zip((0, *cuts), (*cuts, len(values)), strict=True)]
        return sum(sum((value - sum(part) / len(part)) ** 2 for value in part) for part in parts)

    chosen = tuple(sum(value < limit for value in values) for limit in limits)
    best = min(spread(cuts) for cuts in combinations(range(1, len(values)), groups - 1))
    assert spread(chosen) <= best + 1e-6 * (1 + best)
