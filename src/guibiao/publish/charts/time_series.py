"""Lines of plain time series with the interval each value may lie in, beside points of another source.

Intervals are upright bars behind the line, so that each period shows its own; an observation of several periods is joined across them.
Points (published figures beside derived ones) are drawn without a line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from guibiao.model.series import Frequency, TimeSeries, label_of, season_of, year_of
from guibiao.publish.charts.chart import Spec
from guibiao.publish.charts.layout import Ticks, text_width, ticks
from guibiao.publish.charts.legend import ROW, key_start, legend
from guibiao.publish.charts.theme import FAINT, GRID, INK, LABEL, LINES, MUTED, PAPER, WIDTH, Margin, canvas, color, pixel, rules, texts

HEIGHT = 230
_PALE = ("#BCD0E6", "#F3CFB2", "#BFE3DE", "#E0C3D9", "#D9D9D9", "#CFE3F3")
"""The colours of `LINES`, light: bars of intervals."""
_NEAR_ZERO = 0.55
"""The value axis starts at zero unless all values lie above this share of the greatest."""


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One series to draw; `low` and `high` have its shape, or are empty. `points`: marks without a line."""

    name: str
    series: TimeSeries
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    points: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Pixels from the ordinal of a period and from a value."""

    first: int
    last: int
    width: float
    ticks: Ticks

    @property
    def step(self) -> float:
        return self.width / (self.last - self.first + 1)

    def x(self, ordinal: int) -> float:
        return round((ordinal - self.first + 0.5) * self.step, 2)

    def y(self, value: float) -> float:
        return round(HEIGHT * (self.ticks.high - value) / (self.ticks.high - self.ticks.low), 2)


def draw_time_series(lines: Sequence[SeriesLine], unit: str = "", description: str = "") -> Spec:
    """The chart of up to six series of one frequency and one unit. Values that are nan are gaps; open bounds end at the axis."""
    frequency = lines[0].series.frequency
    shown = [line for line in lines if any(not math.isnan(value) for value in line.series.values)]
    scale = _scale(shown)
    left = max(text_width(_text(value, scale), LABEL) for value in scale.values) + 9
    heading = f"({unit})" if unit else ""
    key = legend([(line.name, LINES[at]) for at, line in enumerate(shown)], key_start(heading) - left, -18, WIDTH - left - 24)
    first = min(line.series.start for line in shown)
    frame = Frame(first, max(line.series.end for line in shown), WIDTH - left - 14, scale)
    top = 28 + ROW * (key.rows - 1)
    layers = [
        *_grid(frame, frequency, left, heading),
        *(_bars(frame, line, _PALE[at]) for at, line in enumerate(shown)),
        *(_joined(frame, line, LINES[at]) for at, line in enumerate(shown) if not line.points),
        *(_dots(frame, line, LINES[at]) for at, line in enumerate(shown)),
        *key.layers,
    ]
    return {**canvas(HEIGHT, Margin(left, 14, top, 24), layers), "description": description}


def in_words(lines: Sequence[SeriesLine], title: str) -> str:
    """The alternative text: of each series its first, last, least and greatest value with their periods."""
    parts = []
    for line in lines:
        known = [(value, line.series.label(at)) for at, value in enumerate(line.series.values) if not math.isnan(value)]
        if known:
            said = [f"{label} {value:,.6g}" for value, label in (known[0], known[-1], min(known), max(known))]
            parts.append(f"{line.name}: {said[0]} … {said[1]}; min {said[2]}; max {said[3]}")
    return f"{title}. " + ". ".join(parts)


def _scale(lines: Sequence[SeriesLine]) -> Ticks:
    numbers = [value for line in lines for value in (*line.series.values, *line.low, *line.high) if math.isfinite(value)]
    low, high = min(numbers), max(numbers)
    if low >= 0 and low < high * _NEAR_ZERO:
        low = 0.0
    return ticks(low, high)


def _text(value: float, scale: Ticks) -> str:
    return f"{value:,.{scale.decimals}f}"


def _grid(frame: Frame, frequency: Frequency, left: float, heading: str) -> list[Spec]:
    """Lines and numbers of the value axis, a tick at each new year with the years below, the unit at the top left."""
    across = [
        {"px": 0, "py": frame.y(value), "px2": frame.width, "py2": frame.y(value), "color": FAINT if value == 0 else GRID}
        for value in frame.ticks.values
    ]
    numbers = [{"px": -6, "py": frame.y(value), "text": _text(value, frame.ticks), "color": INK} for value in frame.ticks.values]
    opening = [at for at in range(frame.first, frame.last + 1) if season_of(frequency, at) == 1 or at == frame.first]
    starts = [round((at - frame.first) * frame.step, 2) for at in opening]
    marks = [{"px": px, "py": HEIGHT, "px2": px, "py2": HEIGHT + 4, "color": FAINT} for px in starts]
    years, free = [], -math.inf
    for at, px in zip(opening, starts, strict=True):
        name = str(year_of(frequency, at))
        end = px + (frame.step * frequency.per_year if frequency is not Frequency.DAY else 365 * frame.step)
        middle = (px + min(end, frame.width)) / 2
        if middle - text_width(name, LABEL) / 2 > free + 6:
            years.append({"px": round(middle, 2), "py": HEIGHT + 14, "text": name, "color": INK})
            free = middle + text_width(name, LABEL) / 2
    title = [{"px": -left + 1, "py": -18, "text": heading, "color": MUTED}] if heading else []
    return [rules(across), texts(numbers, "right"), rules(marks), texts(years), texts(title, "left")]


def _bars(frame: Frame, line: SeriesLine, colour: str) -> Spec:
    if not (line.low and line.high):
        return {}
    rows = []
    for at, value in enumerate(line.series.values):
        if not math.isnan(value) and not math.isnan(line.low[at]) and line.low[at] < line.high[at]:
            low, high = max(line.low[at], frame.ticks.low), min(line.high[at], frame.ticks.high)
            px = frame.x(line.series.ordinal(at))
            rows.append({"px": px, "py": frame.y(low), "px2": px, "py2": frame.y(high), "color": colour})
    return rules(rows, max(1.0, min(frame.step * 0.72, 14.0)))


def _joined(frame: Frame, line: SeriesLine, colour: str) -> Spec:
    """Runs without gap; a position covered by a span is none."""
    covered, rows, run = line.series.covered, [], 0
    for at, value in enumerate(line.series.values):
        if math.isnan(value):
            run += at not in covered
            continue
        rows.append({"px": frame.x(line.series.ordinal(at)), "py": frame.y(value), "run": run, "color": colour})
    mark = {"type": "line", "strokeWidth": 1.7, "strokeJoin": "round", "aria": False}
    encoding = {"x": pixel("px"), "y": pixel("py"), "detail": {"field": "run", "type": "nominal"}, "stroke": color()}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _dots(frame: Frame, line: SeriesLine, colour: str) -> Spec:
    """A point for every value where there is room, or where nothing else shows it; each says its period and value."""
    small = not line.points and frame.step < 9
    rows = [
        {
            "px": frame.x(line.series.ordinal(at)), "py": frame.y(value), "color": colour, "fill": PAPER if line.points else colour,
            "description": f"{label_of(line.series.frequency, line.series.ordinal(at))} {line.name}: {value:,.6g}",
        }
        for at, value in enumerate(line.series.values)
        if not math.isnan(value)
    ]  # fmt: skip
    mark = {"type": "point", "size": 14 if frame.step < 14 else 26, "strokeWidth": 1.3, "opacity": 0 if small else 1}
    encoding = {
        "x": pixel("px"), "y": pixel("py"), "stroke": color(), "fill": color("fill"),
        "description": {"field": "description", "type": "nominal"}, "tooltip": {"field": "description", "type": "nominal"},
    }  # fmt: skip
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}
