"""Lines: vintages, breaks, gaps, figures that are not exact, many lines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guibiao.publish.charts.chart import Chart
from guibiao.reference.report_definitions import SeriesDefinition
from tests.publish.charts.sample import DISTRICTS, draw, leaves, marks, row, spec_of, words


def runs(chart: Chart, *, dashed: bool = False) -> list[list[str]]:
    """Slots of every joined stretch."""
    found: dict[str, list[str]] = {}
    for layer in leaves(spec_of(chart)):
        if layer["mark"]["type"] == "line" and ("strokeDash" in layer["mark"]) == dashed:
            for each in layer["data"]["values"]:
                found.setdefault(each["run"], []).append(each["slot"])
    return list(found.values())


def years(printed: dict[int, str], **facts: Any) -> list[dict[str, Any]]:
    return [row("output", facts.pop("area", "10"), year, text, **facts) for year, text in printed.items()]


def test_a_line_joins_its_years_and_links_every_point() -> None:
    chart = draw("line", years({2021: "100.5", 2022: "120.0", 2023: "130.2"}))
    assert runs(chart) == [["2021", "2022", "2023"]]
    assert [mark["value"] for mark in marks(chart)] == [100.5, 120.0, 130.2]
    assert [mark["href"] for mark in marks(chart)] == [f"#{passport}" for passport in chart.passports]
    assert "2022年产出：120.0亿元" in [mark["description"] for mark in marks(chart)]


def test_missing_is_a_gap_and_never_zero() -> None:
    chart = draw("line", years({2019: "90", 2020: "95", 2022: "120", 2023: "130"}))
    assert runs(chart) == [["2019", "2020"], ["2022", "2023"]]
    assert 0 not in [mark["value"] for mark in marks(chart)]
    assert "缺2021的数据，折线断开。" in chart.notes
    axis = next(layer["encoding"]["x"]["scale"]["domain"] for layer in leaves(spec_of(chart)) if layer["mark"]["type"] == "line")
    assert axis == ["2019", "2020", "2021", "2022", "2023"]


def test_a_census_every_five_years_has_no_gaps() -> None:
    chart = draw("line", years({2013: "90", 2018: "95", 2023: "120"}))
    assert runs(chart) == [["2013", "2018", "2023"]]
    assert not [note for note in chart.notes if "缺" in note]


def test_years_that_do_not_end_in_december_say_their_month() -> None:
    chart = draw("line", [row("users", "10", f"{year}年11月末", "5") for year in (2021, 2022)], SeriesDefinition(indicator="users"))
    axis = next(axis for layer in leaves(spec_of(chart)) if (axis := layer["encoding"]["x"].get("axis")))
    assert "'2021年11月'" in axis["labelExpr"]


def test_vintages_are_lines_of_their_own() -> None:
    old = years({2021: "100", 2022: "110"}, accounting_basis="old")
    new = years({2021: "108", 2022: "119", 2023: "130"}, accounting_basis="new")
    chart = draw("line", [*old, *new])
    assert sorted(runs(chart)) == [["2021", "2022"], ["2021", "2022", "2023"]]
    assert {"旧口径", "新口径"} <= set(words(chart))
    assert {mark["line"] for mark in marks(chart)} == {"旧口径", "新口径"}


def test_sources_side_by_side_are_lines_of_their_own() -> None:
    rows = [*years({2021: "100", 2022: "110"}), *years({2021: "101", 2022: "111"}, source="bulletin", grade="A")]
    chart = draw(
        "line", rows, SeriesDefinition(indicator="output", source="yearbook", label_zh="年鉴"),
        SeriesDefinition(indicator="output", source="bulletin", label_zh="公报"),
    )  # fmt: skip
    assert {mark["line"] for mark in marks(chart)} == {"年鉴", "公报"}
    assert chart.source == "云国年鉴（B级）；青石公报（A级）"
    assert chart.grade == "B"


def test_a_preliminary_last_year_stays_in_the_line_of_its_source() -> None:
    rows = [*years({2021: "100", 2022: "110"}), *years({2023: "115"}, stage="preliminary")]
    chart = draw("line", rows, SeriesDefinition(indicator="output", source="yearbook"))
    assert runs(chart) == [["2021", "2022", "2023"]]


def test_stages_side_by_side_are_two_lines() -> None:
    rows = [*years({2021: "100", 2022: "110"}), *years({2021: "99", 2022: "108"}, stage="preliminary")]
    chart = draw("line", rows, SeriesDefinition(indicator="output", source="yearbook"))
    assert {mark["line"] for mark in marks(chart)} == {"最终核实", "初步核算"}


def test_a_break_cuts_the_line_and_says_why() -> None:
    chart = draw("line", years({2020: "95", 2021: "100", 2022: "120", 2023: "130"}), breaks={"2022": "口径调整"})
    assert runs(chart) == [["2020", "2021"], ["2022", "2023"]]
    assert "口径调整" in words(chart)
    assert any(layer["mark"].get("strokeDash") for layer in leaves(spec_of(chart)) if layer["mark"]["type"] == "rule")


def test_a_break_outside_the_years_shown_is_said() -> None:
    chart = draw("line", years({2020: "95", 2021: "100"}), breaks={"2010": "口径调整"})
    assert "2010年的变动不在图中时期之间：口径调整。" in chart.notes


def test_lines_that_lack_the_same_years_share_a_note() -> None:
    rows = [row("output", area, year, "5") for area in DISTRICTS for year in (2019, 2021, 2022)]
    rows += [row("output", "11", 2020, "5")]
    chart = draw("line", rows, SeriesDefinition(indicator="output", area="*"))
    assert [note for note in chart.notes if "缺" in note] == ["西区、南区、北区、青石高新技术开发区：缺2020的数据，折线断开。"]


def test_what_is_not_exact_is_open_dashed_and_labelled_so() -> None:
    chart = draw("line", years({2020: "95", 2021: "超过4000", 2022: "约4200", 2023: "4300—4500"}))
    assert runs(chart) == []
    assert runs(chart, dashed=True) == [["2020", "2021", "2022", "2023"]]
    fills = {mark["label"]: mark["fill"] for mark in marks(chart)}
    assert [label for label, fill in fills.items() if fill == "#FFFFFF"] == ["＞4000", "约4200", "4300—4500"]
    assert "空心点、虚线为约数、界限数或预计数。" in chart.notes
    assert [each for layer in leaves(spec_of(chart)) for each in layer["data"]["values"] if each.get("shape") == "triangle-up"]


def test_a_forecast_is_dashed() -> None:
    chart = draw("line", [*years({2022: "95", 2023: "100"}), *years({2024: "105"}, method="forecast")])
    assert runs(chart) == [["2022", "2023"]]
    assert runs(chart, dashed=True) == [["2023", "2024"]]


MONTHS = {"2022年12月": "1.1", "2023年1-2月": "2.2", "2023年3月": "3.3"}


def test_january_and_february_together_bridge_january() -> None:
    chart = draw("line", [row("growth", "10", period, text) for period, text in MONTHS.items()], SeriesDefinition(indicator="growth"))
    assert runs(chart) == [["2022-12", "2023-02", "2023-03"]]
    assert "1—2月数据合并公布。" in chart.notes


def test_a_level_of_two_months_is_not_joined_to_months() -> None:
    chart = draw("line", [row("output", "10", period, text) for period, text in MONTHS.items()])
    assert len(marks(chart)) == 3
    assert runs(chart) == []


def test_levels_counted_from_january_start_anew_each_year() -> None:
    rows = [row("output", "10", f"{year}年1-{month}月", str(100 * month)) for year in (2022, 2023) for month in range(2, 13)]
    chart = draw("line", rows)
    assert [(run[0], run[-1]) for run in runs(chart)] == [("2022-02", "2022-12"), ("2023-02", "2023-12")]
    assert not [note for note in chart.notes if "缺" in note]
    assert "各期为年初起的累计数。" in chart.notes


def test_years_and_quarters_do_not_share_a_line() -> None:
    rows = [*years({2021: "100", 2022: "110", 2023: "120"}), row("output", "10", "2023年一季度", "25")]
    chart = draw("line", rows)
    assert [mark["value"] for mark in marks(chart)] == [100, 110, 120]
    assert "另有1个时期长短不同的数据未画。" in chart.notes


def test_one_observation_is_a_point() -> None:
    chart = draw("line", years({2023: "130"}))
    assert runs(chart) == []
    assert len(marks(chart)) == 1
    assert chart.alternative == "折线图：试图。产出：2023年130亿元。"


def many(count: int) -> list[dict[str, Any]]:
    return [
        row("output", area, year, str(100 * (number + 1) + year - 2000))
        for number, area in enumerate([*DISTRICTS, "10", "20", "30"][:count])
        for year in (2021, 2022, 2023)
    ]


def test_more_lines_than_can_be_named_are_drawn_in_panels() -> None:
    areas = (*DISTRICTS, "10", "20", "30")
    chart = draw("line", many(8), SeriesDefinition(indicator="output", areas=areas))
    assert len(marks(chart)) == 24
    assert {"东区", "红叶市"} <= set(words(chart))
    assert chart.alternative.startswith("分格折线图")


def test_of_very_many_lines_the_greatest_are_drawn_and_the_others_named() -> None:
    from guibiao.publish.charts.panels import PANELS_AT_MOST
    from guibiao.reference.classification import Category

    codes = [f"x{number:02d}" for number in range(PANELS_AT_MOST + 2)]
    areas = [Category(code=code, name_zh=f"{code}县", parent="9") for code in codes]
    rows = [row("output", code, year, str(100 + number)) for number, code in enumerate(codes) for year in (2022, 2023)]
    chart = draw("line", rows, SeriesDefinition(indicator="output", area="*"), areas=areas)
    assert len(marks(chart)) == 2 * PANELS_AT_MOST
    assert any("未画2个：x00县、x01县" in note for note in chart.notes)


def test_a_highlighted_line_stands_before_grey_ones() -> None:
    areas = (*DISTRICTS, "10", "20", "30")
    chart = draw("line", many(8), SeriesDefinition(indicator="output", areas=areas), highlight="12")
    colours = {mark["line"]: mark["color"] for mark in marks(chart)}
    assert colours["西区"] != colours["东区"]
    assert any(note.startswith("灰线为其余7个") for note in chart.notes)
    assert "西区" in words(chart)
    assert "东区" not in words(chart)


def test_the_latest_of_several_figures_for_one_period_is_drawn() -> None:
    rows = [*years({2022: "100", 2023: "110"}), *years({2023: "111"}, known_from=date(2025, 1, 1), statement="s")]
    chart = draw("line", rows, SeriesDefinition(indicator="output", source="yearbook"))
    assert [mark["value"] for mark in marks(chart)] == [100, 111]
    assert any("另有1个未画" in note for note in chart.notes)


def test_the_axis_says_when_it_does_not_start_at_zero() -> None:
    far, near = years({2021: "100.5", 2022: "102"}), years({2021: "10", 2022: "102"})
    assert "纵轴不从零开始。" in draw("line", far).notes
    assert "纵轴不从零开始。" not in draw("line", near).notes


@pytest.mark.parametrize("printed", [{2021: "-5.1", 2022: "3.2"}, {2021: "-5", 2022: "-3"}, {2021: "0", 2022: "0"}])
def test_negative_and_zero_figures_stay_inside_the_axis(printed: dict[int, str]) -> None:
    chart = draw("line", [row("growth", "10", year, text) for year, text in printed.items()], SeriesDefinition(indicator="growth"))
    for layer in leaves(spec_of(chart)):
        scale = layer["encoding"]["y"].get("scale")
        if scale:
            assert scale["domain"][0] <= min(mark["value"] for mark in marks(chart))
            assert scale["domain"][1] >= max(mark["value"] for mark in marks(chart))
