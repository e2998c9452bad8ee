"""Options that the commands on series share: where a series comes from, what specifies the method, how rows are printed."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import parse_categories, say, session, show
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency

if TYPE_CHECKING:
    from guibiao.model.series import TimeSeries


class SeriesFormat(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


DataOption = Annotated[
    Path | None, typer.Option("--data", help=_("CSV 数据文件：一列写时期，其余每列一个序列；或长表 series, period, value。"))
]
SeriesOption = Annotated[str, typer.Option("--series", help=_("用文件中的哪一列（长表：哪个序列）。"))]
FrequencyOption = Annotated[Frequency | None, typer.Option("--freq", help=_("频率：M 月、Q 季、A 年、D 日；不写则从时期推断。"))]
SpecificationOption = Annotated[Path | None, typer.Option("--spec", help=_("YAML 说明文件，键与选项同名；选项优先。"))]
IndicatorOption = Annotated[str, typer.Option("--indicator", help=_("工作区指标代码或中文名；与 --data 二选一。"))]
AreaOption = Annotated[str, typer.Option("--area", help=_("地区代码或名称；默认为本市。"))]
CategoryOption = Annotated[list[str], typer.Option("--category", help=_("类目，写成 维度=代码；可重复。"))]
BasisOption = Annotated[str, typer.Option("--basis", help=_("核算口径代码。"))]
SeriesFormatOption = Annotated[SeriesFormat, typer.Option("--format", help=_("输出格式。"))]


@dataclass(frozen=True, slots=True)
class Source:
    """Where one series comes from: a column of a file, or an indicator of a workspace."""

    data: Path | None = None
    series: str = ""
    frequency: Frequency | None = None
    indicator: str = ""
    area: str = ""
    category: Sequence[str] = ()
    basis: str = ""
    workspace: str = ""
    out: Path | None = None
    store: str = ""
    as_of: str = ""


def source_of(source: Source) -> TimeSeries:
    """The series asked for; raises BadRequest where neither or both of file and indicator are given."""
    from guibiao.series_data import read_series

    if bool(source.data) == bool(source.indicator):
        raise BadRequest(
            _("数据从文件来还是从工作区来，要说一个"), remedy=_("写 --data 文件 [--series 列名]，或 --indicator 指标 [--area 地区]。")
        )
    if source.data is not None:
        return read_series(source.data, source.series, source.frequency)
    return _of_indicator(source)


def _of_indicator(source: Source) -> TimeSeries:
    from guibiao.commands.options import parse_day
    from guibiao.questions import Desk
    from guibiao.series_data import chosen_rows, series_of_rows

    with session(source.workspace, source.out, source.store) as at:
        desk = Desk(at.workspace, at.store, at.folder, parse_day(source.as_of, "--as-of"))
        indicator, area = desk.indicator(source.indicator), desk.area(source.area)
        categories = desk.codes(parse_categories(source.category))
        rows = desk.data.observations_of([indicator.id]).to_pylist()
    chosen = chosen_rows(rows, area, categories, source.basis)
    return series_of_rows(chosen, indicator.id, source.frequency, indicator.unit)


def print_series(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    output: SeriesFormat,
    title: str = "",
    notes: Sequence[str] = (),
    diagnostics: Mapping[str, Any] | None = None,
) -> None:
    """Rows for people, as CSV (numbers whole, missing empty) or as JSON with notes and diagnostics; notes go to stderr beside CSV."""
    if output is SeriesFormat.JSON:
        content = {
            "columns": list(columns), "rows": [dict(zip(columns, row, strict=True)) for row in rows],
            "notes": list(notes), "diagnostics": dict(diagnostics or {}),
        }  # fmt: skip
        sys.stdout.write(json.dumps(_finite(content), ensure_ascii=False, indent=2, default=str, allow_nan=False) + "\n")
        return
    if output is SeriesFormat.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[_whole(value) for value in row] for row in rows])
        for note in notes:
            sys.stderr.write(note + "\n")
        return
    show(title, columns, [[_short(value) for value in row] for row in rows])
    for note in notes:
        say(note)


def _finite(value: Any) -> Any:
    """JSON knows no nan: a missing number is null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return float(value) if hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0 else value


def _whole(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return repr(float(value))
    return _harmless(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    """Text that a spreadsheet would take for a formula gets a quote in front."""
    from guibiao.publish.spreadsheet_text import harmless

    return harmless(text)


def _short(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "—"
    if not isinstance(value, float):
        return str(value)
    magnitude = abs(value)
    return f"{value:,.1f}" if magnitude >= 1000 else f"{value:.4g}" if magnitude < 0.01 and value else f"{value:.4f}"
