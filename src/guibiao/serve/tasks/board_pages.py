"""The board of the ledger, its workbook, and what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from guibiao.serve.doors.doors import form_token
from guibiao.serve.pages.frame import language_of
from guibiao.serve.pages.targets import STATES as TARGET_STATES
from guibiao.serve.task_services import ListedTask
from guibiao.serve.tasks.asking import Asking, asking
from guibiao.serve.tasks.choosing import UNDATED, choices, chosen, light_counts, state_counts, wanted_of
from guibiao.serve.tasks.words import KINDS, LIGHT_NOTES, LIGHTS, SORTS, STAGES, STATES

router = APIRouter(include_in_schema=False)
ROWS_SHOWN = 200
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_DAYS = 3660
WITHOUT_VERDICT = frozenset({"no_data", "not_measurable"})
USUAL_DAYS = 30
WORDS: Mapping[str, Any] = {"states": STATES, "lights": LIGHTS, "kinds": KINDS, "stages": STAGES, "target_states": TARGET_STATES}


@router.get("/tasks")
def tasks(request: Request, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """The board, filtered, in groups of what needs attention."""
    asked = asking(request)
    wanted = wanted_of(request.query_params)
    board = asked.ledger.board(asked.reach, asked.today)
    found = chosen(board.tasks, wanted)
    start = (page - 1) * ROWS_SHOWN
    shown = found[start : start + ROWS_SHOWN]
    context = {
        **WORDS, "wanted": wanted, "board": board, "found": len(found), "start": start, "shown": shown,
        "groups": _groups(shown, wanted.sort), "page": page, "more": len(found) > start + ROWS_SHOWN,
        "by_light": light_counts(board.tasks, wanted),
        "by_state": state_counts(board.tasks, wanted), "choices": choices(board.tasks), "sorts": SORTS, "notes": LIGHT_NOTES,
        "worst": worst(asked.statuses(), shown), "today": asked.today, "undated": UNDATED, "query": request.url.query,
        "may_project": asked.may("/tasks/projects"), "form_token": form_token(request), "whole": asked.reach.areas is None,
        "area_name": area_names(asked, request), "done": request.query_params.get("done", ""),
    }  # fmt: skip
    return asked.frame.page(request, "tasks.html", asked.release(), context)


@router.get("/tasks.xlsx")
def workbook(request: Request) -> Response:
    """The chosen tasks as the workbook that offices fill in."""
    asked = asking(request)
    found = chosen(asked.ledger.board(asked.reach, asked.today).tasks, wanted_of(request.query_params))
    title = request.query_params.get("title", "").strip()[:100]
    content = asked.ledger.workbook(asked.reach, [each.task.id for each in found], "".join(sign for sign in title if sign.isprintable()))
    name = quote(f"督办台账-{asked.today:%Y%m%d}.xlsx")
    headers = {"Content-Disposition": f"attachment; filename=\"tasks-{asked.today:%Y%m%d}.xlsx\"; filename*=UTF-8''{name}"}
    return Response(content, media_type=EXCEL, headers=headers)


@router.get("/tasks/chase")
def chase(request: Request, days: Annotated[int, Query(ge=0, le=MOST_DAYS)] = USUAL_DAYS, office: str = "") -> Response:
    """What is overdue or due within some days, by office."""
    asked = asking(request)
    found = asked.ledger.chase(asked.reach, asked.today, days)
    items = [each for each in found.items if not office or any(office in unit for unit in each.lead)]
    offices = sorted({unit for each in found.items for unit in each.lead})
    context = {
        **WORDS, "items": items, "left_out": len(found.items) - len(items), "undated": found.undated, "within": days, "office": office,
        "offices": offices, "today": asked.today, "overdue": sum(each.days_left < 0 for each in items),
    }  # fmt: skip
    return asked.frame.page(request, "tasks_chase.html", asked.release(), context)


def worst(statuses: Mapping[str, Any], tasks: Sequence[ListedTask]) -> dict[str, str]:
    """Task -> the state of those of its targets that need most attention, of the released board; nothing for targets without a verdict."""
    order = [state for state in TARGET_STATES if state not in WITHOUT_VERDICT]
    found = {}
    for each in tasks:
        own = [state for target in each.targets if target in statuses and (state := statuses[target]["status"]) in order]
        if own:
            found[each.task.id] = min(own, key=order.index)
    return found


def area_names(asked: Asking, request: Request) -> Mapping[str, str]:
    """Names of areas of the current release, by code."""
    release = asked.release()
    codes = {} if release is None else asked.frame.definitions(release).codes.get("areas", {})
    return {code: row["name_zh"] if language_of(request) == "zh" else row["name_en"] or row["name_zh"] for code, row in codes.items()}


def _groups(tasks: Sequence[ListedTask], sort: str) -> list[tuple[str, list[ListedTask]]]:
    """Neighbours with the same light or state; one group without a heading in other orders."""
    if sort not in {"", "state"}:
        return [("", list(tasks))]
    return [(key, list(group)) for key, group in groupby(tasks, key=lambda each: each.task.state if sort else each.light)]
