"""Pages of one's own account: signing in and out, password, sessions, API keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from guibiao.model.access import Principal, Refused, Scope, role_name
from guibiao.model.audit import Deed
from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.serve.doors.answers import SEE_OTHER, SIGN_IN
from guibiao.serve.doors.doors import Doors, doors_of, form_token, principal_of
from guibiao.serve.doors.login_service import LIFE, LoginService
from guibiao.serve.doors.redirects import safe_path
from guibiao.serve.doors.signing_in import SignedIn, SignInDesk, TooOften, WrongCredentials
from guibiao.serve.pages.frame import frame_of
from guibiao.store.port import Busy

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
SERVICE_COOKIE = "service"


@router.get(SIGN_IN)
def sign_in_page(request: Request, next: str = "/") -> Response:  # noqa: A002  # the parameter's name in the address
    """The form; somebody who is signed in goes straight on."""
    if principal_of(request).user is not None:
        return RedirectResponse(safe_path(next), SEE_OTHER)
    return _form(request, next, None, 200)


@router.post(SIGN_IN)
def sign_in(request: Request, name: Text, password: Text, next: Text = "/") -> Response:  # noqa: A002
    """Sign in by password."""
    desk, old = signing(request), getattr(request.state, "session_token", "")
    try:
        signed = desk.sign_in(name, password, principal_of(request).address, request.headers.get("user-agent", ""), old)
    except TooOften as error:
        response = _form(request, next, error, 429)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    except WrongCredentials as error:
        return _form(request, next, error, 403)
    return _welcome(request, signed, "/account" if signed.user.must_change else safe_path(next))


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End this session."""
    signing(request).sign_out(principal_of(request))
    response = RedirectResponse("/", SEE_OTHER)
    doors = doors_of(request)
    response.headers.append("Set-Cookie", doors.cookie(doors.session_cookie, ""))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.get(f"{SIGN_IN}/service")
def to_service(request: Request, next: str = "/") -> Response:  # noqa: A002
    """Lead to the login service."""
    url, sealed = _service(request).start(safe_path(next))
    response = RedirectResponse(url, SEE_OTHER)
    doors = doors_of(request)
    response.headers.append("Set-Cookie", doors.cookie(_service_cookie(doors), sealed, LIFE))
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get(f"{SIGN_IN}/service/back")
def from_service(request: Request) -> Response:
    """What the login service sends back."""
    doors, desk = doors_of(request), signing(request)
    subject, back = _service(request).finish(request.cookies.get(_service_cookie(doors), ""), dict(request.query_params))
    user, address = desk.store.user_of_subject(subject), principal_of(request).address
    if user is None or user.disabled:
        deed = Deed(action="sign-in", outcome="refused", subject=subject, address=address, detail={"way": "service"})
        desk.store.note("audit", deed, doors.now())
        raise Refused(
            _("你还没有本站账户，或账户已停用"), _("统一登录标识：{subject}").format(subject=subject), _("把这个标识告诉管理员，请其开通。")
        )
    old = getattr(request.state, "session_token", "")
    signed = desk.open_session(user, address, request.headers.get("user-agent", ""), old, "service")
    response = _welcome(request, signed, safe_path(back))
    response.headers.append("Set-Cookie", doors.cookie(_service_cookie(doors), ""))
    return response


@router.get("/account")
def account(request: Request) -> Response:
    """One's own account."""
    return _account(request)


@router.post("/account/password")
def change_password(request: Request, old: Text, new: Text, again: Text) -> Response:
    """Set a new password."""
    try:
        if new != again:
            raise BadRequest(_("两次输入的新密码不一样"), remedy=_("重新输入。"))
        signing(request).change_password(principal_of(request), old, new)
    except TooOften as error:
        return _account(request, error=error, status=429)
    except Busy:
        raise
    except GuibiaoError as error:
        return _account(request, error=error, status=400)
    return RedirectResponse("/account?done=password", SEE_OTHER)


@router.post("/account/sessions/{session}/revoke")
def revoke_session(request: Request, session: str) -> Response:
    """End another of one's own sessions."""
    signing(request).revoke(principal_of(request), session)
    return RedirectResponse("/account?done=session", SEE_OTHER)


@router.post("/account/keys")
def make_key(
    request: Request, label: Text, scopes: Annotated[list[Scope], Form()], rate: Annotated[int, Form()] = 120,
    days: Annotated[int, Form()] = 180,
) -> Response:  # fmt: skip
    """Make an API key; it is shown once."""
    doors, principal = doors_of(request), principal_of(request)
    if doors.keys is None or principal.user is None:
        raise _closed()
    try:
        text, _key = doors.keys.make(principal.user, label, scopes, rate=rate, days=days)
    except BadRequest as error:
        return _account(request, error=error, status=400)
    return _account(request, new_key=text)


@router.post("/account/keys/{key}/revoke")
def revoke_key(request: Request, key: str) -> Response:
    """End one of one's own keys."""
    doors, principal = doors_of(request), principal_of(request)
    if doors.keys is None:
        raise _closed()
    doors.keys.revoke(key, principal.id, owner=principal.id)
    return RedirectResponse("/account?done=key", SEE_OTHER)


def signing(request: Request) -> SignInDesk:
    """The sign-in desk; Refused where nobody can sign in."""
    desk = doors_of(request).signing
    if desk is None:
        raise _closed()
    return desk


def _closed() -> Refused:
    return Refused(_("本站没有开通登录"), remedy=_("请管理员启动时接上业务库。"))


def _form(request: Request, back: str, error: GuibiaoError | None, status: int) -> Response:
    context = {
        "form_token": form_token(request), "back": safe_path(back), "error": error, "open": doors_of(request).signing is not None,
        "service": request.app.state.login_service,
    }  # fmt: skip
    return frame_of(request).page(request, "sign_in.html", None, context, status)


def _welcome(request: Request, signed: SignedIn, path: str) -> Response:
    doors, response = doors_of(request), RedirectResponse(path, SEE_OTHER)
    response.headers.append(
        "Set-Cookie", doors.cookie(doors.session_cookie, signed.token, signed.session.expires_at - signed.session.created_at)
    )
    response.headers["Cache-Control"] = "no-store"
    request.state.signed_in = True
    return response


def _account(request: Request, *, error: GuibiaoError | None = None, status: int = 200, new_key: str = "") -> Response:
    doors, principal = doors_of(request), principal_of(request)
    desk = signing(request)
    context = {
        "form_token": form_token(request), "principal": principal, "error": error, "new_key": new_key,
        "roles": [role_name(role) for role in (principal.user.roles if principal.user else ())], "sessions": desk.alive(principal.id),
        "keys": doors.keys.store.keys(principal.id) if doors.keys else (), "scopes": tuple(Scope), "now": doors.now(),
        "done": request.query_params.get("done", ""), "links": _links(doors, principal),
    }  # fmt: skip
    return frame_of(request).page(request, "account.html", None, context, status)


def _links(doors: Doors, principal: Principal) -> list[tuple[str, str]]:
    """Pages of the doors that this user may open."""
    every = (
        ("/users", _("用户")), ("/permissions", _("权限表")), ("/audit", _("审计记录")), ("/interference", _("干预记录")),
    )  # fmt: skip
    return [(path, title) for path, title in every if doors.matrix.may(principal, "GET", path)]


def _service(request: Request) -> LoginService:
    service: LoginService | None = request.app.state.login_service
    if service is None:
        raise Refused(_("本站没有接统一登录"), remedy=_("用用户名和密码登录。"))
    return service


def _service_cookie(doors: Doors) -> str:
    return f"__Host-{SERVICE_COOKIE}" if doors.settings.production else SERVICE_COOKIE
