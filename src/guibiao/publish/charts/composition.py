"""Stacked bars: parts of a whole over time, or of several areas in one period, in levels or in shares."""

from __future__ import annotations

from collections.abc import Sequence

from guibiao.publish.charts.calendar import labelled, time_axis
from guibiao.publish.charts.chart import Chart, Order, Spec, finished, nothing_on_file, refused, spoken
from guibiao.publish.charts.curves import inexact_note
from guibiao.publish.charts.layout import Ticks, dodge, text_width, ticks, wrap
from guibiao.publish.charts.legend import ROW, key_start, legend, rows_needed
from guibiao.publish.charts.naming import select
from guibiao.publish.charts.plot import Plot, axes, tick_texts
from guibiao.publish.charts.stacks import Segment, Stack, Stacks, make_stacks, share_unit
from guibiao.publish.charts.theme import (
    ACCENT,
    FAINT,
    INK,
    LABEL,
    LINKED,
    MUTED,
    PAPER,
    PARTS,
    REST,
    SMALL,
    WIDTH,
    Margin,
    canvas,
    color,
    pixel,
    rules,
    texts,
)

HEIGHT = 220
NAMED_BESIDE = 6
NAME_WIDTH = 130
WIDEST = 52
BARS_AT_MOST = 40
DARK = frozenset({PARTS[0], PARTS[2], PARTS[4], PARTS[6]})
"""Fills on which labels are white."""


def draw_composition(order: Order) -> Chart:
    """The chart of kind `composition`."""
    selection = select(order)
    if not selection.figures:
        return nothing_on_file(order)
    stacks = make_stacks(order, selection)
    if not stacks.bars:
        return refused(order, order.say("各部分不全，不能画构成。", "The parts are incomplete; no composition can be drawn."), stacks.notes)
    spec, notes = _columns(order, stacks) if stacks.over_time else _bars(order, stacks)
    notes = [*stacks.notes, *notes, *inexact_note(order, stacks.marks, lines=False)]
    return finished(order, spec, [mark.figure for mark in stacks.marks], notes, _in_words(order, stacks))


def _heading(order: Order, stacks: Stacks) -> str:
    unit = share_unit(order) if stacks.shares else stacks.scale.name
    return order.say(f"单位：{unit}", f"Unit: {unit}") if unit else ""


def _ticks(stacks: Stacks) -> Ticks:
    low, high = min(0.0, *(bar.low for bar in stacks.bars)), max(0.0, *(bar.high for bar in stacks.bars))
    if stacks.shares or (stacks.scale.unit.is_ratio and low == 0 and 99 < high < 101):
        return ticks(0.0, 100.0)
    return ticks(low, high * 1.06, 6)


def _columns(order: Order, stacks: Stacks) -> tuple[Spec, list[str]]:
    axis = time_axis(order, [bar.period for bar in stacks.bars])
    value_axis = _ticks(stacks)
    left = round(max(text_width(text, LABEL) for text in tick_texts(order, value_axis)) + 9)
    beside = len(stacks.parts) <= NAMED_BESIDE
    names = [wrap(name, LABEL, NAME_WIDTH) for name in stacks.parts]
    right = round(max(text_width(line, LABEL) for lines in names for line in lines) + 14) if beside else 6
    entries = [(name, PARTS[number]) for number, name in enumerate(stacks.parts)]
    rows = 0 if beside else rows_needed(stacks.parts, WIDTH - left - right)
    width = WIDTH - left - right
    bottom = 38 if any("\n" in slot.label for slot in labelled(axis, width / len(axis.slots))) else 24
    margin = Margin(left, right, 28 + rows * ROW, bottom)
    plot = Plot(width, HEIGHT, axis, value_axis)
    last = stacks.bars[-1]
    layers = [
        axes(plot, order, _column_layer(plot, stacks), _heading(order, stacks), left),
        rules([{"px": 0, "py": plot.y(0), "px2": plot.width, "py2": plot.y(0), "color": FAINT}], 1.0),
        *_column_labels(plot, stacks),
        *(_names_beside(plot, last, names) if beside else legend(entries, 0, -22 - rows * ROW + 10, width).layers),
    ]
    if rows:
        layers[0]["encoding"]["y"]["axis"]["titleY"] -= rows * ROW
    have = {axis.key(bar.period) for bar in stacks.bars}
    missing = order.listed(slot.key for slot in axis.slots if slot.key not in have)
    notes = [order.say(f"缺{missing}的数据。", f"No figures for {missing}.")] if missing else []
    return canvas(HEIGHT, margin, layers), notes


def _thick(plot: Plot) -> float:
    return min(WIDEST, plot.step * 0.74)


def _column_layer(plot: Plot, stacks: Stacks) -> Spec:
    rows = []
    for bar in stacks.bars:
        slot = plot.axis.key(bar.period)
        rows += [_segment_row(stacks, segment, slot=slot) for segment in bar.segments]
    encoding = {
        "x": plot.across, "y": {**plot.upward, "field": "start", "stack": None}, "y2": {"field": "end"}, "fill": color("fill"),
        "stroke": color(), **LINKED,
    }  # fmt: skip
    mark = {"type": "bar", "orient": "vertical", "size": round(_thick(plot), 2), "strokeWidth": 1}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _segment_row(stacks: Stacks, segment: Segment, **place: object) -> Spec:
    colour = PARTS[segment.part]
    fill, stroke = (colour, PAPER) if segment.mark.firm else (PAPER, colour)
    share = segment.label if stacks.shares else ""
    where = {"part": stacks.parts[segment.part], "start": segment.start, "end": segment.end, "share": share}
    return segment.mark.row(**where, fill=fill, color=stroke, **place)


def _column_labels(plot: Plot, stacks: Stacks) -> list[Spec]:
    """Figures inside segments that hold them, and totals above the bars where all have room."""
    inside, totals, outlines = [], [], []
    thick = _thick(plot)
    roomy = max([text_width(bar.total_label, SMALL) for bar in stacks.bars], default=0) + 3 <= plot.step
    for bar in stacks.bars:
        px = plot.x(plot.axis.place(plot.axis.key(bar.period)))
        for segment in bar.segments:
            top, bottom = plot.y(max(segment.start, segment.end)), plot.y(min(segment.start, segment.end))
            if bottom - top >= 12 and text_width(segment.label, SMALL) <= max(thick + 1, 0):
                row = {"px": px, "py": round((top + bottom) / 2, 2), "text": segment.label}
                inside.append({**row, "color": _label_color(segment), "href": segment.mark.href})
        if bar.rest:
            top, bottom = plot.y(bar.rest[1]), plot.y(bar.rest[0])
            outlines.append({"px": px - thick / 2, "py": top, "px2": px + thick / 2, "py2": bottom, "color": REST})
        if bar.total_label and (roomy or bar is stacks.bars[-1]):
            total = {"px": px, "py": round(plot.y(bar.high) - 7, 2), "text": bar.total_label, "color": INK}
            totals.append({**total, "href": bar.total.href} if bar.total else total)
    return [_outlines(outlines), texts(inside, size=SMALL), texts(totals, size=SMALL, bold=True)]


def _outlines(rows: Sequence[Spec]) -> Spec:
    """Open boxes: what a published whole has beyond its parts."""
    if not rows:
        return {}
    mark = {"type": "rect", "fillOpacity": 0, "strokeWidth": 1, "strokeDash": [3, 2], "aria": False}
    encoding = {"x": pixel("px"), "y": pixel("py"), "x2": {"field": "px2"}, "y2": {"field": "py2"}, "stroke": color()}
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": encoding}


def _label_color(segment: Segment) -> str:
    return PAPER if segment.mark.firm and PARTS[segment.part] in DARK else INK


def _names_beside(plot: Plot, bar: Stack, names: Sequence[Sequence[str]]) -> list[Spec]:
    """Names of the parts to the right of the last bar, at the height of their segments; a swatch shows the colour."""
    height = LABEL * 1.25
    middles = {segment.part: plot.y((segment.start + segment.end) / 2) for segment in bar.segments}
    wanted = [middles.get(number, plot.y(bar.high) - 10.0 * number) for number in range(len(names))]
    centres = dodge(wanted, [len(lines) * height + 3 for lines in names], -10, plot.height + 4)
    rows, lines_to = [], []
    edge = plot.x(plot.axis.place(plot.axis.key(bar.period))) + _thick(plot) / 2
    for number, (lines, centre) in enumerate(zip(names, centres, strict=True)):
        first = centre - (len(lines) - 1) * height / 2
        rows.append({"px": plot.width + 8, "py": round(first, 2), "text": "\n".join(lines), "color": INK})
        start = {"px": round(edge + 1, 2), "py": wanted[number], "px2": plot.width + 5, "py2": centre, "color": PARTS[number]}
        lines_to += [start] if number in middles else []
    return [rules(lines_to, 1.4), texts(rows, "left")]


def _bars(order: Order, stacks: Stacks) -> tuple[Spec, list[str]]:
    bars, notes = list(stacks.bars), []
    if order.definition.order == "value":
        bars.sort(key=lambda bar: -(bar.total.value if bar.total else bar.high))
    if len(bars) > BARS_AT_MOST:
        left_out = [bar.name for bar in bars[BARS_AT_MOST:]]
        names = order.listed(left_out)
        notes.append(order.say(f"未画{len(left_out)}个：{names}。", f"{len(left_out)} not drawn: {names}."))
        bars = bars[:BARS_AT_MOST]
    left = round(max(text_width(bar.name, LABEL) for bar in bars) + 10)
    right = round(max(text_width(bar.total_label, SMALL) for bar in bars) * 1.08 + 8)
    heading = _heading(order, stacks)
    key_left = key_start(heading)
    rows = rows_needed(stacks.parts, WIDTH - key_left)
    step, thick = (26, 17) if len(bars) <= 20 else (18, 13)
    margin = Margin(left, right, 12 + rows * ROW, 6)
    width = WIDTH - left - right
    low, high = min(0.0, *(bar.low for bar in bars)), max(bar.high for bar in bars)
    entries = [(name, PARTS[number]) for number, name in enumerate(stacks.parts)]
    unit = [{"px": -left + 1, "py": -margin.top + 10, "text": heading, "color": MUTED}] if heading else []
    layers = [
        *_bar_layers(stacks, bars, width, (low, high if high > low else low + 1.0), step, thick),
        texts(unit, "left"),
        *legend(entries, key_left - left, -margin.top + 10, WIDTH - key_left).layers,
    ]
    return canvas(step * len(bars), margin, layers), notes


def _bar_layers(stacks: Stacks, bars: Sequence[Stack], width: float, domain: tuple[float, float], step: float, thick: float) -> list[Spec]:
    rows, names, inside, totals, outlines = [], [], [], [], []

    def x(value: float) -> float:
        return round(width * (value - domain[0]) / (domain[1] - domain[0]), 2)

    for number, bar in enumerate(bars):
        top, bottom = number * step + (step - thick) / 2, number * step + (step + thick) / 2
        middle = (top + bottom) / 2
        names.append({"px": -8, "py": middle, "text": bar.name, "color": ACCENT if bar.highlighted else INK})
        for segment in bar.segments:
            rows.append(_segment_row(stacks, segment, area=bar.name, top=top, bottom=bottom))
            if abs(x(segment.end) - x(segment.start)) >= text_width(segment.label, SMALL) + 3:
                label = {"px": (x(segment.start) + x(segment.end)) / 2, "py": middle, "text": segment.label}
                inside.append({**label, "color": _label_color(segment), "href": segment.mark.href})
        if bar.rest:
            outlines.append({"px": x(bar.rest[0]), "py": top, "px2": x(bar.rest[1]), "py2": bottom, "color": REST})
        if bar.total_label:
            total = {"px": x(bar.high) + 5, "py": middle, "text": bar.total_label, "color": INK}
            totals.append({**total, "href": bar.total.href} if bar.total else total)
    scale = {"domain": list(domain), "nice": False, "zero": False}
    encoding = {
        "x": {"field": "start", "type": "quantitative", "scale": scale, "axis": None}, "x2": {"field": "end"}, "y": pixel("top"),
        "y2": {"field": "bottom"}, "fill": color("fill"), "stroke": color(), **LINKED,
    }  # fmt: skip
    segments = {"data": {"values": rows}, "mark": {"type": "rect", "strokeWidth": 1}, "encoding": encoding}
    zero = rules([{"px": x(0), "py": 0, "px2": x(0), "py2": step * len(bars), "color": FAINT}], 1.0)
    return [
        segments, _outlines(outlines), zero, texts(names, "right"), texts(inside, size=SMALL),
        texts(totals, "left", SMALL, bold=True),
    ]  # fmt: skip


def _in_words(order: Order, stacks: Stacks) -> str:
    said = []
    for bar in stacks.bars:
        unit = order.say("%", "%") if stacks.shares else ""
        inner = order.wording.join([f"{stacks.parts[segment.part]} {segment.label}{unit}" for segment in bar.segments])
        total = order.say(f"，合计 {bar.total_label}", f", total {bar.total_label}") if bar.total_label else ""
        said.append(order.say(f"{bar.name}：{inner}{total}", f"{bar.name}: {inner}{total}"))
    return spoken(order, order.say("构成图", "Composition"), _heading(order, stacks), said)
