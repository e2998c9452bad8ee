"""Dynamic factor model of mixed frequencies, estimated by expectation-maximisation (Bańbura and Modugno 2014).

y[i,t] = loading[i] f[t] + e[i,t], f a vector autoregression, e[i] of order one. A series of a lower frequency is a weighted sum of its own
unobserved high-frequency values (weights (1,2,3,2,1)/3 for rates over the period before, 1/3 each for year-on-year rates and means).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.series.nowcasting.dynamic_factor_filter import Smoothed, StateSpace, smooth

Floats = NDArray[np.float64]
SMALLEST_VARIANCE = 1e-8


@dataclass(frozen=True, slots=True)
class FactorSpecification:
    """Numbers of factors and of their lags; when the estimation stops: relative change of the log-likelihood, or iterations."""

    factors: int = 1
    order: int = 1
    maximum_iterations: int = 200
    tolerance: float = 1e-6

    def validate(self) -> None:
        """Raises BadRequest for a specification that cannot be."""
        if not 1 <= self.factors <= 8 or not 1 <= self.order <= 12:
            raise BadRequest(_("因子数要在 1 到 8 之间，因子的滞后阶数要在 1 到 12 之间"))
        if self.maximum_iterations < 1 or not 0.0 < self.tolerance < 1.0:
            raise BadRequest(_("迭代次数要不小于 1，收敛标准要在 0 和 1 之间"))


@dataclass(frozen=True, slots=True)
class FactorParameters:
    """Parameters for n series, r factors, p lags, d states; loadings and variances are those of standardised series."""

    centre: Floats
    scale: Floats
    loadings: Floats
    factor_transition: Floats
    factor_covariance: Floats
    persistence: Floats
    variance: Floats
    initial_state: Floats
    initial_covariance: Floats


@dataclass(frozen=True, slots=True)
class FactorFit:
    """Parameters with the log-likelihood of each iteration and whether the estimation converged."""

    parameters: FactorParameters
    loglikelihoods: tuple[float, ...]
    converged: bool

    @property
    def iterations(self) -> int:
        return len(self.loglikelihoods)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the states stand: `lags` blocks of r factors, then for each series as many idiosyncratic lags as it has weights."""

    weights: tuple[tuple[float, ...], ...]
    factors: int
    order: int

    @property
    def lags(self) -> int:
        return max(self.order, *(len(weight) for weight in self.weights))

    @property
    def own(self) -> tuple[int, ...]:
        """Position of each series' own state."""
        lengths = [len(weight) for weight in self.weights]
        return tuple(self.factors * self.lags + sum(lengths[:at]) for at in range(len(lengths)))

    @property
    def states(self) -> int:
        return self.factors * self.lags + sum(len(weight) for weight in self.weights)

    def spread(self, series: int) -> Floats:
        """Matrix (states, r) that sums the factors' lags with the weights of a series."""
        matrix = np.zeros((self.states, self.factors))
        for lag, weight in enumerate(self.weights[series]):
            matrix[lag * self.factors : (lag + 1) * self.factors] = weight * np.eye(self.factors)
        return matrix

    def own_weights(self, series: int) -> Floats:
        """Vector (states,) that sums the series' own states with its weights."""
        vector = np.zeros(self.states)
        vector[self.own[series] : self.own[series] + len(self.weights[series])] = self.weights[series]
        return vector


def estimate(
    values: Floats, weights: tuple[tuple[float, ...], ...], specification: FactorSpecification, start: FactorParameters | None = None
) -> FactorFit:
    """Parameters from values (T, n), nan where missing; `weights` (1.0,) for a series of the base frequency.

    Raises BadRequest for a series that is constant or empty, numpy.linalg.LinAlgError where the estimation breaks down. The iterations
    stop where the log-likelihood falls by more than 1e-4 (then the parameters before the fall stand).
    """
    specification.validate()
    layout = Layout(weights, specification.factors, specification.order)
    parameters = start or starting_values(values, layout)
    standard = (values - parameters.centre) / parameters.scale
    logs: list[float] = []
    before = parameters
    for _iteration in range(specification.maximum_iterations):
        smoothed = smooth(system_of(parameters, layout), standard)
        if logs and smoothed.loglikelihood < logs[-1] - 1e-4:
            return FactorFit(before, tuple(logs), False)
        logs.append(smoothed.loglikelihood)
        if len(logs) > 1 and 2.0 * abs(logs[-1] - logs[-2]) <= specification.tolerance * (abs(logs[-1]) + abs(logs[-2])):
            return FactorFit(parameters, tuple(logs), True)
        before, parameters = parameters, maximise(standard, smoothed, parameters, layout)
    return FactorFit(parameters, tuple(logs), False)


def signal(values: Floats, weights: tuple[tuple[float, ...], ...], parameters: FactorParameters) -> Floats:
    """Expected value of every series in every period given all of `values`, shape (T, n), in the units of the values."""
    layout = layout_of(weights, parameters)
    system = system_of(parameters, layout)
    smoothed = smooth(system, (values - parameters.centre) / parameters.scale)
    return np.asarray(smoothed.state @ system.design.T * parameters.scale + parameters.centre, dtype=np.float64)


def layout_of(weights: tuple[tuple[float, ...], ...], parameters: FactorParameters) -> Layout:
    """The layout that estimated parameters belong to."""
    factors = parameters.loadings.shape[1]
    return Layout(weights, factors, parameters.factor_transition.shape[1] // factors)


def system_of(parameters: FactorParameters, layout: Layout) -> StateSpace:
    """The state space of parameters."""
    r, states, series = layout.factors, layout.states, len(layout.weights)
    design, transition = np.zeros((series, states)), np.zeros((states, states))
    transition[:r, : r * layout.order] = parameters.factor_transition
    transition[r : r * layout.lags, : r * (layout.lags - 1)] = np.eye(r * (layout.lags - 1))
    selection = np.zeros((states, r + series))
    selection[:r, :r] = np.eye(r)
    covariance = np.zeros((r + series, r + series))
    covariance[:r, :r] = parameters.factor_covariance
    for at, own in enumerate(layout.own):
        design[at] = layout.spread(at) @ parameters.loadings[at] + layout.own_weights(at)
        transition[own, own] = parameters.persistence[at]
        for lag in range(1, len(layout.weights[at])):
            transition[own + lag, own + lag - 1] = 1.0
        selection[own, r + at] = 1.0
        covariance[r + at, r + at] = parameters.variance[at]
    return StateSpace(design, transition, selection, covariance, parameters.initial_state, parameters.initial_covariance)


def maximise(standard: Floats, smoothed: Smoothed, parameters: FactorParameters, layout: Layout) -> FactorParameters:
    """One maximisation step: formulas 6, 8, 11 of Bańbura and Modugno (2014), with the weights of lower frequencies put in."""
    state, r, lagged = smoothed.state, layout.factors, layout.factors * layout.order
    second = smoothed.covariance + state[:, :, None] * state[:, None, :]
    cross = smoothed.autocovariance[:-1] + state[1:, :, None] * state[:-1, None, :]
    before, across, after = second[:-1].sum(axis=0), cross.sum(axis=0), second[1:].sum(axis=0)
    periods = len(state) - 1
    transition = np.linalg.solve(before[:lagged, :lagged], across[:r, :lagged].T).T
    covariance = (after[:r, :r] - transition @ across[:r, :lagged].T) / periods
    own = list(layout.own)
    persistence = np.diag(across)[own] / np.diag(before)[own]
    variance = (np.diag(after)[own] - persistence * np.diag(across)[own]) / periods
    loadings = np.empty_like(parameters.loadings)
    for at in range(len(layout.weights)):
        known = ~np.isnan(standard[:, at])
        spread, mine = layout.spread(at), layout.own_weights(at)
        moments = second[known].sum(axis=0)
        left = spread.T @ moments @ spread
        right = spread.T @ (state[known].T @ standard[known, at] - moments @ mine)
        loadings[at] = np.linalg.solve(left, right)
    covariance = (covariance + covariance.T) / 2.0
    if np.linalg.eigvalsh(covariance)[0] <= 0.0:
        raise np.linalg.LinAlgError("the covariance of the factors is not positive definite")
    return replace(
        parameters,
        loadings=loadings,
        factor_transition=transition,
        factor_covariance=covariance,
        persistence=persistence,
        variance=np.maximum(variance, SMALLEST_VARIANCE),
        initial_state=state[0].copy(),
        initial_covariance=smoothed.covariance[0].copy(),
    )


def starting_values(values: Floats, layout: Layout) -> FactorParameters:
    """Principal components of the standardised series of the base frequency (gaps at their mean), then regressions on them.

    Raises BadRequest for a constant or empty series, or fewer series of the base frequency than factors.
    """
    known = ~np.isnan(values)
    counts = known.sum(axis=0)
    if counts.min() < 3:
        raise BadRequest(_("动态因子模型的每个序列至少要 3 个数"))
    centre = np.array([values[known[:, at], at].mean() for at in range(values.shape[1])])
    scale = np.array([values[known[:, at], at].std(ddof=1) for at in range(values.shape[1])])
    if (scale <= 1e-12 * np.maximum(np.abs(centre), 1.0)).any():
        raise BadRequest(_("动态因子模型里有不变的序列"), remedy=_("在 --spec 的 indicators 里只写其余的序列。"))
    standard = (values - centre) / scale
    base = [at for at, weight in enumerate(layout.weights) if len(weight) == 1]
    if len(base) < layout.factors:
        raise BadRequest(_("高频序列只有 {series} 个，少于因子数 {factors}").format(series=len(base), factors=layout.factors))
    factors = _principal_components(np.nan_to_num(standard[:, base]), layout.factors)
    loadings = np.zeros((len(layout.weights), layout.factors))
    persistence, variance = np.zeros(len(layout.weights)), np.zeros(len(layout.weights))
    for at, weight in enumerate(layout.weights):
        loadings[at], persistence[at], variance[at] = _regression(standard[:, at], factors, weight)
    transition, covariance = _autoregression(factors, layout.order)
    draft = FactorParameters(
        centre, scale, loadings, transition, covariance, persistence, variance, np.zeros(layout.states), np.eye(layout.states)
    )
    return replace(draft, initial_covariance=_stationary_covariance(system_of(draft, layout)))


def _principal_components(standard: Floats, factors: int) -> Floats:
    """Scores (T, r) of the first components, signed so that the sum of the weights is positive."""
    _left, _values, right = np.linalg.svd(standard - standard.mean(axis=0), full_matrices=False)
    directions = right[:factors].T
    return np.asarray(standard @ (directions * np.where(directions.sum(axis=0) < 0.0, -1.0, 1.0)), dtype=np.float64)


def _regression(series: Floats, factors: Floats, weight: tuple[float, ...]) -> tuple[Floats, float, float]:
    """Loadings, persistence and variance of the rest of one series on the weighted factors."""
    weighted = np.zeros_like(factors)
    for lag, share in enumerate(weight):
        weighted[lag:] += share * factors[: len(factors) - lag]
    known = ~np.isnan(series)
    loading: Floats = np.linalg.lstsq(weighted[known], series[known], rcond=None)[0].astype(np.float64)
    rest = np.where(known, series - weighted @ loading, np.nan)
    squares = max(float(np.nanmean(rest**2)), 0.01)
    if len(weight) > 1:
        return loading, 0.0, squares / sum(share**2 for share in weight)
    pair = known[1:] & known[:-1]
    slope = float(rest[1:][pair] @ rest[:-1][pair]) / max(float(rest[:-1][pair] @ rest[:-1][pair]), 1e-12) if pair.sum() > 2 else 0.0
    slope = min(max(slope, -0.95), 0.95)
    return loading, slope, squares * (1.0 - slope**2)


def _autoregression(factors: Floats, order: int) -> tuple[Floats, Floats]:
    """Vector autoregression of the factors, shrunk where it is not stationary: (r, r p), covariance of its errors (r, r)."""
    count = factors.shape[1]
    lags = np.hstack([factors[order - lag : len(factors) - lag] for lag in range(1, order + 1)])
    transition: Floats = np.linalg.lstsq(lags, factors[order:], rcond=None)[0].T.astype(np.float64)
    companion = np.eye(count * order, k=-count)
    companion[:count] = transition
    radius = float(np.abs(np.linalg.eigvals(companion)).max())
    if radius >= 0.98:
        transition = transition * np.repeat((0.95 / radius) ** np.arange(1, order + 1), count)
    errors = factors[order:] - lags @ transition.T
    covariance = errors.T @ errors / len(errors)
    return transition, np.asarray(covariance + 1e-6 * np.eye(count), dtype=np.float64)


def _stationary_covariance(system: StateSpace) -> Floats:
    from scipy.linalg import solve_discrete_lyapunov

    shocks = system.selection @ system.state_covariance @ system.selection.T
    found = np.asarray(solve_discrete_lyapunov(system.transition, shocks), dtype=np.float64)
    return (found + found.T) / 2.0
