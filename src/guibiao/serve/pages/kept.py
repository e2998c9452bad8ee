"""Pages that are kept already are answered at once, without waiting for a thread behind pages that have to be made."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from guibiao.serve.pages.frame import Frame


class KeptPages:
    """Middleware inside the doors: who asks is known, and may."""

    def __init__(self, application: ASGIApp, frame: Frame) -> None:
        self.application = application
        self.frame = frame

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        kept = self.frame.kept(Request(scope)) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (kept or self.application)(scope, receive, send)
