"""What every rule on published figures is set to: one frozen specification a rule, with named defaults, and dated changes by a workspace.

Method sheets: docs/methods/0204 to 0214; the defaults and where they come from are listed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from guibiao.model.errors import BadDefinition, Place
from guibiao.model.finding import Severity
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import RuleParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """What all rules have: how grave a finding is that nothing explains, and whether the rule is applied."""

    severity: Severity = Severity.WARNING
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputation(Specification):
    """Rules that recompute a claim."""

    truncated: Severity = Severity.WARNING
    """Severity where the claim was cut off instead of rounded."""
    revision: float = 0.03
    """Relative difference up to which figures of different stages are taken to differ by revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition(Specification):
    """A total against its parts."""

    exact: Severity = Severity.ERROR
    """Severity where total and parts are whole numbers of one source: nothing was rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Magnitude(Specification):
    """A slip by a power of ten: 10^2, 10^3, 10^4 (万), 10^8 (亿)."""

    tolerance: float = 0.3
    """Distance of log10 of the ratio from a whole power: 0.3 is half as much or twice as much."""
    spread: float = 0.25
    """Widest spread (scaled MAD of log10) of the figures compared with."""
    minimum: int = 4
    """Fewest figures to compare with."""
    few: int = 2
    """Fewest figures of its own past that show a slip of 10^3 or more."""
    gap: float = 1.5
    """Powers of ten between a figure without a past and the nearest of its peers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers(Specification):
    """Robust distance from the other areas (Iglewicz and Hoaglin 1993: 3.5 scaled MADs)."""

    cutoff: float = 3.5
    minimum: int = 6
    """Fewest areas, the tested one included."""
    structural: float = 2.0
    """An area that was that many scaled MADs off, on the same side, in its neighbouring periods too is unlike, not wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past(Specification):
    """Changes against changes: Hidiroglou and Berthelot (1986) across the areas, scaled MAD along a lone series."""

    exponent: float = 0.5
    """Their U: how much size counts."""
    least: float = 0.05
    """Their A: smallest quartile distance, relative to the median effect."""
    width: float = 10.0
    """Their C: quartile distances that a change may lie off."""
    minimum_areas: int = 10
    material: float = 0.1
    """Least departure, as a ratio, from the usual change: smaller ones are not asked about."""
    cutoff: float = 5.0
    """Scaled MADs, for a lone series."""
    minimum_changes: int = 8


Specifications = Mapping[str, Specification]

DEFAULTS: Specifications = {
    "total_is_sum": Addition(),
    "indicators_add_up": Addition(),
    "share_recomputed": Recomputation(),
    "ratio_recomputed": Recomputation(),
    "per_capita_recomputed": Recomputation(),
    "difference_recomputed": Recomputation(),
    "growth_recomputed": Recomputation(),
    "implied_base": Specification(),
    "bases_mixed": Specification(),
    "comparison_across_break": Specification(),
    "magnitude": Magnitude(),
    "cumulative_falls": Specification(),
    "count_against_list": Specification(),
    "outlier_among_peers": Peers(),
    "outlier_in_time": Past(),
    "dated_after_document": Specification(),
    "national_share_denominator": Specification(),
}
"""Rule id -> its specification where a workspace says nothing else. `sources_disagree` belongs to the choice among statements."""


def specified(
    parameters: Iterable[RuleParameter], day: date, places: Mapping[str, Place] | None = None
) -> dict[str, dict[str, Specification]]:
    """Indicator ("" for all) -> rule -> specification in force on `day`; later parameters replace earlier ones.

    Raises BadDefinition, with the place of the parameter, for a threshold that the rule does not have.
    """
    found: dict[str, dict[str, Specification]] = {"": dict(DEFAULTS)}
    for parameter in sorted(parameters, key=lambda each: each.valid_from):
        if parameter.valid_from > day:
            continue
        for indicator in parameter.indicators or ("",):
            rules = found.setdefault(indicator, {})
            rules[parameter.rule] = _changed(rules.get(parameter.rule, found[""][parameter.rule]), parameter, places or {})
    return found


def specifications_for(indicator: str, found: Mapping[str, Specifications]) -> Specifications:
    """All rules as they apply to one indicator."""
    return {**found[""], **found.get(indicator, {})}


def _changed(specification: Specification, parameter: RuleParameter, places: Mapping[str, Place]) -> Specification:
    known = {field.name: field.type for field in fields(specification)} if parameter.thresholds else {}
    names = [name for name in known if known[name] in {"float", "int"}]
    changes: dict[str, object] = {}
    for name, number in parameter.thresholds.items():
        if name not in names:
            raise BadDefinition(
                _("规则 {rule} 没有参数 {name}").format(rule=parameter.rule, name=name),
                remedy=_("可用：{names}").format(names="、".join(names) or "-"),
                place=places.get(f"quality {parameter.id}", Place()),
            )
        changes[name] = int(number) if known[name] == "int" else float(number)
    if parameter.severity:
        changes["active"] = parameter.severity != "off"
        if parameter.severity != "off":
            changes |= {field.name: Severity(parameter.severity) for field in fields(specification) if field.type == "Severity"}
    return replace(specification, **changes)  # type: ignore[arg-type]  # names and types come from the fields themselves
