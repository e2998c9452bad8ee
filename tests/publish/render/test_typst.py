"""The printed report: hostile text prints verbatim, the Chinese font is embedded or the build fails, equal input gives equal bytes."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
from hypothesis import HealthCheck, given, settings
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
from guibiao.publish.fonts import FontMissing, coverage, font_file
from guibiao.publish.printable import printable
from guibiao.publish.typst import compile_pdf, render_typst
from tests.publish.render.sample import DRAWINGS, Numbers, line, sample_document

HOSTILE = '#import "x" [a] $y$ \\ @z *b* _c_ `d` // e /* f */ <g> = h ~ - i "j" \'k\' #[#panic()] \\u{41} ${1} http://l'
EMPTY = Document("题目", "", "", "", "zh", (), ())


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def printed() -> bytes:
    return compile_pdf(render_typst(sample_document(), DRAWINGS))


def hostile_document(text: str) -> Document:
    passport = Passport("p-1", text, text, "B", (PassportLine(0, text, text), PassportLine(1, text, text)))
    head = ((TableCell(text),),)
    rows = ((TableCell(text, align="left"),), (TableCell(text, "p-1"),))
    blocks = (
        Heading(1, (Text(text),), "h-1"),
        Paragraph((Text(text), Text(text, "strong"), Text(text, "emphasis"), Text(text, "code"))),
        Paragraph((Number(text, "p-1"), Link(text, f"x{text}"), Link(text, "#h-1"))),
        Paragraph((Text(text),), "note"),
        Bullets(((Text(text),),)),
        TableBlock("t-1", text, text, text, head, rows, (text, text), text),
        ChartBlock("value_added_line", text, text, (text,), text, ("p-1",), text),
    )  # fmt: skip
    return Document(text, text, text, text, "zh", blocks, (passport,), (text,), text, {"watermark": text})


def test_hostile_text_prints_verbatim_everywhere() -> None:
    document = hostile_document(HOSTILE)
    text = squeezed("".join(pages(compile_pdf(render_typst(document, DRAWINGS)))))
    assert text.count(squeezed(HOSTILE)) >= 15


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
@given(st.text(st.sampled_from("#[](){}$\\@*_`\"'/<>=~-+:;,.!?&%|^uA1 甲😀\u202e\n\x00"), min_size=1, max_size=40))
def test_any_text_is_a_literal(text: str) -> None:
    document = replace(EMPTY, title=text, blocks=(Paragraph((Text(text), Number(text, ""))),))
    source = render_typst(document, {})
    literals = re.findall(r'^#"((?:[^"\\]|\\.)*)"#"((?:[^"\\]|\\.)*)"$', source, re.MULTILINE)
    assert len(literals) == 1
    probe = f'#metadata(("{literals[0][0]}", "{literals[0][1]}"))<m>'
    said: Any = json.loads(typst.query(probe.encode(), "<m>", field="value", one=True))
    assert said == [printable(text, coverage(font_file()))] * 2


def test_the_font_is_embedded(printed: bytes) -> None:
    fonts: dict[str, bool] = {}
    for page in pypdf.PdfReader(io.BytesIO(printed)).pages:
        resources: Any = page["/Resources"]
        for entry in (resources.get("/Font") or {}).values():
            descendant = entry.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            fonts[str(descendant["/BaseFont"])] = any(key.startswith("/FontFile") for key in descriptor)
    assert fonts
    assert all("NotoSansCJK" in name and embedded for name, embedded in fonts.items()), fonts


def test_a_build_with_another_font_only_fails() -> None:
    foreign = next(Path("/usr/share/fonts").rglob("*.ttf"), None)
    if foreign is None:
        foreign = Path(__file__)
    with pytest.raises(FontMissing) as caught:
        compile_pdf(render_typst(EMPTY, {}), font=foreign)
    assert "pip install manimgx-fonts-cjk" in caught.value.remedy


def test_a_build_that_falls_back_fails() -> None:
    with pytest.raises(FontMissing, match="unknown font family"):
        compile_pdf('#set text(font: "Some Other Font")\n甲')


def test_a_build_without_any_font_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guibiao.publish.fonts.find_spec", lambda _name: None)
    monkeypatch.setattr("guibiao.publish.fonts.SYSTEM_FOLDERS", ())
    with pytest.raises(FontMissing):
        render_typst(EMPTY, {})
    with pytest.raises(FontMissing):
        compile_pdf("甲")


def test_equal_input_gives_equal_bytes(printed: bytes) -> None:
    assert compile_pdf(render_typst(sample_document(), DRAWINGS)) == printed
    properties = pypdf.PdfReader(io.BytesIO(printed)).metadata
    assert properties is not None
    assert properties.title == sample_document().title


def test_contents_headings_and_exhibits(printed: bytes) -> None:
    cover, contents, *body = pages(printed)
    assert "市数字经济统计研究中心" in cover
    assert "核查发现 12 条" in cover
    for entry in ("一、总体情况", "（一）核心产业", "三、数据缺口", "附录", "表 1", "图 2"):
        assert squeezed(entry) in squeezed(contents)
    assert any("单位：亿元" in squeezed(page) and "表1数字经济增加值" in squeezed(page) for page in body)


def test_a_long_table_repeats_its_head(printed: bytes) -> None:
    first = next(page for page in pages(printed) if "表3各地区生产总值" in squeezed(page) and "北京市" in page)
    second = next(page for page in pages(printed) if "续表3" in squeezed(page))
    assert "续表3" not in squeezed(first)
    assert "地区2022年2023年" in squeezed(second)
    assert "单位：亿元" in squeezed(second)
    assert "资料来源：国家统计局国家数据" in squeezed(second)


def linked_pages(reader: pypdf.PdfReader, number: int) -> set[int]:
    """Pages the links of a page lead to."""
    pages = {page.indirect_reference.idnum: index for index, page in enumerate(reader.pages) if page.indirect_reference}
    found = set()
    for note in reader.pages[number].get("/Annots", ()):
        entry = note.get_object()
        target = entry.get("/Dest") or entry.get("/A", {}).get("/D")
        target = target.get_object() if hasattr(target, "get_object") else target
        if isinstance(target, list):
            found.add(pages[target[0].idnum])
    return found


def test_numbers_lead_to_passports_and_back(printed: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed))
    annex = next(index for index, text in enumerate(pages(printed)) if index > 1 and "附录数字护照" in squeezed(text))
    first_page_of_text = 2
    assert annex in linked_pages(reader, first_page_of_text)
    assert first_page_of_text in linked_pages(reader, annex)
    assert {index for index in linked_pages(reader, annex) if index < annex}


def test_marks_of_a_chart_lead_to_passports_too(printed: bytes) -> None:
    """Few are listed below the chart, many are counted; a passport quoted by marks alone leads back to the chart."""
    text = squeezed("".join(pages(printed)))
    assert "图中数字：8000.1亿元8918.1亿元9958.3亿元" in text
    assert "图中15个数字的护照见网页版" in text


def test_paper_prints_the_way_to_the_source_and_says_what_it_leaves_out() -> None:
    steps = (
        (0, "采用值", "一"), (0, "定义", "二"), (0, "公式", "三"), (1, "即", "四"), (0, "投入", "五"), (1, "优先次序", "六"),
        (1, "采用的陈述", "七"), (2, "单元格", "八"), (2, "来源", "九"), (1, "未采用", "十"), (2, "来源", "十一"),
    )  # fmt: skip
    passport = Passport("p-1", "题", "1", "A", tuple(PassportLine(*step) for step in steps))
    source = render_typst(replace(EMPTY, blocks=(Paragraph((Number("1", "p-1"),)),), passports=(passport,)), {})
    annex = source.partition("#annex(")[2]
    assert re.findall(r'\(\d, "[^"]*", "([^"]*)"\)', annex) == ["一", "三", "四", "五", "九"]
    assert "另6行见网页版 p-1" in annex


def test_a_synthetic_workspace_is_marked_on_every_page() -> None:
    document = sample_document(watermark="合成数据")
    assert all("合成数据" in squeezed(page) for page in pages(compile_pdf(render_typst(document, DRAWINGS))))


def test_a_table_too_wide_is_laid_on_its_side() -> None:
    cells = tuple(TableCell(f"{number * 12345.6:.2f}") for number in range(1, 16))
    block = TableBlock("wide", "1", "宽表", "元", (tuple(TableCell(f"第{number}季度数") for number in range(15)),), (cells,))
    reader = pypdf.PdfReader(io.BytesIO(compile_pdf(render_typst(replace(EMPTY, blocks=(Heading(1, (Text("甲"),), "h"), block)), {}))))
    assert any(page.mediabox.width > page.mediabox.height for page in reader.pages)


def test_unfinished_documents_are_refused() -> None:
    quoted = (Paragraph((Number("1", "p-gone"),)),)
    with pytest.raises(ValueError, match="p-gone"):
        render_typst(replace(EMPTY, blocks=quoted), {})
    with pytest.raises(ValueError, match="drawings"):
        render_typst(replace(EMPTY, blocks=(ChartBlock("c", "1", ""),)), {})
    with pytest.raises(ValueError, match="nowhere"):
        render_typst(replace(EMPTY, blocks=(Paragraph((Link("见", "#h-gone"),)),)), {})
    with pytest.raises(ValueError, match="twice"):
        render_typst(replace(EMPTY, blocks=(Heading(1, (), "h"), Heading(1, (), "h"))), {})


def test_english_documents_speak_english() -> None:
    numbers = Numbers()
    document = replace(
        sample_document(),
        language="en",
        blocks=(Heading(1, line("Overview"), "h"), Paragraph(line("It was ", numbers("1.2 trillion yuan", "x")))),
    )
    document = replace(document, passports=tuple(numbers.passports.values()))
    text = squeezed("".join(pages(compile_pdf(render_typst(document, {})))))
    assert "Contents" in text
    assert "目录" not in text


def test_the_date_of_the_file_is_the_document_s() -> None:
    source = render_typst(replace(EMPTY, date="2024年2月30日"), {})
    assert "date: none" in source
    assert "datetime(year: 2024, month: 7, day: 1)" in render_typst(sample_document(), DRAWINGS)
