"""From tree to plan: names to indicators, units aligned, and every operation checked before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import islice

from guibiao.language.errors import LanguageError, nearest
from guibiao.language.lower_functions import lower_call
from guibiao.language.operators import binary, compared, junction, multiplied, number_type
from guibiao.language.plan import Constant, Negation, Plan, Scan, walk
from guibiao.language.syntax import Binary, Call, Compare, Expression, Logic, Name, Negative, Node, Not, Number, unparse
from guibiao.language.value_type import ValueType
from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.model.unit import NUMBER, parse_unit

MAXIMUM_STEPS = 400


def lower(expression: Expression, indicators: Mapping[str, Indicator]) -> Plan:
    """The plan of an expression; its type is the type of the expression."""
    return Lowering(expression.text, indicators).plan(expression.root)


class Lowering:
    """Lowers the nodes of one text. Faults without a place get that of the innermost node being lowered."""

    def __init__(self, text: str, indicators: Mapping[str, Indicator]) -> None:
        self.text = text
        self.indicators = indicators

    def plan(self, node: Node) -> Plan:
        try:
            plan = self._plan(node)
        except LanguageError:
            raise
        except BadRequest as error:
            raise LanguageError(error.title, self.text, node.position, error.remedy) from None
        if sum(1 for _step in islice(walk(plan), MAXIMUM_STEPS + 1)) > MAXIMUM_STEPS:
            raise self.fault(node, _("公式展开后超过 {limit} 步").format(limit=MAXIMUM_STEPS), _("把它拆成几个指标，各写一个公式。"))
        return plan

    def _plan(self, node: Node) -> Plan:
        if isinstance(node, Number):
            return Constant(number_type(NUMBER, is_number=True), node.value, unparse(node))
        if isinstance(node, Name):
            return self.scan(node)
        if isinstance(node, Call):
            return lower_call(node, self.value)
        if isinstance(node, Negative):
            return multiplied(self.value(node.operand), Decimal(-1), unparse(node))
        if isinstance(node, Binary):
            return binary(node.operator, self.value(node.left), self.value(node.right), unparse(node))
        if isinstance(node, Compare):
            return self.comparison(node)
        if isinstance(node, Logic):
            return self.junction(node)
        if isinstance(node, Not):
            operand = self.verdict(node.operand)
            return Negation(operand.type, operand, unparse(node))
        raise self.fault(node, _("文字不能参加计算"), _("写指标名或数字，不加引号。"))

    def fault(self, node: Node, message: str, remedy: str = "") -> LanguageError:
        return LanguageError(message, self.text, node.position, remedy)

    def value(self, node: Node) -> Plan:
        """A node that must be a number."""
        plan = self.plan(node)
        if plan.type.is_boolean:
            raise self.fault(node, _("{text} 是判断，不能参加计算").format(text=plan.text), _("判断只能用 and、or、not 连接。"))
        return plan

    def verdict(self, node: Node) -> Plan:
        """A node that must be a judgement."""
        plan = self.plan(node)
        if not plan.type.is_boolean:
            raise self.fault(node, _("{text} 不是判断").format(text=plan.text), _("用 <、<=、>、>=、==、!= 或 agrees(a, b) 写成判断。"))
        return plan

    def scan(self, node: Name) -> Scan:
        indicator = self.indicators.get(node.name)
        if indicator is None:
            remedy = nearest(node.name, self.indicators) or _("先在工作区定义这个指标。")
            raise self.fault(node, _("没有名为 {name} 的指标").format(name=node.name), remedy)
        return Scan(indicator_type(indicator), indicator.id, node.name)

    def comparison(self, node: Compare) -> Plan:
        operands = [self.value(operand) for operand in node.operands]
        pairs = [
            compared(operator, left, right, f"{left.text} {operator} {right.text}")
            for operator, left, right in zip(node.operators, operands, operands[1:], strict=False)
        ]
        return pairs[0] if len(pairs) == 1 else junction("and", pairs, unparse(node))

    def junction(self, node: Logic) -> Plan:
        return junction(node.operator, [self.verdict(operand) for operand in node.operands], unparse(node))


def indicator_type(indicator: Indicator) -> ValueType:
    """Type of an indicator, as declared."""
    return ValueType(
        unit=parse_unit(indicator.unit),
        nature=indicator.nature,
        price_basis=indicator.price_basis,
        comparison_basis=indicator.comparison_basis,
        carries_accounting=bool(indicator.accounting_bases),
        accounting_bases=indicator.accounting_bases,
        measure=indicator.measure,
        dimensions=tuple(sorted(indicator.dimensions)),
        additive_over=indicator.additive_over,
    )
