"""Whatever bytes come in, the answer is a result or a refusal, never a crash."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guibiao.ingest.bind import bind
from guibiao.ingest.delimited import read_delimited
from guibiao.ingest.formats import read_sheet
from guibiao.model.errors import BadInput
from tests.ingest import samples
from tests.ingest.samples import RETAIL, RETAIL_CSV, workspace

NAMES = st.sampled_from(["a.csv", "a.tsv", "a.xlsx", "a.parquet"])
OPENINGS = st.sampled_from(
    [b"", b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"\xef\xbb\xbf", "地区,时间,零售额\n".encode(), "地区,时间,零售额\n".encode("gbk")]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


def swallow(content: bytes, name: str, encoding: str = "utf-8") -> None:
    """Bind the bytes; only BadInput may come out."""
    binding, refusal = replace(RETAIL, encoding=encoding), None
    try:
        bind(read_sheet(content, name, binding), binding, workspace(), strict=True)
    except BadInput as error:
        refusal = error
    assert refusal is None or (refusal.place.file.startswith(name) and refusal.remedy)


@cache
def good_workbook() -> bytes:
    return samples.workbook([["地区", "时间", "零售额"], ["甲市", "2021年", 100.5], ["乙市", 2021, 98]], {"C2": "0.00"})


@cache
def good_parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(pa.table({"地区": ["甲市", "乙市"], "时间": ["2021年", "2021年"], "零售额": [100.5, 98.0]}), stream)
    return stream.getvalue()


@given(OPENINGS, st.binary(max_size=300), NAMES)
def test_random_bytes(opening: bytes, rest: bytes, name: str) -> None:
    swallow(opening + rest, name)


@given(st.lists(st.lists(TEXTS, max_size=5), max_size=6), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_random_tables(rows: list[list[str]], encoding: str) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([["地区", "时间", "零售额"], *rows])
    swallow(stream.getvalue().encode(encoding), "a.csv", encoding)


@given(st.integers(0, 10**9), st.integers(1, 12))
def test_damaged_text(seed: int, damages: int) -> None:
    swallow(damaged(RETAIL_CSV.encode(), seed, damages), "a.csv")


@settings(max_examples=150)
@given(st.integers(0, 10**9), st.integers(1, 8))
def test_damaged_workbooks(seed: int, damages: int) -> None:
    swallow(damaged(good_workbook(), seed, damages), "a.xlsx")


@settings(max_examples=150)
@given(st.integers(0, 10**9), st.integers(1, 6))
def test_workbooks_with_damaged_markup(seed: int, damages: int) -> None:
    choice = random.Random(seed)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good_workbook())) as source, zipfile.ZipFile(stream, "w") as target:
        victim = choice.choice(source.namelist())
        for member in source.namelist():
            data = source.read(member)
            target.writestr(member, damaged(data, seed, damages) if member == victim else data)
    swallow(stream.getvalue(), "a.xlsx")


@settings(max_examples=100)
@given(st.integers(0, 10**9), st.integers(1, 4))
def test_damaged_parquet(seed: int, damages: int) -> None:
    swallow(damaged(good_parquet(), seed, damages), "a.parquet")


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet"])
def test_a_good_file_is_good(name: str) -> None:
    content = good_workbook() if name == "a.xlsx" else good_parquet()
    result = bind(read_sheet(content, name, RETAIL), RETAIL, workspace(), strict=True)
    assert [row["value"] for row in result.statements] == [Decimal("100.5"), 98]


@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from([",", ";", "\t"]))
def test_what_is_written_is_read(rows: list[list[str]], delimiter: str) -> None:
    assume(any(text.strip() for text in rows[-1]))
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    for encoding in ("utf-8", "utf-16", "gb18030"):
        sheet = read_delimited(stream.getvalue().encode(encoding), "a.csv", encoding, delimiter)
        assert [list(row) for row in sheet.rows] == rows


def damaged(content: bytes, seed: int, damages: int) -> bytes:
    """The bytes with some overwritten, taken out, doubled or cut off; the same for the same seed."""
    choice, data = random.Random(seed), bytearray(content)
    for _damage in range(damages):
        at, kind = choice.randrange(len(data)), choice.randrange(5)
        if kind == 0:
            data[at] = choice.randrange(256)
        elif kind == 1:
            del data[at : at + choice.randrange(1, 9)]
        elif kind == 2:
            data[at:at] = data[max(0, at - 8) : at] or b"0"
        elif kind == 3:
            data[at:at] = choice.choice([b"9" * 20, b"<", b'"', b"\xff", b"-", b"&x;", b"=", b"\n"])
        elif choice.random() < 0.2:
            del data[at:]
        if not data:
            return b"x"
    return bytes(data)
