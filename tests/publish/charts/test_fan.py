"""The fan of a forecast: bands in order, median apart from the figures, the axis that holds them, and where it is left out."""

from __future__ import annotations

from typing import Any

from guibiao.model.period import year
from guibiao.publish.charts.chart import Chart
from guibiao.publish.charts.forecast import Ahead, Forecast
from guibiao.publish.charts.specify import specify
from guibiao.publish.figures import Figures
from guibiao.reference.report_definitions import ChartDefinition, SeriesDefinition
from tests.publish.charts.sample import leaves, passport_of, row, spec_of, words, workspace

FIGURES = {2019: "100", 2020: "108", 2021: "117", 2022: "125", 2023: "136"}


def ahead(number: int, value: float, wide: float = 1.0) -> Ahead:
    bands = {level: (value - wide * width, value + wide * width) for level, width in ((50, 4), (80, 8), (95, 14))}
    return Ahead(year(number), value, bands)


def forecast(**facts: Any) -> Forecast:
    given: dict[str, Any] = {
        "since": year(2023), "price_basis": "none", "accounting_basis": "", "unit": "亿元",
        "ahead": (ahead(2024, 145.21), ahead(2025, 155.38)),
    }  # fmt: skip
    return Forecast(**given | facts)


def drawn(given: Forecast | None, language: str = "zh", **facts: Any) -> Chart:
    rows = [row("output", "10", number, text, **facts) for number, text in FIGURES.items()]
    definition = ChartDefinition(id="chart", kind="line", title_zh="试图", title_en="Trial", series=(SeriesDefinition(indicator="output"),))
    return specify(definition, Figures(workspace(), rows, []), language, passport_of, given)


def bands(chart: Chart) -> list[list[dict[str, Any]]]:
    return [layer["data"]["values"] for layer in leaves(spec_of(chart)) if layer["mark"]["type"] == "area"]


def test_bands_begin_at_the_last_figure_and_the_widest_is_at_the_back() -> None:
    chart = drawn(forecast())
    found = bands(chart)
    assert [[(each["slot"], each["low"], each["value"]) for each in band] for band in found] == [
        [("2023", 136.0, 136.0), ("2024", 145.21 - width, 145.21 + width), ("2025", 155.38 - width, 155.38 + width)]
        for width in (14, 8, 4)
    ]  # fmt: skip
    assert next(layer["mark"]["type"] for layer in leaves(spec_of(chart))) == "area"
    assert {"预测区间 95%", "80%", "50%", "预测", "155"} <= set(words(chart))
    assert "虚线与色带为预测，不是公布数。" in chart.notes
    assert chart.alternative.endswith("预测：2025年预测中值 155亿元，50%区间 151—159，80%区间 147—163，95%区间 141—169。")


def test_the_forecast_is_no_figure_of_the_chart() -> None:
    with_it, without = drawn(forecast()), drawn(None)
    assert with_it.figures == without.figures
    assert with_it.passports == without.passports
    assert (with_it.source, with_it.grade) == (without.source, without.grade)


def test_the_axis_goes_on_to_the_last_period_and_holds_the_bands() -> None:
    chart = drawn(forecast())
    line = next(layer for layer in leaves(spec_of(chart)) if layer["mark"]["type"] == "line")
    assert line["encoding"]["x"]["scale"]["domain"] == [str(number) for number in range(2019, 2026)]
    low, high = line["encoding"]["y"]["scale"]["domain"]
    assert low <= 155.38 - 14 < 155.38 + 14 <= high
    assert not [note for note in chart.notes if "断开" in note]


def test_a_band_far_beyond_the_figures_is_cut_and_said_to_be() -> None:
    chart = drawn(forecast(ahead=(ahead(2024, 145.0), Ahead(year(2025), 155.0, {50: (150, 160), 80: (140, 170), 95: (-4000, 9000)}))))
    assert "95%区间超出图幅的部分未画。" in chart.notes
    low, high = next(layer for layer in leaves(spec_of(chart)) if layer["mark"]["type"] == "area")["encoding"]["y"]["scale"]["domain"]
    assert low > -400
    assert high < 600
    assert all(low <= each["low"] <= each["value"] <= high for band in bands(chart) for each in band)


def test_a_forecast_in_another_unit_is_brought_to_that_of_the_chart() -> None:
    whole = ahead(2024, 1_452_100.0, 10_000.0)
    assert bands(drawn(forecast(unit="万元", ahead=(whole,))))[0][1]["value"] == 159.21


def test_a_forecast_that_continues_no_line_is_left_out() -> None:
    for other in (forecast(since=year(2022)), forecast(accounting_basis="old"), forecast(price_basis="current"), forecast(unit="人")):
        chart = drawn(other)
        assert bands(chart) == []
        assert not {"预测", "预测区间 95%"} & set(words(chart))
        if other.unit == "亿元":
            assert chart == drawn(None)


def test_english_readers_get_english() -> None:
    chart = drawn(forecast(), "en")
    assert {"forecast interval 95%", "forecast"} <= set(words(chart))
    assert "Dashes and bands are a forecast, no published figures." in chart.notes
