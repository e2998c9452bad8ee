"""Does a printed figure follow from others? Interval arithmetic on printed precision.

Method sheet: docs/methods/0204-verdicts-on-recomputed-figures.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from guibiao.model.quantity import Qualifier, Quantity

COARSE = 2
"""Trailing zeros beyond the printed precision, in every operand, from which figures are taken as rounded to those zeros."""


class Verdict(StrEnum):
    """How a claim stands to what others make of it."""

    OK = "ok"
    ROUNDED = "rounded"
    TRUNCATED = "truncated"
    INCONSISTENT = "inconsistent"
    NOT_DERIVABLE = "not derivable"


def judge(claim: Quantity, recomputed: Quantity) -> Verdict:
    """Verdict on `claim`; `recomputed` is in a unit of the same kind and carries the interval of its operands."""
    other = recomputed.to(claim.unit)
    low, high = _claimed(claim)
    if _inside(other.value, low, high):
        return Verdict.OK
    if _meet((low, high), (other.low, other.high)):
        return Verdict.ROUNDED
    cut = claim.qualifier is Qualifier.EXACT and claim.decimals is not None and _cut_off(claim, other)
    return Verdict.TRUNCATED if cut else Verdict.INCONSISTENT


def _cut_off(claim: Quantity, other: Quantity) -> bool:
    """Whether some value in the interval of the recomputation becomes the claim when the decimals not printed are dropped."""
    step = Decimal(1).scaleb(-(claim.decimals or 0))
    if claim.value < 0 or (claim.value == 0 and other.value < 0):
        claim, other = -claim, -other
    low, high = (other.value if bound is None else bound for bound in (other.low, other.high))
    return low < claim.value + step and high >= claim.value


def judge_sum(total: Quantity, parts: Sequence[Quantity]) -> tuple[Verdict, Quantity]:
    """Verdict on a total against its parts and their sum; a total is never taken as truncated."""
    added = parts[0]
    for part in parts[1:]:
        added = added + part
    verdict = judge(replace(total, decimals=None), added)
    if verdict is Verdict.INCONSISTENT:
        coarse = _coarse([total, *parts])
        if coarse is not None:
            wide = [widened(each, coarse) for each in (total, *parts)]
            added_wide = wide[1]
            for part in wide[2:]:
                added_wide = added_wide + part
            if wide[0].overlaps(added_wide):
                verdict = Verdict.ROUNDED
    return verdict, added


def widened(quantity: Quantity, step: Decimal) -> Quantity:
    """The quantity as if it were rounded to `step` of its unit."""
    return replace(quantity, low=quantity.value - step / 2, high=quantity.value + step / 2)


def power_of_ten(ratio: float, tolerance: float) -> int | None:
    """The power among 2, 3, 4, 8 (either sign) that a ratio is near in log10, None where it is near none."""
    from math import log10

    if ratio <= 0:
        return None
    exponent = log10(ratio)
    return next((sign * power for power in (2, 3, 4, 8) for sign in (1, -1) if abs(exponent - sign * power) <= tolerance), None)


def _claimed(claim: Quantity) -> tuple[Decimal | None, Decimal | None]:
    """Bounds of a claim that was computed: a whole number is rounded too, even of what is counted in ones."""
    if claim.is_exact_value and claim.decimals is not None:
        half = Decimal(5).scaleb(-claim.decimals - 1)
        return claim.value - half, claim.value + half
    return claim.low, claim.high


def _coarse(quantities: Sequence[Quantity]) -> Decimal | None:
    """The largest power of ten that divides every number other than zero, where it is well beyond the printed precision."""
    numbers = [each.value for each in quantities if each.value]
    counted = all(each.is_exact_value for each in quantities)
    if counted or len(numbers) < 3 or len({each.unit for each in quantities}) > 1:
        return None
    power = min(_trailing(number) for number in numbers)
    printed = -max(each.decimals or 0 for each in quantities)
    return Decimal(1).scaleb(power) if power - printed >= COARSE else None


def _trailing(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _inside(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


def _meet(left: tuple[Decimal | None, Decimal | None], right: tuple[Decimal | None, Decimal | None]) -> bool:
    below = left[1] is not None and right[0] is not None and left[1] < right[0]
    above = left[0] is not None and right[1] is not None and right[1] < left[0]
    return not below and not above
