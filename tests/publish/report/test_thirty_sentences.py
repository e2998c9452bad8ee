"""Statements a report would make about an invented city, true and false: each is built as printed here, or refused with this reason.

Every expected text is worked out by hand from `ROWS`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from guibiao.model.errors import BatchErrors
from guibiao.model.indicator import Break
from tests.publish.report import city
from tests.publish.report.city import bound, computed, history, row

ROWS = (
    *history("output", {2018: "700.0", 2019: "800.0", 2020: "800.0", 2021: "990.0", 2022: "1050.2", 2023: "1200.7"}),
    row("output", 2023, "1300.0", accounting_basis="second", known_from=date(2025, 1, 10)),
    *history("growth", {2020: "-1.2", 2021: "9.5", 2022: "4.4", 2023: "8.5"}),
    row("growth", 2023, "5.2", area="9"),
    row("growth", 2023, "8.5", area="92"),
    row("growth", 2023, "9.1", area="93"),
    *history("real_growth", {2023: "7.0"}),
    *history("share", {2020: "39.9", 2021: "40.4", 2022: "41.6", 2023: "42.9"}),
    row("share", 2023, "30.1", area="9"),
    row("share", 2023, "42.9", area="92"),
    row("share", 2023, "50.0", area="93"),
    row("share", 2022, "41.6", area="93"),
    row("share", 2022, "41.64", area="92"),
    row("stations", "2022年末", "4.5"),
    row("stations", "2023年末", "超过5"),
    row("stations", "2023年末", "约5.1", area="92"),
    *history("retail", {"2021年1-9月": "330.5", "2022年1-9月": "310.5", "2023年1-9月": "300.5"}),  # type: ignore[dict-item]
    row("firms", 2019, "90", sector="game"),
    row("firms", 2021, "80", sector="game"),
    row("firms", 2022, "80", sector="game"),
    row("firms", 2023, "70", sector="game"),
    row("firms", 2023, "120", sector="soft"),
    computed("trial_pull", 2023, 2.44, 2.06, 2.84),
    computed("trial_pull", 2022, 1.0, None, 1.4),
)

TRUE = {
    # 首次: an earlier figure that comes near, or equals the limit, does not reach it
    'first_time("output", 2023, threshold="1100亿元", basis="first")': "按普查前口径，自2018年有数据以来首次超过1100亿元",
    'first_time("output", 2021, threshold=800)': "自2018年有数据以来首次超过800亿元",
    'first_time("share", 2022, threshold=41)': "自2020年有数据以来首次超过41%",
    'first_time("growth", 2022, threshold=5, side="below", since=2021)': "2021年以来首次低于5%",
    # 连续
    'consecutive("share", 2023)': "连续3年提高",
    'consecutive("growth", 2023)': "连续3年增长",
    'consecutive("share", 2023, above=40)': "连续3年超过40%",
    'consecutive("retail", "2023年1-9月")': "连续2年下降",
    # 两年平均
    'average("growth", 2022)': "两年平均增长6.9%",
    'average("output", 2023, basis="first")': "两年平均名义增长10.1%",
    'average("growth", 2022, years=3)': "三年平均增长4.1%",
    # 高于全国, 增速快于, 占比提高, 持平
    'compare("share", 2023, to="全国", form="phrase")': "高于全国12.8个百分点",
    'compare("growth", 2023, to="全国", form="pace")': "快于全国3.3个百分点",
    'compare("growth", 2023, to="北岭省", form="pace")': "慢于北岭省0.6个百分点",
    'compare("growth", 2023, to="望海省", form="pace")': "与望海省持平",
    'change("share", 2023)': "提高1.3个百分点",
    'change("output", 2020)': "持平",
    'change("output", 2023, form="rate", basis="first")': "名义增长14.3%",
    'change("firms", 2023, sector="game")': "减少10家",
    # 排名: ties, the precision printed, denominators
    'rank("share", 2023, missing="leave out")': "有数据的3个中并列第2位",
    'rank("share", 2022, area="92", missing="leave out")': "有数据的3个中并列第1位",
    'rank("growth", 2023, area="93", missing="leave out")': "有数据的3个中第1位",
    'covered("share", 2023)': "4个中的3个",
    # 试算, 缺数
    'trial("trial_pull", 2023)': "试算为2.4个百分点（2.1个百分点至2.8个百分点）",
    'value("secret", 2023, default="未公布")': "未公布",
    'value("stations", "2023年末")': "超过5万个",
    'change("firms", 2022, sector="game")': "持平",
}

FALSE = {
    # 首次
    'first_time("output", 2023, threshold=1000, basis="first")': "“首次超过1000亿元”不成立：2022年数字产业增加值（临江市）为 1050.2亿元",
    'first_time("output", 2020, threshold=800)': "“首次超过800亿元”不成立：2020年数字产业增加值（临江市）为 800.0亿元",
    'first_time("firms", 2023, sector="game", threshold=75, side="below")': "企业数的历史数据缺 2020年，不能说“首次”",
    'first_time("share", 2020, threshold=39)': "库中没有 2020年占比（临江市） 以前的数据，不能说“首次”",
    # 连续
    'consecutive("growth", 2023, least=4)': "“连续4期增长”不成立",
    'consecutive("share", 2023, above=40, least=4)': "“连续4期超过40%”不成立",
    'consecutive("share", 2023, above=45)': "“超过45%”不成立：2023年占比（临江市）为 42.9%",
    # 两年平均
    'average("share", 2023)': "指标 share 是比率，没有平均增速",
    'average("growth", 2021, years=3)': "没有这项数据：2019年数字产业增速（临江市）",
    # 比较
    'compare("growth", 2023, other="real_growth", form="pace")': "价格基准不同的数不能比较",
    'compare("share", 2023, to="全国", form="pace")': "不是增速，不能说快慢",
    'compare("share", 2022, to="全国")': "没有这项数据：2022年占比（全国）",
    'compare("stations", "2023年末", to="望海省")': "不能判断 超过5 与 约5.1 哪个大",
    # 跨口径
    'change("output", 2023)': "核算口径不同的数不能比较",
    'rank("share", 2023)': "1 个比较对象没有这项数据，排不出位次",
    # 缺数, 取整边界, 试算
    'value("secret", 2023)': "没有这项数据：2023年直播成交额（临江市）",
    'value("share", 2023, decimals=2)': "来源只印到 1 位小数，不能印 2 位",
    'trial("share", 2023)': "是公布数，不是试算",
    'trial("trial_pull", 2022)': "没有区间，不能作为试算数引用",
    'change("real_growth", 2023, decimals=0, against=2022)': "没有这项数据：2022年实际增速（临江市）",
}


@pytest.mark.parametrize(("call", "expected"), TRUE.items())
def test_a_true_statement_is_built(call: str, expected: str) -> None:
    assert bound(call, ROWS) == expected


@pytest.mark.parametrize(("call", "reason"), FALSE.items())
def test_a_false_or_unfounded_statement_is_refused(call: str, reason: str) -> None:
    with pytest.raises(BatchErrors) as caught:
        bound(call, ROWS)
    assert reason in str(caught.value)


def test_there_are_thirty_and_more() -> None:
    assert len(TRUE) + len(FALSE) >= 30
    assert len(FALSE) >= 15


BROKEN = Break(date="2022-01-01", reason_zh="统计范围改变")


def _with_break(monkeypatch: pytest.MonkeyPatch, *breaks: Break) -> None:
    changed = tuple(replace(each, breaks=breaks) if each.id in {"share", "output"} else each for each in city.INDICATORS)
    monkeypatch.setattr(city, "INDICATORS", changed)


@pytest.mark.parametrize(
    "call",
    [
        'change("share", 2022)',
        'first_time("share", 2022, threshold=41)',
        'consecutive("share", 2023, above=40)',
        'average("output", 2023, basis="first")',
    ],
)
def test_no_statement_crosses_an_unlinked_break(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_break(monkeypatch, BROKEN)
    with pytest.raises(BatchErrors, match="自2022-01-01起定义改变，前后不能直接比较：统计范围改变"):
        bound(call, ROWS)


def test_statements_on_one_side_of_a_break_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_break(monkeypatch, BROKEN)
    assert bound('change("share", 2023)', ROWS) == "提高1.3个百分点"
    assert bound('change("share", 2021)', ROWS) == "提高0.5个百分点"


def test_a_linked_break_brings_the_earlier_level_over(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_break(monkeypatch, replace(BROKEN, link="1.02"))
    assert bound('change("output", 2022, form="rate")', ROWS) == "名义增长4.0%"
    assert bound('change("output", 2022)', ROWS) == "增加40.4亿元"
