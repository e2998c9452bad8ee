"""A number with a unit typed by hand is told, in whatever way it is written; what only looks like one is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guibiao.model.unit import find_unit, unit_pattern
from guibiao.publish.typed_numbers import typed_numbers

NAMES = ("5G", "TOP500", "三年行动计划")


@pytest.mark.parametrize(
    "text",
    [
        "增加值18766.7亿元",
        "占42.9%",
        "占42.9％",
        "占４２.９％",
        "共１２家",
        "二百亿元",
        "三成企业",
        "近600家",
        "2—3个",
        "3~5万户",
        "上万台",
        "数十家企业",
        "百分之八十",
        "百分之80",
        "三分之一",
        "3 亿元",
        "3\u3000亿元",
        "1.4万亿",
        "一亿元",
        "十万人",
        "两个百分点",
        "1.3个百分点",
        "第2位",
        "第二位",
        "前10名",
        "前三位",
        "居全国第二",
        "排名第一",
        "5 GB",
        "200亿",
        "二百余亿",
        "一百多个",
        "十多家",
        "20余家",
        "1000多人",
        "12,345元/人",
        "1倍",
        "七倍",
        "两年",
        "百亿元",
        "-3.2%",
        "−3.2%",
        "¥300",
        "RMB 5 billion",
        "三点五亿元",
        "①3个",
        "GDP4.3万亿元",
        "代表30家企业",
        "2022年5家",
        "上亿",
        "一万",
        "3家 5G基站",
        "٣٤家",
        "1,234.5亿元",
        "2023年增加值1200.7亿元",
        "约.5%",
        "8.5 个百分点",
        "7000PFLOPS",
        "rose 8.5%",
        "five percent",
        "two hundred companies",
        "1.3 percentage points",
        "5 billion yuan",
        "18,766.7 billion",
        "twenty-five million people",
    ],
)
def test_told(text: str) -> None:
    assert typed_numbers(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "2023年",
        "２０２３年",
        "2021年1-9月",
        "2021年1—9月",
        "11月末",
        "2021—2023年",
        "2023年3月21日",
        "2024-03-21",
        "截至2023年9月",
        "二〇二三年",
        "20世纪90年代",
        "十四五期间",
        "“十四五”时期",
        "2023年初",
        "2023 年度",
        "京政发〔2022〕46号",
        "京政发[2022]46号",
        "GB/T 4754-2017",
        "DB11/T 1234",
        "第二十八条",
        "第三季度",
        "第一产业",
        "第3部分",
        "第1期",
        "第五次全国经济普查",
        "一个重要方面",
        "一种",
        "上一年",
        "一家之言",
        "5G用户",
        "TOP500",
        "三年行动计划",
        "三、人才",
        "（一）个人信息",
        "1. 个体工商户",
        "1.1 天然气",
        "表1 人均收入",
        "2.1 家庭宽带",
        "3.2 部门职责",
        "百家争鸣",
        "千家万户",
        "每万人",
        "每十万人",
        "每百户",
        "五部门印发",
        "四部门联合",
        "双11期间",
        "单位：亿元",
        "万元",
        "IPv6用户",
        "一带一路",
        "万一",
        "第三方",
        "首位",
        "三位一体化",
        "全市",
        "一二三产业",
        "3D打印",
        "第三位一体",
        "前三季度",
        "两会",
        "千兆用户",
        "百年老店",
        "十分重要",
        "上半年",
        "H5页面",
        "",
        "no numbers here",
        "in 2023",
        "one of the areas",
        "5G users",
        "Web 3.0",
        "ISO 9001",
    ],
)
def test_not_told(text: str) -> None:
    assert not typed_numbers(text, NAMES)


def test_a_fault_names_the_whole_number_and_what_to_write() -> None:
    (fault,) = typed_numbers("全年增加值约1,200.7亿元，平稳。")
    assert (fault.text, fault.offset) == ("1,200.7亿元", 6)
    assert "{{ value(" in fault.remedy
    assert "literal" in fault.remedy


def test_every_number_is_told_once() -> None:
    assert [fault.text for fault in typed_numbers("3家、5.2万户和百分之八十")] == ["3家", "5.2万户", "百分之八十"]


def test_a_name_exempts_nothing_larger() -> None:
    assert typed_numbers("15G流量共3家", ("5G",))
    assert typed_numbers("TOP5000家", ("TOP500",))
    assert not typed_numbers("7×24小时", ("7×24小时",))


def test_invisible_characters_are_told() -> None:
    for text in ("3\u200b亿元", "3\u2060家", "\u202e元亿3"):
        (fault,) = typed_numbers(text)
        assert "U+" in fault.title


SLOT = "\U000f0000"


@pytest.mark.parametrize("text", [f"1{SLOT}", f"2.{SLOT[:0]}5{SLOT}", f"{SLOT}5", f"{SLOT}.5", f"{SLOT},500"])
def test_digits_against_a_binding_are_told(text: str) -> None:
    assert typed_numbers(text)


@pytest.mark.parametrize("text", [f"2023年{SLOT}", f"{SLOT}2023年", f"5G{SLOT}", f"表 {SLOT}", f"（1）{SLOT}", f"{SLOT}、{SLOT}"])
def test_a_date_against_a_binding_is_not(text: str) -> None:
    assert not typed_numbers(text, NAMES)


def test_a_number_before_a_bound_unit_is_told() -> None:
    assert typed_numbers(f"共 3 {SLOT}", unit_slots=SLOT)
    assert not typed_numbers(f"共 3 {SLOT}")


SYMBOLS = sorted(
    {
        "亿元",
        "万元",
        "元",
        "户",
        "家",
        "万人",
        "人次",
        "个",
        "台",
        "款",
        "%",
        "‰",
        "个百分点",
        "倍",
        "GB",
        "平方公里",
        "元/人",
        "万户",
        "千瓦时",
        "天",
    }
)
NUMERALS = st.one_of(
    st.integers(0, 10**9).map(str),
    st.decimals("-9999", "9999", places=2).map(str),
    st.integers(1000, 10**9).map(lambda number: f"{number:,}"),
    st.integers(0, 99999).map(lambda number: "".join(chr(0xFF10 + int(digit)) for digit in str(number))),
    st.sampled_from(["二", "三十五", "一百二十", "两千", "三万", "一点五亿", "数十", "几百", "上万", "百分之三十的1"]),
)
BEFORE = st.sampled_from(["", "约", "达到", "增加值", "其中，", "（", "GDP", "共计 ", "占比"])
AFTER = st.sampled_from(["", "。", "，其中", "企业", "以上", "左右", "）"])


@given(BEFORE, NUMERALS, st.sampled_from(["", " ", "余", "\u3000", "多"]), st.sampled_from(SYMBOLS), AFTER)
def test_no_number_with_a_unit_passes(before: str, number: str, between: str, symbol: str, after: str) -> None:
    assume(find_unit(symbol) is not None)
    assert typed_numbers(f"{before}{number}{between}{symbol}{after}")


@given(st.text(alphabet="数字经济增加值占比提高，。、一个这和对其中平台发展 ", max_size=60))
def test_words_without_numbers_pass(text: str) -> None:
    assert not typed_numbers(text)


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    for fault in typed_numbers(text, NAMES):
        assert 0 <= fault.offset < len(text)


def test_every_known_unit_is_looked_for() -> None:
    assert "亿元" in unit_pattern().replace("\\", "") or typed_numbers("5亿元")
    for symbol in ("千瓦时", "EB", "公顷", "港元", "路端", "秒"):
        assert typed_numbers(f"共5{symbol}")


@pytest.mark.parametrize(
    "text",
    ["1" * 20000, "1" + " " * 20000, "一" * 20000, "1," * 10000, "one " * 5000, "数十" * 10000, "第" * 20000, "十" * 20000, "1 111" * 4000],
)
def test_hostile_text_is_read_in_time(text: str) -> None:
    start = time.perf_counter()
    typed_numbers(text)
    assert time.perf_counter() - start < 2
