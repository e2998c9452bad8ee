"""The text of a value cell: a figure, nothing, or something that is no figure and says why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.quantity import MAXIMUM_DIGITS, Quantity, parse_quantity, printed_quantity
from guibiao.model.unit import Unit

STORED_PLACES = 10
"""Decimals the statement table keeps."""
_STEP = Decimal(1).scaleb(-STORED_PLACES)
_WIDE = Context(prec=60)
_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.([0-9]{1,15}))?", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+\s*\S*")
_NOTHING = frozenset({
    "…", "……", "...", "．．．", "-", "--", "—", "——", "–", "－", "/", ".", "***", "无", "暂无", "不详", "缺", "缺失", "未公布", "尚未公布",
    "空", "NA", "N/A", "n/a", "na", "NaN", "nan", "null", "NULL", "None",
})  # fmt: skip
"""What sources print where they have no figure."""


class Reason(StrEnum):
    """Why a cell states nothing."""

    HEADING = "heading"
    LABEL = "label"
    TEXT = "text"
    NOTE = "note"
    EMPTY = "empty"
    SKIPPED = "skipped"
    NOT_BOUND = "not bound"
    NOT_A_QUANTITY = "not a quantity"
    SCIENTIFIC = "scientific notation"
    UNKNOWN = "unknown label"
    NO_LABEL = "no label"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one cell, or with no text of its own a whole row, states nothing; told to the user."""

    reason: Reason
    message: str
    remedy: str = ""


EMPTY = Fault(Reason.EMPTY, "")


def read_figure(text: str, unit: Unit) -> Quantity | Fault:
    """The quantity a value cell states in `unit`; `EMPTY` for a blank and the signs that stand for one (…, —, 不详)."""
    cleaned = text.strip()
    plain = _PLAIN.fullmatch(cleaned)
    if plain is not None:
        number = Decimal(cleaned)
        if len(number.as_tuple().digits) <= MAXIMUM_DIGITS:
            return printed_quantity(number, unit, decimals=len(plain[1] or ""))
    if not cleaned or cleaned in _NOTHING:
        return EMPTY
    if _SCIENTIFIC.fullmatch(cleaned):
        return Fault(
            Reason.SCIENTIFIC,
            _("“{text}”是科学计数法，原来印出几位数字已不可知").format(text=cleaned),
            _("在表格软件里把这一列设为“数值”格式，重新导出。"),
        )
    try:
        return parse_quantity(text, unit)
    except BadRequest as error:
        return Fault(Reason.NOT_A_QUANTITY, error.title, error.remedy)


def is_nothing(text: str) -> bool:
    """Whether a text is a blank or a sign that stands for one."""
    cleaned = text.strip()
    return not cleaned or cleaned in _NOTHING


def stored(number: Decimal) -> Decimal:
    """A figure with at most the decimals the statement table keeps, rounded half up."""
    return _to_places(number, ROUND_HALF_UP)


def stored_low(number: Decimal | None) -> Decimal | None:
    """A lower bound, rounded down, so that the interval still holds the truth."""
    return None if number is None else _to_places(number, ROUND_FLOOR)


def stored_high(number: Decimal | None) -> Decimal | None:
    """An upper bound, rounded up."""
    return None if number is None else _to_places(number, ROUND_CEILING)


def _to_places(number: Decimal, rounding: str) -> Decimal:
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -STORED_PLACES:
        return number
    return number.quantize(_STEP, rounding=rounding, context=_WIDE)
