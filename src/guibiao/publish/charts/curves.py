"""Series over time as curves: points in slots, the stretches that may be joined, and what is missing between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from guibiao.model.indicator import Nature
from guibiao.model.period import Measure
from guibiao.publish.charts.calendar import TimeAxis, frequency, time_axis, usual_frequency
from guibiao.publish.charts.chart import Order
from guibiao.publish.charts.marks import Mark, Scale, make_mark
from guibiao.publish.charts.naming import Group
from guibiao.publish.figures import Figure


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its figures by place on the time axis, in order."""

    name: str
    points: tuple[tuple[int, Mark], ...]
    highlighted: bool = False

    @property
    def last(self) -> tuple[int, Mark]:
        return self.points[-1]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a curve without gap; `dashed` where it touches a figure that is not exact."""

    dashed: bool
    points: tuple[tuple[int, Mark], ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """All lines of a chart on one time axis. `cuts` are the places before which no line is joined, with the reason or ""."""

    curves: tuple[Curve, ...]
    axis: TimeAxis
    cuts: Mapping[int, str]
    notes: tuple[str, ...]

    @property
    def marks(self) -> list[Mark]:
        return [mark for curve in self.curves for _place, mark in curve.points]


def make_curves(order: Order, groups: Sequence[Group], scale: Scale) -> Curves:
    """Curves of the groups that share the usual frequency; what is left out is said."""
    every = [figure for member in groups for figure in member.figures]
    usual = usual_frequency([figure.period for figure in every])
    kept = [(member, [figure for figure in member.figures if frequency(figure.period) == usual]) for member in groups]
    dropped = len(every) - sum(len(figures) for _member, figures in kept)
    notes = []
    if dropped:
        said = f"另有{dropped}个时期长短不同的数据未画。"
        notes.append(order.say(said, f"{dropped} figures for periods of other lengths are not drawn."))
    shown = [figure for _member, figures in kept for figure in figures]
    axis = time_axis(order, [figure.period for figure in shown])
    places = {key: place for place, key in enumerate(axis.keys)}
    curves = []
    for member, figures in kept:
        if figures:
            points = [(places[axis.key(figure.period)], make_mark(order, figure, scale, member.name)) for figure in figures]
            curves.append(Curve(member.name, tuple(points), highlighted=figures[0].area == order.definition.highlight))
    if axis.step % 12 and any(figure.period.measure is Measure.TO_DATE for figure in shown):
        notes.append(order.say("各期为年初起的累计数。", "Figures are cumulative from the beginning of the year."))
    cuts, outside = _cuts(order, axis, shown)
    return Curves(tuple(curves), axis, cuts, (*notes, *outside))


def _cuts(order: Order, axis: TimeAxis, figures: Sequence[Figure]) -> tuple[dict[int, str], list[str]]:
    """Declared breaks, and every January of levels counted from January on."""
    cuts: dict[int, str] = {}
    cumulative = any(_starts_anew(order, figure) for figure in figures)
    if axis.step % 12:
        cuts = {place: "" for place, slot in enumerate(axis.slots) if slot.opens_year and place and cumulative}
    notes = []
    for when, text in sorted(order.definition.breaks.items()):
        place = next((place for place, slot in enumerate(axis.slots) if when in {slot.key, str(slot.year)}), None)
        if place is None:
            notes.append(order.say(f"图中时期不含{when}年的变动：{text}。", f"Outside the periods shown, {when}: {text}."))
        else:
            cuts[place] = text
    return cuts, notes


def _starts_anew(order: Order, figure: Figure) -> bool:
    indicator = order.workspace.indicators.get(figure.indicator)
    return figure.period.measure is Measure.TO_DATE and (indicator is None or indicator.nature is Nature.LEVEL)


def runs(curve: Curve, cuts: Mapping[int, str]) -> list[Run]:
    """The stretches of a curve that may be drawn as joined; a point alone is in none."""
    result: list[Run] = []
    for (place, mark), (next_place, following) in pairwise(curve.points):
        adjoining = next_place == place + 1 or (next_place == place + 2 and _january_and_february(following))
        if not adjoining or any(place < cut <= next_place for cut in cuts):
            continue
        dashed = not (mark.firm and following.firm)
        if result and result[-1].dashed == dashed and result[-1].points[-1] == (place, mark):
            result[-1] = Run(dashed, (*result[-1].points, (next_place, following)))
        else:
            result.append(Run(dashed, ((place, mark), (next_place, following))))
    return result


def _january_and_february(mark: Mark) -> bool:
    """The two months are published as one."""
    period = mark.figure.period
    return period.months == 2 and period.start.month == 1


def gaps(order: Order, curves: Curves) -> list[str]:
    """Notes on periods missing inside a curve, one a curve."""
    notes = []
    for curve in curves.curves:
        have = {place for place, _mark in curve.points}
        bridged = {place - 1 for place, mark in curve.points if _january_and_february(mark)}
        missing = [place for place in range(min(have), max(have)) if place not in have | bridged]
        if missing:
            names = order.listed(curves.axis.slots[place].key for place in missing)
            of = "" if len(curves.curves) == 1 else order.say(f"“{curve.name}”", f"{curve.name}: ")
            notes.append(order.say(f"{of}缺{names}的数据，折线断开。", f"{of}no figure for {names}; the line is broken."))
    return notes


def inexact_note(order: Order, marks: Sequence[Mark], lines: bool = True) -> list[str]:
    """What the open marks stand for, where there are any."""
    if all(mark.firm for mark in marks):
        return []
    if lines:
        return [order.say("空心点、虚线为约数、界限数或预计数。", "Open points and dashes: approximate, bounded or expected figures.")]
    return [order.say("空心为约数、界限数或预计数。", "Open marks: approximate, bounded or expected figures.")]
