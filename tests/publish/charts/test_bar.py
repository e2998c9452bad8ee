"""Bars: zero, ranks with ties and ranges, missing areas, columns over time."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from guibiao.publish.charts.bar import BARS_AT_MOST
from guibiao.publish.charts.chart import Chart
from guibiao.publish.charts.theme import ACCENT
from guibiao.reference.classification import Category
from guibiao.reference.report_definitions import SeriesDefinition
from tests.publish.charts.sample import DISTRICTS, draw, leaves, marks, row, spec_of, words

EVERYWHERE = SeriesDefinition(indicator="output", area="*")


def ranked(printed: dict[str, str], **fields: Any) -> Chart:
    rows = [row("output", area, 2023, text) for area, text in printed.items()]
    return draw("bar", rows, EVERYWHERE, **{"order": "value", **fields})


def ranks(chart: Chart) -> dict[str, str]:
    return {mark["subject"]: mark["rank"] for mark in marks(chart)}


def test_bars_begin_at_zero_and_are_ranked() -> None:
    chart = ranked({"11": "50", "12": "80", "13": "30", "14": "20", "15": "10"})
    assert [(mark["subject"], mark["rank"]) for mark in marks(chart)] == [
        ("西区", "1"), ("东区", "2"), ("南区", "3"), ("北区", "4"), ("青石高新技术开发区", "5"),
    ]  # fmt: skip
    assert {mark["base"] for mark in marks(chart)} == {0}


def test_ties_share_a_rank_and_the_next_is_left_out() -> None:
    chart = ranked({"11": "50.0", "12": "80.0", "13": "50.0", "14": "20.0", "15": "10.0"})
    assert list(ranks(chart).values()) == ["1", "并列2", "并列2", "4", "5"]
    english = draw("bar", [row("output", area, 2023, "50") for area in DISTRICTS], EVERYWHERE, order="value", language="en")
    assert set(ranks(english).values()) == {"=1"}


def test_ties_are_of_figures_as_printed() -> None:
    rows = [row("output", "11", 2023, "50.04"), row("output", "12", 2023, "50.01")]
    assert list(ranks(draw("bar", rows, EVERYWHERE, order="value", decimals=1)).values()) == ["并列1", "并列1"]
    assert list(ranks(draw("bar", rows, EVERYWHERE, order="value")).values()) == ["1", "2"]


@given(st.lists(st.integers(0, 30), min_size=2, max_size=5))
def test_competition_ranks(values: list[int]) -> None:
    chart = ranked({area: str(value) for area, value in zip(DISTRICTS, values, strict=False)})
    found = sorted(int(rank.removeprefix("并列")) for rank in ranks(chart).values())
    assert found == sorted(1 + sum(other > value for other in values) for value in values)


def test_a_bound_leaves_ranks_open_and_they_are_given_as_ranges() -> None:
    chart = ranked({"11": "5000", "12": "超过4000", "13": "3000", "14": "约300", "15": "100"})
    assert ranks(chart) == {"东区": "1–2", "西区": "1–2", "南区": "3", "北区": "4", "青石高新技术开发区": "5"}
    bounded = next(mark for mark in marks(chart) if mark["subject"] == "西区")
    assert (bounded["label"], bounded["fill"]) == ("＞4000", "#FFFFFF")
    assert "有约数或界限数，位次写作可能的范围。" in chart.notes


def test_areas_without_a_figure_have_an_empty_place() -> None:
    chart = ranked({"11": "50", "12": "80", "13": "30"})
    assert words(chart).count("未公布") == 2
    assert "未公布（2个）：北区、青石高新技术开发区。" in chart.notes
    assert len(marks(chart)) == 3


def test_the_city_itself_is_not_drawn_among_its_districts() -> None:
    chart = ranked({"11": "50", "12": "80", "10": "130", "20": "90"})
    assert set(ranks(chart)) == {"东区", "西区"}
    assert "未画不同层级的地区：青石市、白沙市。" in chart.notes


def test_with_a_highlighted_city_cities_are_compared() -> None:
    chart = ranked({"11": "50", "12": "80", "10": "130", "20": "90"}, highlight="10")
    assert [(mark["subject"], mark["color"] == ACCENT) for mark in marks(chart)] == [("青石市", True), ("白沙市", False)]


def test_bases_are_not_mixed() -> None:
    rows = [row("output", area, 2023, "50", accounting_basis="new") for area in ("11", "12", "13")]
    rows.append(row("output", "14", 2023, "60", accounting_basis="old"))
    chart = draw("bar", rows, EVERYWHERE)
    assert [mark["subject"] for mark in marks(chart)] == ["东区", "西区", "南区"]
    assert "“产出”只画新口径，其他口径的1个数据未画。" in chart.notes


def test_the_latest_period_well_covered_is_drawn() -> None:
    rows = [row("output", area, 2022, "40") for area in DISTRICTS] + [row("output", area, 2023, "50") for area in DISTRICTS[:4]]
    rows.append(row("output", "11", 2024, "60"))
    chart = draw("bar", rows, EVERYWHERE)
    assert {mark["value"] for mark in marks(chart)} == {50}
    assert any(note.startswith("只画2023年") and "6个" in note for note in chart.notes)


def test_named_periods_stand_side_by_side_with_a_key() -> None:
    rows = [row("output", area, year, str(year - 2000)) for area in DISTRICTS for year in (2021, 2022, 2023)]
    chart = draw("bar", rows, SeriesDefinition(indicator="output", area="*", periods=("2021", "2023")))
    assert len(marks(chart)) == 10
    assert {"2021年", "2023年"} <= set(words(chart))


def test_of_too_many_bars_the_greatest_are_drawn_and_the_others_counted() -> None:
    areas = [Category(code=f"x{number:02d}", name_zh=f"第{number}县", parent="9") for number in range(BARS_AT_MOST + 3)]
    rows = [row("output", area.code, 2023, str(number)) for number, area in enumerate(areas)]
    chart = draw("bar", rows, EVERYWHERE, areas=areas, order="value")
    assert len(marks(chart)) == BARS_AT_MOST
    assert min(mark["value"] for mark in marks(chart)) == 3
    assert any("未画3个：第0县、第1县、第2县" in note for note in chart.notes)


def test_negative_bars_go_left_of_zero() -> None:
    rows = [row("growth", area, 2023, text) for area, text in zip(DISTRICTS, ("5.1", "-3.2", "0.4", "-0.1", "2.0"), strict=True)]
    chart = draw("bar", rows, SeriesDefinition(indicator="growth", area="*"), order="value")
    domain = next(layer["encoding"]["x"]["scale"]["domain"] for layer in leaves(spec_of(chart)) if layer["mark"]["type"] == "rect")
    assert domain[0] < -3.2
    assert domain[1] > 5.1


def test_figures_over_time_are_columns_and_an_empty_year_says_so() -> None:
    rows = [row("output", "10", year, text) for year, text in ((2020, "10"), (2021, "20"), (2023, "40"))]
    chart = draw("bar", rows)
    assert [mark["slot"] for mark in marks(chart)] == ["2020", "2021", "2023"]
    assert "缺2022的数据。" in chart.notes
    assert "缺" in words(chart)
    scale = next(layer["encoding"]["y"]["scale"]["domain"] for layer in leaves(spec_of(chart)) if layer["mark"]["type"] == "bar")
    assert scale[0] == 0


def test_several_indicators_in_one_year_are_bars() -> None:
    rows = [row("output", "10", 2023, "100"), row("part", "10", 2023, "40")]
    chart = draw("bar", rows, SeriesDefinition(indicator="output"), SeriesDefinition(indicator="part", label_zh="其中"))
    assert [mark["subject"] for mark in marks(chart)] == ["产出", "其中"]
