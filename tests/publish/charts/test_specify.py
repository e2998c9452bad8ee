"""What all kinds share: purity, links, languages, refusals, hostile names."""

from __future__ import annotations

import json
import re
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.publish.attainment_chart import OUTCOME
from guibiao.publish.charts.specify import KINDS
from guibiao.publish.charts.theme import SMALL
from guibiao.publish.index_chart import INDEX_KINDS
from guibiao.publish.warning_chart import KIND as LIGHTS
from guibiao.reference.classification import Category
from guibiao.reference.report_definitions import ChartDefinition, SeriesDefinition
from tests.publish.charts.sample import AREAS, DISTRICTS, draw, leaves, marks, row, spec_of

EVERYWHERE = SeriesDefinition(indicator="output", area="*")
PRINTED = st.sampled_from(["0", "12.5", "-3.1", "超过4000", "约200", "20—30", "近600", "不足5", "99999.9", "0.01"])
ONE_MEASURE = [kind for kind in KINDS if kind not in {"scatter", "flow"}]
"""Kinds that show figures of one measure; a scatter chart sets two side by side, a flow chart shows none."""
CELLS = st.dictionaries(
    st.tuples(st.sampled_from([*DISTRICTS, "10", "20", "0"]), st.integers(2015, 2024)), PRINTED, min_size=1, max_size=25
)


def test_every_kind_of_the_schema_can_be_drawn() -> None:
    assert {*KINDS, OUTCOME, LIGHTS, *INDEX_KINDS} == set(get_args(get_type_hints(ChartDefinition)["kind"]))


@pytest.mark.parametrize("kind", KINDS)
@given(cells=CELLS, language=st.sampled_from(["zh", "en"]))
def test_whatever_is_on_file_gives_a_chart_or_a_reason(kind: str, cells: dict[tuple[str, int], str], language: str) -> None:
    rows = [row("output", area, year, text) for (area, year), text in cells.items()]
    for series in (EVERYWHERE, SeriesDefinition(indicator="output")):
        chart = draw(kind, rows, series, language=language, order="value")
        again = draw(kind, reversed(rows), series, language=language, order="value")
        assert chart == again
        if chart.spec is None:
            assert chart.reason
            assert not chart.figures
            continue
        text = json.dumps(chart.spec, ensure_ascii=False, allow_nan=False)
        assert not re.search("https?://(?!vega.github.io/schema/vega-lite/)", text)
        linked = {mark["passport"] for mark in marks(chart)}
        assert linked == set(chart.passports)
        assert chart.spec["description"] == chart.alternative
        assert chart.alternative
        assert chart.grade == "B"
        drawn = {mark["label"] for mark in marks(chart)}
        assert all(not label.startswith(("4000", "200", "600")) for label in drawn), "what is not exact is never labelled as exact"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "flow"])
def test_no_figure_is_a_named_gap(kind: str) -> None:
    chart = draw(kind, [])
    assert chart.spec is None
    assert chart.reason == "“产出”没有符合条件的数据，由某局掌握，应于2030年前提供。"
    english = draw(kind, [], language="en")
    assert english.reason == "no figures on file for “Output”, held by 某局, due 2030年."


@pytest.mark.parametrize("kind", ONE_MEASURE)
def test_letters_are_never_smaller_than_seven_and_a_half_points(kind: str) -> None:
    rows = [row("output", area, year, f"{year - 2000}.5") for area in DISTRICTS for year in (2021, 2022, 2023)]
    sizes = [layer["mark"]["fontSize"] for layer in leaves(spec_of(draw(kind, rows, EVERYWHERE))) if layer["mark"]["type"] == "text"]
    assert sizes
    assert min(sizes) >= SMALL == 10


@pytest.mark.parametrize("kind", ONE_MEASURE)
def test_a_unit_of_another_kind_is_refused(kind: str) -> None:
    rows = [row("output", "10", year, "5") for year in (2022, 2023)] + [row("users", "10", year, "7") for year in (2022, 2023)]
    with pytest.raises(BadRequest) as refusal:
        draw(kind, rows, SeriesDefinition(indicator="users"), unit="亿元")
    assert "万户" in str(refusal.value)


def test_levels_are_converted_to_the_unit_of_the_chart() -> None:
    chart = draw("line", [row("output", "10", year, "12345.6") for year in (2022, 2023)], unit="万亿元", decimals=2)
    assert [(mark["value"], mark["label"]) for mark in marks(chart)] == [(1.23456, "1.23")] * 2


def test_english_is_drawn_in_english_units() -> None:
    chart = draw("line", [row("output", "10", year, "12345.6") for year in (2022, 2023)], language="en")
    assert [mark["label"] for mark in marks(chart)] == ["1,234.56"] * 2
    assert marks(chart)[0]["description"] == "Output, 2022: 1,234.56 billion yuan"
    assert not re.search("[\u4e00-\u9fff]", json.dumps(chart.spec, ensure_ascii=False))


def test_a_computed_figure_is_said_to_be_computed() -> None:
    chart = draw("line", [row("output", "10", year, "5", source="", qualifier="derived", decimals=None) for year in (2022, 2023)])
    assert chart.source == "按公式计算"
    assert [mark["label"] for mark in marks(chart)] == ["5.0", "5.0"]


@pytest.mark.parametrize("name", ["东\u202e区", "西\n区", "<b>\"'&amp;\\", "'};alert(1)//", "$1\\g<0>"])
def test_hostile_names_stay_words(name: str) -> None:
    from guibiao.publish.charts.render import render_svg

    areas = [Category(code="11", name_zh=name, parent="10"), *AREAS]
    rows = [row("output", area, year, "5") for area in DISTRICTS for year in (2022, 2023)]
    for kind in ONE_MEASURE:
        chart = draw(kind, rows, EVERYWHERE, areas=areas)
        svg = render_svg(spec_of(chart))
        assert "\u202e" not in svg
        assert "<b>" not in svg
