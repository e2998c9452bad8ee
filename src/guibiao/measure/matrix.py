"""Dense linear algebra in float64 for matrices of a few hundred rows. A matrix is a list of rows."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Matrix = list[list[float]]


class Singular(ArithmeticError):
    """The matrix has no inverse."""


def inverse(matrix: Sequence[Sequence[float]]) -> Matrix:
    """Inverse of an n x n matrix by Gauss-Jordan elimination with partial pivoting, n^3 multiplications, in place of an identity.

    Raises Singular where a pivot is not above 1e-14 of the largest entry. (G. H. Golub and C. F. Van Loan, *Matrix Computations*, 4th
    ed., 2013, section 3.4.)
    """
    import numpy as np

    size = len(matrix)
    rows = np.array(matrix, dtype=np.float64).reshape(size, size)
    least = 1e-14 * float(np.abs(rows).max(initial=0.0))
    swaps: list[tuple[int, int]] = []
    for column in range(size):
        pivot_row = column + int(np.abs(rows[column:, column]).argmax())
        if abs(rows[pivot_row, column]) <= least:
            raise Singular(column)
        if pivot_row != column:
            rows[[column, pivot_row]] = rows[[pivot_row, column]]
            swaps.append((column, pivot_row))
        _eliminate(rows, column)
    for left, right in reversed(swaps):
        rows[:, [left, right]] = rows[:, [right, left]]
    inverted: Matrix = rows.tolist()
    return inverted


def _eliminate(rows: NDArray[np.float64], column: int) -> None:
    """One step: the pivot column becomes that of the inverse, all other rows are cleared by the pivot row."""
    pivot = rows[column, column]
    rows[column, column] = 1.0
    rows[column] /= pivot
    lead = rows[column].copy()
    factors = rows[:, column].copy()
    rows[:, column] = 0.0
    rows -= factors[:, None] * lead
    rows[column] = lead


def product(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]) -> Matrix:
    """left @ right."""
    columns = list(zip(*right, strict=True))
    return [[sum(map(mul, row, column)) for column in columns] for row in left]
