"""A number's passport says its whole way: formula, inputs, the statement chosen and why, what was not used, cell, source, findings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.editing.precedence import choose, observation
from guibiao.model.basis import AccountingBasis, Grade
from guibiao.model.indicator import Indicator, Nature
from guibiao.model.period import year
from guibiao.model.tables import CELLS, FINDINGS, OBSERVATIONS, STATEMENTS
from guibiao.publish.figures import Figure, Figures
from guibiao.publish.lineage import Node, Records, explained, lineage
from guibiao.publish.lineage_words import last_day
from guibiao.publish.passports import lineage_json, lineage_text, passport, passport_id, passports
from guibiao.publish.wording import Wording
from guibiao.reference.classification import Category, Classification
from guibiao.reference.definitions import Correction, Precedence, Source, TableBinding, Workspace, WorkspaceSettings
from guibiao.reference.precedence import deciding_criterion
from guibiao.reference.report_definitions import ReportDefinition

Row = dict[str, Any]
CRITERIA = ("stage", "grade", "known_from", "precision", "source_order")
RULE = Precedence(valid_from=date(1990, 1, 1), criteria=CRITERIA, source_order=("yearbook", "mirror"), reason="先用更晚阶段的数。")
AREA = Category(code="110000", name_zh="北京市", name_en="Beijing")
SOURCES = (
    Source(id="yearbook", title="统计年鉴2019", publisher="市统计局", grade=Grade.A, known_from="2019", url="https://example.org/yearbook"),
    Source(id="mirror", title="公报转载", publisher="某网站", grade=Grade.C, known_from="2018-03-05", note="镜像页面"),
)
INDICATORS = (
    Indicator(id="gdp", name_zh="地区生产总值", name_en="GDP", unit="亿元", definition_zh="全部常住单位的增加值。", price_basis="current",
              accounting_bases=("census_3", "census_4"), owner="市统计局"),
    Indicator(id="digital", name_zh="数字经济增加值", name_en="Digital economy", unit="亿元", definition_zh="数字经济的增加值。",
              price_basis="current", accounting_bases=("census_3", "census_4")),
    Indicator(id="digital_share", name_zh="数字经济占比", name_en="Digital share", unit="%", definition_zh="比重。", nature=Nature.SHARE,
              formula="share(digital, of=gdp)", accounting_bases=("census_3", "census_4")),
    Indicator(id="share_change", name_zh="占比变化", name_en="Change of the share", unit="个百分点", definition_zh="比上年。",
              formula="difference(digital_share)", accounting_bases=("census_3", "census_4")),
)  # fmt: skip
BASES = (
    AccountingBasis("census_3", "三经普口径", "third census basis"),
    AccountingBasis("census_4", "四经普口径", "fourth census basis"),
)


def workspace() -> Workspace:
    settings = WorkspaceSettings(id="w", name_zh="市", name_en="City", area="110000", accounting_bases=BASES, precedence=(RULE,))
    correction = Correction(id="mended", dataset="t", row=3, column=2, expected="2801.5", corrected="28014.9", reason="漏录一位。")
    table = TableBinding(id="t", title="历年数据", file="t.csv", place="表2-1")
    areas = Classification("areas", (AREA,), _index={"110000": AREA, "北京市": AREA})
    return Workspace(
        Path(), settings, {"areas": areas}, {each.id: each for each in INDICATORS}, {}, {each.id: each for each in SOURCES}, {"t": table},
        (), (correction,), ReportDefinition(title_zh="", title_en="", publisher_zh=""), "", {},
    )  # fmt: skip


def statement(identity: str, value: str, **given: Any) -> Row:
    number = Decimal(value)
    half = Decimal(5).scaleb(-2)
    row: Row = {
        "statement": identity, "indicator": "gdp", "area": "110000", "categories": "", "period_start": date(2017, 1, 1),
        "period_end": date(2017, 12, 31), "measure": "during", "value": number, "low": number - half, "high": number + half,
        "qualifier": "exact", "printed": value, "unit": "亿元", "decimals": 1, "price_basis": "current", "comparison_basis": "none",
        "accounting_basis": "census_3", "stage": "preliminary", "method": "surveyed", "status": "A", "known_from": date(2018, 3, 5),
        "known_precision": "day", "grade": "C", "dataset": "t", "source": "mirror", "locator": "第3行“2017年” “地区生产总值”列", "row": 3,
        "column": 2, "correction": "", "note": "",
    }  # fmt: skip
    assert set(row) == set(STATEMENTS.names)
    return row | given


VERIFIED = {"stage": "verified", "known_from": date(2019, 1, 1), "known_precision": "year", "source": "yearbook", "grade": "A", "row": 4}
STATEMENTS_ON_FILE = (
    statement("a", "28000.4"),
    statement("b", "28014.9", **VERIFIED, correction="mended", note="最终核实数"),
    statement("c", "29883.0", accounting_basis="census_4", stage="census-revised", known_from=date(2020, 9, 1), row=5),
    statement("d", "7000.0", indicator="digital", row=6),
    statement("e", "6500.0", indicator="digital", period_start=date(2016, 1, 1), period_end=date(2016, 12, 31), row=7),
    statement("f", "25000.0", period_start=date(2016, 1, 1), period_end=date(2016, 12, 31), row=8),
)
CELL: Row = {
    "dataset": "t", "source": "yearbook", "locator": "x", "row": 4, "column": 2, "row_label": "2017年", "column_label": "地区生产总值",
    "printed": "2801.5", "stated": True, "reason": "",
}  # fmt: skip
FINDING: Row = {
    "rule": "statements_disagree", "severity": "info", "message": "同一数据已修订", "remedy": "核对", "indicator": "gdp", "area": "110000",
    "categories": "", "period": "2017年", "claimed": "", "recomputed": "", "source": "", "dataset": "", "locator": "", "correction": "",
}  # fmt: skip


def share(first: int, value: float) -> Row:
    period = {"period_start": date(first, 1, 1), "period_end": date(first, 12, 31)}
    base = {name: column for name, column in statement("", "1").items() if name in OBSERVATIONS.names}
    return base | period | {
        "indicator": "digital_share", "value": value, "low": value - 0.01, "high": value + 0.01,
            "qualifier": "derived", "printed": f"{value:.1f}",
        "unit": "%", "price_basis": "none", "method": "derived", "source": "", "locator": "share(digital, of=gdp)", "alternatives": 0,
    }  # fmt: skip


DERIVED = (
    share(2017, 700000 / 28014.9),
    share(2016, 26.0),
    share(2017, 700000 / 28014.9 - 26) | {"indicator": "share_change", "unit": "个百分点", "locator": "difference(digital_share)"},
)


def records(
    *, as_of: date | None = None, language: str = "zh", statements: tuple[Row, ...] = STATEMENTS_ON_FILE, cells: tuple[Row, ...] = (CELL,)
) -> Records:
    observations = [observation(choice) for choice in choose(statements, RULE)]
    figures = Figures(workspace(), [*observations, *DERIVED], statements)
    return Records(figures, statements, lambda _dataset: cells, [FINDING], RULE, Wording(language), as_of)


def figure(found: Records, indicator: str = "gdp", basis: str = "census_3", number: int = 2017) -> Figure:
    return next(
        each for each in found.figures.find(indicator, "110000", "", year(number)) if each.accounting_basis == basis
    )  # fmt: skip


def every(tree: Node) -> Iterator[Node]:
    yield tree
    yield from (node for _depth, node in tree.below())


def texts(tree: Node, role: str) -> list[str]:
    return [node.text for node in every(tree) if node.role == role]


def test_the_rows_here_are_those_of_the_tables() -> None:
    assert set(CELL) == set(CELLS.names)
    assert set(FINDING) == set(FINDINGS.names)
    assert all(set(row) == set(OBSERVATIONS.names) for row in DERIVED)


def test_a_collected_figure_goes_back_to_its_cell_and_source() -> None:
    tree = lineage(figure(records()), records())
    assert tree.text == "地区生产总值，北京市，2017年；28014.9亿元"
    assert texts(tree, "value") == ["28014.9亿元；真值在28014.85至28014.95之间；现价；三经普口径；最终核实；统计调查；A级（原始发布）"]
    assert texts(tree, "definition") == ["全部常住单位的增加值；主管：市统计局"]
    assert texts(tree, "statement") == ["28014.9亿元；最终核实；三经普口径"]
    assert texts(tree, "cell")[0] == "表2-1；数据集 t；第4行第2列（2017年；地区生产总值）印作“2801.5”"
    assert texts(tree, "correction") == ["mended：原印“2801.5”，更正为“28014.9”；漏录一位"]
    assert texts(tree, "source") == [
        "统计年鉴2019；A级（原始发布）；市统计局；2019年公布（只精确到年）",
        "公报转载；C级（镜像转载）；某网站；2018年3月5日公布",
    ]
    assert texts(tree, "address") == ["https://example.org/yearbook"]
    assert "最终核实数" in texts(tree, "note")
    assert texts(tree, "finding") == ["提示：同一数据已修订"]


def test_what_was_not_used_stays_with_its_reason() -> None:
    tree = lineage(figure(records()), records())
    assert texts(tree, "precedence") == ["1990年1月1日起的规定，依次比较阶段、来源等级、公布日期、精度、来源次序；由阶段定夺"]
    assert texts(tree, "other_statement") == ["28000.4亿元；初步核算；三经普口径；阶段较早（初步核算，采用值为最终核实）"]
    assert texts(tree, "other_basis") == ["29883.0亿元；现价；四经普口径；口径不同，不能与本值相减、相除"]


def test_an_only_statement_needs_no_rule() -> None:
    assert texts(lineage(figure(records(), "digital"), records()), "precedence") == ["只有这一处陈述，不需取舍"]


def test_a_derived_figure_shows_formula_inputs_and_their_sources() -> None:
    found = records()
    tree = lineage(figure(found, "digital_share"), found)
    assert texts(tree, "formula") == ["share(digital, of=gdp)"]
    assert texts(tree, "in_words") == ["占比(数字经济增加值, of=地区生产总值)"]
    assert texts(tree, "input") == ["数字经济增加值，北京市，2017年；7000.0亿元", "地区生产总值，北京市，2017年；28014.9亿元"]
    assert any(text.startswith("统计年鉴2019；A级") for text in texts(tree, "source"))


def test_a_value_that_its_inputs_do_not_give_is_said() -> None:
    found = records()
    assert texts(lineage(figure(found, "digital_share"), found), "gap") == []
    assert texts(lineage(figure(found, "digital_share", number=2016), found), "gap") == []
    stale = replace(figure(found, "digital_share"), quantity=replace(figure(found, "digital_share").quantity, value=Decimal("25.1")))
    assert texts(lineage(stale, found), "gap") == ["按在库投入复算为24.98670350421%，与采用值不同"]


def test_an_input_no_longer_on_file_is_said() -> None:
    found = records(statements=tuple(row for row in STATEMENTS_ON_FILE if row["statement"] != "d"))
    gaps = texts(lineage(figure(found, "digital_share"), found), "gap")
    assert len(gaps) == 1
    assert gaps[0].startswith("digital 缺数")


def test_inputs_of_inputs_are_followed_and_named_once() -> None:
    found = records()
    tree = lineage(figure(found, "share_change"), found)
    inputs = texts(tree, "input")
    assert [text.partition("，")[0] for text in inputs].count("数字经济占比") == 2
    assert [text.partition("，")[0] for text in inputs].count("地区生产总值") == 2
    identities = [dict(node.facts)["figure"] for node in every(tree) if node.role in {"figure", "input"}]
    assert len(set(identities)) == 7


def test_a_figure_met_again_is_not_repeated() -> None:
    twice = replace(INDICATORS[2], formula="share(digital, of=digital)")
    found = records()
    found.workspace.indicators["digital_share"] = twice  # type: ignore[index]
    tree = lineage(figure(found, "digital_share"), found)
    repeated = [node for node in every(tree) if node.text.endswith("（见上）")]
    assert all(not node.children for node in repeated)
    assert len(texts(tree, "statement")) == 1


@pytest.mark.parametrize(
    ("as_of", "open_question"),
    [(date(2019, 6, 30), True), (date(2019, 1, 1), True), (date(2019, 12, 31), False), (date(2020, 1, 1), False), (None, False)],
)
def test_a_day_inside_an_imprecise_date_is_said(as_of: date | None, open_question: bool) -> None:
    tree = explained(figure(records(as_of=as_of)), records(as_of=as_of))
    assert any("当日是否已公布不能确定" in text for text in texts(tree, "source")) == open_question
    said = texts(tree, "as_of")
    assert said == [
        "未按公布日期筛选，用在库的全部数字" if as_of is None else f"{as_of.year}年{as_of.month}月{as_of.day}日，只用当日及以前公布的数字"
    ]


def test_a_total_is_not_a_category_to_name() -> None:
    own = replace(figure(records()), categories="sector=_T")
    assert records().words.title(own) == "地区生产总值，北京市，2017年"


def test_months_end_where_they_end() -> None:
    assert last_day(date(2023, 12, 1), "month") == date(2023, 12, 31)
    assert last_day(date(2024, 2, 1), "month") == date(2024, 2, 29)
    assert last_day(date(2018, 1, 1), "year") == date(2018, 12, 31)
    assert last_day(date(2018, 1, 5), "day") == date(2018, 1, 5)


def test_without_cells_the_place_of_the_statement_stands_in() -> None:
    found = records(cells=())
    assert texts(lineage(figure(found), found), "cell")[0] == "表2-1；数据集 t；第4行第2列印作“28014.9”"


def test_the_passport_is_the_tree_in_lines() -> None:
    found = records()
    own = passport(figure(found), found)
    assert (own.title, own.printed, own.grade) == ("地区生产总值，北京市，2017年", "28014.9亿元", "A")
    assert [line.depth for line in own.lines] == [depth for depth, _node in lineage(figure(found), found).below()]
    assert own.lines[0].role == "采用值"
    assert all(later.depth <= earlier.depth + 1 for earlier, later in zip(own.lines, own.lines[1:], strict=False))


def test_ids_are_stable_short_and_different() -> None:
    found = records()
    three, four = figure(found), figure(found, basis="census_4")
    assert passport_id(three) == passport_id(figure(records()))
    assert passport_id(three) != passport_id(four)
    assert passport_id(three).startswith("p-")
    assert len(passport_id(three)) == 12
    assert [own.id for own in passports([three, four, three], found)] == [passport_id(three), passport_id(four)]


def test_json_holds_the_numbers_for_machines() -> None:
    found = records(as_of=date(2019, 6, 30))
    tree = json.loads(json.dumps(lineage_json(explained(figure(found), found)), ensure_ascii=False))
    assert tree["facts"]["period"] == "2017-01-01/P1Y"
    assert tree["children"][0] == {
        "role": "as_of", "label": "数据截至",
        "text": "2019年6月30日，只用当日及以前公布的数字", "facts": {"as_of": "2019-06-30"}, "children": [],
    }  # fmt: skip
    value = next(child for child in tree["children"] if child["role"] == "value")
    assert value["facts"] | {"value": "28014.9", "low": "28014.85", "unit": "亿元", "stage": "verified"} == value["facts"]


def test_the_tree_prints_as_text() -> None:
    found = records()
    lines = lineage_text(explained(figure(found), found)).splitlines()
    assert lines[0] == "数字  地区生产总值，北京市，2017年；28014.9亿元"
    assert lines[1] == "├─ 数据截至  未按公布日期筛选，用在库的全部数字"
    assert lines[-1].startswith("└─ 核查发现  ")
    assert "│  │  └─ 网址  https://example.org/yearbook" in lines


def test_hostile_cells_cannot_steer_the_terminal() -> None:
    found = records(cells=(CELL | {"printed": "\x1b[2J\n28014.9"},))
    text = lineage_text(lineage(figure(found), found))
    assert "\x1b" not in text
    assert "〔U+001B〕[2J 28014.9" in text


def test_english_lineages_speak_english() -> None:
    found = records(language="en", as_of=date(2019, 6, 30))
    text = lineage_text(explained(figure(found), found))
    assert "GDP, Beijing, 2017" in text
    assert "an earlier stage (preliminary; used: verified)" in text
    assert "whether it was public that day is not certain" in text


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "stage": st.sampled_from(("preliminary", "verified", "census-revised")),
                "grade": st.sampled_from("ABCD"),
                "known_from": st.dates(date(2018, 1, 1), date(2018, 1, 5)),
                "decimals": st.sampled_from((None, 0, 1, 2)),
                "source": st.sampled_from(("yearbook", "mirror", "other")),
            }
        ),
        min_size=2,
        max_size=6,
    ),
    st.permutations(CRITERIA),
)
def test_the_reason_given_is_the_one_that_decided(variants: list[Row], criteria: list[Any]) -> None:
    """The reason named is a criterion by which the chosen statement is the better one, and no earlier one tells the two apart."""
    rule = replace(RULE, criteria=tuple(criteria))
    rows = [statement(f"s{number}", "1.0", **variant) for number, variant in enumerate(variants)]
    choice = choose(rows, rule)[0]
    assert deciding_criterion(choice.chosen, choice.others[0], rule) == choice.criterion
    for other in choice.others:
        reason = deciding_criterion(choice.chosen, other, rule)
        only = replace(rule, criteria=(reason,) if reason != "statement" else tuple(criteria))
        pair = choose([choice.chosen, other], only)[0]
        assert pair.chosen["statement"] == choice.chosen["statement"]
        assert pair.criterion == reason
