"""Levels for tests of methods."""

from __future__ import annotations

from datetime import date

from guibiao.measure.levels import Level
from guibiao.model.period import year


def level(
    value: float, at: int = 2023, *, indicator: str = "part", basis: str = "old", stage: str = "preliminary", decimals: int = 1,
    categories: str = "", name: str = "",
) -> Level:  # fmt: skip
    half = 0.5 * 10**-decimals
    identity = name or f"{indicator} {at} {value} {basis}"
    return Level(
        indicator, "1", categories, year(at), value, value - half, value + half, "current", basis, stage, date(at + 1, 1, 1), "day", "B",
        identity, decimals,
    )  # fmt: skip
