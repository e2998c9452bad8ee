"""Derived observations: units, print rounding, findings on what is missing."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.measure.derive import derived_observations
from guibiao.measure.steps import missing_findings
from guibiao.model.indicator import Indicator
from guibiao.model.tables import OBSERVATIONS


def indicator(unit: str, decimals: int = 1) -> Indicator:
    return Indicator(
        id="made_up", name_zh="虚构", name_en="made up", unit=unit, definition_zh="虚构", decimals=decimals, formula="share(a, of=b)"
    )


def result(values: list[float | None]) -> pa.Table:
    count = len(values)
    columns: dict[str, Any] = {
        "area": ["1"] * count, "categories": [""] * count,
        "period_start": [date(2023, 1, 1)] * count,
        "period_end": [date(2023, 12, 31)] * count,
        "measure": ["during"] * count, "price_basis": ["none"] * count, "accounting_basis": ["census_2018"] * count, "value": values,
        "low": values, "high": [None] * count, "known_from": [date(2024, 1, 1)] * count, "known_precision": ["day"] * count,
        "grade": ["C"] * count, "stage": ["preliminary"] * count,
    }  # fmt: skip
    schema = pa.schema(
        [
            (name, pa.float64() if name in {"value", "low", "high"} else pa.date32() if isinstance(column[0], date) else pa.string())
            for name, column in columns.items()
        ]
    )
    return pa.table(columns, schema=schema)


def test_rows_fit_the_declared_table_in_the_indicators_unit() -> None:
    derived = derived_observations(indicator("%"), result([42.885]))
    assert derived.schema.equals(OBSERVATIONS.arrow_schema())
    (row,) = derived.to_pylist()
    assert row["value"] == pytest.approx(42.885, rel=1e-15)
    assert (row["printed"], row["high"], row["qualifier"], row["locator"]) == ("42.9", None, "derived", "share(a, of=b)")


@given(st.decimals(-(10**6), 10**6, places=3, allow_nan=False), st.integers(0, 2))
def test_print_rounding_is_half_up(number: Decimal, decimals: int) -> None:
    derived = derived_observations(indicator("亿元", decimals), result([float(number)]))
    expected = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert Decimal(derived["printed"][0].as_py()) == expected


def test_missing_values_are_findings_and_bases_are_named() -> None:
    base = {"categories": "", "period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31), "measure": "during"}
    absent = [{**base, "area": f"{number:02}", "reason": "absent", "left_basis": None, "right_basis": None} for number in range(7)]
    mixed = [{**base, "area": "99", "reason": "basis", "left_basis": "census_2018", "right_basis": "census_2023"}]
    valued = {row["area"] for row in (*absent, *mixed)}
    one, other = sorted(missing_findings(indicator("%"), [*absent, *mixed], valued), key=lambda finding: finding["rule"])
    assert "census_2018" in one["message"]
    assert "census_2023" in one["message"]
    assert "等 7 个地区" in other["message"]


def test_areas_that_never_have_a_value_are_told_once() -> None:
    rows = [
        {"area": "1", "categories": "", "period_start": date(year, 1, 1), "period_end": date(year, 12, 31), "measure": "during",
         "reason": "absent", "left_basis": None, "right_basis": None}
        for year in range(2015, 2024)
    ]  # fmt: skip
    assert len(missing_findings(indicator("%"), rows, {"1"})) == 9
    (only,) = missing_findings(indicator("%"), rows, set())
    assert (only["area"], only["period"]) == ("1", "")
