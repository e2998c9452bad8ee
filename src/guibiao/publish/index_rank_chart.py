"""Ranks of an index: bars of scores beside intervals of ranks, and the chances of each rank. No ranking is drawn without intervals."""

from __future__ import annotations

from collections.abc import Sequence

from guibiao.publish.charts.chart import Chart, Spec, spoken
from guibiao.publish.charts.layout import text_width
from guibiao.publish.charts.theme import ACCENT, BAR, GRID, INK, MUTED, PAPER, SCALE, SMALL, WIDTH, Margin, boxes, canvas, rules, texts
from guibiao.publish.index_drawing import PERCENT, IndexOrder, Row

_STEP, _THICK = 15.0, 9.0
_CELL = 13.0
_SHOWN = 0.005
"""Chances below half a per cent are left blank."""
_CLASSES = (0.05, 0.15, 0.3, 0.5, 0.75)
_DARK_FROM = 0.3
_SPOKEN = 5


def draw_ranks(index: IndexOrder) -> Chart:
    """Units by rank: score as a bar, on the right the interval of ranks with a point at the rank itself."""
    order, rows = index.order, index.board.ranking(index.year)
    shown, left_out = _limited(index, rows)
    names = [f"{row['rank']} {index.unit(row['unit'])}" for row in shown]
    left = round(max(text_width(name, SMALL) for name in names) + 9)
    score_width = (WIDTH - left) * 0.5
    start = score_width + 46
    margin = Margin(left, 12, 34, 8)
    places = _Places(start, WIDTH - left - margin.right - start, len(rows))
    height = _STEP * len(shown)
    scale = score_width / max(row["score"] for row in shown)
    layers = [
        *_grid(index, places, height),
        *_bars(index, shown, names, scale),
        *_intervals(index, shown, places),
        texts([{"px": 0, "py": -22, "text": order.say("得分", "Score"), "color": MUTED}], "left", SMALL),
        texts(
            [{"px": start - 6, "py": -22, "text": order.say("位次：点；区间：线", "Rank: point; interval: line"), "color": MUTED}],
            "left",
            SMALL,
        ),
    ]
    said = [f"{row['rank']} {index.unit(row['unit'])} {row['score']:.1f}（{index.interval(row)}）" for row in shown]
    notes = [index.tested()]
    if left_out:
        notes.append(order.say(f"另有{left_out}个单位未画。", f"{left_out} more units are not drawn."))
    filled = [index.unit(row["unit"]) for row in rows if row["imputed"]]
    if filled:
        notes.append(order.say(f"有插补值的：{order.listed(filled)}。", f"With imputed values: {order.listed(filled)}."))
    words = spoken(order, order.say("得分条形图与位次区间", "Bars of scores with intervals of ranks"), str(index.year), said)
    return index.finished(canvas(height, margin, layers), notes, words)


class _Places:
    """Where a rank lies across."""

    def __init__(self, start: float, width: float, units: int) -> None:
        self.start, self.width, self.units = start, width, units

    def across(self, rank: float) -> float:
        return round(self.start + (rank - 1) / max(self.units - 1, 1) * self.width, 2)

    @property
    def marks(self) -> list[int]:
        step = 5 if self.units > 12 else 2 if self.units > 6 else 1
        return [1, *(mark for mark in range(step, self.units + 1, step) if mark > 1)]


def _limited(index: IndexOrder, rows: Sequence[Row]) -> tuple[list[Row], int]:
    """The first rows where a limit is set, and the unit in the accent colour wherever it stands."""
    limit = index.order.definition.limit or len(rows)
    shown = [row for place, row in enumerate(rows) if place < limit or row["unit"] == index.own]
    return shown, len(rows) - len(shown)


def _grid(index: IndexOrder, places: _Places, height: float) -> list[Spec]:
    lines = [{"px": places.across(mark), "px2": places.across(mark), "py": -4, "py2": height, "color": GRID} for mark in places.marks]
    names = [{"px": places.across(mark), "py": -10, "text": str(mark), "color": MUTED} for mark in places.marks]
    return [rules(lines), texts(names, size=SMALL)]


def _bars(index: IndexOrder, rows: Sequence[Row], names: Sequence[str], scale: float) -> list[Spec]:
    bars, left, right = [], [], []
    for number, (row, name) in enumerate(zip(rows, names, strict=True)):
        middle, own = (number + 0.5) * _STEP, row["unit"] == index.own
        end = round(row["score"] * scale, 2)
        bars.append({"px": 0, "px2": end, "py": middle - _THICK / 2, "py2": middle + _THICK / 2, "color": ACCENT if own else BAR})
        left.append({"px": -6, "py": middle, "text": name, "color": ACCENT if own else INK})
        right.append({"px": end + 4, "py": middle, "text": f"{row['score']:.1f}", "color": ACCENT if own else INK})
    accents = [row for row in left if row["color"] == ACCENT]
    return [
        boxes(bars), texts([row for row in left if row["color"] != ACCENT], "right", SMALL), texts(accents, "right", SMALL, bold=True),
        texts(right, "left", SMALL),
    ]  # fmt: skip


def _intervals(index: IndexOrder, rows: Sequence[Row], places: _Places) -> list[Spec]:
    lines: list[Spec] = []
    own_lines: list[Spec] = []
    points: list[Spec] = []
    for number, row in enumerate(rows):
        middle, own = (number + 0.5) * _STEP, row["unit"] == index.own
        colour = ACCENT if own else MUTED
        line = {"px": places.across(row["rank_low"]), "px2": places.across(row["rank_high"]), "py": middle, "py2": middle, "color": colour}
        (own_lines if own else lines).append(line)
        at = places.across(row["rank"])
        points.append({"px": at - 3, "px2": at + 3, "py": middle - 3, "py2": middle + 3, "color": colour})
    return [rules(lines, 2), rules(own_lines, 3), boxes(points, radius=3)]


def draw_stability(index: IndexOrder) -> Chart:
    """Units down in order of rank, ranks across: the share of runs that gave the unit the rank, as a shade with its per cent."""
    order, rows = index.order, index.board.ranking(index.year)
    chances = {(row["unit"], row["rank"]): row["probability"] for row in index.board.ranks if row["year"] == index.year}
    shown, left_out = _limited(index, rows)
    names = [index.unit(row["unit"]) for row in shown]
    left = round(max(text_width(name, SMALL) for name in names) + 9)
    wide = (WIDTH - left) / len(rows)
    cells, words, own_words, nominal = [], [], [], []
    for down, row in enumerate(shown):
        for rank in range(1, len(rows) + 1):
            chance = chances.get((row["unit"], rank), 0.0)
            box = {"px": round((rank - 1) * wide, 2), "px2": round(rank * wide, 2), "py": down * _CELL, "py2": (down + 1) * _CELL}
            if chance >= _SHOWN:
                cells.append({**box, "color": _shade(chance)})
                text = f"{chance * PERCENT:.0f}"
                if wide >= text_width(text, SMALL) + 1:
                    colour = PAPER if chance >= _DARK_FROM else INK
                    words.append({"px": box["px"] + wide / 2, "py": (down + 0.5) * _CELL, "text": text, "color": colour})
            if rank == row["rank"]:
                nominal += _frame(box)
        own = row["unit"] == index.own
        own_words.append({"px": -6, "py": (down + 0.5) * _CELL, "text": names[down], "color": ACCENT if own else INK})
    heads = [
        {"px": (rank - 0.5) * wide, "py": -8, "text": str(rank), "color": MUTED} for rank in range(1, len(rows) + 1) if _headed(rank, wide)
    ]
    title = {"px": -6, "py": -8, "text": order.say("位次", "Rank"), "color": MUTED}
    layers = [
        boxes(cells),
        rules(nominal, 1.2),
        texts(words, size=SMALL),
        texts(heads, size=SMALL),
        texts([*own_words, title], "right", SMALL),
    ]
    notes = [
        order.say("格内为压力测试中得到该位次的次数所占比例（%），不足0.5%的留空；黑框是说明所定做法的位次。",
                  "Share of runs that gave the rank (%), blank below 0.5%; frames mark the rank under the stated choices."),
        index.tested(),
    ]  # fmt: skip
    if left_out:
        notes.append(order.say(f"另有{left_out}个单位未画。", f"{left_out} more units are not drawn."))
    said = [f"{index.unit(row['unit'])} {index.interval(row)}" for row in shown]
    alternative = spoken(order, order.say("位次概率热图", "Heat of rank probabilities"), str(index.year), said)
    return index.finished(canvas(_CELL * len(shown), Margin(left, 0, 18, 4), layers), notes, alternative)


def _headed(rank: int, wide: float) -> bool:
    return wide >= text_width("31", SMALL) + 1 or rank == 1 or rank % 5 == 0


def _shade(chance: float) -> str:
    return SCALE[sum(chance >= limit for limit in _CLASSES)]


def _frame(box: Spec) -> list[Spec]:
    """Four lines round a box."""
    left, right, top, bottom = box["px"], box["px2"], box["py"], box["py2"]
    ends = ((left, top, right, top), (left, bottom, right, bottom), (left, top, left, bottom), (right, top, right, bottom))
    return [{"px": x, "py": y, "px2": x2, "py2": y2, "color": INK} for x, y, x2, y2 in ends]
