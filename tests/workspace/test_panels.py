"""Panels and national series: how much there is, selected facts, and the traps of such data, each known without any other file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest

from guibiao.ingest.steps import TableResult, read_table
from guibiao.model.period import Measure
from guibiao.reference.definitions import Workspace

Records = list[dict[str, str]]
ROWS = {
    "province_year_value_added_by_industry": 279,
    "province_year_gross_domestic_product_per_capita": 31,
    "province_year_internet": 279,
    "province_year_population_by_residence": 279,
    "province_year_enterprise_informatization": 279,
    "province_year_telecommunication_capacity": 279,
    "province_year_employment": 589,
    "province_year_resident_population": 310,
    "province_year_digital_panel": 341,
    "city_year_gross_domestic_product": 864,
    "national_monthly_retail_sales": 91,
    "national_monthly_retail_sales_above_threshold": 797,
    "national_monthly_consumer_prices": 1300,
    "national_monthly_consumer_price_index": 50,
    "national_monthly_industrial_value_added": 4029,
    "national_monthly_freight": 485,
    "national_monthly_retail_sales_2012": 70,
    "national_monthly_retail_sales_2025": 69,
    "national_monthly_industrial_growth_2025": 100,
    "national_monthly_goods_trade": 48,
    "national_quarterly_value_added_by_industry": 396,
    "national_digital_core_industries": 6,
    "world_development_indicators": 14,
}


@pytest.fixture(scope="module")
def read(workspace: Workspace) -> Callable[[str], TableResult]:
    """What a table states, read once."""
    known: dict[str, TableResult] = {}

    def of(name: str) -> TableResult:
        if name not in known:
            known[name] = read_table(workspace, workspace.tables[name])
        return known[name]

    return of


def statements(result: TableResult) -> list[dict[str, object]]:
    return result.statements if isinstance(result.statements, list) else result.statements.to_pylist()


@pytest.mark.parametrize("table", ROWS)
def test_tables_hold_the_rows_they_should_and_every_filled_cell_is_a_statement(
    workspace: Workspace, typed: Callable[[str], Records], read: Callable[[str], TableResult], table: str
) -> None:
    binding, rows = workspace.tables[table], typed(table)
    assert len(rows) == binding.expected_rows == ROWS[table]
    filled = sum(bool(row[column]) for row in rows for column in binding.values)
    assert read(table).counts["statements"] == filled > 0
    assert {finding["rule"] for finding in read(table).findings} <= {"cell_not_stated", "kept_as_text"}
    assert {finding["severity"] for finding in read(table).findings} <= {"info"}


@pytest.mark.parametrize(
    ("table", "labels", "column", "printed"),
    [
        ("province_year_value_added_by_industry", ("北京市", "2024"), "金融业增加值", "8154.2"),
        ("province_year_gross_domestic_product_per_capita", ("北京市", "2025"), "人均地区生产总值", "238705"),
        ("province_year_telecommunication_capacity", ("北京市", "2019"), "固定长途电话交换机容量", "6.7"),
        ("province_year_employment", ("北京市", "2024"), "城镇单位就业人员", "763.6"),
        ("province_year_digital_panel", ("北京市", "2020"), "Telecommunications Business Revenue (100 million yuan)", "3247.63"),
        ("city_year_gross_domestic_product", ("广东省", "深圳市", "2023"), "名义GDP", "34606.4"),
        ("national_monthly_retail_sales", ("2026-04",), "社会消费品零售总额当期值", "37246.5"),
        ("national_monthly_industrial_value_added", ("计算机、通信和其他电子设备制造业", "2026-04"), "同比增长", "15.6"),
        ("national_monthly_freight", ("合计", "2026-04"), "货物周转量累计值", "84490.27"),
        ("national_digital_core_industries", ("数字经济核心产业增加值", "2023"), "数值", "127555"),
        ("world_development_indicators", ("CHN", "2023"), "Individuals using the Internet (% of population)", "77.5"),
    ],
)
def test_selected_facts(typed: Callable[[str], Records], table: str, labels: tuple[str, ...], column: str, printed: str) -> None:
    row = next(row for row in typed(table) if tuple(row.values())[: len(labels)] == labels)
    assert row[column] == printed


def test_mixed_units_are_told_apart(workspace: Workspace) -> None:
    units = {column: facts.unit for column, facts in workspace.tables["province_year_telecommunication_capacity"].values.items()}
    assert units == {
        "移动电话交换机容量": "万户", "长途光缆线路长度": "万公里", "局用交换机容量": "万门", "固定长途电话交换机容量": "万路端"
    }  # fmt: skip
    assert workspace.tables["national_monthly_freight"].values["货运量当期值"].unit == "万吨"


def test_2025_is_partial_and_holds_one_indicator_only(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    late = [
        name
        for name, binding in workspace.tables.items()
        if name.startswith("province_year_") and not binding.text_only and any(row.get("年份") == "2025" for row in typed(name))
    ]
    assert late == ["province_year_gross_domestic_product_per_capita"]


def test_january_and_february_are_one_period_and_never_two(read: Callable[[str], TableResult]) -> None:
    for table in ("national_monthly_retail_sales", "national_monthly_retail_sales_2012"):
        early = [row for row in statements(read(table)) if str(row["period_end"])[5:7] in {"01", "02"}]
        assert early
        assert {row["measure"] for row in early} == {Measure.TO_DATE.value}
        assert {str(row["period_start"])[5:] for row in early} == {"01-01"}


def test_current_month_and_cumulative_are_two_figures_of_one_indicator(read: Callable[[str], TableResult]) -> None:
    found = {
        row["measure"]: row["printed"]
        for row in statements(read("national_monthly_retail_sales"))
        if row["indicator"] == "retail_sales_of_consumer_goods" and str(row["period_end"]) == "2026-04-30"
    }
    assert found == {"during": "37246.5", "to date": "164941.5"}


def test_published_growth_does_not_follow_from_published_levels(typed: Callable[[str], Records]) -> None:
    rows = {row["月份"]: row for row in typed("national_monthly_retail_sales")}
    level, growth = "餐饮收入累计值", "餐饮收入累计增长"
    naive = (Decimal(rows["2020-10"][level]) / Decimal(rows["2019-10"][level]) - 1) * 100
    assert rows["2020-10"][growth] == "-21.0"
    assert naive == pytest.approx(Decimal("-19.859"), abs=Decimal("0.001"))


def test_months_do_not_add_up_to_the_cumulative_figure_after_revisions(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    rows = {row["月份"]: row for row in typed("national_monthly_retail_sales_above_threshold") if row["类别"] == "限上单位消费品零售额"}
    months = [Decimal(rows[f"2025-{month:02}"]["当期值"]) for month in range(3, 13)]
    assert sum(months) + Decimal(rows["2025-02"]["累计值"]) != Decimal(rows["2025-12"]["累计值"])
    assert "time" not in workspace.indicators["retail_sales_above_threshold"].additive_over


def test_a_price_change_of_minus_one_hundred_is_no_figure(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    rows = typed("national_monthly_consumer_prices")
    assert not any(row["同比涨跌幅"].startswith("-100") for row in rows)
    blank = Counter(row["类别"] for row in rows if not row["同比涨跌幅"])
    assert blank == dict.fromkeys(("非食品", "消费品", "服务", "不包括食品和能源"), 36)
    assert "144格" in workspace.tables["national_monthly_consumer_prices"].defaults.note
    assert all(len(row["同比涨跌幅"].partition(".")[2]) == 1 for row in rows if row["同比涨跌幅"])


def test_consumer_prices_are_a_percentage_change_in_one_table_and_an_index_in_the_other(
    workspace: Workspace, typed: Callable[[str], Records]
) -> None:
    index = {row["月份"]: row["居民消费价格指数"] for row in typed("national_monthly_consumer_price_index")}
    change = {row["月份"]: row["同比涨跌幅"] for row in typed("national_monthly_consumer_prices") if row["类别"] == "居民消费价格"}
    shared = index.keys() & change.keys()
    assert len(shared) == 26
    assert all(Decimal(index[month]) - 100 == Decimal(change[month]) for month in shared)
    assert workspace.indicators["consumer_price_index"].unit == "点"
    assert workspace.indicators["consumer_price_change_by_category"].unit == "%"


def test_rates_printed_as_fractions_become_percentages(read: Callable[[str], TableResult]) -> None:
    found = next(
        row
        for row in statements(read("national_monthly_industrial_growth_2025"))
        if str(row["period_end"]) == "2025-11-30" and row["measure"] == "during"
    )
    assert (found["value"], found["unit"], found["printed"]) == (Decimal("4.8"), "%", "0.048比")


def test_the_telecommunication_volume_breaks_in_2021(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    volume = {
        row["年份"]: Decimal(row["Telecommunications Business Revenue (100 million yuan)"])
        for row in typed("province_year_digital_panel")
        if row["地区"] == "北京市"
    }
    assert volume["2021"] < volume["2020"] / 6
    assert [each.date for each in workspace.indicators["telecommunication_business_volume"].breaks] == ["2016-01-01", "2021-01-01"]


def test_the_finance_index_of_a_university_is_not_carried(workspace: Workspace) -> None:
    headings = (workspace.folder / "tables" / "province_year_digital_panel.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "Finance" not in headings
    assert "Integration Index" not in headings


def test_a_compiled_panel_of_low_grade_states_nothing_that_the_office_publishes(workspace: Workspace) -> None:
    official = set[str]()
    for name, binding in workspace.tables.items():
        if name.startswith("province_year_") and name != "province_year_digital_panel":
            official |= binding.indicators()
    assert workspace.tables["province_year_digital_panel"].indicators() & official == {"websites"}


def test_quarters_and_cumulative_quarters_stand_in_one_table(read: Callable[[str], TableResult]) -> None:
    rows = statements(read("national_quarterly_value_added_by_industry"))
    assert Counter(row["measure"] for row in rows) == {"during": 198, "to date": 198}
    others = {row["categories"] for row in rows if "other" in str(row["categories"])}
    assert others == {"accounting_industry=other_seven_sections"}


def test_the_remainder_of_provinces_is_not_the_remainder_of_the_nation(read: Callable[[str], TableResult]) -> None:
    rows = statements(read("province_year_value_added_by_industry"))
    assert "accounting_industry=other_nine_sections" in {row["categories"] for row in rows}
    beijing = [row for row in rows if row["area"] == "110000" and str(row["period_end"]) == "2024-12-31"]
    assert sum(Decimal(str(row["value"])) for row in beijing) == pytest.approx(Decimal("49843.1"), abs=Decimal("0.5"))


def test_core_industries_are_the_sum_of_their_four_parts(typed: Callable[[str], Records]) -> None:
    figures = {row["指标"]: int(row["数值"]) for row in typed("national_digital_core_industries") if row["单位"] == "亿元"}
    total = figures.pop("数字经济核心产业增加值")
    assert len(figures) == 4
    assert sum(figures.values()) == total == 127555


def test_36_cities_of_the_standard_set_and_two_gaps(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    rows = typed("city_year_gross_domestic_product")
    assert len({row["城市"] for row in rows}) == len(workspace.classifications["city"].categories) == 36
    assert [(row["城市"], row["年份"]) for row in rows if not row["名义GDP"]] == [("南昌市", "2023"), ("长沙市", "2023")]


def test_the_world_bank_is_named_with_its_licence(workspace: Workspace) -> None:
    source = workspace.sources["world_development_indicators"]
    assert source.publisher == "World Bank"
    assert source.terms.startswith("CC BY 4.0")


def test_two_downloads_state_one_population(workspace: Workspace, read: Callable[[str], TableResult]) -> None:
    later = {(row["area"], row["period_end"]): row["value"] for row in statements(read("province_year_digital_economy"))
             if row["indicator"] == "resident_population"}  # fmt: skip
    earlier = {(row["area"], row["period_end"]): row["value"] for row in statements(read("province_year_resident_population"))}
    assert len(later.keys() & earlier.keys()) == 279
    assert workspace.sources["nbs_provincial_population_2025"].known_from < workspace.sources["nbs_provincial_api_2026"].known_from
