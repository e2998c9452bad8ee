"""The forecast of one series: point forecasts by one model or the median of several, intervals from the errors at past origins.

Pure: a series, a specification and an engine in, a frozen result out. Method sheets: docs/methods/0631-forecasts-and-combination.md,
0633-forecast-intervals.md, 0635-backtests-against-naive.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.forecast import ForecastSpecification, SimulationSpecification
from guibiao.series.forecasting.combination import Combined, combine
from guibiao.series.forecasting.engine import SIMPLE, CannotFit, ForecastEngine
from guibiao.series.forecasting.history import History, future_labels, history_of
from guibiao.series.forecasting.intervals import Widths, bounds, origins_of, past_errors, walk_widths, widths
from guibiao.series.forecasting.selection import Selected, select
from guibiao.series.forecasting.short import COMBINED, short_forecast, spread_of
from guibiao.series.forecasting.simulation import Chance

Values = NDArray[np.float64]
FEWEST_FOR_COMBINATION = 6


@dataclass(frozen=True, slots=True)
class Forecast:
    """Forecasts of one series: periods, values of shape (horizon,), the model that made them, and how it came about.

    `low` and `high` are nan where nothing tells the size of errors.
    """

    series: str
    periods: tuple[str, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    model: str
    notes: tuple[str, ...] = ()
    diagnostics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Point:
    """A point forecast with the model that made it and whose errors give its intervals."""

    mean: Values
    model: str
    measured_by: tuple[str, ...]
    members: Mapping[str, Values]
    notes: tuple[str, ...] = ()


def forecast(series: TimeSeries, specification: ForecastSpecification, engine: ForecastEngine) -> Forecast:
    """The forecast of a series. Raises BadRequest for a specification that cannot be, or a series that offers no history."""
    specification.validate()
    history = history_of(series, specification)
    periods = future_labels(series, history, specification.horizon)
    if history.constant:
        return _constant(series, history, periods, specification)
    simulated = _simulated(series, history, specification)
    if specification.goal is not None and not simulated:
        raise BadRequest(_("达到目标的概率只对年度序列的模拟给出"), remedy=_("用 --model simulated。"))
    if simulated:
        return _from_paths(series, history, periods, specification)
    point = _point(history, specification, engine)
    notes = [*history.notes, *point.notes]
    diagnostics: dict[str, Any] = {"observations": len(history.values), "season": history.season}
    if specification.select == "backtest":
        chosen = _selected(history, specification, engine, point.model)
        diagnostics["backtest"] = chosen.as_mapping()
        notes += chosen.notes
        if chosen.model != point.model:
            point = _single(history, specification.horizon, engine, chosen.model)
    found = _widths(history, specification, engine, point)
    low, high, said = _bounds(point.mean, found, specification)
    diagnostics |= _told(point, found, history.unit)
    mean, lowest, highest = (tuple((each * history.unit).tolist()) for each in (point.mean, low, high))
    return Forecast(series.name, periods, mean, lowest, highest, point.model, (*notes, *said), diagnostics)


def _simulated(series: TimeSeries, history: History, specification: ForecastSpecification) -> bool:
    """Whether futures are simulated: on demand, and for annual series with too few points to tell models apart."""
    if specification.model == "simulated":
        if series.frequency is not Frequency.YEAR:
            raise BadRequest(_("simulated 只用于年度序列"), remedy=_("改用 --model auto。"))
        return True
    simulation = SimulationSpecification()
    few = simulation.least <= len(history.values) < simulation.enough
    return specification.model == "auto" and series.frequency is Frequency.YEAR and few


def _from_paths(series: TimeSeries, history: History, periods: tuple[str, ...], specification: ForecastSpecification) -> Forecast:
    goal = None if specification.goal is None else specification.goal / history.unit
    found = short_forecast(history.values, specification.horizon, specification.level, SimulationSpecification(), goal)
    mean, low, high = (tuple((each * history.unit).tolist()) for each in found.by_model[COMBINED])
    diagnostics: dict[str, Any] = {
        "observations": found.observations, "scale": found.scale, "by_model": spread_of(found, history.unit),
    }  # fmt: skip
    notes = [*history.notes, *found.notes]
    if found.chance is not None:
        diagnostics["probability"] = asdict(found.chance)
        notes.append(_chance_words(found.chance, periods[-1], specification.goal))
    return Forecast(series.name, periods, mean, low, high, COMBINED, tuple(notes), diagnostics)


def _chance_words(chance: Chance, period: str, goal: float | None) -> str:
    models = "、".join(f"{name} {each:.0%}" for name, each in chance.by_model.items())
    return _("{period} 达到 {goal:g} 的概率：各模型合并 {combined:.0%}，从 {low:.0%} 到 {high:.0%}（{models}）").format(
        period=period, goal=goal, combined=chance.combined, low=chance.low, high=chance.high, models=models
    )


def _told(point: _Point, found: Widths | None, unit: float) -> dict[str, Any]:
    """Members of the combination with their spread, and what the intervals rest on."""
    told: dict[str, Any] = {}
    if len(point.members) > 1:
        combined = combine(point.members)
        told["members"] = {name: (each * unit).tolist() for name, each in point.members.items()}
        told["spread"] = {"least": (combined.least * unit).tolist(), "greatest": (combined.greatest * unit).tolist()}
    if found is not None:
        scale = found.scale * (1.0 if found.log else unit)
        told["interval"] = {
            "scale": scale.tolist(), "degrees": found.degrees.tolist(), "log": found.log, "measured_by": list(point.measured_by),
        }  # fmt: skip
    return told


def _constant(series: TimeSeries, history: History, periods: tuple[str, ...], specification: ForecastSpecification) -> Forecast:
    """A history that never changed: the same value on, and no interval, because it tells nothing of errors."""
    nothing = (float("nan"),) * specification.horizon
    notes = (*history.notes, _("历史数据一直不变，预测为同一数，给不出区间"))
    value = (float(history.values[-1]) * history.unit,) * specification.horizon
    return Forecast(series.name, periods, value, nothing, nothing, "constant", notes, {"observations": len(history.values)})


def _point(history: History, specification: ForecastSpecification, engine: ForecastEngine) -> _Point:
    if specification.model not in {"auto", "combination"}:
        return _single(history, specification.horizon, engine, specification.model)
    if len(history.values) < FEWEST_FOR_COMBINATION:
        note = _("只有 {count} 个数，不足以估计组合中的模型，改用末值法").format(count=len(history.values))
        found = _single(history, specification.horizon, engine, "naive")
        return _Point(found.mean, found.model, found.measured_by, found.members, (note,))
    members: dict[str, Values] = {}
    left_out: list[str] = []
    for name in specification.members_with(history.season):
        made = _attempt(engine, name, history)(history.values, specification.horizon)
        if made is None:
            left_out.append(name)
        else:
            members[name] = made
    notes = [_("未能估计、未参加组合的模型：{names}").format(names="、".join(left_out))] if left_out else []
    if not members:
        found = _single(history, specification.horizon, engine, "naive")
        return _Point(found.mean, found.model, found.measured_by, found.members, (*notes, _("组合中没有能估计的模型，改用末值法")))
    combined: Combined = combine(members)
    return _Point(combined.mean, "combination", (_stand_in(history, members),), members, tuple(notes))


def _stand_in(history: History, members: Mapping[str, Values]) -> str:
    """Whose past errors give the width of a combination's intervals: refitting all members at every origin costs ten times the forecast."""
    if "theta" not in members:
        return next(iter(members))
    return "theta_log" if bool((history.values > 0).all()) else "theta"


def _single(history: History, horizon: int, engine: ForecastEngine, model: str) -> _Point:
    """One model; where it cannot be fitted naive takes its place, and this is said. Seasonal naive without a season is naive."""
    model = "naive" if model == "snaive" and history.season == 1 else model
    try:
        made = engine.forecast(model, history.values, history.season, horizon)
    except CannotFit:
        if model == "naive":
            raise BadRequest(_("连末值法也无法预测"), remedy=_("核对数据。")) from None
        found = _single(history, horizon, engine, "naive")
        note = _("{model} 不能用于这个序列，改用末值法").format(model=model)
        return _Point(found.mean, found.model, found.measured_by, found.members, (note, *found.notes))
    return _Point(made, model, (model,), {model: made})


def _attempt(engine: ForecastEngine, model: str, history: History) -> Callable[[Values, int], Values | None]:
    """A model as a function of the values so far and the steps ahead; None where it cannot be fitted."""

    def made(values: Values, steps: int) -> Values | None:
        try:
            return engine.forecast(model, values, history.season, steps)
        except CannotFit:
            return None

    return made


def _combined(engine: ForecastEngine, members: tuple[str, ...], history: History) -> Callable[[Values, int], Values | None]:
    def made(values: Values, steps: int) -> Values | None:
        found = {name: _attempt(engine, name, history)(values, steps) for name in members}
        known = {name: each for name, each in found.items() if each is not None}
        return combine(known).mean if known else None

    return made


def _widths(history: History, specification: ForecastSpecification, engine: ForecastEngine, point: _Point) -> Widths | None:
    """How errors grow with the horizon; of a history too short for past origins, or without errors at them, as those of a random walk."""
    origins = origins_of(len(history.values), history.season, specification.horizon, specification.origins)
    measured = _combined(engine, point.measured_by, history)
    found = widths(past_errors(history.values, origins, specification.horizon, measured)) if len(origins) > 1 else None
    return found if found is not None and found.scale[0] > 0 else walk_widths(history.values, specification.horizon)


def _bounds(mean: Values, found: Widths | None, specification: ForecastSpecification) -> tuple[Values, Values, tuple[str, ...]]:
    """Low, high, and what is to be said of them."""
    if found is None:
        nothing = np.full(len(mean), np.nan)
        return nothing, nothing, (_("没有可用的历史误差，给不出区间"),)
    low, high = bounds(mean, found, specification.level, conformal=specification.interval == "conformal")
    degrees = int(found.degrees.min())
    few = (_("最远几期的区间只依据 {count} 次历史误差").format(count=degrees),) if degrees < 5 else ()
    return low, high, few


def _selected(history: History, specification: ForecastSpecification, engine: ForecastEngine, model: str) -> Selected:
    members = specification.members_with(history.season) if model == "combination" else (model,)
    return select(
        history.values, history.season, specification, model, _combined(engine, members, history),
        {name: _attempt(engine, name, history) for name in SIMPLE},
    )  # fmt: skip
