"""The scheme document: its chapters, forms with units and columns, definitions, classifications with remarks, correspondences."""

from __future__ import annotations

from dataclasses import replace

from guibiao.publish.document import Document, Heading, Paragraph, TableBlock
from guibiao.publish.docx import render_docx
from guibiao.publish.headings import line_text
from guibiao.publish.scheme import build_scheme
from guibiao.reference.classification import Category
from guibiao.reference.definitions import Agreement, Facts, Selector, TableBinding, Workspace
from tests.publish.render.office import W, part, words
from tests.publish.report.city import INDICATORS, classification, workspace

AGREEMENT = Agreement(
    id="livestream", title_zh="直播电商月报", table="livestream_monthly", office="商务局", contact_role="统计专员", frequency="monthly",
    due_day="15", agreement="待签", legal_basis="《统计法》第二十条", indicators=("secret",),
)  # fmt: skip
BINDING = TableBinding(
    id="livestream_monthly", title="直播电商", rows=(Selector(column="月份", supplies="period"),),
    values={"成交额": Facts(indicator="secret"), "场次": Facts(indicator="stations")},
)  # fmt: skip


def city() -> Workspace:
    codes = (
        Category(code="01", name_zh="数字产品制造业", level="大类"),
        Category(code="0101", name_zh="计算机制造", parent="01", status="未核实"),
    )
    plain = workspace("")
    return replace(
        plain,
        agreements={AGREEMENT.id: AGREEMENT},
        tables={BINDING.id: BINDING},
        classifications={**plain.classifications, "digital": classification("digital", codes)},
    )


def text_of(document: Document) -> str:
    lines = [line_text(block.line) for block in document.blocks if isinstance(block, Heading | Paragraph)]
    cells = [cell.text for block in document.blocks if isinstance(block, TableBlock) for row in (*block.head, *block.rows) for cell in row]
    return "\n".join((*lines, *cells))


def test_the_chapters_are_those_of_a_scheme() -> None:
    chapters = [line_text(block.line) for block in build_scheme(city(), "", "zh").blocks if isinstance(block, Heading) and block.level == 1]
    assert chapters == ["总说明", "报表目录", "表式", "指标解释", "分类目录", "附录"]


def test_a_form_has_the_columns_and_units_of_its_binding() -> None:
    document = build_scheme(city(), "", "zh")
    form = next(block for block in document.blocks if isinstance(block, TableBlock) and block.id == "scheme_form_table_1")
    assert [cell.text for cell in form.head[0]] == ["月份", "成交额（亿元）", "场次（万个）"]
    assert all(cell.text == "" for row in form.rows for cell in row)
    listed = next(block for block in document.blocks if isinstance(block, TableBlock) and block.id == "scheme_forms")
    assert [cell.text for cell in listed.rows[0]] == ["数监1表", "直播电商月报", "月报", "商务局", "期后15日", "待签", "限制使用"]


def test_every_indicator_is_defined_and_every_remark_shown() -> None:
    text = text_of(build_scheme(city(), "", "zh"))
    assert all(each.name_zh in text for each in INDICATORS)
    assert "数据缺口：商务局、2026年1月" in text
    assert "未核实" in text


def test_a_table_that_is_not_defined_is_said_to_be() -> None:
    text = text_of(build_scheme(replace(city(), tables={}), "", "zh"))
    assert "这张表的结构尚未定义。" in text


def test_it_speaks_english_too_and_becomes_a_document() -> None:
    document = build_scheme(city(), "", "en")
    assert "Statistical scheme" in document.title
    content = render_docx(document, {})
    assert "Livestream" not in words(part(content, "word/document.xml"))
    assert len(list(part(content, "word/document.xml").iter(f"{W}tbl"))) >= 5
    assert content == render_docx(build_scheme(city(), "", "en"), {})
