"""Typed facts equal the material they were typed from."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from guibiao.reference.definitions import Workspace

Records = list[dict[str, str]]
pytestmark = pytest.mark.needs_shared
SEEDS = {"white_paper_2021": "000", "benchmark_report_2023": "004"}
WIDE = (
    "province_year_gross_domestic_product",
    "province_year_digital_economy",
    "province_year_software",
)


def seed(folder: Path, number: str) -> str:
    return next((folder / "seeds").glob(f"{number}_*.txt")).read_text(encoding="utf-8")


def panel(folder: Path, name: str) -> Records:
    with (folder / "data" / "panels" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def squeezed(text: str) -> str:
    """Without blanks, table bars and rules, so that a row of the typed table can be found in the document."""
    return re.sub(r"<br>|[\s|:：-]+", "", text)


@pytest.mark.parametrize("document", SEEDS)
def test_figures_of_running_text_stand_where_they_are_said_to(shared_folder: Path, typed: Callable[[str], Records], document: str) -> None:
    text = seed(shared_folder, SEEDS[document])
    for row in typed(f"{document}_text"):
        place = re.search(r"第(\d+)—(\d+)字符", row["出处位置"])
        assert place is not None, row
        assert text[int(place[1]) : int(place[2])] == row["数值"], row


@pytest.mark.parametrize("document", SEEDS)
def test_printed_rows_occur_in_the_document(
    workspace: Workspace, shared_folder: Path, typed: Callable[[str], Records], document: str
) -> None:
    text = squeezed(seed(shared_folder, SEEDS[document]))
    tables = [table for table in workspace.tables if table.startswith(f"{document}_table") and not table.endswith("_count")]
    assert len(tables) == {"white_paper_2021": 11, "benchmark_report_2023": 3}[document]
    for table in tables:
        for row in typed(table):
            assert squeezed("".join(row.values())) in text, (table, row)


def test_headline_facts_are_those_supplied(shared_folder: Path, typed: Callable[[str], Records]) -> None:
    supplied = [
        (
            row["region"],
            row["indicator"].removesuffix("_前三季度"),
            f"{row['year']}年{'前三季度' if row['indicator'].endswith('_前三季度') else ''}",
            row["value"],
            row["unit"],
            row["vintage"],
            row["source_url"],
        )
        for row in panel(shared_folder, "beijing_headline_facts.csv")
    ]
    columns = ("地区", "指标", "报告期", "数值", "单位", "阶段", "出处网址")
    assert [tuple(row[column] for column in columns) for row in typed("headline_facts")] == supplied


def test_the_source_of_a_headline_fact_has_its_address(workspace: Workspace) -> None:
    lookup = next(selector.lookup for selector in workspace.tables["headline_facts"].rows if selector.supplies == "source")
    assert len(lookup) == 9
    for address, source in lookup.items():
        assert isinstance(source, str)
        assert workspace.sources[source].url == address.split(" (")[0]


@pytest.mark.parametrize("table", WIDE)
def test_panels_equal_the_supplied_values(workspace: Workspace, shared_folder: Path, typed: Callable[[str], Records], table: str) -> None:
    supplied = {
        (row["region"], row["year"], row["indicator"]): Decimal(row["value"])
        for row in panel(shared_folder, "province_year_nbs_api_long.csv")
        if "2016" <= row["year"] <= "2024"
    }
    columns = workspace.tables[table].values
    found = {(row["地区"], row["年份"], column): Decimal(row[column]) for row in typed(table) for column in columns if row[column]}
    assert found == {key: value for key, value in supplied.items() if key[2] in columns}


def test_units_of_panels_are_those_supplied(workspace: Workspace, shared_folder: Path) -> None:
    units = {row["indicator"]: row["unit"] for row in panel(shared_folder, "province_year_nbs_api_long.csv")}
    for table in WIDE:
        for column, facts in workspace.tables[table].values.items():
            assert facts.unit == units[column], column


def test_vintages_equal_the_supplied_values(shared_folder: Path, typed: Callable[[str], Records]) -> None:
    supplied = {
        (row["region"], row["year"], row["vintage"]): Decimal(row["value"])
        for row in panel(shared_folder, "province_year_nbs_long.csv")
        if row["indicator"] == "地区生产总值"
    }
    found = {
        (row["地区"], row["年份"], row["版本"]): Decimal(row["地区生产总值"]) for row in typed("provincial_gross_domestic_product_vintages")
    }
    assert found == supplied


def test_quarters_equal_the_supplied_values(shared_folder: Path, typed: Callable[[str], Records]) -> None:
    name = "national_quarterly_gdp_by_industry_2021Q4_2026Q1_raw.csv"
    lines = (shared_folder / "data" / "panels" / name).read_text(encoding="utf-8-sig").splitlines()
    quarters = [text.strip() for text in lines[2].split(",")[1:] if text.strip()]
    supplied = {}
    for line in lines[3:]:
        match = re.match(r"(.+), ?(Current Quarter|Accumulated) ?\(100 million yuan\)\s*,(.*)", line)
        if match:
            supplied |= {
                (match[1], match[2], quarter): value.strip() for quarter, value in zip(quarters, match[3].split(","), strict=False)
            }
    for row in typed("national_quarterly_gross_domestic_product"):
        assert supplied[row["指标"], row["累计或当季"], row["原期别"]] == row["数值"]


def test_areas_are_those_of_the_national_standard(workspace: Workspace, shared_folder: Path) -> None:
    folder = shared_folder / "data" / "areas"
    areas = workspace.classifications["areas"]
    with (folder / "gbt2260_china_provinces.csv").open(encoding="utf-8-sig", newline="") as file:
        provinces = {f"{row['code']}0000": row["name"] for row in csv.DictReader(file)}
    with (folder / "gbt2260_beijing_16_districts.csv").open(encoding="utf-8-sig", newline="") as file:
        districts = {row["code"]: row["name"] for row in csv.DictReader(file)}
    typed_names = {category.code: category.name_zh for category in areas.categories if category.parent}
    assert typed_names == provinces | districts
