"""One unit of an index: its scores against the median and the best, and where a change of the index between two years comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.publish.charts.chart import Chart, Order, Spec, spoken
from guibiao.publish.charts.layout import text_width, ticks
from guibiao.publish.charts.legend import ROW, legend, rows_needed
from guibiao.publish.charts.theme import ACCENT, BAR, GRID, INK, LINES, MUTED, REST, SMALL, WIDTH, Margin, boxes, canvas, rules, texts
from guibiao.publish.index_drawing import IndexOrder, Row

_STEP, _THICK, _INDENT = 17.0, 9.0, 10.0
_UP, _DOWN = BAR, LINES[1]
_KINDS: Mapping[str, tuple[str, str]] = {
    "value": ("数值", "value"),
    "scale": ("标准化的界限", "scale"),
    "weight": ("权重", "weight"),
    "availability": ("有无数据", "availability"),
    "rounding": ("数值误差", "rounding"),
}


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a profile: a node with the unit's own score, the median and the best of all units."""

    name: str
    level: int
    own: float
    median: float
    best: float
    best_unit: str

    @property
    def words(self) -> str:
        return f"{self.own:.1f} / {self.median:.1f} / {self.best:.1f} {self.best_unit}"


def draw_profile(index: IndexOrder) -> Chart:
    """Index, dimensions and indicators down; the unit's score as a bar, the median of all units as a line, the best as a point."""
    order = index.order
    lines = _profile(index)
    if not lines:
        raise BadRequest(_("指数 {id} 没有 {unit} 的得分").format(id=index.board.id, unit=index.unit(index.own)))
    top = max(line.level for line in lines)
    left = round(max(text_width(line.name, SMALL) + _INDENT * (top - line.level) for line in lines) + 10)
    right = round(max(text_width(line.words, SMALL) for line in lines) + 14)
    axis = ticks(0, max(line.best for line in lines))
    width, height = WIDTH - left - right, _STEP * len(lines)
    marks = [round(value * width / axis.high, 2) for value in axis.values]
    unit = index.unit(index.own)
    key = [
        (order.say(f"{unit}：指数和领域", f"{unit}: index and dimensions"), ACCENT), (order.say("指标", "indicators"), BAR),
        (order.say("中位数（竖线）", "Median (line)"), INK), (order.say("最高（圆点）", "Best (point)"), LINES[0]),
    ]  # fmt: skip
    margin = Margin(left, right, 22 + rows_needed([name for name, _colour in key], WIDTH) * ROW, 20)
    layers = [
        rules([{"px": mark, "px2": mark, "py": 0, "py2": height, "color": GRID} for mark in marks]),
        texts([{"px": m, "py": height + 9, "text": f"{v:g}", "color": MUTED} for m, v in zip(marks, axis.values, strict=True)], size=SMALL),
        *_profile_marks(lines, width / axis.high),
        *_profile_words(order, lines, -left + 4, width + 8, top),
        *legend(key, -left, -margin.top + 9, WIDTH).layers,
    ]
    said = [
        order.say(f"{line.name} {line.own:.1f}，中位数 {line.median:.1f}，最高 {line.best_unit} {line.best:.1f}",
                  f"{line.name} {line.own:.1f}, median {line.median:.1f}, best {line.best_unit} {line.best:.1f}")
        for line in lines
    ]  # fmt: skip
    alternative = spoken(order, order.say("单位剖面图", "Profile of a unit"), f"{unit} {index.year}", said)
    notes = [order.say("得分的上下限取自全部年份，各年可比。", "Scores are bounded over all years and compare between years.")]
    return index.finished(canvas(height, margin, layers), notes, alternative, index.figures([index.own], [index.year]))


def _profile(index: IndexOrder) -> list[_Line]:
    by_code, found = _scores(index), []
    for code in _ordered(index):
        scores = by_code.get(code, {})
        if index.own in scores:
            best = max(scores, key=lambda unit: (scores[unit], unit == index.own, unit))
            level = int(index.board.node(code)["level"])
            found.append(_Line(index.node(code), level, scores[index.own], median(scores.values()), scores[best], index.unit(best)))
    return found


def _profile_marks(lines: Sequence[_Line], scale: float) -> list[Spec]:
    bars, medians, bests = [], [], []
    for number, line in enumerate(lines):
        middle, half = (number + 0.5) * _STEP, _THICK / 2 + (1.5 if line.level > 1 else 0)
        colour = ACCENT if line.level > 1 else BAR
        bars.append({"px": 0, "px2": round(line.own * scale, 2), "py": middle - half, "py2": middle + half, "color": colour})
        at, best = round(line.median * scale, 2), round(line.best * scale, 2)
        medians.append({"px": at, "px2": at, "py": middle - 8, "py2": middle + 8, "color": INK})
        bests.append({"px": best - 3.5, "px2": best + 3.5, "py": middle - 3.5, "py2": middle + 3.5, "color": LINES[0]})
    return [boxes(bars), rules(medians, 1.6), boxes(bests, radius=3.5)]


def _profile_words(order: Order, lines: Sequence[_Line], left: float, right: float, top: int) -> list[Spec]:
    plain: list[Spec] = []
    bold: list[Spec] = []
    numbers = [{"px": right, "py": -9, "text": order.say("本单位/中位数/最高", "Own/median/best"), "color": MUTED}]
    for number, line in enumerate(lines):
        middle = (number + 0.5) * _STEP
        name = {"px": left + _INDENT * (top - line.level), "py": middle, "text": line.name, "color": INK}
        (bold if line.level > 1 else plain).append(name)
        numbers.append({"px": right, "py": middle, "text": line.words, "color": INK})
    return [texts(plain, "left", SMALL), texts(bold, "left", SMALL, bold=True), texts(numbers, "left", SMALL)]


def _scores(index: IndexOrder) -> Mapping[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in index.board.scores:
        if row["year"] == index.year and row["score"] is not None:
            found.setdefault(row["code"], {})[row["unit"]] = row["score"]
    return found


def _ordered(index: IndexOrder, code: str = "") -> Iterator[str]:
    """Codes from the index down, children after their parent in the order of the specification."""
    root = code or index.board.root
    yield root
    for row in index.board.nodes:
        if row["parent"] == root:
            yield from _ordered(index, row["code"])


def draw_change(index: IndexOrder) -> Chart:
    """A waterfall: score of the earlier year, contribution of each indicator by dimension, score of the later year."""
    order = index.order
    since = order.definition.since or min(int(row["year"]) for row in index.board.scores)
    rows = [row for row in index.board.changes if (row["unit"], row["since"], row["year"]) == (index.own, since, index.year)]
    if not rows:
        raise BadRequest(
            _("{unit} {since}—{year} 年的变动没有分解").format(unit=index.unit(index.own), since=since, year=index.year),
            remedy=_("要求两年都有得分。"),
        )
    steps = _waterfall(index, since, rows)
    names = [step.name for step in steps]
    left = round(max(text_width(name, SMALL) for name in names) + 10)
    axis = ticks(min(0.0, *(step.low for step in steps)), max(step.high for step in steps))
    width = WIDTH - left - 44
    across = _across(axis.low, axis.high, width)
    height = _STEP * len(steps)
    marks = [across(value) for value in axis.values]
    layers: list[Spec] = [
        rules([{"px": mark, "px2": mark, "py": 0, "py2": height, "color": GRID} for mark in marks]),
        texts([{"px": m, "py": height + 9, "text": f"{v:g}", "color": MUTED} for m, v in zip(marks, axis.values, strict=True)], size=SMALL),
        *_steps(steps, across),
    ]
    key = legend(
        [(order.say("提高", "Up"), _UP), (order.say("下降", "Down"), _DOWN), (order.say("总指数", "Index"), ACCENT)], -left, -9, WIDTH
    )
    layers += key.layers
    said = [f"{step.name} {step.words}" for step in steps]
    alternative = spoken(order, order.say("变动分解瀑布图", "Waterfall of a change"), f"{index.unit(index.own)} {since}—{index.year}", said)
    notes = [
        order.say(
            "各项贡献相加恰为总指数之差；算术平均之下，一个指标的贡献是其份额乘以得分之差。",
            "Contributions add up exactly; under arithmetic means one is the share of the indicator times the change of its score.",
        )
    ]
    figures = index.figures([index.own], [since, index.year])
    return index.finished(canvas(height, Margin(left, 44, 4 + key.rows * ROW, 20), layers), notes, alternative, figures)


@dataclass(frozen=True, slots=True)
class _Step:
    """One bar of the waterfall."""

    name: str
    start: float
    end: float
    total: bool

    @property
    def low(self) -> float:
        return min(self.start, self.end)

    @property
    def high(self) -> float:
        return max(self.start, self.end)

    @property
    def words(self) -> str:
        return f"{self.end:.1f}" if self.total else f"{self.end - self.start:+.1f}"

    @property
    def colour(self) -> str:
        return ACCENT if self.total else _UP if self.end >= self.start else _DOWN


def _waterfall(index: IndexOrder, since: int, rows: Sequence[Row]) -> list[_Step]:
    """Values of indicators by dimension first, then what else changed."""
    order = list(_ordered(index))
    ranked = sorted(rows, key=lambda row: (row["kind"] != "value", order.index(row["code"]), row["kind"]))
    scores = {row["year"]: row["score"] for row in index.board.scores if row["unit"] == index.own and row["code"] == index.board.root}
    at = scores[since]
    steps = [_Step(index.order.say(f"{since}年", str(since)), 0.0, at, total=True)]
    for row in ranked:
        kind = index.order.say(*_KINDS[row["kind"]])
        name = index.node(row["code"]) if row["kind"] == "value" else f"{index.node(row['code'])}（{kind}）"
        steps.append(_Step(name, at, at + row["contribution"], total=False))
        at += row["contribution"]
    return [*steps, _Step(index.order.say(f"{index.year}年", str(index.year)), 0.0, scores[index.year], total=True)]


def _across(low: float, high: float, width: float) -> Callable[[float], float]:
    def place(value: float) -> float:
        return round((value - low) / (high - low) * width, 2)

    return place


def _steps(steps: Sequence[_Step], across: Callable[[float], float]) -> list[Spec]:
    bars, names, values, joins = [], [], [], []
    for number, step in enumerate(steps):
        middle = (number + 0.5) * _STEP
        bars.append({"px": across(step.low), "px2": across(step.high), "py": middle - 6, "py2": middle + 6, "color": step.colour})
        names.append({"px": -6, "py": middle, "text": step.name, "color": INK})
        values.append({"px": across(step.high) + 4, "py": middle, "text": step.words, "color": INK})
        if number + 1 < len(steps):
            joins.append({"px": across(step.end), "px2": across(step.end), "py": middle + 6, "py2": middle + _STEP - 6, "color": REST})
    return [rules(joins), boxes(bars), texts(names, "right", SMALL), texts(values, "left", SMALL)]
