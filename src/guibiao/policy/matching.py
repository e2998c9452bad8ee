"""Which indicator of the workspace a target speaks of: shared character pairs of the names, among indicators of its kind of unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from guibiao.model.indicator import Indicator
from guibiao.model.unit import find_unit

LEAST = 0.5
"""Below this Dice coefficient a match is not proposed."""


@dataclass(frozen=True, slots=True)
class Match:
    """An indicator and the Dice coefficient (0 to 1) of the names' character pairs; empty id where none is near enough."""

    indicator: str
    score: float


def match_indicator(name: str, unit: str, indicators: Mapping[str, Indicator]) -> Match:
    """The nearest indicator; one of another kind of unit never matches."""
    wanted, own = _pairs(name), find_unit(unit)
    best = Match("", 0.0)
    for indicator in indicators.values():
        other = find_unit(indicator.unit)
        if own is not None and other is not None and own.dimension != other.dimension:
            continue
        score = _dice(wanted, _pairs(indicator.name_zh))
        if score > best.score:
            best = Match(indicator.id, round(score, 3))
    return best if best.score >= LEAST else Match("", 0.0)


def _pairs(text: str) -> Counter[str]:
    return Counter(text[index : index + 2] for index in range(len(text) - 1))


def _dice(left: Counter[str], right: Counter[str]) -> float:
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0
