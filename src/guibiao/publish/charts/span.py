"""Intervals: a bar from the low to the high of each figure with its value as a point; trial figures, bounds, ranks that stay open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from guibiao.model.quantity import Qualifier
from guibiao.publish.charts.chart import Chart, Order, Spec, finished, nothing_on_file, spoken
from guibiao.publish.charts.layout import Ticks, text_width, ticks, wrap
from guibiao.publish.charts.legend import ROW, key_start, legend, rows_needed
from guibiao.publish.charts.marks import Mark, Scale, chart_scale, make_mark
from guibiao.publish.charts.naming import select
from guibiao.publish.charts.plot import tick_texts
from guibiao.publish.charts.subjects import Matrix, Subject, compare, unpublished_note
from guibiao.publish.charts.theme import (
    ACCENT,
    AGES,
    BAR,
    FAINT,
    GRID,
    INK,
    LABEL,
    LINKED,
    MUTED,
    PAPER,
    PARTS,
    SMALL,
    WIDTH,
    Margin,
    canvas,
    color,
    pixel,
    rules,
    texts,
)

NAME_WIDTH = 190
THICK = 11.0
ROWS_AT_MOST = 40


@dataclass(frozen=True, slots=True)
class Row:
    """The intervals of one subject, one a column."""

    subject: Subject
    marks: tuple[Mark | None, ...]


@dataclass(frozen=True, slots=True)
class Across:
    """Pixels from value."""

    width: float
    axis: Ticks

    def x(self, value: float) -> float:
        return round(self.width * (value - self.axis.low) / (self.axis.high - self.axis.low), 2)


def draw_range(order: Order) -> Chart:
    """The chart of kind `range`: one row an area, category or figure; an open side ends at the figure, with an arrow in its label."""
    selection = select(order)
    if not selection.figures:
        return nothing_on_file(order)
    scale = chart_scale(order, selection.figures)
    matrix = compare(order, selection)
    rows, notes = _rows(order, matrix, scale)
    marks = [mark for row in rows for mark in row.marks if mark]
    spec = _spec(order, matrix, rows, scale)
    if all(mark.figure.quantity.qualifier is Qualifier.RANGE for mark in marks):
        notes.append(order.say("横条为低值至高值，不取中值。", "Bars run from low to high; no middle is taken."))
    else:
        said = "横条为低值至高值，点为数值；只有点的没有区间。"
        notes.append(order.say(said, "Bars run from low to high, points are the figures; a point alone has no interval."))
    if _across(marks, 100).axis.low != 0:
        notes.append(order.say("横轴不从零开始。", "The horizontal axis does not start at zero."))
    figures = [mark.figure for mark in marks]
    return finished(order, spec, figures, [*matrix.notes, *notes], _in_words(order, rows, scale))


def interval_text(order: Order, mark: Mark) -> str:
    """低—高（中）, or the figure alone where nothing but rounding is open."""
    if mark.low is None or mark.high is None or not _is_wide(mark):
        return mark.label
    low, high = (order.wording.number(Decimal(repr(bound)), mark.decimals) for bound in (mark.low, mark.high))
    return f"{low}{order.say('—', '–')}{high}"


def _is_wide(mark: Mark) -> bool:
    return mark.low is not None and mark.high is not None and mark.high - mark.low > 2.0 * 10.0**-mark.decimals


def _rows(order: Order, matrix: Matrix, scale: Scale) -> tuple[list[Row], list[str]]:
    rows = []
    for subject in matrix.subjects:
        marks = []
        for number, name in enumerate(matrix.columns):
            figure = matrix.cells.get((subject.key, number))
            said = order.say("，", ", ").join(part for part in (subject.name, name) if part)
            marks.append(make_mark(order, figure, scale, said) if figure else None)
        rows.append(Row(subject, tuple(marks)))
    notes = unpublished_note(order, [row.subject.name for row in rows if not any(row.marks)])
    present = [row for row in rows if any(row.marks)]
    if order.definition.order == "value":
        present.sort(key=lambda row: -max(mark.value for mark in row.marks if mark))
    if len(present) > ROWS_AT_MOST:
        left_out = [row.subject.name for row in present[ROWS_AT_MOST:]]
        said = f"只画前{ROWS_AT_MOST}个，未画{len(left_out)}个：{order.listed(left_out)}。"
        notes.append(order.say(said, f"Only the first {ROWS_AT_MOST}; not drawn: {order.listed(left_out)}."))
    return present[:ROWS_AT_MOST], notes


def _across(marks: Sequence[Mark], width: float) -> Across:
    values = [bound for mark in marks for bound in (mark.value, mark.low, mark.high) if bound is not None]
    low, high = min(values), max(values)
    if low >= 0 and low < high * 0.6:
        low = 0.0
    return Across(width, ticks(low, high if high > low else low + 1.0, 6))


def _spec(order: Order, matrix: Matrix, rows: Sequence[Row], scale: Scale) -> Spec:
    marks = [mark for row in rows for mark in row.marks if mark]
    names = [wrap(row.subject.name, LABEL, NAME_WIDTH) for row in rows]
    left = round(max(text_width(line, LABEL) for lines in names for line in lines) + 11)
    right = round(max(text_width(interval_text(order, mark), SMALL) for mark in marks) + 8)
    heading = scale.heading(order)
    keyed = len(matrix.columns) > 1
    key_left = key_start(heading)
    key_rows = rows_needed(matrix.columns, WIDTH - key_left) if keyed else 1
    margin = Margin(left, right, 22 + (key_rows - 1) * ROW + 4, 24)
    across = _across(marks, WIDTH - left - right)
    step = max(THICK * len(matrix.columns) + 10, max(len(lines) for lines in names) * LABEL * 1.25 + 4)
    height = step * len(rows)
    colors = [BAR] if not keyed else list(AGES if len(order.definition.series) == 1 else PARTS)
    unit = [{"px": -left + 1, "py": -margin.top + 11, "text": heading, "color": MUTED}] if heading else []
    entries = list(zip(matrix.columns, colors, strict=False))
    grid = [{"px": across.x(tick), "py": 0, "px2": across.x(tick), "py2": height, "color": GRID} for tick in across.axis.values]
    labels = [
        {"px": across.x(tick), "py": height + 13, "text": text, "color": INK}
        for tick, text in zip(across.axis.values, tick_texts(order, across.axis), strict=True)
    ]
    return canvas(
        round(height, 2),
        margin,
        [
            rules(grid),
            *_interval_layers(rows, across, step, colors),
            *_name_layers(rows, names, step),
            *_label_layers(order, rows, across, step),
            rules([{"px": 0, "py": height, "px2": across.width, "py2": height, "color": FAINT}], 1.0),
            texts(labels),
            texts(unit, "left"),
            *(legend(entries, key_left - left, -margin.top + 11, WIDTH - key_left).layers if keyed else ()),
        ],
    )


def _middle(row: int, column: int, columns: int, step: float) -> float:
    return round((row + 0.5) * step + (column - (columns - 1) / 2) * THICK, 2)


def _interval_layers(rows: Sequence[Row], across: Across, step: float, colors: Sequence[str]) -> list[Spec]:
    bars, points = [], []
    for number, row in enumerate(rows):
        for column, mark in enumerate(row.marks):
            if mark is None:
                continue
            colour = ACCENT if row.subject.highlighted and len(row.marks) == 1 else colors[column]
            middle = _middle(number, column, len(row.marks), step)
            if _is_wide(mark):
                low, high = across.x(mark.low or 0.0), across.x(mark.high or 0.0)
                place = {"px": low, "px2": high, "py": middle - THICK / 2 + 1.5, "py2": middle + THICK / 2 - 1.5}
                bars.append(mark.row(subject=row.subject.name, color=colour, low=mark.low, high=mark.high, **place))
            if mark.figure.quantity.qualifier is Qualifier.RANGE:
                continue
            dark = colour if colour in {ACCENT, *PARTS} else PARTS[0]
            points.append(mark.row(px=across.x(mark.value), py=middle, color=dark, fill=dark if mark.firm else PAPER))
    dot = {"type": "point", "size": 44, "strokeWidth": 1.6, "opacity": 1}
    at: Spec = {"x": pixel("px"), "y": pixel("py"), "stroke": color(), "fill": color("fill"), **LINKED}
    spread: Spec = {"x": pixel("px"), "x2": {"field": "px2"}, "y": pixel("py"), "y2": {"field": "py2"}, "fill": color(), **LINKED}
    bar = {"type": "rect", "fillOpacity": 0.6, "cornerRadius": 2}
    return [
        {"data": {"values": bars}, "mark": bar, "encoding": spread} if bars else {},
        {"data": {"values": points}, "mark": dot, "encoding": at} if points else {},
    ]


def _name_layers(rows: Sequence[Row], names: Sequence[Sequence[str]], step: float) -> list[Spec]:
    plain: list[Spec] = []
    strong: list[Spec] = []
    for number, (row, lines) in enumerate(zip(rows, names, strict=True)):
        first = (number + 0.5) * step - (len(lines) - 1) * LABEL * 1.25 / 2
        entry = {"px": -8, "py": round(first, 2), "text": "\n".join(lines), "color": ACCENT if row.subject.highlighted else INK}
        (strong if row.subject.highlighted else plain).append(entry)
    return [texts(plain, "right"), texts(strong, "right", bold=True)]


def _label_layers(order: Order, rows: Sequence[Row], across: Across, step: float) -> list[Spec]:
    found = [
        {
            "px": round(across.x(max(mark.value, mark.high or mark.value)) + 6, 2),
            "py": _middle(number, column, len(row.marks), step),
            "text": interval_text(order, mark),
            "color": INK,
            "href": mark.href,
        }
        for number, row in enumerate(rows)
        for column, mark in enumerate(row.marks)
        if mark
    ]
    return [texts(found, "left", SMALL)]


def _in_words(order: Order, rows: Sequence[Row], scale: Scale) -> str:
    parts = []
    for row in rows:
        said = [interval_text(order, mark) if mark else order.say("未公布", "not published") for mark in row.marks]
        parts.append(" ".join((row.subject.name, order.say("、", "/").join(said))))
    return spoken(order, order.say("区间图", "Range chart"), scale.heading(order), parts)
