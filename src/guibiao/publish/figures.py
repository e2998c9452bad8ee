"""Observations of one run as objects, found by key: what sentences, tables and charts quote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from guibiao.model.category import category_key, parse_category_key
from guibiao.model.period import Measure, Period, parse_period
from guibiao.model.quantity import Qualifier, Quantity
from guibiao.model.unit import parse_unit
from guibiao.reference.definitions import Workspace
from guibiao.reference.report_definitions import SeriesDefinition


@dataclass(frozen=True, slots=True)
class Figure:
    """One observation (or one statement, where a source's own figure is asked for)."""

    indicator: str
    area: str
    categories: str
    period: Period
    quantity: Quantity
    printed: str
    price_basis: str
    comparison_basis: str
    accounting_basis: str
    stage: str
    method: str
    status: str
    known_from: date
    known_precision: str
    source: str
    grade: str
    locator: str
    statement: str
    alternatives: int = 0

    @property
    def id(self) -> str:
        """Stable key of the figure: the passport id is made from it."""
        start, end = self.period.start.isoformat(), self.period.end.isoformat()
        parts = (self.indicator, self.area, self.categories, start, end, self.period.measure.value, self.price_basis, self.accounting_basis)
        return "|".join((*parts, self.statement if self.alternatives < 0 else ""))


def _decimal(value: float | Decimal | None) -> Decimal | None:
    return None if value is None else value.normalize() if isinstance(value, Decimal) else Decimal(repr(value))


_PRINTED = 3
"""Decimals a source may well print; more of them can come from a conversion of units and are looked into."""
_unit = lru_cache(maxsize=None)(parse_unit)


def _known_decimals(value: Decimal, low: Decimal | None, high: Decimal | None, qualifier: Qualifier, decimals: int | None) -> int | None:
    """Decimals that stand for something: 1.4亿户 in 亿户 has one, however many a conversion of units would give."""
    if decimals is None or qualifier is Qualifier.DERIVED or (qualifier is Qualifier.EXACT and decimals <= _PRINTED):
        return decimals
    ends = (low, high) if qualifier is Qualifier.RANGE else (value,)
    own = max(max(0, -_exponent(end)) for end in ends if end is not None)
    if qualifier is Qualifier.EXACT and low is not None and high is not None and low < high:
        return min(decimals, max(own, -_exponent(high - low)))
    return min(decimals, own)


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def figure_from_row(row: Mapping[str, Any]) -> Figure:
    """A row of `observations` (or of `statements`, then `alternatives` is -1) as a figure."""
    period = Period(row["period_start"], row["period_end"], Measure(row["measure"]))
    value = _decimal(row["value"])
    assert value is not None
    low, high, qualifier = _decimal(row["low"]), _decimal(row["high"]), Qualifier(row["qualifier"])
    decimals = _known_decimals(value, low, high, qualifier, row["decimals"]) if row["statement"] else row["decimals"]
    quantity = Quantity(value, low, high, qualifier, _unit(row["unit"]), decimals)
    return Figure(
        row["indicator"], row["area"], row["categories"], period, quantity, row["printed"], row["price_basis"], row["comparison_basis"],
        row["accounting_basis"], row["stage"], row["method"], row["status"], row["known_from"], row["known_precision"], row["source"],
        row["grade"], row["locator"], row["statement"], int(row.get("alternatives", -1)),
    )  # fmt: skip


class Figures:
    """All figures of a run, indexed; order is period, area, categories. An indicator's rows become objects when first asked for."""

    def __init__(
        self, workspace: Workspace, observations: Iterable[Mapping[str, Any]], statements: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self.workspace = workspace
        self._observation_rows = _grouped(observations)
        self._statement_rows = _grouped(statements)
        self._observed: dict[str, tuple[Figure, ...]] = {}
        self._stated: dict[str, tuple[Figure, ...]] = {}
        self._by_key: dict[str, dict[tuple[str, str, Period], list[Figure]]] = {}
        self._by_id: dict[str, dict[str, Figure]] = {}

    def of(self, indicator: str) -> tuple[Figure, ...]:
        """Every observation of an indicator."""
        if indicator not in self._observed:
            self._observed[indicator] = _ordered(self._observation_rows.get(indicator, ()))
        return self._observed[indicator]

    def stated(self, indicator: str) -> tuple[Figure, ...]:
        """Every statement of an indicator, chosen or not."""
        if indicator not in self._stated:
            self._stated[indicator] = _ordered(self._statement_rows.get(indicator, ()))
        return self._stated[indicator]

    def find(self, indicator: str, area: str, categories: str, period: Period) -> tuple[Figure, ...]:
        """The observations of one key: several where it is on file on several bases."""
        if indicator not in self._by_key:
            index: dict[tuple[str, str, Period], list[Figure]] = {}
            for figure in self.of(indicator):
                index.setdefault((figure.area, figure.categories, figure.period), []).append(figure)
            self._by_key[indicator] = index
        return tuple(self._by_key[indicator].get((area, categories, period), ()))

    def with_id(self, figure_id: str) -> Figure | None:
        """The observation or statement of a figure id."""
        indicator = figure_id.partition("|")[0]
        if indicator not in self._by_id:
            self._by_id[indicator] = {figure.id: figure for figure in (*self.stated(indicator), *self.of(indicator))}
        return self._by_id[indicator].get(figure_id)

    def period(self, indicator: str, text: str | int) -> Period:
        """A period as written for this indicator: 2023 is the end of 2023 for a stock."""
        definition = self.workspace.indicators[indicator]
        return parse_period(str(text), measure=definition.measure)

    def select(self, series: SeriesDefinition) -> tuple[Figure, ...]:
        """The figures a chart series or table column shows, in the order it gives."""
        own = self.workspace.settings.area
        areas = set(series.areas) or (None if series.area == "*" else {series.area or own})
        periods = [self.period(series.indicator, text) for text in series.periods]
        free = {name for name, code in series.categories.items() if code.endswith("*")}
        pool = self.stated(series.indicator) if series.source else self.of(series.indicator)
        return tuple(
            figure
            for figure in pool
            if (areas is None or figure.area in areas)
            and (not periods or figure.period in periods)
            and _matches(figure.categories, series.categories, free)
            and series.accounting_basis in {"", figure.accounting_basis}
            and series.stage in {"", figure.stage}
            and series.source in {"", figure.source}
        )


def _grouped(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["indicator"], []).append(row)
    return groups


def _ordered(rows: Iterable[Mapping[str, Any]]) -> tuple[Figure, ...]:
    figures = [figure_from_row(row) for row in rows]
    return tuple(sorted(figures, key=lambda figure: (figure.period, figure.area, figure.categories, figure.accounting_basis)))


def _matches(key: str, wanted: Mapping[str, str], free: set[str]) -> bool:
    if not free:
        return key == category_key(wanted)
    own = parse_category_key(key)
    return set(own) == set(wanted) and all(
        own[name].startswith(code[:-1]) if name in free else own[name] == code for name, code in wanted.items()
    )
