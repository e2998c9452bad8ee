"""Formulas and rules as SQL: one query over a table named `observations`, written by ibis for DuckDB.

The compiling modules are imported with the first call: `ibis` costs more than a run in which no formula changed may spend.
"""

from __future__ import annotations

from collections.abc import Mapping

from guibiao.language.errors import LanguageError
from guibiao.language.lower import lower
from guibiao.language.plan import Plan
from guibiao.language.syntax import Expression
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.model.unit import parse_unit


def compile_formula(expression: Expression, indicators: Mapping[str, Indicator], unit: str = "") -> str:
    """One query with a row for each key at which the expression has a value.

    Columns: area, categories, period_start, period_end, measure, price_basis, accounting_basis, value, low, high, known_from,
    known_precision, grade, stage. Values are in the unit of the expression's type, or in `unit` where it is given.
    """
    from guibiao.language.query import formula_query

    return formula_query(_formula(expression, indicators, unit))


def compile_missing(expression: Expression, indicators: Mapping[str, Indicator]) -> str:
    """One query with a row for each key of the driving operand (the first that is not of another period) at which there is no value.

    Columns: area, categories, period_start, period_end, measure, accounting_basis, reason (absent, basis, undefined or parts), operand
    (the first that is missing, as written), left_basis and right_basis (for `basis`: that of the key, and one the operand has).
    """
    from guibiao.language.missing import missing_query

    return missing_query(_formula(expression, indicators, ""))


def compile_rule(expression: Expression, indicators: Mapping[str, Indicator]) -> str:
    """One query with a row for each key at which a judgement can be made.

    Columns: area, categories, period_start, period_end, measure, price_basis, accounting_basis, left, right (of the first comparison that
    is false, else of the first, in one unit), verdict.
    """
    from guibiao.language.query import rule_query

    plan = lower(expression, indicators)
    if not plan.type.is_boolean:
        raise LanguageError(_("规则不是判断"), expression.text, 0, _("用 <、<=、>、>=、==、!= 或 agrees(a, b) 写成判断。"))
    _require_period(plan, expression)
    return rule_query(plan)


def _formula(expression: Expression, indicators: Mapping[str, Indicator], unit: str) -> Plan:
    from guibiao.language.joining import scaled

    plan = lower(expression, indicators)
    if plan.type.is_boolean:
        raise LanguageError(_("公式是判断，不是数"), expression.text, 0, _("判断写进规则；公式要给出一个数。"))
    _require_period(plan, expression)
    if not plan.type.has_area:
        raise LanguageError(_("公式的结果没有地区"), expression.text, 0, _("至少让一个指标的地区不被 at 固定、不被求和消去。"))
    return scaled(plan, parse_unit(unit)) if unit else plan


def _require_period(plan: Plan, expression: Expression) -> None:
    if not plan.type.has_period:
        raise LanguageError(_("结果没有报告期"), expression.text, 0, _("至少让一个指标的报告期不被 at 固定。"))
