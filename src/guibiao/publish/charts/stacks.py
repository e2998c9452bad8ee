"""Parts of wholes: which parts stand in which bar, what they add to, and what is wanting. No drawing here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guibiao.model.category import TOTAL, parse_category_key
from guibiao.model.period import Period
from guibiao.model.quantity import format_number
from guibiao.model.unit import parse_unit
from guibiao.publish.charts.chart import Order
from guibiao.publish.charts.marks import Mark, Scale, chart_scale, make_mark
from guibiao.publish.charts.naming import Selection, category_name, indicator_name, series_label
from guibiao.publish.charts.subjects import latest_period, position
from guibiao.publish.figures import Figure
from guibiao.reference.report_definitions import ChartDefinition

PARTS_AT_MOST = 8
PartKey = tuple[int, str]
BarKey = tuple[str, Period]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part in a bar: number of the part, its figure, and where it begins and ends on the value axis."""

    part: int
    mark: Mark
    start: float
    end: float
    label: str


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar. `total` is the published whole where there is one; `total_label` is empty where no total may be given.

    `rest` is where the published whole reaches beyond its parts, as (start, end).
    """

    name: str
    period: Period
    segments: tuple[Segment, ...]
    total: Mark | None
    total_label: str
    rest: tuple[float, float] | None
    highlighted: bool = False

    @property
    def high(self) -> float:
        """Greatest height reached, zero at least."""
        return max([0.0, *(segment.end for segment in self.segments), *([self.rest[1]] if self.rest else [])])

    @property
    def low(self) -> float:
        """Least height reached, zero at most."""
        return min([0.0, *(segment.end for segment in self.segments)])


@dataclass(frozen=True, slots=True)
class Stacks:
    """All bars of a composition; `over_time` where they differ in period, else they are areas in one period."""

    parts: tuple[str, ...]
    bars: tuple[Stack, ...]
    scale: Scale
    shares: bool
    over_time: bool
    notes: tuple[str, ...]

    @property
    def marks(self) -> list[Mark]:
        drawn = [segment.mark for bar in self.bars for segment in bar.segments]
        return drawn + [bar.total for bar in self.bars if bar.total]


def make_stacks(order: Order, selection: Selection) -> Stacks:
    """Bars over time for one area, else bars of areas in the latest well covered period."""
    parts, totals, notes = _parts(order, selection)
    figures = [figure for members in parts.values() for figure in members]
    over_time = len({figure.period for figure in figures}) > 1 and len({figure.area for figure in figures}) == 1
    if not over_time and len({figure.period for figure in figures}) > 1:
        latest = latest_period(figures)
        left_out = sum(figure.period != latest for figure in figures)
        name = order.wording.period(latest)
        said = f"只画{name}，其他时期的{left_out}个数据未画。"
        notes.append(order.say(said, f"Only {name}; {left_out} figures for other periods are not drawn."))
        figures = [figure for figure in figures if figure.period == latest]
    shares = _shares_wanted(order.definition, figures)
    scale = _share_scale(order, figures) if shares else chart_scale(order, figures)
    kept, merged = _kept_parts(order, parts, scale)
    notes += merged
    names = {key: _part_name(order, selection, parts, key) for key in kept}
    builder = _Builder(order, kept, names, scale, shares)
    keys = sorted({(figure.area, figure.period) for figure in figures}, key=lambda key: (position(order, selection, (key[0], "")), key[1]))
    bars = [builder.bar(key, {part: _at(parts[part], key) for part in parts}, _at(totals, key), over_time=over_time) for key in keys]
    drawn = tuple(bar for bar in bars if bar)
    return Stacks(tuple(names.values()), drawn, scale, shares, over_time, (*notes, *builder.said()))


def _parts(order: Order, selection: Selection) -> tuple[dict[PartKey, list[Figure]], list[Figure], list[str]]:
    """Figures of every part, figures of the wholes, and notes. Of several figures for one place the latest known stays."""
    parts: dict[PartKey, list[Figure]] = {}
    totals: list[Figure] = []
    notes = list(selection.notes)
    for given, (series, figures) in enumerate(selection.series):
        free = {dimension for dimension, code in series.categories.items() if code.endswith("*")}
        if free:
            totals += _wholes(order, series.indicator, figures)
        for figure in figures:
            codes = parse_category_key(figure.categories)
            if not any(codes.get(dimension) == TOTAL for dimension in free):
                parts.setdefault((given, figure.categories), []).append(figure)
    dropped = 0
    for key, members in parts.items():
        latest = {(member.area, member.period): member for member in sorted(members, key=lambda member: (member.known_from, member.id))}
        dropped += len(members) - len(latest)
        parts[key] = list(latest.values())
    if dropped:
        said = f"同一时期有多个数据的，取最近公布的一个，另有{dropped}个未画。"
        notes.append(order.say(said, f"Of several figures for one period the latest is drawn; {dropped} are left out."))
    ordered = sorted(parts, key=lambda key: (key[0], position(order, selection, ("", key[1]))[1:], key[1]))
    return {key: parts[key] for key in ordered}, totals, notes


def _wholes(order: Order, indicator: str, figures: Sequence[Figure]) -> list[Figure]:
    """Published wholes of parts by category: the same indicator without categories or with their total."""
    bases = {(figure.area, figure.period, figure.price_basis, figure.accounting_basis) for figure in figures}
    return [
        figure
        for figure in order.figures.of(indicator)
        if (figure.area, figure.period, figure.price_basis, figure.accounting_basis) in bases
        and set(parse_category_key(figure.categories).values()) <= {TOTAL}
    ]


def _at(figures: Sequence[Figure], key: BarKey) -> Figure | None:
    return next((figure for figure in figures if (figure.area, figure.period) == key), None)


def _shares_wanted(definition: ChartDefinition, figures: Sequence[Figure]) -> bool:
    """A unit of % asked for figures that are levels: shares of the bar."""
    return definition.unit == "%" and not figures[0].quantity.unit.is_ratio


def _share_scale(order: Order, figures: Sequence[Figure]) -> Scale:
    return Scale(*order.wording.display_unit(figures[0].quantity.unit))


def _kept_parts(order: Order, parts: Mapping[PartKey, Sequence[Figure]], scale: Scale) -> tuple[list[PartKey], list[str]]:
    """The parts drawn: all, or the greatest in order, with a note on the others."""
    keys = list(parts)
    if len(keys) <= PARTS_AT_MOST:
        return keys, []
    sizes = {key: sum(abs(figure.quantity.to(scale.unit).value) for figure in parts[key]) for key in keys}
    greatest = sorted(keys, key=lambda key: -sizes[key])[: PARTS_AT_MOST - 1]
    others = [key for key in keys if key not in greatest]
    names = order.listed(category_name(order, key[1]) or indicator_name(order, parts[key][0].indicator) for key in others)
    said = f"较小的{len(others)}项未分别画出：{names}。"
    return [key for key in keys if key in greatest], [order.say(said, f"{len(others)} smaller parts are not drawn apart: {names}.")]


def _part_name(order: Order, selection: Selection, parts: Mapping[PartKey, Sequence[Figure]], key: PartKey) -> str:
    series = selection.series[key[0]][0]
    same_series = sum(other[0] == key[0] for other in parts)
    label, category = series_label(order, series), category_name(order, key[1])
    if same_series > 1:
        return order.say("·", ", ").join(part for part in (label if len(selection.series) > 1 else "", category) if part)
    return (
        label
        or (category if any(code.endswith("*") for code in series.categories.values()) else "")
        or indicator_name(order, series.indicator)
    )


class _Builder:
    """Builds bars one by one and remembers what has to be said about them."""

    def __init__(self, order: Order, kept: Sequence[PartKey], names: Mapping[PartKey, str], scale: Scale, shares: bool) -> None:
        self.order = order
        self.kept = list(kept)
        self.names = names
        self.scale = scale
        self.shares = shares
        self.incomplete: list[str] = []
        self.left_out: list[str] = []
        self.summed = False

    def bar(self, key: BarKey, figures: Mapping[PartKey, Figure | None], whole: Figure | None, *, over_time: bool) -> Stack | None:
        """One bar; None where shares of it cannot be formed."""
        order, (area, period) = self.order, key
        name = order.wording.period(period) if over_time else order.area_name(area)
        marks = {part: self._mark(figure, part, "" if over_time else name) for part, figure in figures.items() if figure}
        missing = [self.names.get(part, part[1]) for part, figure in figures.items() if figure is None]
        total = make_mark(order, whole, self.scale, order.say("合计", "total")) if whole else None
        if missing:
            self.incomplete.append(order.say(f"{name}缺{order.wording.join(missing)}", f"{name} lacks {order.wording.join(missing)}"))
        exact = all(mark.firm for mark in marks.values())
        base = self._base(list(marks.values()), total, complete=not missing and exact)
        if self.shares and base is None:
            self.left_out.append(name)
            return None
        segments = self._segments({part: marks[part] for part in self.kept if part in marks}, base)
        end = (total.value if total else sum(mark.value for mark in marks.values())) * (100 / base if self.shares and base else 1)
        drawn = max((segment.end for segment in segments), default=0.0)
        wanting = end - drawn > self._tolerance(list(marks.values())) * (100 / base if self.shares and base else 1)
        rest = (drawn, end) if wanting and (total or len(marks) > len(segments)) and drawn >= 0 else None
        label = self._total_label(list(marks.values()), total, complete=not missing and exact)
        highlighted = bool(order.definition.highlight) and area == order.definition.highlight and not over_time
        return Stack(name, period, tuple(segments), total, label, rest, highlighted)

    def said(self) -> list[str]:
        """Notes on the bars built."""
        order, notes = self.order, []
        if self.incomplete:
            notes.append(order.say("；", "; ").join(self.incomplete[:8]) + order.say("。", "."))
        if self.left_out:
            names = order.listed(self.left_out)
            said = f"各部分不全、非确数或有负数，不能算占比，未画{len(self.left_out)}个：{names}。"
            notes.append(order.say(said, f"Not drawn, as shares cannot be formed ({len(self.left_out)}): {names}."))
        if self.summed:
            said = "合计为图中各部分之和，尾数可能与公布的合计不同。"
            notes.append(order.say(said, "Totals are sums of the parts and may differ from published ones."))
        if self.shares:
            notes.append(order.say("占比由各部分的数值计算。", "Shares are computed from the levels."))
        return notes

    def _mark(self, figure: Figure, part: PartKey, where: str) -> Mark:
        name = self.names.get(part) or category_name(self.order, part[1])
        return make_mark(self.order, figure, self.scale, self.order.say("", " ").join(text for text in (where, name) if text))

    def _base(self, marks: Sequence[Mark], total: Mark | None, *, complete: bool) -> float | None:
        """What shares are shares of: the published whole, else the sum of all parts."""
        if any(mark.value < 0 or not mark.firm for mark in marks):
            return None
        if total and total.firm and total.value > 0:
            return total.value
        whole = sum(mark.value for mark in marks)
        return whole if complete and whole > 0 else None

    def _segments(self, marks: Mapping[PartKey, Mark], base: float | None) -> list[Segment]:
        above, below, segments = 0.0, 0.0, []
        for part, mark in marks.items():
            size = mark.value * 100 / base if self.shares and base else mark.value
            start = above if size >= 0 else below
            label = self.order.wording.number(Decimal(repr(size)), self._share_decimals()) if self.shares else mark.label
            segments.append(Segment(self.kept.index(part), mark, start, start + size, label))
            above, below = (start + size, below) if size >= 0 else (above, start + size)
        return segments

    def _share_decimals(self) -> int:
        return 1 if self.order.definition.decimals is None else self.order.definition.decimals

    def _tolerance(self, marks: Sequence[Mark]) -> float:
        """Rounding of the parts and the whole: half a unit of the last digit each."""
        return 0.5 * (len(marks) + 1) * 10.0 ** -min((mark.decimals for mark in marks), default=0) * 1.001

    def _total_label(self, marks: Sequence[Mark], total: Mark | None, *, complete: bool) -> str:
        if total and not self.shares:
            return total.label
        if not complete or self.shares or self.scale.unit.is_ratio or len(marks) < 2:
            return ""
        self.summed = True
        decimals = max(mark.decimals for mark in marks)
        exact = sum((mark.figure.quantity.to(self.scale.unit).value for mark in marks), Decimal(0))
        return self.order.wording.number(Decimal(format_number(exact, decimals)), decimals)


def share_unit(order: Order) -> str:
    """The unit shares are drawn in."""
    return order.wording.display_unit(parse_unit("%"))[1]
