"""Language of each request: `?lang=en`, else the cookie, else that of the site. The choice in the address is kept in the cookie."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guibiao.model.messages import speaking
from guibiao.serve.settings import LANGUAGES

PARAMETER = COOKIE = "lang"
YEAR = 365 * 24 * 3600


class LanguageOfRequest:
    """Middleware: messages inside a request come out in its language, `request.state.language`."""

    def __init__(self, application: ASGIApp, default: str, secure: bool) -> None:
        self.application = application
        self.default = default
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        asked = parse_qs(scope["query_string"].decode("latin-1")).get(PARAMETER, [""])[-1]
        language = next((each for each in (asked, _cookie(scope), self.default) if each in LANGUAGES), LANGUAGES[0])
        scope.setdefault("state", {})["language"] = language

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Cookie")
                headers.setdefault("Content-Language", "zh-CN" if language == "zh" else "en")
                if asked in LANGUAGES:
                    secure = "; Secure" if self.secure else ""
                    headers.append("Set-Cookie", f"{COOKIE}={asked}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly{secure}")
            await send(message)

        with speaking(language):
            await self.application(scope, receive, remember)


def _cookie(scope: Scope) -> str:
    header = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    try:
        found = SimpleCookie(header.decode("latin-1")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
