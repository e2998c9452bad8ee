"""Benefit of the doubt: each unit under the weights that suit it best, within bounds on shares.

Method sheet: docs/methods/1016-benefit-of-the-doubt.md. Source: Cherchye et al. (2007); OECD/JRC Handbook, step 6.1; Compind `ci_bod`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guibiao.index.matrix import Matrix, Places
from guibiao.index.weights_types import Weights
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _


@dataclass(frozen=True, slots=True)
class Frontier:
    """Scores (units,) up to one, each unit's weights (units, siblings) and the shares they make of its score; how many values were missing.

    nan where a unit has no positive value, or its bounds cannot be met.
    """

    scores: Matrix
    weights: Matrix
    shares: Matrix
    missing: int
    infeasible: tuple[int, ...]


def benefit_of_the_doubt(codes: tuple[str, ...], values: Matrix, low: Matrix | None = None, high: Matrix | None = None) -> Frontier:
    """max w x_i such that w x_k <= 1 for every unit k, w >= 0, low <= w_j x_ij / (w x_i) <= high.

    `values` (units, siblings) must not be negative; a missing one counts as zero. Raises BadRequest for bounds that no shares can meet.
    """
    count = len(codes)
    low, high = np.zeros(count) if low is None else low, np.ones(count) if high is None else high
    _check(codes, values, low, high)
    x = np.nan_to_num(values)
    peers = x[_undominated(x)]
    scores, weights = np.full(len(x), np.nan), np.full(x.shape, np.nan)
    infeasible = []
    for unit, own in enumerate(x):
        found = _best(own, peers, low, high) if own.max() > 0 else None
        if found is None:
            infeasible.append(unit)
        else:
            weights[unit] = found
            scores[unit] = float(found @ own)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = weights * x / scores[:, np.newaxis]
    return Frontier(scores, weights, shares, int(np.isnan(values).sum()), tuple(infeasible))


def frontier_weights(codes: tuple[str, ...], values: Matrix, low: Matrix, high: Matrix) -> Weights:
    """The mean over units of the shares they would choose, with the 5 and 95 % quantiles between units; each unit's own in the figures."""
    found = benefit_of_the_doubt(codes, values, low, high)
    known = found.shares[~np.isnan(found.shares).any(axis=1)]
    if not len(known):
        raise BadRequest(_("没有一个单位能在上下限内定权"), remedy=_("放宽 --shares。"))
    mean = known.mean(axis=0)
    remarks = [_("各单位权重不同；这里是份额的平均，区间是单位之间的差别")]
    if found.missing:
        remarks.append(_("{count} 个缺失值按 0 计").format(count=found.missing))
    if found.infeasible:
        remarks.append(_("{count} 个单位没有正的得分，或无法满足上下限，未计入").format(count=len(found.infeasible)))
    figures = {"scores": found.scores.tolist(), "weights": found.weights.tolist(), "shares": found.shares.tolist()}
    between = np.quantile(known, (0.05, 0.95), axis=0)
    return Weights("bod", codes, mean / mean.sum(), between[0], between[1], figures, tuple(remarks))


def _check(codes: tuple[str, ...], values: Matrix, low: Matrix, high: Matrix) -> None:
    if bool((values < 0).any()):
        code = codes[int(np.argwhere(values < 0)[0][1])]
        raise BadRequest(_("{code} 有负的得分，效益最大化赋权要求非负").format(code=code), remedy=_("用 min-max 标准化。"))
    if not ((low >= 0) & (low <= high) & (high <= 1)).all() or low.sum() > 1 + 1e-12 or high.sum() < 1 - 1e-12:
        raise BadRequest(
            _("份额的上下限不成立：下限合计 {low}，上限合计 {high}").format(low=f"{low.sum():g}", high=f"{high.sum():g}"),
            remedy=_("下限不大于上限，下限合计不超过 1，上限合计不小于 1。"),
        )


def _undominated(x: Matrix) -> Places:
    """Units that no other is at least as good as everywhere: only they bind. Of equals the first is kept."""
    unique, first = np.unique(x, axis=0, return_index=True)
    kept = [
        int(place)
        for row, place in zip(unique, first, strict=True)
        if not bool(((unique >= row).all(axis=1) & (unique > row).any(axis=1)).any())
    ]
    return np.array(sorted(kept), dtype=np.intp)


def _best(own: Matrix, peers: Matrix, low: Matrix, high: Matrix) -> Matrix | None:
    """The linear programme of one unit; None where its bounds leave no solution with a positive score."""
    from scipy.optimize import linprog

    part = np.diag(own)
    bounded_below, bounded_above = low > 0, high < 1
    rows = [peers, (np.outer(low, own) - part)[bounded_below], (part - np.outer(high, own))[bounded_above]]
    limits = np.concatenate([np.ones(len(peers)), np.zeros(int(bounded_below.sum() + bounded_above.sum()))])
    done = linprog(-own, A_ub=np.vstack(rows), b_ub=limits, bounds=(0, None), method="highs")
    if done.status != 0 or not -done.fun > 1e-12:
        return None
    return np.asarray(done.x, dtype=np.float64)
