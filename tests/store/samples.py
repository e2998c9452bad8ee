"""Rows of the declared tables for the tests of the store: small, exact, and awkward where a store may stumble."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from guibiao.model.tables import Column, Kind, Table

EVERY_KIND = Table(
    "every_kind",
    (
        Column("text", Kind.TEXT, "text"),
        Column("integer", Kind.INTEGER, "integer", nullable=True),
        Column("flag", Kind.FLAG, "flag", nullable=True),
        Column("float", Kind.FLOAT, "float", nullable=True),
        Column("exact", Kind.EXACT, "exact", nullable=True),
        Column("day", Kind.DAY, "day", nullable=True),
        Column("moment", Kind.MOMENT, "moment", nullable=True),
    ),
    key=("text",),
    owner="tests",
    readers=(),
)


def row_of_every_kind(**changes: Any) -> dict[str, Any]:
    """A row of `EVERY_KIND`."""
    return {
        "text": "圭表",
        "integer": 1,
        "flag": True,
        "float": 0.1,
        "exact": Decimal("18766.7"),
        "day": date(2024, 3, 21),
        "moment": datetime(2024, 3, 21, 9, 30, tzinfo=UTC),
    } | changes


def statement(indicator: str = "output", **changes: Any) -> dict[str, Any]:
    """A row of `statements`."""
    return {
        "statement": f"{indicator}-2023",
        "indicator": indicator,
        "area": "010000",
        "categories": "",
        "period_start": date(2023, 1, 1),
        "period_end": date(2023, 12, 31),
        "measure": "during",
        "value": Decimal("18766.7"),
        "low": Decimal("18766.65"),
        "high": None,
        "qualifier": "exact",
        "printed": "18766.7",
        "unit": "亿元",
        "decimals": 1,
        "price_basis": "current",
        "comparison_basis": "none",
        "accounting_basis": "",
        "stage": "preliminary",
        "method": "surveyed",
        "status": "A",
        "known_from": date(2024, 3, 21),
        "known_precision": "day",
        "grade": "B",
        "dataset": "yearbook",
        "source": "yearbook",
        "locator": "1-1",
        "row": 2,
        "column": 3,
        "correction": "",
        "note": "",
    } | changes


def observation(indicator: str = "output", year: int = 2023, value: float = 18766.7, **changes: Any) -> dict[str, Any]:
    """A row of `observations`."""
    return {
        "indicator": indicator,
        "area": "010000",
        "categories": "",
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "measure": "during",
        "value": value,
        "low": None,
        "high": None,
        "qualifier": "exact",
        "printed": str(value),
        "unit": "亿元",
        "decimals": 1,
        "price_basis": "current",
        "comparison_basis": "none",
        "accounting_basis": "",
        "stage": "preliminary",
        "method": "surveyed",
        "status": "A",
        "known_from": date(year + 1, 3, 21),
        "known_precision": "day",
        "grade": "B",
        "source": "yearbook",
        "locator": "1-1",
        "statement": f"{indicator}-{year}",
        "alternatives": 0,
    } | changes


def finding(rule: str = "sum", **changes: Any) -> dict[str, Any]:
    """A row of `findings`."""
    empty = dict.fromkeys(
        ("remedy", "indicator", "area", "categories", "period", "claimed", "recomputed", "source", "dataset", "locator", "correction"), ""
    )
    return {"rule": rule, "severity": "warning", "message": "分项之和不等于合计"} | empty | changes


def observations(count: int, **changes: Any) -> Sequence[dict[str, Any]]:
    """That many rows of `observations` with different keys."""
    return [observation(area=f"{number:06d}", value=float(number), **changes) for number in range(count)]
