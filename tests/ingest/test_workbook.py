"""Workbooks: values as shown, and every way in which one is refused."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.ingest import archive, workbook
from guibiao.ingest.bind import bind
from guibiao.ingest.number_format import plain, shown
from guibiao.ingest.sheet import column_letters, column_number
from guibiao.ingest.steps import ingest_file
from guibiao.ingest.workbook import read_workbook
from guibiao.model.errors import BadInput
from tests.ingest import samples
from tests.ingest.samples import LISTED, RETAIL, workspace, written

HEAD = ["地区", "时间", "零售额"]
GOOD = [HEAD, ["甲市", "2021年", 100.5], ["乙市", 2021, 98]]


def repacked(content: bytes, replaced: dict[str, bytes] | None = None, added: dict[str, bytes] | None = None) -> bytes:
    """A workbook with some members replaced and others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            target.writestr(member, (replaced or {}).get(member, source.read(member)))
        for member, data in (added or {}).items():
            target.writestr(member, data)
    return stream.getvalue()


def sheet_markup(content: bytes) -> bytes:
    return zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def with_markup(content: bytes, old: bytes, new: bytes) -> bytes:
    markup = sheet_markup(content)
    assert old in markup
    return repacked(content, {"xl/worksheets/sheet1.xml": markup.replace(old, new)})


def refused(content: bytes, **names: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        bind(read_workbook(content, "a.xlsx", **names), RETAIL, workspace(), strict=True)
    assert caught.value.place.file.startswith("a.xlsx")
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("name", ["handed in.xlsx", "macros.xlsm"])
def test_a_workbook_is_bound_by_the_same_column_names(name: str, tmp_path: Path) -> None:
    content = repacked(samples.workbook(GOOD), added={"xl/vbaProject.bin": b"macro"})
    result = ingest_file(workspace(RETAIL), written(tmp_path, name, content), "retail")
    assert [(row["area"], row["printed"], row["value"]) for row in result.statements] == [
        ("110", "100.5", Decimal("100.5")),
        ("120", "98", Decimal(98)),
    ]
    assert result.statements[0]["locator"] == f"{name} 第2行“甲市 2021年” “零售额”列"


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (18766.7, "General", "18766.7"),
        (0.1 + 0.2, "General", "0.3"),
        (1e12, "General", "1000000000000"),
        (1.234567e12, "0.00E+00", "1234567000000"),
        (2021, "General", "2021"),
        (18766.7, "0.00", "18766.70"),
        (18766.7, "#,##0.0", "18,766.7"),
        (18766.7, "#,##0.00;[Red]-#,##0.00", "18,766.70"),
        (-5.25, "#,##0.0_);(#,##0.0)", "-5.3"),
        (0.085, "0.0%", "8.5%"),
        (0.085, "0%", "9%"),
        (18766.7, '0.0"亿元"', "18766.7亿元"),
        (18766.7, "¥#,##0.0", "18,766.7"),
        (1234567.0, "0.0,", "1234567"),
        (12345.0, '0\\.0,"万"', "12345"),
        (2.5, "0.##", "2.5"),
        (3.0, "0.##", "3"),
        (0.5, "# ?/?", "0.5"),
        (1.5, "0" + "." + "0" * 200, "1.5"),
        (True, "General", "TRUE"),
        (dt.date(2021, 9, 30), "yyyy-mm-dd", "2021-09-30"),
        (dt.date(2021, 9, 1), 'yyyy"年"m"月"', "2021-09"),
        (dt.date(2021, 1, 1), "yyyy", "2021"),
        (dt.datetime.fromisoformat("2021-09-30T08:30"), "yyyy-mm-dd hh:mm", "2021-09-30 08:30:00"),
        ("=not a formula", "General", None),
    ],
)
def test_values_are_read_as_they_are_shown(value: object, code: str, text: str | None) -> None:
    content = samples.workbook([["x"], [value]], {"A2": code})
    if text is None:
        assert "公式" in refused(content).title
    else:
        assert read_workbook(content, "a.xlsx").rows[1] == (text,)


def test_the_noise_of_a_binary_number_is_not_shown() -> None:
    content = with_markup(samples.workbook(GOOD), b"<v>100.5</v>", b"<v>18766.700000000001</v>")
    assert read_workbook(content, "a.xlsx").rows[1][2] == "18766.7"


def test_digits_that_are_not_shown_are_told() -> None:
    content = samples.workbook([HEAD, ["甲市", "2021年", 100.4567]], {"C2": "0.0"})
    bound = bind(read_workbook(content, "a.xlsx"), RETAIL, workspace(), strict=True)
    assert bound.statements[0]["printed"] == "100.5"
    assert [(finding.rule, "C2" in finding.message) for finding in bound.findings] == [("digits_hidden", True)]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_number_keeps_its_digits(number: Decimal) -> None:
    assert Decimal(plain(float(number))) == number
    assert Decimal(shown(float(number), "0.0000")[0]) == number


@given(st.floats())
def test_any_float_is_some_text(number: float) -> None:
    for code in ("General", "0.00", "#,##0", "0%", '0"家"'):
        assert isinstance(shown(number, code)[0], str)


@given(st.integers(1, 16_384))
def test_column_letters_round_trip(number: int) -> None:
    assert column_number(column_letters(number)) == number


def test_a_formula_is_refused_with_cell_and_remedy() -> None:
    error = refused(samples.workbook([HEAD, ["甲市", "2021年", "=SUM(1,2)"]]))
    assert "C2" in error.title
    assert "=SUM(1,2)" in error.title
    assert "数值" in error.remedy
    assert (error.place.line, error.place.column) == (2, "C")


def test_a_formula_with_a_cached_value_is_refused() -> None:
    content = samples.workbook([HEAD, ["甲市", "2021年", "=SUM(1,2)"]])
    empty = next(each for each in (b"</f><v />", b"</f><v/>", b"</f><v></v>") if each in sheet_markup(content))
    assert "公式" in refused(with_markup(content, empty, b"</f><v>3</v>")).title


def test_an_error_value_is_no_number() -> None:
    content = with_markup(samples.workbook(GOOD), b'<c r="C2" t="n"><v>100.5</v></c>', b'<c r="C2" t="e"><v>#DIV/0!</v></c>')
    assert "#DIV/0!" in refused(content).title


def test_merged_cells_among_the_data() -> None:
    error = refused(samples.workbook([HEAD, ["甲市", "2021年", 1], ["", "2022年", 2]], merged=["A2:A3"]))
    assert "A2:A3" in error.title
    assert "取消合并" in error.remedy


def test_merged_headings_reach_over_their_columns() -> None:
    rows = [["省份", "总部分布情况", None, None], [None, "A 股", "中概股", "合计"], ["甲", 85, 28, 113]]
    content = samples.workbook(rows, merged=["A1:A2", "B1:D1"])
    bound = bind(read_workbook(content, "a.xlsx"), LISTED, workspace())
    assert [row["value"] for row in bound.statements] == [85, 28, 113]


def test_merged_cells_of_a_text_table_are_kept() -> None:
    from dataclasses import replace

    content = samples.workbook([["序号", "名称"], [1, "甲"], [None, "乙"]], merged=["A2:A3"])
    binding = replace(RETAIL, text_only=True, rows=(), values={})
    bound = bind(read_workbook(content, "a.xlsx"), binding, workspace())
    assert [cell["printed"] for cell in bound.cells] == ["序号", "名称", "1", "甲", "乙"]


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = repacked(samples.workbook(GOOD), added={"xl/media/zeros.bin": b"\0" * (32 * 1024**2)})
    assert len(bomb) < 100_000
    monkeypatch.setattr(archive, "read_member", lambda *_: pytest.fail("unpacked"))
    assert "压缩比" in refused(bomb).title


def test_a_workbook_too_large_when_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAXIMUM_UNPACKED", 1000)
    assert "解压后" in refused(samples.workbook(GOOD)).title


def test_an_archive_of_too_many_members() -> None:
    assert "2000 个" in refused(repacked(samples.workbook(GOOD), added={f"m{number}": b"" for number in range(2000)})).title


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
)
def test_entities_in_the_markup(declaration: bytes) -> None:
    content = samples.workbook(GOOD)
    markup = sheet_markup(content)
    assert "DTD" in refused(repacked(content, {"xl/worksheets/sheet1.xml": declaration + markup})).title


def test_markup_in_another_encoding_hides_nothing() -> None:
    content = samples.workbook(GOOD)
    wide = sheet_markup(content).decode().encode("utf-16")
    assert "UTF-8" in refused(repacked(content, {"xl/worksheets/sheet1.xml": wide})).title


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_half_a_workbook(share: float) -> None:
    content = samples.workbook(GOOD)
    assert "不完整" in refused(content[: int(len(content) * share)]).title


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"word/document.xml": b"<x/>"}, "Word"),
        ({"xl/workbook.bin": b""}, ".xlsb"),
        ({"a.csv": b"1"}, "压缩包"),
        ({"content.xml": b"<x/>"}, "Open"),
    ],
)
def test_another_kind_of_archive(members: dict[str, bytes], kind: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name, data in members.items():
            target.writestr(name, data)
    assert kind in refused(stream.getvalue()).title


def several_sheets(*filled: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for title in ("封面", "数据", "空白"):
        page = book.create_sheet(title)
        for row in GOOD if title in filled else ():
            page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_the_only_sheet_with_content_is_read() -> None:
    assert len(read_workbook(several_sheets("数据"), "a.xlsx").rows) == 3


def test_several_sheets_must_be_told_apart() -> None:
    error = refused(several_sheets("封面", "数据"))
    assert "封面、数据" in error.description
    assert "sheet" in error.remedy
    assert len(read_workbook(several_sheets("封面", "数据"), "a.xlsx", "数据").rows) == 3


def test_a_sheet_that_is_not_there() -> None:
    assert "数据" in refused(several_sheets("数据"), sheet="数据表").remedy


def test_an_empty_workbook() -> None:
    assert "空" in refused(several_sheets()).title


def test_rows_in_disorder_are_not_lost_silently() -> None:
    markup = b'<row r="2">'
    assert "次序" in refused(with_markup(samples.workbook(GOOD), markup, b'<row r="9">')).title


def test_a_row_at_the_end_of_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAXIMUM_ROWS", 1000)
    content = with_markup(samples.workbook(GOOD), b'<row r="3">', b'<row r="99999999">')
    assert "行" in refused(content).title


def test_wrong_dimensions_do_not_cut_the_sheet() -> None:
    content = with_markup(samples.workbook(GOOD), b'<dimension ref="A1:C3"', b'<dimension ref="A1:A1"')
    assert len(bind(read_workbook(content, "a.xlsx"), RETAIL, workspace()).statements) == 2
