"""Slopes: two periods, labels at both ends."""

from __future__ import annotations

from guibiao.publish.charts.slope import SLOPES_AT_MOST
from guibiao.publish.charts.theme import ACCENT
from guibiao.reference.classification import Category
from guibiao.reference.report_definitions import SeriesDefinition
from tests.publish.charts.sample import DISTRICTS, draw, leaves, marks, row, spec_of, words

EVERYWHERE = SeriesDefinition(indicator="output", area="*")


def test_each_area_has_a_line_between_its_two_figures() -> None:
    rows = [
        row("output", area, year, str(10 * number + year - 2000)) for number, area in enumerate(DISTRICTS) for year in (2019, 2021, 2023)
    ]
    chart = draw("slope", rows, EVERYWHERE, highlight="13")
    assert len(marks(chart)) == 10
    assert {mark["value"] for mark in marks(chart) if mark["line"] == "东区"} == {19, 23}
    assert {mark["color"] for mark in marks(chart) if mark["line"] == "南区"} == {ACCENT}
    assert words(chart).count("东区") == 2
    assert "只比较两期，其他时期的5个数据未画。" in chart.notes


def test_rise_fall_and_standstill_differ_in_colour() -> None:
    ends = {"11": ("10", "20"), "12": ("20", "10"), "13": ("15", "15")}
    rows = [row("output", area, year, text) for area, pair in ends.items() for year, text in zip((2022, 2023), pair, strict=True)]
    chart = draw("slope", rows, EVERYWHERE)
    assert len({mark["color"] for mark in marks(chart)}) == 3
    assert {"上升", "下降", "持平"} <= set(words(chart))


def test_an_area_with_one_period_is_left_out_and_named() -> None:
    rows = [row("output", area, 2022, "10") for area in DISTRICTS] + [row("output", area, 2023, "20") for area in DISTRICTS[:4]]
    chart = draw("slope", rows, EVERYWHERE)
    assert len(marks(chart)) == 8
    assert "缺一期数据，未画1个：青石高新技术开发区。" in chart.notes


def test_one_period_alone_is_refused_with_the_reason() -> None:
    chart = draw("slope", [row("output", area, 2023, "10") for area in DISTRICTS], EVERYWHERE)
    assert chart.spec is None
    assert chart.reason == "只有一个时期的数据，不能比较两期。"


def test_too_many_lines_are_cut_to_the_greatest_and_the_highlighted() -> None:
    areas = [Category(code=f"x{number:02d}", name_zh=f"第{number}县", parent="9") for number in range(SLOPES_AT_MOST + 4)]
    rows = [row("output", area.code, 2020 + year, str(number + year)) for number, area in enumerate(areas) for year in (1, 2)]
    chart = draw("slope", rows, EVERYWHERE, areas=areas, highlight="x00")
    assert len(marks(chart)) == 2 * SLOPES_AT_MOST
    assert "第0县" in {mark["line"] for mark in marks(chart)}
    assert any("未画4个" in note for note in chart.notes)


def test_ends_that_are_not_exact_are_open_and_dashed() -> None:
    rows = [
        row("output", "11", 2022, "超过10"),
        row("output", "11", 2023, "20"),
        row("output", "12", 2022, "8"),
        row("output", "12", 2023, "9"),
    ]
    chart = draw("slope", rows, EVERYWHERE)
    assert [mark["fill"] for mark in marks(chart) if mark["label"] == "＞10"] == ["#FFFFFF"]
    dashed = [layer for layer in leaves(spec_of(chart)) if layer["mark"]["type"] == "line" and "strokeDash" in layer["mark"]]
    assert len(dashed) == 1
