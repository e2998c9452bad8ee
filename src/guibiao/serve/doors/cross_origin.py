"""Reading by scripts of other sites (CORS): the data interfaces of an open site, without cookies, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guibiao.serve.doors.matrix import SAFE

INTERFACES = ("/api/", "/sdmx/")
_SHOWN = "Content-Language, ETag, Last-Modified, Link, Retry-After, X-Left-Out"
_PREFLIGHT: Mapping[str, str] = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Authorization, If-Modified-Since, If-None-Match, X-API-Key",
    "Access-Control-Max-Age": "86400",
}


class OpenReading:
    """Middleware: lets every origin read what strangers may read; errors too, so that a script learns what was wrong.

    A browser sends no cookies with a request that is answered with `*`: what somebody signed in would see stays out of reach.
    """

    def __init__(self, application: ASGIApp, offered: bool) -> None:
        self.application = application
        self.offered = offered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not self.offered or not scope["path"].startswith(INTERFACES):
            await self.application(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope):
            await Response(status_code=204, headers={"Access-Control-Allow-Origin": "*", **_PREFLIGHT})(scope, receive, send)
            return

        async def opened(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] in SAFE:
                headers = MutableHeaders(scope=message)
                headers["Access-Control-Allow-Origin"] = "*"
                headers["Access-Control-Expose-Headers"] = _SHOWN
            await send(message)

        await self.application(scope, receive, opened)
