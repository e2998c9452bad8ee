"""Sets of figures under their keys, as ibis tables: reading observations, fixing keys, moving periods.

A period is joined on its dates, or, where operands are of different times, on one integer code (`period_code`) to which a move in months
adds a constant: equal codes are the same season, as in `season`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis

from guibiao.language.engine_functions import last_day, make_date, split_part
from guibiao.language.plan import Fix, Pin, Scan
from guibiao.language.season import MONTH_END, moved
from guibiao.model.category import TOTAL, category_key
from guibiao.model.period import Measure
from guibiao.model.tables import OBSERVATIONS, Kind

QUALITY = ("known_from", "known_precision", "grade", "stage")
FIGURES = ("value", "low", "high", *QUALITY)
FLOWS = (Measure.DURING.value, Measure.TO_DATE.value)
WHOLE_KEY = "categories"
"""Column of the category key where all operands have the same dimensions, so that it need not be taken apart."""
_HALF = 2**23
MONTH = 32 * (_HALF + 1)
"""What one month adds to a period code."""
_TYPES = {Kind.TEXT: "string", Kind.INTEGER: "int64", Kind.FLAG: "boolean", Kind.FLOAT: "float64", Kind.DAY: "date"}


@dataclass(frozen=True, slots=True)
class Relation:
    """Figures under keys. Columns: area, one for each of `dimensions`, the period's, accounting_basis, and FIGURES.

    `measure` is None where the period is fixed. A flow has period_start, period_end and measure; a stock only period_end.
    `shift` is how many months the periods are yet to be moved forward.
    """

    table: Any
    has_area: bool
    dimensions: tuple[str, ...]
    measure: Measure | None
    carries_accounting: bool
    shift: int = 0

    @property
    def is_flow(self) -> bool:
        return self.measure in {Measure.DURING, Measure.TO_DATE}

    @property
    def period_columns(self) -> tuple[str, ...]:
        if self.measure is None:
            return ()
        if self.measure is Measure.AT_END:
            return ("period_end",)
        return ("period_start", "period_end", "measure") if self.is_flow else ("period_start", "period_end")

    @property
    def other_keys(self) -> tuple[str, ...]:
        """Key columns besides the period's."""
        accounting = ("accounting_basis",) if self.carries_accounting else ()
        return (*(("area",) if self.has_area else ()), *self.dimensions, *accounting)


def observations() -> Any:
    """The unbound table `observations`."""
    return ibis.table({column.name: _TYPES[column.kind] for column in OBSERVATIONS.columns}, name=OBSERVATIONS.name)


def category_column(dimension: str) -> str:
    """Column of a dimension taken out of the category key."""
    return f"category {dimension}"


def scan(plan: Scan, *, split: bool) -> Relation:
    """Observations of an indicator; `split` takes the category key apart, a column for each dimension."""
    table, type_ = observations(), plan.type
    measures = FLOWS if type_.is_flow else (type_.measure.value,)
    conditions = [
        table.indicator == plan.indicator,
        table.price_basis == type_.price_basis,
        table.unit == type_.unit.symbol,
        table.measure.isin(measures) if len(measures) > 1 else table.measure == measures[0],
    ]
    if not type_.carries_accounting:
        conditions.append(table.accounting_basis == "")
    columns, selected = _categories(table, type_.dimensions, split=split)
    table = table.filter(*conditions, *selected)
    relation = Relation(table, True, tuple(columns), type_.measure, type_.carries_accounting)
    names = (*relation.period_columns, "area", *(("accounting_basis",) if relation.carries_accounting else ()), *FIGURES)
    return replace(relation, table=table.select(*names, **columns))


def _categories(table: Any, dimensions: tuple[str, ...], *, split: bool) -> tuple[dict[str, Any], list[Any]]:
    """Columns of the categories, and the condition that the key names just these dimensions."""
    if not dimensions:
        return {}, [table.categories == ""]
    if not split:
        return {WHOLE_KEY: table.categories}, []
    prefixes = [category_key({name: TOTAL}).removesuffix(TOTAL) for name in dimensions]
    several = len(dimensions) > 1
    parts = [split_part(table.categories, ";", index) if several else table.categories for index in range(1, len(dimensions) + 1)]
    conditions = [part.startswith(prefix) for part, prefix in zip(parts, prefixes, strict=True)]
    conditions.append(split_part(table.categories, ";", len(dimensions) + 1) == "")
    codes = [part.substr(len(prefix)) for part, prefix in zip(parts, prefixes, strict=True)]
    return {category_column(name): code for name, code in zip(dimensions, codes, strict=True)}, conditions


def fixed(relation: Relation, plan: Fix) -> Relation:
    """The relation at a fixed area, period or categories, as far as it has them; they are keys no longer."""
    table, period = relation.table, plan.period if relation.measure is not None else None
    categories = {category_column(name): encoded(name, code) for name, code in plan.categories}
    categories = {column: code for column, code in categories.items() if column in relation.dimensions}
    conditions = [table[column] == code for column, code in categories.items()]
    if plan.area and relation.has_area:
        conditions.append(table.area == plan.area)
    if period is not None:
        original = moved(period, -relation.shift)
        days: dict[str, date | str | None] = {
            "period_start": original.start if original else None,
            "period_end": original.end if original else None,
            "measure": period.measure.value,
        }
        conditions.extend(table[name] == _literal(days[name]) for name in relation.period_columns)
    kept = replace(
        relation,
        has_area=relation.has_area and not plan.area,
        dimensions=tuple(name for name in relation.dimensions if name not in categories),
        measure=None if period is not None else relation.measure,
        shift=0 if period is not None else relation.shift,
    )
    table = table.filter(*conditions) if conditions else table
    return replace(kept, table=table.select(*kept.other_keys, *kept.period_columns, *FIGURES))


def _literal(value: date | str | None) -> Any:
    return ibis.literal(value, type="string" if isinstance(value, str) else "date")


def encoded(dimension: str, code: str) -> str:
    """A category code as the canonical key writes it."""
    return category_key({dimension: code}).removeprefix(category_key({dimension: TOTAL}).removesuffix(TOTAL))


def pinned(relation: Relation, plan: Pin) -> Relation:
    """The relation on one accounting basis; the basis stays a key, so that other operands join on it."""
    if not relation.carries_accounting:
        return relation
    return replace(relation, table=relation.table.filter(relation.table.accounting_basis == plan.basis))


def _day_code(day: Any, *, end: bool) -> Any:
    """As `season.day_code`."""
    number = ibis.ifelse(day == last_day(day), MONTH_END, day.day()) if end else day.day()
    return ((day.year() * 12 + day.month()) * 32 + number).cast("int64")


def period_code(relation: Relation, *, flow_bit: bool = False) -> Any:
    """One integer for a period, moved forward by the relation's shift; `flow_bit` tells to-date from during figures."""
    table = relation.table
    end = _day_code(table.period_end, end=True)
    start = end if relation.measure is Measure.AT_END else _day_code(table.period_start, end=False)
    code = start * _HALF + end + relation.shift * MONTH
    return code * 2 + (table.measure == Measure.TO_DATE.value).cast("int64") if flow_bit else code


def season_code(relation: Relation, base: int) -> Any:
    """Code of the same season in year `base`."""
    years = relation.table.period_end.year().cast("int64") - base
    return period_code(relation) - years * (12 * MONTH)


def rendered(relation: Relation) -> Relation:
    """The relation with its periods moved to where they belong; a period without a counterpart is left out."""
    if not relation.shift:
        return relation
    table = relation.table
    end, end_exists = _moved_day(table.period_end, relation.shift, end=True)
    dates, conditions = {"period_end": end}, [end_exists]
    if "period_start" in relation.period_columns:
        dates["period_start"], start_exists = _moved_day(table.period_start, relation.shift, end=False)
        conditions.append(start_exists)
    return replace(relation, table=table.filter(*conditions).mutate(**dates), shift=0)


def _moved_day(day: Any, months: int, *, end: bool) -> tuple[Any, Any]:
    """A day so many months later, and whether there is one."""
    total = (day.year() * 12 + (day.month() - 1 + months)).cast("int64")
    year, month = total // 12, total % 12 + 1
    last = last_day(make_date(year, month, 1))
    moved_day = make_date(year, month, ibis.least(day.day(), last.day()))
    if not end:
        return moved_day, day.day() <= last.day()
    is_end = day == last_day(day)
    return ibis.ifelse(is_end, last, moved_day), is_end | (day.day() < last.day())
