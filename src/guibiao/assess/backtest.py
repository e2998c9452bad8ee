"""How a rule would have done: alarms as they would have been given at the time against the events that came."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _


@dataclass(frozen=True, slots=True)
class Backtest:
    """Events and alarms counted from `first` to `last` (positions with an alarm or none). An episode is a run of alarms."""

    first: int
    last: int
    periods: int
    """Periods with a light."""
    events: int
    """Events with a light in the time before them."""
    hits: int
    misses: int
    episodes: int
    false_alarms: int
    pending: int
    """Episodes whose horizon has not passed: neither hit nor false yet."""
    during: int
    """Alarms while an event lasted: they announce nothing and do not count."""
    untested: int
    """Events without any light in the time before them."""
    leads: tuple[int, ...]
    alarm_share: float
    """Part of the periods that were alarms: what chance would hit."""

    @property
    def lead(self) -> float:
        """Mean periods from the first alarm within the horizon to the event; nan without a hit."""
        return mean(self.leads) if self.leads else math.nan


def events_beyond(values: Sequence[float], limit: float, *, below: bool) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """Positions at which a value first lies beyond the limit, and whether each position does; missing values keep the state."""
    onsets, inside, current = [], [], None
    for at, value in enumerate(values):
        if not math.isnan(value):
            beyond = value < limit if below else value > limit
            if beyond and current is False:
                onsets.append(at)
            current = beyond
        inside.append(bool(current))
    return tuple(onsets), tuple(inside)


def backtest(alarms: Sequence[bool | None], onsets: Sequence[int], inside: Sequence[bool], horizon: int) -> Backtest | None:
    """Score alarms (None where there was no light) against events; None where no period had a light.

    An event is hit by an alarm 1 to `horizon` periods before it. An episode of alarms without an event from its first period up to
    `horizon` periods after its last is false, or pending where that reaches beyond the series. All sequences have the same length.
    """
    if not len(alarms) == len(inside):
        raise BadRequest(_("回测的警报与事件期数不同"), remedy=_("两者取同样的时期。"))
    lit = [at for at, alarm in enumerate(alarms) if alarm is not None]
    if not lit:
        return None
    counted = {at for at in lit if alarms[at] and not inside[at]}
    during = sum(1 for at in lit if alarms[at] and inside[at])
    hits, misses, untested, leads = 0, 0, 0, []
    for onset in onsets:
        before = range(max(0, onset - horizon), onset)
        given = [at for at in before if at in counted]
        if given:
            hits += 1
            leads.append(onset - given[0])
        elif any(alarms[at] is not None for at in before):
            misses += 1
        else:
            untested += 1
    episodes = _episodes(alarms, counted)
    false = pending = 0
    for start, end in episodes:
        if any(start < onset <= end + horizon for onset in onsets):
            continue
        if end + horizon >= len(alarms):
            pending += 1
        else:
            false += 1
    share = sum(1 for at in lit if alarms[at]) / len(lit)
    return Backtest(
        lit[0], lit[-1], len(lit), hits + misses, hits, misses, len(episodes), false, pending, during, untested, tuple(leads), share
    )


def _episodes(alarms: Sequence[bool | None], counted: set[int]) -> list[tuple[int, int]]:
    """First and last alarm of each run; a period without a light does not end one."""
    found: list[tuple[int, int]] = []
    running = False
    for at, alarm in enumerate(alarms):
        if at in counted:
            found.append((found.pop()[0] if running else at, at))
            running = True
        elif alarm is not None:
            running = False
    return found
