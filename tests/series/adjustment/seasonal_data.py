"""Made series of which the season is known."""

from __future__ import annotations

import math
import random

from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification

AIRLINE = AdjustmentSpecification(model="(0 1 1)(0 1 1)", transform="log")
PURE = AdjustmentSpecification(model="none", method="x11")


def made(years: int = 8, frequency: Frequency = Frequency.MONTH, seed: int = 1, noise: float = 0.01, name: str = "made") -> TimeSeries:
    """Trend of 5 % a year, a wave of one year of 20 %, log-normal noise; from 2005."""
    chance = random.Random(seed)
    per_year = frequency.per_year
    values = (
        100 * math.exp(0.05 * at / per_year + 0.2 * math.sin(2 * math.pi * at / per_year) + chance.gauss(0, noise))
        for at in range(years * per_year)
    )
    return TimeSeries(name, frequency, 2005 * per_year, tuple(values))


def with_values_at(series: TimeSeries, changes: dict[int, float]) -> TimeSeries:
    return series.with_values(tuple(changes.get(at, value) for at, value in enumerate(series.values)))
