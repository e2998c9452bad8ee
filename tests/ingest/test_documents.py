"""Documents in every common form give the same text with its places; what cannot be read is refused with the reason."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.ingest.documents import MAXIMUM_BYTES, read_document
from guibiao.model.errors import BadInput
from guibiao.model.text.blocks import DocumentText

TEXT = "某市示范计划\n\n一、发展目标\n到2025年，建成100个示范中心，产业规模达到3000亿元。\n"
FIXED = (2020, 1, 1, 0, 0, 0)


def cells(document: DocumentText) -> dict[tuple[int, int], str]:
    return {block.cell[1:]: block.text for block in document.blocks if block.cell}


def docx(*, merged: bool = False) -> bytes:
    from docx import Document

    document = Document()
    document.add_heading("发展目标", level=1)
    document.add_paragraph("到2025年，建成100个示范中心。")
    table = document.add_table(rows=3, cols=3)
    for row, texts in enumerate((("指标", "2020年", "2025年"), ("产值（亿元）", "120", "300"), ("普及率（%）", "40", "70"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    if merged:
        top = table.add_row().cells
        top[0].merge(top[1]).text = "合并"
        top[2].text = "9"
    document.add_paragraph("表后的一段话，到此为止。")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, FIXED), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def refused(content: bytes, name: str) -> str:
    with pytest.raises(BadInput) as caught:
        read_document(content, name)
    assert caught.value.remedy
    assert caught.value.place is not None
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_found(encoding: str) -> None:
    document = read_document(TEXT.encode(encoding), "计划.txt")
    assert [block.text for block in document.blocks] == [
        "某市示范计划",
        "一、发展目标",
        "到2025年，建成100个示范中心，产业规模达到3000亿元。",
    ]
    assert document.name == "计划"


def test_an_unknown_encoding_names_the_byte() -> None:
    assert "第 6 字节" in refused("目标".encode() + b"\xff\xff\xfe", "a.txt")


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "a.txt"), (b" \n ", "a.txt"), ("目标\0".encode(), "a.txt"), (b"MZ", "a.exe"), (b"x", "a")]
)
def test_what_is_no_text_is_refused(content: bytes, name: str) -> None:
    refused(content, name)


def test_a_file_over_the_limit_is_refused() -> None:
    assert "64 MB" in refused(b"x" * (MAXIMUM_BYTES + 1), "a.txt")


def test_html_keeps_its_offsets_and_hides_what_is_not_seen() -> None:
    text = (
        "<html><head><title>x</title></head><body><script>var a = 9</script>"
        "<h2>发展&nbsp;目标</h2><p>到<b>2025</b>年，建成100个中心。</p><!-- 7家 --></body></html>"
    )
    document = read_document(text.encode(), "a.html")
    assert [(block.kind, block.text) for block in document.blocks] == [("heading", "发展目标"), ("body", "到2025年，建成100个中心。")]
    last = document.blocks[-1]
    start, end = last.span(last.text.index("100"), last.text.index("100") + 3)
    assert text[start:end] == "100"


def test_an_html_table_is_cells() -> None:
    text = "<table><tr><th>指标</th><th>2025年</th></tr><tr><td>产值（亿元）</td><td>300</td></tr></table>"
    assert list(cells(read_document(text.encode(), "a.htm")).values()) == ["指标", "2025年", "产值(亿元)", "300"]


def test_a_script_that_is_never_closed_costs_no_more_than_its_length() -> None:
    assert read_document(("<script>" * 20_000 + "目标").encode(), "a.html").original.endswith("目标")


def test_word_paragraphs_headings_and_tables() -> None:
    document = read_document(docx(), "计划.docx")
    assert document.blocks[0].kind == "heading"
    assert cells(document)[(2, 3)] == "300"
    assert document.blocks[-1].text == "表后的一段话，到此为止。"
    assert document.blocks[2].path == ("发展目标",)


def test_a_merged_cell_is_read_once_and_those_after_it_keep_their_column() -> None:
    found = cells(read_document(docx(merged=True), "计划.docx"))
    assert (found[(4, 1)], found.get((4, 2)), found[(4, 3)]) == ("合并", None, "9")


def test_hostile_word_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guibiao.ingest.documents._EXPANDED", 10 * 1024 * 1024)
    bomb = packed({"word/document.xml": b"0" * (20 * 1024 * 1024)})
    assert len(bomb) < MAXIMUM_BYTES
    assert "过大" in refused(bomb, "a.docx")
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><w:document>&b;</w:document>'
    for parts in ({"word/document.xml": entities}, {"x.txt": b"1"}, {"word/document.xml": b"<"}):
        refused(packed(parts), "a.docx")
    refused(docx()[:-200], "a.docx")


@given(
    st.binary(max_size=200),
    st.sampled_from(["a.txt", "a.html", "a.docx", "a.pdf", "a.md"]),
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.7\n"]),
)
def test_no_bytes_break_it(content: bytes, name: str, start: bytes) -> None:
    with contextlib.suppress(BadInput):
        assert read_document(start + content, name).original is not None


def pdf(source: str, folder: Path) -> bytes:
    import typst

    path = folder / "a.typ"
    path.write_text(source, encoding="utf-8")
    compiled = typst.compile(str(path))
    assert isinstance(compiled, bytes)
    return compiled


def test_a_pdf_has_pages_and_a_scan_is_refused(tmp_path: Path) -> None:
    document = read_document(pdf("#set page(height: 6cm)\nTarget100!\n#pagebreak()\nSecond page 200!", tmp_path), "a.pdf")
    assert [(block.text, block.page) for block in document.blocks] == [("Target100!", 1), ("Second page 200!", 2)]
    assert "扫描件" in refused(pdf("#rect(width: 3cm, height: 2cm)", tmp_path), "a.pdf")
    assert "PDF" in refused(b"%PDF-1.7 broken", "a.pdf")


def test_every_shared_text_is_read(shared_folder: Path) -> None:
    paths = [path for folder in ("seeds", "data/policy_texts") for path in sorted((shared_folder / folder).glob("*.txt"))]
    assert len(paths) > 20
    for path in paths:
        document = read_document(path.read_bytes(), path.name)
        letters = sum(len(block.text) for block in document.blocks)
        assert letters > 0.6 * len("".join(document.original.split()))
