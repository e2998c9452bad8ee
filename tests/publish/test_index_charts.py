"""The six charts of an index, and the treemap behind one of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.publish.charts.chart import Chart, Order
from guibiao.publish.charts.layout import Box
from guibiao.publish.charts.render import render_svg
from guibiao.publish.charts.theme import ACCENT, WIDTH
from guibiao.publish.charts.treemap import squarified
from guibiao.publish.index_board import IndexBoard
from guibiao.publish.index_chart import INDEX_KINDS, draw_index
from guibiao.publish.wording import Wording
from guibiao.reference.check_indices import INDEX_CHARTS
from guibiao.reference.report_definitions import ChartDefinition
from tests.publish.charts.sample import leaves, passport_of, spec_of, words, written
from tests.publish.index_samples import board, figures

KINDS = tuple(INDEX_KINDS)


def draw(kind: str, shown: IndexBoard | None = None, language: str = "zh", **fields: Any) -> Chart:
    definition = ChartDefinition(id="chart", kind=kind, title_zh="试图", title_en="Trial", **{"index": "trial", **fields})  # type: ignore[arg-type]
    order = Order(definition, figures(), Wording(language), passport_of)
    return draw_index(order, {"trial": shown or board()})


def test_every_kind_is_known_to_the_definitions() -> None:
    assert set(KINDS) == INDEX_CHARTS


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_words_keep_clear_of_one_another(kind: str, language: str) -> None:
    texts = [each for each in written(render_svg(spec_of(draw(kind, language=language)))) if each.text]
    assert texts
    assert not [(one.text, other.text) for one, other in combinations(texts, 2) if one.overlaps(other)]
    assert min(each.left for each in texts) >= -1
    assert max(each.right for each in texts) <= WIDTH + 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_names_its_sources_and_says_what_it_shows(kind: str) -> None:
    chart = draw(kind)
    assert chart.source == "云国年鉴（B级）"
    assert chart.grade == "B"
    assert chart.alternative.endswith("。")
    assert bool(chart.passports) == (kind in {"index_profile", "index_change"})


@pytest.mark.parametrize("kind", ["index_ranks", "index_stability"])
def test_no_ranking_is_drawn_without_intervals(kind: str) -> None:
    chart = draw(kind, board(intervals=False))
    assert chart.spec is None
    assert "没有区间，不发布排名" in chart.reason


@pytest.mark.parametrize("kind", KINDS)
def test_an_index_that_could_not_be_built_says_why(kind: str) -> None:
    chart = draw(kind, IndexBoard("trial", "试", "Trial", problem="indices/trial.yaml: 不能算\n怎么办"))
    assert (chart.spec, chart.reason) == (None, "indices/trial.yaml: 不能算。")
    assert draw(kind, index="other").reason == "没有指数 other。"


def test_ranks() -> None:
    chart = draw("index_ranks", highlight="20")
    texts = words(chart)
    assert [text for text in texts if text.endswith("市")] == ["1 青石市", "3 红叶市", "2 白沙市"]
    assert {"91.0", "71.0", "51.0"} <= set(texts)
    assert "500" in chart.notes[0]
    assert chart.notes[1] == "有插补值的：红叶市。"
    accented = [each for layer in leaves(spec_of(chart)) for each in layer["data"]["values"] if each.get("color") == ACCENT]
    assert {each["text"] for each in accented if "text" in each} == {"2 白沙市", "71.0"}
    assert "2 白沙市 71.0（1—2）" in chart.alternative


def test_a_limit_keeps_the_unit_asked_for() -> None:
    chart = draw("index_ranks", limit=1, highlight="30")
    assert [text for text in words(chart) if text.endswith("市")] == ["1 青石市", "3 红叶市"]
    assert chart.notes[1] == "另有1个单位未画。"


def test_stability_prints_chances() -> None:
    texts = words(draw("index_stability"))
    assert [texts.count(each) for each in ("90", "10", "100")] == [2, 2, 1]


def test_a_profile_sets_a_unit_against_median_and_best() -> None:
    chart = draw("index_profile", highlight="30", year=2021)
    assert "51.0 / 71.0 / 91.0 青石市" in words(chart)
    assert [text for text in words(chart) if text in {"总指数", "供给", "产出", "使用"}] == ["产出", "总指数", "供给", "使用"]
    assert draw("index_profile", highlight="11").reason == "指数 trial 没有 东区 的得分。"


def test_a_change_adds_up() -> None:
    chart = draw("index_change", since=2020)
    assert "使用（权重）" in words(chart)
    assert [text for text in words(chart) if text[0] in "+-"] == ["+6.0", "+3.5", "-2.0", "+0.5"]
    assert draw("index_change", highlight="20").reason == "白沙市 2020—2021 年的变动没有分解。"


def test_drivers_explain_all_ranks_or_one() -> None:
    chart = draw("index_drivers")
    assert [text for text in words(chart) if text in {"权重", "标准化方法", "异常值处理"}] == ["权重", "标准化方法", "异常值处理"]
    assert "-0.02" in words(chart)
    assert "各单位位次平均变动" in chart.notes[0]
    assert "白沙市位次的方差" in draw("index_drivers", highlight="20").notes[0]
    assert draw("index_drivers", year=2020).reason == "指数 trial 没有 2020 年的敏感度。"


def test_weights_print_shares_and_name_what_has_none() -> None:
    shown = words(draw("index_weights"))
    assert {"供给 60.0%", "使用 40.0%", "产出", "20.0%"} <= set(shown)
    nodes = tuple({**row, "weight": 0.0} if row["code"] == "part" else row for row in board().nodes)
    assert "权重为零的未画：部分。" in draw("index_weights", replace(board(), nodes=nodes)).notes


WEIGHTS = st.lists(st.floats(0.01, 100), min_size=1, max_size=20)
SIDES = st.floats(20, 800)


@given(WEIGHTS, SIDES, SIDES)
def test_a_treemap_fills_its_rectangle_in_proportion(weights: list[float], width: float, height: float) -> None:
    within = Box(5, 7, 5 + width, 7 + height)
    boxes = squarified(weights, within)
    areas = [(box.right - box.left) * (box.bottom - box.top) for box in boxes]
    total = sum(weights)
    for weight, area in zip(weights, areas, strict=True):
        assert area == pytest.approx(weight / total * width * height, rel=1e-6)
    for box in boxes:
        assert box.left >= within.left - 1e-6
        assert box.top >= within.top - 1e-6
        assert box.right <= within.right + 1e-6
        assert box.bottom <= within.bottom + 1e-6
    for one, other in combinations(boxes, 2):
        across = min(one.right, other.right) - max(one.left, other.left)
        down = min(one.bottom, other.bottom) - max(one.top, other.top)
        assert min(across, down) < 1e-6


def test_the_example_of_the_literature() -> None:
    """Bruls, Huizing and van Wijk (2000), figure 4: areas 6, 6, 4, 3, 2, 2, 1 in a rectangle of 6 by 4."""
    boxes = squarified([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))
    assert [(round(box.left, 3), round(box.top, 3), round(box.right, 3), round(box.bottom, 3)) for box in boxes[:4]] == [
        (0, 0, 3, 2), (0, 2, 3, 4), (3, 0, 4.714, 2.333), (4.714, 0, 6, 2.333),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="positive"):
        squarified([1, 0], Box(0, 0, 1, 1))
