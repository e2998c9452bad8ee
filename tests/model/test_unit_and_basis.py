"""Units, bases, category keys, dates of knowledge."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.basis import CURRENT, Precision, PriceBasis, parse_known_from, parse_price_basis
from guibiao.model.category import category_key, parse_category_key
from guibiao.model.errors import BadRequest
from guibiao.model.messages import language_of
from guibiao.model.unit import PERCENT, PERCENTAGE_POINT, find_unit, parse_unit

SYMBOLS = [
    "元",
    "万元",
    "亿元",
    "万亿元",
    "人",
    "万人",
    "户",
    "万户",
    "家",
    "个",
    "万个",
    "%",
    "‰",
    "个百分点",
    "GB",
    "万GB",
    "元/人",
    "万美元",
    "公里",
    "PFLOPS",
]


@pytest.mark.parametrize(
    ("left", "right", "factor"),
    [("亿元", "万元", "10000"), ("万GB", "GB", "10000"), ("万人", "亿人", "0.0001"), ("%", "‰", "10"), ("倍", "%", "100")],
)
def test_factors(left: str, right: str, factor: str) -> None:
    assert parse_unit(left).factor_to(parse_unit(right)) == Decimal(factor)


@pytest.mark.parametrize(("left", "right"), [("亿元", "万人"), ("%", "个百分点"), ("家", "个"), ("美元", "元"), ("元/人", "元")])
def test_units_of_different_kinds_never_convert(left: str, right: str) -> None:
    with pytest.raises(BadRequest):
        parse_unit(left).factor_to(parse_unit(right))


@given(st.sampled_from(SYMBOLS), st.sampled_from(SYMBOLS))
def test_product_and_quotient_are_inverse(left: str, right: str) -> None:
    one, other = parse_unit(left), parse_unit(right)
    back = (one * other) / other
    assert (back.dimension, back.power) == (one.dimension, one.power)


def test_ratio_units() -> None:
    per_head = parse_unit("亿元") / parse_unit("万人")
    assert per_head.factor_to(parse_unit("元/人")) == 10000
    assert (parse_unit("亿元") / parse_unit("亿元")).is_ratio
    assert PERCENT.dimension != PERCENTAGE_POINT.dimension


def test_aliases_and_unknown_symbols() -> None:
    assert find_unit("百分点") == parse_unit("个百分点")
    assert find_unit("人民币亿元") == parse_unit("亿元")
    assert find_unit("蒲式耳") is None
    with pytest.raises(BadRequest):
        parse_unit("蒲式耳")


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8), max_size=4))
def test_category_keys_are_canonical_and_inverse(categories: dict[str, str]) -> None:
    key = category_key(categories)
    assert parse_category_key(key) == categories
    assert category_key(dict(reversed(categories.items()))) == key


@pytest.mark.parametrize("text", ["current", "none", "constant(2020)", "chained(2015)"])
def test_price_bases_round_trip(text: str) -> None:
    assert str(parse_price_basis(text)) == text


@pytest.mark.parametrize("text", ["constant", "current(2020)", "real", ""])
def test_incomplete_price_bases_are_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_price_basis(text)
    assert PriceBasis("current") == CURRENT


@pytest.mark.parametrize(("text", "precision"), [("2018", Precision.YEAR), ("2024-03", Precision.MONTH), ("2024-03-21", Precision.DAY)])
def test_knowledge_dates_keep_their_precision(text: str, precision: Precision) -> None:
    assert parse_known_from(text)[1] is precision
    with pytest.raises(BadRequest):
        parse_known_from(text + "-99")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"), ({"LANG": "C"}, "zh"), ({"LC_ALL": "POSIX"}, "zh"), ({"LANG": "C.UTF-8"}, "zh"), ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"), ({"LANG": "de_DE.UTF-8"}, "en"), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"), ({"LANG": "", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, "zh"),
    ],
)  # fmt: skip
def test_language_follows_the_locale(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language
