"""`guibiao series link` and `growth`: an old series brought to a new definition; growth that is refused across an unlinked break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guibiao.commands.options import OutOption, StoreOption, WorkspaceOption, load
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
from guibiao.reference.series.monthly import LinkMethod, LinkSpecification

if TYPE_CHECKING:
    from guibiao.model.series import TimeSeries
    from guibiao.series.published.linking import SeriesBreak


def register(group: typer.Typer) -> None:
    """Add both commands to the group of series."""
    group.command("link", help=_("用重叠期的衔接系数把旧口径序列接到新口径，新数一律不改。"))(link)
    group.command("growth", help=_("同比或环比；跨过没有衔接的断点不算，并说明。"))(growth)


def link(
    data: Annotated[Path, typer.Option("--data", help=_("CSV 数据文件，新旧两个序列各一列。"))],
    old: Annotated[str, typer.Option("--old", help=_("旧口径的列。"))],
    new: Annotated[str, typer.Option("--new", help=_("新口径的列。"))],
    method: Annotated[LinkMethod | None, typer.Option("--method", help=_("怎样从重叠期求系数；增速、占比用 difference。"))] = None,
    first: Annotated[str, typer.Option("--first", help=_("重叠期从哪一期用起，如 2018-01。"))] = "",
    last: Annotated[str, typer.Option("--last", help=_("重叠期用到哪一期。"))] = "",
    reason: Annotated[str, typer.Option("--reason", help=_("为什么断，记入结果。"))] = "",
    frequency: FrequencyOption = None,
    specification: SpecificationOption = None,
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """One series from two."""
    from guibiao.reference.specifications import read_specification
    from guibiao.series.published.linking import back_cast
    from guibiao.series_data import read_series

    stated = read_specification(
        specification, LinkSpecification, method=method, first=first or None, last=last or None, reason=reason or None
    )
    linked = back_cast(read_series(data, old, frequency), read_series(data, new, frequency), stated)
    used, series = linked.link, linked.series
    before = {label for label in series.labels if linked.back_cast_from <= label <= linked.back_cast_to}
    rows = [[label, value, "back-cast" if label in before else "new"] for label, value in zip(series.labels, series.values, strict=True)]
    notes = [
        _("衔接：{method}，系数 {factor}，差 {offset}，重叠期 {first} 到 {last} 共 {periods} 期，单期在 {lowest} 到 {highest} 之间").format(
            method=used.method.value, factor=f"{used.factor:.6g}", offset=f"{used.offset:.6g}", first=used.first, last=used.last,
            periods=used.periods, lowest=f"{used.lowest:.6g}", highest=f"{used.highest:.6g}",
        ),
        _("按系数推算 {count} 期，新口径的数没有改动").format(count=linked.back_cast),
    ]  # fmt: skip
    if linked.filled:
        notes.append(
            _("新序列缺、旧序列有的 {count} 期没有填补：{periods}").format(count=len(linked.filled), periods="、".join(linked.filled))
        )
    print_series(("period", "value", "origin"), rows, output, series.name, notes, {**asdict(used), "not_filled": list(linked.filled)})


def growth(
    data: DataOption = None,
    series: SeriesOption = "",
    lag: Annotated[int | None, typer.Option("--lag", help=_("与几期以前比；默认一年。"))] = None,
    breaks: Annotated[list[str], typer.Option("--break", help=_("断点，写成 时期=原因，如 2018-01=新的统计分类；可重复。"))] = [],  # noqa: B006
    frequency: FrequencyOption = None,
    indicator: IndicatorOption = "",
    area: AreaOption = "",
    category: CategoryOption = [],  # noqa: B006
    basis: BasisOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """Growth with the breaks of the series; a workspace's indicator brings its own."""
    from guibiao.series.published.linking import growth_within_breaks

    found = source_of(Source(data, series, frequency, indicator, area, category, basis, workspace, out, store))
    declared = [_stated_break(text, found) for text in breaks]
    if indicator:
        declared += _breaks_of(indicator, workspace, found)
    distance = found.frequency.per_year if lag is None else lag
    result, faults = growth_within_breaks(found, distance, declared)
    rows = [[label, now, rate] for label, now, rate in zip(found.labels, found.values, result.values, strict=True)]
    notes = [_("{message}。{remedy}").format(message=fault.message, remedy=fault.remedy) for fault in faults[:3]]
    if len(faults) > 3:
        notes.append(_("另有 {count} 期跨断点，全部见 --format json").format(count=len(faults) - 3))
    notes += _without_growth(found, result, distance)
    print_series(("period", "value", "growth"), rows, output, found.name, notes, {"faults": [asdict(fault) for fault in faults]})


def _without_growth(found: TimeSeries, result: TimeSeries, lag: int) -> list[str]:
    """How many periods have a value but no growth, by why; those across a break are told with it."""
    known = {at for at, value in enumerate(found.values) if value == value}
    early = sum(at < lag for at in known)
    without = [at for at in known if at >= lag and result.values[at] != result.values[at]]
    zero = sum(found.values[at - lag] <= 0 for at in without)
    unpaired = sum(at - lag not in known for at in without)
    spans = dict(found.spans)
    unlike = sum(at - lag in known and spans.get(at, 1) != spans.get(at - lag, 1) for at in without)
    told = {
        _("最初 {count} 期没有可比的前期，不算增速"): early,
        _("有 {count} 期的基期为零或负数，不算增速"): zero,
        _("有 {count} 期的基期缺数，不算增速"): unpaired,
        _("有 {count} 期与基期所含的期数不同（如合并发布），不算增速"): unlike,
    }
    return [words.format(count=count) for words, count in told.items() if count]


def _stated_break(text: str, series: TimeSeries) -> SeriesBreak:
    from guibiao.model.errors import BadRequest
    from guibiao.series.published.linking import SeriesBreak

    period, _mark, reason = text.partition("=")
    if period not in series.labels:
        raise BadRequest(
            _("断点 {period} 不是序列里的时期").format(period=period),
            remedy=_("写成 --break 时期=原因，时期在 {first} 到 {last} 之间。").format(first=series.labels[0], last=series.labels[-1]),
        )
    return SeriesBreak(series.ordinal(series.labels.index(period)), reason or _("未说明原因"))


def _breaks_of(indicator: str, workspace: str, series: TimeSeries) -> Sequence[SeriesBreak]:
    from guibiao.model.messages import active_language
    from guibiao.series.published.linking import SeriesBreak

    definitions = load(workspace).indicators
    definition = definitions.get(indicator) or next((each for each in definitions.values() if each.name_zh == indicator), None)
    found = []
    for each in definition.breaks if definition else ():
        day, size = date.fromisoformat(each.date), series.frequency.per_year
        ordinal = day.toordinal() if size == 365 else day.year * size + (day.month - 1) * size // 12
        reason = each.reason_zh if active_language() == "zh" else each.reason_en or each.reason_zh
        found.append(SeriesBreak(ordinal, reason, bool(each.link)))
    return found
