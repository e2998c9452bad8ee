"""Published cumulative and monthly figures from a CSV file or from a workspace's observations, for `series.cumulative`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.monthly import MonthlySpecification
from guibiao.series.published.cumulative import Sources
from guibiao.series.published.rounding import Published, printed
from guibiao.series_data import read_all, read_series

Row = Mapping[str, Any]


def sources_of_file(path: Path, specification: MonthlySpecification, frequency: Frequency | None) -> tuple[Sources, TimeSeries | None]:
    """The columns that the specification names, and the one to split by; the only series of a file is taken as the cumulative level.

    Raises BadRequest for a column the file does not have and where no level is named. Other columns are not read.
    """
    cumulative, level = specification.cumulative, specification.level
    if not cumulative and not level:
        found = read_all(path, frequency)
        if len(found) > 1:
            shown = "、".join(list(found)[:12])
            raise BadRequest(_("没有说哪一列是累计数或当期值"), remedy=_("用 --cumulative 或 --level 指明：{names}。").format(names=shown))
        cumulative = next(iter(found))
    levels, rates = specification.level_decimals, specification.growth_decimals
    columns = ((cumulative, levels), (specification.growth, rates), (level, levels), (specification.level_growth, rates))
    used = [printed(read_series(path, name, frequency), decimals) if name else None for name, decimals in columns]
    weights = specification.split_by
    return Sources(*used), read_series(path, weights, frequency) if weights else None


def sources_of_observations(
    levels: Iterable[Row], rates: Iterable[Row], name: str, unit: str, frequency: Frequency | None, specification: MonthlySpecification
) -> Sources:
    """Observations of one area and category: to-date figures from 1 January, and those of single months or quarters with their growth.

    Bounds on file are what rounding leaves open; where the specification states decimals, these count. Raises BadRequest where two
    observations of one period differ (accounting bases), and where there is no level.
    """
    levels, rates = list(levels), list(rates)
    reading = frequency or _frequency([*levels, *rates])
    columns = [
        _published(rows, name if rows is levels else f"{name} %", unit if rows is levels else "%", reading, to_date=to_date)
        for to_date in (True, False)
        for rows in (levels, rates)
    ]
    stated = (specification.level_decimals, specification.growth_decimals) * 2
    used = [
        printed(each.series, places) if each is not None and places is not None else each
        for each, places in zip(columns, stated, strict=True)
    ]
    if used[0] is None and used[2] is None:
        raise BadRequest(_("{name} 没有月度或季度的数").format(name=name), remedy=_("检查指标、地区和类目，或用 --data 给出文件。"))
    return Sources(*used)


def _frequency(rows: Iterable[Row]) -> Frequency:
    """Quarters where every period ends with one, otherwise months."""
    ends = {row["period_end"].month for row in rows if row["measure"] != Measure.AT_END and _months(row)}
    return Frequency.QUARTER if ends and ends <= {3, 6, 9, 12} else Frequency.MONTH


def _months(row: Row) -> int:
    """Whole months of a period; 0 where it does not begin with one."""
    start, end = row["period_start"], row["period_end"]
    return (end.year - start.year) * 12 + end.month - start.month + 1 if start.day == 1 else 0


def _published(rows: Iterable[Row], name: str, unit: str, frequency: Frequency, *, to_date: bool) -> Published | None:
    found: dict[int, tuple[float, float]] = {}
    size = 12 // frequency.per_year
    for row in rows:
        if row["measure"] == Measure.AT_END or not _fits(row, size, to_date=to_date):
            continue
        at = row["period_end"].year * frequency.per_year + row["period_end"].month // size - 1
        if at in found and found[at][0] != row["value"]:
            raise BadRequest(
                _("{name} 在 {day} 有几个数，口径不同").format(name=name, day=row["period_end"]), remedy=_("用 --basis 指明核算口径。")
            )
        low, high = row["low"], row["high"]
        half = math.nan if low is None or high is None else float(f"{(high - low) / 2:.6g}")
        found[at] = (float(row["value"]), half)
    if not found:
        return None
    periods = range(min(found), max(found) + 1)
    nothing = (math.nan, math.nan)
    series = TimeSeries(name, frequency, periods.start, tuple(found.get(at, nothing)[0] for at in periods), unit)
    by_digits = printed(series).half_units
    halves = (found.get(at, nothing)[1] for at in periods)
    return Published(series, tuple(rough if math.isnan(half) else half for half, rough in zip(halves, by_digits, strict=True)))


def _fits(row: Row, size: int, *, to_date: bool) -> bool:
    """Whether a row is a cumulative figure (to date, since January) or one of a single period."""
    months: int = _months(row)
    end: int = row["period_end"].month
    if months == 0 or end % size:
        return False
    wanted, length = (Measure.TO_DATE, end) if to_date else (Measure.DURING, size)
    return bool(row["measure"] == wanted and months == length)
