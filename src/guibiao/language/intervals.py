"""Interval arithmetic beyond that of `Quantity`: what the functions of formulas need, in Decimal.

A bound of None is open. Sets are computed with the same rules in `bounds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from guibiao.model.quantity import Quantity, derived, exact
from guibiao.model.unit import NUMBER, Unit

TOLERANCE = Decimal("1e-9")
"""Two figures are equal when they differ by less than this part of their size and of their intervals."""


def times(quantity: Quantity, factor: Decimal, unit: Unit) -> Quantity:
    """Quantity times an exact factor, called `unit` afterwards; one-sided bounds stay one-sided."""
    low, high = (None if bound is None else bound * factor for bound in (quantity.low, quantity.high))
    if factor < 0:
        low, high = high, low
    if factor == 1:
        return replace(quantity, unit=unit)
    return derived(quantity.value * factor, low, high, unit)


def change(current: Quantity, earlier: Quantity) -> Quantity:
    """current / earlier - 1, a plain ratio."""
    ratio = replace(current, unit=NUMBER) / replace(earlier, unit=NUMBER)
    return ratio - exact(1)


def mean_change(ratio: Quantity, degree: int) -> Quantity:
    """ratio ** (1 / degree) - 1 of a positive ratio."""
    exponent = Decimal(1) / degree
    low, high = (None if bound is None or bound < 0 else _power(bound, exponent) - 1 for bound in (ratio.low, ratio.high))
    return derived(_power(ratio.value, exponent) - 1, low, high, NUMBER)


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    return base**exponent if base else Decimal(0)


def magnitude(quantity: Quantity) -> Quantity:
    """Absolute value."""
    low, high = quantity.low, quantity.high
    if low is not None and low >= 0:
        return quantity
    if high is not None and high <= 0:
        return -quantity
    farthest = None if low is None or high is None else max(-low, high)
    return derived(abs(quantity.value), Decimal(0), farthest, quantity.unit)


def extremum(quantities: Sequence[Quantity], *, least: bool) -> Quantity:
    """Least or greatest of quantities in one unit."""
    choose = min if least else max
    lows = [quantity.low for quantity in quantities]
    highs = [quantity.high for quantity in quantities]
    known_lows = [low for low in lows if low is not None]
    known_highs = [high for high in highs if high is not None]
    low = choose(known_lows) if known_lows and not (least and None in lows) else None
    high = choose(known_highs) if known_highs and (least or None not in highs) else None
    return derived(choose(quantity.value for quantity in quantities), low, high, quantities[0].unit)


def total(quantities: Sequence[Quantity]) -> Quantity:
    """Sum of quantities in one unit."""
    first, *others = quantities
    result = replace(first, decimals=None)
    for quantity in others:
        result = result + quantity
    return result


def index(current: Quantity, base: Quantity) -> Quantity:
    """current / base times 100."""
    return times(replace(current, unit=NUMBER) / replace(base, unit=NUMBER), Decimal(100), NUMBER)


def chained(factors: Sequence[Quantity], *, forward: bool) -> Quantity:
    """100 times the product of growth factors, or 100 over it when going back; a factor that may be zero or less opens the bound."""
    value, low, high = Decimal(1), Decimal(1), Decimal(1)
    low_known = high_known = True
    for factor in factors:
        value *= factor.value
        low_known = low_known and factor.low is not None and factor.low > 0
        high_known = high_known and factor.high is not None
        low *= factor.low if low_known and factor.low is not None else 1
        high *= factor.high if high_known and factor.high is not None else 1
    if forward:
        return derived(100 * value, 100 * low if low_known else None, 100 * high if high_known else None, NUMBER)
    return derived(100 / value, 100 / high if high_known else None, 100 / low if low_known else None, NUMBER)


def growth_factor(rate: Quantity) -> Quantity:
    """1 + rate for a rate in %."""
    return exact(1) + times(rate, Decimal("0.01"), NUMBER)


def verdict(operator: str, left: Quantity, right: Quantity) -> bool:
    """A comparison of two quantities in one unit, blind to differences that computing alone may leave."""
    width = sum((_width(quantity) for quantity in (left, right)), Decimal(0))
    tolerance = TOLERANCE * (max(abs(left.value), abs(right.value)) + width)
    if operator == "agrees":
        below = left.high is not None and right.low is not None and left.high < right.low - tolerance
        above = left.low is not None and right.high is not None and right.high < left.low - tolerance
        return not below and not above
    difference = left.value - right.value
    outcomes = {
        "==": abs(difference) <= tolerance,
        "!=": abs(difference) > tolerance,
        "<": difference < -tolerance,
        "<=": difference <= tolerance,
        ">": difference > tolerance,
        ">=": difference >= -tolerance,
    }
    return outcomes[operator]


def _width(quantity: Quantity) -> Decimal:
    return Decimal(0) if quantity.low is None or quantity.high is None else quantity.high - quantity.low
