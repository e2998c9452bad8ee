"""Turning points: Bry and Boschan against the reference chronology, Harding and Pagan against their own, and what always holds."""

from __future__ import annotations

import csv
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.assess.smoothing import cyclical_dominance, moving_average, spencer_curve, without_extremes
from guibiao.assess.turning_points import TurningPoints, TurningPointSpec, turning_points
from guibiao.assess.turns import PEAK, TROUGH, alternate, candidates, long_cycles, long_phases, refine
from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries, ordinal_of

DATA = Path(__file__).parent / "data"
REFERENCE = {
    "peak": "1920-01 1923-05 1926-10 1929-08 1937-05 1953-07 1957-08 1960-04 1969-12 1973-11 1980-01 1981-07 1990-07 2007-12",
    "trough": "1924-07 1927-11 1933-03 1938-06 1949-10 1954-05 1958-04 1961-02 1970-11 1975-03 1980-07 1982-11 1991-03 2001-11 2009-06",
}
"""Reference dates of the NBER Business Cycle Dating Committee, but for the war and its aftermath, 1921-07, 1948-11 and 2001-03."""


def read(name: str, frequency: Frequency) -> TimeSeries:
    rows = list(csv.reader((DATA / name).read_text("utf-8").splitlines()))[1:]
    year, season = rows[0][0].replace("Q", "").split("-")
    return TimeSeries(name, frequency, ordinal_of(frequency, int(year), int(season)), tuple(float(row[1]) for row in rows))


def series(values: list[float], frequency: Frequency = Frequency.MONTH) -> TimeSeries:
    return TimeSeries("x", frequency, ordinal_of(frequency, 2000), tuple(values))


def months(label: str) -> int:
    return int(label[:4]) * 12 + int(label[5:7])


def test_industrial_production_turns_near_the_reference_dates() -> None:
    found = turning_points(read("industrial_production.csv", Frequency.MONTH))
    peaks, troughs = ([found.series.label(at) for at in places] for places in (found.peaks, found.troughs))
    for own, reference, within in ((peaks, REFERENCE["peak"], 7), (troughs, REFERENCE["trough"], 8)):
        apart = [min(abs(months(label) - months(date)) for label in own) for date in reference.split()]
        assert max(apart) <= within
        assert sum(each == 0 for each in apart) >= 6
        assert sum(each <= 3 for each in apart) >= len(apart) - 2
    assert peaks[:4] == ["1920-01", "1923-05", "1926-09", "1929-07"]
    assert troughs[-2:] == ["2009-06", "2016-03"]
    assert found.dominance == 1


def test_gross_domestic_product_by_harding_and_pagan() -> None:
    found = turning_points(read("gross_domestic_product.csv", Frequency.QUARTER))
    peaks, troughs = (" ".join(found.series.label(at) for at in places) for places in (found.peaks, found.troughs))
    assert peaks == "1960-Q1 1969-Q3 1973-Q4 1980-Q1 1981-Q3 1990-Q2 2008-Q2"
    assert troughs == "1960-Q4 1970-Q1 1975-Q1 1980-Q3 1982-Q1 1991-Q1"


def test_a_clear_cycle_of_years() -> None:
    values = [100 + 10 * math.sin(2 * math.pi * (at - 9) / 48) for at in range(200)]
    found = turning_points(series(values))
    assert found.peaks == (21, 69, 117, 165)
    assert found.troughs == (45, 93, 141, 189)


def test_an_extreme_value_is_no_turn() -> None:
    values = [100 + 10 * math.sin(2 * math.pi * (at - 9) / 48) for at in range(200)]
    values[100] = 60.0
    found = turning_points(series(values))
    assert 100 in found.replaced
    assert found.peaks == (21, 69, 117, 165)


def holds(found: TurningPoints) -> None:
    kinds = [kind for _at, kind in found.turns]
    assert all(kind != after for kind, after in pairwise(kinds))
    places = [at for at, _kind in found.turns]
    spec = found.spec
    assert all(after - at >= spec.minimum_phase for at, after in pairwise(places))
    for own in (found.peaks, found.troughs):
        assert all(after - at >= spec.minimum_cycle for at, after in pairwise(own))
    assert all(spec.ends <= at < len(found.series) - spec.ends for at in places)


@given(st.integers(0, 2**32 - 1), st.integers(27, 160), st.sampled_from([0.0, 0.3, 3.0]), st.booleans())
def test_walks_keep_the_rules(seed: int, length: int, drift: float, rounded: bool) -> None:
    values = 50 + np.cumsum(np.random.default_rng(seed).normal(drift, 1, length))
    values = np.round(values) if rounded else values
    holds(turning_points(series(values.tolist())))
    holds(turning_points(series(values.tolist(), Frequency.QUARTER)))


@given(st.lists(st.floats(-1e6, 1e6), min_size=27, max_size=80))
def test_any_values_keep_the_rules(values: list[float]) -> None:
    holds(turning_points(series(values)))
    holds(turning_points(series(values), TurningPointSpec(method="harding-pagan")))


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1000))
def test_the_unit_does_not_matter(seed: int, scale: float) -> None:
    values = np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.02, 90)))
    assert turning_points(series(values.tolist())).turns == turning_points(series((values * scale).tolist())).turns


def test_turned_upside_down_peaks_are_troughs() -> None:
    values = np.random.default_rng(4).normal(0, 1, 150).cumsum()
    spec = TurningPointSpec(logarithm=False)
    found, turned = turning_points(series(values.tolist()), spec), turning_points(series((-values).tolist()), spec)
    assert (found.peaks, found.troughs) == (turned.troughs, turned.peaks)
    assert found.peaks


def test_a_constant_series_has_none_and_says_so() -> None:
    found = turning_points(series([5.0] * 40))
    assert found.turns == ()
    assert found.notes == ("x 没有变动，没有转折点。",)


def test_logarithms_are_left_out_where_they_cannot_be_taken() -> None:
    found = turning_points(series([math.sin(at / 7) for at in range(120)]), TurningPointSpec(logarithm=True))
    assert found.turns
    assert "未取对数" in found.notes[0]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (TimeSeries("x", Frequency.YEAR, 2000, tuple(range(1, 50))), "不是月度或季度"),
        (TimeSeries("x", Frequency.MONTH, 24000, (1.0, math.nan, *range(2, 50))), "缺 1 期：2000-02"),
        (TimeSeries("x", Frequency.MONTH, 24000, (math.nan, *range(1, 50)), "", ((1, 2),)), "跨几期"),
        (TimeSeries("x", Frequency.MONTH, 24000, (1.0, 2.0)), "只有 2 期"),
    ],
)
def test_refusals(bad: TimeSeries, told: str) -> None:
    with pytest.raises(BadRequest, match=told) as caught:
        turning_points(bad)
    assert caught.value.remedy


@pytest.mark.parametrize("spec", [TurningPointSpec(reach=-1), TurningPointSpec(minimum_cycle=3), TurningPointSpec(extreme=-1)])
def test_lengths_that_cannot_be(spec: TurningPointSpec) -> None:
    with pytest.raises(BadRequest):
        turning_points(series([float(at % 30) for at in range(100)]), spec)


def test_spencer_reproduces_a_cubic() -> None:
    line = np.arange(40.0) ** 3
    assert np.allclose(spencer_curve(line)[7:-7], line[7:-7])
    assert np.allclose(spencer_curve(line, quarterly=True)[2:-2], line[2:-2])


def test_the_twelve_month_average_is_centred() -> None:
    line = np.arange(40.0)
    assert np.allclose(moving_average(line, 12)[6:-6], line[6:-6])
    assert moving_average(np.eye(1, 25, 12)[0], 12)[[5, 6, 12, 18, 19]].tolist() == pytest.approx([0, 1 / 24, 1 / 12, 1 / 24, 0])


def test_months_of_cyclical_dominance() -> None:
    curve = np.arange(30.0)
    saw = curve + np.tile([0.8, -0.8], 15)
    assert cyclical_dominance(saw, curve, 12) == 2
    assert cyclical_dominance(curve * 0 + np.tile([1.0, -1.0], 15), curve * 0, 12) == 12


def test_ends_are_never_replaced() -> None:
    values = np.zeros(60)
    values[[0, 30]] = 100
    replaced, where = without_extremes(values, np.zeros(60), 3.5)
    assert where == (30,)
    assert replaced[0] == 100


def test_rules_one_by_one() -> None:
    values = np.array([0, 1, 2, 2, 1, 0, 0, 1, 3, 1], dtype=np.float64)
    assert candidates(values, 2) == ((2, PEAK), (6, TROUGH))
    assert alternate([(2, PEAK), (8, PEAK)], values) == ((8, PEAK),)
    assert alternate([(2, PEAK), (3, PEAK)], values) == ((2, PEAK),)
    assert alternate([(2, PEAK), (3, PEAK)], values, later_peak=True) == ((3, PEAK),)
    assert alternate([(5, TROUGH), (6, TROUGH)], values) == ((6, TROUGH),)
    assert alternate([(5, TROUGH), (5, PEAK)], values) == ()
    assert refine([(1, PEAK), (7, TROUGH)], values, 2) == ((2, PEAK), (6, TROUGH))
    assert long_cycles([(2, PEAK), (6, TROUGH), (8, PEAK)], values, 10) == ((6, TROUGH), (8, PEAK))
    assert long_phases([(0, TROUGH), (4, PEAK), (5, TROUGH), (9, PEAK)], 3) == ((0, TROUGH), (9, PEAK))
    assert long_phases([(2, PEAK), (3, TROUGH)], 3) == ((2, PEAK),)
