"""Port to the Kalman smoother: a time-invariant linear state space with missing observations, smoothed by statsmodels."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StateSpace:
    """y[t] = design a[t]; a[t+1] = transition a[t] + selection e[t], e ~ N(0, state_covariance).

    a[1] ~ N(initial_state, initial_covariance). There is no noise of observation: what no factor explains is a
    state of its own. Shapes: n series, d states, s shocks.
    """

    design: Floats
    transition: Floats
    selection: Floats
    state_covariance: Floats
    initial_state: Floats
    initial_covariance: Floats


@dataclass(frozen=True, slots=True)
class Smoothed:
    """Moments given all observations: state (T, d), covariance (T, d, d), covariance of a[t+1] with a[t] (T, d, d), log-likelihood."""

    state: Floats
    covariance: Floats
    autocovariance: Floats
    loglikelihood: float


def require_engine() -> None:
    """Raises BadRequest where statsmodels is absent."""
    if find_spec("statsmodels") is None:
        raise BadRequest(
            _("动态因子模型需要 statsmodels，没有安装：pip install 'guibiao[series]'"), remedy=_("安装它，或用 --method bridge。")
        )


def smooth(system: StateSpace, observations: Floats) -> Smoothed:
    """Kalman filter and fixed-interval smoother; observations (T, n), nan where missing.

    Raises BadRequest where statsmodels is absent, numpy.linalg.LinAlgError where the recursion breaks down.
    """
    require_engine()
    from statsmodels.tsa.statespace.kalman_smoother import (
        SMOOTHER_STATE,
        SMOOTHER_STATE_AUTOCOV,
        SMOOTHER_STATE_COV,
        KalmanSmoother,
    )

    series, states = system.design.shape
    engine = KalmanSmoother(k_endog=series, k_states=states, k_posdef=system.selection.shape[1])
    engine.bind(np.ascontiguousarray(observations))
    engine["design"] = system.design
    engine["transition"] = system.transition
    engine["selection"] = system.selection
    engine["state_cov"] = system.state_covariance
    engine.initialize_known(system.initial_state, system.initial_covariance)
    result = engine.smooth(SMOOTHER_STATE | SMOOTHER_STATE_COV | SMOOTHER_STATE_AUTOCOV)
    loglikelihood = float(np.sum(result.llf_obs))
    if not np.isfinite(loglikelihood) or not np.isfinite(result.smoothed_state).all():
        raise np.linalg.LinAlgError("the smoother gave no finite state")
    return Smoothed(
        np.ascontiguousarray(result.smoothed_state.T),
        np.ascontiguousarray(result.smoothed_state_cov.transpose(2, 0, 1)),
        np.ascontiguousarray(result.smoothed_state_autocov.transpose(2, 0, 1)),
        loglikelihood,
    )
