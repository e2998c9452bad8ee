"""Vintages: which value of a series was known on which day, and how the data looked then."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of, month_bounds

DEFAULT_LAGS: Mapping[Frequency, int] = {Frequency.MONTH: 20, Frequency.QUARTER: 20, Frequency.YEAR: 60, Frequency.DAY: 1}
"""Days from the end of a period to publication where neither a vintage nor a lag is stated."""

LARGEST = 1e100
"""Magnitude beyond which squares leave floating point."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One published value. `ordinal` is the last period covered, `periods` how many; without `known_from` a lag stands in."""

    series: str
    frequency: Frequency
    ordinal: int
    value: float
    known_from: date | None = None
    periods: int = 1

    @property
    def label(self) -> str:
        return label_of(self.frequency, self.ordinal)


@dataclass(frozen=True, slots=True)
class View:
    """The data as of a day: series by name, the day each value became known, and how many entries were not used and why."""

    as_of: date
    series: Mapping[str, TimeSeries]
    known: Mapping[tuple[str, int], date]
    later: int
    """Entries known only after the day."""


@dataclass(frozen=True, slots=True)
class VintageTable:
    """Every entry with the day it is taken to be known from.

    `pseudo` names the series whose days, all or some, come from the lag rule; `dropped` counts by reason what was left out.
    """

    entries: tuple[tuple[Entry, date], ...]
    pseudo: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.series for entry, _known in self.entries))

    def frequency(self, name: str) -> Frequency:
        """Frequency of a series of the table."""
        return next(entry.frequency for entry, _known in self.entries if entry.series == name)

    def revised(self, name: str, as_of: date) -> int:
        """Values of a series of which more than one vintage is known on a day."""
        counts: dict[int, int] = {}
        for entry, known in self.entries:
            if entry.series == name and known <= as_of:
                counts[entry.ordinal] = counts.get(entry.ordinal, 0) + 1
        return sum(count > 1 for count in counts.values())

    @property
    def last_known(self) -> date:
        """The day the latest entry became known."""
        return max(known for _entry, known in self.entries)

    def view(self, as_of: date) -> View:
        """The latest value of each period known on a day, that day included."""
        latest: dict[tuple[str, int], tuple[date, Entry]] = {}
        later = 0
        for entry, known in self.entries:
            if known > as_of:
                later += 1
                continue
            key = (entry.series, entry.ordinal)
            if key not in latest or known > latest[key][0]:
                latest[key] = (known, entry)
        by_series: dict[str, dict[int, Entry]] = {}
        for name in self.names:
            by_series[name] = {}
        for (name, ordinal), (_known, entry) in latest.items():
            by_series[name][ordinal] = entry
        series = {name: _assembled(found) for name, found in by_series.items() if found}
        return View(as_of, series, {key: known for key, (known, _entry) in latest.items()}, later)

    def first_release(self, name: str, ordinal: int) -> float:
        """The value of a period as first published; nan where there is none."""
        found = [(known, entry.value) for entry, known in self.entries if entry.series == name and entry.ordinal == ordinal]
        return min(found, key=lambda pair: pair[0])[1] if found else math.nan


def vintage_table(entries: Iterable[Entry], lags: Mapping[str, int] | None = None, *, first_by_lag: bool = False) -> VintageTable:
    """The table of entries; `lags` are days from the end of a period to publication by series, else those of the frequency.

    With `first_by_lag` the first vintage of a period counts from the day of the lag where its own day is later. Missing values and exact
    repetitions are left out and counted, so are values "known" before their period begins. Raises BadRequest for two unlike values of one
    period known from one day, for a series at two frequencies, for magnitudes above 1e100, and for no value at all.
    """
    stated = lags or {}
    kept: dict[tuple[str, int, date], tuple[Entry, date]] = {}
    frequencies: dict[str, Frequency] = {}
    pseudo: dict[str, int] = {}
    dropped = dict.fromkeys(("missing", "repeated", "before_period"), 0)
    for entry in entries:
        if not math.isfinite(entry.value):
            dropped["missing"] += 1
            continue
        if abs(entry.value) > LARGEST:
            raise BadRequest(
                _("序列 {name} 的 {period} 大得不合理：{value:g}").format(name=entry.series, period=entry.label, value=entry.value),
                remedy=_("检查这个数和它的单位。"),
            )
        if frequencies.setdefault(entry.series, entry.frequency) is not entry.frequency:
            raise BadRequest(_("序列 {name} 有两种频率").format(name=entry.series), remedy=_("每种频率用一个序列名。"))
        known = entry.known_from or publication_day(entry, stated)
        if entry.known_from is not None and known < period_start(entry):
            dropped["before_period"] += 1
            continue
        key = (entry.series, entry.ordinal, known)
        if key in kept and entry.value != kept[key][0].value:
            raise BadRequest(
                _("序列 {name} 的 {period} 在同一公布日 {day} 有两个数：{one} 和 {other}").format(
                    name=entry.series, period=entry.label, day=known, one=kept[key][0].value, other=entry.value
                ),
                remedy=_("只留一个，或在 known_from 列写各自的公布日期。"),
            )
        if key in kept:
            dropped["repeated"] += 1
            continue
        kept[key] = (entry, known)
        if entry.known_from is None:
            pseudo[entry.series] = stated.get(entry.series, DEFAULT_LAGS[entry.frequency])
    if not kept:
        raise BadRequest(_("数据里没有一个可用的数"), remedy=_("长表写成 series, period, value[, known_from]。"))
    dated = _first_by_lag(kept.values(), stated, pseudo) if first_by_lag else tuple(kept.values())
    return VintageTable(dated, pseudo, {reason: count for reason, count in dropped.items() if count})


Dated = tuple[Entry, date]


def _first_by_lag(entries: Iterable[Dated], lags: Mapping[str, int], pseudo: dict[str, int]) -> tuple[Dated, ...]:
    """Entries with the first vintage of each period moved to the day of its lag where it is later; `pseudo` notes the series."""
    first: dict[tuple[str, int], date] = {}
    kept = list(entries)
    for entry, known in kept:
        key = (entry.series, entry.ordinal)
        first[key] = min(first.get(key, known), known)
    moved = []
    for entry, known in kept:
        by_lag = publication_day(entry, lags)
        earlier = known == first[entry.series, entry.ordinal] and by_lag < known
        if earlier:
            pseudo[entry.series] = lags.get(entry.series, DEFAULT_LAGS[entry.frequency])
        moved.append((entry, by_lag if earlier else known))
    return tuple(moved)


def publication_day(entry: Entry, lags: Mapping[str, int]) -> date:
    """The end of the period plus the lag."""
    return period_end(entry.frequency, entry.ordinal) + timedelta(days=lags.get(entry.series, DEFAULT_LAGS[entry.frequency]))


def period_end(frequency: Frequency, ordinal: int) -> date:
    """Last day of a period."""
    if frequency is Frequency.DAY:
        return date.fromordinal(ordinal)
    year, month = divmod(month_bounds(frequency, ordinal)[1], 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def period_start(entry: Entry) -> date:
    """First day of what an entry covers."""
    first = entry.ordinal - entry.periods + 1
    if entry.frequency is Frequency.DAY:
        return date.fromordinal(first)
    year, month = divmod(month_bounds(entry.frequency, first)[0], 12)
    return date(year, month + 1, 1)


def _assembled(found: Mapping[int, Entry]) -> TimeSeries:
    """Values by ordinal as a series; a value inside the span of another gives way to it."""
    first = min(entry.ordinal - entry.periods + 1 for entry in found.values())
    last = max(found)
    covered = {entry.ordinal - back for entry in found.values() for back in range(1, entry.periods)}
    values = tuple(found[at].value if at in found and at not in covered else math.nan for at in range(first, last + 1))
    spans = tuple((at - first, entry.periods) for at, entry in sorted(found.items()) if entry.periods > 1 and at not in covered)
    any_entry = next(iter(found.values()))
    return TimeSeries(any_entry.series, any_entry.frequency, first, values, "", spans)
