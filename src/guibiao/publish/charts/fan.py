"""The fan of a forecast: its intervals as bands, the median dashed with open points, all of it apart from published figures.

A band that reaches beyond the axis is cut there and said to be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from guibiao.model.unit import parse_unit
from guibiao.publish.charts.chart import Order, Spec
from guibiao.publish.charts.curves import Curves
from guibiao.publish.charts.layout import Ticks, ticks
from guibiao.publish.charts.legend import Legend, key_start, legend
from guibiao.publish.charts.marks import Mark, Scale
from guibiao.publish.charts.plot import Plot
from guibiao.publish.charts.theme import FAINT, MUTED, PAPER, SMALL, WIDTH, Margin, rules, texts
from guibiao.publish.printable import printable

BANDS = ("#DDE8F4", "#BDD3E9", "#94B7DA")
"""Widest interval to narrowest; neighbours keep apart in grey."""
LEGEND_ROW = 17
DIGITS, PLACES = 3, 2
BEYOND = 1.0
"""How far the axis reaches beyond figures and inner intervals for the widest one, in their range."""


@dataclass(frozen=True, slots=True)
class Step:
    """One period ahead in the chart's unit: place on the time axis, median as number and text, bands from the widest on."""

    place: int
    value: float
    label: str
    where: str
    bands: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True)
class Fan:
    """The forecast of one curve, ready to be drawn from its last figure on."""

    start: tuple[int, Mark]
    steps: tuple[Step, ...]

    @property
    def levels(self) -> tuple[int, ...]:
        return tuple(level for level, _low, _high in self.steps[0].bands)


def make_fan(order: Order, curves: Curves, scale: Scale) -> Fan | None:
    """The fan of the curve it continues; None where no curve ends where the forecast begins."""
    forecast = order.forecast
    curve = next((each for each in curves.curves if forecast and forecast.continues(each.last[1].figure)), None)
    if forecast is None or curve is None:
        return None
    own = parse_unit(forecast.unit)
    if own.dimension != scale.unit.dimension:
        return None
    factor = 10.0 ** (own.power - scale.unit.power)
    places = {key: place for place, key in enumerate(curves.axis.keys)}
    steps = []
    for each in forecast.ahead:
        place = places.get(curves.axis.key(each.period))
        if place is None:
            return None
        value = each.value * factor
        bands = sorted(((level, low * factor, high * factor) for level, (low, high) in each.bands.items()), reverse=True)
        steps.append(Step(place, value, _rounded(order, value), order.wording.period(each.period), tuple(bands)))
    return Fan(curve.last, tuple(steps))


def _rounded(order: Order, value: float) -> str:
    """A median or bound as printed: to three digits, for more would say more than is known."""
    power = DIGITS - 1 - (math.floor(math.log10(abs(value))) if value else 0)
    return order.wording.number(Decimal(repr(round(value, power))), max(0, min(power, PLACES)))


def fan_ticks(fan: Fan, plain: Ticks) -> Ticks:
    """The value axis with room for median and inner intervals, and for the widest one up to a limit."""
    inner = [bound for step in fan.steps for _level, low, high in step.bands[1:] for bound in (low, high)]
    low, high = min([*inner, plain.low]), max([*inner, plain.high])
    room = (high - low) * BEYOND
    widest = [bound for step in fan.steps for _level, *bounds in step.bands[:1] for bound in bounds]
    return ticks(max(min([*widest, low]), low - room), min(max([*widest, high]), high + room))


def fan_legend(order: Order, fan: Fan, heading: str, margin: Margin, above: float) -> Legend:
    """The key of the bands, `above` pixels over the plot."""
    names = [f"{level}%" for level in fan.levels]
    names[0] = order.say(f"预测区间 {names[0]}", f"forecast interval {names[0]}")
    start = key_start(heading) - margin.left
    return legend(list(zip(names, BANDS, strict=False)), start, -above, WIDTH - margin.left - margin.right - start)


def band_layers(plot: Plot, fan: Fan) -> list[Spec]:
    """The intervals, the widest at the back, all from the last published figure on; and where the forecast begins."""
    layers = []
    at, mark = fan.start
    for number, level in enumerate(fan.levels):
        rows = [{"slot": plot.axis.slots[at].key, "value": mark.value, "low": mark.value}]
        for step in fan.steps:
            _level, low, high = step.bands[number]
            rows.append({"slot": plot.axis.slots[step.place].key, "value": min(high, plot.ticks.high), "low": max(low, plot.ticks.low)})
        encoding = {"x": plot.across, "y": plot.upward, "y2": {"field": "low"}}
        shape = {"type": "area", "fill": BANDS[number], "aria": False, "description": f"{level}%"}
        layers.append({"data": {"values": rows}, "mark": shape, "encoding": encoding})
    px = round((at + 1) * plot.step, 2)
    return [*layers, rules([{"px": px, "py": 0, "px2": px, "py2": plot.height, "color": FAINT}], 0.8, (2, 3))]


def median_layers(plot: Plot, order: Order, fan: Fan, colour: str) -> list[Spec]:
    """The median: dashed, with open points that say period, value and intervals; the last one labelled, and the word 预测."""
    at, mark = fan.start
    line = [{"slot": plot.axis.slots[at].key, "value": mark.value}]
    line += [{"slot": plot.axis.slots[step.place].key, "value": step.value} for step in fan.steps]
    points = [
        {"slot": plot.axis.slots[step.place].key, "value": step.value, "description": _described(order, step)} for step in fan.steps
    ]  # fmt: skip
    dashed = {"type": "line", "strokeDash": [5, 4], "strokeWidth": 1.6, "stroke": colour, "aria": False}
    said = {"field": "description", "type": "nominal"}
    encoding = {"x": plot.across, "y": plot.upward}
    last = fan.steps[-1]
    value = {"px": round(plot.x(last.place), 2), "py": round(plot.y(last.value) - 11, 2), "text": last.label, "color": colour}
    word = {"px": round((at + 1) * plot.step + 4, 2), "py": 7, "text": order.say("预测", "forecast"), "color": MUTED}
    return [
        {"data": {"values": line}, "mark": dashed, "encoding": encoding},
        {
            "data": {"values": points}, "mark": {"type": "point", "size": 26, "stroke": colour, "fill": PAPER, "strokeWidth": 1.4},
            "encoding": {**encoding, "description": said, "tooltip": said},
        },
        texts([value], "center", SMALL, halo=True),
        texts([word], "left", SMALL),
    ]  # fmt: skip


def fan_notes(order: Order, fan: Fan, plot: Plot) -> list[str]:
    """That the forecast is none of the published figures, and where a band is cut."""
    notes = [order.say("虚线与色带为预测，不是公布数。", "Dashes and bands are a forecast, no published figures.")]
    level = fan.levels[0]
    if any(low < plot.ticks.low or high > plot.ticks.high for step in fan.steps for _level, low, high in step.bands[:1]):
        notes.append(order.say(f"{level}%区间超出图幅的部分未画。", f"The {level} % interval is cut at the edge."))
    return notes


def fan_in_words(order: Order, fan: Fan, scale: Scale) -> str:
    """The forecast of the last period, for the alternative text."""
    return " " * (not order.wording.chinese) + order.say("预测：", "Forecast: ") + _described(order, fan.steps[-1], scale)


def _described(order: Order, step: Step, scale: Scale | None = None) -> str:
    bands: Sequence[str] = [
        f"{level}%{order.say('区间', ' interval')} {_rounded(order, low)}—{_rounded(order, high)}"
        for level, low, high in reversed(step.bands)
    ]
    value = scale.with_unit(order, step.label) if scale else step.label
    head = order.say(f"{step.where}预测中值 {value}", f"{step.where}, forecast median {value}")
    return printable(order.say("，", ", ").join([head, *bands]) + order.say("。", "."))
