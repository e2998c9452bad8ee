"""Keeping users: adding, roles and areas, disabling, resetting a password. Each act is one transaction with its audit entry."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from guibiao.model.access import Role, User, login_name
from guibiao.model.audit import Deed
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.serve.doors.access_store import AccessStore
from guibiao.serve.doors.passwords import PasswordHasher, normal, require_good
from guibiao.serve.doors.tokens import new_token


class UserDesk:
    """Users of one site; `now` gives the moment of each act."""

    def __init__(self, store: AccessStore, hasher: PasswordHasher, now: Callable[[], datetime]) -> None:
        self.store = store
        self._hasher = hasher
        self._now = now

    def find(self, name: str) -> User:
        """The user; BadRequest where there is none."""
        user = self.store.user(login_name(name))
        if user is None:
            raise BadRequest(_("没有用户 {name}").format(name=name[:80]), remedy=_("用 guibiao users list 查看。"))
        return user

    def add(self, user: User, by: str, password: str = "") -> str:
        """Take in a user; returns the first password: drawn at random where none is given, empty for single sign-on."""
        new = replace(user, id=login_name(user.id), must_change=not user.subject, version=1).validate()
        first = "" if new.subject and not password else password or new_token()[:20]
        if password:
            require_good(password, new.id)
        hashed = self._hasher.hash(normal(first)) if first else ""
        with self.store.transaction():
            self.store.add_user(new)
            if hashed:
                self.store.set_password(new.id, hashed, self._now())
            self._note("user-add", by, new)
        return first

    def set_roles(
        self, name: str, roles: Collection[Role], by: str, *, areas: Collection[str] | None = None, unit: str | None = None
    ) -> User:
        """Give other roles, areas or a reporting unit; the user's sessions end, so that nothing old goes on."""
        user = self.find(name)
        places = user.areas if areas is None else tuple(areas)
        changed = replace(user, roles=tuple(sorted(set(roles))), areas=places, unit=user.unit if unit is None else unit)
        return self._change(user, changed.validate(), "user-role", by)

    def disable(self, name: str, by: str, *, disabled: bool = True) -> User:
        """Shut a user out, or let in again. Sessions end at once, keys do not work meanwhile."""
        user = self.find(name)
        return self._change(user, replace(user, disabled=disabled), "user-disable" if disabled else "user-enable", by)

    def reset(self, name: str, by: str) -> str:
        """Draw a new first password; sessions end."""
        user, first = self.find(name), new_token()[:20]
        hashed = self._hasher.hash(normal(first))
        with self.store.transaction():
            self.store.set_password(user.id, hashed, self._now())
            self._change(user, replace(user, must_change=True), "password-reset", by)
        return first

    def link(self, name: str, subject: str, by: str) -> User:
        """Name the person of the login service who is this user; empty to unlink."""
        user = self.find(name)
        return self._change(user, replace(user, subject=subject), "user-link", by)

    def _change(self, user: User, changed: User, action: str, by: str) -> User:
        with self.store.transaction():
            self._require_administrator(user, changed)
            newer = self.store.replace_user(changed)
            self.store.revoke_sessions(user.id, self._now())
            self._note(action, by, newer, user)
        return newer

    def _require_administrator(self, user: User, changed: User) -> None:
        """The last administrator who can come in is kept."""
        was, stays = (Role.ADMINISTRATOR in each.roles and not each.disabled for each in (user, changed))
        others = (each for each in self.store.users() if each.id != user.id and Role.ADMINISTRATOR in each.roles and not each.disabled)
        if was and not stays and not any(others):
            raise BadRequest(_("{name} 是唯一的管理员").format(name=user.id), remedy=_("先让另一个用户成为管理员。"))

    def _note(self, action: str, by: str, user: User, old: User | None = None) -> None:
        detail = {
            "roles": list(user.roles), "areas": list(user.areas), "unit": user.unit, "disabled": user.disabled, "subject": user.subject,
        }  # fmt: skip
        if old is not None:
            detail["before"] = {"roles": list(old.roles), "areas": list(old.areas), "unit": old.unit, "disabled": old.disabled}
        self.store.note("audit", Deed(action=action, who=by, subject=user.id, detail=detail), self._now())
