"""Comparisons across a break in a definition, published or derived.

Method sheet: docs/methods/0213-comparisons-across-breaks-and-bases.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from guibiao.editing.figures import Figure, Subject
from guibiao.editing.recompute import base_days
from guibiao.editing.specification import Specification, Specifications
from guibiao.editing.telling import name_of, subject_words, tell
from guibiao.language.parse import parse
from guibiao.language.syntax import Call, Name, Number, walk
from guibiao.model.finding import Finding
from guibiao.model.indicator import Break
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _
from guibiao.model.period import Period

COMPARING = {"growth", "average_growth", "lag", "contribution", "pull", "index_number", "difference"}
"""Functions of the expression language that set a period against an earlier one."""
MONTHS = {"years": 12, "quarters": 3, "months": 1}


def check_breaks(subject: Subject, specifications: Specifications) -> list[Finding]:
    """Growth, differences and derived changes that span an unlinked break of what they compare."""
    specification = specifications["comparison_across_break"]
    if not specification.active:
        return []
    return [*_published(subject, specification), *_derived(subject, specification)]


def _unlinked(subject: Subject, indicator: str) -> list[tuple[date, Break]]:
    definition = subject.indicators.get(indicator)
    breaks = definition.breaks if definition is not None else ()
    return [(date.fromisoformat(each.date), each) for each in breaks if not each.link]


def _published(subject: Subject, specification: Specification) -> Iterator[Finding]:
    relation = subject.indicator.relation
    if relation is None or relation.kind not in {"growth", "difference"}:
        return
    broken = [(name, day, each) for name in dict.fromkeys((relation.of, subject.indicator.id)) for day, each in _unlinked(subject, name)]
    for claim in subject.claims() if broken else ():
        days = base_days(claim.period, relation)
        if claim.original:
            continue
        start = days[1] if days is not None else claim.days[0]
        for name, day, each in broken:
            if start < day <= claim.days[1]:
                message = _("{where}为 {claimed}，比较的两期跨过{level}在 {day} 的断点（{reason}），没有衔接系数").format(
                    where=subject_words(subject, claim), claimed=claim.quantity.printed(), level=name_of(subject.indicators[name]),
                    day=day, reason=_reason(each),
                )  # fmt: skip
                yield tell("comparison_across_break", specification.severity, claim, message, _remedy())


def _derived(subject: Subject, specification: Specification) -> Iterator[Finding]:
    """One finding a break: the derived figures that span it, counted."""
    spans: dict[tuple[str, date], list[Figure]] = defaultdict(list)
    reasons: dict[tuple[str, date], Break] = {}
    for call, name in _comparisons(subject.indicator.formula):
        for day, each in _unlinked(subject, name):
            for figure in subject.figures.of(subject.indicator.id):
                if _base_end(call, figure.period) < day <= figure.days[1]:
                    spans[name, day].append(figure)
                    reasons[name, day] = each
    for (name, day), figures in spans.items():
        first = min(figures, key=lambda figure: (figure.period, figure.area))
        message = _("计算指标{indicator}有 {count} 个数跨过{level}在 {day} 的断点（{reason}），没有衔接系数，最早为{period}").format(
            indicator=name_of(subject.indicator), count=len(figures), level=name_of(subject.indicators[name]), day=day,
            reason=_reason(reasons[name, day]), period=first.period,
        )  # fmt: skip
        yield tell("comparison_across_break", specification.severity, first, message, _remedy())


def _comparisons(formula: str) -> Iterator[tuple[Call, str]]:
    for node in walk(parse(formula).root) if formula else ():
        if isinstance(node, Call) and node.function in COMPARING:
            yield from ((node, each.name) for each in walk(node) if isinstance(each, Name))


def _base_end(call: Call, period: Period) -> date:
    """Last day of the period compared with; a year earlier where the call names no distance."""
    months = 0
    for name, node in call.keywords:
        if isinstance(node, Number) and name == "base":
            return date(int(node.value), 12, 31)
        if isinstance(node, Number) and name in MONTHS:
            months += int(node.value) * MONTHS[name]
    return period.shift(-(months or 12)).end


def _reason(each: Break) -> str:
    return each.reason_zh if active_language() == "zh" else each.reason_en or each.reason_zh


def _remedy() -> str:
    return _("不作跨断点的比较；取得重叠期数据后，在断点处登记衔接系数。")
