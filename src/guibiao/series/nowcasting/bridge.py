"""Bridge equations: indicators carried to the end of the target period by autoregressions, aggregated, and regressed on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.series.nowcasting.panel import Panel, aggregation_weights, cumulated, lag_of

Floats = NDArray[np.float64]
FEWEST_PERIODS = 8
"""Target periods that a bridge equation needs."""


@dataclass(frozen=True, slots=True)
class Autoregression:
    """x[t] = intercept + sum of coefficients[k] x[t-k], by least squares, order by the Bayesian criterion on one common sample."""

    intercept: float
    coefficients: tuple[float, ...]
    variance: float
    n: int

    def extended(self, values: Floats) -> Floats:
        """The values with what is missing at the end forecast step by step; without enough past, the mean of the process."""
        filled = values.copy()
        known = np.flatnonzero(~np.isnan(filled))
        order = len(self.coefficients)
        for at in range(int(known[-1]) + 1 if known.size else 0, len(filled)):
            past = filled[max(at - order, 0) : at][::-1]
            enough = len(past) == order and not np.isnan(past).any()
            filled[at] = self.intercept + float(np.dot(self.coefficients, past)) if enough else self.mean
        return filled

    @property
    def mean(self) -> float:
        """Unconditional mean; the intercept where there is a unit root."""
        rest = 1.0 - sum(self.coefficients)
        return self.intercept / rest if abs(rest) > 1e-6 else self.intercept


def autoregression(values: Floats, maximum_order: int) -> Autoregression:
    """The autoregression of a series; gaps leave out the rows they touch, orders that leave under 3 rows a parameter are not tried."""
    known = values[~np.isnan(values)]
    if known.size == 0:
        return Autoregression(0.0, (), 0.0, 0)
    best = Autoregression(float(known.mean()), (), float(known.var()), int(known.size))
    if known.size < 6 or _constant(known):
        return best
    longest = min(maximum_order, (known.size - 3) // 4)
    lags = np.column_stack([_lagged(values, lag) for lag in range(longest + 1)])
    rows = lags[~np.isnan(lags).any(axis=1)]
    if len(rows) < 4:
        return best
    scores = [_criterion(rows[:, 0], rows[:, 1 : order + 1]) for order in range(longest + 1)]
    order = int(np.argmin(scores))
    usable = lags[~np.isnan(lags[:, : order + 1]).any(axis=1)]
    coefficients, variance = _least_squares(usable[:, 0], usable[:, 1 : order + 1])
    return Autoregression(float(coefficients[0]), tuple(map(float, coefficients[1:])), variance, len(usable))


@dataclass(frozen=True, slots=True)
class Bridge:
    """An estimated bridge equation: growth[q] = intercept + own growth[q-1] + sum of slopes x indicators in q (columns of the panel)."""

    intercept: float
    own: float
    slopes: tuple[float, ...]
    indicators: tuple[int, ...]
    autoregressions: tuple[Autoregression, ...]
    n: int
    r_squared: float

    @property
    def parameters(self) -> int:
        return 2 + len(self.slopes)

    def levels(self, panel: Panel) -> Floats:
        """Levels of the target (logs where taken), what is unknown by the equation."""
        carried = [aggregated(panel, at, model) for at, model in zip(self.indicators, self.autoregressions, strict=True)]
        growth = panel.growth.copy()
        for at in range(1, len(growth)):
            if math.isnan(growth[at]):
                growth[at] = self.intercept + self.own * growth[at - 1] + sum(
                    slope * values[at] for slope, values in zip(self.slopes, carried, strict=True)
                )  # fmt: skip
        return cumulated(panel, growth)

    def expected(self, panel: Panel) -> Floats:
        """Values of the panel with each indicator of the equation carried forward, the target's growth by the equation; nan elsewhere."""
        expected = np.full_like(panel.values, np.nan)
        for at, model in zip(self.indicators, self.autoregressions, strict=True):
            rows = own_rows(panel, at)
            expected[rows, at] = model.extended(panel.values[rows, at])
        levels = self.levels(panel)
        lagged = levels - np.concatenate([np.full(target_lag(panel), np.nan), levels[: len(levels) - target_lag(panel)]])
        expected[panel.target_rows, 0] = lagged if target_lag(panel) else levels
        return expected


@dataclass(frozen=True, slots=True)
class BridgeEstimate:
    """A bridge with the columns that could not take part, by reason."""

    bridge: Bridge
    too_short: tuple[str, ...] = ()
    lower_frequency: tuple[str, ...] = ()


def estimate_bridge(panel: Panel, maximum_lag: int, maximum_indicators: int) -> BridgeEstimate:
    """The equation whose indicators are chosen forward by the Bayesian criterion, at most one for every six target periods.

    Takes part: an indicator known for half of the target's periods. Raises BadRequest for under 8 target periods with growth and
    growth before, a target that does not change, or no series beside the target.
    """
    growth = panel.growth
    own = _lagged(growth, 1)
    usable = ~np.isnan(growth) & ~np.isnan(own)
    _check_target(growth[usable])
    if len(panel.plan.columns) == 1:
        raise BadRequest(_("桥接方程没有可用的指标"), remedy=_("在数据里加入更早公布的指标。"))
    models: dict[int, Autoregression] = {}
    regressors: dict[int, Floats] = {}
    short, low = [], []
    for at, column in enumerate(panel.plan.columns[1:], start=1):
        if column.ratio > panel.plan.target.ratio:
            low.append(column.name)
            continue
        models[at] = autoregression(panel.values[own_rows(panel, at), at], maximum_lag)
        regressors[at] = aggregated(panel, at, models[at])
        measured = ~np.isnan(regressors[at]) & usable
        if measured.sum() < max(FEWEST_PERIODS, usable.sum() / 2) or _constant(regressors[at][measured]):
            short.append(column.name)
            del regressors[at]
    rows = usable & np.all([~np.isnan(values) for values in regressors.values()], axis=0) if regressors else usable
    if rows.sum() < FEWEST_PERIODS:
        rows, regressors = usable, {}
    chosen = _forward(growth[rows], own[rows], {at: values[rows] for at, values in regressors.items()}, maximum_indicators)
    design = np.column_stack([own, *(regressors[at] for at in chosen)])
    final = usable & ~np.isnan(design).any(axis=1)
    coefficients, variance = _least_squares(growth[final], design[final])
    total = float(growth[final].var())
    bridge = Bridge(
        float(coefficients[0]), float(coefficients[1]), tuple(map(float, coefficients[2:])), tuple(chosen),
        tuple(models[at] for at in chosen), int(final.sum()), 1.0 - variance / total if total > 0 else 0.0,
    )  # fmt: skip
    return BridgeEstimate(bridge, tuple(short), tuple(low))


def _check_target(growth: Floats) -> None:
    if growth.size < FEWEST_PERIODS:
        raise BadRequest(
            _("桥接方程至少要目标序列 {least} 期连续的数，只有 {found} 期").format(least=FEWEST_PERIODS, found=growth.size),
            remedy=_("补充历史数据，或把 transform 写成 none、log-difference 以少用一年的数。"),
        )
    if _constant(growth):
        raise BadRequest(_("目标序列变换后是不变的数，没有可估计的"), remedy=_("换一种 transform，或检查数据。"))


def _constant(values: Floats) -> bool:
    """Whether known values differ by no more than rounding."""
    return float(values.std()) <= 1e-12 * max(float(np.abs(values).max()), 1e-300)


def own_rows(panel: Panel, column: int) -> NDArray[np.intp]:
    """Rows at which the periods of a column end."""
    ratio = panel.plan.columns[column].ratio
    return np.arange(ratio - 1, len(panel.values), ratio)


def target_lag(panel: Panel) -> int:
    """Target periods back that the target's transform compares with."""
    return lag_of(panel.plan.target.transform, panel.plan.target.frequency)


def aggregated(panel: Panel, column: int, model: Autoregression) -> Floats:
    """A column at the target's frequency: gaps interpolated, the end forecast, periods weighted; nan before it begins."""
    own = panel.plan.columns[column]
    ratio = panel.plan.target.ratio // own.ratio
    values = model.extended(interpolated(panel.values[own_rows(panel, column), column]))
    result = np.zeros(len(values) // ratio)
    ends = np.arange(ratio - 1, len(values), ratio)
    for lag, weight in enumerate(aggregation_weights(own.transform, own.aggregation, ratio)):
        result += weight * np.where(ends - lag >= 0, values[np.maximum(ends - lag, 0)], np.nan)
    return result


def interpolated(values: Floats) -> Floats:
    """Gaps between known values filled linearly; before the first and after the last stay missing."""
    known = np.flatnonzero(~np.isnan(values))
    if known.size < 2:
        return values.copy()
    filled = values.copy()
    inside = np.arange(known[0], known[-1] + 1)
    filled[inside] = np.interp(inside, known, values[known])
    return filled


def _forward(growth: Floats, own: Floats, regressors: dict[int, Floats], most: int) -> list[int]:
    chosen: list[int] = []
    best = _criterion(growth, own[:, None])
    while len(chosen) < min(most, len(growth) // 6):
        scores = {
            at: _criterion(growth, np.column_stack([own, *(regressors[each] for each in (*chosen, at))]))
            for at in regressors
            if at not in chosen
        }
        if not scores or min(scores.values()) >= best - 1e-9:
            break
        at = min(scores, key=lambda each: scores[each])
        chosen.append(at)
        best = scores[at]
    return chosen


def _criterion(response: Floats, regressors: Floats) -> float:
    """Schwarz's criterion of a regression with intercept; fits to twelve digits of the variance count as equal."""
    n = len(response)
    _coefficients, variance = _least_squares(response, regressors)
    return float(n * math.log(max(variance, 1e-12 * float(response.var()), 1e-300)) + (regressors.shape[1] + 1) * math.log(n))


def _least_squares(response: Floats, regressors: Floats) -> tuple[Floats, float]:
    """Coefficients with the intercept first, and the mean square of what is left."""
    design = np.column_stack([np.ones(len(response)), regressors])
    coefficients: Floats = np.linalg.lstsq(design, response, rcond=None)[0].astype(np.float64)
    return coefficients, float(np.mean((response - design @ coefficients) ** 2))


def _lagged(values: Sequence[float] | Floats, lag: int) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    return np.concatenate([np.full(lag, np.nan), array[: len(array) - lag]]) if lag else array.copy()
