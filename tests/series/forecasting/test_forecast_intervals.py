"""Intervals from past errors: scales that do not fall, origins, quantiles, and the part of random walks that they hold."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from guibiao.series.forecasting.accuracy import held, scaled_error, symmetric_percentage_error
from guibiao.series.forecasting.combination import combine
from guibiao.series.forecasting.engine import SimpleModels
from guibiao.series.forecasting.intervals import PastErrors, bounds, not_falling, origins_of, past_errors, walk_widths, widths


@given(st.lists(st.floats(min_value=0, max_value=100), min_size=1, max_size=6))
def test_the_nearest_sequence_that_does_not_fall(values: list[float]) -> None:
    given_values = np.array(values)
    found = not_falling(given_values, np.ones(len(values)))
    assert (np.diff(found) >= -1e-12).all()
    assert found.sum() == pytest.approx(given_values.sum())
    own = float(np.sum((found - given_values) ** 2))
    levels = sorted({*values, *found.tolist()})
    for other in itertools.combinations_with_replacement(levels, len(values)) if len(values) <= 4 else ():
        assert own <= float(np.sum((np.array(other) - given_values) ** 2)) + 1e-9


def test_weights_count_in_the_pooling() -> None:
    assert not_falling(np.array([3.0, 0.0]), np.array([2.0, 1.0])).tolist() == [2.0, 2.0]


@given(st.integers(2, 200), st.sampled_from([1, 4, 7, 12]), st.integers(1, 36), st.integers(1, 40))
def test_origins_leave_two_seasons_and_something_to_forecast(count: int, season: int, horizon: int, most: int) -> None:
    origins = origins_of(count, season, horizon, most)
    assert len(origins) <= most
    for origin in origins:
        assert origin < count
        assert origin > 2 * season if season > 1 else origin >= 5


def test_errors_are_actual_less_forecast_and_logarithms_where_all_is_positive() -> None:
    history = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])
    past = past_errors(history, (6, 5), 3, lambda values, steps: np.full(steps, values[-1]))
    assert past.log
    assert past.errors[0, 0] == pytest.approx(np.log(2))
    assert past.errors[1, :2] == pytest.approx([np.log(2), np.log(4)])
    assert past.counts.tolist() == [2, 1, 0]
    below = past_errors(history - 3, (6, 5), 1, lambda values, steps: np.full(steps, values[-1]))
    assert not below.log
    assert below.errors[:, 0].tolist() == [32.0, 16.0]


def test_scales_by_hand() -> None:
    past = PastErrors(np.array([[3.0, np.nan, np.nan], [4.0, 1.0, np.nan]]), (9, 8), log=False)
    found = widths(past)
    assert found is not None
    pooled = (12.5 * 2 + 1.0) / 3
    assert found.scale**2 == pytest.approx([pooled, pooled, pooled * 3 / 2])
    assert found.degrees.tolist() == [2, 1, 1]
    low, high = bounds(np.zeros(3), found, 80)
    assert high[0] == pytest.approx(found.scale[0] * t.ppf(0.9, 2))
    assert (low == -high).all()


def test_conformal_quantiles_take_the_rank_of_one_more_score() -> None:
    errors = np.arange(1.0, 10.0)[:, None] / 10
    found = widths(PastErrors(errors, tuple(range(9)), log=False))
    assert found is not None
    high = bounds(np.zeros(1), found, 80, conformal=True)[1]
    assert high[0] == pytest.approx(0.8)
    beyond = bounds(np.zeros(1), found, 95, conformal=True)[1]
    assert beyond[0] == bounds(np.zeros(1), found, 95)[1][0]


def test_intervals_of_logarithms_are_multiplicative() -> None:
    found = widths(PastErrors(np.array([[0.1], [-0.1], [0.1]]), (3, 2, 1), log=True))
    assert found is not None
    low, high = bounds(np.array([50.0]), found, 80)
    assert low[0] * high[0] == pytest.approx(2500)
    assert low[0] > 0
    below = bounds(np.array([-50.0]), found, 80)
    assert below[0][0] < -50 < below[1][0]


def test_fewer_than_two_origins_tell_no_width() -> None:
    assert widths(PastErrors(np.array([[1.0]]), (5,), log=False)) is None
    assert walk_widths(np.array([1.0]), 3) is None
    walk = walk_widths(np.array([1.0, 2.0, 0.0]), 4)
    assert walk is not None
    assert walk.scale == pytest.approx(np.sqrt(2.5 * np.arange(1, 5)))


def test_intervals_of_random_walks_hold_as_often_as_they_say() -> None:
    generator = np.random.default_rng(20)
    naive, inside = SimpleModels(), []
    for _walk in range(400):
        values = np.cumsum(generator.standard_normal(66))
        history, actual = values[:60], values[60:]
        origins = origins_of(60, 1, 6, 20)
        found = widths(past_errors(history, origins, 6, lambda so_far, steps: naive.forecast("naive", so_far, 1, steps)))
        assert found is not None
        inside.append(held(actual, *bounds(np.full(6, history[-1]), found, 80)))
    assert 0.76 < float(np.mean(inside)) < 0.86


def test_the_median_of_members() -> None:
    found = combine({"a": np.array([1.0, 5.0]), "b": np.array([2.0, 1.0]), "c": np.array([9.0, 3.0])})
    assert (found.mean.tolist(), found.least.tolist(), found.greatest.tolist()) == ([2, 3], [1, 1], [9, 5])
    with pytest.raises(ValueError, match="members"):
        combine({})


def test_accuracy_by_hand() -> None:
    assert symmetric_percentage_error(np.array([100.0, 0.0]), np.array([300.0, 0.0])) == 50.0
    assert scaled_error(np.array([7.0]), np.array([5.0]), np.array([1.0, 2.0, 3.0]), 1) == 2.0
    assert np.isnan(scaled_error(np.array([7.0]), np.array([5.0]), np.array([1.0, 1.0]), 1))
