"""Levels on the definition of the newest year, linked through the base that published growth implies."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.series import Frequency, TimeSeries, ordinal_of
from guibiao.series.published.comparable_levels import comparable_levels
from guibiao.series.published.cumulative import Months, Sources, months_from_cumulative
from guibiao.series.published.rounding import printed

NAN = math.nan


def quarters(levels: list[float], rates: list[float]) -> Months:
    start = ordinal_of(Frequency.QUARTER, 2020)
    found = [printed(TimeSeries(name, Frequency.QUARTER, start, tuple(values)), 6) for name, values in (("x", levels), ("g", rates))]
    return months_from_cumulative(Sources(level=found[0], growth=found[1]))


def test_a_revision_is_carried_back() -> None:
    """2021 grew by 10 % over a base a tenth below what 2020 had published; 2022 grew over 2021 as published."""
    levels = [100.0] * 4 + [99.0] * 4 + [108.9] * 4
    found = comparable_levels(quarters(levels, [NAN] * 4 + [10.0] * 8))
    assert [found.links[year].factor for year in (2020, 2021)] == pytest.approx([0.9, 1.0])
    assert list(found.levels.values()) == pytest.approx([90.0] * 4 + [99.0] * 4 + [108.9] * 4)
    assert (found.links[2020].first, found.links[2020].last, found.links[2020].periods) == ("2020-Q1", "2020-Q4", 4)
    assert not found.unlinked


def test_a_factor_is_the_ratio_of_sums() -> None:
    found = comparable_levels(quarters([100.0, 300.0, 100.0, 100.0, 110.0, 270.0], [NAN] * 4 + [10.0, 10.0]))
    link = found.links[2020]
    assert link.factor == pytest.approx((100 + 270 / 1.1) / 400)
    assert (link.lowest, link.highest) == pytest.approx((270 / 1.1 / 300, 1.0))


@given(
    st.lists(st.floats(10, 1000), min_size=12, max_size=12),
    st.lists(st.floats(-20, 20), min_size=8, max_size=8),
)
def test_growth_of_a_whole_year_is_the_published_one(levels: list[float], rates: list[float]) -> None:
    """Whatever was revised, the comparable sums of two years grow as the newer one's figures say."""
    found = comparable_levels(quarters(levels, [NAN] * 4 + rates))
    start = ordinal_of(Frequency.QUARTER, 2021)
    year = [levels[4 + at] for at in range(4)]
    bases = [level / (1 + rate / 100) for level, rate in zip(year, rates, strict=False)]
    ratio = sum(found.levels[start + at] for at in range(4)) / sum(found.levels[start - 4 + at] for at in range(4))
    assert ratio == pytest.approx(sum(year) / sum(bases), rel=1e-9)


def test_a_year_without_a_base_cuts_what_lies_before() -> None:
    found = comparable_levels(quarters([100.0] * 12, [NAN] * 8 + [10.0] * 4))
    assert found.unlinked == (2020,)
    start = ordinal_of(Frequency.QUARTER, 2020)
    assert math.isnan(found.levels[start])
    assert found.levels[start + 4] == pytest.approx(100 / 1.1)
    assert found.levels[start + 8] == 100.0


def test_one_year_alone_is_on_its_own_definition() -> None:
    found = comparable_levels(quarters([1.0, 2.0], [NAN, NAN]))
    assert list(found.levels.values()) == [1.0, 2.0]
    assert not found.links
    assert not found.unlinked
