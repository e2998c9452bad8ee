"""The ledger as the site calls it: what it shows of a task, and what may be done to one. Filled in by `web_ledger`.

Every call names with whose eyes the ledger is seen (`UnitReach`): what it does not admit is as if it were not there. Every act names the
version of the task that the person saw; another one is a `Conflict`, and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

from guibiao.model.access import UnitReach
from guibiao.model.operations import Change, Evidence, Kept, LedgerTask, Milestone, Problem

Light = Literal["overdue", "blocked", "due", "undated", "on_time", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTask:
    """A row of the board. `days_left` is negative where the task is overdue, None where it has no day or is closed."""

    kept: Kept[LedgerTask]
    light: Light
    days_left: int | None
    open_problems: int = 0
    targets: tuple[str, ...] = ()
    """Ids of the targets whose words stand in the task's text."""

    @property
    def task(self) -> LedgerTask:
        """The row of the ledger."""
        return self.kept.record


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskBoard:
    """Tasks in the order of the ledger, and how many are left out because their definition was taken back."""

    tasks: Sequence[ListedTask]
    documents: Mapping[str, str]
    """Title of each policy document that has tasks."""
    taken_back: int = 0


@dataclass(frozen=True, slots=True)
class TaskMove:
    """A step that can be taken from the present state; `reasoned`: a reason is required, `dated`: a later deadline too."""

    name: str
    reasoned: bool
    dated: bool


@dataclass(frozen=True, slots=True)
class TaskDocument:
    """The policy that a task comes from; `start` and `end` are the task's place in its text, in characters."""

    id: str
    title: str
    number: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TaskTarget:
    """A target whose words stand in a task's text."""

    id: str
    name: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDossier:
    """All about one task. Relatives that may not be seen are only counted."""

    listed: ListedTask
    own: bool
    """Whether who asks may work on it."""
    document: TaskDocument | None
    targets: tuple[TaskTarget, ...]
    parent: ListedTask | None
    parent_hidden: bool
    children: tuple[ListedTask, ...]
    children_hidden: int
    children_open: int
    """Subordinate tasks that are not closed, seen or not: they keep the task from being closed."""
    milestones: tuple[Milestone, ...]
    evidence: tuple[tuple[Evidence, bool], ...]
    """Each with whether its file is there and unchanged."""
    problems: tuple[Problem, ...]
    moves: tuple[TaskMove, ...]
    areas: tuple[tuple[str, str], ...]
    """Code and name of the areas that the task can still be handed down to."""
    history: tuple[Change, ...]
    """Of the task, its milestones, evidence and problems, the last first."""


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something to be chased: a task, milestone or problem, with the days left (negative: overdue)."""

    kind: Literal["task", "milestone", "problem"]
    task: str
    title: str
    lead: tuple[str, ...]
    due: date
    days_left: int


@dataclass(frozen=True, slots=True)
class ChaseList:
    """What is due, soonest first, and how many open tasks have no day and so are not in it."""

    items: tuple[DueItem, ...]
    undated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, with what reach, and why."""

    who: str
    reach: UnitReach
    why: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A task as somebody saw it."""

    task: str
    version: int


class LedgerService(Protocol):
    """The ledger of the workspace. NotFound for a task that is not there or may not be seen."""

    def board(self, reach: UnitReach, today: date) -> TaskBoard:
        """Every task that may be seen."""
        ...

    def dossier(self, reach: UnitReach, task: str, today: date, acting: UnitReach) -> TaskDossier:
        """All about one task; `acting` is what who asks may work on."""
        ...

    def serving(self, reach: UnitReach, target: str, today: date) -> Sequence[ListedTask]:
        """Tasks whose text holds the words of a target, and the districts' parts of them."""
        ...

    def chase(self, reach: UnitReach, today: date, days: int) -> ChaseList:
        """What is overdue or due within some days."""
        ...

    def workbook(self, reach: UnitReach, tasks: Sequence[str], title: str) -> bytes:
        """These tasks as the workbook that offices fill in (.xlsx), in this order."""
        ...

    def evidence(self, reach: UnitReach, task: str, evidence: str) -> tuple[Evidence, Path]:
        """A file of evidence; BadRequest where its content is gone or was changed."""
        ...

    def move(self, seen: Seen, move: str, actor: Actor, due: date | None = None) -> None:
        """Take a step; BadRequest, saying what is allowed, where it may not be taken."""
        ...

    def report(self, seen: Seen, progress: str, actor: Actor) -> None:
        """Write how far the task is."""
        ...

    def assign(self, seen: Seen, lead: str, supporting: str, actor: Actor) -> None:
        """Set the offices responsible; one a line, or between commas."""
        ...

    def cascade(self, seen: Seen, areas: Sequence[str], actor: Actor) -> int:
        """Give districts their own part of the task; returns how many were made."""
        ...

    def add_evidence(self, task: str, name: str, content: bytes, actor: Actor) -> bool:
        """Keep a file; False where the task has this content already."""
        ...

    def add_milestone(self, task: str, period: str, text: str, actor: Actor) -> None:
        """Enter what shall be reached by the end of a quarter or year."""
        ...

    def reach_milestone(self, task: str, milestone: str, on: date | None, actor: Actor) -> None:
        """Mark a milestone as reached on a day, or take that back (None)."""
        ...

    def add_problem(self, task: str, title: str, lead: str, due: date | None, actor: Actor) -> None:
        """Enter a problem of the task, and who is to solve it."""
        ...

    def settle_problem(self, task: str, problem: str, measures: str, actor: Actor, *, reopen: bool) -> None:
        """Close a problem, or open it again."""
        ...

    def add_project(self, title: str, lead: str, actor: Actor, *, investment: str, stage: str, due: date | None) -> str:
        """Enter a major project as a task; `investment` as written, 12.5亿元. Returns its id."""
        ...
