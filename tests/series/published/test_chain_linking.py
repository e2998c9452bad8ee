"""Chain-linked volumes and contributions: the two-product example of the IMF manual, and identities over random components."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries, ordinal_of
from guibiao.reference.series.monthly import ChainSpecification, Overlap
from guibiao.series.published.chain_linking import ChainLinked, chain_link
from guibiao.series.published.growth_contribution import additive_contributions, chained_contributions

NAN = math.nan


def quarterly(year: int, *values: float, name: str = "x") -> TimeSeries:
    return TimeSeries(name, Frequency.QUARTER, ordinal_of(Frequency.QUARTER, year), values)


# Quantities and annual prices of products A and B: IMF, Quarterly National Accounts Manual, chapter on price and volume measures (annual
# and one-quarter overlap); a year's average price stands in each of its quarters. Over the year: by hand.
QUANTITIES = {
    "A": (62.75, 62.75, 62.75, 62.75, 67.4, 69.4, 71.5, 73.7, 76.0, 78.3, 80.6, 83.1),
    "B": (59.0, 59.0, 59.0, 59.0, 57.6, 57.1, 56.5, 55.8, 55.4, 54.8, 54.2, 53.6),
}
ANNUAL_PRICES = {"A": (7.0, 5.5, 4.0), "B": (6.0, 9.0, 11.5)}
PRICES = {name: quarterly(1997, *(price for price in by_year for _quarter in range(4))) for name, by_year in ANNUAL_PRICES.items()}
VALUES = {
    name: quarterly(1997, *(amount * price for amount, price in zip(found, PRICES[name].values, strict=True)), name=name)
    for name, found in QUANTITIES.items()
}


def index(linked: ChainLinked) -> list[float]:
    """1997 = 100."""
    mean = sum(linked.total.values[:4]) / 4
    return [round(100 * value / mean, 2) for value in linked.total.values[4:]]


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [
        (Overlap.ANNUAL, [103.04, 104.43, 105.83, 107.24, 107.26, 108.11, 108.95, 109.93]),
        (Overlap.ONE_PERIOD, [103.04, 104.43, 105.83, 107.24, 108.31, 109.17, 110.02, 111.01]),
        (Overlap.OVER_THE_YEAR, [103.04, 104.43, 105.83, 107.24, 106.23, 107.73, 109.27, 111.01]),
    ],
)
def test_the_example_of_the_manual(overlap: Overlap, expected: list[float]) -> None:
    assert index(chain_link(VALUES, PRICES, ChainSpecification(overlap=overlap))) == pytest.approx(expected, abs=0.0101)


def test_annual_overlap_agrees_with_the_years_and_one_quarter_overlap_does_not() -> None:
    annual = chain_link(VALUES, PRICES, ChainSpecification())
    assert annual.annual_gap == pytest.approx(0.0, abs=1e-12)
    assert sum(annual.total.values[4:8]) / sum(annual.total.values[:4]) == pytest.approx(3336.0 / 3173.0)
    assert sum(annual.total.values[8:]) / sum(annual.total.values[4:8]) == pytest.approx(3711.0 / 3594.0)
    joined = chain_link(VALUES, PRICES, ChainSpecification(overlap=Overlap.ONE_PERIOD))
    assert joined.annual_gap > 0.5


def test_the_reference_year_is_in_its_own_prices() -> None:
    linked = chain_link(VALUES, PRICES, ChainSpecification(reference_year=1998))
    assert sum(linked.total.values[4:8]) == pytest.approx(3594.0)
    assert linked.residual.values[4:8] != pytest.approx((0.0,) * 4)
    # Additive in the reference year's whole and in the year after it, which stands in the prices of the year before.
    assert sum(linked.residual.values[4:8]) == pytest.approx(0.0, abs=1e-9)
    assert linked.residual.values[8:] == pytest.approx((0.0,) * 4, abs=1e-9)
    assert linked.previous_year_prices["A"].values[8] == pytest.approx(76.0 * 5.5)
    assert math.isnan(linked.previous_year_prices["A"].values[3])


positive = st.floats(1.0, 100.0)


@st.composite
def accounts(draw: st.DrawFn) -> tuple[dict[str, TimeSeries], dict[str, TimeSeries]]:
    periods = draw(st.integers(9, 18))
    names = [f"c{at}" for at in range(draw(st.integers(1, 4)))]

    def some() -> TimeSeries:
        return quarterly(2010, *draw(st.lists(positive, min_size=periods, max_size=periods)))

    return {name: some() for name in names}, {name: some() for name in names}


@given(accounts(), st.sampled_from(Overlap), st.sampled_from([2010, 2011]))
@settings(max_examples=40)
def test_one_component_is_deflated_and_many_are_proportional(
    both: tuple[dict[str, TimeSeries], dict[str, TimeSeries]], overlap: Overlap, reference: int
) -> None:
    """A chain of one component is its own constant-price series whatever the overlap; the choice of reference year scales the total."""
    values, prices = both
    linked = chain_link(values, prices, ChainSpecification(overlap=overlap, reference_year=reference))
    first = chain_link(values, prices, ChainSpecification(overlap=overlap))
    ratios = [one / other for one, other in zip(linked.total.values, first.total.values, strict=True)]
    assert ratios == pytest.approx([ratios[0]] * len(ratios), rel=1e-10)
    alone = chain_link({"c0": values["c0"]}, prices, ChainSpecification(overlap=overlap, reference_year=reference))
    assert alone.total.values == pytest.approx(alone.components["c0"].values, rel=1e-9)
    within = slice((reference - 2010) * 4, (reference - 2010) * 4 + 4)
    assert sum(linked.total.values[within]) == pytest.approx(sum(linked.current.values[within]), rel=1e-10)


@given(accounts(), st.integers(1, 4))
@settings(max_examples=40)
def test_exact_contributions_add_to_the_growth(both: tuple[dict[str, TimeSeries], dict[str, TimeSeries]], lag: int) -> None:
    values, prices = both
    linked = chain_link(values, prices, ChainSpecification(reference_year=2010))
    found = chained_contributions(linked.total, linked.components, values, lag)
    known = [at for at, value in enumerate(found.residual.values) if not math.isnan(value)]
    assert {found.residual.year(at) for at in known} == set(range(2011, found.residual.year(len(found.residual) - 1) + 1))
    for at in known:
        assert found.residual.values[at] == pytest.approx(0.0, abs=1e-8 * max(1.0, abs(found.growth.values[at])))


def test_contributions_within_a_year_and_over_its_turn_by_hand() -> None:
    linked = chain_link(VALUES, PRICES, ChainSpecification(reference_year=1997))
    found = chained_contributions(linked.total, linked.components, VALUES, 1)
    labels = found.growth.labels
    # Within 1999 volumes at prices of 1998 add up: 916.6 to 923.85, product A 5.5 x 2.3.
    assert found.contributions["A"].values[labels.index("1999-Q2")] == pytest.approx(100 * 5.5 * 2.3 / 916.6)
    assert found.contributions["B"].values[labels.index("1999-Q2")] == pytest.approx(100 * 9.0 * -0.6 / 916.6)
    # Over the turn of the year (formula 3): K = 3336/3173, I = 916.6/898.5, J = 850.7/793.25.
    step, then = 3336 / 3173, 850.7 / 793.25
    share = 282 * 5.5 / 3594
    product_a = step * share * (76.0 / 70.5 - 1) + 251 * 7 / 3173 * (282 / 251 - 73.7 / 62.75)
    assert found.contributions["A"].values[labels.index("1999-Q1")] == pytest.approx(100 * product_a / then)
    assert found.largest_residual == pytest.approx(0.0, abs=1e-10)


def test_additive_contributions_of_chained_volumes_leave_a_residual() -> None:
    linked = chain_link(VALUES, PRICES, ChainSpecification(reference_year=1997))
    chained = additive_contributions(linked.total, linked.components, 4)
    assert chained.largest_residual > 0.5
    current = additive_contributions(linked.current, VALUES, 4)
    assert current.largest_residual == pytest.approx(0.0, abs=1e-10)
    assert current.growth.values[0] == pytest.approx(100 * (linked.current.values[4] / linked.current.values[0] - 1))


def test_additive_contributions_by_hand() -> None:
    parts = {"a": quarterly(2020, 40.0, 44.0), "b": quarterly(2020, 60.0, 63.0)}
    found = additive_contributions(quarterly(2020, 100.0, 107.5), parts, 1)
    assert found.contributions["a"].values == pytest.approx((4.0,))
    assert found.contributions["b"].values == pytest.approx((3.0,))
    assert found.residual.values == pytest.approx((0.5,))
    assert found.growth.labels == ("2020-Q2",)


def test_no_growth_over_nothing() -> None:
    found = additive_contributions(quarterly(2020, 0.0, 1.0, -1.0, 2.0), {"a": quarterly(2020, 0.0, 1.0, -1.0, 2.0)}, 1)
    assert [math.isnan(value) for value in found.growth.values] == [True, False, True]
    assert additive_contributions(quarterly(2020, 0.0, 1.0), {"a": quarterly(2020, 0.0, 1.0)}, 1).largest_residual is not None


def five(*values: float) -> TimeSeries:
    return quarterly(2020, *values)


@pytest.mark.parametrize(
    ("values", "prices", "message"),
    [
        ({}, {}, "没有分项"),
        ({"a": five(1, 1, 1, 1, 1)}, {}, "没有价格指数"),
        ({"a": five(1, 1, 1, 1)}, {"a": five(1, 1, 1, 1)}, "至少要一个完整的年份"),
        ({"a": five(1, NAN, 1, 1, 1)}, {"a": five(1, 1, 1, 1, 1)}, "有缺数"),
        ({"a": five(1, 1, 1, 1, 1)}, {"a": five(1, 0, 1, 1, 1)}, "不是正数"),
        ({"a": five(1e300, 1, 1, 1, 1)}, {"a": five(1e-300, 1, 1, 1, 1)}, "超出数的范围"),
        ({"a": five(0, 0, 0, 0, 1)}, {"a": five(1, 1, 1, 1, 1)}, "物量为零"),
        ({"a": five(-1, -1, -1, -1, -1)}, {"a": five(1, 1, 1, 1, 1)}, "合计的物量不是正数"),
        ({"a": five(1, 1, 1, 1, 1)}, {"a": TimeSeries("m", Frequency.MONTH, 24240, (1.0,))}, "同一频率"),
        ({"a": TimeSeries("x", Frequency.QUARTER, 8080, (NAN, 1.0, 1, 1, 1), "", ((1, 2),))}, {"a": five(1, 1, 1, 1, 1)}, "合并发布"),
    ],
)
def test_what_cannot_be_chained_is_refused(values: dict[str, TimeSeries], prices: dict[str, TimeSeries], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        chain_link(values, prices, ChainSpecification())


def test_requests_that_cannot_be() -> None:
    with pytest.raises(BadRequest, match="没有完整的参考年 2005"):
        chain_link(VALUES, PRICES, ChainSpecification(reference_year=2005))
    total = quarterly(2020, *([1.0] * 9))
    for lag in (0, 9):
        with pytest.raises(BadRequest, match="间隔期数"):
            additive_contributions(total, {"a": total}, lag)
    with pytest.raises(BadRequest, match="没有分项"):
        additive_contributions(total, {}, 1)
    with pytest.raises(BadRequest, match="一年以内"):
        chained_contributions(total, {"a": total}, {"a": total}, 5)
    with pytest.raises(BadRequest, match="没有现价值"):
        chained_contributions(total, {"a": total}, {}, 1)
    with pytest.raises(BadRequest, match="频率不同"):
        additive_contributions(total, {"a": TimeSeries("m", Frequency.MONTH, 24240, (1.0,))}, 1)
