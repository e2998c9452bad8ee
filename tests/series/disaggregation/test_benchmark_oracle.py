"""Disaggregation against the R package tempdisagg on its own example data."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from guibiao.model.series import TimeSeries
from guibiao.reference.series.benchmarking import Benchmarking
from guibiao.series.disaggregation.disaggregate import disaggregate
from guibiao.series_data import read_series

CASES = {
    "denton-cholette_1_sum": Benchmarking(method="denton-cholette", to="Q"),
    "denton-cholette_exports_h1_proportional": Benchmarking(method="denton-cholette"),
    "uniform_1": Benchmarking(method="uniform", to="Q"),
    "fernandez_exports": Benchmarking(method="fernandez"),
    "chow-lin-fixed_exports": Benchmarking(method="chow-lin-fixed"),
    "chow-lin-maxlog_exports": Benchmarking(method="chow-lin-maxlog"),
    "litterman-fixed_exports": Benchmarking(method="litterman-fixed"),
}


@pytest.fixture(scope="module")
def folder(shared_folder: Path) -> Path:
    return shared_folder / "data" / "oracles" / "temporal_disaggregation"


def series(folder: Path, name: str) -> TimeSeries:
    return replace(read_series(folder / f"input_{name}.csv"), name=name)


def expected(path: Path, case: str, column: str) -> dict[str, float]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[column]: float(row["value"]) for row in csv.DictReader(file) if row["case"] == case and row["value"] != "NA"}


def statistics(folder: Path, case: str) -> Mapping[str, float]:
    return expected(folder / "expected_stats.csv", case, "stat")


@pytest.mark.needs_shared
@pytest.mark.parametrize("case", CASES)
def test_series_and_statistics_equal_the_reference(folder: Path, case: str) -> None:
    indicators = [series(folder, "exports.q")] if "exports" in case else []
    found = disaggregate(series(folder, "sales.a"), indicators, CASES[case])
    reference = expected(folder / "expected_series.csv", case, "time")
    assert [float(label[:4]) + (int(label[-1]) - 1) / 4 for label in found.series.labels] == [float(each) for each in reference]
    assert found.series.values == pytest.approx(list(reference.values()), rel=1e-10)
    assert found.discrepancy < 1e-14
    told = statistics(folder, case)
    assert (found.fit is None) == (not told)
    if found.fit is None:
        return
    fit = found.fit
    ours = {
        "rho": fit.rho, "rss": fit.residual_squares, "r.squared": fit.r_squared, "logl": fit.log_likelihood, "aic": fit.aic, "bic": fit.bic,
        "s_2": fit.variance,
        **{f"coef_{name}": value for name, value in zip(found.names, fit.coefficients, strict=True)},
        **{f"se_{name}": value for name, value in zip(found.names, fit.standard_errors, strict=True)},
    }  # fmt: skip
    assert ours == pytest.approx(dict(told), rel=1e-9)


@pytest.mark.needs_shared
def test_two_indicators_months_and_days_of_the_reference_data(folder: Path) -> None:
    sales, quarters = series(folder, "sales.a"), series(folder, "sales.q")
    both = disaggregate(sales, [series(folder, "exports.q"), series(folder, "imports.q")], Benchmarking(method="chow-lin-maxlog"))
    months = disaggregate(quarters, [series(folder, "exports.m")], Benchmarking(method="litterman-fixed"))
    product = disaggregate(series(folder, "gdp.q"), [series(folder, "spi.d")], Benchmarking(method="chow-lin-fixed", rho=0.9))
    assert (both.names, len(both.series)) == (("(Intercept)", "exports.q", "imports.q"), 158)
    assert (months.before, months.after) == (36, 3)
    assert (len(product.series), product.after, product.discrepancy < 1e-12) == (5493, 107, True)


@pytest.mark.needs_shared
def test_years_that_the_quarterly_product_does_not_cover_are_left_out(folder: Path) -> None:
    found = disaggregate(series(folder, "sales.a"), [series(folder, "gdp.q")], Benchmarking(method="fernandez"))
    assert (found.benchmarks, found.series.label(0), found.after) == (6, "2005-Q1", 35)
    assert any("30 个基准期" in note for note in found.notes)
