"""Which keys have no value, and why: keys of the driving operand without a row in the result, and the first operand they lack.

The driving operand is the first one written that is of the result's own period. A sum drives by its parts on file, a mean over a stock by
its flow, an index by its operand. What another operand lacks is told apart: absent altogether, or there on another accounting basis only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis

from guibiao.language.outcome import Reason
from guibiao.language.plan import Block, Chain, Fix, Index, Move, PerStock, Pin, Plan, Shift, SumOver
from guibiao.language.query import key_columns, reader, to_sql
from guibiao.language.relation import Relation, rendered, season_code
from guibiao.language.rows import Source, moved_relation, sources
from guibiao.language.set_blocks import Reader, day_after, summed_rows

SAME = ("period_start", "period_end", "measure")


@dataclass(frozen=True, slots=True)
class Need:
    """An operand: its text, its relation, and its own column for each of the driver's columns by which its period is found."""

    text: str
    relation: Relation
    periods: tuple[tuple[str, str], ...]


def missing_query(plan: Plan) -> str:
    """SQL of the keys without a value."""
    read = reader(plan)
    driving = _driving(plan)
    driver = _keys_of(driving, read)
    result = read.relation(plan)
    keys = (*driver.other_keys, *driver.period_columns)
    shared = [name for name in keys if name in (*result.other_keys, *result.period_columns)]
    table = driver.table.select(*keys)
    table = table.distinct() if isinstance(driving.block, SumOver) else table
    table = table.anti_join(result.table.select(*shared), shared)
    table = _with_seasons(replace(driver, table=table), plan)
    needs = tuple(need for need in dict.fromkeys(_needs(plan, (), read)) if need.text != _text(driving))
    for index, need in enumerate(needs):
        table = _looked_up(table, driver, need, index)
    columns = key_columns(plan, driver, table)
    del columns["price_basis"]
    return to_sql(table.select(**columns, **_reasons(table, driver, plan, needs)))


def _driving(plan: Plan) -> Source:
    """The first source of the result's own period, else the first that has a period at all."""
    every = [each for each in sources(plan) if not any(isinstance(move, Fix) and move.period for move in each.plans)]
    unmoved = [each for each in every if not any(isinstance(move, Shift) for move in each.plans)]
    return (unmoved or every)[0]


def _keys_of(driving: Source, read: Reader) -> Relation:
    """The driving operand under the keys it has figures at, whether or not a result comes of them."""
    return rendered(moved_relation(driving, lambda block: _loose(block, read)))


def _loose(block: Block, read: Reader) -> Relation:
    if isinstance(block, SumOver):
        table, kept = summed_rows(block, read.relation(block.operand))
        return replace(kept, table=table)
    if isinstance(block, PerStock | Index | Chain):
        return _keys_of(_driving(block.flow if isinstance(block, PerStock) else block.operand), read)
    return read(block)


def _text(each: Source) -> str:
    """The block as it would be written under its moves alone."""
    text = each.block.text
    for move in each.plans:
        if isinstance(move, Shift):
            step = f"years={move.months // 12}" if move.months % 12 == 0 else f"months={move.months}"
            text = f"lag({text}, {step})"
        elif isinstance(move, Pin):
            text = f'on_basis({text}, "{move.basis}")'
        else:
            places = {"area": move.area, "period": str(move.period or ""), **dict(move.categories)}
            fixed = ", ".join(f'{name}="{code}"' for name, code in places.items() if code)
            text = f"at({text}, {fixed})"
    return text


def _needs(plan: Plan, moves: tuple[Move, ...], read: Reader) -> Iterator[Need]:
    """Every operand; blocks that join by themselves are taken apart, unless a fixed period hides their own."""
    for each in sources(plan, moves):
        block, text = each.block, _text(each)
        fixed = any(isinstance(move, Fix) and move.period for move in each.plans)
        if isinstance(block, PerStock) and not fixed:
            yield from _needs(block.flow, each.plans, read)
            for stock in _needs(block.stock, each.plans, read):
                yield Need(stock.text, stock.relation, (("period_end", "period_end"),))
                opening = replace(stock.relation, table=stock.relation.table.mutate(day=day_after(stock.relation.table.period_end)))
                yield Need(stock.text, opening, (("period_start", "day"),))
        elif isinstance(block, Index) and not fixed:
            yield from _needs(block.operand, each.plans, read)
            relation = read.relation(block.operand)
            table = relation.table.mutate(season=season_code(relation, block.base))
            base = replace(relation, table=table.filter(table.period_end.year() == block.base))
            measure = (("measure", "measure"),) if relation.is_flow else ()
            yield Need(f"at({block.operand.text}, period={block.base})", base, ((f"season_{block.base}", "season"), *measure))
        else:
            relation = rendered(moved_relation(each, read))
            yield Need(text, relation, tuple((name, name) for name in SAME if name in relation.period_columns))


def _with_seasons(driver: Relation, plan: Plan) -> Any:
    """The driver's table with a season code for each base year that an index of the plan refers to."""
    bases = {each.block.base for each in sources(plan) if isinstance(each.block, Index)}
    return driver.table.mutate(**{f"season_{base}": season_code(driver, base) for base in sorted(bases)}) if bases else driver.table


def _looked_up(table: Any, driver: Relation, need: Need, index: int) -> Any:
    """The table with `present_i`, and `basis_i`: an accounting basis on which the operand is on file at that key, whichever it is."""
    relation = need.relation
    period = [(mine, own) for mine, own in need.periods if mine in table.columns]
    loose = [(name, name) for name in relation.other_keys if name in driver.other_keys and name != "accounting_basis"] + period
    carries = relation.carries_accounting
    strict = [*loose, *([("accounting_basis", "accounting_basis")] if carries and driver.carries_accounting else [])]
    own = {name for _mine, name in strict}
    days = {"day", "season"} & own
    unique = bool(own) and own >= {*relation.other_keys, *(() if days else relation.period_columns)}
    partner = relation.table.select(*own, present=True) if unique else _grouped(relation.table, own, present=True)
    table = _joined_left(table, partner, strict, "present", f"present_{index}")
    if not carries:
        return table
    partner = _grouped(relation.table, {name for _mine, name in loose}, present=relation.table.accounting_basis)
    return _joined_left(table, partner, loose, "present", f"basis_{index}")


def _grouped(table: Any, keys: set[str], present: Any) -> Any:
    """One row for each of the keys, with the least of `present`; without keys one row, null where the operand is not on file at all."""
    selected = table.select(*sorted(keys), present=present)
    if not keys:
        return selected.aggregate(present=selected.present.min())
    return selected.group_by(sorted(keys)).aggregate(present=selected.present.min())


def _joined_left(table: Any, partner: Any, pairs: Sequence[tuple[str, str]], column: str, name: str) -> Any:
    """Left join on pairs of columns that adds one column, null where there is no partner."""
    renamed = partner.select(**{f"{name}_{own}": partner[own] for own in {own for _mine, own in pairs}}, **{name: partner[column]})
    if not pairs:
        return table.cross_join(renamed)
    joined = table.left_join(renamed, [table[mine] == renamed[f"{name}_{own}"] for mine, own in pairs])
    return joined.select(*table.columns, name)


def _reasons(table: Any, driver: Relation, plan: Plan, needs: Sequence[Need]) -> dict[str, Any]:
    """Columns reason, operand, left_basis, right_basis, decided by the first operand that is missing."""
    empty = ibis.literal("")
    own = table.accounting_basis if driver.carries_accounting else empty
    carriers = [index for index, need in enumerate(needs) if need.relation.carries_accounting]
    block = _driving(plan).block
    rest = Reason.PARTS if isinstance(block, SumOver) and block.parts else Reason.ABSENT if isinstance(block, Chain) else Reason.UNDEFINED
    apart = not driver.carries_accounting and len(carriers) > 1
    left, right = (table[f"basis_{index}"] for index in carriers[:2]) if apart else (empty, empty)
    columns = {"reason": ibis.literal(rest.value), "operand": ibis.literal(plan.text), "left_basis": empty, "right_basis": empty}
    if apart:
        second = needs[carriers[1]].text
        columns = {"reason": ibis.literal(Reason.BASIS.value), "operand": ibis.literal(second), "left_basis": left, "right_basis": right}
    for index, need in reversed(list(enumerate(needs))):
        absent = table[f"present_{index}"].isnull()
        elsewhere = table[f"basis_{index}"] if index in carriers else ibis.null("string")
        lacking = {
            "reason": ibis.ifelse(elsewhere.notnull(), Reason.BASIS.value, Reason.ABSENT.value),
            "operand": ibis.literal(need.text),
            "left_basis": ibis.ifelse(elsewhere.notnull(), own, empty),
            "right_basis": ibis.coalesce(elsewhere, empty),
        }
        columns = {name: ibis.ifelse(absent, lacking[name], column) for name, column in columns.items()}
    return columns
