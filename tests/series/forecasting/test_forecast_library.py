"""The default forecaster on the library: a fixed sample of the M3 competition, and histories that libraries stumble over."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks import forecast as benchmark
from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.forecast import ForecastSpecification
from guibiao.series.forecasting import engine as forecast_engine
from guibiao.series.forecasting.accuracy import symmetric_percentage_error
from guibiao.series.forecasting.batch import engine_for
from guibiao.series.forecasting.engine import CannotFit, StatsforecastModels
from guibiao.series.forecasting.forecast import forecast

pytest.importorskip("statsforecast", reason="the extra `series` is not installed")
EVERY = 60
"""Of the monthly series of M3 every so many: 24 of 1,428."""


@pytest.fixture(scope="module")
def engine() -> StatsforecastModels:
    return StatsforecastModels()


def test_a_fixed_sample_of_m3_is_as_accurate_as_measured(
    shared_folder: Path, engine: StatsforecastModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "FOLDER", shared_folder / "data" / "oracles" / "forecast")
    competitors = benchmark.read("m3_MONTHLY", EVERY)
    errors, naive, inside = [], [], []
    for key, series in benchmark.series_of("m3_MONTHLY", competitors).items():
        actual = np.array(competitors[key].test)
        found = forecast(series, ForecastSpecification(horizon=18), engine)
        plain = forecast(series, ForecastSpecification(horizon=18, model="snaive"), engine)
        errors.append(symmetric_percentage_error(actual, np.array(found.mean)))
        naive.append(symmetric_percentage_error(actual, np.array(plain.mean)))
        inside += ((np.array(found.low) <= actual) & (actual <= np.array(found.high))).tolist()
    assert len(errors) == 24
    assert float(np.mean(errors)) == pytest.approx(20.756, abs=0.1)
    assert float(np.mean(errors)) < 0.9 * float(np.mean(naive))
    assert 0.7 < float(np.mean(inside)) < 0.95


@pytest.mark.parametrize("model", ["ets", "ets_damped", "ets_log", "theta", "theta_log", "ces"])
def test_every_model_follows_a_season(engine: StatsforecastModels, model: str) -> None:
    months = np.arange(96)
    history = 100 * 1.003**months * (1 + 0.2 * np.sin(months * np.pi / 6)) + (months * 7 % 5) / 5
    found = engine.forecast(model, history[:84], 12, 12)
    assert float(np.mean(np.abs(found / history[84:] - 1))) < 0.03


@pytest.mark.parametrize("model", ["ets", "ets_log", "theta", "theta_log", "ces"])
@pytest.mark.parametrize("values", [(1.0, 2.0), (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 3.0), (-1.0, 2.0, -3.0, 4.0, -5.0, 6.0)])
def test_what_the_library_cannot_fit_is_told_or_finite(engine: StatsforecastModels, model: str, values: tuple[float, ...]) -> None:
    try:
        found = engine.forecast(model, np.array(values), 1, 3)
    except CannotFit:
        return
    assert np.isfinite(found).all()


def test_logarithms_of_what_is_not_positive_cannot_be_fitted(engine: StatsforecastModels) -> None:
    with pytest.raises(CannotFit):
        engine.forecast("theta_log", np.array([1.0, 0.0, 2.0, 3.0, 4.0, 5.0]), 1, 2)


def test_a_straight_line_and_a_step_are_forecast(engine: StatsforecastModels) -> None:
    for values in (range(40), (1.0,) * 20 + (2.0,) * 20, (1e-5,) * 39 + (2e-5,)):
        series = TimeSeries("x", Frequency.MONTH, 24000, tuple(map(float, values)))
        found = forecast(series, ForecastSpecification(horizon=4), engine)
        assert all(map(math.isfinite, (*found.mean, *found.low, *found.high)))


def test_without_the_library_its_models_are_refused_and_the_simple_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "statsforecast", None)
    forecast_engine._library.cache_clear()
    with pytest.raises(BadRequest) as refused:
        StatsforecastModels()
    assert "guibiao[series]" in refused.value.remedy
    forecast_engine._library.cache_clear()
    series = TimeSeries("x", Frequency.YEAR, 2000, (1.0, 3.0, 2.0, 4.0))
    stated = ForecastSpecification(horizon=1, model="drift")
    assert forecast(series, stated, engine_for(stated)).mean == (5.0,)


def test_the_benchmark_measures_a_set_and_says_where_there_is_none(
    shared_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "FOLDER", shared_folder / "data" / "oracles" / "forecast")
    found = benchmark.score("m3_OTHER", 60)
    assert (found["series"], found["refused"], found["horizon"]) == (3, 0, 8)
    assert 0 < found["smape"] < 30
    assert [len(parts) for parts in found["coverage"].values()] == [8, 8]
    monkeypatch.setattr(benchmark, "FOLDER", tmp_path / "nowhere")
    assert "left out" in benchmark.measure(quiet=True)
