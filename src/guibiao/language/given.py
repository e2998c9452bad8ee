"""The bound arguments of one call, read as the figures, words and numbers they stand for."""

from __future__ import annotations

from collections.abc import Callable

from guibiao.language.functions import FORMULA_FUNCTIONS, bind, literal
from guibiao.language.plan import Plan, Shift
from guibiao.language.syntax import Call, Node, unparse
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

MONTHS = {"years": 12, "quarters": 3, "months": 1}
MAXIMUM_MONTHS = 1200


class Given:
    """The bound arguments of one call."""

    def __init__(self, value: Callable[[Node], Plan], call: Call) -> None:
        """`value` lowers an argument that must be a number."""
        self.value = value
        self.call = call
        self.text = unparse(call)
        self.bound = bind(call, FORMULA_FUNCTIONS[call.function])

    def figure(self, name: str) -> Plan:
        """A figure; a bare number is none."""
        plan = self.value(self.bound[name][0])
        if not (plan.type.has_area or plan.type.has_period or plan.type.dimensions or plan.type.carries_accounting) and plan.type.is_number:
            raise BadRequest(
                _("{function} 的参数 {name} 应含有指标：{text}").format(function=self.call.function, name=name, text=plan.text),
                remedy=_("写指标名或含指标的算式。"),
            )
        return plan

    def word(self, name: str) -> str:
        """A text or whole-number argument, empty where it is not given."""
        return "" if not self.bound[name] else str(literal(self.bound[name][0]))

    def whole(self, name: str, default: int = 0) -> int:
        value = literal(self.bound[name][0]) if self.bound[name] else default
        assert isinstance(value, int)
        return value

    def months(self) -> tuple[int, str]:
        """The step back in months, and how `lag` would write it."""
        steps = [name for name in MONTHS if self.bound[name]]
        if len(steps) > 1:
            raise BadRequest(_("years、quarters、months 只能给一个"), remedy=_("只留一个。"))
        step = steps[0] if steps else "years"
        count = self.whole(step, 1)
        if count * MONTHS[step] > MAXIMUM_MONTHS:
            raise BadRequest(_("间隔超过 {years} 年").format(years=MAXIMUM_MONTHS // 12), remedy=_("改小 {step}。").format(step=step))
        return count * MONTHS[step], f"{step}={count}"


def shifted(operand: Plan, months: int, written: str) -> Plan:
    """The operand of so many months earlier."""
    if not operand.type.has_period:
        raise BadRequest(
            _("{text} 的报告期已固定，没有更早的同期").format(text=operand.text),
            remedy=_("先取以前的数，再用 at 固定；或去掉 at 的 period。"),
        )
    return Shift(operand.type, operand, months, f"lag({operand.text}, {written})")


def require_period(x: Plan) -> None:
    """The figure still has its own periods."""
    if not x.type.has_period:
        raise BadRequest(_("{text} 的报告期已固定").format(text=x.text), remedy=_("去掉 at 的 period。"))
