"""The way to a target as a drawing: figures seen, where the way began, what was required in between, and the goal. Geometry only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 74, 96, 34, 34
TICKS = 5
CURVE_POINTS = 24
MOST_YEARS = 9
LABEL_ROOM, LABEL_WIDTH = 20, 80


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure: its day, value, place in the drawing, words, and where it leads."""

    day: date
    value: float
    x: float
    y: float
    text: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure to be drawn."""

    day: date
    value: float
    text: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class PathChart:
    """The drawing: points of lines as SVG has them, ticks with their words."""

    seen: tuple[Mark, ...]
    seen_line: str
    needed_line: str
    base: Mark | None
    goal: Mark
    value_ticks: tuple[tuple[float, float], ...]
    """Value and its height."""
    year_ticks: tuple[tuple[int, float], ...]
    """Year and the place of its last day."""
    base_label: float
    """Height of the words beside the base: below it, or above the line that rises from it where there is no room."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def path_chart(seen: Sequence[Figure], base: Figure | None, goal: Figure, shape: str) -> PathChart | None:
    """The drawing; None where there is nothing but the goal. `shape` is geometric, linear or empty: no way is drawn then."""
    ordered = sorted(seen, key=lambda each: each.day)
    every = [*ordered, *([base] if base else []), goal]
    if len(every) < 2 or not all(math.isfinite(each.value) for each in every):
        return None
    first, last = min(each.day for each in every), max(each.day for each in every)
    low, high, step = _scale([each.value for each in every])
    span = (last - first).days or 1

    def across(day: date) -> float:
        return round(LEFT + (day - first).days / span * (WIDTH - LEFT - RIGHT), 1)

    def up(value: float) -> float:
        return round(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    def mark(each: Figure) -> Mark:
        return Mark(each.day, each.value, across(each.day), up(each.value), each.text, each.address)

    marks = tuple(mark(each) for each in ordered)
    needed = _needed(base, goal, shape)
    return PathChart(
        seen=marks, seen_line=_line([(each.x, each.y) for each in marks]),
        needed_line=_line([(across_at(each, first, span), up(value)) for each, value in needed]),
        base=mark(base) if base else None, goal=mark(goal), base_label=_beside(mark(base), mark(goal)) if base else 0.0,
        value_ticks=tuple((value, up(value)) for value in _steps(low, high, step)), year_ticks=_years(first, last, across),
    )  # fmt: skip


def across_at(days: float, first: date, span: int) -> float:
    """Place of a day given by its ordinal number, which may lie between days."""
    return round(LEFT + (days - first.toordinal()) / span * (WIDTH - LEFT - RIGHT), 1)


def _beside(base: Mark, goal: Mark) -> float:
    if base.y + LABEL_ROOM <= HEIGHT - BOTTOM:
        return base.y + LABEL_ROOM - 3
    rise = max(0.0, base.y - goal.y) / max(1.0, goal.x - base.x) * LABEL_WIDTH
    return round(base.y - 10 - rise, 1)


def _needed(base: Figure | None, goal: Figure, shape: str) -> list[tuple[float, float]]:
    """Day (ordinal) and value along the required path: one growth rate a year (geometric) or one amount (linear)."""
    if base is None or not shape or base.day >= goal.day:
        return []
    geometric = shape == "geometric" and base.value > 0 and goal.value > 0
    start, days = base.day.toordinal(), (goal.day - base.day).days
    points = []
    for number in range(CURVE_POINTS + 1):
        part = number / CURVE_POINTS
        value = base.value * (goal.value / base.value) ** part if geometric else base.value + part * (goal.value - base.value)
        points.append((start + part * days, value))
    return points


def _scale(values: Sequence[float]) -> tuple[float, float, float]:
    """Lower and upper end of the axis and the distance of its ticks, all of them round; from zero where that wastes less than half."""
    low, high = min(values), max(values)
    if 0 <= low <= high / 2 or high == low >= 0:
        low = 0.0
    spread = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(spread / TICKS))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power * TICKS >= spread)
    if step < 1 and all(value.is_integer() for value in values):
        step = 1.0
    bottom = math.floor(low / step) * step
    # Room below the lowest figure for its words, except on the zero line.
    bottom = bottom - step if low == bottom != 0 else bottom
    return bottom, math.ceil(high / step) * step or step, step


def _steps(low: float, high: float, step: float) -> list[float]:
    return [round(low + number * step, 10) for number in range(round((high - low) / step) + 1)]


def _years(first: date, last: date, across: object) -> tuple[tuple[int, float], ...]:
    """Ends of years within the drawing, not more than fit."""
    assert callable(across)
    ends = [date(year, 12, 31) for year in range(first.year, last.year + 1)]
    within = [day for day in ends if first <= day <= last]
    every = math.ceil(len(within) / MOST_YEARS) if within else 1
    return tuple((day.year, across(day)) for number, day in enumerate(reversed(within)) if number % every == 0)


def _line(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points) if len(points) > 1 else ""
