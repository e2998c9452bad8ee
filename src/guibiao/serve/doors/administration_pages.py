"""Pages for administrators and inspections: users, the permission matrix, the audit log, the log of interference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from guibiao.model.access import Role, User, login_name, role_name
from guibiao.model.audit import Chain, Interference, exported, faults
from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.serve.doors.access_store import AccessStore
from guibiao.serve.doors.account_pages import signing
from guibiao.serve.doors.answers import SEE_OTHER
from guibiao.serve.doors.doors import doors_of, form_token, principal_of
from guibiao.serve.doors.matrix import matrix_text
from guibiao.serve.doors.users import UserDesk
from guibiao.serve.pages.frame import CHINA, frame_of
from guibiao.store.port import Busy

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
SHOWN = 100
"""Entries on one page of a log."""


@router.get("/users")
def users(request: Request) -> Response:
    """All users."""
    return _users(request)


@router.post("/users")
def add_user(
    request: Request, name: Text, full_name: Text, roles: Annotated[list[Role], Form()], areas: Text = "", unit: Text = "",
    subject: Text = "",
) -> Response:  # fmt: skip
    """Take in a user; the first password is shown once."""
    user = User(id=name, name=full_name.strip(), roles=tuple(roles), areas=_codes(areas), unit=unit.strip(), subject=subject.strip())
    try:
        first = _desk(request).add(user, principal_of(request).id)
    except Busy:
        raise
    except GuibiaoError as error:
        return _users(request, error=error, status=400)
    return _users(request, first=first, named=name)


@router.post("/users/{name}/roles")
def set_roles(request: Request, name: str, roles: Annotated[list[Role], Form()], areas: Text = "", unit: Text = "") -> Response:
    """Give other roles, areas, unit."""
    return _acted(request, lambda desk, by: desk.set_roles(name, roles, by, areas=_codes(areas), unit=unit.strip()))


@router.post("/users/{name}/disable")
def disable(request: Request, name: str, disabled: Annotated[bool, Form()] = True) -> Response:
    """Shut out, or let in again."""
    return _acted(request, lambda desk, by: desk.disable(name, by, disabled=disabled))


@router.post("/users/{name}/reset")
def reset(request: Request, name: str) -> Response:
    """Draw a new first password; it is shown once."""
    try:
        first = _desk(request).reset(name, principal_of(request).id)
    except Busy:
        raise
    except GuibiaoError as error:
        return _users(request, error=error, status=400)
    return _users(request, first=first, named=name)


@router.get("/permissions")
def permissions(request: Request) -> Response:
    """The permission matrix."""
    context = {"matrix": doors_of(request).matrix, "roles": [(role, role_name(role)) for role in Role]}
    return frame_of(request).page(request, "permissions.html", None, context)


@router.get("/permissions.csv")
def permissions_file(request: Request) -> Response:
    """The permission matrix for an inspection."""
    return _file(matrix_text(doors_of(request).matrix), "text/csv; charset=utf-8", "permissions.csv")


@router.get("/audit")
def audit(request: Request, before: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0, who: str = "") -> Response:
    """The last entries of the audit log."""
    return _log(request, "audit", before, login_name(who))


@router.get("/audit/export")
def audit_file(request: Request) -> Response:
    """The whole audit log, a JSON object a line; the last line is the head."""
    return _export(request, "audit")


@router.get("/audit/verify")
def verify(request: Request) -> Response:
    """Whether both chains hold."""
    store = _store(request)
    chains: tuple[Chain, ...] = ("audit", "interference")
    checked = [(chain, store.head(chain), faults(store.entries(chain))) for chain in chains]
    return frame_of(request).page(request, "audit_verify.html", None, {"checked": checked})


@router.get("/interference")
def interference(request: Request, before: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> Response:
    """Who asked to change figures: everything for who may read the log, one's own entries for everybody else."""
    doors, principal = doors_of(request), principal_of(request)
    rule = doors.matrix.find("GET", "/interference")
    everything = rule is not None and any(rule.roles[role] == "all" for role in principal.roles)
    return _log(request, "interference", before, "" if everything else principal.id)


@router.post("/interference")
def record_interference(
    request: Request, requester: Text, figure: Text, asked: Text, answer: Text, on: Annotated[date, Form()],
    channel: Annotated[Literal["oral", "telephone", "written", "message", "meeting", "other"], Form()], position: Text = "",
    concerns: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
) -> Response:  # fmt: skip
    """Note that somebody asked to change a figure."""
    doors, principal, store = doors_of(request), principal_of(request), _store(request)
    report = Interference(
        requester=requester, position=position, figure=figure, asked=asked, channel=channel, on=on, answer=answer, concerns=concerns
    )
    if concerns > store.head("interference").count:
        raise BadRequest(_("没有第 {number} 条记录").format(number=concerns), remedy=_("核对要补充的那一条的编号。"))
    valid = report.validate(doors.now().astimezone(CHINA).date())
    store.note("interference", valid.deed(principal.id, principal.address), doors.now())
    return RedirectResponse("/interference?done=1", SEE_OTHER)


@router.get("/interference/export")
def interference_file(request: Request) -> Response:
    """The whole log of interference, a JSON object a line; the last line is the head."""
    return _export(request, "interference")


def _store(request: Request) -> AccessStore:
    return signing(request).store


def _desk(request: Request) -> UserDesk:
    signing(request)
    desk = doors_of(request).users
    assert desk is not None
    return desk


def _acted(request: Request, act: Callable[[UserDesk, str], object]) -> Response:
    try:
        act(_desk(request), principal_of(request).id)
    except Busy:
        raise
    except GuibiaoError as error:
        return _users(request, error=error, status=400)
    return RedirectResponse("/users?done=1", SEE_OTHER)


def _users(request: Request, *, error: GuibiaoError | None = None, status: int = 200, first: str = "", named: str = "") -> Response:
    context = {
        "form_token": form_token(request), "users": _store(request).users(), "roles": [(role, role_name(role)) for role in Role],
        "error": error, "first": first, "named": named, "done": request.query_params.get("done", ""),
    }  # fmt: skip
    return frame_of(request).page(request, "users.html", None, context, status)


def _log(request: Request, chain: Chain, before: int, who: str) -> Response:
    store, doors = _store(request), doors_of(request)
    entries = store.latest(chain, SHOWN + 1, before, who)
    more = entries[SHOWN - 1].sequence if len(entries) > SHOWN else 0
    context = {
        "form_token": form_token(request), "entries": entries[:SHOWN], "more": more, "who": who, "head": store.head(chain),
        "may_export": doors.matrix.may(principal_of(request), "GET", f"/{chain}/export"), "done": request.query_params.get("done", ""),
        "today": doors.now().astimezone(CHINA).date(),
    }  # fmt: skip
    return frame_of(request).page(request, f"{chain}.html", None, context)


def _export(request: Request, chain: Chain) -> Response:
    lines = exported(chain, _store(request).entries(chain))
    headers = {"Content-Disposition": f'attachment; filename="{chain}.jsonl"'}
    return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)


def _file(text: str, kind: str, name: str) -> Response:
    return Response(text, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.replace("，", " ").replace(",", " ").replace("、", " ").split())
