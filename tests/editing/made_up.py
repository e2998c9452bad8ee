"""Made-up indicators and figures for tests of the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from guibiao.editing.figures import Figures, Subject, read_figures
from guibiao.editing.rulebook import findings_on
from guibiao.editing.specification import Specifications, specifications_for, specified
from guibiao.model.finding import Finding
from guibiao.model.indicator import Indicator
from guibiao.model.period import Measure, parse_period
from guibiao.model.quantity import parse_quantity
from guibiao.model.unit import parse_unit
from guibiao.reference.classification import Category, Classification

NATION = "0"


def classification(name: str, codes: Mapping[str, str]) -> Classification:
    """Codes with their parents."""
    categories = tuple(Category(code=code, name_zh=code, parent=parent) for code, parent in codes.items())
    return Classification(name, categories, name, name, {each.code: each for each in categories})


AREAS = classification("areas", {NATION: "", **{str(code): NATION for code in range(1, 13)}})
MARKETS = classification("market", {"a": "", "b": "", "c": ""})


def indicator(name: str, unit: str = "亿元", **given: Any) -> Indicator:
    return Indicator(id=name, name_zh=name, name_en=name, unit=unit, definition_zh=name, **given)


def row(indicator: Indicator, printed: str, period: str = "2021年", **given: Any) -> dict[str, Any]:
    """A statement row of a made-up source, its value in the indicator's unit."""
    quantity = parse_quantity(printed, parse_unit(indicator.unit)).to(parse_unit(indicator.unit))
    measure = given.pop("to", indicator.measure)
    span = parse_period(period, measure=measure if measure is not Measure.DURING else None)
    name = "/".join(map(str, (indicator.id, printed, period, *given.values())))
    plain: dict[str, Any] = {
        "statement": name, "indicator": indicator.id, "area": "1", "categories": "", "period_start": span.start, "period_end": span.end,
        "measure": span.measure.value, "value": quantity.value, "low": quantity.low, "high": quantity.high,
        "qualifier": quantity.qualifier.value, "printed": printed, "unit": indicator.unit, "decimals": quantity.decimals,
        "price_basis": indicator.price_basis, "comparison_basis": indicator.comparison_basis.value, "accounting_basis": "",
        "stage": "preliminary", "method": "surveyed", "known_from": date(2022, 3, 1), "source": "report", "dataset": "table",
        "locator": name, "row": abs(hash(name)) % 10**6, "column": 2, "correction": "",
    }  # fmt: skip
    return plain | given


def found(
    about: Indicator,
    rows: Sequence[Mapping[str, Any]],
    *others: Indicator,
    specifications: Specifications | None = None,
    **given: Any,
) -> list[Finding]:
    """Findings on one indicator, every row being the one in use."""
    figures = Figures(read_figures(rows, {each["statement"] for each in rows if not each.get("unused")}))
    indicators = {each.id: each for each in (about, *others)}
    classifications = {"areas": AREAS, "market": MARKETS}
    subject = Subject(about, figures, indicators, classifications, NATION, **given)
    return findings_on(subject, specifications or specifications_for(about.id, specified((), date(2026, 1, 1))))


def rules(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(each.rule, each.severity.value) for each in findings]
