"""The report in Word: real styles, numbered captions, a filled contents field, ways to passports, pictures with words, hostile text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.publish.document import (
    Bullets,
    ChartBlock,
    Document,
    Heading,
    Link,
    Number,
    Paragraph,
    Passport,
    PassportLine,
    TableBlock,
    TableCell,
    Text,
)
from guibiao.publish.docx import render_docx
from guibiao.publish.docx_text import bookmark
from guibiao.publish.printable import printable
from tests.publish.render.office import R, W, drawn, inked, names, paragraphs, part, printed_pages, words
from tests.publish.render.sample import sample_document

HOSTILE = "<w:t>&amp;]]>\x00\x07\u202eمرحبا\u202c \x00section body\x00 =cmd|' /C calc'!A0 \\u0041 {instances} %RULE% \ud7ff\uffff"
EMPTY = Document("题目", "", "", "", "zh", (), ())


@pytest.fixture(scope="module")
def report() -> bytes:
    return render_docx(sample_document(), drawn())


def test_headings_captions_and_lists_have_the_styles_a_word_processor_knows(report: bytes) -> None:
    styles = {each.get(f"{W}styleId"): each for each in part(report, "word/styles.xml").iter(f"{W}style")}
    known = {name: styles[name].find(f"{W}name").get(f"{W}val") for name in ("Normal", "Heading1", "Heading2", "Caption", "TOC1")}
    assert known == {"Normal": "Normal", "Heading1": "heading 1", "Heading2": "heading 2", "Caption": "caption", "TOC1": "toc 1"}
    assert [words(each) for each in paragraphs(report, "Heading1")] == ["总体情况", "地区比较", "数据缺口", "附录　数字护照"]
    assert len(paragraphs(report, "ListBullet")) == 3
    assert len(paragraphs(report, "ListNumber")) == 2
    used = {each.get(f"{W}val") for each in part(report, "word/document.xml").iter(f"{W}pStyle")}
    assert used <= set(styles)


def test_every_text_style_names_a_chinese_font(report: bytes) -> None:
    styles = part(report, "word/styles.xml")
    assert styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts").get(f"{W}eastAsia") == "宋体"
    assert styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang").get(f"{W}eastAsia") == "zh-CN"
    heading = next(each for each in styles.iter(f"{W}style") if each.get(f"{W}styleId") == "Heading1")
    assert heading.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") == "黑体"
    fonts = {each.get(f"{W}name") for each in part(report, "word/fontTable.xml").iter(f"{W}font")}
    assert {each.get(f"{W}eastAsia") for each in styles.iter(f"{W}rFonts")} <= fonts


def test_captions_count_by_field_and_references_print_their_number(report: bytes) -> None:
    captions = [words(each) for each in paragraphs(report, "Caption")]
    assert captions[0] == "表1　数字经济增加值及占地区生产总值比重"
    codes = [each.text or "" for each in part(report, "word/document.xml").iter(f"{W}instrText")]
    assert [code.split()[1] for code in codes if " SEQ " in code] == ["表", "图", "表", "表", "图"]
    marks = {each.get(f"{W}name") for each in part(report, "word/document.xml").iter(f"{W}bookmarkStart")}
    referred = [code.split()[1] for code in codes if " REF " in code or " PAGEREF " in code]
    assert referred
    assert set(referred) <= marks


def test_the_contents_are_there_before_a_word_processor_updates_them(report: bytes) -> None:
    entries = [words(each) for level in ("TOC1", "TOC2", "TOC3") for each in paragraphs(report, level)]
    assert "一、总体情况1" in entries
    assert "（一）核心产业" in "".join(entries)
    assert all(entry[-1].isdigit() for entry in entries)
    assert len(paragraphs(report, "TableofFigures")) == 3
    assert part(report, "word/settings.xml").find(f"{W}updateFields") is None


def test_fields_open_and_close_and_bookmarks_are_unique(report: bytes) -> None:
    body = part(report, "word/document.xml")
    depth = 0
    for each in body.iter(f"{W}fldChar"):
        depth += {"begin": 1, "separate": 0, "end": -1}[each.get(f"{W}fldCharType", "")]
        assert depth >= 0
    assert depth == 0
    starts = [each.get(f"{W}name") for each in body.iter(f"{W}bookmarkStart")]
    assert len(set(starts)) == len(starts)
    assert all(re.fullmatch(r"[A-Za-z_]\w{0,39}", name) for name in starts)
    numbers = [each.get(f"{W}id") for each in body.iter(f"{W}bookmarkStart")]
    assert len(set(numbers)) == len(numbers)


def test_every_number_leads_to_its_passport_in_the_annex(report: bytes) -> None:
    body = part(report, "word/document.xml")
    marks = {each.get(f"{W}name") for each in body.iter(f"{W}bookmarkStart")}
    targets = {each.get(f"{W}anchor") for each in body.iter(f"{W}hyperlink") if each.get(f"{W}anchor")}
    assert targets <= marks
    first = sample_document().passports[0]
    number = next(each for each in body.iter(f"{W}hyperlink") if each.get(f"{W}anchor") == bookmark(first.id))
    assert words(number) == "18766.7亿元"
    assert number.get(f"{W}tooltip") == first.title


def test_tables_repeat_their_head_and_merge_as_the_document_says(report: bytes) -> None:
    tables = list(part(report, "word/document.xml").iter(f"{W}tbl"))
    heads = [[row.find(f"{W}trPr/{W}tblHeader") is not None for row in table.iter(f"{W}tr")] for table in tables]
    assert heads[0] == [True, True] + [False] * 6
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for table in tables for row in table.iter(f"{W}tr"))
    spans = [each.get(f"{W}val") for each in tables[0].iter(f"{W}gridSpan")]
    merges = [each.get(f"{W}val") for each in tables[0].iter(f"{W}vMerge")]
    assert spans == ["2"]
    assert merges == ["restart"] * 3 + [None] * 3
    for table in tables:
        grid = [int(each.get(f"{W}w", "0")) for each in table.iter(f"{W}gridCol")]
        for row in table.iter(f"{W}tr"):
            assert sum(int(each.get(f"{W}w", "0")) for each in row.iter(f"{W}tcW")) == pytest.approx(sum(grid), abs=len(grid))


def test_a_chart_is_shapes_with_a_picture_and_words_for_who_cannot_see_it(report: bytes) -> None:
    body = part(report, "word/document.xml")
    related = {each.get("Id"): each.get("Target") for each in part(report, "word/_rels/document.xml.rels")}
    described = [each.get("descr") for each in body.iter() if each.tag.endswith("}docPr")]
    assert described == ["折线图：增加值由8719.4亿元升至18766.7亿元", "条形图：广东省居首"]
    pictures = [related[each.get(f"{R}embed")] for each in body.iter() if each.tag.endswith("}blip")]
    shapes = [related[each.get(f"{R}embed")] for each in body.iter() if each.tag.endswith("}svgBlip")]
    assert pictures == ["media/chart1.png", "media/chart2.png"]
    assert shapes == ["media/chart1.svg", "media/chart2.svg"]
    assert {f"word/{target}" for target in (*pictures, *shapes)} <= set(names(report))


def test_made_up_data_are_marked_on_every_page() -> None:
    content = render_docx(sample_document(watermark="合成数据"), drawn())
    assert all("合成数据" in words(part(content, f"word/{name}.xml")) for name in ("header1", "header2"))


def test_equal_documents_give_equal_bytes(report: bytes) -> None:
    assert render_docx(sample_document(), drawn()) == report


def test_an_unfinished_document_is_refused() -> None:
    with pytest.raises(ValueError, match="without passports"):
        render_docx(replace(EMPTY, blocks=(Paragraph((Number("3", "p-none"),)),)), {})
    with pytest.raises(ValueError, match="without drawings"):
        render_docx(replace(EMPTY, blocks=(ChartBlock("c", "图1", "图"),)), {})


def hostile_document(text: str) -> Document:
    """A document of one text everywhere; a link within the document leads to its heading, for one to nowhere is refused."""
    target = f"#h-{text}" if text.startswith("#") else text
    passport = Passport("p-1", text, text, "B", (PassportLine(0, text, text), PassportLine(1, text, text)))
    blocks = (
        Heading(1, (Text(text),), f"h-{text}"),
        Paragraph((Text(text), Text(text, "strong"), Number(text, "p-1"), Link(text, f"https://example.org/{text}"), Link(text, target))),
        Bullets(((Text(text),),), ordered=True),
        TableBlock("t", text, text, text, ((TableCell(text),),), ((TableCell(text, "p-1"),), ()), (text,), text),
    )
    return Document(text, text, text, text, "zh", blocks, (passport,), (text,), text, {"watermark": text})


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_any_text_is_only_text(text: str) -> None:
    content = render_docx(hostile_document(text), {})
    for name in names(content):
        if name.endswith((".xml", ".rels")):
            part(content, name)
    shown = re.sub(r"\s+", " ", words(part(content, "word/document.xml")))
    assert re.sub(r"\s+", " ", printable(text)) in shown


def test_hostile_text_keeps_the_structure() -> None:
    content = render_docx(hostile_document(HOSTILE), {})
    body = part(content, "word/document.xml")
    assert len(list(body.iter(f"{W}sectPr"))) == 4
    assert "〔U+202E〕" in words(body)
    assert "{instances}" in words(body)
    assert isinstance(body, ET.Element)


def test_rows_with_too_few_cells_are_filled_up() -> None:
    ragged = TableBlock("t", "表1", "缺格", "", ((TableCell("甲"), TableCell("乙")),), ((TableCell("1"),), ()))
    empty = TableBlock("e", "表2", "空表", "", (), ())
    body = part(render_docx(replace(EMPTY, blocks=(ragged, empty)), {}), "word/document.xml")
    assert [len(list(row.iter(f"{W}tc"))) for row in body.iter(f"{W}tr")] == [2, 2, 2]
    assert [words(each) for each in paragraphs(render_docx(replace(EMPTY, blocks=(empty,)), {}), "Caption")] == ["表2　空表"]


def test_very_long_text_and_a_wide_table_are_laid_on_their_side() -> None:
    cells = tuple(TableCell(f"{number}.{number}亿元左右") for number in range(24))
    wide = TableBlock("wide", "表1", "宽表", "", (tuple(TableCell("指标名称很长的一列", align="center") for _ in cells),), (cells,) * 3)
    document = replace(EMPTY, blocks=(Paragraph((Text("长" * 20000),)), wide, Paragraph((Text("之后"),))))
    body = part(render_docx(document, {}), "word/document.xml")
    turned = [each.get(f"{W}orient") for each in body.iter(f"{W}pgSz")]
    assert turned.count("landscape") == 1


@pytest.mark.needs_libreoffice
@pytest.mark.needs_poppler
def test_libreoffice_prints_every_heading_and_table_where_the_contents_say(
    report: bytes, tmp_path: Path, libreoffice_command: Path, poppler_folder: Path
) -> None:
    pages = printed_pages(report, tmp_path, libreoffice_command, poppler_folder)
    first = next(number for number, page in enumerate(pages) if "—1—" in page)
    whole = "".join(pages[first:])
    for block in sample_document().blocks:
        if isinstance(block, Heading):
            assert re.sub(r"\s", "", "".join(part_.text for part_ in block.line)) in whole
        if isinstance(block, TableBlock):
            assert block.title in whole
            assert all(cell.text.strip("　") in whole for row in block.rows for cell in row)
    entries = [words(each) for level in ("TOC1", "TOC2", "TOC3", "TableofFigures") for each in paragraphs(report, level)]
    for entry in entries:
        said = re.fullmatch(r"(.*?)(\d+)", re.sub(r"\s", "", entry))
        assert said
        assert said[1] in pages[first + int(said[2]) - 1]
    assert all(share > 0.001 for share in inked(tmp_path, poppler_folder))
