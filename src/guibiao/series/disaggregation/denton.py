"""Denton's adjustment: the series nearest in movement to a preliminary one that meets its benchmarks.

Denton (1971), equation 2.2, with Cholette's (1984) modification that leaves the first movement free: Dagum and Cholette (2006), 6.8.
Method sheet: docs/methods/0622-denton.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from numpy.typing import NDArray

REFINEMENTS = 3


def difference_matrix(periods: int, degree: int, *, whole: bool) -> sparse.csr_array:
    """Differences of a degree, shape (periods, periods); without the first `degree` rows where not `whole`.

    The whole matrix takes the deviation before the first period as zero (Denton), the other leaves it free (Cholette).
    """
    step = sparse.diags_array([np.ones(periods), -np.ones(periods - 1)], offsets=[0, -1], shape=(periods, periods), format="csr")
    result: sparse.csr_array = sparse.eye_array(periods, format="csr")
    for _degree in range(degree):
        result = step @ result
    return result if whole else result[degree:]


def denton(
    benchmarks: NDArray[np.float64],
    conversion: sparse.csr_array,
    preliminary: NDArray[np.float64],
    *,
    degree: int,
    proportional: bool,
    modified: bool,
) -> NDArray[np.float64]:
    """Values, shape (periods,), that meet `benchmarks` through `conversion` (count, periods) and keep the movement of `preliminary`.

    Minimises the sum of squared differences of `degree` (0, 1, 2) of the deviations, which are divided by the preliminary values where
    `proportional`. `modified` is Cholette's form. Raises BadRequest for a zero among preliminary values that are to be divided by,
    and where the benchmarks do not determine the values.
    """
    scale = np.ones_like(preliminary)
    if proportional:
        if np.any(preliminary == 0):
            raise BadRequest(
                _("指标有 {count} 期为零，按比例的 Denton 法不能除以零").format(count=int(np.sum(preliminary == 0))),
                remedy=_("改用 --criterion additive，或换一个没有零的指标。"),
            )
        scale = preliminary / np.mean(np.abs(preliminary))
    if modified and len(benchmarks) < degree:
        raise BadRequest(
            _("{degree} 阶差分至少要 {degree} 个基准，只有 {count} 个").format(degree=degree, count=len(benchmarks)),
            remedy=_("用 --h 1 或给更多基准。"),
        )
    weighted = conversion @ sparse.diags_array(scale, format="csr")
    differences = difference_matrix(len(preliminary), degree, whole=not modified)
    if proportional and modified and degree:
        # Differences of (x - p) / p are those of x / p: no subtraction of preliminary values that may be of another order of magnitude.
        return scale * _least_movement(differences, weighted.tocsr(), benchmarks)
    deviations = _least_movement(differences, weighted.tocsr(), benchmarks - conversion @ preliminary)
    return preliminary + scale * deviations


def _least_movement(differences: sparse.csr_array, constraint: sparse.csr_array, gap: NDArray[np.float64]) -> NDArray[np.float64]:
    """The z of least |Dz| with Gz = gap, from the first-order conditions, refined against rounding."""
    from scipy.sparse.linalg import splu

    size = np.sqrt(np.asarray(constraint.multiply(constraint).sum(axis=1), dtype=np.float64).ravel())
    constraint = sparse.diags_array(1.0 / size, format="csr") @ constraint
    system = sparse.block_array([[differences.T @ differences, constraint.T], [constraint, None]], format="csc")
    magnitude = float(np.max(np.abs(gap / size), initial=0.0)) or 1.0
    wanted = np.concatenate([np.zeros(differences.shape[1]), gap / size / magnitude])
    try:
        factors = splu(system)
    except RuntimeError:
        raise _undetermined() from None
    solution = factors.solve(wanted)
    for _round in range(REFINEMENTS):
        solution = solution + factors.solve(wanted - system @ solution)
    if not np.all(np.isfinite(solution)) or float(np.max(np.abs(wanted - system @ solution))) > 1e-7:
        raise _undetermined()
    return np.asarray(solution[: differences.shape[1]] * magnitude, dtype=np.float64)


def _undetermined() -> BadRequest:
    return BadRequest(
        _("这些基准和指标定不出唯一的高频序列"), remedy=_("检查指标在每个基准期内之和是否为零；可改用 --criterion additive 或 --h 1。")
    )
