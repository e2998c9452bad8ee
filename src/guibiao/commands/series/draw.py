"""`guibiao series draw`: columns of a CSV file as a picture, with the intervals that other columns state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import say
from guibiao.commands.series.options import FrequencyOption
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.model.series import Frequency, TimeSeries
    from guibiao.publish.charts.time_series import SeriesLine

MOST_LINES = 6


def register(group: typer.Typer) -> None:
    """Add the command to the group of series."""
    group.command("draw", help=_("把 CSV 文件的列画成折线图；区间画成竖条，另有来源的数画成点。"))(draw)


def draw(
    to: Annotated[Path, typer.Option("--to", help=_("图片文件，.svg 或 .png。"))],
    series: Annotated[list[str], typer.Option("--series", help=_("画成线的列，可写 文件.csv:列=图例；可重复。"))],
    data: Annotated[Path | None, typer.Option("--data", help=_("没有写文件的列所在的 CSV 文件，如 series monthly 的输出。"))] = None,
    low: Annotated[list[str], typer.Option("--low", help=_("下限的列，依次对应各条线；可重复。"))] = [],  # noqa: B006
    high: Annotated[list[str], typer.Option("--high", help=_("上限的列，依次对应各条线；可重复。"))] = [],  # noqa: B006
    points: Annotated[list[str], typer.Option("--points", help=_("画成点的列，写法同 --series；可重复。"))] = [],  # noqa: B006
    first: Annotated[str, typer.Option("--first", help=_("从哪一期画起，如 2018-03。"))] = "",
    last: Annotated[str, typer.Option("--last", help=_("画到哪一期。"))] = "",
    unit: Annotated[str, typer.Option("--unit", help=_("单位，写在左上角。"))] = "",
    title: Annotated[str, typer.Option("--title", help=_("图片的文字说明的题目。"))] = "",
    frequency: FrequencyOption = None,
) -> None:
    """A picture of series."""
    from guibiao.model.errors import BadRequest
    from guibiao.publish.charts.render import render_png, render_svg
    from guibiao.publish.charts.time_series import draw_time_series, in_words

    if to.suffix not in {".svg", ".png"}:
        raise BadRequest(_("图片 {name} 的格式不认识").format(name=to.name), remedy=_("文件名以 .svg 或 .png 结尾。"))
    if len(low) != len(high) or len(low) > len(series) or len(series) + len(points) > MOST_LINES:
        raise BadRequest(_("上下限要成对，不多于线数；线和点最多 6 个"), remedy=_("每条线依次给一个 --low 和一个 --high，或都不给。"))
    bounds = dict(enumerate(zip(low, high, strict=True)))
    lines = [_line(data, text, bounds.get(at, ("", "")), frequency, (first, last)) for at, text in enumerate(series)]
    lines += [_line(data, text, ("", ""), frequency, (first, last), points=True) for text in points]
    spec: dict[str, Any] = draw_time_series(lines, unit, in_words(lines, title or to.stem))
    try:
        to.write_bytes(render_png(spec) if to.suffix == ".png" else render_svg(spec).encode())
    except OSError as error:
        raise BadRequest(_("不能写入 {path}：{reason}").format(path=to, reason=error.strerror), remedy=_("换一个可写的文件名。")) from None
    say(_("已写入 {path}").format(path=to))


def _line(
    data: Path | None, text: str, bounds: tuple[str, str], frequency: Frequency | None, window: tuple[str, str], *, points: bool = False
) -> SeriesLine:
    from guibiao.publish.charts.time_series import SeriesLine
    from guibiao.series_data import read_series

    column, _mark, name = text.partition("=")
    found = _within(read_series(*_located(column, data), frequency), window)
    edges = [_aligned(read_series(*_located(bound, data), frequency), found) for bound in bounds if bound]
    return SeriesLine(name or found.name, found, edges[0] if edges else (), edges[1] if edges else (), points)


def _located(text: str, data: Path | None) -> tuple[Path, str]:
    """File and column of `file.csv:column`, or of a column of the file given with --data."""
    from guibiao.model.errors import BadRequest

    name, mark, column = text.rpartition(".csv:")
    if mark:
        return Path(name + ".csv"), column
    if data is None:
        raise BadRequest(_("没有说列 {name} 在哪个文件里").format(name=text), remedy=_("写成 文件.csv:列，或用 --data 指明文件。"))
    return data, text


def _within(series: TimeSeries, window: tuple[str, str]) -> TimeSeries:
    """The part of the series inside the window; raises BadRequest where nothing is left."""
    from guibiao.model.errors import BadRequest

    first, last = window
    labels = [label for label in series.labels if (not first or label >= first) and (not last or label <= last)]
    if not labels:
        raise BadRequest(
            _("{name} 在 {first} 到 {last} 之间没有数").format(name=series.name, first=first or "—", last=last or "—"),
            remedy=_("序列从 {first} 到 {last}。").format(first=series.labels[0], last=series.labels[-1]),
        )
    at = series.labels.index(labels[0])
    return series.window(series.ordinal(at), series.ordinal(at + len(labels) - 1))


def _aligned(bound: TimeSeries, series: TimeSeries) -> tuple[float, ...]:
    """Values of a bound at the periods of the series."""
    return tuple(bound.value_at(series.ordinal(at)) for at in range(len(series)))
