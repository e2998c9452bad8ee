"""Functions of the engine that ibis has no name for."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis


def _last_day(day: date) -> date:
    raise NotImplementedError


def _make_date(year: int, month: int, day: int) -> date:
    raise NotImplementedError


def _split_part(text: str, separator: str, index: int) -> str:
    raise NotImplementedError


def _sum(value: float) -> float:
    raise NotImplementedError


def _product(value: float) -> float:
    raise NotImplementedError


last_day: Any = ibis.udf.scalar.builtin(_last_day, name="last_day")
make_date: Any = ibis.udf.scalar.builtin(_make_date, name="make_date")
split_part: Any = ibis.udf.scalar.builtin(_split_part, name="split_part")
exact_sum: Any = ibis.udf.agg.builtin(_sum, name="fsum")
"""Sum with compensation: the same whatever the order of rows."""
product: Any = ibis.udf.agg.builtin(_product, name="product")
