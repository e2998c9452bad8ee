"""Data as they come: order of rows and columns, missing marks, panels; and hostile CSV, refused with file, line and column."""

from __future__ import annotations

import string
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibiao.index.build import build
from guibiao.index_files import construction_of, load, read_data, save
from guibiao.model.errors import GuibiaoError
from guibiao.reference.index.metadata import read_metadata
from guibiao.reference.index.stated import read_specification
from guibiao.reference.index.table import number, read_table
from tests.index.samples import DATA, PANEL, SPECIFICATION, constructed, write


def test_rows_are_by_code_and_columns_by_the_specification(tmp_path: Path) -> None:
    _construction, one = constructed(tmp_path)
    lines = DATA.splitlines()
    turned = [",".join(reversed(line.split(","))) for line in [lines[0], *reversed(lines[1:])]]
    _again, other = constructed(tmp_path, data="\n".join(turned) + "\n")
    assert other.units == ("A", "B", "C", "D")
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert one.digest == other.digest
    assert one.names["C"] == "丙"


def test_a_panel_is_by_time_then_unit(tmp_path: Path) -> None:
    _construction, table = constructed(tmp_path, data=PANEL)
    assert list(zip(table.times, table.units, strict=True)) == [(2020.0, "A"), (2020.0, "B"), (2021.0, "A"), (2021.0, "B")]


def test_times_that_are_no_numbers_are_text(tmp_path: Path) -> None:
    _construction, table = constructed(tmp_path, data=PANEL.replace("2020", "2020Q1").replace("2021", "2021Q1"))
    assert table.times[0] == "2020Q1"


def test_marks_of_missing_values(tmp_path: Path) -> None:
    for mark in ("", "NA", "NaN", "..", "…", "-", " "):
        _construction, table = constructed(tmp_path, data=DATA.replace("10,5,1", f"10,{mark},1"))
        assert np.isnan(table.values[0, 1])


def test_a_unit_may_be_called_na_and_columns_not_used_are_told(tmp_path: Path) -> None:
    _construction, table = constructed(tmp_path, data=DATA.replace("A,甲", "NA,甲").replace("uName", "label"))
    assert "NA" in table.units
    assert table.unused == ("label",)


def test_a_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    stated, data = write(tmp_path)
    data.write_bytes(b"\xef\xbb\xbf" + DATA.replace("\n", "\r\n").encode())
    assert read_data(data, construction_of(read_specification(stated))).units == ("A", "B", "C", "D")


def test_the_columns_of_the_data_may_be_stated(tmp_path: Path) -> None:
    stated = SPECIFICATION + "columns: {unit: 地区, time: 期}\n"
    _construction, table = constructed(tmp_path, stated, PANEL.replace("uCode,Time", "地区,期"))
    assert table.times[0] == 2020.0
    with pytest.raises(GuibiaoError, match="地区"):
        constructed(tmp_path, stated, PANEL)


@pytest.mark.parametrize(
    ("before", "after", "line", "column"),
    [
        ("20,10,3", "20,ten,3", 3, "price"),
        ("20,10,3", "20,1_0,3", 3, "price"),
        ("20,10,3", "20,１０,3", 3, "price"),
        ("20,10,3", "20,1e999,3", 3, "price"),
        ("20,10,3", "20,inf,3", 3, "price"),
        ("20,10,3", "20,10%,3", 3, "price"),
        ("20,10,3", '20,"1,000",3', 3, "price"),
        ("20,10,3", "20,10", 3, ""),
        ("20,10,3", "20,10,3,4", 3, ""),
        ("B,乙", "A,乙", 3, "uCode"),
        ("B,乙", ",乙", 3, "uCode"),
        ("uCode,", "nobody,", 1, ""),
        ("uName,", "speed,", 1, "speed"),
        ("uName,", ",", 1, ""),
        ("甲", '"甲', 5, ""),
        ("甲", "\0", 1, ""),
    ],
)
def test_hostile_data_are_refused_at_their_place(tmp_path: Path, before: str, after: str, line: int, column: str) -> None:
    with pytest.raises(GuibiaoError) as raised:
        constructed(tmp_path, data=DATA.replace(before, after, 1))
    assert (raised.value.place.line, raised.value.place.column) == (line, column)
    assert raised.value.place.file.endswith("data.csv")


def test_every_bad_cell_is_told_at_once_up_to_a_number(tmp_path: Path) -> None:
    with pytest.raises(GuibiaoError) as raised:
        constructed(tmp_path, data=DATA.replace("10,5,1", "x,y,z"))
    assert str(raised.value).count("不是数") == 3
    rows = "uCode,speed,price,skill\n" + "".join(f"U{row},x,1,1\n" for row in range(50))
    with pytest.raises(GuibiaoError, match="另有 30 处"):
        constructed(tmp_path, data=rows)


@pytest.mark.parametrize("content", [b"", b"uCode\n", b"\xff\xfe\x00u", b"a,b\n\n\n", "单位,x\n甲,1\n".encode("gb18030")])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(GuibiaoError):
        read_table(path)
    with pytest.raises(GuibiaoError):
        read_table(tmp_path / "absent.csv")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=string.printable + "，甲乙\ufeff\u2028", max_size=200))
def test_any_text_is_read_or_refused_but_never_breaks(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.csv"
    path.write_text(text, "utf-8", newline="")
    for read in (read_table, read_metadata, read_specification):
        with suppress(GuibiaoError):
            read(path)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_by_python_is_read_back(value: float) -> None:
    from guibiao.model.errors import Place

    assert number(repr(value), Place("x")) == value


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("guibiao index construction 1", "another"),
        lambda text: text.replace('"weight": 2.0', '"weight": 3.0'),
        lambda text: text.replace('"divisor"', '"divider"'),
        lambda text: "[]",
        lambda text: "{}",
    ],
)
def test_a_saved_construction_that_was_changed_is_refused(tmp_path: Path, change: object) -> None:
    construction, table = constructed(tmp_path)
    path = tmp_path / "saved.json"
    save(path, construction.specification, build(construction, table))
    assert load(path).specification == construction.specification
    path.write_text(change(path.read_text("utf-8")), "utf-8")  # type: ignore[operator]
    with pytest.raises(GuibiaoError):
        load(path)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    construction, table = constructed(tmp_path)
    with pytest.raises(GuibiaoError, match="不能写入"):
        save(tmp_path / "absent" / "saved.json", construction.specification, build(construction, table))
