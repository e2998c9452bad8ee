"""Aggregation: weighted means of scores, and the tree from indicators to the index.

Method sheet: docs/methods/1006-aggregation.md. Source: COINr 1.1.14 `Aggregate`, `a_amean`, `a_gmean`, `a_hmean`, `a_genmean`;
OECD/JRC Handbook, steps 6.2-6.3.

Every mean works over the last axis: values (..., children), weights (..., children) that broadcast against them. A missing child is left
out and the weights of the others are scaled up; no child gives nan. Sums accumulate in extended precision where the machine has it
(`accumulator`), as the reference does, so that equal scores tie; pass float64 for speed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from guibiao.index.matrix import Matrix, Places
from guibiao.index.outranking import copeland
from guibiao.reference.index.specification import Aggregation

EXTENDED = np.longdouble


class Mean(Protocol):
    """Values and weights (..., children) in, (...) out."""

    def __call__(self, values: Matrix, weights: Matrix, *, accumulator: type[np.floating] = ...) -> Matrix: ...


@dataclass(frozen=True, slots=True)
class Group:
    """One aggregate: its place, its children's places, its level (2 is the first above the indicators) and how it is computed."""

    place: int
    children: Places
    level: int
    aggregation: Aggregation


@dataclass(frozen=True, slots=True)
class Tree:
    """Codes as index arrays: indicators first, in the order of the data's columns, then aggregates so that children precede parents.

    `levels`, `parents` (-1 at the root), `weights` and `directions` are (nodes,).
    """

    codes: tuple[str, ...]
    levels: Places
    parents: Places
    weights: Matrix
    indicators: int
    groups: tuple[Group, ...]

    @property
    def root(self) -> int:
        """Place of the index itself."""
        return self.groups[-1].place


def _sum(values: Matrix, accumulator: type[np.floating]) -> Matrix:
    return np.asarray(values.sum(axis=-1, dtype=accumulator), dtype=np.float64)


def _weights_present(values: Matrix, weights: Matrix) -> tuple[NDArray[np.bool_], Matrix]:
    present = ~np.isnan(values)
    return present, np.where(present, weights, 0.0)


def _or_nan(present: NDArray[np.bool_], result: Matrix) -> Matrix:
    return np.where(present.any(axis=-1) & np.isfinite(result), result, np.nan)


def arithmetic(values: Matrix, weights: Matrix, *, accumulator: type[np.floating] = EXTENDED) -> Matrix:
    """Sum of shares times values; shares are weights over their sum among the children present."""
    if accumulator is np.float64 and not np.isnan(values).any():
        return _contracted(values, weights)
    present, kept = _weights_present(values, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = kept / _sum(kept, accumulator)[..., np.newaxis]
        return _or_nan(present, _sum(np.where(present, shares * values, 0.0), accumulator))


def _contracted(values: Matrix, weights: Matrix) -> Matrix:
    """Weighted mean of complete values in one pass."""
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = weights / weights.sum(axis=-1, keepdims=True)
    return np.asarray(np.einsum("...k,...k->...", values, shares), dtype=np.float64)


def geometric(values: Matrix, weights: Matrix, *, accumulator: type[np.floating] = EXTENDED) -> Matrix:
    """exp(sum w log x / sum w); nan where a value is not positive (`first_not_positive` says which)."""
    if accumulator is np.float64 and (values > 0).all():
        return np.exp(_contracted(np.log(values), weights))
    present, kept = _weights_present(values, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        logged = np.where(present, np.where(values > 0, np.log(values), np.nan), 0.0)
        return _or_nan(present, np.exp(_sum(kept * logged, accumulator) / _sum(kept, accumulator)))


def harmonic(values: Matrix, weights: Matrix, *, accumulator: type[np.floating] = EXTENDED) -> Matrix:
    """sum w / sum (w / x); nan where a value is zero, or where values of both signs cancel."""
    present, kept = _weights_present(values, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = np.where(present, kept / np.where(values == 0, np.nan, values), 0.0)
        return _or_nan(present, _sum(kept, accumulator) / _sum(parts, accumulator))


def generalised(values: Matrix, weights: Matrix, *, power: float, accumulator: type[np.floating] = EXTENDED) -> Matrix:
    """(sum w x^p / sum w)^(1/p); p = 0 is the geometric mean, the limit. nan where a power does not exist."""
    if power == 0:
        return geometric(values, weights, accumulator=accumulator)
    present, kept = _weights_present(values, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        base = np.where((values <= 0) & (power < 0), np.nan, values)
        parts = np.where(present, kept * base**power, 0.0)
        return _or_nan(present, (_sum(parts, accumulator) / _sum(kept, accumulator)) ** (1 / power))


MEANS: Mapping[str, Mean] = {"arithmetic": arithmetic, "geometric": geometric, "harmonic": harmonic}


def aggregate_group(values: Matrix, weights: Matrix, aggregation: Aggregation, *, accumulator: type[np.floating] = EXTENDED) -> Matrix:
    """One parent: values (..., units, children) -> (..., units). Below the threshold of children present it has no score."""
    if aggregation.method == "copeland":
        result = _copeland_over(values, np.broadcast_to(weights, (*values.shape[:-2], 1, values.shape[-1])))
    elif aggregation.method == "generalised":
        result = generalised(values, weights, power=aggregation.power, accumulator=accumulator)
    else:
        result = MEANS[aggregation.method](values, weights, accumulator=accumulator)
    if aggregation.threshold is None:
        return result
    share = (~np.isnan(values)).sum(axis=-1) / values.shape[-1]
    return np.where(share < aggregation.threshold, np.nan, result)


def _copeland_over(values: Matrix, weights: Matrix) -> Matrix:
    """Copeland scores of each matrix (units, children) of a stack."""
    if values.ndim == 2:
        return copeland(values, weights[0])
    return np.stack([_copeland_over(one, weight) for one, weight in zip(values, weights, strict=True)])


def aggregate_tree(
    normalised: Matrix,
    tree: Tree,
    weights: Matrix | None = None,
    aggregation: Aggregation | None = None,
    *,
    accumulator: type[np.floating] = EXTENDED,
) -> Matrix:
    """Scores at every node: (..., units, indicators) -> (..., units, nodes) in the order of `tree.codes`.

    `weights` (..., nodes) replace the tree's; leading axes broadcast (one weight set a replicate: shape (runs, nodes)). `aggregation`
    replaces every group's method.
    """
    used = (tree.weights if weights is None else weights)[..., np.newaxis, :]
    lead = np.broadcast_shapes(normalised.shape[:-1], used.shape[:-1])
    scores = np.empty((*lead, len(tree.codes)))
    scores[..., : tree.indicators] = normalised
    for group in tree.groups:
        values, share = scores[..., group.children], used[..., group.children]
        scores[..., group.place] = aggregate_group(values, share, aggregation or group.aggregation, accumulator=accumulator)
    return scores


def first_not_positive(values: Matrix, aggregation: Aggregation) -> tuple[int, int] | None:
    """(unit, child) of the first value in (units, children) that the mean has no result for, None where there is none."""
    power = aggregation.power if aggregation.method == "generalised" else None
    if aggregation.method == "geometric" or (power is not None and power <= 0):
        wrong = values <= 0
    elif aggregation.method == "harmonic":
        wrong = values == 0
    elif power is not None and power != round(power):
        wrong = values < 0
    else:
        return None
    found = np.argwhere(wrong)
    return (int(found[0][0]), int(found[0][1])) if len(found) else None
