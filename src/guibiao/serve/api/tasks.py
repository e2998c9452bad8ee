"""Tasks of the ledger: the operations store behind a service, for who may see them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import create_model

from guibiao.model.access import Principal
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.task_reach import ledger_reach
from guibiao.serve.api.forms import Faults, TaskItem
from guibiao.serve.api.reading import FAULTS, PREFIX, USUAL_LIMIT, Limit, answer, services_of
from guibiao.serve.errors import NotOffered
from guibiao.serve.pages.frame import CHINA
from guibiao.serve.task_services import ListedTask
from guibiao.serve.tasks.choosing import Wanted, chosen
from guibiao.serve.tasks.words import STATES

router = APIRouter(prefix=PREFIX, responses=FAULTS | {501: {"model": Faults, "description": "Not offered here"}})
TaskPage = create_model("TaskPage", items=(list[TaskItem], ...), next=(str, ...), left_out=(int, ...))
FARTHEST = 10_000_000


@router.get("/tasks", response_model=TaskPage)
def tasks(
    request: Request,
    state: Annotated[str, Query(max_length=40)] = "",
    light: Annotated[str, Query(max_length=40, description="overdue, blocked, due, undated, on_time or done")] = "",
    office: Annotated[str, Query(max_length=100, description="part of the name of a responsible office")] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    document: Annotated[str, Query(max_length=100)] = "",
    area: Annotated[str, Query(max_length=12)] = "",
    cursor: Annotated[str, Query(max_length=12, description="`next` of the page before")] = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Tasks and projects that who asks may see, with their state, in the order of the ledger."""
    ledger = services_of(request).ledger
    if ledger is None:
        raise NotOffered(_("本站不提供任务台账"), remedy=_("向管理员询问。"))
    state = next((name for name, words in STATES.items() if state in words), state)
    wanted = Wanted(light=light, state=state, office=office, document=document, area=area, kind=kind, sort="place").validate()
    start = _start(cursor)
    principal: Principal = getattr(request.state, "principal", None) or Principal()
    found = chosen(ledger.board(ledger_reach(principal.user), _today(request)).tasks, wanted)
    shown = found[start : start + limit]
    left_out = max(len(found) - start - len(shown), 0)
    items = [_item(each) for each in shown]
    following = str(start + limit) if left_out else ""
    links = {}
    if following:
        address = request.url.include_query_params(cursor=following)
        links["Link"] = f'<{address.path}?{address.query}>; rel="next"'
    return answer(request, {"items": items, "next": following, "left_out": left_out}, links)


def _today(request: Request) -> date:
    doors = getattr(request.app.state, "doors", None)
    return (doors.now() if doors is not None else datetime.now(CHINA)).astimezone(CHINA).date()


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdecimal()) or int(cursor) > FARTHEST:
        raise BadRequest(_("游标不对"), remedy=_("原样使用上一页给出的 next，或从头查起。"))
    return int(cursor)


def _item(listed: ListedTask) -> dict[str, Any]:
    record = asdict(listed.task)
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in record.items()}
    plain["investment"] = None if listed.task.investment is None else str(listed.task.investment)
    return plain | {
        "version": listed.kept.version, "light": listed.light, "days_left": listed.days_left, "open_problems": listed.open_problems,
        "targets": list(listed.targets),
    }  # fmt: skip
