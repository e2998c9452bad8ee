"""The set evaluation (SQL) and the evaluation of one key (Decimal) agree: values, bounds, quality and which keys have a value."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.language.evaluate import evaluate, evaluate_plan
from guibiao.language.lookup import Key
from guibiao.language.lower import lower
from guibiao.language.outcome import Outcome
from guibiao.language.parse import indicator_names, parse
from guibiao.language.plan import Plan
from guibiao.model.errors import BadRequest, MixedBasis
from tests.language import world

RELATIVE = 1e-12
EXAMPLES = 2
FORMULAS = (
    "product",
    "lag(product, years=1)",
    "lag(persons, months=6)",
    "growth(product)",
    "growth(persons, years=1)",
    "growth(total(sectors, 'sector'), years=2)",
    "difference(ratio)",
    "difference(product, years=1) - quantity(5, '万元')",
    "share(digital, of=product)",
    "share(sectors, of=product)",
    "share(sectors, of=total(sectors, 'sector'))",
    "difference(share(digital, of=product))",
    "per_capita(product, persons)",
    "per_mean_stock(grid, stations)",
    "per_capita(sales, persons) / 12",
    "contribution(digital, of=product)",
    "contribution(sectors, of=product, years=2)",
    "pull(sectors, of=product)",
    "average_growth(product)",
    "average_growth(sales, years=3)",
    "average_growth(rate, years=3)",
    "index_number(product, base=2019)",
    "index_number(persons, base=2020)",
    "chain(rate, base=2020)",
    "month_from_cumulative(product)",
    "growth(month_from_cumulative(sales))",
    "product / at(product, area='11')",
    "product / at(product, period=2019)",
    "at(grid, kind='b=c') - total(grid, 'kind')",
    "at(persons, period=2020) / persons",
    "on_basis(product, 'first') + digital",
    "sum_over(sectors, 'sector')",
    "sum_over(grid, 'kind', parts=2)",
    "product / sum_over(product, 'area', within='110')",
    "sales / sum_over(sales, 'area', exclude='11 1102', parts=1)",
    "sum_over(sales, 'time', parts=2)",
    "growth(sum_over(sectors, 'sector'))",
    "sum_over(lag(grid, years=1), 'sector')",
    "lag(product / sales, years=1) - 1",
    "convert(share(digital, of=product), '‰')",
    "abs(growth(sales))",
    "minimum(product, digital, 2 * sales)",
    "maximum(growth(product), growth(sales), 3)",
    "implied_base(sales, rate)",
    "sales * ratio",
    "sales * ratio / mean_users",
    "sales * mean_users",
    "prices / lag(prices, years=1)",
    "-sales * 3 / 7 + sales",
    "ratio - printed_rate",
    "ratio + (ratio - printed_rate)",
    "quantity(100, '%') / ratio",
    "2 / sales",
    "growth(product) - growth(sales)",
    "growth(digital - sales, years=2)",
    "share(lag(grid, years=1), of=grid)",
)
RULES = (
    "product > digital",
    "share(digital, of=product) <= 50",
    "agrees(ratio, share(sales, of=product))",
    "agrees(printed_rate, growth(sales))",
    "agrees(implied_base(sales, rate), lag(sales, years=1))",
    "0 < sales < 3000",
    "not sales == product or sales != 2 * product and product >= 0",
    "agrees(total(sectors, 'sector'), sum_over(sectors, 'sector'))",
    "at(sales, area='11') > at(sales, area='1101')",
    "not (sales / lag(sales, years=1) > 1 and agrees(product / sales, 2)) or growth(product) < 0",
)


@cache
def plan(text: str) -> Plan:
    return lower(parse(text), world.INDICATORS)


def evaluated(text: str, key: Key, index: Any) -> Outcome | None:
    """None where the figures are on file but never on one basis."""
    try:
        return evaluate_plan(plan(text), key, index)
    except MixedBasis:
        return None


def universe(text: str) -> list[Key]:
    """Every key a formula could have a value at."""
    type_ = plan(text).type
    areas = world.AREAS if type_.has_area else ("",)
    bases = type_.accounting_bases or ("",)
    categories = world.category_keys(type_.dimensions)
    return [
        world.key_of(area, category, period, basis)
        for area in areas
        for category in categories
        for period in world.periods(type_.measure)
        for basis in bases
    ]


def close(found: float | None, expected: Decimal | None, size: float) -> bool:
    if found is None or expected is None:
        return found is None and expected is None
    return math.isclose(found, float(expected), rel_tol=RELATIVE, abs_tol=RELATIVE * size)


@pytest.mark.parametrize("text", FORMULAS)
@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 10**9))
def test_values_bounds_and_quality(text: str, seed: int) -> None:
    observations = world.random_world(seed, indicator_names(parse(text)))
    rows = world.run_query(world.formula(text), observations)
    found = {world.row_key(row): row for row in rows}
    assert len(found) == len(rows), "a key has two rows"
    index = world.index(observations)
    for key in dict.fromkeys([*universe(text), *found]):
        outcome = evaluated(text, key, index)
        quantity = outcome and outcome.quantity
        assert (key in found) == (quantity is not None), (key, outcome and outcome.missing)
        if not outcome or not quantity:
            continue
        row, size = found[key], world.largest(outcome)
        for side in ("value", "low", "high"):
            assert close(row[side], getattr(quantity, side), size), (key, side, row[side], getattr(quantity, side))
        for name in ("known_from", "known_precision", "grade", "stage"):
            assert row[name] == getattr(outcome, name), (key, name)


@pytest.mark.parametrize("text", RULES)
@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 10**9))
def test_verdicts(text: str, seed: int) -> None:
    observations = world.random_world(seed, indicator_names(parse(text)))
    found = {world.row_key(row): row for row in world.run_query(world.rule(text), observations)}
    index = world.index(observations)
    for key in dict.fromkeys([*universe(text), *found]):
        outcome = evaluated(text, key, index)
        assert (key in found) == (outcome is not None and outcome.verdict is not None), key
        if outcome is None or outcome.verdict is None:
            continue
        assert found[key]["verdict"] == outcome.verdict, key
        for side in ("left", "right"):
            quantity = getattr(outcome.trace, side)
            assert close(found[key][side], quantity.value, world.largest(outcome)), (key, side)


def test_every_function_is_compared() -> None:
    from guibiao.language.functions import FORMULA_FUNCTIONS

    compared = " ".join((*FORMULAS, *RULES))
    assert not [name for name in FORMULA_FUNCTIONS if f"{name}(" not in compared]


def test_a_key_without_its_basis_names_the_choice() -> None:
    observations = tuple(world.observation("product", world.year(2020), 10, basis=basis) for basis in world.BASES)
    with pytest.raises(BadRequest, match="first、revised"):
        evaluate(parse("product"), world.key_of("11", "", world.year(2020)), world.index(observations), world.INDICATORS)
