"""Made-up observations for timing: every row says `synthetic`, and none is a figure of any place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

import duckdb

from guibiao.model.basis import ComparisonBasis
from guibiao.model.indicator import Indicator, Nature
from guibiao.model.period import Measure

FIRST_YEAR, YEARS, INDUSTRIES = 2005, 20, 16
FLOWS = ("output", "product", "revenue", "investment", "wages", "taxes", "profit", "orders", "exports", "research")
STOCK = "population"
OUT_OF_LINE = 9973
"""One row in so many breaks each rule."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A derived indicator of the benchmark."""

    id: str
    text: str
    unit: str
    nature: Nature
    inputs: tuple[str, ...]
    price_basis: str = "none"
    comparison_basis: ComparisonBasis = ComparisonBasis.NONE


FORMULAS = (
    Formula("output_growth", "growth(output)", "%", Nature.GROWTH, ("output",), "current", ComparisonBasis.NAIVE),
    Formula("output_share", "share(output, of=product)", "%", Nature.SHARE, ("output", "product")),
    Formula("product_per_capita", "per_capita(product, population)", "元/人", Nature.INTENSITY, ("product", "population"), "current"),
)
RULES = {"output_within_product": "output <= product", "no_sudden_growth": "abs(growth(revenue)) <= 50"}


def indicators() -> dict[str, Indicator]:
    """Definitions of what is made up here and of what is derived from it."""
    made_up = Indicator(id="", name_zh="模拟数据", name_en="synthetic", unit="", definition_zh="模拟数据，仅用于计时。")
    flow = replace(made_up, unit="亿元", price_basis="current", dimensions=("industry",), additive_over=("area", "time", "industry"))
    flows = [replace(flow, id=name) for name in FLOWS]
    stock = replace(made_up, id=STOCK, unit="万人", measure=Measure.AT_END, additive_over=("area",))
    derived = [
        replace(
            made_up,
            id=formula.id,
            unit=formula.unit,
            nature=formula.nature,
            price_basis=formula.price_basis,
            comparison_basis=formula.comparison_basis,
            dimensions=("industry",),
            formula=formula.text,
        )
        for formula in FORMULAS
    ]
    return {indicator.id: indicator for indicator in (*flows, stock, *derived)}


def write_observations(folder: Path, rows: int) -> dict[str, int]:
    """A Parquet file of `observations` for each indicator, `rows` or a few more in all; returns rows by indicator."""
    areas = ceil(rows / (YEARS * (INDUSTRIES * len(FLOWS) + 1)))
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        for number, name in enumerate((*FLOWS, STOCK)):
            keys = _keys(areas, 1 if name == STOCK else INDUSTRIES)
            sql = _stocks(keys) if name == STOCK else _flows(name, number, keys)
            done = connection.execute(f"COPY ({sql}) TO '{folder / name}.parquet' (FORMAT parquet)").fetchone()
            counts[name] = done[0] if done else 0
    return counts


def _keys(areas: int, industries: int) -> str:
    return f"""
        SELECT y.range AS year, a.range AS area, i.range AS industry
        FROM range({FIRST_YEAR}, {FIRST_YEAR + YEARS}) AS y, range({areas}) AS a, range({industries}) AS i
        ORDER BY year, area, industry
    """


def _flows(name: str, number: int, keys: str) -> str:
    """Yearly flows by area and industry: smooth growth with noise; parts are smaller than `product`, but for a few."""
    share = {"product": "1.0"}.get(name, f"(0.3 + 0.6 * (hash(area, {number}) % 1000) / 1000.0)")
    noise = f"(0.97 + 0.06 * (hash(year, area, industry, {number}) % 1000) / 1000.0)"
    outlier = f"CASE WHEN hash(area, industry, year, {number}) % {OUT_OF_LINE} = 0 THEN 4 ELSE 1 END"
    level = f"(50 + hash(area, industry) % 950) * pow(1.06, year - {FIRST_YEAR}) * {share} * {noise} * {outlier}"
    return _rows(f"SELECT *, round({level}, 1) AS figure FROM ({keys})", name, "during", "make_date(year, 1, 1)", "'current'", "亿元", 0.05)


def _stocks(keys: str) -> str:
    """Population at the end of each year by area."""
    level = f"(20 + hash(area) % 400) * pow(1.005, year - {FIRST_YEAR})"
    return _rows(
        f"SELECT *, round({level}, 2) AS figure FROM ({keys})", STOCK, "at end", "make_date(year, 12, 31)", "'none'", "万人", 0.005
    )


def _rows(figures: str, name: str, measure: str, start: str, price_basis: str, unit: str, half: float) -> str:
    categories = "''" if name == STOCK else "printf('industry=%02d', industry)"
    return f"""
        SELECT '{name}' AS indicator, printf('%06d', area) AS area, {categories} AS categories,
            {start} AS period_start, make_date(year, 12, 31) AS period_end, '{measure}' AS measure,
            figure::DOUBLE AS value, figure::DOUBLE - {half} AS low, figure::DOUBLE + {half} AS high,
            'exact' AS qualifier, figure::VARCHAR AS printed, '{unit}' AS unit, 1::BIGINT AS decimals,
            {price_basis} AS price_basis, 'none' AS comparison_basis, '' AS accounting_basis,
            CASE WHEN year = {FIRST_YEAR + YEARS - 1} THEN 'preliminary' ELSE 'verified' END AS stage,
            'synthetic' AS method, 'A' AS status, make_date((year + 1)::INTEGER, 3, 21) AS known_from, 'day' AS known_precision,
            CASE WHEN year < 2015 THEN 'B' ELSE 'A' END AS grade, 'synthetic' AS source,
            printf('year %d, row %d', year, area) AS locator, printf('%016x', hash(year, area, industry, '{name}')) AS statement,
            0::BIGINT AS alternatives
        FROM ({figures})
    """
