"""Answers of the doors themselves, in the form of the part of the site where they happen."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from guibiao.model.errors import GuibiaoError
from guibiao.serve.errors import ErrorForm
from guibiao.serve.pages.frame import error_page

SIGN_IN = "/sign-in"
SEE_OTHER = 303
_KEYS = {"x-api-key", "authorization"}
"""Headers of programs, which are never led anywhere."""


async def answer(
    site: FastAPI, scope: Scope, receive: Receive, send: Send, status: int, error: GuibiaoError, headers: Mapping[str, str]
) -> None:  # fmt: skip
    """Send the error; somebody at a browser who has to sign in first is led there and back."""
    scope.setdefault("app", site)
    request = Request(scope, receive)
    response = _led(request, status, headers) or error_form(request)(request, status, error)
    response.headers.update({name: value for name, value in headers.items() if name != "Location"})
    response.headers.setdefault("Cache-Control", "no-store")
    await response(scope, receive, send)


def _led(request: Request, status: int, headers: Mapping[str, str]) -> Response | None:
    headed_for_page = request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", "")
    if not headed_for_page or _KEYS & set(request.headers):
        return None
    if status == 401:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(back, safe='')}", SEE_OTHER)
    return RedirectResponse(headers["Location"], SEE_OTHER) if "Location" in headers else None


def error_form(request: Request) -> ErrorForm:
    """How errors look in the part of the site that the request is for."""
    forms: dict[str, ErrorForm] = request.app.state.error_forms
    return next((forms[prefix] for prefix in forms if request.url.path.startswith(prefix)), error_page)
