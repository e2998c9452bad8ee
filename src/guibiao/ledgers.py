"""The ledger at work: tasks of accepted policies, projects and problems are moved, cascaded, evidenced and chased, each step on record."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.operations import Act, Change, Conflict, Evidence, Kept, LedgerTask, Milestone, Problem, R
from guibiao.model.period import Measure, parse_period
from guibiao.policy.cascade import district_tasks
from guibiao.policy.chasing import Chase, chase
from guibiao.policy.ledger import Family, Move, find_move, find_state, step
from guibiao.policy.ledger_cells import clean_text, find_stage
from guibiao.reference.definitions import Workspace
from guibiao.reference.policies import PolicyDocument, PolicyTask
from guibiao.store.operations.port import EvidenceStore, OperationsStore


@dataclass(frozen=True, slots=True)
class TaskFile:
    """All about one task."""

    kept: Kept[LedgerTask]
    parent: LedgerTask | None
    children: tuple[LedgerTask, ...]
    milestones: tuple[Milestone, ...]
    evidence: tuple[tuple[Evidence, bool], ...]
    """Each with whether its file is there and unchanged."""
    problems: tuple[Problem, ...]
    history: tuple[Change, ...]


class LedgerDesk:
    """The ledger of one workspace; `now` gives the moment of each act, `evidence` keeps files."""

    def __init__(self, workspace: Workspace, store: OperationsStore, evidence: EvidenceStore, now: Callable[[], datetime]) -> None:
        self.workspace = workspace
        self.store = store
        self.evidence = evidence
        self._now = now
        self.register()

    def act(self, action: str, who: str, why: str = "") -> Act:
        """An act of this moment."""
        return Act(action, who, self._now(), why)

    def register(self) -> None:
        """Take in tasks of the workspace's policies; one that nobody has worked on follows its definition."""
        act = self.act("register", "workspace")
        kept = {each.record.id: each for each in self.store.every(LedgerTask)}
        wanted = [_registered(document, task) for document in self.workspace.policies.values() for task in document.tasks]
        changed = [task for task in wanted if task.id not in kept or (kept[task.id].record != task and self._untouched(task.id))]
        if not changed:
            return
        with self.store.transaction():
            for task in changed:
                before = self.store.find(LedgerTask, task.id)
                if before is None:
                    self.store.add(task, act)
                elif self._untouched(task.id):
                    self.store.replace(task, before.version, act)

    def tasks(self, *, state: str = "", office: str = "", kind: str = "") -> tuple[list[Kept[LedgerTask]], int]:
        """Rows of the ledger by document, place and area; and how many are not shown because their definition was taken back."""
        wanted = find_state(state) if state else None
        if state and wanted is None:
            find_move(state)
        found = list(self.store.every(LedgerTask, **({"kind": kind} if kind else {})))
        standing = [each for each in found if not self._taken_back(each)]
        shown = [
            each
            for each in standing
            if (wanted is None or each.record.state == wanted)
            and (not office or any(office in unit for unit in (*each.record.lead, *each.record.supporting)))
        ]
        roots = {each.record.id: each.record for each in found}

        def place(each: Kept[LedgerTask]) -> tuple[Any, ...]:
            top = roots.get(each.record.parent, each.record) if each.record.area else each.record
            return (top.document, top.position, top.id, each.record.area, each.record.id)

        return sorted(shown, key=place), len(found) - len(standing)

    def show(self, name: str) -> TaskFile:
        """Everything about a task."""
        kept = self._task(name)
        key = kept.record.id
        family = self._family(kept.record)
        evidence = (each.record for each in self.store.every(Evidence, task=key))
        return TaskFile(
            kept, family.parent, tuple(family.children), tuple(each.record for each in self.store.every(Milestone, task=key)),
            tuple((each, self.evidence.whole(each.sha256)) for each in evidence),
            tuple(each.record for each in self.store.every(Problem, task=key)), self.store.history("task", key),
        )  # fmt: skip

    def move(self, name: str, word: str, who: str, why: str = "", *, due: date | None = None, believed: str = "") -> Kept[LedgerTask]:
        """Move a task; `believed` is the state the person saw, and another one is a conflict."""
        move = find_move(word)
        with self.store.transaction():
            kept = self._task(name)
            if believed and find_state(believed) != kept.record.state:
                last = self.store.history("task", kept.record.id)[-1]
                raise Conflict(
                    _("{id} 已经不是“{state}”").format(id=kept.record.id, state=believed),
                    _("{who} 于 {when} {action}。").format(
                        who=last.act.who, when=f"{last.act.at.astimezone():%Y-%m-%d %H:%M:%S}", action=last.act.action
                    ),
                    _("先看现在的内容，再决定是否还要改。"),
                )
            return self.advance(kept, move, self.act(move.name, who, why), due)

    def advance(self, kept: Kept[LedgerTask], move: Move, act: Act, due: date | None = None) -> Kept[LedgerTask]:
        """Make a move from a version that was read. Conflict where somebody else was faster."""
        moved = step(kept.record, move, why=act.why, due=due, family=self._family(kept.record))
        return Kept(moved, self.store.replace(moved, kept.version, act))

    def update(self, name: str, who: str, why: str = "", **fields: Any) -> Kept[LedgerTask]:
        """Set progress, units or a project's stage and investment; the state and a later deadline come by moves."""
        if "lead" in fields and not fields["lead"]:
            raise BadRequest(_("责任单位不能为空"), remedy=_("写明至少一个单位。"))
        with self.store.transaction():
            kept = self._task(name)
            if ("stage" in fields or "investment" in fields) and kept.record.kind != "project":
                raise BadRequest(_("{id} 不是重大项目").format(id=kept.record.id), remedy=_("用 guibiao ledger project 登记项目。"))
            clean: dict[str, Any] = {key: clean_text(value) if isinstance(value, str) else value for key, value in fields.items()}
            record = replace(kept.record, **clean)
            return Kept(record, self.store.replace(record, kept.version, self.act("update", who, why)))

    def project(
        self, title: str, lead: Sequence[str], who: str, *, investment: Decimal | None = None, unit: str = "", stage: str = "",
        due: date | None = None, why: str = "",
    ) -> LedgerTask:  # fmt: skip
        """Enter a major project as a task with investment and stage."""
        name = _title(title)
        record: LedgerTask = LedgerTask(
            id=_key("project", name, *lead), title=name, kind="project", lead=tuple(lead), due=due, investment=investment,
            investment_unit=unit, stage=find_stage(stage) or "planned",  # type: ignore[arg-type]  # one of the stages
        )  # fmt: skip
        self._add(record, self.act("add", who, why))
        return record

    def problem(self, title: str, who: str, *, task: str = "", lead: Sequence[str] = (), due: date | None = None, why: str = "") -> Problem:
        """Enter a major problem, of a task where named."""
        of = self._task(task).record.id if task else ""
        record = Problem(id=_key("problem", _title(title), of), title=_title(title), task=of, lead=tuple(lead), due=due)
        self._add(record, self.act("add", who, why))
        return record

    def problems(self) -> list[Problem]:
        """Open ones first, by deadline."""
        found = [each.record for each in self.store.every(Problem)]
        return sorted(found, key=lambda each: (each.state != "open", each.due or date.max, each.id))

    def solve(self, name: str, who: str, why: str, *, measures: str = "", reopen: bool = False) -> Problem:
        """Close a problem, or open it again; both with a reason."""
        if not why.strip():
            raise BadRequest(_("要写明理由"), remedy=_("用 --why 写明。"))
        with self.store.transaction():
            kept = self._one(Problem, name)
            if (kept.record.state == "open") is reopen:
                raise BadRequest(_("{id} 已是这个状态").format(id=kept.record.id), remedy=_("用 guibiao ledger problem list 查看。"))
            record = replace(kept.record, state="open" if reopen else "resolved", measures=clean_text(measures) or kept.record.measures)
            self.store.replace(record, kept.version, self.act("reopen" if reopen else "resolve", who, why))
        return record

    def milestone(self, task: str, period: str, text: str, who: str) -> Milestone:
        """Enter what shall be reached by the end of a quarter or year."""
        span = parse_period(period, measure=Measure.DURING)
        if span.months not in {3, 6, 12}:
            raise BadRequest(
                _("节点的时期应当是季度、半年或年，不是 {period}").format(period=period), remedy=_("写成 2026年二季度 或 2026。")
            )
        key = self._task(task).record.id
        record = Milestone(id=_key("milestone", key, str(span), _title(text)), task=key, period=str(span), due=span.end, text=_title(text))
        self._add(record, self.act("add", who))
        return record

    def reached(self, name: str, who: str, *, on: date, undo: bool = False) -> Milestone:
        """Mark a milestone as reached on a day, or take that back."""
        with self.store.transaction():
            kept = self._one(Milestone, name)
            record = replace(kept.record, done_on=None if undo else on)
            self.store.replace(record, kept.version, self.act("undo" if undo else "reach", who))
        return record

    def add_evidence(self, task: str, paths: Sequence[Path], who: str, why: str = "") -> list[tuple[Evidence, bool]]:
        """Keep files as evidence, all or none; False for one whose content the task has already."""
        key = self._task(task).record.id
        taken = [(path, *self.evidence.take(path)) for path in paths]
        added = []
        with self.store.transaction():
            for path, digest, size in taken:
                record = Evidence(id=_key("evidence", key, digest), task=key, sha256=digest, name=_file_name(path), size=size)
                before = self.store.find(Evidence, record.id)
                if before is None:
                    self.store.add(record, self.act("add", who, why))
                added.append((record if before is None else before.record, before is None))
        return added

    def cascade(self, task: str, areas: Sequence[str], who: str, why: str = "") -> tuple[LedgerTask, ...]:
        """Give districts their own part of a city task, each with its own state; those that have theirs are left as they are."""
        with self.store.transaction():
            kept = self._task(task)
            if kept.record.state == "closed":
                raise BadRequest(_("{id} 已经销号").format(id=kept.record.id), remedy=_("先退回，再分到各区。"))
            there = {each.record.area for each in self.store.every(LedgerTask, parent=kept.record.id)}
            made = tuple(each for each in district_tasks(kept.record, areas, self.workspace) if each.area not in there)
            for each in made:
                self.store.add(each, self.act("cascade", who, why))
        return made

    def chase(self, today: date, days: int) -> Chase:
        """What is overdue or due within some days."""
        tasks, _hidden = self.tasks()
        milestones = (each.record for each in self.store.every(Milestone))
        problems = (each.record for each in self.store.every(Problem))
        return chase([each.record for each in tasks], milestones, problems, today=today, days=days)

    def _untouched(self, key: str) -> bool:
        return all(change.act.action == "register" for change in self.store.history("task", key))

    def _taken_back(self, kept: Kept[LedgerTask]) -> bool:
        """Whether a policy's task is no longer defined and nobody worked on it."""
        task = kept.record
        if not task.document or task.area:
            return False
        policy = self.workspace.policies.get(task.document)
        defined = policy is not None and any(each.id == task.id for each in policy.tasks)
        return not defined and self._untouched(task.id)

    def _family(self, task: LedgerTask) -> Family:
        parent = self.store.find(LedgerTask, task.parent) if task.parent else None
        children = (each for each in self.store.every(LedgerTask, parent=task.id) if not self._taken_back(each))
        return Family(parent.record if parent else None, tuple(each.record for each in children))

    def _add(self, record: LedgerTask | Problem | Milestone, act: Act) -> None:
        with self._told_twice(record.id):
            self.store.add(record, act)

    @contextmanager
    def _told_twice(self, key: str) -> Iterator[None]:
        try:
            yield
        except Conflict:
            raise BadRequest(_("{id} 已经登记过").format(id=key), remedy=_("名称相同的不再登记；要改，用 update。")) from None

    def _task(self, name: str) -> Kept[LedgerTask]:
        return self._one(LedgerTask, name)

    def _one(self, kind: type[R], name: str) -> Kept[R]:
        """A record by its id, the beginning of one, or of what follows the id's first dash."""
        exact = self.store.find(kind, name)
        if exact is not None:
            return exact
        head, slash, area = name.partition("/")
        if slash and head:
            return self._one(kind, f"{self._one(kind, head).record.id}/{area}")
        every = self.store.every(kind)
        found = [each for each in every if name and (each.record.id.startswith(name) or each.record.id.partition("-")[2].startswith(name))]
        tops = [each for each in found if "/" not in each.record.id]
        found = tops if len(tops) == 1 else found
        if len(found) != 1:
            raise BadRequest(
                _("没有编号为 {name} 的条目").format(name=name) if not found else _("{name} 不止一条").format(name=name),
                "、".join(each.record.id for each in found[:10]),
                _("用 guibiao ledger list 查看编号；可以只写开头几位。"),
            )
        return found[0]


def _registered(document: PolicyDocument, task: PolicyTask) -> LedgerTask:
    return LedgerTask(
        id=task.id, title=task.title, document=document.id, number=task.number, section=task.section, lead=task.lead,
        supporting=task.supporting, due=task.deadline, parent=task.parent, position=task.start,
    )  # fmt: skip


def _title(text: str) -> str:
    title = clean_text(text)
    if not title:
        raise BadRequest(_("没有写内容"), remedy=_("写明任务、问题或节点的内容。"))
    return title


def _key(kind: str, *parts: str) -> str:
    return f"{kind}-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:12]}"


def _file_name(path: Path) -> str:
    """The file's own name without control characters; it is shown, never used as a path."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "_", path.name)[:255]


def areas_named(workspace: Workspace, names: Sequence[str], *, every: bool) -> tuple[str, ...]:
    """Codes of the areas named, or of all parts of the city."""
    areas = workspace.classifications["areas"]
    parts: Mapping[str, str] = {each.code: each.name_zh for each in areas.categories if each.parent == workspace.settings.area}
    if every:
        return tuple(parts)
    codes = []
    for name in names:
        found = areas.find(name)
        if found is None or found.code not in parts:
            raise BadRequest(
                _("{name} 不是本市的区").format(name=name), remedy=_("可用：{names}。").format(names="、".join(parts.values()))
            )
        codes.append(found.code)
    if not codes:
        raise BadRequest(_("没有写哪些区"), remedy=_("用 --area 逐个写明，或用 --all。"))
    return tuple(dict.fromkeys(codes))
