"""Outcomes of targets by date: every target of a day is counted once, in the part of its status."""

from __future__ import annotations

from datetime import date

from guibiao.publish.attainment_chart import COLOURS, OUTCOME, draw_outcomes
from guibiao.publish.attainment_listing import STATUSES
from guibiao.publish.charts.chart import Chart, Order
from guibiao.publish.figures import Figures
from guibiao.publish.wording import Wording
from guibiao.reference.report_definitions import ChartDefinition
from tests.publish.charts.sample import passport_of, spec_of, words, workspace

FIRST, SECOND = date(2022, 12, 31), date(2025, 12, 31)


def drawn(boards: dict[date, list[str]], language: str = "zh") -> Chart:
    definition = ChartDefinition(id="chart", kind=OUTCOME, title_zh="目标", title_en="Targets", series=())
    order = Order(definition, Figures(workspace(), []), Wording(language), passport_of)
    return draw_outcomes(order, {day: [{"status": status} for status in statuses] for day, statuses in boards.items()})


def test_every_status_has_a_name_and_a_colour() -> None:
    assert set(COLOURS) == set(STATUSES)
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_counts_and_totals_are_written() -> None:
    chart = drawn({FIRST: ["met", "missed", "missed"], SECOND: ["met"] * 4})
    assert {"1", "2", "3", "4"} <= set(words(chart))
    assert "2022年12月31日" in chart.alternative
    assert "2" in chart.alternative


def test_a_day_without_targets_has_no_bar() -> None:
    assert "2022年" not in str(spec_of(drawn({FIRST: [], SECOND: ["met"]})))


def test_without_targets_there_is_no_chart_but_a_reason() -> None:
    chart = drawn({FIRST: []})
    assert chart.spec is None
    assert chart.reason


def test_it_speaks_english() -> None:
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in "".join(words(drawn({FIRST: ["met"]}, "en"))))
