"""Row-wise steps over sets: the blocks of an expression are joined once each, then everything is computed along the row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import ibis

from guibiao.language import bounds
from guibiao.language.bounds import Bounded
from guibiao.language.plan import (
    Arithmetic,
    Block,
    Change,
    Comparison,
    Constant,
    Extremum,
    Fix,
    Junction,
    Magnitude,
    MeanChange,
    Move,
    Negation,
    Plan,
    Scale,
    Shift,
    operands,
)
from guibiao.language.relation import FIGURES, QUALITY, Relation, fixed, period_code, pinned, rendered
from guibiao.model.basis import Stage

LARGEST = 1.7976931348623157e308
_STAGES = (Stage.PRELIMINARY.value, Stage.VERIFIED.value)


@dataclass(frozen=True, slots=True)
class Source:
    """A block under the moves written around it, innermost first; two that are equal are read once."""

    block: Block
    moves: tuple[tuple[str, object], ...]
    plans: tuple[Move, ...]

    @property
    def identity(self) -> tuple[object, ...]:
        return self.block, self.moves


def source(block: Block, moves: tuple[Move, ...]) -> Source:
    """Moves are told apart by what they do, not by what they are around."""
    described: list[tuple[str, object]] = []
    for move in moves:
        if isinstance(move, Shift):
            described.append(("shift", move.months))
        elif isinstance(move, Fix):
            described.append(("fix", (move.area, move.period, move.categories)))
        else:
            described.append(("pin", move.basis))
    return Source(block, tuple(described), moves)


def sources(plan: Plan, moves: tuple[Move, ...] = ()) -> Iterator[Source]:
    """Every block a row-wise plan reads, with the moves around it, in order."""
    if isinstance(plan, Move):
        yield from sources(plan.operand, (plan, *moves))
    elif isinstance(plan, Block):
        yield source(plan, moves)
    else:
        for operand in operands(plan):
            yield from sources(operand, moves)


def moved_relation(each: Source, read: Callable[[Block], Relation]) -> Relation:
    """The relation of a source; a shift stays pending until the periods are needed."""
    relation = read(each.block)
    for move in each.plans:
        if isinstance(move, Shift):
            relation = replace(relation, shift=relation.shift + move.months)
        elif isinstance(move, Fix):
            relation = fixed(relation, move)
        else:
            relation = pinned(relation, move)
    return relation


def joined(relations: Sequence[Relation]) -> Relation:
    """Inner join on shared keys; figures of relation i are named `value_i` and so on. Periods come out as they are to be filed."""
    dated = [relation for relation in relations if relation.measure is not None]
    coded = len({relation.shift for relation in dated}) > 1
    bit = all(relation.is_flow for relation in dated)
    tables = [_renamed(relation, index, coded=coded, bit=bit) for index, relation in enumerate(relations)]
    owners: dict[str, int] = {}
    table = tables[0]
    for index, relation in enumerate(relations):
        keys = [*relation.other_keys, *_joining_periods(relation, coded=coded, bit=bit)]
        if index:
            conditions = [tables[owners[key]][f"{key}_{owners[key]}"] == tables[index][f"{key}_{index}"] for key in keys if key in owners]
            table = table.join(tables[index], conditions) if conditions else table.cross_join(tables[index])
        for key in keys:
            owners.setdefault(key, index)
    return _filed(table, relations, owners)


def _joining_periods(relation: Relation, *, coded: bool, bit: bool) -> tuple[str, ...]:
    if relation.measure is None or not coded:
        return relation.period_columns
    return ("code", "measure") if relation.is_flow and not bit else ("code",)


def _renamed(relation: Relation, index: int, *, coded: bool, bit: bool) -> Any:
    table = relation.table
    names = (*relation.other_keys, *relation.period_columns, *FIGURES)
    columns = {f"{name}_{index}": table[name] for name in names}
    if coded and relation.measure is not None:
        columns[f"code_{index}"] = period_code(relation, flow_bit=bit)
    return table.select(**columns)


def _filed(table: Any, relations: Sequence[Relation], owners: dict[str, int]) -> Relation:
    """The joined rows under the keys of the first operand that has each; periods of flows before averages, unmoved before moved."""
    dated = [index for index, relation in enumerate(relations) if relation.measure is not None]
    lead = min(dated, key=lambda index: (not relations[index].is_flow, relations[index].shift, index), default=None)
    period = relations[lead] if lead is not None else None
    keys = {
        name: table[f"{name}_{owner}"] for name, owner in owners.items() if name not in {"code", "period_start", "period_end", "measure"}
    }
    if period is not None:
        keys |= {name: table[f"{name}_{lead}"] for name in period.period_columns}
    figures = {f"{name}_{index}": table[f"{name}_{index}"] for index in range(len(relations)) for name in FIGURES}
    filed = Relation(
        table.select(**keys, **figures),
        "area" in owners,
        tuple(name for name in owners if name in {column for relation in relations for column in relation.dimensions}),
        period.measure if period is not None else None,
        "accounting_basis" in owners,
        period.shift if period is not None else 0,
    )
    return rendered(filed)


class Rows:
    """A joined table that grows by the columns of each step, so that no expression is ever written out twice."""

    def __init__(self, relation: Relation, indices: dict[tuple[object, ...], int]) -> None:
        self.relation = relation
        self.table = relation.table
        self.indices = indices
        self._count = 0

    def keep(self, *columns: Any) -> tuple[Any, ...]:
        """Add columns to the table and return their names."""
        self._count += 1
        names = tuple(f"step_{self._count}_{side}" for side in range(len(columns)))
        self.table = self.table.mutate(**dict(zip(names, columns, strict=True)))
        return names

    def column(self, term: Any) -> Any:
        """A name as a column of the table as it is now; a literal as it is."""
        return self.table[term] if isinstance(term, str) else term

    def bounded(self, names: Sequence[Any]) -> Bounded:
        return Bounded(*(self.column(name) for name in names))

    def value(self, plan: Plan, moves: tuple[Move, ...] = ()) -> Sequence[Any]:
        """Names (or literals) of value, low and high of a row-wise plan."""
        if isinstance(plan, Constant):
            return bounds.constant(float(plan.value))
        if isinstance(plan, Move):
            return self.value(plan.operand, (plan, *moves))
        if isinstance(plan, Block):
            index = self.indices[source(plan, moves).identity]
            return tuple(f"{side}_{index}" for side in ("value", "low", "high"))
        if isinstance(plan, Scale) and plan.factor == 1:
            return self.value(plan.operand, moves)
        terms = [self.value(operand, moves) for operand in operands(plan)]
        return self.keep(*_computed(plan, [self.bounded(term) for term in terms]))

    def judged(self, plan: Plan) -> tuple[Any, ...]:
        """Names of verdict, left and right of a judgement."""
        if isinstance(plan, Comparison):
            terms = [self.value(plan.left), self.value(plan.right)]
            left, right = (self.bounded(term) for term in terms)
            return self.keep(bounds.verdict(plan.operator, left, right), left.value, right.value)
        if isinstance(plan, Negation):
            verdict, left, right = self.judged(plan.operand)
            return (*self.keep(~self.column(verdict)), left, right)
        assert isinstance(plan, Junction)
        parts = [self.judged(operand) for operand in plan.operands]
        verdicts = [self.column(verdict) for verdict, _left, _right in parts]
        known = bounds.all_known(verdicts)
        if plan.operator == "or":
            either = reduce(lambda one, other: one | other, verdicts)
            return (*self.keep(ibis.ifelse(known, either, ibis.null("boolean"))), *parts[0][1:])
        first_false = []
        for side in (1, 2):
            shown = [self.column(part[side]) for part in parts]
            first_false.append(ibis.cases(*zip((~verdict for verdict in verdicts), shown, strict=True), else_=shown[0]))
        both = reduce(lambda one, other: one & other, verdicts)
        return self.keep(ibis.ifelse(known, both, ibis.null("boolean")), *first_false)

    def quality(self) -> dict[str, Any]:
        """known_from, its precision, grade and stage of the rows: the latest, the coarsest of that day, the worst, the least finished."""
        return quality([{name: self.table[f"{name}_{index}"] for name in FIGURES} for index in sorted(set(self.indices.values()))])


def quality(inputs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a figure computed from several inputs inherits from them; an input that is null adds nothing."""
    if len(inputs) == 1:
        return {name: inputs[0][name] for name in QUALITY}
    latest = ibis.greatest(*(each["known_from"] for each in inputs))
    of_that_day = [
        ibis.ifelse(each["known_from"] == latest, each["known_precision"], ibis.null("string")) for each in inputs
    ]  # fmt: skip
    unfinished = [(reduce(lambda one, other: one | other, ((each["stage"] == stage) for each in inputs)), stage) for stage in _STAGES]
    return {
        "known_from": latest,
        "known_precision": ibis.greatest(*of_that_day),
        "grade": ibis.greatest(*(each["grade"] for each in inputs)),
        "stage": ibis.cases(*unfinished, else_=Stage.CENSUS_REVISED.value),
    }


def _computed(plan: Plan, inputs: Sequence[Bounded]) -> Bounded:
    if isinstance(plan, Scale):
        return bounds.scaled(inputs[0], float(plan.factor))
    if isinstance(plan, Arithmetic):
        operations = {"+": bounds.added, "-": bounds.subtracted, "*": bounds.multiplied, "/": bounds.divided}
        return operations[plan.operator](*inputs)
    if isinstance(plan, Change):
        return bounds.change(*inputs)
    if isinstance(plan, MeanChange):
        return bounds.mean_change(inputs[0], plan.degree)
    if isinstance(plan, Magnitude):
        return bounds.magnitude(inputs[0])
    if isinstance(plan, Extremum):
        return bounds.extremum(inputs, least=plan.least)
    raise AssertionError(f"no set evaluation for {type(plan).__name__}")


def with_figures(relation: Relation, table: Any, figures: dict[str, Any]) -> Relation:
    """`table` cut to the relation's keys and `figures`, rows without a finite value left out."""
    keys = {name: table[name] for name in (*relation.other_keys, *relation.period_columns)}
    selected = table.select(**keys, **figures)
    return replace(relation, table=selected.filter(selected.value.abs() <= LARGEST))


def joined_rows(plan: Plan, read: Callable[[Block], Relation]) -> Rows:
    """All blocks of a row-wise plan in one table, each read once."""
    distinct = {each.identity: each for each in sources(plan)}
    relations = [moved_relation(each, read) for each in distinct.values()]
    return Rows(joined(relations), {identity: index for index, identity in enumerate(distinct)})


def relation_of(plan: Plan, read: Callable[[Block], Relation]) -> Relation:
    """Figures of any numeric plan under their keys."""
    if isinstance(plan, Block):
        return read(plan)
    rows = joined_rows(plan, read)
    value, low, high = rows.value(plan)
    figures = {"value": rows.column(value), "low": rows.column(low), "high": rows.column(high), **rows.quality()}
    return with_figures(rows.relation, rows.table, figures)
