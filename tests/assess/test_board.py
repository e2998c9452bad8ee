"""The board: lights, limits, composite score, tests of rules, and what a definition may not say."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.assess.backtest import backtest, events_beyond
from guibiao.assess.board import evaluate
from guibiao.assess.board_types import BoardResult, Row, Watched
from guibiao.assess.lights import Light, composite_score, light_of, path_value, quantile_limits
from guibiao.assess.transform import transformed
from guibiao.assess.words import number, row_sentence, score_sentence
from guibiao.model.errors import BadInput, BadRequest, BatchErrors, GuibiaoError
from guibiao.model.series import Frequency, TimeSeries
from guibiao.model.tables import WARNINGS
from guibiao.reference.series.warning import CompositeCuts, LightLimits, WarningBoard, WarningEvent, WatchedIndicator
from guibiao.reference.series.warning_files import read_board
from guibiao.warnings_board import board_of_file, warning_rows, warnings_csv

nan = math.nan
STATED = LightLimits(kind="stated", values=(1, 2, 4, 5), reason_zh="为试验而定")


def series(values: Any, start: int = 24000, **more: Any) -> TimeSeries:
    return TimeSeries("x", Frequency.MONTH, start, tuple(float(each) for each in values), **more)


def board(*indicators: WatchedIndicator, **more: Any) -> WarningBoard:
    return WarningBoard(id="trial", name_zh="试验盘", name_en="Trial", indicators=indicators, **more)


def one(values: Any, indicator: WatchedIndicator, day: date = date(2030, 1, 1), **more: Any) -> Row:
    given = values if isinstance(values, TimeSeries) else series(values)
    return evaluate(board(indicator, **more), {indicator.id: Watched(given)}, day).rows[0]


@pytest.mark.parametrize(
    ("value", "light"),
    [(0.9, Light.COLD), (1, Light.COOL), (2, Light.NORMAL), (4, Light.NORMAL), (4.1, Light.WARM), (5, Light.WARM), (5.1, Light.HOT)],
)
def test_lights_at_their_limits(value: float, light: Light) -> None:
    limits = (1.0, 2.0, 4.0, 5.0)
    assert light_of(value, limits) is light
    assert light_of(value, limits, low_is_hot=True) is Light(6 - light)
    turned = (-5.0, -4.0, -2.0, -1.0)
    assert light_of(-value, turned) is Light(6 - light)
    assert light_of(nan, limits) is Light.NONE


def test_quantiles_are_those_of_type_7() -> None:
    assert list(quantile_limits([*range(11), nan], (0.1, 0.3, 0.7, 0.95)) or ()) == pytest.approx([1, 3, 7, 9.5])
    assert quantile_limits([3, 3, nan], (0.1, 0.3, 0.7, 0.9)) is None
    assert quantile_limits([nan], (0.1, 0.3, 0.7, 0.9)) is None


def test_paths_run_straight_or_at_equal_growth() -> None:
    points = {10: 100.0, 20: 121.0}
    assert path_value(points, 15, geometric=False) == 110.5
    assert path_value(points, 15, geometric=True) == pytest.approx(110)
    assert path_value(points, 20, geometric=True) == 121
    assert math.isnan(path_value(points, 21, geometric=False))
    assert math.isnan(path_value({}, 21, geometric=False))


def test_composite_score_by_hand() -> None:
    assert composite_score([(Light.HOT, 1), (Light.COLD, 1), (Light.NORMAL, 2)], 4, 0.5) == 100
    assert composite_score([(Light.HOT, 1), (Light.NONE, 9)], 10, 0.1) == pytest.approx(500 / 3)
    assert math.isnan(composite_score([(Light.HOT, 1), (Light.NONE, 9)], 10, 0.2))


def test_transformations_know_what_a_value_covers() -> None:
    both = series([nan, 30, 10, *[10] * 9, nan, 33, 11], spans=((1, 2), (13, 2)))
    growth = transformed(both, "year_on_year")
    assert list(growth.values[13:15]) == pytest.approx([10, 10])
    assert math.isnan(growth.values[12])
    assert math.isnan(transformed(series([1] * 12 + [5]), "year_on_year").values[0])
    assert math.isnan(transformed(series([-1] + [1] * 11 + [5]), "year_on_year").values[12])
    assert transformed(series([1, 4, 9]), "difference").values[1:] == (3, 5)


def test_events_begin_when_the_limit_is_crossed() -> None:
    onsets, inside = events_beyond([1, -1, -1, nan, 2, nan, -3, -1], 0, below=True)
    assert onsets == (1, 6)
    assert inside == (False, True, True, True, False, False, True, True)
    assert events_beyond([-1, -1, 1], 0, below=True)[0] == ()
    assert events_beyond([1, 3, 1, 4], 2, below=False)[0] == (1, 3)


def test_a_backtest_by_hand() -> None:
    alarms = [None, True, False, True, False, False, True, True, False, False, False, False, True]
    inside = [False] * 13
    inside[5] = True
    found = backtest(alarms, [5, 11], inside, 2)
    assert found is not None
    assert (found.hits, found.misses, found.leads, found.lead) == (1, 1, (2,), 2)
    assert (found.episodes, found.false_alarms, found.pending, found.untested) == (4, 2, 1, 0)
    assert found.alarm_share == 5 / 12
    early = backtest([None, None, None, True], [2], [False] * 4, 2)
    assert early is not None
    assert (early.events, early.untested) == (0, 1)
    assert backtest([None], [], [False], 1) is None


def test_alarms_during_an_event_announce_nothing() -> None:
    found = backtest([False, True, True, False], [1], [False, True, True, False], 1)
    assert found is not None
    assert (found.misses, found.during, found.episodes) == (1, 2, 0)


@given(st.lists(st.sampled_from([None, True, False]), min_size=1, max_size=40), st.data())
def test_every_event_and_episode_is_counted_once(alarms: list[bool | None], data: st.DataObject) -> None:
    values = data.draw(st.lists(st.floats(-2, 2), min_size=len(alarms), max_size=len(alarms)))
    onsets, inside = events_beyond(values, 0, below=True)
    found = backtest(alarms, onsets, inside, data.draw(st.integers(1, 6)))
    if found is not None:
        assert found.hits + found.misses + found.untested == len(onsets)
        assert found.hits == len(found.leads)
        assert 0 <= found.false_alarms + found.pending <= found.episodes
        assert 0 <= found.alarm_share <= 1


def test_limits_stay_frozen_to_their_window() -> None:
    values = [at % 10 for at in range(60)]
    indicator = WatchedIndicator(id="a")
    before = one(values, indicator, first="2000-01", last="2003-04")
    after = one(values + [1000.0] * 12, indicator, first="2000-01", last="2003-04")
    assert before.limits == after.limits == quantile_limits(values[:40], (0.1, 0.3, 0.7, 0.9))
    assert before.limits_from == "2000-01..2003-04 (40)"
    assert after.readings[-1].light is Light.HOT


def test_a_test_never_looks_ahead() -> None:
    noise = np.random.default_rng(1).normal(5, 2, 90).tolist()
    event = WarningEvent(kind="below", value=2, horizon=3)
    indicator = WatchedIndicator(id="a", event=event, alarm=("cold", "cool"))
    short = one(noise, indicator).test.counts
    for extra in ([100.0] * 30, [-100.0] * 30):
        longer = one(noise + extra, indicator)
        cut = evaluate(board(indicator), {"a": Watched(series(noise + extra))}, date(2007, 6, 30)).rows[0].test.counts
        assert cut == short
        assert longer.test.counts is not None
    assert short is not None
    assert short.first == 35
    assert short.hits + short.misses > 0


def test_as_of_takes_away_what_was_not_known() -> None:
    indicator = WatchedIndicator(id="a", limits=STATED)
    given_series = series([3, 3, 0.5])
    known = {24000: date(2000, 2, 10), 24001: date(2000, 3, 10), 24002: date(2000, 4, 10)}
    for day, latest in ((date(2000, 3, 9), 0), (date(2000, 3, 10), 1), (date(2000, 4, 10), 2), (date(2000, 1, 1), -1)):
        row = evaluate(board(indicator), {"a": Watched(given_series, known=known)}, day).rows[0]
        assert row.latest == latest
    assert row.reading is None
    assert "没有数据" in row_sentence(evaluate(board(indicator), {"a": Watched(given_series)}, date(1999, 1, 1)), row).zh


@pytest.mark.parametrize(
    ("given_series", "more", "reason"),
    [
        (series([3] * 20), {}, "short"),
        (series([3.0] * 40), {}, "flat"),
        (series([*range(40), nan, 5]), {}, "gap"),
        (series([*range(40), 5]), {"breaks": {"2003-05": "新口径"}}, "short"),
        (series([*range(40), 5]), {"breaks": {"2000-03": "新口径"}}, "break"),
        (series([*range(40), nan, 5], spans=((41, 2),)), {}, "covered"),
        (series([*range(40), nan, 5], spans=((41, 2),)), {}, "span"),
        (series([*range(40)]), {"limits": replace(STATED, kind="path", points={"2001-01": 1, "2002-01": 2})}, "path"),
    ],
)
def test_why_there_is_no_light(given_series: TimeSeries, more: dict[str, Any], reason: str) -> None:
    row = one(given_series, WatchedIndicator(id="a", **more))
    assert reason in {each.reason for each in row.readings if each.light is Light.NONE}


def test_a_rate_of_two_months_has_a_light() -> None:
    row = one(series([*range(40), nan, 5], spans=((41, 2),)), WatchedIndicator(id="a", percentage=True))
    assert row.readings[-1].light is not Light.NONE


def test_old_values_have_no_light() -> None:
    indicator = WatchedIndicator(id="a", limits=STATED)
    assert one([3, 3], indicator, date(2000, 5, 31), stale_after=3).readings[-1].light is Light.NORMAL
    assert one([3, 3], indicator, date(2000, 6, 1), stale_after=3).readings[-1].reason == "stale"


def test_a_path_of_a_target() -> None:
    path = LightLimits(kind="path", values=(-5, -2, 2, 5), points={"2000-01": 100, "2000-12": 111}, reason_zh="目标")
    row = one([100, 101, 96, 90], WatchedIndicator(id="a", limits=path))
    assert [each.light for each in row.readings] == [Light.NORMAL, Light.NORMAL, Light.COLD, Light.COLD]


def test_a_rule_on_a_turning_point_of_another_series() -> None:
    wave = [100 + 10 * math.sin(2 * math.pi * (at - 9) / 48) for at in range(200)]
    leading = [100 + 10 * math.sin(2 * math.pi * (at - 5) / 48) for at in range(200)]
    event = WarningEvent(kind="trough", horizon=12, of="base")
    indicators = (WatchedIndicator(id="lead", event=event), WatchedIndicator(id="base"))
    result = evaluate(board(*indicators), {"lead": Watched(series(leading)), "base": Watched(series(wave))}, date(2030, 1, 1))
    test = result.rows[0].test
    assert test.counts is not None
    assert (test.counts.hits, test.counts.misses) == (4, 0)
    assert test.first == "2002-12"
    assert result.rows[1].test.untested == "no_event"
    gapped = evaluate(board(*indicators), {"lead": Watched(series(leading)), "base": Watched(series([1, nan, 2]))}, date(2030, 1, 1))
    assert "缺 1 期" in gapped.rows[0].test.untested
    alone = evaluate(board(*indicators), {"lead": Watched(series(leading))}, date(2030, 1, 1))
    assert alone.rows[0].test.untested == "not_found"
    assert "没有数据：base" in alone.notes[0]


def test_annual_series_have_no_lights() -> None:
    annual = TimeSeries("gdp", Frequency.YEAR, 2000, tuple(map(float, range(50))))
    with pytest.raises(BadRequest, match="不亮灯"):
        evaluate(board(WatchedIndicator(id="a")), {"a": Watched(annual)}, date(2030, 1, 1))
    for step, told in ((12, "年度"), (3, "季度")):
        spread = series([at if at % step == 0 else nan for at in range(100)])
        with pytest.raises(BadRequest, match=f"实为{told}数，不亮灯"):
            evaluate(board(WatchedIndicator(id="a")), {"a": Watched(spread)}, date(2030, 1, 1))
    quarterly = TimeSeries("gdp", Frequency.QUARTER, 8000, tuple(map(float, range(50))))
    with pytest.raises(BadRequest, match="频率是 Q"):
        evaluate(board(WatchedIndicator(id="a")), {"a": Watched(quarterly)}, date(2030, 1, 1))


def three() -> BoardResult:
    indicators = (
        WatchedIndicator(id="a", name_zh="甲", name_en="Alpha", unit="%", limits=STATED, group="coincident"),
        WatchedIndicator(id="b", name_zh="乙", limits=STATED, hot="low", weight=2, group="leading"),
        WatchedIndicator(id="c", limits=STATED),
    )
    values = {"a": Watched(series([3, 3, 0.5] * 12)), "b": Watched(series([3, 6, 3] * 12)), "c": Watched(series([3, 3, 5.5] * 12))}
    return evaluate(board(*indicators), values, date(2003, 1, 31))


def test_score_diffusion_and_indices_of_a_board() -> None:
    result = three()
    assert result.score is not None
    assert result.score.value == pytest.approx(100 * (1 + 2 * 3 + 5) / 12)
    assert result.score.lit == result.score.of == 3
    assert result.scores[1].value == pytest.approx(100 * (3 + 2 * 1 + 3) / 12)
    assert result.diffusion is not None
    assert result.diffusion.values[0] == pytest.approx(100 * (0.5 + 0 + 0.5) / 4)
    assert set(result.indices) == {"coincident", "leading"}
    assert score_sentence(result, result.score).zh == "试验盘2002年12月综合指数100.0，绿灯（正常）；3项指标中红灯1项、绿灯1项、蓝灯1项。"
    assert "未核实" in result.notes[-1]


def test_rows_of_the_table_and_their_sentences() -> None:
    rows = warning_rows(three())
    assert all(tuple(row) == WARNINGS.names for row in rows)
    assert len({tuple(row[name] for name in WARNINGS.key) for row in rows}) == len(rows)
    assert {row["series"] for row in rows if row["latest"]} == {"a", "b", "c", "composite", "diffusion"}
    last = next(row for row in rows if row["series"] == "a" and row["latest"])
    assert (last["light"], last["score"], last["direction"], last["change"], last["age"]) == ("cold", 1, "falling", -2.5, 31)
    assert last["sentence_zh"] == ("甲2002年12月为0.5%，蓝灯（过冷），较上期下降2.5个百分点，未回测：没有写事件，期末距2003-01-31为31天。")
    assert last["sentence_en"].startswith("Alpha, 2002-12: 0.5%; blue (too cold); down 2.5 points on the value before; not tested")
    text = warnings_csv(rows).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("as_of,board,series,")
    assert len(text.splitlines()) == len(rows) + 1


@given(st.lists(st.one_of(st.just(nan), st.floats(-1e12, 1e12)), min_size=2, max_size=70), st.sampled_from(["high", "low"]))
def test_any_series_makes_a_board(values: list[float], hot: Any) -> None:
    event = WarningEvent(kind="below", value=0, horizon=2)
    indicators = (WatchedIndicator(id="a", hot=hot, event=event, group="coincident"), WatchedIndicator(id="b", limits=STATED))
    given_series = {"a": Watched(series(values)), "b": Watched(series(values))}
    known = [at for at, value in enumerate(values) if value == value]
    if min((after - before for before, after in pairwise(known)), default=1) >= 3:
        with pytest.raises(BadRequest, match="不亮灯"):
            evaluate(board(*indicators), given_series, date(2030, 1, 1))
        return
    result = evaluate(board(*indicators), given_series, date(2030, 1, 1))
    for row in warning_rows(result):
        assert (row["score"] is None) == (row["light"] == "none")
        assert row["value"] is None or math.isfinite(row["value"])
        assert not (row["light"] == "none" and row["series"] in {"a", "b", "composite"} and not row["reason"])


def test_cuts_are_dated() -> None:
    later = CompositeCuts(id="later", valid_from=date(2020, 1, 1), verified=True)
    cuts = board(WatchedIndicator(id="a"), cuts=(CompositeCuts(id="first"), later))
    assert cuts.cuts_on(date(2019, 12, 31)).id == "first"
    assert cuts.cuts_on(date(2020, 1, 1)).id == "later"
    assert board(WatchedIndicator(id="a"), cuts=(later,)).cuts_on(date(2000, 1, 1)).id == "later"


@pytest.mark.parametrize(("value", "text"), [(0.001, "0"), (-0.001, "0"), (1234.5, "1234"), (2.5, "2.5"), (nan, "—"), (100, "100")])
def test_numbers_in_sentences(value: float, text: str) -> None:
    assert number(value) == text


GOOD = """id: trial
name_zh: 试验盘
indicators:
  - id: a
    limits: {kind: stated, values: [1, 2, 4, 5], reason_zh: 试验}
  - id: b
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "board.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_board_is_read_from_a_file_and_put_on_a_table(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("period,a\n2020-01,3\n2020-02,6\n", "utf-8")
    result = board_of_file(read_board(written(tmp_path, GOOD)), data, date(2020, 3, 31))
    assert [each.light for each in result.rows[0].readings] == [Light.NORMAL, Light.HOT]
    assert "没有数据：b" in result.notes[0]
    data.write_text("period,a,other\n2020-01,3,\n2020-02,6,x\n", "utf-8")
    assert len(board_of_file(read_board(written(tmp_path, GOOD)), data, date(2020, 3, 31)).rows[0].readings) == 2
    data.write_text("period,a,other\n2020-01,x,1\n2020-02,6,2\n", "utf-8")
    with pytest.raises(BadInput, match="不是数"):
        board_of_file(read_board(written(tmp_path, GOOD)), data, date(2020, 3, 31))
    data.write_text("period,a\n2018,3\n2019,6\n2020,6\n", "utf-8")
    with pytest.raises(BadRequest, match="不亮灯"):
        board_of_file(read_board(written(tmp_path, GOOD)), data, date(2020, 3, 31))
    data.write_text("period,other\n2020-01,3\n", "utf-8")
    with pytest.raises(BadRequest, match="没有预警盘 trial 的任何序列"):
        board_of_file(read_board(written(tmp_path, GOOD)), data, date(2020, 3, 31))


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        (("id: b", "id: b\n    colour: red"), 7, "没有这样的项"),
        (("kind: stated", "kind: guessed"), 5, "不是允许的取值"),
        (("[1, 2, 4, 5]", "[1, 2, 2, 5]"), 5, "逐个增大"),
        (("[1, 2, 4, 5]", "[1, 2, .nan, 5]"), 5, "逐个增大"),
        (("[1, 2, 4, 5]", "[1, 2, 4]"), 5, "四个数，现有 3 个"),
        ((", reason_zh: 试验", ""), 5, "没有写理由"),
        (("kind: stated", "kind: path"), 5, "至少要两个点"),
        (("id: b", "id: a"), 6, "写了两次"),
        (("id: b", "id: composite"), 6, "综合结果的名字"),
        (("id: b", "id: b\n    weight: 0"), 7, "权重"),
        (("id: b", "id: b\n    weight: many"), 7, "应当是数"),
        (("id: b", "id: b\n    event: {kind: below, horizon: 3}"), 7, "没有写界限"),
        (("id: b", "id: b\n    event: {kind: peak, horizon: 0}"), 7, "1 到 60"),
        (("id: b", "id: b\n    event: {kind: peak, horizon: 3, of: z}"), 7, "没有指标 z"),
        (("id: b", "id: b\n    event: {kind: peak, horizon: 3}\n    alarm: []"), 8, "没有警灯"),
        (("id: b", "id: b\n    breaks: {2020-13: 新口径}"), 7, "不是本盘频率"),
        (("id: b", "id: b\n    limits: {quantiles: [0.1, 0.3, 0.7, 1.9]}"), 7, "0 与 1 之间"),
        (("name_zh: 试验盘", "name_zh: 试验盘\nfirst: 2020-Q1"), 3, "不是本盘频率"),
        (("name_zh: 试验盘", "name_zh: 试验盘\nfirst: 2020-02\nlast: 2020-01"), 4, "早于"),
        (("name_zh: 试验盘", "name_zh: 试验盘\nfrequency: A"), 3, "不是允许的取值"),
        (("name_zh: 试验盘", "name_zh: 试验盘\nleast_share: 2"), 3, "least_share"),
        (("name_zh: 试验盘", "name_zh: 试验盘\nstale_after: -1"), 3, "stale_after"),
        (("name_zh: 试验盘", "name_zh: 试验盘\ncuts: [{cold: 90}]"), 3, "逐个增大"),
        (("name_zh: 试验盘\n", ""), 1, "缺少这一项"),
    ],
)
def test_faults_of_a_board_name_their_line(tmp_path: Path, change: tuple[str, str], line: int, told: str) -> None:
    with pytest.raises(GuibiaoError) as caught:
        read_board(written(tmp_path, GOOD.replace(*change)))
    errors = caught.value.errors if isinstance(caught.value, BatchErrors) else (caught.value,)
    assert any(told in str(each) and (each.place.file, each.place.line) == ("board.yaml", line) for each in errors)
    assert all(each.remedy for each in errors)


@pytest.mark.parametrize("text", ["", "- 1", "id: [", "just words", "id: trial\nname_zh: x\nindicators: []\n"])
def test_files_that_are_no_board(tmp_path: Path, text: str) -> None:
    with pytest.raises(GuibiaoError):
        read_board(written(tmp_path, text))
    with pytest.raises(BadRequest, match="找不到"):
        read_board(tmp_path / "none.yaml")
