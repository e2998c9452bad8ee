"""Value cells: the short way for plain decimals gives what the long way gives; what is no figure says why."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.ingest.figures import EMPTY, STORED_PLACES, Fault, Reason, read_figure, stored, stored_high, stored_low
from guibiao.model.errors import BadRequest
from guibiao.model.quantity import Quantity, parse_quantity
from guibiao.model.unit import parse_unit

UNITS = st.sampled_from(["亿元", "家", "%", "元/人", "万户", "个百分点"]).map(parse_unit)
DECIMALS = st.from_regex(r"\s?-?[0-9]{1,17}(\.[0-9]{1,16})?\s?", fullmatch=True)
FIGURES = st.one_of(
    DECIMALS,
    st.from_regex(r"(约|近|超过|不足)?[0-9]{1,4}(,[0-9]{3}|万|亿|余万)?(亿元|家|%|以上|左右)?", fullmatch=True),
    st.text("0123456789.-—－,约万亿元家%eE+ …\n\0", max_size=12),
)


def long_way(text: str, unit: object) -> Quantity | None:
    try:
        return parse_quantity(text, unit)  # type: ignore[arg-type]
    except BadRequest:
        return None


@given(DECIMALS, UNITS)
def test_plain_decimals_are_read_as_the_long_way_reads_them(text: str, unit: object) -> None:
    read = read_figure(text, unit)  # type: ignore[arg-type]
    assert (read if isinstance(read, Quantity) else None) == long_way(text, unit)
    if isinstance(read, Quantity):
        expected = long_way(text, unit)
        assert expected is not None
        assert str(read.value) == str(expected.value)


@given(FIGURES, UNITS)
def test_what_is_read_is_read_as_the_long_way_reads_it(text: str, unit: object) -> None:
    read = read_figure(text, unit)  # type: ignore[arg-type]
    if isinstance(read, Quantity):
        assert read == long_way(text, unit)
    elif read.reason is Reason.NOT_A_QUANTITY:
        assert long_way(text, unit) is None
    else:
        assert read.reason in {Reason.EMPTY, Reason.SCIENTIFIC}


@pytest.mark.parametrize("text", ["", "  ", "\u3000", "…", "-", "—", "－", "不详", "N/A", "未公布"])
def test_a_blank_is_never_zero(text: str) -> None:
    assert read_figure(text, parse_unit("亿元")) is EMPTY


@pytest.mark.parametrize("text", ["1e12", "1.23E+12", "-1e-5", ".5e3", "1e12元"])
def test_scientific_notation_is_told_as_such(text: str) -> None:
    read = read_figure(text, parse_unit("元"))
    assert isinstance(read, Fault)
    assert read.reason is Reason.SCIENTIFIC


@pytest.mark.parametrize("text", ["0", "0.0", "-0.5", "100417", "18766.7", "007"])
def test_zero_and_others_are_figures(text: str) -> None:
    read = read_figure(text, parse_unit("家"))
    assert isinstance(read, Quantity)
    assert read.value == Decimal(text)


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=14))
def test_stored_bounds_still_hold_the_figure(number: Decimal) -> None:
    low, high = stored_low(number), stored_high(number)
    assert low is not None
    assert high is not None
    assert low <= number <= high
    assert low <= stored(number) <= high
    assert high - low <= Decimal(1).scaleb(-STORED_PLACES)
    assert stored_low(None) is None
