"""What changed between two runs: figures added, removed, revised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from guibiao.model.period import Measure, Period
from guibiao.model.quantity import format_number
from guibiao.model.tables import OBSERVATIONS

_KEY_NAMES = OBSERVATIONS.key
_COMPARED = ("printed", "value", "low", "high", "qualifier", "unit", "stage", "source")


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that is not what it was; `before` or `after` is empty for one added or removed."""

    kind: str
    indicator: str
    area: str
    categories: str
    period: str
    accounting_basis: str
    before: str
    after: str


def changes(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Changes between two sets of observations, in key order."""
    old, new = ({tuple(row[name] for name in _KEY_NAMES): row for row in rows} for rows in (before, after))
    found = []
    for key in sorted(old.keys() | new.keys()):
        left, right = old.get(key), new.get(key)
        if left is None or right is None or any(left[name] != right[name] for name in _COMPARED):
            found.append(_change(left, right))
    return tuple(found)


def _change(left: Mapping[str, Any] | None, right: Mapping[str, Any] | None) -> Change:
    row = right or left
    assert row is not None
    kind = "added" if left is None else "removed" if right is None else "revised"
    period = str(Period(row["period_start"], row["period_end"], Measure(row["measure"])))
    return Change(kind, row["indicator"], row["area"], row["categories"], period, row["accounting_basis"], _shown(left), _shown(right))


def _shown(row: Mapping[str, Any] | None) -> str:
    return "" if row is None else format_number(Decimal(repr(row["value"]))) + str(row["unit"])
