"""Rules on published figures: every key at which a rule of the workspace is false becomes a finding.

Method sheet: docs/methods/0203-rules-on-published-figures.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from guibiao.model.finding import Finding, Severity
from guibiao.model.messages import active_language
from guibiao.model.period import Measure, Period
from guibiao.model.quantity import format_number
from guibiao.reference.classification import Classification
from guibiao.reference.definitions import Rule

SIGNIFICANT = 6


def rule_findings(
    rule: Rule,
    indicator: str,
    false: Iterable[Mapping[str, Any]],
    places: Mapping[tuple[Any, ...], Mapping[str, Any]],
    areas: Classification | None,
) -> tuple[Finding, ...]:
    """Findings of one rule.

    `false` are the rows of its compiled query whose verdict is false: key columns, left and right;
    `places` maps (area, categories, period_start, period_end, measure)
    of `indicator` to the observation the finding is about, for its source and locator.
    """
    language = active_language()
    message, remedy = (rule.message_zh, rule.remedy_zh) if language == "zh" else (rule.message_en, rule.remedy_en or rule.remedy_zh)
    found = []
    for row in false:
        key = tuple(row[name] for name in ("area", "categories", "period_start", "period_end", "measure"))
        place = places.get(key, {})
        period = str(Period(row["period_start"], row["period_end"], Measure(row["measure"])))
        left, right = _shown(row["left"]), _shown(row["right"])
        found.append(
            Finding(
                rule=rule.id,
                severity=Severity(rule.severity),
                message=message.format(left=left, right=right, area=_area_name(areas, row["area"], language), period=period),
                remedy=remedy,
                indicator=indicator,
                area=row["area"],
                categories=row["categories"],
                period=period,
                claimed=left,
                recomputed=right,
                source=place.get("source", ""),
                locator=place.get("locator", ""),
            )
        )
    return tuple(found)


def _shown(value: float | None) -> str:
    return "" if value is None else format_number(Decimal(f"{value:.{SIGNIFICANT}g}"))


def _area_name(areas: Classification | None, code: str, language: str) -> str:
    category = areas.find(code) if areas is not None else None
    if category is None:
        return code
    return category.label(chinese=language == "zh")
