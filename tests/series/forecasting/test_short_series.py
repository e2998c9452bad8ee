"""Short annual series: the posterior against regressions done by hand, the simulated futures against the laws they must follow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from guibiao.model.errors import BadRequest
from guibiao.reference.series.forecast import SHORT_MODELS, SimulationSpecification
from guibiao.series.forecasting.short import COMBINED, short_forecast, spread_of
from guibiao.series.forecasting.short_series import FAMILIES, NothingVaries, growth_paths, posterior
from guibiao.series.forecasting.simulation import chance, simulate

HISTORY = (100.0, 112.0, 118.0, 131.0, 150.0, 149.0, 170.0, 188.0)
MANY = SimulationSpecification(draws=40_000)
LEVEL = SimulationSpecification(scale="level", draws=40_000)


def share_above(name: str, goal: float, horizon: int) -> float:
    paths = simulate(HISTORY, horizon, LEVEL).paths[name]
    return float(np.mean(paths[:, -1] >= goal))


@pytest.mark.parametrize(("goal", "horizon"), [(190.0, 1), (220.0, 3), (150.0, 2)])
def test_a_random_walk_follows_students_law(goal: float, horizon: int) -> None:
    changes = np.diff(HISTORY)
    scale = math.sqrt(float(np.mean(changes**2)) * horizon)
    expected = float(t.sf((goal - HISTORY[-1]) / scale, len(changes)))
    assert share_above("random_walk", goal, horizon) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(("goal", "horizon"), [(200.0, 1), (230.0, 3), (260.0, 5)])
def test_a_drift_follows_students_law_with_its_own_uncertainty(goal: float, horizon: int) -> None:
    changes = np.diff(HISTORY)
    count, mean, deviation = len(changes), float(changes.mean()), float(changes.std(ddof=1))
    scale = deviation * math.sqrt(horizon + horizon**2 / count)
    expected = float(t.sf((goal - HISTORY[-1] - horizon * mean) / scale, count - 1))
    assert share_above("drift", goal, horizon) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("name", list(FAMILIES))
def test_errors_are_those_of_the_recursion(name: str) -> None:
    values = np.log(np.array(HISTORY))
    found = posterior(values, FAMILIES[name])
    for at in range(0, len(found.weights), 37):
        alpha, beta, phi = FAMILIES[name].grid[at]
        level, slope = found.initial[at, 0], found.initial[at, 1] if FAMILIES[name].trend else 0.0
        squares = 0.0
        for value in values:
            error = value - level - phi * slope
            squares += error**2
            level, slope = level + phi * slope + alpha * error, phi * slope + beta * error
        assert squares == pytest.approx(found.squares[at], rel=1e-9)
        state = found.transition[at] @ found.initial[at] + found.offset[at]
        assert state[0] == pytest.approx(level, rel=1e-9)


def test_no_other_initial_state_has_smaller_errors() -> None:
    values = np.array(HISTORY)
    found = posterior(values, FAMILIES["theta"])
    alpha = FAMILIES["theta"].grid[4][0]

    def squares(level: float, slope: float) -> float:
        total = 0.0
        for value in values:
            error = value - level - slope
            total += error**2
            level += slope + alpha * error
        return total

    best = found.initial[4]
    for shift in ((0.5, 0.0), (-0.5, 0.0), (0.0, 0.2), (0.0, -0.2), (1.0, -0.3)):
        assert squares(best[0] + shift[0], best[1] + shift[1]) > found.squares[4]


def test_weights_add_to_one_and_favour_small_errors() -> None:
    found = posterior(np.log(np.array(HISTORY)), FAMILIES["damped_trend"])
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert found.squares[found.weights.argmax()] < np.median(found.squares)


def test_the_same_seed_gives_the_same_bits_and_models_do_not_disturb_one_another() -> None:
    whole, again = simulate(HISTORY, 3, SimulationSpecification()), simulate(HISTORY, 3, SimulationSpecification())
    alone = simulate(HISTORY, 3, SimulationSpecification(models=("theta",)))
    for name, paths in whole.paths.items():
        assert paths.tobytes() == again.paths[name].tobytes()
    assert alone.paths["theta"].tobytes() == whole.paths["theta"].tobytes()
    other = simulate(HISTORY, 3, SimulationSpecification(seed=1))
    assert other.paths["theta"].tobytes() != whole.paths["theta"].tobytes()


def test_positive_series_stay_positive_and_shares_stay_between_their_bounds() -> None:
    assert simulate(HISTORY, 5, SimulationSpecification()).scale == "log"
    assert (simulate(HISTORY, 5, SimulationSpecification()).combined > 0).all()
    shares = simulate((38.2, 40.1, 42.9, 45.0, 44.3), 5, SimulationSpecification(scale="logit")).combined
    assert ((shares > 0) & (shares < 100)).all()
    assert simulate((-1.0, 2.0, 0.5, 3.0, 2.0), 2, SimulationSpecification()).scale == "level"


@given(st.floats(min_value=0.001, max_value=1e6), st.integers(min_value=4, max_value=14), st.integers(min_value=0, max_value=1000))
def test_the_unit_changes_nothing(factor: float, count: int, seed: int) -> None:
    values = 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.05, 0.05, count)))
    few = SimulationSpecification(draws=50)
    own, scaled = simulate(values.tolist(), 2, few), simulate((values * factor).tolist(), 2, few)
    assert np.allclose(own.combined * factor, scaled.combined, rtol=1e-6)


@given(st.lists(st.floats(min_value=1, max_value=1e4), min_size=4, max_size=12))
def test_a_higher_goal_is_never_likelier(values: list[float]) -> None:
    few = SimulationSpecification(draws=100)
    try:
        paths = simulate(values, 2, few).paths
    except BadRequest:
        return
    goals = np.quantile(np.concatenate(list(paths.values()))[:, -1], [0.1, 0.5, 0.9])
    chances = [chance({name: each[:, -1] >= goal for name, each in paths.items()}) for goal in goals]
    assert chances[0].combined >= chances[1].combined >= chances[2].combined
    assert all(each.low <= each.combined <= each.high for each in chances)


def test_the_combination_is_in_equal_parts() -> None:
    found = chance({"a": np.array([True, True, False, False]), "b": np.array([True, False, False, False])})
    assert (found.by_model, found.combined, found.low, found.high) == ({"a": 0.5, "b": 0.25}, 0.375, 0.25, 0.5)
    assert found.error == pytest.approx(math.sqrt((0.25 + 0.1875) / 4) / 2)


def test_drawn_growth_keeps_to_what_was_seen() -> None:
    paths = growth_paths(np.array([0.0, 1.0, 3.0, 4.0]), 1, 5000, np.random.default_rng(7))
    widened = [4 + 4 / 3 + (change - 4 / 3) * math.sqrt(1.5) for change in (1.0, 2.0)]
    assert sorted(set(np.round(paths[:, 0], 9))) == pytest.approx(sorted(widened))
    assert float(paths.mean()) == pytest.approx(4 + 4 / 3, abs=0.02)


@pytest.mark.parametrize("values", [(5.0,) * 6, (1.0, 2.0, 3.0)])
def test_a_history_that_tells_nothing_is_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(BadRequest):
        simulate(values, 2, SimulationSpecification())


def test_a_straight_line_leaves_out_the_models_it_fits() -> None:
    found = simulate((10.0, 11.0, 12.0, 13.0, 14.0), 2, SimulationSpecification(scale="level"))
    assert "drift" in found.left_out
    assert "growth_bootstrap" in found.left_out
    assert "random_walk" in found.paths
    with pytest.raises(NothingVaries):
        posterior(np.arange(5.0), FAMILIES["drift"])


@pytest.mark.parametrize(
    ("values", "horizon", "specification"),
    [
        ((1.0, math.nan, 2.0, 3.0, 4.0), 1, SimulationSpecification()),
        (HISTORY, 0, SimulationSpecification()),
        ((1.0, -2.0, 2.0, 3.0, 4.0), 1, SimulationSpecification(scale="log")),
        ((1.0, 102.0, 2.0, 3.0, 4.0), 1, SimulationSpecification(scale="logit")),
    ],
)
def test_what_cannot_be_simulated_is_a_bad_request(values: tuple[float, ...], horizon: int, specification: SimulationSpecification) -> None:
    with pytest.raises(BadRequest) as refused:
        simulate(values, horizon, specification)
    assert refused.value.remedy


@pytest.mark.parametrize("wrong", [{"models": ()}, {"models": ("drift", "drift")}, {"draws": 0}, {"seed": -1}, {"least": 3}, {"enough": 3}])
def test_specifications_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        SimulationSpecification(**wrong).validate()  # type: ignore[arg-type]


def test_under_ten_points_the_spread_between_models_is_told() -> None:
    found = short_forecast(np.array(HISTORY), 3, 80.0, SimulationSpecification())
    assert set(found.by_model) == {*SHORT_MODELS, COMBINED}
    assert "只有 8 个年度数" in found.notes[-1]
    median, low, high = found.by_model[COMBINED]
    assert ((low < median) & (median < high)).all()
    assert spread_of(found)["drift"]["median"][-1] > spread_of(found)["random_walk"]["median"][-1]
    long = short_forecast(np.array([*HISTORY, 195.0, 204.0]), 3, 80.0, SimulationSpecification())
    assert long.notes == ()
