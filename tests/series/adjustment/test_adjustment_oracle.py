"""X-13 results equal the reference implementation's on the same program, for every case and every coefficient."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from guibiao.series.adjustment.request import prepare
from guibiao.series.adjustment.result import AdjustmentResult, Components
from guibiao.series.adjustment.x13 import X13Engine
from tests.series.adjustment.seasonal_oracle import CASES, Oracle, read_oracle

TOLERANCE = 1e-6
"""Relative, on every figure; measured: equal to all digits printed."""


@pytest.fixture(scope="module")
def oracle(shared_folder: Path) -> Oracle:
    return read_oracle(shared_folder / "data" / "oracles" / "seasonal")


@pytest.fixture(scope="module")
def results(oracle: Oracle) -> Mapping[tuple[str, str], AdjustmentResult]:
    """All cases in one run of the program."""
    keys = list(oracle.tables)
    requests = [prepare(oracle.series[series], CASES[case]) for series, case in keys]
    return dict(zip(keys, X13Engine().adjust(requests), strict=True))


def table_of(components: Components, name: str) -> tuple[float, ...]:
    names = {"final": "adjusted", "seasonaladj": "adjusted", "fct_forecast": "forecast"}
    found: tuple[float, ...] = getattr(components, names.get(name, name))
    return found


def test_every_case_of_the_reference_is_known(oracle: Oracle) -> None:
    assert {case for _series, case in oracle.tables} == set(CASES)
    assert len(oracle.tables) == 50


def test_tables(oracle: Oracle, results: Mapping[tuple[str, str], AdjustmentResult]) -> None:
    compared = 0
    for key, tables in oracle.tables.items():
        result = results[key]
        assert result.components is not None, key
        for name, expected in tables.items():
            first = result.series.end + 1 if name == "fct_forecast" else result.series.start
            assert sorted(expected) == list(range(first, first + len(expected))), key
            values = [expected[ordinal] for ordinal in sorted(expected)]
            assert table_of(result.components, name) == pytest.approx(values, rel=TOLERANCE, abs=0), (key, name)
            compared += len(values)
    assert compared == 59168


def test_coefficients(oracle: Oracle, results: Mapping[tuple[str, str], AdjustmentResult]) -> None:
    compared = 0
    for key, expected in oracle.coefficients.items():
        model = results[key].model
        assert model is not None, key
        given = [each for each in expected if not each[0].startswith("xreg")]
        own = [each for each in model.coefficients if each.group != "holiday" or each.term.startswith("Easter")]
        assert [each.term for each in own] == [each[0] for each in given], key
        for found, row in zip(model.coefficients, expected, strict=True):
            assert (found.estimate, found.standard_error, found.t) == pytest.approx(row[1:], rel=TOLERANCE, abs=0), (key, row[0])
            compared += 1
    assert compared == 151


def test_published_figures(results: Mapping[tuple[str, str], AdjustmentResult]) -> None:
    seats, x11 = results["AirPassengers", "auto_seats"], results["AirPassengers", "auto_x11"]
    assert seats.model is not None
    assert str(seats.model.orders) == "(0 1 1)(0 1 1)"
    assert seats.model.aicc == pytest.approx(947.3395, abs=5e-5)
    assert seats.components is not None
    assert x11.components is not None
    assert seats.components.adjusted[-1] == pytest.approx(487.5447, abs=5e-5)
    assert x11.components.adjusted[-1] == pytest.approx(491.8789, abs=5e-5)
    assert effect_of(results["cn_imp", "cny_help_m1"], "spring-festival:0..6") == pytest.approx(-0.190645, abs=5e-7)
    assert effect_of(results["cn_imp", "cny_help_m3_prepost_auto"], "spring-festival:0..6") == pytest.approx(-0.2005, abs=5e-5)


def effect_of(result: AdjustmentResult, term: str) -> float:
    assert result.model is not None
    return next(each.estimate for each in result.model.coefficients if each.term == term)


def test_the_parts_make_the_whole(results: Mapping[tuple[str, str], AdjustmentResult]) -> None:
    """Adjusted is original without season and calendar; trend and irregular make it up, but for outliers."""
    for key, result in results.items():
        tables = result.components
        assert tables is not None
        for at, value in enumerate(result.series.values):
            whole = tables.adjusted[at] * tables.combined[at] if tables.multiplicative else tables.adjusted[at] + tables.combined[at]
            assert whole == pytest.approx(value, rel=1e-9), (key, at)


def test_own_tests_equal_those_of_x11(results: Mapping[tuple[str, str], AdjustmentResult]) -> None:
    """The tests every engine shares are those X-13 prints, to the digits printed."""
    compared = 0
    for key, result in results.items():
        if result.specification.method != "x11":
            continue
        figures = result.diagnostics.values
        for name in ("stable_seasonality_f", "moving_seasonality_f", "residual_seasonality_f", "residual_seasonality_last_3_years_f"):
            assert figures[name] == pytest.approx(figures[f"x11_{name}"], abs=6e-4), (key, name)
            assert figures[f"{name}_p"] == pytest.approx(figures[f"x11_{name}_p"], abs=6e-4), (key, name)
            compared += 1
    assert compared == 140
