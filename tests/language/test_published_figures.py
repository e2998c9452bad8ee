"""Functions against figures that statistical offices printed: what is recomputed lies in the rounding of what was published.

Sources: National Bureau of Statistics, provincial annual data and monthly retail sales; communiqués of a municipality for 2021-2023.
Tolerances are those of the printed decimals, stated at each test.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from guibiao.language.evaluate import evaluate
from guibiao.language.parse import parse
from guibiao.model.errors import MixedBasis
from guibiao.model.period import Period
from guibiao.model.quantity import Quantity
from tests.language import world
from tests.language.world import Observation, at_end, month, observation, to_date, year


def computed(text: str, period: Period, *observations: Observation, basis: str = "") -> Quantity:
    """Value at area 11, computed both ways and found equal."""
    key = world.key_of("11", "", period, basis)
    quantity = evaluate(parse(text), key, world.index(observations), world.INDICATORS).quantity
    assert quantity is not None
    (found,) = [row for row in world.run_query(world.formula(text), observations) if row["period_end"] == period.end]
    assert found["value"] == pytest.approx(float(quantity.value), rel=1e-12)
    return quantity


def rounded(quantity: Quantity, decimals: int) -> str:
    return quantity.printed(decimals)


def test_share_on_the_basis_it_was_published_on() -> None:
    """18766.7 over 43760.7 is the 42.9 % of the communiqué; over the figure revised by the census it would be 39.6 %."""
    digital = observation("digital", year(2023), 187667000, basis="first")
    first, revised = (
        observation("product", year(2023), value, basis=name) for value, name in (("43760.7", "first"), ("47353.7", "revised"))
    )
    text = "share(digital, of=product)"
    assert rounded(computed(text, year(2023), digital, first, revised, basis="first"), 1) == "42.9%"
    rows = world.run_query(world.formula(text), (digital, first, revised))
    assert [(row["accounting_basis"], round(row["value"], 1)) for row in rows] == [("first", 42.9)]


def test_the_mixed_division_is_refused_with_both_bases_named() -> None:
    observations = (
        observation("digital", year(2023), 187667000, basis="first"),
        observation("product", year(2023), "47353.7", basis="revised"),
    )
    with pytest.raises(MixedBasis) as caught:
        evaluate(parse("share(digital, of=product)"), world.key_of("11", "", year(2023)), world.index(observations), world.INDICATORS)
    assert caught.value.description.splitlines() == ["digital：first", "product：revised"]
    assert world.run_query(world.formula("share(digital, of=product)"), observations) == []


@pytest.mark.parametrize(
    ("product", "population_before", "population", "published"),
    [
        ("47353.7", 2184, 2186, 216722), ("49843.1", 2186, 2183, 228167), ("45222.4", 2189, 2184, 206826), ("51404.5", 2475, 2487, 207193),
        ("48594.5", 2489, 2475, 195788), ("37767.0", 2192, 2190, 172373),
    ],
)  # fmt: skip
def test_per_capita_product_of_the_statistical_bureau(product: str, population_before: int, population: int, published: int) -> None:
    """Mean of the populations at the end of this and of the previous year; the published figure lies in the interval of the inputs."""
    found = computed(
        "per_capita(sales, persons)",
        year(2023),
        observation("sales", year(2023), product),
        observation("persons", at_end(2022), population_before),
        observation("persons", at_end(2023), population),
    )
    assert found.unit.symbol == "元/人"
    assert found.low is not None
    assert found.high is not None
    assert found.low <= published <= found.high
    assert abs(found.value - published) < 1


@pytest.mark.parametrize(
    ("level", "rate", "implied"), [("17330.2", "4.4", "16599.8"), ("18766.7", "8.5", "17296.5"), ("5392.7", "19.0", "4531.7")]
)
def test_base_implied_by_published_growth(level: str, rate: str, implied: str) -> None:
    """Printed to one decimal."""
    observations = (observation("sales", year(2023), level), observation("rate", year(2023), rate))
    assert rounded(computed("implied_base(sales, rate)", year(2023), *observations), 1) == f"{implied}亿元"


@pytest.mark.parametrize(("before", "now", "naive"), [("16251.9", "17330.2", "6.6%"), ("17330.2", "18766.7", "8.3%")])
def test_naive_growth_differs_from_the_published_one(before: str, now: str, naive: str) -> None:
    """Published on comparable bases: 4.4 % and 8.5 %. Printed to one decimal."""
    observations = (observation("sales", year(2022), before), observation("sales", year(2023), now))
    assert rounded(computed("growth(sales)", year(2023), *observations), 1) == naive


@pytest.mark.parametrize(
    ("last_month", "before", "now", "published"),
    [(3, "81306.9", "120326.8", "39019.9"), (4, "120326.8", "156025.8", "35699.1"), (5, "156025.8", "195236.9", "39211.0")],
)
def test_month_from_cumulative_retail_sales(last_month: int, before: str, now: str, published: str) -> None:
    """The month as published lies within the rounding of the two cumulative figures, ±0.1."""
    observations = (observation("sales", to_date(2024, last_month - 1), before), observation("sales", to_date(2024, last_month), now))
    found = computed("month_from_cumulative(sales)", month(2024, last_month), *observations)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= Decimal(published) <= found.high
    assert found.high - found.low == Decimal("0.2")


def test_january_and_february_stay_one() -> None:
    observations = (observation("sales", to_date(2025, 2), "83730.6"), observation("sales", to_date(2025, 3), "124671.1"))
    rows = world.run_query(world.formula("month_from_cumulative(sales)"), observations)
    spans = {(str(row["period_start"]), str(row["period_end"]), row["measure"]): row["value"] for row in rows}
    assert spans == {
        ("2025-01-01", "2025-02-28", "during"): 83730.6,
        ("2025-03-01", "2025-03-31", "during"): pytest.approx(40940.5, rel=1e-12),
    }


def test_two_year_average_of_published_growth() -> None:
    """Of 30.1 % and 19.0 % the geometric mean is 24.4 %, the plain mean 24.6 %."""
    observations = (observation("rate", year(2020), "30.1"), observation("rate", year(2021), "19.0"))
    assert rounded(computed("average_growth(rate)", year(2021), *observations), 1) == "24.4%"


def test_chain_of_growth_rates() -> None:
    """100 in 2020; 110 after 10 %, 99 after another -10 %; before the base, 100 / 1.25 = 80."""
    rates = {2020: "25.0", 2021: "10.0", 2022: "-10.0"}
    observations = tuple(observation("rate", year(number), value) for number, value in rates.items())
    rows = world.run_query(world.formula("chain(rate, base=2020)"), observations)
    values = {row["period_end"].year: round(row["value"], 10) for row in rows}
    assert values == {2019: 80.0, 2020: 100.0, 2021: 110.0, 2022: 99.0}


def test_contributions_and_pulls_of_all_parts_add_up() -> None:
    """Two parts of 60 and 40 growing to 75 and 45: whole growth 20 %, pulls 15 and 5 points, contributions 75 and 25 %."""
    observations = (
        observation("product", year(2021), 100), observation("product", year(2022), 120),
        observation("digital", year(2021), 600000), observation("digital", year(2022), 750000),
    )  # fmt: skip
    observations = tuple(
        Observation(**{**{name: getattr(each, name) for name in Observation.__slots__}, "accounting_basis": "first"})
        for each in observations
    )
    assert computed("pull(digital, of=product)", year(2022), *observations, basis="first").printed(6) == "15.000000个百分点"
    assert computed("contribution(digital, of=product)", year(2022), *observations, basis="first").printed(6) == "75.000000%"
    assert computed("growth(product)", year(2022), *observations, basis="first").printed(6) == "20.000000%"


def test_intervals_enclose_what_the_inputs_allow() -> None:
    """43760.7 ± 0.05 and 18766.7 ± 0.05 allow shares between 42.8847 and 42.8850 %."""
    observations = (
        observation("digital", year(2023), 187667000, basis="first"), observation("product", year(2023), "43760.7", basis="first"),
    )  # fmt: skip
    found = computed("share(digital, of=product)", year(2023), *observations, basis="first")
    assert found.low is not None
    assert found.high is not None
    assert found.low == pytest.approx(Decimal("18766.69995") / Decimal("43760.75") * 100)
    assert found.high == pytest.approx(Decimal("18766.70005") / Decimal("43760.65") * 100)
