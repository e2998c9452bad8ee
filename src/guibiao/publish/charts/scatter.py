"""Two measures of the same areas: one across, one up, a point an area; the city's own in the accent colour."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guibiao.model.unit import parse_unit
from guibiao.publish.charts.chart import Chart, Order, Spec, finished, nothing_on_file, refused, spoken
from guibiao.publish.charts.layout import Box, Label, Room, Ticks, clear_places, text_width, ticks
from guibiao.publish.charts.marks import Mark, Scale, make_mark
from guibiao.publish.charts.naming import Selection, indicator_name, select, series_label
from guibiao.publish.charts.plot import tick_texts
from guibiao.publish.charts.subjects import latest_period
from guibiao.publish.charts.theme import (
    ACCENT,
    FAINT,
    GRID,
    INK,
    LABEL,
    LINES,
    LINKED,
    MUTED,
    SMALL,
    WIDTH,
    Margin,
    canvas,
    color,
    pixel,
    rules,
    texts,
)

HEIGHT = 300
LOGARITHMIC_FROM = 20.0
"""Ratio of the greatest to the least value from which an axis is logarithmic."""


@dataclass(frozen=True, slots=True)
class Point:
    """One area with both of its figures."""

    name: str
    across: Mark
    up: Mark
    highlighted: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis; `logarithmic` where the greatest value is far above the least."""

    ticks: Ticks
    logarithmic: bool = False

    def part(self, value: float) -> float:
        """How far along the axis a value lies, 0 to 1."""
        low, high = self.ticks.low, self.ticks.high
        if self.logarithmic:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low)


@dataclass(frozen=True, slots=True)
class Field:
    """Pixels from the two values."""

    width: float
    across: Axis
    up: Axis

    def place(self, point: Point) -> tuple[float, float]:
        return self.x(point.across.value), self.y(point.up.value)

    def x(self, value: float) -> float:
        return round(self.width * self.across.part(value), 2)

    def y(self, value: float) -> float:
        return round(HEIGHT * (1 - self.up.part(value)), 2)


def draw_scatter(order: Order) -> Chart:
    """The chart of kind `scatter`: areas that have both figures, each in its latest well covered period."""
    selection = select(order)
    if not selection.figures:
        return nothing_on_file(order)
    if len(selection.series) != 2:
        return refused(order, order.say("散点图要正好两个系列，一横一纵。", "A scatter chart has two series, one across and one up."))
    if not all(figures for _series, figures in selection.series):
        return nothing_on_file(order)
    points, scales, notes = _points(order, selection)
    if not points:
        return nothing_on_file(order)
    names = [_title(order, selection, place, scales[place]) for place in (0, 1)]
    spec = _spec(order, points, names)
    notes = [*selection.notes, *notes, *_scale_notes(order, points)]
    figures = [mark.figure for point in points for mark in (point.across, point.up)]
    return finished(order, spec, figures, notes, _in_words(order, points, names))


def _points(order: Order, selection: Selection) -> tuple[list[Point], list[Scale], list[str]]:
    chosen, scales, periods = [], [], []
    for series, figures in selection.series:
        period = latest_period(figures)
        known = sorted(figures, key=lambda figure: (figure.known_from, figure.id))
        chosen.append({figure.area: figure for figure in known if figure.period == period})
        scales.append(Scale(*order.wording.display_unit(parse_unit(series.unit) if series.unit else figures[0].quantity.unit)))
        periods.append(order.wording.period(period))
    both = [code for code in chosen[0] if code in chosen[1]]
    points = [
        Point(
            order.area_name(code),
            make_mark(order, chosen[0][code], scales[0], order.area_name(code)),
            make_mark(order, chosen[1][code], scales[1], order.area_name(code)),
            code == order.definition.highlight,
        )
        for code in both
    ]
    alone = [order.area_name(code) for code in sorted(set(chosen[0]) ^ set(chosen[1]))]
    notes = []
    if len(set(periods)) > 1:
        notes.append(order.say(f"横轴为{periods[0]}，纵轴为{periods[1]}。", f"Across: {periods[0]}; up: {periods[1]}."))
    if alone:
        notes.append(
            order.say(f"只有一项数据、未画：{order.listed(alone)}。", f"With one of the two figures, not drawn: {order.listed(alone)}.")
        )
    return points, scales, notes


def _scale_notes(order: Order, points: Sequence[Point]) -> list[str]:
    axes = (_axis([point.across.value for point in points]), _axis([point.up.value for point in points]))
    names = [order.say(*words) for axis, words in zip(axes, (("横轴", "across"), ("纵轴", "up")), strict=True) if axis.logarithmic]
    return [order.say(f"{'、'.join(names)}为对数刻度。", f"Logarithmic scale: {', '.join(names)}.")] if names else []


def _title(order: Order, selection: Selection, place: int, scale: Scale) -> str:
    series = selection.series[place][0]
    name = series_label(order, series) or indicator_name(order, series.indicator)
    return name + (order.say(f"（{scale.name}）", f" ({scale.name})") if scale.name else "")


def _axis(values: Sequence[float]) -> Axis:
    low, high = min(values), max(values)
    if low > 0 and high / low >= LOGARITHMIC_FROM:
        return Axis(_decades(low, high), logarithmic=True)
    if low >= 0 and low < high * 0.6:
        low = 0.0
    return Axis(ticks(low, high if high > low else low + 1.0, 6))


def _decades(low: float, high: float) -> Ticks:
    """Ticks at 1, 2 and 5 times powers of ten, over more than two decades at the powers and ends alone, enclosing all values."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = [step * 10.0**power for power in range(first, last + 1) for step in (1.0, 2.0, 5.0)]
    begin = max(number for number, value in enumerate(every) if value <= low)
    end = min(number for number, value in enumerate(every) if value >= high)
    kept = every[begin : end + 1]
    if kept[-1] / kept[0] > 100:
        kept = [value for value in kept if value in {kept[0], kept[-1]} or math.log10(value).is_integer()]
    return Ticks(tuple(round(value, 12) for value in kept), max(0, -first))


def _spec(order: Order, points: Sequence[Point], names: Sequence[str]) -> Spec:
    across, up = _axis([point.across.value for point in points]), _axis([point.up.value for point in points])
    left = round(max(text_width(text, LABEL) for text in tick_texts(order, up.ticks)) + 10)
    right = round(max(14.0, text_width(tick_texts(order, across.ticks)[-1], LABEL) / 2 + 2))
    field = Field(WIDTH - left - right, across, up)
    margin = Margin(left, right, 28, 40)
    unit = [{"px": -left + 1, "py": -15, "text": names[1], "color": MUTED}]
    title = [{"px": field.width, "py": HEIGHT + 32, "text": names[0], "color": MUTED}]
    return canvas(
        HEIGHT,
        margin,
        [*_axis_layers(order, field), _mark_layer(points, field), *_name_layers(points, field), texts(unit, "left"), texts(title, "right")],
    )


def _axis_layers(order: Order, field: Field) -> list[Spec]:
    grid = [{"px": 0, "py": field.y(tick), "px2": field.width, "py2": field.y(tick), "color": GRID} for tick in field.up.ticks.values]
    grid += [{"px": field.x(tick), "py": 0, "px2": field.x(tick), "py2": HEIGHT, "color": GRID} for tick in field.across.ticks.values]
    edge = [{"px": 0, "py": HEIGHT, "px2": field.width, "py2": HEIGHT, "color": FAINT}]
    below = [
        {"px": field.x(tick), "py": HEIGHT + 13, "text": text, "color": INK}
        for tick, text in zip(field.across.ticks.values, tick_texts(order, field.across.ticks), strict=True)
    ]
    beside = [
        {"px": -6, "py": field.y(tick), "text": text, "color": INK}
        for tick, text in zip(field.up.ticks.values, tick_texts(order, field.up.ticks), strict=True)
    ]
    return [rules(grid), rules(edge, 1.0), texts(below), texts(beside, "right")]


def _mark_layer(points: Sequence[Point], field: Field) -> Spec:
    """A point links to the passport of the figure it stands up for; both figures are in its words."""
    rows = []
    for point in points:
        px, py = field.place(point)
        both: Mapping[str, object] = {"description": f"{point.across.description}; {point.up.description}", "across": point.across.value}
        colour = ACCENT if point.highlighted else LINES[0]
        rows.append({**point.up.row(area=point.name, px=px, py=py, color=colour), **both})
    mark = {"type": "point", "size": 46, "filled": True, "opacity": 0.85, "shape": "circle"}
    return {"data": {"values": rows}, "mark": mark, "encoding": {"x": pixel("px"), "y": pixel("py"), "fill": color(), **LINKED}}


def _name_layers(points: Sequence[Point], field: Field) -> list[Spec]:
    """Names where they have room: the own area first, then those farthest from the middle."""
    taken = tuple(Box(px - 4, py - 4, px + 4, py + 4) for px, py in (field.place(point) for point in points))
    room = Room(taken, (), Box(0, -6, field.width + 12, HEIGHT))
    ordered = sorted(points, key=lambda point: (not point.highlighted, -_far(point, points)))
    places = clear_places([Label(*field.place(point), point.name) for point in ordered], SMALL, room)
    rows: dict[tuple[str, bool], list[Spec]] = {}
    for point, place in zip(ordered, places, strict=True):
        if place:
            px, py, align = place
            text = {"px": px, "py": py, "text": point.name, "color": ACCENT if point.highlighted else INK}
            rows.setdefault((align, point.highlighted), []).append(text)
    return [texts(placed, align, SMALL, bold=bold, halo=True) for (align, bold), placed in sorted(rows.items())]


def _far(point: Point, points: Sequence[Point]) -> float:
    """Distance from the mean of all points, each axis by its spread."""
    total = 0.0
    for value, values in (
        (point.across.value, [each.across.value for each in points]),
        (point.up.value, [each.up.value for each in points]),
    ):
        spread = (max(values) - min(values)) or 1.0
        total += ((value - sum(values) / len(values)) / spread) ** 2
    return total


def _in_words(order: Order, points: Sequence[Point], names: Sequence[str]) -> str:
    listed = [f"{point.name} {point.across.label}, {point.up.label}" for point in points]
    heading = order.say(f"横轴{names[0]}，纵轴{names[1]}", f"across {names[0]}, up {names[1]}")
    return spoken(order, order.say("散点图", "Scatter chart"), heading, listed)
