"""Stacked bars: parts, totals, shares, remainders."""

from __future__ import annotations

from typing import Any

import pytest

from guibiao.publish.charts.chart import Chart
from guibiao.publish.charts.stacks import PARTS_AT_MOST
from guibiao.reference.report_definitions import SeriesDefinition
from tests.publish.charts.sample import DISTRICTS, draw, marks, row, words

SECTORS = SeriesDefinition(indicator="output", categories={"sector": "*"})


def parts(year: int, *printed: str | None, area: str = "10", **facts: Any) -> list[dict[str, Any]]:
    return [
        row("output", area, year, text, categories=f"sector={code}", **facts) for code, text in zip("pst", printed, strict=False) if text
    ]


def stacked(chart: Chart, slot: str) -> list[tuple[str, float, float]]:
    return [(mark["part"], mark["start"], mark["end"]) for mark in marks(chart) if mark["slot"] == slot]


def test_parts_stand_on_each_other_in_the_order_of_the_classification() -> None:
    chart = draw("composition", [*parts(2022, "10", "20", "30"), *parts(2023, "11", "22", "33")], SECTORS)
    assert stacked(chart, "2023") == [("第一产业", 0, 11), ("第二产业", 11, 33), ("第三产业", 33, 66)]
    assert len(chart.figures) == 6


def test_a_published_total_is_printed_with_its_passport() -> None:
    rows = [*parts(2022, "10.0", "20.0", "30.1"), *parts(2023, "11.0", "22.0", "33.1"), row("output", "10", 2022, "60.2")]
    rows += [row("output", "10", 2023, "66.0", categories="sector=_T")]
    chart = draw("composition", rows, SECTORS)
    assert {"60.2", "66.0"} <= set(words(chart))
    assert len(chart.figures) == 8
    assert not [note for note in chart.notes if "各部分之和" in note]


def test_without_a_published_total_the_sum_is_printed_and_said_to_be_one() -> None:
    chart = draw("composition", [*parts(2022, "10.0", "20.0", "30.1"), *parts(2023, "11.0", "22.0", "33.1")], SECTORS)
    assert {"60.1", "66.1"} <= set(words(chart))
    assert "合计为图中各部分之和，尾数可能与公布的合计不同。" in chart.notes


def test_no_total_is_made_up_where_a_part_is_missing_or_not_exact() -> None:
    chart = draw("composition", [*parts(2022, "10", None, "30"), *parts(2023, "超过11", "22", "33")], SECTORS)
    assert not {"40", "66"} & set(words(chart))
    assert "2022年缺第二产业。" in chart.notes
    assert [mark["fill"] for mark in marks(chart) if mark["label"] == "＞11"] == ["#FFFFFF"]


def test_what_the_total_has_beyond_its_parts_is_an_open_box() -> None:
    rows = [
        *parts(2022, "10", None, "30"),
        *parts(2023, "11", "22", "33"),
        row("output", "10", 2022, "60"),
        row("output", "10", 2023, "66"),
    ]
    chart = draw("composition", rows, SECTORS)
    assert chart.spec is not None
    outlines = [
        each
        for layer in chart.spec["layer"]
        if "layer" not in layer and layer["mark"].get("strokeDash")
        for each in layer["data"]["values"]
    ]
    assert len(outlines) == 1


def test_shares_add_to_a_hundred() -> None:
    chart = draw("composition", [*parts(2022, "10", "20", "30"), *parts(2023, "11", "22", "33")], SECTORS, unit="%")
    assert stacked(chart, "2023")[-1][2] == pytest.approx(100)
    assert [mark["share"] for mark in marks(chart) if mark["slot"] == "2022"] == ["16.7", "33.3", "50.0"]
    assert "占比由各部分的数值计算。" in chart.notes


def test_shares_are_refused_where_parts_are_wanting_inexact_or_negative() -> None:
    rows = [*parts(2021, "10", "20", None), *parts(2022, "约10", "20", "30"), *parts(2023, "-11", "22", "33")]
    chart = draw("composition", rows, SECTORS, unit="%")
    assert chart.spec is None
    assert "各部分不全" in chart.reason
    assert any("未画3个：2021年、2022年、2023年" in note for note in chart.notes)


def test_negative_parts_go_below_zero() -> None:
    chart = draw("composition", [*parts(2022, "10", "-20", "30"), *parts(2023, "11", "22", "33")], SECTORS)
    assert stacked(chart, "2022") == [("第一产业", 0, 10), ("第二产业", 0, -20), ("第三产业", 10, 40)]


def test_areas_are_bars_in_one_period() -> None:
    rows = [each for area in DISTRICTS for year in (2022, 2023) for each in parts(year, "10", "20", "30", area=area)]
    chart = draw("composition", rows, SeriesDefinition(indicator="output", area="*", categories={"sector": "*"}), highlight="12")
    assert len(marks(chart)) == 15
    assert {"西区", "第一产业", "60"} <= set(words(chart))
    assert any(note.startswith("只画2023年") for note in chart.notes)


def test_of_many_parts_the_small_ones_are_named_and_left_to_the_rest() -> None:
    rows = [
        row("output", "10", year, str(100 - 8 * number), categories=f"sector=k{number}") for year in (2022, 2023) for number in range(11)
    ]
    chart = draw("composition", rows, SECTORS)
    assert len({mark["part"] for mark in marks(chart)}) == PARTS_AT_MOST - 1
    assert "较小的4项未分别画出：k10、k7、k8、k9。" in chart.notes


def test_parts_may_be_indicators() -> None:
    rows = [row("output", "10", year, "60") for year in (2022, 2023)] + [row("part", "10", year, "40") for year in (2022, 2023)]
    chart = draw(
        "composition", rows, SeriesDefinition(indicator="output", label_zh="甲"), SeriesDefinition(indicator="part", label_zh="乙")
    )
    assert stacked(chart, "2022") == [("甲", 0, 60), ("乙", 60, 100)]


def test_parts_on_different_bases_are_not_stacked() -> None:
    rows = [row("output", "10", year, "60", accounting_basis="new") for year in (2022, 2023)]
    rows += [row("part", "10", year, "40", accounting_basis=basis) for year in (2022, 2023) for basis in ("old", "new")]
    rows.append(row("part", "10", 2024, "45", accounting_basis="old"))
    chart = draw(
        "composition", rows, SeriesDefinition(indicator="output", label_zh="甲"), SeriesDefinition(indicator="part", label_zh="乙")
    )
    assert all(figure.endswith("new|") for figure in chart.figures)
    assert "“乙”只画新口径，其他口径的3个数据未画。" in chart.notes
