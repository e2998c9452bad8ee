"""Weights from principal components: rotated loadings squared, by factor.

Method sheet: docs/methods/1015-weights-from-factors.md. Source: OECD/JRC Handbook, step 6.1 and tables 15-19 (Nicoletti et al. 2000);
Kaiser (1958, 1974); Bartlett (1950).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guibiao.index.matrix import Matrix
from guibiao.index.weights_data import SAMPLES, correlations, stability_remarks
from guibiao.index.weights_types import Weights, bootstrapped
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

LEAST_EIGENVALUE, LEAST_SHARE, LEAST_TOTAL = 1.0, 0.10, 0.60
"""Components kept: eigenvalue above one and a tenth of the variance each, six tenths together."""
LEAST_ADEQUACY = 0.5
MOST_SIGNIFICANCE = 0.05


@dataclass(frozen=True, slots=True)
class Factors:
    """Eigenvalues (siblings,), rotated loadings (siblings, factors) and the shares of variance the rotated factors explain (factors,)."""

    eigenvalues: Matrix
    loadings: Matrix
    explained: Matrix


def factors_of(matrix: Matrix, count: int | None = None) -> Factors:
    """Components of a correlation matrix, `count` of them or as the three rules keep, rotated by varimax with Kaiser's normalisation."""
    values, vectors = np.linalg.eigh(matrix)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    shares = values / values.sum()
    kept = count or max(1, int(((values > LEAST_EIGENVALUE) & (shares > LEAST_SHARE)).sum()))
    while count is None and shares[:kept].sum() < LEAST_TOTAL and kept < len(values):
        kept += 1
    loadings = varimax(vectors[:, :kept] * np.sqrt(values[:kept]))
    return Factors(values, loadings, (loadings**2).sum(axis=0) / len(values))


def varimax(loadings: Matrix, *, tolerance: float = 1e-8, most_sweeps: int = 200) -> Matrix:
    """Loadings (siblings, factors) rotated so that the variance of their squares is greatest; rows have length one meanwhile.

    Kaiser's planar rotations, pair by pair, until no angle exceeds the tolerance.
    """
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rotated = loadings / np.where(length > 0, length, 1.0)
    for _sweep in range(most_sweeps):
        greatest = 0.0
        for one in range(rotated.shape[1]):
            for two in range(one):
                angle = _angle(rotated[:, two], rotated[:, one])
                turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
                rotated[:, [two, one]] = rotated[:, [two, one]] @ turn
                greatest = max(greatest, abs(angle))
        if greatest <= tolerance:
            break
    return np.asarray(rotated * length, dtype=np.float64)


def _angle(x: Matrix, y: Matrix) -> float:
    """The angle that maximises the criterion in one plane (Kaiser 1958)."""
    u, v = x**2 - y**2, 2 * x * y
    count = len(x)
    above = 2 * (float((u * v).sum()) - float(u.sum()) * float(v.sum()) / count)
    below = float((u**2 - v**2).sum()) - (float(u.sum()) ** 2 - float(v.sum()) ** 2) / count
    return float(np.arctan2(above, below)) / 4


def factor_shares(values: Matrix, count: int | None = None) -> Matrix:
    """Each sibling under the factor it loads on most: its share of that factor's squared loadings times the factor's share of variance."""
    matrix = correlations(values)
    if not np.isfinite(matrix).all():
        return np.full(values.shape[1], np.nan)
    found = factors_of(matrix, count)
    squares = found.loadings**2
    shares = squares / squares.sum(axis=0) * (found.explained / found.explained.sum())
    weights = shares[np.arange(len(shares)), squares.argmax(axis=1)]
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def sampling_adequacy(matrix: Matrix) -> float:
    """KMO: squared correlations over squared correlations plus squared partial correlations; nan for a singular matrix."""
    if np.linalg.matrix_rank(matrix) < len(matrix):
        return float("nan")
    inverse = np.linalg.inv(matrix)
    scale = np.sqrt(np.diag(inverse))
    partial = -inverse / np.outer(scale, scale)
    off = ~np.eye(len(matrix), dtype=bool)
    simple, rest = float((matrix[off] ** 2).sum()), float((partial[off] ** 2).sum())
    return simple / (simple + rest) if simple + rest > 0 else float("nan")


def sphericity(matrix: Matrix, rows: int) -> tuple[float, int, float]:
    """Bartlett's test that nothing correlates: chi squared, degrees of freedom, probability; nan for a singular matrix."""
    from scipy.stats import chi2

    count = len(matrix)
    freedom = count * (count - 1) // 2
    sign, logarithm = np.linalg.slogdet(matrix)
    if sign <= 0 or not np.isfinite(logarithm) or freedom == 0:
        return float("nan"), freedom, float("nan")
    statistic = -(rows - 1 - (2 * count + 5) / 6) * float(logarithm)
    return statistic, freedom, float(chi2.sf(statistic, freedom))


def factor_weights(codes: tuple[str, ...], values: Matrix, *, count: int | None = None, seed: int = 1, samples: int = SAMPLES) -> Weights:
    """Weights (siblings,) with KMO, Bartlett's test, eigenvalues and loadings; remarks where the data do not suit the method.

    `count` fixes the number of factors. Raises BadRequest where a column does not vary, or for a number of factors that cannot be.
    """
    if count is not None and not 1 <= count <= len(codes):
        raise BadRequest(_("因子数 {count} 不在 1 到 {most} 之间").format(count=count, most=len(codes)), remedy=_("改 --factors。"))
    matrix = correlations(values)
    if not np.isfinite(matrix).all():
        raise BadRequest(
            _("{codes} 的数据不足以定权：有一列没有变化或缺失太多").format(codes="、".join(codes)),
            remedy=_("去掉没有变化的指标，或换等权。"),
        )
    found, weights = factors_of(matrix, count), factor_shares(values, count)
    complete = int((~np.isnan(values).any(axis=1)).sum())
    adequacy, (statistic, freedom, probability) = sampling_adequacy(matrix), sphericity(matrix, complete)
    remarks = []
    if len(codes) > 2 and not adequacy >= LEAST_ADEQUACY:
        remarks.append(_("KMO 为 {value}，低于 0.5 或无从计算，不宜用因子定权").format(value=f"{adequacy:.3f}"))
    if len(codes) > 1 and not probability <= MOST_SIGNIFICANCE:
        remarks.append(_("Bartlett 检验 p 为 {value}，指标间看不出相关，不宜用因子定权").format(value=f"{probability:.3f}"))
    low, high, lost = bootstrapped(values, lambda drawn: factor_shares(drawn, count), samples, seed)
    figures = {
        "kmo": adequacy, "bartlett": statistic, "degrees_of_freedom": freedom, "probability": probability,
        "eigenvalues": found.eigenvalues.tolist(), "explained": found.explained.tolist(),
        "loadings": {code: row.tolist() for code, row in zip(codes, found.loadings, strict=True)}, "complete_rows": complete,
    }  # fmt: skip
    return Weights("pca", codes, weights, low, high, figures, (*remarks, *stability_remarks(codes, values, weights, low, high, lost)))
