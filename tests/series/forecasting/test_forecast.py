"""Forecasts of one series and of many: fallbacks, refusals, selection by backtest; on models without a library."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries, ordinal_of
from guibiao.reference.series.forecast import ForecastSpecification
from guibiao.series.forecasting.batch import forecast_all
from guibiao.series.forecasting.engine import CannotFit, SimpleModels, Values
from guibiao.series.forecasting.forecast import Forecast, forecast
from guibiao.series.forecasting.selection import select

NAN = math.nan
SEASON = tuple(100 + 10 * math.sin(month * math.pi / 6) + 0.3 * month + ((7 * month) % 5) / 10 for month in range(72))


class Members:
    """Stand-ins for a library: each member of a combination is a simple model under another name."""

    names: ClassVar = {"ets": "naive", "ets_damped": "snaive", "ets_log": "drift", "theta": "snaive", "theta_log": "snaive", "ces": "mean"}

    def forecast(self, model: str, history: Values, season: int, horizon: int) -> Values:
        if model == "ets_log" and (history <= 0).any():
            raise CannotFit(model)
        return SimpleModels().forecast(self.names.get(model, model), history, season, horizon)


class Unable:
    """An engine that fits nothing but naive."""

    def forecast(self, model: str, history: Values, season: int, horizon: int) -> Values:
        if model != "naive":
            raise CannotFit(model)
        return SimpleModels().forecast(model, history, season, horizon)


def monthly(*values: float, name: str = "x") -> TimeSeries:
    return TimeSeries(name, Frequency.MONTH, ordinal_of(Frequency.MONTH, 2019), tuple(map(float, values)))


def annual(*values: float) -> TimeSeries:
    return TimeSeries("x", Frequency.YEAR, 2015, tuple(map(float, values)))


def of(series: TimeSeries, **given_fields: object) -> Forecast:
    return forecast(series, ForecastSpecification(**{"horizon": 3, **given_fields}), Members())  # type: ignore[arg-type]


def test_seasonal_naive_repeats_the_year() -> None:
    found = of(monthly(*SEASON), model="snaive", horizon=14)
    assert found.periods[0] == "2025-01"
    assert found.mean[:12] == SEASON[60:]
    assert found.mean[12] == SEASON[60]
    assert found.model == "snaive"
    assert all(low < mean < high for low, mean, high in zip(found.low, found.mean, found.high, strict=True))


def test_the_combination_is_the_median_of_its_members_and_shows_them() -> None:
    found = of(monthly(*SEASON))
    members = found.diagnostics["members"]
    assert set(members) == {"ets_damped", "ets_log", "theta", "ces"}
    assert found.mean == tuple(np.median(list(members.values()), axis=0).tolist())
    assert found.diagnostics["interval"]["measured_by"] == ["theta_log"]
    assert found.diagnostics["spread"]["least"][0] <= found.mean[0] <= found.diagnostics["spread"]["greatest"][0]


def test_without_season_the_trend_may_be_straight() -> None:
    found = of(monthly(*SEASON), season=1)
    assert set(found.diagnostics["members"]) == {"ets", "ets_log", "theta", "ces"}
    chosen = of(monthly(*SEASON), members=("ces", "drift"))
    assert set(chosen.diagnostics["members"]) == {"ces", "drift"}


def test_a_member_that_cannot_be_fitted_is_named() -> None:
    found = of(monthly(*(value - 105 for value in SEASON)))
    assert "ets_log" in found.notes[0]
    assert found.diagnostics["interval"]["measured_by"] == ["theta"]


def test_an_engine_that_fits_nothing_gives_naive_and_says_so() -> None:
    found = forecast(monthly(*SEASON), ForecastSpecification(horizon=2), Unable())
    assert (found.model, found.mean) == ("naive", (SEASON[-1], SEASON[-1]))
    assert any("末值法" in note for note in found.notes)
    single = forecast(monthly(*SEASON), ForecastSpecification(horizon=2, model="theta"), Unable())
    assert (single.model, single.notes[0][:5]) == ("naive", "theta")


def test_a_constant_history_has_no_interval() -> None:
    found = of(monthly(*[5.0] * 30))
    assert (found.model, found.mean) == ("constant", (5.0, 5.0, 5.0))
    assert all(map(math.isnan, (*found.low, *found.high)))


def test_two_observations_give_naive_with_a_wide_interval() -> None:
    found = of(monthly(1, 2))
    assert (found.model, found.mean) == ("naive", (2.0, 2.0, 2.0))
    assert found.low[0] < -1 < 5 < found.high[0]
    assert any("1 次历史误差" in note for note in found.notes)


@pytest.mark.parametrize("values", [(), (1.0,), (NAN, 3.0, NAN), (1.0, math.inf, 2.0)])
def test_less_than_two_numbers_and_infinity_are_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(BadRequest) as refused:
        of(monthly(*values))
    assert refused.value.remedy


def test_a_value_that_spans_months_is_refused_with_the_way_out() -> None:
    series = TimeSeries("x", Frequency.MONTH, 24228, (NAN, 3.0, 4.0, 5.0), spans=((1, 2),))
    with pytest.raises(BadRequest, match="1—2月") as refused:
        of(series)
    assert "--split" in refused.value.remedy


def test_what_is_missing_at_the_end_moves_the_start() -> None:
    found = of(monthly(*SEASON, NAN, NAN), model="naive")
    assert found.periods[0] == "2025-01"
    assert "末尾 2 期无数" in found.notes[0]


def test_gaps_use_the_last_run_or_straight_lines_or_refuse() -> None:
    broken = monthly(*SEASON[:10], NAN, *SEASON[11:])
    run = of(broken, model="naive")
    assert "最后连续的 61 期" in run.notes[0]
    assert run.diagnostics["observations"] == 61
    lines = of(broken, model="naive", gaps="interpolate")
    assert lines.diagnostics["observations"] == 72
    with pytest.raises(BadRequest, match="缺 1 期"):
        of(broken, gaps="refuse")
    with pytest.raises(BadRequest, match="只有 4 期"):
        of(monthly(*SEASON[:40], NAN, *SEASON[:4]))


def test_a_long_daily_history_is_cut_and_its_season_is_the_week() -> None:
    days = np.resize([1.0, 2, 3, 4, 5, 9, 8], 21_900) + np.arange(21_900) / 1000
    series = TimeSeries("x", Frequency.DAY, ordinal_of(Frequency.DAY, 1960), tuple(days.tolist()))
    found = of(series, model="snaive", horizon=7)
    assert found.mean == tuple(days[-7:].tolist())
    assert "只用最后 1461 期，舍去之前 20439 期" in found.notes[0]


def test_less_than_two_seasons_are_forecast_without_season() -> None:
    found = of(monthly(*SEASON[:20]))
    assert found.diagnostics["season"] == 1
    assert "不计季节" in found.notes[0]


@pytest.mark.parametrize("unit", [1e-200, 1e140])
def test_extreme_units_change_nothing_but_the_unit(unit: float) -> None:
    own, scaled = of(monthly(*SEASON)), of(monthly(*(value * unit for value in SEASON)))
    assert scaled.mean == pytest.approx([value * unit for value in own.mean], rel=1e-9)
    assert scaled.high == pytest.approx([value * unit for value in own.high], rel=1e-6)


def test_few_annual_points_are_simulated_and_show_the_spread() -> None:
    found = of(annual(100, 112, 118, 131, 150, 149))
    assert found.model == "simulated"
    assert set(found.diagnostics["by_model"]) == {"random_walk", "drift", "theta", "damped_trend", "growth_bootstrap", "simulated"}
    assert "只有 6 个年度数" in found.notes[-1]
    with pytest.raises(BadRequest, match="年度"):
        of(monthly(*SEASON), model="simulated")


def test_a_model_that_does_not_beat_naive_is_not_used_and_says_so() -> None:
    found = of(monthly(*SEASON), model="mean", select="backtest")
    assert found.model == "snaive"
    assert any("mean 在回测中没有胜过 snaive" in note for note in found.notes)
    against = found.diagnostics["backtest"]["against"]
    assert not against["snaive"]["beaten"]
    assert against["snaive"]["p_value"] > 0.5


def test_a_model_that_beats_naive_stays() -> None:
    trend = tuple(50 + 2 * month + ((7 * month) % 5) / 10 for month in range(60))
    found = of(monthly(*trend), model="drift", select="backtest")
    assert found.model == "drift"
    assert found.diagnostics["backtest"]["against"]["snaive"]["beaten"]
    assert 0 <= found.diagnostics["backtest"]["coverage"] <= 1


def test_too_short_a_history_is_not_backtested() -> None:
    found = of(annual(1, 2, 4, 3, 5, 4), model="drift", select="backtest")
    assert found.model == "drift"
    assert any("未与基准比较" in note for note in found.notes)


def test_selection_compares_at_the_origins_all_could_forecast() -> None:
    history = np.array(SEASON)
    simple = SimpleModels()

    def of_model(name: str) -> object:
        return lambda so_far, steps: None if name == "odd" and len(so_far) % 3 else simple.forecast("snaive", so_far, 12, steps)

    makers = {name: (lambda so_far, steps, name=name: simple.forecast(name, so_far, 12, steps)) for name in ("naive", "snaive", "ar")}
    found = select(history, 12, ForecastSpecification(horizon=3), "odd", of_model("odd"), makers)  # type: ignore[arg-type]
    whole = select(history, 12, ForecastSpecification(horizon=3), "own", of_model("own"), makers)  # type: ignore[arg-type]
    assert 0 < found.origins < whole.origins


@given(st.lists(st.one_of(st.floats(allow_infinity=False, width=64), st.just(NAN)), max_size=40), st.integers(1, 30))
def test_any_numbers_give_a_forecast_or_a_refusal(values: list[float], horizon: int) -> None:
    try:
        with np.errstate(all="ignore"):  # numbers near the ends of a double overflow in the simple models; the result is checked
            found = forecast(monthly(*values), ForecastSpecification(horizon=horizon), Members())
    except (BadRequest, CannotFit):
        return
    assert len(found.mean) == len(found.low) == len(found.high) == len(found.periods) == horizon
    assert all(map(math.isfinite, found.mean))


@pytest.mark.parametrize(
    "wrong",
    [{"horizon": 0}, {"horizon": 1001}, {"level": 0.0}, {"level": 100.0}, {"members": ("ets", "ets")},
     {"season": -1}, {"origins": 0}, {"significance": 1.0}],
)  # fmt: skip
def test_specifications_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        ForecastSpecification(**wrong).validate()  # type: ignore[arg-type]


def test_one_bad_series_never_stops_the_rest() -> None:
    series = {str(number): monthly(*(value + number for value in SEASON), name=str(number)) for number in range(20)}
    series["bad"] = monthly(1.0, name="bad")
    calls: list[int] = []
    batch = forecast_all(series, ForecastSpecification(model="snaive", horizon=2), lambda: calls.append(1), processors=2)
    assert [each.series for each in batch.forecasts] == [str(number) for number in range(20)]
    assert [each.series for each in batch.refused] == ["bad"]
    assert batch.refused[0].remedy
    assert len(calls) == 21
    alone = forecast_all({"3": series["3"]}, ForecastSpecification(model="snaive", horizon=2))
    assert alone.forecasts[0] == batch.forecasts[3]


def test_an_autoregression_finds_its_coefficient() -> None:
    generator = np.random.default_rng(3)
    values = [10.0]
    for error in generator.standard_normal(400):
        values.append(4 + 0.6 * values[-1] + error)
    found = SimpleModels().forecast("ar", np.array(values), 1, 50)
    assert found[0] == pytest.approx(4 + 0.6 * values[-1], abs=0.3)
    assert found[-1] == pytest.approx(10.0, abs=0.5)


@pytest.mark.parametrize(("model", "count"), [("snaive", 5), ("drift", 1), ("ar", 3), ("naive", 0)])
def test_simple_models_refuse_what_they_cannot_fit(model: str, count: int) -> None:
    with pytest.raises(CannotFit):
        SimpleModels().forecast(model, np.arange(float(count)), 12, 2)
