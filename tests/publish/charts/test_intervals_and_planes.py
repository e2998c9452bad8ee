"""Range, scatter and heat charts, and the breaks that indicators bring with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from guibiao.model.indicator import Break
from guibiao.publish.charts.render import render_svg
from guibiao.reference.report_definitions import SeriesDefinition
from tests.publish.charts import sample
from tests.publish.charts.sample import CITY, DISTRICTS, draw, leaves, marks, row, spec_of, words, written

EVERYWHERE = SeriesDefinition(indicator="output", area="*")


def trial(area: str, value: float, low: float, high: float) -> dict[str, Any]:
    bounds = {"value": value, "low": low, "high": high, "qualifier": "derived", "decimals": None, "method": "derived"}
    return row("output", area, 2023, f"{value}", **bounds)


def test_a_range_runs_from_low_to_high_with_its_figure_as_a_point() -> None:
    chart = draw("range", [trial("11", 20.0, 15.0, 30.0), row("output", "12", 2023, "25.0")], EVERYWHERE)
    bars = [each for each in marks(chart) if "low" in each]
    assert [(bar["low"], bar["high"]) for bar in bars] == [(15.0, 30.0)]
    assert bars[0]["px"] < bars[0]["px2"]
    assert "15.0—30.0" in words(chart)
    assert "25.0" in words(chart)
    assert "横条为低值至高值，点为数值；只有点的没有区间。" in chart.notes


def test_bounds_alone_have_no_middle() -> None:
    chart = draw("range", [row("output", "11", 2023, "20—30"), row("output", "12", 2023, "5—9")], EVERYWHERE)
    assert len(marks(chart)) == 2
    assert all("low" in each for each in marks(chart))
    assert "横条为低值至高值，不取中值。" in chart.notes


def test_a_scatter_pairs_the_figures_of_each_area() -> None:
    rows = [row("output", area, 2023, str(10 + place)) for place, area in enumerate(DISTRICTS)]
    rows += [row("growth", area, 2023, str(place)) for place, area in enumerate(DISTRICTS[:4])]
    chart = draw("scatter", rows, EVERYWHERE, SeriesDefinition(indicator="growth", area="*"), highlight="12")
    found = {each["area"]: each for each in marks(chart)}
    assert set(found) == {"东区", "西区", "南区", "北区"}
    assert found["东区"]["px"] < found["西区"]["px"]
    assert found["东区"]["py"] > found["西区"]["py"]
    assert found["西区"]["color"] != found["东区"]["color"]
    assert len(chart.figures) == 8
    assert "只有一项数据、未画：青石高新技术开发区。" in chart.notes
    assert {"产出（亿元）", "增速（%）"} <= set(words(chart))


def test_a_wide_spread_is_drawn_on_a_logarithmic_scale_and_said() -> None:
    rows = [row("output", area, 2023, str(3 * 10**place)) for place, area in enumerate(DISTRICTS[:4])]
    rows += [row("growth", area, 2023, str(place)) for place, area in enumerate(DISTRICTS[:4])]
    chart = draw("scatter", rows, EVERYWHERE, SeriesDefinition(indicator="growth", area="*"))
    places = [each["px"] for each in sorted(marks(chart), key=lambda each: each["across"])]
    steps = [later - first for first, later in pairwise(places)]
    assert max(steps) - min(steps) < 0.1
    assert "横轴为对数刻度。" in chart.notes


def test_a_scatter_needs_two_series() -> None:
    assert draw("scatter", [row("output", "11", 2023, "1")], EVERYWHERE).reason == "散点图要正好两个系列，一横一纵。"


def test_a_heat_table_has_a_cell_a_figure_and_leaves_the_others_empty() -> None:
    rows = [row("output", area, year, str(year - 2000 + int(area))) for area in DISTRICTS[:3] for year in (2021, 2022)]
    chart = draw("heat", rows[:-1], EVERYWHERE)
    assert len(marks(chart)) == 5
    assert "空格没有数据（1个）。" in chart.notes
    assert {"2021", "2022", "东区", "南区"} <= set(words(chart))


def test_a_heat_table_keeps_to_its_limit_and_says_what_it_left() -> None:
    rows = [row("output", area, 2022, str(int(area))) for area in DISTRICTS]
    chart = draw("heat", rows, EVERYWHERE, order="value", limit=2)
    assert [each["value"] for each in marks(chart)] == [15.0, 14.0]
    assert "另有3行、0列未画。" in chart.notes


def test_totals_are_no_peers_of_their_parts() -> None:
    rows = [row("output", CITY, 2023, text, categories=f"sector={code}") for code, text in (("p", "1"), ("s", "2"), ("_T", "3"))]
    series = SeriesDefinition(indicator="output", categories={"sector": "*"})
    for kind in ("bar", "range", "heat"):
        chart = draw(kind, rows, series, order="value")
        assert {each["value"] for each in marks(chart)} == {1.0, 2.0}
        assert "未画合计。" in chart.notes


def test_categories_may_be_chosen_by_how_their_code_begins() -> None:
    rows = [row("output", CITY, 2023, text, categories=f"sector={code}") for code, text in (("p1", "1"), ("p2", "2"), ("s1", "3"))]
    chart = draw("bar", rows, SeriesDefinition(indicator="output", categories={"sector": "p*"}), order="value")
    assert {each["value"] for each in marks(chart)} == {1.0, 2.0}


@pytest.mark.parametrize("kind", ["range", "heat"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_stand_clear_of_each_other(kind: str, language: str) -> None:
    rows = [trial(area, 20.0 + place, 15.0, 30.0 + place) for place, area in enumerate(DISTRICTS)]
    texts = written(render_svg(spec_of(draw(kind, rows, EVERYWHERE, language=language))))
    assert not [(a.text, b.text) for place, a in enumerate(texts) for b in texts[place + 1 :] if a.overlaps(b)]


def test_a_line_is_cut_at_the_breaks_of_its_indicator(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tuple(
        replace(each, breaks=(Break(date="2022-01-01", reason_zh="统计范围改变"),)) if each.id == "output" else each
        for each in sample.INDICATORS
    )
    monkeypatch.setattr(sample, "INDICATORS", broken)
    rows = [row("output", CITY, year, str(year - 2000)) for year in range(2019, 2025)]
    chart = draw("line", rows)
    runs = {each["run"] for layer in leaves(spec_of(chart)) for each in layer["data"]["values"] if "run" in each}
    assert len(runs) == 2
    assert "统计范围改变" in words(chart)
    whole = draw("line", [each for each in rows if each["period_end"] >= date(2022, 1, 1)])
    assert "统计范围改变" not in words(whole)
