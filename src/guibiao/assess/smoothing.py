"""Curves behind turning points: moving averages, Spencer's 15-term curve, months of cyclical dominance, extreme values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SPENCER_15 = np.array([-3, -6, -5, 3, 21, 46, 67, 74, 67, 46, 21, 3, -5, -6, -3], dtype=np.float64) / 320
SPENCER_5 = np.array([-3, 12, 17, 12, -3], dtype=np.float64) / 35
"""The five terms that take its place in quarterly series."""


def moving_average(values: Array, terms: int) -> Array:
    """Centred moving average, shape (n,); an even number of terms is centred by half weights at both ends (2 x m).

    The first and last value stand for those beyond the ends.
    """
    weights = np.ones(terms) if terms % 2 else np.concatenate(([0.5], np.ones(terms - 1), [0.5]))
    return _filtered(values, weights / weights.sum())


def spencer_curve(values: Array, *, quarterly: bool = False) -> Array:
    """Spencer's curve, shape (n,); the ends as in `moving_average`."""
    return _filtered(values, SPENCER_5 if quarterly else SPENCER_15)


def _filtered(values: Array, weights: Array) -> Array:
    half = len(weights) // 2
    padded = np.concatenate((np.full(half, values[0]), values, np.full(half, values[-1])))
    # The differences from the first value are filtered: a constant then comes out constant, with no rounding that looks like a turn.
    return np.asarray(np.convolve(padded - values[0], weights[::-1], mode="valid") + values[0], dtype=np.float64)


def cyclical_dominance(values: Array, curve: Array, most: int) -> int:
    """Least span over which the curve moves more than what it leaves (Bry and Boschan 1971, p. 24); `most` where none does."""
    rest = values - curve
    for span in range(1, min(most, len(values) - 1) + 1):
        moved = np.abs(curve[span:] - curve[:-span]).sum()
        if moved > 0 and np.abs(rest[span:] - rest[:-span]).sum() < moved:
            return span
    return most


def without_extremes(values: Array, curve: Array, beyond: float) -> tuple[Array, tuple[int, ...]]:
    """Values at least `beyond` standard deviations from the curve replaced by it, and where; never the first and the last."""
    apart = values - curve
    spread = float(apart.std(ddof=1)) if len(values) > 1 else 0.0
    if spread <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return values.copy(), ()
    extreme = np.abs(apart - apart.mean()) / spread >= beyond
    extreme[[0, -1]] = False
    return np.where(extreme, curve, values), tuple(int(at) for at in np.flatnonzero(extreme))
