"""Nowcast of a target from series of several frequencies with a ragged edge: models against benchmarks, one chosen, its news."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import label_of
from guibiao.reference.series.nowcast import Nowcast
from guibiao.series.nowcasting.backtest import FEWEST_TESTED, Backtest, backtest, widened
from guibiao.series.nowcasting.bridge import Bridge
from guibiao.series.nowcasting.dynamic_factor_filter import require_engine
from guibiao.series.nowcasting.models import BENCHMARKS, CANDIDATES, Estimated, FactorModel, estimate_model, in_units, spread
from guibiao.series.nowcasting.news import News, Vintage, decompose
from guibiao.series.nowcasting.panel import LOGS, Panel
from guibiao.series.nowcasting.question import Question, period_of, question, vintage_of
from guibiao.series.nowcasting.vintages import VintageTable


@dataclass(frozen=True, slots=True)
class NowcastRow:
    """One period of the target, in its units. `running`: the day lies in it; else it is over and not yet published, or to come.

    `by_model` holds what each model that could be estimated says.
    """

    period: str
    mean: float
    low: float
    high: float
    model: str
    running: bool
    by_model: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of a series: its transform, last known period and the day that became known; whether days come from the lag rule."""

    series: str
    frequency: str
    transform: str
    last_period: str
    known_from: date | None
    values: int
    pseudo_lag: int | None
    revised: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The model used, the one asked for or found best, and why they differ where they do."""

    model: str
    candidate: str
    tested: bool
    reason: str


@dataclass(frozen=True, slots=True)
class NowcastResult:
    """Nowcasts of the periods that are not published as of a day, with all that they rest on."""

    target: str
    as_of: date
    rows: tuple[NowcastRow, ...]
    choice: Choice
    backtest: Backtest | None
    news: News | None
    used: tuple[Used, ...]
    notes: tuple[str, ...]
    equation: Mapping[str, float]


def nowcast(table: VintageTable, specification: Nowcast, as_of: date | None = None, news_since: date | None = None) -> NowcastResult:
    """The nowcast as of a day (the last day anything became known where none is given).

    Raises BadRequest for an absent target, too little data for any model, a day before the first value or long after the last, and
    `news_since` not before the day, and for the factor model alone without its engine.
    """
    specification.validate()
    if specification.method == "dfm":
        require_engine()
    day = as_of or table.last_known
    if news_since is not None and news_since >= day:
        raise BadRequest(_("--news-since 的 {since} 不早于 {day}").format(since=news_since, day=day), remedy=_("写一个更早的日期。"))
    asked = question(table, specification, day)
    vintage = vintage_of(table, specification, day)
    panel = asked.panel(vintage)
    wanted = [*BENCHMARKS, *(CANDIDATES if specification.method == "auto" else (specification.method,))]
    estimated, failures = _estimated(wanted, panel, specification)
    tested = backtest(table, specification, asked, list(estimated)) if specification.backtest else None
    choice = _choose(specification, estimated, tested, failures)
    found = estimated[choice.model]
    rows = _rows(asked, panel, estimated, choice, tested, specification.level)
    news = None if news_since is None else _news(table, specification, asked, vintage, news_since, choice.model, found)
    used = _used(table, asked, vintage)
    notes = (*_data_notes(table, asked, vintage, used), *_model_notes(estimated, failures, choice, tested, asked))
    equation = _equation(found, panel)
    return NowcastResult(specification.target, day, rows, choice, tested, news, used, notes, equation)


def _estimated(names: Sequence[str], panel: Panel, specification: Nowcast) -> tuple[dict[str, Estimated], dict[str, str]]:
    """Models that give a level for the last period, and why the others do not."""
    found: dict[str, Estimated] = {}
    failures: dict[str, str] = {}
    for name in names:
        try:
            estimated = estimate_model(name, panel, specification)
            if math.isfinite(float(estimated.model.levels(panel)[-1])):
                found[name] = estimated
            else:
                failures[name] = _("历史太短，得不到这一期的数")
        except BadRequest as error:
            failures[name] = error.title
        except np.linalg.LinAlgError as error:
            failures[name] = _("估计中断：{problem}").format(problem=error)
    if not found:
        raise BadRequest(
            _("目标序列的数太少，任何模型都给不出结果"),
            _("；").join(f"{name}: {reason}" for name, reason in failures.items()),
            remedy=_("至少要一年以上的历史数据。"),
        )
    return found, failures


def _choose(specification: Nowcast, estimated: Mapping[str, Estimated], tested: Backtest | None, failures: Mapping[str, str]) -> Choice:
    """A model is used only where it beat every benchmark in the backtest; untested, the one asked for, or the bridge equation."""
    candidates = [name for name in estimated if name in CANDIDATES]
    benchmarks = [name for name in estimated if name in BENCHMARKS]
    naive = tested.best(benchmarks) if tested else None
    model = tested.best(candidates) if tested else None
    if not candidates:
        name = naive.model if naive else ("unchanged" if "unchanged" in estimated else benchmarks[0])
        return Choice(name, "", naive is not None, _("没有可用的模型，改用基准 {name}").format(name=name))
    if naive is None or model is None:
        reason = _("没有做回测，或能回测的时期不足 {least} 个，未与基准比较").format(least=FEWEST_TESTED)
        return Choice(candidates[0], candidates[0], False, reason)
    if model.rmse < naive.rmse:
        return Choice(model.model, model.model, True, _("回测误差小于全部基准"))
    said = _("{name} 的回测误差 {error:.4g} 不小于基准 {naive} 的 {least:.4g}，没有采用，改用基准").format(
        name=model.model, error=model.rmse, naive=naive.model, least=naive.rmse
    )
    return Choice(naive.model, model.model, True, said)


def _rows(
    asked: Question, panel: Panel, estimated: Mapping[str, Estimated], choice: Choice, tested: Backtest | None, coverage: float
) -> tuple[NowcastRow, ...]:
    """One row for each period from the first unpublished one; a period that is only published with the next one has none."""
    target = asked.plan.target
    logs, running = target.transform in LOGS, period_of(target.frequency, asked.as_of)
    levels = {name: each.model.levels(panel) for name, each in estimated.items()}
    rows = []
    for ordinal in range(asked.last + 1, asked.asked + 1):
        position = asked.position - (asked.asked - ordinal)
        level = float(levels[choice.model][position])
        if not math.isfinite(level):
            continue
        width = spread(estimated[choice.model].model, panel, position)
        if tested is not None and ordinal == asked.asked:
            width = widened(width, [row.error for row in tested.rows if row.model == choice.model])
        mean, low, high = (in_units(each, logs) for each in (level, *width.interval(level, coverage)))
        by_model = {name: in_units(float(each[position]), logs) for name, each in levels.items()}
        rows.append(NowcastRow(asked.label(ordinal), mean, low, high, choice.model, ordinal == running, by_model))
    return tuple(rows)


def _news(table: VintageTable, specification: Nowcast, asked: Question, vintage: Vintage, since: date, name: str, found: Estimated) -> News:
    old = vintage_of(table, specification, since)
    panel = asked.panel(old)
    try:
        before = estimate_model(name, panel, specification).model
        usable = math.isfinite(float(before.levels(panel)[asked.position]))
    except (BadRequest, np.linalg.LinAlgError):
        usable = False
    if not usable or not math.isfinite(float(found.model.levels(panel)[asked.position])):
        raise BadRequest(
            _("{since} 时的数据还不够用 {model} 做即时预测，无法分解").format(since=since, model=name), remedy=_("把 --news-since 推后。")
        )
    return decompose(asked.plan, asked.rows, asked.position, old, vintage, before, found.model)


def _used(table: VintageTable, asked: Question, vintage: Vintage) -> tuple[Used, ...]:
    rows = []
    for column in asked.plan.columns:
        series = vintage.series[column.name]
        source = column.name.rsplit(" [", 1)[0] if column.name not in table.names else column.name
        known = [value for value in series.values if not math.isnan(value)]
        rows.append(
            Used(
                column.name, column.frequency.value, column.transform.value, label_of(series.frequency, series.end),
                vintage.known.get((column.name, series.end)), len(known), table.pseudo.get(source), table.revised(source, asked.as_of),
            )
        )  # fmt: skip
    return tuple(rows)


def _equation(found: Estimated, panel: Panel) -> dict[str, float]:
    """Coefficients of a bridge equation by name, loadings of a factor model; empty for benchmarks."""
    if isinstance(found.model, Bridge):
        names = [panel.plan.columns[at].name for at in found.model.indicators]
        return {
            "intercept": found.model.intercept, "own_lag": found.model.own,
            **dict(zip(names, found.model.slopes, strict=True)), "r_squared": found.model.r_squared, "n": float(found.model.n),
        }  # fmt: skip
    if isinstance(found.model, FactorModel):
        loadings = found.model.fit.parameters.loadings
        columns = [panel.plan.columns[at].name for at in found.model.columns]
        return {
            f"{name}:{factor + 1}": float(row[factor]) for name, row in zip(columns, loadings, strict=True) for factor in range(len(row))
        }
    return {}


def _data_notes(table: VintageTable, asked: Question, vintage: Vintage, used: Sequence[Used]) -> list[str]:
    reasons = {
        "missing": _("{count} 个缺失值未用"), "repeated": _("{count} 行与别的行完全相同，只用一次"),
        "before_period": _("{count} 个数的公布日早于其时期开始，未用"),
    }  # fmt: skip
    notes = [reasons[reason].format(count=count) for reason, count in table.dropped.items()]
    if later := table.view(asked.as_of).later:
        notes.append(_("{count} 个数在 {day} 之后才公布，未用").format(count=later, day=asked.as_of))
    pseudo = {each.series: each.pseudo_lag for each in used if each.pseudo_lag is not None}
    if pseudo:
        lags = _("、").join(_("{name} {days} 天").format(name=name, days=days) for name, days in pseudo.items())
        notes.append(_("伪版本：没有公布日期的数按期末后若干天公布计，用的是现在的值而不是当时的值（{lags}）").format(lags=lags))
    daily = [name for name, series in vintage.series.items() if name not in {column.name for column in asked.plan.columns}]
    if daily:
        notes.append(_("日度序列未用，先汇总成月度：{names}").format(names=_("、").join(daily)))
    if any(vintage.series[column.name].spans for column in asked.plan.columns):
        notes.append(_("合并发布的月份（如 1-2 月）：其同比同时用于所含各月"))
    return notes


def _model_notes(
    estimated: Mapping[str, Estimated], failures: Mapping[str, str], choice: Choice, tested: Backtest | None, asked: Question
) -> list[str]:
    notes = [_("{name} 没有用上：{reason}").format(name=name, reason=reason) for name, reason in failures.items()]
    for name, each in estimated.items():
        if not each.converged:
            notes.append(_("{name} 的迭代在规定次数内没有收敛，用最后一次的参数").format(name=name))
        for reason, columns in each.left_out.items():
            if columns:
                why = _("太短或不变") if reason == "too_short" else _("频率低于目标")
                notes.append(_("{name} 没有用的指标（{why}）：{columns}").format(name=name, why=why, columns=_("、").join(columns)))
    notes.append(_("采用 {model}：{reason}").format(model=choice.model, reason=choice.reason))
    if tested is not None:
        notes.extend(_backtest_notes(tested, choice))
    if asked.steps > 1:
        notes.append(_("目标已知到 {last}，本次往后第 {steps} 期").format(last=asked.label(asked.last), steps=asked.steps))
    return notes


def _backtest_notes(tested: Backtest, choice: Choice) -> list[str]:
    notes = []
    if tested.skipped:
        notes.append(_("{count} 个时期当时的数据不够，没有回测").format(count=tested.skipped))
    for name, failure in tested.failures.items():
        said = _("回测中 {name} 有 {count} 期没有结果，最近一次：{reason}")
        notes.append(said.format(name=name, count=failure.count, reason=failure.reason))
    if tested.comparisons:
        n = tested.comparisons[0].accuracy.n
        shares = _("、").join(f"{each.model} {each.accuracy.coverage:.0%}" for each in tested.comparisons)
        notes.append(_("回测比较了 {n} 期；区间覆盖率：{shares}").format(n=n, shares=shares))
    compared = tested.comparison(choice.model)
    if compared and choice.model == choice.candidate:
        weak = [name for name, test in compared.tests.items() if test is not None and not (test.better and test.p_value < 0.1)]
        if weak:
            notes.append(
                _("对 {names} 的优势在 10% 水平上不显著（{n} 期，DM 检验）").format(names=_("、").join(weak), n=compared.accuracy.n)
            )
    return notes
