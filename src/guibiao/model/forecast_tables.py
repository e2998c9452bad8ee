"""Tables of a release about the future of its figures: forecasts, and why a series has none. A forecast is never an observation."""

from __future__ import annotations

from guibiao.model.definition_tables import text
from guibiao.model.tables import Column, Kind, Table

LEVELS = (50, 80, 95)
"""Coverage of the intervals, in %."""
COMBINED = "simulated"
"""`model` of all models in equal parts; the rows of the single models show how far they lie apart."""
_SERIES = (
    text("indicator", "indicator id"),
    text("area", "area code"),
    text("categories", "canonical category key, empty without dimensions"),
)
_BASES = (
    text("price_basis", "price basis of the figures it rests on"),
    text("accounting_basis", "their accounting basis id"),
)

FORECASTS = Table(
    "forecasts",
    (
        Column("as_of", Kind.DAY, "day the forecast holds for: only figures known by then took part"),
        *_SERIES,
        Column("period_start", Kind.DAY, "first day of the period forecast"),
        Column("period_end", Kind.DAY, "last day of the period forecast"),
        text("measure", "during, at end, average"),
        *_BASES,
        text("model", f"{COMBINED} for all models in equal parts, else the model: random_walk, drift, theta, ..."),
        Column("value", Kind.FLOAT, "median of the simulated values, in `unit`"),
        *(
            Column(f"{side}_{level}", Kind.FLOAT, f"{name} bound of the {level} % interval, in `unit`")
            for level in LEVELS
            for side, name in (("low", "lower"), ("high", "upper"))
        ),
        text("unit", "unit symbol of value and bounds"),
        Column("points", Kind.INTEGER, "annual figures it rests on"),
        Column("first", Kind.INTEGER, "year of the first of them"),
        Column("last", Kind.INTEGER, "year of the last of them"),
        Column("few", Kind.FLAG, "whether they are too few to tell the models apart: then the single models are to be read too"),
        text("scale", "scale on which errors add up: log, logit, level"),
        Column("known_from", Kind.DAY, "first day on which the last of those figures could be known"),
        text("method_zh", "how it was made, in Chinese"),
        text("method_en", "the same in English"),
    ),
    key=("indicator", "area", "categories", "period_start", "period_end", "measure", "price_basis", "accounting_basis", "model"),
    owner="series",
    readers=("publish", "serve"),
)

UNFORECAST = Table(
    "unforecast",
    (
        *_SERIES,
        *_BASES,
        text("reason_zh", "why the series has no forecast, in Chinese"),
        text("reason_en", "the same in English"),
    ),
    key=("indicator", "area", "categories", "price_basis", "accounting_basis"),
    owner="series",
    readers=("serve",),
)
