"""Figures as rules see them: what is stated, by which source, and whether it is the value in use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from guibiao.model.category import TOTAL, category_key, parse_category_key
from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Indicator
from guibiao.model.period import Measure, Period
from guibiao.model.quantity import Qualifier, Quantity, parse_quantity
from guibiao.model.unit import Unit, parse_unit
from guibiao.reference.classification import Classification

STATED = (
    "statement", "indicator", "area", "categories", "period_start", "period_end", "measure", "value", "low", "high", "qualifier", "printed",
    "unit", "decimals", "price_basis", "comparison_basis", "accounting_basis", "stage", "method", "known_from", "source", "dataset",
    "locator", "row", "column", "correction",
)  # fmt: skip
"""Columns of `statements` that rules read."""

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Figure:
    """One statement, or one derived observation (then `source` and `dataset` are empty)."""

    indicator: str
    area: str
    categories: str
    period: Period
    quantity: Quantity
    price_basis: str
    comparison_basis: str
    accounting_basis: str
    stage: str
    method: str
    known_from: date
    source: str
    dataset: str
    locator: str
    row: int
    column: int
    correction: str
    chosen: bool
    printed: str
    original: bool = False
    """True for the printed figure of a cell that a correction has mended since."""

    @property
    def days(self) -> Days:
        return self.period.start, self.period.end

    @property
    def cell(self) -> tuple[str, int, int]:
        return self.dataset, self.row, self.column

    def as_printed(self) -> Figure | None:
        """The figure before its correction; None where there is none or where what is printed is no quantity."""
        if not self.correction:
            return None
        try:
            quantity = parse_quantity(self.printed, self.quantity.unit).to(self.quantity.unit)
        except BadRequest:
            return None
        return replace(self, quantity=quantity, original=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """One indicator under test with all that its rules may look at."""

    indicator: Indicator
    figures: Figures
    indicators: Mapping[str, Indicator]
    classifications: Mapping[str, Classification]
    country: str
    documents: Mapping[str, Days] = field(default_factory=dict)
    """Source id -> first and last day on which it can have come out."""
    listed: int | None = None
    """How many entries the list has that a count claims to count."""
    list_name: str = ""
    trees: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict, repr=False)
    """What is below each code, by classification: filled as it is asked for, may be shared by subjects of one workspace."""

    @property
    def areas(self) -> Classification | None:
        return self.classifications.get("areas")

    def claims(self) -> Iterator[Figure]:
        """Every statement of the indicator, and for a corrected one what was printed."""
        for figure in self.figures.of(self.indicator.id):
            if figure.source:
                yield figure
                original = figure.as_printed()
                if original is not None:
                    yield original

    def children(self, area: str) -> tuple[str, ...]:
        """Codes of the areas directly below one."""
        return self.below("areas", area)

    def below(self, dimension: str, code: str) -> tuple[str, ...]:
        """Codes of a classification directly below one; those without a parent of the list stand below the total."""
        if dimension not in self.trees:
            classification = self.classifications.get(dimension)
            self.trees[dimension] = {} if classification is None else _tree(classification)
        return self.trees[dimension].get(code, ())


def _tree(classification: Classification) -> dict[str, tuple[str, ...]]:
    known = {each.code for each in classification.categories}
    found: dict[str, list[str]] = defaultdict(list)
    for each in classification.categories:
        if each.code != TOTAL:
            found[each.parent if each.parent in known else TOTAL].append(each.code)
    return {parent: tuple(codes) for parent, codes in found.items()}


class Figures:
    """Figures by indicator and by key; built once for a step, then only read."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._of: dict[str, list[Figure]] = defaultdict(list)
        self._at: dict[tuple[str, str, str, Days], list[Figure]] = defaultdict(list)
        for figure in figures:
            self._of[figure.indicator].append(figure)
            self._at[figure.indicator, figure.area, figure.categories, figure.days].append(figure)

    def of(self, indicator: str) -> list[Figure]:
        return self._of.get(indicator, [])

    def chosen(self, indicator: str) -> list[Figure]:
        return [figure for figure in self.of(indicator) if figure.chosen]

    def at(self, indicator: str, area: str, categories: str, days: Days, scope: str = "", near: str = "") -> list[Figure]:
        """Figures of one key: of one source, the same table and then the one in use first; the chosen ones where `scope` is empty."""
        found = self._at.get((indicator, area, categories, days), [])
        if not scope:
            return [figure for figure in found if figure.chosen]
        mine = [figure for figure in found if figure.source == scope]
        return sorted(mine, key=lambda figure: (figure.dataset != near, not figure.chosen))


def read_figures(statements: Iterable[Mapping[str, Any]], chosen: set[str], derived: Iterable[Mapping[str, Any]] = ()) -> list[Figure]:
    """Figures of statement rows (columns `STATED`) and of derived observation rows; `chosen` are ids of the statements in use."""
    found = [_figure(row, row["statement"] in chosen, row["value"], row["low"], row["high"]) for row in statements]
    for row in derived:
        blank = {"dataset": "", "row": 0, "column": 0, "correction": "", **row}
        found.append(_figure(blank, True, *(None if row[name] is None else Decimal(repr(row[name])) for name in ("value", "low", "high"))))
    return found


def _figure(row: Mapping[str, Any], chosen: bool, value: Any, low: Any, high: Any) -> Figure:
    return Figure(
        row["indicator"], row["area"], row["categories"], _period(row["period_start"], row["period_end"], row["measure"]),
        Quantity(value, low, high, _qualifier(row["qualifier"]), _unit(row["unit"]), row["decimals"]), row["price_basis"],
        row["comparison_basis"], row["accounting_basis"], row["stage"], row["method"], row["known_from"], row["source"], row["dataset"],
        row["locator"], row["row"], row["column"], row["correction"], chosen, row["printed"],
    )  # fmt: skip


@lru_cache(maxsize=65536)
def _period(start: date, end: date, measure: str) -> Period:
    return Period(start, end, Measure(measure))


_qualifier = lru_cache(maxsize=32)(Qualifier)


@lru_cache(maxsize=1024)
def _unit(symbol: str) -> Unit:
    return parse_unit(symbol)


@lru_cache(maxsize=65536)
def categories_for(categories: str, dimensions: tuple[str, ...], total: str = "") -> str:
    """The key of another indicator that matches `categories`: its dimensions alone, `_T` for those not named and for `total`."""
    own = parse_category_key(categories)
    return category_key({name: TOTAL if name == total else own.get(name, TOTAL) for name in dimensions})
