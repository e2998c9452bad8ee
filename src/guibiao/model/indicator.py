"""An indicator: concept, unit, measure, dimensions, additivity, owner, frequency, formula (GSIM: represented variable)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from guibiao.model.basis import ComparisonBasis
from guibiao.model.period import Measure


class Nature(StrEnum):
    """What kind of number: decides which arithmetic makes sense."""

    LEVEL = "level"
    SHARE = "share"
    GROWTH = "growth"
    INDEX = "index"
    INTENSITY = "intensity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """Definition of one indicator; the workspace owns it, formulas are checked against it."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "coerce_numbers_to_str": True}

    id: str
    name_zh: str
    name_en: str
    unit: str
    definition_zh: str
    definition_en: str = ""
    measure: Measure = Measure.DURING
    """Measure of its usual periods; a flow may also be published `to date`."""
    nature: Nature = Nature.LEVEL
    price_basis: str = "none"
    comparison_basis: ComparisonBasis = ComparisonBasis.NONE
    accounting_bases: tuple[str, ...] = ()
    """Accounting bases it is known on; empty where the notion does not apply."""
    dimensions: tuple[str, ...] = ()
    """Classifications that subdivide it, besides area."""
    additive_over: tuple[str, ...] = ()
    """Dimensions over which parts add to the total: `area`, `time` or one of `dimensions`."""
    decimals: int = 1
    """Decimals printed for a computed value."""
    owner: str = ""
    """Office that compiles it."""
    frequency: str = "annual"
    framework: tuple[str, ...] = ()
    level: int = 1
    formula: str = ""
    """Expression in the project's language; empty for a collected indicator."""
    gap_office: str = ""
    """Office that holds the figure where it is not public, with `gap_due`."""
    gap_due: str = ""
    higher_is_better: bool | None = None
    sources_note: str = ""
