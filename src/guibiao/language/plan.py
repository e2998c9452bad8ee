"""What an expression computes: typed steps with units already aligned. Both evaluations, over sets and over one key, follow it.

Three kinds of steps. Blocks read or regroup observations (`Scan`, `SumOver`, `MonthFromCumulative`, `PerStock`, `Index`, `Chain`).
Moves say under which key an operand is read (`Shift`, `Fix`, `Pin`). All others compute row by row.
Steps compare by what they do, not by their text, so one operand named twice is read once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from guibiao.language.value_type import ValueType
from guibiao.model.period import Period


@dataclass(frozen=True, slots=True)
class Constant:
    """A typed number in the unit of its type."""

    type: ValueType
    value: Decimal
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Scan:
    """Observations of an indicator at its declared price basis, in its declared unit."""

    type: ValueType
    indicator: str
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Shift:
    """The operand of `months` earlier."""

    type: ValueType
    operand: Plan
    months: int
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Fix:
    """The operand at a fixed area, period or category; `area` is empty and `period` None where they stay free."""

    type: ValueType
    operand: Plan
    area: str
    period: Period | None
    categories: tuple[tuple[str, str], ...]
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Pin:
    """The operand on one accounting basis."""

    type: ValueType
    operand: Plan
    basis: str
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Scale:
    """Operand times an exact factor: a change of unit, of sign, or a typed multiplier."""

    type: ValueType
    operand: Plan
    factor: Decimal
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """+ - * / of two operands; for + and - both are in the unit of the result."""

    type: ValueType
    operator: str
    left: Plan
    right: Plan
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Change:
    """current / earlier - 1, a plain ratio; its bounds are those of the ratio, less one."""

    type: ValueType
    current: Plan
    earlier: Plan
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class MeanChange:
    """(plain ratio) ** (1 / degree) - 1: mean growth a year of a ratio over `degree` years. No value where the ratio is not positive."""

    type: ValueType
    ratio: Plan
    degree: int
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Magnitude:
    """Absolute value."""

    type: ValueType
    operand: Plan
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Extremum:
    """Least or greatest of operands in one unit."""

    type: ValueType
    least: bool
    operands: tuple[Plan, ...]
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of two operands in one unit; `agrees` is true where their intervals overlap."""

    type: ValueType
    operator: str
    left: Plan
    right: Plan
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Junction:
    """`and` or `or` of verdicts."""

    type: ValueType
    operator: str
    operands: tuple[Plan, ...]
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Negation:
    """`not` of a verdict."""

    type: ValueType
    operand: Plan
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class SumOver:
    """Sum along `over`: `area`, `time` or a dimension. `parts` 0 takes what is on file."""

    type: ValueType
    operand: Plan
    over: str
    parts: int
    within: str
    exclude: tuple[str, ...]
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class MonthFromCumulative:
    """To-date minus the previous to-date on file of the same year; the first of a year stays whole."""

    type: ValueType
    operand: Plan
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class PerStock:
    """A flow over the mean of a stock at the beginning and at the end of the flow's period."""

    type: ValueType
    flow: Plan
    stock: Plan
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Index:
    """Operand over its value in the same season of year `base`, times 100."""

    type: ValueType
    operand: Plan
    base: int
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Chain:
    """Yearly growth in % cumulated to an index, 100 in the same season of year `base`."""

    type: ValueType
    operand: Plan
    base: int
    text: str = field(compare=False)


Block = Scan | SumOver | MonthFromCumulative | PerStock | Index | Chain
Move = Shift | Fix | Pin
Plan = (
    Block | Move | Constant | Scale | Arithmetic | Change | MeanChange | Magnitude | Extremum | Comparison | Junction | Negation
)  # fmt: skip


def operands(plan: Plan) -> tuple[Plan, ...]:
    """Direct inputs of a step, in order."""
    if isinstance(plan, Arithmetic | Comparison):
        return plan.left, plan.right
    if isinstance(plan, Change):
        return plan.current, plan.earlier
    if isinstance(plan, MeanChange):
        return (plan.ratio,)
    if isinstance(plan, Extremum | Junction):
        return plan.operands
    if isinstance(plan, PerStock):
        return plan.flow, plan.stock
    if isinstance(plan, Scan | Constant):
        return ()
    return (plan.operand,)


def walk(plan: Plan) -> Iterator[Plan]:
    """The step and all below it, in order."""
    yield plan
    for operand in operands(plan):
        yield from walk(operand)


def scans(plan: Plan) -> tuple[Scan, ...]:
    """Indicators a plan reads, as often as it reads them, in order."""
    return tuple(step for step in walk(plan) if isinstance(step, Scan))
