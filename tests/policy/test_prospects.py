"""Probability of targets: which figures it rests on, what it compares, when there is none; invented targets on real provincial figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.attainment import board
from guibiao.model.indicator import Break
from guibiao.policy.attainment import judge
from guibiao.policy.attainment_types import Case, Outcome, Yardstick
from guibiao.prospects import draws_of_targets, prospect_of, with_prospect
from guibiao.reference.load import load_workspace
from guibiao.reference.policies import PolicyDocument
from guibiao.reference.series.forecast import SHORT_MODELS, SimulationSpecification
from guibiao.run import DataRun
from tests.policy.test_attainment import BROKEN, FLOW, LINKED, RANK, RATE, SHARE, STOCK, observations, target
from tests.policy.test_attainment_board import FOLDER, Typed

TODAY = date(2024, 3, 1)
RISING = "2018=60 2019=64 2020=71 2021=75 2022=82 2023=88"
QUICK = SimulationSpecification(draws=400)


def case(text: str = RISING, indicator: Any = FLOW, **stated: Any) -> Case:
    given_target = {"indicator": indicator.id, "unit": indicator.unit, **stated}
    yardstick = Yardstick(indicator=indicator, area="1", seen=observations(text, indicator))
    return Case(target=target(**given_target), document="plan", dated=date(2021, 6, 1), yardsticks=(yardstick,))


def told(made: Case, as_of: date = TODAY) -> Outcome:
    return judge(with_prospect(made, as_of, QUICK), as_of)


def test_a_level_has_a_probability_by_model_and_of_all() -> None:
    outcome = told(case())
    assert set(outcome.by_model) == set(SHORT_MODELS)
    assert outcome.probability == pytest.approx(sum(outcome.by_model.values()) / 5)
    assert (outcome.points, outcome.few) == (6, True)
    assert "只有6个年度数" in outcome.sentence.zh


def test_a_nearer_goal_is_likelier_and_a_cap_is_the_other_side() -> None:
    chances = [told(case(value=Decimal(goal))).probability for goal in (85, 100, 120)]
    assert chances[0] is not None
    assert chances == sorted(chances, reverse=True, key=lambda each: each or 0.0)
    floor, cap = told(case()), told(case(operator="<="))
    assert floor.probability is not None
    assert cap.probability == pytest.approx(1 - floor.probability)


def test_figures_known_later_take_no_part() -> None:
    then = date(2023, 6, 1)
    own = prospect_of(case(), then, QUICK)
    without = prospect_of(case(RISING.removesuffix(" 2023=88")), then, QUICK)
    assert own.draws == without.draws
    assert own.periods[-1] == "2022年"


@given(st.integers(min_value=2020, max_value=2025), st.decimals(min_value=1, max_value=10_000, places=1))
def test_no_later_figure_changes_a_past_prospect(year: int, value: Decimal) -> None:
    then = date(2022, 12, 31)
    later = (
        case(f"{RISING} {year}={value}@{max(year, 2022) + 1}-02-01") if year > 2023 else case(RISING.replace("2023=88", f"2023={value}"))
    )
    assert prospect_of(later, then, SimulationSpecification(draws=20)) == prospect_of(case(), then, SimulationSpecification(draws=20))


def test_flows_of_several_years_are_added_up() -> None:
    made = case(kind="increment", quote="新增500个", value=Decimal(500), baseline="2020")
    draws = prospect_of(made, TODAY, QUICK).draws
    assert draws is not None
    level = prospect_of(case(), TODAY, QUICK).draws
    assert level is not None
    assert min(draws.by_model["drift"]) > 75 + 82 + 88
    assert float(np.mean(draws.by_model["drift"])) > 75 + 82 + 88 + float(np.mean(level.by_model["drift"]))
    outcome = told(made)
    assert outcome.probability is not None
    lower = told(replace(made, target=replace(made.target, value=Decimal(300))))
    assert lower.probability is not None
    assert lower.probability > outcome.probability


def test_the_difference_of_stocks_and_shares_counts_from_its_base() -> None:
    stock = case(
        "2019末=10 2020末=14 2021末=17 2022末=22 2023末=25", STOCK, kind="increment", value=Decimal(20), baseline="2020", quote="新增20个"
    )
    outcome = told(stock)
    assert outcome.goal == 34
    assert outcome.probability is not None
    share = case(
        "2019=38 2020=40 2021=41 2022=43 2023=44",
        SHARE,
        kind="increment",
        value=Decimal(5),
        unit="个百分点",
        baseline="2020",
        quote="提高5个百分点",
    )
    found = prospect_of(share, TODAY, QUICK).draws
    assert found is not None
    assert all(0 < value < 100 for values in found.by_model.values() for value in values)
    assert told(share).probability is not None


def test_growth_over_a_year_that_lies_ahead_is_compared_path_by_path() -> None:
    growth = case(kind="growth", unit="%", value=Decimal(6), quote="增长6%")
    draws = prospect_of(growth, TODAY, QUICK).draws
    assert draws is not None
    assert set(draws.bases) == set(draws.by_model)
    outcome = told(growth)
    assert outcome.goal is None
    values, bases = np.array(draws.by_model["drift"]), np.array(draws.bases["drift"])
    assert outcome.by_model["drift"] == pytest.approx(float(np.mean(values >= bases * 1.06)))


def test_average_growth_and_multiples_count_from_the_base_on_file() -> None:
    average = told(case(kind="growth", unit="%", value=Decimal(8), quote="年均增长8%", baseline="2020"))
    assert average.goal == Decimal(71) * Decimal("1.08") ** 5
    assert average.probability is not None
    double = told(case(kind="relative", operator="multiple_of_base", value=Decimal(2), unit="倍", quote="翻一番", baseline="2020"))
    assert double.goal == 142
    assert double.probability is not None
    assert double.probability < average.probability


def test_a_published_growth_rate_is_simulated_on_its_own_scale() -> None:
    rates = case("2018=6 2019=-2 2020=3 2021=8 2022=0 2023=5", RATE, kind="growth", unit="%", value=Decimal(4), quote="增长4%")
    outcome = told(rates)
    assert outcome.probability is not None
    assert 0.2 < outcome.probability < 0.8


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (case("2021=75 2022=82 2023=88"), "少于4个"),
        (case("2018=60 2019=64 2021=75 2022=82 2023=88"), "缺2020年的数"),
        (case("2018=60#old 2019=64#old 2020=71#old 2021=75 2022=82 2023=88"), "口径不同"),
        (case("2019末=10 2020末=14 2021末=17 2022末=22 2023末=25", BROKEN), "口径改变之前"),
        (case("2019=1 2020=2 2021=3 2022=2 2023=1", RANK, kind="ranking", unit="位", value=Decimal(3)), "位次"),
        (case("2018=60 2019=60 2020=60 2021=60 2022=60 2023=60"), "没有变化"),
        (case(deadline=date(2023, 12, 31)), "期限已过"),
        (case(deadline=date(2099, 12, 31)), "过远"),
        (case(deadline=date(2025, 6, 30)), "同一月份"),
        (case(deadline=None), "期限"),
        (case(unit="万人次"), "不是一类"),
        (case(""), "没有年度数"),
    ],
    ids=["three", "gap", "basis", "break", "rank", "constant", "past", "far", "month", "deadline", "unit", "none"],
)  # fmt: skip
def test_without_a_sound_series_there_is_a_reason_and_no_probability(made: Case, words: str) -> None:
    outcome = told(made)
    assert outcome.probability is None
    assert words in outcome.unforecast.zh
    assert outcome.unforecast.en


def test_figures_before_a_linked_break_are_brought_over() -> None:
    text = "2019末=10 2020末=14 2021末=17 2022末=44 2023末=50"
    found = prospect_of(case(text, LINKED, unit="个"), TODAY, QUICK)
    plain = prospect_of(case("2019末=20 2020末=28 2021末=34 2022末=44 2023末=50", STOCK, unit="个"), TODAY, QUICK)
    assert found.draws is not None
    assert plain.draws is not None
    assert found.draws.by_model == plain.draws.by_model


def test_several_areas_that_must_all_reach_it_get_no_one_number() -> None:
    one = case()
    two = replace(one, yardsticks=(*one.yardsticks, replace(one.yardsticks[0], area="2")), every=True)
    assert "不合成" in told(two).unforecast.zh


def test_the_first_measure_with_figures_enough_is_forecast() -> None:
    one = case()
    empty = replace(one.yardsticks[0], seen=(), indicator=replace(FLOW, id="other"))
    found = draws_of_targets([replace(one, yardsticks=(empty, *one.yardsticks))], TODAY, QUICK)
    draws = found["t"].draws
    assert draws is not None
    assert draws.indicator == "revenue"
    assert told(replace(one, yardsticks=(empty, *one.yardsticks))).probability is not None


def invented(goal: int, deadline: int) -> PolicyDocument:
    stated = target(
        id="invented", name="地区生产总值", indicator="gross_domestic_product", value=Decimal(goal), deadline=date(deadline, 12, 31),
        classification="policy_target",
    )  # fmt: skip
    return PolicyDocument(id="plan", title="虚构规划", dated=date(2017, 1, 1), targets=(stated,))


@pytest.fixture(scope="module")
def provincial() -> Typed:
    workspace = load_workspace(Path(FOLDER))
    return Typed(replace(workspace, policies={"plan": invented(30000, 2020)}))


def test_invented_targets_on_provincial_figures_get_a_probability(provincial: Typed) -> None:
    rows = []
    for goal in (30_000, 36_000, 60_000):
        run = Typed(replace(provincial.workspace, policies={"plan": invented(goal, 2020)}))
        (row,) = board(cast("DataRun", run), date(2018, 12, 31))
        rows.append(row)
    chances = [row["probability"] for row in rows]
    assert chances[0] > chances[1] > chances[2]
    assert all(row["probability_low"] <= row["probability"] <= row["probability_high"] for row in rows)
    assert rows[0]["probability_points"] >= 20
    assert rows[0]["probability_models"].count("=") == 5
    assert "5个模型" in rows[0]["probability_zh"]
    assert rows[0]["known_from"] <= date(2018, 12, 31)


def test_the_shipped_board_gives_few_probabilities_and_reasons_for_the_rest() -> None:
    run = cast("DataRun", Typed(load_workspace(Path(FOLDER))))
    rows = board(run, date(2022, 6, 30))
    assert [row["name"] for row in rows if row["probability"] is not None] == ["新型信息消费示范项目"]
    assert all(row["probability_zh"] for row in rows)


def test_a_break_named_in_the_indicator_is_the_one_that_counts() -> None:
    broken = replace(FLOW, breaks=(Break(date="2019", reason_zh="口径调整"),))
    found = prospect_of(case(indicator=broken), TODAY, QUICK)
    assert found.periods[0] == "2019年"
    assert "口径改变之前" in found.reason.zh
