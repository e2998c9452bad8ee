"""Series over time as curves: points in slots, the stretches that may be joined, and what is missing between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from guibiao.model.indicator import Nature
from guibiao.model.period import Period
from guibiao.publish.charts.calendar import CUMULATIVE, MONTHLY, TimeAxis, frequency, is_january_and_february, time_axis, usual_frequency
from guibiao.publish.charts.chart import Order
from guibiao.publish.charts.marks import Mark, Scale, make_mark
from guibiao.publish.charts.naming import Group
from guibiao.publish.figures import Figure
from guibiao.publish.printable import printable


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
    kept = [(member, [figure for figure in member.figures if _belongs(figure.period, usual)]) for member in groups]
    dropped = len(every) - sum(len(figures) for _member, figures in kept)
    notes = []
    if dropped:
        said = f"另有{dropped}个时期长短不同的数据未画。"
        notes.append(order.say(said, f"{dropped} figures for periods of other lengths are not drawn."))
    shown = [figure for _member, figures in kept for figure in figures]
    periods = [figure.period for figure in shown]
    if order.forecast is not None and any(order.forecast.continues(figures[-1]) for _member, figures in kept if figures):
        periods += [each.period for each in order.forecast.ahead]
    axis = time_axis(order, periods)
    places = {key: place for place, key in enumerate(axis.keys)}
    curves = []
    for member, figures in kept:
        if figures:
            points = [(places[axis.key(figure.period)], make_mark(order, figure, scale, member.name)) for figure in figures]
            curves.append(Curve(member.name, tuple(points), highlighted=figures[0].area == order.definition.highlight))
    if axis.step % 12 and usual == CUMULATIVE:
        notes.append(order.say("各期为年初起的累计数。", "Figures are cumulative from the beginning of the year."))
    if usual == MONTHLY and any(is_january_and_february(figure.period) for figure in shown):
        notes.append(order.say("1—2月数据合并公布。", "January and February are published as one figure."))
    cuts, outside = _cuts(order, axis, shown, usual)
    return Curves(tuple(curves), axis, cuts, (*notes, *outside))


def _belongs(period: Period, usual: str) -> bool:
    return frequency(period) == usual or (usual == MONTHLY and is_january_and_february(period))


def _cuts(order: Order, axis: TimeAxis, figures: Sequence[Figure], usual: str) -> tuple[dict[int, str], list[str]]:
    """Declared breaks; every January of levels counted from January on; both sides of a level of two months among months."""
    cuts: dict[int, str] = {}
    levels = [figure for figure in figures if _is_level(order, figure)]
    if levels and usual == CUMULATIVE and axis.step % 12:
        cuts = {place: "" for place, slot in enumerate(axis.slots) if slot.opens_year and place}
    if usual == MONTHLY:
        places = [axis.place(axis.key(figure.period)) for figure in levels if is_january_and_february(figure.period)]
        cuts = {cut: "" for place in places for cut in (place, place + 1)}
    notes = []
    for when, text in sorted(order.definition.breaks.items()):
        place = next((place for place, slot in enumerate(axis.slots) if when in {slot.key, str(slot.year)}), None)
        if not place:
            notes.append(order.say(f"{when}年的变动不在图中时期之间：{text}。", f"Not between the periods shown, {when}: {text}."))
        else:
            cuts[place] = text
    for place, text in _own_breaks(order, axis, figures):
        if not cuts.get(place):
            cuts[place] = text
    return cuts, notes


def _own_breaks(order: Order, axis: TimeAxis, figures: Sequence[Figure]) -> list[tuple[int, str]]:
    """Breaks that the indicators themselves have between the periods shown: the first place on the new definition, and what changed."""
    found = []
    for name in dict.fromkeys(figure.indicator for figure in figures):
        indicator = order.workspace.indicators.get(name)
        own = sorted((figure.period for figure in figures if figure.indicator == name), key=lambda period: period.end)
        for each in indicator.breaks if indicator else ():
            after = [period for period in own if period.end.isoformat() >= each.date]
            if after and len(after) < len(own):
                found.append((axis.place(axis.key(after[0])), printable(order.say(each.reason_zh, each.reason_en))))
    return found


def _is_level(order: Order, figure: Figure) -> bool:
    indicator = order.workspace.indicators.get(figure.indicator)
    return indicator is None or indicator.nature is Nature.LEVEL


def runs(curve: Curve, cuts: Mapping[int, str]) -> list[Run]:
    """The stretches of a curve that may be drawn as joined; a point alone is in none."""
    result: list[Run] = []
    for (place, mark), (next_place, following) in pairwise(curve.points):
        adjoining = next_place == place + 1 or (next_place == place + 2 and is_january_and_february(following.figure.period))
        if not adjoining or any(place < cut <= next_place for cut in cuts):
            continue
        dashed = not (mark.firm and following.firm)
        if result and result[-1].dashed == dashed and result[-1].points[-1] == (place, mark):
            result[-1] = Run(dashed, (*result[-1].points, (next_place, following)))
        else:
            result.append(Run(dashed, ((place, mark), (next_place, following))))
    return result


def gaps(order: Order, curves: Curves) -> list[str]:
    """Notes on periods missing inside curves; curves that lack the same ones share a note."""
    lacking: dict[tuple[int, ...], list[str]] = {}
    for curve in curves.curves:
        have = {place for place, _mark in curve.points}
        bridged = {place - 1 for place, mark in curve.points if is_january_and_february(mark.figure.period)}
        missing = tuple(place for place in range(min(have), max(have)) if place not in have | bridged)
        if missing:
            lacking.setdefault(missing, []).append(curve.name)
    notes = []
    for missing, names in lacking.items():
        periods = order.listed(curves.axis.slots[place].key for place in missing)
        everyone = len(names) == len(curves.curves)
        of = "" if everyone else order.say(f"{order.listed(names)}：", f"{order.listed(names)}: ")
        notes.append(order.say(f"{of}缺{periods}的数据，折线断开。", f"{of}no figure for {periods}; the line is broken."))
    return notes


def inexact_note(order: Order, marks: Sequence[Mark], lines: bool = True) -> list[str]:
    """What the open marks stand for, where there are any."""
    if all(mark.firm for mark in marks):
        return []
    if lines:
        return [order.say("空心点、虚线为约数、界限数或预计数。", "Open points and dashes: approximate, bounded or expected figures.")]
    return [order.say("空心为约数、界限数或预计数。", "Open marks: approximate, bounded or expected figures.")]
