"""The chasing list (催办): what of the ledger is overdue or due within some days, soonest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from guibiao.model.operations import LedgerTask, Milestone, Problem


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be chased: its kind and id, the task it belongs to, who owes it, and the days left (negative: overdue)."""

    kind: Literal["task", "milestone", "problem"]
    id: str
    task: str
    title: str
    lead: tuple[str, ...]
    due: date
    days_left: int


@dataclass(frozen=True, slots=True)
class Chase:
    """The list, and how many open tasks have no day and so are not in it."""

    items: tuple[Due, ...]
    undated: int


def chase(tasks: Iterable[LedgerTask], milestones: Iterable[Milestone], problems: Iterable[Problem], *, today: date, days: int) -> Chase:
    """What is due by `today` plus `days`, of tasks that are not closed, milestones not done and problems not solved."""
    by_id = {each.id: each for each in tasks}
    open_tasks = {name: each for name, each in by_id.items() if each.state != "closed"}
    found = [
        *(Due("task", each.id, each.id, each.title, each.lead, each.due, 0) for each in open_tasks.values() if each.due),
        *_milestones(milestones, open_tasks),
        *(
            Due("problem", each.id, each.task, each.title, each.lead or _lead(by_id, each.task), each.due, 0)
            for each in problems
            if each.due and each.state == "open"
        ),
    ]
    near = [
        Due(each.kind, each.id, each.task, each.title, each.lead, each.due, (each.due - today).days)
        for each in found
        if (each.due - today).days <= days
    ]
    items = tuple(sorted(near, key=lambda each: (each.due, each.kind, each.id)))
    return Chase(items, sum(each.due is None for each in open_tasks.values()))


def _milestones(milestones: Iterable[Milestone], tasks: Mapping[str, LedgerTask]) -> Iterable[Due]:
    for each in milestones:
        task = tasks.get(each.task)
        if task is not None and each.done_on is None:
            yield Due("milestone", each.id, each.task, f"{task.title}：{each.text}", task.lead, each.due, 0)


def _lead(tasks: Mapping[str, LedgerTask], name: str) -> tuple[str, ...]:
    return tasks[name].lead if name in tasks else ()
