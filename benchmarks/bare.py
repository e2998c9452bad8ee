"""The same derivations as plain DuckDB SQL, written by hand for this one set of data: what the pipeline is measured against.

Same result columns and the same interval arithmetic as the compiled formulas; what the formulas' types have settled already
(units, bases, measures) is written in as constants, as somebody would who knows the data.
"""

from __future__ import annotations

_RESULT = """
    now.area, now.categories, now.period_start, now.period_end, now.measure, now.price_basis, now.accounting_basis,
    {value} AS value, {low} AS low, {high} AS high,
    greatest(now.known_from, {other}.known_from) AS known_from, now.known_precision,
    greatest(now.grade, {other}.grade) AS grade,
    CASE WHEN now.stage = 'preliminary' OR {other}.stage = 'preliminary' THEN 'preliminary' ELSE now.stage END AS stage
"""

GROWTH = f"""
SELECT {
    _RESULT.format(
        other="base",
        value="(now.value / base.value - 1) * 100",
        low="(now.low / base.high - 1) * 100",
        high="(now.high / base.low - 1) * 100",
    )
}
FROM observations AS now
JOIN observations AS base
    ON base.area = now.area AND base.categories = now.categories AND base.accounting_basis = now.accounting_basis
    AND base.period_end = now.period_end - INTERVAL 1 YEAR
WHERE now.indicator = 'output' AND base.indicator = 'output'
"""

SHARE = f"""
SELECT {
    _RESULT.format(
        other="whole",
        value="now.value / whole.value * 100",
        low="now.low / whole.high * 100",
        high="now.high / whole.low * 100",
    )
}
FROM observations AS now
JOIN observations AS whole
    ON whole.area = now.area AND whole.categories = now.categories AND whole.accounting_basis = now.accounting_basis
    AND whole.period_end = now.period_end
WHERE now.indicator = 'output' AND whole.indicator = 'product'
"""

PER_CAPITA = f"""
WITH mean AS (
    SELECT last.area, last.period_end, (first.value + last.value) / 2 AS value, (first.low + last.low) / 2 AS low,
        (first.high + last.high) / 2 AS high, greatest(first.known_from, last.known_from) AS known_from,
        greatest(first.grade, last.grade) AS grade, last.stage
    FROM observations AS last
    JOIN observations AS first ON first.area = last.area AND first.period_end = last.period_end - INTERVAL 1 YEAR
    WHERE last.indicator = 'population' AND first.indicator = 'population'
)
SELECT {
    _RESULT.format(
        other="mean",
        value="now.value / mean.value * 1e4",
        low="now.low / mean.high * 1e4",
        high="now.high / mean.low * 1e4",
    )
}
FROM observations AS now JOIN mean ON mean.area = now.area AND mean.period_end = now.period_end
WHERE now.indicator = 'product'
"""

QUERIES = {"output_growth": GROWTH, "output_share": SHARE, "product_per_capita": PER_CAPITA}
