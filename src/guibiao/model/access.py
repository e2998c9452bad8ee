"""Who may come in: users with their roles and areas, their sessions and API keys, and which units' data somebody may see.

Roles are those of a statistical office: readers read, reporters hand in their own unit's figures, editors check a district's or the
city's, releasers publish, planners keep targets and the ledger, administrators keep users and can neither edit nor publish.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _


class Role(StrEnum):
    """What somebody does in the office."""

    READER = "reader"
    REPORTER = "reporter"
    DISTRICT_EDITOR = "district_editor"
    CITY_EDITOR = "city_editor"
    RELEASER = "releaser"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What an API key may be used for; it never exceeds the roles of its owner."""

    RELEASE_READ = "release:read"
    OPERATIONS_READ = "operations:read"
    OPERATIONS_WRITE = "operations:write"
    UNITS_READ = "units:read"
    UNITS_WRITE = "units:write"
    AUDIT_READ = "audit:read"


class Refused(BadRequest):
    """Somebody asked for what they may not see or do; nothing was shown or changed."""


_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_AREA = re.compile(r"\d{6}(\d{3}){0,2}")
_NAME_LENGTH = 80
_LONGEST = 200


def login_name(text: str) -> str:
    """A login name as it is kept: compatibility forms folded (NFKC), small letters, no blanks around it, no control characters."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).strip().lower() if sign.isprintable())


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person with an account; `id` is the login name, `version` counts from 1, `subject` is issuer and subject of single sign-on."""

    id: str
    name: str
    roles: tuple[Role, ...]
    areas: tuple[str, ...] = ()
    """Area codes (GB/T 2260) of a district editor or reporter; a code covers those that begin with it."""
    unit: str = ""
    """The reporting unit of a reporter."""
    disabled: bool = False
    must_change: bool = False
    """The password was set by somebody else and has to be changed at the first sign-in."""
    subject: str = ""
    version: int = 1

    def validate(self) -> User:
        """The user; BadRequest with what to do where the account makes no sense."""
        if not _LOGIN.fullmatch(self.id):
            raise BadRequest(
                _("登录名“{name}”不能用").format(name=self.id[:80]),
                remedy=_("用 2 到 64 个小写字母、数字、点、横线、下划线或 @，字母或数字开头。"),
            )
        if not self.name.strip() or len(self.name) > _NAME_LENGTH or not self.name.isprintable():
            raise BadRequest(_("姓名为空、过长或含控制字符"), remedy=_("写 1 到 80 个字。"))
        if any(len(text) > _LONGEST or not text.isprintable() for text in (self.unit, self.subject)):
            raise BadRequest(_("填报单位或统一登录标识过长或含控制字符"), remedy=_("写 200 字以内。"))
        if not self.roles:
            raise BadRequest(
                _("用户 {name} 没有角色").format(name=self.id), remedy=_("至少给一个角色：{roles}。").format(roles="、".join(Role))
            )
        wrong = [area for area in self.areas if not _AREA.fullmatch(area)]
        if wrong:
            raise BadRequest(_("地区代码 {code} 写法不对").format(code=wrong[0][:20]), remedy=_("写 6、9 或 12 位数字。"))
        if Role.DISTRICT_EDITOR in self.roles and not self.areas:
            raise BadRequest(_("区级编辑 {name} 没有地区").format(name=self.id), remedy=_("用 --area 写明地区代码。"))
        if Role.REPORTER in self.roles and not self.unit.strip():
            raise BadRequest(_("填报人 {name} 没有填报单位").format(name=self.id), remedy=_("用 --unit 写明填报单位。"))
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. `id` is the SHA-256 of the token in the cookie; the token itself is kept nowhere."""

    id: str
    user: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str = ""
    agent: str = ""
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key for programs: `digest` is the SHA-256 of its secret part, `rate` the requests allowed a minute."""

    id: str
    user: str
    label: str
    digest: str
    scopes: tuple[Scope, ...]
    rate: int
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnitReach:
    """Whose unit-level data somebody may see: of which areas (None: of all), or only of one reporting unit.

    Whatever reads unit-level data takes one as an argument and asks it before a row leaves; there is no default that sees everything.
    """

    areas: tuple[str, ...] | None
    unit: str = ""

    def admits(self, area: str, unit: str = "") -> bool:
        """Whether data of this unit in this area (a GB/T 2260 code or a longer one within it) may be seen."""
        if self.unit and unit == self.unit:
            return True
        if self.areas is None:
            return True
        return any(area.startswith(own) for own in self.areas)

    def require(self, area: str, unit: str = "") -> None:
        """Refused where the data may not be seen."""
        if not self.admits(area, unit):
            raise Refused(
                _("无权查看 {area} 的单位级数据").format(area=area), remedy=_("只能查看本地区、本单位的数据；如需扩大范围，请找管理员。")
            )

    def among(self, areas: Iterable[str]) -> tuple[str, ...]:
        """Of these area codes those that may be seen whole: what a query is narrowed to."""
        return tuple(area for area in areas if self.admits(area))

    @property
    def is_empty(self) -> bool:
        """Whether nothing may be seen at all."""
        return self.areas == () and not self.unit


NOTHING = UnitReach(())


def reach_of(user: User | None) -> UnitReach:
    """City editors see all units, district editors those of their areas, reporters their own; everybody else none."""
    if user is None or user.disabled:
        return NOTHING
    if Role.CITY_EDITOR in user.roles:
        return UnitReach(None)
    areas = user.areas if Role.DISTRICT_EDITOR in user.roles else ()
    return UnitReach(areas, user.unit if Role.REPORTER in user.roles else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is asking: a signed-in user, a program with a user's key, or nobody known."""

    user: User | None = None
    session: Session | None = None
    key: ApiKey | None = None
    address: str = ""

    @property
    def id(self) -> str:
        """The login name, empty for nobody known."""
        return self.user.id if self.user else ""

    @property
    def roles(self) -> frozenset[Role]:
        """The user's roles."""
        return frozenset(self.user.roles) if self.user else frozenset()

    @property
    def reach(self) -> UnitReach:
        """Whose unit-level data this user may see."""
        return reach_of(self.user)


def role_name(role: Role) -> str:
    """The role in the user's language."""
    return {
        Role.READER: _("读者"),
        Role.REPORTER: _("填报人"),
        Role.DISTRICT_EDITOR: _("区级编辑"),
        Role.CITY_EDITOR: _("市级编辑"),
        Role.RELEASER: _("发布人"),
        Role.PLANNER: _("调度人"),
        Role.ADMINISTRATOR: _("管理员"),
    }[role]
