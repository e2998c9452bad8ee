"""The compiled queries: their columns, what they read, and that they do not depend on how data are written down."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.language.compile import compile_formula, compile_missing, compile_rule
from guibiao.language.errors import LanguageError
from guibiao.language.evaluate import evaluate
from guibiao.language.parse import indicator_names, parse
from guibiao.model.errors import MixedBasis
from guibiao.model.indicator import Indicator
from guibiao.model.unit import parse_unit
from tests.language import world
from tests.language.world import observation, year

COLUMNS = (
    "area", "categories", "period_start", "period_end", "measure", "price_basis", "accounting_basis", "value", "low", "high", "known_from",
    "known_precision", "grade", "stage",
)  # fmt: skip
TYPES = {
    "period_start": "date32[day]",
    "period_end": "date32[day]",
    "known_from": "date32[day]",
    "value": "double",
    "low": "double",
    "high": "double",
}


OF_EVERY_SHAPE = (
    *("product", "growth(product)", "sum_over(grid, 'kind')", "chain(rate, base=2020)", "per_capita(sales, persons)"),
    *("month_from_cumulative(sales)", "lag(persons, years=1)", "sales * mean_users"),
)
REPEATED = (
    *("growth(product)", "share(digital, of=product)", "contribution(digital, of=product)", "per_capita(product, persons)"),
    *("product / digital", "index_number(product, base=2019)", "agrees(product, digital)", "product - digital > quantity(3, '亿元')"),
)


def columns_of(query: str) -> dict[str, str]:
    world.run_query("SELECT 1 AS one", ())
    return {field.name: str(field.type) for field in world.connection().execute(query).to_arrow_table().schema}


@pytest.mark.parametrize("text", OF_EVERY_SHAPE)
def test_columns_of_a_formula(text: str) -> None:
    found = columns_of(world.formula(text))
    assert tuple(found) == COLUMNS
    assert found == {name: TYPES.get(name, "string") for name in COLUMNS}


def test_columns_of_a_rule() -> None:
    found = columns_of(world.rule("agrees(product, digital) and product > 0"))
    assert tuple(found) == (*COLUMNS[:7], "left", "right", "verdict")
    assert found["verdict"] == "bool"
    assert found["left"] == found["right"] == "double"


def test_columns_of_missing_keys() -> None:
    found = columns_of(world.missing("share(digital, of=product)"))
    assert tuple(found) == (*COLUMNS[:5], "accounting_basis", "reason", "operand", "left_basis", "right_basis")


def test_price_basis_of_the_result() -> None:
    rows = world.run_query(world.formula("growth(sales)"), (observation("sales", year(2021), 1), observation("sales", year(2022), 2)))
    assert [(row["price_basis"], row["accounting_basis"]) for row in rows] == [("current", "")]


def test_only_the_table_observations_is_read() -> None:
    query = world.formula("share(digital, of=product)")
    assert query.upper().startswith(("SELECT", "WITH"))
    assert query.count('"observations"') == 2
    assert "FLOAT" not in query.upper()


def test_a_result_in_another_unit() -> None:
    rows = world.run_query(compile_formula(parse("sales"), world.INDICATORS, unit="万元"), (observation("sales", year(2021), "1.5"),))
    assert [(row["value"], row["low"], row["high"]) for row in rows] == [(15000.0, 14500.0, 15500.0)]
    with pytest.raises(LanguageError):
        compile_formula(parse("sales > 1"), world.INDICATORS)


@pytest.mark.parametrize("text", ["sales", "at(sales, period=2019) > 1"])
def test_what_is_no_rule(text: str) -> None:
    with pytest.raises(LanguageError):
        compile_rule(parse(text), world.INDICATORS)


@pytest.mark.parametrize("text", ["sales > 1", "at(sales, area='11')", "at(sales, period=2019)"])
def test_what_is_no_formula(text: str) -> None:
    with pytest.raises(LanguageError):
        compile_formula(parse(text), world.INDICATORS)
    with pytest.raises(LanguageError):
        compile_missing(parse(text), world.INDICATORS)


def test_the_same_formula_gives_the_same_text() -> None:
    first, second = (
        compile_formula(parse(text), world.INDICATORS) for text in ("share(digital, of=product)", "share( digital,of = product )")
    )
    assert first == second


def test_an_operand_named_twice_is_read_once() -> None:
    assert world.formula("-sales * 3 / 7 + sales").count('"observations"') == 1


def test_the_engine_is_not_imported_to_check_a_formula() -> None:
    code = (
        "import sys; import guibiao.language.compile, guibiao.language.evaluate, guibiao.language.formulas; "
        "assert not {'ibis', 'duckdb', 'pandas', 'pyarrow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def rescaled(observed: world.Observation, unit: str) -> world.Observation:
    return replace(observed, quantity=observed.quantity.to(parse_unit(unit)))


@pytest.mark.parametrize("text", REPEATED)
@settings(max_examples=4)
@given(
    seed=st.integers(0, 10**9), units=st.tuples(*[st.sampled_from(["元", "万元", "亿元", "万亿元"])] * 2, st.sampled_from(["人", "万人"]))
)
def test_units_in_which_data_are_kept_change_nothing(text: str, seed: int, units: tuple[str, str, str]) -> None:
    """Everything in other units, indicators and data: shares, growth and verdicts stay, in both evaluations."""
    observations = world.random_world(seed, indicator_names(parse(text)))
    chosen = dict(zip(("product", "digital", "persons"), units, strict=True))
    indicators: dict[str, Indicator] = {name: replace(each, unit=chosen.get(name, each.unit)) for name, each in world.INDICATORS.items()}
    others = tuple(rescaled(each, chosen[each.indicator]) for each in observations)
    index, other_index = world.index(observations), world.index(others)
    for area, categories, period, basis in Random(seed).sample(world.keys("product"), 12):
        key = world.key_of(area, categories, period, basis)
        try:
            one = evaluate(parse(text), key, index, world.INDICATORS)
        except MixedBasis:
            with pytest.raises(MixedBasis):
                evaluate(parse(text), key, other_index, indicators)
            continue
        other = evaluate(parse(text), key, other_index, indicators)
        assert one.verdict == other.verdict
        if one.quantity is None or other.quantity is None:
            assert one.quantity is other.quantity
            continue
        for side in ("value", "low", "high"):
            before, after = getattr(one.quantity, side), getattr(other.quantity, side)
            assert (before is None) == (after is None)
            if before is not None:
                assert abs(before - after) <= Decimal("1e-30") * max(1, abs(before))
