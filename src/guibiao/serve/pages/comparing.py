"""Figures set against those of a year before: only like with like, and never a published growth rate mixed with a computed one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from guibiao.model.period import Measure, Period
from guibiao.serve.services import Row

YEAR = 12
POINTS = frozenset({"share", "growth"})
"""Natures whose change is a difference in percentage points."""
SERIES = ("indicator", "area", "categories", "price_basis", "accounting_basis", "unit")


@dataclass(frozen=True, slots=True)
class Moved:
    """How a figure differs from that of the same period a year before; `points` where it is a difference of rates."""

    value: float
    points: bool
    base: Row

    @property
    def direction(self) -> str:
        """up, down or level."""
        return "up" if self.value > 0 else "down" if self.value < 0 else "level"


def period_of(row: Row) -> Period:
    """Reference period of a row."""
    return Period(row["period_start"], row["period_end"], Measure(row["measure"]))


class Series:
    """Rows found by period, of one series or several."""

    def __init__(self, rows: Iterable[Row], breaks: Mapping[str, Sequence[Row]]) -> None:
        self.breaks = breaks
        self._rows: dict[tuple[Any, ...], Row] = {(_key(row), period_of(row)): row for row in rows}

    def year_before(self, row: Row, nature: str) -> Moved | None:
        """The change on a year; None without a like figure, over a break, or where a percentage of the base says nothing."""
        base = self._rows.get((_key(row), period_of(row).shift(-YEAR)))
        if base is None or self._broken(row, base):
            return None
        if nature in POINTS:
            return Moved(row["value"] - base["value"], True, base)
        if base["value"] <= 0 or "exact" not in {base["qualifier"], "exact"}:
            return None
        return Moved((row["value"] / base["value"] - 1) * 100, False, base)

    def _broken(self, row: Row, base: Row) -> bool:
        return any(base["period_end"] < first_day(each["date"]) <= row["period_end"] for each in self.breaks.get(row["indicator"], ()))


def first_day(text: str) -> date:
    """First day of a year, month or day as stated."""
    parts = [*(int(part) for part in text.split("-")[:3]), 1, 1]
    return date(*parts[:3])


def latest(rows: Iterable[Row]) -> Row | None:
    """The last figure: the latest end, then the longest period, the latest known."""
    return max(rows, key=lambda row: (row["period_end"], (row["period_end"] - row["period_start"]).days, row["known_from"]), default=None)


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in SERIES)
