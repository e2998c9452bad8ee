"""The strip of warning lights, and the table of the same board."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guibiao.assess.board import evaluate
from guibiao.assess.board_types import Watched
from guibiao.assess.lights import Light
from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.publish.charts.chart import Chart, Order
from guibiao.publish.figures import Figures
from guibiao.publish.lookup import Evidence
from guibiao.publish.warning_chart import COLOURS, KIND, LETTERS, draw_lights
from guibiao.publish.warning_listing import LIGHTS, warning_table
from guibiao.publish.wording import Wording
from guibiao.reference.report_definitions import ChartDefinition, TableDefinition
from guibiao.reference.series.warning import LightLimits, WarningBoard, WarningEvent, WatchedIndicator
from guibiao.warnings_board import warning_rows
from tests.publish.charts.sample import passport_of, row, spec_of, words, workspace

LIMITS = LightLimits(kind="stated", values=(1, 2, 4, 5), reason_zh="试验")
DAY = date(2003, 1, 31)
nan = float("nan")


def rows(values: Any = (3, 3, 0.5, 6) * 9, **more: Any) -> list[dict[str, Any]]:
    event = WarningEvent(kind="below", value=1, horizon=2)
    indicators = (
        WatchedIndicator(id="a", name_zh="增速甲", name_en="Growth A", unit="%", limits=LIMITS, indicator="growth", event=event),
        WatchedIndicator(id="b", name_zh="增速乙", name_en="Growth B", limits=LIMITS),
    )
    board = WarningBoard(id="trial", name_zh="试验盘", name_en="Trial", indicators=indicators, **more)
    given = {
        "a": Watched(TimeSeries("a", Frequency.MONTH, 24000, tuple(map(float, values))), known={24035: DAY}, area="10"),
        "b": Watched(TimeSeries("b", Frequency.MONTH, 24000, (4.5, nan, 1.5))),
    }
    return warning_rows(evaluate(board, given, DAY))


def drawn(records: list[dict[str, Any]], language: str = "zh", **more: Any) -> Chart:
    definition = ChartDefinition(id="chart", kind=KIND, title_zh="预警灯", title_en="Lights", **more)
    return draw_lights(Order(definition, Figures(workspace(), []), Wording(language), passport_of), records)


def table(records: list[dict[str, Any]], language: str = "zh", figures: Any = (), **more: Any) -> Any:
    definition = TableDefinition(id="table", title_zh="预警", rows="warning", **more)
    evidence = Evidence(workspace(), Figures(workspace(), list(figures)), (), DAY, Wording(language), warnings=records)
    quoted: list[Any] = []

    def quote(figure: Any) -> str:
        quoted.append(figure)
        return "passport"

    head, lines, notes = warning_table(evidence, definition, quote)
    return head, [[cell.text for cell in line] for line in lines], notes, quoted


def test_every_light_has_a_name_a_colour_and_a_letter_of_its_own() -> None:
    names = {light.name.lower() for light in Light}
    assert set(LIGHTS) == names
    assert set(COLOURS) == set(LETTERS) == names - {"none"}
    assert len(set(COLOURS.values())) == 5
    assert all(len({LETTERS[light][tongue] for light in LETTERS}) == 5 for tongue in (0, 1))


def test_a_cell_a_period_with_its_letter() -> None:
    chart = drawn(rows())
    written = words(chart)
    assert (written.count("红"), written.count("蓝")) == (6 + 1, 6 + 1)
    assert written.count("绿") == 12 + 1
    assert {"增速甲", "增速乙", "2001", "2002", "最近数", "综合预警指数", "136.7"} <= set(written)
    assert "6.0%" in written
    assert "1.5 2000-03" in written
    assert "更早的12期未画" in chart.notes[-1]
    assert "增速甲2002-12红（过热）" in chart.alternative


def test_the_limit_is_how_many_periods_are_shown() -> None:
    chart = drawn(rows(), limit=12)
    assert "2001" not in words(chart)
    assert "更早的24期未画" in chart.notes[-1]


def test_without_enough_lights_there_is_no_composite() -> None:
    assert "有灯的指标不足，没有综合指数。" in words(drawn(rows(least_share=1.0), limit=12))


@pytest.mark.parametrize("records", [[], rows([nan] * 35 + [3])[:0]])
def test_without_a_board_there_is_no_chart_but_a_reason(records: list[dict[str, Any]]) -> None:
    chart = drawn(records)
    assert chart.spec is None
    assert chart.reason


def test_it_speaks_english() -> None:
    chart = drawn(rows(), "en")
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in "".join(words(chart)))
    head, lines, notes, _quoted = table(rows(), "en")
    said = "".join((*head, *(text for line in lines for text in line), *notes))
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in said)


def test_boards_are_told_apart() -> None:
    both = [*rows(), *({**each, "board": "other"} for each in rows())]
    assert spec_of(drawn(both, board="other"))
    with pytest.raises(BadRequest, match="没有说用哪个"):
        drawn(both)
    with pytest.raises(BadRequest, match="没有预警盘 none"):
        table(both, board="none")


def test_the_table_says_light_limits_and_test() -> None:
    head, lines, notes, _quoted = table(rows())
    assert head[:4] == ["指标", "最近数", "较上期", "灯"]
    assert lines[0] == [
        "增速甲", "6%（2002-12）", "+5.5", "红（过热）", "1、2、4、5", "2期内低于1", "0/9", "0", "—",
    ]  # fmt: skip
    assert lines[1][5:] == ["—"] * 4
    assert lines[-1][0] == "综合预警指数"
    assert "不向后看" in notes[1]
    assert notes[2:] == ["未回测：增速乙。", "界限事后写定、回测不是样本外：增速甲。"]


def test_a_value_leads_to_its_passport() -> None:
    figure = row("growth", "10", "2002年12月", "6", known_from=DAY, price_basis="none")
    others = [
        row("growth", "10", "2002年", "6", known_from=DAY, price_basis="none"),
        row("growth", "11", "2002年12月", "6", known_from=DAY, price_basis="none"),
        row("growth", "10", "2002年12月", "6", known_from=DAY, price_basis="none", categories="sector=p"),
    ]
    _head, lines, _notes, quoted = table(rows(), figures=[*others, figure])
    assert [(each.area, each.categories, each.period.start) for each in quoted] == [("10", "", date(2002, 12, 1))]
    assert lines[0][1] == "6%（2002年12月）"


def test_without_a_board_the_table_is_empty_and_says_so() -> None:
    assert table([])[1:3] == ([], ["工作区没有预警盘。"])
