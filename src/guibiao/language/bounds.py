"""Interval arithmetic over columns, with the rules of `Quantity` and `intervals`. An open bound is null.

DuckDB's LEAST and GREATEST pass over nulls, so each is only used where that is what an open bound means.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple

import ibis

from guibiao.language.intervals import TOLERANCE

OPEN = ibis.null("float64")


class Bounded(NamedTuple):
    """Value, low and high as columns or literals."""

    value: Any
    low: Any
    high: Any


def constant(number: float) -> Bounded:
    """An exact number."""
    literal = ibis.literal(number, type="float64")
    return Bounded(literal, literal, literal)


def scaled(operand: Bounded, factor: float) -> Bounded:
    """Operand times an exact factor."""
    if factor == 1:
        return operand
    low, high = (operand.low, operand.high) if factor > 0 else (operand.high, operand.low)
    return Bounded(operand.value * factor, low * factor, high * factor)


def added(left: Bounded, right: Bounded) -> Bounded:
    """left + right."""
    return Bounded(left.value + right.value, left.low + right.low, left.high + right.high)


def subtracted(left: Bounded, right: Bounded) -> Bounded:
    """left - right."""
    return Bounded(left.value - right.value, left.low - right.high, left.high - right.low)


def multiplied(left: Bounded, right: Bounded) -> Bounded:
    """left * right."""
    low, high = _product(left, right.low, right.high)
    return Bounded(left.value * right.value, low, high)


def _product(left: Bounded, low: Any, high: Any) -> tuple[Any, Any]:
    positive = (left.low >= 0) & (low >= 0)
    products = [left.low * low, left.low * high, left.high * low, left.high * high]
    known = left.low.notnull() & left.high.notnull() & low.notnull() & high.notnull()
    lowest = ibis.cases((positive, left.low * low), (known, ibis.least(*products)), else_=OPEN)
    highest = ibis.cases((positive, left.high * high), (known, ibis.greatest(*products)), else_=OPEN)
    return lowest, highest


def divided(left: Bounded, right: Bounded) -> Bounded:
    """left / right; null where right is zero."""
    value = left.value / right.value.nullif(0)
    positive = (left.low >= 0) & (right.low > 0)
    known = left.low.notnull() & left.high.notnull() & right.low.notnull() & right.high.notnull()
    known = known & ((right.low > 0) | (right.high < 0))
    endless = left.low.notnull() & left.high.notnull() & (right.low > 0) & right.high.isnull()
    quotients = [left.low / right.low, left.low / right.high, left.high / right.low, left.high / right.high]
    zero = ibis.literal(0.0)
    low = ibis.cases(
        (positive, ibis.coalesce(left.low / right.high, zero)),
        (known, ibis.least(*quotients)),
        (endless, ibis.least(zero, left.low / right.low, left.high / right.low)),
        else_=OPEN,
    )
    high = ibis.cases(
        (positive, left.high / right.low),
        (known, ibis.greatest(*quotients)),
        (endless, ibis.greatest(zero, left.low / right.low, left.high / right.low)),
        else_=OPEN,
    )
    return Bounded(value, low, high)


def change(current: Bounded, earlier: Bounded) -> Bounded:
    """current / earlier - 1; computed as a difference over earlier, which loses no digits where the two are close."""
    ratio = divided(current, earlier)
    return Bounded((current.value - earlier.value) / earlier.value.nullif(0), ratio.low - 1, ratio.high - 1)


def mean_change(ratio: Bounded, degree: int) -> Bounded:
    """ratio ** (1 / degree) - 1; null where the ratio is not positive."""
    exponent = 1 / degree
    value = ibis.ifelse(ratio.value > 0, ratio.value.nullif(0).abs() ** exponent - 1, OPEN)
    low, high = (ibis.ifelse(bound >= 0, bound.abs() ** exponent - 1, OPEN) for bound in (ratio.low, ratio.high))
    return Bounded(value, low, high)


def magnitude(operand: Bounded) -> Bounded:
    """Absolute value."""
    value, low, high = operand
    positive, negative = low >= 0, high <= 0
    farthest = ibis.ifelse(low.notnull() & high.notnull(), ibis.greatest(-low, high), OPEN)
    return Bounded(
        value.abs(),
        ibis.cases((positive, low), (negative, -high), else_=0.0),
        ibis.cases((positive, high), (negative, -low), else_=farthest),
    )


def extremum(operands: Sequence[Bounded], *, least: bool) -> Bounded:
    """Least or greatest: the side towards which one chooses is open as soon as one operand's is."""
    choose = ibis.least if least else ibis.greatest
    value, low, high = (choose(*(operand[side] for operand in operands)) for side in range(3))
    values, lows, highs = (all_known([operand[side] for operand in operands]) for side in range(3))
    value = ibis.ifelse(values, value, OPEN)
    return Bounded(value, ibis.ifelse(lows, low, OPEN) if least else low, high if least else ibis.ifelse(highs, high, OPEN))


def all_known(columns: Sequence[Any]) -> Any:
    """Whether none of the columns is null."""
    return reduce(lambda one, other: one & other, (column.notnull() for column in columns))


def verdict(operator: str, left: Bounded, right: Bounded) -> Any:
    """A comparison, as `intervals.verdict`; null where either side has no value."""
    return ibis.ifelse(all_known([left.value, right.value]), _outcome(operator, left, right), ibis.null("boolean"))


def _outcome(operator: str, left: Bounded, right: Bounded) -> Any:
    width = ibis.coalesce(left.high - left.low, 0.0) + ibis.coalesce(right.high - right.low, 0.0)
    tolerance = float(TOLERANCE) * (ibis.greatest(left.value.abs(), right.value.abs()) + width)
    if operator == "agrees":
        below = ibis.coalesce(left.high < right.low - tolerance, False)
        above = ibis.coalesce(right.high < left.low - tolerance, False)
        return ~below & ~above
    difference = left.value - right.value
    outcomes = {
        "==": difference.abs() <= tolerance,
        "!=": difference.abs() > tolerance,
        "<": difference < -tolerance,
        "<=": difference <= tolerance,
        ">": difference > tolerance,
        ">=": difference >= -tolerance,
    }
    return outcomes[operator]
