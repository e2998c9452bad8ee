"""Plain text to blocks: wrapped lines, headings, items, tables, and offsets that always refer to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.ingest.plain_text import read_plain_text
from guibiao.model.text.blocks import TextBlock


def texts(original: str, kind: str = "") -> list[str]:
    return [block.text for block in read_plain_text(original) if not kind or block.kind == kind]


def grid(original: str) -> dict[tuple[int, int], str]:
    cells = [block for block in read_plain_text(original) if block.kind == "cell"]
    return {block.cell[1:]: block.text for block in cells if block.cell}


def letters(block: TextBlock, original: str) -> str:
    """The original characters a block stands for, one by one."""
    return "".join(original[block.source(offset)] for offset in range(len(block.text)))


def test_a_word_broken_over_lines_is_whole_again() -> None:
    original = "推动全市重点产业链企业数字化转型和数智化升\n\n级，培育十家领先企业。\n下一段话从这里开始，也说完了。"
    assert texts(original) == ["推动全市重点产业链企业数字化转型和数智化升级，培育十家领先企业。", "下一段话从这里开始，也说完了。"]


def test_page_numbers_and_contents_are_left_out() -> None:
    original = "目录\n第一章 总则........3\n— 2 —\n第一章 总则\n到2025年建成一百个示范中心，形成完整体系，\n12\n带动全市发展。\n"
    assert "12" not in "".join(texts(original)).replace("2025", "")
    assert texts(original)[-1] == "到2025年建成一百个示范中心，形成完整体系，带动全市发展。"


def test_full_width_digits_and_spaces_between_characters() -> None:
    original = "到２０２５ 年，培 育１００家，占比达到４５．５％。"
    assert texts(original) == ["到2025年，培育100家，占比达到45.5%。"]


def test_headings_nest_and_items_keep_their_number() -> None:
    original = "一、总体要求\n（一）主要目标\n到2025年，实现以下目标：\n1.建成十个示范中心，完善服务体系。\n二、重点任务\n（一）夯实基础\n"
    blocks = read_plain_text(original)
    assert [(block.kind, block.number) for block in blocks] == [
        ("heading", "一、"), ("heading", "(一)"), ("body", ""), ("item", "1."), ("heading", "二、"), ("heading", "(一)"),
    ]  # fmt: skip
    assert blocks[3].path == ("一、总体要求", "(一)主要目标")
    assert blocks[5].path == ("二、重点任务",)


def test_headings_inside_a_paragraph_are_found_where_the_numbering_goes_on() -> None:
    original = (
        "各区要认真落实：一、总体要求（一）指导思想。坚持创新驱动。（二）基本原则。统筹推进，落实第（一）项要求。"
        "二、重点任务（三）夯实基础。建设平台。"
    )
    numbers = [block.number for block in read_plain_text(original)]
    assert numbers == ["", "一、", "(一)", "(二)", "二、", "(三)"]


def test_rows_with_tabs_and_markdown_bars_are_cells() -> None:
    assert grid("指标\t2020年\n产值（亿元）\t1 200\n") == {(1, 1): "指标", (1, 2): "2020年", (2, 1): "产值(亿元)", (2, 2): "1 200"}
    assert grid("| 指标 | 2020年 |\n|---|---|\n| 产值 | 12 |\n")[(3, 2)] == "12"


@pytest.mark.parametrize(
    "original",
    [
        "指标 2020年 2025年 年均增速 属性\n1.产值（亿元） 120 300 20.1 预期性\n2.普及率（%） 40 70 [30] 约束性\n",
        "指   标      2020 年    2025 年   年均增速   属性\n 1.产值（亿元）    120    300   20.1   预期性\n 2.普及率\n"
        "   （%）    40   70   [30]  约束性\n",
        "指标\n2020年\n2025年\n年均增速\n属性\n1.产值（亿元）\n120\n300\n20.1\n预期性\n\n2.普及率（%）\n40\n\n70\n[30]\n约束性\n",
    ],
    ids=["one space", "wide gaps", "a cell a line"],
)
def test_a_flattened_indicator_table_is_a_table_again(original: str) -> None:
    found = grid(original)
    assert [found[(1, column)].replace(" ", "") for column in range(2, 6)] == ["2020年", "2025年", "年均增速", "属性"]
    assert [found[(2, column)] for column in range(1, 6)] == ["1.产值(亿元)", "120", "300", "20.1", "预期性"]
    assert [found[(3, column)] for column in range(1, 6)] == ["2.普及率(%)", "40", "70", "[30]", "约束性"]


def test_columns_parted_by_wide_gaps_are_a_table_and_two_lines_are_not() -> None:
    rows = "地区    企业数    占比\n东城    120    12.5%\n西城    98    10.1%\n"
    assert grid(rows)[(3, 2)] == "98"
    assert grid("东城    120    12.5%\n西城    98    10.1%\n") == {}


def test_a_table_of_years_in_prose_is_prose() -> None:
    assert grid("2020年和2025年，全市产业规模分别达到1200亿元和3000亿元，年均增长20%。") == {}


ALPHABET = "到至２0205年底前，。；、一二（）()“”%．万亿元个家#|*>-— \t\n\f．第章节条指标属性"


@given(st.text(alphabet=ALPHABET, max_size=300))
def test_every_character_stands_where_the_block_says(original: str) -> None:
    wide = str.maketrans("０１２３４５６７８９．％（）－＋", "0123456789.%()-+")
    for block in read_plain_text(original):
        assert block.text
        for clean, printed in zip(block.text, letters(block, original), strict=True):
            assert clean == printed.translate(wide) or clean == " "
        places = [block.source(offset) for offset in range(len(block.text))]
        assert places == sorted(places)
