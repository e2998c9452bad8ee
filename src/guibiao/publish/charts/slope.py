"""Slopes: two periods side by side, a line a subject, both ends labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guibiao.model.period import Period
from guibiao.publish.charts.chart import Chart, Order, Spec, finished, nothing_on_file, refused, spoken
from guibiao.publish.charts.curves import inexact_note
from guibiao.publish.charts.layout import dodge, text_width
from guibiao.publish.charts.legend import legend
from guibiao.publish.charts.marks import Mark, Scale, chart_scale, make_mark
from guibiao.publish.charts.naming import Group, Selection, group, select
from guibiao.publish.charts.theme import (
    ACCENT,
    FAINT,
    HATCH,
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

SLOPES_AT_MOST = 20
ROW = 14.0
SHORTEST = 190.0
FALL = LINES[1]
RISE = LINES[0]
SAME = LINES[4]


@dataclass(frozen=True, slots=True)
class Slope:
    """One line: name and the figures at its two ends."""

    name: str
    first: Mark
    last: Mark
    highlighted: bool

    @property
    def color(self) -> str:
        if self.highlighted:
            return ACCENT
        return RISE if self.last.printed > self.first.printed else FALL if self.last.printed < self.first.printed else SAME


def draw_slope(order: Order) -> Chart:
    """The chart of kind `slope`: the first and the last of the periods named, or of those on file."""
    selection = select(order)
    if not selection.figures:
        return nothing_on_file(order)
    scale = chart_scale(order, selection.figures)
    periods = _two_periods(order, selection)
    if periods is None:
        reason = order.say("只有一个时期的数据，不能比较两期。", "Only one period is on file; two are needed.")
        return refused(order, reason, selection.notes)
    groups, notes = group(order, selection)
    slopes, missing = _slopes(order, groups, scale, *periods)
    if not slopes:
        reason = f"没有一项同时有{order.wording.period(periods[0])}和{order.wording.period(periods[1])}的数据。"
        return refused(order, order.say(reason, "Nothing has figures for both periods."), [*selection.notes, *notes])
    notes = [*selection.notes, *notes, *_left_out(order, selection, periods)]
    if missing:
        names = order.listed(missing)
        said = f"缺一期数据，未画{len(missing)}个：{names}。"
        notes.append(order.say(said, f"Not drawn for want of one period ({len(missing)}): {names}."))
    if len(slopes) > SLOPES_AT_MOST:
        kept = sorted(slopes, key=lambda slope: (not slope.highlighted, -slope.last.value))[:SLOPES_AT_MOST]
        others = [slope.name for slope in slopes if slope not in kept]
        slopes = [slope for slope in slopes if slope in kept]
        names = order.listed(others)
        said = f"只画末期数值最大的{SLOPES_AT_MOST}个，未画{len(others)}个：{names}。"
        notes.append(order.say(said, f"Only the {SLOPES_AT_MOST} greatest; {len(others)} not drawn: {names}."))
    marks = [mark for slope in slopes for mark in (slope.first, slope.last)]
    notes += [order.say("纵向位置按数值，不从零开始。", "Heights follow the values and do not start at zero."), *inexact_note(order, marks)]
    spec = _spec(order, slopes, periods, scale)
    return finished(order, spec, [mark.figure for mark in marks], notes, _in_words(order, slopes, periods, scale))


def _two_periods(order: Order, selection: Selection) -> tuple[Period, Period] | None:
    """First and last period of those on file; where areas differ, of those with at least half of the best coverage."""
    periods = [figure.period for figure in selection.figures]
    most = max(periods.count(period) for period in set(periods))
    covered = sorted(period for period in set(periods) if 2 * periods.count(period) >= most)
    return (covered[0], covered[-1]) if len(covered) > 1 else None


def _left_out(order: Order, selection: Selection, periods: tuple[Period, Period]) -> list[str]:
    """A note on figures for periods between or beside the two."""
    count = sum(figure.period not in periods for figure in selection.figures)
    if not count:
        return []
    return [order.say(f"只比较两期，其他时期的{count}个数据未画。", f"Two periods are compared; {count} figures for others are not drawn.")]


def _slopes(order: Order, groups: Sequence[Group], scale: Scale, first: Period, last: Period) -> tuple[list[Slope], list[str]]:
    """Slopes of the groups that have both periods, and the names of those that have one."""
    slopes, missing = [], []
    for member in groups:
        found = {figure.period: make_mark(order, figure, scale, member.name) for figure in member.figures if figure.period in {first, last}}
        if len(found) == 2:
            highlighted = bool(order.definition.highlight) and member.figures[0].area == order.definition.highlight
            slopes.append(Slope(member.name, found[first], found[last], highlighted))
        else:
            missing.append(member.name)
    return slopes, missing


def _spec(order: Order, slopes: Sequence[Slope], periods: tuple[Period, Period], scale: Scale) -> Spec:
    names = max(text_width(slope.name, LABEL) for slope in slopes) * 1.04
    figures = [max(text_width(mark.label, LABEL) for mark in side) for side in ([s.first for s in slopes], [s.last for s in slopes])]
    left, right = (round(max(names + room + 32, 60)) for room in figures)
    margin = Margin(left, right, 52, 10)
    width = WIDTH - margin.left - margin.right
    height = max(SHORTEST, len(slopes) * ROW)
    values = [mark.value for slope in slopes for mark in (slope.first, slope.last)]
    low, high = min(values), max(values)
    spread = (high - low) or abs(high) or 1.0
    domain = (low - spread * 0.03, high + spread * 0.03)

    def y(value: float) -> float:
        return round(height * (domain[1] - value) / (domain[1] - domain[0]), 2)

    columns = [[y(slope.first.value) for slope in slopes], [y(slope.last.value) for slope in slopes]]
    places = [dodge(column, [ROW] * len(slopes), -4, height + 4) for column in columns]
    heads = [
        {"px": px, "py": -17, "text": order.wording.period(period), "color": INK} for px, period in zip((0, width), periods, strict=True)
    ]
    heading = scale.heading(order)
    unit = [{"px": -margin.left + 1, "py": -margin.top + 10, "text": heading, "color": MUTED}] if heading else []
    poles = rules([{"px": px, "py": -10, "px2": px, "py2": height, "color": HATCH} for px in (0, width)], 1.0)
    layers = [
        poles,
        *_slope_layers(slopes, width, domain),
        *_leaders(slopes, columns, places, width),
        *_end_texts(slopes, places, width, figures),
        texts(heads, bold=True),
        texts(unit, "left"),
        *_key(order, slopes, margin),
    ]
    return canvas(height, margin, layers)


def _slope_layers(slopes: Sequence[Slope], width: float, domain: tuple[float, float]) -> list[Spec]:
    lines: dict[tuple[bool, bool], list[Spec]] = {}
    points = []
    for number, slope in enumerate(slopes):
        for px, mark in ((0.0, slope.first), (width, slope.last)):
            dashed = not (slope.first.firm and slope.last.firm)
            end = {"px": px, "value": mark.value, "run": str(number), "color": slope.color}
            lines.setdefault((slope.highlighted, dashed), []).append(end)
            points.append(mark.row(px=px, line=slope.name, color=slope.color, fill=slope.color if mark.firm else PAPER))
    upward = {"field": "value", "type": "quantitative", "scale": {"domain": list(domain), "nice": False, "zero": False}, "axis": None}
    layers: list[Spec] = []
    for (highlighted, dashed), rows in sorted(lines.items()):
        line: Spec = {"type": "line", "strokeWidth": 2.4 if highlighted else 1.3, "aria": False}
        if dashed:
            line["strokeDash"] = [4, 3.5]
        encoding = {"x": pixel("px"), "y": upward, "detail": {"field": "run", "type": "nominal"}, "stroke": color()}
        layers.append({"data": {"values": rows}, "mark": line, "encoding": encoding})
    encoding = {"x": pixel("px"), "y": upward, "stroke": color(), "fill": color("fill"), **LINKED}
    dot = {"type": "point", "size": 26, "strokeWidth": 1.3, "opacity": 1}
    return [*layers, {"data": {"values": points}, "mark": dot, "encoding": encoding}]


def _leaders(slopes: Sequence[Slope], columns: Sequence[Sequence[float]], places: Sequence[Sequence[float]], width: float) -> list[Spec]:
    """Short lines from points to labels that had to move."""
    rows = []
    for number in range(len(slopes)):
        for side, (near, far) in enumerate(((-5, -17), (width + 5, width + 17))):
            rows.append({"px": near, "py": columns[side][number], "px2": far, "py2": places[side][number], "color": FAINT})
    return [rules(rows, 0.5)]


def _end_texts(slopes: Sequence[Slope], places: Sequence[Sequence[float]], width: float, inner: Sequence[float]) -> list[Spec]:
    """Name outside, figure inside, on either end; the figures in columns of their own."""
    layers = []
    for bold in (False, True):
        chosen = [(number, slope) for number, slope in enumerate(slopes) if slope.highlighted == bold]
        left = [{"px": -20, "py": places[0][n], "text": s.first.label, "color": s.color, "href": s.first.href} for n, s in chosen]
        right = [{"px": width + 20, "py": places[1][n], "text": s.last.label, "color": s.color, "href": s.last.href} for n, s in chosen]
        names_left = [{"px": round(-26 - inner[0]), "py": places[0][n], "text": s.name, "color": s.color} for n, s in chosen]
        names_right = [{"px": round(width + 26 + inner[1]), "py": places[1][n], "text": s.name, "color": s.color} for n, s in chosen]
        layers += [texts(left, "right", SMALL, bold=bold), texts(right, "left", SMALL, bold=bold)]
        layers += [texts(names_left, "right", bold=bold), texts(names_right, "left", bold=bold)]
    return layers


def _key(order: Order, slopes: Sequence[Slope], margin: Margin) -> tuple[Spec, ...]:
    names = {RISE: order.say("上升", "rise"), FALL: order.say("下降", "fall"), SAME: order.say("持平", "unchanged")}
    present = {slope.color for slope in slopes}
    entries = [(name, colour) for colour, name in names.items() if colour in present]
    return legend(entries, -margin.left + 130, -margin.top + 10, WIDTH - 130).layers if len(entries) > 1 else ()


def _in_words(order: Order, slopes: Sequence[Slope], periods: tuple[Period, Period], scale: Scale) -> str:
    first, last = (order.wording.period(period) for period in periods)
    said = [
        order.say(f"{slope.name}由{slope.first.label}到{slope.last.label}", f"{slope.name} from {slope.first.label} to {slope.last.label}")
        for slope in slopes
    ]
    both = order.say(f"{first}与{last}", f"{first} and {last}")
    heading = order.say("，", ", ").join(part for part in (scale.heading(order), both) if part)
    return spoken(order, order.say("斜率图", "Slope chart"), heading, said)
