"""`guibiao users`: add, list, role, disable, enable, password, link, key; the people who may sign in to the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.operations import OperationsOption, WhoOption, person
from guibiao.commands.options import Format, FormatOption, OutOption, WorkspaceOption, emit, load, out_folder, say, show
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.model.access import ApiKey, Role, Scope, User
    from guibiao.serve.doors.users import UserDesk
    from guibiao.store.operations.access import AccessDatabase

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("登录名。"))]
RolesOption = Annotated[
    list[str],
    typer.Option("--role", help=_("角色，可重复：reader、reporter、district_editor、city_editor、releaser、planner、administrator。")),
]
AreasOption = Annotated[list[str], typer.Option("--area", help=_("区级编辑管的地区代码，可重复。"))]
UnitOption = Annotated[str, typer.Option("--unit", help=_("填报人的填报单位。"))]


def tree() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(help=_("网站用户：角色、地区、密码、接口密钥。"), no_args_is_help=True)
    helps: dict[Callable[..., Any], str] = {
        add: _("新建用户；初始密码只显示一次，首次登录须修改。"),
        list_: _("列出用户和角色。"),
        role: _("改角色、地区或填报单位；该用户须重新登录。"),
        disable: _("停用：立即退出，密钥失效。"),
        enable: _("重新启用。"),
        password: _("重置密码；新的初始密码只显示一次。"),
        link: _("对应到统一登录的标识；不写标识则解除。"),
        key: _("新建、列出或作废接口密钥。"),
    }
    for command, text in helps.items():
        group.command(command.__name__.rstrip("_"), help=text)(command)
    return group


def add(
    name: NameArgument,
    roles: RolesOption,
    full_name: Annotated[str, typer.Option("--full-name", help=_("姓名；默认与登录名相同。"))] = "",
    areas: AreasOption = [],  # noqa: B006
    unit: UnitOption = "",
    subject: Annotated[str, typer.Option("--subject", help=_("统一登录的标识（服务地址|编号）；写了就不设密码。"))] = "",
    who: WhoOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Add a user."""
    from guibiao.model.access import User

    user = User(id=name, name=full_name or name, roles=_roles(roles), areas=tuple(areas), unit=unit, subject=subject)
    with user_desk(workspace, out, operations) as desk:
        first = desk.add(user, person(who))
        added = desk.find(name)
    if output is Format.JSON:
        emit({**_record(added), "password": first})
        return
    say(_("已新建用户 {name}。").format(name=added.id))
    if first:
        say(_("初始密码（只显示这一次，首次登录须修改）：{password}").format(password=first))


def list_(
    workspace: WorkspaceOption = "", out: OutOption = None, operations: OperationsOption = "", output: FormatOption = Format.TABLE
) -> None:
    """List users."""
    from guibiao.model.access import role_name

    with access(workspace, out, operations) as store:
        users = store.users()
    if output is Format.JSON:
        emit([_record(user) for user in users])
        return
    rows = [
        [
            user.id,
            user.name,
            "、".join(role_name(each) for each in user.roles),
            "、".join(user.areas),
            user.unit,
            _("停用") if user.disabled else "",
        ]
        for user in users
    ]
    show(_("用户"), (_("登录名"), _("姓名"), _("角色"), _("地区"), _("填报单位"), _("状态")), rows)


def role(
    name: NameArgument,
    roles: RolesOption,
    areas: AreasOption = [],  # noqa: B006
    unit: UnitOption = "",
    who: WhoOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
) -> None:
    """Give other roles; areas and unit stay where none are given."""
    with user_desk(workspace, out, operations) as desk:
        user = desk.set_roles(name, _roles(roles), person(who), areas=areas or None, unit=unit or None)
    say(_("用户 {name} 的角色：{roles}").format(name=user.id, roles="、".join(user.roles)))


def disable(
    name: NameArgument, who: WhoOption = "", workspace: WorkspaceOption = "", out: OutOption = None, operations: OperationsOption = ""
) -> None:
    """Shut a user out."""
    with user_desk(workspace, out, operations) as desk:
        desk.disable(name, person(who))
    say(_("已停用 {name}，其登录和密钥即刻失效。").format(name=name))


def enable(
    name: NameArgument, who: WhoOption = "", workspace: WorkspaceOption = "", out: OutOption = None, operations: OperationsOption = ""
) -> None:
    """Let a user in again."""
    with user_desk(workspace, out, operations) as desk:
        desk.disable(name, person(who), disabled=False)
    say(_("已启用 {name}。").format(name=name))


def password(
    name: NameArgument, who: WhoOption = "", workspace: WorkspaceOption = "", out: OutOption = None, operations: OperationsOption = ""
) -> None:
    """Reset a password."""
    with user_desk(workspace, out, operations) as desk:
        first = desk.reset(name, person(who))
    say(_("初始密码（只显示这一次，首次登录须修改）：{password}").format(password=first))


def link(
    name: NameArgument,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help=_("统一登录的标识（服务地址|编号）。"))] = "",
    who: WhoOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
) -> None:
    """Link a user to a person of the login service."""
    with user_desk(workspace, out, operations) as desk:
        desk.link(name, subject, person(who))
    say(_("已对应 {name} 和 {subject}。").format(name=name, subject=subject) if subject else _("已解除 {name} 的对应。").format(name=name))


def key(
    name: NameArgument,
    label: Annotated[str, typer.Option("--label", help=_("用途：哪个系统使用。"))] = "",
    scopes: Annotated[list[str], typer.Option("--scope", help=_("范围，可重复：release:read、operations:read 等。"))] = [],  # noqa: B006
    rate: Annotated[int, typer.Option("--rate", help=_("每分钟最多几次。"))] = 120,
    days: Annotated[int, typer.Option("--days", help=_("有效天数。"))] = 180,
    revoke: Annotated[str, typer.Option("--revoke", metavar="KEY", help=_("作废这一个密钥。"))] = "",
    listed: Annotated[bool, typer.Option("--list", help=_("列出该用户的密钥。"))] = False,
    who: WhoOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Make, list or end API keys of a user."""
    from guibiao.serve.doors.keys import KeyDesk

    with access(workspace, out, operations) as store:
        desk, user = KeyDesk(store, _now), _found(store, name)
        if listed:
            _show_keys(store.keys(user.id), output)
        elif revoke:
            desk.revoke(revoke, person(who), owner=user.id)
            say(_("密钥 {key} 已作废。").format(key=revoke))
        else:
            text, made = desk.make(user, label, _scopes(scopes), rate=rate, days=days, by=person(who))
            if output is Format.JSON:
                emit({"id": made.id, "key": text, "expires_at": made.expires_at.isoformat()})
            else:
                say(_("密钥（只显示这一次）：{key}").format(key=text))


@contextmanager
def access(workspace: str, out: Path | None, operations: str) -> Iterator[AccessDatabase]:
    """The users of a workspace's operations store."""
    import sys

    from guibiao.store.operations.opening import open_access

    loaded = load(workspace)
    location = operations or str(out_folder(out, loaded) / "operations" / "operations.db")
    store = open_access(location, loaded.settings.id, connections=1, told=lambda text: sys.stderr.write(text + "\n"))
    try:
        yield store
    finally:
        store.close()


@contextmanager
def user_desk(workspace: str, out: Path | None, operations: str) -> Iterator[UserDesk]:
    """The desk for users."""
    from guibiao.serve.doors.passwords import Argon2
    from guibiao.serve.doors.users import UserDesk

    try:
        hasher = Argon2()
    except ImportError:
        raise BadRequest(_("管理用户需要先安装扩展 web"), remedy=_("运行 pip install 'guibiao[web]'。")) from None
    with access(workspace, out, operations) as store:
        yield UserDesk(store, hasher, _now)


def _now() -> datetime:
    return datetime.now(UTC)


def _found(store: AccessDatabase, name: str) -> User:
    from guibiao.model.access import login_name

    user = store.user(login_name(name))
    if user is None:
        raise BadRequest(_("没有用户 {name}").format(name=name[:80]), remedy=_("用 guibiao users list 查看。"))
    return user


def _roles(names: list[str]) -> tuple[Role, ...]:
    from guibiao.model.access import Role

    wrong = [name for name in names if name not in set(Role)]
    if wrong:
        raise BadRequest(_("没有角色 {name}").format(name=wrong[0]), remedy=_("可用：{roles}。").format(roles="、".join(Role)))
    return tuple(sorted({Role(name) for name in names}))


def _scopes(names: list[str]) -> tuple[Scope, ...]:
    from guibiao.model.access import Scope

    wrong = [name for name in names if name not in set(Scope)]
    if wrong:
        raise BadRequest(_("没有范围 {name}").format(name=wrong[0]), remedy=_("可用：{scopes}。").format(scopes="、".join(Scope)))
    return tuple(Scope(name) for name in names)


def _record(user: User) -> dict[str, Any]:
    return {
        "name": user.id, "full_name": user.name, "roles": list(user.roles), "areas": list(user.areas), "unit": user.unit,
        "disabled": user.disabled, "subject": user.subject,
    }  # fmt: skip


def _show_keys(keys: tuple[ApiKey, ...], output: Format) -> None:
    records = [
        {
            "id": each.id, "label": each.label, "scopes": list(each.scopes), "rate": each.rate, "expires_at": each.expires_at.isoformat(),
            "used_at": each.used_at.isoformat() if each.used_at else None,
            "revoked_at": each.revoked_at.isoformat() if each.revoked_at else None,
        }
        for each in keys
    ]  # fmt: skip
    if output is Format.JSON:
        emit(records)
        return
    rows = [
        [each.id, each.label, "、".join(each.scopes), str(each.rate), f"{each.expires_at:%Y-%m-%d}", _("已作废") if each.revoked_at else ""]
        for each in keys
    ]
    show(_("密钥"), (_("编号"), _("用途"), _("范围"), _("每分钟"), _("到期"), _("状态")), rows)
