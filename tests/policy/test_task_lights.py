"""The light of a task: the first condition that fits, day by day around the deadline."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from guibiao.model.operations import LedgerTask
from guibiao.policy.task_lights import days_left, light_of

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("days", "problems", "state", "light"),
    [
        (-1, 0, "underway", "overdue"), (-1, 1, "underway", "overdue"), (-1, 1, "closed", "done"),
        (0, 0, "underway", "due"), (30, 0, "registered", "due"), (31, 0, "registered", "on_time"),
        (31, 1, "review", "blocked"), (0, 2, "review", "blocked"), (None, 0, "decomposed", "undated"), (None, 1, "decomposed", "blocked"),
    ],
)  # fmt: skip
def test_the_first_condition_that_fits(days: int | None, problems: int, state: str, light: str) -> None:
    due = None if days is None else TODAY + timedelta(days=days)
    task = LedgerTask(id="t", title="t", due=due, state=state)  # type: ignore[arg-type]  # one of the states
    assert light_of(task, problems, TODAY) == light
    assert days_left(task, TODAY) == (None if state == "closed" else days)


def test_how_soon_is_a_choice() -> None:
    task = LedgerTask(id="t", title="t", due=TODAY + timedelta(days=8))
    assert (light_of(task, 0, TODAY, 7), light_of(task, 0, TODAY, 8)) == ("on_time", "due")
