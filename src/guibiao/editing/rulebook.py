"""The generic rules: what each needs to know of a workspace, and all of them applied to one indicator.

Method sheet: docs/methods/0203-rules-on-published-figures.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from guibiao.editing.breaks import check_breaks
from guibiao.editing.dating import check_dates
from guibiao.editing.figures import Subject
from guibiao.editing.lists import check_count, check_denominator
from guibiao.editing.past import check_past
from guibiao.editing.peers import check_peers
from guibiao.editing.relations import check_relation
from guibiao.editing.series import check_cumulative, check_magnitude
from guibiao.editing.specification import Specifications
from guibiao.editing.totals import check_terms, check_totals
from guibiao.language.parse import indicator_names, parse
from guibiao.model.finding import Finding
from guibiao.model.indicator import Indicator

Check = Callable[[Subject, Specifications], list[Finding]]

CHECKS: tuple[Check, ...] = (
    check_totals, check_terms, check_relation, check_cumulative, check_magnitude, check_count, check_peers, check_past, check_breaks,
    check_dates, check_denominator,
)  # fmt: skip


def operands(indicator: Indicator, indicators: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Indicators whose figures the rules on one indicator look at, itself first."""
    relation = indicator.relation
    named = (relation.part, relation.of, *relation.terms) if relation is not None else ()
    formula = tuple(indicator_names(parse(indicator.formula))) if "sum_over" in indicator.formula else ()
    return tuple(dict.fromkeys(name for name in (indicator.id, *named, *formula) if name in indicators))


def mentioned(indicator: Indicator, indicators: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Indicators whose definitions the rules on one indicator look at, itself first."""
    formula = indicator_names(parse(indicator.formula)) if indicator.formula else ()
    return tuple(dict.fromkeys((*operands(indicator, indicators), *(name for name in formula if name in indicators))))


def is_checked(indicator: Indicator, indicators: Mapping[str, Indicator]) -> bool:
    """Whether any rule bears on an indicator: it is published, or derived over areas or from what has a break."""
    broken = (name for name in mentioned(indicator, indicators) if indicators[name].breaks)
    return not indicator.formula or "sum_over" in indicator.formula or any(broken)


def findings_on(subject: Subject, specifications: Specifications) -> list[Finding]:
    """All findings on one indicator, each once."""
    found = (finding for check in CHECKS for finding in check(subject, specifications))
    return list({_key(finding): finding for finding in found}.values())


def _key(finding: Finding) -> tuple[str, ...]:
    return (
        finding.rule, finding.indicator, finding.area, finding.categories, finding.period, finding.dataset, finding.locator,
        finding.message,
    )  # fmt: skip
