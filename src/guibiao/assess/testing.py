"""The test of one indicator's rule: its alarms with the limits known at the time, against the event the board names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guibiao.assess.backtest import Backtest, backtest, events_beyond
from guibiao.assess.indicator_limits import LimitRule
from guibiao.assess.lights import Light, light_of
from guibiao.assess.period_end import last_day
from guibiao.assess.turning_points import turning_points
from guibiao.model.errors import BadRequest
from guibiao.model.series import TimeSeries, label_of
from guibiao.reference.series.warning import WarningEvent, WatchedIndicator

ALARMS = {"cold": Light.COLD, "cool": Light.COOL, "warm": Light.WARM, "hot": Light.HOT}


@dataclass(frozen=True, slots=True)
class RuleTest:
    """The counts, or why there are none; the periods tested; whether limits were stated only after them."""

    counts: Backtest | None
    untested: str = ""
    """`no_event`, `not_found`, `no_light`, or what hindered the test, in words."""
    first: str = ""
    last: str = ""
    in_sample: bool = False


def tested(watched: WatchedIndicator, series: Mapping[str, TimeSeries], rule: LimitRule) -> RuleTest:
    """Alarms of expanding windows against events; lights of stated limits and paths are those limits all along, and said to be so."""
    event = watched.event
    if event is None:
        return RuleTest(None, "no_event")
    other = series.get(event.of or watched.id)
    if other is None:
        return RuleTest(None, "not_found")
    own = series[watched.id]
    first, last = min(own.start, other.start), max(own.end, other.end)
    try:
        onsets, inside = _events(event, other, first, last)
    except BadRequest as error:
        return RuleTest(None, error.title)
    alarms: list[bool | None] = []
    for ordinal in range(first, last + 1):
        at = ordinal - own.start
        alarms.append(_alarm(watched, rule, at) if 0 <= at < len(own) else None)
    counts = backtest(alarms, onsets, inside, event.horizon)
    if counts is None:
        return RuleTest(None, "no_light")
    since, until = (label_of(own.frequency, first + at) for at in (counts.first, counts.last))
    return RuleTest(counts, "", since, until, _hindsight(watched, own, counts, first))


def _alarm(watched: WatchedIndicator, rule: LimitRule, at: int) -> bool | None:
    value, hindered = rule.judged(at)
    limits, _behind, _reason = rule.at(at)
    if hindered or limits is None:
        return None
    return light_of(value, limits, low_is_hot=watched.hot == "low") in {ALARMS[name] for name in watched.alarm}


def _events(event: WarningEvent, series: TimeSeries, first: int, last: int) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """Onsets and states over the common periods; turning points need a series without gaps, from its first value to its last."""
    shift = series.start - first
    if event.kind in {"below", "above"}:
        values = [series.values[at - shift] if 0 <= at - shift < len(series) else math.nan for at in range(last - first + 1)]
        return events_beyond(values, event.value, below=event.kind == "below")
    known = [at for at, value in enumerate(series.values) if not math.isnan(value)]
    if not known:
        return (), (False,) * (last - first + 1)
    found = turning_points(series.window(series.ordinal(known[0]), series.ordinal(known[-1])))
    places = found.peaks if event.kind == "peak" else found.troughs
    return tuple(at + known[0] + shift for at in places), (False,) * (last - first + 1)


def _hindsight(watched: WatchedIndicator, own: TimeSeries, counts: Backtest, first: int) -> bool:
    """Stated limits tell nothing out of sample about what happened before they were set."""
    if watched.limits.kind == "quantile":
        return False
    set_on: date = watched.limits.valid_from
    return set_on == date.min or last_day(own.frequency, first + counts.first) < set_on
