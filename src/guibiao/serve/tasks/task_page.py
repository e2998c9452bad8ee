"""The page of one task, and its files of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from guibiao.model.errors import GuibiaoError
from guibiao.model.operations import Change, Conflict
from guibiao.serve.doors.doors import form_token
from guibiao.serve.doors.uploads import EVIDENCE, SUFFIXES, clean_name
from guibiao.serve.pages.frame import CHINA
from guibiao.serve.task_services import TaskDossier, TaskMove
from guibiao.serve.tasks.asking import asking
from guibiao.serve.tasks.board_pages import WORDS, area_names, worst
from guibiao.serve.tasks.words import ACTIONS, FIELDS, MOVES, OWN_MOVES, STATES

router = APIRouter(include_in_schema=False)
ACTS = ("move", "decide", "progress", "units", "cascade", "evidence", "milestones", "problems")
MEDIA: Mapping[str, str] = {
    "pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
LONGEST_SHOWN = 300


@router.get("/tasks/{task:path}/evidence/{evidence}")
def evidence_file(request: Request, task: str, evidence: str) -> Response:
    """A file of evidence, to be kept and not shown by the browser."""
    asked = asking(request)
    record, path = asked.ledger.evidence(asked.reach, task, evidence)
    name = clean_name(record.name)
    kind = SUFFIXES.get(PurePosixPath(name).suffix.lower(), "")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Content-Security-Policy": "sandbox"}
    return FileResponse(path, media_type=MEDIA.get(kind, "application/octet-stream"), headers=headers)


@router.get("/tasks/{task:path}")
def task_page(request: Request, task: str) -> Response:
    """All about one task."""
    return show(request, task)


def show(
    request: Request, task: str, *, error: GuibiaoError | None = None, status: int = 200, form: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """The page; after an act that was refused with its error and what was typed into which form."""
    asked = asking(request)
    found = asked.ledger.dossier(asked.reach, task, asked.today, asked.acting)
    statuses = asked.statuses()
    context = {
        **WORDS, "found": found, "task": found.listed.task, "version": found.listed.kept.version, "today": asked.today,
        "base": f"/tasks/{quote(found.listed.task.id)}", "form_token": form_token(request), "error": error,
        "conflict": isinstance(error, Conflict), "form": form, "typed": dict(typed or {}), "actions": ACTIONS, "moves": MOVES,
        "may": {act: found.own and asked.may(f"/tasks/{{task}}/{act}") for act in ACTS}
        | {
            "reach": found.own and asked.may("/tasks/{task}/milestones/{milestone}"),
            "settle": found.own and asked.may("/tasks/{task}/problems/{problem}"),
        },
        "plain_moves": [each for each in found.moves if not each.reasoned and _offered(each, asked.may)],
        "grave_moves": [each for each in found.moves if each.reasoned and _offered(each, asked.may)],
        "own_moves": OWN_MOVES, "statuses": statuses, "worst": worst(statuses, [found.listed, *found.children]),
        "history": [_told(change, _names(found)) for change in found.history], "area_name": area_names(asked, request),
        "done": request.query_params.get("done", ""), "accepted": sorted(EVIDENCE),
        "upload_limit": asked.frame.settings.upload_limit // 1024**2,
        "suffixes": ",".join(suffix for suffix, kind in SUFFIXES.items() if kind in EVIDENCE),
    }  # fmt: skip
    return asked.frame.page(request, "task.html", asked.release(), context, status)


def _offered(move: TaskMove, may: Any) -> bool:
    return bool(may(f"/tasks/{{task}}/{'move' if move.name in OWN_MOVES else 'decide'}"))


def _names(found: TaskDossier) -> dict[str, str]:
    """What the parts of a task are called, by id."""
    return {
        **{each.id: each.text for each in found.milestones}, **{each.id: each.title for each in found.problems},
        **{each.id: each.name for each, _whole in found.evidence},
    }  # fmt: skip


def _told(change: Change, names: Mapping[str, str]) -> dict[str, Any]:
    """A line of the history: its moment and the fields that changed, in both languages."""
    fields = []
    if change.old:
        for name, new in change.new.items():
            old = change.old.get(name)
            fields.append((FIELDS.get(name, (name, name)), _value(name, old), _value(name, new)))
    return {"change": change, "at": change.act.at.astimezone(CHINA), "fields": fields, "named": names.get(change.record, "")}


def _value(name: str, value: Any) -> tuple[str, str]:
    if name == "state" and value in STATES:
        return STATES[value]
    if isinstance(value, list | tuple):
        text = "、".join(str(each) for each in value)
    elif isinstance(value, Mapping):
        text = "；".join(f"{key}：{each}" for key, each in value.items())
    else:
        text = "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
    text = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return text, text
