"""Screening of units by data availability. Method sheet: docs/methods/1001-screening.md; COINr 1.1.14 `Screen`, `get_data_avail`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from guibiao.index.matrix import Mask, Matrix
from guibiao.reference.index.specification import Screening


@dataclass(frozen=True, slots=True)
class Availability:
    """For each row (rows,): share of indicators present, share of the present that is not zero (nan where none), and whether it stays."""

    available: Matrix
    nonzero: Matrix
    included: Mask


def screen(values: Matrix, units: Sequence[str], rule: Screening) -> Availability:
    """Availability of a matrix (rows, indicators); forced units stay or leave whatever their data. A row without data never stays."""
    missing = np.isnan(values).sum(axis=1)
    zeros = (values == 0).sum(axis=1)
    available = 1 - missing / values.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        nonzero = 1 - zeros / (values.shape[1] - missing)
    enough, real = available >= rule.least_available, nonzero >= rule.least_nonzero
    included = {
        "none": np.ones(len(values), dtype=bool), "missing": enough, "zeros": real, "both": enough & real,
    }[rule.rule].copy()  # fmt: skip
    for row, unit in enumerate(units):
        included[row] = (included[row] or unit in rule.include) and unit not in rule.exclude
    return Availability(available, nonzero, included)
