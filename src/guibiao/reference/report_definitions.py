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
    """Dimension -> code, `*` for every code, `42-*` for those that begin so."""
    periods: tuple[str, ...] = ()
    """Periods shown, in order; empty is every period on file."""
    accounting_basis: str = ""
    stage: str = ""
    source: str = ""
    """Show this source's own statement instead of the chosen observation: vintages side by side."""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartDefinition:
    """A chart of the report: kind, what it shows, and the question it answers.

    `scatter` sets its first series across and its second up, one point an area; `flow` draws a correspondence, `outcome` the
    states of targets by day and `lights` a warning board by period; the kinds that begin with `index` show an index of the workspace:
    ranks with intervals, the profile of one unit, the weights, what drives ranks, how stable they are, and a change between two years.
    These have no series.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    kind: Literal[
        "line", "bar", "composition", "slope", "tile_map", "range", "scatter", "flow", "heat", "outcome", "lights",
        "index_ranks", "index_profile", "index_weights", "index_drivers", "index_stability", "index_change",
    ]  # fmt: skip
    title_zh: str
    title_en: str = ""
    question_zh: str = ""
    """The question it answers, printed under the title."""
    question_en: str = ""
    series: tuple[SeriesDefinition, ...] = ()
    unit: str = ""
    decimals: int | None = None
    order: Literal["given", "value"] = "given"
    limit: int | None = None
    """Rows of a bar chart or heat table, the greatest first; the others are counted in a note."""
    highlight: str = ""
    """Code of the area or category drawn in the accent colour."""
    classes: tuple[float, ...] = ()
    """Class limits of a tile map."""
    classification: str = "areas"
    breaks: Mapping[str, str] = field(default_factory=dict)
    """Year -> what changed: drawn as a dashed line, as the breaks of its indicators are without being named here."""
    correspondence: str = ""
    """Correspondence that a `flow` draws."""
    days: tuple[str, ...] = ()
    """Days of an `outcome` chart, as in a table of targets."""
    board: str = ""
    """Warning board of a `lights` chart; the only one where empty. `limit` is how many periods it shows, the last ones."""
    index: str = ""
    """Index of the workspace that an `index_` chart shows."""
    year: int = 0
    """Year of the index; its last where zero. `highlight` is the unit that a profile or a change is about."""
    since: int = 0
    """Year that an `index_change` starts from; the first of the index where zero."""
    level: str = ""
    """Level of the target classification at which the flow ends; its top where empty."""
    mixed_zh: str = ""
    """Why figures of the city and of the country stand together; without it they may not."""
    mixed_en: str = ""
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDefinition:
    """A table of the report: rows by period, area, category or given; one series a column.

    Rows may also be what the workspace itself defines: classes of a classification (`class`), indicators of a framework (`framework`),
    links between frameworks (`link`), findings about the city (`finding`), all findings counted by rule (`rule`), indicators without
    a figure by office (`gap`). Such a table has no columns of its own. A `headline` table
    has a row for every one of its columns: the last figure with its age and grade. Of policies, rows are states of targets counted by day
    (`outcome`), targets that something measures (`target`) or nothing does (`unmeasured`), and offices with their tasks (`task`).
    Of a warning board, rows are its indicators with their lights (`warning`). Of an index, rows are its units with ranks and their
    intervals (`index`); of a frame, its indicators against their base, or who holds them (`frame`).
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    title_zh: str
    title_en: str = ""
    question_zh: str = ""
    """The question it answers, printed under the title."""
    question_en: str = ""
    rows: Literal[
        "period", "area", "category", "indicator", "class", "framework", "headline", "link", "finding", "rule", "gap",
        "outcome", "target", "unmeasured", "task", "warning", "index", "frame",
    ]  # fmt: skip
    columns: tuple[SeriesDefinition, ...] = ()
    unit: str = ""
    decimals: int | None = None
    order: Literal["given", "value", "code"] = "given"
    dimension: str = ""
    """Dimension whose categories are the rows."""
    rank: bool = False
    limit: int | None = None
    classification: str = ""
    """Classification whose codes are the rows of a `class` table."""
    correspondence: str = ""
    """Correspondence whose links a `class` table counts or lists."""
    summary: bool = False
    """Only the top codes of the classification, with how many lie below them and how many of those belong in part."""
    days: tuple[str, ...] = ()
    """Days for which targets are judged; an empty one is the day of the report, which is also meant where none is given."""
    board: str = ""
    """Warning board of a `warning` table; the only one where empty."""
    index: str = ""
    """Index of an `index` table, frame of a `frame` table."""
    year: int = 0
    """Year of an `index` table; the last of the index where zero."""
    framework: str = ""
    """Framework of a `framework` or `link` table; every one where empty."""
    severity: Literal["", "error", "warning", "info"] = ""
    """Findings of this severity and graver ones; every one where empty."""
    mixed_zh: str = ""
    """Why figures of the city and of the country stand together; without it they may not."""
    mixed_en: str = ""
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
