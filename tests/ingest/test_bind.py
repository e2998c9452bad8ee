"""Cells and statements of the kinds of tables there are: attributes by precedence, periods, units, corrections."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from guibiao.ingest.bind import Bound, bind
from guibiao.ingest.formats import read_sheet
from guibiao.model.basis import Method, Stage
from guibiao.model.errors import BadDefinition, BadInput
from guibiao.model.period import Measure
from guibiao.model.tables import CELLS, STATEMENTS
from guibiao.reference.definitions import Correction, Facts, Selector, TableBinding
from tests.ingest.samples import LISTED, LISTED_CSV, QUARTERS, QUARTERS_CSV, RETAIL, RETAIL_CSV, VINTAGES, VINTAGES_CSV, workspace

GOLDEN = Path(__file__).parent / "golden_listed_companies.csv"


def bound(content: str, binding: TableBinding, *, strict: bool = False, **more: Any) -> Bound:
    return bind(read_sheet(content.encode(), "delivered.csv", binding), binding, workspace(binding, **more), strict=strict)


def stated(result: Bound, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in result.statements]


def reasons(result: Bound) -> dict[tuple[int, int], str]:
    return {(cell["row"], cell["column"]): cell["reason"] for cell in result.cells}


def rules(result: Bound) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity.value) for finding in result.findings]


def test_the_golden_table() -> None:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    result = bound(LISTED_CSV, LISTED)
    assert [{name: "" if value is None else str(value) for name, value in row.items()} for row in result.statements] == expected


@pytest.mark.parametrize(
    ("content", "binding"), [(RETAIL_CSV, RETAIL), (LISTED_CSV, LISTED), (VINTAGES_CSV, VINTAGES), (QUARTERS_CSV, QUARTERS)]
)
def test_rows_have_the_declared_columns_and_unique_keys(content: str, binding: TableBinding) -> None:
    result = bound(content, binding)
    for rows, table in ((result.cells, CELLS), (result.statements, STATEMENTS)):
        assert rows
        assert all(tuple(row) == table.names for row in rows)
        keys = [tuple(row[name] for name in table.key) for row in rows]
        assert len(set(keys)) == len(keys)
        import pyarrow as pa

        assert pa.Table.from_pylist(rows, schema=table.arrow_schema()).num_rows == len(rows)


def test_every_text_is_kept_verbatim_and_every_value_cell() -> None:
    result = bound(LISTED_CSV, LISTED)
    printed = {(cell["row"], cell["column"]): cell["printed"] for cell in result.cells}
    for number, line in enumerate(LISTED_CSV.splitlines(), start=1):
        for column, text in enumerate(line.split(","), start=1):
            assert printed.get((number, column), "") == text
    assert reasons(result)[4, 3] == "empty"
    assert result.counts == {"rows": 2, "cells": 13, "statements": 5, "heading": 5, "label": 2, "empty": 1}


def test_printed_figures_stay_as_printed() -> None:
    result = bound("地区,时间,零售额\n甲市,2021年, 100417.10 \n", RETAIL)
    assert result.statements[0]["printed"] == "100417.10"
    assert result.statements[0]["decimals"] == 2
    assert result.cells[-1]["printed"] == " 100417.10 "


def test_a_vintage_label_gives_stage_basis_source_and_date() -> None:
    result = bound(VINTAGES_CSV, VINTAGES, strict=True)
    assert stated(result, "stage", "accounting_basis", "source", "grade", "known_from", "known_precision") == [
        ("preliminary", "first", "mirror", "C", date(2024, 3, 21), "day"),
        ("census-revised", "census", "paper", "B", date(2025, 1, 1), "year"),
    ]
    assert reasons(result)[4, 5] == "skipped"
    assert "path" in next(finding.message for finding in result.findings if finding.rule == "kept_as_text")


def test_a_figure_in_another_unit_is_converted_and_says_so() -> None:
    row = bound(VINTAGES_CSV, VINTAGES).statements[1]
    assert (row["value"], row["low"], row["high"]) == (Decimal("47353.7"), Decimal("47353.69995"), Decimal("47353.70005"))
    assert (row["unit"], row["printed"], row["decimals"]) == ("亿元", "473537000万元", 4)


def test_a_quarter_and_the_quarters_to_date_stay_apart() -> None:
    result = bound(QUARTERS_CSV, QUARTERS)
    assert stated(result, "period_start", "period_end", "measure")[2::3] == [
        (date(2025, 7, 1), date(2025, 9, 30), "during"),
        (date(2025, 1, 1), date(2025, 9, 30), "to date"),
    ]
    assert {row["area"] for row in result.statements} == {"100"}
    assert reasons(result)[6, 2] == "not bound"
    assert reasons(result)[8, 1] == "note"


def test_what_stands_nearer_the_cell_wins() -> None:
    binding = TableBinding(
        id="t", title="t", file="t.csv", source="paper",
        rows=(Selector(column="时间", supplies="period"), Selector(column="阶段", supplies="stage", lookup={"初": "preliminary"})),
        values={"甲": Facts(), "乙": Facts(area="乙", stage=Stage.CENSUS_REVISED)},
        row_facts={"特": Facts(area="全国", stage=Stage.VERIFIED, note="行")},
        defaults=Facts(indicator="retail", period="2000年", note="表", method=Method.ESTIMATED),
    )  # fmt: skip
    result = bound("名,时间,阶段,甲,乙\n常,2021年,初,1,2\n特,2022年,初,3,4\n", binding)
    assert stated(result, "area", "stage", "note", "method") == [
        ("110", "preliminary", "表", "estimated"),
        ("120", "census-revised", "表", "estimated"),
        ("100", "verified", "行", "estimated"),
        ("120", "census-revised", "行", "estimated"),
    ]
    assert [row["period_end"].year for row in result.statements] == [2021, 2021, 2022, 2022]


def test_a_total_row_is_the_total_of_its_dimension() -> None:
    binding = TableBinding(
        id="trials", title="试点", file="t.csv", source="paper", place="表8",
        rows=(Selector(column="方向", supplies="category", dimension="field"),),
        values={
            "本市 项目数量": Facts(indicator="projects"), "全国 项目数量": Facts(indicator="projects", area="全国"),
            "比例": Facts(indicator="project_share"),
        },
        row_facts={"合 计": Facts(categories={"field": "_T"})},
        defaults=Facts(period="2021年8月"),
    )  # fmt: skip
    content = "序号,方向,本市 项目数量,全国项目数量,比例\n1,急救,19,196,9.69%\n合计,,129,988,13.06%\n"
    result = bound(content, binding, strict=True)
    assert stated(result, "indicator", "area", "categories", "printed", "unit")[2:4] == [
        ("project_share", "110", "field=急救", "9.69%", "%"),
        ("projects", "110", "field=_T", "129", "个"),
    ]
    assert result.statements[-1]["locator"] == "表8 第3行“合计” “比例”列"


def test_a_total_is_never_assumed_where_the_label_is_blank() -> None:
    binding = TableBinding(
        id="t", title="t", file="t.csv", source="paper", rows=(Selector(column="方向", supplies="category", dimension="field"),),
        values={"数": Facts(indicator="projects")}, defaults=Facts(period="2021年"),
    )  # fmt: skip
    result = bound("序号,方向,数\n1,,19\n", binding)
    assert not result.statements
    assert reasons(result)[2, 3] == "no label"
    assert rules(result)[0] == ("cell_not_stated", "error")


def test_rows_with_units_and_texts_of_their_own() -> None:
    binding = TableBinding(
        id="paths", title="数据跨境", file="t.csv", source="paper", place="表3",
        rows=(Selector(column="路径", supplies="category", dimension="path"),),
        values={"通过量": Facts(indicator="passed", period="2023年")},
        row_facts={"标准合同备案": Facts(indicator="passed", note="份")},
    )  # fmt: skip
    result = bound("路径,通过量\n安全评估,38 家(99 个事项)\n标准合同备案,18 份\n个人信息保护认证,2家\n", binding)
    assert stated(result, "categories", "value") == [("path=个人信息保护认证", 2)]
    assert [reason for (row, column), reason in reasons(result).items() if column == 2 and row > 1] == [
        "not a quantity",
        "not a quantity",
        "",
    ]
    finding = result.findings[0]
    assert (finding.rule, finding.severity.value, finding.dataset) == ("cell_not_stated", "warning", "paths")
    assert "2 处" in finding.message
    assert "38 家(99 个事项)" in finding.message


def test_a_row_may_name_its_own_indicator() -> None:
    binding = TableBinding(
        id="paths", title="数据跨境", file="t.csv", source="paper", values={"通过量": Facts()},
        row_facts={
            "标准合同备案": Facts(indicator="passed_contracts", categories={"path": "contract"}),
            "个人信息保护认证": Facts(indicator="passed", categories={"path": "certified"}),
        },
        defaults=Facts(period="2023年"),
    )  # fmt: skip
    result = bound("路径,通过量\n安全评估,38 家\n标准合同备案,18 份\n个人信息保护认证,2家\n", binding)
    assert stated(result, "indicator", "categories", "printed") == [
        ("passed_contracts", "path=contract", "18 份"),
        ("passed", "path=certified", "2家"),
    ]


def test_two_levels_of_headings() -> None:
    core = {"数字经济核心 产业存量企业": "firms", "2023年新设企业": "new_firms"}
    binding = TableBinding(
        id="firms", title="京沪企业", file="t.csv", source="paper", head_rows=2,
        rows=(Selector(column="指标", supplies="category", dimension="scope", lookup={"合计": "_T"}),),
        values={f"{city}/{head}": Facts(indicator=name, area=city) for city in ("甲", "乙") for head, name in core.items()},
        defaults=Facts(period="2023年"),
    )  # fmt: skip
    head = "指标,甲,,乙,\n,数字经济核心产业存量企业,2023 年新设企业,数字经济核心产业存量企业,2023 年新设企业\n"
    result = bound(head + "核心产业,100417,12152,191078,32237\n合计,414485,39651,259440,43760\n", binding, strict=True)
    assert stated(result, "indicator", "area", "printed")[:4] == [
        ("firms", "110", "100417"),
        ("new_firms", "110", "12152"),
        ("firms", "120", "191078"),
        ("new_firms", "120", "32237"),
    ]
    with pytest.raises(BadInput) as caught:
        bound(head + "核心产业,1,2,3,4\n", replace(binding, values={"2023年新设企业": Facts(indicator="new_firms")}))
    assert "甲/2023 年新设企业" in caught.value.remedy


def test_one_row_may_hold_a_period_of_its_own() -> None:
    binding = replace(
        VINTAGES,
        rows=(
            *(selector for selector in VINTAGES.rows if selector.supplies != "indicator"),
            Selector(
                column="indicator", supplies="indicator", lookup={"零售_前三季度": Facts(indicator="retail", period="2022年前三季度")}
            ),
        ),
    )
    result = bound("region,year,indicator,unit,value,vintage\n甲市,2022,零售_前三季度,亿元,12788.9,初步核算\n", binding, strict=True)
    assert stated(result, "period_end", "measure", "accounting_basis") == [(date(2022, 9, 30), "to date", "")]


@pytest.mark.parametrize(
    ("label", "own", "stated_measure", "start", "end", "measure"),
    [
        ("2021年", Measure.AT_END, None, date(2021, 12, 31), date(2021, 12, 31), "at end"),
        ("2021年9月", Measure.DURING, Measure.TO_DATE, date(2021, 1, 1), date(2021, 9, 30), "to date"),
        ("2021年1-9月", Measure.DURING, None, date(2021, 1, 1), date(2021, 9, 30), "to date"),
        ("2021年", Measure.DURING, Measure.AVERAGE, date(2021, 1, 1), date(2021, 12, 31), "average"),
        ("2021年11月末", Measure.DURING, Measure.TO_DATE, date(2021, 11, 30), date(2021, 11, 30), "at end"),
    ],
)
def test_periods(label: str, own: Measure, stated_measure: Measure | None, start: date, end: date, measure: str) -> None:
    name = "users" if own is Measure.AT_END else "retail"
    binding = replace(RETAIL, values={"零售额": Facts(indicator=name, measure=stated_measure)})
    result = bound(f"地区,时间,零售额\n甲市,{label},5\n", binding)
    assert stated(result, "period_start", "period_end", "measure") == [(start, end, measure)]


def test_a_table_of_words_is_cells_only() -> None:
    binding = replace(RETAIL, text_only=True, rows=(), values={})
    result = bound("序号,类型,名称\n1,特色型,超体空间\n2,综合型,\n", binding, strict=True)
    assert not result.statements
    assert set(reasons(result).values()) == {"heading", "text"}
    assert rules(result) == [("kept_as_text", "info")]
    assert "5 格" in result.findings[0].message


def correction(expected: str, corrected: str, row: int = 2, column: int = 3) -> Correction:
    return Correction(id="c1", dataset="retail", row=row, column=column, expected=expected, corrected=corrected, reason="印错")


def test_a_correction_is_applied_and_the_misprint_kept() -> None:
    result = bound(RETAIL_CSV, RETAIL, corrections=[correction("100.5", "105.0")])
    row = result.statements[0]
    assert (row["value"], row["printed"], row["correction"]) == (Decimal("105.0"), "100.5", "c1")
    assert result.cells[5]["printed"] == "100.5"
    assert rules(result) == [("correction_applied", "info")]
    assert (result.findings[0].claimed, result.findings[0].recomputed) == ("100.5", "105.0")


def test_a_correction_of_a_label_marks_the_row() -> None:
    result = bound("地区,时间,零售额\n申市,2021年,1\n", RETAIL, corrections=[correction("申市", "甲市", column=1)])
    assert stated(result, "area", "correction") == [("110", "c1")]


@pytest.mark.parametrize(("expected", "row", "column"), [("100", 2, 3), ("100.5", 9, 3), ("100.5", 2, 30), ("100.5", 2, 0)])
def test_a_correction_that_does_not_fit_leaves_what_is_printed(expected: str, row: int, column: int) -> None:
    result = bound(RETAIL_CSV, RETAIL, corrections=[correction(expected, "7", row, column)])
    assert stated(result, "value", "correction") == [(Decimal("100.5"), ""), (Decimal(98), "")]
    assert rules(result) == [("correction_does_not_apply", "error")]


def test_contradictory_rows_are_a_finding_where_the_source_prints_them() -> None:
    result = bound(RETAIL_CSV + "甲市,2021,100.6\n", RETAIL)
    assert len(result.statements) == 3
    assert rules(result) == [("contradictory_rows", "error")]


def test_bad_labels_are_one_finding_with_counts() -> None:
    result = bound("地区,时间,零售额\n丙市,2021年,1\n丙市,2022年,2\n甲市,某年,3\n甲市,2021年,1e12\n", RETAIL)
    assert rules(result) == [("cell_not_stated", "error")]
    message = result.findings[0].message
    for words in ("4 处", "丙市", "共 2 处", "某年", "科学计数法"):
        assert words in message


def test_a_statement_id_is_that_of_its_content() -> None:
    first, again = (bound(RETAIL_CSV, RETAIL).statements for _run in range(2))
    changed = bound(RETAIL_CSV.replace("100.5", "100.6"), RETAIL).statements
    assert [row["statement"] for row in first] == [row["statement"] for row in again]
    assert first[0]["statement"] != changed[0]["statement"]
    assert first[1]["statement"] == changed[1]["statement"]


def test_a_synthetic_workspace_marks_its_statements() -> None:
    assert bound(RETAIL_CSV, RETAIL, synthetic=True).statements[0]["method"] == "synthetic"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": {}}, "没有一列"),
        ({"values": {"零售额": Facts(indicator="retial")}}, "retial"),
        ({"values": {"零售额": Facts(indicator="growth")}}, "公式"),
        ({"values": {"零售额": Facts(indicator="retail", unit="万人")}}, "不同类"),
        ({"values": {"零售额": Facts(indicator="retail", unit="斤两")}}, "斤两"),
        ({"values": {"零售额": Facts(indicator="retail", categories={"field": "x"})}}, "field"),
        ({"values": {"零售额": Facts(indicator="listed_companies", categories={"listing": "nasdaq"})}}, "nasdaq"),
        ({"values": {"零售额": Facts(indicator="retail", area="丁市")}}, "丁市"),
        ({"values": {"零售额": Facts(indicator="gdp")}}, "口径"),
        ({"values": {"零售额": Facts(indicator="gdp", accounting_basis="third")}}, "third"),
        ({"values": {"零售额": Facts(indicator="retail", source="papr")}}, "papr"),
        ({"values": {"零售额": Facts(indicator="retail", known_from="去年")}}, "去年"),
        ({"values": {"零售额": Facts(indicator="retail", price_basis="constant")}}, "constant"),
        ({"values": {"零售额": Facts(indicator="retail", period="某年")}}, "某年"),
        ({"source": ""}, "来源"),
        ({"rows": ()}, "报告期"),
        ({"values": {"零售额": Facts()}}, "指标"),
        ({"rows": (Selector(column="地区", supplies="category"),)}, "维度"),
        ({"rows": (Selector(column="地区", supplies="area", lookup={"甲市": "999"}),)}, "999"),
    ],
)
def test_a_binding_that_cannot_be_right(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadDefinition) as caught:
        bound(RETAIL_CSV, replace(RETAIL, **change))
    assert words in caught.value.title
    assert caught.value.place.file == "tables/retail"


def test_a_unit_from_the_file_that_does_not_fit_is_the_files_fault() -> None:
    with pytest.raises(BadInput) as caught:
        bound(VINTAGES_CSV.replace("万元", "万人"), VINTAGES, strict=True)
    assert "不同类" in caught.value.title
    assert caught.value.place.line == 3
