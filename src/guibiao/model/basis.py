"""The three bases of a figure, and how finished it is. Each is a type of its own; none is derived from another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _


@dataclass(frozen=True, slots=True)
class PriceBasis:
    """Prices of a value: `current`, `constant(2020)`, `chained(2020)`, or `none` for what is not valued."""

    kind: str
    reference: int | None = None

    def __post_init__(self) -> None:
        if (self.kind in {"constant", "chained"}) != (self.reference is not None) or self.kind not in {
            "current",
            "constant",
            "chained",
            "none",
        }:
            raise BadRequest(
                _("未知的价格基准：{kind}").format(kind=str(self)), remedy=_("写成 current、constant(2020)、chained(2020) 或 none。")
            )

    def __str__(self) -> str:
        return self.kind if self.reference is None else f"{self.kind}({self.reference})"


def parse_price_basis(text: str) -> PriceBasis:
    """Inverse of `str(PriceBasis)`."""
    match = re.fullmatch(r"(\w+)(?:\((\d{4})\))?", text.strip())
    return PriceBasis(match[1], int(match[2]) if match[2] else None) if match else PriceBasis(text)


CURRENT = PriceBasis("current")
NO_PRICE = PriceBasis("none")


class ComparisonBasis(StrEnum):
    """Against what a rate of change was formed."""

    NONE = "none"
    AS_PUBLISHED = "as published"
    COMPARABLE = "comparable"
    NAIVE = "naive"


@dataclass(frozen=True, slots=True)
class AccountingBasis:
    """Census round or definition a figure was compiled under (核算口径), dated, with its source."""

    id: str
    name_zh: str
    name_en: str
    valid_from: date | None = None
    source: str = ""
    note: str = ""


class Stage(StrEnum):
    """How finished a figure is."""

    PRELIMINARY = "preliminary"
    VERIFIED = "verified"
    CENSUS_REVISED = "census-revised"


class Method(StrEnum):
    """How a figure came to be."""

    SURVEYED = "surveyed"
    ADMINISTRATIVE = "administrative"
    ESTIMATED = "estimated"
    FORECAST = "forecast"
    DERIVED = "derived"
    SYNTHETIC = "synthetic"


class ObservationStatus(StrEnum):
    """SDMX CL_OBS_STATUS, the codes in use here."""

    NORMAL = "A"
    BREAK = "B"
    ESTIMATED = "E"
    FORECAST = "F"
    MISSING = "M"
    PROVISIONAL = "P"
    LOW_RELIABILITY = "U"


class Grade(StrEnum):
    """Source grade, always printed: A original, B seed or yearbook copy, C mirror, D unverified."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Precision(StrEnum):
    """How exactly `known_from` is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


def parse_known_from(text: str) -> tuple[date, Precision]:
    """First day on which the world could know: `2024-03-21` (day), `2024-03` (month), `2018` (year)."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text.strip())
    try:
        if match is None:
            raise ValueError
        day = date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise BadRequest(_("“{text}”不是可识别的公布日期").format(text=text), remedy=_("写成 2024-03-21、2024-03 或 2024。")) from None
    return day, Precision.DAY if match[3] else Precision.MONTH if match[2] else Precision.YEAR
