"""What a workspace defines, as frozen objects. Each class is also the schema of its YAML, exported as JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Literal

from guibiao.model.basis import AccountingBasis, Grade
from guibiao.model.errors import Place
from guibiao.model.indicator import Indicator
from guibiao.reference.attainment import AttainmentSettings
from guibiao.reference.classification import Classification, Correspondence
from guibiao.reference.facts import Facts as Facts
from guibiao.reference.index.workspace import Frame, WorkspaceIndex
from guibiao.reference.mapping import RekeyingTime, SheetMapping
from guibiao.reference.measurement import DigitalShare, Measurement
from guibiao.reference.policies import Office, PolicyDocument
from guibiao.reference.report_definitions import ReportDefinition
from guibiao.reference.series.warning import WarningBoard

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document or data service that states figures."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    title: str
    publisher: str
    grade: Grade
    known_from: str
    """2024-03-21, 2024-03 or 2018: its precision is kept."""
    url: str = ""
    terms: str = ""
    note: str = ""
    statistical: bool = True
    """False for a plan or policy text, whose numbers are targets and never observations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """A column of the file that supplies one attribute of every row."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    column: str
    supplies: Literal[
        "area", "period", "indicator", "unit", "category", "accounting_basis", "stage", "source", "known_from", "locator", "note"
    ]
    dimension: str = ""
    """Dimension, where it supplies a category; its codes are those of the classification of that name if there is one."""
    prefix: str = ""
    """Put before the printed text to make its code, where `lookup` does not say it."""
    lookup: Mapping[str, str | Facts] = field(default_factory=dict)
    """Printed text -> code, or several attributes at once (a vintage label gives stage, basis and date)."""
    skip: tuple[str, ...] = ()
    """Printed texts whose rows state nothing here; they stay as cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSelector:
    """Columns whose headings supply one attribute of all their cells: years side by side, product codes across a matrix."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    pattern: str
    """Regular expression that the whole heading fits; a heading named in `values` is left to it."""
    supplies: Literal["area", "period", "indicator", "category"]
    dimension: str = ""
    """Dimension, where the heading is a category."""
    prefix: str = ""
    """Put before the printed heading to make its code."""
    lookup: Mapping[str, str | Facts] = field(default_factory=dict)
    """Printed heading -> code, or several attributes at once."""
    facts: Facts = field(default_factory=Facts)
    """What else these columns state."""
    expected: int | None = None
    """How many columns must fit; fewer is half a table and refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBinding:
    """How the cells of one file become statements (GSIM: data structure with its mapping)."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    title: str
    file: str = ""
    """CSV beside the binding; empty for a table that only comes as a delivered file."""
    source: str = ""
    place: str = ""
    """Where the table stands in the source: chapter, table number."""
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    head_rows: int = 1
    """Rows above the data; of several, the last with text names a column, or all of them joined by `/` where that is not unique."""
    foot_rows: int = 0
    """Rows below the data: notes, kept as cells."""
    required: tuple[str, ...] = ()
    """Columns without which the file is refused, besides all that are bound."""
    rows: tuple[Selector, ...] = ()
    values: Mapping[str, Facts] = field(default_factory=dict)
    """Column heading -> what its cells state; a column bound to nothing is kept as text."""
    columns: tuple[ColumnSelector, ...] = ()
    """Columns bound by what their headings look like."""
    row_facts: Mapping[str, Facts] = field(default_factory=dict)
    """Row label (first column) -> what its cells state."""
    defaults: Facts = field(default_factory=Facts)
    text_only: bool = False
    """A table of words: kept as cells, states no figure."""
    expected_rows: int | None = None
    """Data rows the file must hold; fewer is half a file and refused."""
    restricted: bool = False
    bulk: bool = False
    """A Parquet file of statements, one a row (indicator, area, period_start, period_end, measure, value, unit): taken in as a set, without
    cells."""
    states: tuple[str, ...] = ()
    """Indicators that the rows of a bulk file state; a row of another one is refused."""

    @property
    def selectors(self) -> tuple[Selector | ColumnSelector, ...]:
        """What labels supply: those of columns of text, and those of headings."""
        return (*self.rows, *self.columns)

    def facts(self) -> Iterator[Facts]:
        """Every set of attributes the binding states, wherever it stands."""
        looked_up = (value for selector in self.selectors for value in selector.lookup.values() if isinstance(value, Facts))
        columns = (selector.facts for selector in self.columns)
        yield from (self.defaults, *self.values.values(), *columns, *self.row_facts.values(), *looked_up)

    def indicators(self) -> frozenset[str]:
        """Indicators the binding names; those of a bulk table only where `states` lists them."""
        supplying = (selector for selector in self.selectors if selector.supplies == "indicator")
        named = {value for selector in supplying for value in selector.lookup.values() if isinstance(value, str)}
        return frozenset(named | {facts.indicator for facts in self.facts() if facts.indicator} | set(self.states))


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedence:
    """From a date on, which of several statements of one figure is used. Criteria are applied in order."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    valid_from: date
    criteria: tuple[Literal["stage", "known_from", "grade", "source_order", "precision"], ...]
    source_order: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check in the expression language: every key for which it is false is a finding."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    expression: str
    severity: Literal["error", "warning", "info"]
    message_zh: str
    """May hold {left} {right} {area} {period}."""
    message_en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    indicator: str = ""
    """Indicator the finding is about; the first one named where empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleParameter:
    """From a date on, how grave a generic rule's findings are and where its thresholds lie; of one indicator or of all."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    rule: Literal[
        "total_is_sum", "indicators_add_up", "share_recomputed", "ratio_recomputed", "per_capita_recomputed", "difference_recomputed",
        "growth_recomputed", "implied_base", "bases_mixed", "comparison_across_break", "magnitude", "cumulative_falls",
        "count_against_list", "outlier_among_peers", "outlier_in_time", "dated_after_document", "national_share_denominator",
    ]  # fmt: skip
    valid_from: date
    reason_zh: str
    reason_en: str = ""
    source: str = ""
    severity: Literal["", "error", "warning", "info", "off"] = ""
    """`off` switches the rule off; empty leaves the severity as it is."""
    thresholds: Mapping[str, Decimal] = field(default_factory=dict)
    indicators: tuple[str, ...] = ()
    """Only for these; all where empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A printed figure mended: reason, expected old value and new value; the printed one stays in its cell."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    dataset: str
    row: int
    column: int
    expected: str
    corrected: str
    reason: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkGroup:
    """Second level of a framework, with the indicators of the third."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name_zh: str
    name_en: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkDimension:
    """First level of a framework."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name_zh: str
    name_en: str
    groups: tuple[FrameworkGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkLink:
    """How a notion of this framework stands to one of another; frameworks are never merged."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    indicator: str
    framework: str
    """The other framework."""
    to: str
    """Its indicator."""
    relation: Literal["same", "broader", "narrower", "related"]
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A named scope with its indicators."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name_zh: str
    name_en: str
    definition_zh: str
    definition_en: str = ""
    source: str = ""
    indicators: tuple[str, ...] = ()
    dimensions: tuple[FrameworkDimension, ...] = ()
    """The same in three levels; an indicator stands in one group."""
    core: bool = False
    """Its indicators are the core ones: each has an observation or a named gap."""
    links: tuple[FrameworkLink, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """Indicators listed and grouped, each once, in order."""
        grouped = (name for dimension in self.dimensions for group in dimension.groups for name in group.indicators)
        return tuple(dict.fromkeys((*self.indicators, *grouped)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A table that another office owes: who delivers which table, when, on what ground, and who may see it."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    title_zh: str
    title_en: str = ""
    table: str
    """Table of the workspace that the delivery becomes."""
    office: str
    contact_role: str
    frequency: Literal["monthly", "quarterly", "half-yearly", "annual"]
    due_day: str
    """Day of the month after the period's end, or MM-DD of the following year for an annual table."""
    agreement: str
    """Number of the agreement; 待签 where it is not signed."""
    legal_basis: str = ""
    access: Literal["open", "restricted"] = "restricted"
    first_period: str = ""
    indicators: tuple[str, ...] = ()
    mapping: str = ""
    """Id of the mapping of the office's own workbook (`deliveries/mappings/`); empty where it fills in the form of the table."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """`workspace.yaml`: the city, its own area, and what officials may change."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name_zh: str
    name_en: str
    area: str
    """Code of the city itself in the classification `areas`."""
    country: str = ""
    """Code of the country, for national context."""
    synthetic: bool = False
    """True marks every output: made-up data."""
    accounting_bases: tuple[AccountingBasis, ...] = ()
    precedence: tuple[Precedence, ...]
    licence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything a workspace defines, frozen; `digests` maps each file to the hash of its bytes."""

    folder: Path
    settings: WorkspaceSettings
    classifications: Mapping[str, Classification]
    indicators: Mapping[str, Indicator]
    frameworks: Mapping[str, Framework]
    sources: Mapping[str, Source]
    tables: Mapping[str, TableBinding]
    rules: tuple[Rule, ...]
    corrections: tuple[Correction, ...]
    report: ReportDefinition
    template: str
    digests: Mapping[str, str]
    brief: str = ""
    quality: tuple[RuleParameter, ...] = ()
    correspondences: Mapping[str, Correspondence] = field(default_factory=dict)
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    policies: Mapping[str, PolicyDocument] = field(default_factory=dict)
    offices: Mapping[str, Office] = field(default_factory=dict)
    attainment: AttainmentSettings = field(default_factory=AttainmentSettings)
    mappings: Mapping[str, SheetMapping] = field(default_factory=dict)
    rekeying: Mapping[str, RekeyingTime] = field(default_factory=dict)
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    digital_shares: tuple[DigitalShare, ...] = ()
    warnings: Mapping[str, WarningBoard] = field(default_factory=dict)
    indices: Mapping[str, WorkspaceIndex] = field(default_factory=dict)
    frames: Mapping[str, Frame] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    """`indicator name`, `table name`, ... -> file and line of its definition."""

    def measured_by(self, measurement: str) -> tuple[Indicator, ...]:
        """Indicators that a measurement gives, by id."""
        found = (each for each in self.indicators.values() if each.measurement.partition(".")[0] == measurement)
        return tuple(sorted(found, key=lambda each: each.id))

    @property
    def bulk_indicators(self) -> frozenset[str]:
        """Indicators that bulk tables state: too many figures for a spreadsheet."""
        return frozenset(name for binding in self.tables.values() if binding.bulk for name in binding.states)

    def basis(self, basis_id: str) -> AccountingBasis | None:
        return next((basis for basis in self.settings.accounting_bases if basis.id == basis_id), None)
