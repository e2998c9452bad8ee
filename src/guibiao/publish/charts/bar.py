"""Bars from zero: areas or categories side by side, ranked or as given, or figures over time as columns.

Ranks are competition ranks of the figures as printed: equal ones share a rank (1, 2, 2, 4). A figure that is not exact has an open bar,
and a rank that it leaves open is a range; a figure that is not on file has an empty place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guibiao.publish.charts.chart import Chart, Order, Spec, finished, nothing_on_file, spoken
from guibiao.publish.charts.column import draw_columns
from guibiao.publish.charts.curves import inexact_note
from guibiao.publish.charts.layout import text_width, wrap
from guibiao.publish.charts.legend import ROW, key_start, legend, rows_needed
from guibiao.publish.charts.marks import Mark, Scale, chart_scale, make_mark
from guibiao.publish.charts.naming import Selection, select, spreads
from guibiao.publish.charts.plot import arrow_heads
from guibiao.publish.charts.subjects import Key, Matrix, Subject, compare, unpublished_note
from guibiao.publish.charts.theme import (
    ACCENT,
    AGES,
    BAR,
    FAINT,
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

BARS_AT_MOST = 40
EMPTY_AT_MOST = 8
"""Empty places drawn; more are only noted."""
NAME_WIDTH = 168
ARROW = 11
RANGE = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """The bars of one subject, one a column; `rank` as printed."""

    subject: Subject
    marks: tuple[Mark | None, ...]
    rank: str = ""

    @property
    def leading(self) -> Mark | None:
        """The figure rows are ordered and ranked by: that of the first column."""
        return self.marks[0]


@dataclass(frozen=True, slots=True)
class Across:
    """Pixels from value, zero included; bars' labels fit into the width."""

    width: float
    low: float
    high: float

    def x(self, value: float) -> float:
        return round(self.width * (value - self.low) / (self.high - self.low), 2)


def draw_bar(order: Order) -> Chart:
    """The chart of kind `bar`: horizontal bars, or columns where only the period differs."""
    selection = select(order)
    if not selection.figures:
        return nothing_on_file(order)
    if len({figure.period for figure in selection.figures}) > 1 and not any(spreads(series) for series, _figures in selection.series):
        return draw_columns(order, selection)
    return _horizontal(order, selection)


def _horizontal(order: Order, selection: Selection) -> Chart:
    scale = chart_scale(order, selection.figures)
    matrix = compare(order, selection)
    rows, notes = _rows(order, matrix, scale)
    marks = [mark for row in rows for mark in row.marks if mark]
    names = [wrap(row.subject.name, LABEL, NAME_WIDTH) for row in rows]
    ranks = max((text_width(row.rank, LABEL) for row in rows), default=0)
    left = round(max(text_width(line, LABEL) for lines in names for line in lines) + 11 + (ranks + 10 if ranks else 0))
    keyed = len(matrix.columns) > 1
    heading = scale.heading(order)
    key_left = key_start(heading)
    key_rows = rows_needed(matrix.columns, WIDTH - key_left) if keyed else 1
    margin = Margin(left, 4, 22 + key_rows * ROW - ROW + 4, 6)
    across = _across(WIDTH - left - 4, marks)
    step, thick = _thickness(len(rows), len(matrix.columns), names)
    unit = [{"px": -left + 1, "py": -margin.top + 11, "text": heading, "color": MUTED}] if heading else []
    colors = [BAR] if not keyed else list(AGES if len(selection.series) == 1 else PARTS)
    entries = list(zip(matrix.columns, colors, strict=False))
    layers = [
        *_bar_layers(rows, across, step, thick, colors),
        rules([{"px": across.x(0), "py": 0, "px2": across.x(0), "py2": step * len(rows), "color": FAINT}], 1.0),
        *_name_layers(order, rows, names, step, ranks - left, across),
        *_label_layers(rows, across, step, thick),
        texts(unit, "left"),
        *(legend(entries, key_left - left, -margin.top + 11, WIDTH - key_left).layers if keyed else ()),
    ]
    spec = canvas(step * len(rows), margin, layers)
    return finished(order, spec, [mark.figure for mark in marks], [*matrix.notes, *notes], _in_words(order, matrix, rows, scale))


def _rows(order: Order, matrix: Matrix, scale: Scale) -> tuple[list[Row], list[str]]:
    """Rows in drawing order, ranked if the definition orders by value; what is not drawn is noted."""
    names = matrix.columns
    rows = []
    for subject in matrix.subjects:
        figures = [matrix.cells.get((subject.key, number)) for number in range(len(names))]
        said = [order.say("，", ", ").join(part for part in (subject.name, name) if part) for name in names]
        marks = (make_mark(order, figure, scale, name) if figure else None for figure, name in zip(figures, said, strict=True))
        rows.append(Row(subject, tuple(marks)))
    present = [row for row in rows if any(row.marks)]
    missing = [row for row in rows if not any(row.marks)]
    notes = unpublished_note(order, [row.subject.name for row in missing])
    partly = [row.subject.name for row in present if not all(row.marks)]
    if partly:
        notes.append(order.say(f"部分数据未公布：{order.listed(partly)}。", f"Partly not published: {order.listed(partly)}."))
    most = min(BARS_AT_MOST, order.definition.limit or BARS_AT_MOST)
    if len(present) > most:
        kept = sorted(present, key=_by_value)[:most]
        left_out = [row.subject.name for row in present if row not in kept]
        notes.append(
            order.say(
                f"只画数值最大的{most}个，未画{len(left_out)}个：{order.listed(left_out)}。",
                f"Only the {most} greatest; {len(left_out)} not drawn: {order.listed(left_out)}.",
            )
        )
        ranked = _ranks(order, present)
        present = [row for row in present if row in kept]
    else:
        ranked = _ranks(order, present)
    shown_missing = missing if len(missing) <= EMPTY_AT_MOST else []
    if order.definition.order == "value":
        if any(RANGE in rank for rank in ranked.values()):
            notes.append(order.say("有约数或界限数，位次写作可能的范围。", "With figures that are not exact, ranks are given as ranges."))
        drawn = [Row(row.subject, row.marks, ranked.get(row.subject.key, "")) for row in sorted(present, key=_by_value)] + shown_missing
    else:
        drawn = [row for row in rows if row in present or row in shown_missing]
    return drawn, [*notes, *inexact_note(order, [mark for row in drawn for mark in row.marks if mark], lines=False)]


def _by_value(row: Row) -> tuple[bool, float]:
    return row.leading is None, -row.leading.value if row.leading else 0.0


def _ranks(order: Order, rows: Sequence[Row]) -> Mapping[Key, str]:
    """Competition ranks by printed figure, 并列 before a shared one; a range (1—3) where bounds leave the rank open."""
    bounds = {row.subject.key: _bounds(row.leading) for row in rows if row.leading}
    ranks = {}
    for key, (low, high) in bounds.items():
        others = [other for name, other in bounds.items() if name != key]
        best = 1 + sum(least > high for least, _most in others)
        worst = 1 + sum(most > low for _least, most in others)
        tied = low == high and (low, high) in others
        shared = order.say("并列", "=") if tied and best == worst else ""
        ranks[key] = f"{shared}{best}" if best == worst else f"{best}{RANGE}{worst}"
    return ranks


def _bounds(mark: Mark) -> tuple[Decimal, Decimal]:
    """Between what the true figure lies, as printed: an open side is infinite."""
    if mark.firm:
        return mark.printed, mark.printed
    low = Decimal("-Infinity") if mark.low is None else Decimal(repr(mark.low))
    return low, Decimal("Infinity") if mark.high is None else Decimal(repr(mark.high))


def _thickness(rows: int, columns: int, names: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Height of a row and of one bar in it, pixels."""
    thick = (14 if rows <= 20 else 11) if columns == 1 else 12 if rows <= 10 else 10.5
    lines = max(len(lines) for lines in names)
    return max(thick * columns + (8 if rows <= (20 if columns == 1 else 10) else 6), lines * LABEL * 1.25 + 3), thick


def _across(width: float, marks: Sequence[Mark]) -> Across:
    """The scale on which the longest bars leave room for their labels, on either side of zero."""
    ends = [(_reach(mark), text_width(mark.label, SMALL) + 8 + (ARROW if mark.open_above or mark.open_below else 0)) for mark in marks]
    right = max((room for value, room in ends if value >= 0), default=0.0)
    left = max((room for value, room in ends if value < 0), default=0.0)
    high, low = max(0.0, *(value for value, _room in ends)), min(0.0, *(value for value, _room in ends))
    if high == low:
        return Across(width, 0.0, 1.0)
    unit = (high - low) / max(1.0, width - (right if high > 0 else 0) - (left if low < 0 else 0))
    return Across(width, low - (left * unit if low < 0 else 0), high + right * unit)


def _reach(mark: Mark) -> float:
    return max(mark.value, mark.spread[1]) if mark.spread else mark.value


def _bar_layers(rows: Sequence[Row], across: Across, step: float, thick: float, colors: Sequence[str]) -> list[Spec]:
    bars, heads = [], []
    for number, row in enumerate(rows):
        for column, mark in enumerate(row.marks):
            if mark is None:
                continue
            colour = ACCENT if row.subject.highlighted and len(row.marks) == 1 else colors[column]
            top = number * step + (step - thick * len(row.marks)) / 2 + column * thick
            place: Spec = {"top": round(top, 2), "bottom": round(top + thick - (1 if len(row.marks) > 1 else 0), 2), "color": colour}
            whole = mark.row(subject=row.subject.name, rank=row.rank, base=0, **place)
            if mark.firm:
                bars.append({**whole, "end": mark.value, "fill": colour})
                continue
            bars.append({**whole, "end": _reach(mark), "fill": PAPER})
            if mark.spread:
                bars.append({**whole, "end": mark.spread[0], "fill": colour})
            if mark.open_above or mark.open_below:
                side = 1 if mark.open_above == (mark.value >= 0) else -1
                tip = across.x(mark.value) + side * (ARROW / 2 + 1)
                shape = "triangle-right" if side > 0 else "triangle-left"
                heads.append({"px": round(tip, 2), "py": top + thick / 2, "color": colour, "shape": shape})
    domain = {"domain": [across.low, across.high], "nice": False, "zero": False}
    encoding = {
        "x": {"field": "base", "type": "quantitative", "scale": domain, "axis": None},
        "x2": {"field": "end"},
        "y": pixel("top"),
        "y2": {"field": "bottom"},
        "fill": color("fill"),
        "stroke": color(),
        **LINKED,
    }
    return [{"data": {"values": bars}, "mark": {"type": "rect", "strokeWidth": 1}, "encoding": encoding}, arrow_heads(heads)]


def _name_layers(
    order: Order, rows: Sequence[Row], names: Sequence[Sequence[str]], step: float, rank_end: float, across: Across
) -> list[Spec]:
    plain: list[Spec] = []
    strong: list[Spec] = []
    ranks: list[Spec] = []
    empty: list[Spec] = []
    for number, (row, lines) in enumerate(zip(rows, names, strict=True)):
        middle = (number + 0.5) * step
        first = middle - (len(lines) - 1) * LABEL * 1.25 / 2
        on_file = any(row.marks)
        colour = ACCENT if row.subject.highlighted else INK if on_file else MUTED
        text = {"px": -8, "py": round(first, 2), "text": "\n".join(lines), "color": colour}
        (strong if row.subject.highlighted else plain).append(text)
        if row.rank:
            ranks.append({"px": round(rank_end + 1, 2), "py": round(middle, 2), "text": row.rank, "color": colour})
        if not on_file:
            empty.append({"px": across.x(0) + 5, "py": round(middle, 2), "text": order.say("未公布", "not published"), "color": FAINT})
    return [texts(plain, "right"), texts(strong, "right", bold=True), texts(ranks, "right"), texts(empty, "left", SMALL)]


def _label_layers(rows: Sequence[Row], across: Across, step: float, thick: float) -> list[Spec]:
    right: list[Spec] = []
    left: list[Spec] = []
    strong: list[Spec] = []
    for number, row in enumerate(rows):
        for column, mark in enumerate(row.marks):
            if mark is None:
                continue
            end = across.x(_reach(mark))
            gap = 4 + (ARROW if (mark.open_above or mark.open_below) else 0)
            middle = number * step + (step - thick * len(row.marks)) / 2 + (column + 0.5) * thick
            highlighted = row.subject.highlighted and len(row.marks) == 1
            label = {"py": round(middle, 2), "text": mark.label, "color": ACCENT if highlighted else INK, "href": mark.href}
            if mark.value < 0:
                left.append({**label, "px": round(end - gap, 2)})
            else:
                (strong if highlighted else right).append({**label, "px": round(end + gap, 2)})
    return [texts(right, "left", SMALL), texts(strong, "left", SMALL, bold=True), texts(left, "right", SMALL)]


def _in_words(order: Order, matrix: Matrix, rows: Sequence[Row], scale: Scale) -> str:
    parts = []
    for row in rows:
        labels = [mark.label if mark else order.say("未公布", "not published") for mark in row.marks]
        number = row.rank.removeprefix(order.say("并列", "="))
        tied = order.say("并列", "tied ") if number != row.rank else ""
        rank = order.say(f"{tied}第{number}位", f"{tied}no. {number}") if row.rank else ""
        parts.append(" ".join(part for part in (rank, row.subject.name, order.say("、", "/").join(labels)) if part))
    columns = order.say("、", ", ").join(name for name in matrix.columns if name)
    heading = order.say("，", ", ").join(part for part in (scale.heading(order), columns) if part)
    return spoken(order, order.say("条形图", "Bar chart"), heading, parts)
