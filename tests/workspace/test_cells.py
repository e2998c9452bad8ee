"""Every typed cell that states a figure parses as a quantity of its unit, every period as a period."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guibiao.model.period import Measure, parse_period
from guibiao.model.quantity import Qualifier, parse_quantity, quantity_in
from guibiao.model.unit import parse_unit
from guibiao.reference.definitions import Facts, Workspace

Records = list[dict[str, str]]
TEXT_TABLES = (
    "white_paper_2021_text",
    "white_paper_2021_background_text",
    "white_paper_2021_infrastructure_text",
    "white_paper_2021_scene_text",
    "white_paper_2021_supply_text",
    "white_paper_2021_supply_summary_text",
    "white_paper_2021_business_text",
    "article_2021_text",
    "benchmark_report_2023_text",
    "benchmark_report_2023_background_text",
    "benchmark_report_2023_city_text",
)


def test_figures_of_tables_are_quantities(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    for binding in workspace.tables.values():
        own_units = any(selector.supplies == "unit" for selector in binding.rows)
        if not binding.file or binding.text_only or binding.bulk or own_units or binding.id in TEXT_TABLES:
            continue
        first = next(iter(typed(binding.id)[0]))
        for row in typed(binding.id):
            for column, facts in binding.values.items():
                unit = facts.unit or binding.row_facts.get(row[first], Facts()).unit or binding.defaults.unit
                assert unit, (binding.id, column)
                if row[column]:
                    quantity_in(row[column], unit)


def test_figures_of_running_text_are_quantities_of_their_indicator(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    for table in TEXT_TABLES:
        lookup = next(selector.lookup for selector in workspace.tables[table].rows if selector.supplies == "indicator")
        for row in typed(table):
            found = lookup[row["指标"]]
            indicator = workspace.indicators[found if isinstance(found, str) else found.indicator]
            own = parse_unit(indicator.unit)
            unit = own if isinstance(found, str) or not found.unit else parse_unit(found.unit)
            quantity = parse_quantity(row["数值"], unit).to(own)
            assert quantity.unit == own, row
            assert parse_period(row["报告期"], measure=indicator.measure).measure in {indicator.measure, Measure.TO_DATE}, row


def test_headline_figures_are_quantities_of_their_indicator(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    lookup = next(selector.lookup for selector in workspace.tables["headline_facts"].rows if selector.supplies == "indicator")
    for row in typed("headline_facts"):
        found = lookup[row["指标"]]
        own = workspace.indicators[found if isinstance(found, str) else found.indicator].unit
        quantity_in(row["数值"], row["单位"]).to(parse_unit(own))


def test_periods_are_periods(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    for binding in workspace.tables.values():
        for selector in binding.rows:
            if selector.supplies == "period" and binding.file:
                for row in typed(binding.id):
                    found = selector.lookup.get(row[selector.column], row[selector.column])
                    parse_period(found if isinstance(found, str) else found.period)
        for facts in (binding.defaults, *binding.values.values()):
            if facts.period:
                parse_period(facts.period)


@pytest.mark.parametrize(
    ("printed", "qualifier", "low", "unit"),
    [
        ("超两万亿元", Qualifier.OVER, 20000, "亿元"),
        ("超过千亿元", Qualifier.OVER, 1000, "亿元"),
        ("近600家", Qualifier.NEARLY, 550, "家"),
        ("240 余家", Qualifier.OVER, 240, "家"),
        ("约为1063亿元", Qualifier.ABOUT, 1062.5, "亿元"),
    ],
)
def test_worded_figures_keep_their_bounds(
    typed: Callable[[str], Records], printed: str, qualifier: Qualifier, low: float, unit: str
) -> None:
    assert any(row["数值"] == printed for table in TEXT_TABLES for row in typed(table))
    quantity = parse_quantity(printed).to(parse_unit(unit))
    assert quantity.qualifier is qualifier
    assert quantity.low is not None
    assert float(quantity.low) == low


def test_quarter_and_cumulative_are_two_periods(typed: Callable[[str], Records]) -> None:
    rows = {(row["指标"], row["原期别"], row["累计或当季"]): row for row in typed("national_quarterly_gross_domestic_product")}
    during = parse_period(rows["Gross Domestic Product", "1Q 2026", "Current Quarter"]["报告期"])
    to_date = parse_period(rows["Gross Domestic Product", "1Q 2026", "Accumulated"]["报告期"])
    assert (during.start, during.end) == (to_date.start, to_date.end)
    assert (during.measure, to_date.measure) == (Measure.DURING, Measure.TO_DATE)
    for (_indicator, quarter, kind), row in rows.items():
        period = parse_period(row["报告期"])
        assert str(period.year) in quarter
        assert int(quarter[0]) == period.end.month // 3
        assert (period.measure is Measure.TO_DATE) == (kind == "Accumulated")
