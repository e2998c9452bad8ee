"""Synthetic monthly series for tests of adjustment: trend times seasonal times noise, the same for the same seed."""

from __future__ import annotations

import numpy as np

from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification

START = 2010 * 12
AIRLINE = AdjustmentSpecification(method="x11", transform="log", model="(0 1 1)(0 1 1)")


def sample(name: str = "a", years: int = 8, seed: int = 1, start: int = START) -> TimeSeries:
    """A series of whole years with a clear seasonal."""
    random = np.random.default_rng(seed)
    months = 12 * years
    level = 100 * np.exp(np.cumsum(random.normal(0.004, 0.01, months)))
    season = np.exp(0.15 * np.sin(2 * np.pi * np.arange(months) / 12) + 0.05 * np.cos(4 * np.pi * np.arange(months) / 12))
    values = level * season * np.exp(random.normal(0, 0.01, months))
    return TimeSeries(name, Frequency.MONTH, start, tuple(values.tolist()))
