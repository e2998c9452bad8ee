"""The brief in the layout of official documents: page, type, masthead, page numbers, signature, three pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from guibiao.publish.document import Bullets, Document, Heading, Number, Paragraph, TableBlock, TableCell, Text
from guibiao.publish.official import PAGES_AT_MOST, brief_pages, render_brief
from tests.publish.render.office import R, W, paragraphs, part, printed_pages, words

SENTENCE = "全市数字经济增加值比上年增长，占地区生产总值的比重继续提高，核心产业增速高于全部数字经济，"


def brief(paragraphs_: int = 3) -> Document:
    head = ((TableCell("年份", align="left"), TableCell("增加值")),)
    rows = ((TableCell("2023年", align="left"), TableCell("18766.7", "p-1")),)
    table = TableBlock("t", "表1", "主要指标", "亿元", head, rows)
    body = tuple(Paragraph((Text(SENTENCE * 3), Number("18766.7亿元", "p-1"), Text("。"))) for _number in range(paragraphs_))
    blocks = (
        Heading(1, (Text("主要数据"),), "h-1"),
        *body,
        Heading(2, (Text("构成"),), "h-2"),
        table,
        Bullets(((Text("商务局：七月底前"),),)),
    )
    return Document("数字经济运行情况专报", "", "市统计局", "2026年11月1日", "zh", blocks, (), ("数据按当日可知。",))


def test_the_page_is_that_of_the_standard() -> None:
    body = part(render_brief(brief(), {}, {}), "word/document.xml")
    margins = body.find(f".//{W}pgMar")
    assert margins is not None
    millimetres = {side: round(int(margins.get(f"{W}{side}", "0")) / 1440 * 25.4) for side in ("top", "bottom", "left", "right")}
    assert millimetres == {"top": 37, "bottom": 35, "left": 28, "right": 26}
    size = body.find(f".//{W}pgSz")
    assert size is not None
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")


def test_type_and_headings_are_those_of_the_standard() -> None:
    content = render_brief(brief(), {}, {})
    styles = {each.get(f"{W}styleId"): each for each in part(content, "word/styles.xml").iter(f"{W}style")}
    defaults = part(content, "word/styles.xml").find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    assert defaults is not None
    assert (defaults.find(f"{W}rFonts").get(f"{W}eastAsia"), defaults.find(f"{W}sz").get(f"{W}val")) == ("仿宋", "32")
    fonts = [styles[f"Heading{level}"].find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") for level in (1, 2, 3, 4)]
    assert fonts == ["黑体", "楷体", "仿宋", "仿宋"]
    title = styles["Title"].find(f"{W}rPr")
    assert (title.find(f"{W}rFonts").get(f"{W}eastAsia"), title.find(f"{W}sz").get(f"{W}val")) == ("方正小标宋简体", "44")
    levels = [each.get(f"{W}val") for each in part(content, "word/numbering.xml").iter(f"{W}lvlText")][:4]
    assert levels == ["%1、", "（%2）", "%3. ", "（%4）"]


def test_page_numbers_stand_between_dashes_on_the_outer_side() -> None:
    content = render_brief(brief(), {}, {})
    assert part(content, "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None
    sides = {name: part(content, f"word/{name}.xml").find(f".//{W}jc").get(f"{W}val") for name in ("footer1", "footer2")}
    assert sides == {"footer1": "right", "footer2": "left"}
    assert words(part(content, "word/footer1.xml")) == "— 1 —"


def test_masthead_is_red_and_the_signature_comes_last() -> None:
    content = render_brief(brief(), {}, {})
    lines = [each for each in part(content, "word/document.xml").iter(f"{W}p") if words(each)]
    assert words(lines[0]) == "市统计局"
    assert lines[0].find(f".//{W}color").get(f"{W}val") == "C00000"
    assert [words(each) for each in lines[-3:]] == ["市统计局", "2026年11月1日", "数据按当日可知。"]


def test_numbers_lead_to_their_passports_on_the_page() -> None:
    content = render_brief(brief(), {}, {"p-1": "report.html#p-1"})
    related = {each.get("Id"): each for each in part(content, "word/_rels/document.xml.rels")}
    links = [related[each.get(f"{R}id")] for each in part(content, "word/document.xml").iter(f"{W}hyperlink")]
    assert {each.get("Target") for each in links} == {"report.html#p-1"}
    assert {each.get("TargetMode") for each in links} == {"External"}
    assert not list(part(render_brief(brief(), {}, {}), "word/document.xml").iter(f"{W}hyperlink"))


def test_the_same_brief_gives_the_same_bytes() -> None:
    assert render_brief(brief(), {}, {}) == render_brief(brief(), {}, {})


def test_a_brief_that_is_too_long_is_told() -> None:
    assert brief_pages(brief(3), {}) <= PAGES_AT_MOST
    assert brief_pages(brief(16), {}) > PAGES_AT_MOST


@pytest.mark.needs_libreoffice
@pytest.mark.needs_poppler
@pytest.mark.parametrize("length", [1, 4, 7, 9])
def test_the_pages_told_are_the_pages_printed(length: int, tmp_path: Path, libreoffice_command: Path, poppler_folder: Path) -> None:
    document = brief(length)
    pages = printed_pages(render_brief(document, {}, {}), tmp_path, libreoffice_command, poppler_folder)
    assert len(pages) == brief_pages(document, {})
    assert "—1—" in pages[0]
    assert "一、主要数据" in pages[0]


@pytest.mark.needs_libreoffice
@pytest.mark.needs_poppler
def test_a_page_holds_22_lines_of_28_characters(tmp_path: Path, libreoffice_command: Path, poppler_folder: Path) -> None:
    characters = 28 * 22 * 2
    plain = replace(brief(), blocks=(Paragraph((Text("数" * characters),)),), notices=())
    pages = printed_pages(render_brief(plain, {}, {}), tmp_path, libreoffice_command, poppler_folder)
    assert pages[1].count("数") == 28 * 22
    assert paragraphs(render_brief(plain, {}, {}), "BodyText")
