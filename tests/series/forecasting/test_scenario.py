"""Scenarios: conditional, named, beside one another; what is left open or blended is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.forecast import Condition, Scenario, ScenarioFile
from guibiao.series.forecasting.scenario import elasticity, scenarios

SALES = TimeSeries("sales", Frequency.YEAR, 2018, (100.0, 110.0, 115.0, 130.0, 140.0, 160.0, math.nan))
QUARTERS = TimeSeries("q", Frequency.QUARTER, 2023 * 4, (10.0, 20.0, 30.0, 40.0))


def stated(**condition: object) -> ScenarioFile:
    return ScenarioFile(scenarios=(Scenario(name="高", condition=Condition(**condition)),))  # type: ignore[arg-type]


def test_growth_compounds_from_the_last_year() -> None:
    (path,) = scenarios(SALES, stated(growth={"2024": 10, "2025": 5}), 2, {})
    assert path.periods == ("2024", "2025")
    assert path.level == pytest.approx((176.0, 184.8))
    assert path.growth == pytest.approx((10, 5))
    assert (path.low, path.high) == (None, None)


def test_growth_of_a_quarter_is_over_the_same_quarter() -> None:
    growth = {"2024-Q1": 10, "2024-Q2": 0, "2024-Q3": 0, "2024-Q4": 0, "2025-Q1": 10}
    (path,) = scenarios(QUARTERS, stated(growth=growth), 5, {})
    assert path.level == pytest.approx((11, 20, 30, 40, 12.1))


def test_levels_tell_their_growth() -> None:
    (path,) = scenarios(SALES, stated(level={"2024": 200}), 1, {})
    assert path.growth == pytest.approx((25,))


def test_a_given_elasticity_needs_no_data_of_the_input() -> None:
    (path,) = scenarios(SALES, stated(input="gdp", input_growth={"2024": 4}, elasticity=1.5), 1, {})
    assert path.level == pytest.approx((169.6,))
    assert "弹性取 1.5" in path.condition


def test_an_estimated_elasticity_is_the_regression_and_carries_its_error() -> None:
    growth = 100 * (np.array(SALES.values[1:6]) / np.array(SALES.values[:5]) - 1)
    income = [100.0]
    for each in (6.0, 4.0, 9.0, 5.0, 10.0):
        income.append(income[-1] * (1 + each / 100))
    other = TimeSeries("income", Frequency.YEAR, 2018, tuple(income))
    found = elasticity(SALES, other)
    slope, constant = np.polyfit([6.0, 4.0, 9.0, 5.0, 10.0], growth, 1)
    assert found.slope == pytest.approx(slope)
    (path,) = scenarios(SALES, stated(input="income", input_growth={"2024": 8}), 1, {"income": other})
    assert path.growth[0] == pytest.approx(constant + slope * 8)
    assert path.low is not None
    assert path.high is not None
    assert path.low[0] < path.level[0] < path.high[0]
    assert "弹性的估计误差" in path.notes[0]


def test_scenarios_stand_beside_one_another_in_their_order() -> None:
    file = ScenarioFile(
        scenarios=(
            Scenario(name="高", condition=Condition(growth={"2024": 10})),
            Scenario(name="低", condition=Condition(growth={"2024": 2}), note="出口下降"),
        )
    )
    found = scenarios(SALES, file, 1, {})
    assert [(each.scenario, round(each.level[0], 1)) for each in found] == [("高", 176.0), ("低", 163.2)]
    assert found[1].condition.endswith("出口下降")


def test_a_blend_of_scenarios_is_refused() -> None:
    with pytest.raises(BadRequest, match="不能合并"):
        scenarios(SALES, ScenarioFile(scenarios=stated(growth={"2024": 1}).scenarios, combine="mean"), 1, {})


@pytest.mark.parametrize(
    ("condition", "horizon"),
    [
        ({"growth": {"2024": 1}}, 2),
        ({"growth": {"2024": 1, "2030": 1}}, 1),
        ({"growth": {"2024": math.nan}}, 1),
        ({}, 1),
        ({"growth": {"2024": 1}, "level": {"2024": 1}}, 1),
        ({"input": "gdp"}, 1),
        ({"input": "gdp", "input_growth": {"2024": 3}}, 1),
    ],
)
def test_conditions_that_leave_something_open_are_refused(condition: dict[str, object], horizon: int) -> None:
    with pytest.raises(BadRequest) as refused:
        scenarios(SALES, stated(**condition), horizon, {})
    assert refused.value.remedy


def test_what_has_no_year_before_is_refused() -> None:
    with pytest.raises(BadRequest, match="上年同期"):
        scenarios(TimeSeries("q", Frequency.QUARTER, 8092, (1.0, 2.0)), stated(growth={"2023-Q3": 1}), 1, {})
    with pytest.raises(BadRequest, match="日度"):
        scenarios(TimeSeries("d", Frequency.DAY, 738000, (1.0, 2.0)), stated(growth={"2021-07-31": 1}), 1, {})
    with pytest.raises(BadRequest, match="只有 1 对"):
        elasticity(TimeSeries("a", Frequency.YEAR, 2000, (1.0, 2.0)), TimeSeries("b", Frequency.YEAR, 2000, (1.0, 3.0)))


@pytest.mark.parametrize("names", [("a", "a"), ("",), ()])
def test_names_of_scenarios_are_their_own(names: tuple[str, ...]) -> None:
    each = tuple(Scenario(name=name, condition=Condition(growth={"2024": 1})) for name in names)
    with pytest.raises(BadRequest, match="名称"):
        ScenarioFile(scenarios=each).validate()
