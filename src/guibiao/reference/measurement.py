"""Measurements: indicators computed by a method instead of a formula. The workspace states the specification (`methods/*.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}
RESULTS: Mapping[str, tuple[str, ...]] = {
    "contribution_range": ("contribution", "pull"),
    "bounded_scale": ("scale",),
    "input_output": (
        "direct_requirement", "total_requirement", "requirement_share", "value_added_content", "backward_linkage", "forward_linkage",
    ),
}  # fmt: skip
"""Method -> names of what it gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionRange:
    """Contribution and pull of a part over every admissible choice of base-year levels."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name_zh: str
    name_en: str
    method: Literal["contribution_range"]
    part: str
    whole: str
    growth: str = ""
    """Published growth of the part: implies another base."""
    across_bases: bool = False
    """Also take the change of the whole on other accounting bases, each change on one basis; such choices are marked."""
    note_zh: str = ""
    note_en: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(name for name in (self.part, self.whole, self.growth) if name)

    @property
    def stated(self) -> tuple[str, ...]:
        """Inputs of which every published statement is read, not only the observation chosen."""
        return (self.part, self.whole)

    @property
    def traced(self) -> tuple[str, ...]:
        """Inputs whose figures the results name."""
        return self.inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A published total that encloses the classes whose codes begin with one of `within`."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    total: str
    within: tuple[str, ...]
    complete: bool = False
    """The total holds nothing but those classes: it bounds from below too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedScale:
    """Value added of a scope: its core classes plus the digital part of its starred ones, from below and from above."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name_zh: str
    name_en: str
    method: Literal["bounded_scale"]
    scope: str
    """Classification of the scope; its classes are the codes that `correspondence` maps."""
    correspondence: str
    """From the scope to industries; a partial link is a starred industry."""
    envelopes: tuple[Envelope, ...]
    industry_value_added: str = ""
    """Indicator of value added by industry, with the correspondence's target as its dimension, where one is on file."""
    office: str = ""
    """Who holds what is missing."""
    note_zh: str = ""
    note_en: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        totals = (envelope.total for envelope in self.envelopes)
        return tuple(dict.fromkeys((*totals, *([self.industry_value_added] if self.industry_value_added else []))))

    @property
    def stated(self) -> tuple[str, ...]:
        return ()

    @property
    def traced(self) -> tuple[str, ...]:
        return self.inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitalProducts:
    """One input-output table, by the prefix of its product codes, and the products that count as digital in it."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    prefix: str
    digital: tuple[str, ...]
    domestic: str = ""
    """Code of domestic origin where flows are split by origin; empty where imports are mixed in (competitive table)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOutput:
    """Leontief inverse of input-output tables: digital content, backward and forward linkages by product."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name_zh: str
    name_en: str
    method: Literal["input_output"]
    tables: tuple[DigitalProducts, ...]
    intermediate_use: str
    gross_output: str
    value_added: str
    imports: str = ""
    final_use: str = ""
    exports: str = "exports"
    """Category of final use that leaves the country."""
    product: str = "input_output_product"
    user: str = "input_output_user"
    origin: str = "origin"
    component: str = "value_added_component"
    final: str = "final_use"
    note_zh: str = ""
    note_en: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        named = (self.intermediate_use, self.gross_output, self.value_added, self.imports, self.final_use)
        return tuple(name for name in named if name)

    @property
    def stated(self) -> tuple[str, ...]:
        return ()

    @property
    def traced(self) -> tuple[str, ...]:
        """A result names the gross output of its own product; a whole table of flows is told, not listed."""
        return (self.gross_output,)


Measurement: TypeAlias = ContributionRange | BoundedScale | InputOutput
MeasurementSchema = Annotated[Measurement, Field(discriminator="method")]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitalShare:
    """Dated estimate of the digital part of an industry's value added (alpha), with its standard error."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    industry: str
    area: str
    valid_from: date
    valid_to: date | None = None
    share: Decimal = field(metadata={"description": "0 to 1"})
    standard_error: Decimal
    source: str
    note: str = ""

    def holds(self, day: date) -> bool:
        """Whether the estimate is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def share_in_force(shares: Sequence[DigitalShare], industry: str, area: str, day: date) -> DigitalShare | None:
    """The latest estimate for an industry of an area in force on a day."""
    found = [share for share in shares if (share.industry, share.area) == (industry, area) and share.holds(day)]
    return max(found, key=lambda share: share.valid_from, default=None)
