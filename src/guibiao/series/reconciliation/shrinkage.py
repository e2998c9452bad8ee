"""Covariance of forecast errors, shrunk towards its diagonal.

Schaefer and Strimmer (2005), with the intensity for correlations and second moments about zero, as the R package hts takes them
(Wickramasuriya, Athanasopoulos and Hyndman 2019). Method sheet: docs/methods/0626-reconciliation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Covariance, shape (series, series), and the intensity between 0 (the sample) and 1 (the diagonal)."""

    covariance: NDArray[np.float64]
    intensity: float


def second_moments(residuals: NDArray[np.float64]) -> NDArray[np.float64]:
    """R'R / n of residuals, shape (periods, series): residuals have mean zero by their nature, so none is taken off."""
    return np.asarray(residuals.T @ residuals / len(residuals), dtype=np.float64)


def shrink_to_diagonal(residuals: NDArray[np.float64]) -> Shrunk:
    """The covariance with correlations times 1 - lambda; lambda = sum of their estimated variances / sum of their squares, within [0, 1].

    Residuals have at least two rows and no column of zeros.
    """
    count = len(residuals)
    covariance = second_moments(residuals)
    sizes = np.sqrt(np.diag(covariance))
    standardised = residuals / sizes
    squared = standardised**2
    variances = (squared.T @ squared - (standardised.T @ standardised) ** 2 / count) / (count * (count - 1))
    correlations = covariance / np.outer(sizes, sizes)
    apart = ~np.eye(len(sizes), dtype=bool)
    dispersion = float(np.sum(correlations[apart] ** 2))
    intensity = float(np.clip(np.sum(variances[apart]) / dispersion, 0.0, 1.0)) if dispersion > 0 else 1.0
    shrunk = (1.0 - intensity) * covariance
    np.fill_diagonal(shrunk, np.diag(covariance))
    return Shrunk(shrunk, intensity)
