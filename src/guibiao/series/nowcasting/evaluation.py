"""Evaluation of forecasts: Diebold-Mariano test with the small-sample correction, accuracy, coverage of intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Loss = Literal["squared", "absolute"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DieboldMariano:
    """Two-sided test that two forecasts are equally accurate; a negative statistic favours the model.

    `better` says that the model's mean loss is the lower one, whatever the p-value. `horizon` is the one the variance was computed
    for: 1 where the variance at the horizon asked was not positive. Without a variance (equal errors) statistic and p-value are nan.
    """

    statistic: float
    p_value: float
    n: int
    better: bool
    horizon: int = 1


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Errors of point forecasts and intervals: root mean square, mean absolute, mean error; share of actual values inside the interval."""

    rmse: float
    mae: float
    bias: float
    n: int
    coverage: float = math.nan


def diebold_mariano(
    errors_model: Sequence[float], errors_benchmark: Sequence[float], horizon: int = 1, loss: Loss = "squared"
) -> DieboldMariano:
    """Diebold-Mariano (1995) statistic times the factor of Harvey, Leybourne and Newbold (1997, formula 9), against Student's t(n-1).

    Errors of the same n periods at `horizon` steps; periods where either is nan are left out. The long-run variance takes the
    autocovariances up to horizon - 1 with equal weights; where it is not positive, those of horizon 1. Raises BadRequest for
    sequences of unlike length, horizon < 1 or, of the pairs left, fewer than horizon + 1.
    """
    model, benchmark = np.asarray(errors_model, dtype=np.float64), np.asarray(errors_benchmark, dtype=np.float64)
    if model.shape != benchmark.shape or model.ndim != 1:
        raise BadRequest(_("两组预测误差的个数不同：{one} 和 {other}").format(one=model.size, other=benchmark.size))
    if horizon < 1:
        raise BadRequest(_("预测步数 {horizon} 要不小于 1").format(horizon=horizon))
    both = np.isfinite(model) & np.isfinite(benchmark)
    difference = _loss(model[both], loss) - _loss(benchmark[both], loss)
    n = int(difference.size)
    if n < 2 or n <= horizon:
        raise BadRequest(
            _("DM 检验至少要 {least} 对误差，只有 {n} 对").format(least=max(2, horizon + 1), n=n), remedy=_("延长回测期或缩短预测步数。")
        )
    mean = float(difference.mean())
    variance, used = _long_run_variance(difference, horizon)
    if variance <= 0.0 or not math.isfinite(variance):
        return DieboldMariano(math.nan, math.nan, n, mean < 0.0, used)
    factor = math.sqrt((n + 1 - 2 * used + used * (used - 1) / n) / n)
    statistic = mean / math.sqrt(variance / n) * factor
    from scipy.stats import t

    return DieboldMariano(statistic, float(2.0 * t.sf(abs(statistic), n - 1)), n, mean < 0.0, used)


def accuracy(actual: Sequence[float], mean: Sequence[float], low: Sequence[float] = (), high: Sequence[float] = ()) -> Accuracy:
    """Accuracy over the periods that have both an actual and a forecast; nan everywhere where there are none."""
    observed, expected = np.asarray(actual, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    known = np.isfinite(observed) & np.isfinite(expected)
    if not known.any():
        return Accuracy(math.nan, math.nan, math.nan, 0)
    errors = (observed - expected)[known]
    covered = math.nan
    if len(low) == len(high) == observed.size:
        inside = (observed >= np.asarray(low, dtype=np.float64)) & (observed <= np.asarray(high, dtype=np.float64))
        covered = float(inside[known].mean())
    rmse = math.sqrt(float(np.mean(errors**2)))
    return Accuracy(rmse, float(np.abs(errors).mean()), float(-errors.mean()), int(known.sum()), covered)


def _loss(errors: Floats, loss: Loss) -> Floats:
    return errors**2 if loss == "squared" else np.abs(errors)


def _long_run_variance(difference: Floats, horizon: int) -> tuple[float, int]:
    """Variance and the horizon it holds for."""
    centred = difference - difference.mean()
    n = centred.size
    scale = float(np.max(np.abs(difference), initial=0.0))
    if float(np.max(np.abs(centred))) <= 1e-14 * scale:
        return 0.0, horizon
    autocovariances = [float(centred[lag:] @ centred[: n - lag]) / n for lag in range(horizon)]
    variance = autocovariances[0] + 2.0 * sum(autocovariances[1:])
    return (variance, horizon) if variance > 0.0 else (autocovariances[0], 1)
