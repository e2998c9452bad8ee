"""Which of several statements of one figure is used; the others stay on file.

Method sheet: docs/methods/0201-precedence.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from guibiao.model.tables import OBSERVATIONS
from guibiao.reference.definitions import Precedence
from guibiao.reference.precedence import deciding_criterion, standing

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen statement, the others in order of precedence, and the criterion that told the first two apart."""

    chosen: Row
    others: tuple[Row, ...]
    criterion: str


def observation_key(row: Row) -> tuple[Any, ...]:
    """Key under which statements are statements of one figure."""
    return tuple(row[name] for name in OBSERVATIONS.key)


def choose(statements: Iterable[Row], precedence: Precedence) -> tuple[Choice, ...]:
    """One choice for each figure stated, in key order. Ties end in the statement id, so the choice never depends on input order."""
    keyed = sorted(statements, key=lambda row: (observation_key(row), standing(row, precedence), row["statement"]))
    choices = []
    for _key, group in groupby(keyed, key=observation_key):
        chosen, *others = group
        criterion = deciding_criterion(chosen, others[0], precedence) if others else ""
        choices.append(Choice(chosen, tuple(others), criterion))
    return tuple(choices)


def observation(choice: Choice) -> dict[str, Any]:
    """The row of `observations` a choice gives: exact statement values as the nearest double."""
    row = choice.chosen
    taken = {name: row[name] for name in OBSERVATIONS.names if name not in {"value", "low", "high", "alternatives"}}
    bounds = {name: None if row[name] is None else float(row[name]) for name in ("value", "low", "high")}
    return {**taken, **bounds, "alternatives": len(choice.others)}
