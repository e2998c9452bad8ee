"""A difference between two scores shared out among indicators and weights, exactly: Aumann and Shapley's path from one state to the other.

Method sheet: docs/methods/1019-change-decomposition.md. Source: Aumann and Shapley (1974). For an arithmetic tree of one level it is the
midpoint (Bennet) decomposition: mean weight times change of score, and mean score times change of weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guibiao.index.aggregate import Group, Tree
from guibiao.index.matrix import Mask, Matrix
from guibiao.index.sampling import shares_of
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.index.specification import Aggregation

_POINTS = (8, 32, 128, 512)
_CLOSE = 1e-13


@dataclass(frozen=True, slots=True)
class Attribution:
    """What each indicator's score (indicators,), each node's weight and its coming or going (nodes,) add; they sum to end - start.

    `residual` is what the quadrature leaves of it; it is not spread over the parts.
    """

    start: float
    end: float
    values: Matrix
    weights: Matrix
    availability: Matrix
    residual: float


@dataclass(frozen=True, slots=True)
class State:
    """Normalised scores of one unit (indicators,), nan where missing, and weights (nodes,)."""

    values: Matrix
    weights: Matrix


def attribute(tree: Tree, groups: tuple[Group, ...], first: State, second: State) -> Attribution:
    """The difference in the last of `groups` between two states.

    Raises BadRequest for Copeland scores, which depend on the other units, and where one of the states has no score.
    """
    for group in groups:
        if group.aggregation.method == "copeland":
            raise BadRequest(_("Copeland 得分取决于其他单位，不能分解"), remedy=_("对用平均汇总的项作分解。"))
    x, w, present = _filled(tree, groups, first, second)
    ends = _forward(tree, groups, x, w)[:, groups[-1].place]
    if not (present[:, groups[-1].place].all() and np.isfinite(ends).all()):
        raise BadRequest(_("其中一个状态没有得分，不能分解"), remedy=_("换一个时间或单位。"))
    change, spread = x[1] - x[0], w[1] - w[0]
    difference = float(ends[1] - ends[0])
    values, weights, residual = np.zeros(tree.indicators), np.zeros(len(tree.codes)), difference
    for points in _POINTS:
        at, share = np.polynomial.legendre.leggauss(points)
        t = (at[:, np.newaxis] + 1) / 2
        by_value, by_weight = _gradients(tree, groups, x[0] + t * change, w[0] + t * spread)
        values, weights = share / 2 @ by_value * change, share / 2 @ by_weight * spread
        residual = difference - float(values.sum() + weights.sum())
        if abs(residual) <= _CLOSE * max(1e-12, float(np.abs(ends).max())):
            break
    moved = present[0] != present[1]
    return Attribution(
        float(ends[0]), float(ends[1]), values, np.where(moved, 0.0, weights), np.where(moved, weights, 0.0), residual
    )  # fmt: skip


def _filled(tree: Tree, groups: tuple[Group, ...], first: State, second: State) -> tuple[Matrix, Matrix, Mask]:
    """Scores (2, indicators), shares (2, nodes) and presence (2, nodes): what is missing has the other state's score and no weight."""
    raw = np.stack([first.values, second.values])
    known = ~np.isnan(raw)
    x = np.where(known, raw, np.where(known[::-1], raw[::-1], 1.0))
    stated = shares_of(tree, np.stack([first.weights, second.weights]))
    present = np.ones(stated.shape, dtype=bool)
    present[:, : tree.indicators] = known
    w = np.where(np.isnan(stated), 0.0, stated)
    for group in groups:
        children = group.children
        inside = np.where(present[:, children], w[:, children], 0.0)
        present[:, group.place] = _has_score(present[:, children], inside, group.aggregation)
        for state in range(2):
            if present[state, group.place]:
                w[state, children] = inside[state]
    for group in groups:
        for state in range(2):
            if not present[state, group.place]:
                w[state, group.children] = w[1 - state, group.children] if present[1 - state, group.place] else 1.0
                present[state, group.children] = present[1 - state, group.children]
    return x, w, present


def _has_score(present: Mask, inside: Matrix, aggregation: Aggregation) -> Mask:
    """(2,): whether any child counts, and enough of them."""
    enough = np.ones(2, dtype=bool) if aggregation.threshold is None else present.mean(axis=1) >= aggregation.threshold
    return np.asarray((inside > 0).any(axis=1) & enough, dtype=np.bool_)


def _power(aggregation: Aggregation) -> float:
    return {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}.get(aggregation.method, aggregation.power)


def _bent(values: Matrix, power: float) -> Matrix:
    """The transformation whose mean is taken."""
    return np.asarray(np.log(values) if power == 0 else values**power, dtype=np.float64)


def _slope(values: Matrix, power: float) -> Matrix:
    """Its derivative."""
    return np.asarray(1 / values if power == 0 else power * values ** (power - 1), dtype=np.float64)


def _forward(tree: Tree, groups: tuple[Group, ...], x: Matrix, w: Matrix) -> Matrix:
    """Scores (states, nodes); 0 outside the groups."""
    scores = np.zeros((len(x), len(tree.codes)))
    scores[:, : tree.indicators] = x
    for group in groups:
        power = _power(group.aggregation)
        used, values = w[:, group.children], scores[:, group.children]
        with np.errstate(all="ignore"):
            parts = np.where(used > 0, used * _bent(values, power), 0.0)
            mean = parts.sum(axis=1) / used.sum(axis=1)
            scores[:, group.place] = np.exp(mean) if power == 0 else mean if power == 1 else mean ** (1 / power)
    return scores


def _gradients(tree: Tree, groups: tuple[Group, ...], x: Matrix, w: Matrix) -> tuple[Matrix, Matrix]:
    """Derivatives of the last group's score by indicators (states, indicators) and by weights (states, nodes)."""
    scores = _forward(tree, groups, x, w)
    by_score, by_weight = np.zeros(scores.shape), np.zeros(scores.shape)
    by_score[:, groups[-1].place] = 1.0
    for group in reversed(groups):
        power, children = _power(group.aggregation), group.children
        used, values = w[:, children], scores[:, children]
        own = scores[:, [group.place]]
        with np.errstate(all="ignore"):
            scale = by_score[:, [group.place]] / (used.sum(axis=1, keepdims=True) * _slope(own, power))
            inner = scale * used * _slope(values, power)
            outer = scale * (_bent(values, power) - _bent(own, power))
        by_score[:, children] = np.where(np.isfinite(inner), inner, 0.0)
        by_weight[:, children] = np.where(np.isfinite(outer), outer, 0.0)
    return by_score[:, : tree.indicators], by_weight
