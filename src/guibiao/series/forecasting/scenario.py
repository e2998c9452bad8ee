"""Scenarios: conditional futures of one series, each by its own name, never blended.

A scenario supposes growth rates, levels, or the path of an input with an elasticity. Periods it does not name have no value: nothing is
carried on in silence. Method sheet: docs/methods/0636-scenarios.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of
from guibiao.reference.series.forecast import Scenario, ScenarioFile

FEWEST_GROWTHS = 4
COVERAGE = 0.9


@dataclass(frozen=True, slots=True)
class ScenarioPath:
    """The path of one scenario: periods after the last value, level and growth over the year before in %, of shape (horizon,).

    `condition` says in words what is supposed. `low` and `high` are None unless an elasticity was estimated: then they carry its 90 %
    interval, not the errors of the regression nor of the supposition.
    """

    scenario: str
    condition: str
    periods: tuple[str, ...]
    level: tuple[float, ...]
    growth: tuple[float, ...]
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elasticity:
    """Growth of a series on that of an input by least squares: y = mean_y + slope (x - mean_x), with the standard error of the slope."""

    slope: float
    error: float
    mean_x: float
    mean_y: float
    pairs: int

    def growth(self, supposed: Sequence[float], slope: float) -> list[float]:
        """Growth of the series for supposed growth of the input, along a line of another slope through the means."""
        return [self.mean_y + slope * (each - self.mean_x) for each in supposed]


def scenarios(series: TimeSeries, stated: ScenarioFile, horizon: int, inputs: Mapping[str, TimeSeries]) -> tuple[ScenarioPath, ...]:
    """One path a scenario, in the file's order. Raises BadRequest for a condition that leaves a period open or cannot be met."""
    stated.validate()
    history = series.array()
    known = np.flatnonzero(np.isfinite(history))
    if len(known) == 0 or series.spans:
        raise BadRequest(
            _("{name} 没有可用的单期历史数").format(name=series.name), remedy=_("先用 guibiao series monthly --split … 拆成单期。")
        )
    return tuple(_path(series, int(known[-1]), each, horizon, inputs) for each in stated.scenarios)


def _path(series: TimeSeries, last: int, scenario: Scenario, horizon: int, inputs: Mapping[str, TimeSeries]) -> ScenarioPath:
    condition = scenario.condition
    periods = tuple(label_of(series.frequency, series.ordinal(last) + ahead) for ahead in range(1, horizon + 1))
    if condition.level:
        wanted = _stated(condition.level, periods, scenario.name)
        return _finished(scenario, _("假定各期水平"), periods, wanted, last, series)
    if condition.growth:
        rates = _stated(condition.growth, periods, scenario.name)
        return _finished(scenario, _("假定各期同比增速"), periods, _grown(series, last, rates), last, series)
    return _by_elasticity(series, last, scenario, periods, inputs)


def _by_elasticity(
    series: TimeSeries, last: int, scenario: Scenario, periods: tuple[str, ...], inputs: Mapping[str, TimeSeries]
) -> ScenarioPath:
    condition = scenario.condition
    supposed = _stated(condition.input_growth, periods, scenario.name)
    if condition.elasticity is not None:
        rates = [condition.elasticity * each for each in supposed]
        words = _("假定 {input} 各期增速，弹性取 {elasticity}").format(input=condition.input, elasticity=condition.elasticity)
        return _finished(scenario, words, periods, _grown(series, last, rates), last, series)
    if condition.input not in inputs:
        raise BadRequest(
            _("情景 {name} 的投入序列 {input} 不在数据文件中").format(name=scenario.name, input=condition.input),
            remedy=_("把它加进 --data，或给出 elasticity。"),
        )
    found = elasticity(series, inputs[condition.input])
    words = _("假定 {input} 各期增速，弹性由 {pairs} 对历史增速回归得 {slope:.3f}（标准误 {error:.3f}）").format(
        input=condition.input, pairs=found.pairs, slope=found.slope, error=found.error
    )
    from scipy.stats import t

    half = float(t.ppf(0.5 + COVERAGE / 2, found.pairs - 2)) * found.error
    middle, *edges = (_grown(series, last, found.growth(supposed, found.slope + shift)) for shift in (0.0, -half, half))
    ordered = np.sort(np.array(edges), axis=0)
    note = _("{name} 的区间只含弹性的估计误差（90%），不含假定本身的误差").format(name=scenario.name)
    made = _finished(scenario, words, periods, middle, last, series)
    return replace(made, low=tuple(ordered[0].tolist()), high=tuple(ordered[1].tolist()), notes=(note,))


def elasticity(series: TimeSeries, other: TimeSeries) -> Elasticity:
    """Elasticity of a series to an input, from growth over the year before where both have it. Raises BadRequest for too few pairs."""
    if series.frequency is not other.frequency:
        raise BadRequest(_("{one} 与 {other} 的频率不同").format(one=series.name, other=other.name), remedy=_("用同一频率的序列。"))
    own, others = _growths(series), _growths(other)
    shared = sorted(own.keys() & others.keys())
    x, y = (np.array([each[at] for at in shared]) for each in (others, own))
    if len(shared) < FEWEST_GROWTHS or float(np.ptp(x)) == 0:
        raise BadRequest(
            _("{one} 与 {other} 共有的同比增速只有 {count} 对，估计不出弹性").format(one=series.name, other=other.name, count=len(shared)),
            remedy=_("补充历史数据，或在情景里给出 elasticity。"),
        )
    centred = x - x.mean()
    squares = float(centred @ centred)
    slope = float(centred @ y) / squares
    errors = y - y.mean() - slope * centred
    error = math.sqrt(float(errors @ errors) / (len(shared) - 2) / squares)
    return Elasticity(slope, error, float(x.mean()), float(y.mean()), len(shared))


def _growths(series: TimeSeries) -> dict[int, float]:
    """Growth over the year before in %, by ordinal; only over positive levels."""
    values, back = series.array(), _year(series)
    pairs = ((at, values[at - back], values[at]) for at in range(back, len(values)))
    return {series.ordinal(at): 100 * (after / before - 1) for at, before, after in pairs if before > 0 and math.isfinite(after)}


def _stated(stated: Mapping[str, float], periods: Sequence[str], name: str) -> list[float]:
    """What is supposed of every period; raises BadRequest where a period is left open, or one is named that is not forecast."""
    missing, unknown = [each for each in periods if each not in stated], [each for each in stated if each not in periods]
    if missing or unknown:
        raise BadRequest(
            _("情景 {name} 要恰好写出各预测期的假定").format(name=name),
            _("缺：{missing}；多：{unknown}").format(missing="、".join(missing) or "-", unknown="、".join(unknown) or "-"),
            remedy=_("期间写成 {period} 的样子，从 {first} 到 {last}。").format(period=periods[0], first=periods[0], last=periods[-1]),
        )
    values = [float(stated[each]) for each in periods]
    if not all(map(math.isfinite, values)):
        raise BadRequest(_("情景 {name} 的假定要是有限的数").format(name=name), remedy=_("改正该数。"))
    return values


def _grown(series: TimeSeries, last: int, rates: Sequence[float]) -> tuple[float, ...]:
    """Levels from growth over the same period a year before, nan where that one has no value."""
    path, back = list(series.values[: last + 1]), _year(series)
    for rate in rates:
        before = path[len(path) - back] if len(path) >= back else math.nan
        path.append(before * (1 + rate / 100))
    return tuple(path[last + 1 :])


def _finished(
    scenario: Scenario, words: str, periods: tuple[str, ...], levels: Sequence[float], last: int, series: TimeSeries
) -> ScenarioPath:
    path, back = [*series.values[: last + 1], *levels], _year(series)
    befores = [path[at - back] if at >= back else math.nan for at in range(last + 1, len(path))]
    if any(math.isnan(each) for each in levels):
        raise BadRequest(
            _("情景 {name} 缺少上年同期数，算不出水平").format(name=scenario.name), remedy=_("补齐最近一年的数据，或假定水平（level）。")
        )
    growth = tuple(100 * (level / before - 1) if before > 0 else math.nan for level, before in zip(levels, befores, strict=True))
    condition = "；".join(each for each in (words, scenario.note) if each)
    return ScenarioPath(scenario.name, condition, periods, tuple(levels), growth)


def _year(series: TimeSeries) -> int:
    """Periods in a year; a scenario of days is refused because growth over the year before means another day of the week."""
    if series.frequency is Frequency.DAY:
        raise BadRequest(_("日度序列不设情景"), remedy=_("先汇总为月度或季度。"))
    return series.frequency.per_year
