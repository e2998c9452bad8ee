"""Charts of an index: which board and year, names of units and nodes, the figures behind a unit's scores, and the kinds there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from guibiao.model.category import TOTAL, parse_category_key
from guibiao.publish.charts.chart import Chart, Order, Spec, finished, source_line
from guibiao.publish.figures import Figure, Figures
from guibiao.publish.index_board import IndexBoard, board_named
from guibiao.reference.index.workspace import PanelSeries

Row = Mapping[str, Any]
FACTORS: Mapping[str, tuple[str, str]] = {
    "impute": ("缺失值填补", "Imputation"),
    "treat": ("异常值处理", "Outlier treatment"),
    "normalise": ("标准化方法", "Normalisation"),
    "weights": ("权重", "Weights"),
    "aggregate": ("汇总方法", "Aggregation"),
    "leave_out": ("剔除一个指标", "One indicator left out"),
}
PERCENT = 100


@dataclass(frozen=True, slots=True)
class IndexOrder:
    """One chart of an index ordered: the order, the board, and the year meant."""

    order: Order
    board: IndexBoard
    year: int

    @property
    def own(self) -> str:
        """The unit drawn in the accent colour, or that the chart is about."""
        return self.order.definition.highlight or self.order.workspace.settings.area

    def unit(self, code: str) -> str:
        """Name of a unit in the document's language."""
        return self.order.area_name(code)

    def node(self, code: str) -> str:
        """Name of a node in the document's language."""
        row = self.board.node(code)
        return self.order.say(row["name_zh"], row["name_en"])

    def figures(self, units: Iterable[str], years: Iterable[int]) -> list[Figure]:
        """Figures of the workspace that the scores of some units rest on."""
        columns = self.order.workspace.indices[self.board.id].columns
        wanted, when = set(units), set(years)
        return [figure for series in columns.values() for figure in figures_of(self.order.figures, series, wanted, when)]

    def finished(self, spec: Spec, notes: Iterable[str], alternative: str, figures: Iterable[Figure] | None = None) -> Chart:
        """The chart with what it rests on: the figures of one unit as passports, or of all units, too many to list, as source alone."""
        if figures is not None:
            return finished(self.order, spec, figures, notes, alternative)
        every = self.figures({str(row["unit"]) for row in self.board.of_year(self.year)}, [self.year])
        chart = finished(self.order, spec, [], notes, alternative)
        return replace(chart, source=source_line(self.order, every), grade=max((figure.grade for figure in every), default=""))

    def interval(self, row: Row) -> str:
        """1—2, or one rank where the interval has no width."""
        return interval_words(row)

    def tested(self) -> str:
        """How the intervals came about."""
        runs = self.board.runs(self.year)
        return self.order.say(
            f"位次区间为压力测试{runs}次的第5至第95百分位：各步做法和权重随机取定，并随机剔除一个指标。",
            f"Intervals are the 5th to 95th percentile of {runs} runs: random choices of every step, weights and one indicator left out.",
        )


def index_order(order: Order, boards: Mapping[str, IndexBoard]) -> IndexOrder:
    """The board and year a chart asks for; raises BadRequest where there is no such index, or it could not be built."""
    board = board_named(boards, order.definition.index)
    return IndexOrder(order, board, order.definition.year or board.last)


def interval_words(row: Row) -> str:
    """The interval of ranks of a row in whole places."""
    low, high = round(row["rank_low"]), round(row["rank_high"])
    return f"{low}" if low == high else f"{low}—{high}"


def figures_of(figures: Figures, series: PanelSeries, units: set[str], years: set[int]) -> list[Figure]:
    """Figures of one column of the data, for some units and years."""
    return [
        figure
        for figure in figures.of(series.indicator)
        if figure.area in units
        and figure.period.end.year in years
        and (figure.period.end.month, figure.period.end.day) == (12, 31)
        and series.accounting_basis in {"", figure.accounting_basis}
        and series.price_basis in {"", figure.price_basis}
        and _in_categories(series, figure)
    ]


def _in_categories(series: PanelSeries, figure: Figure) -> bool:
    codes = parse_category_key(figure.categories)
    return codes == dict(series.categories) if series.categories else all(code == TOTAL for code in codes.values())
