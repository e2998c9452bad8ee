"""Data as they were: which release readers saw when, and what one changed of another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from guibiao.model.messages import translate as _
from guibiao.model.release import Act, Event
from guibiao.serve.sdmx.faults import NO_RESULTS, SdmxFault
from guibiao.serve.sdmx.retrieval import DataSet, Observation

Read = Callable[[str], tuple[Observation, ...]]
"""Release -> the observations asked for; none where it had no such dataflow or is withdrawn."""


@dataclass(frozen=True, slots=True)
class Seen:
    """From `at` on, readers saw `release`; empty for none."""

    at: datetime
    release: str


def timeline(events: Iterable[Event]) -> tuple[Seen, ...]:
    """What readers saw, oldest first."""
    found: list[Seen] = []
    for event in events:
        release = event.release if event.act is Act.PUBLISH else event.successor
        if not found or found[-1].release != release:
            found.append(Seen(event.at, release))
    return tuple(found)


def seen_at(seen: tuple[Seen, ...], moment: datetime) -> str:
    """Release that readers saw at a moment; empty for none."""
    return next((each.release for each in reversed(seen) if each.at <= moment), "")


def release_at(seen: tuple[Seen, ...], moment: datetime) -> str:
    """As `seen_at`, but 100 where nothing was published by then."""
    release = seen_at(seen, moment)
    if not release:
        raise SdmxFault(NO_RESULTS, _("{moment} 时没有公布的数据").format(moment=moment.isoformat()), remedy=_("换一个较晚的 asOf。"))
    return release


def updates(old: tuple[Observation, ...], new: tuple[Observation, ...], at: datetime | None) -> tuple[DataSet, ...]:
    """What turns the old observations into the new: those added or revised as Replace, those gone as Delete; nothing where they agree."""
    before, after = ({(each.key, each.time): each for each in side} for side in (old, new))
    changed = tuple(each for place, each in after.items() if before.get(place) != each)
    gone = tuple(each for place, each in before.items() if place not in after)
    found = []
    if changed:
        found.append(DataSet(changed, "Replace", valid_from=at))
    if gone:
        found.append(DataSet(gone, "Delete", valid_to=at, shown=(), values=False))
    return tuple(found)


def past(seen: tuple[Seen, ...], read: Read, after: datetime | None, until: datetime | None) -> tuple[DataSet, ...]:
    """One or two data sets for each publication that changed what was asked for, oldest first."""
    found: list[DataSet] = []
    before: tuple[Observation, ...] = ()
    for each in seen:
        if until is not None and each.at > until:
            break
        now = read(each.release) if each.release else ()
        if after is None or each.at > after:
            found += updates(before, now, each.at)
        before = now
    return tuple(found)
