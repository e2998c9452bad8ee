"""Units of products and quotients, in symbols a reader knows."""

from __future__ import annotations

import re
from decimal import Decimal

from guibiao.model.unit import NUMBER, Unit, find_unit


def product_unit(left: Unit, right: Unit, sign: int) -> tuple[Unit, Decimal]:
    """Unit of left times (sign 1) or over (sign -1) right, and the factor to it.

    A plain ratio changes nothing. Where only a symbol of one operand is left (元/人 times 人), that symbol is used.
    """
    if right == NUMBER or (left == NUMBER and sign == 1):
        return (left if right == NUMBER else right), Decimal(1)
    raw = left * right if sign == 1 else left / right
    for symbol in re.split("[/·]", f"{left.symbol}/{right.symbol}"):
        known = find_unit(symbol) if symbol else None
        if known is not None and known.dimension == raw.dimension:
            return known, raw.factor_to(known)
    return raw, Decimal(1)


def base_symbol(unit: Unit) -> str:
    """The symbol without its magnitude: 亿元 -> 元, 万户 -> 户; a quotient stays as it is."""
    if "/" in unit.symbol:
        return unit.symbol
    for start in range(len(unit.symbol) - 1, -1, -1):
        known = find_unit(unit.symbol[start:])
        if known is not None and known.dimension == unit.dimension:
            return unit.symbol[start:]
    return unit.symbol


def per_unit(numerator: Unit, denominator: Unit) -> tuple[Unit, Decimal]:
    """Unit of a per-head figure without magnitudes, 亿元 over 万人 -> 元/人, and the factor from the raw quotient."""
    raw = numerator / denominator
    known = find_unit(f"{base_symbol(numerator)}/{base_symbol(denominator)}")
    if known is None or known.dimension != raw.dimension:
        return raw, Decimal(1)
    return known, raw.factor_to(known)
