"""What was known on a day: true vintages, pseudo-vintages by a lag, what is dropped and what is refused."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency
from guibiao.series.nowcasting.vintages import Entry, period_end, vintage_table

Q1, Q2 = 2020 * 4, 2020 * 4 + 1


def entry(ordinal: int, value: float, known: date | None = None, name: str = "y") -> Entry:
    return Entry(name, Frequency.QUARTER, ordinal, value, known)


def test_a_view_holds_the_latest_value_known() -> None:
    table = vintage_table([entry(Q1, 1.0, date(2020, 4, 17)), entry(Q1, 1.5, date(2021, 1, 10)), entry(Q2, 2.0, date(2020, 7, 16))])
    assert table.view(date(2020, 4, 16)).series == {}
    early = table.view(date(2020, 12, 31))
    assert early.series["y"].values == (1.0, 2.0)
    assert early.later == 1
    assert table.view(date(2021, 1, 10)).series["y"].values == (1.5, 2.0)
    assert table.revised("y", date(2021, 1, 10)) == 1
    assert table.revised("y", date(2021, 1, 9)) == 0
    assert table.first_release("y", Q1) == 1.0
    assert math.isnan(table.first_release("y", 5))
    assert table.pseudo == {}


def test_without_days_a_lag_stands_in_and_is_named() -> None:
    table = vintage_table([entry(Q1, 1.0), entry(Q2, 2.0)], {"y": 16})
    assert table.view(date(2020, 4, 15)).series == {}
    assert table.view(date(2020, 4, 16)).series["y"].values == (1.0,)
    assert table.pseudo == {"y": 16}
    assert table.last_known == date(2020, 7, 16)


def test_the_first_vintage_by_lag_where_the_table_was_taken_down_later() -> None:
    entries = [entry(Q1, 1.0, date(2026, 5, 1)), entry(Q1, 1.2, date(2026, 9, 1)), entry(Q2, 2.0, date(2020, 7, 1))]
    table = vintage_table(entries, {"y": 20}, first_by_lag=True)
    assert table.view(date(2020, 7, 31)).series["y"].values == (1.0, 2.0)
    assert table.view(date(2026, 8, 31)).series["y"].values == (1.0, 2.0)
    assert table.view(date(2026, 9, 1)).series["y"].values == (1.2, 2.0)
    assert table.pseudo == {"y": 20}
    assert vintage_table(entries, {"y": 20}).view(date(2020, 7, 31)).series["y"].values == (2.0,)


def test_what_is_dropped_is_counted() -> None:
    table = vintage_table([
        entry(Q1, 1.0, date(2020, 4, 17)), entry(Q1, 1.0, date(2020, 4, 17)), entry(Q2, math.nan), entry(Q2, 3.0, date(2019, 1, 1)),
        entry(Q2, math.inf),
    ])  # fmt: skip
    assert table.dropped == {"missing": 2, "repeated": 1, "before_period": 1}
    assert len(table.entries) == 1


def test_two_unlike_values_of_one_day_are_refused() -> None:
    with pytest.raises(BadRequest, match="2020-Q1") as raised:
        vintage_table([entry(Q1, 1.0, date(2020, 4, 17)), entry(Q1, 1.1, date(2020, 4, 17))])
    assert raised.value.remedy


def test_a_series_at_two_frequencies_and_no_data_are_refused() -> None:
    with pytest.raises(BadRequest, match="两种频率"):
        vintage_table([entry(Q1, 1.0), Entry("y", Frequency.MONTH, 2020 * 12, 1.0)])
    with pytest.raises(BadRequest):
        vintage_table([entry(Q1, math.nan)])


def test_a_value_of_two_months_covers_the_first() -> None:
    table = vintage_table(
        [Entry("m", Frequency.MONTH, 24001, 3.0, None, 2), Entry("m", Frequency.MONTH, 24000, 1.0), Entry("m", Frequency.MONTH, 24002, 2.0)]
    )
    series = table.view(date(2100, 1, 1)).series["m"]
    assert series.spans == ((1, 2),)
    assert math.isnan(series.values[0])
    assert series.missing == ()


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 400)), min_size=1, max_size=30), st.integers(0, 400))
def test_nothing_known_later_is_ever_seen(pairs: list[tuple[int, int]], day: int) -> None:
    start = date(2022, 1, 1).toordinal()
    entries = {
        (at, known): Entry("y", Frequency.QUARTER, Q1 + at, 10.0 * at + known, date.fromordinal(start + known)) for at, known in pairs
    }
    view = vintage_table(entries.values()).view(date.fromordinal(start + day))
    for at in range(9):
        seen = [known for each, known in entries if each == at and known <= day]
        series = view.series.get("y")
        place = Q1 + at - series.start if series else -1
        value = series.values[place] if series and 0 <= place < len(series) else math.nan
        assert (math.isnan(value) and not seen) or value == 10.0 * at + max(seen)


def test_ends_of_periods() -> None:
    assert period_end(Frequency.MONTH, 2020 * 12 + 1) == date(2020, 2, 29)
    assert period_end(Frequency.QUARTER, Q1) == date(2020, 3, 31)
    assert period_end(Frequency.YEAR, 2020) == date(2020, 12, 31)
    assert period_end(Frequency.DAY, 738000) == date.fromordinal(738000)
