"""The guard before every route: who asks, may they, did their own page send it, how often, how much; and a line in the audit log.

A route that the matrix does not name is refused to everybody. A path without a route goes on, to be answered as not found.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guibiao.model.access import Principal, Refused
from guibiao.model.audit import Deed, Outcome
from guibiao.model.errors import GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.serve.doors.answers import answer
from guibiao.serve.doors.bodies import FRAME, LIMITS, Body, TooLarge
from guibiao.serve.doors.doors import Doors
from guibiao.serve.doors.keys import PREFIX
from guibiao.serve.doors.matrix import SAFE, Rule

_FOREIGN = {"cross-site", "same-site"}
UNKNOWN_RATE = 60
"""State-changing requests a minute from one address by people who are not signed in."""
_MUST_CHANGE = {"/account/password", "/sign-out", "/account"}


class Denied(Exception):
    """The request ends here: status, error in the user's language, further headers."""

    def __init__(self, status: int, error: GuibiaoError, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error.title)
        self.status = status
        self.error = error
        self.headers = dict(headers or {})


class Guard:
    """Middleware around the routes of `site`."""

    def __init__(self, application: ASGIApp, site: FastAPI, doors: Doors) -> None:
        self.application = application
        self.site = site
        self.doors = doors
        self._routes: Sequence[RouteContext] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "lifespan":
            await self.application(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        state = scope.setdefault("state", {})
        state["principal"] = Principal(address=_address(scope))
        send = self._finishing(scope, send)
        try:
            body = await self._admitted(scope, receive)
        except Denied as denied:
            await answer(self.site, scope, receive, send, denied.status, denied.error, denied.headers)
            return
        except TooLarge:
            error = Refused(_("发来的内容过大"), remedy=_("缩小后再发；上限见页面说明。"))
            await answer(self.site, scope, receive, send, 413, error, {"Connection": "close"})
            return
        except GuibiaoError as error:  # the store is out of reach: what cannot be noted is not done
            await answer(self.site, scope, receive, send, 503, error, {"Retry-After": "10"})
            return
        await self.application(scope, body.receive if body else receive, send)

    async def _admitted(self, scope: Scope, receive: Receive) -> Body | None:
        """The body to give on; Denied or TooLarge."""
        self._require_plain(scope)
        rule, path = self._rule(scope)
        if path is None:
            return None
        scope["state"]["rule"] = rule
        principal = scope["state"]["principal"] = await self._identify(scope)
        if principal.user is not None:
            scope["state"]["visitor"] = principal.user
        if principal.session is not None:
            scope["state"]["csrf"] = self.doors.signer.form_token(principal.session.id)
        await self._require_rate(scope, principal)
        await self._require_permission(scope, rule, path, principal)
        assert rule is not None
        limit = self.doors.settings.upload_limit + FRAME if rule.body == "upload" else LIMITS[rule.body]
        body = Body(scope, receive, limit)
        body.require_announced_size()
        if scope["method"] not in SAFE and principal.key is None:
            await self._require_own_form(scope, body, principal)
        if rule.log:
            scope["state"]["logged"] = await self._note(scope, principal, path, "asked")
        return body

    def _require_plain(self, scope: Scope) -> None:
        """No path that steps upward, no control characters, no host that is not ours."""
        path = scope["path"]
        if any(part == ".." for part in path.replace("\\", "/").split("/")) or any(ord(sign) < 32 or ord(sign) == 127 for sign in path):
            raise Denied(400, Refused(_("地址写法不对"), remedy=_("从首页或搜索查找。")))
        host = Headers(scope=scope).get("host", "").lower()
        name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
        if self.doors.hosts and name not in self.doors.hosts:
            raise Denied(421, Refused(_("这个域名不属于本站"), remedy=_("用本站公布的网址访问。")))

    def _rule(self, scope: Scope) -> tuple[Rule | None, str | None]:
        """The matrix line of the route that will answer, and its template; no template where none will."""
        if not self._routes:
            self._routes = tuple(iter_route_contexts(self.site.routes))
        for route in self._routes:
            match, _child = route.matches(scope)
            if match is Match.FULL:
                path = route.path_format or route.path or ""
                return self.doors.matrix.find(scope["method"], path), path
        return None, None

    async def _identify(self, scope: Scope) -> Principal:
        """Who asks, by API key or else by session; 401 for a key that opens nothing. With a key, cookies do not count."""
        address, headers, doors = _address(scope), Headers(scope=scope), self.doors
        text = headers.get("x-api-key") or _bearer(headers.get("authorization", ""))
        if text:
            found = await run_in_threadpool(doors.keys.find, text) if doors.keys else None
            if found is None:
                error = Refused(_("密钥无效、已过期或已作废"), remedy=_("换一个有效的密钥；在账户页可以新建。"))
                raise Denied(401, error, {"WWW-Authenticate": "Bearer"})
            return Principal(user=found[0], key=found[1], address=address)
        cookies = _cookies(headers.getlist("cookie"))
        scope["state"]["form_binding"] = cookies.get(doors.form_cookie, "")
        token = cookies.get(doors.session_cookie, "")
        if token and doors.signing:
            scope["state"]["session_token"] = token
            signed = await run_in_threadpool(doors.signing.find, token)
            if signed is not None:
                return Principal(user=signed[0], session=signed[1], address=address)
            scope["state"]["stale_cookie"] = True
        return Principal(address=address)

    async def _require_rate(self, scope: Scope, principal: Principal) -> None:
        if principal.key is not None:
            wait = await run_in_threadpool(self.doors.rates.wait, f"key {principal.key.id}", principal.key.rate)
        elif principal.user is None and scope["method"] not in SAFE:
            wait = await run_in_threadpool(self.doors.rates.wait, f"address {principal.address}", UNKNOWN_RATE)
        else:
            return
        if wait:
            seconds = max(1, math.ceil(wait))
            error = Refused(_("请求过于频繁"), remedy=_("{seconds} 秒后再试。").format(seconds=seconds))
            raise Denied(429, error, {"Retry-After": str(seconds)})

    async def _require_permission(self, scope: Scope, rule: Rule | None, path: str, principal: Principal) -> None:
        if rule is not None and rule.admits(principal, open_site=self.doors.open_site):
            first = principal.session is not None and principal.user is not None and principal.user.must_change
            if first and path not in _MUST_CHANGE and not rule.is_public(self.doors.open_site):
                error = Refused(_("首次登录须先改密码"), remedy=_("到账户页修改密码。"))
                raise Denied(403, error, {"Location": "/account"})
            return
        if principal.user is None:
            error = Refused(_("请先登录"), remedy=_("登录后再打开这一页。"))
            raise Denied(401, error, {"WWW-Authenticate": "Bearer"})
        await self._note(scope, principal, path, "refused")
        raise Denied(403, Refused(_("你的角色不能做这件事"), remedy=_("如确需办理，请找管理员调整角色或密钥范围。")))

    async def _require_own_form(self, scope: Scope, body: Body, principal: Principal) -> None:
        """Refuse what another site's page made the browser send (CSRF): by what the browser says, and by the token of our form."""
        headers = Headers(scope=scope)
        origin, host = headers.get("origin", ""), headers.get("host", "")
        foreign = headers.get("sec-fetch-site", "") in _FOREIGN or (origin and origin.partition("://")[2] != host)
        binding = principal.session.id if principal.session else scope["state"].get("form_binding", "")
        if foreign or not self.doors.signer.is_form_token(await body.form_token(), binding):
            error = Refused(_("表单已失效，没有存"), remedy=_("回到上一页刷新后重新提交。"))
            raise Denied(403, error)

    async def _note(self, scope: Scope, principal: Principal, path: str, outcome: Outcome, **detail: Any) -> str:
        """A line of the audit log; returns the number that ties what was asked to how it ended."""
        number = str(detail.pop("request", "") or secrets.token_hex(6))
        if self.doors.store is None:
            return number
        more = {"request": number, **({"key": principal.key.id} if principal.key else {}), **detail}
        action = f"{scope['method']} {path}"
        deed = Deed(action=action, who=principal.id, subject=scope["path"], outcome=outcome, address=principal.address, detail=more)
        await run_in_threadpool(self.doors.store.note, "audit", deed, self.doors.now())
        return number

    def _finishing(self, scope: Scope, send: Send) -> Send:
        """What every answer gets: cookies of the doors, no storing of personal pages, the end of what was noted."""

        async def finish(message: Message) -> None:
            if message["type"] == "http.response.start":
                state, headers = scope["state"], MutableHeaders(scope=message)
                principal: Principal = state["principal"]
                if state.get("logged"):
                    outcome: Outcome = "done" if message["status"] < 400 else "failed" if message["status"] >= 500 else "refused"
                    rule: Rule = state["rule"]
                    request = state.pop("logged")
                    await self._note(scope, principal, rule.path, outcome, request=request, status=message["status"])
                if state.get("new_form_binding"):
                    headers.append("Set-Cookie", self.doors.cookie(self.doors.form_cookie, state["new_form_binding"]))
                if state.get("stale_cookie") and not state.get("signed_in"):
                    headers.append("Set-Cookie", self.doors.cookie(self.doors.session_cookie, ""))
                personal = principal.user is not None and "immutable" not in headers.get("Cache-Control", "")
                if personal or state.get("new_form_binding") or message["status"] in {401, 403}:
                    headers["Cache-Control"] = "no-store"
                    headers.add_vary_header("Cookie")
            await send(message)

        return finish


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _bearer(header: str) -> str:
    scheme, _blank, text = header.partition(" ")
    return text.strip() if scheme.lower() == "bearer" and text.strip().startswith(f"{PREFIX}_") else ""


def _cookies(headers: Sequence[str]) -> dict[str, str]:
    return {name: value for header in headers for name, value in cookie_parser(header).items()}
