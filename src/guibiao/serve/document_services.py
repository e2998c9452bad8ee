"""What the pages of documents call: reading an upload, its review, proposals and decisions on them; filled in by outer modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from guibiao.model.errors import GuibiaoError
from guibiao.model.operations import Change, PolicyPaper, Proposal, ProposalState
from guibiao.model.text.blocks import DocumentText

JobState = Literal["waiting", "running", "ready", "failed", "interrupted"]
DecisionAction = Literal["accept", "reject", "undo"]
ReviewForm = Literal["csv", "json", "sarif", "html"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A document that somebody hands in: a checked name and content, who, the language of the answers, the document's date where given."""

    name: str
    content: bytes
    owner: str
    language: str
    dated: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A document handed in and what came of it. `facts` are counts and names by the kind of work; `ahead` documents come before it."""

    id: str
    owner: str
    name: str
    size: int
    submitted_at: datetime
    expires_at: datetime
    state: JobState
    ahead: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    error: GuibiaoError | None = None
    """Why it failed, in the language of who handed it in."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state not in {"waiting", "running"}


class JobDesk(Protocol):
    """Documents handed in, worked on one after another beside the web server."""

    @property
    def kept_days(self) -> int:
        """Days until a document and what was found in it are gone."""
        ...

    def begin(self) -> None:
        """Begin to take away what is over its days."""
        ...

    def jobs(self, owner: str = "") -> Sequence[Job]:
        """Those of one person or of everybody, the newest first."""
        ...

    def job(self, name: str) -> Job | None:
        """The one of this id; None where there is none, or no longer."""
        ...

    def remove(self, name: str) -> None:
        """Take the document and what was found in it away now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedClaim:
    """A claim of a reviewed document; `start` and `end` are offsets of the original, `figure` the key of the released figure compared."""

    start: int
    end: int
    kind: str
    kind_zh: str
    kind_en: str
    where: str
    claim: str
    claimed: str
    recomputed: str
    verdict: str
    severity: Literal["error", "warning", "info"]
    explanation_zh: str
    explanation_en: str
    figure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What a review found, claims in the order of the text; `release` is the one whose figures were compared, empty for none."""

    document: DocumentText
    claims: Sequence[ReviewedClaim]
    release: str = ""


class ReviewDesk(JobDesk, Protocol):
    """Review of finished documents."""

    def submit(self, handed: Handed) -> str:
        """Take a document in and return its id. Busy where too many are waiting; BadRequest where the person keeps too many."""
        ...

    def reviewed(self, name: str) -> Reviewed | None:
        """What was found; None until the job is ready."""
        ...

    def file(self, name: str, form: ReviewForm, language: str) -> bytes | None:
        """The same as a file; None until the job is ready."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """A document that proposals come from, with how many there are in each state; `has_text` where its words can be shown."""

    paper: PolicyPaper
    counts: Mapping[ProposalState, int]
    has_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """A proposal, the version that a decision refers to, the last thing that happened to it, and what a person should look at."""

    record: Proposal
    version: int
    last: Change | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was done: how many proposals, which files of the workspace changed, and sentences a person should read."""

    count: int
    files: tuple[str, ...]
    warnings: tuple[str, ...]


class DecisionService(JobDesk, Protocol):
    """Proposals of targets and tasks, and what people decide on them."""

    def propose(self, handed: Handed, paper: str = "") -> str:
        """Take a document in to propose from, under a name of its own where given; returns the id of the job. Busy, BadRequest."""
        ...

    def papers(self) -> Sequence[PaperView]:
        """Documents, those with something to decide first."""
        ...

    def paper(self, name: str) -> PaperView | None:
        """One document."""
        ...

    def proposals(self, paper: str) -> Sequence[ProposalView]:
        """Proposals of a document in the order of its text."""
        ...

    def text(self, paper: str) -> DocumentText | None:
        """The words of a document; None where they were not kept."""
        ...

    def history(self, proposal: str) -> Sequence[Change]:
        """All that happened to a proposal, the first thing first."""
        ...

    def decide(
        self, action: DecisionAction, chosen: Mapping[str, int], who: str, why: str, edits: Mapping[str, str] | None = None
    ) -> Decision:
        """Decide on proposals, given with the versions that were seen; all or none. Conflict where somebody was faster."""
        ...

    def indicators(self) -> Mapping[str, str]:
        """Names of the workspace's indicators by their codes."""
        ...

    def obstacle(self) -> str:
        """Why nothing can be accepted here, empty where it can: the workspace may be kept read-only."""
        ...
