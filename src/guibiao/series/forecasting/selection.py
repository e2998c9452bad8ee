"""Backtest of a model over past origins against seasonal naive and autoregression: one that does not beat them gives way, and says so.

Method sheet: docs/methods/0635-backtests-against-naive.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.series.forecast import ForecastSpecification
from guibiao.series.forecasting.intervals import PastErrors, bounds, origins_of, widths
from guibiao.series.nowcasting.evaluation import DieboldMariano, diebold_mariano

Values = NDArray[np.float64]
Maker = Callable[[Values, int], Values | None]
FEWEST_ORIGINS = 4
MOST_ORIGINS = 12


@dataclass(frozen=True, slots=True)
class Rival:
    """A model against one benchmark: root mean squared errors over all origins and horizons, and the test one step ahead.

    `p_value` is one-sided: that the model is no better than the benchmark.
    """

    name: str
    model_error: float
    benchmark_error: float
    statistic: float
    p_value: float

    @property
    def beaten(self) -> bool:
        return self.model_error < self.benchmark_error


@dataclass(frozen=True, slots=True)
class Selected:
    """Which model is to be used, and why; `coverage` is the part of past errors within the width that the other origins give."""

    model: str
    origins: int
    rivals: tuple[Rival, ...] = ()
    coverage: float = math.nan
    notes: tuple[str, ...] = ()

    def as_mapping(self) -> dict[str, Any]:
        """JSON-ready."""
        rivals = {
            each.name: {
                "model_rmse": each.model_error, "benchmark_rmse": each.benchmark_error, "beaten": each.beaten,
                "diebold_mariano": each.statistic, "p_value": each.p_value,
            }
            for each in self.rivals
        }  # fmt: skip
        return {"used": self.model, "origins": self.origins, "against": rivals, "coverage": self.coverage}


def select(
    history: Values, season: int, specification: ForecastSpecification, model: str, made: Maker, simple: Mapping[str, Maker]
) -> Selected:
    """The model, or the better of seasonal naive and naive where it does not beat both; autoregression is set beside it.

    Errors are compared at the origins that all could forecast. With fewer than four origins nothing is tested and the model stays.
    """
    naives = ("snaive", "naive") if season > 1 else ("naive",)
    origins = origins_of(len(history), season, specification.horizon, min(specification.origins, MOST_ORIGINS))
    errors = {
        name: _levels(history, origins, specification.horizon, maker)
        for name, maker in ((model, made), *((name, simple[name]) for name in (*naives, "ar") if name != model))
    }
    if not errors["ar"]:
        del errors["ar"]
    shared = [origin for origin in origins if all(origin in each for each in errors.values())]
    if len(shared) < FEWEST_ORIGINS:
        note = _("历史太短，只有 {count} 个起点可回测，未与基准比较").format(count=len(shared))
        return Selected(model, len(shared), notes=(note,))
    stacked = {name: np.stack([each[origin] for origin in shared]) for name, each in errors.items()}
    size = {name: math.sqrt(float(np.nanmean(np.square(each)))) for name, each in stacked.items()}
    rivals = tuple(_rival(model, name, stacked, size) for name in errors if name != model)
    coverage = _coverage({origin: errors[model][origin] for origin in shared}, specification)
    better = [each for each in rivals if each.name in naives and not each.beaten]
    if not better:
        return Selected(model, len(shared), rivals, coverage, _said(model, rivals, specification.significance))
    best = min(better, key=lambda each: each.benchmark_error).name
    note = _("{model} 在回测中没有胜过 {best}，不用它，改用 {best}").format(model=model, best=best)
    return Selected(best, len(shared), rivals, coverage, (note,))


def _said(model: str, rivals: Sequence[Rival], significance: float) -> tuple[str, ...]:
    """What is to be known of a model that is kept: benchmarks it beats without significance, and an autoregression that is better."""
    weak = [each.name for each in rivals if each.beaten and not each.p_value < significance]
    notes = [_("{model} 的回测误差小于基准，但与 {names} 的差别不显著").format(model=model, names="、".join(weak))] if weak else []
    if any(each.name == "ar" and not each.beaten for each in rivals):
        notes.append(_("自回归模型 ar 的回测误差更小，可用 --model ar 对照"))
    return tuple(notes)


def _levels(history: Values, origins: tuple[int, ...], horizon: int, maker: Maker) -> dict[int, Values]:
    """Errors in the unit of the series by origin, each of shape (horizon,), nan beyond the end of the history."""
    found: dict[int, Values] = {}
    for origin in origins:
        made = maker(history[:origin], min(horizon, len(history) - origin))
        if made is not None:
            found[origin] = np.full(horizon, np.nan)
            found[origin][: len(made)] = history[origin : origin + len(made)] - made
    return found


def _rival(model: str, name: str, errors: Mapping[str, Values], size: Mapping[str, float]) -> Rival:
    try:
        test = diebold_mariano(errors[model][::-1, 0].tolist(), errors[name][::-1, 0].tolist())
    except BadRequest:
        test = DieboldMariano(math.nan, math.nan, 0, better=False)
    half = test.p_value / 2
    return Rival(name, size[model], size[name], test.statistic, half if test.statistic < 0 else 1 - half)


def _coverage(errors: Mapping[int, Values], specification: ForecastSpecification) -> float:
    """Part of past errors, in the unit of the series, within the width that the other origins give, over all origins and horizons."""
    inside: list[bool] = []
    for left, own in errors.items():
        rest = tuple(each for each in errors if each != left)
        found = widths(PastErrors(np.stack([errors[each] for each in rest]), rest, log=False)) if rest else None
        if found is None:
            continue
        half = bounds(np.zeros(len(own)), found, specification.level, conformal=specification.interval == "conformal")[1]
        known = np.isfinite(own)
        inside += (np.abs(own[known]) <= half[known]).tolist()
    return sum(inside) / len(inside) if inside else math.nan
