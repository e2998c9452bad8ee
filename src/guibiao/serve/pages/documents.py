"""The page of one policy document: the words that set targets and tasks, in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guibiao.model.messages import translate as _
from guibiao.model.tables import ATTAINMENT
from guibiao.serve.errors import NotFound
from guibiao.serve.pages.frame import frame_of

PASSAGE_KINDS: Mapping[str, tuple[str, str]] = {"target": ("目标", "target"), "task": ("任务", "task")}
router = APIRouter(include_in_schema=False)


@router.get("/documents/{name}")
def document(request: Request, name: str) -> Response:
    """The words of the document that the release holds; only those, not the whole text."""
    frame = frame_of(request)
    release = frame.release()
    rows = frame.definitions(release).passages.get(name)
    if rows is None:
        raise NotFound(_("没有文件 {name}").format(name=name), remedy=_("在搜索里输入文件的名称。"))

    def build() -> tuple[str, Mapping[str, Any]]:
        judged = release.select(ATTAINMENT, ("target",), {"document": name}).to_pylist() if release.has(ATTAINMENT) else []
        return "document.html", {
            "rows": rows, "title": rows[0]["document_title"], "source": rows[0]["source"], "counts": Counter(row["kind"] for row in rows),
            "judged": {row["target"] for row in judged}, "passage_kinds": PASSAGE_KINDS, "document": name,
        }  # fmt: skip

    return frame.cached(request, release, build)
