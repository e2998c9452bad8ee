"""The summing matrix: how every series of a hierarchy or of crossed groups is made of the series at the bottom.

Method sheet: docs/methods/0625-summing-matrix.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.series.disaggregation.aggregation import shown

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SummingMatrix:
    """S, shape (series, bottom): row by row the weights of the bottom series; `bottom`: per column, the row that is that series itself."""

    names: tuple[str, ...]
    matrix: NDArray[np.float64]
    bottom: tuple[int, ...]

    @property
    def upper(self) -> tuple[int, ...]:
        """Rows of the aggregates."""
        at_bottom = set(self.bottom)
        return tuple(row for row in range(len(self.names)) if row not in at_bottom)

    @property
    def constraint(self) -> NDArray[np.float64]:
        """U' of the literature, shape (aggregates, series): the aggregates less their parts; zero times coherent figures."""
        upper = np.array(self.upper, dtype=np.intp)
        found = np.zeros((len(upper), len(self.names)))
        found[np.arange(len(upper)), upper] = 1.0
        found[:, np.array(self.bottom, dtype=np.intp)] -= self.matrix[upper]
        return found


def summing_matrix(names: Sequence[str], columns: Sequence[str], matrix: NDArray[np.float64]) -> SummingMatrix:
    """S with its bottom series found: the row of a column's own name, else the last row that is a unit vector of that column.

    Raises BadRequest for names given twice, cells that are not finite, a series that is made of nothing, and a column without its own row.
    """
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise BadRequest(_("汇总矩阵里序列 {names} 出现不止一次").format(names=shown(twice)), remedy=_("每个序列一行，名称各不相同。"))
    if matrix.shape != (len(names), len(columns)) or 0 in matrix.shape:
        raise BadRequest(_("汇总矩阵是空的或各行长短不一"), remedy=_("第一列写序列名，其余每列一个底层序列。"))
    if not np.all(np.isfinite(matrix)):
        raise BadRequest(_("汇总矩阵里有缺失或不是有限的数"), remedy=_("每格写权数，通常是 0 或 1。"))
    empty = [name for name, row in zip(names, matrix, strict=True) if not np.any(row)]
    if empty:
        raise BadRequest(_("汇总矩阵里 {names} 不含任何底层序列").format(names=shown(empty)), remedy=_("去掉这些行，或补上它们的组成。"))
    bottom = _bottom(names, columns, matrix)
    absent = [column for column, row in zip(columns, bottom, strict=True) if row is None]
    if absent:
        raise BadRequest(
            _("汇总矩阵的列 {columns} 没有对应的底层序列行").format(columns=shown(absent)),
            remedy=_("每个底层序列要有一行，该行只在自己的列上是 1。"),
        )
    return SummingMatrix(tuple(names), matrix, tuple(row for row in bottom if row is not None))


def _bottom(names: Sequence[str], columns: Sequence[str], matrix: NDArray[np.float64]) -> list[int | None]:
    alone = (np.count_nonzero(matrix, axis=1) == 1) & (matrix.sum(axis=1) == 1.0)
    row_of = {name: row for row, name in enumerate(names) if alone[row]}
    found: list[int | None] = []
    for at, column in enumerate(columns):
        own = row_of.get(column)
        if own is not None and matrix[own, at] == 1.0:
            found.append(own)
            continue
        rows = np.flatnonzero(alone & (matrix[:, at] == 1.0))
        found.append(int(rows[-1]) if len(rows) else None)
    return found
