"""Which of several statements of one figure is used: dated criteria, applied in order; the others stay on file.

Method sheet: docs/methods/0201-precedence.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from guibiao.model.basis import Stage
from guibiao.model.errors import BadDefinition
from guibiao.model.messages import translate as _
from guibiao.model.tables import OBSERVATIONS
from guibiao.reference.definitions import Precedence

Row = Mapping[str, Any]
_STAGES = {stage.value: order for order, stage in enumerate((Stage.CENSUS_REVISED, Stage.VERIFIED, Stage.PRELIMINARY))}


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen statement, the others in order of precedence, and the criterion that told the first two apart."""

    chosen: Row
    others: tuple[Row, ...]
    criterion: str


def precedence_on(rules: Sequence[Precedence], day: date) -> Precedence:
    """The precedence in force on a day; the earliest one before any is."""
    if not rules:
        raise BadDefinition(_("工作区没有规定数据来源的优先次序"), remedy=_("在 workspace.yaml 的 precedence 下至少写一条。"))
    in_force = [rule for rule in sorted(rules, key=lambda rule: rule.valid_from) if rule.valid_from <= day]
    return in_force[-1] if in_force else min(rules, key=lambda rule: rule.valid_from)


def observation_key(row: Row) -> tuple[Any, ...]:
    """Key under which statements are statements of one figure."""
    return tuple(row[name] for name in OBSERVATIONS.key)


def choose(statements: Iterable[Row], precedence: Precedence) -> tuple[Choice, ...]:
    """One choice for each figure stated, in key order. Ties end in the statement id, so the choice never depends on input order."""
    keyed = sorted(statements, key=lambda row: (observation_key(row), _rank(row, precedence), row["statement"]))
    choices = []
    for _key, group in groupby(keyed, key=observation_key):
        rows = list(group)
        choices.append(Choice(rows[0], tuple(rows[1:]), _deciding(rows, precedence)))
    return tuple(choices)


def observation(choice: Choice) -> dict[str, Any]:
    """The row of `observations` a choice gives: exact statement values as the nearest double."""
    row = choice.chosen
    taken = {name: row[name] for name in OBSERVATIONS.names if name not in {"value", "low", "high", "alternatives"}}
    bounds = {name: None if row[name] is None else float(row[name]) for name in ("value", "low", "high")}
    return {**taken, **bounds, "alternatives": len(choice.others)}


def _rank(row: Row, precedence: Precedence) -> tuple[Any, ...]:
    return tuple(_criterion_rank(row, name, precedence) for name in precedence.criteria)


def _criterion_rank(row: Row, name: str, precedence: Precedence) -> Any:
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


def _deciding(rows: Sequence[Row], precedence: Precedence) -> str:
    if len(rows) == 1:
        return ""
    for name in precedence.criteria:
        if _criterion_rank(rows[0], name, precedence) != _criterion_rank(rows[1], name, precedence):
            return name
    return "statement"
