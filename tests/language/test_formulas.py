"""Formulas of derived indicators against their definitions, and their order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.language.formulas import check_formula, order_formulas
from guibiao.model.basis import ComparisonBasis
from guibiao.model.errors import BadDefinition, BadRequest
from guibiao.model.indicator import Indicator, Nature
from guibiao.model.period import Measure
from tests.language.world import BASES, INDICATORS, define

SHARE = define("s", "%", nature=Nature.SHARE, accounting_bases=BASES, formula="share(digital, of=product)")
GROWTH = define(
    "g",
    "%",
    nature=Nature.GROWTH,
    price_basis="current",
    comparison_basis=ComparisonBasis.NAIVE,
    accounting_bases=BASES,
    formula="growth(product)",
)
DENSITY = define("d", "户/百人", nature=Nature.INTENSITY, measure=Measure.AT_END, formula="convert(stations, '个') / persons")


def test_a_sound_definition_gives_its_type() -> None:
    assert check_formula(SHARE, INDICATORS).unit.symbol == "%"
    assert check_formula(replace(SHARE, price_basis="current"), INDICATORS).nature is Nature.SHARE
    assert check_formula(GROWTH, INDICATORS).comparison_basis is ComparisonBasis.NAIVE


def test_a_unit_only_has_to_be_of_the_kind() -> None:
    per_capita = define("p", "万元/人", price_basis="current", accounting_bases=BASES, formula="per_capita(product, persons)")
    assert check_formula(per_capita, INDICATORS).unit.symbol == "元/人"
    ratio = define("r", "%", nature=Nature.INTENSITY, accounting_bases=BASES, formula="digital / product")
    assert check_formula(ratio, INDICATORS).unit.symbol == ""


@pytest.mark.parametrize("unit", ["", "指数点"])
def test_an_index_is_a_number_or_in_index_points(unit: str) -> None:
    index = define("i", unit, nature=Nature.INDEX, price_basis="current", formula="index_number(sales, base=2019)")
    assert check_formula(index, INDICATORS).unit.symbol == unit


@pytest.mark.parametrize(
    ("definition", "changes", "named"),
    [
        (SHARE, {"unit": "亿元"}, "unit"),
        (SHARE, {"nature": Nature.LEVEL}, "nature"),
        (SHARE, {"price_basis": "constant(2020)"}, "price_basis"),
        (SHARE, {"accounting_bases": ()}, "accounting_bases"),
        (SHARE, {"accounting_bases": ("first",)}, "accounting_bases"),
        (SHARE, {"dimensions": ("sector",)}, "dimensions"),
        (SHARE, {"measure": Measure.AT_END}, "measure"),
        (GROWTH, {"price_basis": "none"}, "price_basis"),
        (GROWTH, {"comparison_basis": ComparisonBasis.COMPARABLE}, "comparison_basis"),
        (DENSITY, {}, "unit"),
        (define("i", "%", nature=Nature.INDEX, price_basis="current", formula="index_number(sales, base=2019)"), {}, "unit"),
    ],
)
def test_a_difference_from_the_definition_is_named(definition: Indicator, changes: dict[str, object], named: str) -> None:
    with pytest.raises(BadDefinition) as caught:
        check_formula(replace(definition, **changes), INDICATORS)  # type: ignore[arg-type]
    assert f"{named}：" in caught.value.description
    assert definition.formula in caught.value.description


def test_all_differences_are_named_at_once() -> None:
    wrong = replace(GROWTH, unit="亿元", nature=Nature.LEVEL, measure=Measure.AT_END)
    with pytest.raises(BadDefinition) as caught:
        check_formula(wrong, INDICATORS)
    assert {line.split("：")[0] for line in caught.value.description.splitlines()} == {"unit", "nature", "measure", "公式"}


@pytest.mark.parametrize("formula", ["product > 1", "at(product, area='11')", "at(product, period=2019)", "quantity(1, '亿元')", "3"])
def test_a_formula_gives_a_number_for_each_area_and_period(formula: str) -> None:
    with pytest.raises(BadRequest):
        check_formula(replace(SHARE, formula=formula), INDICATORS)


def derived(name: str, formula: str) -> Indicator:
    return define(name, "亿元", formula=formula)


def test_order() -> None:
    definitions = {each.id: each for each in (derived("c", "b + a"), derived("b", "a * 2"), derived("a", "x"), define("x", "亿元"))}
    assert order_formulas(definitions) == ("a", "b", "c")
    assert order_formulas({}) == ()


def test_a_circle_is_named() -> None:
    definitions = {each.id: each for each in (derived("a", "lag(b)"), derived("b", "c + 1"), derived("c", "a"), derived("d", "a"))}
    with pytest.raises(BadDefinition) as caught:
        order_formulas(definitions)
    assert "→" in caught.value.title
    assert all(name in caught.value.title for name in "abc")


def test_itself_is_a_circle() -> None:
    with pytest.raises(BadDefinition, match="a → a"):
        order_formulas({"a": derived("a", "a + 1")})


@given(st.permutations(range(8)), st.data())
def test_each_comes_after_what_it_uses(order: list[int], data: st.DataObject) -> None:
    """Formulas drawn along a hidden order have no circle."""
    definitions = {"x": define("x", "亿元")}
    for place, number in enumerate(order):
        used = [f"n{each}" for each in order[:place] if data.draw(st.booleans())]
        definitions[f"n{number}"] = derived(f"n{number}", " + ".join([*used, "x"]))
    found = order_formulas(definitions)
    assert set(found) == {f"n{number}" for number in range(8)}
    for name in found:
        for other in found[found.index(name) :]:
            assert f"{other} " not in f"{definitions[name].formula} "
