"""Lines over time: vintages side by side, breaks, gaps where nothing is on file, open points for figures that are not exact.

The line is cut where a period is missing and at a declared break; a stretch that touches an inexact figure is dashed. Up to six lines
are named at their ends; more are drawn in panels, or in grey behind a highlighted one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from guibiao.publish.charts.calendar import labelled
from guibiao.publish.charts.chart import Chart, Order, Spec, finished, nothing_on_file
from guibiao.publish.charts.curves import Curve, Curves, gaps, inexact_note, make_curves, runs
from guibiao.publish.charts.fan import LEGEND_ROW, Fan, band_layers, fan_in_words, fan_legend, fan_notes, fan_ticks, make_fan, median_layers
from guibiao.publish.charts.layout import Box, Label, Room, clear_block, clear_places, dodge, text_width, wrap
from guibiao.publish.charts.marks import Mark, Scale, chart_scale
from guibiao.publish.charts.naming import group, select
from guibiao.publish.charts.panels import draw_panels
from guibiao.publish.charts.plot import (
    ARROW,
    BreakLabel,
    Drawn,
    Plot,
    arrow_layers,
    axes,
    break_box,
    break_labels,
    break_layers,
    point_layer,
    run_layers,
    spread_layer,
    tick_texts,
    value_ticks,
    zero_layer,
)
from guibiao.publish.charts.theme import ACCENT, HATCH, LABEL, LINES, SHAPES, SMALL, WIDTH, Margin, canvas, rules, texts

NAMED_AT_ENDS = 6
END_LABEL = 124
"""Widest end label, pixels."""
HEIGHT = 210
LABELLED_THROUGHOUT = 14
"""Points a curve may have for all of them to ask for a label."""
ORDINARY = 4
"""Rank of a figure that is neither first, last, greatest nor least."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label asked for: its rank (0 first), place on the time axis, number of the line, and figure."""

    rank: int
    place: int
    line: int
    mark: Mark


def draw_line(order: Order) -> Chart:
    """The chart of kind `line`; without any observation a refusal with the reason."""
    selection = select(order)
    if not selection.figures:
        return nothing_on_file(order)
    groups, dropped = group(order, selection)
    scale = chart_scale(order, selection.figures)
    curves = make_curves(order, groups, scale)
    notes = [*selection.notes, *dropped, *curves.notes]
    if len(curves.curves) <= NAMED_AT_ENDS:
        return _chart(order, curves, list(curves.curves), scale, notes)
    in_front = [curve for curve in curves.curves if curve.highlighted]
    return _chart(order, curves, in_front, scale, notes) if in_front else draw_panels(order, curves, scale, notes)


def _chart(order: Order, curves: Curves, in_front: list[Curve], scale: Scale, notes: list[str]) -> Chart:
    front = _looks(in_front)
    back = [Drawn(curve, HATCH) for curve in curves.curves if curve not in in_front]
    ends = [_end_label(look.curve) for look in front] if len(curves.curves) > 1 else []
    fan = make_fan(order, curves, scale)
    plot, margin, breaks = _geometry(order, curves, ends, scale, fan)
    room = _room(plot, front, curves, margin, named=bool(ends)).without(*(break_box(label) for label in breaks))
    end_layers, room = _end_layers(plot, front, ends, room)
    layers = [
        *(band_layers(plot, fan) if fan else ()),
        *break_layers(plot, breaks),
        zero_layer(plot),
        *run_layers(plot, back, curves.cuts, width=1.0),
        *run_layers(plot, front, curves.cuts, width=2.0),
        spread_layer(plot, front),
        *arrow_layers(plot, front),
        point_layer(plot, back, order, visible=False),
        axes(plot, order, point_layer(plot, front, order), scale.heading(order), margin.left),
        *_value_labels(plot, front, room, named=bool(ends), halo=bool(back) or fan is not None),
        *end_layers,
        *(_fan_layers(order, plot, margin, front, fan, scale.heading(order)) if fan else ()),
    ]
    if back:
        names = order.listed(look.curve.name for look in back)
        notes.append(order.say(f"灰线为其余{len(back)}个：{names}。", f"Grey: the other {len(back)} ({names})."))
    if plot.ticks.low > 0:
        notes.append(order.say("纵轴不从零开始。", "The vertical axis does not start at zero."))
    notes += [*gaps(order, curves), *inexact_note(order, curves.marks), *(fan_notes(order, fan, plot) if fan else ())]
    figures = [mark.figure for mark in curves.marks]
    said = in_words(order, curves, scale) + (fan_in_words(order, fan, scale) if fan else "")
    return finished(order, canvas(plot.height, margin, layers), figures, notes, said)


def _fan_layers(order: Order, plot: Plot, margin: Margin, front: Sequence[Drawn], fan: Fan, heading: str) -> list[Spec]:
    """The median in the colour of the line it continues, and the key of the bands above everything else."""
    colour = next((look.color for look in front if look.curve.last == fan.start), HATCH)
    return [*median_layers(plot, order, fan, colour), *fan_legend(order, fan, heading, margin, margin.top - 9).layers]


def _looks(curves: Sequence[Curve]) -> list[Drawn]:
    """Colour and point shape of each line; a highlighted one is in the accent colour."""
    plain = iter(zip(LINES, SHAPES, strict=True))
    return [Drawn(curve, ACCENT, "circle") if curve.highlighted else Drawn(curve, *next(plain)) for curve in curves]


def _end_label(curve: Curve) -> list[str]:
    """Name of a line, wrapped, and its last figure."""
    return [*wrap(curve.name, LABEL, END_LABEL), curve.last[1].label]


def _geometry(
    order: Order, curves: Curves, ends: Sequence[Sequence[str]], scale: Scale, fan: Fan | None
) -> tuple[Plot, Margin, list[BreakLabel]]:
    ticks = value_ticks(curves.marks)
    ticks = fan_ticks(fan, ticks) if fan else ticks
    left = round(max(text_width(text, LABEL) for text in tick_texts(order, ticks)) + 9)
    right = round(max((text_width(line, LABEL) for lines in ends for line in lines), default=6) + 18)
    width = WIDTH - left - right
    breaks = break_labels(width, len(curves.axis.slots), curves.cuts, text_width(scale.heading(order), LABEL) - left + 8)
    bottom = 38 if any("\n" in slot.label for slot in labelled(curves.axis, width / len(curves.axis.slots))) else 24
    top = 28 + max([label.row for label in breaks], default=0) * 13 + (LEGEND_ROW if fan and breaks else 0)
    margin = Margin(left, right, top, bottom)
    return Plot(width, HEIGHT, curves.axis, ticks), margin, breaks


def _room(plot: Plot, drawn: Sequence[Drawn], curves: Curves, margin: Margin, *, named: bool) -> Room:
    """What labels keep clear of: points, arrows, lines, dashed rules, and the unit at the top left."""
    taken, lines = [Box(-margin.left, -26, 70 - margin.left, -10)], []
    for look in drawn:
        for place, mark in look.curve.points:
            px, py = plot.x(place), plot.y(mark.value)
            up, down = (ARROW + 3 if mark.open_above else 4), (ARROW + 3 if mark.open_below else 4)
            taken.append(Box(px - 4, py - up, px + 4, py + down))
        for run in runs(look.curve, curves.cuts):
            points = [(plot.x(place), plot.y(mark.value)) for place, mark in run.points]
            lines += [(*first, *second) for first, second in pairwise(points)]
    lines += [(place * plot.step - 1, 0.0, place * plot.step + 1, plot.height) for place, reason in curves.cuts.items() if reason]
    return Room(tuple(taken), tuple(lines), Box(-2, -12, plot.width + (6 if named else margin.right), plot.height - 1))


def _end_layers(plot: Plot, drawn: Sequence[Drawn], ends: Sequence[Sequence[str]], room: Room) -> tuple[list[Spec], Room]:
    """Names and last figures: beside a line that ends early if there is room, else to the right, kept apart, with a leader."""
    if not ends:
        return [], room
    line_height = LABEL * 1.25
    heights = [len(lines) * line_height + 4 for lines in ends]
    beside: dict[int, Box] = {}
    for number, (look, lines) in enumerate(zip(drawn, ends, strict=True)):
        place, mark = look.curve.last
        width = max(text_width(line, LABEL) for line in lines)
        early = plot.x(place) < plot.width - plot.step * 1.2
        box = clear_block(plot.x(place), plot.y(mark.value), width, heights[number], room) if early else None
        if box:
            beside[number], room = box, room.without(box)
    outside = [number for number in range(len(ends)) if number not in beside]
    wanted = [plot.y(drawn[number].curve.last[1].value) for number in outside]
    centres = dict(zip(outside, dodge(wanted, [heights[number] for number in outside], -16, plot.height + 10), strict=True))
    names, values, leaders = [], [], []
    for number, (look, lines) in enumerate(zip(drawn, ends, strict=True)):
        place, mark = look.curve.last
        px = beside[number].left if number in beside else plot.width + 13
        centre = (beside[number].top + beside[number].bottom) / 2 if number in beside else centres[number]
        first = centre - heights[number] / 2 + 2 + line_height / 2
        names.append({"px": round(px, 2), "py": round(first, 2), "text": "\n".join(lines[:-1]), "color": look.color})
        below = round(first + line_height * (len(lines) - 1), 2)
        values.append({"px": round(px, 2), "py": below, "text": lines[-1], "color": look.color, "href": mark.href})
        end = plot.y(mark.value)
        if number in centres and (abs(centre - end) > 6 or plot.x(place) < plot.width - plot.step):
            leaders.append({"px": plot.x(place) + 5, "py": end, "px2": plot.width + 10, "py2": centre, "color": look.color})
    return [rules(leaders, 0.6), texts(names, "left", bold=True), texts(values, "left")], room


def _value_labels(plot: Plot, drawn: Sequence[Drawn], room: Room, *, named: bool, halo: bool) -> list[Spec]:
    """Figures beside their points as far as there is room. Those between first, last and extremes: all of a line or none."""
    wanted = _wanted(plot, drawn, named=named)
    while True:
        labels = [Label(plot.x(label.place), plot.y(label.mark.value), label.mark.label) for label in wanted]
        found = clear_places(labels, SMALL, room)
        crowded = {label.line for label, place in zip(wanted, found, strict=True) if place is None and label.rank == ORDINARY}
        if not crowded:
            break
        wanted = [label for label in wanted if label.rank != ORDINARY or label.line not in crowded]
    rows: dict[str, list[Spec]] = {}
    for label, place in zip(wanted, found, strict=True):
        if place:
            px, py, align = place
            row = {"px": px, "py": py, "text": label.mark.label, "color": drawn[label.line].color, "href": label.mark.href}
            rows.setdefault(align, []).append(row)
    return [texts(placed, align, SMALL, halo=halo) for align, placed in sorted(rows.items())]


def _wanted(plot: Plot, drawn: Sequence[Drawn], *, named: bool) -> list[Wanted]:
    """Figures to label, the important ones first, each text once a period; the last ones stand at the end where lines are named."""
    ranked = []
    for line, look in enumerate(drawn):
        points = look.curve.points
        values = [mark.value for _place, mark in points]
        special = {values.index(min(values)): 3, values.index(max(values)): 2, 0: 1, len(points) - 1: 0}
        ordinary = len(points) <= LABELLED_THROUGHOUT and plot.step > 24 and len(drawn) <= 2
        for number, (place, mark) in enumerate(points):
            rank = special.get(number, ORDINARY if mark.firm else 1)
            if (rank < ORDINARY or ordinary) and not (named and number == len(points) - 1):
                ranked.append(Wanted(rank, place, line, mark))
    seen: dict[tuple[int, str], Wanted] = {}
    for label in sorted(ranked, key=lambda label: (label.rank, label.place, label.line)):
        seen.setdefault((label.place, label.mark.label), label)
    return list(seen.values())


def in_words(order: Order, curves: Curves, scale: Scale) -> str:
    """What the lines show: first, last, greatest and least figure of each, of many lines only of the first ones."""
    parts = [order.say(f"折线图：{order.title}。", f"Line chart: {order.title}.")]
    shown = curves.curves[:NAMED_AT_ENDS]
    for curve in shown:
        marks = [mark for _place, mark in curve.points]
        first, last = marks[0], marks[-1]
        text = _at(order, first, scale)
        if len(marks) > 1:
            text += order.say("，", ", ") + _at(order, last, scale)
            top, bottom = max(marks, key=lambda mark: mark.value), min(marks, key=lambda mark: mark.value)
            if top not in (first, last):
                text += order.say("，最高", ", highest ") + _at(order, top, scale)
            if bottom not in (first, last):
                text += order.say("，最低", ", lowest ") + _at(order, bottom, scale)
        parts.append(order.say(f"{curve.name}：{text}。", f"{curve.name}: {text}."))
    if len(curves.curves) > len(shown):
        more = len(curves.curves) - len(shown)
        parts.append(order.say(f"另有{more}条线。", f"{more} more lines."))
    return ("" if order.wording.chinese else " ").join(parts)


def _at(order: Order, mark: Mark, scale: Scale) -> str:
    where, said = order.wording.period(mark.figure.period), scale.with_unit(order, mark.label)
    return order.say(f"{where}{said}", f"{said} in {where}")
