"""Columns from zero over time: one figure a period, or a few side by side; a period without a figure stays empty and says so."""

from __future__ import annotations

from collections.abc import Sequence

from guibiao.publish.charts.calendar import labelled
from guibiao.publish.charts.chart import Chart, Order, Spec, finished, spoken
from guibiao.publish.charts.curves import Curves, inexact_note, make_curves
from guibiao.publish.charts.layout import Ticks, text_width, ticks
from guibiao.publish.charts.legend import ROW, key_start, legend, rows_needed
from guibiao.publish.charts.marks import Mark, Scale, chart_scale
from guibiao.publish.charts.naming import Selection, group
from guibiao.publish.charts.plot import Plot, arrow_heads, axes, break_labels, break_layers, tick_texts
from guibiao.publish.charts.subjects import COLUMNS_AT_MOST
from guibiao.publish.charts.theme import (
    ACCENT,
    BAR,
    FAINT,
    INK,
    LABEL,
    LINKED,
    PAPER,
    PARTS,
    SMALL,
    WIDTH,
    Margin,
    canvas,
    color,
    rules,
    texts,
)

HEIGHT = 190
ARROW = 12
WIDEST = 40


def draw_columns(order: Order, selection: Selection) -> Chart:
    """The chart of kind `bar` where only the period differs."""
    groups, dropped = group(order, selection)
    scale = chart_scale(order, selection.figures)
    notes = [*selection.notes, *dropped]
    if len(groups) > COLUMNS_AT_MOST:
        left_out = [member.name for member in groups[COLUMNS_AT_MOST:]]
        notes.append(
            order.say(
                f"只画前{COLUMNS_AT_MOST}列，未画{len(left_out)}列：{order.listed(left_out)}。",
                f"{len(left_out)} more series are not drawn: {order.listed(left_out)}.",
            )
        )
    curves = make_curves(order, groups[:COLUMNS_AT_MOST], scale)
    plot, margin = _geometry(order, curves, scale)
    colors = [BAR] if len(curves.curves) == 1 else [PARTS[0], PARTS[1], PARTS[2]]
    colors = [
        ACCENT if curve.highlighted and len(curves.curves) > 1 else colour for curve, colour in zip(curves.curves, colors, strict=False)
    ]
    breaks = break_labels(plot.width, len(curves.axis.slots), curves.cuts, text_width(scale.heading(order), LABEL) - margin.left + 8)
    key_left = key_start(scale.heading(order)) - margin.left
    key = [(curve.name, colour) for curve, colour in zip(curves.curves, colors, strict=True)]
    first, *others = _bars(plot, curves, colors)
    layers = [
        *break_layers(plot, breaks),
        axes(plot, order, first, scale.heading(order), margin.left),
        *others,
        _heads(plot, curves, colors),
        rules([{"px": 0, "py": plot.y(0), "px2": plot.width, "py2": plot.y(0), "color": FAINT}], 1.0),
        *_labels(order, plot, curves),
        *(legend(key, key_left, 11 - margin.top, plot.width - key_left).layers if len(key) > 1 else ()),
    ]
    notes += [*curves.notes, *_missing(order, curves), *inexact_note(order, curves.marks, lines=False)]
    spec = canvas(plot.height, margin, layers)
    return finished(order, spec, [mark.figure for mark in curves.marks], notes, _in_words(order, curves, scale))


def _geometry(order: Order, curves: Curves, scale: Scale) -> tuple[Plot, Margin]:
    axis = _ticks(curves.marks)
    left = round(max(text_width(text, LABEL) for text in tick_texts(order, axis)) + 9)
    width = WIDTH - left - 8
    names = [curve.name for curve in curves.curves]
    rows = rows_needed(names, width + left - key_start(scale.heading(order))) if len(names) > 1 else 0
    breaks = break_labels(width, len(curves.axis.slots), curves.cuts, text_width(scale.heading(order), LABEL) - left + 8)
    bottom = 38 if any("\n" in slot.label for slot in labelled(curves.axis, width / len(curves.axis.slots))) else 24
    top = 28 + max(max([label.row for label in breaks], default=0) * 13, (rows - 1) * ROW)
    return Plot(width, HEIGHT, curves.axis, axis), Margin(left, 8, top, bottom)


def _ticks(marks: Sequence[Mark]) -> Ticks:
    values = [0.0, *(value for mark in marks for value in (mark.value, *(mark.spread or ())))]
    return ticks(min(values) * 1.06, max(values) * 1.06, 6)


def _bars(plot: Plot, curves: Curves, colors: Sequence[str]) -> list[Spec]:
    """One layer a series; an inexact figure is an open bar, filled up to its lower bound where it has two."""
    layers = []
    count = len(curves.curves)
    thick = _thick(plot, count)
    for number, curve in enumerate(curves.curves):
        rows = []
        for place, mark in curve.points:
            whole = mark.row(slot=curves.axis.slots[place].key, line=curve.name, base=0, end=mark.value, color=colors[number])
            if mark.firm:
                rows.append({**whole, "fill": colors[number]})
                continue
            rows.append({**whole, "end": mark.spread[1] if mark.spread else mark.value, "fill": PAPER})
            if mark.spread:
                rows.append({**whole, "end": mark.spread[0], "fill": colors[number]})
        encoding = {
            "x": plot.across, "y": {**plot.upward, "field": "end", "stack": None}, "y2": {"field": "base"}, "fill": color("fill"),
            "stroke": color(), **LINKED,
        }  # fmt: skip
        offset = round((number - (count - 1) / 2) * thick, 2)
        bar = {
            "type": "bar",
            "orient": "vertical",
            "size": round(thick - (1.5 if count > 1 else 0), 2),
            "xOffset": offset,
            "strokeWidth": 1,
        }
        layers.append({"data": {"values": rows}, "mark": bar, "encoding": encoding})
    return layers


def _thick(plot: Plot, count: int) -> float:
    return min(WIDEST, plot.step * 0.72 / count)


def _x(plot: Plot, place: int, number: int, count: int) -> float:
    """Middle of a column."""
    return round(plot.x(place) + (number - (count - 1) / 2) * _thick(plot, count), 2)


def _heads(plot: Plot, curves: Curves, colors: Sequence[str]) -> Spec:
    """Arrow heads on columns of which one bound is known."""
    rows = []
    for number, curve in enumerate(curves.curves):
        for place, mark in curve.points:
            if mark.open_above or mark.open_below:
                side = -1 if mark.open_above == (mark.value >= 0) else 1
                shape = "triangle-up" if side < 0 else "triangle-down"
                px = _x(plot, place, number, len(curves.curves))
                rows.append({"px": px, "py": round(plot.y(mark.value) + side * ARROW / 2, 2), "color": colors[number], "shape": shape})
    return arrow_heads(rows)


def _labels(order: Order, plot: Plot, curves: Curves) -> list[Spec]:
    """Figures over their columns where all have room, else of the last and the greatest; 缺 at an empty place."""
    count = len(curves.curves)
    room = plot.step if count == 1 else _thick(plot, count) + 2
    widest = max(text_width(mark.label, SMALL) for mark in curves.marks)
    rows = []
    for number, curve in enumerate(curves.curves):
        greatest = max(mark.value for _place, mark in curve.points)
        for place, mark in curve.points:
            important = place == curve.last[0] or mark.value == greatest or not mark.firm
            if widest + 2 > room and not (important and count == 1):
                continue
            away = -7 if mark.value >= 0 else 8
            away += (-ARROW if away < 0 else ARROW) if mark.open_above or mark.open_below else 0
            reach = mark.spread[1] if mark.spread else mark.value
            py = round(plot.y(reach) + away, 2)
            rows.append({"px": _x(plot, place, number, count), "py": py, "text": mark.label, "color": INK, "href": mark.href})
    empty = [{"px": plot.x(place), "py": plot.y(0) - 8, "text": order.say("缺", "n/a"), "color": FAINT} for place in _empty(curves)]
    return [texts(rows, size=SMALL), texts(empty, size=SMALL)]


def _empty(curves: Curves) -> list[int]:
    """Places where no series has a figure."""
    have = {place for curve in curves.curves for place, _mark in curve.points}
    return [place for place in range(len(curves.axis.slots)) if place not in have]


def _missing(order: Order, curves: Curves) -> list[str]:
    names = order.listed(curves.axis.slots[place].key for place in _empty(curves))
    return [order.say(f"缺{names}的数据。", f"No figure for {names}.")] if names else []


def _in_words(order: Order, curves: Curves, scale: Scale) -> str:
    parts = []
    for curve in curves.curves:
        said = [f"{order.wording.period(mark.figure.period)} {mark.label}" for _place, mark in curve.points]
        parts.append(order.say(f"{curve.name}：", f"{curve.name}: ") + order.say("，", ", ").join(said))
    return spoken(order, order.say("柱形图", "Column chart"), scale.heading(order), parts)
