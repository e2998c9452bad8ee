"""Attainment of targets: golden scenarios, required growth, what a day could see, and the orders that must hold."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.indicator import Break, Indicator, Nature
from guibiao.model.period import Measure, Period, parse_period
from guibiao.model.text.names import Kind
from guibiao.policy.attainment import judge
from guibiao.policy.attainment_types import Case, Draws, Outcome, Seen, Status, Words, Yardstick
from guibiao.policy.paths import Point, judge_pace, required_growth, years_between
from guibiao.reference.attainment import AttainmentParameters, AttainmentSettings
from guibiao.reference.policies import PolicyTarget

GOLDEN = Path(__file__).parents[1] / "golden" / "attainment.csv"
SCENARIOS = list(csv.DictReader(GOLDEN.read_text("utf-8").splitlines()))
FLOW = Indicator(id="revenue", name_zh="收入", name_en="Revenue", unit="亿元", definition_zh="测试")
STOCK = Indicator(id="stations", name_zh="基站", name_en="Stations", unit="个", definition_zh="测试", measure=Measure.AT_END)
SHARE = Indicator(id="share", name_zh="比重", name_en="Share", unit="%", definition_zh="测试", nature=Nature.SHARE)
RANK = Indicator(id="rank", name_zh="位次", name_en="Rank", unit="位", definition_zh="测试")
RATE = Indicator(id="rate", name_zh="增速", name_en="Growth", unit="%", definition_zh="测试", nature=Nature.GROWTH)
BROKEN = replace(STOCK, id="broken", breaks=(Break(date="2022-01-01", reason_zh="定义改变"),))
LINKED = replace(STOCK, id="linked", breaks=(Break(date="2022-01-01", reason_zh="定义改变", link="2"),))
CAPPED = replace(FLOW, id="capped", name_zh="能耗", higher_is_better=False)
INDICATORS = {each.id: each for each in (FLOW, STOCK, SHARE, RANK, RATE, BROKEN, LINKED, CAPPED)}
ORDER = {Status.OUT_OF_REACH: 0, Status.BEHIND: 1, Status.ON_PACE: 2, Status.MISSED: 0, Status.MET: 2}


def target(**given: Any) -> PolicyTarget:
    """A target with what a scenario leaves out."""
    filled: dict[str, Any] = {
        "id": "t", "name": "收入", "indicator": "revenue", "operator": ">=", "value": Decimal(100), "unit": "亿元", "kind": "level",
        "quote": "收入达到100亿元", "start": 0, "end": 1, "deadline": date(2025, 12, 31),
    }  # fmt: skip
    return PolicyTarget(**{**filled, **given})


def seen(text: str, indicator: Indicator, area: str = "1") -> Seen:
    """One observation from `2021=80±0.5@2022-02-01#basis`; without a day it is known the year after."""
    period, _equals, rest = text.partition("=")
    rest, _hash, basis = rest.partition("#")
    rest, _at, known = rest.partition("@")
    number, _sign, half = rest.partition("±")
    spans = parse_period(period, measure=indicator.measure if len(period) == 4 else None)
    value, width = Decimal(number), Decimal(half or 0)
    high = None if half == "+" else value + width
    return Seen(area, spans, value, value - width, high, date.fromisoformat(known or f"{spans.end.year + 1}-02-01"), accounting_basis=basis)


def observations(text: str, indicator: Indicator) -> tuple[Seen, ...]:
    """Several observations, parted by blanks; `+` as width means an open upper side."""
    parts = []
    for each in text.split():
        open_above = each.replace("±+", "")
        found = seen(open_above, indicator)
        parts.append(replace(found, high=None) if "±+" in each else found)
    return tuple(parts)


def scenario(row: dict[str, str]) -> Case:
    """The case a golden row describes."""
    stated = {
        "operator": row["operator"], "value": Decimal(row["value"]), "unit": row["unit"], "kind": row["kind"], "quote": row["quote"],
        "deadline": date.fromisoformat(row["deadline"]) if row["deadline"] else None, "baseline": row["baseline"],
        "value_high": Decimal(row["value_high"]) if row["value_high"] else None,
    }  # fmt: skip
    indicator = INDICATORS.get(row["indicator"])
    yardsticks = (Yardstick(indicator=indicator, area="1", seen=observations(row["observations"], indicator)),) if indicator else ()
    earlier: tuple[PolicyTarget, ...] = ()
    if row["earlier"]:
        year, _equals, value = row["earlier"].partition("=")
        earlier = (target(value=Decimal(value), deadline=date(int(year), 12, 31)),)
    return Case(target=target(**stated), document="plan", dated=date.fromisoformat(row["dated"]), yardsticks=yardsticks, earlier=earlier)


@pytest.mark.parametrize("row", SCENARIOS, ids=[row["name"] for row in SCENARIOS])
def test_scenarios_come_out_as_written(row: dict[str, str]) -> None:
    outcome = judge(scenario(row), date.fromisoformat(row["as_of"]))
    told = (outcome.status.value, outcome.reason, "yes" if outcome.certain else "no")
    assert told == (row["status"], row["reason"], row["certain"])
    for name in ("required_growth", "growth_seen"):
        value = getattr(outcome, name)
        assert ("" if value is None else f"{value:.1f}") == row[name], name
    assert ("" if outcome.gap is None else f"{outcome.gap.normalize():f}") == row["gap"]
    assert outcome.sentence.zh.endswith(("。", "）"))
    assert outcome.sentence.en.endswith((".", ")"))


def test_the_golden_table_names_every_status_and_operator() -> None:
    assert {row["status"] for row in SCENARIOS} == {each.value for each in Status}
    assert {row["operator"] for row in SCENARIOS} == {">=", ">", "=", "<=", "<", "approx", "range", "multiple_of_base"}
    assert {row["kind"] for row in SCENARIOS} == {*get_args(Kind)}


@pytest.mark.parametrize(
    ("start", "goal", "years", "expected"), [(3500, 5000, 3, 12.62), (10000, 20000, 3, 25.99), (100, 100, 4, 0.0), (100, 81, 2, -10.0)]
)
def test_required_growth(start: float, goal: float, years: float, expected: float) -> None:
    growth = required_growth(start, goal, years)
    assert growth is not None
    assert round(growth, 2) == expected


@pytest.mark.parametrize(("start", "goal", "years"), [(0, 5, 1), (5, 0, 1), (-1, 5, 1), (1, 5, 0)])
def test_growth_that_is_not_defined_is_not_given(start: float, goal: float, years: float) -> None:
    assert required_growth(start, goal, years) is None


def test_years_are_whole_between_equal_days() -> None:
    assert years_between(date(2021, 12, 31), date(2025, 12, 31)) == 4.0
    assert years_between(date(2020, 2, 29), date(2021, 2, 28)) == 1.0
    assert 0.9 < years_between(date(2021, 11, 30), date(2022, 10, 31)) < 1.0


def test_a_plan_without_data_tells_the_growth_it_asks_for_itself() -> None:
    earlier = target(value=Decimal(3500), deadline=date(2022, 12, 31))
    case = Case(
        target=target(operator=">", value=Decimal(5000)), document="plan", dated=date(2022, 6, 8), earlier=(earlier,),
        yardsticks=(Yardstick(indicator=FLOW, area="1"),), holder_zh="某局",
    )  # fmt: skip
    outcome = judge(case, date(2024, 1, 1))
    assert outcome.status is Status.NO_DATA
    assert outcome.base is not None
    assert outcome.base.kind == "earlier target"
    assert outcome.required_growth is not None
    assert f"{outcome.required_growth:.1f}" == "12.6"
    assert "从2022年的3500亿元年均增长12.6%" in outcome.sentence.zh
    assert "数据由某局掌握" in outcome.sentence.zh
    assert outcome.probability is None


def doubling(text: str, **more: Any) -> Outcome:
    """A doubling by 2025 in a plan of 2022 whose own goal for 2022 is 1 万亿元."""
    stated = target(operator="multiple_of_base", value=Decimal(2), unit="倍", kind="relative", quote="成交额翻一番", baseline="unstated")
    earlier = target(value=Decimal(1), unit="万亿元", deadline=date(2022, 12, 31))
    yardstick = Yardstick(indicator=FLOW, area="1", seen=observations(text, FLOW))
    case = Case(target=stated, document="plan", dated=date(2022, 6, 8), earlier=(earlier,), yardsticks=(yardstick,), **more)
    return judge(case, date(2026, 6, 1))


def test_a_doubling_without_base_shows_which_base_was_taken() -> None:
    nothing = doubling("")
    assert nothing.status is Status.NO_DATA
    assert f"{nothing.required_growth:.1f}" == "26.0"
    assert "原文未写基期，以本文件上一期目标的年份为基期（2022年）" in nothing.sentence.zh
    assert "no base is named" in nothing.sentence.en
    first = doubling("2021=8000 2022=11000 2025=21000")
    assert first.status is Status.MISSED
    assert "（2022年）" in first.assumptions[0].zh
    assert "另一种读法以文件发布前一年为基期（2021年），目标值已达到" in first.sentence.zh
    before = AttainmentParameters(unstated_base=("year_before", "first_target"))
    other = doubling("2021=8000 2022=11000 2025=21000", parameters=before)
    assert other.status is Status.MET
    assert "（2021年）" in other.assumptions[0].zh


def test_every_district_must_have_a_figure_and_missing_ones_are_named() -> None:
    stated = target(value=Decimal(1), unit="个", kind="count", geography="每个区", deadline=date(2022, 12, 31), quote="每个区不少于1个")
    known = {"东": "2022=2", "西": "2022=1", "南": ""}
    yardsticks = tuple(
        Yardstick(indicator=STOCK, area=name, area_zh=f"{name}区", seen=observations(text, STOCK)) for name, text in known.items()
    )
    case = Case(target=stated, document="plan", dated=date(2019, 6, 1), yardsticks=yardsticks, every=True)
    outcome = judge(case, date(2024, 1, 1))
    assert (outcome.status, outcome.missing) == (Status.NO_DATA, ("南",))
    assert "缺少南区的数据" in outcome.sentence.zh
    filled = replace(yardsticks[2], seen=observations("2022=3", STOCK))
    assert judge(replace(case, yardsticks=(*yardsticks[:2], filled)), date(2024, 1, 1)).status is Status.MET
    short = replace(yardsticks[2], seen=observations("2022=0", STOCK))
    assert judge(replace(case, yardsticks=(*yardsticks[:2], short)), date(2024, 1, 1)).status is Status.MISSED


def test_of_several_indicators_the_first_with_a_verdict_counts() -> None:
    stated = target(value=Decimal(6000), unit="个", kind="increment", deadline=date(2022, 12, 31), quote="新增6000个")
    flow = replace(STOCK, id="added", measure=Measure.DURING)
    stock = Yardstick(indicator=STOCK, area="1", seen=observations("2021=50000 2022=57000", STOCK))
    case = Case(target=stated, document="plan", dated=date(2022, 3, 1), yardsticks=(Yardstick(indicator=flow, area="1"), stock))
    outcome = judge(case, date(2023, 6, 1))
    assert (outcome.status, outcome.indicator, outcome.gap) == (Status.MET, "stations", Decimal(-1000))


def test_a_forecast_gives_a_probability_and_nothing_else_does() -> None:
    case = Case(target=target(), document="plan", dated=date(2022, 1, 1), yardsticks=(Yardstick(indicator=FLOW, area="1"),))
    assert judge(case, date(2024, 1, 1)).probability is None
    empty = Draws(indicator="revenue", area="1", by_model={"drift": ()})
    assert judge(replace(case, draws=empty), date(2024, 1, 1)).probability is None
    by_model = {"drift": (90.0, 100.0, 110.0, 120.0), "theta": (90.0, 90.0, 90.0, 110.0)}
    drawn = Draws(indicator="revenue", area="1", by_model=by_model, points=6, few=True)
    yardstick = Yardstick(indicator=FLOW, area="1", seen=observations("2022=80 2023=90", FLOW))
    told = judge(replace(case, draws=drawn, yardsticks=(yardstick,)), date(2024, 3, 1))
    assert (told.probability, told.by_model) == (0.5, {"drift": 0.75, "theta": 0.25})
    assert "概率为50%（2个模型从25%到75%，只有6个年度数" in told.sentence.zh
    assert "(2 models, from 25% to 75%; only 6 annual figures" in told.sentence.en


def test_draws_of_another_indicator_say_nothing() -> None:
    case = Case(target=target(), document="plan", dated=date(2022, 1, 1), yardsticks=(Yardstick(indicator=FLOW, area="1"),))
    other = Draws(indicator="share", area="1", by_model={"drift": (200.0,)})
    told = judge(replace(case, draws=other, unforecast=Words("无", "none")), date(2024, 1, 1))
    assert (told.probability, told.unforecast.zh) == (None, "无")


@pytest.mark.parametrize(("operator", "expected"), [(">=", 0.75), (">", 0.5), ("<=", 0.5), ("<", 0.25)])
def test_a_probability_keeps_to_the_side_of_the_goal(operator: str, expected: float) -> None:
    case = Case(
        target=target(operator=operator), document="plan", dated=date(2022, 1, 1), yardsticks=(Yardstick(indicator=FLOW, area="1"),),
        draws=Draws(indicator="revenue", area="1", by_model={"drift": (90.0, 100.0, 110.0, 120.0)}),
    )  # fmt: skip
    assert judge(case, date(2024, 1, 1)).probability == expected


def test_parameters_are_dated() -> None:
    strict = AttainmentParameters(id="strict", valid_from=date(2024, 1, 1), on_pace=1.0, reason_zh="更严")
    settings = AttainmentSettings(parameters=(strict,))
    assert settings.on(date(2023, 12, 31)) == AttainmentParameters()
    assert settings.on(date(2024, 1, 1)) is strict


values = st.decimals(min_value=1, max_value=10_000, places=1)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2027, 12, 31))


def floor_case(base: Decimal, value: Decimal, indicator: Indicator = FLOW) -> Case:
    """A floor of 100 by 2025 with two figures, both rounded to one decimal."""
    half = Decimal("0.05")
    pairs = ((2021, base), (2023, value), (2025, value))
    figures = tuple(
        Seen("1", Period(date(year, 1, 1), date(year, 12, 31)), number, number - half, number + half, date(year + 1, 2, 1))
        for year, number in pairs
    )
    return Case(
        target=target(), document="plan", dated=date(2022, 6, 1), yardsticks=(Yardstick(indicator=indicator, area="1", seen=figures),)
    )


@given(values, values, st.decimals(min_value=0, max_value=1000, places=1), days)
def test_a_higher_value_never_worsens_the_status_of_a_floor(base: Decimal, value: Decimal, more: Decimal, day: date) -> None:
    lower, higher = judge(floor_case(base, value), day), judge(floor_case(base, value + more), day)
    if lower.status in ORDER and higher.status in ORDER:
        assert ORDER[higher.status] >= ORDER[lower.status]
    assert (lower.status in ORDER) == (higher.status in ORDER)


@given(values, values, st.decimals(min_value=0, max_value=1000, places=1), days)
def test_a_lower_value_never_worsens_the_status_of_a_cap(base: Decimal, value: Decimal, more: Decimal, day: date) -> None:
    def capped(number: Decimal) -> Outcome:
        case = floor_case(base, number)
        return judge(replace(case, target=target(operator="<=")), day)

    lower, higher = capped(value), capped(value + more)
    if lower.status in ORDER and higher.status in ORDER:
        assert ORDER[lower.status] >= ORDER[higher.status]


@given(values, values, days)
def test_a_day_before_a_figure_is_known_never_sees_it(base: Decimal, value: Decimal, day: date) -> None:
    case = floor_case(base, value)
    known = tuple(each for each in case.yardsticks[0].seen if each.known_from <= day)
    without = replace(case, yardsticks=(replace(case.yardsticks[0], seen=known),))
    assert judge(case, day) == judge(without, day)
    outcome = judge(case, day)
    assert outcome.value is None or outcome.value.known_from <= day


@given(values, values, values, st.booleans(), st.sampled_from(("geometric", "linear")))
def test_pace_is_ordered_by_the_current_value(base: Decimal, value: Decimal, goal: Decimal, upward: bool, shape: Any) -> None:
    points = (Point(date(2021, 12, 31), float(base)), Point(date(2025, 12, 31), float(goal)))
    verdicts = [
        judge_pace(shape, points[0], Point(date(2023, 12, 31), float(value) * factor), points[1], upward, AttainmentParameters()).verdict
        for factor in (1.0, 1.5)
    ]
    worse, better = verdicts if upward else verdicts[::-1]
    rank = {"out_of_reach": 0, "behind": 1, "on_pace": 2}
    assert rank[better] >= rank[worse]


@given(st.sampled_from(SCENARIOS), days)
def test_before_the_deadline_no_verdict_of_after_and_the_other_way_round(row: dict[str, str], day: date) -> None:
    outcome = judge(scenario(row), day)
    if outcome.deadline is not None and day <= outcome.deadline:
        assert outcome.status not in {Status.MET, Status.MISSED}
    else:
        assert outcome.status not in {Status.ON_PACE, Status.BEHIND, Status.OUT_OF_REACH}
