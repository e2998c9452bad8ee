"""Keys without a value: exactly those of the driving operand that the evaluation of one key cannot compute, each with a true reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.language.evaluate import evaluate_plan
from guibiao.language.lower import lower
from guibiao.language.outcome import Reason
from guibiao.language.parse import indicator_names, parse
from guibiao.model.errors import MixedBasis
from tests.language import world

DRIVEN = {
    "growth(product)": "product",
    "share(digital, of=product)": "digital",
    "share(sectors, of=total(sectors, 'sector'))": "sectors",
    "contribution(sectors, of=product)": "sectors",
    "per_capita(product, persons)": "product",
    "index_number(product, base=2019)": "product",
    "chain(rate, base=2020)": "rate",
    "lag(product, years=1) / sales": "sales",
    "sales / at(product, area='11')": "sales",
    "sales / at(persons, area='1102', period=2020)": "sales",
    "sum_over(grid, 'kind', parts=2)": "sum_over(grid, 'kind')",
    "average_growth(rate, years=2)": "rate",
    "on_basis(product, 'first') + digital": "on_basis(product, 'first')",
    "month_from_cumulative(sales)": "month_from_cumulative(sales)",
}


def keys_with_figures(text: str, observations: tuple[world.Observation, ...]) -> set[Any]:
    return {world.row_key(row) for row in world.run_query(world.formula(text), observations)}


@pytest.mark.parametrize(("text", "driver"), DRIVEN.items())
@settings(max_examples=2)
@given(seed=st.integers(0, 10**9))
def test_just_the_keys_that_cannot_be_computed(text: str, driver: str, seed: int) -> None:
    observations = world.random_world(seed, indicator_names(parse(text)))
    plan, index = lower(parse(text), world.INDICATORS), world.index(observations)
    listed = {world.row_key(row): row for row in world.run_query(world.missing(text), observations)}
    driving, answered = keys_with_figures(driver, observations), keys_with_figures(text, observations)
    if not any(key.accounting_basis for key in driving):
        answered = {replace(key, accounting_basis="") for key in answered}
    assert set(listed) == driving - answered
    for key, row in listed.items():
        try:
            reasons = {missing.reason for missing in evaluate_plan(plan, key, index).missing}
        except MixedBasis:
            reasons = {Reason.BASIS}
        assert row["reason"] in reasons, (key, row, reasons)
        assert (row["right_basis"] != "") == (row["reason"] == "basis")


def test_both_bases_are_named() -> None:
    observations = (
        world.observation("digital", world.year(2023), 187667000, basis="first"),
        world.observation("product", world.year(2023), "47353.7", basis="revised"),
    )
    (row,) = world.run_query(world.missing("share(digital, of=product)"), observations)
    assert (row["reason"], row["operand"], row["left_basis"], row["right_basis"]) == ("basis", "product", "first", "revised")


def test_bases_of_two_operands_beside_one_that_has_none() -> None:
    observations = (
        world.observation("sales", world.year(2023), 1),
        world.observation("digital", world.year(2023), 2, basis="first"),
        world.observation("product", world.year(2023), 3, basis="revised"),
    )
    (row,) = world.run_query(world.missing("sales * (digital / product)"), observations)
    assert (row["reason"], row["left_basis"], row["right_basis"]) == ("basis", "first", "revised")


def test_an_operand_on_file_nowhere() -> None:
    (row,) = world.run_query(
        world.missing("sales / at(persons, area='1102', period=2020)"), (world.observation("sales", world.year(2020), 1),)
    )
    assert (row["reason"], row["operand"]) == ("absent", 'at(persons, area="1102", period="2020年末")')
