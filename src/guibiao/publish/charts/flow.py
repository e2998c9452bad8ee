"""Flow between two classifications: bands from the top codes of one to codes of the other, as wide as the number of links between them.

A band of links that belong only in part (starred industries) is drawn lighter and hatched. It counts codes, not values: it has no figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from guibiao.publish.charts.chart import Chart, Order, Spec, finished, refused, spoken
from guibiao.publish.charts.layout import text_width, wrap
from guibiao.publish.charts.legend import legend
from guibiao.publish.charts.theme import INK, LABEL, LINES, MUTED, PARTS, SMALL, WIDTH, Margin, boxes, canvas, color, pixel, rules, texts
from guibiao.publish.printable import printable
from guibiao.reference.classification import Classification, Correspondence

COLORS = (LINES[0], LINES[1], LINES[2], LINES[3], LINES[5], PARTS[4])
NODE = 9.0
"""Width of a node in pixels."""
GAP = 7.0
SMALLEST = 13.0
"""Least height of a node with its name."""
STEPS = 24
PER_LINK = 4.6
"""Pixels a link is high."""
NAME_WIDTH = 168
LIGHT, FULL = 0.2, 0.55


@dataclass(frozen=True, slots=True)
class Band:
    """Links between one code on the left and one on the right, whole or partial ones."""

    left: str
    right: str
    partial: bool
    count: int


@dataclass(frozen=True, slots=True)
class Node:
    """A code with its place in height."""

    code: str
    name: str
    count: int
    top: float
    height: float


def draw_flow(order: Order) -> Chart:
    """The chart of kind `flow`."""
    correspondence = order.workspace.correspondences.get(order.definition.correspondence)
    if correspondence is None:
        said = order.say("没有对应表“{}”。", "There is no correspondence “{}”.")
        return refused(order, printable(said.format(order.definition.correspondence)))
    source = order.workspace.classifications.get(correspondence.title.source)
    target = order.workspace.classifications.get(correspondence.title.target)
    if source is None or target is None or not correspondence.links:
        return refused(order, order.say("对应表没有任何一行。", "The correspondence has no links."))
    bands = _bands(correspondence, source, target, order.definition.level)
    lefts = _ordered([band.left for band in bands], source)
    rights = _ordered([band.right for band in bands], target)
    height = _height(bands, lefts, rights)
    left_nodes = _nodes(order, bands, lefts, source, height, left=True)
    right_nodes = _nodes(order, bands, rights, target, height, left=False)
    spec = _spec(order, bands, left_nodes, right_nodes, height)
    chart = finished(order, spec, [], _notes(order, correspondence, source), _in_words(order, bands, left_nodes, right_nodes))
    return _with_source(order, chart, correspondence)


def _bands(correspondence: Correspondence, source: Classification, target: Classification, level: str) -> list[Band]:
    counts: dict[tuple[str, str, bool], int] = {}
    for link in correspondence.links:
        key = (_raised(source, link.source, ""), _raised(target, link.target, level), link.partial)
        counts[key] = counts.get(key, 0) + 1
    return [Band(left, right, partial, count) for (left, right, partial), count in counts.items()]


def _raised(classification: Classification, code: str, level: str) -> str:
    """The code above one at a level, the topmost where none is named; one that lies above the level stays."""
    chain = (code, *classification.ancestors(code))
    if level:
        found = next((each for each in chain if (category := classification.find(each)) and category.level == level), None)
        return found or code
    return chain[-1]


def _ordered(codes: Sequence[str], classification: Classification) -> list[str]:
    places = {category.code: place for place, category in enumerate(classification.categories)}
    return sorted(set(codes), key=lambda code: (places.get(code, len(places)), code))


def _height(bands: Sequence[Band], lefts: Sequence[str], rights: Sequence[str]) -> float:
    """Height at which every node on either side has its links or its name."""

    def needed(codes: Sequence[str], *, left: bool) -> float:
        counts = [sum(band.count for band in bands if (band.left if left else band.right) == code) for code in codes]
        return sum(max(count * PER_LINK, SMALLEST) for count in counts) + GAP * (len(codes) - 1)

    return round(max(needed(lefts, left=True), needed(rights, left=False)), 2)


def _nodes(
    order: Order, bands: Sequence[Band], codes: Sequence[str], classification: Classification, height: float, *, left: bool
) -> dict[str, Node]:
    """Nodes of one side from top to bottom, spread over the whole height."""
    counts = {code: sum(band.count for band in bands if (band.left if left else band.right) == code) for code in codes}
    heights = {code: max(count * PER_LINK, SMALLEST) for code, count in counts.items()}
    gap = (height - sum(heights.values())) / max(1, len(codes) - 1) if len(codes) > 1 else 0.0
    nodes, top = {}, 0.0 if len(codes) > 1 else (height - sum(heights.values())) / 2
    for code in codes:
        name = f"{code} {order.name_of(classification.find(code), code)}"
        nodes[code] = Node(code, name, counts[code], round(top, 2), heights[code])
        top += heights[code] + gap
    return nodes


def _spec(order: Order, bands: Sequence[Band], lefts: Mapping[str, Node], rights: Mapping[str, Node], height: float) -> Spec:
    names_left = {code: wrap(node.name, LABEL, NAME_WIDTH - 34) for code, node in lefts.items()}
    names_right = {code: wrap(node.name, SMALL, NAME_WIDTH + 30)[:1] for code, node in rights.items()}
    left = round(max(text_width(line, LABEL) for lines in names_left.values() for line in lines) + 34)
    right = round(max(text_width(line, SMALL) for lines in names_right.values() for line in lines) + 30)
    width = WIDTH - left - right
    colors = {code: COLORS[place % len(COLORS)] for place, code in enumerate(lefts)}
    areas, hatches = _band_rows(bands, lefts, rights, width, colors)
    nodes = [{"px": 0, "px2": NODE, "py": node.top, "py2": node.top + node.height, "color": colors[code]} for code, node in lefts.items()]
    nodes += [{"px": width - NODE, "px2": width, "py": node.top, "py2": node.top + node.height, "color": MUTED} for node in rights.values()]
    key = [(order.say("全部计入", "wholly included"), "#8FA3B8"), (order.say("带*，只部分计入", "starred, included in part"), "#DDE3EA")]
    encoding = {
        "x": pixel("px"),
        "y": pixel("py"),
        "y2": {"field": "py2"},
        "detail": {"field": "band", "type": "nominal"},
        "fill": color(),
        "fillOpacity": {"field": "opacity", "type": "quantitative", "scale": None},
    }
    return canvas(
        height,
        Margin(left, right, 26, 4),
        [
            {"data": {"values": areas}, "mark": {"type": "area", "aria": False}, "encoding": encoding},
            rules(hatches, 0.5),
            boxes(nodes),
            *_name_layers(lefts, rights, names_left, names_right, width),
            *legend(key, -left + 1, -15, WIDTH).layers,
        ],
    )


def _band_rows(
    bands: Sequence[Band], lefts: Mapping[str, Node], rights: Mapping[str, Node], width: float, colors: Mapping[str, str]
) -> tuple[list[Spec], list[Spec]]:
    """Upper and lower edge of every band along its way, and hatching of the partial ones."""
    order_left, order_right = list(lefts), list(rights)
    used_left, used_right = dict.fromkeys(lefts, 0.0), dict.fromkeys(rights, 0.0)
    entries: dict[Band, float] = {}
    for band in sorted(bands, key=lambda band: (order_right.index(band.right), order_left.index(band.left), band.partial)):
        node = lefts[band.left]
        entries[band] = node.top + used_left[band.left]
        used_left[band.left] += band.count * node.height / node.count
    areas, hatches = [], []
    for band in sorted(bands, key=lambda band: (order_left.index(band.left), order_right.index(band.right), band.partial)):
        left, right = lefts[band.left], rights[band.right]
        thick_left, thick_right = band.count * left.height / left.count, band.count * right.height / right.count
        start, end = entries[band], right.top + used_right[band.right]
        used_right[band.right] += thick_right
        name = f"{band.left}-{band.right}-{int(band.partial)}"
        for step in range(STEPS + 1):
            share = step / STEPS
            bent = share * share * (3 - 2 * share)
            px = NODE + share * (width - 2 * NODE)
            upper = start + (end - start) * bent
            lower = upper + thick_left + (thick_right - thick_left) * bent
            px, upper, lower = round(px, 2), round(upper, 2), round(lower, 2)
            row = {"px": px, "py": upper, "py2": lower, "band": name, "color": colors[band.left]}
            areas.append({**row, "opacity": LIGHT if band.partial else FULL})
            if band.partial and 0 < step < STEPS and step % 3 == 0:
                hatches.append({"px": px - 2, "py": lower, "px2": px + 2, "py2": upper, "color": colors[band.left]})
    return areas, hatches


def _name_layers(
    lefts: Mapping[str, Node],
    rights: Mapping[str, Node],
    names_left: Mapping[str, Sequence[str]],
    names_right: Mapping[str, Sequence[str]],
    width: float,
) -> list[Spec]:
    def middle(node: Node, lines: Sequence[str], size: float) -> float:
        return round(node.top + node.height / 2 - (len(lines) - 1) * size * 1.25 / 2, 2)

    left = [
        {"px": -28, "py": middle(node, names_left[code], LABEL), "text": "\n".join(names_left[code]), "color": INK}
        for code, node in lefts.items()
    ]
    right = [
        {"px": width + 24, "py": middle(node, names_right[code], SMALL), "text": "\n".join(names_right[code]), "color": INK}
        for code, node in rights.items()
    ]
    counts = [{"px": -6, "py": round(node.top + node.height / 2, 2), "text": str(node.count), "color": MUTED} for node in lefts.values()]
    beside = [
        {"px": width + 20, "py": round(node.top + node.height / 2, 2), "text": str(node.count), "color": MUTED} for node in rights.values()
    ]
    return [texts(left, "right"), texts(right, "left", SMALL), texts(counts, "right", SMALL), texts(beside, "right", SMALL)]


def _notes(order: Order, correspondence: Correspondence, source: Classification) -> list[str]:
    links = correspondence.links
    partial = sum(link.partial for link in links)
    codes = len({link.source for link in links})
    parents = {category.parent for category in source.categories}
    without = [
        category.code for category in source.categories if category.code not in parents and not correspondence.targets(category.code)
    ]
    notes = [
        order.say(
            f"带宽为对应的条数：{codes}个类目、{len(links)}条，其中部分计入{partial}条；不是产值。",
            f"Width is the number of links: {codes} classes, {len(links)} links, {partial} of them partial; it is no output.",
        )
    ]
    if without:
        names = order.listed(without)
        notes.append(order.say(f"未列对应代码、未画：{names}。", f"Without a corresponding code, not drawn: {names}."))
    return notes


def _with_source(order: Order, chart: Chart, correspondence: Correspondence) -> Chart:
    """The chart with the document that states the correspondence as its source."""
    document = order.workspace.sources.get(correspondence.title.document)
    if document is None:
        return chart
    grade = document.grade.value
    title = printable(document.title) + order.say(f"（{grade}级）", f" (grade {grade})")
    return replace(chart, source=title, grade=grade)


def _in_words(order: Order, bands: Sequence[Band], lefts: Mapping[str, Node], rights: Mapping[str, Node]) -> str:
    parts = []
    for code, node in lefts.items():
        flows = [f"{rights[band.right].name} {band.count}{'*' if band.partial else ''}" for band in bands if band.left == code]
        parts.append(f"{node.name}{order.say('：', ': ')}{order.wording.join(flows)}")
    return spoken(order, order.say("流向图", "Flow chart"), "", parts)
