"""value(), amount() and their like: what is printed, which figure is taken, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BatchErrors
from guibiao.publish.document import Paragraph
from tests.publish.report.city import ROWS, bound, computed, history, numbers, printed, report, row


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('value("output", 2023)', "1200.7亿元"),
        ('value("output", "2023年")', "1200.7亿元"),
        ('value("output", 2023, unit="万亿元")', "0.12007万亿元"),
        ('value("output", 2023, decimals=0)', "1201亿元"),
        ('value("growth", 2020)', "-1.2%"),
        ('value("stations", "2023年末")', "超过5万个"),
        ('value("stations", 2022)', "4.5万个"),
        ('value("retail", "2023年前三季度")', "300.5亿元"),
        ('value("firms", 2023, sector="软件业")', "120家"),
        ('value("firms", 2023, sector="game")', "70家"),
        ('value("share", 2023, area="望海省")', "42.9%"),
        ('value("share", 2023, area="9")', "30.1%"),
        ('grade("output", 2023)', "B级（年鉴或文献转载）"),
        ('grade("output", 2023, form="letter")', "B"),
        ('age("output", 2023)', "14个月"),
        ('name("output")', "数字产业增加值"),
        ('unit("output")', "亿元"),
        ("area()", "临江市"),
        ('area("望海省")', "望海省"),
        ('period("2021年前三季度")', "2021年1-9月"),
        ('period("latest", "output")', "2023年"),
        ("period(2022)", "2022年"),
        ('literal("三位一体", reason="固定说法")', "三位一体"),
    ],
)
def test_printed(call: str, expected: str) -> None:
    assert bound(call) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("约20", "约20万个"),
        ("近600", "近600万个"),
        ("2—3", "2—3万个"),
        ("20余", "超过20万个"),
        ("不少于7", "不少于7万个"),
        ("7.50", "7.50万个"),
    ],
)
def test_a_stated_figure_keeps_its_word_and_decimals(text: str, expected: str) -> None:
    assert bound('value("stations", 2021)', [row("stations", 2021, text)]) == expected


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (42.885, 42.88, 42.89, "42.9%"),
        (42.849999, 42.8, 42.9, "42.8%"),
        (0.25, 0.24, 0.26, "0.3%"),
        (-0.25, -0.26, -0.24, "-0.3%"),
        (9.13, 9.13, None, "超过9.1%"),
        (9.13, None, 9.13, "不足9.2%"),
        (9.18, 9.18, None, "超过9.1%"),
        (9.13, None, None, "约9.1%"),
    ],
)
def test_a_computed_figure_is_rounded_half_up_and_says_what_is_open(
    value: float, low: float | None, high: float | None, expected: str
) -> None:
    assert bound('value("share", 2023)', [computed("share", 2023, value, low, high)]) == expected


def test_the_interval_on_request() -> None:
    rows = [computed("growth", 2023, 8.5, 7.3, 9.7)]
    assert bound('value("growth", 2023, show="interval")', rows) == "8.5%（7.3%—9.7%）"


@given(st.decimals(min_value="0.1", max_value="99999", places=1))
def test_a_stated_figure_is_printed_as_its_source_prints_it(number: object) -> None:
    assert bound('value("output", 2020)', [row("output", 2020, str(number))]) == f"{number}亿元"


def test_a_number_carries_its_passport() -> None:
    block = report('增加值{{ value("output", 2023) }}，其中{{ value("share", 2023) }}。').document.blocks[0]
    assert isinstance(block, Paragraph)
    assert [(part.text, part.passport) for part in numbers(block.line)] == [
        ("1200.7亿元", "p:output:91:2023-12-31:first"),
        ("42.9%", "p:share:91:2023-12-31:"),
    ]


def test_figures_are_returned_in_the_order_quoted() -> None:
    made = report('{{ value("share", 2023) }}，{{ value("output", 2023) }}，{{ value("share", 2023) }}')
    assert [figure.indicator for figure in made.figures] == ["share", "output"]


def test_amount_leaves_the_unit_to_the_text() -> None:
    assert printed('增加值{{ amount("output", 2023) }}亿元') == "增加值1200.7亿元"
    assert printed('增加值**{{ amount("output", 2023) }}** 亿元').startswith("增加值1200.7")
    assert printed('共{{ amount("output", 2023) }}{{ unit("output") }}') == "共1200.7亿元"


@pytest.mark.parametrize("text", ["万元", "家", "", "，"])
def test_amount_with_another_unit_is_refused(text: str) -> None:
    with pytest.raises(BatchErrors, match="应当写单位 亿元"):
        printed(f'增加值{{{{ amount("output", 2023) }}}}{text}')


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('value("output", 2024)', "2021年、2022年、2023年"),
        ('value("output", 2023, area="东区")', "临江市"),
        ('value("firms", 2021, sector="game")', "2023年"),
        ('value("secret", 2023)', "商务局"),
        ('value("outputs", 2023)', "output"),
        ('value("数字产业增加值", 2023)', "output"),
        ('value("output", 2023, area="临海市")', "临江市"),
        ('value("output", 2023, region="91")', "area|没有参数"),
        ('value("firms", 2023, sektor="soft")', "sector"),
        ('value("output")', "period"),
        ('value("output", "前年")', "报告期"),
        ('valeu("output", 2023)', "value"),
        ('value("output", 2023', "写法"),
        ('"output"', "函数"),
        ("output", "函数"),
        ('value("output", 2023, decimals=3)', "1 位小数"),
        ('value("output", 2023, unit="万户")', "不能换算"),
        ('value("output", 2023, basis="third")', "first"),
        ('value("output", 2023, source="yearbok")', "yearbook"),
        ('value("output", 2023, show="all")', "interval"),
        ('literal("3家", reason=" ")', "理由"),
        ('period("latest")', "指标"),
        ('value(value("output", 2023), 2023)', "引号"),
    ],
)
def test_a_request_that_cannot_be_answered_says_what_can(call: str, message: str) -> None:
    with pytest.raises(BatchErrors, match=message) as failure:
        bound(call)
    assert str(failure.value.errors[0].place) == "report/report.md:1:4"


def test_a_word_for_a_missing_figure_is_counted() -> None:
    made = report('{{ value("secret", 2023, default="未公布") }}，{{ value("output", 2030, default="未公布") }}')
    assert any("2处" in notice and "直播成交额" in notice for notice in made.document.notices)
    assert not made.figures


def test_a_word_is_not_used_where_there_is_a_figure() -> None:
    made = report('{{ value("output", 2023, default="未公布") }}')
    assert [figure.indicator for figure in made.figures] == ["output"]
    assert not any("未公布" in notice for notice in made.document.notices)


def test_a_default_is_no_place_for_a_number() -> None:
    with pytest.raises(BatchErrors, match="手工写入的数字：“300亿元”"):
        bound('value("secret", 2023, default="300亿元")')


def test_of_several_bases_the_one_known_last_is_printed() -> None:
    later = row("output", 2023, "1300.1", accounting_basis="second", known_from=date(2025, 1, 1))
    assert bound('value("output", 2023)', [*ROWS, later]) == "1300.1亿元"
    assert bound('value("output", 2023, basis="first")', [*ROWS, later]) == "1200.7亿元"


def test_bases_known_on_one_day_are_ambiguous() -> None:
    with pytest.raises(BatchErrors, match=r"普查前口径.*普查后口径") as failure:
        bound('value("output", 2023)', [*ROWS, row("output", 2023, "1300.1", accounting_basis="second")])
    assert 'basis="second"' in str(failure.value)


def test_price_bases_known_on_one_day_are_ambiguous() -> None:
    rows = [*ROWS, row("output", 2023, "1100.1", price_basis="constant(2020)")]
    with pytest.raises(BatchErrors, match=r'prices="constant\(2020\)"'):
        bound('value("output", 2023)', rows)
    assert bound('value("output", 2023, prices="constant(2020)")', rows) == "1100.1亿元"


def test_a_source_is_quoted_with_its_own_statement() -> None:
    statements = [row("output", 2023, "1199.9", source="mirror", grade="C", statement="s2"), row("output", 2023, "1200.7")]
    assert bound('value("output", 2023, source="mirror")', statements=statements) == "1199.9亿元"
    assert bound('grade("output", 2023, source="mirror", form="letter")', statements=statements) == "C"


def test_a_basis_without_figure_names_those_on_file() -> None:
    with pytest.raises(BatchErrors, match="普查前口径"):
        bound('value("output", 2023, basis="second")')


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('value("output", 2023)', "120.07 billion yuan"),
        ('value("stations", "2023年末")', "over 50,000"),
        ('value("firms", 2023, sector="soft")', "120 units"),
        ('value("growth", 2023)', "8.5%"),
        ('value("share_change", 2023)', "1.3 percentage points"),
        ('amount("growth", 2023)', "8.5"),
        ('period("2021年1-9月")', "January–September 2021"),
        ('grade("output", 2023)', "grade B (copy)"),
        ('age("output", 2023)', "14 months"),
        ('name("output")', "Output"),
        ("area()", "Linjiang"),
    ],
)
def test_english(call: str, expected: str) -> None:
    text = f"Before, {{{{ {call} }}}}" + ("%" if call.startswith("amount") else "")
    assert printed(text, language="en").removeprefix("Before, ").removesuffix("%" if call.startswith("amount") else "") == expected


def test_findings_are_counted() -> None:
    rows = [
        {"severity": severity, "rule": rule, "indicator": "output"}
        for severity, rule in (("error", "a"), ("warning", "a"), ("warning", "b"))
    ]
    assert bound("findings()", findings=rows) == "3"
    assert bound('findings("warning")', findings=rows) == "2"
    assert bound('findings(rule="a")', findings=rows) == "2"
    with pytest.raises(BatchErrors, match="error"):
        bound('findings("fatal")', findings=rows)


def test_a_figure_converted_to_a_larger_unit_gains_no_decimals() -> None:
    assert bound('value("stations", 2021)', history("stations", {2021: "51400个"})) == "5.14万个"
    assert bound('value("output", 2021)', history("output", {2021: "超过2万亿元"})) == "超过20000亿元"
