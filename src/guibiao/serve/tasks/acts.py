"""What may be done to a task from its page. An act that is refused brings the page back with the reason and what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from guibiao.model.access import Refused
from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.model.operations import Conflict
from guibiao.serve.doors.answers import SEE_OTHER
from guibiao.serve.doors.uploads import EVIDENCE, checked
from guibiao.serve.errors import NotFound
from guibiao.serve.task_services import Seen
from guibiao.serve.tasks.asking import asking
from guibiao.serve.tasks.task_page import show
from guibiao.serve.tasks.words import MOVES, OWN_MOVES, STAGES
from guibiao.store.port import Busy

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
Version = Annotated[int, Form(ge=1, le=2**31 - 1)]
LONGEST_REASON = 1000
LONGEST_TITLE = 500
LONGEST_PROGRESS = 4000
LONGEST_UNITS = 2000
REASONED = frozenset({"return", "extend"})


@router.post("/tasks/projects")
def add_project(
    request: Request, title: Text, lead: Text, investment: Text = "", stage: Text = "", due: Text = "", why: Text = ""
) -> Response:
    """Enter a major project."""
    asked = asking(request)
    if stage not in {"", *STAGES}:
        raise BadRequest(_("没有“{text}”这一选项").format(text=stage[:40]), remedy=_("可用：{words}。").format(words="、".join(STAGES)))
    made = asked.ledger.add_project(
        plain(title, LONGEST_TITLE), plain(lead, LONGEST_UNITS), asked.actor(plain(why)), investment=plain(investment, 60), stage=stage,
        due=_day(due),
    )  # fmt: skip
    return RedirectResponse(f"/tasks/{quote(made)}?done=project", SEE_OTHER)


@router.post("/tasks/{task:path}/move")
def move(request: Request, task: str, version: Version, name: Text, why: Text = "") -> Response:
    """A step of those who do the work."""
    return _step(request, task, version, name, why, "", OWN_MOVES, "move")


@router.post("/tasks/{task:path}/decide")
def decide(request: Request, task: str, version: Version, name: Text, why: Text = "", due: Text = "") -> Response:
    """A step of who keeps the ledger."""
    return _step(request, task, version, name, why, due, MOVES.keys() - OWN_MOVES, name if name in REASONED else "move")


@router.post("/tasks/{task:path}/progress")
def report(request: Request, task: str, version: Version, progress: Text = "", why: Text = "") -> Response:
    """How far the task is."""

    def act() -> None:
        asked = asking(request)
        asked.ledger.report(Seen(task, version), plain(progress, LONGEST_PROGRESS), asked.actor(plain(why)))

    return _acted(request, task, "progress", act, progress=progress, why=why)


@router.post("/tasks/{task:path}/units")
def assign(request: Request, task: str, version: Version, lead: Text = "", supporting: Text = "", why: Text = "") -> Response:
    """The offices responsible."""

    def act() -> None:
        asked = asking(request)
        asked.ledger.assign(
            Seen(task, version), plain(lead, LONGEST_UNITS), plain(supporting, LONGEST_UNITS), asked.actor(_reason(why))
        )  # fmt: skip

    return _acted(request, task, "units", act, lead=lead, supporting=supporting, why=why)


@router.post("/tasks/{task:path}/cascade")
def cascade(request: Request, task: str, version: Version, areas: Annotated[list[str] | None, Form()] = None, why: Text = "") -> Response:
    """Hand the task down to districts."""

    def act() -> None:
        asked = asking(request)
        if not areas:
            raise BadRequest(_("没有选区"), remedy=_("至少勾选一个区。"))
        asked.ledger.cascade(Seen(task, version), areas, asked.actor(plain(why)))

    return _acted(request, task, "cascade", act, why=why)


@router.post("/tasks/{task:path}/evidence")
def add_evidence(request: Request, task: str, file: Annotated[UploadFile, File()], why: Text = "") -> Response:
    """Keep a file of evidence."""
    told = []

    def act() -> None:
        asked = asking(request)
        limit = asked.frame.settings.upload_limit
        upload = checked(file.filename or "", file.file.read(limit + 1), EVIDENCE, limit)
        told.append(asked.ledger.add_evidence(task, upload.name, upload.content, asked.actor(plain(why))))

    return _acted(request, task, "evidence", act, lambda: "evidence" if told[0] else "same", why=why)


@router.post("/tasks/{task:path}/milestones")
def add_milestone(request: Request, task: str, period: Text = "", text: Text = "") -> Response:
    """What shall be reached by the end of a quarter or year."""

    def act() -> None:
        asked = asking(request)
        asked.ledger.add_milestone(task, plain(period, 60), _needed(text), asked.actor())

    return _acted(request, task, "milestones", act, period=period, text=text)


@router.post("/tasks/{task:path}/milestones/{milestone}")
def reach_milestone(request: Request, task: str, milestone: str, on: Text = "", undo: Annotated[bool, Form()] = False) -> Response:
    """A milestone is reached, or is not after all."""

    def act() -> None:
        asked = asking(request)
        day = None if undo else _day(on) or asked.today
        if day is not None and day > asked.today:
            raise BadRequest(_("达到的日期在今天之后"), remedy=_("写已经达到的那一天。"))
        asked.ledger.reach_milestone(task, milestone, day, asked.actor())

    return _acted(request, task, milestone, act, on=on)


@router.post("/tasks/{task:path}/problems")
def add_problem(request: Request, task: str, title: Text = "", lead: Text = "", due: Text = "", why: Text = "") -> Response:
    """Something stands in the task's way."""

    def act() -> None:
        asked = asking(request)
        asked.ledger.add_problem(task, _needed(title), plain(lead, LONGEST_UNITS), _day(due), asked.actor(plain(why)))

    return _acted(request, task, "problems", act, title=title, lead=lead, due=due, why=why)


@router.post("/tasks/{task:path}/problems/{problem}")
def settle_problem(
    request: Request, task: str, problem: str, why: Text = "", measures: Text = "", reopen: Annotated[bool, Form()] = False
) -> Response:
    """A problem is solved, or is back."""

    def act() -> None:
        asked = asking(request)
        reason = asked.actor(_reason(why))
        asked.ledger.settle_problem(task, problem, plain(measures, LONGEST_PROGRESS), reason, reopen=reopen)

    return _acted(request, task, problem, act, why=why, measures=measures)


def plain(text: str, longest: int = LONGEST_REASON) -> str:
    """Text without control characters and without space around it; line ends stay. BadRequest where it is too long."""
    clean = "".join(sign for sign in text.replace("\r\n", "\n").replace("\r", "\n") if sign == "\n" or _is_written(sign)).strip()
    if len(clean) > longest:
        raise BadRequest(_("文字超过 {most} 字").format(most=longest), remedy=_("缩短，或把全文作为佐证材料。"))
    return clean


def _is_written(sign: str) -> bool:
    return not (ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 or 0xD800 <= ord(sign) < 0xE000 or sign in "\ufffe\uffff")


def _step(
    request: Request, task: str, version: int, name: str, why: str, due: str, allowed: frozenset[str] | set[str], form: str
) -> Response:
    def act() -> None:
        asked = asking(request)
        if name not in allowed:
            raise Refused(_("你的角色不能做这件事"), remedy=_("如确需办理，请找管理员调整角色或密钥范围。"))
        day = _day(due)
        if name == "extend" and day is None:
            raise BadRequest(_("延期要写明新的完成时限"), remedy=_("选一个晚于原定时限的日子。"))
        reason = _reason(why) if name in REASONED else plain(why)
        asked.ledger.move(Seen(task, version), name, asked.actor(reason), day)

    return _acted(request, task, form, act, why=why, due=due)


def _acted(
    request: Request, task: str, form: str, act: Callable[[], None], done: Callable[[], str] | None = None, **typed: str
) -> Response:
    try:
        act()
    except (NotFound, Busy):
        raise
    except GuibiaoError as error:
        status = 409 if isinstance(error, Conflict) else 403 if isinstance(error, Refused) else 400
        return show(request, task, error=error, status=status, form=form, typed=typed)
    return RedirectResponse(f"/tasks/{quote(task)}?done={done() if done else 'yes'}", SEE_OTHER)


def _reason(why: str) -> str:
    clean = plain(why)
    if not clean:
        raise BadRequest(_("要写明理由"), remedy=_("理由记入经过，不能修改。"))
    return clean


def _needed(text: str) -> str:
    clean = plain(text, LONGEST_TITLE)
    if not clean:
        raise BadRequest(_("没有写内容"), remedy=_("写明任务、问题或节点的内容。"))
    return clean


def _day(text: str) -> date | None:
    """A day as a form sends it; None for none."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadRequest(_("日期 {text} 写法不对").format(text=text[:40]), remedy=_("写成 2026-12-31。")) from None
