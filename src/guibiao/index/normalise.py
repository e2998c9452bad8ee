"""Normalisation: from an indicator's values to comparable scores, greater always better. Scales are fitted once and can be frozen.

Method sheet: docs/methods/1005-normalisation.md. Source: COINr 1.1.14 `Normalise`, `n_minmax` and other `n_*`; OECD/JRC Handbook, step 5.
Directions act first: a column of direction -1 is multiplied by -1, with its target, bounds and goalposts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guibiao.index.matrix import Matrix, ascending_ranks
from guibiao.reference.index.specification import Normalisation, NormalisationMethod

RANKED: frozenset[NormalisationMethod] = frozenset({"rank", "borda", "percentile-rank"})
RANGED: frozenset[NormalisationMethod] = frozenset({"minmax", "zscore", "distance-to-max"})
"""Methods that divide by what varies: a column without variance has no score."""


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """How one column is normalised: the method with what the indicator itself states, all in the indicator's own orientation."""

    normalisation: Normalisation
    direction: int = 1
    target: float | None = None
    bounds: tuple[float, float] | None = None
    goalposts: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Scales:
    """Fitted parameters, each (..., 1, indicators) or broadcastable to it; score = clip((x * sign - centre) / divisor) * factor + shift.

    `method` holds names; for ranked methods and `base-time`, which look at the other rows again, the numbers are not used.
    """

    method: NDArray[np.str_]
    sign: Matrix
    logarithm: NDArray[np.bool_]
    centre: Matrix
    divisor: Matrix
    factor: Matrix
    shift: Matrix
    floor: Matrix
    ceiling: Matrix


@dataclass(frozen=True, slots=True)
class ColumnScale:
    """Fitted parameters of one column: what a build freezes and a replay applies."""

    method: str
    sign: float = 1.0
    logarithm: bool = False
    centre: float = 0.0
    divisor: float = 1.0
    factor: float = 1.0
    shift: float = 0.0
    floor: float = -np.inf
    ceiling: float = np.inf


@dataclass(frozen=True, slots=True)
class Reference:
    """Rows a score refers to: the reference unit's; for each row the same unit's at the base time (-1: none); all of the base time."""

    row: int = 0
    own_base: tuple[int, ...] = ()
    base_rows: tuple[int, ...] = ()


def fit_scales(values: Matrix, rules: Sequence[ColumnRule], reference: Reference | None = None) -> Scales:
    """Scales of a matrix (..., rows, indicators), one rule an indicator; nan is left out. An indicator of only nan gives nan."""
    lead = (*values.shape[:-2], 1, values.shape[-1])
    count = len(rules)
    numbers = {name: np.zeros(lead) for name in ("centre", "shift")} | {name: np.ones(lead) for name in ("divisor", "factor")}
    scales = Scales(
        np.array([rule.normalisation.method for rule in rules], dtype=np.str_),
        np.array([float(rule.direction) for rule in rules]),
        np.array([rule.normalisation.logarithm for rule in rules], dtype=bool),
        numbers["centre"], numbers["divisor"], numbers["factor"], numbers["shift"],
        np.full(count, -np.inf), np.full(count, np.inf),
    )  # fmt: skip
    oriented = orient(values, scales)
    for place, rule in enumerate(rules):
        _fit(scales, place, oriented[..., place], rule, reference or Reference())
    return scales


def orient(values: Matrix, scales: Scales) -> Matrix:
    """Values with greater better: logarithm where asked for (nan where there is none), times the direction."""
    result = values
    if scales.logarithm.any():
        with np.errstate(invalid="ignore", divide="ignore"):
            logged = np.log(values)
        result = np.where(scales.logarithm, np.where(np.isfinite(logged), logged, np.nan), values)
    return result * scales.sign


def _fit(scales: Scales, place: int, x: Matrix, rule: ColumnRule, reference: Reference) -> None:
    """Fill one column's parameters; `x` is oriented, (..., rows)."""
    choice = rule.normalisation
    centre, divisor = scales.centre[..., 0, place], scales.divisor[..., 0, place]
    least, greatest = _extreme(x, -1), _extreme(x, 1)
    match choice.method:
        case "minmax":
            low, high = oriented_pair(rule, rule.bounds) if rule.bounds else (least, greatest)
            centre[...], divisor[...] = low, high - low
            scales.factor[..., place], scales.shift[..., place] = choice.upper - choice.lower, choice.lower
        case "zscore":
            centre[...], divisor[...] = _mean(x), _standard_deviation(x)
            scales.factor[..., place], scales.shift[..., place] = choice.standard_deviation, choice.mean
        case "scaled":
            low, high = oriented_pair(rule, rule.bounds) if rule.bounds else (choice.scaled_from, choice.scaled_to)
            centre[...], divisor[...] = low, high - low
            scales.factor[..., place] = choice.scale
        case "distance-to-max":
            centre[...], divisor[...] = least, greatest - least
        case "fraction-of-max":
            divisor[...] = greatest
        case "distance-to-target":
            centre[...], divisor[...] = least, _oriented(rule, float("nan") if rule.target is None else rule.target) - least
        case "distance-to-reference":
            centre[...], divisor[...] = least, x[..., reference.row] - least
        case "goalposts":
            low, high = oriented_pair(rule, rule.goalposts or (float("nan"), float("nan")))
            centre[...], divisor[...] = low, high - low
            scales.factor[..., place] = choice.scale
            if choice.truncate:
                scales.floor[place], scales.ceiling[place] = 0.0, 1.0
        case "base-time":
            scales.factor[..., place], scales.shift[..., place] = choice.scale, float(choice.base_of == "mean")
    if choice.cap and choice.method in {"distance-to-target", "distance-to-reference"}:
        scales.ceiling[place] = 1.0


def _oriented(rule: ColumnRule, value: float) -> float:
    """A stated value in the orientation scores are computed in."""
    at = float(np.log(value)) if rule.normalisation.logarithm and value > 0 else value
    return at * rule.direction


def oriented_pair(rule: ColumnRule, pair: tuple[float, float]) -> tuple[float, float]:
    """A stated lower and upper value; under direction -1 both change sign and places."""
    low, high = _oriented(rule, pair[0]), _oriented(rule, pair[1])
    return (low, high) if rule.direction == 1 else (high, low)


def _extreme(x: Matrix, sign: int) -> Matrix:
    """Least (-1) or greatest (1) value along the last axis without nan; nan where all are."""
    found = (np.fmin if sign < 0 else np.fmax).reduce(x, axis=-1)
    return np.asarray(found, dtype=np.float64)


def _mean(x: Matrix) -> Matrix:
    present = ~np.isnan(x)
    count = present.sum(axis=-1).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(present, x, 0.0).sum(axis=-1) / count, dtype=np.float64)


def _standard_deviation(x: Matrix) -> Matrix:
    """With n - 1; zero for a constant column whatever the rounding of its mean."""
    present = ~np.isnan(x)
    count = present.sum(axis=-1).astype(np.float64)
    centred = np.where(present, x - _mean(x)[..., np.newaxis], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = np.sqrt((centred**2).sum(axis=-1) / (count - 1))
    return np.where(_extreme(x, 1) == _extreme(x, -1), 0.0, deviation)


def apply_scales(values: Matrix, scales: Scales, reference: Reference | None = None) -> Matrix:
    """Scores of a matrix (..., rows, indicators) under fitted scales; nan where a divisor is zero or the value is missing."""
    x = orient(values, scales)
    with np.errstate(invalid="ignore", divide="ignore"):
        fraction = (x - scales.centre) / np.where(scales.divisor == 0, np.nan, scales.divisor)
    scores = np.clip(fraction, scales.floor, scales.ceiling) * scales.factor + scales.shift
    for place in np.flatnonzero(np.isin(scales.method, tuple(RANKED))):
        scores[..., place] = _ranked(x[..., place], str(scales.method[place]))
    for place in np.flatnonzero(scales.method == "base-time"):
        scores[..., place] = _against_base(x[..., place], scales, int(place), reference or Reference())
    for place in np.flatnonzero(scales.method == "none"):
        scores[..., place] = x[..., place]
    return scores


def _against_base(x: Matrix, scales: Scales, place: int, reference: Reference) -> Matrix:
    """x over its base times the scale; base over x where less is better. `x` is oriented, (..., rows)."""
    if scales.shift.flat[place]:
        base = _mean(x[..., list(reference.base_rows)])[..., np.newaxis]
    else:
        rows = np.array(reference.own_base, dtype=np.intp)
        base = np.where(rows >= 0, x[..., rows], np.nan)
    top, bottom = (x, base) if scales.sign[place] > 0 else (base, x)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(top / np.where(bottom == 0, np.nan, bottom) * scales.factor[..., 0, place, np.newaxis], dtype=np.float64)


def _ranked(x: Matrix, method: str) -> Matrix:
    """Ranks from 1 upwards, Borda points from 0, or shares of those below, along the last axis; ties take the least."""
    ranks = ascending_ranks(x, axis=-1)
    if method == "rank":
        return ranks
    if method == "borda":
        return ranks - 1
    others = (~np.isnan(x)).sum(axis=-1, keepdims=True).astype(np.float64) - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((ranks - 1) / others, dtype=np.float64)


def normalise(values: Matrix, rules: Sequence[ColumnRule], reference: Reference | None = None) -> Matrix:
    """Fit and apply at once: (..., rows, indicators) in, scores of the same shape out."""
    return apply_scales(values, fit_scales(values, rules, reference), reference)


def columns_of(scales: Scales) -> tuple[ColumnScale, ...]:
    """Scales of one matrix (no leading axes), column by column."""
    return tuple(
        ColumnScale(
            str(scales.method[place]), float(scales.sign[place]), bool(scales.logarithm[place]), float(scales.centre[0, place]),
            float(scales.divisor[0, place]), float(scales.factor[0, place]), float(scales.shift[0, place]),
            float(scales.floor[place]), float(scales.ceiling[place]),
        )
        for place in range(len(scales.method))
    )  # fmt: skip


def scales_of(columns: Sequence[ColumnScale]) -> Scales:
    """The scales that `columns_of` took apart."""

    def of(name: str) -> Matrix:
        return np.array([getattr(column, name) for column in columns], dtype=np.float64)

    return Scales(
        np.array([column.method for column in columns], dtype=np.str_), of("sign"),
        np.array([column.logarithm for column in columns], dtype=bool), of("centre")[np.newaxis], of("divisor")[np.newaxis],
        of("factor")[np.newaxis], of("shift")[np.newaxis], of("floor"), of("ceiling"),
    )  # fmt: skip
