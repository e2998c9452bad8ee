"""Tables of indices: units by rank with intervals and scores of dimensions; a frame of indicators against their base, or who holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Indicator, Nature
from guibiao.model.messages import translate as _
from guibiao.model.unit import parse_unit
from guibiao.publish.document import TableCell
from guibiao.publish.figures import Figure
from guibiao.publish.index_board import board_named
from guibiao.publish.index_drawing import PERCENT, interval_words
from guibiao.publish.lookup import Evidence
from guibiao.publish.tables import cell_text
from guibiao.reference.definitions import Workspace
from guibiao.reference.index.workspace import Frame, FrameDimension
from guibiao.reference.report_definitions import TableDefinition

Cells = tuple[TableCell, ...]
Listing = tuple[Sequence[str], list[Cells], list[str]]
Passport = Callable[[Figure], str]
BASE = 100


def index_table(evidence: Evidence, definition: TableDefinition, _quoted: Passport) -> Listing:
    """Units of an index by rank; refused without intervals."""
    say = evidence.wording.choose
    board = board_named(evidence.indices, definition.index)
    year = definition.year or board.last
    ranking = board.ranking(year)
    dimensions = [row for row in board.nodes if row["parent"] == board.root]
    scores = {(row["unit"], row["code"]): row["score"] for row in board.scores if row["year"] == year}
    head = [
        *say("位次,区间,地区,总指数", "Rank,Interval,Area,Index").split(","),
        *(say(row["name_zh"], row["name_en"]) for row in dimensions),
    ]
    limit = definition.limit or len(ranking)
    own = evidence.workspace.settings.area
    lines: list[Cells] = [
        (
            _words(str(row["rank"]), "right"),
            _words(interval_words(row), "center"),
            _words(evidence.area_name(row["unit"])),
            _score(row["score"]),
            *(_score(scores.get((row["unit"], dimension["code"]))) for dimension in dimensions),
        )
        for place, row in enumerate(ranking)
        if place < limit or row["unit"] == own
    ]
    runs, filled = board.runs(year), sum(int(row["imputed"]) for row in ranking)
    notes = [
        say(
            f"{year}年；区间为压力测试{runs}次的第5至第95百分位。各领域只列得分，不排位。",
            f"{year}; intervals: 5th to 95th percentile of {runs} runs. Dimensions are scored, not ranked.",
        ),
        say(board.note_zh, board.note_en),
    ]
    if filled:
        named = [evidence.area_name(row["unit"]) for row in ranking if row["imputed"]]
        notes.append(
            say(f"填补{filled}个缺失值：{evidence.wording.join(named)}。", f"{filled} values imputed: {evidence.wording.join(named)}.")
        )
    if limit < len(ranking):
        notes.append(say(f"共{len(ranking)}个地区，其余见数据文件。", f"{len(ranking)} areas in all; the others are in the data file."))
    return head, lines, [note for note in notes if note]


def frame_table(evidence: Evidence, definition: TableDefinition, quoted: Passport) -> Listing:
    """Dimensions of a frame with their indicators: base, last figure and its index, or why there is none and who holds the figure."""
    say = evidence.wording.choose
    frame = evidence.workspace.frames.get(definition.index)
    if frame is None:
        raise BadRequest(
            _("没有框架 {name}").format(name=definition.index),
            remedy=_("可写：{names}。").format(names="、".join(evidence.workspace.frames)),
        )
    head = say("指标,基期,最近,指数,说明", "Indicator,Base,Latest,Index,Note").split(",")
    lines: list[Cells] = []
    total = have = comparable = scored = 0
    for part in frame.dimensions:
        name, indicators = _dimension(evidence, part)
        rows = [_Measured(evidence, frame, indicator) for indicator in indicators]
        indexed = [row.index for row in rows if row.index is not None]
        total, have, comparable = total + len(rows), have + sum(row.latest is not None for row in rows), comparable + len(indexed)
        enough = len(indexed) >= frame.least_share * len(rows)
        scored += enough
        state = (
            say(
                f"领域指数{sum(indexed) / len(indexed):.1f}（{len(rows)}项中{len(indexed)}项可比）",
                f"index {sum(indexed) / len(indexed):.1f}",
            )
            if enough
            else say(f"不计分：{len(rows)}项中{len(indexed)}项可比", f"not scored: {len(indexed)} of {len(rows)} comparable")
        )
        lines.append((_words(say(f"{name}　{state}", f"{name}: {state}"), columns=5),))
        lines += [row.cells(definition, quoted) for row in rows]
    gaps, parts, share = total - have, len(frame.dimensions), f"{frame.least_share * PERCENT:.0f}%"
    notes = [
        say(
            f"共{total}项指标：{have}项有数据，{comparable}项有同口径的两期可比，{gaps}项为缺口；{parts}个领域中{scored}个计分。",
            f"{total} indicators: {have} with figures, {comparable} with two comparable ones, {gaps} gaps; "
            f"{scored} of {parts} dimensions scored.",
        ),
        say(
            f"指数为最近数除以基期数（基期=100，不早于{frame.base}年），增速不作指数；可比的指标不足{share}的领域不计分，不以部分代替全部。",
            f"Index: latest over base (base = 100, not before {frame.base}); growth rates have none; a dimension with less than {share} "
            "comparable has no index.",
        ),
        say(frame.note_zh, frame.note_en),
    ]
    return head, lines, [note for note in notes if note]


class _Measured:
    """An indicator of a frame for the city itself: its base, its latest figure, and what stands against an index."""

    def __init__(self, evidence: Evidence, frame: Frame, indicator: Indicator) -> None:
        self.evidence, self.indicator = evidence, indicator
        own = evidence.workspace.settings.area
        figures = [each for each in evidence.figures.of(indicator.id) if each.area == own and _is_whole(each)]
        self.latest = max(figures, key=lambda each: (each.period.end, each.known_from), default=None)
        self.base: Figure | None = None
        self.hindrance = ""
        if self.latest is not None:
            self._compare(figures, self.latest, frame.base)

    def _compare(self, figures: Sequence[Figure], latest: Figure, first: int) -> None:
        say = self.evidence.wording.choose
        earlier = [
            each for each in figures if each.period.end < latest.period.end and each.period.end.year >= first and _alike(each, latest)
        ]
        base = min(earlier, key=lambda each: (each.period.end, each.known_from), default=None)
        if self.indicator.nature is Nature.GROWTH:
            self.hindrance = say("增速，不作指数", "a growth rate")
        elif base is None:
            self.hindrance = say("只有一期可用", "one period only")
        elif broken := [each for each in self.indicator.breaks if base.period.end.isoformat() < each.date <= latest.period.end.isoformat()]:
            self.hindrance = say(f"口径不同：{broken[0].reason_zh}", f"break: {broken[0].reason_en or broken[0].reason_zh}")
        elif base.quantity.value == 0:
            self.hindrance = say("基期为零", "the base is zero")
        else:
            self.base = base

    @property
    def index(self) -> float | None:
        """Latest over base, 100 at the base."""
        if self.base is None or self.latest is None:
            return None
        ratio = float(self.latest.quantity.value / self.base.quantity.value)
        if self.indicator.higher_is_better is False:
            ratio = 1 / ratio if ratio else 0.0
        return ratio * BASE

    def cells(self, definition: TableDefinition, quoted: Passport) -> Cells:
        """One line of the table."""
        say, indicator = self.evidence.wording.choose, self.indicator
        name = _words(self.evidence.indicator_name(indicator.id))
        if self.latest is None:
            holder = indicator.gap_office or indicator.owner or say("未指明", "not named")
            due = say(f"，应于{indicator.gap_due}前提供", f", due {indicator.gap_due}") if indicator.gap_due else ""
            return name, _words(say(f"缺口：由{holder}掌握{due}", f"gap: held by {holder}{due}"), columns=4)
        shown = [self._figure(definition, each, quoted) for each in (self.base, self.latest)]
        index = "—" if self.index is None else f"{self.index:.1f}"
        return name, *shown, _words(index, "right" if self.index is not None else "center"), _words(self.hindrance)

    def _figure(self, definition: TableDefinition, figure: Figure | None, quoted: Passport) -> TableCell:
        if figure is None:
            return _words("—", "center")
        unit = parse_unit(self.indicator.unit)
        text = f"{cell_text(self.evidence, definition, figure, unit)}{self.evidence.wording.printed_unit(unit)}"
        period = self.evidence.wording.period(figure.period)
        return TableCell(self.evidence.wording.choose(f"{text}（{period}）", f"{text} ({period})"), quoted(figure), "center")


def _is_whole(figure: Figure) -> bool:
    return not figure.categories or all(part.endswith("=_T") for part in figure.categories.split(";"))


def _alike(one: Figure, other: Figure) -> bool:
    """Same basis, same kind of period, ending in the same part of the year."""
    return (
        (one.accounting_basis, one.price_basis, one.period.measure) == (other.accounting_basis, other.price_basis, other.period.measure)
        and one.period.end.month == other.period.end.month
        and (one.period.end - one.period.start).days // 20 == (other.period.end - other.period.start).days // 20
    )


def _dimension(evidence: Evidence, part: FrameDimension) -> tuple[str, list[Indicator]]:
    framework = evidence.workspace.frameworks[part.framework]
    dimension = next(each for each in framework.dimensions if each.id == part.dimension)
    names = dict.fromkeys(name for group in dimension.groups for name in group.indicators)
    return evidence.wording.choose(dimension.name_zh, dimension.name_en), [evidence.workspace.indicators[name] for name in names]


def index_indicators(workspace: Workspace, name: str) -> set[str]:
    """Indicators whose figures tables and charts of an index or a frame look at."""
    if name in workspace.indices:
        return set(workspace.indices[name].indicators)
    if name not in workspace.frames:
        return set()
    parts = [(each.framework, each.dimension) for each in workspace.frames[name].dimensions]
    return {
        member
        for framework, wanted in parts
        if framework in workspace.frameworks
        for dimension in workspace.frameworks[framework].dimensions
        if dimension.id == wanted
        for group in dimension.groups
        for member in group.indicators
    }


def _score(value: float | None) -> TableCell:
    return _words("—", "center") if value is None else _words(f"{value:.1f}", "right")


def _words(text: str, align: str = "left", columns: int = 1) -> TableCell:
    return TableCell(text, align=align, columns=columns)


INDEX_LISTINGS: Mapping[str, Callable[[Evidence, TableDefinition, Passport], Listing]] = MappingProxyType(
    {"index": index_table, "frame": frame_table}
)
