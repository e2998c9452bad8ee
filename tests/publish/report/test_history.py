"""first_time(), consecutive(), average(): printed where they hold, refused where they do not or the history is not on file."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BatchErrors
from tests.publish.report.city import ROWS, bound, history, row

QUARTERS = [
    row("output", f"{year}年{quarter}季度", printed)
    for year, quarter, printed in (
        (2022, "三", "100.0"),
        (2022, "四", "110.0"),
        (2023, "一", "105.0"),
        (2023, "二", "120.0"),
        (2023, "三", "130.0"),
        (2023, "四", "140.0"),
    )
]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('first_time("output", 2023, threshold=1100)', "自2019年有数据以来首次超过1100亿元"),
        ('first_time("output", 2023, threshold="1100亿元")', "自2019年有数据以来首次超过1100亿元"),
        ('first_time("output", 2023, threshold="0.11万亿元")', "自2019年有数据以来首次超过0.11万亿元"),
        ('first_time("output", 2021, threshold=900)', "自2019年有数据以来首次超过900亿元"),
        ('first_time("output", 2023, threshold=1100, since=2021)', "2021年以来首次超过1100亿元"),
        ('first_time("growth", 2023, threshold=-2, side="below", since=2022, default="—")', None),
        ('first_time("growth", 2022, threshold="5%", side="below", since=2021)', "2021年以来首次低于5%"),
        ('first_time("share", 2023, threshold="42.5%")', "自2021年有数据以来首次超过42.5%"),
        ('first_time("output", 2023, threshold=1100, basis="first")', "按普查前口径，自2019年有数据以来首次超过1100亿元"),
    ],
)
def test_first_time(call: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(BatchErrors, match="不成立"):
            bound(call)
    else:
        assert bound(call) == expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('first_time("output", 2023, threshold=1000)', "2022年.*为 1050.2亿元"),
        ('first_time("output", 2023, threshold=1300)', "2023年.*为 1200.7亿元"),
        ('first_time("output", 2023, threshold=1200.7)', "不成立"),
        ('first_time("output", 2019, threshold=500)', "没有 2019年.*以前的数据"),
        ('first_time("output", 2023, threshold="1100万户")', "单位"),
        ('first_time("output", 2023)', "threshold"),
        ('first_time("stations", "2023年末", threshold=5)', "2023年10月末"),
    ],
)
def test_first_time_is_refused(call: str, message: str) -> None:
    with pytest.raises(BatchErrors, match=message):
        bound(call)


def test_a_gap_in_the_history_is_named() -> None:
    rows = [each for each in ROWS if not (each["indicator"] == "output" and each["period_end"].year == 2021)]
    with pytest.raises(BatchErrors, match="缺 2021年"):
        bound('first_time("output", 2023, threshold=1100)', rows)
    assert bound('first_time("output", 2023, threshold=1100, since=2022)', rows) == "2022年以来首次超过1100亿元"


def test_a_threshold_inside_an_interval_is_not_decided() -> None:
    rows = history("output", {2022: "900.0", 2023: "约1000"})
    with pytest.raises(BatchErrors, match="不能判断"):
        bound('first_time("output", 2023, threshold=1000)', rows)
    assert bound('first_time("output", 2023, threshold=950)', history("output", {2022: "900.0", 2023: "超过950"})).endswith(
        "首次超过950亿元"
    )


def test_cumulative_figures_are_compared_with_the_same_months() -> None:
    rows = [row("retail", f"{year}年1-9月", printed) for year, printed in ((2021, "200.5"), (2022, "310.5"), (2023, "400.5"))]
    rows.append(row("retail", "2023年1-8月", "350.5"))
    assert bound('first_time("retail", "2023年1-9月", threshold=350)', rows) == "自2021年1-9月有数据以来首次超过350亿元"


def test_a_later_basis_needs_a_history_of_its_own() -> None:
    rows = [*ROWS, row("output", 2023, "1300.1", accounting_basis="second", known_from=date(2025, 1, 1))]
    with pytest.raises(BatchErrors, match="口径不同"):
        bound('first_time("output", 2023, threshold=1100)', rows)
    with pytest.raises(BatchErrors, match="以前的数据"):
        bound('first_time("output", 2023, threshold=1100, basis="second")', rows)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('consecutive("growth", 2023)', "连续3年增长"),
        ('consecutive("output", 2023)', "连续4年增长"),
        ('consecutive("share", 2023)', "连续2年提高"),
        ('consecutive("share", 2023, above=41)', "连续2年超过41%"),
        ('consecutive("share", 2023, above="40%")', "连续3年超过40%"),
        ('consecutive("growth", 2022, below=10, least=3)', "连续3年低于10%"),
    ],
)
def test_consecutive(call: str, expected: str) -> None:
    assert bound(call) == expected


def test_quarters_in_a_row() -> None:
    assert bound('consecutive("output", "2023年四季度")', QUARTERS) == "连续3个季度增长"


def test_a_run_of_falling_figures() -> None:
    rows = history("output", {2020: "900.0", 2021: "800.0", 2022: "700.0", 2023: "600.0"})
    assert bound('consecutive("output", 2023)', rows) == "连续3年下降"
    assert bound('consecutive("output", 2023)', history("output", {2021: "5.0", 2022: "5.0", 2023: "5.0"})) == "连续2年持平"


@pytest.mark.parametrize(
    "call",
    [
        'consecutive("growth", 2020)',
        'consecutive("output", 2020)',
        'consecutive("growth", 2023, least=4)',
        'consecutive("share", 2023, above=50)',
        'consecutive("share", 2023, above=42)',
    ],
)
def test_no_run(call: str) -> None:
    with pytest.raises(BatchErrors, match="不成立"):
        bound(call)


def test_a_run_stops_at_another_basis() -> None:
    rows = [
        *history("output", {2020: "850.5", 2021: "990.0"}),
        *history("output", {2022: "1050.2", 2023: "1200.7", 2024: "1300.0"}, accounting_basis="second"),
    ]
    assert bound('consecutive("output", 2024)', rows) == "连续2年增长"
    with pytest.raises(BatchErrors, match="不成立"):
        bound('consecutive("output", 2023)', rows)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('average("growth", 2023)', "两年平均增长6.4%"),
        ('average("growth", 2022, years=3)', "三年平均增长4.1%"),
        ('average("output", 2023)', "两年平均名义增长10.1%"),
        ('average("output", 2023, years=4)', "四年平均名义增长10.7%"),
    ],
)
def test_average(call: str, expected: str) -> None:
    assert bound(call) == expected


def test_average_of_falling_figures() -> None:
    assert bound('average("growth", 2023)', history("growth", {2022: "-4.0", 2023: "-2.0"})) == "两年平均下降3.0%"
    assert bound('average("growth", 2023)', history("growth", {2022: "0.0", 2023: "0.0"})) == "两年平均持平"


@given(st.integers(-300, 300), st.integers(-300, 300))
def test_the_average_is_the_geometric_mean(first: int, second: int) -> None:
    rows = history("growth", {2022: f"{first / 10}", 2023: f"{second / 10}"})
    mean = (((1 + first / 1000) * (1 + second / 1000)) ** 0.5 - 1) * 100
    text = bound('average("growth", 2023)', rows)
    size = 0.0 if text.endswith("持平") else float(text.removeprefix("两年平均增长").removeprefix("两年平均下降").removesuffix("%"))
    assert abs(size - abs(mean)) <= 0.0500001
    assert ("平均持平" in text) == (size == 0)
    assert size == 0 or ("增长" in text) == (mean > 0)


def test_a_share_has_no_average_growth() -> None:
    with pytest.raises(BatchErrors, match="比率"):
        bound('average("share", 2023)')


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('first_time("output", 2023, threshold=1100)', "for the first time exceeded 110 billion yuan (data since 2019)"),
        ('first_time("output", 2023, threshold=1100, since=2021)', "for the first time exceeded 110 billion yuan since 2021"),
        ('consecutive("growth", 2023)', "increased for 3 years in a row"),
        ('consecutive("share", 2023, above=40)', "over 40% for 3 years in a row"),
        ('average("growth", 2023)', "increased by an average of 6.4% a year over 2 years"),
    ],
)
def test_english(call: str, expected: str) -> None:
    assert bound(call, language="en") == expected
