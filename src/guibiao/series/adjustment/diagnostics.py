"""Tests of an adjustment that need only its tables, so that every engine is judged alike. Method sheet: docs/methods/0615."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FTest:
    """An F statistic with its p-value; nan for both where nothing varies."""

    f: float
    p: float


def seasonal_f(values: Sequence[float], per_year: int, season: int) -> FTest:
    """One-way analysis of variance by season of values the first of which lies in `season` (from 0)."""
    import numpy as np

    data = np.asarray(values, dtype=np.float64)
    seasons = (season + np.arange(len(data))) % per_year
    groups = [data[seasons == each] for each in range(per_year) if (seasons == each).any()]
    between = sum(len(group) * (group.mean() - data.mean()) ** 2 for group in groups)
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
    return _f(float(between), len(groups) - 1, within, len(data) - len(groups))


def residual_seasonality(adjusted: Sequence[float], per_year: int, season: int, years: int = 0) -> FTest:
    """F-test of stable seasonality on differences of the adjusted series over a quarter, of the last `years` (0: all), as X-11 makes it."""
    import numpy as np

    data = np.asarray(adjusted, dtype=np.float64)
    lag = max(per_year // 4, 1)
    change = data[lag:] - data[:-lag]
    kept = min(years * per_year, len(change)) if years else len(change)
    first = len(data) - kept
    return seasonal_f(change[len(change) - kept :].tolist(), per_year, (season + first) % per_year)


def stable_seasonality(ratios: Sequence[float], per_year: int, season: int) -> FTest:
    """F_S: variance between seasons against that within, on seasonal-irregular ratios (in per cent or amounts)."""
    return seasonal_f(ratios, per_year, season)


def moving_seasonality(ratios: Sequence[float], per_year: int, season: int, multiplicative: bool) -> FTest:
    """F_M: two-way analysis of variance of absolute seasonal-irregular deviations by year and season, over whole years (Higginson 1975)."""
    import numpy as np

    skip = -season % per_year
    data = np.asarray(ratios, dtype=np.float64)[skip:]
    years = len(data) // per_year
    table = np.abs(data[: years * per_year].reshape(years, per_year) - (1.0 if multiplicative else 0.0))
    by_year, by_season, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    between = per_year * float(((by_year - mean) ** 2).sum())
    residual = float(((table - by_year[:, None] - by_season[None, :] + mean) ** 2).sum())
    return _f(between, years - 1, residual, (years - 1) * (per_year - 1))


def identifiable(stable: FTest, moving: FTest) -> float:
    """Combined test of Lothian and Morry (1978): 1 identifiable seasonality present, 0.5 perhaps, 0 not; nan where it cannot be made."""
    import math

    if math.isnan(stable.f) or math.isnan(moving.f):
        return math.nan
    if stable.p > 0.001 or stable.f <= 0:
        return 0.0
    ratios = (7 / stable.f, 3 * moving.f / stable.f)
    if moving.p <= 0.05:
        return 1.0 if math.sqrt(sum(ratios) / 2) < 1 else 0.0
    return 1.0 if max(ratios) < 1 else 0.5


def annual_discrepancy(original: Sequence[float], adjusted: Sequence[float], per_year: int, season: int) -> float:
    """Largest difference between annual sums before and after, relative to the mean absolute annual sum; whole years without gaps only."""
    import numpy as np

    skip = -season % per_year
    before, after = (np.asarray(each, dtype=np.float64)[skip:] for each in (original, adjusted))
    years = len(before) // per_year
    sums = before[: years * per_year].reshape(years, per_year).sum(axis=1)
    others = after[: years * per_year].reshape(years, per_year).sum(axis=1)
    whole = ~np.isnan(sums)
    scale = float(np.abs(sums[whole]).mean()) if whole.any() else 0.0
    return float(np.abs(sums - others)[whole].max() / scale) if scale else float("nan")


def _f(between: float, first: int, within: float, second: int) -> FTest:
    from scipy.stats import f as distribution

    if first < 1 or second < 1 or within <= 0:
        return FTest(float("nan"), float("nan"))
    statistic = (between / first) / (within / second)
    return FTest(statistic, float(distribution.sf(statistic, first, second)))
