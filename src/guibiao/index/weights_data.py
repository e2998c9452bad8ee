"""Weights from data: entropy, CRITIC, balanced correlations. Values are scores (rows, siblings), greater better.

Method sheet: docs/methods/1014-weights-from-data.md. Source: Shannon (1948), Zou et al. (2006); Diakoulaki et al. (1995); Becker et al.
(2017); COINr 1.1.14 `get_opt_weights`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from guibiao.index.aggregate import aggregate_group
from guibiao.index.matrix import Matrix
from guibiao.index.weights_types import FEWEST_UNITS_PER_INDICATOR, Weights, bootstrapped
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.index.specification import Aggregation

SAMPLES = 200
"""Bootstrap samples of the spread."""


def entropy_shares(values: Matrix) -> Matrix:
    """w = (1 - e) / sum(1 - e), e = -sum p ln p / ln n over the rows present; nan where no column has any information."""
    information = 1 - _entropies(values)
    total = information.sum()
    return information / total if total > 0 else np.full(values.shape[1], np.nan)


def _entropies(values: Matrix) -> Matrix:
    present = ~np.isnan(values)
    filled = np.where(present, values, 0.0)
    counts = present.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = filled / filled.sum(axis=0)
        terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0)
        entropies = np.where(counts > 1, -terms.sum(axis=0) / np.log(np.maximum(counts, 2)), 1.0)
    # Equal values have an entropy of one but for rounding; more than one there cannot be.
    return np.where(np.isnan(entropies), 1.0, np.minimum(entropies, 1.0))


def critic_shares(values: Matrix) -> Matrix:
    """C_j = s_j sum_k (1 - r_jk): contrast times conflict; rows complete in both of a pair. nan where a column does not vary."""
    matrix, deviations = correlations(values), _deviations(values)
    content = deviations * (1 - matrix).sum(axis=1)
    total = content.sum()
    return content / total if total > 1e-12 * deviations.sum() else np.full(values.shape[1], np.nan)


def _deviations(values: Matrix) -> Matrix:
    """Standard deviations (siblings,) with n - 1 over the rows present; nan with fewer than two."""
    present = [column[~np.isnan(column)] for column in values.T]
    return np.array([float(column.std(ddof=1)) if len(column) > 1 else float("nan") for column in present])


def correlations(values: Matrix) -> Matrix:
    """Pearson correlations (siblings, siblings) over rows complete in both; nan where one of them does not vary."""
    count = values.shape[1]
    matrix = np.eye(count)
    for one in range(count):
        for two in range(one):
            matrix[one, two] = matrix[two, one] = correlation(values[:, one], values[:, two])
    return matrix


def correlation(x: Matrix, y: Matrix) -> float:
    """Pearson correlation over rows complete in both; nan with fewer than three or without variance."""
    both = ~(np.isnan(x) | np.isnan(y))
    if both.sum() < 3:
        return float("nan")
    a, b = x[both] - x[both].mean(), y[both] - y[both].mean()
    if x[both].max() == x[both].min() or y[both].max() == y[both].min():
        return float("nan")
    return float(np.clip((a @ b) / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0))


_SHARES: Mapping[str, Callable[[Matrix], Matrix]] = {"entropy": entropy_shares, "critic": critic_shares}


def data_weights(method: str, codes: tuple[str, ...], values: Matrix, *, seed: int = 1, samples: int = SAMPLES) -> Weights:
    """Weights by `entropy` or `critic` with their bootstrap spread; few rows for many siblings are told.

    Raises BadRequest for a negative score under entropy, or where the data carry no information.
    """
    if method == "entropy" and bool((values < 0).any()):
        code = codes[int(np.argwhere(values < 0)[0][1])]
        raise BadRequest(_("{code} 有负的得分，熵权法要求非负").format(code=code), remedy=_("用 min-max 标准化。"))
    weigh = _SHARES[method]
    weights = weigh(values)
    if not np.isfinite(weights).all():
        raise BadRequest(
            _("{codes} 的数据不足以定权：有一列没有变化或缺失太多").format(codes="、".join(codes)),
            remedy=_("去掉没有变化的指标，或换等权。"),
        )
    low, high, lost = bootstrapped(values, weigh, samples, seed)
    figures: dict[str, Any] = {"rows": len(values), "missing": int(np.isnan(values).sum())}
    if method == "entropy":
        figures["entropy"] = dict(zip(codes, _entropies(values).tolist(), strict=True))
    else:
        figures["deviation"] = dict(zip(codes, _deviations(values).tolist(), strict=True))
    return Weights(method, codes, weights, low, high, figures, stability_remarks(codes, values, weights, low, high, lost))


def stability_remarks(codes: tuple[str, ...], values: Matrix, weights: Matrix, low: Matrix, high: Matrix, lost: int) -> tuple[str, ...]:
    """That rows are few for so many siblings, with the widest spread; and how many bootstrap samples failed."""
    remarks = []
    rows, count = values.shape
    if rows < FEWEST_UNITS_PER_INDICATOR * count:
        remarks.append(_("{rows} 个单位对 {count} 个指标，不到三比一，由数据定的权重不稳").format(rows=rows, count=count))
    if rows < FEWEST_UNITS_PER_INDICATOR * count and np.isfinite(high - low).any():
        widest = int(np.nanargmax(high - low))
        weight, least, most = f"{weights[widest]:.3f}", f"{low[widest]:.3f}", f"{high[widest]:.3f}"
        remarks.append(_("区间最宽的是 {code}：{weight}（{low}–{high}）").format(code=codes[widest], weight=weight, low=least, high=most))
    if lost:
        remarks.append(_("{count} 个自助样本没有得出权重，未计入区间").format(count=lost))
    return tuple(remarks)


def balanced_weights(
    codes: tuple[str, ...], values: Matrix, aggregation: Aggregation | None = None, targets: Matrix | None = None
) -> Weights:
    """Weights under which the correlations of siblings with their parent stand in the ratio of `targets` (equal where None).

    `aggregation` makes the parent (the arithmetic mean where None). Remarks where the ratio cannot be reached with weights that are not
    negative.
    """
    from scipy.optimize import minimize

    wanted = np.ones(len(codes)) if targets is None else targets
    wanted = wanted / wanted.sum()

    def importances(weights: Matrix) -> Matrix:
        parent = aggregate_group(values, weights / weights.sum(), aggregation or Aggregation())
        return np.array([correlation(column, parent) for column in values.T])

    def distance(weights: Matrix) -> float:
        found = importances(weights)
        return float(((found / found.sum() - wanted) ** 2).sum()) if found.sum() > 0 else 1.0

    start = wanted.copy()
    if not np.isfinite(importances(start)).all():
        raise BadRequest(
            _("{codes} 的数据不足以定权：有一列没有变化或缺失太多").format(codes="、".join(codes)),
            remedy=_("去掉没有变化的指标，或换等权。"),
        )
    done = minimize(
        distance, start, method="SLSQP", bounds=[(1e-6, 1.0)] * len(codes), constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-16, "maxiter": 500},
    )  # fmt: skip
    weights = np.asarray(done.x if distance(done.x) <= distance(start) else start, dtype=np.float64)
    weights = weights / weights.sum()
    reached, before = importances(weights), importances(start)
    total = float(reached.sum())
    off = float(np.abs(reached / total - wanted).max()) if total > 0 else 1.0
    remarks = (_("重要性与目标仍差 {gap}").format(gap=f"{off:.3f}"),) if off > 0.005 else ()
    figures = {
        "correlations": dict(zip(codes, reached.tolist(), strict=True)),
        "correlations_at_target_weights": dict(zip(codes, before.tolist(), strict=True)), "gap": off,
    }  # fmt: skip
    nothing = np.full(len(codes), np.nan)
    return Weights("balanced", codes, weights, nothing, nothing, figures, remarks)
