"""A made-up province with made-up figures, and pictures measured: what chart tests share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from guibiao.model.basis import AccountingBasis, Grade
from guibiao.model.indicator import Indicator, Nature
from guibiao.model.period import Measure, parse_period
from guibiao.model.quantity import parse_quantity
from guibiao.model.unit import parse_unit
from guibiao.publish.charts.chart import Chart, Spec
from guibiao.publish.charts.layout import text_width
from guibiao.publish.charts.specify import specify
from guibiao.publish.figures import Figure, Figures
from guibiao.reference.classification import Category, Classification
from guibiao.reference.definitions import Source, Workspace, WorkspaceSettings
from guibiao.reference.report_definitions import ChartDefinition, ReportDefinition, SeriesDefinition

CITY = "10"
DISTRICTS = ("11", "12", "13", "14", "15")
AREAS = (
    Category(code="0", name_zh="云国", name_en="Cloudland"),
    Category(code="10", name_zh="青石市", name_en="Bluestone", parent="0"),
    Category(code="20", name_zh="白沙市", name_en="Whitesand", parent="0"),
    Category(code="30", name_zh="红叶市", name_en="Redleaf", parent="0"),
    Category(code="11", name_zh="东区", name_en="East", parent="10", row=2, column=3),
    Category(code="12", name_zh="西区", name_en="West", parent="10", row=2, column=1),
    Category(code="13", name_zh="南区", name_en="South", parent="10", row=3, column=2),
    Category(code="14", name_zh="北区", name_en="North", parent="10", row=1, column=2),
    Category(code="15", name_zh="青石高新技术开发区", name_en="High-Tech Zone", parent="10", aliases=("高新区",), row=3, column=3),
)
SECTORS = (
    Category(code="p", name_zh="第一产业", name_en="Primary"),
    Category(code="s", name_zh="第二产业", name_en="Secondary"),
    Category(code="t", name_zh="第三产业", name_en="Tertiary"),
)
INDICATORS = (
    Indicator(id="output", name_zh="产出", name_en="Output", unit="亿元", definition_zh="", gap_office="某局", gap_due="2030年"),
    Indicator(id="part", name_zh="部分", name_en="Part", unit="亿元", definition_zh=""),
    Indicator(id="growth", name_zh="增速", name_en="Growth", unit="%", definition_zh="", nature=Nature.GROWTH),
    Indicator(id="users", name_zh="用户数", name_en="Users", unit="万户", definition_zh="", measure=Measure.AT_END),
)
SOURCES = (
    Source(id="yearbook", title="云国年鉴", publisher="云国统计局", grade=Grade.B, known_from="2024"),
    Source(id="bulletin", title="青石公报", publisher="青石统计局", grade=Grade.A, known_from="2024"),
)
BASES = (AccountingBasis("old", "旧口径", "old basis"), AccountingBasis("new", "新口径", "new basis"))
UNITS = {indicator.id: indicator.unit for indicator in INDICATORS}
MEASURES = {indicator.id: indicator.measure for indicator in INDICATORS}


def row(indicator: str, area: str, period: str | int, printed: str, **facts: Any) -> dict[str, Any]:
    """An observation as the store gives it, from the figure as printed; `facts` replace single columns."""
    span = parse_period(str(period), measure=MEASURES[indicator])
    quantity = parse_quantity(printed, parse_unit(facts.pop("unit", UNITS[indicator])))
    columns: dict[str, Any] = {
        "indicator": indicator, "area": area, "categories": "", "period_start": span.start, "period_end": span.end,
        "measure": span.measure.value, "value": quantity.value, "low": quantity.low, "high": quantity.high,
        "qualifier": quantity.qualifier.value, "printed": printed, "unit": quantity.unit.symbol, "decimals": quantity.decimals,
        "price_basis": "none", "comparison_basis": "none", "accounting_basis": "", "stage": "verified", "method": "surveyed", "status": "A",
        "known_from": date(2024, 1, 1), "known_precision": "day", "source": "yearbook", "grade": "B", "locator": "", "statement": "",
        "alternatives": 0,
    }  # fmt: skip
    return {**columns, **facts}


def workspace(areas: Sequence[Category] = AREAS) -> Workspace:
    """The made-up province's definitions."""
    settings = WorkspaceSettings(id="bluestone", name_zh="青石市", name_en="Bluestone", area=CITY, precedence=(), accounting_bases=BASES)
    report = ReportDefinition(title_zh="", title_en="", publisher_zh="")
    classifications = {"areas": Classification("areas", tuple(areas)), "sector": Classification("sector", SECTORS)}
    return Workspace(
        Path(), settings, classifications, {each.id: each for each in INDICATORS}, {}, {each.id: each for each in SOURCES}, {}, (), (),
        report, "", {},
    )  # fmt: skip


def passport_of(figure: Figure) -> str:
    """A passport id that shows what it belongs to."""
    return "p-" + re.sub(r"\W+", "-", f"{figure.indicator}-{figure.area}-{figure.categories}-{figure.period.end}-{figure.accounting_basis}")


def draw(
    kind: str,
    rows: Iterable[Mapping[str, Any]],
    *series: SeriesDefinition,
    language: str = "zh",
    areas: Sequence[Category] = AREAS,
    **fields: Any,
) -> Chart:
    """The chart of a kind over some observations; without series, the output of the own area."""
    every = list(rows)
    figures = Figures(
        workspace(areas), every, [{**each, "alternatives": -1, "statement": f"s{number}"} for number, each in enumerate(every)]
    )
    chosen = series or (SeriesDefinition(indicator="output"),)
    definition = ChartDefinition(id="chart", kind=kind, title_zh="试图", title_en="Trial", series=chosen, **fields)  # type: ignore[arg-type]
    return specify(definition, figures, language, passport_of)


def spec_of(chart: Chart) -> Spec:
    assert chart.spec is not None, chart.reason
    return chart.spec


def leaves(spec: Spec) -> list[Spec]:
    """All layers that hold marks, in drawing order."""
    found: list[Spec] = []
    for layer in spec.get("layer", []):
        found += leaves(layer) if "layer" in layer else [layer]
    return found


def marks(chart: Chart) -> list[dict[str, Any]]:
    """Rows of data that stand for figures: they link to a passport and describe it."""
    return [each for layer in leaves(spec_of(chart)) for each in layer["data"]["values"] if "description" in each]


def words(chart: Chart) -> list[str]:
    """Texts drawn by the chart's own layers (not by its axes)."""
    return [each["text"] for layer in leaves(spec_of(chart)) for each in layer["data"]["values"] if "text" in each]


@dataclass(frozen=True)
class Written:
    """A line of text in a drawing: its words and the rectangle they take."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float

    def overlaps(self, other: Written) -> bool:
        """By more than a hair."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 1 and down > 1


def written(svg: str) -> list[Written]:
    """Every line of text of a drawing with its place; white borders behind texts are not texts."""
    root = ET.fromstring(svg)
    found: list[Written] = []
    _collect(root, 0.0, 0.0, found)
    return found


def _collect(element: ET.Element, x: float, y: float, found: list[Written]) -> None:
    moved = re.match(r"translate\(([-\d.]+),([-\d.]+)\)", element.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    if element.tag.endswith("}text") and element.get("stroke") is None:
        size = float(element.get("font-size", "0px").removesuffix("px"))
        lines = [child for child in element if child.tag.endswith("}tspan")] or [element]
        for number, line in enumerate(lines):
            base = y + sum(float(before.get("dy", "0")) for before in lines[: number + 1])
            width = text_width(line.text or "", size)
            left = x - {"start": 0.0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
            found.append(Written(line.text or "", left, base - size * 0.78, left + width, base + size * 0.1, size))
    for child in element:
        _collect(child, x, y, found)
