"""The workbook of tables: numbers are the document's, as numbers; text is never a formula; the same content gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from guibiao.publish.document import TableBlock
from guibiao.publish.office_package import Properties
from guibiao.publish.printable import printable
from guibiao.publish.xlsx import Cell, Sheet, place, render_xlsx, sheet_names
from guibiao.publish.xlsx_tables import render_tables
from tests.publish.render.sample import sample_document
from tests.publish.report.city import workspace

SAID = Properties("题目", "统计局", "zh-CN", "2026-11-01")


@pytest.fixture(scope="module")
def content() -> bytes:
    return render_tables(sample_document(), workspace(""), ())


def numbers(sheet: Worksheet) -> Iterator[float]:
    for row in sheet.iter_rows():
        yield from (float(cell.value) for cell in row if isinstance(cell.value, int | float))


def test_every_number_of_every_table_is_there_as_a_number(content: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content))
    tables = [block for block in sample_document().blocks if isinstance(block, TableBlock)]
    assert book.sheetnames == ["目录", *(f"{table.number} {table.title}"[:31] for table in tables), "元数据"]
    for table in tables:
        wanted = [float(cell.text) for row in table.rows for cell in row if cell.align == "right" and cell.text not in {"", "…"}]
        assert list(numbers(book[f"{table.number} {table.title}"[:31]])) == wanted


def test_units_notes_and_formats_come_along(content: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(content))["表1 数字经济增加值及占地区生产总值比重"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "单位：亿元" in texts
    assert any(text.startswith("资料来源：") for text in texts)
    assert sheet["B5"].value == 8719.4
    assert sheet["B5"].number_format == "0.0"
    assert sheet.freeze_panes == "A5"
    assert {str(each) for each in sheet.merged_cells.ranges} == {"A3:A4", "B3:C3", "D3:D4", "E3:E4"}


def test_the_list_of_tables_leads_to_their_sheets(content: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(content))["目录"]
    places = [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert "'表2 主要指标'!A1" in places


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_text_that_begins_like_a_formula_stays_text(text: str) -> None:
    written = render_xlsx([Sheet("一", [[(0, Cell(text))]], (10,))], SAID)
    cell = openpyxl.load_workbook(io.BytesIO(written)).active["A1"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix


@settings(max_examples=40)
@given(st.text(max_size=40), st.decimals(-(10**12), 10**12, places=4))
def test_any_text_and_number_come_back(text: str, number: Decimal) -> None:
    written = render_xlsx([Sheet("一", [[(0, Cell(text)), (1, Cell(number, decimals=4))]], (10, 10))], SAID)
    first, second = next(openpyxl.load_workbook(io.BytesIO(written)).active.iter_rows(values_only=True))
    assert (first or "") == printable(text)
    assert float(second) == float(number)


def test_sheet_names_are_allowed_and_differ() -> None:
    found = sheet_names(["a/b:c", "表" * 40, "表" * 40, "", "A b c"])
    assert len({name.lower() for name in found}) == 5
    assert all(0 < len(name) <= 31 and not set("[]:*?/\\'") & set(name) for name in found)


def test_cells_are_named_by_letters() -> None:
    assert [place(1, 0), place(3, 25), place(2, 26), place(9, 701), place(9, 702)] == ["A1", "Z3", "AA2", "ZZ9", "AAA9"]


def test_the_same_tables_give_the_same_bytes(content: bytes) -> None:
    assert render_tables(sample_document(), workspace(""), ()) == content
