"""`guibiao series nowcast`: a figure that is not published yet, from those that are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import AsOfOption, OutOption, StoreOption, WorkspaceOption, parse_day, session
from guibiao.commands.series.options import (
    AreaOption,
    CategoryOption,
    DataOption,
    FrequencyOption,
    IndicatorOption,
    SeriesFormat,
    SeriesFormatOption,
    SpecificationOption,
    print_series,
)
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.reference.series.nowcast import Nowcast
    from guibiao.series.nowcasting.nowcast import NowcastResult, NowcastRow
    from guibiao.series.nowcasting.vintages import Entry

COLUMNS = ("series", "period", "mean", "low", "high", "model", "benchmark", "benchmark_mean", "rmse", "benchmark_rmse", "p_value")


def register(group: typer.Typer) -> None:
    """Add the command to the group of series."""
    group.command("nowcast", help=_("即时预测：用已公布的月度数据推算还没公布的季度（月、年）数，附回测和各次发布的影响。"))(nowcast)


def nowcast(
    data: DataOption = None,
    target: Annotated[str, typer.Option("--target", help=_("目标序列的名称；其余序列作指标。"))] = "",
    frequency: FrequencyOption = None,
    as_of: AsOfOption = "",
    method: Annotated[str | None, typer.Option("--method", help=_("auto、bridge（桥接方程）或 dfm（动态因子模型）。"))] = None,
    news_since: Annotated[str, typer.Option("--news-since", metavar="YYYY-MM-DD", help=_("分解这一天以来各次发布对结果的影响。"))] = "",
    backtest: Annotated[int | None, typer.Option("--backtest", help=_("回测最近几期；0 为不回测；默认 12。"))] = None,
    level: Annotated[float | None, typer.Option("--level", help=_("区间水平，百分数；默认 80。"))] = None,
    transform: Annotated[str, typer.Option("--transform", help=_("目标怎样变换：none、log-difference、year-on-year 等；默认自动。"))] = "",
    aggregation: Annotated[str, typer.Option("--aggregation", help=_("由较细频率汇总目标：sum、mean、last；默认 sum。"))] = "",
    specification: SpecificationOption = None,
    indicator: IndicatorOption = "",
    area: AreaOption = "",
    category: CategoryOption = [],  # noqa: B006
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """Nowcast of a series of a file, or of an indicator of a workspace."""
    from guibiao.series.nowcasting.nowcast import nowcast as nowcasted
    from guibiao.series.nowcasting.vintages import vintage_table

    stated = _stated(specification, target or indicator, frequency and frequency.value, method, backtest, level)
    stated = _of_target(stated, transform, aggregation, indicator, area, category)
    stated.validate()
    day, since = parse_day(as_of, "--as-of"), parse_day(news_since, "--news-since")
    entries = _entries(data, stated, workspace, out, store)
    by_lag = stated.vintages == "lag" or (not stated.vintages and data is None)
    table = vintage_table(entries, stated.lags, first_by_lag=by_lag)
    _print(nowcasted(table, stated, day, since), output)


def _stated(
    file: Path | None, target: str, frequency: str | None, method: str | None, backtest: int | None, level: float | None
) -> Nowcast:
    from guibiao.reference.series.nowcast import Nowcast
    from guibiao.reference.specifications import read_specification

    return read_specification(
        file, Nowcast, target=target or None, frequency=frequency, method=method, backtest=backtest, level=level
    )  # fmt: skip


def _of_target(stated: Nowcast, transform: str, aggregation: str, indicator: str, area: str, category: list[str]) -> Nowcast:
    """The specification with what the flags say of the target."""
    from guibiao.commands.options import parse_categories
    from guibiao.reference.series.nowcast import Aggregation, Transform

    changes: dict[str, Any] = {}
    if transform:
        changes["transform"] = _one_of(Transform, transform, "--transform")
    if aggregation:
        changes["aggregation"] = _one_of(Aggregation, aggregation, "--aggregation")
    if indicator:
        changes |= {"indicator": indicator, "area": area, "categories": parse_categories(category)}
    if not changes:
        return stated
    own = replace(stated.stated(stated.target), **changes)
    return replace(stated, series=(own, *(series for series in stated.series if series.name != stated.target)))


def _one_of(kind: Any, text: str, option: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        names = "、".join(each.value for each in kind)
        raise BadRequest(
            _("{option} 没有 {text}").format(option=option, text=text), remedy=_("可写：{names}。").format(names=names)
        ) from None


def _entries(data: Path | None, stated: Nowcast, workspace: str, out: Path | None, store: str) -> list[Entry]:
    from guibiao.commands.series.nowcast_data import entries_of_file, entries_of_workspace

    from_workspace = any(series.indicator for series in stated.series)
    if (data is not None) == from_workspace:
        raise BadRequest(
            _("数据从文件来还是从工作区来，要说一个"),
            remedy=_("写 --data 文件 --target 序列名，或用 --indicator、--spec 里的 indicator 指明工作区指标。"),
        )
    if data is not None:
        return entries_of_file(data)
    from guibiao.questions import Desk

    with session(workspace, out, store) as at:
        return entries_of_workspace(Desk(at.workspace, at.store, at.folder), stated.series)


def _print(result: NowcastResult, output: SeriesFormat) -> None:
    rows = [_row(result, row) for row in result.rows]
    title = _("{name} 的即时预测，截至 {day}").format(name=result.target, day=result.as_of)
    if output is not SeriesFormat.TABLE:
        print_series(COLUMNS, rows, output, title, result.notes, _diagnostics(result))
        return
    shown = [at for at, name in enumerate(COLUMNS) if name not in {"series", "p_value", "benchmark_mean"}]
    print_series([COLUMNS[at] for at in shown], [[row[at] for at in shown] for row in rows], output, title, result.notes)
    if result.news is not None:
        fields = ("series", "period", "kind", "known_from", "expected", "actual", "impact")
        news = [["—" if item[name] in {None, ""} else item[name] for name in fields] for item in _news(result)["items"]]
        said = _("从 {before:.4f} 到 {after:.4f}").format(before=result.news.before, after=result.news.after)
        columns = (_("序列"), _("时期"), _("类别"), _("公布"), _("预期"), _("实际"), _("影响"))
        print_series(columns, news, output, _("各次发布的影响（{change}）").format(change=said))


def _row(result: NowcastResult, row: NowcastRow) -> list[Any]:
    tested = result.backtest
    compared = tested.comparison(row.model) if tested else None
    from guibiao.series.nowcasting.models import BENCHMARKS

    naive = tested.best([name for name in BENCHMARKS if name in row.by_model]) if tested else None
    test = compared.tests.get(naive.model) if compared and naive else None
    return [
        result.target, row.period, row.mean, row.low, row.high, row.model, naive.model if naive else None,
        row.by_model.get(naive.model) if naive else None, compared.accuracy.rmse if compared else None,
        naive.accuracy.rmse if naive else None, test.p_value if test else None,
    ]  # fmt: skip


def _diagnostics(result: NowcastResult) -> dict[str, Any]:
    """Everything the nowcast rests on, JSON-ready."""
    from dataclasses import asdict

    tested = result.backtest
    return {
        "as_of": result.as_of.isoformat(), "choice": asdict(result.choice), "equation": dict(result.equation),
        "models": [{"period": row.period, "running": row.running, **row.by_model} for row in result.rows],
        "comparisons": [asdict(each) for each in tested.comparisons] if tested else [],
        "backtest": [asdict(row) for row in tested.rows] if tested else [],
        "backtest_failures": {name: asdict(failure) for name, failure in tested.failures.items()} if tested else {},
        "backtest_skipped": tested.skipped if tested else 0,
        "news": _news(result) if result.news is not None else None,
        "used": [asdict(each) for each in result.used],
    }  # fmt: skip


def _news(result: NowcastResult) -> dict[str, Any]:
    from dataclasses import asdict

    assert result.news is not None
    items = [asdict(item) | {"news": item.news, "weight": item.weight} for item in result.news.items]
    return {"before": result.news.before, "after": result.news.after, "unexplained": result.news.unexplained, "items": items}
