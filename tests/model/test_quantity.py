"""Quantities: what printed figures say, and arithmetic that carries the interval."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.quantity import Qualifier, Quantity, exact, format_number, parse_quantity, printed_quantity
from guibiao.model.unit import NUMBER, parse_unit

UNIT = parse_unit("亿元")
numbers = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=3)
positive = st.decimals(Decimal("0.001"), 10**9, allow_nan=False, allow_infinity=False, places=3)


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    value = draw(numbers)
    return Quantity(value, value - draw(positive), value + draw(positive), Qualifier.EXACT, UNIT)


def within(draw: st.DataObject, quantity: Quantity) -> Decimal:
    assert quantity.low is not None
    assert quantity.high is not None
    return draw.draw(st.decimals(quantity.low, quantity.high, allow_nan=False, allow_infinity=False))


@pytest.mark.parametrize(
    ("text", "value", "low", "high", "qualifier", "unit"),
    [
        ("18766.7", "18766.7", "18766.65", "18766.75", "exact", ""),
        ("18766.7亿元", "18766.7", "18766.65", "18766.75", "exact", "亿元"),
        ("122家", "122", "122", "122", "exact", "家"),
        ("10.6万个", "10.6", "10.55", "10.65", "exact", "万个"),
        ("超过4000亿元", "4000", "4000", None, "over", "亿元"),
        ("近600家", "600", "550", "600", "nearly", "家"),
        ("约20个", "20", "15", "25", "about", "个"),
        ("2—3个", "2.5", "2", "3", "range", "个"),
        ("1-2个", "1.5", "1", "2", "range", "个"),
        ("上万台", "10000", "10000", None, "over", "台"),
        ("约有721万台", "721", "720.5", "721.5", "about", "万台"),
        ("第二位", "2", "2", "2", "exact", "位"),
        ("下降 0.7%", "-0.7", "-0.75", "-0.65", "exact", "%"),
        ("超七成", "7", "7", None, "over", "成"),
        ("30余万元", "30", "30", "40", "over", "万元"),
        ("120多家", "120", "120", "130", "over", "家"),
        ("两万七千多家", "27000", "27000", "28000", "over", "家"),
        ("不少于20个", "20", "20", None, "at least", "个"),
        ("10家以上", "10", "10", None, "at least", "家"),
        ("8.88 亿", "888000000", "887500000", "888500000", "exact", ""),
        ("-33.17%", "-33.17", "-33.175", "-33.165", "exact", "%"),
        ("1,234.5", "1234.5", "1234.45", "1234.55", "exact", ""),
    ],
)
def test_printed_figures_are_read(text: str, value: str, low: str, high: str | None, qualifier: str, unit: str) -> None:
    quantity = parse_quantity(text)
    assert (quantity.value, quantity.low) == (Decimal(value), Decimal(low))
    assert quantity.high == (None if high is None else Decimal(high))
    assert (quantity.qualifier.value, quantity.unit.symbol) == (qualifier, unit)


@pytest.mark.parametrize("text", ["", "未公布", "38 家(99 个事项)", "5G", "…", "-", "1.2.3", "约", "1234567890123456", "2021年1-9月"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("text", "head", "value", "unit"),
    [
        ("8.76 亿", "亿元", "8.76", "亿元"),
        ("1.4万亿", "亿元", "1.4", "万亿元"),
        ("3万", "户", "3", "万户"),
        ("1.8 万余组", "组", "1.8", "万组"),
    ],
)
def test_a_magnitude_word_counts_from_the_heads_base_unit(text: str, head: str, value: str, unit: str) -> None:
    quantity = parse_quantity(text, parse_unit(head))
    assert (quantity.value, quantity.unit.symbol) == (Decimal(value), unit)


def test_a_cells_unit_must_be_of_the_heads_kind() -> None:
    assert parse_quantity("1.4万亿元", parse_unit("亿元")).to(parse_unit("亿元")).value == 14000
    with pytest.raises(BadRequest, match="不同类"):
        parse_quantity("20家", parse_unit("亿元"))


@given(
    positive,
    st.sampled_from(["亿元", "万户", "个", "%", "元/人"]),
    st.sampled_from([q for q in Qualifier if q not in {Qualifier.RANGE, Qualifier.DERIVED}]),
)
def test_printing_and_parsing_are_inverse(number: Decimal, symbol: str, qualifier: Qualifier) -> None:
    assume(len(number.as_tuple().digits) <= 15)
    quantity = printed_quantity(number, parse_unit(symbol), qualifier)
    assert parse_quantity(quantity.printed()) == quantity


@given(st.data(), quantities(), quantities())
def test_sum_difference_and_product_enclose_the_truth(data: st.DataObject, left: Quantity, right: Quantity) -> None:
    x, y = within(data, left), within(data, right)
    for result, truth in ((left + right, x + y), (left - right, x - y), (left * right, x * y)):
        assert result.low is not None
        assert result.high is not None
        slack = (abs(truth) + 1) * Decimal("1e-25")
        assert result.low - slack <= truth <= result.high + slack


@given(st.data(), quantities(), quantities())
def test_quotient_encloses_the_truth_or_is_open(data: st.DataObject, left: Quantity, right: Quantity) -> None:
    assume(right.value != 0)
    result = left / right
    assert right.low is not None
    assert right.high is not None
    if right.low <= 0 <= right.high:
        assert result.low is None
        assert result.high is None
        return
    truth = within(data, left) / within(data, right)
    slack = (abs(truth) + 1) * Decimal("1e-20")
    assert result.low is not None
    assert result.high is not None
    assert result.low - slack <= truth <= result.high + slack


def test_division_by_zero_is_refused() -> None:
    with pytest.raises(BadRequest):
        exact(1) / exact(0)


def test_shares_differ_by_percentage_points() -> None:
    difference = parse_quantity("42.9%") - parse_quantity("41.6%")
    assert (difference.value, difference.unit.symbol) == (Decimal("1.3"), "个百分点")
    back = parse_quantity("41.6%") + parse_quantity("1.3个百分点")
    assert (back.value, back.unit.symbol) == (Decimal("42.9"), "%")


@given(numbers, st.sampled_from([("万元", "亿元"), ("元", "万亿元"), ("户", "万户"), ("%", "‰")]))
def test_unit_conversion_is_exact_both_ways(number: Decimal, pair: tuple[str, str]) -> None:
    quantity = printed_quantity(number, parse_unit(pair[0]))
    there = quantity.to(parse_unit(pair[1]))
    assert there.to(parse_unit(pair[0])).value == quantity.value


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [("2.25", 1, "2.3"), ("-2.25", 1, "-2.3"), ("-0.04", 1, "0.0"), ("42.8850", 1, "42.9"), ("100000", None, "100000")],
)
def test_rounding_is_half_up_at_print(value: str, decimals: int | None, text: str) -> None:
    assert format_number(Decimal(value), decimals) == text


def test_overlap_of_printed_intervals() -> None:
    assert printed_quantity(Decimal("42.9"), parse_unit("%")).overlaps(printed_quantity(Decimal("42.885"), parse_unit("%")))
    assert not exact(1).overlaps(exact(2))
    assert exact(5, NUMBER).overlaps(Quantity(Decimal(4), Decimal(4), None, Qualifier.OVER, NUMBER))
