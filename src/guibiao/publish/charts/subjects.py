"""Areas and categories side by side: their order, their names, which of them are expected, and the period they are compared in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from guibiao.model.category import parse_category_key
from guibiao.model.period import Period
from guibiao.publish.charts.chart import Order
from guibiao.publish.charts.naming import Selection, category_name, group, indicator_name, level_of, series_label, spreads
from guibiao.publish.figures import Figure
from guibiao.reference.report_definitions import SeriesDefinition

COLUMNS_AT_MOST = 3
"""Periods or series drawn for one subject."""
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a bar, a slope or a tile stands for."""

    key: Key
    name: str
    highlighted: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Figures by subject and column; a subject without a figure is expected but not on file. `columns` are names."""

    subjects: tuple[Subject, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[Key, int], Figure]
    notes: tuple[str, ...]


def compare(order: Order, selection: Selection) -> Matrix:
    """Subjects by columns: several areas or categories in a few periods or series; else one subject a line of figures."""
    if any(spreads(series) for series, _figures in selection.series):
        return _areas_and_categories(order, selection)
    kept, notes = _in_shown_periods(order, selection)
    groups, dropped = group(order, kept, by_period=True)
    subjects, cells = [], {}
    for number, member in enumerate(groups):
        for figure in member.figures:
            subject = Subject((str(number),), member.name, _is_highlighted(order, figure))
            subjects.append(subject)
            cells[subject.key, 0] = figure
    return Matrix(tuple(subjects), ("",), cells, (*selection.notes, *notes, *dropped))


def _areas_and_categories(order: Order, selection: Selection) -> Matrix:
    kept, notes = _in_shown_periods(order, selection)
    columns: dict[tuple[int, Period], str] = {}
    cells: dict[tuple[Key, int], Figure] = {}
    dropped = 0
    for given, (series, figures) in enumerate(kept.series):
        for period in sorted({figure.period for figure in figures}):
            columns[given, period] = _column_name(order, kept, series, period)
    if len(columns) > COLUMNS_AT_MOST:
        left_out = len(columns) - COLUMNS_AT_MOST
        columns = dict(list(columns.items())[:COLUMNS_AT_MOST])
        notes.append(order.say(f"只画前{COLUMNS_AT_MOST}列，另有{left_out}列未画。", f"{left_out} more columns are not drawn."))
    for number, (given, period) in enumerate(columns):
        for figure in sorted(kept.series[given][1], key=lambda figure: (figure.known_from, figure.id)):
            if figure.period == period:
                dropped += ((figure.area, figure.categories), number) in cells
                cells[(figure.area, figure.categories), number] = figure
    if dropped:
        said = f"同一时期有多个数据的，取最近公布的一个，另有{dropped}个未画。"
        notes.append(order.say(said, f"Of several figures for one period the latest is drawn; {dropped} are left out."))
    subjects = _subjects(order, kept, {key for key, _number in cells})
    return Matrix(tuple(subjects), tuple(columns.values()), cells, (*selection.notes, *notes))


def _in_shown_periods(order: Order, selection: Selection) -> tuple[Selection, list[str]]:
    """The selection without figures of other periods: where none or too many are named, the latest well covered one stays."""
    kept, dropped, shown = [], 0, set()
    for series, figures in selection.series:
        named = 0 < len(series.periods) <= COLUMNS_AT_MOST
        latest = None if named or not figures else latest_period(figures)
        stay = tuple(figure for figure in figures if latest is None or figure.period == latest)
        dropped += len(figures) - len(stay)
        shown |= {figure.period for figure in stay} if latest else set()
        kept.append((series, stay))
    notes = []
    if dropped:
        names = order.listed(order.wording.period(period) for period in sorted(shown))
        notes.append(
            order.say(f"只画{names}，其他时期的{dropped}个数据未画。", f"Only {names}; {dropped} figures for other periods are not drawn.")
        )
    return Selection(tuple(kept), selection.notes), notes


def latest_period(figures: Sequence[Figure]) -> Period:
    """The latest period for which at least half as many figures are on file as for the best covered one."""
    counts = Counter(figure.period for figure in figures)
    enough = max(counts.values()) / 2
    return max(period for period, count in counts.items() if count >= enough)


def _column_name(order: Order, selection: Selection, series: SeriesDefinition, period: Period) -> str:
    several = len({figure.period for _series, figures in selection.series for figure in figures}) > 1
    base = series_label(order, series) or (indicator_name(order, series.indicator) if len(selection.series) > 1 else "")
    parts = [base, order.wording.period(period) if several else ""]
    return order.say("，", ", ").join(part for part in parts if part)


def _subjects(order: Order, selection: Selection, present: set[Key]) -> list[Subject]:
    keys = present | {
        (code, categories) for code in _expected_areas(order, selection, present) for categories in _fixed_categories(present)
    }
    areas = {area for area, _categories in keys}
    several_categories = len({categories for _area, categories in keys}) > 1
    subjects = []
    for area, categories in sorted(keys, key=lambda key: position(order, selection, key)):
        names = [order.area_name(area)] if len(areas) > 1 or not several_categories else []
        names += [category_name(order, categories)] if several_categories else []
        subjects.append(Subject((area, categories), order.say("，", ", ").join(names), _highlights(order, area, categories)))
    return subjects


def _fixed_categories(present: set[Key]) -> set[str]:
    """The category key of areas that are expected but not on file, where all others have the same."""
    found = {categories for _area, categories in present}
    return found if len(found) == 1 else set()


def _expected_areas(order: Order, selection: Selection, present: set[Key]) -> list[str]:
    """Areas the series name or, of `*`, the areas of the same level."""
    named = [area for series, _figures in selection.series for area in series.areas]
    if named or not any(series.area == "*" for series, _figures in selection.series):
        return named
    classification = order.workspace.classifications.get(order.definition.classification)
    parent = level_of(order, sorted({area for area, _categories in present}))
    return [category.code for category in classification.categories if category.parent == parent] if classification else []


def position(order: Order, selection: Selection, key: Key) -> tuple[int, ...]:
    """Place of a subject in the order given: as areas are named, else as the classifications list them."""
    area, categories = key
    named = [code for series, _figures in selection.series for code in series.areas]
    places = [named.index(area) if area in named else _place(order, order.definition.classification, area)]
    places += [_place(order, dimension, code) for dimension, code in parse_category_key(categories).items()]
    return tuple(places)


def _place(order: Order, classification: str, code: str) -> int:
    found = order.workspace.classifications.get(classification)
    codes = [category.code for category in found.categories] if found else []
    return codes.index(code) if code in codes else len(codes)


def _is_highlighted(order: Order, figure: Figure) -> bool:
    return _highlights(order, figure.area, figure.categories)


def _highlights(order: Order, area: str, categories: str) -> bool:
    wanted = order.definition.highlight
    return bool(wanted) and (wanted == area or wanted in parse_category_key(categories).values())


def unpublished_note(order: Order, names: Iterable[str]) -> list[str]:
    """未公布 with names and count, where there are any."""
    every = list(names)
    if not every:
        return []
    return [order.say(f"未公布（{len(every)}个）：{order.listed(every)}。", f"Not published ({len(every)}): {order.listed(every)}.")]
