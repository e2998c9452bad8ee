"""Units compared pair by pair: outranking matrix, Copeland scores, Borda points, Condorcet's order or a cycle.

Method sheet: docs/methods/1007-outranking.md. Source: COINr 1.1.14 `outrankMatrix`, `a_copeland`; OECD/JRC Handbook, tables 25-33.
Values are scores (units, criteria), greater better; weights (criteria,).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guibiao.index.matrix import Mask, Matrix, ascending_ranks

_HALF = 0.5
_TIE = 1e-12


@dataclass(frozen=True, slots=True)
class Condorcet:
    """Places of the units from best to worst where the majority relation is a linear order, else None and the places in cycles."""

    order: tuple[int, ...] | None
    cycles: tuple[tuple[int, ...], ...]


def outranking(values: Matrix, weights: Matrix) -> Matrix:
    """(units, units): share of weight of the criteria in which the row is better than the column, ties half; zero on the diagonal.

    As in the reference, a criterion that either unit lacks counts for the lower of the two: the half below the diagonal is one less
    the half above.
    """
    shares = weights / weights.sum()
    matrix = np.zeros((len(values), len(values)))
    for criterion, share in enumerate(shares):
        column = values[:, criterion]
        matrix += share * (column[:, np.newaxis] > column) + share / 2 * (column[:, np.newaxis] == column)
    upper = np.triu(matrix, 1)
    return np.asarray(upper + np.tril(1 - upper.T, -1), dtype=np.float64)


def copeland(values: Matrix, weights: Matrix) -> Matrix:
    """(units,): number of units that one outranks by more than half the weight, less the number that outrank it."""
    return np.asarray(np.sign(_margin(outranking(values, weights))).sum(axis=1), dtype=np.float64)


def _margin(matrix: Matrix) -> Matrix:
    """Share above one half, zero at a tie and on the diagonal."""
    margin = matrix - _HALF
    margin[np.abs(margin) < _TIE] = 0.0
    np.fill_diagonal(margin, 0.0)
    return np.asarray(margin, dtype=np.float64)


def borda(values: Matrix, weights: Matrix) -> Matrix:
    """(units,): weighted sum over criteria of the number of units that are worse; ties take the least points, as `n_borda`."""
    points = ascending_ranks(values, axis=0) - 1
    return np.asarray((points * weights).sum(axis=1), dtype=np.float64)


def condorcet(matrix: Matrix) -> Condorcet:
    """The order by majority over an outranking matrix, or every group of units that beat one another in a circle."""
    beats = _margin(matrix) > 0
    reach = _reach(beats)
    cycles = {tuple(int(each) for each in np.flatnonzero(reach[unit] & reach[:, unit])) for unit in range(len(beats)) if reach[unit, unit]}
    wins = beats.sum(axis=1)
    linear = not cycles and sorted(wins) == list(range(len(beats)))
    order = tuple(int(each) for each in np.argsort(-wins, kind="stable")) if linear else None
    return Condorcet(order, tuple(sorted(cycles)))


def _reach(beats: Mask) -> Mask:
    """Transitive closure (Warshall)."""
    reach = beats.copy()
    for via in range(len(reach)):
        reach |= reach[:, [via]] & reach[[via]]
    return reach
