"""A small invented city: its definitions, rows of observations, and one binding or a whole template printed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from guibiao.model.basis import AccountingBasis, ComparisonBasis, Grade
from guibiao.model.category import category_key
from guibiao.model.indicator import Indicator, Nature
from guibiao.model.period import Measure, parse_period
from guibiao.model.quantity import Qualifier, parse_quantity
from guibiao.model.unit import parse_unit
from guibiao.publish.document import Heading, Line, Link, Number, Paragraph
from guibiao.publish.figures import Figure, Figures
from guibiao.publish.report import Report, build_document
from guibiao.reference.classification import Category, Classification, Correspondence, CorrespondenceLink, CorrespondenceTitle
from guibiao.reference.definitions import (
    Framework,
    FrameworkDimension,
    FrameworkGroup,
    FrameworkLink,
    Precedence,
    Source,
    Workspace,
    WorkspaceSettings,
)
from guibiao.reference.report_definitions import ChartDefinition, ReportDefinition, TableDefinition

DAY = date(2025, 3, 20)
Row = dict[str, Any]


def indicator(name: str, name_zh: str, unit: str, **facts: Any) -> Indicator:
    return Indicator(id=name, name_zh=name_zh, name_en=name.replace("_", " ").capitalize(), unit=unit, definition_zh=name_zh, **facts)


INDICATORS = (
    indicator("output", "数字产业增加值", "亿元", price_basis="current", accounting_bases=("first", "second")),
    indicator("growth", "数字产业增速", "%", nature=Nature.GROWTH, comparison_basis=ComparisonBasis.COMPARABLE),
    indicator("real_growth", "实际增速", "%", nature=Nature.GROWTH, price_basis="constant(2020)"),
    indicator("share", "占比", "%", nature=Nature.SHARE),
    indicator("share_change", "占比变动", "个百分点"),
    indicator("stations", "基站数", "万个", measure=Measure.AT_END, frequency="monthly"),
    indicator("firms", "企业数", "家", dimensions=("sector",)),
    indicator("retail", "零售额", "亿元", measure=Measure.TO_DATE, frequency="monthly"),
    indicator("index", "物价指数", "", nature=Nature.INDEX),
    indicator("trial_pull", "拉动增长（试算）", "个百分点", nature=Nature.GROWTH),
    indicator("secret", "直播成交额", "亿元", gap_office="商务局", gap_due="2026年1月"),
)
AREAS = (
    Category(code="9", name_zh="全国", name_en="Nation"),
    Category(code="91", name_zh="临江市", name_en="Linjiang", parent="9", aliases=("临江",)),
    Category(code="92", name_zh="望海省", name_en="Wanghai", parent="9"),
    Category(code="93", name_zh="北岭省", name_en="Beiling", parent="9"),
    Category(code="94", name_zh="南原省", name_en="Nanyuan", parent="9"),
    Category(code="911", name_zh="东区", name_en="East", parent="91"),
    Category(code="912", name_zh="西区", name_en="West", parent="91"),
)
SECTORS = (
    Category(code="soft", name_zh="软件业", name_en="Software"),
    Category(code="game", name_zh="游戏业", name_en="Games", parent="soft"),
    Category(code="cloud", name_zh="云服务业", name_en="Cloud", parent="soft"),
)
BASES = (AccountingBasis("first", "普查前口径", "Before the census"), AccountingBasis("second", "普查后口径", "After the census"))
SOURCES = tuple(
    Source(id=name, title=title, publisher="统计局", grade=Grade(grade), known_from="2024-03")
    for name, title, grade in (("yearbook", "统计年鉴", "B"), ("mirror", "网站转载", "C"))
)


def classification(name: str, categories: Sequence[Category]) -> Classification:
    index = {
        key: category for category in reversed(categories) for key in (*category.aliases, category.name_en, category.name_zh, category.code)
    }
    return Classification(name, tuple(categories), name_zh="行业" if name == "sector" else "", name_en="", _index=index)


CORRESPONDENCE = Correspondence(
    CorrespondenceTitle(
        id="sector_industry", name_zh="行业对应表", name_en="Sectors to industries", source="sector", target="industry", file=""
    ),
    (
        CorrespondenceLink(source="game", target="642"),
        CorrespondenceLink(source="game", target="657"),
        CorrespondenceLink(source="cloud", target="654", partial=True),
    ),
)
INDUSTRIES = (
    Category(code="I", name_zh="信息业", name_en="Information", level="门类"),
    Category(code="642", name_zh="互联网信息服务", name_en="Internet information", parent="I", level="中类"),
    Category(code="654", name_zh="运行维护服务", name_en="Operation", parent="I", level="中类"),
    Category(code="657", name_zh="数字内容服务", name_en="Digital content", parent="I", level="中类"),
)
FRAMEWORK = Framework(
    id="core",
    name_zh="核心指标",
    name_en="Core indicators",
    definition_zh="",
    core=True,
    dimensions=(
        FrameworkDimension(
            id="scale",
            name_zh="规模",
            name_en="Scale",
            groups=(
                FrameworkGroup(id="total", name_zh="总量", name_en="Total", indicators=("output", "share")),
                FrameworkGroup(id="trade", name_zh="交易", name_en="Trade", indicators=("secret",)),
            ),
        ),
    ),
    links=(FrameworkLink(indicator="share", framework="core", to="output", relation="related", note_zh="分子"),),
)


def row(name: str, period: str | int, printed: str, *, area: str = "91", sector: str = "", **facts: Any) -> Row:
    """An observation, or a statement where `alternatives` is left out, from its printed text."""
    definition = next(each for each in INDICATORS if each.id == name)
    quantity = parse_quantity(printed, parse_unit(definition.unit) if definition.unit else None)
    unit = parse_unit(definition.unit)
    quantity = quantity.to(unit)
    when = parse_period(str(period), measure=definition.measure)
    return {
        "indicator": name, "area": area, "categories": category_key({"sector": sector} if sector else {}),
        "period_start": when.start, "period_end": when.end, "measure": when.measure.value, "value": float(quantity.value),
        "low": None if quantity.low is None else float(quantity.low), "high": None if quantity.high is None else float(quantity.high),
        "qualifier": quantity.qualifier.value, "printed": printed, "unit": definition.unit, "decimals": quantity.decimals,
        "price_basis": definition.price_basis, "comparison_basis": definition.comparison_basis.value,
        "accounting_basis": "first" if name == "output" else "", "stage": "verified", "method": "surveyed", "status": "A",
        "known_from": date(2024, 3, 1), "known_precision": "month", "source": "yearbook", "grade": "B", "locator": "表1", "statement": "s1",
        "alternatives": 0, **facts,
    }  # fmt: skip


def computed(name: str, period: str | int, value: float, low: float | None, high: float | None, **facts: Any) -> Row:
    """A derived observation."""
    unit = next(each for each in INDICATORS if each.id == name).unit
    bounds = {"value": value, "low": low, "high": high, "qualifier": Qualifier.DERIVED.value, "decimals": 1}
    return row(name, period, f"{value:.1f}", **{**bounds, "method": "derived", "source": "", "statement": "", "unit": unit, **facts})


def history(name: str, figures: Mapping[int, str], **facts: Any) -> list[Row]:
    return [row(name, period, printed, **facts) for period, printed in figures.items()]


ROWS: tuple[Row, ...] = (
    *history("output", {2019: "800.0", 2020: "850.5", 2021: "990.0", 2022: "1050.2", 2023: "1200.7"}),
    *history("growth", {2020: "-1.2", 2021: "9.5", 2022: "4.4", 2023: "8.5"}),
    *history("share", {2021: "40.4", 2022: "41.6", 2023: "42.9"}),
    row("share_change", 2023, "1.3"),
    row("stations", "2022年末", "4.5"),
    row("stations", "2023年末", "超过5"),
    row("firms", 2023, "120", sector="soft"),
    row("firms", 2022, "100", sector="soft"),
    row("firms", 2023, "70", sector="game"),
    row("share", 2023, "30.1", area="9"),
    row("share", 2023, "42.9", area="92"),
    row("share", 2023, "50.0", area="93"),
    row("share", 2023, "12.5", area="94"),
    row("growth", 2023, "5.2", area="9"),
    computed("trial_pull", 2023, 2.4, 2.1, 2.8),
    row("retail", "2023年1-9月", "300.5"),
    row("retail", "2022年1-9月", "310.5"),
)


@dataclass(frozen=True)
class Chart:
    """What the report needs of a chart."""

    title: str = "增速"
    notes: tuple[str, ...] = ()
    source: str = "统计年鉴"
    figures: tuple[str, ...] = ()
    alternative: str = ""
    reason: str = ""
    spec: Any = None


def workspace(
    template: str,
    *,
    names: Sequence[str] = (),
    tables: Sequence[TableDefinition] = (),
    charts: Sequence[ChartDefinition] = (),
    synthetic: bool = False,
) -> Workspace:
    return Workspace(
        folder=Path(),
        settings=WorkspaceSettings(
            id="linjiang", name_zh="临江市", name_en="Linjiang", area="91", country="9", accounting_bases=BASES, synthetic=synthetic,
            precedence=(Precedence(valid_from=date(1990, 1, 1), criteria=("known_from",)),),
        ),
        classifications={
            "areas": classification("areas", AREAS),
            "sector": classification("sector", SECTORS),
            "industry": classification("industry", INDUSTRIES),
        },
        indicators={each.id: each for each in INDICATORS},
        frameworks={"core": FRAMEWORK},
        sources={source.id: source for source in SOURCES},
        tables={},
        rules=(),
        corrections=(),
        report=ReportDefinition(
            title_zh="临江市简报", title_en="Brief", publisher_zh="统计局", names=tuple(names), tables=tuple(tables), charts=tuple(charts)
        ),
        template=template,
        digests={},
        correspondences={"sector_industry": CORRESPONDENCE},
    )  # fmt: skip


def passport_of(figure: Figure) -> str:
    return f"p:{figure.indicator}:{figure.area}:{figure.period.end}:{figure.accounting_basis}"


def report(
    template: str,
    rows: Sequence[Row] = ROWS,
    *,
    statements: Sequence[Row] = (),
    findings: Sequence[Row] = (),
    language: str = "zh",
    drawn: Mapping[str, Chart] | None = None,
    **settings: Any,
) -> Report:
    """The report of a template."""
    city = workspace(template, **settings)
    stated = [{name: value for name, value in each.items() if name != "alternatives"} for each in statements]
    figures = Figures(city, rows, stated)
    return build_document(city, figures, findings, passport_of=passport_of, charts=drawn or {}, as_of=DAY, language=language)


def said(line: Line) -> str:
    return "".join(part.text for part in line)


def printed(template: str, rows: Sequence[Row] = ROWS, **settings: Any) -> str:
    """The text of the first paragraph or heading."""
    block = report(template, rows, **settings).document.blocks[0]
    assert isinstance(block, Paragraph | Heading)
    return said(block.line)


def bound(call: str, rows: Sequence[Row] = ROWS, **settings: Any) -> str:
    """What one binding prints."""
    return printed(f"前文，{{{{ {call} }}}}", rows, **settings).removeprefix("前文，")


def numbers(line: Line) -> list[Number]:
    return [part for part in line if isinstance(part, Number)]


def links(line: Line) -> list[Link]:
    return [part for part in line if isinstance(part, Link)]
