"""Probability that a target is reached, from simulated values at its deadline: by model, and of all models in equal parts.

Method sheet: docs/methods/0634-probability-of-targets.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from guibiao.policy.attainment_goals import Need, deadline_of, need_of
from guibiao.policy.attainment_types import Case, Draws, Outcome


def with_chance(case: Case, outcome: Outcome) -> Outcome:
    """The outcome with its probability and what earlier figures it leaves out, or with the reason why there is none."""
    draws = case.draws
    if draws is None or not any(len(each) for each in draws.by_model.values()):
        return replace(outcome, unforecast=case.unforecast)
    goals = _goals(case, outcome, draws)
    if goals is None:
        return replace(outcome, unforecast=case.unforecast)
    need = _need(case, draws)
    by_model = {name: _reached(need, draws.by_model[name], goals[name]) for name in draws.by_model}
    combined = math.fsum(by_model.values()) / len(by_model)
    return replace(
        outcome, probability=combined, by_model=by_model, points=draws.points, few=draws.few, unforecast=case.unforecast
    )  # fmt: skip


def _need(case: Case, draws: Draws) -> Need | None:
    deadline, _assumed = deadline_of(case)
    yardstick = next((each for each in case.yardsticks if (each.indicator.id, each.area) == (draws.indicator, draws.area)), None)
    return None if deadline is None or yardstick is None else need_of(case, yardstick, deadline)


def _goals(case: Case, outcome: Outcome, draws: Draws) -> dict[str, list[float]] | None:
    """The goal on each path by model: the outcome's own, or what it comes to where the base lies ahead."""
    if draws.bases:
        need = _need(case, draws)
        return None if need is None else {name: [goal_from(need, base) for base in each] for name, each in draws.bases.items()}
    if outcome.goal is None or (draws.indicator, draws.area) != (outcome.indicator, outcome.area):
        return None
    goal = float(outcome.goal)
    return {name: [goal] * len(each) for name, each in draws.by_model.items()}


def goal_from(need: Need, base: float) -> float:
    """The level that satisfies the need, counted from a base: as `goal_level`, in float64."""
    threshold = float(need.threshold)
    if need.form in {"level", "rank"}:
        return threshold
    if need.form in {"difference", "sum"}:
        return base + threshold
    if need.form == "multiple":
        return base * threshold
    years = max(1, need.deadline.year - need.starts[0].end.year) if need.form == "average growth" else 1
    return base * (1 + threshold / 100) ** years


def _reached(need: Need | None, values: Sequence[float], goals: Sequence[float]) -> float:
    upward, strict = (need.upward, need.strict) if need is not None else (True, False)
    held = sum((value > goal) is upward if value != goal else not strict for value, goal in zip(values, goals, strict=True))
    return held / len(values)
