"""direction(), change(), compare(): the words follow the figures, bases are never mixed, open intervals are not decided."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BatchErrors, MixedBasis
from guibiao.model.quantity import parse_quantity
from guibiao.publish.comparison import order
from tests.publish.report.city import ROWS, Row, bound, computed, history, report, row

CLOSE = [*history("share", {2022: "42.9", 2023: "42.9"}), *history("output", {2021: "100.0", 2022: "110.0", 2023: "99.0"})]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('direction("growth", 2023)', "增长"),
        ('direction("growth", 2020)', "下降"),
        ('change("growth", 2023)', "增长8.5%"),
        ('change("growth", 2020)', "下降1.2%"),
        ('change("growth", 2023, against=2022)', "提高4.1个百分点"),
        ('change("growth", 2022, against="2021年")', "下降5.1个百分点"),
        ('direction("share", 2023)', "提高"),
        ('change("share", 2023)', "提高1.3个百分点"),
        ('change("share", 2023, against=2021)', "提高2.5个百分点"),
        ('change("share_change", 2023)', "提高1.3个百分点"),
        ('direction("output", 2023)', "增长"),
        ('change("output", 2023)', "增加150.5亿元"),
        ('change("output", 2023, decimals=0)', "增加151亿元"),
        ('change("output", 2023, unit="万元")', "增加1505000万元"),
        ('change("output", 2023, form="rate")', "名义增长14.3%"),
        ('change("firms", 2023, sector="soft")', "增加20家"),
        ('change("firms", 2023, sector="soft", form="rate")', "增长20.0%"),
        ('direction("retail", "2023年1-9月")', "下降"),
        ('change("retail", "2023年1-9月")', "减少10.0亿元"),
        ('direction("stations", "2023年末")', "增长"),
        ('change("stations", "2023年末")', "增加超过0.4万个"),
    ],
)
def test_said(call: str, expected: str) -> None:
    assert bound(call) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('direction("share", 2023)', "持平"),
        ('change("share", 2023)', "持平"),
        ('change("output", 2023)', "减少11.0亿元"),
        ('change("output", 2023, form="rate")', "名义下降10.0%"),
        ('direction("output", 2023)', "下降"),
    ],
)
def test_the_words_turn_with_the_figures(call: str, expected: str) -> None:
    assert bound(call, CLOSE) == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [("0", "持平"), ("0.0", "持平"), ("约8", "增长约8%"), ("超过8", "增长超过8%"), ("-0.1", "下降0.1%"), ("不足-3", "下降超过3%")],
)
def test_a_growth_rate_speaks_for_itself(printed: str, expected: str) -> None:
    assert bound('change("growth", 2023)', [row("growth", 2023, printed)]) == expected


def test_a_rate_that_rounds_to_zero_is_unchanged() -> None:
    assert bound('direction("growth", 2023)', [computed("growth", 2023, 0.04, 0.03, 0.05)]) == "持平"


def test_a_rate_whose_interval_holds_zero_has_no_direction() -> None:
    with pytest.raises(BatchErrors, match="包含零"):
        bound('change("growth", 2023)', [computed("growth", 2023, 0.4, -0.8, 1.6)])
    assert bound('change("growth", 2023)', [computed("growth", 2023, 2.4, 1.2, 3.6)]) == "增长2.4%"


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [("超过4000", "3800.5", "增长"), ("约50", "30", "增长"), ("100—120", "80—90", "增长")],
)
def test_intervals_apart_tell_the_direction(now: str, before: str, expected: str) -> None:
    assert bound('direction("output", 2023)', history("output", {2022: before, 2023: now})) == expected


def test_over_a_counted_number_is_above_it() -> None:
    rows = [row("firms", 2022, "4000", sector="soft"), row("firms", 2023, "超过4000", sector="soft")]
    assert bound('direction("firms", 2023, sector="soft")', rows) == "增长"


@pytest.mark.parametrize(
    ("now", "before"),
    [("超过4000", "4000"), ("超过4000", "4200"), ("约50", "48"), ("100—120", "110"), ("超过4000", "超过3000"), ("近600", "595")],
)
def test_intervals_that_overlap_do_not(now: str, before: str) -> None:
    with pytest.raises(BatchErrors, match="不能判断"):
        bound('direction("output", 2023)', history("output", {2022: before, 2023: now}))


@given(st.decimals("0", "1000", places=1), st.decimals("0", "1000", places=1))
def test_the_direction_is_that_of_the_printed_figures(first: Decimal, second: Decimal) -> None:
    expected = "增长" if second > first else "下降" if second < first else "持平"
    rows = history("output", {2022: str(first), 2023: str(second)})
    assert bound('direction("output", 2023)', rows) == expected


@given(st.decimals("0", "1000", places=1), st.decimals("0", "1000", places=1))
def test_order_is_antisymmetric(first: Decimal, second: Decimal) -> None:
    left, right = parse_quantity(str(first)), parse_quantity(str(second))
    forward, backward = order(left, right, 1), order(right, left, 1)
    assert forward is not None
    assert backward == -forward


BASED: list[Row] = [
    *history("output", {2021: "990.0", 2022: "1050.2"}),
    row("output", 2023, "1300.1", accounting_basis="second", known_from=date(2025, 1, 1)),
]


@pytest.mark.parametrize(
    "call", ['direction("output", 2023)', 'change("output", 2023)', 'average("output", 2023)', 'first_time("output", 2023, threshold=1200)']
)
def test_figures_on_different_accounting_bases_are_not_compared(call: str) -> None:
    with pytest.raises(BatchErrors, match="口径不同") as failure:
        bound(call, BASED)
    (error,) = failure.value.errors
    assert isinstance(error, MixedBasis)
    assert "普查后口径" in error.description
    assert "普查前口径" in error.description
    assert "2023年数字产业增加值" in error.description
    assert "basis=" in error.remedy


def test_the_basis_both_are_on_is_used() -> None:
    rows = [*BASED, row("output", 2022, "1100.1", accounting_basis="second")]
    assert bound('change("output", 2023)', rows) == "增加200.0亿元"


def test_prices_are_not_mixed() -> None:
    rows = [row("output", 2022, "1050.2", price_basis="constant(2020)"), row("output", 2023, "1200.7")]
    with pytest.raises(BatchErrors, match="价格基准不同"):
        bound('change("output", 2023)', rows)


def test_a_break_is_not_crossed() -> None:
    rows = [*history("output", {2021: "990.0", 2022: "1050.2"}), row("output", 2023, "1200.7", status="B")]
    with pytest.raises(BatchErrors, match="断点"):
        bound('change("output", 2023)', rows)
    assert bound('change("output", 2022)', rows) == "增加60.2亿元"


def test_a_missing_earlier_figure_is_told() -> None:
    with pytest.raises(BatchErrors, match="2018年数字产业增加值"):
        bound('change("output", 2019)')
    assert bound('change("output", 2019, default="不详")') == "不详"


def test_a_rate_from_zero_is_refused() -> None:
    with pytest.raises(BatchErrors, match="为零"):
        bound('change("output", 2023, form="rate")', history("output", {2022: "0", 2023: "5.0"}))


def test_a_change_that_rounds_to_zero_is_no_rise() -> None:
    rows = history("output", {2022: "10000.0", 2023: "10000.4"})
    assert bound('change("output", 2023)', rows) == "增加0.4亿元"
    assert bound('change("output", 2023, form="rate")', rows) == "持平"
    with pytest.raises(BatchErrors, match="就是零"):
        bound('change("output", 2023, decimals=0)', rows)


def test_computed_shares_differ_as_they_are_printed() -> None:
    rows = [computed("share", 2022, 42.84, 42.839, 42.841), computed("share", 2023, 42.86, 42.859, 42.861)]
    assert bound('change("share", 2023)', rows) == "提高0.1个百分点"
    assert bound('change("share", 2023)', [computed("share", 2022, 42.86, 42.859, 42.861), rows[1]]) == "持平"


def test_the_period_before() -> None:
    rows = [row("retail", "2023年5月", "30.0"), row("retail", "2023年4月", "25.0")]
    assert bound('change("retail", "2023年5月", against="previous")', rows) == "增加5.0亿元"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('compare("share", 2023, to="9")', "高于"),
        ('compare("share", 2023, to="望海省")', "持平"),
        ('compare("share", 2023, to="北岭省")', "低于"),
        ('compare("share", 2023, to="9", form="phrase")', "高于全国12.8个百分点"),
        ('compare("share", 2023, to="望海省", form="phrase")', "与望海省持平"),
        ('compare("share", 2023, area="94", to="93", form="phrase")', "低于北岭省37.5个百分点"),
        ('compare("firms", 2023, sector="soft", to="92", form="phrase")', "高于望海省20家"),
    ],
)
def test_compared(call: str, expected: str) -> None:
    assert bound(call, [*ROWS, row("firms", 2023, "100", sector="soft", area="92")]) == expected


def test_indicators_are_compared_on_one_price_basis_only() -> None:
    rows = [*ROWS, row("real_growth", 2023, "5.2")]
    with pytest.raises(BatchErrors, match="价格基准不同"):
        bound('compare("growth", 2023, other="real_growth")', rows)


def test_two_indicators() -> None:
    rows = [row("share", 2023, "42.9"), row("share_change", 2023, "1.3")]
    with pytest.raises(BatchErrors, match="不能换算"):
        bound('compare("share", 2023, other="share_change")', rows)


def test_what_to_compare_with_must_be_said() -> None:
    with pytest.raises(BatchErrors, match="to="):
        bound('compare("share", 2023)')


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('change("growth", 2023)', "increased by 8.5%"),
        ('change("growth", 2020)', "decreased by 1.2%"),
        ('change("share", 2023)', "rose by 1.3 percentage points"),
        ('direction("output", 2023)', "increased"),
        ('change("output", 2023)', "increased by 15.05 billion yuan"),
        ('change("output", 2023, form="rate")', "increased in nominal terms by 14.3%"),
        ('compare("share", 2023, to="9", form="phrase")', "12.8 percentage points above Nation"),
        ('compare("share", 2023, to="92")', "level with"),
    ],
)
def test_english(call: str, expected: str) -> None:
    assert bound(call, language="en") == expected


def test_both_figures_of_a_comparison_are_recorded() -> None:
    made = report('{{ change("share", 2023) }}')
    assert [name.split("|")[4] for name in made.quotations[0].figures] == ["2023-12-31", "2022-12-31"]
    assert made.quotations[0].text == "提高1.3个百分点"
