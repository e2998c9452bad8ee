"""The models of a nowcast behind one face: benchmarks, bridge equation, dynamic factor model; and the spread of their errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.series.nowcast import Nowcast
from guibiao.series.nowcasting.bridge import Autoregression, autoregression, estimate_bridge, own_rows, target_lag
from guibiao.series.nowcasting.dynamic_factor import FactorFit, FactorSpecification, estimate, signal
from guibiao.series.nowcasting.panel import Panel, cumulated

Floats = NDArray[np.float64]
BENCHMARKS = ("seasonal-naive", "unchanged", "ar")
CANDIDATES = ("bridge", "dfm")
FEWEST_FOR_FACTORS = 12
"""Target periods with growth that a factor model needs."""
MOST_REPLAYS = 24


class Model(Protocol):
    """An estimated model: what it says of the target given a panel. Its parameters stay as they are."""

    @property
    def parameters(self) -> int:
        """Estimated coefficients of the target's equation."""
        ...

    def levels(self, panel: Panel) -> Floats:
        """Levels of the target (logs where taken), one for each target period; what is unknown by the model."""
        ...

    def expected(self, panel: Panel) -> Floats:
        """Expected values of the panel's cells; nan where the model says nothing."""
        ...


@dataclass(frozen=True, slots=True)
class SeasonalNaive:
    """The value of the same season a year before; of an annual target the value before."""

    parameters: int = 0

    def levels(self, panel: Panel) -> Floats:
        levels, season = panel.level.copy(), panel.plan.target.frequency.per_year
        for at in range(season, len(levels)):
            if math.isnan(levels[at]):
                levels[at] = levels[at - season]
        return levels

    def expected(self, panel: Panel) -> Floats:
        return _target_expected(panel, self.levels(panel))


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The last known growth (or level, where the target is not changed into growth) goes on."""

    parameters: int = 0

    def levels(self, panel: Panel) -> Floats:
        growth = panel.growth.copy()
        for at in range(1, len(growth)):
            if math.isnan(growth[at]):
                growth[at] = growth[at - 1]
        return cumulated(panel, growth)

    def expected(self, panel: Panel) -> Floats:
        return _target_expected(panel, self.levels(panel))


@dataclass(frozen=True, slots=True)
class Autoregressive:
    """Autoregression of the target's growth."""

    model: Autoregression

    @property
    def parameters(self) -> int:
        return 1 + len(self.model.coefficients)

    def levels(self, panel: Panel) -> Floats:
        return cumulated(panel, self.model.extended(panel.growth))

    def expected(self, panel: Panel) -> Floats:
        return _target_expected(panel, self.levels(panel))


@dataclass(frozen=True, slots=True)
class FactorModel:
    """An estimated dynamic factor model on some columns of the panel, the target first."""

    fit: FactorFit
    columns: tuple[int, ...]

    @property
    def parameters(self) -> int:
        """Loading, persistence and mean of the target."""
        return int(self.fit.parameters.loadings.shape[1]) + 2

    def signal(self, panel: Panel, values: Floats) -> Floats:
        """Expected values given those of `values` (base periods, columns of the panel), at the model's columns; nan elsewhere."""
        weights = tuple(panel.plan.weights[at] for at in self.columns)
        expected = np.full_like(values, np.nan)
        expected[:, self.columns] = signal(values[:, self.columns], weights, self.fit.parameters)
        return expected

    def levels(self, panel: Panel) -> Floats:
        return cumulated(panel, self.signal(panel, panel.values)[panel.target_rows, 0])

    def expected(self, panel: Panel) -> Floats:
        return self.signal(panel, panel.values)


def _target_expected(panel: Panel, levels: Floats) -> Floats:
    expected = np.full_like(panel.values, np.nan)
    lag = target_lag(panel)
    before = np.concatenate([np.full(lag, np.nan), levels[: len(levels) - lag]]) if lag else 0.0
    expected[panel.target_rows, 0] = levels - before
    return expected


@dataclass(frozen=True, slots=True)
class Estimated:
    """A model with what is to be said of its estimation: columns left out by reason, whether an iteration converged."""

    model: Model
    left_out: Mapping[str, tuple[str, ...]]
    converged: bool = True


def estimate_model(name: str, panel: Panel, specification: Nowcast, start: Model | None = None) -> Estimated:
    """A model by its name; `start` gives an iterative one its first values.

    Raises BadRequest where the panel is too short, numpy.linalg.LinAlgError where an estimation breaks down.
    """
    if name == "bridge":
        found = estimate_bridge(panel, specification.maximum_lag, specification.maximum_indicators)
        return Estimated(found.bridge, {"too_short": found.too_short, "lower_frequency": found.lower_frequency})
    if name == "dfm":
        return _factor_model(panel, specification, start)
    simple: Mapping[str, Callable[[], Model]] = {
        "seasonal-naive": SeasonalNaive,
        "unchanged": Unchanged,
        "ar": lambda: Autoregressive(autoregression(panel.growth, specification.maximum_lag)),
    }
    return Estimated(simple[name](), {})


def _factor_model(panel: Panel, specification: Nowcast, start: Model | None) -> Estimated:
    growth = panel.growth
    if np.count_nonzero(~np.isnan(growth)) < FEWEST_FOR_FACTORS:
        raise BadRequest(
            _("动态因子模型至少要目标序列 {least} 期，只有 {found} 期").format(
                least=FEWEST_FOR_FACTORS, found=int(np.count_nonzero(~np.isnan(growth)))
            ),
            remedy=_("用 --method bridge。"),
        )
    columns, short, low = [0], [], []
    for at, column in enumerate(panel.plan.columns[1:], start=1):
        known = panel.values[own_rows(panel, at), at]
        known = known[~np.isnan(known)]
        if column.ratio > panel.plan.target.ratio:
            low.append(column.name)
        elif known.size < FEWEST_FOR_FACTORS or float(known.std()) <= 1e-12 * max(abs(float(known.mean())), 1e-300):
            short.append(column.name)
        else:
            columns.append(at)
    if len(columns) == 1:
        raise BadRequest(_("动态因子模型没有可用的指标"), remedy=_("在数据里加入月度指标，或用 --method bridge。"))
    asked = FactorSpecification(
        specification.factors, specification.factor_order, specification.maximum_iterations, specification.tolerance
    )
    weights = tuple(panel.plan.weights[at] for at in columns)
    known_start = start.fit.parameters if isinstance(start, FactorModel) and start.columns == tuple(columns) else None
    with np.errstate(all="ignore"):
        values = panel.values[:, columns]
        fit = estimate(values[: np.flatnonzero(~np.isnan(values).all(axis=1))[-1] + 1], weights, asked, known_start)
    return Estimated(FactorModel(fit, tuple(columns)), {"too_short": tuple(short), "lower_frequency": tuple(low)}, fit.converged)


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviation of a nowcast's error, with the number of errors it comes from; those are of levels (logs where taken)."""

    deviation: float
    errors: int

    def interval(self, level: float, coverage: float) -> tuple[float, float]:
        """Low and high around a level, Student's t with one degree of freedom fewer than errors; coverage in per cent."""
        from scipy.stats import t

        width = float(t.ppf(0.5 + coverage / 200.0, max(self.errors - 1, 1))) * self.deviation
        return level - width, level + width

    def at_least(self, deviation: float, errors: int) -> Spread:
        """The wider of this one and another."""
        return replace(self, deviation=deviation, errors=errors) if deviation > self.deviation else self


def spread(model: Model, panel: Panel, period: int) -> Spread:
    """Spread of the model's error for target period `period`: its errors for earlier periods with the same ragged edge and parameters.

    At most 24 periods back; the mean square is enlarged for the estimated coefficients. With under 4 errors the deviation of the
    target's growth stands in.
    """
    errors = []
    growth = panel.growth
    earliest = int(np.argmax(~np.isnan(growth))) + 4
    for back in range(period - panel.last, period - panel.last + MOST_REPLAYS):
        if panel.last - back < earliest:
            break
        error = panel.level[period - back] - model.levels(panel.shortened(back))[period - back]
        if math.isfinite(error):
            errors.append(error)
    n = int(np.count_nonzero(~np.isnan(growth)))
    if len(errors) < 4:
        known = growth[~np.isnan(growth)]
        return Spread(float(known.std(ddof=1)) * math.sqrt(max(period - panel.last, 1)) if known.size > 1 else math.nan, max(n, 2))
    enlarged = math.sqrt(float(np.mean(np.square(errors))) * n / max(n - model.parameters, 1))
    return Spread(enlarged, len(errors))


def in_units(level: float, logs: bool) -> float:
    """A level in the units of the series; logs above 700 as 700, the edge of floating point."""
    return math.exp(min(level, 700.0)) if logs else level
