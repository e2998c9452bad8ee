"""Bounds of a scope with starred industries: by hand, and never beyond the truth."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guibiao.measure.bounded_scale import Link, ScaleSpec, Share, Total, bounded_scale

LINKS = (
    Link("101", "3911", False),
    Link("402", "5292", False),
    Link("506", "52", True),
    Link("508", "86", True),
    Link("303", "8610", True),
)
CONTAINS = {"52": frozenset({"5292"}), "86": frozenset({"8610"})}


def totals(core: float, efficiency: float, *, complete: bool = False) -> tuple[Total, ...]:
    return (
        Total("core", frozenset({"101", "402", "303"}), (core, core), complete),
        Total("efficiency", frozenset({"506", "508"}), (efficiency, efficiency), complete),
    )


def exact(**values: float) -> dict[str, tuple[float, float]]:
    return {name.removeprefix("i"): (value, value) for name, value in values.items()}


def test_everything_known_gives_a_point_with_the_overlap_taken_out_once() -> None:
    spec = ScaleSpec(LINKS, totals(1000, 1000), CONTAINS)
    added = exact(i3911=100.0, i5292=40.0, i52=140.0, i86=60.0, i8610=10.0)
    shares = {"52": Share(0.5, 0.0), "86": Share(0.2, 0.0), "8610": Share(1.0, 0.0)}
    result = bounded_scale(spec, added, shares)
    by_hand = 100 + 40 + 0.5 * (140 - 40) + 1.0 * 10 + 0.2 * (60 - 10)
    assert result.central == pytest.approx(by_hand, rel=1e-12)
    assert result.bounds == (pytest.approx(by_hand), pytest.approx(by_hand))
    assert result.nested == {"52": ("5292",), "86": ("8610",)}
    assert (result.without_value_added, result.without_share) == ((), ())


def test_nothing_known_leaves_the_published_totals() -> None:
    result = bounded_scale(ScaleSpec(LINKS, totals(11061.5, 7705.2), CONTAINS), {}, {})
    assert result.bounds == (0.0, pytest.approx(18766.7))
    assert result.central is None
    assert [part.uncapped for part in result.components] == [(0.0, inf), (0.0, inf)]
    assert result.without_share == ("52", "86", "8610")
    assert result.without_value_added == ("101", "303", "402", "506", "508")


def test_a_standard_error_widens_the_bounds_by_196_hundredths_of_it() -> None:
    spec = ScaleSpec((Link("506", "54", True),), (Total("all", frozenset({"506"}), (1000.0, 1000.0)),))
    result = bounded_scale(spec, exact(i54=100.0), {"54": Share(0.4, 0.05)})
    assert result.bounds == (pytest.approx(100 * (0.4 - 1.96 * 0.05)), pytest.approx(100 * (0.4 + 1.96 * 0.05)))
    assert result.central == pytest.approx(40.0)


def test_an_unknown_share_lies_between_none_and_all() -> None:
    spec = ScaleSpec((Link("506", "54", True),), (Total("all", frozenset({"506"}), (1000.0, 1000.0)),))
    assert bounded_scale(spec, exact(i54=100.0), {}).bounds == (0.0, 100.0)


def test_a_complete_total_bounds_from_below() -> None:
    assert bounded_scale(ScaleSpec(LINKS, totals(100, 50, complete=True), CONTAINS), {}, {}).bounds == (150.0, 150.0)


def test_a_class_without_an_industry_is_still_inside_its_total() -> None:
    everything = Total("all", frozenset({"506", "205"}), (90.0, 90.0))
    result = bounded_scale(ScaleSpec((Link("506", "54", True),), (everything,), {}, ("205",)), exact(i54=10.0), {})
    assert result.bounds == (0.0, 90.0)
    assert result.components[0].categories == 2
    assert result.without_value_added == ("205",)


def test_without_a_finite_bound_or_in_two_totals_it_refuses() -> None:
    with pytest.raises(ValueError, match="506"):
        bounded_scale(ScaleSpec((Link("506", "54", True),), ()), {}, {})
    twice = (Total("a", frozenset({"506"}), (1.0, 1.0)), Total("b", frozenset({"506"}), (1.0, 1.0)))
    with pytest.raises(ValueError, match="506"):
        bounded_scale(ScaleSpec((Link("506", "54", True),), twice), {}, {})


@given(
    st.lists(st.floats(0, 100), min_size=5, max_size=5), st.lists(st.floats(0, 1), min_size=3, max_size=3),
    st.sets(st.sampled_from(["3911", "5292", "52", "86", "8610"])), st.sets(st.sampled_from(["52", "86", "8610"])), st.floats(0, 50),
)  # fmt: skip
def test_the_truth_lies_within_the_bounds_whatever_is_known(
    own: list[float], alphas: list[float], known: set[str], estimated: set[str], others: float
) -> None:
    assume(sum(own) > 0)
    truth = {"3911": own[0], "5292": own[1], "52": own[1] + own[2], "8610": own[3], "86": own[3] + own[4]}
    alpha = dict(zip(("52", "86", "8610"), alphas, strict=True))
    core = own[0] + own[1] + alpha["8610"] * own[3]
    inner = alpha["8610"] * own[3]
    efficiency = alpha["52"] * own[2] + alpha["86"] * (truth["86"] - inner)
    spec = ScaleSpec(LINKS, totals(core + others, efficiency + others), CONTAINS)
    shares = {name: Share(alpha[name], 0.0) for name in estimated}
    low, high = bounded_scale(spec, {name: (truth[name], truth[name]) for name in known}, shares).bounds
    assert low <= core + efficiency + 1e-9
    assert core + efficiency <= high + 1e-9
