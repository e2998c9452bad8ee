"""Heat table: areas or categories down, periods or series across, each cell coloured by its class and printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guibiao.publish.charts.chart import Chart, Order, Spec, finished, nothing_on_file, spoken
from guibiao.publish.charts.classes import Classes, classify
from guibiao.publish.charts.layout import text_width, wrap
from guibiao.publish.charts.legend import ROW, key_start, legend, rows_needed
from guibiao.publish.charts.marks import Mark, Scale, chart_scale, make_mark
from guibiao.publish.charts.naming import Selection, category_name, indicator_name, select, series_label
from guibiao.publish.charts.subjects import position
from guibiao.publish.charts.theme import (
    ACCENT,
    GAP,
    HATCH,
    INK,
    LABEL,
    LINE_HEIGHT,
    MUTED,
    PAPER,
    SMALL,
    WIDTH,
    Margin,
    boxes,
    canvas,
    texts,
)
from guibiao.publish.charts.tile_map import is_dark
from guibiao.publish.figures import Figure

NAME_WIDTH = 240
CELL = 20.0
WIDEST = 84.0
ROWS_AT_MOST, COLUMNS_AT_MOST = 45, 14

Place = tuple[tuple[str, str], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """Names of rows and columns in order, the mark at each, and the code of each row."""

    rows: tuple[tuple[tuple[str, str], str], ...]
    columns: tuple[tuple[tuple[int, str], str], ...]
    cells: dict[Place, Mark]


def draw_heat(order: Order) -> Chart:
    """The chart of kind `heat`: one figure a cell, the latest known where there are several."""
    selection = select(order)
    if not selection.figures:
        return nothing_on_file(order)
    scale = chart_scale(order, selection.figures)
    grid, notes = _grid(order, selection, scale)
    marks = list(grid.cells.values())
    classes = classify(order, marks, scale)
    empty = len(grid.rows) * len(grid.columns) - len(marks)
    if empty:
        notes.append(order.say(f"空格没有数据（{empty}个）。", f"Empty cells have no figure ({empty})."))
    if not classes.ordinal and len(classes.names) > 2:
        notes.append(order.say("各级含下限，不含上限。", "Classes include their lower limit."))
    spec = _spec(order, grid, classes, scale)
    return finished(order, spec, [mark.figure for mark in marks], [*selection.notes, *notes], _in_words(order, grid, scale))


def _grid(order: Order, selection: Selection, scale: Scale) -> tuple[Grid, list[str]]:
    found: dict[Place, Figure] = {}
    for given, (_series, figures) in enumerate(selection.series):
        for figure in sorted(figures, key=lambda figure: (figure.known_from, figure.id)):
            found[(figure.area, figure.categories), (given, figure.period.end.isoformat())] = figure
    rows = sorted({row for row, _column in found}, key=lambda row: position(order, selection, row))
    columns = sorted({column for _row, column in found})
    if order.definition.order == "value":
        rows.sort(key=lambda row: -max(float(figure.quantity.value) for (key, _column), figure in found.items() if key == row))
    most = min(ROWS_AT_MOST, order.definition.limit or ROWS_AT_MOST)
    notes = []
    if len(rows) > most or len(columns) > COLUMNS_AT_MOST:
        dropped = max(0, len(rows) - most), max(0, len(columns) - COLUMNS_AT_MOST)
        notes.append(
            order.say(f"另有{dropped[0]}行、{dropped[1]}列未画。", f"{dropped[0]} more rows and {dropped[1]} more columns are not drawn.")
        )
    kept_rows, kept_columns = rows[:most], columns[-COLUMNS_AT_MOST:]
    row_names = _row_names(order, kept_rows)
    column_names = _column_names(order, selection, kept_columns, list(found.values()))
    cells = {
        (row, column): make_mark(order, found[row, column], scale, f"{row_names[row]}{order.say('，', ', ')}{column_names[column]}")
        for row in kept_rows
        for column in kept_columns
        if (row, column) in found
    }
    return Grid(tuple(row_names.items()), tuple(column_names.items()), cells), notes


def _row_names(order: Order, rows: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    areas, categories = {area for area, _ in rows}, {key for _, key in rows}
    names = {}
    for area, key in rows:
        parts = [order.area_name(area)] if len(areas) > 1 or len(categories) == 1 else []
        parts += [category_name(order, key)] if len(categories) > 1 else []
        names[area, key] = order.say("，", ", ").join(parts)
    return names


def _column_names(
    order: Order, selection: Selection, columns: Sequence[tuple[int, str]], figures: Sequence[Figure]
) -> dict[tuple[int, str], str]:
    periods = {figure.period.end.isoformat(): order.wording.period(figure.period) for figure in figures}
    several_series, several_periods = len({given for given, _ in columns}) > 1, len({end for _, end in columns}) > 1
    names = {}
    for given, end in columns:
        series = selection.series[given][0]
        label = series_label(order, series) or indicator_name(order, series.indicator)
        parts = [label] if several_series else []
        parts += [periods[end].removesuffix("年")] if several_periods or not several_series else []
        names[given, end] = order.say("，", ", ").join(parts)
    return names


def _spec(order: Order, grid: Grid, classes: Classes, scale: Scale) -> Spec:
    names = [wrap(name, LABEL, NAME_WIDTH)[:2] for _key, name in grid.rows]
    tall = max(CELL, max(len(lines) for lines in names) * LABEL * LINE_HEIGHT + 2)
    left = round(max(text_width(line, LABEL) for lines in names for line in lines) + 12)
    width = min(WIDEST, (WIDTH - left) / len(grid.columns))
    heads = [wrap(name, SMALL, width - 4) for _key, name in grid.columns]
    deep = max(len(lines) for lines in heads)
    heading = scale.heading(order)
    key_left = key_start(heading)
    entries = list(zip(classes.names, classes.colors, strict=True))
    key_rows = rows_needed(classes.names, WIDTH - key_left)
    top = 10 + key_rows * ROW + deep * SMALL * 1.25 + 4
    unit = [{"px": -left + 1, "py": -top + 9, "text": heading, "color": MUTED}] if heading else []
    titles = [
        {
            "px": round((place + 0.5) * width, 2),
            "py": round(-6 - (len(lines) - 1) * SMALL * 1.25, 2),
            "text": "\n".join(lines),
            "color": INK,
        }
        for place, lines in enumerate(heads)
    ]
    margin = Margin(left, max(0.0, round(WIDTH - left - width * len(grid.columns), 2)), round(top, 2), 4)
    return canvas(
        round(tall * len(grid.rows), 2),
        margin,
        [
            *_cell_layers(grid, classes, width, tall),
            *_name_layers(order, grid, names, tall),
            texts(titles, size=SMALL),
            texts(unit, "left"),
            *legend(entries, key_left - left, -top + 9, WIDTH - key_left, stroke=HATCH).layers,
        ],
    )


def _cell_layers(grid: Grid, classes: Classes, width: float, tall: float) -> list[Spec]:
    class_of = dict(zip(grid.cells, classes.of, strict=True))
    filled: list[Spec] = []
    empty: list[Spec] = []
    dark: list[Spec] = []
    light: list[Spec] = []
    for down, (row, _name) in enumerate(grid.rows):
        for across, (column, _title) in enumerate(grid.columns):
            box: Spec = {
                "px": round(across * width, 2),
                "py": round(down * tall, 2),
                "px2": round((across + 1) * width, 2),
                "py2": round((down + 1) * tall, 2),
            }
            mark = grid.cells.get((row, column))
            if mark is None:
                empty.append({**box, "color": GAP})
                continue
            colour = classes.colors[class_of[row, column]]
            filled.append(mark.row(**{"class": classes.names[class_of[row, column]]}, color=colour, **box))
            label = {"px": round((across + 0.5) * width, 2), "py": round((down + 0.5) * tall, 2), "text": mark.label, "href": mark.href}
            (dark if is_dark(colour) else light).append({**label, "color": PAPER if is_dark(colour) else INK})
    return [boxes(empty), boxes(filled, linked=True), texts(light, size=SMALL), texts(dark, size=SMALL)]


def _name_layers(order: Order, grid: Grid, names: Sequence[Sequence[str]], tall: float) -> list[Spec]:
    plain: list[Spec] = []
    strong: list[Spec] = []
    for down, ((key, _name), lines) in enumerate(zip(grid.rows, names, strict=True)):
        mine = bool(order.definition.highlight) and order.definition.highlight in {key[0], key[1].partition("=")[2]}
        first = (down + 0.5) * tall - (len(lines) - 1) * LABEL * LINE_HEIGHT / 2
        row = {"px": -8, "py": round(first, 2), "text": "\n".join(lines), "color": ACCENT if mine else INK}
        (strong if mine else plain).append(row)
    return [texts(plain, "right"), texts(strong, "right", bold=True)]


def _in_words(order: Order, grid: Grid, scale: Scale) -> str:
    parts = []
    for row, name in grid.rows:
        said = [f"{title} {grid.cells[row, column].label}" for column, title in grid.columns if (row, column) in grid.cells]
        parts.append(f"{name}{order.say('：', ': ')}{order.wording.join(said)}")
    return spoken(order, order.say("热力表", "Heat table"), scale.heading(order), parts)
