"""`guibiao series adjust-many`: every series of a file in one run, over all processors, resumable, with models kept by vintage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import parse_day, say, show
from guibiao.commands.series.adjustment_options import (
    CentringOption,
    EasterOption,
    Engine,
    EngineOption,
    Flags,
    ForecastOption,
    HolidayOption,
    KnownOutlierOption,
    MethodOption,
    ModelOption,
    ModeOption,
    OutliersOption,
    PresetOption,
    SeasonalFilterOption,
    SlidingSpansOption,
    SpanOption,
    TradingDaysOption,
    TransformOption,
    TrendFilterOption,
    adjustment_specification,
)
from guibiao.commands.series.options import DataOption, FrequencyOption, SpecificationOption
from guibiao.model.errors import BadRequest, FindingsPresent
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.series_production_files import Outcome

MOST_SHOWN = 20
"""Lines of a list on the screen; files hold all."""


class Policy(StrEnum):
    """Revision policies."""

    CONCURRENT = "concurrent"
    PARTIAL = "partial"
    FIXED = "fixed"


class ManyFormat(StrEnum):
    """How the outcome is printed."""

    TABLE = "table"
    JSON = "json"


FolderOption = Annotated[
    Path, typer.Option("--out", help=_("输出文件夹：adjusted.csv、summary.csv、failed.csv、revisions.csv 和每个序列一个 JSON。"))
]
PolicyOption = Annotated[
    Policy,
    typer.Option(
        "--policy",
        help=_("修订政策：concurrent 全部重新识别；partial 沿用模型、重估系数，只在新时期查找离群值；fixed 模型和系数都不变。"),
    ),
]
ModelsOption = Annotated[Path | None, typer.Option("--models", help=_("存放模型版本的文件夹；只增不改，每次运行存一个新版本。"))]
VintageOption = Annotated[str, typer.Option("--vintage", metavar="YYYY-MM-DD", help=_("沿用这一天及以前最新的模型；默认最新的。"))]
KnownOption = Annotated[
    str, typer.Option("--known-from", metavar="YYYY-MM-DD", help=_("这批数据公布的日期，即新模型版本的日期；默认今天。"))
]
JobsOption = Annotated[int, typer.Option("--jobs", min=0, help=_("同时运行的进程数；0 为全部处理器。"))]
ResumeOption = Annotated[bool, typer.Option("--resume", help=_("接着上次中断的运行：数据、设定、引擎都没变的序列不再算。"))]
ExplainOption = Annotated[bool, typer.Option("--explain", help=_("把已公布部分的变动分解为数据修订、新数据、新模型，写入 revisions.csv。"))]
SecondsOption = Annotated[float, typer.Option("--seconds", min=1, help=_("每个序列最多算多少秒。"))]
StrictOption = Annotated[bool, typer.Option("--strict", help=_("有序列没有调整成时以退出码 1 结束。"))]
ManyFormatOption = Annotated[ManyFormat, typer.Option("--format", help=_("输出格式。"))]


def register(group: typer.Typer) -> None:
    """Add the command to the group of series."""
    group.command("adjust-many", help=_("一次调整文件里的全部序列：多进程、可续跑、模型按版本保存，一个序列出错不影响其余。"))(adjust_many)


def adjust_many(
    out: FolderOption,
    data: DataOption = None,
    frequency: FrequencyOption = None,
    engine: EngineOption = Engine.X13,
    policy: PolicyOption = Policy.CONCURRENT,
    models: ModelsOption = None,
    vintage: VintageOption = "",
    known_from: KnownOption = "",
    jobs: JobsOption = 0,
    resume: ResumeOption = False,
    explain: ExplainOption = False,
    seconds: SecondsOption = 300.0,
    method: MethodOption = None,
    transform: TransformOption = None,
    model: ModelOption = None,
    holiday: HolidayOption = None,
    centring: CentringOption = None,
    trading_days: TradingDaysOption = None,
    easter: EasterOption = None,
    outliers: OutliersOption = None,
    outlier: KnownOutlierOption = None,
    seasonal_filter: SeasonalFilterOption = None,
    trend_filter: TrendFilterOption = None,
    mode: ModeOption = None,
    span: SpanOption = None,
    forecast: ForecastOption = None,
    sliding_spans: SlidingSpansOption = None,
    preset: PresetOption = "",
    specification: SpecificationOption = None,
    strict: StrictOption = False,
    output: ManyFormatOption = ManyFormat.TABLE,
) -> None:
    """Adjust every series of a file."""
    from guibiao.series.adjustment.revision_policy import RevisionPolicy
    from guibiao.series_data import read_each
    from guibiao.series_production import Plan, produce

    flags = Flags(
        method, transform, model, holiday, centring, trading_days, easter, outliers, outlier, seasonal_filter, trend_filter, mode, span,
        forecast, sliding_spans,
    )  # fmt: skip
    stated = adjustment_specification(specification, preset, flags)
    if data is None:
        raise BadRequest(_("没有数据文件"), remedy=_("写 --data 文件.csv。"))
    plan = Plan(
        specification=stated, known_from=_day(known_from), engine=engine.value, policy=RevisionPolicy(policy.value), models=models,
        vintage=parse_day(vintage, "--vintage"), jobs=jobs, resume=resume, explain=explain, seconds=seconds,
    )  # fmt: skip
    series, unread = read_each(data, frequency)
    with _progress(len(series) + len(unread)) as report:
        outcome = produce(series, unread, plan, out, report)
    if output is ManyFormat.JSON:
        _emit(outcome)
    else:
        _print(outcome)
    if strict and outcome.failures:
        raise FindingsPresent(
            _("{count} 个序列没有调整成").format(count=len(outcome.failures)), remedy=_("原因见 {file}。").format(file=out / "failed.csv")
        )


def _day(text: str) -> date:
    return parse_day(text, "--known-from") or datetime.now(UTC).astimezone().date()


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(_("季节调整"), total=total)
        yield lambda count: progress.advance(task, count)


def _names() -> Mapping[str, str]:
    return {"good": _("良好"), "uncertain": _("存疑"), "bad": _("不可用"), "error": _("失败")}


def _emit(outcome: Outcome) -> None:
    from guibiao.commands.options import emit

    emit(
        {
            "series": sum(outcome.grades.values()), "grades": dict(outcome.grades), "resumed": outcome.resumed,
            "failed": [{"series": each.key, "code": each.code, "zh": each.reason.zh, "en": each.reason.en} for each in outcome.failures],
            "revisions": {key: dict(parts) for key, parts in outcome.revisions.items()}, "files": [str(path) for path in outcome.files],
        }
    )  # fmt: skip


def _print(outcome: Outcome) -> None:
    names = _names()
    counts = _("，").join(f"{names[grade]} {count}" for grade, count in outcome.grades.items())
    say(_("共 {count} 个序列：{counts}；其中 {resumed} 个沿用上次结果。").format(
        count=sum(outcome.grades.values()), counts=counts, resumed=outcome.resumed
    ))  # fmt: skip
    if outcome.failures:
        rows = [[each.key, each.reason.zh if active_language() == "zh" else each.reason.en] for each in outcome.failures]
        show(_("没有调整成的序列"), (_("序列"), _("原因")), rows, MOST_SHOWN)
    if outcome.revisions:
        parts = ("total", "revised_data", "new_data", "new_model", "reproduction")
        largest = sorted(outcome.revisions.items(), key=lambda item: -item[1]["total"])
        columns = (_("序列"), _("合计"), _("数据修订"), _("新数据"), _("新模型"), _("重算差异"))
        rows = [[key, *(_short(changes[name]) for name in parts)] for key, changes in largest]
        show(_("已公布部分的平均绝对变动"), columns, rows, MOST_SHOWN)
    for path in outcome.files:
        say(str(path))


def _short(value: Any) -> str:
    return f"{value:.6g}"
