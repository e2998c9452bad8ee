"""The runs of a stress test: which alternatives each takes, and the ranks that come out. Work is cut the same way whatever the threads."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guibiao.index.aggregate import Group, Tree
from guibiao.index.matrix import Mask, Matrix, Places
from guibiao.index.sampling import alternatives_of, saltelli_design, sampled_weights, sobol_sample, uniform_sample
from guibiao.index.stress_choices import PREPARING, Combination
from guibiao.index.stress_scores import run_ranks, run_scores, without_empty_groups
from guibiao.reference.index.specification import Aggregation
from guibiao.reference.index.stress import StressSpecification

Ranks = NDArray[np.int32]
_CELLS = 65_536
"""Runs times units of one piece of work: what a processor's cache holds."""
_WEIGHTS, _CHOICES = 1, 2
"""Purposes of the streams."""


@dataclass(frozen=True, slots=True)
class Design:
    """For each run (runs,): the alternative of each factor, the row of its weight set, what is left out (0 nothing, else 1 + indicator).

    Runs are A, B (`points` each), then A with one of `factors` from B, factor by factor.
    """

    choices: Mapping[str, Places]
    weights: Matrix
    weight_rows: Places
    left_out: Places
    factors: tuple[str, ...]
    points: int

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.weight_rows)


@dataclass(frozen=True, slots=True)
class Runs:
    """Ranks (runs, units), 0 where a unit has none, and the node whose mean failed (runs,), -1 where none did."""

    ranks: Ranks
    failed_at: Places

    @property
    def failed(self) -> Mask:
        """(runs,): whether no unit has a rank."""
        return np.asarray((self.ranks == 0).all(axis=1), dtype=np.bool_)


def design_of(stated: StressSpecification, tree: Tree, alternatives: Mapping[str, int]) -> Design:
    """The Saltelli design over the factors that vary (how many alternatives each has); weights are drawn anew for each row of A and B."""
    factors = tuple(alternatives)
    points = -(-stated.runs // 2)
    dimensions = 2 * len(factors)
    base = (
        sobol_sample(points, dimensions, stated.seed)
        if stated.sampling == "sobol"
        else uniform_sample(points, dimensions, stated.seed, _CHOICES)
    )
    design = saltelli_design(base)
    runs = len(design) if len(factors) > 1 else 2 * points
    choices = {name: alternatives_of(design[:runs, place], alternatives[name]) for place, name in enumerate(factors)}
    rows = np.zeros(runs, dtype=np.intp)
    weights = tree.weights[np.newaxis]
    if "weights" in factors:
        weights = sampled_weights(tree, stated.weights, 2 * points, stated.seed, _WEIGHTS)
        rows = _weight_rows(runs, points, factors.index("weights"))
        choices.pop("weights")
    left_out = choices.pop("leave_out", np.zeros(runs, dtype=np.intp))
    return Design(choices, weights, rows, left_out, factors, points)


def _weight_rows(runs: int, points: int, factor: int) -> Places:
    """Rows of A take the first weight sets, rows of B the others; mixed rows take A's, but B's where weights are what is mixed."""
    rows = np.arange(runs, dtype=np.intp) % points
    block = np.arange(runs) // points
    return np.asarray(rows + points * ((block == 1) | (block == 2 + factor)), dtype=np.intp)


def combination_keys(design: Design) -> NDArray[np.intp]:
    """(runs, 4): places of the alternatives of impute, treat, normalise and aggregate."""
    nothing = np.zeros(design.runs, dtype=np.intp)
    return np.stack([design.choices.get(name, nothing) for name in (*PREPARING, "aggregate")], axis=1)


def run_design(
    design: Design,
    tree: Tree,
    groups: tuple[Group, ...],
    prepared: Mapping[tuple[int, int, int], Combination],
    aggregations: tuple[Aggregation | None, ...],
    jobs: int = 1,
) -> Runs:
    """Every run of a design for the last of `groups`; runs alike in all but weights are computed together."""
    units = len(next(iter(prepared.values())).values)
    ranks = np.zeros((design.runs, units), dtype=np.int32)
    failed_at = np.full(design.runs, -1, dtype=np.intp)
    keys, which = np.unique(combination_keys(design), axis=0, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable")
    starts = np.searchsorted(which.ravel()[order], np.arange(len(keys) + 1))
    step = max(1, _CELLS // units)

    def work(piece: tuple[int, Places]) -> None:
        place, rows = piece
        impute, treat, normalise, aggregate = (int(each) for each in keys[place])
        combination = prepared[impute, treat, normalise]
        if combination.problem:
            return
        weights = without_empty_groups(tree, _with_left_out(design, rows))
        done = run_scores(combination.values, tree, groups, weights, aggregations[aggregate])
        failed_at[rows] = done.failed_at
        ranks[rows] = np.nan_to_num(run_ranks(done.scores), nan=0.0).astype(np.int32)

    pieces = [
        (place, order[start : min(start + step, starts[place + 1])])
        for place in range(len(keys))
        for start in range(int(starts[place]), int(starts[place + 1]), step)
    ]
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        for _done in pool.map(work, pieces):
            pass
    return Runs(ranks, failed_at)


def _with_left_out(design: Design, rows: Places) -> Matrix:
    weights = design.weights[design.weight_rows[rows]]
    left = design.left_out[rows]
    out = np.flatnonzero(left)
    weights[out, left[out] - 1] = 0.0
    return weights
