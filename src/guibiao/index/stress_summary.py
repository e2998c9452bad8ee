"""What the ranks of a stress test say: intervals, chances of each rank and each order. Ranks are (runs, units), 0 where there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guibiao.index.matrix import Matrix
from guibiao.index.stress_runs import Ranks

MOST_UNITS_PAIRED = 500
"""Units up to which every pair and every rank is told; above, only intervals."""


@dataclass(frozen=True, slots=True)
class RankSummary:
    """By unit (units,): mean, median, interval, best and worst rank, runs with a rank. Matrices (units, units), None with too many units.

    `rank_probability[u, r]` is the chance of rank r + 1; rows sum to one. `order_probability[u, v]` is the chance that u stands before v,
    ties half; with its mirror it sums to one.
    """

    mean: Matrix
    median: Matrix
    low: Matrix
    high: Matrix
    best: Matrix
    worst: Matrix
    counted: Matrix
    rank_probability: Matrix | None
    order_probability: Matrix | None


def summarise(ranks: Ranks, interval: tuple[float, float]) -> RankSummary:
    """Statistics over the runs in which a unit has a rank; quantiles interpolate between neighbours (type 7)."""
    units = ranks.shape[1]
    found = np.full((6, units), np.nan)
    counted = (ranks > 0).sum(axis=0).astype(np.float64)
    for unit in np.flatnonzero(counted):
        column = ranks[:, unit]
        known = np.sort(column[column > 0]).astype(np.float64)
        low, median, high = np.quantile(known, (interval[0], 0.5, interval[1]))
        found[:, unit] = known.mean(), median, low, high, known[0], known[-1]
    paired = units <= MOST_UNITS_PAIRED
    return RankSummary(
        found[0], found[1], found[2], found[3], found[4], found[5], counted,
        _rank_probability(ranks, counted) if paired else None, _order_probability(ranks) if paired else None,
    )  # fmt: skip


def _rank_probability(ranks: Ranks, counted: Matrix) -> Matrix:
    units = ranks.shape[1]
    places = ranks + (units + 1) * np.arange(units)
    counts = np.bincount(places.ravel(), minlength=units * (units + 1)).reshape(units, units + 1)[:, 1:]
    with np.errstate(invalid="ignore"):
        return np.asarray(counts / counted[:, np.newaxis], dtype=np.float64)


def _order_probability(ranks: Ranks) -> Matrix:
    columns = np.ascontiguousarray(ranks.T)
    units = len(columns)
    chance = np.full((units, units), np.nan)
    complete = bool((columns > 0).all())
    for unit in range(units):
        others = columns[unit:]
        before, same = columns[unit] < others, columns[unit] == others
        both = None if complete else (columns[unit] > 0) & (others > 0)
        if both is not None:
            before, same = before & both, same & both
        total = ranks.shape[0] if both is None else both.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = (before.sum(axis=1) + same.sum(axis=1) / 2) / total
        chance[unit, unit:] = share
        chance[unit:, unit] = 1 - share
    np.fill_diagonal(chance, np.nan)
    return chance


def mean_rank_change(ranks: Ranks, nominal: Matrix) -> Matrix:
    """(runs,): mean over units of the absolute difference to the nominal rank; nan in a run without ranks."""
    known = (ranks > 0) & ~np.isnan(nominal)
    difference = np.where(known, np.abs(ranks - np.nan_to_num(nominal)), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(difference.sum(axis=1) / known.sum(axis=1), dtype=np.float64)
