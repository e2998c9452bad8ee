"""A composite index as stated: indicators, tree, and one choice a step. Every default is the reference implementation's (COINr 1.1.14).

The same objects come from a YAML file and from COINr's iMeta; `index/construction.py` compiles them into arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}

Step = Literal["denominate", "impute", "screen", "treat", "normalise"]
Transformation = Literal["none", "log-ct", "log-ct-plus", "log-ct-original", "log-gii", "box-cox"]
FirstTreatment = Literal["none", "winsorise", "log-ct", "log-ct-plus", "log-ct-original", "log-gii", "box-cox"]
Scope = Literal["panel", "time"]
NormalisationMethod = Literal[
    "none", "minmax", "zscore", "scaled", "rank", "borda", "percentile-rank", "fraction-of-max", "distance-to-max",
    "distance-to-target", "distance-to-reference", "goalposts", "base-time",
]  # fmt: skip
AggregationMethod = Literal["arithmetic", "geometric", "harmonic", "generalised", "copeland"]
ImputationMethod = Literal[
    "none", "mean", "median", "group-mean", "group-median", "latest", "constant", "linear", "linear-constant", "em"
]  # fmt: skip
ScreeningRule = Literal["none", "missing", "zeros", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """Outlier treatment in two attempts: `method`, and where the check still fails, `then` on the untreated values."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    method: FirstTreatment = "winsorise"
    then: Transformation = "log-ct"
    skewness: float = 2.0
    """A column passes with absolute skewness below this, or kurtosis below the next."""
    kurtosis: float = 3.5
    most_points: int | None = 5
    """Points winsorised at most; no limit where empty."""
    force: bool = False
    combine: bool = False
    """Whether `then` works on what `method` gave."""
    box_cox_lambda: float = 0.0
    scope: Scope = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalisation:
    """How an indicator becomes a score; targets, goalposts and frozen bounds stand with the indicator."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    method: NormalisationMethod = "minmax"
    lower: float = 0.0
    upper: float = 100.0
    """Scores of the least and the greatest value (minmax)."""
    mean: float = 0.0
    standard_deviation: float = 1.0
    scaled_from: float = 0.0
    scaled_to: float = 100.0
    scale: float = 100.0
    """Score at `scaled_to` (scaled), at the upper goalpost (goalposts), at the base (base-time)."""
    truncate: bool = True
    """Whether scores beyond the goalposts are set to the goalpost."""
    cap: bool = False
    """Whether scores beyond target or reference are set to one."""
    reference: str = ""
    """Unit that others are measured against; the first by code where empty."""
    base: str = ""
    """Time whose values become `scale` (base-time), or at which the reference is taken; the first time where empty."""
    base_of: Literal["unit", "mean"] = "unit"
    """Each unit's own value at the base time, or the mean of the units at that time."""
    logarithm: bool = False
    """Whether values, targets, bounds and goalposts enter by their natural logarithm."""
    scope: Scope = "panel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation:
    """How children become their parent."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    method: AggregationMethod = "arithmetic"
    power: float = 1.0
    """Exponent of the generalised mean."""
    threshold: float | None = None
    """Least share of children with a score, below which the parent has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Units with too few data, or too many zeros, are left out."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    rule: ScreeningRule = "none"
    least_available: float = 2 / 3
    least_nonzero: float = 0.05
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Imputation:
    """How missing values are filled."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    method: ImputationMethod = "none"
    group: str = ""
    """Column of the data whose groups are used."""
    most_times: int | None = None
    """How many earlier times `latest` may look back to."""
    within: Literal["parent", "all"] = "parent"
    """Indicators that inform one another under EM."""
    ridge: float = 0.01
    """Share of each variance added to the diagonal under EM, against a singular covariance."""
    tolerance: float = 1e-8
    most_iterations: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexIndicator:
    """One indicator."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    code: str
    parent: str = ""
    direction: int = 1
    weight: float = 1.0
    zh: str = ""
    en: str = ""
    unit: str = ""
    denominator: str = ""
    denominator_scale: float = 1.0
    """Denominators are divided by it first: 1000 for per thousand."""
    target: float | None = None
    bounds: tuple[float, float] | None = None
    """Frozen least and greatest value, in the indicator's own orientation (minmax, scaled)."""
    goalposts: tuple[float, float] | None = None
    treat: Treatment | None = None
    """In place of the index's treatment."""
    normalise: Normalisation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexAggregate:
    """One dimension above the indicators; the one without parent is the index."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    code: str
    parent: str = ""
    weight: float = 1.0
    zh: str = ""
    en: str = ""
    aggregate: Aggregation | None = None
    """In place of its level's method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Names of the data's own columns; the usual ones are found where these are empty."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    unit: str = ""
    name: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSpecification:
    """A composite index."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    zh: str = ""
    en: str = ""
    indicators: tuple[IndexIndicator, ...]
    aggregates: tuple[IndexAggregate, ...] = ()
    columns: Columns = field(default_factory=Columns)
    weights: Literal["given", "equal"] = "given"
    order: tuple[Step, ...] = ("denominate", "impute", "screen", "treat", "normalise")
    denominate: bool = True
    """Whether indicators that name a denominator are divided by it."""
    impute: Imputation = field(default_factory=Imputation)
    screen: Screening = field(default_factory=Screening)
    treat: Treatment = field(default_factory=lambda: Treatment(method="none", then="none"))
    normalise: Normalisation = field(default_factory=Normalisation)
    aggregate: tuple[Aggregation, ...] = (Aggregation(),)
    """One for all levels, or one a level from the second up."""
    others: tuple[str, ...] = ()
    """Columns of the data that are neither indicators nor needed: groups, denominators."""
    source: str = ""
    note_zh: str = ""
    note_en: str = ""

    @property
    def parts(self) -> tuple[IndexIndicator | IndexAggregate, ...]:
        """Indicators, then aggregates, as stated."""
        return (*self.indicators, *self.aggregates)
