"""Specifications of what turns published figures into series: months from cumulative figures, links over a break, chain-linked volumes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}


class SplitRule(StrEnum):
    """How an observation of several periods becomes single ones."""

    NONE = "none"
    DAYS = "days"
    """In proportion to calendar days."""
    WORKING_DAYS = "working-days"
    """In proportion to working days, exchanged days (调休) counted as they were worked."""
    EQUAL = "equal"
    PROPORTIONAL = "proportional"
    """In proportion to another series."""
    SMOOTH = "smooth"
    """The least change of the daily rate from the period before to the one after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlySpecification:
    """Columns (or indicators) that hold the published figures, their decimals, and the rule that splits January and February."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    cumulative: str = ""
    """Level since the beginning of the year."""
    growth: str = ""
    """Growth of `cumulative` on a year before in %, comparable basis."""
    level: str = ""
    """Level of the month (quarter) alone."""
    level_growth: str = ""
    """Growth of `level` on a year before in %."""
    level_decimals: int | None = None
    """Decimals that levels were rounded to; None: as many as any figure of the same year shows."""
    growth_decimals: int | None = None
    """Decimals that growth rates were rounded to; None: as many as any figure of the same year shows."""
    split: SplitRule = SplitRule.NONE
    split_by: str = ""
    """Column with the weights of `proportional`."""


class LinkMethod(StrEnum):
    """How two versions of a series compare over their overlap."""

    RATIO_OF_MEANS = "ratio-of-means"
    """Mean of the new over mean of the old, over the periods both have; the same as the ratio of sums."""
    LAST = "last"
    """Ratio in the last period both have."""
    FIRST = "first"
    """Ratio in the first period both have."""
    DIFFERENCE = "difference"
    """Mean of new less old: for rates, shares and balances, which have no ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSpecification:
    """How an old series is brought to the definition of a new one."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    method: LinkMethod = LinkMethod.RATIO_OF_MEANS
    first: str = ""
    """First period of the overlap to use (2018-01); empty: the first that both have."""
    last: str = ""
    """Last period of the overlap to use; empty: the last that both have."""
    reason: str = ""
    """Why the series broke; goes into the record of the link."""


class Overlap(StrEnum):
    """How quarterly (monthly) volumes at the prices of the year before are joined into a chain."""

    ANNUAL = "annual"
    """On the average of the year before: the quarters add to the independently chained year."""
    ONE_PERIOD = "one-period"
    """On the last period of the year before (one-quarter overlap): the smoothest join, years do not add exactly."""
    OVER_THE_YEAR = "over-the-year"
    """On the same period of the year before: growth on a year before undistorted, breaks between years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSpecification:
    """How a chain-linked volume is made."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    overlap: Overlap = Overlap.ANNUAL
    reference_year: int | None = None
    """Year in whose prices the volumes are expressed (its average equals the current-price average); None: the first year."""
