"""Breaks in a series: link factors over an overlap, back-casting, and comparisons across an unlinked break, refused and told.

Method sheet: docs/methods/0603-linking-over-a-break.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import TimeSeries, label_of
from guibiao.reference.series.monthly import LinkMethod, LinkSpecification


@dataclass(frozen=True, slots=True)
class Link:
    """What brings the old series to the new definition: `factor` to multiply by, or `offset` to add; exactly one acts.

    `lowest` and `highest` are the ratios (differences) of the single periods of the overlap: how far apart they lie, so unsure is the link.
    """

    method: LinkMethod
    factor: float
    offset: float
    first: str
    last: str
    periods: int
    lowest: float
    highest: float
    reason: str

    def applied(self, value: float) -> float:
        """An old value on the new definition."""
        return value * self.factor + self.offset


@dataclass(frozen=True, slots=True)
class Linked:
    """The new series with the old one before it on the new definition: periods up to `back_cast_to` are back-cast."""

    series: TimeSeries
    link: Link
    back_cast_from: str
    back_cast_to: str
    back_cast: int
    filled: tuple[str, ...]
    """Periods inside the new series that it lacks and the old one has: they stay missing."""


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """From period `ordinal` on the series means something else; `linked` where the values before are on the new definition already."""

    ordinal: int
    reason: str
    linked: bool = False


@dataclass(frozen=True, slots=True)
class BreakFault:
    """A comparison that spans an unlinked break; columns follow those of findings."""

    rule: str
    severity: str
    series: str
    period: str
    compared_with: str
    date_of_break: str
    message: str
    remedy: str


def link(old: TimeSeries, new: TimeSeries, specification: LinkSpecification) -> Link:
    """Link over the periods that both series have, within the window of the specification.

    Raises BadRequest where frequencies differ, nothing overlaps, or a ratio has no positive numbers to stand on.
    """
    overlap = _overlap(old, new, specification)
    before = [old.value_at(at) for at in overlap]
    after = [new.value_at(at) for at in overlap]
    labels = [label_of(old.frequency, at) for at in overlap]
    if specification.method is LinkMethod.DIFFERENCE:
        single = [new_value - old_value for old_value, new_value in zip(before, after, strict=True)]
        offset = math.fsum(single) / len(single)
        return Link(specification.method, 1.0, offset, labels[0], labels[-1], len(labels), min(single), max(single), specification.reason)
    if min(*before, *after) <= 0:
        raise BadRequest(
            _("重叠期里有零或负数，不能用比率衔接"), remedy=_("增速、占比、差额用 --method difference 以差衔接，或换一段重叠期。")
        )
    single = [new_value / old_value for old_value, new_value in zip(before, after, strict=True)]
    factor = {
        LinkMethod.RATIO_OF_MEANS: math.fsum(after) / math.fsum(before), LinkMethod.FIRST: single[0], LinkMethod.LAST: single[-1],
    }[specification.method]  # fmt: skip
    return Link(specification.method, factor, 0.0, labels[0], labels[-1], len(labels), min(single), max(single), specification.reason)


def back_cast(old: TimeSeries, new: TimeSeries, specification: LinkSpecification) -> Linked:
    """The new series, continued backwards by the old one times the factor (plus the offset). The new values are never changed."""
    found = link(old, new, specification)
    earlier = list(range(old.start, min(new.start, old.end + 1)))
    if earlier and earlier[-1] != new.start - 1:
        raise BadRequest(_("两个序列之间有空档，不能衔接"), remedy=_("旧序列要接到新序列的第一期。"))
    values = [found.applied(old.value_at(at)) for at in earlier]
    spans = [(at, periods) for at, periods in old.spans if old.ordinal(at) < new.start]
    spans += [(at + len(earlier), periods) for at, periods in new.spans]
    first = earlier[0] if earlier else new.start
    joined = TimeSeries(new.name, new.frequency, first, (*values, *new.values), new.unit, tuple(spans))
    missing = tuple(label_of(new.frequency, new.ordinal(at)) for at in new.missing if not math.isnan(old.value_at(new.ordinal(at))))
    known = [at for at in earlier if not math.isnan(old.value_at(at))]
    ends = [label_of(new.frequency, at) for at in (known[0], known[-1])] if known else ["", ""]
    return Linked(joined, found, ends[0], ends[1], len(known), missing)


def growth_within_breaks(series: TimeSeries, lag: int, breaks: Sequence[SeriesBreak]) -> tuple[TimeSeries, tuple[BreakFault, ...]]:
    """Growth in % over `lag` periods; where an unlinked break lies between both periods it is refused (nan) and told.

    A span is compared with a span of as many periods only. No growth over a base that is zero or negative.
    """
    if lag < 1:
        raise BadRequest(_("间隔期数必须是正整数"), remedy=_("月度同比写 12，环比写 1。"))
    faults: list[BreakFault] = []
    values = [math.nan] * len(series)
    spans = dict(series.spans)
    for at in range(len(series)):
        now, then = series.values[at], series.values[at - lag] if at >= lag else math.nan
        if math.isnan(now) or math.isnan(then) or spans.get(at, 1) != spans.get(at - lag, 1):
            continue
        first = series.ordinal(at) - lag - spans.get(at, 1) + 1
        spanned = [each for each in breaks if not each.linked and first < each.ordinal <= series.ordinal(at)]
        faults.extend(_fault(series, at, lag, each) for each in spanned)
        if not spanned and then > 0:
            values[at] = 100 * (now - then) / then
    return TimeSeries(series.name, series.frequency, series.start, tuple(values), "%"), tuple(faults)


def _fault(series: TimeSeries, at: int, lag: int, each: SeriesBreak) -> BreakFault:
    period, compared, day = series.label(at), series.label(at - lag), label_of(series.frequency, each.ordinal)
    message = _("{series}的 {period} 与 {compared} 比，跨过 {day} 的断点（{reason}），没有衔接系数").format(
        series=series.name, period=period, compared=compared, day=day, reason=each.reason
    )
    remedy = _("不作跨断点的比较；取得重叠期数据后，用衔接系数接上。")
    return BreakFault("comparison_across_break", "warning", series.name, period, compared, day, message, remedy)


def _overlap(old: TimeSeries, new: TimeSeries, specification: LinkSpecification) -> list[int]:
    """Ordinals used, both values known; single periods only."""
    if old.frequency is not new.frequency:
        raise BadRequest(_("新旧序列的频率不同"), remedy=_("先换成同一频率。"))
    spans = {series.ordinal(at) for series in (old, new) for at, _periods in series.spans}
    both = [
        at
        for at in range(max(old.start, new.start), min(old.end, new.end) + 1)
        if at not in spans and not math.isnan(old.value_at(at)) and not math.isnan(new.value_at(at))
    ]
    labels = {label_of(old.frequency, at): at for at in both}
    for edge in (specification.first, specification.last):
        if edge and edge not in labels:
            raise BadRequest(
                _("{period} 不是两个序列都有数的时期").format(period=edge),
                remedy=_("重叠期从 {first} 到 {last}。").format(first=min(labels, default="—"), last=max(labels, default="—")),
            )
    first = labels[specification.first] if specification.first else min(both, default=0)
    last = labels[specification.last] if specification.last else max(both, default=0)
    used = [at for at in both if first <= at <= last]
    if not used:
        raise BadRequest(_("新旧序列没有都有数的时期，算不出衔接系数"), remedy=_("断点前后不比较，或取得至少一期重叠数据。"))
    return used
