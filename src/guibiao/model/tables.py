"""Every table that crosses a room: columns, key, owner, readers. Rooms meet only here; both ends are contract-tested."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


class Kind(StrEnum):
    """Storage type of a column."""

    TEXT = "text"
    INTEGER = "integer"
    FLAG = "flag"
    FLOAT = "float"
    EXACT = "exact"
    """Decimal with 10 places: what a source printed."""
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """Name, type and meaning; `nullable` where a value may be missing."""

    name: str
    kind: Kind
    doc: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table: `key` identifies a row, `owner` is the only room that writes it."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    owner: str
    readers: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def arrow_schema(self) -> pa.Schema:
        """The table as an Arrow schema."""
        import pyarrow as pa

        types = {
            Kind.TEXT: pa.string(), Kind.INTEGER: pa.int64(), Kind.FLAG: pa.bool_(), Kind.FLOAT: pa.float64(),
            Kind.EXACT: pa.decimal128(38, 10), Kind.DAY: pa.date32(), Kind.MOMENT: pa.timestamp("us", tz="UTC"),
        }  # fmt: skip
        return pa.schema([pa.field(column.name, types[column.kind], column.nullable) for column in self.columns])


def _text(name: str, doc: str) -> Column:
    return Column(name, Kind.TEXT, doc)


_PLACE = (
    _text("dataset", "workspace table or delivered file the row comes from"),
    _text("source", "source id"),
    _text("locator", "place in the source: table, row and column, or character offsets"),
)
_KEY = (
    _text("indicator", "indicator id"),
    _text("area", "area code"),
    _text("categories", "canonical category key, empty without dimensions"),
    Column("period_start", Kind.DAY, "first day of the reference period"),
    Column("period_end", Kind.DAY, "last day of the reference period"),
    _text("measure", "during, to date, at end, average"),
)
_FIGURE = (
    _text("qualifier", "exact, about, over, ... or derived"),
    _text("printed", "the figure as the source prints it; for a derived one, as this system prints it"),
    _text("unit", "unit symbol of value, low and high"),
    Column("decimals", Kind.INTEGER, "decimals printed", nullable=True),
    _text("price_basis", "current, constant(year), chained(year), none"),
    _text("comparison_basis", "as published, comparable, naive, none"),
    _text("accounting_basis", "accounting basis id, empty where it does not apply"),
    _text("stage", "preliminary, verified, census-revised"),
    _text("method", "surveyed, administrative, estimated, forecast, derived, synthetic"),
    _text("status", "SDMX CL_OBS_STATUS code"),
    Column("known_from", Kind.DAY, "first day on which the world could know it"),
    _text("known_precision", "day, month, year"),
)

CELLS = Table(
    "cells",
    (
        *_PLACE,
        Column("row", Kind.INTEGER, "1-based row in the file, head included"),
        Column("column", Kind.INTEGER, "1-based column in the file"),
        _text("row_label", "what the row is about, as printed"),
        _text("column_label", "what the column is about, as printed"),
        _text("printed", "the cell verbatim"),
        Column("stated", Kind.FLAG, "whether the cell became a statement"),
        _text("reason", "why it did not: text, label, empty, not a quantity, ..."),
    ),
    key=("dataset", "row", "column"),
    owner="ingest",
    readers=("editing", "publish"),
)

STATEMENTS = Table(
    "statements",
    (
        _text("statement", "statement id: digest of the columns that make it"),
        *_KEY,
        Column("value", Kind.EXACT, "the figure in `unit`"),
        Column("low", Kind.EXACT, "lower bound, null where open", nullable=True),
        Column("high", Kind.EXACT, "upper bound, null where open", nullable=True),
        *_FIGURE,
        _text("grade", "source grade A to D"),
        *_PLACE,
        Column("row", Kind.INTEGER, "row of the cell"),
        Column("column", Kind.INTEGER, "column of the cell"),
        _text("correction", "id of the correction applied, empty without one"),
        _text("note", "remark carried to the passport"),
    ),
    key=("statement",),
    owner="ingest",
    readers=("editing", "publish", "serve"),
)

OBSERVATIONS = Table(
    "observations",
    (
        *_KEY,
        Column("value", Kind.FLOAT, "chosen or computed value in `unit`"),
        Column("low", Kind.FLOAT, "lower bound, null where open", nullable=True),
        Column("high", Kind.FLOAT, "upper bound, null where open", nullable=True),
        *_FIGURE,
        _text("grade", "source grade; for a derived observation the worst of its inputs"),
        _text("source", "source id; empty for a derived observation"),
        _text("locator", "place in the source; for a derived observation its formula"),
        _text("statement", "id of the chosen statement; empty for a derived observation"),
        Column("alternatives", Kind.INTEGER, "how many other statements of the same figure are kept"),
    ),
    key=("indicator", "area", "categories", "period_start", "period_end", "measure", "price_basis", "accounting_basis"),
    owner="editing, measure",
    readers=("measure", "publish", "serve"),
)

FINDINGS = Table(
    "findings",
    tuple(
        _text(name, doc)
        for name, doc in (
            ("rule", "rule id"),
            ("severity", "error, warning, info"),
            ("message", "what is wrong"),
            ("remedy", "what to do"),
            ("indicator", "indicator id"),
            ("area", "area code"),
            ("categories", "category key"),
            ("period", "period as printed"),
            ("claimed", "what the source says"),
            ("recomputed", "what follows from other figures"),
            ("source", "source id"),
            ("dataset", "workspace table or delivered file"),
            ("locator", "place in the source"),
            ("correction", "correction on file"),
        )
    ),
    key=("rule", "indicator", "area", "categories", "period", "dataset", "locator", "message"),
    owner="ingest, editing, measure",
    readers=("publish", "serve"),
)

ATTAINMENT = Table(
    "attainment",
    (
        Column("as_of", Kind.DAY, "day the status holds for: only figures known by then took part"),
        _text("target", "target id"),
        _text("document", "policy document id"),
        _text("name", "what the target's words measure"),
        _text("quote", "the words"),
        _text("classification", "policy_target, implicit, ..."),
        _text("kind", "level, increment, ratio, growth, count, ranking, relative"),
        _text("geography", "area the words name"),
        Column("deadline", Kind.DAY, "last day of the target's period", nullable=True),
        _text("operator", ">=, >, =, <=, <, approx, range, multiple_of_base"),
        Column("target_value", Kind.EXACT, "value as stated, in target_unit"),
        Column("target_high", Kind.EXACT, "upper end of a range", nullable=True),
        _text("target_unit", "unit as stated"),
        _text("indicator", "indicator that measures it, empty without one"),
        _text("status", "on_pace, behind, out_of_reach, met, missed, no_data, not_measurable"),
        _text("reason", "why so: reached, pace, single_observation, break, ..."),
        Column("certain", Kind.FLAG, "false where the printed precision leaves the status open"),
        Column("goal", Kind.EXACT, "level to be reached, in unit", nullable=True),
        Column("value", Kind.EXACT, "last figure, in unit", nullable=True),
        Column("low", Kind.EXACT, "lower bound of value", nullable=True),
        Column("high", Kind.EXACT, "upper bound of value", nullable=True),
        _text("unit", "unit of goal, value, base and gap"),
        _text("period", "reference period of value, SDMX form"),
        Column("known_from", Kind.DAY, "vintage: first day on which value could be known", nullable=True),
        _text("source", "source id of value"),
        _text("stage", "preliminary, verified, census-revised"),
        _text("basis", "accounting basis of value"),
        Column("base", Kind.EXACT, "figure the way is counted from", nullable=True),
        _text("base_period", "its reference period, SDMX form"),
        _text("base_kind", "observed, earlier target or empty"),
        _text("path", "geometric or linear, empty where no path is followed"),
        Column("required_growth", Kind.FLOAT, "growth a year needed to reach the goal in time, in %", nullable=True),
        Column("growth_seen", Kind.FLOAT, "growth a year from base to value, in %", nullable=True),
        Column("pace", Kind.FLOAT, "speed seen over speed required from the base", nullable=True),
        Column("gap", Kind.EXACT, "what is missing to the goal; negative where it is passed", nullable=True),
        Column("way", Kind.FLOAT, "part of the way from base to goal that is done", nullable=True),
        Column("probability", Kind.FLOAT, "of reaching the goal in time, all models in equal parts; null without one", nullable=True),
        Column("probability_low", Kind.FLOAT, "least probability of any model", nullable=True),
        Column("probability_high", Kind.FLOAT, "greatest probability of any model", nullable=True),
        _text("probability_models", "model=probability, by blanks; empty without a forecast"),
        Column("probability_points", Kind.INTEGER, "annual figures the probability rests on", nullable=True),
        _text("probability_zh", "the probability in Chinese, or why there is none"),
        _text("probability_en", "the same in English"),
        _text("missing", "area codes without a figure, by blanks"),
        _text("assumption_zh", "what the words leave open and how it was read, in Chinese"),
        _text("assumption_en", "the same in English"),
        _text("remark_zh", "changes of definition and of basis that bear on it, in Chinese"),
        _text("remark_en", "the same in English"),
        _text("grounds_zh", "why the status is so, without the figure, in Chinese"),
        _text("grounds_en", "the same in English"),
        _text("sentence_zh", "the status in one sentence, in Chinese"),
        _text("sentence_en", "the status in one sentence, in English"),
    ),
    key=("as_of", "target"),
    owner="policy",
    readers=("publish", "serve"),
)

WARNINGS = Table(
    "warnings",
    (
        Column("as_of", Kind.DAY, "day the board holds for: only periods that had ended and figures known by then took part"),
        _text("board", "board id"),
        _text("series", "id of the indicator on the board; `composite` for the composite score, `diffusion` for the diffusion index"),
        _text("name_zh", "its name in Chinese"),
        _text("name_en", "its name in English"),
        _text("indicator", "indicator of the workspace; empty on a file's series"),
        _text("area", "area code"),
        _text("categories", "category key"),
        _text("transform", "none, year_on_year, difference"),
        _text("period", "2018-02 or 2018-Q1"),
        Column("value", Kind.FLOAT, "value judged, after its transformation; null where there is none", nullable=True),
        _text("unit", "unit of value"),
        _text("light", "cold, cool, normal, warm, hot; none where there is no light"),
        Column("score", Kind.INTEGER, "1 cold to 5 hot", nullable=True),
        _text("reason", "why there is no light: gap, covered, span, break, short, flat, path, stale, few"),
        _text("limits", "the four limits, by blanks; of a path those of the gap to it"),
        _text("limit_kind", "quantile, stated, path; of the composite the id of the cuts"),
        _text("limits_from", "first and last period behind quantile limits, and how many"),
        Column("latest", Kind.FLAG, "whether it is the last value of the series on the day"),
        Column("change", Kind.FLOAT, "value less the value before; of the latest period", nullable=True),
        _text("direction", "rising, equal, falling; of the latest period"),
        Column("age", Kind.INTEGER, "days from the period's end to the day; of the latest period", nullable=True),
        Column("known_from", Kind.DAY, "first day on which the value could be known, where that is recorded", nullable=True),
        _text("grade", "source grade"),
        _text("alarm", "lights that are alarms, by blanks; empty where no event is named"),
        _text("event_zh", "what they announce, in Chinese"),
        _text("event_en", "the same in English"),
        _text("tested", "tested, in_sample (limits stated afterwards), or why the rule has no test; empty but for the latest period"),
        _text("tested_from", "first period tested"),
        _text("tested_to", "last period tested"),
        Column("events", Kind.INTEGER, "events with a light in the time before them", nullable=True),
        Column("hits", Kind.INTEGER, "events announced", nullable=True),
        Column("misses", Kind.INTEGER, "events not announced", nullable=True),
        Column("false_alarms", Kind.INTEGER, "runs of alarms that no event followed in time", nullable=True),
        Column("pending", Kind.INTEGER, "runs of alarms whose time has not passed", nullable=True),
        Column("alarm_share", Kind.FLOAT, "part of the tested periods that were alarms", nullable=True),
        Column("lead", Kind.FLOAT, "mean periods from the first alarm to the event, over the hits", nullable=True),
        _text("sentence_zh", "the light in one sentence, in Chinese; of the latest period"),
        _text("sentence_en", "the same in English"),
    ),
    key=("as_of", "board", "series", "period"),
    owner="assess",
    readers=("publish", "serve"),
)

INDEX_SCORES = Table(
    "index_scores",
    (
        _text("index", "index id"),
        _text("unit", "area code"),
        _text("name", "its name in Chinese"),
        Column("year", Kind.INTEGER, "year"),
        _text("code", "index, dimension or indicator within the index"),
        Column("level", Kind.INTEGER, "1 for indicators, greatest for the index itself"),
        Column("value", Kind.FLOAT, "of an indicator: what is scored, before treatment, in the unit of the node", nullable=True),
        Column("score", Kind.FLOAT, "score; comparable between years, its bounds hold for the whole panel", nullable=True),
        Column("rank", Kind.INTEGER, "rank in the year, 1 the best, ties share it; of a composite only with its interval", nullable=True),
        Column("rank_low", Kind.FLOAT, "lower end of the interval of ranks under the stress test; of indicators none", nullable=True),
        Column("rank_high", Kind.FLOAT, "upper end", nullable=True),
        Column("runs", Kind.INTEGER, "constructions behind the interval that gave a rank", nullable=True),
        Column("seed", Kind.INTEGER, "seed of the stress test", nullable=True),
        Column("imputed", Kind.INTEGER, "cells of the data under the code that are filled in, not observed"),
    ),
    key=("index", "unit", "year", "code"),
    owner="index",
    readers=("publish", "serve"),
)

INDEX_NODES = Table(
    "index_nodes",
    (
        _text("index", "index id"),
        _text("code", "index, dimension or indicator within the index"),
        Column("place", Kind.INTEGER, "order in the specification"),
        _text("parent", "code above, empty at the index"),
        Column("level", Kind.INTEGER, "1 for indicators"),
        Column("weight", Kind.FLOAT, "share in the index; one at the index"),
        Column("share", Kind.FLOAT, "share among the parts of its parent, as stated; one at the index"),
        _text("aggregation", "mean of its parts: arithmetic, geometric, harmonic, generalised, copeland; empty at indicators"),
        Column("power", Kind.FLOAT, "power of a generalised mean", nullable=True),
        Column("threshold", Kind.FLOAT, "least share of its parts with a score; null where one is enough", nullable=True),
        _text("name_zh", "name in Chinese"),
        _text("name_en", "name in English"),
        _text("unit", "unit of the value scored"),
        Column("direction", Kind.INTEGER, "1 more is better, -1 less is better"),
        _text("indicators", "indicators of the workspace it is made from, by blanks: the figure, its denominator"),
        _text("treatment", "what was done about outliers: none, clipped, log-ct, ..."),
        Column("lower", Kind.FLOAT, "value that the lowest score stands for, after treatment", nullable=True),
        Column("upper", Kind.FLOAT, "value that the highest score stands for, after treatment", nullable=True),
        _text("title_zh", "at the index: its title, in Chinese"),
        _text("title_en", "the same in English"),
        _text("note_zh", "at the index: what it leaves out and how to read it, in Chinese"),
        _text("note_en", "the same in English"),
    ),
    key=("index", "code"),
    owner="index",
    readers=("publish", "serve"),
)

INDEX_RANKS = Table(
    "index_ranks",
    (
        _text("index", "index id"),
        Column("year", Kind.INTEGER, "year"),
        _text("unit", "area code"),
        Column("rank", Kind.INTEGER, "rank"),
        Column("probability", Kind.FLOAT, "share of the runs of the stress test that gave the unit this rank"),
    ),
    key=("index", "year", "unit", "rank"),
    owner="index",
    readers=("publish", "serve"),
)

INDEX_DRIVERS = Table(
    "index_drivers",
    (
        _text("index", "index id"),
        Column("year", Kind.INTEGER, "year"),
        _text("unit", "area code whose rank is explained; empty for the mean change of rank over all units"),
        _text("factor", "choice that varies: impute, treat, normalise, weights, aggregate, leave_out"),
        Column("first", Kind.FLOAT, "first-order Sobol index; null where the rank does not vary", nullable=True),
        Column("first_low", Kind.FLOAT, "lower bound by bootstrap", nullable=True),
        Column("first_high", Kind.FLOAT, "upper bound", nullable=True),
        Column("total", Kind.FLOAT, "total Sobol index", nullable=True),
        Column("total_low", Kind.FLOAT, "lower bound by bootstrap", nullable=True),
        Column("total_high", Kind.FLOAT, "upper bound", nullable=True),
    ),
    key=("index", "year", "unit", "factor"),
    owner="index",
    readers=("publish", "serve"),
)

INDEX_CHANGES = Table(
    "index_changes",
    (
        _text("index", "index id"),
        _text("unit", "area code"),
        Column("since", Kind.INTEGER, "earlier year"),
        Column("year", Kind.INTEGER, "later year"),
        _text("code", "indicator or, for a weight, node of the index"),
        _text("kind", "value, scale, weight, availability, rounding: what changed"),
        Column("before", Kind.FLOAT, "score of the code in the earlier year", nullable=True),
        Column("after", Kind.FLOAT, "score in the later year", nullable=True),
        Column("contribution", Kind.FLOAT, "points of the index; all rows of a change add up to it"),
    ),
    key=("index", "unit", "since", "year", "code", "kind"),
    owner="index",
    readers=("publish", "serve"),
)

INDEX_TABLES = (INDEX_SCORES, INDEX_NODES, INDEX_RANKS, INDEX_DRIVERS, INDEX_CHANGES)

TABLES = {table.name: table for table in (CELLS, STATEMENTS, OBSERVATIONS, FINDINGS, ATTAINMENT, WARNINGS, *INDEX_TABLES)}
