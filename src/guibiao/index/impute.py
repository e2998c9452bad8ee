"""Imputation of missing values. Method sheet: docs/methods/1003-imputation.md; COINr 1.1.14 `Impute`, `i_mean_grp`, `impute_panel`; EM:
Dempster, Laird and Rubin (1977), Schafer (1997), ch. 5. What cannot be filled stays nan and is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from guibiao.index.matrix import Matrix, Places, rows_by

Centre = Callable[[Matrix], float]
BETWEEN = ("constant", "linear", "linear-constant")


@dataclass(frozen=True, slots=True)
class Expectation:
    """Result of EM: filled values (rows, indicators), mean and covariance, iterations, last change, and whether it converged."""

    values: Matrix
    mean: Matrix
    covariance: Matrix
    iterations: int
    change: float
    converged: bool


def mean_of(column: Matrix) -> float:
    """Mean of the values present; nan where there are none."""
    present = column[~np.isnan(column)]
    return float(present.mean()) if present.size else float("nan")


def median_of(column: Matrix) -> float:
    """Median of the values present; nan where there are none."""
    present = column[~np.isnan(column)]
    return float(np.median(present)) if present.size else float("nan")


def fill_by(values: Matrix, groups: Sequence[str], centre: Centre) -> Matrix:
    """Missing cells of (rows, indicators) filled with the centre of their group; a row without group ("") is left as it is."""
    filled = values.copy()
    for label, rows in rows_by(groups).items():
        if label == "":
            continue
        part = values[rows]
        centres = np.array([centre(part[:, place]) for place in range(values.shape[1])])
        filled[rows] = np.where(np.isnan(part), centres, part)
    return filled


def fill_latest(values: Matrix, units: Sequence[str], times: Sequence[float], most_times: int | None = None) -> Matrix:
    """A missing cell takes the same unit's latest earlier value, looking back over at most `most_times` times of the panel."""
    filled = values.copy()
    calendar = {time: place for place, time in enumerate(sorted(set(times)))}
    ordinal = np.array([calendar[time] for time in times])
    for rows in rows_by(units).values():
        ordered = rows[np.argsort(ordinal[rows], kind="stable")]
        for later in range(1, len(ordered)):
            row = ordered[later]
            for earlier in ordered[:later][::-1]:
                if most_times is not None and ordinal[row] - ordinal[earlier] > most_times:
                    break
                filled[row] = np.where(np.isnan(filled[row]), values[earlier], filled[row])
    return filled


def fill_between(values: Matrix, units: Sequence[str], times: Sequence[float], method: str) -> Matrix:
    """Cells filled along each unit's times: straight line, or constant from the earlier value; beyond the ends the nearest value.

    `linear` needs two values, `linear-constant` takes the only one where there is one.
    """
    filled = values.copy()
    when = np.array(times, dtype=np.float64)
    for rows in rows_by(units).values():
        ordered = rows[np.argsort(when[rows], kind="stable")]
        for place in range(values.shape[1]):
            filled[ordered, place] = _along(when[ordered], values[ordered, place], method)
    return filled


def _along(when: Matrix, column: Matrix, method: str) -> Matrix:
    known = ~np.isnan(column)
    count = int(known.sum())
    if known.all() or count == 0 or (count == 1 and method == "linear"):
        return column
    if method == "constant" or count == 1:
        before = np.clip(np.searchsorted(when[known], when, side="right") - 1, 0, None)
        found = column[known][before]
    else:
        found = np.interp(when, when[known], column[known])
    return np.where(known, column, found)


def fill_expectation(values: Matrix, *, ridge: float, tolerance: float, most_iterations: int) -> Expectation:
    """EM for the multivariate normal distribution on (rows, indicators); a row or a column without any value is left as it is.

    Columns are standardised; at each step `ridge` of each variance is added to the diagonal (a ridge prior, Schafer 5.4). Missing
    cells become their conditional expectation.
    """
    usable_rows, usable = ~np.isnan(values).all(axis=1), ~np.isnan(values).all(axis=0)
    part = values[np.ix_(usable_rows, usable)]
    centre = np.array([mean_of(column) for column in part.T])
    spread = np.array([float(np.nanstd(column)) or 1.0 for column in part.T])
    x = (part - centre) / spread
    patterns = rows_by([tuple(row) for row in np.isnan(x)])
    mean, covariance = np.zeros(x.shape[1]), np.eye(x.shape[1])
    change, step = float("inf"), 0
    while step < most_iterations and change > tolerance:
        expected, extra = _expect(x, patterns, mean, covariance)
        new_mean = expected.mean(axis=0)
        centred = expected - new_mean
        new = (centred.T @ centred + extra) / len(x)
        new[np.diag_indices_from(new)] += ridge * np.maximum(np.diag(new), 1e-12)
        change = max(float(np.abs(new - covariance).max()), float(np.abs(new_mean - mean).max()))
        mean, covariance, step = new_mean, new, step + 1
    expected = _expect(x, patterns, mean, covariance)[0] * spread + centre
    filled = values.copy()
    filled[np.ix_(usable_rows, usable)] = np.where(np.isnan(part), expected, part)
    return Expectation(filled, mean * spread + centre, covariance * np.outer(spread, spread), step, change, change <= tolerance)


def _expect(x: Matrix, patterns: dict[tuple[bool, ...], Places], mean: Matrix, covariance: Matrix) -> tuple[Matrix, Matrix]:
    """Conditional expectations of the missing cells, and the sum of their conditional covariances; one solve a pattern of missing cells."""
    expected, extra = x.copy(), np.zeros_like(covariance)
    for pattern, rows in patterns.items():
        missing = np.array(pattern)
        if not missing.any():
            continue
        known = ~missing
        cross = covariance[np.ix_(known, missing)]
        regression = np.linalg.solve(covariance[np.ix_(known, known)], cross)
        expected[np.ix_(rows, missing)] = mean[missing] + (x[np.ix_(rows, known)] - mean[known]) @ regression
        extra[np.ix_(missing, missing)] += len(rows) * (covariance[np.ix_(missing, missing)] - cross.T @ regression)
    return expected, extra
