"""What goes together and what comes out; what does not is refused with both operands and both bases named."""

from __future__ import annotations

import pytest

from guibiao.language.errors import LanguageError
from guibiao.language.evaluate import evaluate
from guibiao.language.parse import parse
from guibiao.language.types import ValueType, check
from guibiao.model.basis import ComparisonBasis
from guibiao.model.errors import BadRequest, MixedBasis
from guibiao.model.indicator import Nature
from guibiao.model.period import Measure
from tests.language.world import INDICATORS, at_end, index, key_of, observation, year


def type_of(text: str) -> ValueType:
    return check(parse(text), INDICATORS)


@pytest.mark.parametrize(
    ("text", "unit", "nature", "price_basis"),
    [
        ("product", "亿元", Nature.LEVEL, "current"),
        ("product + digital", "亿元", Nature.LEVEL, "current"),
        ("digital - product", "万元", Nature.LEVEL, "current"),
        ("product * 2 / 7", "亿元", Nature.LEVEL, "current"),
        ("-product", "亿元", Nature.LEVEL, "current"),
        ("product / digital", "", Nature.SHARE, "current"),
        ("share(digital, of=product)", "%", Nature.SHARE, "current"),
        ("growth(product)", "%", Nature.GROWTH, "current"),
        ("growth(persons)", "%", Nature.GROWTH, "none"),
        ("difference(ratio)", "个百分点", Nature.SHARE, "none"),
        ("difference(product / digital)", "个百分点", Nature.SHARE, "current"),
        ("difference(product)", "亿元", Nature.LEVEL, "current"),
        ("ratio - printed_rate", "个百分点", Nature.SHARE, "current"),
        ("ratio + (ratio - printed_rate)", "%", Nature.SHARE, "current"),
        ("(ratio - printed_rate) + ratio", "%", Nature.SHARE, "current"),
        ("per_capita(product, persons)", "元/人", Nature.INTENSITY, "current"),
        ("per_mean_stock(sales, stations)", "元/个", Nature.INTENSITY, "current"),
        ("product / sales * sales", "亿元", Nature.LEVEL, "current"),
        ("sales * ratio", "亿元", Nature.LEVEL, "current"),
        ("ratio * sales", "亿元", Nature.LEVEL, "current"),
        ("sales / ratio", "亿元", Nature.LEVEL, "current"),
        ("per_capita(sales, persons) * 12", "元/人", Nature.INTENSITY, "current"),
        ("contribution(digital, of=product)", "%", Nature.SHARE, "current"),
        ("pull(digital, of=product)", "个百分点", Nature.GROWTH, "current"),
        ("average_growth(product)", "%", Nature.GROWTH, "current"),
        ("index_number(real_product, base=2019)", "", Nature.INDEX, "constant(2020)"),
        ("chain(rate, base=2020)", "", Nature.INDEX, "current"),
        ("implied_base(sales, rate)", "亿元", Nature.LEVEL, "current"),
        ("convert(product, '万元')", "万元", Nature.LEVEL, "current"),
        ("convert(share(digital, of=product), '‰')", "‰", Nature.SHARE, "current"),
        ("maximum(3, product, digital)", "亿元", Nature.LEVEL, "current"),
        ("1 - product / digital", "", Nature.SHARE, "current"),
    ],
)
def test_unit_nature_and_prices(text: str, unit: str, nature: Nature, price_basis: str) -> None:
    type_ = type_of(text)
    assert (type_.unit.symbol, type_.nature, type_.price_basis) == (unit, nature, price_basis)


def test_comparison_basis() -> None:
    assert type_of("growth(product)").comparison_basis is ComparisonBasis.NAIVE
    assert type_of("average_growth(rate)").comparison_basis is ComparisonBasis.COMPARABLE
    assert type_of("chain(rate, base=2020)").comparison_basis is ComparisonBasis.COMPARABLE
    assert type_of("difference(rate)").comparison_basis is ComparisonBasis.COMPARABLE


def test_keys_of_a_result() -> None:
    assert type_of("share(sectors, of=product)").dimensions == ("sector",)
    assert type_of("grid / sectors").dimensions == ("kind", "sector")
    assert type_of("total(grid, 'kind')").dimensions == ("sector",)
    assert type_of("at(grid, kind='a', sector='x')").dimensions == ()
    assert not type_of("at(product, area='11')").has_area
    assert type_of("product / at(product, area='11')").has_area
    assert not type_of("at(product, period=2019)").has_period
    assert type_of("month_from_cumulative(sales)").measure is Measure.DURING
    assert type_of("sales * mean_users").measure is Measure.DURING
    assert type_of("persons").measure is Measure.AT_END


def test_accounting_basis_of_a_result() -> None:
    unpinned = type_of("share(digital, of=product)")
    assert (unpinned.carries_accounting, unpinned.accounting_basis, unpinned.accounting_bases) == (True, "", ("first", "revised"))
    pinned = type_of("share(on_basis(digital, 'first'), of=product)")
    assert (pinned.accounting_basis, pinned.accounting_bases) == ("first", ("first",))
    assert type_of("first_only / product").accounting_bases == ("first",)
    assert type_of("per_capita(product, persons)").carries_accounting
    assert not type_of("per_capita(sales, persons)").carries_accounting


def test_additivity_of_a_result() -> None:
    assert type_of("product * 3").additive_over == ("area", "time")
    assert type_of("product - sales").additive_over == ("area", "time")
    assert type_of("product / 3 - product").additive_over == ("area", "time")
    assert type_of("growth(product)").additive_over == ()
    assert type_of("sum_over(grid, 'kind')").additive_over == ("sector", "area")
    with pytest.raises(LanguageError, match="没有声明"):
        type_of("sum_over(growth(grid), 'kind')")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("first_only + revised_only", ("first_only", "revised_only", "first", "revised")),
        ("share(first_only, of=revised_only)", ("first_only", "revised_only", "first", "revised")),
        ("share(on_basis(digital, 'first'), of=on_basis(product, 'revised'))",
         ('on_basis(digital, "first")', 'on_basis(product, "revised")', "first", "revised")),
        ("on_basis(product, 'first') / revised_only", ('on_basis(product, "first")', "revised_only", "first", "revised")),
        ("on_basis(first_only, 'revised')", ('on_basis(first_only, "revised")', "first_only", "revised", "first")),
        ("per_capita(first_only, persons) > per_capita(revised_only, persons)",
         ("per_capita(first_only, persons)", "per_capita(revised_only, persons)", "first", "revised")),
        ("minimum(first_only, revised_only)", ("first_only", "revised_only")),
        ("product + real_product", ("product", "real_product", "current", "constant(2020)")),
        ("product / real_product", ("product", "real_product", "current", "constant(2020)")),
        ("product > real_product", ("product", "real_product", "current", "constant(2020)")),
        ("growth(product) - growth(real_product)", ("growth(product)", "growth(real_product)", "current", "constant(2020)")),
        ("pull(digital, of=real_product)", ("digital", "real_product")),
        ("implied_base(real_product, rate)", ("real_product", "rate", "constant(2020)", "current")),
        ("rate - growth(sales)", ("rate", "growth(sales)", "可比口径", "直接相比")),
        ("printed_rate - growth(sales)", ("printed_rate", "growth(sales)", "按公布", "直接相比")),
        ("printed_rate < rate", ("printed_rate", "rate", "按公布", "可比口径")),
        ("agrees(rate, growth(sales))", ("rate", "growth(sales)", "可比口径", "直接相比")),
        ("maximum(rate, growth(sales))", ("rate", "growth(sales)")),
    ],
)  # fmt: skip
def test_mixed_bases_are_refused_by_name(text: str, named: tuple[str, ...]) -> None:
    with pytest.raises(MixedBasis) as caught:
        type_of(text)
    for name in named:
        assert name in caught.value.description
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "growth(product) * real_product",
        "real_product / (1 + product / sales)",
        "agrees(printed_rate, growth(sales))",
        "agrees(implied_base(sales, rate), lag(sales, years=1))",
        "growth(product) - ratio",
        "persons / stations",
        "share(on_basis(product, 'first'), of=first_only)",
        "growth(persons) > 0",
    ],
)
def test_what_is_not_a_mixture_passes(text: str) -> None:
    assert type_of(text)


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("gdp", 0, "没有名为 gdp 的指标"),
        ("sales + prodct", 8, "最接近的名称是 product"),
        ("births + persons", 0, "births 是时期数，persons 是时点数"),
        ("sales + grid", 0, "sales 是 亿元，grid 是 万户"),
        ("share(sales, of=grid)", 0, "单位不同类"),
        ("sales > grid", 0, "单位不同类"),
        ("sales + 5", 0, 'quantity(5, "亿元")'),
        ("1 + ratio", 0, 'quantity(1, "%")'),
        ("sales / persons", 0, "per_capita"),
        ("persons / sales", 0, "per_capita"),
        ("persons / mean_users", 0, "不能直接计算"),
        ("sales - mean_users * sales", 0, "单位不同类"),
        ("growth(ratio)", 0, "difference"),
        ("growth(rate)", 0, "difference"),
        ("growth(ratio - rate)", 0, "difference"),
        ("growth(share(digital, of=product))", 0, "difference"),
        ("index_number(rate, base=2019)", 0, "difference"),
        ("chain(sales, base=2019)", 0, "要用增速"),
        ("chain(rate, base=19)", 0, "四位数"),
        ("implied_base(sales, ratio)", 0, "要用增速"),
        ("per_capita(sales, sales)", 0, "不是时点数"),
        ("per_capita(persons, stations)", 0, "不是时期数"),
        ("sum_over(persons, 'time', parts=12)", 0, "不能跨时间相加"),
        ("sum_over(sales, 'time')", 0, "parts=12"),
        ("sum_over(sales, 'area')", 0, "合计地区"),
        ("sum_over(digital, 'sector')", 0, "没有维度 sector"),
        ("sum_over(persons * 2, 'kind')", 0, "没有维度 kind"),
        ("sum_over(ratio, 'area', parts=2)", 0, "没有声明"),
        ("total(sectors, 'kind')", 0, "它的维度：sector"),
        ("at(sectors, kind='a')", 0, "没有维度 kind"),
        ("at(product)", 0, "没有固定任何东西"),
        ("at(product, period='不知何时')", 0, "报告期"),
        ("at(at(product, area='1'), area='2')", 0, "已经固定"),
        ("lag(at(product, period=2019))", 0, "报告期已固定"),
        ("growth(product, years=1, months=1)", 0, "只能给一个"),
        ("growth(product, years=101)", 0, "超过 100 年"),
        ("average_growth(product, years=21)", 0, "超过 20 年"),
        ("on_basis(sales, 'first')", 0, "不分核算口径"),
        ("convert(sales, '万人')", 0, "不能换算"),
        ("convert(sales, '斤两')", 0, "未知的计量单位"),
        ("month_from_cumulative(persons)", 0, "可累计"),
        ("month_from_cumulative(rate)", 0, "可累计"),
        ("(ratio - rate) * sales", 0, "个百分点"),
        ("(ratio - rate) - ratio", 0, "单位不同类"),
        ("product / digital * 100", 0, "重复换算"),
        ("sales / 0", 0, "除数为零"),
        ("3 / (2 - 2) + sales", 0, "除数为零"),
        ("(sales > 1) + 2", 1, "是判断"),
        ("growth(sales > 1)", 7, "是判断"),
        ("sales and grid", 0, "不是判断"),
        ("not sales", 4, "不是判断"),
        ("sales + 'text'", 8, "文字不能参加计算"),
        ("growth(5)", 0, "应含有指标"),
        ("minimum(sales)", 0, "至少要两个数"),
        ("difference(difference(difference(difference(difference(difference(difference(difference(sales))))))))", 0, "展开后超过"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(text: str, position: int, said: str) -> None:
    with pytest.raises(BadRequest) as caught:
        type_of(text)
    assert said in str(caught.value)
    assert isinstance(caught.value, LanguageError)
    assert caught.value.position == position


def test_judgements() -> None:
    for text in ("sales > 0", "0 <= sales < 10", "agrees(sales, product)", "not sales > 1 or product == sales and ratio < 3"):
        assert type_of(text).is_boolean
    assert not type_of("sales").is_boolean


def test_a_bare_number_takes_the_unit_it_is_compared_with() -> None:
    assert type_of("share(digital, of=product) > 40").is_boolean
    assert type_of("maximum(ratio, 0)").unit.symbol == "%"
    assert type_of("difference(ratio) > -(2 - 0.5)").is_boolean


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("per_mean_stock(per_capita(sales, persons), stations)", "元/人/个"),
        ("sales / births", "亿元/万人"),
        ("sales / births * births", "亿元"),
        ("births * (sales / births)", "亿元"),
        ("2 / sales", "1/亿元"),
        ("sales * births", "亿元·万人"),
    ],
)
def test_symbols_of_composed_units(text: str, symbol: str) -> None:
    assert type_of(text).unit.symbol == symbol


@pytest.mark.parametrize(
    ("text", "multiplier"),
    [("sales / births * births", 1), ("convert(births, '人') * (sales / births)", 1), ("per_capita(births, persons)", 1)],
)
def test_composed_units_keep_the_value(text: str, multiplier: int) -> None:
    """sales = 6 亿元 and births = 2 万人, of a mean of 2 万人."""
    observations = (
        observation("sales", year(2022), 6), observation("births", year(2022), 2), observation("persons", at_end(2021), 1),
        observation("persons", at_end(2022), 3),
    )  # fmt: skip
    found = evaluate(parse(text), key_of("11", "", year(2022)), index(observations), INDICATORS).quantity
    assert found is not None
    expected = {"亿元": 6, "人/人": 1}
    assert found.value == expected[found.unit.symbol] * multiplier
