"""Figures stated once, taken as a set, equal the choice row by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.editing.precedence import choose, observation
from guibiao.editing.uncontested import in_key_order, observed, parted
from guibiao.model.tables import OBSERVATIONS, STATEMENTS
from guibiao.reference.definitions import Precedence

PRECEDENCE = Precedence(valid_from=date(2020, 1, 1), criteria=("known_from",))
FIGURES = st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False, places=10)
ROWS = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from(["", "x=a", "x=b"]), FIGURES, st.booleans(), st.integers(0, 3)), max_size=12
)


def statement(number: int, area: str, categories: str, value: Decimal, *, bounded: bool, day: int) -> dict[str, Any]:
    return {
        "statement": f"s{number}", "indicator": "output", "area": area, "categories": categories, "period_start": date(2023, 1, 1),
        "period_end": date(2023, 12, 31), "measure": "during", "value": value, "low": value - 1 if bounded else None, "high": value + 1,
        "qualifier": "exact", "printed": str(value), "unit": "亿元", "decimals": 10 if bounded else None, "price_basis": "current",
        "comparison_basis": "none", "accounting_basis": "", "stage": "verified", "method": "surveyed", "status": "A",
        "known_from": date(2024, 3, 1 + day), "known_precision": "day", "grade": "B", "dataset": "made_up", "source": "s",
        "locator": f"row {number}", "row": number, "column": 2, "correction": "", "note": "",
    }  # fmt: skip


@given(ROWS)
def test_set_and_rows_give_the_same_observations(rows: list[tuple[str, str, Decimal, bool, int]]) -> None:
    made = [statement(number, area, text, value, bounded=known, day=day) for number, (area, text, value, known, day) in enumerate(rows)]
    expected = [observation(choice) for choice in choose(made, PRECEDENCE)]
    single, several = parted(pa.Table.from_pylist(made, schema=STATEMENTS.arrow_schema()))
    chosen = [observation(choice) for choice in choose(several.to_pylist(), PRECEDENCE)]
    joined = pa.concat_tables([observed(single), pa.Table.from_pylist(chosen, schema=OBSERVATIONS.arrow_schema())])
    assert in_key_order(joined).to_pylist() == expected
    assert not {row["locator"] for row in single.to_pylist()} & {row["locator"] for row in several.to_pylist()}


@pytest.mark.parametrize("text", ["49655846.3477114", "0.0000000001", "-0.0046082490", "26990278045.4323", "0"])
def test_the_nearest_double_is_taken(text: str) -> None:
    row = statement(1, "1", "", Decimal(text), bounded=True, day=0)
    (found,) = observed(pa.Table.from_pylist([row], schema=STATEMENTS.arrow_schema())).to_pylist()
    assert found["value"] == float(text)
    assert found["alternatives"] == 0
