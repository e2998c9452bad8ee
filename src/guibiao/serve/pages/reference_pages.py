"""Pages of what figures refer to: sources and classifications."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guibiao.model.messages import translate as _
from guibiao.serve.errors import NotFound
from guibiao.serve.pages.frame import frame_of

router = APIRouter(include_in_schema=False)


@router.get("/sources")
def sources(request: Request) -> Response:
    """Every source with its grade."""
    frame = frame_of(request)
    release = frame.release()
    return frame.cached(request, release, lambda: ("sources.html", {}))


@router.get("/classifications/{name}")
def classification(request: Request, name: str) -> Response:
    """The codes of one classification."""
    frame = frame_of(request)
    release = frame.release()
    codes = frame.definitions(release).codes.get(name)
    if codes is None:
        raise NotFound(_("没有统计分类 {name}").format(name=name), remedy=_("从指标页的维度进入。"))
    return frame.cached(request, release, lambda: ("classification.html", {"id": name, "codes": codes}))
