"""Contribution and pull over every admissible choice of base."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.measure.contribution import ContributionResult, ContributionSpec, contribution_range
from guibiao.measure.levels import Level, distinct
from tests.measure.figures import level

PART = [level(18766.7)]
PART_BASE = [level(17330.2, 2022)]
GROWTH = [level(8.5, indicator="growth")]
WHOLE = [level(43760.7, indicator="whole"), level(47353.7, indicator="whole", basis="new", stage="census-revised")]
WHOLE_BASE = [
    level(41610.9, 2022, indicator="whole"),
    level(41611, 2022, indicator="whole", decimals=0),
    level(41540.9, 2022, indicator="whole", stage="verified"),
    level(45222.4, 2022, indicator="whole", basis="new", stage="census-revised"),
]


def published(*, across_bases: bool) -> ContributionResult:
    return contribution_range(PART, PART_BASE, GROWTH, WHOLE, WHOLE_BASE, ContributionSpec(across_bases))


def test_published_figures_span_64_7_to_69_0_per_cent() -> None:
    result = published(across_bases=True)
    assert [round(choice.value, 1) for choice in result.contributions] == [64.7, 66.2, 66.8, 67.4, 68.4, 69.0]
    low, high = result.contributions[0], result.contributions[-1]
    assert low.value == pytest.approx(100 * (18766.7 - 17330.2) / (43760.7 - 41540.9), rel=1e-12)
    assert high.value == pytest.approx(100 * (18766.7 - 18766.7 / 1.085) / (47353.7 - 45222.4), rel=1e-12)
    assert (low.crossed, high.crossed) == (False, True)
    assert (low.implied, high.part_base) == (None, None)


def test_one_accounting_basis_only_unless_asked() -> None:
    result = published(across_bases=False)
    assert [round(choice.value, 1) for choice in result.contributions] == [64.7, 66.2, 66.8, 68.4]
    assert not any(choice.crossed for choice in result.contributions)


def test_pull_needs_the_earlier_share_and_never_crosses_bases() -> None:
    pulls = published(across_bases=True).pulls
    assert {choice.whole_base.accounting_basis for choice in pulls} == {"old"}
    assert pulls[0].value == pytest.approx(100 * 1436.5 / 41610.9, rel=1e-12)
    assert pulls[-1].value == pytest.approx(100 * (18766.7 - 18766.7 / 1.085) / 41540.9, rel=1e-12)


def test_every_choice_carries_its_rounding_interval() -> None:
    for choice in (*published(across_bases=True).contributions, *published(across_bases=True).pulls):
        assert choice.low is not None
        assert choice.high is not None
        assert choice.low < choice.value < choice.high


def test_a_revised_level_is_not_set_against_a_base_that_was_not() -> None:
    revised = [level(120.0, indicator="whole", stage="verified")]
    bases = [level(100.0, 2022, indicator="whole"), level(104.0, 2022, indicator="whole", stage="verified")]
    result = contribution_range([level(70.0)], [level(60.0, 2022)], [], revised, bases, ContributionSpec())
    assert [choice.value for choice in result.contributions] == [pytest.approx(62.5)]


def test_a_whole_that_may_not_have_changed_gives_no_contribution_and_is_counted() -> None:
    result = contribution_range(
        [level(70.0)],
        [level(60.0, 2022)],
        [],
        [level(100.0, indicator="whole")],
        [level(100.05, 2022, indicator="whole")],
        ContributionSpec(),
    )
    assert result.contributions == ()
    assert result.unbounded == 1
    assert len(result.pulls) == 1


def test_hand_computed_example() -> None:
    result = contribution_range(
        [level(75.0)],
        [level(60.0, 2022)],
        [],
        [level(120.0, indicator="whole")],
        [level(100.0, 2022, indicator="whole")],
        ContributionSpec(),
    )
    assert [choice.value for choice in result.contributions] == [75.0]
    assert [choice.value for choice in result.pulls] == [15.0]


def test_nothing_to_choose_from_gives_nothing() -> None:
    empty = contribution_range(PART, [], [], WHOLE, WHOLE_BASE, ContributionSpec())
    assert empty == ContributionResult((), (), 0)


def test_a_coarser_printing_is_no_level_of_its_own() -> None:
    assert [each.value for each in distinct(WHOLE_BASE[:3])] == [41610.9, 41540.9]


@given(
    st.lists(st.floats(50, 60), min_size=1, max_size=3), st.lists(st.floats(80, 90), min_size=1, max_size=3), st.floats(61, 70),
    st.floats(91, 99),
)  # fmt: skip
def test_pull_over_growth_of_the_whole_is_the_contribution(parts: list[float], wholes: list[float], part: float, whole: float) -> None:
    def bases(values: list[float], name: str) -> list[Level]:
        return [level(value, 2022, indicator=name, decimals=9, name=f"{name}{index}") for index, value in enumerate(values)]

    result = contribution_range(
        [level(part, decimals=9)], bases(parts, "part"), [], [level(whole, indicator="whole", decimals=9)], bases(wholes, "whole"),
        ContributionSpec(),
    )  # fmt: skip
    found = {(choice.part_base, choice.whole_base): choice.value for choice in result.contributions}
    for pull in result.pulls:
        growth = whole / pull.whole_base.value - 1
        assert pull.value / growth == pytest.approx(found[pull.part_base, pull.whole_base], rel=1e-9)
