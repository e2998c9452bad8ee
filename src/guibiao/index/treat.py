"""Outlier treatment by skewness and kurtosis: winsorise, and where that does not help, transform. Columns one by one.

Method sheet: docs/methods/1004-outlier-treatment.md. Source: COINr 1.1.14 `Treat`, `winsorise`, `log_CT`; OECD/JRC Handbook, step 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from guibiao.index.matrix import Matrix
from guibiao.reference.index.specification import FirstTreatment, Treatment

FEWEST_FOR_SKEWNESS = 3
FEWEST_FOR_KURTOSIS = 4


@dataclass(frozen=True, slots=True)
class Check:
    """Skewness and kurtosis of a column; `passed` is None where they cannot tell (too few values, or all equal)."""

    skewness: float
    kurtosis: float
    passed: bool | None


@dataclass(frozen=True, slots=True)
class FrozenTreatment:
    """What was done to a column, as parameters that do it again: clip, then transform. The default does nothing."""

    low: float | None = None
    high: float | None = None
    transformation: str = "none"
    minimum: float = 0.0
    maximum: float = 0.0
    box_cox_lambda: float = 0.0


@dataclass(frozen=True, slots=True)
class ColumnTreatment:
    """A treated column (rows), each check in order, points winsorised (None: not tried) and a mark per row.

    Marks are `winhi`, `winlo`, the transformation with a `+` before it, or both; `untreatable` where no check was possible on the way.
    """

    values: Matrix
    checks: tuple[Check, ...]
    winsorised: int | None
    marks: tuple[str, ...]
    frozen: FrozenTreatment
    untreatable: bool = False


def _centred(values: Matrix) -> Matrix:
    """Deviations from the mean over the greatest of them: shape does not depend on the unit, and no power overflows."""
    deviations = values - values.mean()
    return np.asarray(deviations / np.abs(deviations).max(), dtype=np.float64)


def skewness(values: Matrix) -> float:
    """Sample skewness G1 (type 2: SAS, SPSS, Excel) of a column without nan; nan below three values or without variance."""
    count = len(values)
    if count < FEWEST_FOR_SKEWNESS or values.max() == values.min():
        return float("nan")
    centred = _centred(values)
    squares = centred * centred
    biased = np.sqrt(count) * float((squares * centred).sum()) / float(squares.sum()) ** 1.5
    return float(biased * np.sqrt(count * (count - 1)) / (count - 2))


def kurtosis(values: Matrix) -> float:
    """Sample excess kurtosis G2 (type 2) of a column without nan; nan below four values or without variance."""
    count = len(values)
    if count < FEWEST_FOR_KURTOSIS or values.max() == values.min():
        return float("nan")
    centred = _centred(values)
    squares = centred * centred
    excess = count * float((squares * squares).sum()) / float(squares.sum()) ** 2 - 3
    return ((count + 1) * excess + 6) * (count - 1) / ((count - 2) * (count - 3))


def check(column: Matrix, rule: Treatment) -> Check:
    """A column passes where skewness OR kurtosis lies within its threshold."""
    present = column[~np.isnan(column)]
    skew, kurt = skewness(present), kurtosis(present)
    if abs(skew) < rule.skewness or kurt < rule.kurtosis:
        return Check(skew, kurt, True)
    return Check(skew, kurt, None if np.isnan(skew) or np.isnan(kurt) else False)


def winsorise(column: Matrix, rule: Treatment) -> tuple[Matrix, list[str], int] | None:
    """Greatest (or, at negative skewness, least) values set to the next one, until the check passes or `most_points` are reached.

    Tied values count each. None where no other value is left to set them to.
    """
    values, high, low = column.copy(), np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    state = check(values, rule)
    while (not state.passed or rule.force) and (rule.most_points is None or len(high) + len(low) < rule.most_points):
        present = ~np.isnan(values)
        upward = state.skewness >= 0
        edge = np.nanmax(values) if upward else np.nanmin(values)
        places = np.flatnonzero(values == edge)
        rest = values[present & (values != edge)]
        if not rest.size:
            return None
        values[places] = rest.max() if upward else rest.min()
        high, low = (places, low) if upward else (high, places)
        state = check(values, rule)
        if state.passed is None:
            return None
    marks = [""] * len(values)
    for place in high:
        marks[place] = "winhi"
    for place in low:
        marks[place] = "winlo"
    return values, marks, len(high) + len(low)


def treat_column(column: Matrix, rule: Treatment) -> ColumnTreatment:
    """One column (rows,) in the order check, `method`, check, `then` on the untreated (or, combined, the treated) values, check."""
    nothing = ("",) * len(column)
    if rule.method == "none":
        return ColumnTreatment(column, (), None, nothing, FrozenTreatment())
    checks = [check(column, rule)]
    if checks[0].passed is not False:
        return ColumnTreatment(column, tuple(checks), None, nothing, FrozenTreatment(), checks[0].passed is None)
    first = _attempt(column, rule.method, rule)
    if first is None:
        return ColumnTreatment(column, tuple(checks), None, nothing, FrozenTreatment(), untreatable=True)
    checks.append(check(first.values, rule))
    if checks[-1].passed is None:
        return ColumnTreatment(column, tuple(checks), first.winsorised, nothing, FrozenTreatment(), untreatable=True)
    if checks[-1].passed or rule.then == "none":
        return replace(first, checks=tuple(checks))
    return _second(column, first, rule, checks)


def _second(column: Matrix, first: ColumnTreatment, rule: Treatment, checks: list[Check]) -> ColumnTreatment:
    """The transformation after a first attempt that did not help; marks keep what the first had marked."""
    second = _attempt(first.values if rule.combine else column, rule.then, rule)
    if second is None:
        return ColumnTreatment(column, tuple(checks), None, ("",) * len(column), FrozenTreatment(), untreatable=True)
    checks.append(check(second.values, rule))
    marks = tuple(f"{one}+{rule.then}" for one in first.marks)
    frozen = second.frozen
    if rule.combine:
        frozen = replace(frozen, low=first.frozen.low, high=first.frozen.high)
    if checks[-1].passed is None:
        return ColumnTreatment(column, tuple(checks), first.winsorised, ("",) * len(column), FrozenTreatment(), untreatable=True)
    return ColumnTreatment(second.values, tuple(checks), first.winsorised, marks, frozen)


def _attempt(column: Matrix, method: FirstTreatment, rule: Treatment) -> ColumnTreatment | None:
    if method == "winsorise":
        done = winsorise(column, rule)
        if done is None:
            return None
        values, marks, count = done
        return ColumnTreatment(values, (), count, tuple(marks), _clipping(values, marks))
    frozen = FrozenTreatment(
        transformation=method,
        minimum=float(np.nanmin(column)),
        maximum=float(np.nanmax(column)),
        box_cox_lambda=rule.box_cox_lambda,
    )
    if method == "log-ct-plus" and skewness(column[~np.isnan(column)]) <= 0:
        frozen = replace(frozen, transformation="log-ct-negative")
    if method == "log-gii" and frozen.maximum <= 1:
        return None
    return ColumnTreatment(transform(column, frozen), (), None, (method,) * len(column), frozen)


def _clipping(values: Matrix, marks: list[str]) -> FrozenTreatment:
    """Winsorised points hold the bound they were set to."""
    bounds = {mark: float(value) for mark, value in zip(marks, values, strict=True) if mark}
    return FrozenTreatment(low=bounds.get("winlo"), high=bounds.get("winhi"))


def _log_ct(x: Matrix, at: FrozenTreatment) -> Matrix:
    return np.log(x - at.minimum + 0.01 * (at.maximum - at.minimum))


def _log_ct_negative(x: Matrix, at: FrozenTreatment) -> Matrix:
    return -np.log(at.maximum + 0.01 * (at.maximum - at.minimum) - x)


def _log_ct_original(x: Matrix, at: FrozenTreatment) -> Matrix:
    return np.log(x - at.minimum + 1)


def _log_gii(x: Matrix, at: FrozenTreatment) -> Matrix:
    return np.log((at.maximum - 1) * (x - at.minimum) / (at.maximum - at.minimum) + 1)


def _box_cox(x: Matrix, at: FrozenTreatment) -> Matrix:
    shifted = x - at.minimum + 1
    return np.log(shifted) if at.box_cox_lambda == 0 else (shifted**at.box_cox_lambda - 1) / at.box_cox_lambda


_TRANSFORMATIONS: Mapping[str, Callable[[Matrix, FrozenTreatment], Matrix]] = {
    "log-ct": _log_ct, "log-ct-plus": _log_ct, "log-ct-negative": _log_ct_negative, "log-ct-original": _log_ct_original,
    "log-gii": _log_gii, "box-cox": _box_cox,
}  # fmt: skip


def transform(values: Matrix, frozen: FrozenTreatment) -> Matrix:
    """The frozen transformation; values beyond the range it was fitted on that have no logarithm become nan."""
    if frozen.transformation == "none":
        return values
    with np.errstate(invalid="ignore", divide="ignore"):
        result = _TRANSFORMATIONS[frozen.transformation](values, frozen)
    return np.where(np.isfinite(result), result, np.nan)


def apply_treatment(column: Matrix, frozen: FrozenTreatment) -> Matrix:
    """A column (rows,) under parameters fitted before; on the data they were fitted on it gives the same bits."""
    values = column
    if frozen.low is not None:
        values = np.maximum(values, frozen.low)
    if frozen.high is not None:
        values = np.minimum(values, frozen.high)
    return transform(values, frozen)
