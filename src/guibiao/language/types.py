"""Type check of an expression: what it gives, or why it makes no sense."""

from __future__ import annotations

from collections.abc import Mapping

from guibiao.language.lower import lower
from guibiao.language.syntax import Expression
from guibiao.language.value_type import ValueType
from guibiao.model.indicator import Indicator

__all__ = ["ValueType", "check"]


def check(expression: Expression, indicators: Mapping[str, Indicator]) -> ValueType:
    """Type of an expression. `LanguageError` names the place; `MixedBasis` names both operands and both bases."""
    return lower(expression, indicators).type
