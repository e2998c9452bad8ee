"""Constraint, scale and refusals of disaggregation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.benchmarking import Benchmarking
from guibiao.series.disaggregation.aggregation import aggregate
from guibiao.series.disaggregation.disaggregate import disaggregate

WITHOUT_OPTIMISER = ("denton", "denton-cholette", "uniform", "ols", "fernandez", "chow-lin-fixed", "litterman-fixed")
METHODS = (*WITHOUT_OPTIMISER, "chow-lin-maxlog", "chow-lin-minrss-quilis", "litterman-maxlog")


def yearly(*values: float, first: int = 2001) -> TimeSeries:
    return TimeSeries("y", Frequency.YEAR, first, values)


def quarterly(values: object, start: int = 2001 * 4, name: str = "x") -> TimeSeries:
    return TimeSeries(name, Frequency.QUARTER, start, tuple(float(each) for each in np.asarray(values, dtype=np.float64)))


def spec(**given: object) -> Benchmarking:
    return Benchmarking(**given)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6),
    method=st.sampled_from(METHODS),
    conversion=st.sampled_from(["sum", "mean", "first", "last"]),
    scale=st.sampled_from([1e-9, 1.0, 1e13]),
    before=st.integers(0, 5),
    after=st.integers(0, 5),
)
def test_results_always_add_up_to_their_benchmarks(seed: int, method: str, conversion: str, scale: float, before: int, after: int) -> None:
    random = np.random.default_rng(seed)
    years = int(random.integers(4, 12))
    indicator = quarterly(random.normal(0.0, 30.0, before + 4 * years + after) + random.uniform(-200, 200), 2001 * 4 - before)
    benchmark = yearly(*(scale * random.normal(random.uniform(-50, 50), 20.0, years)))
    found = disaggregate(benchmark, [indicator], spec(method=method, conversion=conversion))
    again = aggregate(found.series, Frequency.YEAR, conversion)
    inner = again.series.window(2001, 2000 + years)
    assert inner.values == pytest.approx(benchmark.values, rel=1e-8, abs=1e-13 * float(np.max(np.abs(found.series.array()))))
    assert len(found.series) == len(indicator)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), method=st.sampled_from(WITHOUT_OPTIMISER), factor=st.sampled_from([1e-12, 3.7, 1e12]))
def test_a_change_of_unit_changes_the_unit_only(seed: int, method: str, factor: float) -> None:
    random = np.random.default_rng(seed)
    indicator = quarterly(random.uniform(50.0, 90.0, 30))
    benchmark = yearly(*random.uniform(200.0, 400.0, 7))
    one = disaggregate(benchmark, [indicator], spec(method=method)).series.array()
    other_benchmark = benchmark.with_values(tuple(factor * value for value in benchmark.values))
    scaled = indicator.with_values(tuple(factor * value for value in indicator.values))
    other = disaggregate(other_benchmark, [scaled], spec(method=method)).series.array()
    assert other == pytest.approx(factor * one, rel=1e-7)


@pytest.mark.parametrize("factor", [1e-12, 1e9, 1e15])
def test_the_unit_of_the_indicator_does_not_matter_to_denton_cholette(factor: float) -> None:
    movement = np.random.default_rng(4).uniform(50.0, 90.0, 30)
    benchmark = yearly(300.0, 310.0, 280.0, 350.0, 360.0, 340.0, 390.0)
    plain = disaggregate(benchmark, [quarterly(movement)], spec(method="denton-cholette")).series.values
    scaled = disaggregate(benchmark, [quarterly(movement * factor)], spec(method="denton-cholette")).series.values
    assert scaled == pytest.approx(plain, rel=1e-11)


def test_estimates_do_not_depend_on_the_unit() -> None:
    random = np.random.default_rng(5)
    indicator = quarterly(np.cumsum(random.normal(1, 1, 80)) + 50)
    benchmark = yearly(*(np.array(indicator.values).reshape(20, 4).sum(axis=1) * 0.3 + np.cumsum(random.normal(0, 1, 20))))
    one = disaggregate(benchmark, [indicator], spec(method="chow-lin-maxlog"))
    other = disaggregate(
        benchmark.with_values(tuple(1e10 * each for each in benchmark.values)), [indicator], spec(method="chow-lin-maxlog")
    )
    assert one.rho == pytest.approx(other.rho, abs=1e-6)
    assert other.series.array() == pytest.approx(1e10 * one.series.array(), rel=1e-6)


def test_ten_years_do_not_tell_rho_and_the_default_fixes_it() -> None:
    random = np.random.default_rng(11)
    indicator = quarterly(np.cumsum(random.normal(1, 1, 40)) + 50)
    totals = np.array(indicator.values).reshape(10, 4).sum(axis=1)
    found = disaggregate(yearly(*(0.5 * totals + random.normal(0, 3, 10))), [indicator], spec())
    assert (found.method, found.rho) == ("chow-lin-fixed", 0.5)
    assert found.profile is not None
    assert not found.profile.identified
    assert any("10 个基准定不出 rho" in note for note in found.notes)


def test_the_default_without_degrees_of_freedom_is_denton_cholette() -> None:
    short = disaggregate(yearly(10.0, 12.0, 13.0), [quarterly(np.arange(1, 13))], spec())
    bare = disaggregate(yearly(10.0, 12.0), [], spec(to="Q"))
    assert (short.method, bare.method) == ("denton-cholette", "denton-cholette")
    assert any("自由度" in note for note in short.notes)
    assert any("没有相关指标" in note for note in bare.notes)


def test_benchmarks_the_indicator_does_not_cover_are_left_out_by_name_or_refused() -> None:
    indicator = quarterly(np.arange(10, 26), 2003 * 4)
    benchmark = yearly(*np.arange(100.0, 108.0))
    found = disaggregate(benchmark, [indicator], spec(method="denton-cholette"))
    assert (found.benchmarks, found.series.label(0)) == (4, "2003-Q1")
    assert any("4 个基准期" in note and "2001、2002、2007、2008" in note for note in found.notes)
    with pytest.raises(BadRequest, match="2001、2002、2007、2008"):
        disaggregate(benchmark, [indicator], spec(method="denton-cholette", uncovered="refuse"))


def test_a_year_covered_in_part_is_not_covered() -> None:
    found = disaggregate(yearly(*np.arange(100.0, 104.0)), [quarterly(np.arange(1, 15))], spec(method="denton-cholette"))
    assert (found.benchmarks, found.after) == (3, 2)


def test_several_indicators_are_cut_to_what_they_share() -> None:
    random = np.random.default_rng(3)
    one, other = quarterly(random.uniform(1, 2, 40)), quarterly(random.uniform(1, 2, 38), 2001 * 4 + 1, "z")
    found = disaggregate(yearly(*random.uniform(5, 6, 10)), [one, other], spec(method="ols"))
    assert (found.series.label(0), len(found.series), found.benchmarks) == ("2001-Q2", 38, 8)
    assert any("共同" in note for note in found.notes)


def test_an_exact_fit_leaves_nothing_to_estimate() -> None:
    indicator = quarterly(np.arange(10.0, 50.0))
    totals = np.array(indicator.values).reshape(10, 4).sum(axis=1)
    found = disaggregate(yearly(*(2.0 * totals + 12.0)), [indicator], spec(method="chow-lin-maxlog"))
    assert found.series.values == pytest.approx(2.0 * indicator.array() + 3.0, rel=1e-10)
    assert any("完全吻合" in note for note in found.notes)


def test_benchmarks_of_zero_give_zeros() -> None:
    found = disaggregate(yearly(0.0, 0.0, 0.0, 0.0, 0.0), [quarterly(np.arange(1, 21))], spec(method="chow-lin-fixed"))
    assert found.series.values == pytest.approx([0.0] * 20, abs=1e-12)
    assert found.fit is not None
    assert math.isnan(found.fit.r_squared)


def test_negative_results_from_positive_figures_are_told() -> None:
    indicator = quarterly([1, 1, 1, 97] * 5)
    found = disaggregate(yearly(10.0, 900.0, 10.0, 900.0, 10.0), [indicator], spec(method="denton-cholette", criterion="additive"))
    assert min(found.series.values) < 0
    assert any("为负" in note for note in found.notes)


LONG = quarterly(np.arange(1, 41))
GAP = quarterly([1, 2, math.nan, 4, 5, 6, 7, 8, 9, 10, 11, 12])


@pytest.mark.parametrize(
    ("benchmark", "indicators", "stated", "words"),
    [
        (yearly(1.0, math.nan, 3.0), [], {"to": "Q"}, "缺 1 期：2002"),
        (yearly(1.0, 2.0, 3.0), [GAP], {}, "缺 1 期：2001-Q3"),
        (yearly(1.0, 2.0), [], {}, "目标频率"),
        (quarterly([1, 2, 3, 4]), [yearly(1.0, 2.0)], {}, "目标要更高"),
        (yearly(1.0, 2.0), [LONG], {"to": "M"}, "低于目标频率"),
        (yearly(1.0, 2.0, first=2050), [LONG], {}, "没有完整覆盖"),
        (yearly(*range(1, 11)), [LONG, quarterly(np.arange(40) ** 2, name="z")], {"method": "denton"}, "只用一个指标"),
        (yearly(*range(1, 11)), [LONG, LONG], {"method": "ols"}, "线性相关"),
        (yearly(*range(1, 11)), [quarterly(np.full(40, 7.0))], {"method": "chow-lin-fixed"}, "线性相关"),
        (yearly(1.0, 2.0), [LONG], {"method": "chow-lin-fixed"}, "自由度不够"),
        (yearly(1.0, 2.0, 3.0), [quarterly([0, *range(1, 12)])], {"method": "denton-cholette"}, "1 期为零"),
        (yearly(1.0), [], {"to": "Q", "method": "denton-cholette", "h": 2}, "至少要 2 个基准"),
        (yearly(*range(1, 11)), [], {"to": "Q", "method": "ols", "intercept": False}, "没有指标，也没有常数项"),
        (yearly(*range(1, 11)), [LONG], {"rho": 1.0}, "须在 -1 与 1 之间"),
        (yearly(*range(1, 11)), [LONG], {"rho": math.nan}, "须在 -1 与 1 之间"),
        (yearly(*range(1, 11)), [LONG], {"rho": 0.5, "method": "ols"}, "不用固定的 rho"),
        (yearly(*range(1, 11)), [LONG], {"truncated_rho": -1.0, "method": "chow-lin-fixed"}, "无从截断"),
        (yearly(*range(1, 11)), [LONG], {"h": 2, "method": "chow-lin-fixed"}, "没有差分阶数"),
        (yearly(1.0, 2.0), [], {"to": "Q", "rho": 0.9}, "默认方法不用 rho"),
        (TimeSeries("y", Frequency.YEAR, 1900, (1.0,) * 100), [], {"to": "D"}, "多于"),
        (yearly(1.0, 2.0), [LONG, quarterly([1, 2, 3], 2090 * 4)], {}, "没有共同的时期"),
        (yearly(1.0, 2.0), [TimeSeries("m", Frequency.MONTH, 24012, (math.nan, 5.0, 3.0), "", ((1, 2),))], {}, "合并公布"),
    ],
)
def test_what_cannot_be_done_is_refused(benchmark: TimeSeries, indicators: list[TimeSeries], stated: dict[str, object], words: str) -> None:
    with pytest.raises(BadRequest, match=words) as raised:
        disaggregate(benchmark, indicators, spec(**stated))
    assert raised.value.remedy


def test_indicators_that_cancel_within_their_only_year_determine_nothing() -> None:
    with pytest.raises(BadRequest, match="定不出唯一"):
        disaggregate(yearly(5.0), [quarterly([1, -1, 2, -2])], spec(method="denton-cholette"))


def test_aggregation_keeps_whole_periods_and_counts_the_rest() -> None:
    made = aggregate(quarterly(np.arange(1, 12), 2001 * 4 + 1), Frequency.YEAR, "mean")
    assert (made.series.start, made.series.values) == (2002, (5.5, 9.5))
    assert (made.left_out_before, made.left_out_after) == (3, 0)
    with pytest.raises(BadRequest, match="低于"):
        aggregate(yearly(1.0), Frequency.MONTH, "sum")
    with pytest.raises(BadRequest, match="不满一个完整"):
        aggregate(quarterly([1, 2, 3], 2001 * 4 + 2), Frequency.YEAR, "sum")
