"""Weights of siblings as every method gives them. Method sheets: docs/methods/1013-1016."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from guibiao.index.matrix import Matrix
from guibiao.index.sampling import stream

FEWEST_UNITS_PER_INDICATOR = 3
"""Cases to variables below which weights from data are called unstable: OECD/JRC Handbook, step 4 (Grossman et al. 1991)."""
_BOOTSTRAP = 1_500_000
"""Purpose of the bootstrap's streams."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights (siblings,) that sum to one, with bounds of their sampling spread (nan where there is none), figures and remarks."""

    method: str
    codes: tuple[str, ...]
    weights: Matrix
    low: Matrix
    high: Matrix
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def plain(
    method: str, codes: tuple[str, ...], weights: Matrix, diagnostics: Mapping[str, Any] | None = None, remarks: tuple[str, ...] = ()
) -> Weights:
    """Weights without a spread, scaled to sum to one."""
    nothing = np.full(len(codes), np.nan)
    return Weights(method, codes, weights / weights.sum(), nothing, nothing, diagnostics or {}, remarks)


def bootstrapped(values: Matrix, weigh: Callable[[Matrix], Matrix], samples: int, seed: int) -> tuple[Matrix, Matrix, int]:
    """Bounds (5 and 95 %) of weights over samples of rows drawn with replacement, and how many samples gave none."""
    found = []
    for number in range(samples):
        drawn = values[stream(seed, _BOOTSTRAP, number).integers(0, len(values), len(values))]
        weights = weigh(drawn)
        if np.isfinite(weights).all():
            found.append(weights)
    if not found:
        nothing = np.full(values.shape[1], np.nan)
        return nothing, nothing, samples
    low, high = np.quantile(np.array(found), (0.05, 0.95), axis=0)
    return low, high, samples - len(found)
