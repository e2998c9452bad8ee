"""Dated precedence among statements of one figure: which rule is in force, and how two statements compare by it.

Method sheet: docs/methods/0201-precedence.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from guibiao.model.basis import Stage
from guibiao.model.errors import BadDefinition
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Precedence

Row = Mapping[str, Any]
_STAGES = {stage.value: order for order, stage in enumerate((Stage.CENSUS_REVISED, Stage.VERIFIED, Stage.PRELIMINARY))}
TIE = "statement"
"""Where every criterion ties, the statement id decides."""


def precedence_on(rules: Sequence[Precedence], day: date) -> Precedence:
    """The precedence in force on a day; the earliest one before any is."""
    if not rules:
        raise BadDefinition(_("工作区没有规定数据来源的优先次序"), remedy=_("在 workspace.yaml 的 precedence 下至少写一条。"))
    in_force = [rule for rule in sorted(rules, key=lambda rule: rule.valid_from) if rule.valid_from <= day]
    return in_force[-1] if in_force else min(rules, key=lambda rule: rule.valid_from)


def standing(row: Row, precedence: Precedence) -> tuple[Any, ...]:
    """Sort key of a statement: less is better, criterion by criterion."""
    return tuple(_by_criterion(row, name, precedence) for name in precedence.criteria)


def deciding_criterion(chosen: Row, other: Row, precedence: Precedence) -> str:
    """The first criterion that tells two statements apart, or `TIE`."""
    pairs = zip(precedence.criteria, standing(chosen, precedence), standing(other, precedence), strict=True)
    return next((name for name, left, right in pairs if left != right), TIE)


def _by_criterion(row: Row, name: str, precedence: Precedence) -> Any:
    if name == "stage":
        return _STAGES.get(row["stage"], len(_STAGES))
    if name == "known_from":
        return -row["known_from"].toordinal()
    if name == "grade":
        return row["grade"]
    if name == "precision":
        return Decimal("Infinity") if row["low"] is None or row["high"] is None else row["high"] - row["low"]
    order = precedence.source_order
    return order.index(row["source"]) if row["source"] in order else len(order)
