"""Bridge equations: autoregressions, indicators carried to the quarter's end, what is chosen and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.nowcast import Aggregation, Transform
from guibiao.series.nowcasting.bridge import aggregated, autoregression, estimate_bridge, interpolated
from guibiao.series.nowcasting.panel import Column, Panel, Plan, build

MONTH, QUARTER = Frequency.MONTH, Frequency.QUARTER


def test_an_autoregression_without_noise_is_found_and_continued() -> None:
    values = [1.0, 0.5]
    for _period in range(60):
        values.append(0.3 + 1.2 * values[-1] - 0.5 * values[-2])
    series = np.array(values[:30] + [np.nan] * 4)
    model = autoregression(series, 4)
    assert model.coefficients == pytest.approx((1.2, -0.5), abs=1e-8)
    assert model.extended(series)[30:] == pytest.approx(values[30:34], abs=1e-8)


def test_short_constant_and_empty_series_get_their_mean() -> None:
    assert autoregression(np.array([2.0, 4.0, np.nan]), 4).extended(np.array([2.0, 4.0, np.nan]))[2] == pytest.approx(3.0)
    assert autoregression(np.full(20, 7.0), 4).coefficients == ()
    assert autoregression(np.array([np.nan]), 4).n == 0


def test_gaps_are_interpolated_inside_only() -> None:
    assert interpolated(np.array([np.nan, 1.0, np.nan, 3.0, np.nan])) == pytest.approx([np.nan, 1, 2, 3, np.nan], nan_ok=True)


def panel_of(quarters: int, known_months: int, *, useless: int = 2, seed: int = 4) -> tuple[Panel, np.ndarray]:
    """Quarterly growth that is 0.5 plus twice the quarter's mean of one monthly indicator, beside useless ones."""
    rng = np.random.default_rng(seed)
    months = 3 * quarters
    driver = rng.normal(size=months)
    growth = 0.5 + 2.0 * driver.reshape(-1, 3).mean(axis=1)
    columns = [Column("y", QUARTER, Transform.NONE, Aggregation.MEAN, 3), Column("driver", MONTH, Transform.NONE, Aggregation.MEAN, 1)]
    columns += [Column(f"useless{at}", MONTH, Transform.NONE, Aggregation.MEAN, 1) for at in range(useless)]
    series = {
        "y": TimeSeries("y", QUARTER, 2000 * 4, tuple(growth[:-1])),
        "driver": TimeSeries("driver", MONTH, 24000, tuple(driver[: months - 3 + known_months])),
    }
    series |= {f"useless{at}": TimeSeries("u", MONTH, 24000, tuple(rng.normal(size=months))) for at in range(useless)}
    return build(Plan(MONTH, 24000, tuple(columns)), series, months), growth


def test_the_indicator_that_matters_is_chosen_and_gives_the_quarter() -> None:
    panel, growth = panel_of(40, 3)
    bridge = estimate_bridge(panel, 4, 5).bridge
    assert bridge.indicators == (1,)
    assert bridge.slopes[0] == pytest.approx(2.0, abs=1e-8)
    assert bridge.levels(panel)[-1] == pytest.approx(growth[-1], abs=1e-8)


def test_months_not_yet_known_are_forecast_by_the_indicator_itself() -> None:
    panel, _growth = panel_of(40, 1)
    bridge = estimate_bridge(panel, 0, 5).bridge
    known = panel.values[:118, 1]
    expected = 0.5 + 2.0 * (known[117] + 2 * known.mean()) / 3
    assert bridge.levels(panel)[-1] == pytest.approx(expected, abs=1e-6)
    assert aggregated(panel, 1, bridge.autoregressions[0])[0] == pytest.approx(known[:3].mean())


def test_a_short_or_constant_indicator_is_named_and_left_out() -> None:
    panel, _growth = panel_of(40, 3)
    values = panel.values.copy()
    values[:, 2], values[:100, 3] = 5.0, np.nan
    found = estimate_bridge(Panel(panel.plan, values, panel.level), 4, 5)
    assert found.too_short == ("useless0", "useless1")
    assert found.bridge.indicators == (1,)


def test_few_or_constant_target_periods_are_refused() -> None:
    panel, _growth = panel_of(8, 3)
    with pytest.raises(BadRequest, match="8 期"):
        estimate_bridge(panel, 4, 5)
    flat = panel_of(40, 3)[0]
    values = flat.values.copy()
    values[flat.target_rows[:-1], 0] = 1.0
    with pytest.raises(BadRequest, match="不变"):
        estimate_bridge(Panel(flat.plan, values, flat.level), 4, 5)
