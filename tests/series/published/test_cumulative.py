"""Months from cumulative figures: the figures as published, the range that rounding allows, gaps, and figures published alone."""

from __future__ import annotations

import math
import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries, ordinal_of
from guibiao.series.published.cumulative import Months, Sources, months_from_cumulative, period_label
from guibiao.series.published.rounding import Bounds, Published, printed
from guibiao.series_data import read_all
from tests.capabilities import ROOT

NAN = math.nan
RETAIL = ROOT / "workspaces" / "beijing" / "tables" / "national_monthly_retail_sales.csv"
NAME = "社会消费品零售总额"


def months_of(year: int, first: int, *values: float, name: str = "C", spans: tuple[tuple[int, int], ...] = ()) -> TimeSeries:
    return TimeSeries(name, Frequency.MONTH, ordinal_of(Frequency.MONTH, year, first), values, "", spans)


def derived(
    cumulative: TimeSeries | None = None,
    rate: TimeSeries | None = None,
    level: TimeSeries | None = None,
    growth: TimeSeries | None = None,
    decimals: int | None = 1,
) -> Months:
    return months_from_cumulative(Sources(*(each and printed(each, decimals) for each in (cumulative, rate, level, growth))))


@pytest.fixture(scope="module")
def retail() -> Months:
    found = read_all(RETAIL)
    columns = ("累计值", "累计增长", "当期值", "同比增长")
    return months_from_cumulative(Sources(*(printed(found[NAME + column]) for column in columns)))


def test_every_published_growth_of_retail_sales_lies_in_the_derived_range(retail: Months) -> None:
    compared = [row for row in retail.rows if row.growth_agrees is not None]
    assert len(retail.rows) == 91
    assert len(compared) == 82
    assert all(row.growth_agrees for row in compared)


def test_two_published_levels_of_retail_sales_were_revised_later(retail: Months) -> None:
    apart = [period_label(retail.frequency, row) for row in retail.rows if row.level_agrees is False]
    assert apart == ["2024-06", "2024-07"]


def test_december_growth_is_known_to_a_point_only(retail: Months) -> None:
    (december,) = (row for row in retail.rows if period_label(retail.frequency, row) == "2024-12")
    assert december.level == Bounds(45171.5, 45171.4, 45171.6)
    assert december.base.value == pytest.approx(43643.9613526570, rel=1e-12)
    assert december.growth.value == pytest.approx(3.5, abs=1e-9)
    assert (december.growth.low, december.growth.high) == pytest.approx((2.4800, 4.5404), abs=5e-5)
    assert december.published_growth.value == 3.7


def test_january_and_february_stay_one(retail: Months) -> None:
    first = retail.rows[0]
    assert (period_label(retail.frequency, first), first.periods, first.level.value) == ("2018-01..02", 2, 61081.8)
    assert first.growth == Bounds(9.7, 9.65, 9.75)
    assert first.base.value == pytest.approx(61081.8 / 1.097, rel=1e-15)
    series = retail.series("level")
    assert series.labels[0] == "2018-01"
    assert math.isnan(series.values[0])
    assert series.spans[0] == (1, 2)
    assert not series.missing


@given(
    base=st.lists(st.floats(50, 500), min_size=12, max_size=12),
    rates=st.lists(st.floats(-30, 40), min_size=12, max_size=12),
    decimals=st.sampled_from([0, 1, 2]),
)
@settings(max_examples=60, deadline=None)
def test_the_range_holds_the_truth(base: list[float], rates: list[float], decimals: int) -> None:
    """Publish rounded sums of known months; what was not published must lie in what is derived."""
    levels = [value * (1 + rate / 100) for value, rate in zip(base, rates, strict=True)]
    sums = [math.fsum(levels[: at + 1]) for at in range(12)]
    base_sums = [math.fsum(base[: at + 1]) for at in range(12)]
    cumulative = [round(value, decimals) for value in sums]
    growth = [round(100 * (now / then - 1), decimals) for now, then in zip(sums, base_sums, strict=True)]
    months = derived(months_of(2020, 1, *cumulative), months_of(2020, 1, *growth), decimals=decimals)
    slack = 1e-9
    for row, level, below, rate in zip(months.rows, levels, base, rates, strict=True):
        assert row.level.low - slack <= level <= row.level.high + slack
        assert row.base.low - slack <= below <= row.base.high + slack
        assert row.growth.low - slack <= rate <= row.growth.high + slack


def test_the_range_is_the_exact_one() -> None:
    """No point of the box lies outside; the ends are reached, while the four figures taken as independent would give a wider range."""
    months = derived(months_of(2024, 11, 442723.3, 487894.8), months_of(2024, 11, 3.5, 3.5))
    row = months.rows[-1]
    draw = random.Random(5)
    reached = []
    for now, then, now_rate, then_rate in [
        *product((487894.75, 487894.85), (442723.25, 442723.35), (3.45, 3.55), (3.45, 3.55)),
        *((487894.8 + 0.05 * draw.uniform(-1, 1), 442723.3 + 0.05 * draw.uniform(-1, 1), draw.uniform(3.45, 3.55), draw.uniform(3.45, 3.55))
          for _ in range(2000)),
    ]:  # fmt: skip
        reached.append(100 * ((now - then) / (now / (1 + now_rate / 100) - then / (1 + then_rate / 100)) - 1))
    assert min(reached) == pytest.approx(row.growth.low, abs=1e-9)
    assert max(reached) == pytest.approx(row.growth.high, abs=1e-9)
    independent = 100 * (row.level.high / row.base.low - 1)
    assert independent > row.growth.high


def test_a_figure_of_several_months_where_one_is_not_published() -> None:
    months = derived(months_of(2024, 1, NAN, 20.0, NAN, 41.0), months_of(2024, 1, NAN, 5.0, NAN, 5.0))
    assert [(period_label(months.frequency, row), row.level.value) for row in months.rows] == [("2024-01..02", 20.0), ("2024-03..04", 21.0)]


def test_months_published_alone_fill_in_and_nothing_is_counted_twice() -> None:
    """March and May are known alone; what April was would follow only together with revisions, so it is missing."""
    months = derived(
        months_of(2024, 2, 20.0, NAN, NAN, 51.0, NAN), None,
        months_of(2024, 3, 10.0, NAN, 11.0, 12.0), months_of(2024, 3, 25.0, NAN, 10.0, 20.0),
    )  # fmt: skip
    assert months.rows[0].level.value == 20.0
    assert [row.origin for row in months.rows] == ["derived", "published", "missing", "published", "published"]
    assert months.rows[1].base.value == pytest.approx(8.0)
    assert months.series().missing == (3,)


def test_levels_alone_give_the_base_of_each_month() -> None:
    level = months_of(2012, 1, NAN, 33668.6, 15650.2, spans=((1, 2),))
    months = derived(None, None, level, months_of(2012, 1, NAN, 14.7, 15.2))
    assert [(row.periods, row.origin) for row in months.rows] == [(2, "published"), (1, "published")]
    assert months.rows[0].base.low == pytest.approx(33668.55 / 1.1475, rel=1e-14)
    assert months.rows[0].base.high == pytest.approx(33668.65 / 1.1465, rel=1e-14)


def test_quarters() -> None:
    start = ordinal_of(Frequency.QUARTER, 2023)
    cumulative = TimeSeries("GDP", Frequency.QUARTER, start, (100.0, 210.0, 330.0, 460.0, 110.0))
    months = months_from_cumulative(Sources(printed(cumulative, 0)))
    assert [row.level.value for row in months.rows] == [100, 110, 120, 130, 110]
    assert [row.level.low for row in months.rows] == [99.5, 109, 119, 129, 109.5]
    assert all(not row.growth.known and not row.base.known for row in months.rows)


def test_a_base_that_may_be_zero_leaves_the_growth_open() -> None:
    months = derived(months_of(2024, 1, 1000.0, 1000.3), months_of(2024, 1, 5.0, 5.0))
    row = months.rows[1]
    assert row.base.low < 0 < row.base.high
    assert (row.growth.low, row.growth.high) == (-math.inf, math.inf)


def test_growth_of_minus_a_hundred_has_no_base() -> None:
    months = derived(months_of(2024, 1, 10.0, 12.0), months_of(2024, 1, -100.0, 5.0))
    assert all(not row.base.known for row in months.rows)
    assert months.rows[1].level.value == 2.0


def test_the_differences_are_those_of_the_decimals_printed() -> None:
    months = derived(months_of(2024, 11, 442723.3, 487894.8))
    assert months.rows[1].level == Bounds(45171.5, 45171.4, 45171.6)


def test_decimals_follow_the_year() -> None:
    """Zeros at the end are lost in a number; a year that shows one decimal was rounded to one."""
    series = months_of(2019, 11, 372872.3, 411649.0, NAN, 5e-7, name="x")
    assert printed(series).half_units == (0.05, 0.05, 0.5e-7, 0.5e-7)
    assert printed(months_of(2020, 1, 100.0, 200.0)).half_units == (0.5, 0.5)
    assert printed(months_of(2020, 1, 100.0), -2).half_units == (50.0,)
    with pytest.raises(BadRequest):
        printed(series, 40)
    with pytest.raises(ValueError, match="half units"):
        Published(series, (0.5,))


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (Sources(), "没有累计数"),
        (Sources(cumulative_growth=printed(months_of(2024, 1, 5.0))), "没有累计数"),
        (Sources(printed(TimeSeries("y", Frequency.YEAR, 2020, (1.0, 2.0)))), "只有月度"),
        (Sources(printed(TimeSeries("y", Frequency.QUARTER, 8080, (1.0,))), printed(months_of(2020, 1, 1.0))), "频率不同"),
        (Sources(printed(months_of(2024, 1, NAN, NAN))), "没有一个时期"),
        (Sources(printed(months_of(2024, 1, math.inf), 1)), "无穷大"),
    ],
)
def test_what_cannot_be_is_refused(sources: Sources, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        months_from_cumulative(sources)
