"""Made-up series with a known common factor, for the tests of nowcasts. Synthetic throughout."""

from __future__ import annotations

from datetime import date

import numpy as np

from guibiao.model.series import Frequency
from guibiao.series.nowcasting.vintages import Entry

START = 2005
BEFORE, DAY = date(2019, 10, 5), date(2019, 11, 25)


def one_factor(seed: int = 1, months: int = 180, indicators: int = 4) -> list[Entry]:
    """Monthly x0.. that load on one factor and a quarterly y, 5 plus the quarter's mean of factor and noise."""
    rng = np.random.default_rng(seed)
    factor = np.zeros(months)
    for month in range(1, months):
        factor[month] = 0.8 * factor[month - 1] + rng.normal()
    entries = []
    for number in range(indicators):
        loading, rest = rng.uniform(0.5, 1.0), 0.0
        for month in range(months):
            rest = 0.3 * rest + 0.6 * rng.normal()
            entries.append(Entry(f"x{number}", Frequency.MONTH, START * 12 + month, float(loading * factor[month] + rest)))
    target = factor + 0.4 * rng.normal(size=months)
    quarters = 5 + target[: months // 3 * 3].reshape(-1, 3).mean(axis=1)
    return entries + [Entry("y", Frequency.QUARTER, START * 4 + at, float(value)) for at, value in enumerate(quarters)]


def sales(seed: int = 2, years: int = 9, *, joined: bool = True) -> list[Entry]:
    """Monthly sales with trend and season, January and February published as one where `joined`, and a monthly survey."""
    rng = np.random.default_rng(seed)
    cycle, entries, first = 0.0, [], 0.0
    for month in range(12 * years):
        cycle = 0.9 * cycle + 0.02 * rng.normal()
        value = float(1000 * np.exp(0.006 * month + 0.1 * np.sin(month * np.pi / 6) + cycle + 0.01 * rng.normal()))
        at = 2010 * 12 + month
        entries.append(Entry("survey", Frequency.MONTH, at, float(50 + 100 * cycle + rng.normal())))
        if joined and month % 12 == 0:
            first = value
        elif joined and month % 12 == 1:
            entries.append(Entry("sales", Frequency.MONTH, at, first + value, None, 2))
        else:
            entries.append(Entry("sales", Frequency.MONTH, at, value))
    return entries
