"""CSV tables whose rows are periods: where they keep periods, names and values, and how a period and a number are written."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from guibiao.model.errors import BadInput, BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, ordinal_of, year_of

PERIOD_NAMES = frozenset({
    "period", "time", "date", "month", "quarter", "year", "ds", "t",
    "时期", "时间", "日期", "月份", "季度", "年份", "年", "报告期", "期别",
})  # fmt: skip
SERIES_NAMES = frozenset({"series", "id", "unique_id", "name", "序列", "指标"})
VALUE_NAMES = frozenset({"value", "y", "数值", "值"})
MISSING = frozenset({"", "na", "nan", "n/a", "null", "none", ".", "-", "—", "…", "..."})
LARGEST = 1e60
"""Numbers beyond are no statistics; their fourth powers are still doubles."""
LAST_YEAR = 9000
"""Later years leave no room for forecasts and daily series, which end with the year 9999."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file keeps its periods (one column, or year and season), names and values; columns by position."""

    periods: tuple[int, ...]
    quarters: bool
    names: int | None
    values: Mapping[str, int]


def records(path: Path, option: str = "--data") -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Head and numbered rows of a CSV file, all of one length; empty rows are left out. `option` is how the file was named."""
    from guibiao.ingest.encoding import decode, detect

    if not path.is_file():
        raise BadRequest(_("找不到数据文件 {path}").format(path=path), remedy=_("检查 {option} 的路径。").format(option=option))
    content = path.read_bytes()
    text = decode(content, detect(content)[0] or "utf-8", path.name)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((reader.line_num, [cell.strip() for cell in row]) for row in reader if any(cell.strip() for cell in row))
    except csv.Error as error:
        raise BadInput(
            _("CSV 写法有误：{problem}").format(problem=error),
            remedy=_("检查这一行的引号是否成对。"),
            place=Place(path.name, reader.line_num),
        ) from None
    if len(rows) < 2:
        raise BadInput(_("文件里没有数据"), remedy=_("第一行写列名，以下每行一期。"), place=Place(path.name, 1))
    head = rows[0][1]
    for line, row in rows[1:]:
        if len(row) != len(head):
            raise BadInput(
                _("这一行有 {found} 列，表头有 {expected} 列").format(found=len(row), expected=len(head)),
                remedy=_("含逗号的文字要加双引号。"),
                place=Place(path.name, line),
            )
    if len(set(head)) != len(head):
        twice = next(name for name in head if head.count(name) > 1)
        raise BadInput(_("列名 {name} 出现两次").format(name=twice), remedy=_("每列一个名字。"), place=Place(path.name, 1))
    return head, rows[1:]


def layout_of(head: Sequence[str], rows: Sequence[tuple[int, list[str]]], file: str) -> Layout:
    """Columns of a table by their names; the first column holds the periods where none is named so."""
    lowered = [name.casefold() for name in head]
    year = _first(lowered, {"year", "年", "年份"})
    season = _first(lowered, {"month", "quarter", "月", "月份", "季度"})
    both = year is not None and season is not None and re.fullmatch(r"\d{1,2}(\.0*)?", rows[0][1][season]) is not None
    if both:
        assert year is not None
        assert season is not None
        periods: tuple[int, ...] = (year, season)
    else:
        periods = (_period_column(head, rows[0][1], file),)
    quarters = len(periods) == 2 and lowered[periods[1]] in {"quarter", "季度"}
    names = _first(lowered, SERIES_NAMES)
    if names is not None and names not in periods:
        value = _first(lowered, VALUE_NAMES)
        others = [at for at in range(len(head)) if at not in {*periods, names}]
        if value is None and len(others) != 1:
            raise BadInput(_("长表缺少数值列"), remedy=_("列名写成 series, period, value。"), place=Place(file, 1))
        at = others[0] if value is None else value
        return Layout(periods, quarters, names, {head[at]: at})
    columns = {head[at]: at for at in range(len(head)) if at not in periods}
    if not columns:
        raise BadInput(_("文件里没有数值列"), remedy=_("一列写时期，其余每列一个序列。"), place=Place(file, 1))
    return Layout(periods, quarters, None, columns)


def _period_column(head: Sequence[str], row: Sequence[str], file: str) -> int:
    """The column whose name says that it holds periods, of several the first that does; else the first column.

    Raises BadInput where the first row is no head but data.
    """
    named = [at for at, name in enumerate(head) if name.casefold() in PERIOD_NAMES]
    if named:
        return next((at for at in named if _is_period(row[at])), named[0])
    if _is_period(head[0]):
        raise BadInput(
            _("第一行是数据，没有列名：{cell}").format(cell=head[0]),
            remedy=_("在最上面加一行列名，如 period,value。"),
            place=Place(file, 1),
        )
    return 0


def _is_period(text: str) -> bool:
    return bool(_form(text)[1] or _RANGE.fullmatch(text) or _DECIMAL.fullmatch(text))


def _first(names: Sequence[str], wanted: Iterable[str]) -> int | None:
    return next((at for at, name in enumerate(names) if name in set(wanted)), None)


def period_text(row: Sequence[str], layout: Layout) -> str:
    """The period of a row as one text."""
    if len(layout.periods) == 1:
        return row[layout.periods[0]]
    year, season = (row[at].split(".")[0] for at in layout.periods)
    return f"{year}-Q{season}" if layout.quarters else f"{year}-{season.zfill(2)}"


def number(text: str, place: Place) -> float:
    """The number a cell holds, nan for a missing mark; raises BadInput for anything else."""
    if text.casefold() in MISSING:
        return math.nan
    try:
        if "_" in text:
            raise ValueError(text)
        value = float(text.replace(",", "") if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", text) else text)
    except ValueError:
        raise BadInput(_("“{text}”不是数").format(text=text[:40]), remedy=_("缺数留空或写 NA。"), place=place) from None
    if abs(value) > LARGEST:
        raise BadInput(_("“{text}”不是有限的数，或太大").format(text=text[:40]), remedy=_("核对这个数；缺数留空或写 NA。"), place=place)
    return value


_FORMS: tuple[tuple[re.Pattern[str], Frequency], ...] = (
    (re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?"), Frequency.DAY),
    (re.compile(r"(\d{4})\s?[-年]?\s?[Qq第]?([1-4一二三四])(?:季度|[Qq])"), Frequency.QUARTER),
    (re.compile(r"(\d{4})[-\s]?[Qq]0?([1-4])"), Frequency.QUARTER),
    (re.compile(r"(\d{4})(?:[-/.]|[Mm]|-[Mm]|年)(\d{2}|\d(?=月)|(?<=[Mm/年])\d)月?"), Frequency.MONTH),
    (re.compile(r"(\d{4})年?"), Frequency.YEAR),
)
_RANGE = re.compile(r"(\d{4})(?:[-/]|年)(\d{1,2})月?(?:\.\.|—|–|~|至)(?:\d{4}-)?(\d{1,2})月?|(\d{4})年(\d{1,2})-(\d{1,2})月")
_DECIMAL = re.compile(r"(\d{4})\.(\d+)")
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4}


def frequency_of(periods: Sequence[str], file: str, line: int) -> Frequency:
    """The frequency the periods are written in; dates and decimal years by their distance."""
    if any(_RANGE.fullmatch(period) for period in periods):
        return Frequency.MONTH
    forms = {_form(period)[1] for period in periods}
    if forms == {Frequency.DAY}:
        days = sorted(_single(period, Frequency.DAY) for period in periods if _is_day(period))
        gap = min((after - before for before, after in pairwise(days) if after > before), default=1)
        return Frequency.DAY if gap < 28 else Frequency.MONTH if gap < 89 else Frequency.QUARTER if gap < 360 else Frequency.YEAR
    decimals = sorted(float(period) for period in periods if _DECIMAL.fullmatch(period) or re.fullmatch(r"\d{4}", period))
    if len(decimals) == len(periods) and any("." in period for period in periods):
        gap_years = min((after - before for before, after in pairwise(decimals) if after > before), default=1.0)
        return Frequency.MONTH if gap_years < 0.2 else Frequency.QUARTER if gap_years < 0.9 else Frequency.YEAR
    known = forms - {None}
    if len(known) == 1 and None not in forms:
        (only,) = known
        assert only is not None
        return only
    raise BadInput(
        _("时期的写法不一或不认识，如 {period}").format(period=periods[0]),
        remedy=_("写成 2018、2018-Q1、2018-02 或 2018-02-03，或用 --freq 指明频率。"),
        place=Place(file, line),
    )


def _form(period: str) -> tuple[tuple[int, ...], Frequency | None]:
    for pattern, frequency in _FORMS:
        if match := pattern.fullmatch(period):
            return tuple(_CHINESE.get(part) or int(part) for part in match.groups()), frequency
    return (), None


def _is_day(period: str) -> bool:
    """Whether a period written as a date is one: 30 February is told where it is read."""
    try:
        date(*_form(period)[0])
    except ValueError:
        return False
    return True


def ordinal_in(period: str, frequency: Frequency, place: Place) -> tuple[int, int]:
    """Ordinal of the last period a text names, and how many periods it covers."""
    try:
        if frequency is Frequency.MONTH and (covered := _RANGE.fullmatch(period)):
            year, first, last = (int(part) for part in covered.groups() if part)
            if not 1 <= first <= last <= 12:
                raise ValueError(period)
            found, covered_periods = ordinal_of(frequency, year, last), last - first + 1
        else:
            found, covered_periods = _single(period, frequency), 1
        if not 1 <= year_of(frequency, found) <= LAST_YEAR:
            raise ValueError(period)
    except (ValueError, IndexError):
        raise BadInput(
            _("“{period}”不是可识别的{frequency}时期").format(period=period[:40], frequency=frequency_name(frequency)),
            remedy=_("写成 2018、2018-Q1、2018-02 或 2018-02-03，或用 --freq 指明频率。"),
            place=place,
        ) from None
    return found, covered_periods


def _single(period: str, frequency: Frequency) -> int:
    parts, form = _form(period)
    if (decimal := _DECIMAL.fullmatch(period)) and form is not Frequency.DAY and frequency is not Frequency.DAY:
        fraction = float(f"0.{decimal.group(2)}") * frequency.per_year
        if abs(fraction - round(fraction)) > 0.02:
            raise ValueError(period)
        return int(decimal.group(1)) * frequency.per_year + round(fraction)
    if form is Frequency.DAY:
        day = date(*parts)
        if frequency is Frequency.DAY:
            return day.toordinal()
        return day.year * frequency.per_year + (day.month - 1) * frequency.per_year // 12
    if form is frequency and (len(parts) == 1 or 1 <= parts[1] <= frequency.per_year):
        return ordinal_of(frequency, parts[0], parts[1] if len(parts) == 2 else 1)
    if frequency is Frequency.QUARTER and form is Frequency.MONTH and 1 <= parts[1] <= 12:
        return ordinal_of(frequency, parts[0], (parts[1] + 2) // 3)
    if form is Frequency.YEAR and frequency is not Frequency.DAY:
        return ordinal_of(frequency, parts[0], 1)
    raise ValueError(period)


def frequency_name(frequency: Frequency) -> str:
    """The frequency in the user's language."""
    return {"A": _("年度"), "Q": _("季度"), "M": _("月度"), "D": _("日度")}[frequency.value]
