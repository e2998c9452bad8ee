"""Bounded scale of a scope for every area and period whose totals are on file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from guibiao.measure.bounded_scale import Interval, Link, ScaleResult, ScaleSpec, Share, Total, bounded_scale
from guibiao.measure.levels import Level, Measured, provenance_of
from guibiao.measure.outcome import Evidence, Outcome, finding
from guibiao.model.category import parse_category_key
from guibiao.model.messages import translate as _
from guibiao.model.period import Period
from guibiao.model.quantity import Qualifier
from guibiao.reference.classification import Classification, Correspondence
from guibiao.reference.measurement import BoundedScale, DigitalShare, Envelope, share_in_force

_PRECISE = {Qualifier.EXACT.value, Qualifier.DERIVED.value}
_Key = tuple[str, Period, str, str]
"""Area, period, price basis, accounting basis: all levels of one bound share them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope with its industries, and every dated digital share on file."""

    classes: tuple[str, ...]
    correspondence: Correspondence
    industries: Classification
    shares: tuple[DigitalShare, ...]


def scope_of(correspondence: Correspondence, source: Classification, target: Classification, shares: Sequence[DigitalShare]) -> Scope:
    """The scope a correspondence maps: classes are the codes of `source` that have none below them."""
    parents = {category.parent for category in source.categories}
    classes = tuple(category.code for category in source.categories if category.code not in parents)
    return Scope(classes, correspondence, target, tuple(shares))


def scale_figures(definition: BoundedScale, unit: str, scope: Scope, evidence: Evidence) -> Outcome:
    """One interval an area, period and basis for which every enclosing total is on file; what is missing to narrow it is a finding.

    Money is in `unit`. A point estimate stands beside the bounds only where nothing is missing.
    """
    totals = {envelope.total: _by_key(evidence.of(envelope.total)) for envelope in definition.envelopes}
    keys = set.intersection(*(set(found) for found in totals.values())) if totals else set()
    dimension = scope.correspondence.title.target
    industries = _industries(evidence.of(definition.industry_value_added), dimension)
    figures, findings = [], []
    for key in sorted(keys, key=lambda each: (each[0], each[1], each[3])):
        spec = _spec(definition, scope, {name: found[key] for name, found in totals.items()})
        mine = industries.get(key, {})
        alphas = _shares(scope, key[0], key[1])
        result = bounded_scale(spec, {code: _bounds(level) for code, level in mine.items()}, alphas)
        used = [*(found[key] for found in totals.values()), *mine.values()]
        figures.append(_figure(definition, unit, key, result, used))
        findings += _missing(definition, key, result)
    return Outcome(tuple(figures), tuple(findings))


def _by_key(levels: Sequence[Level]) -> dict[_Key, Level]:
    return {(level.area, level.period, level.price_basis, level.accounting_basis): level for level in levels if not level.categories}


def _industries(levels: Sequence[Level], dimension: str) -> dict[_Key, dict[str, Level]]:
    found: dict[_Key, dict[str, Level]] = {}
    for level in levels:
        code = parse_category_key(level.categories).get(dimension)
        if code is not None:
            found.setdefault((level.area, level.period, level.price_basis, level.accounting_basis), {})[code] = level
    return found


def _bounds(level: Level) -> Interval:
    """The figure itself where it is printed or computed exactly (its rounding is left out), else what its wording allows."""
    if level.qualifier in _PRECISE:
        return level.value, level.value
    return 0.0 if level.low is None else max(level.low, 0.0), inf if level.high is None else level.high


def _spec(definition: BoundedScale, scope: Scope, totals: Mapping[str, Level]) -> ScaleSpec:
    links = tuple(Link(link.source, link.target, link.partial) for link in scope.correspondence.links)
    linked = {link.category for link in links}
    above = {link.industry: frozenset(scope.industries.ancestors(link.industry)) for link in links}
    return ScaleSpec(
        links=links,
        totals=tuple(_total(envelope, scope, totals[envelope.total]) for envelope in definition.envelopes),
        contains={outer: frozenset(inner for inner, ancestors in above.items() if outer in ancestors) for outer in above},
        unlinked=tuple(code for code in scope.classes if code not in linked),
    )


def _total(envelope: Envelope, scope: Scope, level: Level) -> Total:
    return Total(
        envelope.total, frozenset(code for code in scope.classes if code.startswith(envelope.within)), _bounds(level), envelope.complete
    )


def _shares(scope: Scope, area: str, period: Period) -> dict[str, Share]:
    found = {
        link.target: share_in_force(scope.shares, link.target, area, period.end) for link in scope.correspondence.links if link.partial
    }
    return {code: Share(float(share.share), float(share.standard_error)) for code, share in found.items() if share is not None}


def _figure(definition: BoundedScale, unit: str, key: _Key, result: ScaleResult, used: Sequence[Level]) -> Measured:
    area, period, price_basis, accounting_basis = key
    low, high = result.bounds
    levels = {level.indicator: level.identity for level in used if not level.categories}
    parts = [
        {"total": levels.get(part.name, ""), "classes": part.categories, "low": part.bounds[0], "high": part.bounds[1]}
        for part in result.components
    ]
    trace: dict[str, Any] = {
        "measurement": definition.id, "components": parts, "without_value_added": list(result.without_value_added),
        "without_share": list(result.without_share), "nested": {name: list(inside) for name, inside in result.nested.items()},
        "office": definition.office,
    }  # fmt: skip
    value = (low + high) / 2 if result.central is None else result.central
    return Measured(
        "scale", area, "", period, value, low, high, result.central is None, unit, price_basis, accounting_basis, provenance_of(used),
        trace=trace,
    )  # fmt: skip


def _missing(definition: BoundedScale, key: _Key, result: ScaleResult) -> list[dict[str, str]]:
    """What would narrow the bounds, and by how much at most."""
    area, period, _price, basis = key
    place = {"indicator": "scale", "area": area, "period": str(period), "locator": basis}
    office = definition.office or _("主管部门")
    rows = []
    if result.without_value_added:
        message = _("{name}：{count} 个小类没有公布的增加值：{codes}").format(
            name=definition.name_zh, count=len(result.without_value_added), codes="、".join(result.without_value_added)
        )
        rows.append(finding("scale_without_value_added", "info", message, _("请{office}提供分小类增加值。").format(office=office), **place))
    if result.without_share:
        message = _("{name}：{count} 个带星号行业没有数字化比例及其标准误：{codes}").format(
            name=definition.name_zh, count=len(result.without_share), codes="、".join(result.without_share)
        )
        remedy = _("请{office}提供经济普查年份的数字化比例，写入 parameters/。").format(office=office)
        rows.append(finding("scale_without_share", "info", message, remedy, **place))
    return rows
