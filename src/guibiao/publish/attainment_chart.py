"""Outcomes of targets by date: one bar a day, cut by status, with the counts inside. Drawn from rows of the table `attainment`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from guibiao.publish.attainment_listing import STATUSES
from guibiao.publish.charts.chart import Chart, Order, Spec, finished, refused, spoken
from guibiao.publish.charts.layout import text_width
from guibiao.publish.charts.legend import ROW, legend, rows_needed
from guibiao.publish.charts.theme import ACCENT, INK, LABEL, LINES, PAPER, PARTS, REST, SMALL, WIDTH, Margin, boxes, canvas, texts

OUTCOME = "outcome"
"""Kind of this chart: it shows boards of targets, not figures."""
COLOURS: Mapping[str, str] = {
    "met": PARTS[0],
    "on_pace": PARTS[3],
    "behind": PARTS[1],
    "out_of_reach": LINES[1],
    "missed": ACCENT,
    "no_data": REST,
    "not_measurable": "#E5E5E5",
}
_DARK = {"met", "missed", "out_of_reach"}
_STEP, _THICK = 30, 20


def draw_outcomes(order: Order, boards: Mapping[date, Sequence[Mapping[str, Any]]]) -> Chart:
    """The chart of kind `outcome`; a day on which no document had a target yet has no bar."""
    counts = {day: Counter(str(row["status"]) for row in rows) for day, rows in boards.items() if rows}
    if not counts:
        return refused(order, order.say("工作区还没有录入目标。", "The workspace has no targets yet."))
    shown = [status for status in STATUSES if any(count[status] for count in counts.values())]
    names = {status: order.say(*STATUSES[status]) for status in shown}
    days = {day: order.wording.day(day) for day in counts}
    left = round(max(text_width(text, LABEL) for text in days.values()) + 10)
    width = WIDTH - left - 34
    rows = rows_needed(list(names.values()), WIDTH - left)
    margin = Margin(left, 34, 12 + rows * ROW, 6)
    scale = width / max(sum(count.values()) for count in counts.values())
    layers = [
        *_bars(list(counts.values()), list(days.values()), names, scale),
        *legend([(name, COLOURS[status]) for status, name in names.items()], 0, -margin.top + 10, WIDTH - left).layers,
    ]
    heading = order.say("单位：项", "Number of targets")
    said = []
    for day, count in counts.items():
        inner = order.wording.join([f"{name} {count[status]}" for status, name in names.items() if count[status]])
        said.append(order.say(f"{days[day]}：{inner}", f"{days[day]}: {inner}"))
    return finished(order, canvas(_STEP * len(counts), margin, layers), [], [], spoken(order, order.say("条形图", "Bars"), heading, said))


def _bars(counts: Sequence[Counter[str]], days: Sequence[str], names: Mapping[str, str], scale: float) -> list[Spec]:
    """Boxes, counts inside those that hold them, days on the left and totals on the right."""
    parts, inside, labels, totals = [], [], [], []
    for number, (count, day) in enumerate(zip(counts, days, strict=True)):
        middle, start = _STEP * (number + 0.5), 0.0
        for status in names:
            end = start + count[status] * scale
            box = {"px": round(start, 2), "px2": round(end, 2), "py": middle - _THICK / 2, "py2": middle + _THICK / 2}
            if count[status]:
                parts.append({**box, "color": COLOURS[status]})
            if count[status] and end - start > text_width(str(count[status]), SMALL) + 3:
                colour = PAPER if status in _DARK else INK
                inside.append({"px": round((start + end) / 2, 2), "py": middle, "text": str(count[status]), "color": colour})
            start = end
        labels.append({"px": -8, "py": middle, "text": day, "color": INK})
        totals.append({"px": round(start + 5, 2), "py": middle, "text": str(sum(count.values())), "color": INK})
    return [boxes(parts, stroke=PAPER), texts(labels, "right"), texts(inside, size=SMALL), texts(totals, "left", SMALL, bold=True)]
