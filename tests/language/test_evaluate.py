"""The evaluation of one key: its trace, why there is no value, and what the result inherits from its inputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from guibiao.language.evaluate import evaluate
from guibiao.language.lookup import Key
from guibiao.language.outcome import Outcome, Reason
from guibiao.language.parse import parse
from guibiao.model.errors import BadRequest, MixedBasis
from guibiao.model.period import Measure, Period
from tests.language import world
from tests.language.world import Observation, at_end, observation, to_date, year


def outcome(text: str, key: Key, *observations: Observation) -> Outcome:
    return evaluate(parse(text), key, world.index(observations), world.INDICATORS)


YEAR = year(2022)


def key(period: Period = YEAR, categories: str = "", basis: str = "") -> Key:
    return world.key_of("11", categories, period, basis)


SALES = tuple(observation("sales", year(number), value) for number, value in ((2021, 100), (2022, 110)))


def test_a_trace_holds_every_figure_and_every_step() -> None:
    found = outcome("growth(sales) - quantity(2, '%')", key(), *SALES)
    assert found.quantity is not None
    assert found.quantity.printed() == "8个百分点"
    texts = [step.text for step in found.trace.walk()]
    assert texts == ['growth(sales) - quantity(2, "%")', "growth(sales)", "sales", "lag(sales, years=1)", 'quantity(2, "%")']
    assert found.inputs == (SALES[1], SALES[0])
    lagged = next(step for step in found.trace.walk() if step.text.startswith("lag"))
    assert (lagged.key.period, lagged.observation) == (year(2021), SALES[0])


def test_an_input_used_twice_is_listed_once() -> None:
    assert outcome("sales + sales", key(), *SALES).inputs == (SALES[1],)


def test_what_is_inherited_from_the_inputs() -> None:
    worse = replace(SALES[0], grade="C", stage="preliminary", known_from=date(2024, 3, 21), known_precision="year")
    found = outcome("growth(sales)", key(), worse, SALES[1])
    assert (found.grade, found.stage, found.known_from, found.known_precision) == ("C", "preliminary", date(2024, 3, 21), "year")


def test_an_absent_operand_is_named_with_its_key() -> None:
    found = outcome("growth(sales)", key(), SALES[1])
    assert found.quantity is None
    (missing,) = found.missing
    assert (missing.reason, missing.operand, missing.key.period) == (Reason.ABSENT, "lag(sales, years=1)", year(2021))
    assert str(missing) == "lag(sales, years=1) 缺数（11 2021年）"


def test_all_that_is_missing_is_named() -> None:
    found = outcome("per_capita(sales, persons)", key(), observation("persons", at_end(2022), 5))
    assert [(missing.operand, str(missing.key.period)) for missing in found.missing] == [("sales", "2022年"), ("persons", "2021年末")]


@pytest.mark.parametrize(
    "text",
    [
        "sales / (sales - sales)",
        "growth(sales - sales)",
        "average_growth(-sales + 2 * lag(sales), years=1)",
        "share(sales, of=sales - sales)",
    ],
)
def test_what_is_undefined_has_no_value(text: str) -> None:
    found = outcome(text, key(), replace(SALES[0], quantity=-SALES[0].quantity), SALES[1], observation("sales", year(2020), 30))
    assert {missing.reason for missing in found.missing} == {Reason.UNDEFINED}
    assert "无法计算" in str(found.missing[0])


def test_a_sum_with_too_few_parts() -> None:
    parts = [observation("sectors", year(2022), 1, basis="first", categories=f"sector={code}") for code in ("x", "y")]
    assert outcome("sum_over(sectors, 'sector', parts=2)", key(), *parts).quantity is not None
    found = outcome("sum_over(sectors, 'sector', parts=3)", key(), *parts)
    assert Reason.PARTS in {missing.reason for missing in found.missing}


def test_a_total_is_never_a_part() -> None:
    parts = [observation("sectors", year(2022), 5, basis="first", categories=f"sector={code}") for code in ("x", "y", "_T")]
    found = outcome("sum_over(sectors, 'sector')", key(), *parts).quantity
    assert found is not None
    assert found.value == 10


def test_one_basis_only_is_found_by_itself() -> None:
    found = outcome("product", key(), observation("product", year(2022), 7, basis="revised"))
    assert (found.accounting_basis, found.quantity and found.quantity.value) == ("revised", 7)


def test_two_bases_are_a_choice() -> None:
    both = [observation("product", year(2022), 7, basis=basis) for basis in world.BASES]
    with pytest.raises(BadRequest, match="first、revised"):
        outcome("product", key(), *both)
    assert outcome("product", key(basis="first"), *both).accounting_basis == "first"
    assert outcome("on_basis(product, 'revised')", key(), *both).accounting_basis == "revised"


def test_a_pinned_formula_cannot_be_asked_on_another_basis() -> None:
    with pytest.raises(BadRequest, match="固定在核算口径 first"):
        outcome("on_basis(product, 'first')", key(basis="revised"), observation("product", year(2022), 7, basis="revised"))


def test_growth_across_a_change_of_basis_is_refused() -> None:
    observations = (observation("product", year(2021), 7, basis="first"), observation("product", year(2022), 8, basis="revised"))
    with pytest.raises(MixedBasis) as caught:
        outcome("growth(product)", key(), *observations)
    assert "product：revised" in caught.value.description
    assert "lag(product, years=1)：first" in caught.value.description


def test_a_figure_absent_on_every_basis_is_no_mixture() -> None:
    found = outcome("share(digital, of=product)", key(), observation("digital", year(2022), 7, basis="first"))
    assert {missing.reason for missing in found.missing} == {Reason.ABSENT}


def test_what_has_no_accounting_basis_joins_any() -> None:
    observations = (
        observation("product", year(2022), 20, basis="revised"),
        observation("persons", at_end(2021), 9),
        observation("persons", at_end(2022), 11),
    )
    found = outcome("per_capita(product, persons)", key(), *observations)
    assert found.quantity is not None
    assert (found.accounting_basis, found.quantity.printed(0)) == ("revised", "20000元/人")


def test_another_price_basis_or_unit_is_not_read() -> None:
    observed = observation("sales", year(2022), 5)
    assert outcome("sales", key(), replace(observed, price_basis="constant(2020)")).quantity is None
    assert world.run_query(world.formula("sales"), (replace(observed, price_basis="constant(2020)"),)) == []


def test_a_judgement_keeps_both_sides() -> None:
    found = outcome("0 < sales < 100", key(), *SALES)
    assert found.verdict is False
    assert found.trace.left is not None
    assert found.trace.right is not None
    assert (found.trace.left.value, found.trace.right.value) == (110, 100)


def test_rounding_intervals_that_touch_agree() -> None:
    printed = observation("ratio", year(2022), "40.4")
    part, whole = observation("sales", year(2022), "40.44"), observation("births", year(2022), 1)
    assert outcome("agrees(ratio, convert(sales / quantity(100, '亿元'), '%'))", key(), printed, part, whole).verdict is True
    assert outcome("agrees(ratio, 40.5)", key(), printed).verdict is False
    assert outcome("agrees(ratio, 40.45)", key(), printed).verdict is True


def test_the_key_must_fit_the_formula() -> None:
    with pytest.raises(BadRequest, match="没有给出类目：sector"):
        outcome("sectors", key())
    with pytest.raises(BadRequest, match="时点数"):
        outcome("persons", key())


def test_a_period_without_counterpart_has_no_value() -> None:
    """28 February 2024 is no month end, 28 February 2023 is: they are not one season."""
    days = [Period(day, day, Measure.AT_END) for day in (date(2023, 2, 28), date(2024, 2, 28))]
    observations = tuple(replace(observation("persons", at_end(2022), 5), period=day) for day in days)
    found = outcome("lag(persons, years=1)", key(days[1]), *observations)
    assert [missing.reason for missing in found.missing] == [Reason.ABSENT]
    assert world.run_query(world.formula("growth(persons)"), observations) == []


def test_a_mean_stock_of_zero_divides_nothing() -> None:
    stocks = [observation("persons", at_end(number), 0) for number in (2021, 2022)]
    found = outcome("per_capita(sales, persons)", key(), *SALES, *stocks)
    assert [missing.reason for missing in found.missing] == [Reason.UNDEFINED]
    assert world.run_query(world.formula("per_capita(sales, persons)"), (*SALES, *stocks)) == []


def test_reasons_are_told_in_words() -> None:
    parts = [observation("sectors", year(2022), 1, basis="first", categories=f"sector={code}") for code in ("x", "y")]
    sums = outcome("sum_over(sectors, 'sector', parts=3)", key(basis="first"), *parts)
    assert 'sum_over(sectors, "sector", parts=3) 的分项个数不符（11 2022年）' in [str(missing) for missing in sums.missing]
    (elsewhere,) = outcome("product", key(basis="first"), observation("product", year(2022), 7, basis="revised")).missing
    assert str(elsewhere) == "product 只有其他核算口径的数：revised（11 2022年）"
    assert (sums.known_from, sums.grade) == (date(2024, 3, 21), "A")


def test_cumulative_figures_keep_their_measure() -> None:
    observations = (observation("sales", to_date(2021, 6), 50), observation("sales", to_date(2022, 6), 60), *SALES)
    found = outcome("growth(sales)", key(to_date(2022, 6)), *observations)
    assert found.quantity is not None
    assert found.quantity.value == Decimal(20)


def test_a_code_with_reserved_characters_is_found() -> None:
    observed = observation("sectors", year(2022), 5, basis="first", categories="sector=y%3Bz")
    found = outcome("at(sectors, sector='y;z')", key(), observed)
    assert found.quantity is not None
    assert len(world.run_query(world.formula("at(sectors, sector='y;z')"), (observed,))) == 1
