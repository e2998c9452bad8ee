"""A small workspace and the bindings of the tables that the tests bind."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from guibiao.model.basis import AccountingBasis, Grade, Stage
from guibiao.model.indicator import Indicator
from guibiao.model.period import Measure
from guibiao.reference.classification import Category, Classification
from guibiao.reference.definitions import Correction, Facts, Precedence, Selector, Source, TableBinding, Workspace, WorkspaceSettings
from guibiao.reference.report_definitions import ReportDefinition


def classification(name: str, *categories: Category) -> Classification:
    index = {key: each for each in categories for key in (each.code, each.name_zh, *each.aliases)}
    return Classification(name, categories, name, name, index)


def indicator(name: str, unit: str, **more: Any) -> Indicator:
    return Indicator(id=name, name_zh=name, name_en=name, unit=unit, definition_zh=name, **more)


INDICATORS = (
    indicator("gdp", "亿元", price_basis="current", accounting_bases=("first", "census")),
    indicator("listed_companies", "家", measure=Measure.AT_END, dimensions=("listing",)),
    indicator("projects", "个", dimensions=("field",)),
    indicator("project_share", "%", dimensions=("field",)),
    indicator("users", "万户", measure=Measure.AT_END),
    indicator("retail", "亿元", price_basis="current"),
    indicator("passed", "家", dimensions=("path",)),
    indicator("passed_contracts", "份", dimensions=("path",)),
    indicator("firms", "家", measure=Measure.AT_END, dimensions=("scope",)),
    indicator("new_firms", "家", dimensions=("scope",)),
    indicator("growth", "%", formula="growth(gdp)"),
)
CLASSIFICATIONS = (
    classification(
        "areas",
        Category(code="100", name_zh="全国"),
        Category(code="110", name_zh="甲市", aliases=("甲",)),
        Category(code="120", name_zh="乙市", aliases=("乙",)),
    ),
    classification("listing", Category(code="a", name_zh="A股"), Category(code="us", name_zh="中概股")),
)
SOURCES = (
    Source(id="paper", title="白皮书", publisher="市", grade=Grade.B, known_from="2022-01"),
    Source(id="mirror", title="转载", publisher="网", grade=Grade.C, known_from="2023"),
)


def workspace(*tables: TableBinding, corrections: Sequence[Correction] = (), folder: Path = Path(), synthetic: bool = False) -> Workspace:
    settings = WorkspaceSettings(
        id="town", name_zh="甲市", name_en="Town", area="110", country="100", synthetic=synthetic,
        accounting_bases=(AccountingBasis("first", "初步", "first"), AccountingBasis("census", "普查", "census")),
        precedence=(Precedence(valid_from=date(2000, 1, 1), criteria=("stage",)),),
    )  # fmt: skip
    return Workspace(
        folder=folder, settings=settings, classifications={each.id: each for each in CLASSIFICATIONS},
        indicators={each.id: each for each in INDICATORS}, frameworks={}, sources={each.id: each for each in SOURCES},
        tables={each.id: each for each in tables}, rules=(), corrections=tuple(corrections),
        report=ReportDefinition(title_zh="", title_en="", publisher_zh=""), template="", digests={},
    )  # fmt: skip


RETAIL = TableBinding(
    id="retail",
    title="零售额",
    file="retail.csv",
    source="paper",
    rows=(Selector(column="地区", supplies="area"), Selector(column="时间", supplies="period")),
    values={"零售额": Facts(indicator="retail", unit="亿元")},
)
RETAIL_CSV = "地区,时间,零售额\n甲市,2021年,100.5\n乙市,2021年,98\n"

LISTED = TableBinding(
    id="listed",
    title="上市公司",
    file="listed.csv",
    source="paper",
    place="表2",
    head_rows=2,
    rows=(Selector(column="省份", supplies="area", lookup={"外地": "100"}),),
    values={
        "A 股": Facts(categories={"listing": "a"}),
        "中概股": Facts(categories={"listing": "us"}),
        "合计": Facts(),
    },
    defaults=Facts(indicator="listed_companies", period="2021年", stage=Stage.VERIFIED),
)
LISTED_CSV = "省份,总部分布情况,,\n,A 股,中概股,合计\n甲,85,28,113\n外地,4,…,4\n"

VINTAGES = TableBinding(
    id="vintages",
    title="地区生产总值各版",
    file="vintages.csv",
    rows=(
        Selector(column="region", supplies="area"),
        Selector(column="year", supplies="period"),
        Selector(column="indicator", supplies="indicator", lookup={"地区生产总值": "gdp"}, skip=("人口",)),
        Selector(column="unit", supplies="unit"),
        Selector(
            column="vintage",
            supplies="stage",
            lookup={
                "初步核算": Facts(stage=Stage.PRELIMINARY, accounting_basis="first", source="mirror", known_from="2024-03-21"),
                "普查修订": Facts(stage=Stage.CENSUS_REVISED, accounting_basis="census", source="paper", known_from="2025"),
            },
        ),
    ),
    values={"value": Facts()},
)
VINTAGES_CSV = (
    "region,year,indicator,unit,value,vintage,path\n"
    "甲市,2023,地区生产总值,亿元,43760.7,初步核算,a.csv\n"
    "甲市,2023,地区生产总值,万元,473537000,普查修订,b.csv\n"
    "甲市,2023,人口,万人,2185.8,初步核算,b.csv\n"
)

QUARTERS = TableBinding(
    id="quarters",
    title="季度核算",
    file="quarters.csv",
    source="paper",
    delimiter="\t,",
    head_rows=3,
    foot_rows=2,
    values={"1Q 2026": Facts(period="1Q2026"), "4Q 2025": Facts(period="4Q2025"), "3Q 2025": Facts(period="3Q2025")},
    row_facts={
        "Gross Domestic Product, Current Quarter (100 million yuan)": Facts(indicator="retail", measure=Measure.DURING),
        "Gross Domestic Product, Accumulated (100 million yuan)": Facts(indicator="retail", measure=Measure.TO_DATE),
    },
    defaults=Facts(area="100", unit="亿元"),
)
QUARTERS_CSV = (
    "Database：Quarterly \nTime：3Q 2025-1Q 2026 \nIndicators\t,1Q 2026\t,4Q 2025\t,3Q 2025\t,\n"
    "Gross Domestic Product, Current Quarter (100 million yuan) \t,334192.9\t,387911.3\t,354106.2\t,\n"
    "Gross Domestic Product, Accumulated (100 million yuan) \t,334192.9\t,1401879.2\t,1013967.9\t,\n"
    "Value-added of the Primary Industry, Current Quarter (100 million yuan) \t,11940.8\t,35159.7\t,26952.3\t,\n"
    "Note：1. Data are calculated at current prices.\nData Sources：Bureau\n"
)


def written(folder: Path, name: str, content: bytes | str) -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(rows: Sequence[Sequence[Any]], formats: Mapping[str, str] | None = None, merged: Sequence[str] = ()) -> bytes:
    """An .xlsx with these rows on its only sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for cell, code in (formats or {}).items():
        sheet[cell].number_format = code
    for block in merged:
        sheet.merge_cells(block)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
