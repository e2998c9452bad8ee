"""Disaggregation against the formulas of the literature written out with full matrices, and against cases reckoned by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.benchmarking import Benchmarking
from guibiao.series.disaggregation.disaggregate import disaggregate

Matrix = NDArray[np.float64]
YEARS, BEFORE, AFTER = 9, 3, 6
PERIODS = BEFORE + 4 * YEARS + AFTER
CONVERSIONS = ("sum", "mean", "first", "last")


@dataclass(frozen=True)
class Case:
    """Annual benchmarks 2001-2009 and quarterly indicators that begin before them and go on after."""

    benchmark: TimeSeries
    indicators: tuple[TimeSeries, ...]

    @property
    def regressors(self) -> Matrix:
        return np.column_stack([np.ones(PERIODS), *(each.array() for each in self.indicators)])


@pytest.fixture(scope="module")
def case() -> Case:
    random = np.random.default_rng(19710226)
    start = 2001 * 4 - BEFORE
    movement = np.cumsum(random.normal(1.0, 2.0, (2, PERIODS)), axis=1) + 60.0
    errors = np.cumsum(random.normal(0.0, 1.5, PERIODS))
    target = 20.0 + 1.7 * movement[0] - 0.4 * movement[1] + errors
    yearly = target[BEFORE : BEFORE + 4 * YEARS].reshape(YEARS, 4).sum(axis=1)
    indicators = tuple(TimeSeries(f"x{at}", Frequency.QUARTER, start, tuple(row)) for at, row in enumerate(movement))
    return Case(TimeSeries("y", Frequency.YEAR, 2001, tuple(yearly)), indicators)


def conversion(kind: str) -> Matrix:
    """C, shape (YEARS, PERIODS)."""
    weights = {"sum": [1, 1, 1, 1], "mean": [0.25] * 4, "first": [1, 0, 0, 0], "last": [0, 0, 0, 1]}[kind]
    return np.hstack([np.zeros((YEARS, BEFORE)), np.kron(np.eye(YEARS), weights), np.zeros((YEARS, AFTER))])


def stationary(rho: float) -> Matrix:
    at = np.arange(PERIODS)
    return np.asarray(np.power(rho, np.abs(at[:, None] - at[None, :])) / (1.0 - rho**2))


def random_walk(rho: float) -> Matrix:
    step = np.eye(PERIODS) - np.eye(PERIODS, k=-1)
    filtered = np.eye(PERIODS) - rho * np.eye(PERIODS, k=-1)
    return np.linalg.inv(step.T @ filtered.T @ filtered @ step)


def regressed(case: Case, covariance: Matrix, kind: str) -> tuple[Matrix, Matrix, float, float]:
    """Values, coefficients, residual squares and log-likelihood of Chow and Lin (1971), equations 11-13."""
    matrix, y, x = conversion(kind), case.benchmark.array(), case.regressors
    spread = matrix @ covariance @ matrix.T
    inverse = np.linalg.inv(spread)
    aggregated = matrix @ x
    coefficients = np.linalg.solve(aggregated.T @ inverse @ aggregated, aggregated.T @ inverse @ y)
    residuals = y - aggregated @ coefficients
    values = x @ coefficients + covariance @ matrix.T @ inverse @ residuals
    squares = float(residuals @ inverse @ residuals)
    likelihood = -YEARS / 2 * (1 + math.log(2 * math.pi) + math.log(squares / YEARS)) - math.log(np.linalg.det(spread)) / 2
    return values, coefficients, squares, likelihood


@pytest.mark.parametrize("kind", CONVERSIONS)
@pytest.mark.parametrize(
    ("method", "rho"), [("ols", None), ("fernandez", None), ("chow-lin-fixed", 0.83), ("chow-lin-fixed", -0.4), ("litterman-fixed", 0.6)]
)
def test_regressions_are_the_generalised_least_squares_of_chow_and_lin(case: Case, method: str, rho: float | None, kind: str) -> None:
    covariance = {"ols": stationary(0.0), "fernandez": random_walk(0.0)}.get(method)
    if covariance is None:
        covariance = (stationary if method.startswith("chow") else random_walk)(rho or 0.0)
    values, coefficients, squares, likelihood = regressed(case, covariance, kind)
    found = disaggregate(case.benchmark, case.indicators, Benchmarking(method=method, rho=rho, conversion=kind))
    assert found.fit is not None
    assert found.series.values == pytest.approx(values, rel=1e-8)
    assert found.fit.coefficients == pytest.approx(coefficients, rel=1e-8)
    assert found.fit.residual_squares == pytest.approx(squares, rel=1e-7)
    assert found.fit.log_likelihood == pytest.approx(likelihood, rel=1e-8)
    assert (found.before, found.after, found.series.start) == (BEFORE, AFTER, 2001 * 4 - BEFORE)


@pytest.mark.parametrize("kind", CONVERSIONS)
@pytest.mark.parametrize("modified", [True, False])
@pytest.mark.parametrize("criterion", ["proportional", "additive"])
@pytest.mark.parametrize("degree", [0, 1, 2])
def test_denton_solves_the_bordered_system(case: Case, degree: int, criterion: str, modified: bool, kind: str) -> None:
    matrix, y, x = conversion(kind), case.benchmark.array(), case.indicators[0].array()
    differences = np.linalg.matrix_power(np.eye(PERIODS) - np.eye(PERIODS, k=-1), degree)[degree if modified else 0 :]
    if criterion == "proportional":
        differences = differences @ np.diag(x.mean() / x)
    bordered = np.block([[differences.T @ differences, matrix.T], [matrix, np.zeros((YEARS, YEARS))]])
    deviations = np.linalg.solve(bordered, np.concatenate([np.zeros(PERIODS), y - matrix @ x]))[:PERIODS]
    spec = Benchmarking(method="denton-cholette" if modified else "denton", h=degree, criterion=criterion, conversion=kind)
    found = disaggregate(case.benchmark, case.indicators[:1], spec)
    assert found.series.values == pytest.approx(x + deviations, rel=1e-7)


@pytest.mark.parametrize(
    ("method", "objective"),
    [
        ("chow-lin-maxlog", lambda case, rho: -regressed(case, stationary(rho), "sum")[3]),
        ("chow-lin-minrss-quilis", lambda case, rho: regressed(case, stationary(rho), "sum")[2]),
        ("chow-lin-minrss-ecotrim", lambda case, rho: regressed(case, (1 - rho**2) * stationary(rho), "sum")[2]),
        ("litterman-maxlog", lambda case, rho: -regressed(case, random_walk(rho), "sum")[3]),
        ("litterman-minrss", lambda case, rho: regressed(case, random_walk(rho), "sum")[2]),
    ],
)
def test_estimated_rho_is_lowest_in_its_objective_nearby(case: Case, method: str, objective) -> None:
    found = disaggregate(case.benchmark, case.indicators, Benchmarking(method=method, truncated_rho=-1.0))
    assert found.rho is not None
    around = [max(-0.999, found.rho - 0.01), min(0.999, found.rho + 0.01)]
    assert all(objective(case, found.rho) <= objective(case, rho) + 1e-9 for rho in around)
    assert not found.truncated


@pytest.mark.parametrize("kind", ["first", "last"])
def test_of_two_equal_optima_the_positive_is_taken(case: Case, kind: str) -> None:
    """V of single periods four apart depends on rho^4 only."""
    found = disaggregate(case.benchmark, case.indicators[:1], Benchmarking(method="chow-lin-maxlog", conversion=kind, truncated_rho=-1.0))
    assert found.rho is not None
    assert found.rho >= 0.0
    one = Case(case.benchmark, case.indicators[:1])
    assert regressed(one, stationary(found.rho), kind)[3] == pytest.approx(regressed(one, stationary(-found.rho), kind)[3], rel=1e-9)


def test_a_rho_below_zero_is_truncated_and_told(case: Case) -> None:
    free = disaggregate(case.benchmark, case.indicators, Benchmarking(method="litterman-maxlog", truncated_rho=-1.0))
    assert free.rho is not None
    held = disaggregate(case.benchmark, case.indicators, Benchmarking(method="litterman-maxlog", truncated_rho=0.95))
    assert free.rho < 0.95
    assert (held.rho, held.truncated) == (0.95, True)
    assert any("下限" in note for note in held.notes)


def test_litterman_without_autoregression_is_fernandez(case: Case) -> None:
    one = disaggregate(case.benchmark, case.indicators, Benchmarking(method="litterman-fixed", rho=0.0))
    other = disaggregate(case.benchmark, case.indicators, Benchmarking(method="fernandez"))
    assert one.series.values == pytest.approx(other.series.values, rel=1e-12)


def denton_example(degree: int, criterion: str) -> list[float]:
    """Denton (1971), page 101: quarters 50, 100, 150, 100 in each of five years, totals 500, 400, 300, 400, 500."""
    quarters = TimeSeries("x", Frequency.QUARTER, 2001 * 4, (50.0, 100.0, 150.0, 100.0) * 5)
    years = TimeSeries("y", Frequency.YEAR, 2001, (500.0, 400.0, 300.0, 400.0, 500.0))
    found = disaggregate(years, [quarters], Benchmarking(method="denton", h=degree, criterion=criterion))
    return list(found.series.values)


def test_denton_of_levels_spreads_the_gap_evenly_or_by_squares() -> None:
    assert denton_example(0, "additive")[:8] == pytest.approx([75, 125, 175, 125, 50, 100, 150, 100])
    squares = np.array([2500.0, 10000.0, 22500.0, 10000.0])
    assert denton_example(0, "proportional")[:4] == pytest.approx(np.array([50, 100, 150, 100]) + 100 * squares / squares.sum())


def test_a_proportional_gap_scales_the_indicator() -> None:
    quarters = TimeSeries("x", Frequency.QUARTER, 2001 * 4, tuple(np.linspace(7.0, 30.0, 14)))
    years = TimeSeries("y", Frequency.YEAR, 2001, tuple(3.0 * np.array(quarters.values[:12]).reshape(3, 4).sum(axis=1)))
    found = disaggregate(years, [quarters], Benchmarking(method="denton-cholette"))
    assert found.series.values == pytest.approx(3.0 * quarters.array(), rel=1e-12)


def test_uniform_without_an_indicator_makes_steps() -> None:
    years = TimeSeries("y", Frequency.YEAR, 2001, (12.0, -24.0))
    found = disaggregate(years, [], Benchmarking(method="uniform", to="M"))
    assert found.series.values == pytest.approx([1.0] * 12 + [-2.0] * 12)
    assert found.series.labels[:2] == ("2001-01", "2001-02")


def test_days_of_a_quarter_are_counted_by_the_calendar() -> None:
    quarters = TimeSeries("y", Frequency.QUARTER, 2024 * 4, (91.0, 182.0))
    found = disaggregate(quarters, [], Benchmarking(method="uniform", to="D"))
    assert len(found.series) == 91 + 91
    assert found.series.values == pytest.approx([1.0] * 91 + [2.0] * 91)
    assert (found.series.label(0), found.series.label(59)) == ("2024-01-01", "2024-02-29")


def test_an_indicator_of_days_is_brought_to_months_first_and_told() -> None:
    days = TimeSeries("x", Frequency.DAY, 738156, tuple(float(at % 7 + 1) for at in range(400)))
    quarters = TimeSeries("y", Frequency.QUARTER, 2022 * 4, (30.0, 31.0, 32.0, 33.0))
    found = disaggregate(quarters, [days], Benchmarking(method="denton-cholette", to="M"))
    assert found.series.frequency is Frequency.MONTH
    assert np.array(found.series.values[:12]).reshape(4, 3).sum(axis=1) == pytest.approx([30, 31, 32, 33])
    assert any("汇总" in note for note in found.notes)
