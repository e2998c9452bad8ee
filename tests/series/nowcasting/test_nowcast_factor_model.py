"""The dynamic factor model, against statsmodels' DynamicFactorMQ: the same likelihood at every iteration, the same smoothed values."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.statespace.dynamic_factor_mq import DynamicFactorMQ

from guibiao.model.errors import BadRequest
from guibiao.series.nowcasting.dynamic_factor import (
    FactorParameters,
    FactorSpecification,
    Layout,
    estimate,
    signal,
    starting_values,
    system_of,
)

CHANGES = (1.0, 2.0, 3.0, 2.0, 1.0)
MONTHS, SERIES = 120, 4
WEIGHTS = ((1.0,),) * SERIES + (CHANGES,)


def sample(seed: int = 3) -> np.ndarray:
    """Four monthly series and a quarterly one of a single factor, ragged at the end and with a gap."""
    rng = np.random.default_rng(seed)
    factor = np.zeros(MONTHS)
    for month in range(1, MONTHS):
        factor[month] = 0.7 * factor[month - 1] + rng.normal()
    monthly = factor[:, None] * rng.uniform(0.4, 1.0, SERIES) + 0.7 * rng.normal(size=(MONTHS, SERIES))
    latent = 0.8 * factor + 0.5 * rng.normal(size=MONTHS)
    quarterly = np.full(MONTHS, np.nan)
    for month in range(5, MONTHS - 1, 3):
        quarterly[month] = np.dot(CHANGES, latent[month - 4 : month + 1][::-1])
    monthly[-1, :2], monthly[-2, 0], monthly[50:55, 2] = np.nan, np.nan, np.nan
    return np.column_stack([monthly, quarterly])


def statsmodels_model(values: np.ndarray) -> Any:
    months = pd.period_range("2000-01", periods=MONTHS, freq="M")
    monthly = pd.DataFrame(values[:, :SERIES], index=months, columns=[f"x{at}" for at in range(SERIES)])
    quarterly = pd.DataFrame({"y": values[2::3, -1]}, index=pd.period_range("2000Q1", periods=MONTHS // 3, freq="Q"))
    return DynamicFactorMQ(monthly, endog_quarterly=quarterly, factors=1, factor_orders=2)


def parameters_of(model: Any, numbers: np.ndarray) -> FactorParameters:
    """Parameters of a DynamicFactorMQ in our form, from a stationary start."""

    def of(*beginnings: str) -> np.ndarray:
        return np.array([number for name, number in zip(model.param_names, numbers, strict=True) if name.startswith(beginnings)])

    layout = Layout(WEIGHTS, 1, 2)
    draft = FactorParameters(
        model._endog_mean.to_numpy(), model._endog_std.to_numpy(), of("loading")[:, None], of("L1.0", "L2.0")[None, :],
        of("fb(0)").reshape(1, 1) ** 2, of("L1.eps"), of("sigma2"), np.zeros(layout.states), np.eye(layout.states),
    )  # fmt: skip
    system = system_of(draft, layout)
    shocks = system.selection @ system.state_covariance @ system.selection.T
    identity = np.eye(layout.states**2)
    stationary = np.linalg.solve(identity - np.kron(system.transition, system.transition), shocks.ravel()).reshape(shocks.shape)
    return replace(draft, initial_covariance=(stationary + stationary.T) / 2)


def test_every_iteration_equals_that_of_statsmodels() -> None:
    values = sample()
    model = statsmodels_model(values)
    start = parameters_of(model, model.start_params)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = model.fit(maxiter=12, tolerance=1e-12, disp=False)
    ours = estimate(values, WEIGHTS, FactorSpecification(1, 2, 12, 1e-12), start)
    assert ours.loglikelihoods == pytest.approx(theirs.mle_retvals.llf[:12], abs=1e-8)
    assert not ours.converged
    scaled = theirs.smoothed_state.T @ theirs.model["design"].T
    expected = scaled * model._endog_std.to_numpy() + model._endog_mean.to_numpy()
    assert signal(values, WEIGHTS, ours.parameters) == pytest.approx(expected, abs=1e-9)


def test_what_is_observed_is_its_own_expectation() -> None:
    values = sample()
    fit = estimate(values, WEIGHTS, FactorSpecification(1, 1, 30))
    known = ~np.isnan(values)
    assert signal(values, WEIGHTS, fit.parameters)[known] == pytest.approx(values[known], abs=1e-8)
    assert all(later >= earlier - 1e-6 for earlier, later in zip(fit.loglikelihoods, fit.loglikelihoods[1:], strict=False))


def test_weights_of_a_mean_are_used_as_given() -> None:
    """With weights 1/3 a quarterly series that is exactly a mean of a monthly one carries that mean where months are known."""
    values = sample()[:, :SERIES]
    rng = np.random.default_rng(9)
    months = values[:, 3] + 1e-3 * rng.normal(size=MONTHS)
    quarterly = np.full(MONTHS, np.nan)
    quarterly[2:-3:3] = months.reshape(-1, 3).mean(axis=1)[:-1]
    weights = (*WEIGHTS[:SERIES], (1 / 3, 1 / 3, 1 / 3))
    panel = np.column_stack([values[:, :3], months, quarterly])
    fit = estimate(panel, weights, FactorSpecification(2, 1, 200, 1e-6))
    last = signal(panel, weights, fit.parameters)[-1, -1]
    unconditional = float(np.nanmean(quarterly))
    assert abs(last - months[-3:].mean()) < 0.6 * abs(unconditional - months[-3:].mean())


def test_a_constant_or_empty_series_and_a_wrong_specification_are_refused() -> None:
    values = sample()
    flat = values.copy()
    flat[:, 1] = 2.0
    with pytest.raises(BadRequest, match="不变"):
        starting_values(flat, Layout(WEIGHTS, 1, 1))
    flat[:, 1] = np.nan
    with pytest.raises(BadRequest, match="至少要 3 个数"):
        starting_values(flat, Layout(WEIGHTS, 1, 1))
    with pytest.raises(BadRequest, match="少于因子数"):
        starting_values(values[:, 3:], Layout(WEIGHTS[3:], 2, 1))
    for wrong in (FactorSpecification(0), FactorSpecification(order=13), FactorSpecification(tolerance=0.0)):
        with pytest.raises(BadRequest):
            wrong.validate()
