"""JDemetra+ against the reference results of X-13, and what it does with models that are kept, gaps, and what it cannot do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification, parse_holidays
from guibiao.series.adjustment import jdemetra_runtime
from guibiao.series.adjustment.engines import check_engine, engine_named
from guibiao.series.adjustment.request import prepare
from guibiao.series.adjustment.result import AdjustmentResult, Grade
from tests.series.adjustment.adjustment_samples import AIRLINE, sample
from tests.series.adjustment.jdemetra_apart import JDemetraApart
from tests.series.adjustment.seasonal_oracle import CASES, Oracle, read_oracle

ESTIMATED, EXACT = 1e-5, 1e-12
"""Largest difference of the adjusted series over its largest value: where a model is estimated, and where X-11 runs alone.

Measured: 5.7e-6 at most and 4e-15. Coefficients differ by 1e-4 at most, standard errors are the engines' own.
"""
NOT_INVERTIBLE = {("ldeaths", "fixed_airline_log_x11"), ("ldeaths", "fixed_airline_log_seats")}
"""The moving average lies on the unit circle, where the two programs stop at different places (7.5e-4)."""
FLAT = {("cn_imp", "fixed_airline_none_x11")}
"""The likelihood is flat: coefficients differ by 3e-4, the adjusted series by 3.1e-5."""
SAME_IDENTIFICATION = {
    ("AirPassengers", "auto_x11"),
    ("us_unemp", "auto_x11"),
    ("cn_imp", "cny_prepost_auto_x11"),
    ("cn_imp", "auto_seats"),
}
"""Automatic cases where JDemetra+ finds the model that X-13 finds."""


TWO, OTHERS = ("TC2012-03", "SO2013-01"), ("LS2014-05", "AO2012-02")
WINDOWS = parse_holidays("spring-festival:-6..-1,0..6")


@pytest.fixture(scope="module")
def oracle(shared_folder: Path) -> Oracle:
    return read_oracle(shared_folder / "data" / "oracles" / "seasonal")


@pytest.fixture(scope="module")
def results(oracle: Oracle, jdemetra: JDemetraApart) -> Mapping[tuple[str, str], AdjustmentResult]:
    """Every case with a stated model or none, and the automatic ones that find the same model."""
    keys = [key for key in oracle.tables if not CASES[key[1]].automatic or key in SAME_IDENTIFICATION]
    return dict(zip(keys, jdemetra.adjust([prepare(oracle.series[name], CASES[case]) for name, case in keys]), strict=True))


@pytest.mark.needs_java
def test_the_adjusted_series_equals_that_of_x13(oracle: Oracle, results: Mapping[tuple[str, str], AdjustmentResult]) -> None:
    assert len(results) == 41
    for key, result in results.items():
        components = result.components
        assert components is not None, (key, result.reasons)
        tolerance = EXACT if result.model is None else 1e-3 if key in NOT_INVERTIBLE else 4e-5 if key in FLAT else ESTIMATED
        for table, values in (("final", components.adjusted), ("seasonal", components.seasonal)):
            expected = oracle.tables[key][table]
            scale = max(map(abs, oracle.tables[key]["final"].values() if not components.multiplicative else expected.values()))
            worst = max(abs(values[at - result.series.start] - value) for at, value in expected.items())
            assert worst <= tolerance * scale, (key, table, worst / scale)


@pytest.mark.needs_java
def test_coefficients_equal_those_of_x13(oracle: Oracle, results: Mapping[tuple[str, str], AdjustmentResult]) -> None:
    checked = 0
    for key in set(results) - NOT_INVERTIBLE:
        model = results[key].model
        own = {each.term: each.estimate for each in model.coefficients} if model else {}
        xreg = iter([each.estimate for each in model.coefficients if ":" in each.term] if model else [])
        for term, expected, _error, _z in oracle.coefficients.get(key, ()):
            found = next(xreg) if term.startswith("xreg") else own[term]
            assert abs(found - expected) < 4e-4, (key, term)
            checked += 1
    assert checked == 101


@pytest.mark.needs_java
def test_spring_festival_of_china_imports(results: Mapping[tuple[str, str], AdjustmentResult]) -> None:
    model = results["cn_imp", "cny_prepost_auto_x11"].model
    assert model is not None
    assert str(model.orders) == "(0 1 2)(0 1 1)"
    found = {each.term: each.estimate for each in model.coefficients}
    assert abs(found["spring-festival:0..6"] - -0.2005) < 5e-5


@pytest.mark.needs_java
@pytest.mark.parametrize("method", ["x11", "seats"])
@pytest.mark.parametrize(
    "fields",
    [
        {"model": "(0 1 1)(0 1 1)", "transform": "log", "trading_days": "china", "constant": True, "known_outliers": TWO},
        {"model": "(1 0 1)(0 1 1)", "transform": "none", "trading_days": "days", "easter": "8", "known_outliers": OTHERS},
        {"model": "(2 1 0)(1 0 0)", "transform": "log", "trading_days": "weekday", "holidays": WINDOWS},
    ],
)  # fmt: skip
def test_a_kept_model_gives_the_same_again(method: str, fields: dict[str, object], jdemetra: JDemetraApart) -> None:
    specification = AdjustmentSpecification(method=method, **fields)  # type: ignore[arg-type]
    series = sample(years=10)
    first = jdemetra.adjust([prepare(series, specification)])[0]
    assert first.model is not None
    assert first.components is not None
    kept = first.model.fixed(coefficients=True)
    again = jdemetra.adjust([prepare(series, specification, fixed=kept)])[0]
    assert again.model is not None
    assert again.components is not None
    assert again.components.adjusted == pytest.approx(first.components.adjusted, rel=1e-9)
    assert all(each.fixed for each in again.model.coefficients)
    assert again.model.fixed(coefficients=True) == kept
    assert again.model.leap_year == first.model.leap_year
    estimated = jdemetra.adjust([prepare(series, specification, fixed=first.model.fixed(coefficients=False))])[0]
    assert estimated.model is not None
    assert not any(each.fixed for each in estimated.model.coefficients)


@pytest.mark.needs_java
@pytest.mark.parametrize(("method", "multiplicative"), [("x11", True), ("x11", False), ("seats", True), ("seats", False)])
def test_the_tables_fit_together(method: str, multiplicative: bool, jdemetra: JDemetraApart) -> None:
    specification = AdjustmentSpecification(
        method=method, model="(0 1 1)(0 1 1)", transform="log" if multiplicative else "none", trading_days="weekday",
        holidays=parse_holidays("spring-festival:-10..5"),
    )  # type: ignore[arg-type]  # fmt: skip
    result = jdemetra.adjust([prepare(sample(), specification)])[0]
    components = result.components
    assert components is not None
    assert components.multiplicative is multiplicative
    join = math.prod if multiplicative else math.fsum
    for at, value in enumerate(result.series.values):
        assert join([components.adjusted[at], components.seasonal[at], components.calendar[at]]) == pytest.approx(value, rel=1e-9)
        assert join([components.trend[at], components.irregular[at]]) == pytest.approx(components.adjusted[at], rel=1e-6)
    assert len(components.forecast) == len(components.forecast_low) == (12 if method == "x11" else 36)
    assert all(
        low < mean < high for low, mean, high in zip(components.forecast_low, components.forecast, components.forecast_high, strict=True)
    )


@pytest.mark.needs_java
def test_gaps_are_estimated(jdemetra: JDemetraApart) -> None:
    series = sample()
    values = list(series.values)
    values[30] = math.nan
    result = jdemetra.adjust([prepare(replace(series, values=tuple(values)), AIRLINE)])[0]
    whole = jdemetra.adjust([prepare(series, AIRLINE)])[0]
    assert result.components is not None
    assert whole.components is not None
    assert result.components.adjusted[30] == pytest.approx(whole.components.adjusted[30], rel=0.05)


@pytest.mark.needs_java
def test_quarters_and_what_cannot_be_adjusted(jdemetra: JDemetraApart) -> None:
    monthly = sample(years=12)
    quarters = TimeSeries("q", Frequency.QUARTER, 2010 * 4, tuple(sum(monthly.values[at : at + 3]) for at in range(0, 144, 3)))
    flat = TimeSeries("flat", Frequency.MONTH, 2010 * 12, (5.0,) * 119 + (6.0,))
    good, bad = jdemetra.adjust([prepare(quarters, AIRLINE), prepare(flat, AdjustmentSpecification())])
    assert good.components is not None
    assert good.model is not None
    assert {each.term for each in good.model.coefficients} == {"MA-Nonseasonal-01", "MA-Seasonal-04"}
    assert bad.grade is Grade.ERROR
    assert bad.components is None
    assert bad.reasons[0].code == "engine"


@pytest.mark.needs_java
def test_what_x13_found_can_be_kept_by_jdemetra(jdemetra: JDemetraApart) -> None:
    specification = AdjustmentSpecification(method="x11", model="(0 1 1)(0 1 1)", transform="log", known_outliers=("LS2012-05",))
    series = sample()
    found = engine_named("x13").adjust([prepare(series, specification)])[0]
    assert found.model is not None
    assert found.components is not None
    kept = jdemetra.adjust([prepare(series, specification, fixed=found.model.fixed(coefficients=True))])[0]
    assert kept.components is not None
    assert kept.components.adjusted == pytest.approx(found.components.adjusted, rel=1e-5)


def test_sliding_spans_are_refused_by_name() -> None:
    with pytest.raises(BadRequest, match="sliding_spans"):
        check_engine("jdemetra", AdjustmentSpecification(sliding_spans=True))
    check_engine("x13", AdjustmentSpecification(sliding_spans=True))


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(BadRequest, match="tramo"):
        engine_named("tramo")


def test_without_java_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jdemetra_runtime, "find_spec", lambda _name: None)
    jdemetra_runtime.java.cache_clear()
    try:
        with pytest.raises(BadRequest) as caught:
            engine_named("jdemetra")
    finally:
        jdemetra_runtime.java.cache_clear()
    assert "guibiao[jdemetra]" in caught.value.remedy
    assert "--engine x13" in caught.value.remedy
