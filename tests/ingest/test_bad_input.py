"""Each way in which a delivered file can be bad: refused whole, with the place and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from guibiao.ingest import delimited, sheet
from guibiao.ingest.steps import TableResult, ingest_file, read_table
from guibiao.model.errors import BadDefinition, BadInput, BadRequest
from guibiao.reference.definitions import TableBinding
from tests.ingest.samples import RETAIL, RETAIL_CSV, workspace, written

Refuse = Callable[..., BadInput]


@pytest.fixture
def deliver(tmp_path: Path) -> Callable[..., TableResult]:
    def delivered(content: bytes | str, name: str = "retail.csv", binding: TableBinding = RETAIL) -> TableResult:
        return ingest_file(workspace(binding), written(tmp_path, name, content), binding.id)

    return delivered


@pytest.fixture
def refuse(deliver: Callable[..., TableResult]) -> Refuse:
    """The refusal of a content; it always names the file and says what to do."""

    def refused(content: bytes | str, name: str = "retail.csv", binding: TableBinding = RETAIL) -> BadInput:
        with pytest.raises(BadInput) as caught:
            deliver(content, name, binding)
        assert caught.value.place.file.startswith(name)
        assert caught.value.remedy
        return caught.value

    return refused


def test_a_good_file_is_taken(deliver: Callable[..., TableResult]) -> None:
    assert [row["printed"] for row in deliver(RETAIL_CSV).statements] == ["100.5", "98"]


def test_gbk_names_encoding_offset_and_how_to_declare_it(refuse: Refuse, deliver: Callable[..., TableResult]) -> None:
    content = RETAIL_CSV.encode("gbk")
    error = refuse(content)
    assert "第 0 字节" in error.title
    assert "gb18030" in error.description
    assert "encoding: gb18030" in error.remedy
    assert len(deliver(content, binding=replace(RETAIL, encoding="gb18030")).statements) == 2


def test_utf16_is_detected_with_and_without_mark(refuse: Refuse, deliver: Callable[..., TableResult]) -> None:
    assert "utf-16" in refuse(RETAIL_CSV.encode("utf-16")).remedy
    wide = "region,period,value\n" * 20
    assert "utf-16" in refuse(wide.encode("utf-16-le")).remedy
    assert len(deliver(RETAIL_CSV.encode("utf-16"), binding=replace(RETAIL, encoding="utf-16")).statements) == 2


def test_utf8_declared_as_gbk(refuse: Refuse) -> None:
    assert "encoding: utf-8" in refuse(RETAIL_CSV, binding=replace(RETAIL, encoding="gbk")).remedy
    assert "utf-8" in refuse(b"\xef\xbb\xbf" + RETAIL_CSV.encode(), binding=replace(RETAIL, encoding="gbk")).remedy


def test_a_byte_order_mark_is_no_part_of_the_first_heading(deliver: Callable[..., TableResult]) -> None:
    assert len(deliver(b"\xef\xbb\xbf" + RETAIL_CSV.encode()).statements) == 2


def test_bytes_of_no_encoding(refuse: Refuse) -> None:
    assert "认不出" in refuse(b"a,b\n\xff\xff\x80,1\n").remedy


def test_half_a_character_at_the_end(refuse: Refuse) -> None:
    assert "断了" in refuse(RETAIL_CSV.encode()[: len("地区,时间".encode()) - 1]).title


@pytest.mark.parametrize("encoding", ["klingon", "zlib_codec", "base64", ""])
def test_an_encoding_that_does_not_exist(encoding: str, deliver: Callable[..., TableResult]) -> None:
    with pytest.raises(BadDefinition):
        deliver(RETAIL_CSV, binding=replace(RETAIL, encoding=encoding))


def test_nul_bytes(refuse: Refuse) -> None:
    error = refuse("地区,时间,零售额\n甲市,2021年,1\0\n")
    assert error.place.line == 2
    assert "NUL" in error.title


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04rest", "工作簿或压缩包"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"\n<HTML><table>", "网页"),
        (b"<?xml version='1.0'?><Workbook/>", "网页"),
        (b"PAR1....", "Parquet"),
        (b"\x1f\x8b\x08", "压缩包"),
    ],
)
def test_a_csv_that_is_something_else(content: bytes, kind: str, refuse: Refuse) -> None:
    assert kind in refuse(content).title


@pytest.mark.parametrize("name", ["retail.xlsx", "retail.parquet"])
def test_a_csv_named_as_something_else(name: str, refuse: Refuse) -> None:
    assert "内容却是" in refuse(RETAIL_CSV, name).title


@pytest.mark.parametrize("name", ["retail.docx", "retail", "retail.csv.exe"])
def test_a_kind_of_file_nobody_reads(name: str, refuse: Refuse) -> None:
    assert "不认识" in refuse(RETAIL_CSV, name).title


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file(content: str, refuse: Refuse) -> None:
    assert "空" in refuse(content).title


def test_a_head_without_data(refuse: Refuse, tmp_path: Path) -> None:
    content = "地区,时间,零售额\n"
    assert "没有数据行" in refuse(content).title
    written(tmp_path, "retail.csv", content)
    result = read_table(workspace(RETAIL), RETAIL, tmp_path)
    assert [finding["rule"] for finding in result.findings] == ["no_rows"]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有这个文件"):
        ingest_file(workspace(RETAIL), tmp_path / "none.csv", "retail")
    with pytest.raises(BadInput, match="没有这个文件"):
        ingest_file(workspace(RETAIL), tmp_path, "retail")


def test_a_wrong_table_name_answers_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(BadRequest) as caught:
        ingest_file(workspace(RETAIL), written(tmp_path, "a.csv", RETAIL_CSV), "retial")
    assert "retail" in caught.value.remedy


def test_a_missing_column_lists_the_columns_present(refuse: Refuse) -> None:
    error = refuse("地区,零售额\n甲市,1\n")
    assert "时间" in error.title
    assert "地区、零售额" in error.description
    assert error.place.line == 1


def test_a_renamed_column_names_the_nearest(refuse: Refuse) -> None:
    assert "社会零售额" in refuse("地区,时间,社会零售额\n甲市,2021年,1\n").remedy


def test_a_required_column(refuse: Refuse) -> None:
    assert "审核人" in refuse(RETAIL_CSV, binding=replace(RETAIL, required=("审核人",))).title


def test_a_repeated_column(refuse: Refuse) -> None:
    error = refuse("地区,时间,零售额,零售额\n甲市,2021年,1,2\n")
    assert "重复" in error.title
    assert "C、D" in error.title


def test_half_a_file_ends_in_the_middle_of_a_row(refuse: Refuse) -> None:
    error = refuse("地区,时间,零售额\n甲市,2021年,1\n乙市,20")
    assert error.place.line == 3
    assert "一半" in error.description


def test_a_row_with_too_many_columns(refuse: Refuse) -> None:
    error = refuse("地区,时间,零售额\n甲市,2021年,1,500\n乙市,2021年,2\n")
    assert error.place.line == 2
    assert "引号" in error.remedy


def test_a_missing_closing_quote(refuse: Refuse) -> None:
    error = refuse('地区,时间,零售额\n甲市,2021年,"1\n乙市,2021年,2\n')
    assert error.place.line == 2
    assert "引号" in error.title


def test_text_after_a_closing_quote(refuse: Refuse) -> None:
    assert "引号" in refuse('地区,时间,零售额\n"甲"市,2021年,1\n').title


def test_a_cell_without_end(refuse: Refuse) -> None:
    assert "过长" in refuse("地区,时间,零售额\n甲市,2021年," + "1" * 200_000).title


def test_fewer_rows_than_expected(refuse: Refuse, deliver: Callable[..., TableResult]) -> None:
    error = refuse(RETAIL_CSV, binding=replace(RETAIL, expected_rows=3))
    assert "2 行" in error.title
    assert "3 行" in error.title
    assert deliver(RETAIL_CSV, binding=replace(RETAIL, expected_rows=2)).counts["rows"] == 2


def test_two_rows_that_contradict_each_other(refuse: Refuse, deliver: Callable[..., TableResult]) -> None:
    error = refuse(RETAIL_CSV + "甲市,2021,100.6\n")
    assert "100.5" in error.title
    assert "100.6" in error.title
    assert error.place.line == 4
    assert len(deliver(RETAIL_CSV + "甲市,2021,100.5\n").statements) == 3


def test_text_in_a_number_column(refuse: Refuse) -> None:
    error = refuse("地区,时间,零售额\n甲市,2021年,1\n乙市,2021年,大约很多\n")
    assert "大约很多" in error.title
    assert (error.place.line, error.place.column) == (3, "零售额")


def test_every_bad_cell_is_listed(refuse: Refuse) -> None:
    error = refuse("地区,时间,零售额\n甲市,2021年,a\n乙市,2021年,b\n丙市,2021年,3\n甲市,2021年99月,3\n,2021年,4\n")
    assert "5 处" in error.title
    assert error.description.count("\n") == 4
    for words in ("第 2 行", "“b”", "丙市", "99", "没有写地区"):
        assert words in error.description


@pytest.mark.parametrize("text", ["1e12", "1.23E+12", "1e12元", "5E-3"])
def test_scientific_notation(text: str, refuse: Refuse) -> None:
    error = refuse(f"地区,时间,零售额\n甲市,2021年,{text}\n")
    assert "科学计数法" in error.title
    assert error.place.line == 2
    assert "数值" in error.remedy


def test_a_unit_of_another_kind(refuse: Refuse) -> None:
    assert "不同类" in refuse("地区,时间,零售额\n甲市,2021年,5万人\n").title


def test_a_number_of_too_many_digits(refuse: Refuse) -> None:
    assert "15 位" in refuse("地区,时间,零售额\n甲市,2021年,1234567890123456\n").title


def test_an_unknown_area_names_the_nearest(refuse: Refuse) -> None:
    assert "甲市" in refuse("地区,时间,零售额\n甲市区,2021年,1\n").remedy


def test_too_many_rows_and_columns(refuse: Refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MAXIMUM_ROWS", 3)
    monkeypatch.setattr(sheet, "MAXIMUM_COLUMNS", 5)
    assert "3 行" in refuse(RETAIL_CSV + "甲市,2020年,1\n").title
    assert "5 列" in refuse("地区,时间,零售额,,,注\n").title


def test_a_file_that_is_too_large(refuse: Refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guibiao.ingest.steps.MAXIMUM_BYTES", 20)
    assert "超过" in refuse(RETAIL_CSV).title


@pytest.mark.parametrize("delimiter", ["", '"', "\n"])
def test_an_impossible_delimiter(delimiter: str) -> None:
    with pytest.raises(BadDefinition):
        delimited.read_delimited(b"a", "a.csv", "utf-8", delimiter)


def test_the_table_of_a_workspace_stays_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    written(tmp_path, "retail.csv", RETAIL_CSV)
    binding = replace(RETAIL, file="../retail.csv")
    with pytest.raises(BadInput, match="之外"):
        read_table(workspace(binding, folder=tmp_path), binding)
