"""The page of one figure: its passport, from the number back to cell and place."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guibiao.model.messages import translate as _
from guibiao.serve.errors import NotFound, NotOffered
from guibiao.serve.pages.frame import frame_of, language_of

router = APIRouter(include_in_schema=False)


@router.get("/figure")
def figure(request: Request, key: str = "") -> Response:
    """The passport of a figure by its key."""
    frame = frame_of(request)
    release = frame.release()
    if frame.services.passports is None:
        raise NotOffered(_("本站没有数字护照"))
    passport = frame.services.passports.passport(release, key, language_of(request))
    if passport is None:
        raise NotFound(_("现行发布中没有这个数"), _("它可能已修订，或不在公布范围内。"), _("从指标页点选数字进入。"))
    indicator = frame.definitions(release).indicators.get(key.partition("|")[0])
    return frame.cached(request, release, lambda: ("figure.html", {"passport": passport, "indicator": indicator}))
