"""What a relation makes of other figures: share, ratio, per-capita figure, growth, difference.

Method sheet: docs/methods/0206-recomputed-ratios-and-changes.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from guibiao.editing.figures import Days, Figure, Subject, categories_for
from guibiao.editing.telling import name_of
from guibiao.model.basis import parse_price_basis
from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Nature, Relation
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure, Period
from guibiao.model.quantity import Quantity, exact
from guibiao.model.unit import PERCENTAGE_POINT


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a claim should be, and the figures that say so."""

    quantity: Quantity
    operands: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a claim cannot be recomputed; `other_basis` where only another accounting basis has the operand."""

    reason: str
    other_basis: tuple[Figure, ...] = ()


Result = Recomputed | Missing


def recompute(subject: Subject, claim: Figure, scope: str, *, any_basis: bool = False) -> Result:
    """A claim by its indicator's relation, from figures of one source (`scope`) or, where that is empty, from those in use.

    With `any_basis`, operands may be on any accounting basis: to find out whether a source mixed them.
    """
    relation = subject.indicator.relation
    if relation is None:
        return Missing(_("没有声明关系"))
    finder = _Finder(subject, claim, scope, any_basis)
    operations = {
        "share": _share, "ratio": _ratio, "per_capita": _per_capita, "growth": _growth, "difference": _difference,
    }  # fmt: skip
    try:
        return operations[relation.kind](finder, relation)
    except _NotThere as missing:
        return missing.missing
    except BadRequest as fault:
        return Missing(fault.title)


def base_days(period: Period, relation: Relation) -> Days | None:
    """Days of the period that a change starts from; None where the relation names no distance."""
    months = 12 * relation.years + 3 * relation.quarters + relation.months
    if not months:
        return None
    earlier = period.shift(-months)
    return earlier.start, earlier.end


class _NotThere(Exception):
    def __init__(self, missing: Missing) -> None:
        super().__init__(missing.reason)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class _Finder:
    subject: Subject
    claim: Figure
    scope: str
    any_basis: bool

    def operand(
        self, indicator: str, days: Days, *, area: str = "", total: str = "", basis: str | None = None, base: bool = False
    ) -> Figure:
        """The figure of an operand; raises `_NotThere` with the reason."""
        definition = self.subject.indicators.get(indicator)
        if definition is None:
            raise _NotThere(Missing(_("没有定义的指标：{name}").format(name=indicator)))
        if definition.measure is Measure.AT_END:
            days = (days[1], days[1])
        area = area or self.claim.area
        categories = categories_for(self.claim.categories, definition.dimensions, total)
        found = [
            each
            for each in self.subject.figures.at(indicator, area, categories, days, self.scope, self.claim.dataset)
            if each.cell != self.claim.cell or each.indicator != self.claim.indicator
        ]
        wanted = self.claim.accounting_basis if basis is None else basis
        same = [each for each in found if self.any_basis or not each.accounting_basis or not wanted or each.accounting_basis == wanted]
        if not same and found:
            raise _NotThere(Missing(_("{name}只有另一核算口径的数").format(name=name_of(definition)), tuple(found)))
        if not same:
            lacking = _("缺基期的{name}") if base else _("缺同期的{name}")
            raise _NotThere(Missing(lacking.format(name=name_of(definition))))
        if not wanted and not self.any_basis and len({each.accounting_basis for each in same}) > 1:
            raise _NotThere(Missing(_("{name}有几种核算口径，原文未说明用哪种").format(name=name_of(definition))))
        return same[0]


def _share(finder: _Finder, relation: Relation) -> Result:
    days = finder.claim.days
    part = finder.operand(relation.part or relation.of, days)
    whole = finder.operand(relation.of, days, area=relation.area, total=relation.total, basis=part.accounting_basis or None)
    return Recomputed(part.quantity / whole.quantity, (part, whole))


def _ratio(finder: _Finder, relation: Relation) -> Result:
    part = finder.operand(relation.part, finder.claim.days)
    whole = finder.operand(relation.of, finder.claim.days, area=relation.area, basis=part.accounting_basis or None)
    return Recomputed(part.quantity / whole.quantity, (part, whole))


def _per_capita(finder: _Finder, relation: Relation) -> Result:
    """A flow over the mean of opening and closing population (national accounts practice), a stock over the closing one."""
    part = finder.operand(relation.part, finder.claim.days)
    closing = finder.operand(relation.of, finder.claim.days)
    flow = part.period.measure is not Measure.AT_END and closing.period.measure is Measure.AT_END
    if not flow:
        return Recomputed(part.quantity / closing.quantity, (part, closing))
    before = Period(closing.days[1], closing.days[1], Measure.AT_END).shift(-(part.period.months or 12))
    opening = finder.operand(relation.of, (before.end, before.end), base=True)
    mean = (opening.quantity + closing.quantity) / exact(2)
    return Recomputed(part.quantity / mean, (part, opening, closing))


def _growth(finder: _Finder, relation: Relation) -> Result:
    definition = finder.subject.indicators.get(relation.of)
    kinds = [parse_price_basis(text).kind for text in (finder.claim.price_basis, definition.price_basis if definition else "none")]
    if kinds[0] in {"constant", "chained"} and kinds[0] != kinds[1]:
        return Missing(_("增速按不变价计算，总量是现价数"))
    now, base = _ends(finder, relation)
    if base.quantity.value <= 0:
        return Missing(_("基期数不是正数"))
    rate = now.quantity / base.quantity - exact(1, (now.quantity / base.quantity).unit)
    return Recomputed(rate, (now, base))


def _difference(finder: _Finder, relation: Relation) -> Result:
    now, base = _ends(finder, relation)
    change = now.quantity - base.quantity
    if finder.claim.quantity.unit.is_point and change.unit.is_ratio:
        change = replace(change, unit=replace(PERCENTAGE_POINT, power=change.unit.power))
    return Recomputed(change, (now, base))


def _ends(finder: _Finder, relation: Relation) -> tuple[Figure, Figure]:
    """The figure of the claim's period and that of the base; a flow out of a stock starts on the eve of its own period."""
    definition = finder.subject.indicators.get(relation.of)
    claim = finder.claim
    now = finder.operand(relation.of, claim.days)
    days = base_days(claim.period, relation)
    if definition is not None and definition.measure is Measure.AT_END and claim.days[0] != claim.days[1]:
        eve = claim.days[0] - timedelta(days=1)
        days = (eve, eve)
    if days is None:
        raise _NotThere(Missing(_("没有声明与哪一期比较")))
    return now, finder.operand(relation.of, days, basis=now.accounting_basis or None, base=True)


def implied_base(claim: Figure, level: Figure) -> Quantity | None:
    """Level of the base period that a growth rate implies; None where the rate is -100 % or less."""
    factor = claim.quantity.to(replace(claim.quantity.unit, power=0, symbol="")) if claim.quantity.unit.is_ratio else claim.quantity
    growth = factor + exact(1, factor.unit)
    if growth.value <= 0:
        return None
    base = level.quantity / growth
    return replace(base, unit=level.quantity.unit)


def mixes_bases(operands: Sequence[Figure]) -> bool:
    """Whether operands are on more than one accounting basis."""
    return len({each.accounting_basis for each in operands if each.accounting_basis}) > 1


def is_change(subject: Subject) -> bool:
    """Whether an indicator states a change over time."""
    relation = subject.indicator.relation
    return relation is not None and relation.kind in {"growth", "difference"} and subject.indicator.nature is not Nature.LEVEL
