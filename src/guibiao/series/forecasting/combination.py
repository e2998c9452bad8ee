"""Combination of point forecasts: the median over several models, horizon by horizon. Pure numpy.

Method sheet: docs/methods/0631-forecasts-and-combination.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Combined:
    """Median, least and greatest over the members, each of shape (horizon,)."""

    mean: Values
    least: Values
    greatest: Values


def combine(members: Mapping[str, Values]) -> Combined:
    """The median of forecasts of equal length; raises ValueError without members."""
    if not members:
        raise ValueError("a combination needs members")
    stacked = np.stack(list(members.values()))
    return Combined(np.median(stacked, axis=0), stacked.min(axis=0), stacked.max(axis=0))
