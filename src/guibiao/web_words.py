"""Words of the report for the site: figures, periods and units of released rows, and initials of Chinese text for search."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from guibiao.model.period import Measure, Period
from guibiao.model.unit import parse_unit
from guibiao.publish.figures import figure_from_row
from guibiao.publish.wording import Wording

Row = Mapping[str, Any]
MOST_DECIMALS = 4
"""Decimals of a figure that does not say how many it has."""


class ReportWords:
    """`serve.services.Words` in the words of the report."""

    def number(self, row: Row, language: str, most: int | None = None) -> str:
        """See `Words.number`."""
        quantity = figure_from_row(row).quantity
        decimals = _decimals(quantity.value) if quantity.decimals is None else quantity.decimals
        return _wording(language).bare(quantity, decimals if most is None else min(decimals, most))

    def quantity(self, row: Row, language: str) -> str:
        """See `Words.quantity`."""
        quantity = figure_from_row(row).quantity
        return _wording(language).quantity(quantity, _decimals(quantity.value) if quantity.decimals is None else None)

    def value(self, value: float, decimals: int | None, language: str) -> str:
        """See `Words.value`."""
        exact = Decimal(repr(float(value)))
        return _wording(language).number(exact, _decimals(exact) if decimals is None else decimals)

    def period(self, row: Row, language: str) -> str:
        """See `Words.period`."""
        return _wording(language).period(Period(row["period_start"], row["period_end"], Measure(row["measure"])))

    def unit(self, symbol: str, language: str) -> str:
        """See `Words.unit`."""
        return _wording(language).printed_unit(parse_unit(symbol)) if symbol else ""


class Pinyin:
    """`serve.services.PinyinSearch`; characters read in several ways by their usual reading in the word."""

    def initials(self, text: str) -> str:
        """See `PinyinSearch.initials`."""
        from pypinyin import Style, lazy_pinyin

        return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="default")).lower()


def pinyin() -> Pinyin | None:
    """Search by initials where its library is installed."""
    from importlib.util import find_spec

    return Pinyin() if find_spec("pypinyin") else None


@lru_cache(maxsize=2)
def _wording(language: str) -> Wording:
    return Wording(language)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return min(MOST_DECIMALS, max(0, -exponent)) if isinstance(exponent, int) else 0
