"""The light of a task: what of deadline, problems and state comes first. Method sheet: docs/methods/0714-lights-of-tasks.md."""

from __future__ import annotations

from datetime import date
from typing import Literal

from guibiao.model.operations import LedgerTask

Light = Literal["overdue", "blocked", "due", "undated", "on_time", "done"]
SOON = 30
"""Days before the deadline from which a task is due."""


def light_of(task: LedgerTask, open_problems: int, today: date, soon: int = SOON) -> Light:
    """The first that fits: done, overdue, blocked by an open problem, undated, due within `soon` days, on time."""
    if task.state == "closed":
        return "done"
    if task.due is not None and task.due < today:
        return "overdue"
    if open_problems:
        return "blocked"
    if task.due is None:
        return "undated"
    return "due" if (task.due - today).days <= soon else "on_time"


def days_left(task: LedgerTask, today: date) -> int | None:
    """Days to the deadline, negative after it; None where the task is closed or has no day."""
    return None if task.due is None or task.state == "closed" else (task.due - today).days
