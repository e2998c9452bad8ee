"""Scores of one node for many weight sets at once, child by child: plain sums in a fixed order, so that the bits do not depend on threads.

Method sheet: docs/methods/1011-stress-test.md. The means are those of `index/aggregate.py`; runs are the first axis, units the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from guibiao.index.aggregate import Group, Tree, aggregate_group
from guibiao.index.matrix import Mask, Matrix, Places, descending_ranks
from guibiao.reference.index.specification import Aggregation

TIE = 1e12
"""Scores that agree to this share of the greatest score of a run are tied."""


@dataclass(frozen=True, slots=True)
class RunScores:
    """Scores (runs, units), and for each run the place of the group whose mean does not exist, -1 where all do."""

    scores: Matrix
    failed_at: Places


def below(tree: Tree, node: int) -> tuple[Group, ...]:
    """The groups that decide the score of a node, children before parents."""
    wanted, found = {node}, []
    for group in reversed(tree.groups):
        if group.place in wanted:
            wanted |= set(group.children.tolist())
            found.append(group)
    return tuple(reversed(found))


def without_empty_groups(tree: Tree, weights: Matrix) -> Matrix:
    """Weights (runs, nodes) in which a group none of whose children has weight loses its own; the root keeps its one."""
    kept = weights.copy()
    for group in tree.groups:
        if group.place != tree.root:
            kept[:, group.place] = np.where((kept[:, group.children] > 0).any(axis=1), kept[:, group.place], 0.0)
    return kept


def run_scores(values: Matrix, tree: Tree, groups: tuple[Group, ...], weights: Matrix, aggregation: Aggregation | None) -> RunScores:
    """Scores of the last of `groups` from normalised values (units, indicators) under weights (runs, nodes).

    `aggregation` replaces each group's own. A child without weight is as if it were not there, and is not counted by a threshold.
    """
    runs = len(weights)
    failed_at = np.full(runs, -1, dtype=np.intp)
    scores: dict[int, Matrix] = {place: values[np.newaxis, :, place] for place in range(tree.indicators)}
    for group in groups:
        chosen = aggregation or group.aggregation
        children = [scores[int(child)] for child in group.children]
        shares = [weights[:, int(child), np.newaxis] for child in group.children]
        wrong = _without_mean(children, shares, chosen)
        if wrong is not None:
            failed_at[wrong & (failed_at < 0)] = group.place
        scores[group.place] = _group_scores(children, shares, chosen, (runs, len(values)))
    result = scores[groups[-1].place]
    result[failed_at >= 0] = np.nan
    return RunScores(result, failed_at)


def _without_mean(children: list[Matrix], shares: list[Matrix], chosen: Aggregation) -> Mask | None:
    """(runs,): whether a child with weight has a score the mean is not defined for; None where every score is allowed."""
    power = {"geometric": 0.0, "harmonic": -1.0, "generalised": chosen.power}.get(chosen.method)
    if power is None or power == round(power) > 0:
        return None
    wrong = np.zeros(len(shares[0]), dtype=bool)
    for child, share in zip(children, shares, strict=True):
        bad = child == 0 if chosen.method == "harmonic" else child < 0 if power > 0 else child <= 0
        wrong |= bad.any(axis=1) & (share[:, 0] > 0)
    return wrong


def _transformed(power: float) -> tuple[Callable[[Matrix], Matrix], Callable[[Matrix], Matrix]]:
    """A power mean as a transformation of the children and of their weighted mean."""
    if power == 1:
        return lambda x: x, lambda y: y
    if power == 0:
        return np.log, np.exp
    if power == -1:
        return np.reciprocal, np.reciprocal
    return lambda x: x**power, lambda y: np.asarray(y ** (1 / power), dtype=np.float64)


def _group_scores(children: list[Matrix], shares: list[Matrix], chosen: Aggregation, shape: tuple[int, int]) -> Matrix:
    """One parent (runs, units); every run has its own weights, a child may have scores in common (1, units)."""
    if chosen.method == "copeland":
        return _copeland(children, shares, chosen, shape)
    forward, backward = _transformed({"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0, "generalised": chosen.power}[chosen.method])
    partial = chosen.threshold is not None or any(bool(np.isnan(child).any()) for child in children)
    total = np.zeros(shape)
    mass = np.zeros(shape if partial else (shape[0], 1))
    with np.errstate(all="ignore"):
        for child, share in zip(children, shares, strict=True):
            if not partial:
                total += share * forward(child)
                mass += share
            else:
                present = ~np.isnan(child)
                total += np.where(present & (share > 0), share * forward(child), 0.0)
                mass += present * share
        result = backward(total / mass)
    if partial:
        result = np.where(np.isfinite(result) & (mass > 0), result, np.nan)
        return _above_threshold(result, children, shares, chosen.threshold)
    return np.where(np.isfinite(result), result, np.nan)


def _above_threshold(result: Matrix, children: list[Matrix], shares: list[Matrix], threshold: float | None) -> Matrix:
    if threshold is None:
        return result
    kept = sum((share > 0).astype(np.float64) for share in shares)
    present = np.zeros(result.shape)
    for child, share in zip(children, shares, strict=True):
        present += ~np.isnan(child) & (share > 0)
    return np.where(present < threshold * kept, np.nan, result)


def _copeland(children: list[Matrix], shares: list[Matrix], chosen: Aggregation, shape: tuple[int, int]) -> Matrix:
    values = np.stack([np.broadcast_to(child, shape) for child in children], axis=-1)
    weights = np.stack([np.broadcast_to(share, (shape[0], 1)) for share in shares], axis=-1)
    empty = weights.sum(axis=-1) == 0
    return np.where(empty, np.nan, aggregate_group(values, np.where(empty[..., np.newaxis], 1.0, weights), chosen))


def run_ranks(scores: Matrix) -> Matrix:
    """Ranks (runs, units) within each run, 1 the best; scores equal but for rounding tie, nan stays nan."""
    greatest = np.fmax.reduce(np.abs(scores), axis=1, keepdims=True)
    scale = np.where(greatest > 0, greatest, 1.0)
    return descending_ranks(np.rint(scores / scale * TIE), axis=-1)
