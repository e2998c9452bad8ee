"""The plot of a chart over time: geometry and the layers that lines and panels are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guibiao.publish.charts.calendar import TimeAxis, labelled
from guibiao.publish.charts.chart import Order, Spec
from guibiao.publish.charts.curves import Curve, runs
from guibiao.publish.charts.layout import Box, Ticks, label_box, ticks, wrap
from guibiao.publish.charts.marks import Mark
from guibiao.publish.charts.theme import FAINT, LINKED, MUTED, PAPER, SMALL, color, pixel, rules, texts, value_axis

ARROW = 15
"""Length of the arrow on an open-ended figure, pixels."""
_ZERO_FROM = 0.55
"""A value axis starts at zero unless all values lie above this share of the greatest."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Pixels from place on the time axis and from value; (0, 0) is the top left corner of the plot."""

    width: float
    height: float
    axis: TimeAxis
    ticks: Ticks

    @property
    def step(self) -> float:
        return self.width / len(self.axis.slots)

    def x(self, place: int) -> float:
        return round((place + 0.5) * self.step, 2)

    def y(self, value: float) -> float:
        return round(self.height * (self.ticks.high - value) / (self.ticks.high - self.ticks.low), 2)

    @property
    def across(self) -> Spec:
        """Channel of the time axis: one slot a period."""
        return {"field": "slot", "type": "ordinal", "scale": {"type": "point", "padding": 0.5, "domain": self.axis.keys}}

    @property
    def upward(self) -> Spec:
        """Channel of the value axis."""
        domain = [self.ticks.low, self.ticks.high]
        return {"field": "value", "type": "quantitative", "scale": {"domain": domain, "nice": False, "zero": False}}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A curve with its look."""

    curve: Curve
    color: str
    shape: str = "circle"


def value_ticks(marks: Sequence[Mark], count: int = 5) -> Ticks:
    """Ticks that hold every value and every known bound; from zero unless the values lie far from it."""
    values = [value for mark in marks for value in (mark.value, *(mark.spread or ()))]
    low, high = min(values), max(values)
    if low >= 0 and (low < high * _ZERO_FROM or low == high):
        low = 0.0
    if high <= 0 and (high > low * _ZERO_FROM or low == high):
        high = 0.0
    return ticks(low, high, count)


def tick_texts(order: Order, axis: Ticks) -> list[str]:
    """The labels of a value axis as drawn."""
    return [order.wording.number(Decimal(repr(value)), axis.decimals) for value in axis.values]


def run_layers(plot: Plot, drawn: Sequence[Drawn], cuts: Mapping[int, str], width: float) -> list[Spec]:
    """The joined stretches: one layer of full lines, one of dashed ones."""
    layers = []
    for dashed in (False, True):
        rows = []
        for number, look in enumerate(drawn):
            for place_in_curve, run in enumerate(runs(look.curve, cuts)):
                if run.dashed == dashed:
                    rows += [
                        {"slot": plot.axis.slots[place].key, "value": mark.value, "run": f"{number}-{place_in_curve}", "color": look.color}
                        for place, mark in run.points
                    ]
        if rows:
            mark: Spec = {"type": "line", "strokeWidth": width, "strokeJoin": "round", "strokeCap": "round", "aria": False}
            if dashed:
                mark["strokeDash"] = [4, 3.5]
            encoding = {"x": plot.across, "y": plot.upward, "detail": {"field": "run", "type": "nominal"}, "stroke": color()}
            layers.append({"data": {"values": rows}, "mark": mark, "encoding": encoding})
    return layers


def point_layer(plot: Plot, drawn: Sequence[Drawn], order: Order, *, visible: bool = True) -> Spec:
    """A point for every figure, linked to its passport: filled where exact, open where not.

    In a dense curve only points that stand alone or are not exact show; the others are there to be linked.
    """
    rows = []
    for look in drawn:
        for place, mark in look.curve.points:
            shown = visible and (plot.step >= 14 or not mark.firm or len(look.curve.points) == 1)
            fill = look.color if mark.firm else PAPER
            slot = plot.axis.slots[place].key
            rows.append(mark.row(slot=slot, line=look.curve.name, color=look.color, fill=fill, shape=look.shape, shown=int(shown)))
    if not rows:
        return {}
    size = 34 if plot.step >= 16 else 18
    encoding = {
        "x": plot.across,
        "y": plot.upward,
        "stroke": color(),
        "fill": color("fill"),
        "shape": {"field": "shape", "type": "nominal", "scale": None},
        "opacity": {"field": "shown", "type": "quantitative", "scale": None},
        **LINKED,
    }
    return {"data": {"values": rows}, "mark": {"type": "point", "size": size, "strokeWidth": 1.4}, "encoding": encoding}


def axes(plot: Plot, order: Order, layer: Spec, heading: str, left: float) -> Spec:
    """The layer with both axes attached to it."""
    shown = labelled(plot.axis, plot.step)
    across: Spec = {"values": [slot.key for slot in shown], "grid": False}
    if any(slot.key != slot.label for slot in shown):
        across["labelExpr"] = "{" + ", ".join(f"{_quoted(slot.key)}: {_quoted(slot.label)}" for slot in shown) + "}[datum.value]"
    upward = value_axis(plot.ticks.values, plot.ticks.decimals, heading, left, grouped=not order.wording.chinese)
    encoding = {**layer["encoding"], "x": {**plot.across, "axis": across}, "y": {**layer["encoding"]["y"], "axis": upward}}
    return {**layer, "encoding": encoding}


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


def zero_layer(plot: Plot) -> Spec:
    """A darker line at zero where values lie on both sides of it."""
    if not plot.ticks.low < 0 < plot.ticks.high:
        return {}
    return rules([{"px": 0, "py": plot.y(0), "px2": plot.width, "py2": plot.y(0), "color": FAINT}], 1.0)


def spread_layer(plot: Plot, drawn: Sequence[Drawn]) -> Spec:
    """Bounds of figures that have two (约20, 2—3) as a bar through the point."""
    rows = []
    for look in drawn:
        for place, mark in look.curve.points:
            if mark.spread:
                low, high = mark.spread
                rows.append({"px": plot.x(place), "px2": plot.x(place), "py": plot.y(low), "py2": plot.y(high), "color": look.color})
    return rules(rows, 3.0) if rows else {}


def arrow_layers(plot: Plot, drawn: Sequence[Drawn]) -> list[Spec]:
    """An arrow towards the open side of figures of which only one bound is known (超过4000)."""
    shafts, heads = [], []
    for look in drawn:
        for place, mark in look.curve.points:
            direction = -1 if mark.open_above else 1 if mark.open_below else 0
            if direction:
                px, py = plot.x(place), plot.y(mark.value)
                tip = py + direction * ARROW
                shafts.append({"px": px, "py": py, "px2": px, "py2": tip, "color": look.color})
                heads.append({"px": px, "py": tip, "color": look.color, "shape": "triangle-up" if direction < 0 else "triangle-down"})
    return [rules(shafts, 1.4), arrow_heads(heads)]


def arrow_heads(rows: Sequence[Spec]) -> Spec:
    """Small filled triangles at pixel positions."""
    if not rows:
        return {}
    shape = {"field": "shape", "type": "nominal", "scale": None}
    mark = {"type": "point", "size": 44, "strokeWidth": 0, "opacity": 1, "aria": False}
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": {"x": pixel("px"), "y": pixel("py"), "fill": color(), "shape": shape}}


@dataclass(frozen=True, slots=True)
class BreakLabel:
    """What changed, above its dashed rule: middle of the text, row counted upwards, text."""

    place: int
    center: float
    row: int
    text: str


def break_labels(width: float, slots: int, cuts: Mapping[int, str], unit_width: float) -> list[BreakLabel]:
    """The texts of declared breaks in rows above the plot, clear of each other and of the unit at the top left."""
    taken = [Box(-200, -30, unit_width, -9)]
    labels = []
    for place, reason in sorted(cuts.items()):
        if not reason:
            continue
        text = wrap(reason, SMALL, width)[0]
        half = label_box(0, 0, text, SMALL).right + 2
        center = min(max(place * width / slots, half), width - half) if 2 * half < width else width / 2
        row = next((row for row in range(9) if not any(_text_box(center, row, text).overlaps(box) for box in taken)), 9)
        taken.append(_text_box(center, row, text))
        labels.append(BreakLabel(place, round(center, 2), row, text))
    return labels


def break_box(label: BreakLabel) -> Box:
    """The rectangle that the text of a break takes."""
    return _text_box(label.center, label.row, label.text)


def _text_box(center: float, row: int, text: str) -> Box:
    return label_box(center, _row_height(row), text, SMALL)


def _row_height(row: int) -> float:
    return -10 - 13.0 * row


def break_layers(plot: Plot, labels: Sequence[BreakLabel]) -> list[Spec]:
    """Declared breaks: a dashed rule before the first period after the change, and what changed above it."""
    lines, words = [], []
    for label in labels:
        px = round(label.place * plot.step, 2)
        lines.append({"px": px, "py": _row_height(label.row) + 7, "px2": px, "py2": plot.height, "color": MUTED})
        words.append({"px": label.center, "py": _row_height(label.row), "text": label.text, "color": MUTED})
    return [rules(lines, 1.0, (5, 3)), texts(words, size=SMALL)]
