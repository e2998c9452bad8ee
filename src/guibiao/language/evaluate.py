"""One expression at one key, exactly: Decimal, intervals and a trace of every figure used. Serves `explain` and checks the sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import localcontext

from guibiao.language import blocks, intervals
from guibiao.language.joining import mixed
from guibiao.language.lookup import Key, Lookup
from guibiao.language.lower import lower
from guibiao.language.outcome import Missing, Outcome, Reason, Step
from guibiao.language.plan import (
    Arithmetic,
    Block,
    Change,
    Comparison,
    Constant,
    Extremum,
    Fix,
    Junction,
    Magnitude,
    MeanChange,
    Negation,
    Pin,
    Plan,
    Scale,
    Shift,
    operands,
)
from guibiao.language.season import moved
from guibiao.language.syntax import Expression
from guibiao.language.value_type import ValueType, measure_name
from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.quantity import Quantity, exact

PRECISION = 40


def evaluate(expression: Expression, key: Key, lookup: Lookup, indicators: Mapping[str, Indicator]) -> Outcome:
    """Value or verdict of an expression at a key.

    `MixedBasis` where all figures are on file, but not on one accounting basis; other reasons for there being no value are in the outcome.
    """
    return evaluate_plan(lower(expression, indicators), key, lookup)


def evaluate_plan(plan: Plan, key: Key, lookup: Lookup) -> Outcome:
    """As `evaluate`, for a plan lowered before: for many keys."""
    _require_key(plan.type, key)
    outcomes = [_at_basis(plan, key, basis, lookup) for basis in _bases(plan.type, key)]
    found = [outcome for outcome in outcomes if outcome.trace.found]
    if len(found) > 1:
        raise BadRequest(
            _("{text} 有几个核算口径的数：{bases}").format(text=plan.text, bases="、".join(outcome.accounting_basis for outcome in found)),
            remedy=_("指明核算口径，或在公式中用 on_basis(x, '口径')。"),
        )
    if found:
        return found[0]
    for outcome in outcomes:
        _refuse_mixture(outcome)
    return min(outcomes, key=lambda outcome: sum(missing.reason is not Reason.UNDEFINED for missing in outcome.missing))


def _bases(type_: ValueType, key: Key) -> Sequence[str]:
    if not type_.carries_accounting:
        return ("",)
    if type_.accounting_basis and key.accounting_basis not in {"", type_.accounting_basis}:
        raise BadRequest(
            _("公式固定在核算口径 {fixed}，不能按 {asked} 计算").format(fixed=type_.accounting_basis, asked=key.accounting_basis),
            remedy=_("改问口径 {fixed}。").format(fixed=type_.accounting_basis),
        )
    asked = type_.accounting_basis or key.accounting_basis
    return (asked,) if asked else type_.accounting_bases


def _require_key(type_: ValueType, key: Key) -> None:
    absent = [name for name in type_.dimensions if name not in dict(key.categories)]
    if absent:
        raise BadRequest(_("没有给出类目：{names}").format(names="、".join(absent)), remedy=_("每个维度写一个代码，合计写 _T。"))
    flow = key.period.measure in {Measure.DURING, Measure.TO_DATE}
    if type_.has_period and not (type_.is_flow and flow) and type_.measure is not key.period.measure:
        raise BadRequest(
            _("公式的结果是{wanted}，{period} 是{given}").format(
                wanted=measure_name(type_.measure), period=key.period, given=measure_name(key.period.measure)
            ),
            remedy=_("改写报告期：时点数写 2023年末，时期数写 2023年。"),
        )


def _at_basis(plan: Plan, key: Key, basis: str, lookup: Lookup) -> Outcome:
    with localcontext(prec=PRECISION):
        return Outcome(run(plan, replace(key, accounting_basis=basis), lookup), basis)


def _refuse_mixture(outcome: Outcome) -> None:
    """All there, but not on one basis: name one operand that is and one that is not on the basis tried."""
    reasons = {missing.reason for missing in outcome.missing}
    present = next((step for step in outcome.trace.walk() if step.observation and step.observation.accounting_basis), None)
    elsewhere = next((missing for missing in outcome.missing if missing.reason is Reason.BASIS), None)
    if reasons != {Reason.BASIS} or present is None or present.observation is None or elsewhere is None:
        return
    raise mixed(
        _("核算口径不同，不能放在一起计算"),
        present.text,
        present.observation.accounting_basis,
        elsewhere.operand,
        "、".join(base or _("未注明") for base in elsewhere.bases),
        _("两者在同一口径下没有都公布的数；分别引用，不作计算。"),
    )


def run(plan: Plan, key: Key, lookup: Lookup) -> Step:
    """One step of a plan and all below it."""
    if isinstance(plan, Constant):
        return Step(plan.text, key, exact(plan.value, plan.type.unit))
    if isinstance(plan, Shift):
        period = moved(key.period, -plan.months)
        if period is None:
            return Step(plan.text, key, missing=Missing(Reason.ABSENT, plan.text, key))
        return _renamed(run(plan.operand, replace(key, period=period), lookup), plan)
    if isinstance(plan, Fix):
        fixed = replace(key, area=plan.area or key.area, period=plan.period or key.period)
        for name, code in plan.categories:
            fixed = fixed.with_category(name, code)
        return _renamed(run(plan.operand, fixed, lookup), plan)
    if isinstance(plan, Pin):
        return _renamed(run(plan.operand, replace(key, accounting_basis=plan.basis), lookup), plan)
    if isinstance(plan, Block):
        return blocks.evaluate_block(plan, key, lookup, run)
    parts = tuple(run(operand, key, lookup) for operand in operands(plan))
    if isinstance(plan, Junction | Negation):
        return _judged_together(plan, key, parts)
    if not all(part.found for part in parts):
        return Step(plan.text, key, parts=parts)
    quantities = [part.quantity for part in parts if part.quantity is not None]
    if isinstance(plan, Comparison):
        left, right = quantities
        verdict = intervals.verdict(plan.operator, left, right)
        return Step(plan.text, key, parts=parts, verdict=verdict, left=left, right=right)
    return _computed(plan, key, parts, quantities)


def _renamed(step: Step, plan: Plan) -> Step:
    """A figure read under another key is shown as it was written; other steps keep their own text below."""
    missing = step.missing and replace(step.missing, operand=plan.text)
    return replace(step, text=plan.text, missing=missing)


def _judged_together(plan: Junction | Negation, key: Key, parts: tuple[Step, ...]) -> Step:
    if not all(part.found for part in parts):
        return Step(plan.text, key, parts=parts)
    verdicts = [bool(part.verdict) for part in parts]
    if isinstance(plan, Negation):
        return replace(parts[0], text=plan.text, parts=parts, verdict=not verdicts[0])
    verdict = all(verdicts) if plan.operator == "and" else any(verdicts)
    shown = next((part for part, true in zip(parts, verdicts, strict=True) if not true), parts[0]) if plan.operator == "and" else parts[0]
    return Step(plan.text, key, parts=parts, verdict=verdict, left=shown.left, right=shown.right)


def _computed(plan: Plan, key: Key, parts: tuple[Step, ...], quantities: Sequence[Quantity]) -> Step:
    if isinstance(plan, Scale):
        quantity = intervals.times(quantities[0], plan.factor, plan.type.unit)
        same = parts[0].text == plan.text
        return replace(parts[0], quantity=quantity) if same else Step(plan.text, key, quantity, parts)
    if _is_undefined(plan, quantities):
        return Step(plan.text, key, parts=parts, missing=Missing(Reason.UNDEFINED, plan.text, key))
    computed = replace(_quantity(plan, quantities), unit=plan.type.unit)
    return Step(plan.text, key, computed, parts)


def _is_undefined(plan: Plan, quantities: Sequence[Quantity]) -> bool:
    if isinstance(plan, MeanChange):
        return quantities[0].value <= 0
    divides = isinstance(plan, Change) or (isinstance(plan, Arithmetic) and plan.operator == "/")
    return divides and quantities[1].value == 0


def _quantity(plan: Plan, quantities: Sequence[Quantity]) -> Quantity:
    if isinstance(plan, Arithmetic):
        operations: dict[str, Callable[[Quantity, Quantity], Quantity]] = {
            "+": Quantity.__add__,
            "-": Quantity.__sub__,
            "*": Quantity.__mul__,
            "/": Quantity.__truediv__,
        }
        return operations[plan.operator](*quantities)
    if isinstance(plan, Change):
        return intervals.change(*quantities)
    if isinstance(plan, MeanChange):
        return intervals.mean_change(quantities[0], plan.degree)
    if isinstance(plan, Magnitude):
        return intervals.magnitude(quantities[0])
    if isinstance(plan, Extremum):
        return intervals.extremum(quantities, least=plan.least)
    raise AssertionError(f"no evaluation for {type(plan).__name__}")
