"""Weights from judgement: pairwise comparison (AHP), budget allocation, equal.

Method sheet: docs/methods/1013-weights-from-judgement.md. Source: Saaty (1980); Alonso and Lamata (2006); OECD/JRC Handbook, step 6.1.
"""

from __future__ import annotations

import numpy as np

from guibiao.index.matrix import Matrix
from guibiao.index.weights_types import Weights, plain
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

MOST_INCONSISTENT = 0.1
"""Consistency ratio above which comparisons are refused (Saaty)."""
_RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Mean consistency index of random matrices of order 1 to 15 (Saaty 1980, table 1-1)."""
_RECIPROCAL = 0.02
"""Relative error allowed between a_ij and 1 / a_ji: printed decimals."""


def equal_weights(codes: tuple[str, ...]) -> Weights:
    """The same weight for each."""
    return plain("equal", codes, np.ones(len(codes)))


def random_index(order: int) -> float:
    """Saaty's table, and beyond it the line of Alonso and Lamata (2006), formula 9."""
    return _RANDOM_INDEX[order - 1] if order <= len(_RANDOM_INDEX) else (1.7699 * order - 4.3513) / (order - 1)


def compared_weights(codes: tuple[str, ...], comparisons: Matrix, *, allow_inconsistent: bool = False) -> Weights:
    """AHP: the principal eigenvector of a positive reciprocal matrix (siblings, siblings).

    Raises BadRequest for a matrix that is not reciprocal, and where the consistency ratio is above 0.1 unless allowed.
    """
    _check_comparisons(codes, comparisons)
    order = len(codes)
    values, vectors = np.linalg.eig(comparisons)
    place = int(np.argmax(values.real))
    greatest, vector = float(values[place].real), np.abs(vectors[:, place].real)
    weights = vector / vector.sum()
    index = (greatest - order) / (order - 1) if order > 1 else 0.0
    ratio = index / random_index(order) if order > 2 else 0.0
    gap = np.abs(np.log(comparisons * weights[np.newaxis, :] / weights[:, np.newaxis]))
    row, column = (int(each) for each in np.unravel_index(int(np.argmax(gap)), gap.shape))
    fitting = weights[row] / weights[column]
    worst = _("最不一致的是 {one} 对 {two}：写的是 {stated}，其余判断合起来是 {fitting}").format(
        one=codes[row], two=codes[column], stated=f"{comparisons[row, column]:.3g}", fitting=f"{fitting:.3g}"
    )
    if ratio > MOST_INCONSISTENT and not allow_inconsistent:
        raise BadRequest(
            _("两两比较不一致：一致性比率 {ratio} 大于 0.1").format(ratio=f"{ratio:.3f}"), remedy=_("{worst}。").format(worst=worst)
        )
    remarks = (_("一致性比率 {ratio} 大于 0.1；{worst}").format(ratio=f"{ratio:.3f}", worst=worst),) if ratio > MOST_INCONSISTENT else ()
    figures = {"greatest_eigenvalue": greatest, "consistency_index": index, "consistency_ratio": ratio}
    return plain("ahp", codes, weights, figures, remarks)


def _check_comparisons(codes: tuple[str, ...], comparisons: Matrix) -> None:
    if comparisons.shape != (len(codes), len(codes)):
        raise BadRequest(
            _("比较矩阵是 {shape}，应当是 {count} × {count}").format(shape=" × ".join(map(str, comparisons.shape)), count=len(codes)),
            remedy=_("每个代码一行一列。"),
        )
    if not (np.isfinite(comparisons).all() and (comparisons > 0).all()):
        raise BadRequest(_("比较矩阵中有缺失、零或负数"), remedy=_("每格写正数；不如对方写分数，如 1/3。"))
    wrong = np.argwhere(np.abs(comparisons * comparisons.T - 1) > _RECIPROCAL)
    if len(wrong):
        row, column = (int(each) for each in wrong[0])
        raise BadRequest(
            _("{one} 对 {two} 是 {value}，反过来是 {back}，不互为倒数").format(
                one=codes[row], two=codes[column], value=f"{comparisons[row, column]:g}", back=f"{comparisons[column, row]:g}"
            ),
            remedy=_("改其中一格；对角线写 1。"),
        )


def budget_weights(codes: tuple[str, ...], points: Matrix) -> Weights:
    """Budget allocation: points (experts, siblings); each expert's share, then the mean; bounds are the least and greatest share.

    Raises BadRequest for missing or negative points, or an expert who gave none.
    """
    if not np.isfinite(points).all() or (points < 0).any():
        raise BadRequest(_("专家打分中有缺失或负数"), remedy=_("不给分写 0。"))
    totals = points.sum(axis=1, keepdims=True)
    if len(points) == 0 or (totals == 0).any():
        raise BadRequest(_("有的专家没有给分"), remedy=_("删去这一行，或补上。"))
    shares = points / totals
    remarks = () if np.allclose(totals, totals[0]) else (_("专家的总分不同，各按自己的总分折算"),)
    spread = shares.std(axis=0, ddof=1).tolist() if len(points) > 1 else []
    mean = shares.mean(axis=0)
    return Weights(
        "budget", codes, mean / mean.sum(), shares.min(axis=0), shares.max(axis=0), {"experts": len(points), "deviation": spread}, remarks
    )
