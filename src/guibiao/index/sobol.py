"""Variance-based sensitivity indices of a Saltelli design, with bootstrap intervals.

Method sheet: docs/methods/1012-sensitivity-indices.md. Source: Saltelli et al. (2010), table 2 (b) and (f); Jansen (1999); COINr 1.1.14
`SA_estimate`.
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
    whole = _whole(a, b, ab)
    middle = np.zeros(shape[1]) if whole else (a.mean(axis=0) + b.mean(axis=0)) / 2
    change = ab - a
    parts = np.concatenate(
        [
            (a - middle)[np.newaxis], (b - middle)[np.newaxis], ((a - middle) ** 2)[np.newaxis], ((b - middle) ** 2)[np.newaxis],
            (b - middle) * change, change, change**2,
        ]
    )  # fmt: skip
    offset = np.zeros(shape[1]) if centre else middle
    drawn = _Sums(parts, len(mixed), centre, offset, whole)
    one, total, variance = drawn.indices(parts.sum(axis=1)[np.newaxis])
    bounds = drawn.bounds(bootstrap, interval, seed) if bootstrap else np.broadcast_to(nothing, (4, *shape))
    return SobolIndices(one[0], total[0], bounds[0], bounds[1], bounds[2], bounds[3], variance[0], points, dropped)


def _whole(*outputs: Matrix) -> bool:
    """Whether outputs are whole numbers, as ranks are, so small that every sum over a bootstrap sample is exact in any order."""
    greatest = max(float(np.abs(each).max(initial=0.0)) for each in outputs)
    points = outputs[0].shape[0]
    return 4 * greatest**2 * points < 2.0**53 and all(bool((each == np.rint(each)).all()) for each in outputs)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What indices are made of: parts (4 + 3 factors, points, outputs), of which only sums over points are needed.

    Whole numbers go through the fast matrix product, whose order of summation depends on the machine's threads; others through one that
    keeps its order.
    """

    parts: Matrix
    factors: int
    centre: bool
    offset: Matrix
    whole: bool

    def indices(self, sums: Matrix) -> tuple[Matrix, Matrix, Matrix]:
        """First-order, total and variance from sums (samples, parts, outputs); a variance that is only rounding gives nan."""
        points, factors = self.parts.shape[1], self.factors
        deviation, squares = sums[:, 0] + sums[:, 1], sums[:, 2] + sums[:, 3]
        variance = (squares - deviation**2 / (2 * points)) / (2 * points - 1)
        known = np.where(variance > 1e-24, variance, np.nan)[:, np.newaxis]
        products, changes = sums[:, 4 : 4 + factors], sums[:, 4 + factors : 4 + 2 * factors]
        shift = -(deviation / (2 * points))[:, np.newaxis] if self.centre else self.offset
        return (products + shift * changes) / points / known, sums[:, 4 + 2 * factors :] / (2 * points) / known, variance

    def bounds(self, bootstrap: int, interval: tuple[float, float], seed: int) -> Matrix:
        """(4, factors, outputs): percentile bounds over points drawn with replacement; every part of a point goes together."""
        count, points, outputs = self.parts.shape
        flat = np.ascontiguousarray(self.parts.transpose(1, 0, 2)).reshape(points, count * outputs)
        step = max(1, _CELLS // points)
        firsts, totals = np.empty((bootstrap, self.factors, outputs)), np.empty((bootstrap, self.factors, outputs))
        for number, start in enumerate(range(0, bootstrap, step)):
            rows = min(step, bootstrap - start)
            drawn = stream(seed, _BOOTSTRAP, number).integers(0, points, (rows, points)) + np.arange(rows)[:, np.newaxis] * points
            times = np.bincount(drawn.ravel(), minlength=rows * points).reshape(rows, points).astype(np.float64)
            sums = times @ flat if self.whole else np.einsum("rp,po->ro", times, flat)
            found = self.indices(sums.reshape(rows, count, outputs))
            firsts[start : start + rows], totals[start : start + rows] = found[0], found[1]
        with np.errstate(invalid="ignore"):
            return np.concatenate([np.quantile(firsts, interval, axis=0), np.quantile(totals, interval, axis=0)])
