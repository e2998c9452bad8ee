"""Tile map: a square an area, laid out by the classification's rows and columns, coloured by class; what is not published is hatched.

Where figures are thresholds (超过4000) the classes are the thresholds: an ordinal scale, whose only statement is "over".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guibiao.publish.charts.chart import Chart, Order, Spec, finished, nothing_on_file, spoken
from guibiao.publish.charts.classes import Classes, classify
from guibiao.publish.charts.layout import text_width, wrap
from guibiao.publish.charts.marks import Mark, Scale, chart_scale, make_mark
from guibiao.publish.charts.naming import level_of, select
from guibiao.publish.charts.subjects import latest_period, unpublished_note
from guibiao.publish.charts.theme import (
    ACCENT,
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
    color,
    pixel,
    rules,
    texts,
)
from guibiao.publish.figures import Figure
from guibiao.publish.printable import printable
from guibiao.reference.classification import Category

GAP_WIDTH = 4.0
KEY_WIDTH = 132.0
LARGEST, SMALLEST = 76.0, 36.0
TALLEST = 440.0
FLOW_COLUMNS = 6
HATCH_STEP = 7.0


@dataclass(frozen=True, slots=True)
class Tile:
    """One area on the grid, with its figure if there is one."""

    code: str
    name: str
    short: str
    row: int
    column: int
    mark: Mark | None


def draw_tile_map(order: Order) -> Chart:
    """The chart of kind `tile_map`: the first series, in the latest well covered period unless one is named."""
    selection = select(order)
    if not selection.figures:
        return nothing_on_file(order)
    figures, notes = _one_figure_each(order, next(figures for _series, figures in selection.series if figures))
    if len(selection.series) > 1:
        notes.append(order.say("只画第一个系列。", "Only the first series is drawn."))
    scale = chart_scale(order, figures.values())
    tiles, placed = _tiles(order, figures, scale)
    notes = [*selection.notes, *notes, *placed]
    drawn = [tile for tile in tiles if tile.mark]
    marks = [tile.mark for tile in drawn if tile.mark]
    classes = classify(order, marks, scale)
    class_of = {tile.code: place for tile, place in zip(drawn, classes.of, strict=True)}
    unsure = [drawn[number].name for number in classes.unsure]
    if unsure:
        names = order.listed(unsure)
        notes.append(order.say(f"按已知的界限归级（{len(unsure)}个）：{names}。", f"Classed by the bound known ({len(unsure)}): {names}."))
    if not classes.ordinal and len(classes.names) > 2:
        notes.append(order.say("各级含下限，不含上限。", "Classes include their lower limit."))
    notes += unpublished_note(order, [tile.name for tile in tiles if not tile.mark])
    spec = _spec(order, tiles, classes, class_of, scale)
    return finished(order, spec, [mark.figure for mark in marks], notes, _in_words(order, tiles, classes, class_of, scale))


def _one_figure_each(order: Order, figures: Sequence[Figure]) -> tuple[dict[str, Figure], list[str]]:
    """Area -> figure in the period shown; the latest known of several."""
    period = latest_period(figures)
    shown = [figure for figure in sorted(figures, key=lambda figure: (figure.known_from, figure.id)) if figure.period == period]
    found = {figure.area: figure for figure in shown}
    name, left_out = order.wording.period(period), len(figures) - len(found)
    if not left_out:
        return found, []
    return found, [order.say(f"只画{name}，另有{left_out}个数据未画。", f"Only {name}; {left_out} other figures are not drawn.")]


def _tiles(order: Order, figures: Mapping[str, Figure], scale: Scale) -> tuple[list[Tile], list[str]]:
    """Every area that is expected, published or not, at its place; those without a place follow in rows below."""
    series = order.definition.series[0]
    classification = order.workspace.classifications.get(order.definition.classification)
    parent = level_of(order, sorted(figures))
    known = [
        category
        for category in (classification.categories if classification else ())
        if category.code in figures or (category.code in series.areas if series.areas else category.parent == parent)
    ]
    known += [Category(code=code, name_zh=code) for code in sorted(set(figures) - {category.code for category in known})]
    places, notes = _places(order, known)
    tiles = []
    for category in known:
        name, figure = order.area_name(category.code), figures.get(category.code)
        mark = make_mark(order, figure, scale, name) if figure else None
        tiles.append(Tile(category.code, name, _short_name(order, category, name), *places[category.code], mark))
    return tiles, notes


def _short_name(order: Order, category: Category, name: str) -> str:
    """The shortest alias in Chinese characters where a Chinese name is long for a tile."""
    if not order.wording.chinese or len(name) <= 4:
        return name
    others = [alias for alias in category.aliases if len(alias) > 1 and not alias.isascii()]
    return printable(min([name, *others], key=lambda text: (len(text) > 4, -len(text))))


def _places(order: Order, areas: Sequence[Category]) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """Row and column of each area from zero; an area without a place, or whose place is taken, stands in a row below."""
    taken: dict[tuple[int, int], str] = {}
    for area in areas:
        if area.row is not None and area.column is not None:
            taken.setdefault((area.row, area.column), area.code)
    first_row = min((row for row, _column in taken), default=0)
    first_column = min((column for _row, column in taken), default=0)
    places = {code: (row - first_row, column - first_column) for (row, column), code in taken.items()}
    others = [area.code for area in areas if area.code not in places]
    next_row = max((row for row, _column in places.values()), default=-1) + 1
    across = max(max((column for _row, column in places.values()), default=0) + 1, FLOW_COLUMNS)
    for number, code in enumerate(others):
        places[code] = (next_row + number // across, number % across)
    if others and not taken:
        said = "地区没有排定方位，按代码表顺序排列。"
        return places, [order.say(said, "Areas have no position; they stand in the order of the code list.")]
    return places, []


def _spec(order: Order, tiles: Sequence[Tile], classes: Classes, class_of: Mapping[str, int], scale: Scale) -> Spec:
    rows, columns = max(tile.row for tile in tiles) + 1, max(tile.column for tile in tiles) + 1
    key_width = max(KEY_WIDTH, *(text_width(name, LABEL) + 40 for name in classes.names))
    size = max(SMALLEST, min(LARGEST, (WIDTH - key_width) / columns - GAP_WIDTH, TALLEST / rows - GAP_WIDTH))
    width = columns * (size + GAP_WIDTH) - GAP_WIDTH
    missing = any(tile.mark is None for tile in tiles)
    key_height = (len(classes.names) + missing + 1) * 22 + 6
    indent = max(0.0, (WIDTH - key_width - width) / 2 - 8)
    height = max(rows * (size + GAP_WIDTH) - GAP_WIDTH, key_height)
    margin = Margin(round(indent), 0, 6, 6)
    return canvas(
        round(height, 2),
        margin,
        [
            *_tile_layers(order, tiles, classes, class_of, size),
            *_key(order, classes, scale, width + 24, height - key_height, missing=missing),
        ],
    )


def _corner(tile: Tile, size: float) -> tuple[float, float]:
    return round(tile.column * (size + GAP_WIDTH), 2), round(tile.row * (size + GAP_WIDTH), 2)


def _tile_layers(order: Order, tiles: Sequence[Tile], classes: Classes, class_of: Mapping[str, int], size: float) -> list[Spec]:
    squares, empty, hatches, names, values, outlines = [], [], [], [], [], []
    for tile in tiles:
        px, py = _corner(tile, size)
        box: Spec = {"px": px, "py": py, "px2": round(px + size, 2), "py2": round(py + size, 2)}
        place = class_of.get(tile.code)
        ink = MUTED if place is None else PAPER if is_dark(classes.colors[place]) else INK
        if tile.mark and place is not None:
            squares.append(tile.mark.row(area=tile.name, **{"class": classes.names[place]}, color=classes.colors[place], **box))
        else:
            empty.append({**box, "color": GAP})
            hatches += hatch(px, py, size)
        lines = _fitted(tile.short, size - 6)
        label = tile.mark.label if tile.mark and text_width(tile.mark.label, SMALL) <= size - 2 else ""
        shift = 7.0 if label else 0.0
        first = round(py + size / 2 - shift - (len(lines) - 1) * 6.9, 2)
        names.append({"px": px + size / 2, "py": first, "text": "\n".join(lines), "color": ink})
        if tile.mark and label:
            below = py + size / 2 + (len(lines) - 1) * 6.9 + 8
            values.append({"px": px + size / 2, "py": round(below, 2), "text": label, "color": ink, "href": tile.mark.href})
        if order.definition.highlight == tile.code:
            outlines.append({**box, "color": ACCENT})
    return [
        boxes(empty, stroke=HATCH, radius=2), rules(hatches, 0.7), boxes(squares, linked=True, radius=2), _outlines(outlines),
        texts(names), texts(values, size=SMALL),
    ]  # fmt: skip


def _fitted(name: str, width: float) -> list[str]:
    """The name in at most two lines, cut short if it must be."""
    lines = wrap(name, LABEL, width)
    if len(lines) > 2:
        lines = [lines[0], lines[1] + "…"]
    return [line if text_width(line, LABEL) <= width + 6 else _cut(line, width) for line in lines]


def _cut(line: str, width: float) -> str:
    while line and text_width(line + "…", LABEL) > width + 6:
        line = line[:-1]
    return line + "…"


def hatch(px: float, py: float, size: float) -> list[Spec]:
    """Diagonal lines across a square: nothing published."""
    rows = []
    for number in range(1, int(2 * size / HATCH_STEP)):
        reach = number * HATCH_STEP
        start, end = max(0.0, reach - size), min(reach, size)
        row = {"px": px + start, "py": py + end, "px2": px + end, "py2": py + start, "color": "#DADADA"}
        rows.append({key: round(value, 2) if isinstance(value, float) else value for key, value in row.items()})
    return rows


def _outlines(rows: Sequence[Spec]) -> Spec:
    if not rows:
        return {}
    mark = {"type": "rect", "fillOpacity": 0, "strokeWidth": 2.4, "cornerRadius": 2, "aria": False}
    encoding = {"x": pixel("px"), "y": pixel("py"), "x2": {"field": "px2"}, "y2": {"field": "py2"}, "stroke": color()}
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": encoding}


def is_dark(colour: str) -> bool:
    """Whether words on a colour must be white."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def _key(order: Order, classes: Classes, scale: Scale, left: float, top: float, *, missing: bool) -> list[Spec]:
    """Classes from high to low, then what is not published."""
    swatches, names, hatches, empty = [], [], [], []
    heading = scale.heading(order)
    head = [{"px": left, "py": top + 8, "text": heading, "color": MUTED}] if heading else []
    entries = list(reversed(list(zip(classes.names, classes.colors, strict=True))))
    if missing:
        entries.append((order.say("未公布", "not published"), GAP))
    for number, (name, colour) in enumerate(entries):
        py = top + 22 * (number + 1)
        box = {"px": left, "py": py, "px2": left + 16, "py2": py + 16, "color": colour}
        if missing and number == len(entries) - 1:
            empty.append(box)
            hatches += hatch(left, py, 16.0)
        else:
            swatches.append(box)
        names.append({"px": left + 23, "py": py + 8.5, "text": name, "color": INK})
    return [boxes(swatches), boxes(empty, stroke=HATCH), rules(hatches, 0.7), texts(names, "left"), texts(head, "left")]


def _in_words(order: Order, tiles: Sequence[Tile], classes: Classes, class_of: Mapping[str, int], scale: Scale) -> str:
    parts = []
    for place in range(len(classes.names) - 1, -1, -1):
        members = [f"{tile.name} {tile.mark.label}" for tile in tiles if tile.mark and class_of[tile.code] == place]
        if members:
            listed = order.wording.join(members)
            parts.append(order.say(f"{classes.names[place]}：{listed}", f"{classes.names[place]}: {listed}"))
    missing = [tile.name for tile in tiles if not tile.mark]
    if missing:
        parts.append(order.say(f"未公布：{order.listed(missing)}", f"not published: {order.listed(missing)}"))
    return spoken(order, order.say("方块地图", "Tile map"), scale.heading(order), parts)
