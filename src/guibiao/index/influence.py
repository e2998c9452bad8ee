"""What each part of an index weighs in fact: ranks without it, and the share of the index's variance that goes with it.

Method sheet: docs/methods/1018-influence.md. Source: COINr 1.1.14 `remove_elements`; Paruolo et al. (2013); Becker et al. (2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guibiao.index.aggregate import Tree
from guibiao.index.construction import effective_weights
from guibiao.index.matrix import Matrix
from guibiao.index.stress_scores import run_ranks, run_scores, without_empty_groups
from guibiao.index.weights_data import correlation

_BANDWIDTHS = np.geomspace(0.08, 2.0, 12)
_MOST_ROWS = 600


@dataclass(frozen=True, slots=True)
class Influence:
    """One part: effective weight; mean and greatest absolute change of rank without it, and whose; r² and correlation ratio with the index.

    nan where the index has no mean without it, or nothing varies.
    """

    code: str
    level: int
    weight: float
    mean_rank_change: float
    greatest_rank_change: float
    unit: str
    linear: float
    correlation_ratio: float


def influences(tree: Tree, units: tuple[str, ...], normalised: Matrix, scores: Matrix) -> tuple[Influence, ...]:
    """Every node but the root, over the rows of one time: normalised (units, indicators), scores (units, nodes)."""
    nodes = len(tree.codes)
    weights = np.repeat(tree.weights[np.newaxis], nodes, axis=0)
    np.fill_diagonal(weights, 0.0)
    weights[tree.root] = tree.weights
    done = run_scores(normalised, tree, tree.groups, without_empty_groups(tree, weights), None)
    ranks = run_ranks(done.scores)
    change = np.abs(ranks - ranks[tree.root])
    shares, index = effective_weights(tree), scores[:, tree.root]
    return tuple(
        _influence(tree, units, place, float(shares[place]), change[place], scores[:, place], index)
        for place in range(nodes)
        if place != tree.root
    )


def _influence(tree: Tree, units: tuple[str, ...], place: int, weight: float, change: Matrix, part: Matrix, index: Matrix) -> Influence:
    known = ~np.isnan(change)
    mean = float(change[known].mean()) if known.any() else float("nan")
    most = int(np.argmax(np.where(known, change, -1.0)))
    mover = units[most] if known.any() and change[most] > 0 else ""
    return Influence(
        tree.codes[place], int(tree.levels[place]), weight, mean, float(change[most]), mover,
        correlation(part, index) ** 2, correlation_ratio(part, index),
    )  # fmt: skip


def correlation_ratio(x: Matrix, y: Matrix) -> float:
    """Var(E[y | x]) / Var(y): the mean by a local linear smoother, Gaussian, its width by leave-one-out error; nan below ten rows."""
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if len(x) < 10 or x.max() == x.min() or y.max() == y.min():
        return float("nan")
    if len(x) > _MOST_ROWS:
        chosen = np.argsort(x, kind="stable")[np.linspace(0, len(x) - 1, _MOST_ROWS).astype(np.intp)]
        x, y = x[chosen], y[chosen]
    scaled = (x - x.mean()) / x.std()
    best, smooth = np.inf, y
    for width in _BANDWIDTHS:
        fitted, leverage = _local_linear(scaled, y, width)
        if leverage.max() > 1 - 1e-6:
            continue
        error = float((((y - fitted) / (1 - leverage)) ** 2).mean())
        if error < best:
            best, smooth = error, fitted
    return float(min(1.0, smooth.var() / y.var())) if np.isfinite(best) else correlation(x, y) ** 2


def _local_linear(x: Matrix, y: Matrix, width: float) -> tuple[Matrix, Matrix]:
    """Fitted values and leverages (rows,) at the rows themselves."""
    gap = x[np.newaxis] - x[:, np.newaxis]
    kernel = np.exp(-0.5 * (gap / width) ** 2)
    zero, one, two = kernel.sum(axis=1), (kernel * gap).sum(axis=1), (kernel * gap**2).sum(axis=1)
    below = zero * two - one**2
    # Where all weight lies on one value the line is its mean.
    flat = below <= 1e-10 * zero * two
    below = np.where(flat, 1.0, below)
    sloped = kernel * (two[:, np.newaxis] - one[:, np.newaxis] * gap) / below[:, np.newaxis]
    hat = np.where(flat[:, np.newaxis], kernel / zero[:, np.newaxis], sloped)
    return hat @ y, np.diag(hat)
