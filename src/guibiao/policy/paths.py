"""The path from a base to a goal: how fast one must go, how fast one went, whether the goal is still within reach.

Growth of a geometric path is in % a year, speed on a linear one in units a year. Method sheet: docs/methods/0722-paths-to-a-target.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

from guibiao.reference.attainment import AttainmentParameters

Shape = Literal["geometric", "linear"]
Verdict = Literal["on_pace", "behind", "out_of_reach"]
DAYS_A_YEAR = 365.25
_SHORTEST = 1 / DAYS_A_YEAR
_LARGEST = 700.0
"""Greatest exponent whose power of e is a double."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a day."""

    day: date
    value: float


@dataclass(frozen=True, slots=True)
class Pace:
    """Speeds a year (% on a geometric path, units on a linear one), their ratio from the base, part of the way done, and the verdict.

    `ratio` is None where nothing was required from the base on; `remaining` is what the rest of the way takes.
    """

    seen: float
    required: float
    remaining: float
    ratio: float | None
    way: float | None
    verdict: Verdict


def years_between(first: date, last: date) -> float:
    """Years from one day to another: whole where the days agree, parts by days."""
    whole = last.year - first.year
    if (first.month, first.day) == (last.month, last.day) or _year_ends(first, last):
        return float(whole)
    return (last - first).days / DAYS_A_YEAR


def required_growth(start: float, goal: float, years: float) -> float | None:
    """Average growth a year from `start` to `goal`, in %: `100 ((goal / start)^(1/years) - 1)`; None where it is not defined."""
    if start <= 0 or goal <= 0 or years <= 0:
        return None
    growth = _growth(start, goal, years)
    return growth if math.isfinite(growth) else None


def shape_of(wanted: Shape, *values: float) -> Shape:
    """A geometric path needs positive values; otherwise the straight line is taken."""
    return wanted if wanted == "linear" or all(value > 0 for value in values) else "linear"


def speed(shape: Shape, start: Point, end: Point) -> float:
    """Speed a year between two points; one day apart at least, so that it stays finite."""
    years = max(years_between(start.day, end.day), _SHORTEST)
    if shape == "linear":
        return (end.value - start.value) / years
    return _growth(start.value, end.value, years)


def _growth(start: float, end: float, years: float) -> float:
    """Growth a year in %; infinite where a double cannot hold it."""
    exponent = (math.log(end) - math.log(start)) / years
    return math.inf if exponent > _LARGEST else 100 * math.expm1(exponent)


def judge_pace(wanted: Shape, base: Point, current: Point, goal: Point, upward: bool, parameters: AttainmentParameters) -> Pace:
    """Where one stands on the way. `upward` is False for a cap: then the way leads down and speeds count downwards.

    A better current value never gives a worse verdict: the speed seen rises and what remains falls with it.
    """
    shape = shape_of(wanted, base.value, current.value, goal.value)
    sign = 1.0 if upward else -1.0
    seen, required = sign * speed(shape, base, current), sign * speed(shape, base, goal)
    remaining = sign * speed(shape, current, goal)
    least = 100 * parameters.least_pace if shape == "geometric" else parameters.least_pace * abs(goal.value - base.value)
    reached = sign * (current.value - goal.value) >= 0
    verdict: Verdict
    if reached or (required > 0 and seen >= parameters.on_pace * required):
        verdict = "on_pace"
    elif remaining > parameters.reach_multiple * max(seen, least):
        verdict = "out_of_reach"
    else:
        verdict = "behind"
    distance = goal.value - base.value
    way = (current.value - base.value) / distance if distance else None
    ratio = seen / required if required > 0 and math.isfinite(seen) else None
    return Pace(sign * seen, sign * required, sign * remaining, ratio, way, verdict)


def _year_ends(first: date, last: date) -> bool:
    """Month ends of one month: 28 and 29 February are a whole number of years apart."""
    return first.month == last.month == 2 and min(first.day, last.day) >= 28
