"""Time series from CSV files and from a workspace's observations."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from guibiao.model.category import TOTAL, category_key, parse_category_key
from guibiao.model.errors import BadInput, BadRequest, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.series import Frequency, TimeSeries
from guibiao.series_table import frequency_name, frequency_of, layout_of, number, ordinal_in, period_text, records

MAXIMUM_PERIODS = 100_000
Cells = list[tuple[int, str, str]]
"""Line, period and value as written."""


def read_series(path: Path, column: str = "", frequency: Frequency | None = None) -> TimeSeries:
    """One series of a CSV file: a column of it, or, where the file is long, the series of that name.

    Raises BadRequest where there are several and none is named, BadInput for a cell that is neither a number nor a missing mark.
    """
    found = read_all(path, frequency, wanted=column)
    if not column and len(found) == 1:
        return next(iter(found.values()))
    if column in found:
        return found[column]
    shown = "、".join(list(found)[:12])
    if column:
        raise BadRequest(_("{file} 里没有序列 {name}").format(file=path.name, name=column), remedy=_("有：{names}。").format(names=shown))
    raise BadRequest(
        _("{file} 里有 {count} 个序列，没有说用哪一个").format(file=path.name, count=len(found)),
        remedy=_("用 --series 指明，如 {names}。").format(names=shown),
    )


def read_all(path: Path, frequency: Frequency | None = None, wanted: str = "") -> dict[str, TimeSeries]:
    """Every series of a CSV file by name, in the file's order; `wanted` leaves the others unread."""
    return {name: _series(name, cells, frequency, path.name) for name, cells in _cells(path, wanted).items()}


def read_each(path: Path, frequency: Frequency | None = None) -> tuple[dict[str, TimeSeries], dict[str, GuibiaoError]]:
    """Every series of a CSV file that can be read, and why the others cannot: a bad cell costs its own series only."""
    found: dict[str, TimeSeries] = {}
    unread: dict[str, GuibiaoError] = {}
    for name, cells in _cells(path).items():
        try:
            found[name] = _series(name, cells, frequency, path.name)
        except BadInput as error:
            unread[name] = error
    return found, unread


def _cells(path: Path, wanted: str = "") -> dict[str, Cells]:
    """The cells of every series by name."""
    head, rows = records(path)
    layout = layout_of(head, rows, path.name)
    if layout.names is None and wanted in layout.values:
        layout = replace(layout, values={wanted: layout.values[wanted]})
    texts: dict[str, Cells] = {name: [] for name in layout.values} if layout.names is None else {}
    for line, row in rows:
        period = period_text(row, layout)
        if layout.names is None:
            for name, at in layout.values.items():
                texts[name].append((line, period, row[at]))
        elif not wanted or row[layout.names] == wanted or wanted in layout.values:
            (at,) = layout.values.values()
            texts.setdefault(row[layout.names], []).append((line, period, row[at]))
    return texts


def _series(name: str, cells: Cells, frequency: Frequency | None, file: str) -> TimeSeries:
    reading = frequency or frequency_of([period for _line, period, _text in cells], file, cells[0][0])
    found: dict[int, tuple[float, int]] = {}
    written: dict[int, str] = {}
    for line, period, text in cells:
        at, covered = ordinal_in(period, reading, Place(file, line))
        if written.setdefault(at, period) != period:
            raise BadInput(
                _("{name} 的 {first} 与 {second} 落在同一个{frequency}时期").format(
                    name=name, first=written[at], second=period, frequency=frequency_name(reading)
                ),
                remedy=_("核对 --freq 是否与数据的频率相同。"), place=Place(file, line, name),
            )  # fmt: skip
        if at in found:
            raise BadInput(
                _("{name} 的时期 {period} 出现两次").format(name=name, period=period),
                remedy=_("每期只留一行。"),
                place=Place(file, line, name),
            )
        found[at] = (number(text, Place(file, line, name)), covered)
    return _assembled(name, reading, found, file)


def _assembled(name: str, frequency: Frequency, found: Mapping[int, tuple[float, int]], file: str, unit: str = "") -> TimeSeries:
    """Values by ordinal as a series from the first value to the last; leading and trailing missing values are no part of it."""
    known = {at: pair for at, pair in found.items() if not math.isnan(pair[0])}
    if not known:
        raise BadInput(
            _("序列 {name} 没有一个数值").format(name=name), remedy=_("补上数据，或去掉这个序列。"), place=Place(file, None, name)
        )
    first = min(at - periods + 1 for at, (_value, periods) in known.items())
    last = max(known)
    if last - first >= MAXIMUM_PERIODS:
        raise BadInput(
            _("序列 {name} 跨 {count} 期，太长").format(name=name, count=last - first + 1),
            remedy=_("核对首末两期的年份。"), place=Place(file, None, name),
        )  # fmt: skip
    values = tuple(known[at][0] if at in known else math.nan for at in range(first, last + 1))
    spans = tuple((at - first, periods) for at, (_value, periods) in sorted(known.items()) if periods > 1)
    return TimeSeries(name, frequency, first, values, unit, spans)


Row = Mapping[str, Any]


def series_of_rows(rows: Iterable[Row], name: str, frequency: Frequency | None = None, unit: str = "") -> TimeSeries:
    """Observations of one indicator, area and category as a series: periods of one frequency, a longer month period as a span.

    Raises BadRequest where two observations stand for one period (bases that differ) or none fits.
    """
    found: dict[int, tuple[float, int]] = {}
    kept = list(_fitting(rows, frequency))
    if not kept:
        raise BadRequest(_("{name} 没有可用的数").format(name=name), remedy=_("用 guibiao explain 或 guibiao evaluate 看有哪些时期。"))
    reading = frequency or _most_frequent(kept)
    for row, months in kept:
        if months > 12 // reading.per_year and reading is not Frequency.MONTH:
            continue
        if months < 12 // reading.per_year:
            continue
        at = row["period_end"].year * reading.per_year + (row["period_end"].month - 1) * reading.per_year // 12
        covered = months if reading is Frequency.MONTH else 1
        if at in found and found[at][1] == covered and found[at][0] != row["value"]:
            raise BadRequest(
                _("{name} 在 {day} 有几个数，口径不同").format(name=name, day=row["period_end"]), remedy=_("用 --basis 指明核算口径。")
            )
        if at not in found or covered < found[at][1]:
            found[at] = (float(row["value"]), covered)
    return _assembled(name, reading, found, name, unit)


def _fitting(rows: Iterable[Row], frequency: Frequency | None) -> Iterator[tuple[Row, int]]:
    """Rows that span whole months, with the months; stocks and to-date figures of a first month count as one."""
    for row in rows:
        start, end = row["period_start"], row["period_end"]
        if row["measure"] == Measure.AT_END:
            yield row, 12 // frequency.per_year if frequency else 1
            continue
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        if start.day == 1 and months >= 1 and (row["measure"] != Measure.TO_DATE or months <= 2):
            yield row, months


def _most_frequent(rows: Sequence[tuple[Row, int]]) -> Frequency:
    for months, frequency in ((1, Frequency.MONTH), (3, Frequency.QUARTER), (12, Frequency.YEAR)):
        if any(covered == months for _row, covered in rows):
            return frequency
    return Frequency.MONTH


def chosen_rows(rows: Iterable[Row], area: str, categories: Mapping[str, str], basis: str = "") -> list[Row]:
    """Rows of one area and category; without categories the total."""
    wanted = category_key(categories) if categories else None
    fits: Callable[[str], bool] = (lambda key: key == wanted) if wanted else _is_total
    return [row for row in rows if row["area"] == area and fits(row["categories"]) and basis in {"", row["accounting_basis"]}]


def _is_total(categories: str) -> bool:
    return all(code == TOTAL for code in parse_category_key(categories).values())
