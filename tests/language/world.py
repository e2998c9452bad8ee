"""A small world of indicators and random observations, held as rows for the sets and as objects for one key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import duckdb
import pyarrow as pa

from guibiao.language.compile import compile_formula, compile_missing, compile_rule
from guibiao.language.lookup import Key, ObservationIndex, key_of
from guibiao.language.outcome import Outcome
from guibiao.language.parse import parse
from guibiao.model.basis import ComparisonBasis
from guibiao.model.category import category_key
from guibiao.model.indicator import Indicator, Nature
from guibiao.model.period import Measure, Period, at_end, month, to_date, year
from guibiao.model.quantity import Qualifier, Quantity
from guibiao.model.tables import OBSERVATIONS
from guibiao.model.unit import parse_unit


def define(name: str, unit: str, **facts: Any) -> Indicator:
    return Indicator(id=name, name_zh=name, name_en=name, unit=unit, definition_zh=name, **facts)


BASES = ("first", "revised")
INDICATORS = {
    indicator.id: indicator
    for indicator in (
        define("product", "亿元", price_basis="current", accounting_bases=BASES, additive_over=("area", "time")),
        define("real_product", "亿元", price_basis="constant(2020)", accounting_bases=BASES),
        define("digital", "万元", price_basis="current", accounting_bases=BASES, additive_over=("area", "time")),
        define("first_only", "亿元", price_basis="current", accounting_bases=("first",)),
        define("revised_only", "亿元", price_basis="current", accounting_bases=("revised",)),
        define("sectors", "亿元", price_basis="current", accounting_bases=BASES, dimensions=("sector",), additive_over=("sector",)),
        define("grid", "万户", dimensions=("kind", "sector"), additive_over=("kind", "sector", "area")),
        define("persons", "万人", measure=Measure.AT_END, additive_over=("area",)),
        define("births", "万人", additive_over=("time",)),
        define("stations", "个", measure=Measure.AT_END),
        define("mean_users", "万户", measure=Measure.AVERAGE),
        define("sales", "亿元", price_basis="current", additive_over=("area", "time")),
        define("rate", "%", nature=Nature.GROWTH, price_basis="current", comparison_basis=ComparisonBasis.COMPARABLE),
        define("printed_rate", "%", nature=Nature.GROWTH, price_basis="current", comparison_basis=ComparisonBasis.AS_PUBLISHED),
        define("ratio", "%", nature=Nature.SHARE),
        define("prices", "", nature=Nature.INDEX),
    )
}
AREAS = ("11", "1101", "1102")
KINDS = ("_T", "a", "b=c")
SECTORS = ("_T", "x", "y;z")
YEARS = range(2018, 2023)
_HALF_YEAR_ENDS = (2, 3, 6)


@dataclass(frozen=True, slots=True)
class Observation:
    """As `language.lookup.Observed` asks."""

    indicator: str
    area: str
    categories: str
    period: Period
    quantity: Quantity
    price_basis: str
    accounting_basis: str
    stage: str
    known_from: date
    known_precision: str
    grade: str


@cache
def periods(measure: Measure) -> tuple[Period, ...]:
    if measure is Measure.AT_END:
        return tuple(at_end(number, last) for number in YEARS for last in (6, 12))
    if measure is Measure.AVERAGE:
        return tuple(year(number, Measure.AVERAGE) for number in YEARS)
    cumulative = [to_date(number, last) for number in YEARS for last in _HALF_YEAR_ENDS]
    halves = [Period(date(number, first, 1), date(number, first + 5, last)) for number in YEARS for first, last in ((1, 30), (7, 31))]
    return tuple(year(number) for number in YEARS) + tuple(halves) + tuple(cumulative)


@cache
def keys(indicator: str) -> tuple[tuple[str, str, Period, str], ...]:
    """Every key an indicator may have observations at."""
    definition = INDICATORS[indicator]
    return tuple(
        (area, categories, period, basis)
        for area in AREAS
        for categories in category_keys(definition.dimensions)
        for period in periods(definition.measure)
        for basis in definition.accounting_bases or ("",)
    )


def category_keys(dimensions: tuple[str, ...]) -> tuple[str, ...]:
    codes = {"kind": KINDS, "sector": SECTORS}
    combined: list[dict[str, str]] = [{}]
    for name in dimensions:
        combined = [{**one, name: code} for one in combined for code in codes[name]]
    return tuple(category_key(one) for one in combined)


def random_quantity(source: Random, definition: Indicator) -> Quantity:
    """Mostly a positive number with half a printed unit either way; sometimes zero, negative, wide or open."""
    rate = definition.nature in {Nature.GROWTH, Nature.SHARE}
    value = Decimal(source.randint(-300 if rate else -2000, 600 if rate else 60000)) / 10
    value = Decimal(source.choice([0, 1])) if source.random() < 0.05 else value
    half = source.choice([Decimal("0.05"), Decimal("0.05"), Decimal(5), Decimal(0)])
    low = value - half if source.random() < 0.9 else None
    high = value + half if source.random() < 0.9 else None
    return Quantity(value, low, high, Qualifier.EXACT, parse_unit(definition.unit), 1)


def random_world(seed: int, names: tuple[str, ...]) -> tuple[Observation, ...]:
    """Observations of the named indicators at most of their keys, so that many formulas find partners and some do not."""
    source = Random(seed)
    density = source.choice([0.5, 0.8, 0.95, 1.0])
    found = []
    for name in names:
        definition = INDICATORS[name]
        for area, categories, period, basis in keys(name):
            if source.random() < density:
                found.append(random_observation(source, definition, area, categories, period, basis))
    return tuple(found)


def random_observation(source: Random, definition: Indicator, area: str, categories: str, period: Period, basis: str) -> Observation:
    return Observation(
        definition.id,
        area,
        categories,
        period,
        random_quantity(source, definition),
        definition.price_basis,
        basis,
        source.choice(["preliminary", "verified", "census-revised"]),
        source.choice([date(2020, 1, 1), date(2021, 1, 1), date(2022, 3, 5)]),
        source.choice(["day", "month", "year"]),
        source.choice(["A", "B", "C", "D"]),
    )


def row(observed: Observation) -> dict[str, Any]:
    quantity, period = observed.quantity, observed.period
    return {
        **dict.fromkeys((column.name for column in OBSERVATIONS.columns), ""),
        "indicator": observed.indicator,
        "area": observed.area,
        "categories": observed.categories,
        "period_start": period.start,
        "period_end": period.end,
        "measure": period.measure.value,
        "value": float(quantity.value),
        "low": None if quantity.low is None else float(quantity.low),
        "high": None if quantity.high is None else float(quantity.high),
        "unit": quantity.unit.symbol,
        "decimals": 1,
        "price_basis": observed.price_basis,
        "accounting_basis": observed.accounting_basis,
        "stage": observed.stage,
        "known_from": observed.known_from,
        "known_precision": observed.known_precision,
        "grade": observed.grade,
        "alternatives": 0,
    }


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def run_query(query: str, observations: tuple[Observation, ...]) -> list[dict[str, Any]]:
    table = pa.Table.from_pylist([row(each) for each in observations], schema=OBSERVATIONS.arrow_schema())
    connection().register("observations", table)
    return connection().execute(query).to_arrow_table().to_pylist()


@cache
def formula(text: str) -> str:
    return compile_formula(parse(text), INDICATORS)


@cache
def missing(text: str) -> str:
    return compile_missing(parse(text), INDICATORS)


@cache
def rule(text: str) -> str:
    return compile_rule(parse(text), INDICATORS)


def index(observations: tuple[Observation, ...]) -> ObservationIndex:
    return ObservationIndex(observations)


def row_key(found: dict[str, Any]) -> Key:
    period = Period(found["period_start"], found["period_end"], Measure(found["measure"]))
    return key_of(found["area"], found["categories"], period, found["accounting_basis"])


def largest(outcome: Outcome) -> float:
    """Size of the largest number that the computation met: rounding is relative to it."""
    sizes = [0.0]
    for step in outcome.trace.walk():
        for quantity in (step.quantity, step.left, step.right):
            if quantity is not None:
                sizes.extend(abs(float(bound)) for bound in (quantity.value, quantity.low, quantity.high) if bound is not None)
    return max(sizes)


def observation(name: str, period: Period, value: str | float, *, area: str = "11", basis: str = "", categories: str = "") -> Observation:
    """One observation, rounded to its printed decimals, from a good source."""
    from guibiao.model.quantity import printed_quantity

    definition = INDICATORS[name]
    quantity = printed_quantity(Decimal(str(value)), parse_unit(definition.unit))
    return Observation(name, area, categories, period, quantity, definition.price_basis, basis, "verified", date(2024, 3, 21), "day", "A")


__all__ = ["at_end", "month", "to_date", "year"]
