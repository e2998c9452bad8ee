"""What goes wrong, in the form of the part of the site where it happens and in the reader's language; never a stack trace."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.store.port import Busy

ErrorForm = Callable[[Request, int, GuibiaoError], Response]
"""Request, status, error -> answer."""
PROBLEM = "application/problem+json"
_log = logging.getLogger("guibiao.serve")


class NotFound(BadRequest):
    """There is no such thing in what is published (404)."""


class TakenBack(BadRequest):
    """It was published and has been withdrawn (410)."""


class NotOffered(BadRequest):
    """This site is run without that part (501)."""


class NothingPublished(BadRequest):
    """No release can be seen now (503); the page shows the notices of those taken back."""


_STATUS: tuple[tuple[type[GuibiaoError], int], ...] = (
    (NotFound, 404), (TakenBack, 410), (NotOffered, 501), (NothingPublished, 503), (Busy, 503),
)  # fmt: skip


def nothing_published() -> NothingPublished:
    """The error of every page while there is no current release."""
    return NothingPublished(_("目前没有公布的数据"), _("发布尚未开始，或已全部撤回。"), _("稍后再来；撤回的说明见下。"))


def as_json(request: Request, status: int, error: GuibiaoError) -> Response:
    """The error as the interfaces for programs give it: problem details (RFC 9457), and as a list of errors."""
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    problem = {
        "type": f"urn:guibiao:error:{kind}", "title": error.title, "status": status, "detail": error.description or error.remedy,
        "instance": request.url.path, "remedy": error.remedy,
        "errors": [{"title": error.title, "description": error.description, "remedy": error.remedy}],
    }  # fmt: skip
    return JSONResponse(problem, status, media_type=PROBLEM)


def install(application: FastAPI, page: ErrorForm) -> None:
    """Answer every error in the form of its part of the site: `application.state.error_forms`, by beginning of the path, else `page`."""
    application.state.error_forms = {"/api/": as_json}

    def answer(request: Request, status: int, error: GuibiaoError) -> Response:
        forms: dict[str, ErrorForm] = request.app.state.error_forms
        form = next((forms[prefix] for prefix in forms if request.url.path.startswith(prefix)), page)
        response = form(request, status, error)
        if status == 503:
            response.headers["Retry-After"] = "10"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def on_purpose(request: Request, error: Exception) -> Response:
        assert isinstance(error, GuibiaoError)
        return answer(request, next((status for kind, status in _STATUS if isinstance(error, kind)), 400), error)

    def by_framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = answer(request, error.status_code, _explained(error))
        response.headers.update(error.headers or {})
        return response

    def not_valid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        names = "、".join(dict.fromkeys(str(each["loc"][-1]) for each in error.errors()))
        return answer(request, 422, BadRequest(_("参数不对：{names}").format(names=names), remedy=_("核对地址中的参数。")))

    def broken(request: Request, error: Exception) -> Response:
        number = secrets.token_hex(4)
        _log.error("fault %s at %s", number, request.url.path, exc_info=error)
        return answer(
            request, 500, BadRequest(_("程序出错"), _("编号 {number}。").format(number=number), _("稍后再试；若仍出错，把编号告诉管理员。"))
        )

    application.add_exception_handler(GuibiaoError, on_purpose)
    application.add_exception_handler(HTTPException, by_framework)
    application.add_exception_handler(RequestValidationError, not_valid)
    application.add_middleware(_FaultsAnswered, answer=broken)


class _FaultsAnswered:
    """Answers what nobody foresaw, inside the other middleware, so that their headers are on that answer too."""

    def __init__(self, application: ASGIApp, answer: Callable[[Request, Exception], Response]) -> None:
        self.application = application
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.application(scope, receive, watched)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await self.answer(Request(scope), error)(scope, receive, send)


def _explained(error: HTTPException) -> GuibiaoError:
    if error.status_code == 404:
        return NotFound(_("没有这个页面"), remedy=_("从首页或搜索查找。"))
    if error.status_code == 405:
        return BadRequest(_("这个地址不接受这种请求"), remedy=_("换一种请求方法。"))
    return BadRequest(_("不能完成请求（{code}）").format(code=error.status_code), str(error.detail or ""))
