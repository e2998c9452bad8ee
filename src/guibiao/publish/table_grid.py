"""Which figure stands in which cell of a table: rows by period, area, category or indicator, with what was asked for and is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from guibiao.model.category import TOTAL, parse_category_key
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure, Period
from guibiao.model.unit import Unit, parse_unit
from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence, Key, latest
from guibiao.reference.classification import Category
from guibiao.reference.report_definitions import SeriesDefinition, TableDefinition

Place = Hashable
EMPTY_ROWS_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Head:
    """Head of a row or column; `prefix` marks a part of the row above. `unit` is that of its figures where they share one."""

    key: Place
    label: str
    unit: Unit | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """`cells` by row and column key; `asked` are the cells that were to hold a figure; `dropped` what was not laid out, in words."""

    corner: str
    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: Mapping[tuple[Place, Place], Figure]
    asked: frozenset[tuple[Place, Place]]
    totals: frozenset[Place] = frozenset()
    dropped: tuple[str, ...] = field(default=())

    def column(self, key: Place) -> list[Figure]:
        """Figures of a column in the order of rows."""
        return [self.cells[row.key, key] for row in self.rows if (row.key, key) in self.cells]


def make_grid(evidence: Evidence, definition: TableDefinition) -> Grid:
    """The grid of a definition; raises a bad request where a cell would hold several figures."""
    if definition.rows == "indicator":
        return _by_indicator(evidence, definition)
    selected = [evidence.figures.select(series) for series in definition.columns]
    if definition.rows == "period":
        return _by_period(evidence, definition, selected)
    if definition.rows == "area":
        return _by_area(evidence, definition, selected)
    return _by_category(evidence, definition, selected)


def series_unit(evidence: Evidence, definition: TableDefinition, series: SeriesDefinition) -> Unit:
    """The unit a series is printed in: its own, the table's where it is of the same kind, or the indicator's."""
    own = parse_unit(evidence.workspace.indicators[series.indicator].unit)
    if series.unit:
        return parse_unit(series.unit)
    common = parse_unit(definition.unit) if definition.unit else own
    return common if common.dimension == own.dimension else own


def _by_period(evidence: Evidence, definition: TableDefinition, selected: list[tuple[Figure, ...]]) -> Grid:
    shown = [[figure.period for figure in figures] for figures in selected]
    wanted = [[evidence.figures.period(series.indicator, text) for text in series.periods] for series in definition.columns]
    every = [period for periods in (*shown, *wanted) for period in periods]
    flows: dict[date, Period] = {}
    for period in every:
        if period.measure is not Measure.AT_END and (period.end not in flows or period.start < flows[period.end].start):
            flows[period.end] = period

    def key(period: Period) -> Place:
        """A stock stands in the row of the longest flow that ends with it; a whole year to date is the year."""
        chosen = flows.get(period.end, period) if period.measure is Measure.AT_END else period
        measure = Measure.DURING if chosen.months == 12 and chosen.measure is Measure.TO_DATE else chosen.measure
        return chosen.end, chosen.start, measure.value

    cells = _collect(evidence, [(key(figure.period), number, figure) for number, figures in enumerate(selected) for figure in figures])
    asked = {(key(period), number) for number, periods in enumerate(wanted) for period in periods}
    labels = {key(period): period for period in every if period.measure is not Measure.AT_END}
    labels |= {key(period): period for period in every if key(period) not in labels}
    order = sorted(labels, key=str)
    if definition.order == "given":
        given = list(dict.fromkeys(key(period) for periods in wanted for period in periods))
        order = [place for place in given if _is_in_order(given)] or order
        order += sorted((place for place in labels if place not in order), key=str)
    rows = [Head(place, evidence.wording.period(labels[place])) for place in order]
    rows = _ordered(definition, rows, cells) if definition.order == "value" else rows
    return _grid(evidence, definition, evidence.wording.choose("时　期", "Period"), rows, cells, asked)


def _is_in_order(given: list[Place]) -> bool:
    """Whether periods are wanted newest first; otherwise they run as time does."""
    return len(given) > 1 and given == sorted(given, key=str, reverse=True)


def _by_area(evidence: Evidence, definition: TableDefinition, selected: list[tuple[Figure, ...]]) -> Grid:
    areas = evidence.workspace.classifications.get("areas")
    listed = areas.categories if areas else ()
    known = {category.code: category for category in listed}
    named = list(dict.fromkeys(code for series in definition.columns for code in series.areas))
    present = list(dict.fromkeys(figure.area for figures in selected for figure in figures))
    level = _level(evidence, known, present) if not named and any(series.area == "*" for series in definition.columns) else None
    if level is None:
        codes = named or present
        dropped: list[str] = []
    else:
        codes = [category.code for category in listed if category.code == level or category.parent == level]
        dropped = [evidence.area_name(code) for code in present if code not in codes]
    cells = _collect(
        evidence, [(figure.area, number, figure) for number, figures in enumerate(selected) for figure in figures if figure.area in codes]
    )
    filled = {row for row, _column in cells}
    empty = [code for code in codes if code not in filled and code != level]
    notes = [_left_out(evidence, dropped, "不同层级的地区", "areas of another level")] if dropped else []
    if level is not None and (len(empty) > EMPTY_ROWS_AT_MOST or definition.limit is not None):
        notes += [_left_out(evidence, [evidence.area_name(code) for code in empty], "无数据的地区", "areas without data")] if empty else []
        codes = [code for code in codes if code in filled]
    codes = [code for code in codes if code != level or code in filled]
    order = {category.code: number for number, category in enumerate(listed)}
    if definition.order == "code" or not named:
        codes.sort(
            key=(lambda code: (code != level, code))
            if definition.order == "code"
            else lambda code: (code != level, order.get(code, len(order)), code)
        )
    totals = {code for code in codes if any(known[other].parent == code for other in codes if other in known)}
    rows = [Head(code, evidence.area_name(code)) for code in codes]
    rows = _ordered(definition, rows, cells, totals) if definition.order == "value" else rows
    asked = {(row.key, number) for row in rows for number, series in enumerate(definition.columns) if _asks(series, str(row.key), evidence)}
    return _grid(evidence, definition, evidence.wording.choose("地　区", "Area"), rows, cells, asked, totals, notes)


def _asks(series: SeriesDefinition, area: str, evidence: Evidence) -> bool:
    return area in series.areas if series.areas else series.area == "*" or area == (series.area or evidence.workspace.settings.area)


def _level(evidence: Evidence, known: Mapping[str, Category], present: Iterable[str]) -> str:
    """The parent whose parts make the rows: the workspace's own area if two of its parts are there, else that of most areas."""
    counts = Counter(known[code].parent for code in present if code in known and known[code].parent)
    own = evidence.workspace.settings.area
    return own if counts[own] > 1 else max(sorted(counts), key=lambda parent: counts[parent], default=own)


def _by_category(evidence: Evidence, definition: TableDefinition, selected: list[tuple[Figure, ...]]) -> Grid:
    name = definition.dimension
    entries = [
        (code, number, figure)
        for number, figures in enumerate(selected)
        for figure in figures
        if (code := parse_category_key(figure.categories).get(name)) is not None
    ]
    cells = _collect(evidence, entries)
    classification = evidence.workspace.classifications.get(name)
    order = {category.code: number for number, category in enumerate(classification.categories if classification else ())}
    parents = {category.code: category.parent for category in (classification.categories if classification else ())}
    codes = list(dict.fromkeys(code for code, _number, _figure in entries))
    codes.sort(key=lambda code: (code != TOTAL, order.get(code, len(order)) if definition.order == "given" else 0, code))
    totals = {code for code in codes if code == TOTAL or any(parents.get(other) == code for other in codes)}
    rows = [Head(code, _category_label(evidence, name, code), None, _prefix(code, codes, parents)) for code in codes]
    rows = _ordered(definition, rows, cells, totals) if definition.order == "value" else rows
    asked = {(row.key, number) for row in rows for number in range(len(definition.columns))}
    corner = evidence.wording.choose(
        (classification.name_zh if classification else "") or "项　目", (classification.name_en if classification else "") or "Item"
    )
    return _grid(evidence, definition, corner, rows, cells, asked, totals)


def _category_label(evidence: Evidence, dimension: str, code: str) -> str:
    return evidence.wording.choose("合　计", "Total") if code == TOTAL else evidence.category_name(dimension, code)


def _prefix(code: str, codes: list[str], parents: Mapping[str, str]) -> str:
    """Parts are set in below their whole; # where not all parts are listed, as the yearbook marks major items."""
    parent = parents.get(code, "")
    if not parent or parent not in codes:
        return ""
    return "　" if all(other in codes for other, above in parents.items() if above == parent) else "#"


def _by_indicator(evidence: Evidence, definition: TableDefinition) -> Grid:
    selected = [evidence.figures.select(series) for series in definition.columns]
    years = sorted({figure.period.end for figures in selected for figure in figures})
    entries = [(number, figure.period.end, figure) for number, figures in enumerate(selected) for figure in figures]
    labels: dict[date, Period] = {}
    for figures in selected:
        for figure in figures:
            held = labels.get(figure.period.end)
            if held is None or held.measure is Measure.AT_END:
                labels[figure.period.end] = figure.period
    asked = {
        (number, evidence.figures.period(series.indicator, text).end)
        for number, series in enumerate(definition.columns)
        for text in series.periods
    }
    rows = _labelled(evidence, definition)
    columns = tuple(Head(end, evidence.wording.period(labels[end])) for end in years)
    corner = evidence.wording.choose("指　标", "Indicator")
    return Grid(corner, tuple(rows), columns, _collect(evidence, entries), frozenset(asked))


def _grid(
    evidence: Evidence,
    definition: TableDefinition,
    corner: str,
    rows: list[Head],
    cells: Mapping[tuple[Place, Place], Figure],
    asked: AbstractSet[tuple[Place, Place]],
    totals: Iterable[Place] = (),
    notes: Iterable[str] = (),
) -> Grid:
    keys = {row.key for row in rows}
    kept = {place: figure for place, figure in cells.items() if place[0] in keys}
    return Grid(corner, tuple(rows), tuple(_labelled(evidence, definition)), kept, frozenset(asked), frozenset(totals), tuple(notes))


def _labelled(evidence: Evidence, definition: TableDefinition) -> list[Head]:
    """Heads of the series: their labels, or names of indicators with what tells equal names apart."""
    names = [
        evidence.wording.choose(series.label_zh, series.label_en) or evidence.indicator_name(series.indicator)
        for series in definition.columns
    ]
    heads = []
    for number, (name, series) in enumerate(zip(names, definition.columns, strict=True)):
        details = []
        if names.count(name) > 1:
            details = [
                *([evidence.wording.period(evidence.figures.period(series.indicator, text)) for text in series.periods[:1]]),
                *([evidence.area_name(series.area)] if series.area not in {"", "*"} else []),
                *(evidence.category_name(dimension, code) for dimension, code in series.categories.items() if code not in {"*", TOTAL}),
                *([evidence.basis_name(series.accounting_basis)] if series.accounting_basis else []),
            ]
        heads.append(Head(number, evidence.wording.choose("", " ").join([*details, name]), series_unit(evidence, definition, series)))
    return heads


def _collect(evidence: Evidence, entries: Sequence[tuple[Place, Place, Figure]]) -> dict[tuple[Place, Place], Figure]:
    """One figure a cell: of several bases the one known last; several periods or areas in one cell are refused."""
    found: dict[tuple[Place, Place], list[Figure]] = {}
    for row, column, figure in entries:
        found.setdefault((row, column), []).append(figure)
    return {place: figures[0] if len(figures) == 1 else _one(evidence, figures) for place, figures in found.items()}


def _one(evidence: Evidence, figures: list[Figure]) -> Figure:
    keys = {(figure.area, figure.categories, figure.period) for figure in figures}
    if len(keys) > 1:
        indicator = evidence.indicator_name(figures[0].indicator)
        names = sorted({f"{evidence.area_name(figure.area)} {figure.period} {figure.categories}".strip() for figure in figures})
        raise BadRequest(
            _("“{indicator}”有一格落进了几个数：{names}").format(indicator=indicator, names="、".join(names[:4])),
            remedy=_("在该列写明 periods、areas 或 categories，使每格只有一个数。"),
        )
    figure = figures[0]
    key = Key(evidence.workspace.indicators[figure.indicator], figure.area, figure.categories, figure.period)
    return latest(evidence, key, figures)


def _ordered(
    definition: TableDefinition, rows: list[Head], cells: Mapping[tuple[Place, Place], Figure], totals: Iterable[Place] = ()
) -> list[Head]:
    """By the first column, largest first; totals stay on top, rows without a figure come last."""
    above = set(totals)

    def size(row: Head) -> tuple[bool, bool, Decimal]:
        figure = cells.get((row.key, 0))
        return row.key not in above, figure is None, -figure.quantity.value if figure else Decimal(0)

    return sorted(rows, key=size)


def _left_out(evidence: Evidence, names: list[str], chinese: str, english: str) -> str:
    shown = evidence.wording.join(names[:EMPTY_ROWS_AT_MOST])
    rest = len(names) - EMPTY_ROWS_AT_MOST
    return evidence.wording.choose(
        f"未列{chinese}{len(names)}个：{shown}{'等' if rest > 0 else ''}。",
        f"{len(names)} {english} left out: {shown}{' and others' if rest > 0 else ''}.",
    )
