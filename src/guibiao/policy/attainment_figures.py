"""Which figures a verdict rests on: the one for the deadline, the last one, the base, and what stands between two of them.

Method sheet: docs/methods/0724-figures-a-verdict-rests-on.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from guibiao.model.indicator import Break
from guibiao.model.period import Measure, parse_period
from guibiao.policy.attainment_goals import Need, base_among
from guibiao.policy.attainment_types import Base, Case, Seen, Words, Yardstick


@dataclass(frozen=True, slots=True)
class Sight:
    """A need with the figures visible on the day asked: all of them, and the vintage known last of each period in order of time."""

    case: Case
    yardstick: Yardstick
    need: Need
    visible: tuple[Seen, ...]
    latest: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a figure and its base cannot be set against each other: `basis`, `break` or `no_base`."""

    reason: str
    remarks: tuple[Words, ...] = ()


def sight(case: Case, yardstick: Yardstick, need: Need, as_of: date) -> Sight:
    """What could be seen on a day: figures known later stay out."""
    visible = tuple(each for each in yardstick.seen if each.known_from <= as_of)
    latest: dict[object, Seen] = {}
    for each in sorted(visible, key=lambda each: (each.known_from, each.accounting_basis)):
        latest[each.period] = each
    ordered = sorted(latest.values(), key=lambda each: (each.period.end, each.period.days))
    return Sight(case, yardstick, need, visible, tuple(ordered))


def figure_at_deadline(at: Sight) -> Seen | None:
    """The figure that stands for the deadline: its year, or for a stock the nearest day within the tolerance."""
    deadline = at.need.deadline
    if at.need.form == "sum":
        total = accumulated(at)
        return total if total is not None and total.period.end == deadline else None
    if at.yardstick.is_stock:
        tolerance = at.case.parameters.tolerance_days
        near = [each for each in at.latest if abs((each.period.end - deadline).days) <= tolerance]
        return min(near, key=lambda each: (abs((each.period.end - deadline).days), each.period.end), default=None)
    return next((each for each in at.latest if each.period.end == deadline and is_whole(at.yardstick, each)), None)


def early_proof(at: Sight) -> Seen | None:
    """An earlier figure that may prove a floor met: a stock of things built, or a part of the time that exceeds the whole of the goal."""
    if not at.need.upward or at.yardstick.indicator.nature.value != "level" or at.need.form not in {"level", "sum", "difference"}:
        return None
    if at.need.form == "sum":
        return accumulated(at)
    if at.yardstick.is_stock:
        earlier = [each for each in at.latest if each.period.end <= at.need.deadline]
    else:
        earlier = [each for each in at.latest if is_part_of_deadline_year(at, each)]
    return earlier[-1] if earlier else None


def last_figure(at: Sight) -> Seen | None:
    """The figure the pace is counted to: the last whole year or stock, or the flows added up so far."""
    if at.need.form == "sum":
        return accumulated(at)
    whole = [each for each in at.latest if is_whole(at.yardstick, each)]
    return whole[-1] if whole else None


def accumulated(at: Sight) -> Seen | None:
    """Flows from the start on, added up year by year as far as they go, and the part of the next year on file."""
    years = {each.period.year: each for each in at.latest if is_whole(at.yardstick, each)}
    number, parts = at.need.starts[0].year + 1, list[Seen]()
    while number in years and years[number].period.end <= at.need.deadline:
        parts.append(years[number])
        number += 1
    begun = [each for each in at.latest if each.period.start == date(number, 1, 1) and each.period.end <= at.need.deadline]
    if begun and not at.yardstick.indicator.returns:
        parts.append(begun[-1])
    return _added(parts) if parts else None


def base_of(at: Sight, value: Seen) -> tuple[Base | None, tuple[Words, ...]] | Refusal:
    """The base the words count from: on the value's own accounting and price basis, and on its side of every break without a link."""
    if at.need.form in {"level", "rank"}:
        return None, break_words(crossed(at.yardstick, at.case.dated or value.period.end, value.period.end))
    if at.need.form == "sum":
        return Base(at.need.starts[0], Decimal(0), Decimal(0), Decimal(0), "zero"), ()
    refused: Refusal | None = None
    for start in at.need.starts:
        found = base_among([each for each in at.visible if _alike(each, value)], start, at.case.parameters.tolerance_days)
        if found is None:
            other = base_among(at.visible, start, at.case.parameters.tolerance_days)
            refused = refused or (Refusal("basis", _bases_told(other, value)) if other else None)
            continue
        between = crossed(at.yardstick, found.period.end, value.period.end)
        if any(not each.link for each in between):
            refused = refused or Refusal("break", break_words(between))
            continue
        if at.need.form == "multiple" and found.value <= 0:
            continue
        return _linked(found, between), break_words(between)
    return refused or Refusal("no_base")


def reading_of(at: Sight, base: Base | None) -> Words:
    """What is assumed of the base: by the base found, else by the start tried first."""
    words = at.need.assumptions
    if base is None or not words:
        return words[0] if words else Words()
    distances = [abs((start.end - base.period.end).days) for start in at.need.starts]
    return words[distances.index(min(distances))]


def other_readings(at: Sight, value: Seen, base: Base | None) -> tuple[tuple[Words, Base | None], ...]:
    """The other starts that the words allow, each with the figure on file for it."""
    if not at.need.assumptions:
        return ()
    taken = reading_of(at, base)
    found: list[tuple[Words, Base | None]] = []
    for start, words in zip(at.need.starts, at.need.assumptions, strict=True):
        if words != taken:
            based = base_of(replace(at, need=replace(at.need, starts=(start,), assumptions=(words,))), value)
            found.append((words, None if isinstance(based, Refusal) else based[0]))
    return tuple(found)


def base_of_level(at: Sight, value: Seen) -> Base | None:
    """Where the way of a level starts: the last figure before the document, else the first; on the value's basis, after its last break."""
    alike = [
        each
        for each in sorted(at.visible, key=lambda each: (each.period.end, each.known_from))
        if each.period.end < value.period.end
        and is_whole(at.yardstick, each)
        and _alike(each, value)
        and all(breaking.link for breaking in crossed(at.yardstick, each.period.end, value.period.end))
    ]
    if not alike:
        return None
    before = [each for each in alike if each.period.end <= (at.case.dated or at.need.deadline)]
    chosen = before[-1] if before else alike[0]
    return _linked(chosen, crossed(at.yardstick, chosen.period.end, value.period.end))


def is_whole(yardstick: Yardstick, seen: Seen) -> bool:
    """Whole calendar years for flows, shares and rates of a year; any day for a stock."""
    if yardstick.is_stock:
        return seen.period.measure in {Measure.AT_END, Measure.AVERAGE}
    return seen.period.months == 12 and seen.period.end.month == 12


def is_part_of_deadline_year(at: Sight, seen: Seen) -> bool:
    """A figure from January on that the rest of the year can only add to."""
    indicator, year = at.yardstick.indicator, at.need.deadline.year
    grows = indicator.nature.value == "level" and not indicator.returns and not at.yardstick.is_stock
    return grows and seen.period.start == date(year, 1, 1) and seen.period.end <= at.need.deadline


def crossed(yardstick: Yardstick, first: date, last: date) -> tuple[Break, ...]:
    """Breaks of the indicator's meaning after the earlier day and up to the later one."""
    low, high = sorted((first, last))
    return tuple(each for each in yardstick.indicator.breaks if low < _day(each.date) <= high)


def break_words(breaks: Iterable[Break]) -> tuple[Words, ...]:
    """Breaks as remarks."""
    return tuple(
        Words(
            f"口径自{each.date}起改变：{each.reason_zh.rstrip('。')}",
            f"the definition changed on {each.date}: {(each.reason_en or each.reason_zh).rstrip('.')}",
        )
        for each in breaks
    )


def _bases_told(base: Seen, value: Seen) -> tuple[Words, ...]:
    pairs = ((base.accounting_basis, value.accounting_basis), (base.price_basis, value.price_basis))
    first, second = next(pair for pair in pairs if pair[0] != pair[1])
    return (Words(f"基期数与本期数的口径不同（{first}与{second}）", f"base and value are on different bases ({first} and {second})"),)


def _alike(first: Seen, second: Seen) -> bool:
    return (first.accounting_basis, first.price_basis) == (second.accounting_basis, second.price_basis)


def _linked(found: Seen, between: Sequence[Break]) -> Base:
    factor = Decimal(1)
    for each in between:
        factor *= Decimal(each.link)
    low, high = (None if bound is None else bound * factor for bound in (found.low, found.high))
    return Base(found.period, found.value * factor, low, high)


def _added(parts: Sequence[Seen]) -> Seen:
    """The sum of flows; its bounds are open where one part's are, it was known when the last part was."""
    lows, highs = [each.low for each in parts], [each.high for each in parts]
    return replace(
        parts[-1],
        period=replace(parts[-1].period, start=parts[0].period.start),
        value=sum((each.value for each in parts), Decimal(0)),
        low=None if None in lows else sum((each for each in lows if each is not None), Decimal(0)),
        high=None if None in highs else sum((each for each in highs if each is not None), Decimal(0)),
        known_from=max(each.known_from for each in parts),
    )


def _day(text: str) -> date:
    """First day of what a break's date says: a day, a month or a year."""
    return date.fromisoformat(text) if len(text) == len("2022-01-01") else parse_period(text).start
