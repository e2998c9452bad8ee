"""Tables in yearbook style: rows, units, decimals, signs, ranks, notes and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BatchErrors
from guibiao.publish.document import TableBlock
from guibiao.reference.report_definitions import SeriesDefinition, TableDefinition
from tests.publish.report.city import ROWS, Row, computed, history, report, row


def series(indicator: str, **facts: Any) -> SeriesDefinition:
    return SeriesDefinition(indicator=indicator, **facts)


def table(*columns: SeriesDefinition, rows: str = "period", **facts: Any) -> TableDefinition:
    return TableDefinition(id="t", title_zh="主要指标", title_en="Main indicators", rows=rows, columns=columns, **facts)  # type: ignore[arg-type]


def built(
    definition: TableDefinition, observations: list[Row] | tuple[Row, ...] = ROWS, language: str = "zh", **settings: Any
) -> TableBlock:
    made = report('{{ table("t") }}', observations, tables=[definition], language=language, **settings)
    block = made.document.blocks[0]
    assert isinstance(block, TableBlock)
    return block


def texts(block: TableBlock) -> list[list[str]]:
    return [[cell.text for cell in line] for line in (*block.head, *block.rows)]


def test_rows_by_period() -> None:
    block = built(table(series("output"), series("share", label_zh="占比"), series("growth", label_zh="增速")))
    assert texts(block) == [
        ["时　期", "数字产业增加值（亿元）", "占比（%）", "增速（%）"],
        ["2019年", "800.0", "", ""],
        ["2020年", "850.5", "", "-1.2"],
        ["2021年", "990.0", "40.4", "9.5"],
        ["2022年", "1050.2", "41.6", "4.4"],
        ["2023年", "1200.7", "42.9", "8.5"],
    ]
    assert (block.number, block.title, block.unit) == ("表1", "主要指标", "")
    assert block.source == "统计年鉴（B级）"


def test_one_unit_stands_above_the_table() -> None:
    block = built(table(series("output", periods=("2023年",)), unit="亿元"))
    assert block.unit == "亿元"
    assert texts(block)[0] == ["时　期", "数字产业增加值"]


def test_every_number_has_a_passport() -> None:
    block = built(table(series("output"), series("share")))
    for line in block.rows:
        assert all(bool(cell.passport) == bool(cell.text) for cell in line[1:])
    assert block.rows[4][1].passport == "p:output:91:2023-12-31:first"


def test_a_unit_is_converted_and_decimals_follow() -> None:
    assert texts(built(table(series("output", periods=("2023年",), unit="万亿元"))))[1] == ["2023年", "0.12007"]
    assert texts(built(table(series("output", periods=("2023年",)), decimals=0)))[1] == ["2023年", "1201"]


@given(st.lists(st.decimals("0.01", "9999", places=2), min_size=1, max_size=4), st.integers(0, 3))
def test_no_digit_is_invented(values: list[Any], decimals: int) -> None:
    rows = history("output", {2020 + number: f"{value.normalize():f}" for number, value in enumerate(values)})
    for line in built(table(series("output"), decimals=decimals), rows).rows:
        printed = next(each["printed"] for each in rows if line[0].text == f"{each['period_end'].year}年")
        own = len(printed.partition(".")[2])
        assert line[1].text == "…" or len(line[1].text.partition(".")[2]) == min(own, decimals)


def test_stocks_stand_in_the_row_of_their_year() -> None:
    block = built(table(series("output", periods=("2023年",)), series("stations", periods=("2023年",))))
    assert texts(block)[1:] == [["2023年", "1200.7", "超过5"]]


def test_stocks_alone_are_named_by_their_day() -> None:
    assert [line[0].text for line in built(table(series("stations"))).rows] == ["2022年末", "2023年末"]


def test_a_quarter_is_not_the_year_that_ends_with_it() -> None:
    rows = [*history("output", {2023: "1200.7"}), row("output", "2023年四季度", "400.1")]
    assert [line[0].text for line in built(table(series("output")), rows).rows] == ["2023年", "2023年四季度"]


def test_signs_are_explained() -> None:
    rows = [row("output", 2022, "0.04"), row("output", 2023, "5.0"), row("share", 2023, "42.9"), row("output", 2021, "0")]
    block = built(table(series("output"), series("share", periods=("2022年", "2023年")), decimals=1), rows)
    assert [line[1].text for line in block.rows] == ["0", "…", "5.0"]
    assert "“…”表示数据不足本表最小单位数。" in block.notes
    assert "空格表示没有该项数据：应有2个数，缺1个。" in block.notes


def test_signs_not_used_are_not_explained() -> None:
    assert not any("“…”" in note or "空格" in note or "#" in note for note in built(table(series("output"))).notes)


AREAS = (series("share", area="*", periods=("2023年",), label_zh="占比"),)


def test_rows_by_area_keep_one_level_below_their_whole() -> None:
    rows = [*ROWS, row("share", 2023, "12.0", area="911")]
    block = built(table(*AREAS, rows="area"), rows)
    assert [line[0].text for line in block.rows] == ["全国", "临江市", "望海省", "北岭省", "南原省"]
    assert any("东区" in note for note in block.notes)


def test_parts_of_the_city_come_first() -> None:
    rows = [*ROWS, row("share", 2023, "12.0", area="911"), row("share", 2023, "13.0", area="912")]
    block = built(table(*AREAS, rows="area"), rows)
    assert [line[0].text for line in block.rows] == ["临江市", "东区", "西区"]
    assert any("未列不同层级的地区4个" in note for note in block.notes)


def test_an_area_without_data_is_a_blank_row() -> None:
    rows = [each for each in ROWS if each["area"] != "93"]
    block = built(table(*AREAS, rows="area"), rows)
    assert ["北岭省", ""] in texts(block)
    assert any("缺1个" in note for note in block.notes)


def test_ranks_share_a_place_and_leave_the_whole_out() -> None:
    block = built(table(*AREAS, series("growth", area="*", periods=("2023年",)), rows="area", order="value", rank=True))
    assert [[cell.text for cell in line[:3]] for line in block.rows] == [
        ["全国", "30.1", ""],
        ["北岭省", "50.0", "1"],
        ["临江市", "42.9", "2"],
        ["望海省", "42.9", "2"],
        ["南原省", "12.5", "4"],
    ]
    assert [cell.text for cell in block.head[0]] == ["地　区", "占比", "位　次", "数字产业增速"]


def test_a_limit_says_how_many_rows_are_left() -> None:
    block = built(table(*AREAS, rows="area", order="value", rank=True, limit=2))
    assert [line[0].text for line in block.rows] == ["全国", "北岭省", "临江市"]
    assert "只列前2行，另有2行未列。" in block.notes


def test_areas_by_code() -> None:
    named = series("share", areas=("94", "91"), periods=("2023年",))
    assert [line[0].text for line in built(table(named, rows="area")).rows] == ["南原省", "临江市"]
    assert [line[0].text for line in built(table(named, rows="area", order="code")).rows] == ["临江市", "南原省"]


def sectors(*codes: str) -> list[Row]:
    return [row("firms", 2023, str(10 * number), sector=code) for number, code in enumerate(codes, start=1)]


SECTORS = table(series("firms", categories={"sector": "*"}, periods=("2023年",)), rows="category", dimension="sector")


def test_major_items_are_marked() -> None:
    block = built(SECTORS, sectors("soft", "game"))
    assert [line[0].text for line in block.rows] == ["软件业", "#游戏业"]
    assert "“#”表示其中的主要项。" in block.notes


def test_all_parts_are_set_in() -> None:
    block = built(SECTORS, sectors("soft", "game", "cloud", "_T"))
    assert [line[0].text for line in block.rows] == ["合　计", "软件业", "　游戏业", "　云服务业"]
    assert block.head[0][0].text == "行业"


def test_rows_by_indicator() -> None:
    block = built(table(series("output", periods=("2022年", "2023年")), series("stations", periods=("2022年", "2023年")), rows="indicator"))
    assert texts(block) == [
        ["指　标", "单　位", "2022年", "2023年"],
        ["数字产业增加值", "亿元", "1050.2", "1200.7"],
        ["基站数", "万个", "4.5", "超过5"],
    ]


def test_equal_names_are_told_apart() -> None:
    block = built(table(series("output", periods=("2022年",)), series("output", periods=("2023年",)), rows="area"))
    assert texts(block)[0] == ["地　区", "2022年数字产业增加值", "2023年数字产业增加值"]


def test_mixed_bases_of_a_column_are_named() -> None:
    rows = [*history("output", {2022: "1050.2"}), row("output", 2023, "1300.1", accounting_basis="second", stage="census-revised")]
    notes = built(table(series("output")), rows).notes
    assert any("2022年按普查前口径；2023年按普查后口径" in note for note in notes)
    assert "2023年为普查修订数。" in notes


def test_stage_and_method_are_named() -> None:
    rows = [
        *history("output", {2021: "5.0", 2022: "6.0"}),
        row("output", 2023, "7.0", stage="preliminary"),
        row("output", 2024, "8.0", method="forecast"),
    ]
    notes = built(table(series("output"), note_zh="公布数。"), rows).notes
    covered = "覆盖临江市；2021年—2024年；最近一期期末距本报告2个月；来源等级B。"
    assert notes == ("公布数。", "2023年为初步核算数。", "2024年为预测数。", covered)
    every = [row("output", 2023, "7.0", stage="preliminary")]
    covered = "覆盖临江市；2023年；最近一期期末距本报告14个月；来源等级B。"
    assert built(table(series("output")), every).notes == ("全部为初步核算数。", covered)
    assert built(table(series("share")), [row("share", 2023, "7.0", stage="preliminary")]).notes == (covered,)


def test_a_source_s_own_figures() -> None:
    statements = [row("output", 2022, "1049.9", source="mirror", grade="C", statement="s2"), row("output", 2022, "1050.2")]
    definition = table(series("output", source="mirror", label_zh="镜像"), series("output", source="yearbook", label_zh="年鉴"))
    block = built(definition, statements=statements)
    assert texts(block)[1] == ["2022年", "1049.9", "1050.2"]
    assert block.source == "统计年鉴（B级）；网站转载（C级）"


def test_a_computed_column_says_so() -> None:
    assert "公式" in built(table(series("share")), [computed("share", 2023, 42.9, 42.8, 43.0)]).source


def test_several_figures_in_one_cell_are_refused() -> None:
    with pytest.raises(BatchErrors, match=r"几个数.*2019年") as failure:
        built(table(series("output"), rows="area"))
    assert str(failure.value.errors[0].place) == "report/report.yaml:tables.t"


def test_figures_known_together_on_two_bases_are_refused() -> None:
    with pytest.raises(BatchErrors, match="同时公布"):
        built(table(series("output")), [*ROWS, row("output", 2023, "1300.1", accounting_basis="second")])


def test_the_basis_known_last_is_shown() -> None:
    rows = [*ROWS, row("output", 2023, "1300.1", accounting_basis="second", known_from=date(2025, 1, 1))]
    assert texts(built(table(series("output", periods=("2023年",))), rows))[1] == ["2023年", "1300.1"]


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(BatchErrors, match="没有任何数据"):
        built(table(series("secret")))


def test_a_typed_number_in_a_title_or_note_is_refused() -> None:
    with pytest.raises(BatchErrors, match="“三成”") as failure:
        built(table(series("output", label_zh="占三成（%）"), note_zh="共5家。"))
    assert {error.place.column for error in failure.value.errors} == {"tables.t.0.label_zh", "tables.t.note_zh"}
    assert built(table(series("output", label_zh="增加值（百万元）"))).rows


def test_english() -> None:
    block = built(
        table(series("output", periods=("2022年", "2023年")), series("stations", periods=("2023年",)), note_en="As published."),
        language="en",
    )
    assert texts(block) == [
        ["Period", "Output (100 million yuan)", "Stations (10 000)"],
        ["2022", "1,050.2", ""],
        ["2023", "1,200.7", "over 5"],
    ]
    covered = "Covers Linjiang; 2022 – end of 2023; last period ended 14 months before this report; source grade B."
    assert block.notes == ("As published.", covered)
    assert block.source == "统计年鉴 (grade B)"
    assert block.number == "Table 1"
