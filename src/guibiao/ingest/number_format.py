"""A workbook number as the spreadsheet shows it: 18766.7, 8.50%, 2021-09.

A spreadsheet keeps 15 significant digits. Formats of plain digits, thousands separators, percent and a unit in quotes are followed;
any other (scientific, scaled by thousands, fractions, conditions) shows less or other than the value, so the value's own digits are taken.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from guibiao.model.unit import find_unit

_DIGITS = 27
"""Digits that decimal arithmetic holds without loss."""
_SIMPLE = re.compile(r"(?P<whole>#,##0|#,##|#*0|#)(?:\.(?P<fixed>0*)(?P<optional>[#?]*))?(?P<percent>%?)")
_DECORATION = re.compile(r"\[(?:Red|Blue|Green|Black|White|Cyan|Magenta|Yellow|Color\s?\d+|\$[^\]]*)\]|_.|\*.|[¥￥$€]", re.IGNORECASE)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')


def plain(value: float | int) -> str:
    """Up to 15 significant digits without exponent: what the cell would show in a wide enough column."""
    if isinstance(value, int) or not value:
        return str(int(value))
    try:
        return f"{Decimal(format(value, '.15g')):f}"
    except ValueError:
        return str(value)


def shown(value: float | int, number_format: str) -> tuple[str, bool]:
    """Text of a number under its format, and whether it holds more digits than that shows."""
    exact = Decimal(plain(value)) if value == value and abs(value) != float("inf") else None
    layout = _layout(number_format)
    if exact is None or layout is None:
        return plain(value), False
    thousands, fixed, optional, percent, unit = layout
    scaled = exact.scaleb(2) if percent else exact
    decimals = fixed + optional
    short = scaled.adjusted() + decimals < _DIGITS
    rounded = scaled.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) if short else scaled
    text = f"{rounded:,f}" if thousands else f"{rounded:f}"
    for _position in range(optional):
        text = text.removesuffix("0")
    return text.removesuffix(".") + ("%" if percent else "") + unit, rounded != scaled


def shown_date(value: dt.datetime | dt.date | dt.time | dt.timedelta, number_format: str) -> str:
    """A date as 2021-09-30, shortened to 2021-09 or 2021 where its format shows no day or month; a time of day as ISO 8601."""
    if not isinstance(value, dt.date):
        return str(value)
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        return value.isoformat(sep=" ")
    codes = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", number_format.split(";")[0]).lower()
    if "d" not in codes and "y" in codes:
        return f"{value.year:04d}-{value.month:02d}" if "m" in codes else f"{value.year:04d}"
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


@lru_cache(maxsize=512)
def _layout(number_format: str) -> tuple[bool, int, int, bool, str] | None:
    """Thousands separator, fixed and optional decimals, percent, unit in quotes; None for what is not a plain format."""
    section = _DECORATION.sub("", number_format.split(";")[0])
    literals = "".join(quoted or escaped for quoted, escaped in _LITERAL.findall(section)).strip()
    match = _SIMPLE.fullmatch(_LITERAL.sub("", section).strip())
    if match is None:
        return None
    unit = literals if literals and not match["percent"] and find_unit(literals) is not None else ""
    if literals and not unit:
        return None
    return "," in match["whole"], len(match["fixed"] or ""), len(match["optional"] or ""), bool(match["percent"]), unit
