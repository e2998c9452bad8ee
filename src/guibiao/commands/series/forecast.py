"""`guibiao series forecast`: forecasts with intervals, simulated futures of annual series, and scenarios beside one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import AsOfOption, OutOption, StoreOption, WorkspaceOption
from guibiao.commands.series.options import (
    AreaOption,
    BasisOption,
    CategoryOption,
    DataOption,
    FrequencyOption,
    IndicatorOption,
    SeriesFormat,
    SeriesFormatOption,
    SeriesOption,
    Source,
    SpecificationOption,
    print_series,
    source_of,
)
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from guibiao.model.errors import GuibiaoError
    from guibiao.model.series import TimeSeries
    from guibiao.reference.series.forecast import ForecastSpecification
    from guibiao.series.forecasting.batch import Batch
    from guibiao.series.forecasting.forecast import Forecast

COLUMNS = ("series", "period", "mean", "low", "high", "model")
SCENARIO_COLUMNS = ("series", "scenario", "period", "level", "growth", "low", "high", "condition")
NAMED = 20
"""Series refused that are named one by one beside a table; JSON names all."""


def register(group: typer.Typer) -> None:
    """Add the command to the group of series."""
    group.command("forecast", help=_("预测：点预测、区间、所用模型；一个文件可有几千个序列；--scenario 给出有条件的路径。"))(forecast)


def forecast(
    data: DataOption = None,
    series: SeriesOption = "",
    frequency: FrequencyOption = None,
    horizon: Annotated[int | None, typer.Option("--horizon", help=_("预测几期；默认 12。"))] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", help=_("auto、combination、simulated、ets、ets_log、theta、theta_log、ces、snaive、naive、drift、mean、ar。")
        ),
    ] = None,
    level: Annotated[float | None, typer.Option("--level", help=_("区间水平，百分数；默认 80。"))] = None,
    gaps: Annotated[
        str | None, typer.Option("--gaps", help=_("有缺失时：last_run 用最后连续一段、interpolate 直线补齐、refuse 拒绝。"))
    ] = None,
    select: Annotated[str | None, typer.Option("--select", help=_("backtest：回测中不胜过末值法的模型不用。"))] = None,
    interval: Annotated[str | None, typer.Option("--interval", help=_("区间宽度：student 或 conformal。"))] = None,
    goal: Annotated[
        float | None, typer.Option("--goal", help=_("年度序列：末期达到这一数的概率，逐个模型给出（--model simulated）。"))
    ] = None,
    scenario: Annotated[Path | None, typer.Option("--scenario", help=_("YAML 情景文件：每个情景一条有条件的路径，互不合并。"))] = None,
    specification: SpecificationOption = None,
    indicator: IndicatorOption = "",
    area: AreaOption = "",
    category: CategoryOption = [],  # noqa: B006
    basis: BasisOption = "",
    as_of: AsOfOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """Forecast the series of a file, or an indicator of a workspace."""
    from guibiao.reference.series.forecast import ForecastSpecification
    from guibiao.reference.specifications import read_specification

    stated = read_specification(
        specification, ForecastSpecification, horizon=horizon, model=model, level=level, gaps=gaps, select=select, interval=interval,
        goal=goal,
    )  # fmt: skip
    stated.validate()
    source = Source(data, series, frequency, indicator, area, category, basis, workspace, out, store, as_of)
    if scenario is not None:
        _scenarios(source, scenario, stated.horizon, output)
        return
    batch = _forecast(*_series_of(source), stated)
    _print(batch, stated, output)


def _series_of(source: Source) -> tuple[Mapping[str, TimeSeries], Mapping[str, GuibiaoError]]:
    """All series of a file where none is named, and why some could not be read; else the one asked for."""
    if source.data is None or source.indicator or source.series:
        found = source_of(source)
        return {found.name: found}, {}
    from guibiao.series_data import read_each

    series, unread = read_each(source.data, source.frequency)
    if not series and len(unread) == 1:
        raise next(iter(unread.values()))
    return series, unread


def _forecast(series: Mapping[str, TimeSeries], unread: Mapping[str, GuibiaoError], stated: ForecastSpecification) -> Batch:
    from guibiao.model.errors import BadRequest
    from guibiao.series.forecasting.batch import SERIAL, Batch, Refused, forecast_all

    with _progress(len(series), shown=len(series) > SERIAL) as step:
        batch = forecast_all(series, stated, step)
    lost = tuple(Refused(name, f"{error.place}: {error.title}", error.remedy) for name, error in unread.items())
    batch = Batch(batch.forecasts, (*batch.refused, *lost))
    if not batch.forecasts:
        first = batch.refused[0]
        several = _("{count} 个序列都不能预测，如：{reason}").format(count=len(batch.refused), reason=first.reason)
        raise BadRequest(first.reason if len(batch.refused) == 1 else several, remedy=first.remedy)
    return batch


@contextmanager
def _progress(count: int, *, shown: bool) -> Iterator[Callable[[], None] | None]:
    """A bar on stderr for many series."""
    if not shown:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(_("预测"), total=count)
        yield lambda: bar.advance(task)


def _print(batch: Batch, stated: ForecastSpecification, output: SeriesFormat) -> None:
    rows = [row for each in batch.forecasts for row in _rows(each, by_model=stated.model == "simulated")]
    diagnostics: dict[str, Any] = {
        "level": stated.level,
        "series": {each.series: {"model": each.model, "notes": list(each.notes), **each.diagnostics} for each in batch.forecasts},
        "refused": [{"series": each.series, "reason": each.reason, "remedy": each.remedy} for each in batch.refused],
    }
    title = _("预测（区间 {level:g}%）").format(level=stated.level)
    print_series(COLUMNS, rows, output, title=title, notes=_notes(batch), diagnostics=diagnostics)


def _rows(made: Forecast, *, by_model: bool) -> Iterator[tuple[Any, ...]]:
    """One row a period; of simulated futures that were asked for, one a period and model, the combination first."""
    rows = zip(made.periods, made.mean, made.low, made.high, strict=True)
    yield from ((made.series, period, mean, low, high, made.model) for period, mean, low, high in rows)
    for model, each in made.diagnostics.get("by_model", {}).items() if by_model else ():
        if model != made.model:
            three = zip(made.periods, each["median"], each["low"], each["high"], strict=True)
            yield from ((made.series, period, mean, low, high, model) for period, mean, low, high in three)


def _notes(batch: Batch) -> list[str]:
    """What was assumed, series by series for a few and counted for many, and the series refused."""
    by_note: dict[str, list[str]] = {}
    for each in batch.forecasts:
        for note in each.notes:
            by_note.setdefault(note, []).append(each.series)
    ordered = sorted(by_note.items(), key=lambda pair: -len(pair[1]))
    said = [_("{series}：{note}").format(series=_listed(names), note=note) for note, names in ordered]
    notes = said[:NAMED]
    if len(said) > NAMED:
        notes.append(_("另有 {count} 条说明，全部见 --format json。").format(count=len(said) - NAMED))
    if batch.refused:
        notes.append(_("未预测的序列 {count} 个：").format(count=len(batch.refused)))
        notes += [_("{series}：{reason}").format(series=each.series, reason=each.reason) for each in batch.refused[:NAMED]]
        if len(batch.refused) > NAMED:
            notes.append(_("另有 {count} 个，全部见 --format json。").format(count=len(batch.refused) - NAMED))
    return notes


def _listed(names: list[str]) -> str:
    return "、".join(names) if len(names) <= 3 else _("{names} 等 {count} 个序列").format(names="、".join(names[:3]), count=len(names))


def _scenarios(source: Source, file: Path, horizon: int, output: SeriesFormat) -> None:
    from guibiao.reference.series.forecast import ScenarioFile
    from guibiao.reference.specifications import read_specification
    from guibiao.series.forecasting.scenario import scenarios

    stated = read_specification(file, ScenarioFile)
    target = source_of(source)
    inputs: Mapping[str, TimeSeries] = {}
    if source.data is not None:
        from guibiao.series_data import read_all

        inputs = read_all(source.data, source.frequency)
    paths = scenarios(target, stated, horizon, inputs)
    rows = [
        (target.name, each.scenario, period, level, growth, low, high, each.condition)
        for each in paths
        for period, level, growth, low, high in zip(
            each.periods, each.level, each.growth, each.low or _none(each.periods), each.high or _none(each.periods), strict=True
        )
    ]
    notes = [_("每个情景以其条件为前提，不是预测，互不合并。"), *(note for each in paths for note in each.notes)]
    print_series(SCENARIO_COLUMNS, rows, output, title=_("情景"), notes=notes)


def _none(periods: tuple[str, ...]) -> tuple[None, ...]:
    return (None,) * len(periods)
