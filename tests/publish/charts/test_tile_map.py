"""Tile map: places, classes, thresholds, what is not published."""

from __future__ import annotations

from typing import Any

from guibiao.publish.charts.chart import Chart
from guibiao.reference.classification import Category
from guibiao.reference.report_definitions import SeriesDefinition
from tests.publish.charts.sample import AREAS, DISTRICTS, draw, leaves, marks, row, spec_of, words

EVERYWHERE = SeriesDefinition(indicator="output", area="*")


def tiles(printed: dict[str, str], **fields: Any) -> Chart:
    return draw("tile_map", [row("output", area, 2023, text) for area, text in printed.items()], EVERYWHERE, **fields)


def classes(chart: Chart) -> dict[str, str]:
    return {mark["area"]: mark["class"] for mark in marks(chart)}


def test_tiles_stand_where_the_classification_puts_them() -> None:
    chart = tiles(dict.fromkeys(DISTRICTS, "10"))
    places = {mark["area"]: (mark["px"], mark["py"]) for mark in marks(chart)}
    assert places["北区"][0] == places["南区"][0]
    assert places["西区"][1] == places["东区"][1]
    assert places["西区"][0] < places["南区"][0] < places["东区"][0]
    assert places["北区"][1] < places["东区"][1] < places["南区"][1]
    assert "高新区" in words(chart)


def test_limits_make_classes_named_as_intervals() -> None:
    chart = tiles({"11": "99.9", "12": "100", "13": "250.5", "14": "1000", "15": "30"}, classes=(100.0, 1000.0))
    assert classes(chart) == {
        "东区": "100以下", "西区": "100—1000", "南区": "100—1000", "北区": "1000及以上", "青石高新技术开发区": "100以下",
    }  # fmt: skip
    assert {"100以下", "100—1000", "1000及以上"} <= set(words(chart))
    assert "各级含下限，不含上限。" in chart.notes


def test_what_is_not_published_is_hatched_and_in_the_key() -> None:
    chart = tiles({"11": "10", "12": "20"})
    assert set(classes(chart)) == {"东区", "西区"}
    assert "未公布" in words(chart)
    assert "未公布（3个）：南区、北区、青石高新技术开发区。" in chart.notes
    hatched = [layer for layer in leaves(spec_of(chart)) if layer["mark"]["type"] == "rule" and len(layer["data"]["values"]) > 20]
    assert hatched
    assert "未公布" not in words(tiles(dict.fromkeys(DISTRICTS, "10")))


def test_thresholds_make_an_ordinal_scale() -> None:
    chart = tiles({"11": "超过4000", "12": "超过1000", "13": "5000.5", "14": "900", "15": "超过4000"})
    assert classes(chart) == {
        "东区": "超过4000", "西区": "超过1000", "南区": "超过4000", "北区": "1000及以下", "青石高新技术开发区": "超过4000",
    }  # fmt: skip
    assert "各级含下限，不含上限。" not in chart.notes


def test_thresholds_with_limits_keep_the_limits() -> None:
    chart = tiles({"11": "超过4000", "12": "超过1000"}, classes=(1000.0, 4000.0, 20000.0))
    assert classes(chart) == {"东区": "超过4000", "西区": "超过1000"}


def test_a_range_over_a_limit_is_classed_by_its_lower_bound_and_named() -> None:
    chart = tiles({"11": "90—110", "12": "20", "13": "200"}, classes=(100.0,))
    assert classes(chart)["东区"] == "100以下"
    assert "按已知的界限归级（1个）：东区。" in chart.notes


def test_the_limits_are_in_the_unit_of_the_definition() -> None:
    chart = tiles({"11": "150", "12": "50"}, classes=(0.01,), unit="万亿元", language="en")
    assert classes(chart) == {"East": "0.01 or more", "West": "below 0.01"}
    assert "Unit: trillion yuan" in words(chart)


def test_signs_are_parted_by_colour() -> None:
    rows = [row("growth", area, 2023, text) for area, text in zip(DISTRICTS, ("5.1", "-3.2", "0.4", "-0.1", "2.0"), strict=True)]
    chart = draw("tile_map", rows, SeriesDefinition(indicator="growth", area="*"))
    negative = {mark["color"] for mark in marks(chart) if mark["value"] < 0}
    assert negative.isdisjoint({mark["color"] for mark in marks(chart) if mark["value"] >= 0})


def test_areas_without_a_place_stand_in_rows() -> None:
    areas = [Category(code=f"x{number}", name_zh=f"第{number}县", parent="9") for number in range(8)]
    rows = [row("output", area.code, 2023, "10") for area in areas]
    chart = draw("tile_map", rows, EVERYWHERE, areas=areas)
    assert len({(mark["px"], mark["py"]) for mark in marks(chart)}) == 8
    assert "地区没有排定方位，按代码表顺序排列。" in chart.notes


def test_two_areas_on_one_place_do_not_cover_each_other() -> None:
    areas = [*AREAS, Category(code="16", name_zh="新区", parent="10", row=2, column=3)]
    chart = draw("tile_map", [row("output", area, 2023, "10") for area in (*DISTRICTS, "16")], EVERYWHERE, areas=areas)
    assert len({(mark["px"], mark["py"]) for mark in marks(chart)}) == 6


def test_the_highlighted_area_is_outlined() -> None:
    chart = tiles(dict.fromkeys(DISTRICTS, "10"), highlight="12")
    assert [layer for layer in leaves(spec_of(chart)) if layer["mark"].get("strokeWidth") == 2.4]
