"""Short annual series: random walk, drift, Theta and damped trend as one family with its exact posterior on a grid. numpy alone.

The family is exponential smoothing in innovations form (Hyndman, Koehler, Ord and Snyder 2008, ch. 2 and 3):

    y[t] = l[t-1] + phi b[t-1] + e[t],   l[t] = l[t-1] + phi b[t-1] + alpha e[t],   b[t] = phi b[t-1] + beta e[t]

Given (alpha, beta, phi) the errors are linear in the initial state, so that with the prior 1/sigma^2, flat in the initial state and on the
grid, everything is in closed form: initial state and variance as in a regression, weight of a grid point |X'X|^(-1/2) S^(-(n-k)/2).
Method sheet: docs/methods/0632-short-annual-series.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
LEVELS = (0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1.0)
SLOPE_PARTS = (0.05, 0.15, 0.3, 0.5, 0.7, 0.9)
"""beta as a part of alpha."""
DAMPINGS = (0.8, 0.83, 0.86, 0.89, 0.92, 0.95, 0.98)
DEGENERATE = 1e-12
"""Least sum of squared errors, in the squared standard deviation of the changes: below it nothing varies."""


@dataclass(frozen=True, slots=True)
class Family:
    """A model as a part of the family: whether it has a slope, and its grid of (alpha, beta, phi), shape (points, 3)."""

    name: str
    trend: bool
    grid: tuple[tuple[float, float, float], ...]

    @property
    def states(self) -> int:
        return 2 if self.trend else 1


FAMILIES: Mapping[str, Family] = MappingProxyType({
    each.name: each
    for each in (
        Family("random_walk", False, ((1.0, 0.0, 0.0),)),
        Family("drift", True, ((1.0, 0.0, 1.0),)),
        Family("theta", True, tuple((alpha, 0.0, 1.0) for alpha in LEVELS)),
        Family("damped_trend", True, tuple(
            (alpha, alpha * part, phi) for alpha, part, phi in itertools.product(LEVELS, SLOPE_PARTS, DAMPINGS)
        )),
    )
})  # fmt: skip


class NothingVaries(ValueError):
    """The history follows the model without error: it says nothing of the size of errors to come."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """Posterior of a model on a history of n values.

    Of every grid point: `weights` (points,), adding to one; `squares` (points,), least sum of squared errors S; `initial` (points, k), the
    initial state at that sum; `spread` (points, k, k), lower root of (X'X)^-1; `transition` (points, k, k) = D^n and `offset` (points, k),
    which give the last state D^n x0 + offset. `degrees` is n - k.
    """

    family: Family
    weights: Values
    squares: Values
    initial: Values
    spread: Values
    transition: Values
    offset: Values
    degrees: int


def posterior(values: Values, family: Family) -> Posterior:
    """Posterior of a model; `values` has shape (n,) on the scale on which errors add up, n at least k + 1.

    Raises NothingVaries where the best errors are nil against the changes, ValueError for a history that is too short or not finite.
    """
    count, k = len(values), family.states
    if count < k + 2 or not np.isfinite(values).all():
        raise ValueError(f"{family.name} needs {k + 2} finite values, {count} given")
    grid = np.array(family.grid, dtype=np.float64)
    step, gain, observe = _matrices(grid, k)
    inner = step - gain[:, :, None] * observe[:, None, :]
    design, target, power, offset = _regression(values, inner, gain, observe)
    normal = np.einsum("tgi,tgj->gij", design, design)
    initial = np.linalg.solve(normal, np.einsum("tgi,tg->gi", design, target)[:, :, None])[:, :, 0]
    errors = target - np.einsum("tgi,gi->tg", design, initial)
    squares = np.einsum("tg,tg->g", errors, errors)
    size = float(np.mean(np.square(np.diff(values))))
    if size <= 0 or float(squares.min()) <= DEGENERATE * size:
        raise NothingVaries(family.name)
    degrees = count - k
    logarithm = -0.5 * np.linalg.slogdet(normal)[1] - 0.5 * degrees * np.log(squares)
    weights = np.exp(logarithm - logarithm.max())
    return Posterior(
        family, weights / weights.sum(), squares, initial, np.linalg.cholesky(np.linalg.inv(normal)), power, offset, degrees
    )  # fmt: skip


def _matrices(grid: Values, k: int) -> tuple[Values, Values, Values]:
    """Transition F (points, k, k), gain g (points, k) and observation w (points, k) of every grid point."""
    alpha, beta, phi = grid.T
    one = np.ones_like(alpha)
    if k == 1:
        return one[:, None, None], alpha[:, None], one[:, None]
    step = np.stack([np.stack([one, phi], axis=1), np.stack([0 * one, phi], axis=1)], axis=1)
    return step, np.stack([alpha, beta], axis=1), np.stack([one, phi], axis=1)


def _regression(values: Values, inner: Values, gain: Values, observe: Values) -> tuple[Values, Values, Values, Values]:
    """Rows w D^(t-1) (n, points, k), what they explain (n, points), D^n and the offset of the last state."""
    points, k = gain.shape
    power = np.broadcast_to(np.eye(k), (points, k, k)).copy()
    offset = np.zeros((points, k))
    rows, explained = [], []
    for value in values:
        rows.append(np.einsum("gi,gij->gj", observe, power))
        explained.append(value - np.einsum("gi,gi->g", observe, offset))
        power = np.einsum("gij,gjk->gik", inner, power)
        offset = np.einsum("gij,gj->gi", inner, offset) + gain * value
    return np.array(rows), np.array(explained), power, offset


def paths_of(found: Posterior, horizon: int, draws: int, generator: np.random.Generator) -> Values:
    """Simulated futures, shape (draws, horizon): parameters, variance and initial state are drawn too."""
    at = generator.choice(len(found.weights), size=draws, p=found.weights)
    sigma = np.sqrt(found.squares[at] / generator.chisquare(found.degrees, size=draws))
    shift = np.einsum("dij,dj->di", found.spread[at], generator.standard_normal((draws, found.family.states)))
    initial = found.initial[at] + sigma[:, None] * shift
    state = np.einsum("dij,dj->di", found.transition[at], initial) + found.offset[at]
    step, gain, observe = (each[at] for each in _matrices(np.array(found.family.grid, dtype=np.float64), found.family.states))
    errors = sigma[:, None] * generator.standard_normal((draws, horizon))
    future = np.empty((draws, horizon))
    for ahead in range(horizon):
        future[:, ahead] = np.einsum("di,di->d", observe, state) + errors[:, ahead]
        state = np.einsum("dij,dj->di", step, state) + gain * errors[:, ahead, None]
    return future


def growth_paths(values: Values, horizon: int, draws: int, generator: np.random.Generator) -> Values:
    """Futures by drawing past changes with replacement, shape (draws, horizon).

    Twice: first the changes that are taken to have been seen, then the future among them; deviations are widened by sqrt(m / (m - 1)).
    Raises NothingVaries where all changes are alike.
    """
    changes = np.diff(values)
    count = len(changes)
    centre = float(changes.mean())
    if count < 2 or float(np.ptp(changes)) <= np.sqrt(DEGENERATE) * max(abs(centre), float(np.abs(values).max()) * np.finfo(float).eps):
        raise NothingVaries("growth_bootstrap")
    widened = centre + (changes - centre) * np.sqrt(count / (count - 1))
    supposed = widened[generator.integers(count, size=(draws, count))]
    taken = np.take_along_axis(supposed, generator.integers(count, size=(draws, horizon)), axis=1)
    future: Values = values[-1] + np.cumsum(taken, axis=1)
    return future
