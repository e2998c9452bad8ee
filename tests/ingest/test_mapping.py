"""Reading an office's sheet with its mapping: what is found wherever it moved, and what is refused with cell and remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.ingest.delivered import Handed, Prepared, mapping_of, prepare
from guibiao.ingest.office_words import (
    as_period,
    bare_label,
    is_figure,
    is_note,
    is_numbering,
    is_total,
    levels_of,
    periods_in,
    plain,
    timed,
    timing_of,
    unit_after_word,
    unit_in_heading,
)
from guibiao.model.errors import BadDefinition, BadInput, BadRequest, BatchErrors
from guibiao.model.period import parse_period
from guibiao.reference.check import check_references
from guibiao.reference.definitions import Facts, Workspace
from guibiao.reference.load import load_workspace
from guibiao.reference.mapping import MappedColumn, MappedRow, SheetMapping
from tests.run.offices import town, workbook

DAY = date(2026, 11, 21)
LIVE = Facts(indicator="live_sales", unit="万元")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return load_workspace(town(tmp_path_factory.mktemp("town")))


def mapping(*columns: MappedColumn, **more: Any) -> SheetMapping:
    area = MappedColumn(heading="地区", role="label", supplies="area")
    return SheetMapping(id="m", table="owed_live", period_from="title", columns=(area, *columns), **more)


def column(heading: str = "成交额", **more: Any) -> MappedColumn:
    return MappedColumn(heading=heading, role="value", facts=LIVE, **more)


def read(workspace: Workspace, used: SheetMapping, rows: list[list[Any]], merged: tuple[str, ...] = (), name: str = "x.xlsx") -> Prepared:
    content = workbook(("表", rows, merged, "visible"))
    return prepare(replace(workspace, mappings={"m": used}), Handed(name, content, DAY), "m")


def values(prepared: Prepared) -> dict[tuple[str, str], Decimal]:
    return {(row["area"], str(row["period_end"])): row["value"] for row in prepared.statements}


TITLE = ["2026年3月（合成）"]


def test_a_column_is_found_wherever_it_stands(workspace: Workspace) -> None:
    used = mapping(column(column="B"))
    for head, row in (
        (["地区", "成交额"], ["东湖区", 5]),
        (["成交额", "新列", "地区"], [5, "甲", "东湖区"]),
        (["地区", "", "成交 额"], ["东湖", "", 5]),
    ):
        prepared = read(workspace, used, [TITLE, [], head, row])
        assert values(prepared) == {("990101", "2026-03-31"): Decimal("0.0005")}
    assert "移到" in prepared.reading.remarks[0]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([TITLE, ["地区", "交易额"], ["东湖区", 5]], "缺少列：“成交额”"),
        ([TITLE, ["地区", "成交额", "成交额"], ["东湖区", 5, 6]], "列名 成交额 重复：第 B、C 列"),
        ([["没有月份"], ["地区", "成交额"], ["东湖区", 5]], "表头上方没有印报告期"),
        ([TITLE, ["地区", "成交额"], ["东湖区", "很多"]], "不是可识别的数量"),
        ([TITLE, ["地区", "成交额"], ["东湖区", "=1+4"]], "B3 格是公式 1+4，没有可信的数值"),
        ([TITLE, ["地区", "成交额"], ["甲乙区", 5]], "“甲乙区”不在已登记的地区之内"),
        ([TITLE, ["地区", "成交额"], ["东湖区", 5], ["东湖区", 6]], "同一数据印了两个值"),
        ([TITLE, ["地区", "成交额"], ["东湖区", "1.2E+5"]], "科学计数法"),
        ([TITLE, ["地区", "成交额"], ["东湖区", "5 亿吨"]], "不同类"),
        ([TITLE, ["地区", "成交额"], ["注：无数据", ""]], "没有数据行"),
    ],
)
def test_what_cannot_be_read_is_refused(workspace: Workspace, rows: list[list[Any]], reason: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read(workspace, mapping(column()), rows)
    assert reason in str(refusal.value)
    assert refusal.value.remedy


def test_a_renamed_column_is_named_with_its_cell(workspace: Workspace) -> None:
    with pytest.raises(BadInput) as refusal:
        read(workspace, mapping(column(column="B")), [TITLE, ["地区", "直播成交额合计"], ["东湖区", 5]])
    assert "B2 格的“直播成交额合计”像是“成交额”改了名" in refusal.value.description
    assert "guibiao map" in refusal.value.remedy


def test_a_merged_figure_is_refused_and_a_merged_label_holds_for_its_rows(workspace: Workspace) -> None:
    rows: list[list[Any]] = [TITLE, ["地区", "季度", "成交额"], ["东湖区", "2026年1月", 5], ["", "2026年2月", 6]]
    used = mapping(MappedColumn(heading="季度", role="label", supplies="period"), column())
    used = replace(used, period_from="labels")
    assert values(read(workspace, used, rows, ("A3:A4",))) == {
        ("990101", "2026-01-31"): Decimal("0.0005"),
        ("990101", "2026-02-28"): Decimal("0.0006"),
    }
    with pytest.raises(BadInput, match="数据区有合并单元格 C3:C4"):
        read(workspace, used, rows, ("A3:A4", "C3:C4"))
    with pytest.raises(BadInput, match="没有"):
        read(workspace, used, rows)
    ditto = replace(used, columns=(replace(used.columns[0], fill_down=True), *used.columns[1:]))
    assert len(values(read(workspace, ditto, rows))) == 2


def test_a_label_that_was_filled_in_is_no_cell(workspace: Workspace) -> None:
    rows: list[list[Any]] = [TITLE, ["地区", "月份", "成交额"], ["东湖区", "1月", 5], ["", "2月", 6]]
    used = replace(mapping(MappedColumn(heading="月份", role="label", supplies="period"), column()), period_from="labels")
    prepared = read(workspace, used, rows, ("A3:A4",))
    cells = {(row["row"], row["column"]): row["printed"] for row in prepared.result.cells}
    assert (3, 1) in cells
    assert (4, 1) not in cells
    assert {key[1] for key in values(prepared)} == {"2026-01-31", "2026-02-28"}


def test_periods_across_grow_with_the_months(workspace: Workspace) -> None:
    used = replace(mapping(column("{period}")), period_from="labels")
    two = read(workspace, used, [["2026年（合成）"], ["地区", "1月", "2月"], ["东湖区", 5, 6]])
    three = read(workspace, used, [["2026年（合成）"], ["地区", "1月", "2月", "3月"], ["东湖区", 5, 6, 7]])
    assert len(values(two)) == 2
    assert values(three)["990101", "2026-03-31"] == Decimal("0.0007")
    with pytest.raises(BadInput, match="重复"):
        read(workspace, used, [["2026年（合成）"], ["地区", "1月", "1月"], ["东湖区", 5, 6]])


def test_the_unit_in_the_title_is_read_anew(workspace: Workspace) -> None:
    used = mapping(MappedColumn(heading="成交额", role="value", facts=Facts(indicator="live_sales")), unit="万元", unit_from="title")
    rows: list[list[Any]] = [TITLE, ["", "单位：亿元"], ["地区", "成交额"], ["东湖区", 5]]
    prepared = read(workspace, used, rows)
    assert values(prepared) == {("990101", "2026-03-31"): Decimal(5)}
    assert "由 万元 变为 亿元" in prepared.reading.remarks[0]
    with pytest.raises(BadInput, match="标题里没有印计量单位"):
        read(workspace, used, [TITLE, *rows[2:]])


def test_totals_are_checked_within_what_rounding_allows(workspace: Workspace) -> None:
    used = mapping(column(), rows=(MappedRow(label="合计", role="total"),))
    rows: list[list[Any]] = [TITLE, ["地区", "成交额"], ["东湖区", 1.2], ["西山区", 2.4]]
    assert read(workspace, used, [*rows, ["合计", 3.7]]).doubts == ()
    assert read(workspace, used, [*rows, ["合计", 3.9]]).doubts == ("B5 格“合计”“成交额”印 3.9万元，2 个分项相加得 3.6万元",)
    missing = read(workspace, used, [*rows, ["南港区", "…"], ["合计", 9.9]])
    assert (missing.doubts, missing.reading.unchecked_totals) == ((), 1)


def test_an_unconfirmed_mapping_reads_nothing(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match="还有 1 处待人确认：成交额"):
        read(workspace, mapping(column(confirmed=False)), [TITLE, ["地区", "成交额"], ["东湖区", 5]])


def test_the_sheet_is_the_one_with_the_headings(workspace: Workspace) -> None:
    good: list[list[Any]] = [TITLE, ["地区", "成交额"], ["东湖区", 5]]
    asked = replace(workspace, mappings={"m": mapping(column())})
    content = workbook(("说明", [["请看下一张"]], (), "visible"), ("数据", good, (), "visible"), ("旧", good, (), "hidden"))
    assert len(prepare(asked, Handed("x.xlsx", content, DAY), "m").statements) == 1
    twice = workbook(("甲", good, (), "visible"), ("乙", good, (), "visible"))
    with pytest.raises(BadInput, match="有 2 张工作表都有所要的表头：甲、乙"):
        prepare(asked, Handed("x.xlsx", twice, DAY), "m")
    named = replace(workspace, mappings={"m": replace(mapping(column()), sheet="乙")})
    assert len(prepare(named, Handed("x.xlsx", twice, DAY), "m").statements) == 1
    with pytest.raises(BadInput, match="没有名为 乙 的工作表"):
        prepare(named, Handed("x.xlsx", content, DAY), "m")


def test_a_name_that_is_not_known(workspace: Workspace) -> None:
    with pytest.raises(BadRequest, match="没有名为 nothing 的映射"):
        mapping_of(workspace, "nothing")


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("deliveries/owed_live.yaml", 'due_day: "15"', 'due_day: "32"', "报送日 32 无法识别"),
        ("deliveries/owed_live.yaml", "table: owed_live", "table: owed_life", "没有定义的表：owed_life"),
        ("deliveries/owed_live.yaml", "mapping: live_monthly", "mapping: live", "没有定义的映射：live"),
        ("deliveries/mappings/live_monthly.yaml", "indicator: live_sales,", "indicator: live_sale,", "没有定义的指标：live_sale"),
        ("deliveries/mappings/live_monthly.yaml", "role: total", "role: sum", "不是允许的取值"),
    ],
)
def test_agreements_and_mappings_are_checked(tmp_path: Path, file: str, old: str, new: str, reason: str) -> None:
    folder = town(tmp_path)
    path = folder / file
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises((BadDefinition, BatchErrors)) as refusal:
        check_references(load_workspace(folder))
    assert reason in str(refusal.value)
    assert Path(file).name in str(refusal.value)


def test_words_of_sheets() -> None:
    assert plain(" 成交 额（％） ") == "成交额(%)"
    assert bare_label("　其中：1.东湖区") == "东湖区"
    assert [is_total(text) for text in ("合 计", "总计", "中心城区小计", "全市", "本年累计", "合计数")] == [
        True,
        True,
        True,
        True,
        False,
        True,
    ]
    assert [is_note(text) for text in ("注：", "填表人：甲", "数据来源：乙", "东湖区")] == [True, True, True, False]
    assert [is_figure(text) for text in ("1,234.5", "１２", "-3", "01", "超1.3万亿元", "2026年", "甲")] == [
        True,
        True,
        True,
        False,
        True,
        False,
        False,
    ]
    assert is_numbering(("甲", "乙", "1", "2"))
    assert not is_numbering(("东湖区", "1", "2"))
    assert [str(period) for _words, period in periods_in("2026年1-3月 填报日期：2026年4月5日")] == ["2026年1-3月"]
    assert str(as_period("202603")) == "2026年3月"
    assert as_period("第三组") is None
    assert [unit.symbol for unit in unit_after_word("填报单位：某局  计量单位：万元、%")] == ["万元", "%"]
    assert unit_after_word("填报单位：某局") == ()
    heading, unit = unit_in_heading("人均支出（元/人）")
    assert (heading, unit.symbol if unit else "") == ("人均支出", "元/人")
    assert levels_of("支出（元/人）/本月") == ["支出（元/人）", "本月"]
    timing = timing_of("上年同期累计")
    assert timing is not None
    assert (timing.kind, timing.months_back) == ("printed", 12) or timing.kind == "to date"
    assert timing_of("比上年同期增长（%）") is None
    assert str(timed(parse_period("2026年3月"), "to date", 12)) == "2025年1-3月"


@given(st.permutations(["地区", "成交额", "备注", "订单量"]), st.integers(0, 3), st.integers(0, 99_999))
def test_order_and_place_of_columns_never_change_what_is_read(workspace: Workspace, order: list[str], blank: int, figure: int) -> None:
    row = {"地区": "东湖区", "成交额": figure, "备注": "甲", "订单量": 7}
    rows: list[list[Any]] = [TITLE, *[[] for _ in range(blank)], list(order), [row[name] for name in order]]
    assert values(read(workspace, mapping(column()), rows)) == {("990101", "2026-03-31"): Decimal(figure) / 10_000}
