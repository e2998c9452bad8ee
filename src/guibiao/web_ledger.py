"""The ledger for the site: `serve.task_services.LedgerService` over the desk of the ledger.

Each call opens the operations store for itself, sees with the eyes of who asks, and leaves nothing half done. Definitions of policies are
read again when their files change, so that a task accepted meanwhile is not taken for one that was taken back.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from guibiao.ledgers import LedgerDesk, TaskFile, areas_named
from guibiao.model.access import UnitReach
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.operations import Change, Conflict, Evidence, Kept, LedgerTask, Milestone, Problem, R
from guibiao.model.task_reach import OfficeOf, admits_problem, admits_task
from guibiao.policy.chasing import Due
from guibiao.policy.ledger import allowed, find_move
from guibiao.policy.ledger_cells import clean_text, read_investment, splitter
from guibiao.policy.ledger_workbook import ledger_workbook
from guibiao.policy.task_lights import days_left, light_of
from guibiao.reference.definitions import Workspace
from guibiao.reference.policies import FOLDER, normalise, office_key
from guibiao.serve.errors import NotFound
from guibiao.serve.task_services import (
    Actor,
    ChaseList,
    DueItem,
    ListedTask,
    Seen,
    TaskBoard,
    TaskDocument,
    TaskDossier,
    TaskMove,
    TaskTarget,
)
from guibiao.store.operations.evidence import EvidenceFolder
from guibiao.store.port import Busy

_NAME_BYTES = 200


@dataclass(frozen=True, slots=True)
class _View:
    """An open desk, and the eyes it is seen with."""

    desk: LedgerDesk
    reach: UnitReach
    office_of: OfficeOf

    def admits(self, task: LedgerTask) -> bool:
        return admits_task(self.reach, task, self.office_of)

    def task(self, name: str) -> Kept[LedgerTask]:
        """The task with this id, if it may be seen."""
        kept = self.desk.store.find(LedgerTask, name)
        if kept is None or not self.admits(kept.record):
            raise _no_task(name)
        return kept

    def seen(self, seen: Seen) -> Kept[LedgerTask]:
        """The task in the version that the person saw. Conflict where somebody else was faster."""
        kept = self.task(seen.task)
        if kept.version != seen.version:
            last = self.desk.store.history("task", seen.task)[-1].act
            raise Conflict(
                _("{title} 刚被别人改过，这一次没有存").format(title=kept.record.title),
                _("{who} 于 {when} 改动。").format(who=last.who, when=f"{last.at.astimezone():%Y-%m-%d %H:%M:%S}"),
                _("先看现在的内容，再决定是否还要改。"),
            )
        return kept

    def part(self, kind: type[R], task: str, name: str) -> R:
        """A record that belongs to a task which may be seen."""
        self.task(task)
        kept = self.desk.store.find(kind, name)
        if kept is None or getattr(kept.record, "task", "") != task:
            raise _no_task(name)
        return kept.record


class SiteLedger:
    """`LedgerService` of a workspace; `folder` keeps evidence files."""

    def __init__(self, workspace: Workspace, location: str, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._definitions = _Definitions(workspace)
        self._location = location
        self._evidence = EvidenceFolder(folder)
        self._now = now
        self._taking = threading.Lock()

    def board(self, reach: UnitReach, today: date) -> TaskBoard:
        """See `LedgerService.board`."""
        with self._open(reach) as view:
            kept, taken_back = view.desk.tasks()
            own = [each for each in kept if view.admits(each.record)]
            policies = view.desk.workspace.policies
            titles = {each.record.document: policies[each.record.document].title for each in own if each.record.document in policies}
            return TaskBoard(tasks=_listed(view, own, today), documents=titles, taken_back=taken_back if reach.areas is None else 0)

    def dossier(self, reach: UnitReach, task: str, today: date, acting: UnitReach) -> TaskDossier:
        """See `LedgerService.dossier`."""
        with self._open(reach) as view:
            kept = view.task(task)
            own = admits_task(acting, kept.record, view.office_of)
            return _dossier(view, view.desk.show(kept.record.id), today, own=own)

    def serving(self, reach: UnitReach, target: str, today: date) -> Sequence[ListedTask]:
        """See `LedgerService.serving`."""
        with self._open(reach) as view:
            kept = [each for each in view.desk.tasks()[0] if view.admits(each.record)]
            return [each for each in _listed(view, kept, today) if target in each.targets]

    def chase(self, reach: UnitReach, today: date, days: int) -> ChaseList:
        """See `LedgerService.chase`."""
        with self._open(reach) as view:
            found = view.desk.chase(today, days)
            tasks = {each.record.id: each.record for each in view.desk.tasks()[0]}
            problems = {each.record.id: each.record for each in view.desk.store.every(Problem)}
            undated = sum(each.due is None and each.state != "closed" and view.admits(each) for each in tasks.values())

        def admitted(due: Due) -> bool:
            task = tasks.get(due.task)
            if due.kind == "problem":
                return admits_problem(reach, problems[due.id], task, view.office_of)
            return task is not None and view.admits(task)

        items = (
            DueItem(each.kind, each.task if each.task in tasks and view.admits(tasks[each.task]) else "", each.title, each.lead, each.due,
                    each.days_left)
            for each in found.items
            if admitted(each)
        )  # fmt: skip
        return ChaseList(tuple(items), undated)

    def workbook(self, reach: UnitReach, tasks: Sequence[str], title: str) -> bytes:
        """See `LedgerService.workbook`."""
        with self._open(reach) as view:
            return ledger_workbook([view.task(each) for each in tasks], title or f"{view.desk.workspace.settings.name_zh}督办台账")

    def evidence(self, reach: UnitReach, task: str, evidence: str) -> tuple[Evidence, Path]:
        """See `LedgerService.evidence`."""
        with self._open(reach) as view:
            record = view.part(Evidence, task, evidence)
        if not self._evidence.whole(record.sha256):
            raise BadRequest(_("佐证文件缺失或已改动：{name}").format(name=record.name), remedy=_("请管理员从备份恢复，或重新上传。"))
        return record, self._evidence.folder / record.sha256

    def move(self, seen: Seen, move: str, actor: Actor, due: date | None = None) -> None:
        """See `LedgerService.move`."""
        with self._act(actor) as view:
            kept, step = view.seen(seen), find_move(move)
            if step.name == "decompose" and not kept.record.lead and not view.desk.store.every(LedgerTask, parent=seen.task):
                raise BadRequest(_("{title} 还没有责任单位，不能分解").format(title=kept.record.title), remedy=_("先写明责任单位。"))
            view.desk.advance(kept, step, view.desk.act(step.name, actor.who, actor.why), due)

    def report(self, seen: Seen, progress: str, actor: Actor) -> None:
        """See `LedgerService.report`."""
        with self._act(actor) as view:
            view.desk.update(view.seen(seen).record.id, actor.who, actor.why, progress=progress)

    def assign(self, seen: Seen, lead: str, supporting: str, actor: Actor) -> None:
        """See `LedgerService.assign`."""
        with self._act(actor) as view:
            units = self._splitter(view.desk.workspace)
            fields = {"lead": units(clean_text(lead)), "supporting": units(clean_text(supporting))}
            view.desk.update(view.seen(seen).record.id, actor.who, actor.why, **fields)

    def cascade(self, seen: Seen, areas: Sequence[str], actor: Actor) -> int:
        """See `LedgerService.cascade`."""
        with self._act(actor) as view:
            task = view.seen(seen).record.id
            return len(view.desk.cascade(task, areas_named(view.desk.workspace, areas, every=False), actor.who, actor.why))

    def add_evidence(self, task: str, name: str, content: bytes, actor: Actor) -> bool:
        """See `LedgerService.add_evidence`."""
        with self._open(actor.reach) as view, tempfile.TemporaryDirectory() as folder:
            view.task(task)
            path = Path(folder) / _short_name(name)
            path.write_bytes(content)
            # One at a time: the folder's own copy in the making is named by the process.
            with self._taking:
                [(_record, new)] = view.desk.add_evidence(task, [path], actor.who, actor.why)
        return new

    def add_milestone(self, task: str, period: str, text: str, actor: Actor) -> None:
        """See `LedgerService.add_milestone`."""
        with self._act(actor) as view:
            view.desk.milestone(view.task(task).record.id, period, text, actor.who)

    def reach_milestone(self, task: str, milestone: str, on: date | None, actor: Actor) -> None:
        """See `LedgerService.reach_milestone`."""
        with self._act(actor) as view:
            record = view.part(Milestone, task, milestone)
            view.desk.reached(record.id, actor.who, on=on or record.due, undo=on is None)

    def add_problem(self, task: str, title: str, lead: str, due: date | None, actor: Actor) -> None:
        """See `LedgerService.add_problem`."""
        with self._act(actor) as view:
            units = self._splitter(view.desk.workspace)(clean_text(lead))
            view.desk.problem(title, actor.who, task=view.task(task).record.id, lead=units, due=due, why=actor.why)

    def settle_problem(self, task: str, problem: str, measures: str, actor: Actor, *, reopen: bool) -> None:
        """See `LedgerService.settle_problem`."""
        with self._act(actor) as view:
            view.desk.solve(view.part(Problem, task, problem).id, actor.who, actor.why, measures=measures, reopen=reopen)

    def add_project(self, title: str, lead: str, actor: Actor, *, investment: str, stage: str, due: date | None) -> str:
        """See `LedgerService.add_project`."""
        amount, unit = read_investment(investment)
        with self._act(actor) as view:
            units = self._splitter(view.desk.workspace)(clean_text(lead))
            if not units:
                raise BadRequest(_("责任单位不能为空"), remedy=_("写明至少一个单位。"))
            made = view.desk.project(title, units, actor.who, investment=amount, unit=unit, stage=stage, due=due, why=actor.why)
            return view.task(made.id).record.id

    @staticmethod
    def _splitter(workspace: Workspace) -> Callable[[str], tuple[str, ...]]:
        return splitter(lambda name: normalise(name, None, workspace.offices) is not None)

    @contextmanager
    def _open(self, reach: UnitReach) -> Iterator[_View]:
        from guibiao.store.operations.opening import open_operations

        workspace, office_of = self._definitions.current()
        store = open_operations(self._location, workspace.settings.id)
        try:
            with _for_the_site():
                yield _View(LedgerDesk(workspace, store, self._evidence, self._now), reach, office_of)
        finally:
            store.close()

    @contextmanager
    def _act(self, actor: Actor) -> Iterator[_View]:
        """An open desk whose every reading and writing is one transaction."""
        with self._open(actor.reach) as view, view.desk.store.transaction():
            yield view


class _Definitions:
    """The workspace, read again when a file of its policies is another than before; one that cannot be read leaves the last that could."""

    def __init__(self, workspace: Workspace) -> None:
        self._lock = threading.Lock()
        self._workspace = workspace
        self._office_of = _offices(workspace)
        self._seen = self._files()

    def current(self) -> tuple[Workspace, OfficeOf]:
        with self._lock:
            files = self._files()
            if files != self._seen:
                self._read_again()
                self._seen = files
            return self._workspace, self._office_of

    def _read_again(self) -> None:
        import logging

        from guibiao.model.errors import GuibiaoError
        from guibiao.reference.load import load_workspace

        try:
            self._workspace = load_workspace(self._workspace.folder)
            self._office_of = _offices(self._workspace)
        except GuibiaoError as error:
            logging.getLogger("guibiao.web_ledger").error("definitions of policies are not read again: %s", error)

    def _files(self) -> tuple[tuple[str, int, int], ...]:
        found = sorted((self._workspace.folder / FOLDER).glob("*.yaml"))
        return tuple((path.name, status.st_mtime_ns, status.st_size) for path in found for status in [path.stat()])


def _offices(workspace: Workspace) -> OfficeOf:
    @cache
    def office_of(name: str) -> str:
        office = normalise(name, None, workspace.offices)
        return office.id if office is not None and office.kind == "office" else office_key(name)

    return office_of


def _listed(view: _View, kept: Sequence[Kept[LedgerTask]], today: date) -> list[ListedTask]:
    problems: dict[str, int] = {}
    for each in view.desk.store.every(Problem, state="open"):
        problems[each.record.task] = problems.get(each.record.task, 0) + 1
    serves = _serves(view.desk.workspace)

    def listed(each: Kept[LedgerTask]) -> ListedTask:
        task, count = each.record, problems.get(each.record.id, 0)
        return ListedTask(
            kept=each, light=light_of(task, count, today), days_left=days_left(task, today), open_problems=count,
            targets=serves.get(task.parent if task.area else task.id, ()),
        )  # fmt: skip

    return [listed(each) for each in kept]


def _serves(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """Task id -> targets whose words stand in its text."""
    return {
        task.id: tuple(target.id for target in policy.targets if task.start <= target.start and target.end <= task.end)
        for policy in workspace.policies.values()
        for task in policy.tasks
    }


def _dossier(view: _View, file: TaskFile, today: date, *, own: bool) -> TaskDossier:
    task, store, workspace = file.kept.record, view.desk.store, view.desk.workspace
    family = {each.record.id: each for each in store.every(LedgerTask, parent=task.id)}
    parent = store.find(LedgerTask, task.parent) if task.parent else None
    shown = [family[each.id] for each in file.children if view.admits(each)]
    seen_parent = parent if parent is not None and view.admits(parent.record) else None
    listed, *relatives = _listed(view, [file.kept, *shown, *([seen_parent] if seen_parent else [])], today)
    policy = workspace.policies.get(task.document)
    definition = next((each for each in policy.tasks if each.id in {task.id, task.parent}), None) if policy is not None else None
    targets = {each.id: each for each in policy.targets} if policy is not None else {}
    return TaskDossier(
        listed=listed, own=own,
        document=TaskDocument(policy.id, policy.title, policy.number, definition.start, definition.end) if policy and definition else None,
        targets=tuple(TaskTarget(each, targets[each].name, targets[each].quote) for each in listed.targets),
        parent=relatives[-1] if seen_parent else None, parent_hidden=parent is not None and seen_parent is None,
        children=tuple(relatives[: len(shown)]), children_hidden=len(file.children) - len(shown),
        children_open=sum(each.state != "closed" for each in file.children),
        milestones=tuple(sorted(file.milestones, key=lambda each: (each.due, each.id))), evidence=file.evidence,
        problems=tuple(sorted(file.problems, key=lambda each: (each.state != "open", each.due or date.max, each.id))),
        moves=tuple(TaskMove(each.name, each.reasoned, each.name == "extend") for each in allowed(task.state)),
        areas=_areas_left(view, task, {each.area for each in file.children}), history=_history(view, file),
    )  # fmt: skip


def _areas_left(view: _View, task: LedgerTask, there: set[str]) -> tuple[tuple[str, str], ...]:
    workspace = view.desk.workspace
    if task.area or task.state == "closed":
        return ()
    parts = (each for each in workspace.classifications["areas"].categories if each.parent == workspace.settings.area)
    return tuple((each.code, each.name_zh) for each in parts if each.code not in there)


def _history(view: _View, file: TaskFile) -> tuple[Change, ...]:
    parts = [
        *(("milestone", each.id) for each in file.milestones),
        *(("evidence", each.id) for each, _whole in file.evidence),
        *(("problem", each.id) for each in file.problems),
    ]
    changes = [*file.history, *(change for kind, name in parts for change in view.desk.store.history(kind, name))]
    return tuple(sorted(changes, key=lambda each: -each.sequence))


def _short_name(name: str) -> str:
    """A file's own name, cut in its middle to what file systems take."""
    suffix = Path(name).suffix[:12]
    stem = Path(name).name.removesuffix(suffix).encode()[:_NAME_BYTES].decode(errors="ignore")
    return f"{stem or 'file'}{suffix}"


def _no_task(name: str) -> NotFound:
    return NotFound(_("没有编号为 {name} 的条目").format(name=name[:80]), remedy=_("从任务台账里查找；不属于你的任务不显示。"))


@contextmanager
def _for_the_site() -> Iterator[None]:
    """What to do is said for the site where the desk says it for the command line."""
    try:
        yield
    except Busy:
        raise
    except BadRequest as error:
        if "guibiao " not in error.remedy and "--" not in error.remedy and " update" not in error.remedy:
            raise
        raise type(error)(error.title, error.description, _("刷新这一页，看现在的内容和可以办的步骤。")) from None
