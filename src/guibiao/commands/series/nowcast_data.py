"""Data of a nowcast: a file with the day each value became known, or the statements of a workspace's indicators."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.model.errors import BadInput, BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.series import Frequency, TimeSeries
from guibiao.model.unit import parse_unit
from guibiao.series.nowcasting.vintages import Entry

if TYPE_CHECKING:
    from guibiao.questions import Desk
    from guibiao.reference.series.nowcast import NowcastSeries

KNOWN_NAMES = frozenset({"known_from", "published", "release_date", "vintage", "公布日期", "公布时间", "发布日期"})
GRADES = "ABCD"


def entries_of_file(path: Path) -> list[Entry]:
    """Entries of a CSV file: long with a column `known_from` (one row for each vintage), else long or wide without vintages.

    Raises BadInput with file and line for a cell that cannot be read.
    """
    from guibiao.series_data import read_all
    from guibiao.series_table import records

    head, rows = records(path)
    known = next((at for at, name in enumerate(head) if name.casefold() in KNOWN_NAMES), None)
    if known is None:
        return [entry for series in read_all(path).values() for entry in _entries(series)]
    return list(_dated(head, rows, known, path.name))


def _entries(series: TimeSeries) -> Iterator[Entry]:
    spans = dict(series.spans)
    for at, value in enumerate(series.values):
        if not math.isnan(value):
            yield Entry(series.name, series.frequency, series.ordinal(at), value, None, spans.get(at, 1))


def _dated(head: Sequence[str], rows: Sequence[tuple[int, list[str]]], known: int, file: str) -> Iterator[Entry]:
    """Entries of a long file with a column of publication days; an empty day leaves it to the lag."""
    from guibiao.series_table import frequency_of, layout_of, number, ordinal_in, period_text

    kept = [at for at in range(len(head)) if at != known]
    layout = layout_of([head[at] for at in kept], [(line, [row[at] for at in kept]) for line, row in rows], file)
    if layout.names is None and len(layout.values) != 1:
        raise BadInput(_("有公布日期的文件要写成长表"), remedy=_("列名写成 series, period, value, known_from。"), place=Place(file, 1))
    (name_of_value, value), *_others = layout.values.items()
    grouped: dict[str, list[tuple[int, list[str], str]]] = {}
    for line, row in rows:
        cells = [row[at] for at in kept]
        name = cells[layout.names] if layout.names is not None else name_of_value
        grouped.setdefault(name, []).append((line, cells, row[known]))
    for name, lines in grouped.items():
        periods = [period_text(cells, layout) for _line, cells, _known in lines]
        frequency = frequency_of(periods, file, lines[0][0])
        for period, (line, cells, day) in zip(periods, lines, strict=True):
            place = Place(file, line, name)
            ordinal, covered = ordinal_in(period, frequency, place)
            yield Entry(name, frequency, ordinal, number(cells[value], place), _day(day, Place(file, line, head[known])), covered)


def _day(text: str, place: Place) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-")[:10])
    except ValueError:
        raise BadInput(
            _("公布日期 {text} 无法识别").format(text=text[:40]), remedy=_("写成 2018-06-30，不知道的留空。"), place=place
        ) from None


def entries_of_workspace(desk: Desk, wanted: Sequence[NowcastSeries]) -> list[Entry]:
    """Entries of a workspace's statements, every vintage, for each series that names an indicator."""
    return [entry for series in wanted for entry in _of_indicator(desk, series)]


def _of_indicator(desk: Desk, series: NowcastSeries) -> Iterator[Entry]:
    from guibiao.series_data import chosen_rows

    if not series.indicator:
        raise BadRequest(
            _("说明里的序列 {name} 没有写 indicator").format(name=series.name), remedy=_("用工作区数据时每个序列要写指标代码或中文名。")
        )
    indicator = desk.indicator(series.indicator)
    statements = desk.data.statements_of([indicator.id]).to_pylist()
    rows = [row for row in chosen_rows(statements, desk.area(series.area), desk.codes(series.categories), series.basis) if _is_fact(row)]
    frequency = Frequency(series.frequency) if series.frequency else _finest(rows)
    length = 12 // frequency.per_year
    best: dict[tuple[int, date], tuple[Mapping[str, Any], int]] = {}
    for row in rows:
        months = _months(row, length)
        if months == length or (months == 2 and frequency is Frequency.MONTH):
            key = (row["period_end"].year * frequency.per_year + (row["period_end"].month - 1) // length, row["known_from"])
            if key not in best or _rank(row, months) < _rank(*best[key]):
                best[key] = row, months
    if not best:
        raise BadRequest(_("{name} 没有可用的数").format(name=series.indicator), remedy=_("用 guibiao explain 看有哪些地区、类目和时期。"))
    unit = parse_unit(indicator.unit)
    for (at, known), (row, months) in best.items():
        value = float(row["value"] * parse_unit(row["unit"]).factor_to(unit))
        yield Entry(series.name, frequency, at, value, known, months // length)


def _is_fact(row: Mapping[str, Any]) -> bool:
    """A published figure of the past, not a forecast."""
    return row["value"] is not None and row["method"] != "forecast"


def _months(row: Mapping[str, Any], length: int) -> int:
    """Whole months a statement covers, for a stock `length` at the end of a period; 0 where it begins or ends within a period."""
    start, end = row["period_start"], row["period_end"]
    if row["measure"] == Measure.AT_END:
        return length if end.month % length == 0 else 0
    return (
        int(end.year - start.year) * 12 + int(end.month - start.month) + 1 if start.day == 1 and (end + timedelta(days=1)).day == 1 else 0
    )


def _finest(rows: Sequence[Mapping[str, Any]]) -> Frequency:
    """The finest frequency that at least half as many figures have as any; figures to date count only as what they cover."""
    counts = {
        each: sum(_months(row, 1) == 12 // each.per_year for row in rows) for each in (Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR)
    }
    most = max(counts.values())
    return next(each for each, count in counts.items() if 2 * count >= most)


def _rank(row: Mapping[str, Any], months: int) -> tuple[int, int, str]:
    """Of several statements published on one day: the shortest period, the best grade, then the order of ids."""
    grade = GRADES.find(str(row["grade"]))
    return months, grade if grade >= 0 else len(GRADES), str(row["statement"])
