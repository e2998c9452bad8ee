"""Link factors over an overlap, back-casting, and growth that is refused across an unlinked break."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries, ordinal_of
from guibiao.reference.series.monthly import LinkMethod, LinkSpecification
from guibiao.series.published.linking import SeriesBreak, back_cast, growth_within_breaks, link

NAN = math.nan


def yearly(first: int, *values: float, name: str = "output") -> TimeSeries:
    return TimeSeries(name, Frequency.YEAR, first, values, "亿元")


OLD = yearly(2015, 80.0, 90.0, 100.0, 110.0, 120.0)
NEW = yearly(2018, 121.0, 144.0, 150.0)


@pytest.mark.parametrize(
    ("method", "factor", "offset"),
    [
        (LinkMethod.RATIO_OF_MEANS, 265 / 230, 0.0),
        (LinkMethod.FIRST, 1.1, 0.0),
        (LinkMethod.LAST, 1.2, 0.0),
        (LinkMethod.DIFFERENCE, 1.0, 17.5),
    ],
)
def test_each_method_by_hand(method: LinkMethod, factor: float, offset: float) -> None:
    found = link(OLD, NEW, LinkSpecification(method=method, reason="第四次经济普查"))
    assert (found.factor, found.offset) == pytest.approx((factor, offset), rel=1e-15)
    assert (found.first, found.last, found.periods, found.reason) == ("2018", "2019", 2, "第四次经济普查")
    single = (11.0, 24.0) if method is LinkMethod.DIFFERENCE else (1.1, 1.2)
    assert (found.lowest, found.highest) == pytest.approx(single)


def test_back_casting_leaves_the_new_figures_alone() -> None:
    linked = back_cast(OLD, NEW, LinkSpecification(method=LinkMethod.FIRST))
    assert linked.series.values == pytest.approx((88.0, 99.0, 110.0, 121.0, 144.0, 150.0))
    assert linked.series.values[3:] == NEW.values
    assert (linked.back_cast_from, linked.back_cast_to, linked.back_cast) == ("2015", "2017", 3)
    assert linked.series.start == 2015


@given(st.lists(st.floats(0.1, 1000), min_size=3, max_size=20), st.floats(0.1, 10))
def test_growth_before_the_break_is_that_of_the_old_series(values: list[float], factor: float) -> None:
    old = yearly(2000, *values)
    new = yearly(2000 + len(values) - 1, values[-1] * factor)
    linked = back_cast(old, new, LinkSpecification())
    for at in range(1, len(values)):
        assert linked.series.values[at] / linked.series.values[at - 1] == pytest.approx(values[at] / values[at - 1], rel=1e-12)


def test_a_window_of_the_overlap() -> None:
    assert link(OLD, NEW, LinkSpecification(first="2019", last="2019")).factor == pytest.approx(1.2)
    with pytest.raises(BadRequest, match="2017 不是"):
        link(OLD, NEW, LinkSpecification(first="2017"))
    with pytest.raises(BadRequest, match="没有都有数的时期"):
        link(OLD, NEW, LinkSpecification(first="2019", last="2018"))


def test_what_is_missing_stays_missing() -> None:
    linked = back_cast(yearly(2015, 80.0, NAN, 100.0, 110.0, 120.0), yearly(2018, 110.0, NAN, 150.0), LinkSpecification())
    assert math.isnan(linked.series.values[1])
    assert linked.back_cast == 2
    assert linked.filled == ("2019",)
    assert math.isnan(linked.series.values[4])


def test_nothing_before_the_new_series() -> None:
    linked = back_cast(yearly(2019, 120.0), NEW, LinkSpecification())
    assert linked.series.values == NEW.values
    assert (linked.back_cast, linked.back_cast_from) == (0, "")


def test_a_span_is_carried_over_and_never_links() -> None:
    start = ordinal_of(Frequency.MONTH, 2018)
    old = TimeSeries("x", Frequency.MONTH, start, (NAN, 20.0, 10.0, 10.0), "", ((1, 2),))
    new = TimeSeries("x", Frequency.MONTH, start + 1, (44.0, 22.0, 22.0))
    linked = back_cast(old, new, LinkSpecification())
    assert linked.link.factor == 2.2
    assert linked.link.periods == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (OLD, yearly(2021, 1.0), "没有都有数"),
        (OLD, TimeSeries("q", Frequency.QUARTER, 8072, (1.0,)), "频率不同"),
        (yearly(2018, 0.0, 1.0), NEW, "零或负数"),
        (yearly(2018, -1.0, 1.0), NEW, "零或负数"),
    ],
)
def test_what_cannot_be_linked_is_refused(old: TimeSeries, new: TimeSeries, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        link(old, new, LinkSpecification())


def test_growth_across_an_unlinked_break_is_refused_and_told() -> None:
    series = yearly(2016, 100.0, 110.0, 200.0, 220.0)
    growth, faults = growth_within_breaks(series, 1, [SeriesBreak(2018, "新的统计分类")])
    assert growth.values[1] == pytest.approx(10.0)
    assert math.isnan(growth.values[2])
    assert growth.values[3] == pytest.approx(10.0)
    (fault,) = faults
    assert (fault.rule, fault.severity) == ("comparison_across_break", "warning")
    assert (fault.period, fault.compared_with, fault.date_of_break) == ("2018", "2017", "2018")
    assert "新的统计分类" in fault.message


def test_a_linked_break_hinders_nothing() -> None:
    growth, faults = growth_within_breaks(yearly(2017, 100.0, 110.0), 1, [SeriesBreak(2018, "普查", linked=True)])
    assert growth.values[1] == pytest.approx(10.0)
    assert not faults


def test_growth_over_a_year_spans_a_break_twelve_times() -> None:
    start = ordinal_of(Frequency.MONTH, 2020)
    series = TimeSeries("x", Frequency.MONTH, start, tuple(map(float, range(100, 136))))
    _growth, faults = growth_within_breaks(series, 12, [SeriesBreak(start + 15, "改口径")])
    assert [fault.period for fault in faults][:1] == ["2021-04"]
    assert len(faults) == 12


def test_a_span_compares_with_a_span_only() -> None:
    start = ordinal_of(Frequency.MONTH, 2020)
    values = (NAN, 20.0, *([10.0] * 10), NAN, 22.0, 11.0)
    series = TimeSeries("x", Frequency.MONTH, start, values, "", ((1, 2), (13, 2)))
    growth, _faults = growth_within_breaks(series, 12, [])
    assert growth.values[13] == pytest.approx(10.0)
    monthly, _faults = growth_within_breaks(series, 1, [])
    assert math.isnan(monthly.values[2])
    assert monthly.values[3] == 0.0


def test_no_growth_over_zero_or_less() -> None:
    growth, _faults = growth_within_breaks(yearly(2016, 0.0, 1.0, -1.0, 1.0), 1, [])
    assert [math.isnan(value) for value in growth.values] == [True, True, False, True]
    with pytest.raises(BadRequest):
        growth_within_breaks(OLD, 0, [])
