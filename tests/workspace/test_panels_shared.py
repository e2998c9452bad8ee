"""Panels, national series and input-output tables equal the material they were taken from, value for value."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from guibiao.reference.definitions import Workspace

Records = list[dict[str, str]]
pytestmark = pytest.mark.needs_shared
Values = dict[tuple[str, ...], Decimal]
PROVINCES = {
    "province_year_value_added_by_industry": "province_year_nbs_api_long.csv",
    "province_year_internet": "province_year_nbs_api_long.csv",
    "province_year_population_by_residence": "province_year_nbs_api_long.csv",
    "province_year_enterprise_informatization": "province_year_nbs_api_long.csv",
    "province_year_telecommunication_capacity": "province_year_nbs_api_long.csv",
    "province_year_employment": "province_year_nbs_long.csv",
    "province_year_resident_population": "province_year_nbs_long.csv",
}
KINDS = ("当期值", "累计值", "同比增长", "累计增长")
PRINTED = {"食品烟酒", "衣着", "居住", "生活用品及服务", "交通和通信", "教育文化和娱乐", "医疗保健", "其他用品和服务"}
"""Categories of consumer prices that the source prints with 类."""


def panel(folder: Path, name: str, part: str = "panels") -> Records:
    with (folder / "data" / part / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def filled(rows: Records, labels: tuple[str, ...], columns: tuple[str, ...]) -> Values:
    return {(*(row[label] for label in labels), column): Decimal(row[column]) for row in rows for column in columns if row[column]}


def columns_of(workspace: Workspace, table: str) -> tuple[str, ...]:
    return tuple(workspace.tables[table].values)


@pytest.mark.parametrize("table", PROVINCES)
def test_provincial_panels(workspace: Workspace, shared_folder: Path, typed: Callable[[str], Records], table: str) -> None:
    columns = columns_of(workspace, table)
    supplied = {
        (row["region"], row["year"], row["indicator"]): Decimal(row["value"])
        for row in panel(shared_folder, PROVINCES[table])
        if row["indicator"] in columns
    }
    assert filled(typed(table), ("地区", "年份"), columns) == supplied


def test_every_indicator_of_the_provincial_interface_is_bound_in_its_unit(workspace: Workspace, shared_folder: Path) -> None:
    supplied = {row["indicator"]: row["unit"] for row in panel(shared_folder, "province_year_nbs_api_long.csv")}
    bound = {
        column: facts.unit or binding.defaults.unit
        for binding in workspace.tables.values()
        if binding.source == "nbs_provincial_api_2026"
        for column, facts in binding.values.items()
    }
    assert len(supplied) == 48
    assert bound == supplied


def test_gross_domestic_product_per_capita_of_the_last_year(shared_folder: Path, typed: Callable[[str], Records]) -> None:
    column = "人均地区生产总值"
    supplied = {
        (row["region"], row["year"], column): Decimal(row["value"])
        for row in panel(shared_folder, "province_year_nbs_api_long.csv")
        if row["indicator"] == column and row["year"] == "2025"
    }
    assert filled(typed("province_year_gross_domestic_product_per_capita"), ("地区", "年份"), (column,)) == supplied


def test_monthly_series(workspace: Workspace, shared_folder: Path, typed: Callable[[str], Records]) -> None:
    rows = panel(shared_folder, "national_monthly_nbs_2018_2026_long.csv")
    supplied = {(row["indicator"], row["period"]): Decimal(row["value"]) for row in rows if row["topic"] != "CPI"}
    found: dict[tuple[str, str], Decimal] = {}
    for table in ("national_monthly_retail_sales", "national_monthly_freight"):
        for row in typed(table):
            mode = row.get("运输方式", "").removeprefix("合计")
            found |= {(f"{mode}{column}", row["月份"]): Decimal(row[column]) for column in columns_of(workspace, table) if row[column]}
    for table, label, ending in (
        ("national_monthly_retail_sales_above_threshold", "类别", ""), ("national_monthly_industrial_value_added", "行业", "增加值"),
    ):  # fmt: skip
        for row in typed(table):
            found |= {(f"{row[label]}{ending}{kind}", row["月份"]): Decimal(row[kind]) for kind in KINDS if row.get(kind)}
    assert found == supplied


def test_consumer_prices_without_the_noise_of_subtraction(shared_folder: Path, typed: Callable[[str], Records]) -> None:
    rows = [row for row in panel(shared_folder, "national_monthly_nbs_2018_2026_long.csv") if row["topic"] == "CPI"]
    supplied = {(row["indicator"], row["period"]): Decimal(row["value"]) for row in rows if row["value"] != "-100.0"}
    found = {}
    for row in typed("national_monthly_consumer_prices"):
        if row["同比涨跌幅"]:
            name = f"{row['类别']}类" if row["类别"] in PRINTED else row["类别"].removeprefix("居民消费价格")
            found[f"{name}居民消费价格指数同比涨跌幅", row["月份"]] = Decimal(row["同比涨跌幅"])
    assert found.keys() == supplied.keys()
    assert all(abs(found[key] - supplied[key]) < Decimal("1e-9") for key in found)
    assert len(rows) - len(supplied) == 144


def test_older_monthly_series(workspace: Workspace, shared_folder: Path, typed: Callable[[str], Records]) -> None:
    tables = {
        "national_monthly_retail_sales_2012": "liunian", "national_monthly_retail_sales_2025": "chrisxu220",
        "national_monthly_industrial_growth_2025": "chrisxu220", "national_monthly_consumer_price_index": "data-science",
        "national_monthly_goods_trade": "data-science",
    }  # fmt: skip
    rows = panel(shared_folder, "national_monthly_long.csv")
    supplied = {(row["repo"].split("-")[0], row["period"], row["indicator"].strip()): Decimal(row["value"]) for row in rows}
    found: Values = {}
    for table, supplier in tables.items():
        for key, value in filled(typed(table), ("月份",), columns_of(workspace, table)).items():
            found[next(row["repo"] for row in rows if row["repo"].startswith(supplier)).split("-")[0], *key] = value
    assert found == supplied


def test_the_compiled_provincial_panel(workspace: Workspace, shared_folder: Path, typed: Callable[[str], Records]) -> None:
    columns = columns_of(workspace, "province_year_digital_panel")
    rows = panel(shared_folder, "province_digital_economy_22ind_2013_2023_wide.csv")
    assert filled(typed("province_year_digital_panel"), ("地区", "年份"), columns) == filled(rows, ("province", "year"), columns)


def test_cities(shared_folder: Path, typed: Callable[[str], Records]) -> None:
    rows = typed("city_year_gross_domestic_product")
    cities = {row["城市"] for row in rows}
    supplied = [row for row in panel(shared_folder, "city_gdp_296_2000_2023.csv") if row["城市"] in cities]
    labels, columns = ("省份", "城市", "年份"), ("名义GDP", "GDP指数")
    assert filled(rows, labels, columns) == filled(supplied, labels, columns)


def test_world_development_indicators(workspace: Workspace, shared_folder: Path, typed: Callable[[str], Records]) -> None:
    columns, name = columns_of(workspace, "world_development_indicators"), "wdi_CHN_16ind_2010_2024.csv"
    supplied = filled(panel(shared_folder, name), ("country", "year"), columns)
    assert filled(typed("world_development_indicators"), ("country", "year"), columns) == supplied
    assert set(panel(shared_folder, name)[0]) == {"country", "year", *columns}


def test_core_industries(shared_folder: Path, typed: Callable[[str], Records]) -> None:
    supplied = panel(shared_folder, "nbs_core_industry_value_added_2023.csv", "classifications")
    assert [tuple(row.values()) for row in typed("national_digital_core_industries")] == [
        (row["indicator"], row["year"], row["value"], row["unit"]) for row in supplied
    ]


def test_quarters_by_industry(shared_folder: Path, typed: Callable[[str], Records]) -> None:
    name = "national_quarterly_gdp_by_industry_2021Q4_2026Q1_raw.csv"
    lines = (shared_folder / "data" / "panels" / name).read_text(encoding="utf-8-sig").splitlines()
    quarters = [text.strip() for text in lines[2].split(",")[1:] if text.strip()]
    supplied = {}
    for line in lines[3:]:
        head, mark, figures = line.partition("(100 million yuan)")
        if mark:
            values = [text.strip() for text in figures.split(",")[1:]]
            supplied |= {("".join(head.split()), quarter): value for quarter, value in zip(quarters, values, strict=False)}
    found = {}
    for table in ("national_quarterly_gross_domestic_product", "national_quarterly_value_added_by_industry"):
        for row in typed(table):
            found["".join(f"{row['指标']},{row['累计或当季']}".split()), row["原期别"]] = row["数值"]
    assert found == supplied


def shortened(text: str) -> Decimal:
    """At most 15 significant digits and 10 decimals: what a double holds, and what a statement keeps."""
    number = Decimal(text)
    whole = max(0, number.adjusted() + 1)
    return number.quantize(Decimal(1).scaleb(-min(10, 15 - whole)))


def matrix(folder: Path, year: str, size: int) -> list[list[str]]:
    with (folder / "data" / "input_output" / f"china_{year}_{size}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("year", ["2017", "2020"])
def test_input_output_tables_by_origin(shared_folder: Path, typed: Callable[[str], Records], year: str) -> None:
    head, *body = matrix(shared_folder, year, 42)
    for part, origin in (("domestic", "Domestic"), ("imported", "Imports"), ("total", "TOT")):
        rows = [row for row in body if row[3] == origin]
        found = typed(f"input_output_{year}_42_{part}")
        assert [row["代码"] for row in found] == [row[0] for row in rows]
        for given, row in zip(rows, found, strict=True):
            for column, text in zip(head[4:], given[4:], strict=True):
                assert (Decimal(row[column]) == shortened(text)) if text else row[column] == "", (part, given[0], column)


@pytest.mark.parametrize(("year", "size"), [("2012", 139), ("2017", 149), ("2018", 153), ("2020", 153)])
def test_large_input_output_tables_are_the_cells_of_the_source_in_its_order(
    workspace: Workspace, shared_folder: Path, year: str, size: int
) -> None:
    import pyarrow.parquet as pq

    head, *body = matrix(shared_folder, year, size)
    supplied = [
        (f"{size}-{row[0]}" if row[0].isdigit() else row[0], f"{size}-{column}" if column.isdigit() else column, float(shortened(text)))
        for row in body
        for column, text in zip(head[3:], row[3:], strict=True)
        if text
    ]
    table = pq.read_table(workspace.folder / "tables" / f"input_output_{year}_{size}.parquet", columns=["categories", "value"])
    assert table["value"].to_pylist() == [value for _row, _column, value in supplied]
    for categories, (row, column, _value) in zip(table["categories"].to_pylist(), supplied, strict=True):
        assert f"input_output_user={column}" in categories if column[0].isdigit() else column[0].isalpha(), (row, column)
        assert f"input_output_product={row}" in categories if row[0].isdigit() else row[0].isalpha(), (row, column)
