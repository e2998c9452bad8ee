"""Intervals from the errors that a model made at past origins, by horizon. Pure numpy.

s[h]: root mean square of the errors h steps ahead, made not to fall with h (pool adjacent violators); times the quantile of Student's t
with as many degrees of freedom as origins reach h steps, or times the conformal quantile of |e| / s[h] over all origins and horizons.
Method sheet: docs/methods/0633-forecast-intervals.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
FEWEST = 5
"""Fewest values before the first origin of a series without season."""


@dataclass(frozen=True, slots=True)
class PastErrors:
    """Errors at past origins, shape (origins, horizon), nan where an origin does not reach; actual less forecast, of logs where `log`.

    `origins` holds the number of values before each origin.
    """

    errors: Values
    origins: tuple[int, ...]
    log: bool

    @property
    def counts(self) -> NDArray[np.int64]:
        return np.asarray(np.sum(np.isfinite(self.errors), axis=0), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Widths:
    """Scale s[h] and degrees of freedom, each of shape (horizon,), and the scores |e| / s[h] in order."""

    scale: Values
    degrees: Values
    scores: Values
    log: bool


def origins_of(count: int, season: int, horizon: int, most: int) -> tuple[int, ...]:
    """Numbers of values before each past origin, latest first: evenly spaced over the last horizon + 12 (at least half a horizon more)."""
    least = max(2 * season + 1 if season > 1 else FEWEST, count // 2, count - horizon - max(12, horizon // 2))
    step = max(1, math.ceil((count - least) / most))
    return tuple(range(count - 1, least - 1, -step))


def past_errors(history: Values, origins: tuple[int, ...], horizon: int, forecast: Callable[[Values, int], Values | None]) -> PastErrors:
    """Errors of `forecast(history so far, steps)` at each origin; one that gives None is left out. Logs where all is positive."""
    made = [(origin, forecast(history[:origin], min(horizon, len(history) - origin))) for origin in origins]
    kept = [(origin, each) for origin, each in made if each is not None]
    log = bool((history > 0).all()) and all(bool((each > 0).all()) for _origin, each in kept)
    errors = np.full((len(kept), horizon), np.nan)
    for row, (origin, each) in enumerate(kept):
        actual = history[origin : origin + len(each)]
        errors[row, : len(each)] = np.log(actual) - np.log(each) if log else actual - each
    return PastErrors(errors, tuple(origin for origin, _each in kept), log)


def widths(past: PastErrors) -> Widths | None:
    """Scale by horizon; beyond the farthest horizon reached it grows with the square root. None without two origins."""
    counts = past.counts
    reached = int(np.sum(counts > 0))
    if len(past.errors) < 2 or reached == 0:
        return None
    squares = np.nanmean(np.square(past.errors[:, :reached]), axis=0)
    rising = not_falling(squares, counts[:reached].astype(np.float64))
    horizon = past.errors.shape[1]
    beyond = rising[-1] * np.arange(reached + 1, horizon + 1) / reached
    scale = np.sqrt(np.concatenate([rising, beyond]))
    degrees = np.concatenate([counts[:reached], np.full(horizon - reached, counts[reached - 1])]).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = np.abs(past.errors / scale)
    return Widths(scale, degrees, np.sort(scores[np.isfinite(scores)]), past.log)


def walk_widths(history: Values, horizon: int) -> Widths | None:
    """Scale of a random walk for histories too short for origins: changes' root mean square times sqrt(h), as many degrees as changes."""
    if len(history) < 2:
        return None
    changes = np.diff(history)
    scale = math.sqrt(float(np.mean(np.square(changes)))) * np.sqrt(np.arange(1, horizon + 1))
    return Widths(scale, np.full(horizon, float(len(changes))), np.empty(0), log=False)


def bounds(mean: Values, found: Widths, level: float, *, conformal: bool = False) -> tuple[Values, Values]:
    """Low and high, each of shape (horizon,), at a level in %; on logs the interval is multiplicative and stays positive."""
    half = found.scale * (_conformal(found, level) if conformal else _student(found.degrees, level))
    if found.log and bool((mean > 0).all()):
        centre = np.log(mean)
        return np.exp(np.clip(centre - half, -700, 700)), np.exp(np.clip(centre + half, -700, 700))
    if found.log:
        half = half * np.abs(mean)
    return mean - half, mean + half


def _student(degrees: Values, level: float) -> Values:
    from scipy.stats import t

    return np.asarray(t.ppf(0.5 + level / 200, degrees), dtype=np.float64)


def _conformal(found: Widths, level: float) -> Values:
    """Quantile ceil((n + 1) level) / n of the scores; Student's t where there are too few for the level."""
    count = len(found.scores)
    rank = math.ceil((count + 1) * level / 100)
    return np.full(len(found.scale), found.scores[rank - 1]) if 1 <= rank <= count else _student(found.degrees, level)


def not_falling(values: Values, weights: Values) -> Values:
    """The nearest sequence, in weighted squares, that does not fall: pool adjacent violators."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            last, before = blocks.pop(), blocks.pop()
            total = before[1] + last[1]
            blocks.append(((before[0] * before[1] + last[0] * last[1]) / total, total, before[2] + last[2]))
    return np.concatenate([np.full(length, value) for value, _weight, length in blocks])
