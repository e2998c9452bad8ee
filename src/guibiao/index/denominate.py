"""Denominators: totals become intensities. Method sheet: docs/methods/1002-denominators.md; COINr 1.1.14 `Denominate`."""

from __future__ import annotations

import numpy as np

from guibiao.index.matrix import Mask, Matrix


def denominate(values: Matrix, denominators: Matrix, scales: Matrix, chosen: Mask) -> Matrix:
    """Values (..., rows, indicators) over (denominators / scales) in the `chosen` (indicators,) columns.

    `denominators` is (rows, indicators), `scales` (indicators,). A missing or zero denominator gives nan, never infinity.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient = values / (denominators / scales)
    return np.where(chosen, np.where(np.isfinite(quotient), quotient, np.nan), values)


def without_denominator(values: Matrix, denominators: Matrix, chosen: Mask) -> Mask:
    """Cells (rows, indicators) that had a value and lose it, because their denominator is missing or zero."""
    absent = np.isnan(denominators) | (denominators == 0)
    return np.asarray(chosen & ~np.isnan(values) & absent, dtype=np.bool_)
