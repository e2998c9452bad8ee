"""Reconciliation: forecasts of aggregates and parts, made separately, brought to add up.

Hyndman et al. (2011, 2016), Wickramasuriya, Athanasopoulos and Hyndman (2019, MinT), in the form that needs no inverse of W:
y~ = y^ - W U (U'WU)^-1 U'y^. Method sheet: docs/methods/0626-reconciliation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.series.reconciliation import Reconciling
from guibiao.series.disaggregation.aggregation import shown
from guibiao.series.reconciliation.shrinkage import second_moments, shrink_to_diagonal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from guibiao.series.reconciliation.summing import SummingMatrix

SINGULAR = 1e-12
"""An eigenvalue of U'WU, scaled by the variances that make it up, below which it is rounding; times the number of aggregates."""
CONSISTENT = 1e-6
"""What forecasts may leave outside the range of a singular U'WU, relative to their size: then no adjustment is called for there."""
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Coherent values, shape (horizons, series), in the order of the summing matrix."""

    values: NDArray[np.float64]
    intensity: float | None = None
    """Of the shrinkage, where the method shrinks."""
    incoherence: float = 0.0
    """Largest gap between an aggregate and its parts before, relative to their sizes."""
    adjustment: float = 0.0
    """Largest change of a value, relative to the largest value of its series before or after."""
    notes: tuple[str, ...] = ()


def reconcile(summing: SummingMatrix, base: NDArray[np.float64], residuals: NDArray[np.float64] | None, spec: Reconciling) -> Reconciled:
    """Base forecasts (horizons, series) reconciled; residuals (periods, series) of the same models, where the method asks for them.

    Columns are in the order of `summing.names`. Raises BadRequest for missing forecasts, residuals that are lacking or zero throughout, and
    a covariance that cannot be inverted.
    """
    spec.validate()
    _refuse_missing(summing, base)
    weights, intensity, notes = _weights(summing, residuals, spec)
    if spec.non_negative:
        base, said = _raised_to_zero(base)
        notes += said
    bottom = base[:, np.array(summing.bottom, dtype=np.intp)]
    if weights is not None and summing.upper:
        bottom, said = _projected(summing, base, weights, spec)
        notes += said
        if spec.non_negative and np.any(bottom < 0):
            notes.append(_("有 {count} 个底层值本会为负，按非负约束另解。").format(count=int(np.sum(bottom < 0))))
            bottom = _non_negative(summing, base, bottom, weights)
    values = bottom @ summing.matrix.T
    _refuse_incoherent(summing, values)
    size = np.maximum(np.max(np.maximum(np.abs(base), np.abs(values)), axis=0), np.finfo(np.float64).tiny)
    return Reconciled(
        values=values, intensity=intensity, incoherence=_incoherence(summing, base),
        adjustment=float(np.max(np.abs(values - base) / size)), notes=tuple(notes),
    )  # fmt: skip


def _refuse_missing(summing: SummingMatrix, base: NDArray[np.float64]) -> None:
    if not len(base):
        raise BadRequest(_("没有要协调的预测值"), remedy=_("基础预测表每行一期，每列一个序列。"))
    missing = [name for name, column in zip(summing.names, base.T, strict=True) if not np.all(np.isfinite(column))]
    if missing:
        raise BadRequest(_("基础预测中 {names} 有缺失").format(names=shown(missing)), remedy=_("补齐后再协调；缺数不当作零。"))


def _weights(
    summing: SummingMatrix, residuals: NDArray[np.float64] | None, spec: Reconciling
) -> tuple[NDArray[np.float64] | None, float | None, list[str]]:
    """W, a vector where it is diagonal; None for bottom-up. With the intensity of shrinkage and what was left out."""
    if spec.method == "bottom-up":
        return None, None, []
    if spec.method == "ols":
        return np.ones(len(summing.names)), None, []
    if spec.method == "wls-struct":
        return np.sum(np.abs(summing.matrix), axis=1), None, []
    if residuals is None:
        raise BadRequest(
            _("方法 {method} 要用残差").format(method=spec.method), remedy=_("用 --residuals 给各模型的样本内残差，或用 ols、wls-struct。")
        )
    if spec.method == "wls-var":
        return _variances(summing, residuals)
    whole, notes = _complete(residuals)
    _refuse_zero(summing, second_moments(whole).diagonal())
    if spec.method == "mint-sample":
        return second_moments(whole), None, notes
    shrunk = shrink_to_diagonal(whole)
    return shrunk.covariance, shrunk.intensity, notes


def _variances(summing: SummingMatrix, residuals: NDArray[np.float64]) -> tuple[NDArray[np.float64], None, list[str]]:
    """Mean squares of the residuals there are, series by series."""
    present = np.isfinite(residuals)
    counts = present.sum(axis=0)
    variances = np.sum(np.where(present, residuals, 0.0) ** 2, axis=0) / np.maximum(counts, 1)
    _refuse_zero(summing, variances)
    lacking = int(np.sum(~present))
    return variances, None, [_("残差缺 {count} 个，方差按各序列已有的算。").format(count=lacking)] if lacking else []


def _complete(residuals: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[str]]:
    """Rows without a missing value; at least two."""
    whole = residuals[np.all(np.isfinite(residuals), axis=1)]
    if len(whole) < 2:
        raise BadRequest(
            _("完整的残差只有 {count} 行，估不出协方差").format(count=len(whole)), remedy=_("给更长的残差，或用 wls-var、wls-struct、ols。")
        )
    left = len(residuals) - len(whole)
    return whole, [_("残差有 {count} 行不完整，未用。").format(count=left)] if left else []


def _refuse_zero(summing: SummingMatrix, variances: NDArray[np.float64]) -> None:
    zero = [name for name, variance in zip(summing.names, variances, strict=True) if not variance > 0]
    if zero:
        raise BadRequest(
            _("{names} 的残差全为零或全缺，定不出误差方差").format(names=shown(zero)),
            remedy=_("检查残差是否对应这些预测；恒为零的序列先从汇总矩阵里去掉，或用 wls-struct、ols。"),
        )


def _projected(
    summing: SummingMatrix, base: NDArray[np.float64], weights: NDArray[np.float64], spec: Reconciling
) -> tuple[NDArray[np.float64], list[str]]:
    """Bottom series of y^ - W U (U'WU)^-1 U'y^, shape (horizons, bottom).

    Where U'WU is singular the answer is still determined as long as U'y^ lies in its range: aggregates whose residuals never left their
    parts need no adjustment where their forecasts do not either.
    """
    constraint = summing.constraint
    weighted = constraint * weights if weights.ndim == 1 else constraint @ weights
    system = weighted @ constraint.T
    size = np.sqrt(np.abs(constraint) ** 2 @ (weights if weights.ndim == 1 else np.diag(weights)))
    eigenvalues, vectors = np.linalg.eigh((system + system.T) / 2.0 / np.outer(size, size))
    kept = eigenvalues > SINGULAR * len(size)
    gaps = (base @ constraint.T) / size
    beyond = gaps @ vectors[:, ~kept]
    reference = float(np.max(np.abs(base) @ np.abs(constraint).T / size, initial=0.0))
    if not np.all(kept) and not spec.pseudo_inverse and float(np.max(np.abs(beyond))) > CONSISTENT * reference:
        raise _singular(spec)
    solved = (gaps @ vectors[:, kept] / eigenvalues[kept]) @ vectors[:, kept].T / size
    at_bottom = np.array(summing.bottom, dtype=np.intp)
    found = np.asarray(base[:, at_bottom] - solved @ weighted[:, at_bottom], dtype=np.float64)
    lost = int(np.sum(~kept))
    return found, [_("协方差有 {count} 个方向为零，用广义逆。").format(count=lost)] if lost else []


def _singular(spec: Reconciling) -> BadRequest:
    if spec.method == "mint-sample":
        return BadRequest(
            _("样本协方差是奇异的：残差的期数少于序列数，逆矩阵不存在"),
            remedy=_("用 --method mint-shrink（向对角收缩）；确要用广义逆，写 --pseudo-inverse。"),
        )
    return BadRequest(_("协方差矩阵不可逆"), remedy=_("检查各序列残差的量级，或用 wls-struct、ols。"))


def _raised_to_zero(base: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[str]]:
    negative = int(np.sum(base < 0))
    return np.maximum(base, 0.0), [_("基础预测有 {count} 个负值，先取为零。").format(count=negative)] if negative else []


def _non_negative(
    summing: SummingMatrix, base: NDArray[np.float64], bottom: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Horizon by horizon the b of least (y^ - Sb)'W^-1(y^ - Sb) with b >= 0, where the free solution has a negative (Lawson and Hanson)."""
    from scipy.linalg import solve_triangular
    from scipy.optimize import nnls

    try:
        lower = np.diag(np.sqrt(weights)) if weights.ndim == 1 else np.linalg.cholesky(weights)
    except np.linalg.LinAlgError:
        raise BadRequest(_("样本协方差不可逆，不能加非负约束"), remedy=_("用 --method mint-shrink。")) from None
    white = solve_triangular(lower, summing.matrix, lower=True)
    size = np.linalg.norm(white, axis=0)
    result = bottom.copy()
    for at in np.flatnonzero(np.any(bottom < 0, axis=1)):
        target = solve_triangular(lower, base[at], lower=True)
        scale = float(np.max(np.abs(target))) or 1.0
        result[at] = nnls(white / size, target / scale)[0] * scale / size
    return result


def _incoherence(summing: SummingMatrix, values: NDArray[np.float64]) -> float:
    constraint = summing.constraint
    if not len(constraint):
        return 0.0
    sizes = np.maximum(np.abs(values) @ np.abs(constraint).T, np.finfo(np.float64).tiny)
    return float(np.max(np.abs(values @ constraint.T) / sizes))


def _refuse_incoherent(summing: SummingMatrix, values: NDArray[np.float64]) -> None:
    left = _incoherence(summing, values)
    if not left <= TOLERANCE:
        raise BadRequest(_("协调后仍差 {gap:.1e}").format(gap=left), remedy=_("数的量级相差太大，检查单位。"))
