"""Which lines, bars or parts a chart has, and what each is called: only what tells them apart is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guibiao.model.basis import Stage
from guibiao.model.category import TOTAL, parse_category_key
from guibiao.model.period import Measure
from guibiao.publish.charts.calendar import is_january_and_february
from guibiao.publish.charts.chart import Order
from guibiao.publish.figures import Figure
from guibiao.publish.printable import printable
from guibiao.reference.report_definitions import SeriesDefinition

_STAGES = {
    Stage.PRELIMINARY: ("初步核算", "preliminary"),
    Stage.VERIFIED: ("最终核实", "verified"),
    Stage.CENSUS_REVISED: ("普查修订", "census-revised"),
}
_MEASURES = {
    Measure.DURING: ("当期", "in the period"),
    Measure.TO_DATE: ("累计", "to date"),
    Measure.AT_END: ("期末", "at end"),
    Measure.AVERAGE: ("平均", "average"),
}
_PRICES = {"constant": ("{year}年不变价", "constant {year} prices"), "chained": ("以{year}年为参考年的链式量", "chained, reference {year}")}


Found = tuple[SeriesDefinition, int, bool, list[Figure]]
"""A series, its place in the definition, whether stages tell its figures apart, and figures of one group."""


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that make one line: all alike but for the period, in the order of periods. `given` is its place in the definition."""

    name: str
    given: int
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """What the definition selects, series by series, after what does not belong was dropped and said."""

    series: tuple[tuple[SeriesDefinition, tuple[Figure, ...]], ...]
    notes: tuple[str, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(figure for _series, figures in self.series for figure in figures)


def spreads(series: SeriesDefinition) -> bool:
    """Whether the series asks for several areas or categories at once."""
    return series.area == "*" or len(series.areas) > 1 or any(code.endswith("*") for code in series.categories.values())


def select(order: Order) -> Selection:
    """The figures of every series. Of `area: "*"` only areas of one level stay: districts of a city, or cities side by side.

    Where several areas or categories stand side by side, only figures on one basis stay: bases are never compared.
    """
    selected, notes = [], []
    asked = [(series, order.figures.select(series)) for series in order.definition.series]
    whole = [figure for _series, figures in asked for figure in figures] if order.definition.kind == "composition" else []
    for series, every in asked:
        figures = every
        if spreads(series) or order.definition.kind in {"composition", "slope", "tile_map", "scatter"}:
            figures, said = _one_basis(order, series, every, whole or every)
            notes += said
        if series.area == "*" and not series.areas:
            figures, dropped = _one_level(order, figures)
            if dropped:
                names = order.listed(order.area_name(code) for code in dropped)
                notes.append(order.say(f"未画不同层级的地区：{names}。", f"Areas of another level are not drawn: {names}."))
        if order.definition.kind in {"bar", "range", "heat"}:
            figures, dropped_totals = _parts_alone(order, series, figures)
            notes += dropped_totals
        selected.append((series, figures))
    return Selection(tuple(selected), tuple(notes))


def _parts_alone(order: Order, series: SeriesDefinition, figures: tuple[Figure, ...]) -> tuple[tuple[Figure, ...], list[str]]:
    """Of `*` categories the parts without their total, which is no peer of them, and the note that says so."""
    free = {dimension for dimension, code in series.categories.items() if code.endswith("*")}
    parts = tuple(
        figure for figure in figures if not any(parse_category_key(figure.categories).get(dimension) == TOTAL for dimension in free)
    )
    if len(parts) == len(figures) or not parts:
        return figures, []
    return parts, [order.say("未画合计。", "The total is not drawn.")]


def level_of(order: Order, codes: Iterable[str]) -> str:
    """Parent of the areas to compare: that of the highlighted area, else the city's own parts if two are there, else of most areas."""
    known = [(code, category.parent if (category := order.area(code)) else "") for code in codes]
    chosen = next((parent for code, parent in known if code == order.definition.highlight), None)
    if chosen is not None:
        return chosen
    counts = Counter(parent for _code, parent in known)
    own = order.workspace.settings.area
    return own if counts[own] > 1 else max(sorted(counts), key=lambda parent: counts[parent], default="")


def _one_basis(
    order: Order, series: SeriesDefinition, figures: Sequence[Figure], pool: Sequence[Figure]
) -> tuple[tuple[Figure, ...], list[str]]:
    """The figures on the basis that covers the latest period of `pool` well, or on none, and a note on the others."""
    places = Counter((basis(figure), figure.period) for figure in pool if figure.accounting_basis or figure.price_basis != "none")
    if not places:
        return tuple(figures), []
    half = max(places.values()) / 2
    chosen = max((period.end, count, name) for (name, period), count in places.items() if count > half)[2]
    kept = tuple(figure for figure in figures if basis(figure) == chosen or basis(figure) == ("", "none"))
    left_out = len(figures) - len(kept)
    if not left_out:
        return kept, []
    label = series_label(order, series) or indicator_name(order, series.indicator)
    name = order.say("，", ", ").join(text for text in (basis_name(order, chosen[0]), price_name(order, chosen[1])) if text)
    said = f"“{label}”只画{name}，其他口径的{left_out}个数据未画。"
    return kept, [order.say(said, f"{label}: only figures on {name}; {left_out} on other bases are not drawn.")]


def basis(figure: Figure) -> tuple[str, str]:
    """Accounting and price basis: figures that differ in it are not compared."""
    return figure.accounting_basis, figure.price_basis


def _one_level(order: Order, figures: tuple[Figure, ...]) -> tuple[tuple[Figure, ...], list[str]]:
    codes = sorted({figure.area for figure in figures if order.category(order.definition.classification, figure.area)})
    outside = sorted({figure.area for figure in figures} - set(codes))
    parent = level_of(order, codes)
    kept = {code for code in codes if (category := order.area(code)) and category.parent == parent}
    dropped = [*(code for code in codes if code not in kept), *outside]
    return tuple(figure for figure in figures if figure.area in kept), dropped


def group(order: Order, selection: Selection, *, by_period: bool = False) -> tuple[list[Group], list[str]]:
    """One group for every combination of series and attributes; of several figures for one period the latest known stays.

    With `by_period` the period tells groups apart as well, so that each holds one figure.
    """
    found: list[Found] = []
    dropped = 0
    for given, (series, figures) in enumerate(selection.series):
        parts: dict[tuple[str, ...], list[Figure]] = {}
        staged, monthly = _stages_overlap(figures), _is_monthly(figures)
        for figure in figures:
            parts.setdefault(_key(figure, staged=staged, monthly=monthly, by_period=by_period), []).append(figure)
        for members in parts.values():
            latest = {member.period: member for member in sorted(members, key=lambda member: (member.known_from, member.id))}
            dropped += len(members) - len(latest)
            found.append((series, given, staged, [latest[period] for period in sorted(latest)]))
    notes = []
    if dropped:
        said = f"同一时期有多个数据的，取最近公布的一个，另有{dropped}个未画。"
        notes.append(order.say(said, f"Of several figures for one period the latest is drawn; {dropped} are left out."))
    names = _names(order, found, by_period=by_period)
    return [Group(name, given, tuple(figures)) for name, (_series, given, _staged, figures) in zip(names, found, strict=True)], notes


def _stages_overlap(figures: Sequence[Figure]) -> bool:
    """Whether stages stand side by side for one period; a line whose last year alone is preliminary is one line."""
    stages: dict[tuple[str, ...], set[str]] = {}
    for figure in figures:
        stages.setdefault(_key(figure, staged=False, monthly=False, by_period=True), set()).add(figure.stage)
    return any(len(found) > 1 for found in stages.values())


def _is_monthly(figures: Sequence[Figure]) -> bool:
    """Whether the series is one of months, whose January and February come as one figure, and not also a cumulative one."""
    periods = [figure.period for figure in figures]
    months = any(period.measure is Measure.DURING and period.months == 1 for period in periods)
    return months and not any(period.measure is Measure.TO_DATE and not is_january_and_february(period) for period in periods)


def _key(figure: Figure, *, staged: bool, monthly: bool, by_period: bool) -> tuple[str, ...]:
    """What makes two figures belong to two groups; same places as in `_attributes`."""
    measure = Measure.DURING if monthly and is_january_and_february(figure.period) else figure.period.measure
    stage = figure.stage if staged else ""
    period = repr(figure.period) if by_period else ""
    return figure.area, figure.categories, figure.price_basis, figure.accounting_basis, measure.value, stage, period


def _attributes(order: Order, figure: Figure, *, staged: bool, by_period: bool) -> tuple[str, ...]:
    """The same as `_key` in words."""
    return (
        order.area_name(figure.area),
        category_name(order, figure.categories),
        price_name(order, figure.price_basis),
        basis_name(order, figure.accounting_basis),
        order.say(*_MEASURES[figure.period.measure]),
        order.say(*_STAGES[Stage(figure.stage)]) if staged and figure.stage else "",
        order.wording.period(figure.period) if by_period else "",
    )


def _names(order: Order, found: Sequence[Found], *, by_period: bool) -> list[str]:
    """Label of the series, or its indicator where indicators differ, with the attributes in which lines of one label differ."""
    several = len({series.indicator for series, *_rest in found}) > 1
    bases = [series_label(order, series) or (indicator_name(order, series.indicator) if several else "") for series, *_rest in found]
    values = [_attributes(order, figures[0], staged=staged, by_period=by_period) for _series, _given, staged, figures in found]
    names = []
    for base, own in zip(bases, values, strict=True):
        peers = [other for name, other in zip(bases, values, strict=True) if name == base]
        telling = [text for place, text in enumerate(own) if text and len({other[place] for other in peers}) > 1]
        names.append(order.say("，", ", ").join([base, *telling] if base else telling))
    return [name or indicator_name(order, series.indicator) for name, (series, *_rest) in zip(names, found, strict=True)]


def series_label(order: Order, series: SeriesDefinition) -> str:
    """The label the definition gives a series, empty where it gives none."""
    return printable(order.say(series.label_zh, series.label_en))


def indicator_name(order: Order, indicator: str) -> str:
    """The indicator's name in the document's language."""
    definition = order.workspace.indicators.get(indicator)
    return printable(order.say(definition.name_zh, definition.name_en) if definition else indicator)


def category_name(order: Order, key: str) -> str:
    """Names of a figure's categories: 第三产业; several joined."""
    names = []
    for dimension, code in parse_category_key(key).items():
        total = order.say("合计", "Total")
        names.append(total if code == TOTAL else order.name_of(order.category(dimension, code), code))
    return order.say("·", ", ").join(names)


def basis_name(order: Order, basis: str) -> str:
    """Name of an accounting basis, empty where it does not apply."""
    known = order.workspace.basis(basis)
    return printable(order.say(known.name_zh, known.name_en) if known else basis)


def price_name(order: Order, text: str) -> str:
    """现价, 2020年不变价; empty where nothing is valued."""
    if text in {"none", ""}:
        return ""
    kind, _parenthesis, year = text.rstrip(")").partition("(")
    return order.say(*(form.format(year=year) for form in _PRICES[kind])) if kind in _PRICES else order.say("现价", "current prices")
