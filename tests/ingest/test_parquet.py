"""Parquet: read as a sheet by column names, or taken in as a set of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.ingest import bulk, columnar
from guibiao.ingest.steps import ingest_file
from guibiao.model.errors import BadInput
from guibiao.model.tables import STATEMENTS
from guibiao.reference.definitions import Facts, Selector, TableBinding
from tests.ingest.samples import RETAIL, VINTAGES, workspace, written

BULK = TableBinding(id="bulk", title="大批量", source="paper", bulk=True)
LONG = TableBinding(
    id="long", title="长表", source="paper",
    rows=(
        Selector(column="indicator", supplies="indicator"), Selector(column="area", supplies="area"),
        Selector(column="period_end", supplies="period"), Selector(column="unit", supplies="unit"),
    ),
    values={"value": Facts()},
)  # fmt: skip
YEAR = (dt.date(2021, 1, 1), dt.date(2021, 12, 31))


def parquet(columns: Mapping[str, Any]) -> bytes:
    stream = pa.BufferOutputStream()
    pq.write_table(pa.table(dict(columns)), stream)
    return stream.getvalue().to_pybytes()


def statements(rows: int = 2, **changed: Any) -> dict[str, Any]:
    """Columns of a bulk file: retail of so many areas in 2021."""
    columns = {
        "indicator": ["retail"] * rows, "area": [("110", "120")[row % 2] for row in range(rows)],
        "period_start": [dt.date(2021 - row // 2, 1, 1) for row in range(rows)],
        "period_end": [dt.date(2021 - row // 2, 12, 31) for row in range(rows)], "measure": ["during"] * rows,
        "value": [100.5 + row for row in range(rows)], "unit": ["亿元"] * rows,
    }  # fmt: skip
    return {name: values for name, values in (columns | changed).items() if values is not None}


def taken(content: bytes, folder: Path, binding: TableBinding = BULK) -> Any:
    return ingest_file(workspace(binding), written(folder, "b.parquet", content), binding.id)


def refused(content: bytes, folder: Path, binding: TableBinding = BULK) -> BadInput:
    with pytest.raises(BadInput) as caught:
        taken(content, folder, binding)
    assert caught.value.remedy
    return caught.value


def test_parquet_is_bound_by_the_same_column_names(tmp_path: Path) -> None:
    content = parquet(
        {"零售额": [100.5, 98.0], "时间": [2021, 2021], "备注": [None, "x"], "地区": pa.array(["甲市", "乙市"]).dictionary_encode()}
    )
    result = taken(content, tmp_path, RETAIL)
    assert [(row["area"], row["printed"], row["row"]) for row in result.statements] == [("110", "100.5", 2), ("120", "98", 3)]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1.5, None, 1e12, 0.1 + 0.2], ["1.5", "", "1000000000000", "0.3"]),
        ([Decimal("1.50"), Decimal("2.00")], ["1.50", "2.00"]),
        ([dt.date(2021, 9, 30)], ["2021-09-30"]),
        (pa.array([0], pa.timestamp("us")), ["1970-01-01"]),
        ([True], ["TRUE"]),
    ],
)
def test_values_as_text(values: Any, texts: list[str]) -> None:
    sheet = columnar.read_parquet(parquet({"x": values}), "a.parquet")
    assert [row[0] for row in sheet.rows] == ["x", *texts]


@pytest.mark.parametrize("values", [[[1, 2]], [{"a": 1}], [b"x"]])
def test_columns_that_are_no_table(values: list[Any], tmp_path: Path) -> None:
    assert "x" in refused(parquet({"x": values}), tmp_path, RETAIL).title


def test_half_a_parquet_file(tmp_path: Path) -> None:
    content = parquet(statements())
    for binding in (BULK, VINTAGES):
        assert "不完整" in refused(content[: len(content) // 2], tmp_path, binding).title


def test_a_parquet_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar, "MAXIMUM_UNPACKED", 1_000_000)
    content = parquet({"地区": ["x" * 2_000_000]})
    assert "MB" in refused(content, tmp_path, RETAIL).title


def test_too_many_rows_as_a_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar, "MAXIMUM_ROWS", 2)
    assert "bulk" in refused(parquet({"地区": ["甲市"] * 3}), tmp_path, RETAIL).remedy


def test_a_set_of_statements(tmp_path: Path) -> None:
    result = taken(parquet(statements()), tmp_path)
    assert result.statements.schema == STATEMENTS.arrow_schema()
    first = result.statements.to_pylist()[0]
    assert (first["area"], first["value"], first["low"], first["high"]) == ("110", Decimal("100.5"), Decimal("100.45"), Decimal("100.55"))
    assert (first["printed"], first["decimals"], first["locator"], first["known_precision"]) == ("100.5", 1, "b.parquet 第2行", "month")
    assert len(set(result.statements["statement"].to_pylist())) == 2
    assert result.counts == {"rows": 2, "cells": 0, "statements": 2}
    assert list(result.digests) == ["retail"]


FIGURES = st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 5)), min_size=1, max_size=20)


@given(FIGURES, st.sampled_from([("retail", "亿元"), ("listed_companies", "家"), ("users", "万户"), ("project_share", "%")]))
def test_a_set_is_read_as_its_rows_are(figures: list[tuple[int, int]], kind: tuple[str, str]) -> None:
    values = [float(Decimal(digits).scaleb(-places)) for digits, places in figures]
    count = len(values)
    columns = statements(
        count, indicator=[kind[0]] * count, unit=[kind[1]] * count, value=values, area=["110"] * count,
        period_start=[dt.date(1900 + row, 12, 31) for row in range(count)],
        period_end=[dt.date(1900 + row, 12, 31) for row in range(count)], measure=["at end"] * count,
    )  # fmt: skip
    from guibiao.ingest.bind import bind

    content = parquet(columns)
    rows = bind(columnar.read_parquet(content, "b.parquet"), LONG, workspace(LONG), strict=True).statements
    whole = bulk.bind_bulk(content, "b.parquet", BULK, workspace(BULK)).to_pylist()
    own = {"statement", "dataset", "locator", "column"}
    assert [{name: row[name] for name in row if name not in own} for row in whole] == [
        {name: row[name] for name in row if name not in own} for row in rows
    ]


def test_a_decimal_column_prints_with_its_scale(tmp_path: Path) -> None:
    result = taken(parquet(statements(value=[Decimal("100.50"), Decimal("2.00")])), tmp_path)
    assert [(row["printed"], row["decimals"], row["high"]) for row in result.statements.to_pylist()] == [
        ("100.50", 2, Decimal("100.505")),
        ("2.00", 2, Decimal("2.005")),
    ]


def test_a_stock_keeps_only_its_day(tmp_path: Path) -> None:
    result = taken(parquet(statements(indicator=["users"] * 2, unit=["万户"] * 2, measure=["at end"] * 2)), tmp_path)
    assert {row["period_start"] for row in result.statements.to_pylist()} == {dt.date(2021, 12, 31)}


def test_optional_columns_and_defaults(tmp_path: Path) -> None:
    columns = statements(
        indicator=["gdp"] * 2, accounting_basis=["first", "census"], stage=["preliminary", "census-revised"], source=["mirror", "paper"]
    )
    rows = taken(parquet(columns), tmp_path).statements.to_pylist()
    assert [(row["accounting_basis"], row["stage"], row["source"], row["grade"]) for row in rows] == [
        ("first", "preliminary", "mirror", "C"),
        ("census", "census-revised", "paper", "B"),
    ]
    columns = statements(indicator=["listed_companies"] * 2, unit=["家"] * 2, categories=["listing=a", ""], value=[1, 2])
    rows = taken(parquet(columns), tmp_path).statements.to_pylist()
    assert [row["categories"] for row in rows] == ["listing=a", "listing=_T"]


@pytest.mark.parametrize(
    ("changed", "words", "row"),
    [
        ({"unit": None}, "unit", 1),
        ({"value": ["1", "2"]}, "不是数", None),
        ({"value": [1.0, None]}, "空", 3),
        ({"value": [1.0, float("nan")]}, "不是数", 3),
        ({"value": [1.0, 1 / 3]}, "15 位", 3),
        ({"value": [1e15, 1.0]}, "15 位", 2),
        ({"value": [10**15, 1]}, "15 位", 2),
        ({"value": pa.array([Decimal("1.5")] * 2, pa.decimal128(20, 12))}, "10 位", None),
        ({"indicator": ["retail", "retial"]}, "retial", 3),
        ({"area": ["110", "999"]}, "地区", 3),
        ({"measure": ["during", "sometimes"]}, "measure", 3),
        ({"period_start": ["2021-01-01", "2021-02-31"]}, "日期", None),
        ({"period_start": [dt.date(2021, 1, 1), dt.date(2022, 1, 1)]}, "晚于", 3),
        ({"unit": ["亿元", "万元"]}, "万元", 3),
        ({"categories": ["", "no separator"]}, "no separator", 3),
        ({"stage": ["preliminary", "final"]}, "final", 3),
        ({"source": ["paper", "hearsay"]}, "hearsay", 3),
        ({"area": ["110", "110"]}, "不同的值", 3),
        ({"indicator": [], "area": [], "period_start": [], "period_end": [], "measure": [], "value": [], "unit": []}, "没有数据行", None),
    ],
)  # fmt: skip
def test_a_bad_set_is_refused_whole(changed: dict[str, Any], words: str, row: int | None, tmp_path: Path) -> None:
    error = refused(parquet(statements(**changed)), tmp_path)
    assert words in f"{error.title}{error.description}"
    assert error.place.line == row


def test_the_noise_of_computed_floats_is_left_off(tmp_path: Path) -> None:
    rows = taken(parquet(statements(value=[0.1 + 0.2, 1.1 * 3])), tmp_path).statements.to_pylist()
    assert [row["printed"] for row in rows] == ["0.3", "3.3"]
