"""Simulated futures of a short annual series by several models, each apart and all in equal parts; seeds are explicit.

Method sheet: docs/methods/0632-short-annual-series.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.series.forecast import SHORT_MODELS, Scale, SimulationSpecification
from guibiao.series.forecasting.short_series import FAMILIES, NothingVaries, Values, growth_paths, paths_of, posterior

LARGEST = 700.0
"""Greatest exponent whose power of e is a double: paths on logarithms are cut there."""


@dataclass(frozen=True, slots=True)
class SimulatedPaths:
    """Futures by model, each of shape (draws, horizon), in the unit of the series.

    `left_out` names models that cannot be fitted, with the reason. `few` says that the history has fewer points than are needed to tell the
    models apart: then the spread between them is part of the answer.
    """

    paths: Mapping[str, Values]
    scale: Scale
    observations: int
    few: bool
    left_out: Mapping[str, str]

    @property
    def combined(self) -> Values:
        """All models in equal parts, shape (models x draws, horizon)."""
        return np.concatenate(list(self.paths.values()))

    def quantiles(self, levels: Sequence[float]) -> Mapping[str, Values]:
        """Quantiles by model and of the combination (`combined`), each of shape (levels, horizon)."""
        every = {**self.paths, "combined": self.combined}
        return {name: np.quantile(each, levels, axis=0) for name, each in every.items()}


@dataclass(frozen=True, slots=True)
class Chance:
    """Probability that something holds: by model, of all in equal parts, between the least and the greatest, with its simulation error."""

    by_model: Mapping[str, float]
    combined: float
    low: float
    high: float
    error: float
    """Standard error of `combined` from the finite number of paths alone."""


def simulate(values: Sequence[float], horizon: int, specification: SimulationSpecification) -> SimulatedPaths:
    """Futures of an annual series without gaps, oldest value first.

    Raises BadRequest for fewer values than the specification asks for, a value that is missing, a scale that does not fit, or a history
    that does not vary under any model.
    """
    history = np.array(values, dtype=np.float64)
    _check(history, horizon, specification)
    scale = scale_of(history, specification.scale)
    fitted = _forward(history, scale)
    paths: dict[str, Values] = {}
    left_out: dict[str, str] = {}
    for position, name in enumerate(SHORT_MODELS):
        if name not in specification.models:
            continue
        generator = np.random.default_rng([specification.seed, position])
        try:
            if name == "growth_bootstrap":
                drawn = growth_paths(fitted, horizon, specification.draws, generator)
            else:
                drawn = paths_of(posterior(fitted, FAMILIES[name]), horizon, specification.draws, generator)
        except NothingVaries:
            left_out[name] = _("历史数据与该模型完全吻合，估计不出误差")
            continue
        paths[name] = _backward(drawn, scale)
    if not paths:
        raise BadRequest(_("历史数据没有变化，估计不出预测误差"), remedy=_("换用更长的历史，或不给概率。"))
    return SimulatedPaths(paths, scale, len(history), len(history) < specification.enough, left_out)


def chance(reached: Mapping[str, NDArray[np.bool_]]) -> Chance:
    """Probability from what holds on each path, by model: arrays of truth values of equal length."""
    by_model = {name: float(np.mean(each)) for name, each in reached.items()}
    combined = math.fsum(by_model.values()) / len(by_model)
    draws = len(next(iter(reached.values())))
    error = math.sqrt(math.fsum(each * (1 - each) for each in by_model.values()) / draws) / len(by_model)
    return Chance(by_model, combined, min(by_model.values()), max(by_model.values()), error)


def scale_of(history: Values, wanted: Scale) -> Scale:
    """The scale on which errors add up: logarithms of what is positive, else levels. Raises BadRequest where it does not fit."""
    positive = bool((history > 0).all())
    if wanted == "auto":
        return "log" if positive else "level"
    if wanted == "log" and not positive:
        raise BadRequest(_("有零或负数，不能取对数"), remedy=_("改用 scale: level。"))
    if wanted == "logit" and not bool(((history > 0) & (history < 100)).all()):
        raise BadRequest(_("比重不全在0与100之间，不能取 logit"), remedy=_("改用 scale: level。"))
    return wanted


def _check(history: Values, horizon: int, specification: SimulationSpecification) -> None:
    if not np.isfinite(history).all():
        raise BadRequest(_("历史数据中有缺失，不能模拟"), remedy=_("只用最后一段连续的数据。"))
    if len(history) < specification.least:
        raise BadRequest(
            _("只有 {count} 个年度数，少于 {least} 个，不给概率").format(count=len(history), least=specification.least),
            remedy=_("补充更早年份的数据。"),
        )
    if horizon < 1:
        raise BadRequest(_("预测期数要在 1 以上"), remedy=_("把 horizon 写成正整数。"))


def _forward(history: Values, scale: Scale) -> Values:
    if scale == "log":
        return np.log(history)
    return np.log(history / (100 - history)) if scale == "logit" else history


def _backward(drawn: Values, scale: Scale) -> Values:
    if scale == "level":
        return drawn
    cut = np.clip(drawn, -LARGEST, LARGEST)
    grown: Values = np.exp(cut)
    return 100 * grown / (1 + grown) if scale == "logit" else grown
