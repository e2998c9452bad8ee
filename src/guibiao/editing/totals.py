"""Totals against their parts: over a dimension with `_T`, over areas, over time, and indicators that add up to another.

Method sheet: docs/methods/0205-totals-and-parts.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from guibiao.editing.figures import Days, Figure, Subject, categories_for
from guibiao.editing.specification import Addition, Specifications
from guibiao.editing.telling import area_name, category_name, name_of, not_derivable, shown, subject_words, tell
from guibiao.model.category import TOTAL, category_key, parse_category_key
from guibiao.model.errors import BadRequest
from guibiao.model.finding import Finding, Severity
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.verdict import Verdict, judge_sum

STEPS = (1, 3, 6, 12)
"""Months of the parts that a longer period may be made of."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A total with its parts as found; `missing` names parts that are not on file, `over` what is added up."""

    total: Figure
    parts: tuple[Figure, ...]
    missing: tuple[str, ...]
    over: str


def check_totals(subject: Subject, specifications: Specifications) -> list[Finding]:
    """Findings on the totals of one indicator over its own additive dimensions, areas and time."""
    additive = subject.indicator.additive_over
    if subject.indicator.nature is not Nature.LEVEL or not additive:
        return []
    return _check(subject, specifications, "total_is_sum", list(_own_sums(subject)))


def check_terms(subject: Subject, specifications: Specifications) -> list[Finding]:
    """Findings on an indicator that is declared to be the sum of others."""
    relation = subject.indicator.relation
    if relation is None or relation.kind != "sum":
        return []
    sums = [each for claim in subject.claims() for scope in _scopes(claim) if (each := _term_sum(subject, claim, scope)) is not None]
    return _check(subject, specifications, "indicators_add_up", sums)


def _check(subject: Subject, specifications: Specifications, rule: str, sums: Sequence[Sum]) -> list[Finding]:
    specification = specifications[rule]
    if not specification.active or not isinstance(specification, Addition):
        return []
    good: set[tuple[object, ...]] = set()
    found: list[Finding] = []
    skipped: dict[tuple[object, ...], tuple[Figure, str]] = {}
    for each in sorted(sums, key=lambda one: _across(one)):
        key = (each.total.cell, each.total.original, each.over)
        across = _across(each)
        if across and key in good:
            continue
        verdict = _verdict(each)
        if verdict in {Verdict.OK, Verdict.ROUNDED}:
            good.add(key)
            skipped.pop(key, None)
        elif verdict is None:
            if key not in good and not each.total.original:
                skipped.setdefault(key, (each.total, _("缺 {names}").format(names="、".join(each.missing[:5]))))
        else:
            skipped.pop(key, None)
            found.append(_told(subject, rule, specification, each, explained=across and _stages(each) > 1))
            good.add(key)
    return [*found, *not_derivable(subject, rule, skipped.values())]


def _across(each: Sum) -> bool:
    return any(part.source != each.total.source for part in each.parts)


def _stages(each: Sum) -> int:
    return len({each.total.stage, *(part.stage for part in each.parts)})


def _verdict(each: Sum) -> Verdict | None:
    """None where parts are missing and those there do not exceed the total by themselves."""
    try:
        verdict, added = judge_sum(each.total.quantity, [part.quantity for part in each.parts])
    except BadRequest:
        return None
    if not each.missing or verdict is Verdict.OK:
        return verdict
    high, low = each.total.quantity.high, added.to(each.total.quantity.unit).low
    negative = any(part.quantity.value < 0 for part in each.parts)
    return Verdict.INCONSISTENT if high is not None and low is not None and low > high and not negative else None


def _told(subject: Subject, rule: str, specification: Addition, each: Sum, *, explained: bool) -> Finding:
    added = each.parts[0].quantity
    for part in each.parts[1:]:
        added = added + part.quantity
    across = _across(each)
    whole = all(figure.quantity.is_exact_value for figure in (each.total, *each.parts))
    severity = Severity.INFO if explained else specification.exact if whole and not across else specification.severity
    scope = _("现在采用的各数，跨来源") if across else _("同一来源")
    recomputed = shown(added, each.total.quantity, extra=0)
    message = _("{where}印作 {claimed}，按{over}相加的 {count} 个分项（{scope}）之和为 {recomputed}").format(
        where=subject_words(subject, each.total), claimed=each.total.quantity.printed(), over=each.over, count=len(each.parts), scope=scope,
        recomputed=recomputed,
    )  # fmt: skip
    if each.missing:
        message += _("，已超过总数，而且还缺 {names}").format(names="、".join(each.missing[:5]))
    elif explained:
        message += _("；各数的核算阶段或公布时间不同")
    remedy = _("核对总数与各分项是否同一次公布、有无缺漏或误录；确属误印的，登记更正。")
    return tell(rule, severity, each.total, message, remedy, recomputed=recomputed)


def _scopes(figure: Figure) -> tuple[str, ...]:
    return (figure.source, "") if figure.chosen and not figure.original else (figure.source,)


def _own_sums(subject: Subject) -> Iterator[Sum]:
    indicator = subject.indicator
    claims = list(subject.claims())
    for dimension in indicator.additive_over:
        if dimension == "area":
            for claim in claims:
                for scope in _scopes(claim):
                    yield from _area_sum(subject, claim, scope)
        elif dimension == "time":
            yield from _time_sums(subject, claims)
        else:
            for claim in claims:
                for scope in _scopes(claim):
                    yield from _category_sum(subject, claim, scope, dimension)


def _part(subject: Subject, claim: Figure, scope: str, area: str, categories: str, days: Days) -> Figure | None:
    found = subject.figures.at(claim.indicator, area, categories, days, scope, claim.dataset)
    same = [each for each in found if each.accounting_basis == claim.accounting_basis and each.price_basis == claim.price_basis]
    return same[0] if same else None


def _category_sum(subject: Subject, claim: Figure, scope: str, dimension: str) -> Iterator[Sum]:
    own = parse_category_key(claim.categories)
    if dimension not in own:
        return
    below = subject.below(dimension, own[dimension])
    parts, missing = [], []
    for code in below:
        part = _part(subject, claim, scope, claim.area, category_key({**own, dimension: code}), claim.days)
        parts += [part] if part else []
        missing += [] if part else [code]
    if parts:
        names = tuple(category_name(subject, dimension, code) for code in missing)
        yield Sum(claim, tuple(parts), names, _dimension_name(subject, dimension))


def _dimension_name(subject: Subject, dimension: str) -> str:
    classification = subject.classifications.get(dimension)
    return (classification.name_zh if classification is not None else "") or dimension


def _area_sum(subject: Subject, claim: Figure, scope: str) -> Iterator[Sum]:
    """Areas below; told as not derivable only where half of them or more are there, since fewer claim nothing about a whole."""
    below = subject.children(claim.area)
    parts, missing = [], []
    for code in below:
        part = _part(subject, claim, scope, code, claim.categories, claim.days)
        parts += [part] if part else []
        missing += [] if part else [area_name(subject, code)]
    if parts and (2 * len(parts) >= len(below) or not missing):
        yield Sum(claim, tuple(parts), tuple(missing), _("地区"))


def _time_sums(subject: Subject, claims: Sequence[Figure]) -> Iterator[Sum]:
    if subject.indicator.measure is Measure.AT_END:
        return
    series: dict[tuple[str, ...], list[Figure]] = defaultdict(list)
    for claim in claims:
        series[claim.dataset, claim.source, claim.area, claim.categories, claim.accounting_basis, claim.price_basis].append(claim)
    for figures in series.values():
        if len(figures) > 2:
            yield from _tiled(figures)


def _tiled(figures: Sequence[Figure]) -> Iterator[Sum]:
    """Periods of one series of one table that shorter ones in it cover from end to end."""
    flows = {figure.days: figure for figure in figures if not figure.original and figure.period.measure is Measure.DURING}
    to_date = {figure.days: figure for figure in figures if not figure.original and figure.period.measure is Measure.TO_DATE}
    for total in figures:
        months = total.period.months
        if months is None or months < 2:
            continue
        for step in STEPS:
            if step < months and months % step == 0:
                parts = _chain(flows, total, step)
                if parts:
                    yield Sum(total, parts, (), _("时期"))
                    break
        else:
            yield from _split(flows, to_date, total)


def _chain(flows: dict[Days, Figure], total: Figure, step: int) -> tuple[Figure, ...]:
    parts: list[Figure] = []
    start = total.days[0]
    while start <= total.days[1]:
        end = _after_months(start, step) - timedelta(days=1)
        part = flows.get((start, end))
        if part is None:
            return ()
        parts.append(part)
        start = end + timedelta(days=1)
    return tuple(parts)


def _split(flows: dict[Days, Figure], to_date: dict[Days, Figure], total: Figure) -> Iterator[Sum]:
    """A cumulative figure is the one before it and what came since."""
    if total.period.measure is not Measure.TO_DATE:
        return
    for (start, end), rest in flows.items():
        if end == total.days[1] and start > total.days[0]:
            before = to_date.get((total.days[0], start - timedelta(days=1)))
            if before is not None:
                yield Sum(total, (before, rest), (), _("时期"))
                return


def _after_months(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _term_sum(subject: Subject, claim: Figure, scope: str) -> Sum | None:
    """Terms of a declared sum; one with a dimension more is taken at its total or, without one, over its parts."""
    relation = subject.indicator.relation
    parts: list[Figure] = []
    missing: list[str] = []
    for term in relation.terms if relation is not None else ():
        definition = subject.indicators[term]
        days = (claim.days[1], claim.days[1]) if definition.measure is Measure.AT_END else claim.days
        own = parse_category_key(claim.categories)
        extra = [name for name in definition.dimensions if name not in own]
        direct = _term(subject, claim, scope, term, categories_for(claim.categories, definition.dimensions), days)
        if direct is not None:
            parts.append(direct)
            continue
        if len(extra) != 1 or extra[0] not in subject.classifications:
            missing.append(name_of(definition))
            continue
        for code in subject.below(extra[0], TOTAL):
            key = category_key({name: own.get(name, code) for name in definition.dimensions})
            part = _term(subject, claim, scope, term, key, days)
            parts += [part] if part else []
            missing += [] if part else [category_name(subject, extra[0], code)]
    return Sum(claim, tuple(parts), tuple(missing), _("构成指标")) if parts else None


def _term(subject: Subject, claim: Figure, scope: str, term: str, categories: str, days: Days) -> Figure | None:
    found = subject.figures.at(term, claim.area, categories, days, scope, claim.dataset)
    bases = {"", claim.accounting_basis}
    same = [each for each in found if not claim.accounting_basis or each.accounting_basis in bases]
    return same[0] if same else None
