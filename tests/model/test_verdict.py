"""Verdicts: what printed precision allows, and no more."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.quantity import Quantity, parse_quantity, printed_quantity
from guibiao.model.unit import PERCENT, parse_unit
from guibiao.model.verdict import Verdict, judge, judge_sum, power_of_ten

COUNTS = parse_unit("个")
YUAN = parse_unit("亿元")


def share(part: int, whole: int) -> Quantity:
    return printed_quantity(Decimal(part), COUNTS) / printed_quantity(Decimal(whole), COUNTS)


@pytest.mark.parametrize(
    ("printed", "part", "whole", "verdict"),
    [
        ("10.19%", 22, 216, Verdict.OK),
        ("10.18%", 22, 216, Verdict.TRUNCATED),
        ("14.28%", 5, 35, Verdict.TRUNCATED),
        ("10.17%", 22, 216, Verdict.INCONSISTENT),
        ("10.20%", 22, 216, Verdict.INCONSISTENT),
        ("10%", 22, 216, Verdict.OK),
        ("约10%", 22, 216, Verdict.OK),
        ("超过10%", 22, 216, Verdict.OK),
        ("超过11%", 22, 216, Verdict.INCONSISTENT),
        ("25.00%", 10, 40, Verdict.OK),
    ],
)
def test_a_share_of_counts(printed: str, part: int, whole: int, verdict: Verdict) -> None:
    assert judge(parse_quantity(printed, PERCENT), share(part, whole)) is verdict


def test_rounded_operands_widen_what_is_allowed() -> None:
    level, before = parse_quantity("1063", YUAN), parse_quantity("806", YUAN)
    growth = level / before
    assert judge(parse_quantity("131.9%"), growth) is Verdict.OK
    assert judge(parse_quantity("131.95%"), growth) is Verdict.ROUNDED
    assert judge(parse_quantity("132.9%"), growth) is Verdict.INCONSISTENT


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(0, 4))
def test_what_is_rounded_is_right_and_what_is_cut_off_is_never_wrong(part: int, whole: int, decimals: int) -> None:
    exact = Decimal(100 * part) / whole
    step = Decimal(1).scaleb(-decimals)
    rounded = printed_quantity(exact.quantize(step, ROUND_HALF_UP), PERCENT, decimals=decimals)
    cut = printed_quantity(exact.quantize(step, ROUND_DOWN), PERCENT, decimals=decimals)
    assert judge(rounded, share(part, whole)) is Verdict.OK
    assert judge(cut, share(part, whole)) in {Verdict.OK, Verdict.TRUNCATED}
    beyond = printed_quantity(exact.quantize(step, ROUND_HALF_UP) + 2 * step, PERCENT, decimals=decimals)
    assert judge(beyond, share(part, whole)) is Verdict.INCONSISTENT


@given(st.lists(st.decimals(-1000, 100000, places=3), min_size=2, max_size=12))
def test_a_sum_of_rounded_parts_agrees_with_the_rounded_total(parts: list[Decimal]) -> None:
    tenth = Decimal("0.1")
    total = printed_quantity(sum(parts, Decimal(0)).quantize(tenth, ROUND_HALF_UP), YUAN, decimals=1)
    printed = [printed_quantity(part.quantize(tenth, ROUND_HALF_UP), YUAN, decimals=1) for part in parts]
    assert judge_sum(total, printed)[0] in {Verdict.OK, Verdict.ROUNDED}
    off = printed_quantity(total.value + tenth * (len(parts) + 2), YUAN, decimals=1)
    assert judge_sum(off, printed)[0] is Verdict.INCONSISTENT


def test_counts_add_up_to_the_unit() -> None:
    parts = [parse_quantity(text, COUNTS) for text in ("85", "28", "9")]
    assert judge_sum(parse_quantity("122", COUNTS), parts)[0] is Verdict.OK
    assert judge_sum(parse_quantity("121", COUNTS), parts)[0] is Verdict.INCONSISTENT


def test_figures_rounded_to_zeros_are_taken_as_rounded() -> None:
    unit = parse_unit("万元")
    parts = [parse_quantity(text, unit) for text in ("1000000.0", "2500000.0", "400000.0")]
    assert judge_sum(parse_quantity("4000000.0", unit), parts)[0] is Verdict.ROUNDED
    precise = [parse_quantity(text, unit) for text in ("1000000.1", "2500000.0", "400000.0")]
    assert judge_sum(parse_quantity("4000000.0", unit), precise)[0] is Verdict.INCONSISTENT


@pytest.mark.parametrize(("ratio", "power"), [(1e4, 4), (9000.0, 4), (1e-8, -8), (110.0, 2), (10.0, None), (1e5, None), (-1e4, None)])
def test_powers_of_ten_that_units_slip_by(ratio: float, power: int | None) -> None:
    assert power_of_ten(ratio, 0.1) == power
