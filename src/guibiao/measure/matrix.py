"""Dense linear algebra in float64 for matrices of a few hundred rows. A matrix is a list of rows."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

Matrix = list[list[float]]


class Singular(ArithmeticError):
    """The matrix has no inverse."""


def inverse(matrix: Sequence[Sequence[float]]) -> Matrix:
    """Inverse of an n x n matrix by Gauss-Jordan elimination with partial pivoting, n^3 multiplications, in place of an identity.

    Raises Singular where a pivot is not above 1e-14 of the largest entry. (G. H. Golub and C. F. Van Loan, *Matrix Computations*, 4th
    ed., 2013, section 3.4.)
    """
    size = len(matrix)
    rows = [[float(value) for value in row] for row in matrix]
    least = 1e-14 * max((abs(value) for row in rows for value in row), default=0.0)
    swaps: list[tuple[int, int]] = []
    for column in range(size):
        pivot_row = max(range(column, size), key=lambda index: abs(rows[index][column]))
        if abs(rows[pivot_row][column]) <= least:
            raise Singular(column)
        if pivot_row != column:
            rows[column], rows[pivot_row] = rows[pivot_row], rows[column]
            swaps.append((column, pivot_row))
        _eliminate(rows, column)
    for left, right in reversed(swaps):
        for row in rows:
            row[left], row[right] = row[right], row[left]
    return rows


def _eliminate(rows: Matrix, column: int) -> None:
    """One step: the pivot column becomes that of the inverse, all other rows are cleared by the pivot row."""
    pivot = rows[column][column]
    rows[column][column] = 1.0
    lead = [value / pivot for value in rows[column]]
    rows[column] = lead
    for index, row in enumerate(rows):
        if index == column:
            continue
        factor = row[column]
        if factor:
            row[column] = 0.0
            rows[index] = [value - factor * above for value, above in zip(row, lead, strict=True)]


def product(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]) -> Matrix:
    """left @ right."""
    columns = list(zip(*right, strict=True))
    return [[sum(map(mul, row, column)) for column in columns] for row in left]
