"""Totals against parts: dimensions, areas, time and declared sums."""

from __future__ import annotations

from guibiao.model.finding import Severity
from guibiao.model.indicator import Relation
from guibiao.model.period import Measure
from tests.editing.made_up import NATION, found, indicator, row, rules

FIRMS = indicator("firms", "家", dimensions=("market",), additive_over=("market", "area"))
SALES = indicator("sales", "亿元", additive_over=("area", "time"))


def markets(total: str, *parts: str) -> list[dict[str, object]]:
    named = zip(("_T", "a", "b", "c"), (total, *parts), strict=False)
    return [row(FIRMS, printed, categories=f"market={code}") for code, printed in named]


def test_whole_numbers_of_one_source_must_add_up() -> None:
    assert found(FIRMS, markets("122", "85", "28", "9")) == []
    (finding,) = found(FIRMS, markets("121", "85", "28", "9"))
    assert (finding.rule, finding.severity, finding.claimed, finding.recomputed) == ("total_is_sum", Severity.ERROR, "121家", "122家")
    assert finding.categories == "market=_T"


def test_a_missing_part_is_said_unless_the_others_exceed_the_total() -> None:
    assert rules(found(FIRMS, markets("122", "85", "28"))) == [("total_is_sum", "info")]
    (exceeded,) = found(FIRMS, markets("100", "85", "28"))
    assert exceeded.severity is Severity.ERROR
    assert "还缺 c" in exceeded.message


def test_areas_add_up_only_where_they_are_all_there() -> None:
    whole = row(SALES, "123.6", area=NATION)
    parts = [row(SALES, "10.3", area=str(code)) for code in range(1, 13)]
    assert found(SALES, [whole, *parts]) == []
    wrong = row(SALES, "132.6", area=NATION)
    assert rules(found(SALES, [wrong, *parts])) == [("total_is_sum", "warning")]
    assert rules(found(SALES, [wrong, *parts[:9]])) == [("total_is_sum", "info")]
    assert found(SALES, [wrong, *parts[:3]]) == []


def test_a_year_is_the_sum_of_its_quarters_and_cumulative_of_its_months() -> None:
    quarters = [row(SALES, "10.1", f"2021年{name}季度") for name in "一二三四"]
    assert found(SALES, [row(SALES, "40.5"), *quarters]) == []
    assert rules(found(SALES, [row(SALES, "45.0"), *quarters])) == [("total_is_sum", "warning")]
    months = [row(SALES, "20.0", "2021年1-8月"), row(SALES, "3.0", "2021年9月")]
    assert found(SALES, [row(SALES, "23.0", "2021年1-9月"), *months]) == []
    assert rules(found(SALES, [row(SALES, "25.0", "2021年1-9月"), *months])) == [("total_is_sum", "warning")]


def test_a_cumulative_figure_does_not_fall_unless_goods_come_back() -> None:
    rows = [row(SALES, "20.0", "2021年1-8月"), row(SALES, "19.0", "2021年1-9月"), row(SALES, "19.04", "2021年1-10月")]
    (finding,) = [each for each in found(SALES, rows) if each.rule == "cumulative_falls"]
    assert (finding.severity, finding.period) == (Severity.WARNING, "2021年1-9月")
    returning = indicator("sales", "亿元", additive_over=("area", "time"), returns=True)
    assert [each.severity for each in found(returning, rows) if each.rule == "cumulative_falls"] == [Severity.INFO]
    rounding = [row(SALES, "20.04", "2021年1-8月"), row(SALES, "20.0", "2021年1-9月")]
    assert found(SALES, rounding) == []


def test_indicators_declared_to_add_up() -> None:
    goods, meals = indicator("goods"), indicator("meals")
    retail = indicator("retail", relation=Relation(kind="sum", terms=("goods", "meals")))
    parts = [row(goods, "13733.1"), row(meals, "1134.6")]
    assert found(retail, [row(retail, "14867.7"), *parts], goods, meals) == []
    assert rules(found(retail, [row(retail, "14876.7"), *parts], goods, meals)) == [("indicators_add_up", "warning")]
    assert rules(found(retail, [row(retail, "14867.7"), parts[0]], goods, meals)) == [("indicators_add_up", "info")]


def test_a_term_with_a_dimension_of_its_own_is_taken_over_its_parts() -> None:
    sectors = indicator("sectors", dimensions=("market",))
    product = indicator("product", relation=Relation(kind="sum", terms=("sectors",)))
    parts = [row(sectors, printed, categories=f"market={code}") for code, printed in (("a", "1.0"), ("b", "2.0"), ("c", "3.0"))]
    assert found(product, [row(product, "6.0"), *parts], sectors) == []
    assert rules(found(product, [row(product, "7.0"), *parts], sectors)) == [("indicators_add_up", "warning")]
    later = row(product, "7.0", source="yearbook", stage="verified")
    assert rules(found(product, [later, *parts], sectors)) == [("indicators_add_up", "info")]


def test_stocks_are_not_added_over_time() -> None:
    stock = indicator("stock", "万个", measure=Measure.AT_END, additive_over=("area", "time"))
    rows = [row(stock, "5.0", "2021年末"), row(stock, "4.0", "2021年6月末"), row(stock, "3.0", "2021年3月末")]
    assert found(stock, rows) == []
