"""The whole report: blocks, numbering, references, lists of sources and gaps, faults told together, dependencies, speed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BatchErrors
from guibiao.publish.document import Bullets, ChartBlock, Heading, Link, Paragraph, TableBlock, Text
from guibiao.publish.report import check_template, quoted_indicators
from guibiao.reference.report_definitions import ChartDefinition, SeriesDefinition, TableDefinition
from tests.publish.report.city import ROWS, Chart, computed, history, links, numbers, printed, report, row, said, workspace

TABLES = tuple(
    TableDefinition(id=name, title_zh="指标", title_en="Indicators", rows="period", columns=(SeriesDefinition(indicator=indicator),))
    for name, indicator in (("levels", "output"), ("shares", "share"))
)
CHARTS = (ChartDefinition(id="rates", kind="line", title_zh="增速", series=(SeriesDefinition(indicator="growth"),)),)
GROWTH_ID = "growth|91||2023-01-01|2023-12-31|during|none||"
DRAWN = {"rates": Chart(spec={"mark": "line"}, figures=(GROWTH_ID,), notes=("注",), alternative="上升")}
GIVEN: dict[str, Any] = {"tables": TABLES, "charts": CHARTS, "drawn": DRAWN}

COVERED = "覆盖临江市；2023年；最近一期期末距本报告14个月；来源等级B。"
TEMPLATE = """# 规模

2023年增加值{{ value("output", 2023) }}，**占比{{ value("share", 2023) }}**，见{{ see("levels") }}和{{ see("rates") }}。
下一行继续[官网](https://example.org/a)。

{{ table("levels") }}

- 第一项{{ change("growth", 2023) }}
- 第二项

## 分区 {#areas}

> 注：见[上文](#规模)。

{{ chart("rates") }}

1. 甲
2. 乙

{{ table("shares") }}

{{ sources() }}
"""


def test_blocks_in_order() -> None:
    blocks = report(TEMPLATE, **GIVEN).document.blocks
    kinds = [Heading, Paragraph, TableBlock, Bullets, Heading, Paragraph, ChartBlock, Bullets, TableBlock, Bullets]
    assert [type(block) for block in blocks] == kinds


def test_tables_and_charts_are_numbered_in_their_order() -> None:
    blocks = report(TEMPLATE, **GIVEN).document.blocks
    assert [(block.id, block.number) for block in blocks if isinstance(block, TableBlock | ChartBlock)] == [
        ("levels", "表1"),
        ("rates", "图1"),
        ("shares", "表2"),
    ]


def test_a_reference_may_come_before_what_it_refers_to() -> None:
    paragraph = report(TEMPLATE, **GIVEN).document.blocks[1]
    assert isinstance(paragraph, Paragraph)
    assert links(paragraph.line) == [Link("表1", "#levels"), Link("图1", "#rates"), Link("官网", "https://example.org/a")]


def test_lines_of_a_paragraph_are_joined() -> None:
    paragraph = report(TEMPLATE, **GIVEN).document.blocks[1]
    assert isinstance(paragraph, Paragraph)
    assert said(paragraph.line) == "2023年增加值1200.7亿元，占比42.9%，见表1和图1。下一行继续官网。"
    assert Text("占比", "strong") in paragraph.line
    assert printed("one two\nthree", language="en") == "one two three"
    assert printed("数据\n来源") == "数据来源"


def test_headings_have_ids_of_their_words() -> None:
    blocks = report(TEMPLATE, **GIVEN).document.blocks
    assert [(block.level, block.id, said(block.line)) for block in blocks if isinstance(block, Heading)] == [
        (1, "规模", "规模"),
        (2, "areas", "分区"),
    ]


def test_a_heading_keeps_its_id_when_its_number_changes() -> None:
    template = '# 增加值{{ value("output", 2023) }}\n\n# 增加值'
    first, second = (report(template, history("output", {2023: figure})).document.blocks for figure in ("1.0", "2.0"))
    assert [block.id for block in first if isinstance(block, Heading)] == ["增加值", "增加值-2"]
    assert [block.id for block in second if isinstance(block, Heading)] == ["增加值", "增加值-2"]


def test_a_quotation_is_a_note_and_lists_are_lists() -> None:
    blocks = report(TEMPLATE, **GIVEN).document.blocks
    assert isinstance(blocks[5], Paragraph)
    assert blocks[5].style == "note"
    assert isinstance(blocks[3], Bullets)
    assert [said(item) for item in blocks[3].items] == ["第一项增长8.5%", "第二项"]
    assert isinstance(blocks[7], Bullets)
    assert blocks[7].ordered


def test_a_chart_brings_the_passports_of_its_marks() -> None:
    made = report(TEMPLATE, **GIVEN)
    chart = next(block for block in made.document.blocks if isinstance(block, ChartBlock))
    assert chart.passports == ("p:growth:91:2023-12-31:",)
    assert (chart.title, chart.notes, chart.source, chart.alternative) == ("增速", ("注", COVERED), "统计年鉴", "上升")
    assert {figure.indicator for figure in made.figures} == {"output", "share", "growth"}


def test_a_chart_that_cannot_be_drawn_says_why() -> None:
    drawn = {"rates": Chart(reason="没有数据，由统计局掌握。")}
    made = report('见{{ see("rates") }}。\n\n{{ chart("rates") }}', charts=CHARTS, drawn=drawn)
    assert [said(block.line) for block in made.document.blocks if isinstance(block, Paragraph)] == ["见图1。"]
    (gap,) = [block for block in made.document.blocks if isinstance(block, TableBlock)]
    assert (gap.id, gap.number, gap.title, gap.head[0][0].text) == ("rates", "图1", "增速", "没有数据，由统计局掌握。")


def test_sources_name_what_is_quoted_anywhere() -> None:
    statements = [row("output", 2022, "1049.9", source="mirror", grade="C", statement="s2")]
    made = report('{{ sources() }}\n\n{{ value("output", 2022, source="mirror") }}，{{ value("share", 2023) }}', statements=statements)
    assert isinstance(made.document.blocks[0], Bullets)
    assert [said(item) for item in made.document.blocks[0].items] == [
        "统计年鉴，统计局，B级（年鉴或文献转载）",
        "网站转载，统计局，C级（镜像转载）",
    ]


def test_gaps_name_who_holds_what() -> None:
    gaps = report("{{ gaps() }}").document.blocks[0]
    assert isinstance(gaps, Bullets)
    assert [said(item) for item in gaps.items] == ["直播成交额：由商务局掌握，应于2026年1月前提供。"]
    assert printed("{{ gaps() }}", [row("secret", 2023, "5.0")]) == "无。"


def test_a_typed_table() -> None:
    template = '| 指标 | 数 |\n|:--|--:|\n| 增加值 | {{ value("output", 2023) }} |\n'
    (block,) = report(template).document.blocks
    assert isinstance(block, TableBlock)
    assert [[cell.text for cell in line] for line in (*block.head, *block.rows)] == [["指标", "数"], ["增加值", "1200.7亿元"]]
    assert block.rows[0][1].passport
    with pytest.raises(BatchErrors, match="手工写入的数字：“5亿元”"):
        report(template.replace("增加值 |", "5亿元 |"))


def test_the_cover_says_what_the_reader_must_know() -> None:
    findings = [{"severity": severity} for severity in ("error", "warning", "warning", "info")]
    document = report("正文", findings=findings, synthetic=True).document
    assert document.notices == (
        "本报告使用合成数据，只作演示。",
        "数据按2025年3月20日可知的最新发布。",
        "数据核查发现错误1项、需说明的差异2项。",
    )
    assert (document.title, document.publisher, document.date, document.language) == ("临江市简报", "统计局", "2025年3月20日", "zh")
    assert report("Text", language="en").document.date == "20 March 2025"


def test_literals_are_kept_with_their_reason() -> None:
    made = report('共{{ literal("3家", reason="会议口头通报") }}。')
    assert made.literals == (("3家", "会议口头通报"),)
    assert not made.figures


def test_all_faults_are_told_together_with_their_places() -> None:
    template = """# 概况

增加值1200.7亿元，同比增长{{ value("growth", 2023) }}，占{{ value("shares", 2023) }}。

- 共３家
- {{ table("nothing") }}

| 表 | 头 |
|---|---|
| 甲 | 二百亿元 |

见{{ see("nowhere") }}。
{{ value("output", 2031) }}
"""
    with pytest.raises(BatchErrors) as failure:
        report(template, **GIVEN)
    assert [(str(error.place), error.title) for error in failure.value.errors] == [
        ("report/report.md:3:4", "手工写入的数字：“1200.7亿元”"),
        ("report/report.md:3:15", "绑定旁边手工写了“增长”"),
        ("report/report.md:3:46", "没有指标 shares"),
        ("report/report.md:5:4", "手工写入的数字：“３家”"),
        ("report/report.md:6:3", "table() 要单独成行"),
        ("report/report.md:10:7", "手工写入的数字：“二百亿元”"),
        ("report/report.md:12:2", "没有 nowhere 这张表、图或标题"),
        ("report/report.md:13:1", "没有这项数据：2031年数字产业增加值（临江市）"),
    ]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("增加值{{ value", "绑定没有写完整"),
        ("增加值 }}", "绑定没有写完整"),
        ("私用\U000f0001字符", "F0001"),
        ("![图](a.png)", "图片"),
        ("```\ncode\n```", "代码块"),
        ("<b>粗</b>", "HTML"),
        ("<div>\n块\n</div>", "HTML"),
        ("---", "分隔线"),
        ("- 甲\n  - 乙", "列表里套了列表"),
        ("- 甲\n\n  又一段", "多个段落"),
        ("[链接](javascript:alert)x [a](ftp://x)", "链接地址不能用"),
        ("[链接](#nowhere)", "没有去处"),
        ("[{{ value(\"share\", 2023) }}](https://example.org)", "链接文字"),
        ("# 甲 {#a}\n\n# 乙 {#a}", "已被用过"),
        ("# 甲 {#levels}", "已被用过"),
        ("{{ table(\"levels\") }}\n\n{{ table(\"levels\") }}", "放了两次"),
        ("{{ table(\"level\") }}", "levels"),
        ("{{ chart(\"rate\") }}", "rates"),
        ("见{{ chart(\"rates\") }}", "单独成行"),
        ("# {{ sources() }}", "单独成行"),
        ("3{{ unit(\"output\") }}", "手工写入|紧贴"),
        ("3 {{ unit(\"output\") }}", "手工写入"),
        ("1{{ value(\"output\", 2023) }}", "紧贴"),
        ("共**3**家", "“3家”"),
        ("共3\n家企业", "“3 家”"),
        ("共&#51;家", "“3家”"),
        ("共3<!-- 注 -->家", "“3家”"),
        ("# 达5.2万户", "“5.2万户”"),
        ("[共3家](https://example.org)", "“3家”"),
        ("> 占三成", "“三成”"),
        ("| 甲 | 乙 |\n|---|---|\n| {{ value(\"share\", 2023) }}{{ value(\"output\", 2023) }} | x |", "几个数"),
    ],
)  # fmt: skip
def test_refused(template: str, message: str) -> None:
    with pytest.raises(BatchErrors, match=message):
        report(template, **GIVEN)


def test_a_comment_is_not_printed() -> None:
    assert printed("<!-- 3家 -->\n\n正文<!-- 注 -->。") == "正文。"


def test_a_binding_may_span_lines_and_places_stay_right() -> None:
    template = '增加值{{ value(\n  "output",\n  2023\n) }}。\n\n共5家。'
    with pytest.raises(BatchErrors) as failure:
        report(template)
    assert [str(error.place) for error in failure.value.errors] == ["report/report.md:6:2"]
    assert printed(template.replace("共5家。", "")) == "增加值1200.7亿元。"


def test_braces_in_quotes_belong_to_the_text() -> None:
    assert printed('{{ literal("}} {{ 3家", reason="引号内") }}') == "}} {{ 3家"


def test_markup_in_a_binding_is_not_markdown() -> None:
    assert printed('{{ literal("a_b_c *d*", reason="_x_") }}') == "a_b_c *d*"


def test_windows_line_ends() -> None:
    assert printed("第一行\r\n第二行") == "第一行第二行"


def test_an_empty_template_is_an_empty_report() -> None:
    assert report("").document.blocks == ()


@given(st.text(alphabet="#-*_`>|[](){}<>!&\\ \n1.甲乙数a", max_size=60))
def test_any_template_ends_in_a_report_or_in_faults(template: str) -> None:
    try:
        faults = report(template).literals
    except BatchErrors as failure:
        faults = tuple(("", error.place.file) for error in failure.errors)
    assert {place for _text, place in faults} <= {"report/report.md"}


def test_a_change_in_one_figure_changes_what_follows_it_and_nothing_else() -> None:
    before = report(TEMPLATE, **GIVEN)
    after = report(TEMPLATE, [*(each for each in ROWS if each["indicator"] != "growth"), *history("growth", {2023: "-8.5"})], **GIVEN)
    changed = [one for one, other in zip(before.quotations, after.quotations, strict=True) if one.text != other.text]
    assert [quotation.binding for quotation in changed] == ['change("growth", 2023)']
    differing = [
        number for number, pair in enumerate(zip(before.document.blocks, after.document.blocks, strict=True)) if pair[0] != pair[1]
    ]
    assert differing == [3]


def test_dependencies_are_read_without_data() -> None:
    template = TEMPLATE + '{{ compare("growth", 2023, other="real_growth") }}{{ value("wrong", 1) }}'
    assert quoted_indicators(workspace(template, tables=TABLES, charts=CHARTS)) == ("growth", "output", "real_growth", "share")
    assert "secret" in quoted_indicators(workspace("{{ gaps() }}"))
    assert quoted_indicators(workspace("无绑定")) == ()


def test_a_template_is_checked_without_data() -> None:
    assert check_template(workspace(TEMPLATE, tables=TABLES, charts=CHARTS)) == ()
    faults = check_template(workspace('共3家{{ valeu("output") }}\n\n增长{{ value("output", 2023) }}'))
    assert [str(fault.place) for fault in faults] == ["report/report.md:1:2", "report/report.md:1:4", "report/report.md:3:1"]
    unknown = check_template(workspace('{{ value("outptu", 1) }}\n\n{{ table("level") }}', tables=TABLES))
    assert [(fault.place.line, fault.remedy) for fault in unknown] == [(1, "是不是想写 output？"), (3, "是不是想写 levels？")]
    assert check_template(workspace("{{ value("))


def test_derived_figures_bring_the_sources_of_their_inputs() -> None:
    made = report('{{ value("share", 2023) }}\n\n{{ sources() }}', [computed("share", 2023, 42.9, 42.8, 43.0)])
    assert [figure.indicator for figure in made.figures] == ["share"]


def test_a_long_report_quotes_every_number() -> None:
    calls = [
        'value("output", 2023)', 'change("growth", 2023)', 'rank("share", 2023)', 'first_time("output", 2023, threshold=1100)',
        'consecutive("growth", 2023)', 'average("growth", 2023)', 'compare("share", 2023, to="9")', 'value("share", 2022)',
    ]  # fmt: skip
    filler = "数字经济持续发展，一批重点项目建成投产，治理能力和服务水平得到社会认可，产业生态更加完善，" * 3
    paragraphs = [f"{filler}2023年{{{{ {calls[number % len(calls)]} }}}}。" for number in range(200)]
    template = "\n\n".join(f"# 第{number // 10}节\n\n{text}" if number % 10 == 0 else text for number, text in enumerate(paragraphs))
    rows = [*ROWS, *(row("share", 1950 + number % 70, "5.0", area=f"8{number}") for number in range(2000))]
    made = report(template, rows)
    assert len(numbers([part for block in made.document.blocks if isinstance(block, Paragraph) for part in block.line])) == 200  # type: ignore[arg-type]
