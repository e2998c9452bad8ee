"""Figures in indicator tables: the head gives day, unit and class."""

from __future__ import annotations

import pytest

from guibiao.ingest.plain_text import read_plain_text
from guibiao.model.text.blocks import DocumentText
from guibiao.policy.targets import Target, extract_targets

HEAD = "某市“十四五”数字发展规划\n\n专栏1 主要指标\n\n"
FLAT = (
    "指标 2020年 2025年 年均/累计 属性\n1.核心产业增加值占比（%） 7.8 10 [2.2] 预期性\n2.用户数（亿户） 4.60 "
    ">8 — 约束性\n3.产值（亿元） 100 200 14.9 预期性\n"
)
TABBED = "指标\t单位\t2020年\t2025年\n核心产业增加值占比\t%\t7.8\t10\n用户数\t亿户\t4.60\t>8\n产值\t亿元\t100\t200\n"
STACKED = (
    "序号\n指标\n单位\n2020年\n2025年\n属性\n1\n核心产业增加值占比\n%\n7.8\n10\n预期性\n2\n用户数\n亿户\n4.60\n"
    ">8\n约束性\n3\n产值\n亿元\n100\n200\n预期性\n"
)
MARKDOWN = (
    "| 指标 | 2020年 | 2025年 |\n|---|---|---|\n| 核心产业增加值占比（%） | 7.8 | 10 |\n| 用户数（亿户） | "
    "4.60 | >8 |\n| 产值（亿元） | 100 | 200 |\n"
)


def found(text: str, title: str = HEAD) -> list[Target]:
    whole = f"{title}{text}"
    targets = list(extract_targets(DocumentText("plan", whole, read_plain_text(whole))))
    for each in targets:
        assert whole[each.start : each.end] == each.quote
        assert each.start <= each.value_start < each.value_end <= each.end
    return targets


@pytest.mark.parametrize("text", [FLAT, TABBED, STACKED, MARKDOWN], ids=["flattened", "tabs", "a cell a line", "markdown"])
def test_past_columns_are_statistics_and_future_ones_targets(text: str) -> None:
    levels = [each for each in found(text) if each.kind not in {"growth", "increment"}]
    assert [(float(each.value), each.unit, each.classification, str(each.deadline)) for each in levels] == [
        (7.8, "%", "retrospective", "None"), (10.0, "%", "policy_target", "2025-12-31"),
        (4.6, "亿户", "retrospective", "None"), (8.0, "亿户", "policy_target", "2025-12-31"),
        (100.0, "亿元", "retrospective", "None"), (200.0, "亿元", "policy_target", "2025-12-31"),
    ]  # fmt: skip
    assert [each.indicator for each in levels][::2] == ["核心产业增加值占比", "用户数", "产值"]
    assert levels[3].operator == ">"
    assert {each.deadline_scope for each in levels if each.deadline} == {"inherited"}


def test_growth_and_cumulative_points_belong_to_the_last_year() -> None:
    changes = [each for each in found(FLAT) if each.kind in {"growth", "increment"}]
    assert [(float(each.value), each.unit, each.kind, str(each.deadline)) for each in changes] == [
        (2.2, "个百分点", "increment", "2025-12-31"), (14.9, "%", "growth", "2025-12-31"),
    ]  # fmt: skip


def test_a_report_states_what_was() -> None:
    text = "类别\t2019年\t2020年\t增长率\n手机（万部）\t8373.3\t9928.5\t18.57%\n电视（万台）\t417.9\t279.3\t-33.17%\n"
    targets = found(text, "某市2021年发展报告\n\n")
    assert {each.classification for each in targets} == {"retrospective"}
    assert [float(each.value) for each in targets] == [8373.3, 9928.5, 18.57, 417.9, 279.3, -33.17]
    assert targets[0].unit == "万部"


def test_the_unit_may_stand_above_the_table() -> None:
    text = "单位：亿元\n企业\t收入\t排名\n甲公司\t120.5\t1\n乙公司\t98\t2\n"
    assert [(float(each.value), each.unit) for each in found(text, "某市2021年发展报告\n\n")] == [(120.5, "亿元"), (98.0, "亿元")]


def test_numbers_that_are_no_quantities_are_left_out() -> None:
    text = "序号\t单位名称\t电话\n1\t甲中心\t55578428\n2\t乙中心\t55578429\n"
    assert found(text, "某市2021年发展报告\n\n") == []


def test_words_in_a_row_that_names_a_plan_are_that_plans() -> None:
    text = (
        "日期\t文件\t内容\n2021年9月\t某市教育规划（2021—2025年）\t完善体系。智慧校园覆盖率达到85%以上。\n2021年8月\t某市行动计划\t到2023年，"
        "建成20个中心。\n"
    )
    targets = found(text, "某市2021年发展报告\n\n")
    assert [(float(each.value), each.classification, str(each.deadline)) for each in targets] == [
        (85.0, "policy_target", "2025-12-31"), (20.0, "policy_target", "2023-12-31"),
    ]  # fmt: skip
