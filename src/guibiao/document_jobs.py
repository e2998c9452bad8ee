"""Documents handed in, worked on one at a time in a process beside the web server; a folder that several web processes share.

A job is a folder `<id>` with `job.json`, the content until it was read, and `result.json` once it is ready. The lock file of the web
process that took a job in tells whether it is still alive: what a process left unfinished is told as interrupted, its content taken away.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import queue
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from guibiao.document_texts import PRIVATE_FILE, private_folder
from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.model.messages import speaking
from guibiao.model.messages import translate as _
from guibiao.serve.document_services import Job, JobState
from guibiao.store.files import replace_whole, writing
from guibiao.store.port import Busy
from guibiao.worker_processes import Lost, run_tasks

JOB, CONTENT, RESULT = "job.json", "content", "result.json"
SWEPT_EVERY = 3600.0
"""Seconds between looks for what is over its days."""
_NAME = re.compile(r"[0-9a-f]{24}")
_log = logging.getLogger("guibiao.serve")


@dataclass(frozen=True, slots=True)
class Limits:
    """Documents unfinished at a time, kept for one person, days kept, seconds and bytes of memory that reading one may take."""

    unfinished: int = 4
    of_one_person: int = 30
    days: int = 7
    seconds: float = 120.0
    memory: int = 3 * 1024**3


@dataclass(frozen=True, slots=True)
class Task:
    """What the process beside gets: the folder of the job, what to do, and what it needs for that."""

    folder: str
    kind: str
    name: str
    owner: str
    language: str
    dated: str
    memory: int
    needs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the document cannot be worked on, in the language of who handed it in."""

    title: str
    description: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The content of `job.json`."""

    id: str
    kind: str
    owner: str
    name: str
    size: int
    language: str
    dated: str
    submitted_at: str
    holder: str
    state: JobState = "waiting"
    needs: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    error: tuple[str, str, str] | None = None


class DocumentJobs:
    """The jobs of one kind of work. `perform` runs in the process beside: it writes `result.json` and returns facts, or a Refusal."""

    def __init__(
        self, folder: Path, kind: str, perform: Callable[[Task], Mapping[str, Any] | Refusal], *, limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self.folder = folder
        self.kind = kind
        self.limits = limits or Limits()
        self._perform = perform
        self._now = now
        self._holder = ""
        self._handle = -1
        self._starting = threading.Lock()
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def begin(self) -> None:
        """Begin to take away what is over its days, where there is something already."""
        if self.folder.is_dir():
            self._begin()

    def submit(self, name: str, content: bytes, owner: str, language: str, dated: str = "", **needs: str) -> str:
        """Take a document in; its id. Busy where too many are waiting, BadRequest where the person keeps too many."""
        self._begin()
        identity = secrets.token_hex(12)
        with self._alone():
            self._sweep()
            self._require_room(owner)
            kept = _Kept(
                id=identity, kind=self.kind, owner=owner, name=name, size=len(content), language=language, dated=dated,
                submitted_at=self._now().isoformat(), holder=self._holder, needs=needs,
            )  # fmt: skip
            self._lay_down(kept, content)
        self._waiting.put(identity)
        return identity

    def jobs(self, owner: str = "") -> list[Job]:
        """Those of one person or of everybody, the newest first."""
        every = self._every()
        return [self._told(each, every) for each in reversed(every) if owner in {"", each.owner} and not self._is_past(each)]

    def job(self, name: str) -> Job | None:
        """One job."""
        kept = self._read(name)
        return None if kept is None or self._is_past(kept) else self._told(kept, self._every())

    def result(self, name: str) -> bytes | None:
        """What was found; None until the job is ready."""
        kept = self._read(name)
        if kept is None or kept.state != "ready" or self._is_past(kept):
            return None
        try:
            return (self.folder / name / RESULT).read_bytes()
        except OSError:
            return None

    def remove(self, name: str) -> None:
        """Take the job away with all that belongs to it."""
        if _NAME.fullmatch(name) and self.folder.is_dir():
            with self._alone():
                self._discard(name)

    def close(self) -> None:
        """Give the lock file of this process up; what is unfinished counts as interrupted."""
        with self._starting:
            if self._handle >= 0:
                os.close(self._handle)
                self._handle, self._holder = -1, ""

    def _begin(self) -> None:
        """The folder, the lock file of this process and the thread that works, at the first document."""
        with self._starting:
            if self._handle >= 0:
                return
            private_folder(self.folder)
            holder = f"holder-{os.getpid()}-{secrets.token_hex(4)}"
            with self._alone(), writing(self.folder / holder):
                handle = os.open(self.folder / holder, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
                fcntl.flock(handle, fcntl.LOCK_EX)
                self._sweep()
            self._handle, self._holder = handle, holder
            threading.Thread(target=self._work, args=(handle,), name="documents", daemon=True).start()

    def _require_room(self, owner: str) -> None:
        every = self._every()
        if sum(each.state in {"waiting", "running"} for each in every) >= self.limits.unfinished:
            most = _("最多同时收 {count} 份。").format(count=self.limits.unfinished)
            raise Busy(_("正在处理的文件已满"), most, _("一两分钟后再传；这一份没有存。"))
        if sum(each.owner == owner for each in every) >= self.limits.of_one_person:
            raise BadRequest(
                _("你名下已有 {count} 份文件").format(count=self.limits.of_one_person), remedy=_("先删去不再需要的；这一份没有存。")
            )

    def _lay_down(self, kept: _Kept, content: bytes) -> None:
        """All files of a new job appear at once."""
        draft = self.folder / f".new-{kept.id}"
        try:
            with writing(draft):
                draft.mkdir(mode=0o700)
            replace_whole(draft / CONTENT, content)
            replace_whole(draft / JOB, json.dumps(asdict(kept)).encode())
            with writing(draft):
                draft.rename(self.folder / kept.id)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise

    def _work(self, handle: int) -> None:
        while True:
            try:
                name = self._waiting.get(timeout=SWEPT_EVERY)
            except queue.Empty:
                name = ""
            if handle != self._handle:
                return
            try:
                if name:
                    with self._locked("turn"):
                        self._work_on(name)
                else:
                    with self._alone():
                        self._sweep()
            except Exception:
                _log.exception("a document could not be worked on")

    def _work_on(self, name: str) -> None:
        kept = self._changed(name, state="running")
        if kept is None:
            return
        task = Task(
            str(self.folder / name), kept.kind, kept.name, kept.owner, kept.language, kept.dated, self.limits.memory, dict(kept.needs)
        )
        try:
            (outcome,) = run_tasks(self._perform, [task], 1, lambda _task: self.limits.seconds)
        except Exception as error:
            outcome = Lost(task, "raised", repr(error))
        with speaking(kept.language):
            if isinstance(outcome, Lost):
                outcome = self._lost(outcome)
        if isinstance(outcome, Refusal):
            self._changed(name, state="failed", error=(outcome.title, outcome.description, outcome.remedy))
        else:
            self._changed(name, state="ready", facts=dict(outcome))

    def _lost(self, lost: Lost[Task]) -> Refusal:
        if lost.cause == "timeout":
            told = _("读这份文件超过 {seconds} 秒，已停止").format(seconds=int(self.limits.seconds))
            return Refusal(told, "", _("拆成几个文件再传。"))
        number = secrets.token_hex(4)
        _log.error("fault %s in a document: %s %s", number, lost.cause, lost.detail)
        told = _("编号 {number}。").format(number=number)
        return Refusal(_("读这份文件时出错"), told, _("另存为 .docx 或 .txt 再传；若仍出错，把编号告诉管理员。"))

    def _changed(self, name: str, **fields: Any) -> _Kept | None:
        """The job with other fields, written; None where it was taken away or given up. What is over loses its content."""
        with self._alone():
            kept = self._read(name)
            if kept is None or kept.state == "interrupted":
                return None
            kept = replace(kept, **fields)
            if kept.state not in {"waiting", "running"}:
                (self.folder / name / CONTENT).unlink(missing_ok=True)
            if kept.state != "ready":
                (self.folder / name / RESULT).unlink(missing_ok=True)
            replace_whole(self.folder / name / JOB, json.dumps(asdict(kept)).encode())
            return kept

    def _sweep(self) -> None:
        """Take away what is over its days or was laid down by half; what a dead process left unfinished loses its content."""
        for draft in self.folder.glob(".new-*"):
            shutil.rmtree(draft, ignore_errors=True)
        holders = set()
        for each in self._every():
            if self._is_past(each):
                self._discard(each.id)
            elif each.state == "interrupted":
                for part in (CONTENT, RESULT):
                    (self.folder / each.id / part).unlink(missing_ok=True)
            else:
                holders.add(each.holder)
        for path in self.folder.glob("holder-*"):
            if path.name not in holders and not self._is_alive(path.name):
                path.unlink(missing_ok=True)

    def _discard(self, name: str) -> None:
        """First the job, which makes it unknown, then the rest."""
        (self.folder / name / JOB).unlink(missing_ok=True)
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def _every(self) -> list[_Kept]:
        """All jobs of this kind, the oldest first."""
        names = [path.name for path in self.folder.iterdir()] if self.folder.is_dir() else []
        found = [kept for kept in map(self._read, names) if kept is not None and kept.kind == self.kind]
        return sorted(found, key=lambda each: (each.submitted_at, each.id))

    def _read(self, name: str) -> _Kept | None:
        if not _NAME.fullmatch(name):
            return None
        try:
            fields = json.loads((self.folder / name / JOB).read_bytes())
            kept = _Kept(**fields | {"error": tuple(fields["error"]) if fields["error"] else None})
        except (OSError, ValueError, TypeError, KeyError):
            return None
        lost = kept.state in {"waiting", "running"} and not self._is_alive(kept.holder)
        return replace(kept, state="interrupted") if lost else kept

    def _is_alive(self, holder: str) -> bool:
        """Whether the process with this lock file still runs: nobody else can take the lock."""
        try:
            handle = os.open(self.folder / holder, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def _expires(self, kept: _Kept) -> datetime:
        return datetime.fromisoformat(kept.submitted_at) + timedelta(days=self.limits.days)

    def _is_past(self, kept: _Kept) -> bool:
        return self._expires(kept) <= self._now()

    def _told(self, kept: _Kept, every: list[_Kept]) -> Job:
        ahead = sum(each.state in {"waiting", "running"} and each.submitted_at < kept.submitted_at for each in every)
        return Job(
            id=kept.id, owner=kept.owner, name=kept.name, size=kept.size, submitted_at=datetime.fromisoformat(kept.submitted_at),
            expires_at=self._expires(kept), state=kept.state, ahead=ahead if kept.state == "waiting" else 0, facts=kept.facts,
            error=GuibiaoError(*kept.error) if kept.error else None,
        )  # fmt: skip

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Changes of the folder come one after another, from all processes."""
        with self._locked("change"):
            yield

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with writing(self.folder / name):
            handle = os.open(self.folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
