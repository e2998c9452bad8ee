"""January and February split by a stated rule: the sum is kept to the last bit, and each rule does what it says."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries, ordinal_of
from guibiao.reference.series.monthly import SplitRule
from guibiao.series.published.cumulative import Sources, months_from_cumulative
from guibiao.series.published.january_february import days_in, split, split_months, split_series, working_day_weights
from guibiao.series.published.rounding import printed

NAN = math.nan
RULES = [rule for rule in SplitRule if rule is not SplitRule.NONE]


def monthly(year: int, first: int, *values: float, spans: tuple[tuple[int, int], ...] = ()) -> TimeSeries:
    return TimeSeries("x", Frequency.MONTH, ordinal_of(Frequency.MONTH, year, first), values, "", spans)


WHOLE = monthly(2019, 12, 93.0, NAN, 120.0, 93.0, spans=((2, 2),))
WEIGHTS = monthly(2020, 1, 17.0, 20.0)


@given(total=st.floats(-1e300, 1e300) | st.floats(-1e-300, 1e-300), weights=st.lists(st.floats(0.001, 1000), min_size=2, max_size=12))
def test_the_parts_add_to_the_whole_to_the_last_bit(total: float, weights: list[float]) -> None:
    whole = math.fsum(weights)
    parts = split(total, [weight / whole for weight in weights])
    summed = 0.0
    for part in parts:
        summed += part
    assert summed == total
    assert math.fsum(parts) == total


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_keeps_the_sum_and_the_other_months(rule: SplitRule) -> None:
    found = split_series(WHOLE, rule, WEIGHTS)
    assert found.values[1] + found.values[2] == 120.0
    assert (found.values[0], found.values[3]) == (93.0, 93.0)
    assert not found.spans


@pytest.mark.parametrize(
    ("rule", "january"),
    [
        (SplitRule.EQUAL, 60.0),
        (SplitRule.DAYS, 120.0 * 31 / 60),
        (SplitRule.PROPORTIONAL, 120.0 * 17 / 37),
        # Daily rates 3, a, b, 3 with 31 a + 29 b = 120: the least of (a-3)^2 + (b-a)^2 + (3-b)^2.
        (SplitRule.SMOOTH, 31 * (3 - 60 * 91 / 5402)),
    ],
)
def test_each_rule_by_hand(rule: SplitRule, january: float) -> None:
    assert split_series(WHOLE, rule, WEIGHTS).values[1] == pytest.approx(january, rel=1e-12)


def test_smooth_is_the_least_change_of_the_daily_rate() -> None:
    found = split_series(WHOLE, SplitRule.SMOOTH).values

    def roughness(january: float) -> float:
        rates = [93 / 31, january / 31, (120 - january) / 29, 93 / 31]
        return math.fsum((second - first) ** 2 for first, second in pairwise(rates))

    assert all(roughness(found[1]) < roughness(found[1] + step) for step in (-0.01, 0.01))


def test_smooth_without_neighbours_is_by_days() -> None:
    alone = monthly(2021, 1, NAN, 59.0, spans=((1, 2),))
    assert split_series(alone, SplitRule.SMOOTH).values == pytest.approx((31.0, 28.0))
    nothing = monthly(2021, 1, NAN, 0.0, spans=((1, 2),))
    assert split_series(nothing, SplitRule.SMOOTH).values == (0.0, 0.0)


def test_working_days_count_exchanged_days() -> None:
    """2020: 17 working days in January with Sunday 19 worked; 20 in February, the holiday having been extended to the 2nd."""
    weights, unknown = working_day_weights(Frequency.MONTH, ordinal_of(Frequency.MONTH, 2020), ordinal_of(Frequency.MONTH, 2020, 2))
    assert weights.values == (17.0, 20.0)
    assert not unknown
    assert split_series(WHOLE, SplitRule.WORKING_DAYS, weights).values[1] == pytest.approx(120 * 17 / 37)


def test_years_without_a_notice_are_named() -> None:
    first = ordinal_of(Frequency.MONTH, 2080)
    assert working_day_weights(Frequency.MONTH, first, first + 1)[1] == (2080,)


def test_nothing_to_split() -> None:
    assert split_series(WHOLE, SplitRule.NONE) is WHOLE
    plain = monthly(2020, 1, 1.0, 2.0)
    assert split_series(plain, SplitRule.DAYS) is plain


def test_leap_years_change_growth_of_days() -> None:
    """60 days against 59: by calendar days January grows less than the whole and February more."""
    months = months_from_cumulative(Sources(printed(monthly(2024, 2, 600.0), 0), printed(monthly(2024, 2, 60.0 / 59 * 100 - 100), 1)))
    january, february = split_months(months, SplitRule.DAYS).rows
    assert (january.origin, january.periods) == ("split", 1)
    assert january.level.value + february.level.value == 600.0
    assert january.growth.value == pytest.approx(0.0, abs=1e-9)
    assert february.growth.value == pytest.approx(100 * (29 / 28 - 1))
    assert january.growth.low < january.growth.value < january.growth.high
    assert january.base.value + february.base.value == months.rows[0].base.value


@pytest.mark.parametrize("rule", RULES)
def test_months_keep_level_and_base_under_every_rule(rule: SplitRule) -> None:
    cumulative = monthly(2020, 2, 120.0, 200.0, 290.0, 380.0, 470.0, 560.0, 650.0, 740.0, 830.0, 920.0, 1010.0, NAN, 130.0, 215.0)
    rates = monthly(2020, 2, *([5.0] * 11), NAN, 8.0, 8.0)
    months = months_from_cumulative(Sources(printed(cumulative, 1), printed(rates, 1)))
    weights = monthly(2019, 1, *range(1, 40))
    found = split_months(months, rule, weights)
    assert found.series().missing == ()
    for at, whole in ((0, months.rows[0]), (12, months.rows[11])):
        parts = found.rows[at : at + 2]
        assert parts[0].level.value + parts[1].level.value == whole.level.value
        assert parts[0].base.value + parts[1].base.value == whole.base.value
        for part in parts:
            assert part.growth.value == pytest.approx(100 * (part.level.value / part.base.value - 1), rel=1e-9)


def test_without_weights_of_the_year_before_there_is_no_base() -> None:
    months = months_from_cumulative(Sources(printed(monthly(2020, 2, 120.0), 0), printed(monthly(2020, 2, 5.0), 0)))
    january, february = split_months(months, SplitRule.PROPORTIONAL, WEIGHTS).rows
    assert january.level.value + february.level.value == 120
    assert not january.base.known
    assert not february.growth.known


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (None, "要有另一序列"),
        (monthly(2020, 1, 17.0), "2020-02 没有正数"),
        (monthly(2020, 1, 17.0, 0.0), "2020-02 没有正数"),
        (monthly(2020, 1, NAN, 37.0, spans=((1, 2),)), "2020-01、2020-02 没有正数"),
        (TimeSeries("q", Frequency.QUARTER, 8080, (1.0,)), "频率不同"),
    ],
)
def test_weights_that_do_not_serve_are_refused(weights: TimeSeries | None, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        split_series(WHOLE, SplitRule.PROPORTIONAL, weights)


@pytest.mark.parametrize(("year", "month", "days"), [(2024, 2, 29), (2023, 2, 28), (1900, 2, 28), (2000, 2, 29), (2024, 12, 31)])
def test_days_of_a_month(year: int, month: int, days: int) -> None:
    assert days_in(Frequency.MONTH, ordinal_of(Frequency.MONTH, year, month)) == days


def test_days_of_a_quarter() -> None:
    assert days_in(Frequency.QUARTER, ordinal_of(Frequency.QUARTER, 2024)) == 91
