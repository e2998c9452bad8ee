"""What every route of the JSON API does: read parameters, find the release, answer with ETag."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BeforeValidator, StringConstraints

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.serve.api.forms import Faults
from guibiao.serve.api.paging import LARGEST, USUAL, Page, plain
from guibiao.serve.services import Services

PREFIX = "/api/v1"
LARGEST_CURSOR = 4000
MOST_VALUES = 200
Limit = Annotated[int, Query(ge=1, le=LARGEST, description="rows of the page")]
CursorText = Annotated[str, Query(max_length=LARGEST_CURSOR, description="`next` of the page before")]
NO_NUL = r"^[^\x00]*$"
"""Texts without the one character that no database holds."""
Texts = Annotated[list[Annotated[str, StringConstraints(pattern=NO_NUL)]], Query(max_length=MOST_VALUES)]


def _written_as_a_day(value: object) -> object:
    """Nothing but 2026-01-31: a bare number would be taken for seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError(value)
    return value


Day = Annotated[date, BeforeValidator(_written_as_a_day)]
NOTHING: list[str] = []
"""Default of a repeated parameter; FastAPI hands out copies."""
FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"model": Faults, "description": "Bad request"},
    401: {"model": Faults, "description": "Sign-in or a valid key is needed"},
    403: {"model": Faults, "description": "The role or the key does not allow it"},
    404: {"model": Faults, "description": "No such thing is published, or no such page"},
    410: {"model": Faults, "description": "It was published and has been withdrawn"},
    422: {"model": Faults, "description": "A parameter is not of its form"},
    429: {"model": Faults, "description": "Too many requests; Retry-After says when"},
    503: {"model": Faults, "description": "Nothing is published now"},
}
USUAL_LIMIT = USUAL


def services_of(request: Request) -> Services:
    """The services of the site."""
    found: Services = request.app.state.services
    return found


def chosen(**given: list[str]) -> dict[str, Any]:
    """Conditions on columns from repeated parameters; one that is not given lets everything through."""
    found: dict[str, Any] = {}
    for name, values in given.items():
        if any("\x00" in value for value in values):
            raise BadRequest(_("参数 {name} 有不可用的字符").format(name=name), remedy=_("核对地址中的参数。"))
        if values:
            found[name] = values
    return found


def page_answer(request: Request, page: Page, more: Mapping[int, Mapping[str, Any]] | None = None) -> Response:
    """A page as JSON; `more` adds fields to rows by their place."""
    items = [plain(row) | dict((more or {}).get(place, {})) for place, row in enumerate(page.rows)]
    content = {"release": page.release.manifest.id, "items": items, "next": page.next, "left_out": page.left_out}
    links = {}
    if page.next:
        following = request.url.include_query_params(cursor=page.next)
        links["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return answer(request, content, links)


def answer(request: Request, content: object, headers: Mapping[str, str] | None = None, media_type: str = "application/json") -> Response:
    """JSON with an ETag of its bytes; 304 where the client has them."""
    body = JSONResponse(content).body
    return with_tag(request, bytes(body), media_type, headers)


def with_tag(request: Request, body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """Bytes with their ETag; 304 where the client has them."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    kept = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding", **(headers or {})}
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag in (each.strip() for each in known.split(",")):
        return Response(status_code=304, headers=kept)
    return Response(body, media_type=media_type, headers=kept)


def compact(content: object) -> bytes:
    """JSON text of fixed form."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
