"""Small multiples: many lines over time, each in a panel of its own before the grey of all the others, on one scale."""

from __future__ import annotations

from collections.abc import Sequence

from guibiao.publish.charts.chart import Chart, Order, Spec, finished, spoken
from guibiao.publish.charts.curves import Curve, Curves, gaps, inexact_note, runs
from guibiao.publish.charts.layout import text_width, wrap
from guibiao.publish.charts.marks import Scale
from guibiao.publish.charts.plot import Plot, tick_texts, value_ticks
from guibiao.publish.charts.theme import (
    FAINT,
    GRID,
    INK,
    LABEL,
    LINES,
    LINKED,
    MUTED,
    PAPER,
    SMALL,
    WIDTH,
    Margin,
    canvas,
    color,
    pixel,
    rules,
    texts,
)

ACROSS = 3
PANELS_AT_MOST = 15
PANEL_HEIGHT = 74
ROW_GAP = 46
COLUMN_GAP = 26
BEHIND = "#D4D4D4"
POINTS_BEHIND = 4000
"""Points of all grey lines together, above which they are left out of the panels."""


def draw_panels(order: Order, curves: Curves, scale: Scale, notes: list[str]) -> Chart:
    """One panel a curve; of more than `PANELS_AT_MOST` those whose last figures are greatest, in the order given."""
    shown = list(curves.curves)
    if len(shown) > PANELS_AT_MOST:
        kept = sorted(shown, key=lambda curve: -curve.last[1].value)[:PANELS_AT_MOST]
        left_out = [curve for curve in shown if curve not in kept]
        shown = [curve for curve in shown if curve in kept]
        names = order.listed(curve.name for curve in left_out)
        said = f"只画最近一期数值最大的{PANELS_AT_MOST}个，未画{len(left_out)}个：{names}。"
        notes.append(order.say(said, f"Only the {PANELS_AT_MOST} with the greatest last figures; {len(left_out)} not drawn: {names}."))
    if order.definition.order == "value":
        shown.sort(key=lambda curve: -curve.last[1].value)
    ticks = value_ticks(curves.marks, count=2)
    left = max(text_width(text, SMALL) for text in tick_texts(order, ticks)) + 8
    width = (WIDTH - left - 14 - (ACROSS - 1) * COLUMN_GAP) / ACROSS
    rows = -(-len(shown) // ACROSS)
    plot = Plot(round(width, 2), PANEL_HEIGHT, curves.axis, ticks)
    height = rows * PANEL_HEIGHT + (rows - 1) * ROW_GAP
    layers = _layers(order, plot, curves, shown, scale)
    notes += [*gaps(order, curves), *inexact_note(order, curves.marks)]
    reasons = [f"{curves.axis.slots[place].key} {text}" for place, text in curves.cuts.items() if text]
    if reasons:
        notes.append(order.say("折线断开处：", "Lines are broken at: ") + order.say("；", "; ").join(reasons) + order.say("。", "."))
    if ticks.low > 0:
        notes.append(order.say("纵轴不从零开始。", "The vertical axis does not start at zero."))
    figures = [mark.figure for curve in shown for _place, mark in curve.points]
    margin = Margin(round(left), 14, 46, 26)
    return finished(order, canvas(height, margin, layers), figures, notes, _in_words(order, shown, scale))


def _layers(order: Order, plot: Plot, curves: Curves, shown: Sequence[Curve], scale: Scale) -> list[Spec]:
    grid, back, front, points, names, values, ticks, years = [], [], [], [], [], [], [], []
    axis_ends = [curves.axis.slots[0], curves.axis.slots[-1]] if len(curves.axis.slots) > 1 else [curves.axis.slots[0]]
    for number, curve in enumerate(shown):
        dx = round(number % ACROSS * (plot.width + COLUMN_GAP), 2)
        dy = number // ACROSS * (PANEL_HEIGHT + ROW_GAP)
        for value, text in zip(plot.ticks.values, tick_texts(order, plot.ticks), strict=True):
            py = dy + plot.y(value)
            grid.append({"px": dx, "py": py, "px2": dx + plot.width, "py2": py, "color": FAINT if value == 0 else GRID})
            if number % ACROSS == 0:
                ticks.append({"px": -6, "py": py, "text": text, "color": MUTED})
        for other, behind in enumerate(curves.curves):
            if behind is not curve and len(shown) * len(curves.marks) <= POINTS_BEHIND:
                back += _paths(plot, behind, curves, dx, dy, f"{number}-{other}", BEHIND)
        front += _paths(plot, curve, curves, dx, dy, str(number), LINES[0])
        for place, mark in curve.points:
            fill = LINES[0] if mark.firm else PAPER
            shown_point = place == curve.last[0] or not mark.firm or len(curve.points) == 1
            points.append(mark.row(px=dx + plot.x(place), py=dy + plot.y(mark.value), color=LINES[0], fill=fill, shown=int(shown_point)))
        lines = wrap(curve.name, LABEL, plot.width - 50)
        name = lines[0] if len(lines) == 1 else lines[0] + "…"
        names.append({"px": dx, "py": dy - 14, "text": name, "color": INK})
        values.append({"px": dx + plot.width, "py": dy - 14, "text": curve.last[1].label, "color": LINES[0], "href": curve.last[1].href})
        for slot in axis_ends:
            place = curves.axis.place(slot.key)
            years.append({"px": dx + plot.x(place), "py": dy + PANEL_HEIGHT + 11, "text": slot.key, "color": MUTED})
    heading = scale.heading(order)
    unit = [{"px": -round(text_width("0", LABEL)), "py": -36, "text": heading, "color": MUTED}] if heading else []
    return [
        rules(grid),
        _line(back, 0.8), _line(front, 1.8), _points(points),
        texts(names, "left", bold=True), texts(values, "right", size=SMALL), texts(ticks, "right", size=SMALL),
        texts(years, size=SMALL), texts(unit, "left"),
    ]  # fmt: skip


def _paths(plot: Plot, curve: Curve, curves: Curves, dx: float, dy: float, name: str, colour: str) -> list[Spec]:
    return [
        {"px": dx + plot.x(place), "py": dy + plot.y(mark.value), "run": f"{name}-{number}", "color": colour}
        for number, run in enumerate(runs(curve, curves.cuts))
        for place, mark in run.points
    ]


def _line(rows: Sequence[Spec], width: float) -> Spec:
    if not rows:
        return {}
    encoding = {"x": pixel("px"), "y": pixel("py"), "detail": {"field": "run", "type": "nominal"}, "stroke": color()}
    return {"data": {"values": list(rows)}, "mark": {"type": "line", "strokeWidth": width, "aria": False}, "encoding": encoding}


def _points(rows: Sequence[Spec]) -> Spec:
    encoding = {
        "x": pixel("px"), "y": pixel("py"), "stroke": color(), "fill": color("fill"),
        "opacity": {"field": "shown", "type": "quantitative", "scale": None}, **LINKED,
    }  # fmt: skip
    return {"data": {"values": list(rows)}, "mark": {"type": "point", "size": 20, "strokeWidth": 1.2}, "encoding": encoding}


def _in_words(order: Order, shown: Sequence[Curve], scale: Scale) -> str:
    first, last = (order.say("、", ", ").join(f"{curve.name} {curve.points[end][1].label}" for curve in shown) for end in (0, -1))
    said = [order.say(f"各线首期：{first}", f"first: {first}"), order.say(f"各线末期：{last}", f"last: {last}")]
    return spoken(order, order.say("分格折线图", "Line chart in panels"), scale.heading(order), said)
