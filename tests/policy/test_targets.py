"""Targets in Chinese policy text: each thing that makes it hard, by name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.ingest.plain_text import read_plain_text
from guibiao.model.text.blocks import DocumentText
from guibiao.policy.targets import Target, extract_targets


def targets(text: str, dated: str = "2022-06-08", title: str = "某市数字经济行动计划") -> list[Target]:
    whole = f"{title}\n\n{text}"
    return list(extract_targets(DocumentText("plan", whole, read_plain_text(whole), dated)))


def one(text: str, **more: str) -> Target:
    found = targets(text, **more)
    assert len(found) == 1, found
    return found[0]


def test_a_lead_in_governs_a_list_of_twenty_items() -> None:
    items = "\n".join(f"（{number}）培育{number * 10}家重点企业。" for number in range(1, 21))
    found = targets(f"到2025年，实现以下目标：\n{items}")
    assert len(found) == 20
    assert {str(each.deadline) for each in found} == {"2025-12-31"}
    assert {each.deadline_scope for each in found} == {"inherited"}


@pytest.mark.parametrize(
    ("text", "operator", "value", "high", "unit"),
    [
        ("直播电商成交额翻一番", "multiple_of_base", "2", None, "倍"),
        ("软件业务收入翻两番", "multiple_of_base", "4", None, "倍"),
        ("选取2—3个区打造基地", "range", "2", "3", "个"),
        ("建设1-2个体验馆", "range", "1", "2", "个"),
        ("推动上万台设备上云", ">=", "10000", None, "台"),
        ("实现重点区域5G网络全覆盖", "=", "100", None, "%"),
        ("收入超过3500亿元", ">", "3500", None, "亿元"),
        ("培育100家以上企业", ">=", "100", None, "家"),
        ("建成不少于17个中心", ">=", "17", None, "个"),
        ("培育约50家企业", "approx", "50", None, "家"),
        ("培育50家左右企业", "approx", "50", None, "家"),
        ("审批时间压缩至3个工作日以内", "<=", "3", None, "个工作日"),
        ("数据中心能耗不超过1.3万千瓦时", "<=", "1.3", None, "万千瓦时"),
        ("产业规模达到1.4万亿元", ">=", "1.4", None, "万亿元"),
        ("物联网终端用户数量超过8.88 亿", ">", "8.88", None, "亿"),
        ("用户达到1.4万亿", ">=", "1.4", None, "万亿"),
        ("占比达到百分之四十五", ">=", "45", None, "%"),
        ("新建三十个实验室", "=", "30", None, "个"),
        ("新增１００万户用户", "=", "100", None, "万户"),
    ],
)
def test_values_and_operators(text: str, operator: str, value: str, high: str | None, unit: str) -> None:
    found = one(f"到2025年，{text}。")
    assert (found.operator, found.value, found.unit) == (operator, Decimal(value), unit)
    assert found.value_high == (None if high is None else Decimal(high))
    assert str(found.deadline) == "2025-12-31"


def test_respectively_gives_each_value_its_own_name() -> None:
    found = targets("到2025年，数字化工具普及率、关键工序数控化率分别达到85%、68%。")
    assert [(each.indicator, each.value) for each in found] == [("数字化工具普及率", 85), ("关键工序数控化率", 68)]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("今明两年", "2023-12-31"),
        ("三年内", "2025-12-31"),
        ("5至10年", "2032-12-31"),
        ("今年", "2022-12-31"),
        ("明年底", "2023-12-31"),
        ("到2023年底前", "2023-12-31"),
        ("到2024年6月底", "2024-06-30"),
        ("到“十四五”末", "2025-12-31"),
        ("未来三年", "2025-12-31"),
        ("2023年上半年", "2023-06-30"),
    ],
)
def test_deadlines_relative_to_the_documents_date(words: str, day: str) -> None:
    assert str(one(f"{words}，培育100家企业。").deadline) == day


def test_above_a_level_belongs_to_the_level() -> None:
    found = one("到2025年，L2级以上渗透率达到80%。")
    assert (found.value, found.unit, found.operator) == (Decimal(80), "%", ">=")
    assert found.indicator == "L2级以上渗透率"


@pytest.mark.parametrize(
    "text",
    [
        "加快5G网络建设", "推动L4级自动驾驶", "打造“1+10+N”平台体系", "进入TOP500榜单", "“十四五”时期加快发展", "京经信发〔2022〕46号",
        "推动三里屯商圈升级", "发展互联网3.0", "落实第三次会议精神", "按照GB/T 4754-2017执行", "推进IPv6部署",
        "坚持“四个全面”布局", "参见附件2",
        "联系电话55578428", "实施数字化升级2.0行动", "支持中关村一区多园",
    ],
)  # fmt: skip
def test_what_is_no_quantity(text: str) -> None:
    assert [each for each in targets(f"{text}。") if each.classification == "policy_target"] == []


@pytest.mark.parametrize(
    ("text", "expected", "title"),
    [
        ("2021年，全市数字经济增加值达到16251.9亿元，同比增长13.1%。", "retrospective", "某市数字经济发展报告"),
        ("截至2021年底，累计建成5G基站5.1万个。", "retrospective", "某市行动计划"),
        ("美团公司计划在3年内落地上万台无人配送车。", "corporate", "某市发展报告"),
        ("对获奖项目给予最高500万元奖励。", "support_cap", "某市行动计划"),
        ("预计到2022年市场规模将达15073亿元。", "forecast", "某市发展报告"),
        ("该项目总投资35亿元。", "project_spec", "某市发展报告"),
        ("每年举办2场产业峰会。", "event_plan", "某市行动计划"),
        ("聚焦五个方面开展工作。", "enumeration", "某市行动计划"),
        ("到2025年，培育100家企业。", "policy_target", "某市行动计划"),
        ("到2025年，信息内容消费收入超过5000亿元。", "policy_target", "某市发展白皮书"),
    ],
)
def test_only_the_citys_commitment_is_a_target(text: str, expected: str, title: str) -> None:
    assert {each.classification for each in targets(text, title=title)} == {expected}


def test_offsets_are_those_of_the_original() -> None:
    text = "到２０２５年，培育 100\n\n家 企业。"
    whole = f"某市数字经济行动计划\n\n{text}"
    found = one(text)
    assert whole[found.value_start : found.value_end] == "100\n\n家"
    assert found.deadline_start is not None
    assert whole[found.deadline_start : found.deadline_end] == "到２０２５年"
    assert whole[found.start : found.end] == found.quote


def test_an_increment_is_told_from_a_level() -> None:
    assert one("到2025年，新增千兆用户10万户。").kind == "increment"
    assert one("到2025年，千兆用户达到10万户。").kind != "increment"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="到至20225年底前，。；、一二十百万亿元个家%（）()“”〔〕翻番上数超过约 \n\t|#.+-", max_size=300))
def test_no_text_breaks_it_and_offsets_hold(text: str) -> None:
    for each in extract_targets(DocumentText("any", text, read_plain_text(text), "2022-01-01")):
        assert 0 <= each.start <= each.value_start < each.value_end <= each.end <= len(text)
        assert text[each.start : each.end] == each.quote
