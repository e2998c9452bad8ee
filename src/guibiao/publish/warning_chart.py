"""A warning board as a strip of lights: indicators down, periods across, each cell coloured and lettered; the composite index below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from guibiao.publish.charts.chart import Chart, Order, Spec, finished, refused, spoken
from guibiao.publish.charts.layout import text_width, wrap
from guibiao.publish.charts.legend import ROW, legend, rows_needed
from guibiao.publish.charts.theme import (
    FAINT,
    GAP,
    HATCH,
    INK,
    LABEL,
    MUTED,
    PAPER,
    SMALL,
    WIDTH,
    Margin,
    boxes,
    canvas,
    rules,
    texts,
)
from guibiao.publish.warning_listing import COMPOSITE, LIGHTS, board_rows, is_indicator

KIND: Literal["lights"] = "lights"
"""Kind of this chart: it shows a warning board, not figures."""
COLOURS: Mapping[str, str] = {"hot": "#B5341C", "warm": "#F0C04A", "normal": "#7DB36A", "cool": "#A9D2EC", "cold": "#1D5A9A"}
LETTERS: Mapping[str, tuple[str, str]] = {
    "hot": ("红", "R"), "warm": ("黄", "Y"), "normal": ("绿", "G"), "cool": ("浅", "L"), "cold": ("蓝", "B"),
}  # fmt: skip
"""A sign in every cell: colours alone do not tell lights apart for everyone, nor in print."""
_DARK = {"hot", "cold"}
PERIODS = 24
NAME_WIDTH, LAST_WIDTH = 132, 84
_CELL, _LINE, _SPACE = 20.0, 96.0, 26.0
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Strip:
    """What is drawn: periods across, names of rows, the row of each place, and the composite index by period."""

    periods: tuple[str, ...]
    names: Mapping[str, str]
    cells: Mapping[tuple[str, str], Row]
    last: Mapping[str, Row]
    score: Mapping[str, Row]

    @property
    def cell_width(self) -> float:
        return (WIDTH - NAME_WIDTH - LAST_WIDTH) / len(self.periods)

    @property
    def height(self) -> float:
        return _CELL * len(self.names)


def draw_lights(order: Order, rows: Sequence[Row]) -> Chart:
    """The chart of kind `lights`; periods in which no indicator has a light are left out at both ends."""
    strip, dropped = _strip(order, rows)
    if strip is None:
        return refused(order, order.say("工作区没有预警盘，或没有一期亮灯。", "There is no warning board, or no light in any period."))
    left, right = float(NAME_WIDTH), float(LAST_WIDTH)
    key = [(order.say(*LIGHTS[light]), colour) for light, colour in COLOURS.items()]
    key_rows = rows_needed([name for name, _colour in key], WIDTH)
    margin = Margin(left, right, 10 + key_rows * ROW + 30, 18)
    layers = [
        *_cells(order, strip),
        *_heads(strip, strip.height),
        *_names(order, strip),
        *legend(key, -left, -margin.top + 9, WIDTH, stroke=HATCH).layers,
        *_index(order, strip, strip.height + _SPACE),
    ]
    notes = [
        order.say(
            "空格没有灯：1月与2月合并公布，或缺数；灯按今天的界限回看，当时的界限见回测。",
            "Empty cells have no light: January is published with February, or there is no figure. Lights use today's limits.",
        )
    ]
    if dropped:
        notes.append(order.say(f"更早的{dropped}期未画。", f"{dropped} earlier periods are not drawn."))
    height = strip.height + _SPACE + _LINE
    return finished(order, canvas(round(height, 2), margin, layers), [], notes, _in_words(order, strip))


def _strip(order: Order, rows: Sequence[Row]) -> tuple[Strip | None, int]:
    own = board_rows(rows, order.definition)
    watched = [row for row in own if is_indicator(row)]
    lit = sorted({row["period"] for row in watched if row["score"] is not None})
    if not lit:
        return None, 0
    every = sorted({row["period"] for row in own if lit[0] <= row["period"] <= lit[-1]})
    kept = every[-(order.definition.limit or PERIODS) :]
    names = {row["series"]: order.say(row["name_zh"], row["name_en"]) for row in watched}
    cells = {(row["series"], row["period"]): row for row in watched if row["period"] in kept}
    last = {row["series"]: row for row in watched if row["latest"] and row["value"] is not None}
    score = {row["period"]: row for row in own if row["series"] == COMPOSITE and row["period"] in kept and row["value"] is not None}
    return Strip(tuple(kept), names, cells, last, score), len(every) - len(kept)


def _cells(order: Order, strip: Strip) -> list[Spec]:
    """Coloured boxes with a letter each; where there is no light, a pale box."""
    filled: list[Spec] = []
    empty: list[Spec] = []
    letters: list[Spec] = []
    wide = strip.cell_width
    for down, series in enumerate(strip.names):
        for across, period in enumerate(strip.periods):
            row = strip.cells.get((series, period))
            light = row["light"] if row is not None else "none"
            box: Spec = {
                "px": round(across * wide, 2), "px2": round((across + 1) * wide, 2),
                "py": round(down * _CELL, 2), "py2": round((down + 1) * _CELL, 2),
            }  # fmt: skip
            if light not in COLOURS:
                empty.append({**box, "color": GAP})
                continue
            filled.append({**box, "color": COLOURS[light]})
            if wide >= text_width(order.say(*LETTERS[light]), SMALL) + 2:
                colour = PAPER if light in _DARK else INK
                middle = {"px": round((across + 0.5) * wide, 2), "py": round((down + 0.5) * _CELL, 2)}
                letters.append({**middle, "text": order.say(*LETTERS[light]), "color": colour})
    return [boxes(empty), boxes(filled), texts(letters, size=SMALL)]


def _heads(strip: Strip, bottom: float) -> list[Spec]:
    """Month or quarter over every column that has room, the year over its first; a line where a year begins."""
    years, seasons, lines = [], [], []
    wide, free = strip.cell_width, -1.0
    for across, period in enumerate(strip.periods):
        year, season = period.split("-")
        if across == 0 or strip.periods[across - 1][:4] != year:
            if across * wide >= free:
                years.append({"px": round(across * wide + 1, 2), "py": -21, "text": year, "color": MUTED})
                free = across * wide + text_width(year, SMALL) + 6
            if across:
                lines.append({"px": round(across * wide, 2), "px2": round(across * wide, 2), "py": -27, "py2": bottom, "color": FAINT})
        text = season.lstrip("0") if season[0] != "Q" else season
        if wide >= text_width(text, SMALL) + 1:
            seasons.append({"px": round((across + 0.5) * wide, 2), "py": -8, "text": text, "color": INK})
    return [texts(years, "left", SMALL), texts(seasons, size=SMALL), rules(lines)]


def _names(order: Order, strip: Strip) -> list[Spec]:
    """Names on the left; on the right the last value, with its period where that is not the last one drawn."""
    left, right = [], []
    for down, (series, name) in enumerate(strip.names.items()):
        middle = round((down + 0.5) * _CELL, 2)
        lines = wrap(name, SMALL, NAME_WIDTH - 10)[:2]
        first = middle - (len(lines) - 1) * SMALL * 1.05 / 2
        left += [{"px": -7, "py": round(first + at * SMALL * 1.05, 2), "text": line, "color": INK} for at, line in enumerate(lines)]
        if series in strip.last:
            row = strip.last[series]
            old = row["period"] != strip.periods[-1]
            text = f"{row['value']:.1f}{row['unit']}" + (f" {row['period']}" if old else "")
            right.append({"px": round(WIDTH - NAME_WIDTH - LAST_WIDTH + 6, 2), "py": middle, "text": text, "color": MUTED if old else INK})
    heading = {"px": round(WIDTH - NAME_WIDTH - LAST_WIDTH + 6, 2), "py": -8, "text": order.say("最近数", "Last"), "color": MUTED}
    return [texts(left, "right", SMALL), texts([*right, heading], "left", SMALL)]


def _index(order: Order, strip: Strip, top: float) -> list[Spec]:
    """The composite index as a line between the cuts of its lights."""
    if not strip.score:
        return [
            texts([{"px": 0, "py": top + 12, "text": order.say("有灯的指标不足，没有综合指数。", "No composite."), "color": MUTED}], "left")
        ]
    cuts = [float(each) for each in next(iter(strip.score.values()))["limits"].split()]
    values = [row["value"] for row in strip.score.values()]
    low, high = min([*values, cuts[0]]) - 6, max([*values, cuts[-1]]) + 6
    wide = len(strip.periods) * strip.cell_width

    def down(value: float) -> float:
        return float(round(top + (high - value) / (high - low) * _LINE, 2))

    lines = [{"px": 0, "px2": wide, "py": down(cut), "py2": down(cut), "color": FAINT} for cut in cuts]
    cut_names = [{"px": -7, "py": down(cut), "text": f"{cut:g}", "color": MUTED} for cut in cuts]
    names = [
        {"px": wide + 20, "py": round((down(lower) + down(upper)) / 2, 2), "text": order.say(*LETTERS[light]), "color": MUTED}
        for light, lower, upper in zip(("cold", "cool", "normal", "warm", "hot"), [low, *cuts], [*cuts, high], strict=True)
    ]
    title = {"px": -7, "py": top - 10, "text": order.say("综合预警指数", "Composite index"), "color": INK}
    return [
        rules(lines, dash=(3, 3)),
        texts(cut_names, "right", SMALL),
        texts(names, "left", SMALL),
        texts([title], "right", SMALL, bold=True),
        *_line(strip, down),
    ]


def _line(strip: Strip, down: Callable[[float], float]) -> list[Spec]:
    """Points in the colour of their light joined by straight lines, dashed over periods without one, the last one with its value."""
    places = {period: (at + 0.5) * strip.cell_width for at, period in enumerate(strip.periods)}
    points = [(places[period], down(row["value"]), row) for period, row in sorted(strip.score.items())]
    joined: list[Spec] = []
    bridged: list[Spec] = []
    for (x, y, _row), (x2, y2, _after) in pairwise(points):
        piece = {"px": round(x, 2), "py": y, "px2": round(x2, 2), "py2": y2, "color": INK}
        (bridged if x2 - x > 1.5 * strip.cell_width else joined).append(piece)
    dots = [
        {
            **{side: round(at, 2) for side, at in zip(("px", "px2", "py", "py2"), (x - 3.5, x + 3.5, y - 3.5, y + 3.5), strict=True)},
            "color": COLOURS[row["light"]],
        }
        for x, y, row in points
    ]
    x, y, row = points[-1]
    falling = len(points) > 1 and points[-2][1] < y
    value = {"px": round(x, 2), "py": round(y + (12 if falling else -11), 2), "text": f"{row['value']:.1f}", "color": INK}
    return [
        rules(joined, 1.4),
        rules(bridged, 0.8, (2, 2)),
        boxes(dots, stroke=INK, radius=3.5),
        texts([value], "center", LABEL, bold=True, halo=True),
    ]


def _in_words(order: Order, strip: Strip) -> str:
    said = []
    for series, name in strip.names.items():
        lit = [(period, strip.cells[series, period]["light"]) for period in strip.periods if (series, period) in strip.cells]
        seen = [(period, light) for period, light in lit if light in COLOURS]
        if seen:
            period, light = seen[-1]
            said.append(order.say(f"{name}{period}{LIGHTS[light][0]}", f"{name} {period} {LIGHTS[light][1]}"))
    if strip.score:
        period = max(strip.score)
        said.append(
            order.say(f"综合指数{period}为{strip.score[period]['value']:.1f}", f"composite {period} {strip.score[period]['value']:.1f}")
        )
    span = f"{strip.periods[0]}—{strip.periods[-1]}"
    return spoken(order, order.say("预警灯带", "Strip of warning lights"), span, said)
