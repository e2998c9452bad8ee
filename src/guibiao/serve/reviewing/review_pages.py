"""Review of finished documents: hand one in, wait, see its text with the claims marked, take the list along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from guibiao.model.errors import GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.serve.document_services import Job, ReviewDesk, ReviewedClaim, ReviewForm
from guibiao.serve.doors.answers import SEE_OTHER
from guibiao.serve.doors.doors import doors_of, form_token, principal_of
from guibiao.serve.errors import NotFound, NotOffered
from guibiao.serve.pages.frame import frame_of, language_of, with_query
from guibiao.serve.reviewing.document_text import Mark, laid_out, part_of, parts
from guibiao.serve.reviewing.handing_in import ACCEPT, REFRESH, handed_in, sees_all
from guibiao.store.port import Busy

router = APIRouter(include_in_schema=False)
PAGE, JOB = "/review", "/review/{job}"
Text = Annotated[str, Form()]
VERDICTS: Mapping[str, tuple[str, str]] = {
    "inconsistent": ("不符", "does not agree"),
    "truncated": ("截尾", "cut off"),
    "rounded": ("取整所致", "within rounding"),
    "not derivable": ("无从推算", "cannot be told"),
    "ok": ("相符", "agrees"),
}
"""Verdicts in the order of what needs attention, Chinese and English."""
SEVERITIES = ("error", "warning", "info")
LISTED = 100
"""Claims on one page of the list."""
FORMS: Mapping[str, tuple[ReviewForm, str]] = {
    "claims.csv": ("csv", "text/csv; charset=utf-8"), "claims.json": ("json", "application/json"),
    "claims.sarif": ("sarif", "application/sarif+json"), "marked.html": ("html", "text/html; charset=utf-8"),
}  # fmt: skip
"""Names of the files that can be taken along."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A claim with its number in the text and the part of the text where it is marked."""

    number: int
    part: int
    claim: ReviewedClaim


@router.get(PAGE)
def review(request: Request) -> Response:
    """The box, and what was handed in before: one's own, or everybody's for who may see it."""
    return _box(request)


@router.post(PAGE)
def hand_in(request: Request, file: Annotated[UploadFile | None, File()] = None, dated: Text = "") -> Response:
    """Take a document in and go to the page where its review will be."""
    try:
        job = _desk(request).submit(handed_in(request, file, dated))
    except GuibiaoError as error:
        return _box(request, error, 503 if isinstance(error, Busy) else 400)
    return RedirectResponse(f"{PAGE}/{job}", SEE_OTHER)


@router.get(JOB)
def reviewed(
    request: Request, job: str, verdict: str = "", part: Annotated[int, Query(ge=1)] = 1, page: Annotated[int, Query(ge=1)] = 1
) -> Response:
    """The document with its claims marked, filtered by verdict; while it is being read, how far that is."""
    found = _own(request, job)
    if found.state != "ready":
        return _waiting(request, found)
    result = _desk(request).reviewed(job)
    if result is None:
        raise _gone()
    numbered = list(enumerate(result.claims, start=1))
    shown = [(number, claim) for number, claim in numbered if verdict in {"", claim.verdict}]
    divided = parts(result.document.blocks, [claim.start for _number, claim in shown])
    part = min(part, max(len(divided), 1))
    listed = sorted(shown, key=lambda pair: (SEVERITIES.index(pair[1].severity), list(VERDICTS).index(pair[1].verdict), pair[1].start))
    pages = max(1, -(-len(listed) // LISTED))
    page = min(page, pages)
    places = {number: at // LISTED + 1 for at, (number, _claim) in enumerate(listed)}
    notes = {number: "" if at == page else with_query(request, page=str(at)) for number, at in places.items()}
    marks = [_mark(number, claim, notes[number], language_of(request)) for number, claim in shown]
    context = {
        "job": found, "result": result, "verdicts": VERDICTS, "counts": Counter(claim.verdict for claim in result.claims),
        "verdict": verdict, "part": part, "parts": len(divided), "page": page, "pages": pages, "total": len(listed),
        "claims": [Listed(number, part_of(divided, claim.start), claim) for number, claim in listed[(page - 1) * LISTED : page * LISTED]],
        "passages": laid_out(divided[part - 1].stretches, marks) if divided else [], "files": list(FORMS), **_shared(request),
    }  # fmt: skip
    return frame_of(request).page(request, "review.html", None, context)


@router.get(f"{JOB}/{{form}}")
def take_along(request: Request, job: str, form: str) -> Response:
    """The claims as a file."""
    found = _own(request, job)
    if form not in FORMS:
        raise NotFound(_("没有这个页面"), remedy=_("从首页或搜索查找。"))
    kind, media = FORMS[form]
    content = _desk(request).file(job, kind, language_of(request))
    if content is None:
        raise _gone()
    stem, _dot, suffix = found.name.rpartition(".")
    name = quote(f"{stem or suffix}.{form}", safe="")
    return Response(content, media_type=media, headers={"Content-Disposition": f"attachment; filename=\"{form}\"; filename*=UTF-8''{name}"})


@router.post(f"{JOB}/remove")
def remove(request: Request, job: str) -> Response:
    """Take the document and its review away now."""
    _own(request, job)
    _desk(request).remove(job)
    return RedirectResponse(f"{PAGE}?removed=1", SEE_OTHER)


def _desk(request: Request) -> ReviewDesk:
    desk: ReviewDesk | None = frame_of(request).services.review
    if desk is None:
        raise NotOffered(_("本站不提供文件核对"), remedy=_("向管理员询问。"))
    return desk


def _own(request: Request, job: str) -> Job:
    """The job, where who asks may see it; what they may not see is as if it were not there."""
    found = _desk(request).job(job)
    if found is None or not (found.owner == principal_of(request).id or sees_all(request, JOB)):
        raise _gone()
    return found


def _gone() -> NotFound:
    return NotFound(_("没有这份核对，或已到期删除"), remedy=_("到“核对文件”页查看还保留的，或重新上传。"))


def _box(request: Request, error: GuibiaoError | None = None, status: int = 200) -> Response:
    desk, everything = _desk(request), sees_all(request, JOB)
    jobs = desk.jobs("" if everything else principal_of(request).id)
    context = {
        "jobs": jobs, "everything": everything, "kept_days": desk.kept_days, "error": error, "verdicts": VERDICTS, "accept": ACCEPT,
        "limit": request.app.state.settings.upload_limit // 1024**2, "may_upload": doors_of(request).matrix.may(
            principal_of(request), "POST", PAGE
        ), "removed": request.query_params.get("removed", ""), **_shared(request),
    }  # fmt: skip
    response = frame_of(request).page(request, "review_box.html", None, context, status)
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response


def _waiting(request: Request, job: Job) -> Response:
    context = {"job": job, "refresh": 0 if job.is_over else REFRESH, "back": PAGE, **_shared(request)}
    return frame_of(request).page(request, "document_job.html", None, context)


def _shared(request: Request) -> Mapping[str, Any]:
    return {"form_token": form_token(request), "may_remove": _may_remove(request)}


def _may_remove(request: Request) -> bool:
    return doors_of(request).matrix.may(principal_of(request), "POST", f"{JOB}/remove")


def _mark(number: int, claim: ReviewedClaim, note: str, language: str) -> Mark:
    told = claim.explanation_zh if language == "zh" else claim.explanation_en
    return Mark(
        id=f"c{number}", start=claim.start, end=claim.end, tone=f"verdict-{claim.verdict.replace(' ', '-')}", title=told,
        label="" if claim.severity == "info" else str(number), href=f"{note}#n{number}", order=_order(claim),
    )  # fmt: skip


def _order(claim: ReviewedClaim) -> int:
    return SEVERITIES.index(claim.severity)
