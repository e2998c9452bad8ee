"""Weights of an index as a treemap, and what moves ranks: first-order and total Sobol indices with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.publish.charts.chart import Chart, Spec, spoken
from guibiao.publish.charts.layout import Box, text_width, ticks, wrap
from guibiao.publish.charts.legend import ROW, legend
from guibiao.publish.charts.theme import GRID, INK, MUTED, PAPER, PARTS, REST, SMALL, WIDTH, Margin, boxes, canvas, rules, texts
from guibiao.publish.charts.treemap import squarified
from guibiao.publish.index_drawing import FACTORS, PERCENT, IndexOrder, Row

_HEIGHT, _HEAD, _INSET = 210.0, 17.0, 3.0
_TINTS = ("#D5E5F2", "#F6E3C8", "#D6ECE5", "#EADCEB", "#E6E6E6", "#DCEBC8", "#F5D9D0", "#D8DCF0")
_STEP, _THICK = 34.0, 10.0
_TOTAL, _FIRST = PARTS[2], PARTS[3]
"""Light enough for whiskers in ink to stand out."""
_ESTIMATES = ("first", "first_low", "first_high", "total", "total_low", "total_high")


def draw_weights(index: IndexOrder) -> Chart:
    """Dimensions as framed rectangles, their indicators within; areas are shares in the index, printed in per cent."""
    order, board = index.order, index.board
    dimensions = [row for row in board.nodes if row["parent"] == board.root and row["weight"] > 0]
    frames = squarified([row["weight"] for row in dimensions], Box(0, 0, WIDTH, _HEIGHT))
    tiles: list[Spec] = []
    outlines: list[Spec] = []
    words: list[Spec] = []
    heads: list[Spec] = []
    said = []
    for number, (dimension, frame) in enumerate(zip(dimensions, frames, strict=True)):
        tint = _TINTS[number % len(_TINTS)]
        name = order.say(dimension["name_zh"], dimension["name_en"])
        title = f"{name} {_percent(dimension['weight'])}"
        leaves = _leaves(board.nodes, dimension["code"]) or [dimension]
        inner = Box(frame.left + _INSET, frame.top + _HEAD, frame.right - _INSET, frame.bottom - _INSET)
        outlines.append({**_corners(frame, 1.0), "color": tint})
        heads.append({"px": frame.left + 6, "py": frame.top + 9, "text": _fitted(title, frame.right - frame.left - 8), "color": INK})
        for leaf, tile in zip(leaves, squarified([row["weight"] for row in leaves], inner), strict=True):
            tiles.append({**_corners(tile, 1.0), "color": PAPER})
            words += _tile_words(order.say(leaf["name_zh"], leaf["name_en"]), _percent(leaf["weight"]), tile)
        listed = order.wording.join([f"{order.say(leaf['name_zh'], leaf['name_en'])} {_percent(leaf['weight'])}" for leaf in leaves])
        said.append(order.say(f"{title}：{listed}", f"{title}: {listed}"))
    layers = [boxes(outlines, stroke=MUTED), texts(heads, "left", SMALL, bold=True), boxes(tiles, stroke=REST), texts(words, "left", SMALL)]
    notes = [
        order.say("面积为各指标在总指数中的份额（各层权重相乘）。", "Areas are shares in the index: weights multiplied down the levels."),
        *_unweighted(index),
    ]
    alternative = spoken(order, order.say("权重矩形树图", "Treemap of weights"), "%", said)
    return index.finished(canvas(_HEIGHT, Margin(0, 0, 2, 2), layers), notes, alternative)


def _unweighted(index: IndexOrder) -> list[str]:
    """Nodes without weight have no area, and are named."""
    names = [index.node(row["code"]) for row in index.board.nodes if not row["weight"] > 0]
    listed = index.order.listed(names)
    return [index.order.say(f"权重为零的未画：{listed}。", f"Without weight, not drawn: {listed}.")] if names else []


def _leaves(nodes: Sequence[Row], code: str) -> list[Row]:
    """Indicators below a dimension that have weight."""
    children = [row for row in nodes if row["parent"] == code]
    found: list[Row] = []
    for row in children:
        found += _leaves(nodes, row["code"]) or ([row] if row["weight"] > 0 else [])
    return found


def _corners(box: Box, inset: float) -> Spec:
    return {
        "px": round(box.left + inset, 2), "px2": round(box.right - inset, 2),
        "py": round(box.top + inset, 2), "py2": round(box.bottom - inset, 2),
    }  # fmt: skip


def _percent(share: float) -> str:
    return f"{share * PERCENT:.1f}%"


def _fitted(text: str, width: float) -> str:
    """The text, or its first line with a mark that it goes on."""
    lines = wrap(text, SMALL, width)
    return text if len(lines) == 1 else lines[0][:-1] + "…"


def _tile_words(name: str, share: str, tile: Box) -> list[Spec]:
    """Name in as many lines as fit, then the share; a tile too small for both keeps the share."""
    wide, high = tile.right - tile.left - 8, tile.bottom - tile.top - 6
    most = int(high // (SMALL * 1.3)) - 1
    lines = wrap(name, SMALL, wide)[: max(most, 0)]
    rows = [*lines, share] if lines and wide > SMALL else [share]
    if wide < text_width(share, SMALL):
        return []
    return [
        {"px": round(tile.left + 5, 2), "py": round(tile.top + 10 + at * SMALL * 1.3, 2), "text": text, "color": INK}
        for at, text in enumerate(rows)
    ]


def draw_drivers(index: IndexOrder) -> Chart:
    """One row a choice, total effect above first-order effect, each with its bootstrap interval; the greatest total first.

    Where `highlight` names a unit its rank is explained, else the mean change of rank of all units.
    """
    order, board = index.order, index.board
    about = order.definition.highlight
    rows = [row for row in board.drivers if row["unit"] == about and row["year"] == index.year and row["total"] is not None]
    if not rows:
        raise BadRequest(
            _("指数 {id} 没有 {year} 年的敏感度").format(id=board.id, year=index.year), remedy=_("写 stress；只有最后一年有敏感度。")
        )
    rows.sort(key=lambda row: (-row["total"], row["factor"]))
    names = [order.say(*FACTORS[row["factor"]]) for row in rows]
    left = round(max(text_width(name, SMALL) for name in names) + 10)
    ends = [row[name] for row in rows for name in _ESTIMATES if row[name] is not None]
    low, axis = min(0.0, *ends), ticks(0.0, max(ends))
    width, height = WIDTH - left - 40, _STEP * len(rows)

    def across(value: float) -> float:
        return float(round((value - low) / (axis.high - low) * width, 2))

    marks = [(across(value), f"{value:.{axis.decimals}f}") for value in axis.values]
    key = legend([(order.say("总效应", "Total effect"), _TOTAL), (order.say("一阶效应", "First-order effect"), _FIRST)], -left, -11, WIDTH)
    layers = [
        rules([{"px": mark, "px2": mark, "py": 0, "py2": height, "color": GRID} for mark, _text in marks]),
        texts([{"px": mark, "py": height + 9, "text": text, "color": MUTED} for mark, text in marks], size=SMALL),
        *_effects(rows, across),
        texts([{"px": -6, "py": (at + 0.5) * _STEP, "text": name, "color": INK} for at, name in enumerate(names)], "right", SMALL),
        *key.layers,
    ]
    subject = index.unit(about) if about else order.say("各单位位次的平均变动", "mean change of rank")
    said = [
        order.say(
            f"{name} 总效应{row['total']:.2f}，一阶{row['first']:.2f}", f"{name} total {row['total']:.2f}, first order {row['first']:.2f}"
        )
        for name, row in zip(names, rows, strict=True)
    ]
    notes = [*_driver_notes(index, about), index.tested()]
    alternative = spoken(order, order.say("位次的驱动因素", "What drives ranks"), f"{subject} {index.year}", said)
    return index.finished(canvas(height, Margin(left, 40, 4 + key.rows * ROW, 20), layers), notes, alternative)


def _effects(rows: Sequence[Row], across: Callable[[float], float]) -> list[Spec]:
    """Bars with whiskers, and the numbers beyond both."""
    bars, whiskers, values = [], [], []
    for number, row in enumerate(rows):
        for kind, shift, colour in (("total", -6.0, _TOTAL), ("first", 6.0, _FIRST)):
            value, least, most = row[kind], row[f"{kind}_low"], row[f"{kind}_high"]
            at = (number + 0.5) * _STEP + shift
            start, end = sorted((across(0.0), across(value)))
            bars.append({"px": start, "px2": end, "py": at - _THICK / 2, "py2": at + _THICK / 2, "color": colour})
            if least is not None and most is not None:
                whiskers += _whisker(across(least), across(most), at)
            edge = across(max(value, 0.0 if most is None else most, 0.0))
            values.append({"px": edge + 5, "py": at, "text": f"{round(value, 2) + 0.0:.2f}", "color": INK})
    return [boxes(bars), rules(whiskers), texts(values, "left", SMALL)]


def _driver_notes(index: IndexOrder, about: str) -> list[str]:
    """What the effects are shares of, and how to read them."""
    say = index.order.say
    name = index.unit(about) if about else ""
    subject = say(f"{name}位次的方差", f"of the variance of the rank of {name}") if about else say(
        "各单位位次平均变动的方差", "of the variance of the mean change of rank"
    )  # fmt: skip
    return [
        say(
            f"效应是{subject}中由各项选择解释的份额；总效应含与其他选择的交互，合计可大于一；细线为自助法第5至第95百分位，负值是抽样误差，照列。",
            f"Effects are shares {subject}; total effects include interactions and may add up to more than one; whiskers: bootstrap, "
            "5th to 95th percentile; negative estimates are sampling error and stand as they are.",
        )
    ]


def _whisker(low: float, high: float, at: float) -> list[Spec]:
    ends = [{"px": edge, "px2": edge, "py": at - 3, "py2": at + 3, "color": INK} for edge in (low, high)]
    return [{"px": low, "px2": high, "py": at, "py2": at, "color": INK}, *ends]
