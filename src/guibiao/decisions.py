"""From a policy document to accepted definitions: proposals, a person's decisions, and the workspace's YAML that follows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from guibiao.model.errors import BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.model.operations import Act, Change, Conflict, Kept, LedgerTask, PolicyPaper, Proposal
from guibiao.model.text.blocks import DocumentText
from guibiao.policy.paper import Head, document_head, text_digest
from guibiao.policy.proposals import PROPOSED, adopted, definition, edited, proposals, unit_mismatch
from guibiao.reference.definitions import Workspace
from guibiao.reference.policies import FOLDER, PolicyDocument, PolicyTarget, PolicyTask
from guibiao.reference.policy_files import new_file, require_loadable, with_entries
from guibiao.store.files import replace_whole, writing
from guibiao.store.operations.port import OperationsStore

_NAME = re.compile(r"[\w-]{1,80}")
_DECISIONS = frozenset({"accept", "reject"})
Seen = Mapping[str, int]
"""Versions of proposals by id, as somebody saw them."""
Entries = dict[str, PolicyTarget | PolicyTask | None]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a reading brought: proposals that are new, defined in the workspace already, changed while pending, unchanged, decided before,
    and no longer found; what was left out."""

    paper: PolicyPaper
    new: int
    adopted: int
    updated: int
    unchanged: int
    decided_otherwise: tuple[str, ...]
    gone: tuple[str, ...]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Decided:
    """Proposals after a decision, and sentences a person should read."""

    proposals: tuple[Proposal, ...]
    files: tuple[str, ...]
    warnings: tuple[str, ...]


class DecisionDesk:
    """Proposals and decisions of one workspace; `now` gives the moment of each act."""

    def __init__(self, workspace: Workspace, store: OperationsStore, now: Callable[[], datetime]) -> None:
        self.workspace = workspace
        self.store = store
        self._now = now

    def propose(
        self, document: DocumentText, who: str, *, name: str = "", head: Head | None = None, classes: frozenset[str] = PROPOSED
    ) -> Proposed:
        """Take in what extraction finds. What a person decided on stays decided; a difference to it is told.

        BadRequest where the name belongs to another text: a new version of a document is a document of its own.
        """
        paper = self._paper(document, name, head)
        defined = self._defined(paper.id)
        found, left_out = proposals(document, paper.id, self.workspace.indicators, classes)
        act = Act("propose", who, self._now())
        with self.store.transaction():
            self._take_paper(paper, act)
            kept = {each.record.id: each for each in self.store.every(Proposal, document=paper.id)}
            counts, otherwise = {"new": 0, "adopted": 0, "updated": 0, "unchanged": 0}, []
            for proposal in found:
                before = kept.get(proposal.id)
                if before is None:
                    there = defined.get(proposal.id)
                    self.store.add(proposal if there is None else adopted(proposal, there), act)
                    counts["new" if there is None else "adopted"] += 1
                elif before.record.content == proposal.content:
                    counts["unchanged"] += 1
                elif before.record.state == "pending":
                    self.store.replace(replace(before.record, content=proposal.content, start=proposal.start), before.version, act)
                    counts["updated"] += 1
                else:
                    otherwise.append(proposal.id)
        ids = {each.id for each in found}
        gone = tuple(name for name, each in kept.items() if name not in ids and each.record.state == "pending")
        return Proposed(paper, **counts, decided_otherwise=tuple(otherwise), gone=gone, left_out=left_out)

    def review(self, document: str = "", *, pending: bool = False, kind: str = "") -> list[Proposal]:
        """Proposals by document and place."""
        having = {name: value for name, value in (("document", document), ("kind", kind)) if value}
        having |= {"state": "pending"} if pending else {}
        found = [each.record for each in self.store.every(Proposal, **having)]
        return sorted(found, key=lambda each: (each.document, each.kind, each.start, each.id))

    def accept(
        self, names: Sequence[str], who: str, why: str = "", *, edits: Mapping[str, str] | None = None, seen: Seen | None = None
    ) -> Decided:
        """Accept proposals, with edits of the same fields where given; the workspace's YAML gains or changes their definitions.

        Here and below, Conflict where a proposal is no longer of the version that was seen.
        """
        act = Act("accept", who, self._now(), why)
        entries: dict[str, Entries] = {}
        decided, warnings = [], []
        with self._deciding(entries) as files:
            chosen = self._chosen(names, seen)
            ids = {each.record.id for each in chosen}
            for kept in chosen:
                changes = edited(kept.record, edits or {}, self.workspace.indicators)
                accepted = replace(kept.record, state="accepted", edits=changes)
                self._require_parent(accepted, ids)
                entries.setdefault(accepted.document, {})[accepted.id] = definition(accepted, self._accepted_on(kept, act))
                if kept.record != accepted:
                    self.store.replace(accepted, kept.version, act)
                mismatch = unit_mismatch(accepted, self.workspace.indicators)
                warnings.extend([f"{accepted.id}: {mismatch}"] if mismatch else [])
                decided.append(accepted)
        return Decided(tuple(decided), tuple(files), tuple(warnings))

    def reject(self, names: Sequence[str], who: str, why: str, *, seen: Seen | None = None) -> Decided:
        """Reject proposals; a reason is required. An accepted one is taken out of the YAML again."""
        if not why.strip():
            raise BadRequest(_("不采纳要写明理由"), remedy=_("用 --why 写明。"))
        return self._change(names, Act("reject", who, self._now(), why), lambda kept: replace(kept.record, state="rejected"), seen)

    def undo(self, names: Sequence[str], who: str, why: str = "", *, seen: Seen | None = None) -> Decided:
        """Take back the last decision on each proposal; the decision stays in the history."""
        return self._change(names, Act("undo", who, self._now(), why), self._before_decision, seen)

    def history(self, name: str) -> tuple[Change, ...]:
        """All that happened to a proposal."""
        (kept,) = self._chosen([name])
        return self.store.history("proposal", kept.record.id)

    def _change(self, names: Sequence[str], act: Act, after: Callable[[Kept[Proposal]], Proposal], seen: Seen | None) -> Decided:
        entries: dict[str, Entries] = {}
        decided = []
        with self._deciding(entries) as files:
            chosen = self._chosen(names, seen)
            ids = {each.record.id for each in chosen}
            for kept in chosen:
                changed = after(kept)
                if kept.record.state == "accepted" and changed.state != "accepted":
                    self._require_unused(kept.record, ids)
                if "accepted" in {kept.record.state, changed.state}:
                    entry = definition(changed, self._accepted_on(kept, act)) if changed.state == "accepted" else None
                    entries.setdefault(changed.document, {})[changed.id] = entry
                self.store.replace(changed, kept.version, act)
                decided.append(changed)
        return Decided(tuple(decided), tuple(files), ())

    @contextmanager
    def _deciding(self, entries: Mapping[str, Entries]) -> Iterator[list[str]]:
        """A transaction at whose end the files are written; should it not end well, they are as they were."""
        before: dict[Path, bytes | None] = {}
        files: list[str] = []
        try:
            with self.store.transaction():
                yield files
                for document, changed in entries.items():
                    path = self.workspace.folder / FOLDER / f"{document}.yaml"
                    if self._write(path, document, changed, before):
                        files.append(f"{FOLDER}/{path.name}")
        except BaseException:
            for path, content in before.items():
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    replace_whole(path, content)
            raise

    def _write(self, path: Path, document: str, entries: Entries, before: dict[Path, bytes | None]) -> bool:
        name = f"{FOLDER}/{path.name}"
        old = path.read_bytes() if path.is_file() else None
        text = new_file(self._document(document)) if old is None else old.decode("utf-8-sig")
        changed = with_entries(text, entries, name)
        if old is not None and changed.encode() == old:
            return False
        before[path] = old
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        replace_whole(path, changed.encode())
        require_loadable(path, name)
        return True

    def _document(self, name: str) -> PolicyDocument:
        kept = self.store.find(PolicyPaper, name)
        if kept is None:
            raise BadRequest(_("没有读过文件 {name}").format(name=name), remedy=_("先运行 guibiao policy propose 文件。"))
        paper = kept.record
        return PolicyDocument(
            id=paper.id,
            title=paper.title,
            number=paper.number,
            issued_by=paper.offices,
            dated=paper.dated,
            digest=paper.digest,
            source=paper.id if paper.id in self.workspace.sources else "",
        )

    def _paper(self, document: DocumentText, name: str, head: Head | None) -> PolicyPaper:
        digest = text_digest(document)
        known = next((each for each in self.workspace.policies.values() if each.digest == digest), None)
        if known is not None and name not in {"", known.id}:
            raise BadRequest(
                _("这份文本已在工作区里，名为 {name}").format(name=known.id),
                remedy=_("不写 --name，或写 --name {name}。").format(name=known.id),
            )
        name = name or (known.id if known is not None else _slug(document.name))
        if not _NAME.fullmatch(name):
            raise BadRequest(
                _("“{name}”不能作文件的名字").format(name=name), remedy=_("用 --name 给一个由字母、数字、汉字、- 和 _ 组成的名字。")
            )
        found = document_head(document, self.workspace.offices)
        if known is not None:
            found = Head(known.title, known.number, known.issued_by, known.dated)
        given = head or Head("", "", (), None)
        return PolicyPaper(
            id=name, digest=digest, title=given.title or found.title or document.name, number=given.number or found.number,
            offices=given.offices or found.offices, dated=given.dated or found.dated,
        )  # fmt: skip

    def _defined(self, document: str) -> Mapping[str, PolicyTarget | PolicyTask]:
        policy = self.workspace.policies.get(document)
        entries: list[PolicyTarget | PolicyTask] = [] if policy is None else [*policy.targets, *policy.tasks]
        return {each.id: each for each in entries}

    def _take_paper(self, paper: PolicyPaper, act: Act) -> None:
        kept = self.store.find(PolicyPaper, paper.id)
        if kept is None:
            self.store.add(paper, act)
            return
        if kept.record.digest != paper.digest:
            raise BadRequest(
                _("{name} 已用于另一份文本").format(name=paper.id),
                _("先前的是《{title}》；文字不同，位置就不同。").format(title=kept.record.title),
                _("修订后的文件另给一个名字：--name。"),
            )
        self.store.replace(paper, kept.version, act)

    def _chosen(self, names: Sequence[str], seen: Seen | None = None) -> list[Kept[Proposal]]:
        """Proposals by id or the beginning of one, of the versions that were seen, parents before what belongs to them."""
        every = {each.record.id: each for each in self.store.every(Proposal)}
        chosen = {}
        for name in names:
            found = (
                [name] if name in every else [each for each in every if each.partition("-")[2].startswith(name) or each.startswith(name)]
            )
            if len(found) != 1:
                raise BadRequest(
                    _("没有编号为 {name} 的条目").format(name=name) if not found else _("{name} 不止一条").format(name=name),
                    "、".join(found[:10]),
                    _("用 guibiao policy review 查看编号；可以只写开头几位。"),
                )
            chosen[found[0]] = every[found[0]]
            if seen is not None and seen.get(found[0]) != every[found[0]].version:
                raise self._overtaken(found[0])
        return sorted(chosen.values(), key=lambda each: (each.record.document, each.record.start, bool(each.record.content.get("parent"))))

    def _overtaken(self, name: str) -> Conflict:
        """Who was faster, when, and what they made of it."""
        last = self.store.history("proposal", name)[-1]
        when = f"{last.act.at.astimezone():%Y-%m-%d %H:%M:%S}"
        fields = "；".join(f"{field}：{last.old.get(field, '')} → {value}" for field, value in last.new.items() if last.old)
        return Conflict(
            _("{id} 刚被别人改过，这一次没有存").format(id=name),
            _("{who} 于 {when} {action} {fields}").format(who=last.act.who, when=when, action=last.act.action, fields=fields[:400]),
            _("先看现在的内容，再决定是否还要改。"),
        )

    def _require_parent(self, proposal: Proposal, together: set[str]) -> None:
        parent = proposal.content.get("parent") if proposal.kind == "task" else ""
        if not parent or parent in together:
            return
        above = self.store.find(Proposal, parent)
        if above is None or above.record.state != "accepted":
            raise BadRequest(
                _("{id} 的上级任务还没有采纳").format(id=proposal.id), remedy=_("连同 {parent} 一起采纳。").format(parent=parent)
            )

    def _require_unused(self, proposal: Proposal, together: set[str]) -> None:
        """A definition that others hang on, or that the ledger works with, is not taken away."""
        for each in self.store.every(Proposal, document=proposal.document, state="accepted"):
            if each.record.content.get("parent") == proposal.id and each.record.id not in together:
                raise BadRequest(
                    _("{id} 还有已采纳的下级任务").format(id=proposal.id), remedy=_("连同 {id} 一起办。").format(id=each.record.id)
                )
        worked = self.store.find(LedgerTask, proposal.id)
        if worked is not None and any(change.act.action != "register" for change in self.store.history("task", proposal.id)):
            raise BadRequest(
                _("{id} 已在台账中办理").format(id=proposal.id),
                remedy=_("用 guibiao ledger show {id} 查看；办理过的任务不能撤。").format(id=proposal.id),
            )

    def _accepted_on(self, kept: Kept[Proposal], act: Act) -> date:
        """The day of the first acceptance that still stands."""
        there = self._defined(kept.record.document).get(kept.record.id)
        if kept.record.state == "accepted" and there is not None and there.accepted_on is not None:
            return there.accepted_on
        day: date | None = None
        for change in self.store.history("proposal", kept.record.id):
            state = change.new.get("state")
            if state is not None:
                day = (day or change.act.at.astimezone().date()) if state == "accepted" else None
        return day or act.at.astimezone().date()

    def _before_decision(self, kept: Kept[Proposal]) -> Proposal:
        """The record before the last decision that was not taken back."""
        decisions: list[int] = []
        for change in self.store.history("proposal", kept.record.id):
            if change.act.action in _DECISIONS:
                decisions.append(change.version)
            elif change.act.action == "undo":
                decisions.pop()
        if not decisions:
            raise BadRequest(_("{id} 没有可撤回的决定").format(id=kept.record.id), remedy=_("用 guibiao policy review 查看。"))
        before = self.store.as_of_version(Proposal, kept.record.id, decisions[-1] - 1)
        if before is None:
            raise BadRequest(_("{id} 的历史不完整").format(id=kept.record.id), remedy=_("从备份恢复业务库。"), place=Place(kept.record.id))
        return before


def _slug(name: str) -> str:
    """A file's name as an id: other characters become `_`."""
    return re.sub(r"[^\w-]+", "_", name).strip("_")[:80]
