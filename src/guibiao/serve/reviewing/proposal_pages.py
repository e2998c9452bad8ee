"""Proposals of targets and tasks beside the words they come from; people accept, correct, reject and take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args
from urllib.parse import quote, urlencode

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.model.operations import Conflict, ProposalState
from guibiao.serve.document_services import DecisionAction, DecisionService, Job, PaperView, ProposalView
from guibiao.serve.doors.answers import SEE_OTHER
from guibiao.serve.doors.doors import form_token, principal_of
from guibiao.serve.errors import NotFound, NotOffered
from guibiao.serve.pages.frame import frame_of
from guibiao.serve.reviewing.document_text import Mark, Part, laid_out, part_of, parts
from guibiao.serve.reviewing.handing_in import ACCEPT, REFRESH, handed_in
from guibiao.serve.reviewing.proposal_fields import WORDS, changed, current, fields_of
from guibiao.store.port import Busy

router = APIRouter(include_in_schema=False)
PAGE = "/proposals"
OF = f"{PAGE}/of"
Text = Annotated[str, Form()]
STATES: Mapping[ProposalState, tuple[str, str]] = {
    "pending": ("待审", "pending"), "accepted": ("已采纳", "accepted"), "rejected": ("不采纳", "rejected"),
}  # fmt: skip
KINDS: Mapping[str, tuple[str, str]] = {"target": ("目标", "target"), "task": ("任务", "task")}
ACTIONS: Mapping[str, tuple[str, str]] = {
    "propose": ("摘出", "extracted"), "accept": ("采纳", "accepted"), "reject": ("不采纳", "rejected"), "undo": ("撤回决定", "took back"),
}  # fmt: skip
WHY_AT_MOST = 2000
JOBS_SHOWN = 5
AROUND = 2
"""Blocks of the text shown before and after the words of one proposal."""


@router.get(PAGE)
def papers(request: Request) -> Response:
    """Documents that targets and tasks were extracted from, and the box for another one."""
    return _box(request)


@router.post(PAGE)
def hand_in(request: Request, file: Annotated[UploadFile | None, File()] = None, dated: Text = "", paper: Text = "") -> Response:
    """Take a document in to propose from."""
    try:
        job = _desk(request).propose(handed_in(request, file, dated), paper.strip()[:200])
    except GuibiaoError as error:
        return _box(request, error, 503 if isinstance(error, Busy) else 400)
    return RedirectResponse(f"{PAGE}/reading/{job}", SEE_OTHER)


@router.get(f"{PAGE}/reading/{{job}}")
def reading(request: Request, job: str) -> Response:
    """How far the reading of a document is, and what it brought."""
    found = _job(request, job)
    context = {
        "job": found, "refresh": 0 if found.is_over else REFRESH, "back": PAGE, "form_token": form_token(request), "may_remove": True,
        "words_of": WORDS,
    }  # fmt: skip
    return frame_of(request).page(request, "document_job.html", None, context)


@router.post(f"{PAGE}/reading/{{job}}/remove")
def forget(request: Request, job: str) -> Response:
    """Take the notice of a reading away; proposals stay."""
    _desk(request).remove(_job(request, job).id)
    return RedirectResponse(PAGE, SEE_OTHER)


@router.get(f"{OF}/{{paper}}")
def paper_page(request: Request, paper: str, state: str = "", kind: str = "", part: Annotated[int, Query(ge=1)] = 1) -> Response:
    """A document's proposals beside its words."""
    return _paper_page(request, paper, state, kind, part)


@router.post(f"{OF}/{{paper}}")
def decide(
    request: Request, paper: str, chosen: Annotated[list[str] | None, Form()] = None, action: Text = "", one: Text = "", why: Text = "",
    state: Text = "", kind: Text = "", part: Annotated[int, Form(ge=1)] = 1,
) -> Response:  # fmt: skip
    """Decide on the proposals ticked (`id:version`), or on the one whose own button was pressed (`action:id:version`)."""
    act, _colon, only = one.partition(":") if one else (action, "", "")
    try:
        picked = _picked([only] if only else chosen or [])
        done = _act(request, paper, act, picked, why)
    except GuibiaoError as error:
        kept = {"why": why, "ticked": frozenset(name.rpartition(":")[0] for name in chosen or [])}
        return _paper_page(request, paper, state, kind, part, error=error, kept=kept)
    named = {"state": state, "kind": kind, "part": str(part), "done": act, "count": str(done)}
    query = urlencode({name: value for name, value in named.items() if value})
    place = f"#{next(iter(picked))}" if only else ""
    return RedirectResponse(f"{OF}/{quote(paper, safe='')}?{query}{place}", SEE_OTHER)


@router.get(f"{OF}/{{paper}}/{{proposal:path}}")
def one_proposal(request: Request, paper: str, proposal: str) -> Response:
    """One proposal: its words, its fields to correct, all that happened to it."""
    return _one_page(request, paper, proposal)


@router.post(f"{OF}/{{paper}}/{{proposal:path}}")
async def correct(request: Request, paper: str, proposal: str) -> Response:
    """Accept with corrections, reject, or take back."""
    from starlette.concurrency import run_in_threadpool

    form = await request.form()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_correct, request, paper, proposal, given)


def _correct(request: Request, paper: str, name: str, given: Mapping[str, str]) -> Response:
    found, edits, action = _proposal(request, paper, name), dict[str, str](), given.get("action", "")
    try:
        picked = _picked([f"{found.record.id}:{given.get('version', '')}"])
        if action == "accept":
            edits = changed(found.record, given)
        _act(request, paper, action, picked, given.get("why", ""), edits)
    except GuibiaoError as error:
        return _one_page(request, paper, name, error, given)
    return RedirectResponse(f"{OF}/{quote(paper, safe='')}/{quote(name, safe='')}?done={action}", SEE_OTHER)


def _act(
    request: Request, paper: str, action: str, picked: Mapping[str, int], why: str, edits: Mapping[str, str] | None = None
) -> int:  # fmt: skip
    """Do it; how many proposals. All of them belong to the paper of the address."""
    if action not in get_args(DecisionAction):
        raise BadRequest(_("没有选择怎么办"), remedy=_("选采纳、不采纳或撤回。"))
    if not picked:
        raise BadRequest(_("没有选中条目"), remedy=_("先勾选条目。"))
    if action == "reject" and not why.strip():
        raise BadRequest(_("不采纳要写明理由"), remedy=_("在“理由”里写明。"))
    desk = _desk(request)
    if not set(picked) <= {each.record.id for each in desk.proposals(paper)}:
        raise _missing()
    act: DecisionAction = action  # type: ignore[assignment]  # one of them, as was checked
    return desk.decide(act, picked, principal_of(request).id, why.strip()[:WHY_AT_MOST], edits).count


def _picked(chosen: Sequence[str]) -> dict[str, int]:
    """Ids with the versions that were seen. BadRequest for what no page of this site sends."""
    picked = {}
    for text in chosen:
        name, _colon, version = text.rpartition(":")
        if not (name and version.isascii() and version.isdecimal() and len(version) < 10):
            raise BadRequest(_("表单内容不对，没有存"), remedy=_("刷新这一页后重新提交。"))
        picked[name] = int(version)
    return picked


def _desk(request: Request) -> DecisionService:
    desk: DecisionService | None = frame_of(request).services.decisions
    if desk is None:
        raise NotOffered(_("本站不提供目标审定"), remedy=_("向管理员询问。"))
    return desk


def _paper(request: Request, name: str) -> PaperView:
    found = _desk(request).paper(name)
    if found is None:
        raise NotFound(_("没有这份文件"), remedy=_("到“审定目标”页查看有哪些。"))
    return found


def _proposal(request: Request, paper: str, name: str) -> ProposalView:
    found = next((each for each in _desk(request).proposals(paper) if each.record.id == name), None)
    if found is None:
        raise _missing()
    return found


def _missing() -> NotFound:
    return NotFound(_("这份文件没有这一条"), remedy=_("从文件的条目里选。"))


def _job(request: Request, name: str) -> Job:
    found = _desk(request).job(name)
    if found is None:
        raise NotFound(_("没有这次上传，或已到期删除"), remedy=_("到“审定目标”页查看文件。"))
    return found


def _box(request: Request, error: GuibiaoError | None = None, status: int = 200) -> Response:
    desk = _desk(request)
    context = {
        "papers": desk.papers(), "states": STATES, "jobs": [each for each in desk.jobs() if each.state != "ready"][:JOBS_SHOWN],
        "kept_days": desk.kept_days, "error": error, "accept": ACCEPT, "limit": request.app.state.settings.upload_limit // 1024**2,
        "obstacle": desk.obstacle(), "form_token": form_token(request),
    }  # fmt: skip
    response = frame_of(request).page(request, "proposals.html", None, context, status)
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response


def _paper_page(
    request: Request, name: str, state: str, kind: str, part: int, *, error: GuibiaoError | None = None,
    kept: Mapping[str, Any] | None = None,
) -> Response:  # fmt: skip
    desk, paper = _desk(request), _paper(request, name)
    every = desk.proposals(name)
    shown = [each for each in every if state in {"", each.record.state} and kind in {"", each.record.kind}]
    text = desk.text(name)
    divided = parts(text.blocks if text else (), [each.record.start for each in shown])
    part = min(part, max(len(divided), 1))
    here = _here(divided, part, shown)
    numbers = {each.record.id: number for number, each in enumerate(every, start=1)}
    marks = [_mark(each, numbers[each.record.id]) for each in here]
    context = {
        "paper": paper, "states": STATES, "kinds": KINDS, "words_of": WORDS, "state": state, "kind": kind, "part": part,
        "parts": len(divided), "proposals": here, "numbers": numbers, "total": len(every), "shown": len(shown),
        "passages": laid_out(divided[part - 1].stretches, *_inline_and_around(here, marks)) if divided else [],
        "obstacle": desk.obstacle(), "error": error, "kept": kept or {"why": "", "ticked": frozenset()},
        "done": request.query_params.get("done", "") if error is None else "", "count": request.query_params.get("count", ""),
        "form_token": form_token(request), "actions": ACTIONS,
    }  # fmt: skip
    return frame_of(request).page(request, "proposals_of.html", None, context, _status(error))


def _here(divided: Sequence[Part], part: int, shown: Sequence[ProposalView]) -> Sequence[ProposalView]:
    """Proposals whose words stand in this part of the text; all of them where there is no text."""
    if not divided:
        return shown
    return [each for each in shown if part_of(divided, each.record.start) == part]


def _inline_and_around(here: Sequence[ProposalView], marks: Sequence[Mark]) -> tuple[list[Mark], list[Mark]]:
    """Targets are words in a line, tasks hold whole paragraphs: their headings are marked, a rule stands beside the rest."""
    tasks = {each.record.id for each in here if each.record.kind == "task"}
    return list(marks), [mark for mark in marks if mark.id.removeprefix("m-") in tasks]


def _mark(view: ProposalView, number: int) -> Mark:
    record = view.record
    content = record.content
    if record.kind == "task":
        end = min(content["end"], record.start + len(content["number"]) + len(content["title"]) + 1)
        return Mark(id=f"m-{record.id}", start=record.start, end=end, tone=f"task decision-{record.state}", label=str(number),
                    href=f"#{record.id}", order=1)  # fmt: skip
    spans = ((content.get("value_start"), content.get("value_end")), (content.get("deadline_start"), content.get("deadline_end")))
    start, end = content["start"], content["end"]
    strong = tuple((a, b) for a, b in spans if a is not None and b is not None and start <= a < b <= end)
    return Mark(id=f"m-{record.id}", start=start, end=end, tone=f"target decision-{record.state}", label=str(number), href=f"#{record.id}",
                strong=strong)  # fmt: skip


def _one_page(
    request: Request, paper: str, name: str, error: GuibiaoError | None = None, given: Mapping[str, str] | None = None
) -> Response:
    desk, found, view = _desk(request), _paper(request, paper), _proposal(request, paper, name)
    text = desk.text(paper)
    divided = parts(text.blocks if text else (), [view.record.start], characters=1)
    at = part_of(divided, view.record.start) if divided else 0
    near = [stretch for each in divided if abs(each.number - at) <= AROUND for stretch in each.stretches]
    fields = fields_of(view.record)
    now = current(view.record)
    # What was typed is shown again only while it would still be stored over the same version.
    typed = {field.key: (given or {}).get(field.key, now[field.key]) for field in fields} if not isinstance(error, Conflict) else now
    context = {
        "paper": found, "view": view, "fields": fields, "typed": typed, "passages": laid_out(near, [_mark(view, 1)]) if near else [],
        "history": desk.history(view.record.id), "states": STATES, "kinds": KINDS, "words_of": WORDS, "actions": ACTIONS,
        "names": {field.key: (field.zh, field.en) for field in fields} | {"state": ("决定", "decision")}, "indicators": desk.indicators(),
        "obstacle": desk.obstacle(), "error": error, "why": (given or {}).get("why", ""), "form_token": form_token(request),
        "done": request.query_params.get("done", "") if error is None else "", "part_number": _part_number(desk, paper, view, text),
    }  # fmt: skip
    return frame_of(request).page(request, "proposal.html", None, context, _status(error))


def _part_number(desk: DecisionService, paper: str, view: ProposalView, text: Any) -> int:
    """Part of the document's page where the proposal stands."""
    divided = parts(text.blocks if text else (), [each.record.start for each in desk.proposals(paper)])
    return part_of(divided, view.record.start) if divided else 1


def _status(error: GuibiaoError | None) -> int:
    statuses = ((Conflict, 409), (Busy, 503), (NotFound, 404))
    return 200 if error is None else next((status for kind, status in statuses if isinstance(error, kind)), 400)
