"""The box in which people hand in a document, and how long reading it takes, for review and for proposals."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from fastapi import Request

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.serve.document_services import Handed
from guibiao.serve.doors.doors import doors_of, principal_of
from guibiao.serve.doors.uploads import DOCUMENTS, checked
from guibiao.serve.pages.frame import language_of

if TYPE_CHECKING:
    from starlette.datastructures import UploadFile

REFRESH = 2
"""Seconds after which a page that waits looks again."""
ACCEPT = ".pdf,.docx,.md,.txt,.html,.htm"


def handed_in(request: Request, file: UploadFile | None, dated: str) -> Handed:
    """The document that came with the form. BadInput where it cannot be worked on, BadRequest for a date that is none."""
    if file is None or not file.filename:
        raise BadRequest(_("没有选择文件"), remedy=_("先选一个文件。"))
    limit = request.app.state.settings.upload_limit
    upload = checked(file.filename, file.file.read(limit + 1), DOCUMENTS, limit)
    return Handed(
        name=upload.name, content=upload.content, owner=principal_of(request).id, language=language_of(request), dated=_day(dated)
    )


def sees_all(request: Request, path: str) -> bool:
    """Whether who asks may see what others handed in: the matrix says `all` of that route for one of their roles."""
    rule = doors_of(request).matrix.find("GET", path)
    return rule is not None and any(rule.roles[role] == "all" for role in principal_of(request).roles)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise BadRequest(_("日期“{text}”不对").format(text=text[:20]), remedy=_("写成 2025-12-31 这样。")) from None
