"""Nowcasts as a whole: a factor that is there is found, a model that does not beat naive is not used, what is odd is said or refused."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from statsmodels.tsa.stattools import adfuller

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency
from guibiao.reference.series.nowcast import Aggregation, Nowcast, NowcastSeries, Transform
from guibiao.series.nowcasting import dynamic_factor_filter
from guibiao.series.nowcasting import models as nowcast_models
from guibiao.series.nowcasting.nowcast import NowcastResult, nowcast
from guibiao.series.nowcasting.panel import _dickey_fuller
from guibiao.series.nowcasting.vintages import Entry, vintage_table
from tests.series.nowcasting.nowcast_samples import DAY, START, one_factor, sales

FAST = Nowcast(target="y", maximum_iterations=20)
QUICK = replace(FAST, backtest=0)
MONTH, QUARTER = Frequency.MONTH, Frequency.QUARTER


def ran(entries: list[Entry], specification: Nowcast = FAST, day: date | None = DAY) -> NowcastResult:
    return nowcast(vintage_table(entries, specification.lags), specification, day)


def noise(seed: int, quarters: int = 40, months: int | None = None) -> list[Entry]:
    """A target and two indicators that have nothing to do with it."""
    rng = np.random.default_rng(seed)
    rest = [Entry(f"x{at}", MONTH, START * 12 + month, float(rng.normal())) for at in range(2) for month in range(months or 3 * quarters)]
    return [*rest, *(Entry("y", QUARTER, START * 4 + at, float(rng.normal())) for at in range(quarters))]


@pytest.mark.parametrize("method", ["bridge", "dfm"])
def test_a_common_factor_is_found_and_beats_every_benchmark(method: str) -> None:
    """Synthetic data; the target's last quarter is held back and nowcast with two of its months known."""
    result = ran(one_factor(seed=3, indicators=6), replace(FAST, method=method), date(2019, 12, 25))
    (row,) = result.rows
    assert row.period == "2019-Q4"
    assert row.running
    assert row.low < row.mean < row.high
    assert result.choice.model == row.model == method
    assert result.backtest is not None
    compared = {each.model: each.rmse for each in result.backtest.comparisons}
    assert compared[method] < 0.75 * min(compared[name] for name in ("seasonal-naive", "unchanged", "ar"))
    assert {each.accuracy.n for each in result.backtest.comparisons} == {12}


def test_a_model_that_does_not_beat_naive_is_not_used_and_says_so() -> None:
    refused = [result for seed in range(2) if (result := ran(noise(seed), day=date(2015, 1, 30))).choice.model not in {"bridge", "dfm"}]
    assert refused
    result = refused[0]
    assert result.choice.candidate in {"bridge", "dfm"}
    assert "没有采用" in result.choice.reason
    assert any("没有采用" in note for note in result.notes)
    assert {"bridge", "dfm"} <= set(result.rows[0].by_model)
    assert result.rows[0].mean == result.rows[0].by_model[result.choice.model]


def test_backtests_see_only_what_was_known() -> None:
    """Changing what is published after the day of a backtest changes nothing of it but the actual value."""
    entries = one_factor()
    table = [replace(entry, known_from=None) for entry in entries]
    later = [replace(entry, value=entry.value + 50) if entry.series == "y" and entry.ordinal == 2019 * 4 + 1 else entry for entry in table]
    one, other = (ran(each, replace(FAST, backtest=3, method="bridge")).backtest for each in (table, later))
    assert one is not None
    assert other is not None
    before = [(row.period, row.model, row.mean) for row in one.rows if row.period < "2019-Q2"]
    assert before
    assert before == [(row.period, row.model, row.mean) for row in other.rows if row.period < "2019-Q2"]


def test_true_vintages_are_used_in_backtests() -> None:
    """First releases 10 too high, corrected a year later: judged on the first release the error is another one."""
    first = [replace(entry, value=entry.value + 10, known_from=None) for entry in one_factor() if entry.series == "y"]
    final = [replace(entry, known_from=date(entry.ordinal // 4 + 2, 1, 1)) for entry in one_factor() if entry.series == "y"]
    entries = [*first, *final, *(entry for entry in one_factor() if entry.series != "y")]
    specification = replace(FAST, backtest=8, method="bridge")
    latest = ran(entries, specification).backtest
    released = ran(entries, replace(specification, evaluate_on="first")).backtest
    assert latest is not None
    assert released is not None
    corrected, printed = (next(row for row in each.rows if row.period == "2017-Q4") for each in (latest, released))
    assert printed.actual == pytest.approx(corrected.actual + 10)
    assert printed.mean == corrected.mean
    used = {each.series: each for each in ran(entries, QUICK).used}
    assert used["y"].revised == 52


def test_monthly_sales_are_nowcast_by_quarter_with_joined_months() -> None:
    result = ran(sales(), replace(FAST, target="sales", frequency="Q", backtest=6), date(2018, 11, 25))
    (row,) = result.rows
    assert row.period == "2018-Q4"
    known = sum(entry.value for entry in sales() if entry.series == "sales" and entry.ordinal in range(2018 * 12 + 9, 2018 * 12 + 12))
    assert row.mean == pytest.approx(known, rel=0.06)
    assert {each.series for each in result.used} == {"sales", "sales [M]", "survey"}
    assert any("伪版本" in note for note in result.notes)
    assert any("合并发布" in note for note in result.notes)


def test_a_monthly_target_with_joined_months_has_no_january() -> None:
    entries = [entry for entry in sales() if entry.series != "sales" or entry.ordinal < 2018 * 12]
    result = ran(entries, replace(QUICK, target="sales"), date(2018, 2, 25))
    assert [row.period for row in result.rows] == ["2018-02"]
    assert result.rows[0].mean == pytest.approx(
        sum(entry.value for entry in sales() if entry.ordinal == 2018 * 12 + 1 and entry.series == "sales"), rel=0.1
    )


def test_an_annual_target_from_quarters() -> None:
    rng = np.random.default_rng(6)
    quarterly = [Entry("q", QUARTER, 1995 * 4 + at, float(10 + rng.normal())) for at in range(100)]
    annual = [Entry("y", Frequency.YEAR, 1995 + at, sum(entry.value for entry in quarterly[4 * at : 4 * at + 4])) for at in range(24)]
    stated = tuple(NowcastSeries(name=name, transform=Transform.NONE) for name in ("q", "y"))
    result = ran([*quarterly, *annual], replace(FAST, series=stated, backtest=8), date(2019, 12, 25))
    assert result.rows[-1].period == "2019"
    assert result.choice.model in {"bridge", "dfm"}


def test_twelve_quarters_give_the_bridge_alone_and_fewer_a_benchmark() -> None:
    transform = (NowcastSeries(name="y", transform=Transform.NONE),)
    few = ran(noise(1, 11), replace(FAST, series=transform), date(2007, 11, 1))
    assert "dfm" not in few.rows[0].by_model
    assert any("dfm 没有用上" in note and "12 期" in note for note in few.notes)
    fewer = ran(noise(1, 5, 20), replace(FAST, series=transform), date(2006, 5, 1))
    assert set(fewer.rows[0].by_model) <= {"seasonal-naive", "unchanged", "ar"}
    assert any("改用基准" in note for note in fewer.notes)


def test_an_estimation_that_breaks_down_is_said_and_another_model_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise np.linalg.LinAlgError("singular")

    monkeypatch.setattr(nowcast_models, "estimate", broken)
    result = ran(one_factor(), replace(FAST, backtest=4))
    assert result.choice.model == "bridge"
    assert any("估计中断" in note for note in result.notes)


def test_without_its_engine_the_factor_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamic_factor_filter, "find_spec", lambda _name: None)
    with pytest.raises(BadRequest, match=r"guibiao\[series\]"):
        ran(one_factor(), replace(QUICK, method="dfm"))
    result = ran(one_factor(), QUICK)
    assert result.choice.model == "bridge"
    assert any("guibiao[series]" in note for note in result.notes)


def test_an_estimation_that_does_not_converge_is_said() -> None:
    result = ran(one_factor(), replace(QUICK, method="dfm", maximum_iterations=2))
    assert any("没有收敛" in note for note in result.notes)


def test_constant_short_daily_and_annual_indicators_are_named() -> None:
    entries = [
        *one_factor(),
        *(Entry("flat", MONTH, START * 12 + at, 3.0) for at in range(180)),
        *(Entry("short", MONTH, 2019 * 12 + at, float(at % 3)) for at in range(10)),
        *(Entry("daily", Frequency.DAY, date(2019, 1, 1).toordinal() + at, 1.0) for at in range(50)),
        *(Entry("annual", Frequency.YEAR, 2005 + at, float(at % 4)) for at in range(14)),
    ]
    notes = "\n".join(ran(entries, replace(QUICK, method="bridge")).notes)
    for words in ("flat", "short", "daily", "annual"):
        assert words in notes


@pytest.mark.parametrize(
    ("entries", "specification", "day", "words"),
    [
        (one_factor(), replace(QUICK, target="z"), DAY, "没有目标序列 z"),
        (one_factor(), replace(QUICK, target=""), DAY, "没有说明"),
        (one_factor(), replace(QUICK, frequency="M"), DAY, "更细"),
        (one_factor(), QUICK, date(2001, 1, 1), "还没有一个数"),
        (one_factor(), QUICK, date(2030, 1, 1), "太远"),
        (one_factor(), replace(QUICK, indicators=("w",)), DAY, "没有指标 w"),
        (one_factor(), replace(QUICK, level=20.0), DAY, "覆盖率"),
        (one_factor(), replace(QUICK, backtest=-1), DAY, "回测期数"),
        (one_factor(), replace(QUICK, series=(NowcastSeries(name="y"), NowcastSeries(name="y"))), DAY, "两次"),
        (one_factor(), replace(QUICK, series=(NowcastSeries(name="y", transform=Transform.LOG_DIFFERENCE),)), None, "取对数"),
        ([Entry("y", Frequency.DAY, 738000, 1.0)], QUICK, None, "日度"),
        ([Entry("y", QUARTER, 8000, 1e200)], QUICK, None, "大得不合理"),
        ([Entry("y", QUARTER, 8000 + at, 1.0) for at in range(3)], QUICK, None, "只有 3 个数"),
    ],
)  # fmt: skip
def test_what_cannot_be_nowcast_is_refused(entries: list[Entry], specification: Nowcast, day: date | None, words: str) -> None:
    if "取对数" in words:
        entries = [replace(entry, value=entry.value - 10) for entry in entries]
    with pytest.raises(BadRequest, match=words) as raised:
        ran(entries, specification, day)
    assert raised.value.remedy or words in {"覆盖率", "回测期数", "两次"}


def test_news_need_an_earlier_day_with_enough_data() -> None:
    table = vintage_table(one_factor())
    with pytest.raises(BadRequest, match="不早于"):
        nowcast(table, QUICK, DAY, DAY)
    with pytest.raises(BadRequest, match="不够"):
        nowcast(table, replace(QUICK, method="dfm"), DAY, date(2006, 1, 1))


def test_a_target_alone_gets_a_benchmark() -> None:
    result = ran([entry for entry in one_factor() if entry.series == "y"], replace(FAST, backtest=8))
    assert result.choice.model in {"seasonal-naive", "unchanged", "ar"}
    assert all(math.isfinite(value) for row in result.rows for value in (row.mean, row.low, row.high))


def test_all_indicators_missing_at_the_edge() -> None:
    """Indicators that end two years before the day are carried on, with what they last said fading."""
    entries = [entry for entry in one_factor() if entry.series == "y" or entry.ordinal < 2017 * 12 + 10]
    result = ran(entries, replace(FAST, backtest=4))
    assert math.isfinite(result.rows[0].mean)
    assert {each.last_period for each in result.used if each.series != "y"} == {"2017-10"}


def test_means_of_a_finer_target() -> None:
    entries = [Entry("m", MONTH, START * 12 + at, float(math.sin(at) + 5)) for at in range(120)]
    stated = NowcastSeries(name="m", aggregation=Aggregation.MEAN, transform=Transform.NONE)
    result = ran(entries, replace(QUICK, target="m", frequency="Q", series=(stated,)), date(2015, 3, 1))
    assert 3.5 < result.rows[-1].mean < 6.5


def test_the_unit_root_statistic_equals_that_of_statsmodels() -> None:
    walk = np.random.default_rng(1).normal(size=150).cumsum()
    expected = adfuller(walk, maxlag=int(149 ** (1 / 3)), autolag=None, result_object=False)[0]
    assert _dickey_fuller(walk) == pytest.approx(expected, abs=1e-10)
