"""Categories of a Parquet file of statements: each distinct one checked, the canonical key kept, the first bad row named."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guibiao.ingest.bulk import bind_bulk
from guibiao.model.errors import BadInput
from guibiao.reference.definitions import TableBinding
from tests.ingest.samples import indicator, workspace

TABLE = TableBinding(id="flows", title="流量", source="paper", bulk=True)
BASE = workspace(TABLE)
TOWN = replace(BASE, indicators={**BASE.indicators, "flow": indicator("flow", "家", dimensions=("listing", "path"))})


def file(categories: Sequence[str], names: Sequence[str] = ()) -> bytes:
    size = len(categories)
    columns: dict[str, Any] = {
        "indicator": list(names) or ["flow"] * size, "area": ["110"] * size, "categories": list(categories),
        "period_start": [dt.date(2021, 1, 1)] * size, "period_end": [dt.date(2021, 12, 31)] * size, "measure": ["during"] * size,
        "value": [float(row) for row in range(size)], "unit": ["家"] * size,
    }  # fmt: skip
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def test_keys_become_canonical_and_what_is_not_given_is_the_total() -> None:
    given = ["listing=a;path=x", "path=x;listing=us", "listing=A股;path=y", "path=z", "", "listing=us;path=y", "listing=us;path=a%3Db"]
    found = bind_bulk(file(given), "flows.parquet", TABLE, TOWN)["categories"].to_pylist()
    assert found == [
        "listing=a;path=x", "listing=us;path=x", "listing=a;path=y", "listing=_T;path=z", "listing=_T;path=_T", "listing=us;path=y",
        "listing=us;path=a%3Db",
    ]  # fmt: skip


def test_one_text_may_stand_for_two_indicators() -> None:
    content = file(["listing=a", "listing=a"], ["flow", "listed_companies"])
    found = bind_bulk(content, "flows.parquet", TABLE, TOWN)
    assert found["categories"].to_pylist() == ["listing=a;path=_T", "listing=a"]


@pytest.mark.parametrize(
    ("bad", "said"), [("listing=hk;path=x", "listing"), ("colour=red", "colour"), ("listing", "listing"), ("listing=;path=x", "listing")]
)
def test_the_first_bad_row_is_named(bad: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        bind_bulk(file(["listing=a;path=x", bad, bad]), "flows.parquet", TABLE, TOWN)
    assert (caught.value.place.line, caught.value.place.column) == (3, "categories")
    assert caught.value.remedy


def test_two_spellings_of_one_figure_contradict_each_other() -> None:
    with pytest.raises(BadInput, match="不同的值"):
        bind_bulk(file(["listing=a;path=x", "path=x;listing=A股"]), "flows.parquet", TABLE, TOWN)


def test_a_row_of_an_indicator_that_the_binding_does_not_list_is_refused() -> None:
    listed = replace(TABLE, states=("flow",))
    assert bind_bulk(file(["path=x"]), "flows.parquet", listed, TOWN).num_rows == 1
    with pytest.raises(BadInput, match="states") as caught:
        bind_bulk(file(["listing=a", "listing=a"], ["flow", "listed_companies"]), "flows.parquet", listed, TOWN)
    assert caught.value.place.line == 3
