"""The port behind which forecasting libraries stand, the adapter to statsforecast, and the simple models of our own.

`ets` is AutoETS, `ets_damped` with a damped trend, `theta` the dynamic optimised Theta model, `ces` complex exponential smoothing; those
with `_log` on logarithms. `naive`, `snaive`, `drift`, `mean` and `ar` need no library.
Method sheet: docs/methods/0631-forecasts-and-combination.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Values = NDArray[np.float64]
LOGARITHMIC = "_log"
MOST_LAGS = 13


class CannotFit(ValueError):
    """A model that cannot be fitted to a history; the text says why."""


class ForecastEngine(Protocol):
    """Point forecasts by named models."""

    def forecast(self, model: str, history: Values, season: int, horizon: int) -> Values:
        """Forecasts, shape (horizon,), of a finite history without gaps. Raises CannotFit where the model cannot be fitted."""
        ...


class SimpleModels:
    """Naive, seasonal naive, drift, mean and autoregression, without any library."""

    def forecast(self, model: str, history: Values, season: int, horizon: int) -> Values:
        if len(history) < 1:
            raise CannotFit(model)
        return _SIMPLE[model](history, season, horizon)


class StatsforecastModels:
    """AutoETS, dynamic optimised Theta and CES of the library statsforecast; all other models by `SimpleModels`."""

    def __init__(self) -> None:
        _library()
        self._simple = SimpleModels()

    def forecast(self, model: str, history: Values, season: int, horizon: int) -> Values:
        if model in _SIMPLE:
            return self._simple.forecast(model, history, season, horizon)
        name = model.removesuffix(LOGARITHMIC)
        logarithms = name != model
        if logarithms and not bool((history > 0).all()):
            raise CannotFit(model)
        try:
            made = _made(name, season, logarithms).forecast(y=np.log(history) if logarithms else history.copy(), h=horizon)["mean"]
        except Exception as error:  # what the library raises on histories it cannot fit is of every kind, NotImplementedError too
            raise CannotFit(f"{model}: {error}") from error
        result = np.asarray(made, dtype=np.float64)
        if logarithms:
            result = np.exp(np.clip(result, -700, 700))
        if not np.isfinite(result).all():
            raise CannotFit(model)
        return result


@lru_cache(maxsize=1)
def _library() -> Any:
    """The models of statsforecast: its import takes seconds."""
    try:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecations of its own dependencies, at import alone
            from statsforecast import models
    except ImportError:
        raise BadRequest(
            _("预测模型 ets、theta、ces 与组合需要 statsforecast，未安装"),
            remedy=_("pip install 'guibiao[series]'；或用 --model snaive、naive、drift、mean、ar。"),
        ) from None
    return models


def _made(name: str, season: int, logarithms: bool) -> Any:
    """A model of the library; on logarithms exponential smoothing is additive and damped: growth there compounds."""
    models = _library()
    if name == "ets" and logarithms:
        return models.AutoETS(season_length=season, model="AZA" if season > 1 else "AZN", damped=True)
    if name in {"ets", "ets_damped"}:
        return models.AutoETS(season_length=season, damped=True if name == "ets_damped" else None)
    return models.DynamicOptimizedTheta(season_length=season) if name == "theta" else models.AutoCES(season_length=season)


def _naive(history: Values, _season: int, horizon: int) -> Values:
    return np.full(horizon, history[-1])


def _seasonal_naive(history: Values, season: int, horizon: int) -> Values:
    if len(history) < season:
        raise CannotFit("snaive")
    return np.resize(history[len(history) - season :], horizon)


def _drift(history: Values, _season: int, horizon: int) -> Values:
    if len(history) < 2:
        raise CannotFit("drift")
    slope = (history[-1] - history[0]) / (len(history) - 1)
    drifted: Values = history[-1] + slope * np.arange(1, horizon + 1)
    return drifted


def _mean(history: Values, _season: int, horizon: int) -> Values:
    return np.full(horizon, history.mean())


def _autoregression(history: Values, season: int, horizon: int) -> Values:
    """AR(p) with constant by least squares, p by AIC up to season + 1 (13 at most) and a quarter of the history."""
    most = min(max(season + 1, 2), MOST_LAGS, len(history) // 4)
    if most < 1:
        raise CannotFit("ar")
    target = history[most:]
    best, coefficients = math.inf, np.zeros(1, dtype=np.float64)
    for lags in range(1, most + 1):
        columns = np.column_stack([np.ones(len(target)), *(history[most - lag : len(history) - lag] for lag in range(1, lags + 1))])
        found = np.asarray(np.linalg.lstsq(columns, target, rcond=None)[0], dtype=np.float64)
        errors = target - columns @ found
        criterion = len(target) * math.log(max(float(errors @ errors) / len(target), 1e-300)) + 2 * (lags + 1)
        if criterion < best:
            best, coefficients = criterion, found
    path = list(history[len(history) - most :])
    for _step in range(horizon):
        path.append(float(coefficients[0] + coefficients[1:] @ np.array(path[: -len(coefficients) : -1])))
    result = np.array(path[most:])
    if not np.isfinite(result).all():
        raise CannotFit("ar")
    return result


_SIMPLE: Mapping[str, Callable[[Values, int, int], Values]] = MappingProxyType(
    {"naive": _naive, "snaive": _seasonal_naive, "drift": _drift, "mean": _mean, "ar": _autoregression}
)
SIMPLE = tuple(_SIMPLE)
