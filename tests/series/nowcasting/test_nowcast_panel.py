"""The panel: transforms chosen and applied, weights of aggregation, the ragged edge, levels put together again."""

from __future__ import annotations

import math

import numpy as np
import pytest

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.nowcast import Aggregation, Transform
from guibiao.series.nowcasting.panel import Column, Plan, aggregation_weights, build, choose_transform, cumulated, transformed


def monthly(values: list[float], spans: tuple[tuple[int, int], ...] = ()) -> TimeSeries:
    return TimeSeries("m", Frequency.MONTH, 2010 * 12, tuple(values), "", spans)


def test_weights_of_changes_are_those_of_mariano_and_murasawa() -> None:
    assert aggregation_weights(Transform.LOG_DIFFERENCE, Aggregation.SUM, 3) == pytest.approx((1 / 3, 2 / 3, 1.0, 2 / 3, 1 / 3))
    assert aggregation_weights(Transform.DIFFERENCE, Aggregation.LAST, 3) == (1.0, 1.0, 1.0)
    assert aggregation_weights(Transform.YEAR_ON_YEAR, Aggregation.SUM, 3) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert aggregation_weights(Transform.NONE, Aggregation.LAST, 3) == (1.0,)
    assert aggregation_weights(Transform.DIFFERENCE, Aggregation.SUM, 1) == (1.0,)


def test_weights_of_changes_are_exact_for_means() -> None:
    """The change of a quarterly mean is the weighted sum of five monthly changes."""
    months = np.random.default_rng(3).normal(size=30).cumsum()
    changes = np.diff(months, prepend=np.nan)
    weights = aggregation_weights(Transform.DIFFERENCE, Aggregation.MEAN, 3)
    quarters = months.reshape(-1, 3).mean(axis=1)
    for quarter in range(2, 10):
        weighted = sum(weight * changes[3 * quarter + 2 - lag] for lag, weight in enumerate(weights))
        assert weighted == pytest.approx(quarters[quarter] - quarters[quarter - 1], abs=1e-13)


def test_the_transform_follows_the_series() -> None:
    rng = np.random.default_rng(8)
    noise = rng.normal(size=96)
    walk = (0.3 + rng.normal(size=96)).cumsum()
    season = np.sin(np.arange(96) * np.pi / 6)
    assert choose_transform(monthly(list(noise))) is Transform.NONE
    assert choose_transform(monthly(list(walk - 500))) is Transform.DIFFERENCE
    assert choose_transform(monthly(list(np.exp(0.02 * walk + 0.01 * np.arange(96))))) is Transform.LOG_DIFFERENCE
    assert choose_transform(monthly(list(np.exp(season + 0.01 * noise)))) is Transform.YEAR_ON_YEAR
    assert choose_transform(monthly(list(season + 0.01 * noise))) is Transform.YEAR_DIFFERENCE
    assert choose_transform(monthly([math.nan, 2.0, 1.0] * 4, ((1, 2),))) is Transform.YEAR_ON_YEAR
    assert choose_transform(monthly([3.0] * 40)) is Transform.NONE


def test_year_on_year_of_january_and_february_stands_in_both() -> None:
    year = [math.nan, 20.0, *[10.0] * 10]
    series = monthly([*year, math.nan, 22.0, *[11.0] * 10], ((1, 2), (13, 2)))
    change = transformed(series, Transform.YEAR_ON_YEAR)
    assert np.isnan(change[:12]).all()
    assert change[12:] == pytest.approx(math.log(1.1))


def test_single_januaries_are_added_where_other_years_are_joined() -> None:
    series = monthly([8.0, 12.0, *[10.0] * 10, math.nan, 22.0, *[11.0] * 10], ((13, 2),))
    change = transformed(series, Transform.YEAR_ON_YEAR)
    assert change[12:14] == pytest.approx(math.log(1.1))


def test_joined_months_and_negative_values_ask_for_another_transform() -> None:
    with pytest.raises(BadRequest, match="合并发布") as raised:
        transformed(monthly([math.nan, 2.0, 1.0], ((1, 2),)), Transform.LOG_DIFFERENCE)
    assert "guibiao series monthly --split" in raised.value.remedy
    with pytest.raises(BadRequest, match="取对数"):
        transformed(monthly([1.0, -2.0, 1.0]), Transform.LOG_DIFFERENCE)


PLAN = Plan(
    Frequency.MONTH, 2010 * 12,
    (
        Column("q", Frequency.QUARTER, Transform.LOG_DIFFERENCE, Aggregation.SUM, 3),
        Column("m", Frequency.MONTH, Transform.NONE, Aggregation.SUM, 1),
    ),
)  # fmt: skip


def test_the_panel_is_ragged_and_levels_come_back() -> None:
    quarterly = TimeSeries("q", Frequency.QUARTER, 2010 * 4, (100.0, 110.0, 99.0))
    panel = build(PLAN, {"q": quarterly, "m": monthly(list(range(11)))}, 15)
    assert panel.values.shape == (15, 2)
    assert [int(row) for row in np.flatnonzero(~np.isnan(panel.values[:, 0]))] == [5, 8]
    assert int(np.count_nonzero(~np.isnan(panel.values[:, 1]))) == 11
    assert panel.last == 2
    levels = cumulated(panel, np.array([np.nan, np.nan, np.nan, 0.1, -0.1]))
    assert np.exp(levels) == pytest.approx([100.0, 110.0, 99.0, 99.0 * math.exp(0.1), 99.0])


def test_a_shortened_panel_has_the_same_edge() -> None:
    quarterly = TimeSeries("q", Frequency.QUARTER, 2010 * 4, (100.0, 110.0, 99.0, 120.0))
    panel = build(PLAN, {"q": quarterly, "m": monthly(list(range(14)))}, 15)
    shorter = panel.shortened(1)
    assert shorter.values.shape == (12, 2)
    assert shorter.last == panel.last - 1
    assert int(np.count_nonzero(~np.isnan(shorter.values[:, 1]))) == 11
    assert panel.shortened(0) is panel


def test_a_series_that_a_vintage_lacks_is_missing() -> None:
    panel = build(PLAN, {"q": TimeSeries("q", Frequency.QUARTER, 2010 * 4, (100.0, 110.0))}, 6)
    assert np.isnan(panel.values[:, 1]).all()
