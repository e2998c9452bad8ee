"""Why one statement of a figure was used and not another: the first criterion of the precedence that tells them apart.

The same order as the room that chooses applies (method sheet docs/methods/0201-precedence.md); a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guibiao.model.basis import Stage
from guibiao.reference.definitions import Precedence

Row = Mapping[str, Any]
_STAGES = (Stage.CENSUS_REVISED.value, Stage.VERIFIED.value, Stage.PRELIMINARY.value)
TIE = "statement"


def not_chosen_because(chosen: Row, other: Row, precedence: Precedence) -> str:
    """The criterion that preferred `chosen`; `statement` where all tie and the order of ids decided."""
    return next((name for name in precedence.criteria if _rank(chosen, name, precedence) != _rank(other, name, precedence)), TIE)


def _rank(row: Row, criterion: str, precedence: Precedence) -> Any:
    """What is compared; less is better."""
    if criterion == "stage":
        return _STAGES.index(row["stage"]) if row["stage"] in _STAGES else len(_STAGES)
    if criterion == "known_from":
        return -row["known_from"].toordinal()
    if criterion == "grade":
        return row["grade"]
    if criterion == "decimals":
        return -(row["decimals"] or 0)
    order = precedence.source_order
    return order.index(row["source"]) if row["source"] in order else len(order)
