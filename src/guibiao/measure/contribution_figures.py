"""Contribution ranges of every area and period on file, from the specification in the workspace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from guibiao.measure.contribution import Choice, ContributionResult, ContributionSpec, contribution_range
from guibiao.measure.levels import Level, Measured, provenance_of
from guibiao.measure.outcome import Evidence, Outcome, finding
from guibiao.model.messages import translate as _
from guibiao.model.period import Period
from guibiao.reference.measurement import ContributionRange

YEAR = -12
_Key = tuple[str, str, Period]
_UNITS = {"contribution": "%", "pull": "个百分点"}


def contribution_figures(definition: ContributionRange, evidence: Evidence) -> Outcome:
    """One figure an area, category and period for which the part, the whole and a base of either are published, at one price basis."""
    part, whole = _by_key(evidence.statements(definition.part)), _by_key(evidence.statements(definition.whole))
    growth = _by_key(evidence.of(definition.growth))
    spec = ContributionSpec(across_bases=definition.across_bases)
    figures: list[Measured] = []
    findings: list[Mapping[str, str]] = []
    for key in sorted(part, key=lambda each: (each[0], each[1], each[2])):
        area, categories, period = key
        before = (area, categories, period.shift(YEAR))
        prices = {level.price_basis for level in part[key]}
        wholes, whole_bases = ([level for level in whole.get(each, ()) if level.price_basis in prices] for each in (key, before))
        result = contribution_range(part[key], part.get(before, ()), growth.get(key, ()), wholes, whole_bases, spec)
        figures += _figures(definition, key, result)
        if result.unbounded:
            findings.append(_unbounded(definition, key, result.unbounded))
    return Outcome(tuple(figures), tuple(findings))


def _by_key(levels: Sequence[Level]) -> dict[_Key, list[Level]]:
    found: dict[_Key, list[Level]] = defaultdict(list)
    for level in levels:
        found[level.area, level.categories, level.period].append(level)
    return found


def _figures(definition: ContributionRange, key: _Key, result: ContributionResult) -> Iterator[Measured]:
    for name, choices in (("contribution", result.contributions), ("pull", result.pulls)):
        if not choices:
            continue
        low, high = choices[0], choices[-1]
        basis = "" if definition.across_bases and name == "contribution" else low.part.accounting_basis
        yield Measured(
            name, *key, (low.value + high.value) / 2, low.value, high.value, len(choices) > 1, _UNITS[name], low.part.price_basis,
            basis, provenance_of(level for choice in choices for level in choice.levels),
            trace={
                "measurement": definition.id, "choices": [_told(choice) for choice in choices], "unbounded": result.unbounded
            },
        )  # fmt: skip


def _told(choice: Choice) -> dict[str, Any]:
    named = {
        "part": choice.part, "part_base": choice.part_base, "growth": choice.implied, "whole": choice.whole,
        "whole_base": choice.whole_base,
    }  # fmt: skip
    used = {role: level.identity for role, level in named.items() if level is not None}
    return {"value": choice.value, "low": choice.low, "high": choice.high, "crossed": choice.crossed, "figures": used}


def _unbounded(definition: ContributionRange, key: _Key, count: int) -> dict[str, str]:
    area, categories, period = key
    return finding(
        "contribution_unbounded", "info",
        _("{name}：有 {count} 种取法的总体增量在印出精度内可能为零，未计入范围").format(name=definition.name_zh, count=count),
        _("这一时期的贡献率没有意义，改用拉动。"),
        indicator="contribution", area=area, categories=categories, period=str(period),
    )  # fmt: skip
