"""A plan as one query: relations laid out in the columns that other rooms read."""

from __future__ import annotations

from typing import Any

import ibis

from guibiao.language.plan import Fix, Plan, SumOver, scans, walk
from guibiao.language.relation import WHOLE_KEY, Relation, category_column
from guibiao.language.rows import joined_rows
from guibiao.language.set_blocks import Reader
from guibiao.model.category import TOTAL, category_key
from guibiao.model.period import Measure

DIALECT = "duckdb"


def reader(plan: Plan) -> Reader:
    """Reads blocks; category keys stay whole where all operands have the same dimensions and none is named."""
    dimensions = {scan.type.dimensions for scan in scans(plan)}
    named = any(
        (isinstance(step, Fix) and step.categories) or (isinstance(step, SumOver) and step.over not in {"area", "time"})
        for step in walk(plan)
    )
    return Reader(split=named or len(dimensions) > 1)


def formula_query(plan: Plan) -> str:
    """SQL of a numeric plan."""
    relation = Reader.relation(reader(plan), plan)
    table = relation.table
    figures = {name: table[name] for name in ("value", "low", "high", "known_from", "known_precision", "grade", "stage")}
    return to_sql(table.select(**key_columns(plan, relation), **figures))


def rule_query(plan: Plan) -> str:
    """SQL of a judgement."""
    rows = joined_rows(plan, reader(plan))
    verdict, left, right = (rows.column(name) for name in rows.judged(plan))
    keys = key_columns(plan, rows.relation, rows.table)
    selected = rows.table.select(**keys, left=left, right=right, verdict=verdict)
    return to_sql(selected.filter(selected.verdict.notnull()))


def to_sql(expression: Any) -> str:
    """The query as text. Selections stay nested: the engine flattens them, and writing them flat costs a quarter more time."""
    ibis.options.sql.fuse_selects = False
    return str(ibis.to_sql(expression, dialect=DIALECT))


def key_columns(plan: Plan, relation: Relation, table: Any = None) -> dict[str, Any]:
    """Key columns of `observations` for a relation whose periods are where they belong."""
    table = relation.table if table is None else table
    stock = relation.measure is Measure.AT_END
    measure = table.measure if relation.is_flow else ibis.literal((relation.measure or Measure.DURING).value)
    return {
        "area": table.area if relation.has_area else ibis.literal(""),
        "categories": _whole_key(table, relation.dimensions),
        "period_start": table.period_end if stock else table.period_start,
        "period_end": table.period_end,
        "measure": measure,
        "price_basis": ibis.literal(plan.type.price_basis),
        "accounting_basis": table.accounting_basis if relation.carries_accounting else ibis.literal(""),
    }


def _whole_key(table: Any, columns: tuple[str, ...]) -> Any:
    """The canonical category key, put together again where it was taken apart."""
    if columns in {(), (WHOLE_KEY,)}:
        return table[WHOLE_KEY] if columns else ibis.literal("")
    names = sorted(column.removeprefix(category_column("")) for column in columns)
    parts = [category_key({name: TOTAL}).removesuffix(TOTAL) + table[category_column(name)] for name in names]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + ";" + part
    return whole
