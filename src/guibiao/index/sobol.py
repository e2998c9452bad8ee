"""Variance-based sensitivity indices of a Saltelli design, with bootstrap intervals.

Method sheet: docs/methods/1012-sensitivity-indices.md. Source: Saltelli et al. (2010), table 2 (b) and (f); Jansen (1999); COINr 1.1.14 `SA_estimate`.
Outputs are (points, outputs); the mixed runs (factors, points, outputs): row i of mixed[j] has factor j from B and the others from A.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guibiao.index.matrix import Matrix
from guibiao.index.sampling import stream

_CELLS = 4_000_000
_BOOTSTRAP = 1_000_000
"""Purpose of the bootstrap's streams."""


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """First-order and total indices (factors, outputs) with interval bounds (nan without bootstrap); nan where an output does not vary.

    Estimates below zero or above one are sampling error and are left as they are. `dropped` counts points without some result.
    """

    first: Matrix
    total: Matrix
    first_low: Matrix
    first_high: Matrix
    total_low: Matrix
    total_high: Matrix
    variance: Matrix
    points: int
    dropped: int


def sobol_indices(
    first: Matrix,
    second: Matrix,
    mixed: Matrix,
    *,
    centre: bool = False,
    bootstrap: int = 0,
    interval: tuple[float, float] = (0.05, 0.95),
    seed: int = 0,
) -> SobolIndices:
    """Indices of runs A, B (points, outputs) and AB_j (factors, points, outputs); points with a nan anywhere are dropped and counted.

    S_j = mean(B (AB_j - A)) / V, ST_j = mean((A - AB_j)^2) / 2 V, V the variance of A and B together. `centre` takes the common mean off
    first: the same quantity with less sampling error; without it the figures are the reference's.
    """
    usable = ~(np.isnan(first).any(axis=1) | np.isnan(second).any(axis=1) | np.isnan(mixed).any(axis=(0, 2)))
    a, b, ab = first[usable], second[usable], mixed[:, usable]
    points, dropped = len(a), int((~usable).sum())
    shape = (len(mixed), first.shape[1])
    nothing = np.full(shape, np.nan)
    if points < 2:
        return SobolIndices(nothing, nothing, nothing, nothing, nothing, nothing, np.full(shape[1], np.nan), points, dropped)
    middle = (a.mean(axis=0) + b.mean(axis=0)) / 2
    # Sums about the middle keep the variance exact; only the first-order products depend on `centre`.
    parts = np.concatenate(
        [
            (a - middle)[np.newaxis], (b - middle)[np.newaxis], ((a - middle) ** 2)[np.newaxis], ((b - middle) ** 2)[np.newaxis],
            (b - middle if centre else b) * (ab - a), (a - ab) ** 2,
        ]
    )  # fmt: skip
    one, total, variance = _from_sums(parts.sum(axis=1)[np.newaxis], points, len(mixed))
    bounds = _bootstrapped(parts, len(mixed), bootstrap, interval, seed) if bootstrap else (nothing,) * 4
    return SobolIndices(one[0], total[0], *bounds, variance[0], points, dropped)


def _from_sums(sums: Matrix, points: int, factors: int) -> tuple[Matrix, Matrix, Matrix]:
    """Indices from sums (samples, parts, outputs); a variance that is only rounding gives nan."""
    deviation, squares = sums[:, 0] + sums[:, 1], sums[:, 2] + sums[:, 3]
    variance = (squares - deviation**2 / (2 * points)) / (2 * points - 1)
    known = np.where(variance > 1e-24, variance, np.nan)[:, np.newaxis]
    return sums[:, 4 : 4 + factors] / points / known, sums[:, 4 + factors :] / (2 * points) / known, variance


def _bootstrapped(
    parts: Matrix, factors: int, bootstrap: int, interval: tuple[float, float], seed: int
) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Percentile bounds over samples of points drawn with replacement; every part of a point goes together."""
    count, points, outputs = parts.shape
    flat = np.ascontiguousarray(parts.transpose(1, 0, 2)).reshape(points, count * outputs)
    step = max(1, _CELLS // points)
    firsts, totals = np.empty((bootstrap, factors, outputs)), np.empty((bootstrap, factors, outputs))
    for number, start in enumerate(range(0, bootstrap, step)):
        rows = min(step, bootstrap - start)
        drawn = stream(seed, _BOOTSTRAP, number).integers(0, points, (rows, points)) + np.arange(rows)[:, np.newaxis] * points
        times = np.bincount(drawn.ravel(), minlength=rows * points).reshape(rows, points).astype(np.float64)
        sums = (times @ flat).reshape(rows, count, outputs)
        firsts[start : start + rows], totals[start : start + rows], _variance = _from_sums(sums, points, factors)
    low, high = interval
    with np.errstate(invalid="ignore"):
        return (
            np.quantile(firsts, low, axis=0), np.quantile(firsts, high, axis=0),
            np.quantile(totals, low, axis=0), np.quantile(totals, high, axis=0),
        )  # fmt: skip
