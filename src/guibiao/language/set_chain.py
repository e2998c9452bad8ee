"""Growth rates cumulated to an index over sets, and the quality of figures that rest on many rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis

from guibiao.language.bounds import OPEN
from guibiao.language.engine_functions import product
from guibiao.language.plan import Chain
from guibiao.language.relation import FIGURES, Relation, rendered, season_code
from guibiao.model.basis import Stage

SIDES = ("value", "low", "high")


def worst(table: Any, window: Any = None) -> dict[str, Any]:
    """Quality of a group, or of a window, of rows; `read_quality` turns it into columns."""
    knowledge = (table.known_from.cast("string") + table.known_precision).max()
    rank = ibis.cases((table.stage == Stage.PRELIMINARY.value, 2), (table.stage == Stage.VERIFIED.value, 1), else_=0).max()
    columns = {"knowledge": knowledge, "grade": table.grade.max(), "rank": rank}
    return columns if window is None else {name: column.over(window) for name, column in columns.items()}


def read_quality(knowledge: Any, grade: Any, rank: Any) -> dict[str, Any]:
    """Quality columns: the latest known_from with the coarsest precision of that day, the worst grade, the least finished stage."""
    return {
        "known_from": knowledge.substr(0, 10).cast("date"),
        "known_precision": knowledge.substr(10),
        "grade": grade,
        "stage": ibis.cases((rank == 2, Stage.PRELIMINARY.value), (rank == 1, Stage.VERIFIED.value), else_=Stage.CENSUS_REVISED.value),
    }


def chained(plan: Chain, relation: Relation) -> Relation:
    """Rates after the base multiply; rates up to the base divide going back and are filed a year earlier; the base itself is 100."""
    table = relation.table
    factors = {f"factor_{side}": 1 + table[side] / 100 for side in SIDES}
    years = table.period_end.year().cast("int64") - plan.base
    table = table.mutate(season=season_code(relation, plan.base), years=years, **factors)
    table = table.filter(table.factor_value > 0)
    forward = _cumulated(table.filter(table.years > 0), relation, forward=True)
    backward = _cumulated(table.filter(table.years <= 0), relation, forward=False)
    columns = (*relation.other_keys, *relation.period_columns, *FIGURES)
    parts = [forward, _a_year_earlier(relation, backward), _base(relation, table)]
    return replace(relation, table=ibis.union(*(part.select(*columns) for part in parts), distinct=False))


def _a_year_earlier(relation: Relation, table: Any) -> Any:
    return rendered(replace(relation, table=table, shift=-12)).table


def _cumulated(table: Any, relation: Relation, *, forward: bool) -> Any:
    """Products on one side of the base, as far as no year is missing between."""
    group = [*relation.other_keys, "season", *(("measure",) if relation.is_flow else ())]
    order = table.years.asc() if forward else table.years.desc()
    window = ibis.cumulative_window(group_by=group, order_by=order)
    low = ibis.ifelse(table.factor_low > 0, table.factor_low, OPEN)
    factors = {"value": table.factor_value, "low": low, "high": table.factor_high}
    table = table.mutate(
        number=table.years.count().over(window),
        **{f"{side}_product": product(factor).over(window) for side, factor in factors.items()},
        **{f"{side}_count": factor.count().over(window) for side, factor in factors.items()},
        **{f"{name}_so_far": column for name, column in worst(table, window).items()},
    )
    distance = table.years if forward else 1 - table.years
    table = table.filter(table.number == distance)
    known = {side: ibis.ifelse(table[f"{side}_count"] == table.number, table[f"{side}_product"], OPEN) for side in SIDES}
    if forward:
        figures = {side: known[side] * 100 for side in SIDES}
    else:
        figures = {"value": 100 / known["value"], "low": 100 / known["high"], "high": 100 / known["low"]}
    quality = read_quality(table.knowledge_so_far, table.grade_so_far, table.rank_so_far)
    keys = {name: table[name] for name in (*relation.other_keys, *relation.period_columns)}
    return table.select(**keys, **figures, **quality)


def _base(relation: Relation, table: Any) -> Any:
    """The base period, wherever the rate of its year or of the following one is known."""
    keys = [*relation.other_keys, *relation.period_columns]
    beside = [table.filter(table.years == 0), _a_year_earlier(relation, table.filter(table.years == 1))]
    rows = ibis.union(*(part.select(*keys, *FIGURES) for part in beside), distinct=False)
    grouped = rows.group_by(keys).aggregate(**worst(rows))
    hundred = {side: ibis.literal(100.0) for side in SIDES}
    return grouped.select(*keys, **hundred, **read_quality(grouped.knowledge, grouped.grade, grouped["rank"]))
