"""What offices work on from day to day: proposals and decisions, the ledger's tasks, milestones, evidence, problems, and their history.

Definitions (accepted targets and tasks) belong to the workspace; these records hang on a definition's id. A record is never changed:
a new one takes its place, and the history keeps who, when, why, old and new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

ProposalState = Literal["pending", "accepted", "rejected"]
TaskState = Literal["registered", "decomposed", "underway", "review", "closed"]
"""登记, 分解, 在办, 待核, 销号."""
ProjectStage = Literal["", "planned", "preparing", "building", "completed", "operating"]
"""谋划, 前期, 在建, 竣工, 投产; empty for what is no project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPaper:
    """A policy document that was read: `digest` is the SHA-256 of its decoded text, to which all offsets refer."""

    id: str
    digest: str
    title: str
    number: str = ""
    offices: tuple[str, ...] = ()
    dated: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What extraction found, and what a person made of it.

    `id` is a digest of the document's text and the offsets. `content` is the extracted record, `edits` the fields a person set.
    """

    id: str
    kind: Literal["target", "task"]
    document: str
    start: int
    content: Mapping[str, Any]
    edits: Mapping[str, Any] = field(default_factory=dict)
    state: ProposalState = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTask:
    """One row of the ledger: a task of a policy, a district's part of it, a major project, or a task typed in by an office.

    Definition ids and record ids agree for tasks of policies. `due_words` is the deadline as offices print it (2025年底前, 长期),
    `due` the day it means. `extra` keeps columns of imported workbooks that mean nothing here.
    """

    id: str
    title: str
    kind: Literal["task", "project"] = "task"
    document: str = ""
    """Id of the policy; empty where no policy defines the task."""
    number: str = ""
    section: str = ""
    lead: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    due: date | None = None
    due_words: str = ""
    state: TaskState = "registered"
    parent: str = ""
    area: str = ""
    progress: str = ""
    investment: Decimal | None = None
    """In `investment_unit`, as given."""
    investment_unit: str = ""
    stage: ProjectStage = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    position: int = 0
    """Place in the list, from the place in the document or the workbook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """What shall be reached by the end of a quarter or year; `due` is that period's last day."""

    id: str
    task: str
    period: str
    due: date
    text: str
    done_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file that shows progress; its content is kept once, under its SHA-256. `size` in bytes."""

    id: str
    task: str
    sha256: str
    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A major problem (重大问题) to be solved by an office, of one task or of none."""

    id: str
    title: str
    task: str = ""
    lead: tuple[str, ...] = ()
    due: date | None = None
    measures: str = ""
    state: Literal["open", "resolved"] = "open"


Record: TypeAlias = PolicyPaper | Proposal | LedgerTask | Milestone | Evidence | Problem
KINDS: Mapping[str, type[Record]] = {
    "paper": PolicyPaper,
    "proposal": Proposal,
    "task": LedgerTask,
    "milestone": Milestone,
    "evidence": Evidence,
    "problem": Problem,
}
"""Name of a kind of record in the history."""
R = TypeVar("R", PolicyPaper, Proposal, LedgerTask, Milestone, Evidence, Problem)


@dataclass(frozen=True, slots=True)
class Kept(Generic[R]):
    """A record as it stands, with the number of its version, from 1."""

    record: R
    version: int


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did, when (with time zone), and why; a reason is required by some acts."""

    action: str
    who: str
    at: datetime
    why: str = ""

    def __post_init__(self) -> None:
        if not self.who.strip():
            raise BadRequest(_("没有写经办人"), remedy=_("用 --who 写明。"))
        if self.at.tzinfo is None:
            raise ValueError("a moment carries its time zone")


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the history: the fields that changed, old and new, as JSON values; `old` is empty for a record's first version."""

    sequence: int
    kind: str
    record: str
    version: int
    act: Act
    old: Mapping[str, Any]
    new: Mapping[str, Any]


class Conflict(BadRequest):
    """Somebody else changed the record meanwhile; nothing was stored."""
