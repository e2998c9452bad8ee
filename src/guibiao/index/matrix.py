"""Arrays the methods exchange, and ranks: float64, missing is nan, units on the second last axis and codes on the last."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.intp]


def ascending_ranks(values: Matrix, axis: int = -2) -> Matrix:
    """1 for the least along `axis`; ties share the least rank, nan stays nan. Any leading shape."""
    moved = np.moveaxis(values, axis, -1)
    order = np.argsort(moved, axis=-1, kind="stable")
    ordered = np.take_along_axis(moved, order, -1)
    first = np.ones(ordered.shape, dtype=bool)
    first[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    position = np.arange(1, ordered.shape[-1] + 1, dtype=np.float64)
    shared = np.maximum.accumulate(np.where(first, position, 0.0), axis=-1)
    ranks = np.empty(ordered.shape, dtype=np.float64)
    np.put_along_axis(ranks, order, shared, -1)
    ranks[np.isnan(moved)] = np.nan
    return np.moveaxis(ranks, -1, axis)


def descending_ranks(values: Matrix, axis: int = -2) -> Matrix:
    """1 for the greatest along `axis`: the rank of a score. Ties share the best rank, nan stays nan."""
    return ascending_ranks(-values, axis)


def rows_by(labels: Sequence[Hashable]) -> dict[Any, Places]:
    """Label -> its rows, labels in the order in which they first occur."""
    places: dict[Any, list[int]] = {}
    for row, label in enumerate(labels):
        places.setdefault(label, []).append(row)
    return {label: np.array(rows, dtype=np.intp) for label, rows in places.items()}
