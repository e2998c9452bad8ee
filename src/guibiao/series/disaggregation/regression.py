"""Disaggregation by regression on indicators: Chow-Lin, Fernandez, Litterman and ordinary least squares.

Chow and Lin (1971); Fernandez (1981); Litterman (1983); the objective of least squares in rho after Barbone, Bodo and Visco (1981).
Nothing of the size periods x periods is formed: covariances are applied by recursion.
Method sheets: docs/methods/0623-chow-lin.md, docs/methods/0624-fernandez-and-litterman.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

Errors = Literal["autoregressive", "random_walk"]
Objective = Literal["likelihood", "squares_of_correlation", "squares_of_covariance"]
RHO_BOUND = 0.999
DROP_AT_95 = 1.9207294103470194
"""Half the 95 % point of chi-squared with one degree of freedom: how far a log-likelihood may lie below its maximum."""
IDENTIFIED = 2.0 / 3.0
"""Share of the admissible range that the 95 % interval of an identified rho stays under."""
TIE = 1e-9
"""Relative distance of two values of an objective that are equal but for rounding."""
EXACT_FIT = 1e-24
"""Residual against total sum of squares below which the fit is exact up to rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A generalised least squares fit of benchmarks on aggregated indicators, and the series it gives.

    `variance` is the residual sum of squares over the number of benchmarks, as the likelihood takes it; AIC and BIC are those of that
    variance in logarithms, per benchmark.
    """

    values: NDArray[np.float64]
    rho: float
    coefficients: tuple[float, ...]
    standard_errors: tuple[float, ...]
    residual_squares: float
    log_likelihood: float
    variance: float
    r_squared: float
    aic: float
    bic: float


@dataclass(frozen=True, slots=True)
class Profile:
    """The log-likelihood of rho: where it is highest and the 95 % interval, on a grid from the lower bound to 0.999."""

    best: float
    low: float
    high: float
    identified: bool
    """The interval covers less than two thirds of the grid."""


@dataclass(frozen=True)
class Model:
    """Benchmarks (count,), conversion (count, periods), regressors (periods, columns) and the process of the errors."""

    benchmarks: NDArray[np.float64]
    conversion: sparse.csr_array
    regressors: NDArray[np.float64]
    errors: Errors

    @cached_property
    def aggregated(self) -> NDArray[np.float64]:
        return np.asarray(self.conversion @ self.regressors, dtype=np.float64)

    @cached_property
    def distributing(self) -> NDArray[np.float64]:
        """C', shape (periods, count)."""
        return np.asarray(self.conversion.toarray().T, dtype=np.float64)


def covariance_product(errors: Errors, rho: float, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Q times a matrix (periods, columns), Q the covariance of the errors with innovations of variance 1.

    Autoregressive: Q[i, j] = rho^|i-j| / (1 - rho^2). Random walk: Q = (D'H'HD)^-1, D the first difference and H = I - rho L from zero.
    """
    from scipy.signal import lfilter

    if errors == "random_walk":
        backward = lfilter([1.0], [1.0, -rho], np.cumsum(matrix[::-1], axis=0), axis=0)[::-1]
        return np.asarray(np.cumsum(lfilter([1.0], [1.0, -rho], backward, axis=0), axis=0), dtype=np.float64)
    forward = lfilter([1.0], [1.0, -rho], matrix, axis=0)
    backward = lfilter([1.0], [1.0, -rho], matrix[::-1], axis=0)[::-1]
    return np.asarray((forward + backward - matrix) / (1.0 - rho * rho), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Solution:
    """What one value of rho gives, on benchmarks divided by `_size`."""

    coefficients: NDArray[np.float64]
    triangle: NDArray[np.float64]
    column_sizes: NDArray[np.float64]
    lower: NDArray[np.float64]
    spread: NDArray[np.float64]
    squares: float
    log_likelihood: float


def _size(model: Model) -> float:
    return float(np.max(np.abs(model.benchmarks))) or 1.0


def _solve(model: Model, rho: float) -> _Solution:
    """Least squares of whitened benchmarks: V = CQC' = LL', L^-1 y on L^-1 X by QR; the likelihood of benchmarks divided by `_size`."""
    from scipy.linalg import solve_triangular

    spread = covariance_product(model.errors, rho, model.distributing)
    covariance = np.asarray(model.conversion @ spread, dtype=np.float64)
    lower = np.asarray(np.linalg.cholesky((covariance + covariance.T) / 2.0), dtype=np.float64)
    aggregated = model.aggregated
    sizes = np.max(np.abs(aggregated), axis=0)
    white = solve_triangular(lower, np.column_stack([model.benchmarks / _size(model), aggregated / sizes]), lower=True)
    orthogonal, triangle = np.linalg.qr(white[:, 1:])
    scaled = solve_triangular(triangle, orthogonal.T @ white[:, 0])
    residuals = white[:, 0] - white[:, 1:] @ scaled
    squares, count = float(residuals @ residuals), len(residuals)
    log_determinant = 2.0 * float(np.sum(np.log(np.diag(lower))))
    variance = squares / count
    likelihood = math.inf if variance == 0 else -(count * (1.0 + math.log(2.0 * math.pi) + math.log(variance)) + log_determinant) / 2.0
    return _Solution(scaled / sizes * _size(model), triangle, sizes, lower, spread, squares, likelihood)


def refuse_collinear(model: Model, names: Sequence[str]) -> None:
    """Raises BadRequest where there are no degrees of freedom or the regressors are linearly dependent."""
    count, columns = len(model.benchmarks), model.regressors.shape[1]
    if count <= columns:
        raise BadRequest(
            _("只有 {count} 个基准，要估计 {columns} 个系数，自由度不够").format(count=count, columns=columns),
            remedy=_("用 --method denton-cholette，或少用指标，或加 --no-intercept。"),
        )
    aggregated = model.aggregated
    sizes = np.linalg.norm(aggregated, axis=0)
    if np.any(sizes == 0) or np.linalg.matrix_rank(aggregated / sizes, tol=1e-10 * math.sqrt(count)) < columns:
        raise BadRequest(
            _("指标之间线性相关，系数定不出来：{names}").format(names="、".join(names)),
            remedy=_("去掉恒定不变或重复的指标；指标本身是常数时加 --no-intercept。"),
        )


def is_exact(model: Model) -> bool:
    """Whether the regressors explain the benchmarks up to rounding: no parameter of the errors can then be estimated."""
    squares = float(model.benchmarks @ model.benchmarks)
    coefficients, *_rest = np.linalg.lstsq(model.aggregated, model.benchmarks, rcond=None)
    gap = model.benchmarks - model.aggregated @ coefficients
    return float(gap @ gap) <= EXACT_FIT * squares


def estimate_rho(model: Model, objective: Objective) -> float:
    """The rho between -0.999 and 0.999 that a bounded golden-section and parabolic search (Brent 1973) finds.

    Benchmarks of first or last periods an even number apart do not tell rho from -rho: the positive one is taken.
    """
    from scipy.optimize import minimize_scalar

    height = _objective(model, objective)
    found = minimize_scalar(height, bounds=(-RHO_BOUND, RHO_BOUND), method="bounded", options={"xatol": 1e-16, "maxiter": 200})
    rho = float(found.x)
    return -rho if rho < 0 and height(-rho) <= height(rho) + TIE * abs(height(rho)) else rho


def _objective(model: Model, objective: Objective) -> Callable[[float], float]:
    if objective == "likelihood":
        return lambda rho: -_solve(model, float(rho)).log_likelihood
    if objective == "squares_of_correlation":
        return lambda rho: _solve(model, float(rho)).squares / (1.0 - float(rho) ** 2)
    return lambda rho: _solve(model, float(rho)).squares


def likelihood_profile(model: Model, lower: float, points: int = 31) -> Profile:
    """How well the benchmarks tell rho: maximum and 95 % interval of the log-likelihood on a grid from `lower` to 0.999."""
    grid = np.linspace(lower, RHO_BOUND, points)
    heights = np.array([_solve(model, float(rho)).log_likelihood for rho in grid])
    within = grid[heights >= np.max(heights) - DROP_AT_95]
    low, high = float(within[0]), float(within[-1])
    return Profile(float(grid[int(np.argmax(heights))]), low, high, high - low < (RHO_BOUND - lower) * IDENTIFIED)


def fit(model: Model, rho: float) -> Fit:
    """The series for a value of rho: X b + Q C' V^-1 (y - C X b), with the statistics of the regression."""
    from scipy.linalg import cho_solve, solve_triangular

    solution = _solve(model, rho)
    count, columns = model.aggregated.shape
    preliminary = model.regressors @ solution.coefficients
    gap = model.benchmarks - model.conversion @ preliminary
    values = preliminary + solution.spread @ cho_solve((solution.lower, True), gap)
    size = _size(model)
    squares = solution.squares * size * size
    inverse = solve_triangular(solution.triangle, np.eye(columns))
    errors = np.sqrt(squares / (count - columns) * np.sum(inverse * inverse, axis=1)) / solution.column_sizes
    logarithm = math.log(solution.squares / count) + 2.0 * math.log(size) if solution.squares > 0 else -math.inf
    return Fit(
        values=np.asarray(values, dtype=np.float64), rho=rho, residual_squares=squares, variance=squares / count,
        coefficients=tuple(float(each) for each in solution.coefficients), standard_errors=tuple(float(each) for each in errors),
        log_likelihood=solution.log_likelihood - count * math.log(size), r_squared=_r_squared(model, solution),
        aic=logarithm + 2.0 * columns / count, bic=logarithm + math.log(count) * columns / count,
    )  # fmt: skip


def _r_squared(model: Model, solution: _Solution) -> float:
    """Against the weighted mean of the benchmarks; nan where they do not vary."""
    from scipy.linalg import solve_triangular

    scaled = model.benchmarks / _size(model)
    white = solve_triangular(solution.lower, np.column_stack([scaled, np.ones_like(scaled)]), lower=True)
    mean = float(white[:, 1] @ white[:, 0]) / float(white[:, 1] @ white[:, 1])
    total = float(np.sum((white[:, 0] - mean * white[:, 1]) ** 2))
    return 1.0 - solution.squares / total if total > EXACT_FIT * float(white[:, 0] @ white[:, 0]) else math.nan
