"""An indicator: concept, unit, measure, dimensions, additivity, owner, frequency, formula (GSIM: represented variable)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal

from guibiao.model.basis import ComparisonBasis
from guibiao.model.period import Measure


class Nature(StrEnum):
    """What kind of number: decides which arithmetic makes sense."""

    LEVEL = "level"
    SHARE = "share"
    GROWTH = "growth"
    INDEX = "index"
    INTENSITY = "intensity"


_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What a published figure claims to be, in terms of other figures on file; rules recompute it."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    kind: Literal["share", "growth", "difference", "sum", "ratio", "per_capita", "count"]
    of: str = ""
    """The whole of a share, the level of a growth rate, the rate of a difference, the denominator of a ratio, the population."""
    part: str = ""
    """Numerator of a share, ratio or per-capita figure."""
    area: str = ""
    """Area at which the whole is taken; the figure's own where empty."""
    total: str = ""
    """Dimension at whose total the whole is taken."""
    years: int = 0
    quarters: int = 0
    months: int = 0
    terms: tuple[str, ...] = ()
    """Indicators that add up to the figure."""
    dataset: str = ""
    """Table of the workspace whose rows are counted."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Column heading -> text: only such rows are counted."""
    classification: str = ""
    """Classification whose codes are counted, at `level` where it is set."""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """From `date` on, the indicator means something else; figures before and after compare only by the link factor."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    date: str
    reason_zh: str
    reason_en: str = ""
    source: str = ""
    link: str = ""
    """Factor that brings earlier figures to the later definition; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """Definition of one indicator; the workspace owns it, formulas are checked against it."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

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
    measurement: str = ""
    """`MEASUREMENT.RESULT` where a method of `methods/` computes it instead of a formula."""
    gap_office: str = ""
    """Office that holds the figure where it is not public, with `gap_due`."""
    gap_due: str = ""
    relation: Relation | None = None
    breaks: tuple[Break, ...] = ()
    returns: bool = False
    """Goods come back: a figure to date may fall."""
    higher_is_better: bool | None = None
    sources_note: str = ""

    @property
    def is_computed(self) -> bool:
        """Whether a formula or a method gives it: no table may state it."""
        return bool(self.formula or self.measurement)
