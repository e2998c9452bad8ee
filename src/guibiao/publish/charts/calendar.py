"""The time axis: one slot a period between the first and the last, those without a figure included, and which of them get a label."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from guibiao.model.period import Measure, Period
from guibiao.publish.charts.chart import Order
from guibiao.publish.charts.layout import text_width
from guibiao.publish.charts.theme import LABEL

SLOTS_AT_MOST = 400
MONTHLY, CUMULATIVE = "1", "to date"
"""Frequencies with rules of their own: January and February come together; levels begin anew in January."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place on the time axis. `key` sorts in time; `label` is what stands under it, in two lines where a year begins."""

    key: str
    year: int
    label: str
    opens_year: bool


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Slots in order. `step` is the months from one to the next, 0 where periods are not regular."""

    slots: tuple[Slot, ...]
    step: int

    @property
    def keys(self) -> list[str]:
        return [slot.key for slot in self.slots]

    def place(self, key: str) -> int:
        return self.keys.index(key)

    def key(self, period: Period) -> str:
        """The slot of a period: 2021, 2021-09 or 2021-11-15."""
        return _key(period.end.year, period.end.month, self.step) if self.step else period.end.isoformat()


def frequency(period: Period) -> str:
    """What may share a line: months, quarters and years of a flow do not, while cumulative figures and stocks of any month do."""
    if period.measure is Measure.TO_DATE:
        return CUMULATIVE
    if period.measure is Measure.AT_END:
        return "at end"
    return str(period.months or f"{period.days} days")


def is_january_and_february(period: Period) -> bool:
    """The two months are published as one."""
    return period.months == 2 and period.start.month == 1


def usual_frequency(periods: Iterable[Period]) -> str:
    """The frequency most figures have; of equally many the finer one."""
    counts = Counter(frequency(period) for period in periods)
    return max(sorted(counts), key=lambda name: counts[name])


def time_axis(order: Order, periods: Iterable[Period]) -> TimeAxis:
    """Axis over all periods; regular ones (years, quarters, months) get a slot also where nothing is on file."""
    every = sorted({period.end: period for period in periods}.values(), key=lambda period: period.end)
    months = [period.end.year * 12 + period.end.month - 1 for period in every]
    step = math.gcd(*(later - first for first, later in pairwise(months))) or 12
    if not all(_is_month_end(period.end) for period in every) or (months[-1] - months[0]) // step >= SLOTS_AT_MOST:
        return TimeAxis(tuple(Slot(period.end.isoformat(), period.year, order.wording.period(period), False) for period in every), 0)
    quarterly = step == 3 and all(period.measure is Measure.DURING and period.months == 3 for period in every)
    slots: list[Slot] = []
    for number in range(months[0], months[-1] + 1, step):
        year, month = divmod(number, 12)
        opens = not slots or slots[-1].year != year
        label = _year_label(order, year, month + 1) if step % 12 == 0 else _label(order, year, month + 1, opens=opens, quarterly=quarterly)
        slots.append(Slot(_key(year, month + 1, step), year, label, opens))
    return TimeAxis(tuple(slots), step)


def _key(year: int, month: int, step: int) -> str:
    return str(year) if step % 12 == 0 else f"{year}-{month:02d}"


def _year_label(order: Order, year: int, month: int) -> str:
    """The year alone, or with the month where years do not end in December."""
    return str(year) if month == 12 else order.say(f"{year}年{month}月", f"{_MONTHS[month - 1]} {year}")


def _label(order: Order, year: int, month: int, *, opens: bool, quarterly: bool) -> str:
    first = f"Q{month // 3}" if quarterly else order.say(f"{month}月", _MONTHS[month - 1])
    return first + (order.say(f"\n{year}年", f"\n{year}") if opens else "")


def labelled(axis: TimeAxis, step: float, size: float = LABEL) -> list[Slot]:
    """Slots whose labels fit side by side, `step` pixels apart, the last one always: every one, or at even distances, or years' first."""
    slots = axis.slots
    needed = _room(slots, size)
    if needed <= step or len(slots) == 1:
        return list(slots)
    if axis.step % 12 == 0:
        return _thinned(slots, needed, step)
    years = [Slot(slot.key, slot.year, str(slot.year), True) for slot in slots if slot.opens_year]
    if len(years) > 2:
        return _thinned(years, _room(years, size), step * 12 / axis.step)
    return _thinned(slots, needed, step)


def _room(slots: Sequence[Slot], size: float) -> float:
    return max(text_width(line, size) for slot in slots for line in slot.label.split("\n")) + 8


def _thinned(slots: Sequence[Slot], needed: float, step: float) -> list[Slot]:
    """Every n-th slot counted from the last, n a handy number."""
    every = next((n for n in (1, 2, 3, 4, 5, 10, 20, 25, 50, 100) if n * step >= needed), len(slots))
    return [slot for place, slot in enumerate(slots) if (len(slots) - 1 - place) % every == 0]


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1
