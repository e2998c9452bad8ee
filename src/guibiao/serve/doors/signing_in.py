"""Signing in, and what follows: attempts counted by account and address, sessions made, found, ended; passwords changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from guibiao.model.access import Principal, Refused, Session, User, login_name
from guibiao.model.audit import Deed
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.serve.doors.access_store import AccessStore
from guibiao.serve.doors.passwords import LONGEST, PasswordHasher, normal, require_good
from guibiao.serve.doors.tokens import digest, new_token
from guibiao.store.port import Busy

_AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRules:
    """How often somebody may fail, and how long a session lasts."""

    window: timedelta = timedelta(minutes=15)
    failures_of_account: int = 5
    failures_of_address: int = 30
    session: timedelta = timedelta(hours=8)
    idle: timedelta = timedelta(minutes=30)
    noted: timedelta = timedelta(minutes=1)
    """Use of a session is noted at most this often."""

    def validate(self) -> SignInRules:
        """The rules; ValueError where nobody could sign in with them."""
        if min(self.failures_of_account, self.failures_of_address) < 1 or min(self.window, self.session, self.idle) <= timedelta(0):
            raise ValueError("limits are at least 1, times are positive")
        return self


class WrongCredentials(Refused):
    """Name and password do not fit together; which of the two is wrong is not told."""


class TooOften(Refused):
    """Too many attempts; `seconds` until the next one."""

    def __init__(self, seconds: int) -> None:
        minutes = max(1, -(-seconds // 60))
        super().__init__(_("尝试次数过多，请约 {minutes} 分钟后再试").format(minutes=minutes), remedy=_("忘记密码请找管理员重置。"))
        self.seconds = max(1, seconds)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session with the token for its cookie."""

    token: str
    session: Session
    user: User


class SignInDesk:
    """Sessions of one site; `now` gives the moment of each act."""

    def __init__(self, store: AccessStore, hasher: PasswordHasher, now: Callable[[], datetime], rules: SignInRules | None = None) -> None:
        self.store = store
        self.rules = (rules or SignInRules()).validate()
        self._hasher = hasher
        self._now = now

    @cached_property
    def _nobody(self) -> str:
        """A hash to check against where there is no user: unknown names take as long as known ones."""
        return self._hasher.hash(new_token())

    def sign_in(self, name: str, password: str, address: str, agent: str = "", old_token: str = "") -> SignedIn:
        """A new session. WrongCredentials, or TooOften; each is noted in the audit log.

        The token is always new: one that the browser brought along is worth nothing, and its session ends.
        """
        account, text = login_name(name)[:80], normal(password)
        number = self._begin(account, address)
        user = self.store.user(account)
        hashed = self.store.password(account) if user else ""
        fits = self._hasher.verify(hashed or self._nobody, text[:LONGEST]) and len(text) <= LONGEST
        if user is None or not hashed or not fits or user.disabled:
            self.store.note("audit", Deed(action="sign-in", who=account, outcome="refused", address=address), self._now())
            raise WrongCredentials(_("用户名或密码不对"), remedy=_("核对后重试；忘记密码请找管理员重置。"))
        with self.store.transaction():
            self.store.succeed_attempt(number)
            if self._hasher.outdated(hashed):
                self.store.set_password(account, self._hasher.hash(text), self._now())
            return self.open_session(user, address, agent, old_token, "password")

    def open_session(self, user: User, address: str, agent: str, old_token: str, way: str) -> SignedIn:
        """A session for somebody who proved who they are, by password or by the login service."""
        now, token = self._now(), new_token()
        session = Session(
            id=digest(token), user=user.id, created_at=now, seen_at=now, expires_at=now + self.rules.session, address=address,
            agent="".join(sign for sign in agent if sign.isprintable())[:_AGENT_LENGTH],
        )  # fmt: skip
        with self.store.transaction():
            old = self.store.session(digest(old_token)) if old_token else None
            if old is not None:
                self.store.revoke_sessions(old.user, now, only=old.id)
            self.store.add_session(session)
            self.store.note("audit", Deed(action="sign-in", who=user.id, address=address, detail={"way": way}), now)
        return SignedIn(token, session, user)

    def find(self, token: str) -> tuple[User, Session] | None:
        """Who holds this token; None where the session is unknown, over, idle for too long, or the user disabled."""
        now = self._now()
        session = self.store.session(digest(token))
        if session is None or session.revoked_at is not None or now >= session.expires_at or now - session.seen_at >= self.rules.idle:
            return None
        user = self.store.user(session.user)
        if user is None or user.disabled:
            return None
        if now - session.seen_at >= self.rules.noted:
            with suppress(Busy):  # who may read goes on reading while nothing can be stored
                self.store.touch_session(session.id, now)
        return user, session

    def alive(self, user: str) -> tuple[Session, ...]:
        """A user's sessions that still open a door."""
        now = self._now()
        return tuple(each for each in self.store.sessions(user) if now < each.expires_at and now - each.seen_at < self.rules.idle)

    def sign_out(self, principal: Principal) -> None:
        """End the session of who asks."""
        if principal.session is None:
            return
        with self.store.transaction():
            self.store.revoke_sessions(principal.id, self._now(), only=principal.session.id)
            self.store.note("audit", Deed(action="sign-out", who=principal.id, address=principal.address), self._now())

    def revoke(self, principal: Principal, session: str) -> None:
        """End one of the asker's own sessions, named by the beginning of its id (at least 12 characters)."""
        found = [each.id for each in self.store.sessions(principal.id) if len(session) >= 12 and each.id.startswith(session)]
        if len(found) != 1:
            raise BadRequest(_("没有这次登录，或已经退出"), remedy=_("刷新页面再看。"))
        with self.store.transaction():
            self.store.revoke_sessions(principal.id, self._now(), only=found[0])
            self.store.note(
                "audit", Deed(action="session-revoke", who=principal.id, subject=found[0][:12], address=principal.address), self._now()
            )

    def change_password(self, principal: Principal, old: str, new: str) -> None:
        """Set the asker's own password; every other session of theirs ends. Wrong old passwords count as failed attempts."""
        user = principal.user
        if user is None:
            raise Refused(_("没有登录"), remedy=_("先登录。"))
        number = self._begin(user.id, principal.address)
        hashed = self.store.password(user.id)
        if not hashed or not self._hasher.verify(hashed, normal(old)[:LONGEST]):
            self.store.note("audit", Deed(action="password-change", who=user.id, outcome="refused", address=principal.address), self._now())
            raise WrongCredentials(_("原密码不对"), remedy=_("核对后重试；忘记密码请找管理员重置。"))
        require_good(new, user.id)
        if normal(new) == normal(old):
            raise BadRequest(_("新密码与原密码相同"), remedy=_("换一个。"))
        fresh = self._hasher.hash(normal(new))
        with self.store.transaction():
            self.store.succeed_attempt(number)
            self.store.set_password(user.id, fresh, self._now())
            if user.must_change:
                self.store.replace_user(replace(user, must_change=False))
            self.store.revoke_sessions(user.id, self._now(), but=principal.session.id if principal.session else "")
            self.store.note("audit", Deed(action="password-change", who=user.id, address=principal.address), self._now())

    def _begin(self, account: str, address: str) -> int:
        now = self._now()
        most = {"account": self.rules.failures_of_account, "address": self.rules.failures_of_address}
        number = self.store.begin_attempt(account, address, now, now - self.rules.window, most)
        if isinstance(number, datetime):
            raise TooOften(int((number + self.rules.window - now).total_seconds()) + 1)
        return number
