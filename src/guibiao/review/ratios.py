"""Shares and growth rates of printed quantities, in per cent, with the interval that their precision allows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from guibiao.model.quantity import Quantity
from guibiao.model.unit import NUMBER, PERCENT


def share(part: Quantity, whole: Quantity) -> Quantity:
    """`part` over `whole`; both of one kind, `whole` not zero."""
    return (part / whole.to(part.unit)).to(PERCENT)


def growth(later: Quantity, earlier: Quantity) -> Quantity:
    """`later` over `earlier`, less one; with two open sides nothing bounds it."""
    ratio = replace(later / earlier.to(later.unit), unit=NUMBER)
    one = Decimal(1)
    low = None if ratio.low is None else ratio.low - one
    high = None if ratio.high is None else ratio.high - one
    low = None if high is None and low == -one else low
    return replace(ratio, value=ratio.value - one, low=low, high=high).to(PERCENT)


def average_growth(later: Quantity, earlier: Quantity, years: int) -> Quantity:
    """Geometric mean of yearly growth over `years` (2 or more); both levels positive."""
    whole = growth(later, earlier).to(NUMBER)
    power = 1.0 / years

    def root(number: Decimal | None) -> Decimal | None:
        return None if number is None else Decimal(repr((1.0 + float(number)) ** power - 1.0))

    value = root(whole.value)
    assert value is not None
    return replace(whole, value=value, low=root(whole.low), high=root(whole.high)).to(PERCENT)
