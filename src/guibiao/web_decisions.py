"""The site's proposals and decisions, over the operations store and the workspace's policy files; each call opens the store for itself."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from guibiao.decisions import DecisionDesk
from guibiao.document_jobs import DocumentJobs, Limits
from guibiao.document_tasks import propose_from_document
from guibiao.document_texts import texts_of
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _
from guibiao.model.operations import Change, PolicyPaper, Proposal
from guibiao.model.text.blocks import DocumentText
from guibiao.policy.proposals import unit_mismatch
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from guibiao.reference.policies import FOLDER as POLICIES
from guibiao.serve.document_services import Decision, DecisionAction, Handed, Job, PaperView, ProposalView
from guibiao.store.operations.opening import open_operations
from guibiao.store.operations.port import OperationsStore
from guibiao.web_review import FOLDER


class PolicyDecisions:
    """`serve.document_services.DecisionService` of one workspace."""

    def __init__(
        self, workspace: Workspace, out: Path, operations: str, limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._operations = operations
        self._texts = texts_of(out)
        self._jobs = DocumentJobs(out / FOLDER, "propose", propose_from_document, limits=limits)
        self._now = now
        self._lock = threading.Lock()
        self._workspace = workspace
        self._stamp = _stamp(workspace.folder)

    @property
    def kept_days(self) -> int:
        """See `JobDesk.kept_days`."""
        return self._jobs.limits.days

    def begin(self) -> None:
        """Take away what is over its days."""
        self._jobs.begin()

    def close(self) -> None:
        """Stop working."""
        self._jobs.close()

    def propose(self, handed: Handed, paper: str = "") -> str:
        """See `DecisionService.propose`."""
        dated = handed.dated.isoformat() if handed.dated else ""
        return self._jobs.submit(
            handed.name, handed.content, handed.owner, handed.language, dated, paper=paper, texts=str(self._texts.folder.resolve()),
            operations=self._operations, workspace=str(self._workspace.folder.resolve()),
        )  # fmt: skip

    def jobs(self, owner: str = "") -> Sequence[Job]:
        """See `JobDesk.jobs`."""
        return self._jobs.jobs(owner)

    def job(self, name: str) -> Job | None:
        """See `JobDesk.job`."""
        return self._jobs.job(name)

    def remove(self, name: str) -> None:
        """See `JobDesk.remove`."""
        self._jobs.remove(name)

    def papers(self) -> Sequence[PaperView]:
        """See `DecisionService.papers`."""
        with self._store() as store:
            counts: dict[str, Counter[str]] = {}
            for kept in store.every(Proposal):
                counts.setdefault(kept.record.document, Counter())[kept.record.state] += 1
            found = [self._view(each.record, counts.get(each.record.id, Counter())) for each in store.every(PolicyPaper)]
        return sorted(found, key=lambda each: (not each.counts.get("pending"), each.paper.title, each.paper.id))

    def paper(self, name: str) -> PaperView | None:
        """See `DecisionService.paper`."""
        with self._store() as store:
            kept = store.find(PolicyPaper, name)
            if kept is None:
                return None
            return self._view(kept.record, Counter(each.record.state for each in store.every(Proposal, document=name)))

    def proposals(self, paper: str) -> Sequence[ProposalView]:
        """See `DecisionService.proposals`."""
        indicators = self._current().indicators
        with self._store() as store:
            every = store.every(Proposal, document=paper)
            last = {change.record: change for change in store.history("proposal")}
        found = (
            ProposalView(record=each.record, version=each.version, last=last.get(each.record.id), warning=_warning(each.record, indicators))
            for each in every
        )
        return sorted(found, key=lambda each: (each.record.start, each.record.kind, each.record.id))

    def text(self, paper: str) -> DocumentText | None:
        """See `DecisionService.text`."""
        found = self.paper(paper)
        return None if found is None else self._texts.find(found.paper.digest)

    def history(self, proposal: str) -> Sequence[Change]:
        """See `DecisionService.history`."""
        with self._store() as store:
            return store.history("proposal", proposal)

    def decide(
        self, action: DecisionAction, chosen: Mapping[str, int], who: str, why: str, edits: Mapping[str, str] | None = None
    ) -> Decision:
        """See `DecisionService.decide`."""
        names = list(chosen)
        with self._store() as store:
            desk = DecisionDesk(self._current(), store, self._now)
            if action == "accept":
                done = desk.accept(names, who, why, edits=edits, seen=chosen)
            elif action == "reject":
                done = desk.reject(names, who, why, seen=chosen)
            else:
                done = desk.undo(names, who, why, seen=chosen)
        return Decision(len(done.proposals), done.files, done.warnings)

    def indicators(self) -> Mapping[str, str]:
        """See `DecisionService.indicators`."""
        chinese = active_language() == "zh"
        return {name: each.name_zh if chinese else each.name_en for name, each in self._current().indicators.items()}

    def obstacle(self) -> str:
        """See `DecisionService.obstacle`."""
        folder = self._workspace.folder / POLICIES
        nearest = folder if folder.is_dir() else folder.parent
        if os.access(nearest, os.W_OK | os.X_OK):
            return ""
        return _("工作区的 {folder} 对网站是只读的：可以看、可以不采纳，采纳写不进去。").format(folder=POLICIES)

    def _view(self, paper: PolicyPaper, counts: Mapping[str, int]) -> PaperView:
        return PaperView(paper=paper, counts=counts, has_text=self._texts.has(paper.digest))  # type: ignore[arg-type]  # states

    def _current(self) -> Workspace:
        """The workspace with the policy files as they are now: decisions, also those of other processes, change them."""
        with self._lock:
            seen = _stamp(self._workspace.folder)
            if seen != self._stamp:
                self._workspace, self._stamp = load_workspace(self._workspace.folder), seen
            return self._workspace

    @contextmanager
    def _store(self) -> Iterator[OperationsStore]:
        store = open_operations(self._operations, self._workspace.settings.id)
        try:
            yield store
        finally:
            store.close()


def _warning(proposal: Proposal, indicators: Mapping[str, object]) -> str:
    return unit_mismatch(proposal, indicators) if proposal.kind == "target" else ""  # type: ignore[arg-type]


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    files = sorted((folder / POLICIES).glob("*.yaml"))
    return tuple((path.name, stat.st_mtime_ns, stat.st_size) for path in files for stat in [path.stat()])
