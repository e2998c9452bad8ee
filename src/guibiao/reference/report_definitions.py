"""What the report shows: its charts, tables and series, as frozen objects and as the schema of `report/report.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDefinition:
    """Which observations a chart series or a table column shows."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    indicator: str
    label_zh: str = ""
    label_en: str = ""
    area: str = ""
    """Area code; empty is the workspace's own, `*` is every area of the classification."""
    areas: tuple[str, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)
    """Dimension -> code, `*` for every code."""
    periods: tuple[str, ...] = ()
    """Periods shown, in order; empty is every period on file."""
    accounting_basis: str = ""
    stage: str = ""
    source: str = ""
    """Show this source's own statement instead of the chosen observation: vintages side by side."""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartDefinition:
    """A chart of the report: kind, what it shows, and the question it answers."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    kind: Literal["line", "bar", "composition", "slope", "tile_map"]
    title_zh: str
    title_en: str = ""
    series: tuple[SeriesDefinition, ...]
    unit: str = ""
    decimals: int | None = None
    order: Literal["given", "value"] = "given"
    highlight: str = ""
    """Code of the area or category drawn in the accent colour."""
    classes: tuple[float, ...] = ()
    """Class limits of a tile map."""
    classification: str = "areas"
    breaks: Mapping[str, str] = field(default_factory=dict)
    """Year -> what changed: drawn as a dashed line."""
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDefinition:
    """A table of the report: rows by period, area, category or given; one series a column."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    title_zh: str
    title_en: str = ""
    rows: Literal["period", "area", "category", "indicator"]
    columns: tuple[SeriesDefinition, ...]
    unit: str = ""
    decimals: int | None = None
    order: Literal["given", "value", "code"] = "given"
    dimension: str = ""
    """Dimension whose categories are the rows."""
    rank: bool = False
    limit: int | None = None
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDefinition:
    """The report: template, charts, tables, and words exempt from the typed-number check."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    title_zh: str
    title_en: str
    publisher_zh: str
    publisher_en: str = ""
    template: str = "report.md"
    brief: str = ""
    """Template of the brief for the meeting, in `report/`; empty where there is none."""
    brief_title_zh: str = ""
    brief_title_en: str = ""
    names: tuple[str, ...] = ()
    """Names that hold digits: 5G, TOP500, 十四五."""
    charts: tuple[ChartDefinition, ...] = ()
    tables: tuple[TableDefinition, ...] = ()
