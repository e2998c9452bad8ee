"""The blocks of a plan over sets: what `blocks` does for one key."""

from __future__ import annotations

from typing import Any

import ibis

from guibiao.language import bounds
from guibiao.language.bounds import OPEN, Bounded
from guibiao.language.engine_functions import exact_sum, last_day, make_date
from guibiao.language.plan import Block, Index, MonthFromCumulative, PerStock, Plan, Scan, SumOver
from guibiao.language.relation import (
    FIGURES,
    QUALITY,
    Relation,
    category_column,
    encoded,
    rendered,
    scan,
    season_code,
)
from guibiao.language.rows import quality, relation_of, with_figures
from guibiao.language.set_chain import chained, read_quality, worst
from guibiao.model.category import TOTAL
from guibiao.model.period import Measure


class Reader:
    """Reads blocks as relations; `split` takes category keys apart, as it must where dimensions differ or are named."""

    def __init__(self, *, split: bool) -> None:
        self.split = split

    def __call__(self, block: Block) -> Relation:
        if isinstance(block, Scan):
            return scan(block, split=self.split)
        if isinstance(block, SumOver):
            return _summed(block, self.relation(block.operand))
        if isinstance(block, MonthFromCumulative):
            return _month_from_cumulative(self.relation(block.operand))
        if isinstance(block, PerStock):
            return _per_stock(self.relation(block.flow), self.relation(block.stock))
        if isinstance(block, Index):
            return _index(block, self.relation(block.operand))
        return chained(block, self.relation(block.operand))

    def relation(self, plan: Plan) -> Relation:
        return rendered(relation_of(plan, self))


def summed_rows(plan: SumOver, relation: Relation) -> tuple[Any, Relation]:
    """Rows to be summed, and the keys of the sum; over time, the parts of calendar years with the year as their period."""
    table = relation.table
    if plan.over == "time":
        length = 12 // plan.parts
        start, end = table.period_start, table.period_end
        whole = (start.day() == 1) & (end == last_day(end)) & (start.year() == end.year())
        fits = (end.month() - start.month() == length - 1) & (end.month() % length == 0)
        table = table.filter(table.measure == Measure.DURING.value, whole, fits)
        year = table.period_end.year()
        return table.mutate(period_start=make_date(year, 1, 1), period_end=make_date(year, 12, 31)), relation
    column = "area" if plan.over == "area" else category_column(plan.over)
    codes = table[column]
    write = (lambda code: code) if plan.over == "area" else (lambda code: encoded(plan.over, code))
    conditions = [codes.notin([TOTAL, *map(write, plan.exclude)])]
    if plan.within:
        conditions.append(codes.startswith(write(plan.within)))
    kept = Relation(
        table,
        relation.has_area and plan.over != "area",
        tuple(name for name in relation.dimensions if name != column),
        relation.measure,
        relation.carries_accounting,
    )
    return table.filter(*conditions), kept


def _summed(plan: SumOver, relation: Relation) -> Relation:
    table, kept = summed_rows(plan, relation)
    keys = [*kept.other_keys, *kept.period_columns]
    count = table.count()
    sums = {"value": exact_sum(table.value), "number": count, **worst(table)}
    for side in ("low", "high"):
        sums[side] = ibis.ifelse(table[side].count() == count, exact_sum(table[side]), OPEN)
    grouped = table.group_by(keys).aggregate(**sums)
    if plan.parts:
        grouped = grouped.filter(grouped.number == plan.parts)
    return with_figures(
        kept,
        grouped,
        {**{side: grouped[side] for side in ("value", "low", "high")}, **read_quality(grouped.knowledge, grouped.grade, grouped["rank"])},
    )


def _month_from_cumulative(relation: Relation) -> Relation:
    table = relation.table
    start, end = table.period_start, table.period_end
    table = table.filter(
        table.measure == Measure.TO_DATE.value,
        (start.month() == 1) & (start.day() == 1) & (start.year() == end.year()) & (end == last_day(end)),
    )
    window = ibis.window(group_by=[*relation.other_keys, "period_start"], order_by="period_end")
    previous = {f"{name}_before": table[name].lag().over(window) for name in (*FIGURES, "period_end")}
    table = table.mutate(**previous)
    first = table.period_end_before.isnull()
    following = make_date(table.period_end.year(), ibis.least(ibis.coalesce(table.period_end_before.month(), 0) + 1, 12), 1)
    inputs = [{name: table[name] for name in QUALITY}, {name: table[f"{name}_before"] for name in QUALITY}]
    figures = {
        "value": table.value - ibis.coalesce(table.value_before, 0.0),
        "low": ibis.ifelse(first, table.low, table.low - table.high_before),
        "high": ibis.ifelse(first, table.high, table.high - table.low_before),
        **quality(inputs),
    }
    keys = {name: table[name] for name in relation.other_keys}
    periods = {"period_start": ibis.ifelse(first, table.period_start, following), "period_end": table.period_end}
    selected = table.select(**keys, **periods, measure=ibis.literal(Measure.DURING.value), **figures)
    return Relation(selected, relation.has_area, relation.dimensions, Measure.DURING, relation.carries_accounting)


def _per_stock(flow: Relation, stock: Relation) -> Relation:
    """The stock is joined twice: at the day before the flow begins, and at the day it ends."""
    flow_keys, stock_keys = flow.other_keys, stock.other_keys
    opening = stock.table.mutate(day=day_after(stock.table.period_end)).drop("period_end")
    closing = stock.table.mutate(day=stock.table.period_end).drop("period_end")
    first = flow.table.rename({f"{name}_0": name for name in FIGURES})
    tables = [first, *(_numbered(table, stock_keys, index) for index, table in enumerate((opening, closing), 1))]
    shared = [name for name in stock_keys if name in flow_keys]
    own = [name for name in stock_keys if name not in flow_keys]
    table = tables[0]
    for index, day in ((1, first.period_start), (2, first.period_end)):
        conditions = [day == tables[index][f"day_{index}"], *(first[name] == tables[index][f"{name}_{index}"] for name in shared)]
        conditions += [tables[1][f"{name}_1"] == tables[2][f"{name}_2"] for name in own] if index == 2 else []
        table = table.join(tables[index], conditions)
    table = table.mutate(**{name: table[f"{name}_1"] for name in own})
    halves = bounds.added(_bounded(table, 1), _bounded(table, 2))
    table = table.mutate(**dict(zip(("mean", "mean_low", "mean_high"), bounds.scaled(halves, 0.5), strict=True)))
    value, low, high = bounds.divided(_bounded(table, 0), Bounded(table["mean"], table.mean_low, table.mean_high))
    inputs = [{name: table[f"{name}_{index}"] for name in QUALITY} for index in range(3)]
    kept = Relation(
        table,
        flow.has_area or stock.has_area,
        (*flow.dimensions, *(name for name in stock.dimensions if name not in flow.dimensions)),
        flow.measure,
        flow.carries_accounting or stock.carries_accounting,
    )
    return with_figures(kept, table, {"value": value, "low": low, "high": high, **quality(inputs)})


def day_after(day: Any) -> Any:
    """The following day, as a date."""
    return (day + ibis.interval(days=1)).cast("timestamp").cast("date")


def _numbered(table: Any, keys: tuple[str, ...], index: int) -> Any:
    return table.select(**{f"{name}_{index}": table[name] for name in (*keys, "day", *FIGURES)})


def _bounded(table: Any, index: int) -> Bounded:
    return Bounded(*(table[f"{side}_{index}"] for side in ("value", "low", "high")))


def _index(plan: Index, relation: Relation) -> Relation:
    years = relation.table.period_end.year().cast("int64") - plan.base
    current = relation.table.mutate(season=season_code(relation, plan.base), years=years)
    keys = (*relation.other_keys, *(("measure",) if relation.is_flow else ()), "season")
    base = current.filter(current.years == 0)
    base = base.select(**{f"{name}_1": base[name] for name in (*keys, *FIGURES)})
    table = current.join(base, [current[name] == base[f"{name}_1"] for name in keys])
    value, low, high = bounds.scaled(bounds.divided(Bounded(table.value, table.low, table.high), _bounded(table, 1)), 100)
    is_base = table.years == 0
    hundred = ibis.ifelse(value.notnull(), 100.0, OPEN)
    sides = {"value": value, "low": low, "high": high}
    inputs = [{name: table[name] for name in QUALITY}, {name: table[f"{name}_1"] for name in QUALITY}]
    figures = {side: ibis.ifelse(is_base, hundred, column) for side, column in sides.items()}
    return with_figures(relation, table, {**figures, **quality(inputs)})
