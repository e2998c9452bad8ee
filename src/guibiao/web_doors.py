"""The doors of one site: their settings from the environment, the store of users, and what keeps the site from starting."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.model.errors import BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Workspace
from guibiao.serve.doors.production import refusals
from guibiao.serve.settings import MEGABYTE, Settings

if TYPE_CHECKING:
    from guibiao.store.operations.access import AccessDatabase

NONE = "none"
"""`GUIBIAO_OPERATIONS=none`: a site without accounts."""
FURTHER = ("oidc_issuer", "oidc_client", "oidc_secret", "oidc_name", "anonymous")
_NUMBERS = {"session_minutes": (1, 24 * 60), "upload_limit": (1, 1024)}


def door_settings(environment: Mapping[str, str], out: Path) -> dict[str, Any]:
    """Fields of `Settings` from `GUIBIAO_OPERATIONS`, `GUIBIAO_TRUSTED_PROXIES` (commas), `GUIBIAO_SESSION_MINUTES`, `GUIBIAO_UPLOAD_LIMIT`
    (MB), `GUIBIAO_OIDC_ISSUER`, `_CLIENT`, `_SECRET` (or `_SECRET_FILE`), `_NAME` and `GUIBIAO_ANONYMOUS` (no: readers sign in too).

    The operations store is a file in the output folder where none is named. BadRequest for a number that is none or out of range.
    """
    said = {name: environment.get(f"GUIBIAO_{name.upper()}", "").strip() for name in (*FURTHER, *_NUMBERS, "operations", "trusted_proxies")}
    found: dict[str, Any] = {name: _number(name, said[name]) for name in _NUMBERS if said[name]}
    if "upload_limit" in found:
        found["upload_limit"] *= MEGABYTE
    if said["trusted_proxies"]:
        found["trusted_proxies"] = tuple(part.strip() for part in said["trusted_proxies"].split(",") if part.strip())
    operations = said["operations"] or str(out / "operations" / "operations.db")
    found["operations"] = "" if operations == NONE else operations
    said["oidc_secret"] = secret_of(environment, "GUIBIAO_OIDC_SECRET")
    found["extra"] = {name: said[name] for name in FURTHER if said[name]}
    return found


def secret_of(environment: Mapping[str, str], name: str) -> str:
    """A secret from the variable `name`, or from the file that `name`_FILE points to (a systemd credential, a container's secret).

    Empty where neither is set. BadRequest where both are, or the file is empty or cannot be read: a site never starts with less than it
    was told.
    """
    given, file = environment.get(name, "").strip(), environment.get(f"{name}_FILE", "").strip()
    if not file:
        return given
    if given:
        raise BadRequest(_("{name} 和 {name}_FILE 只能设一个").format(name=name), remedy=_("去掉其中一个；密钥放在文件里更稳妥。"))
    try:
        found = Path(file).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadRequest(
            _("{name}_FILE 指向的文件读不了").format(name=name), reason[:200], _("核对路径，并让运行网站的用户能读它。"), Place(file)
        ) from None
    if not found:
        raise BadRequest(_("{name}_FILE 指向的文件是空的").format(name=name), remedy=_("写入密钥后再启动。"), place=Place(file))
    return found


def access_store(workspace: Workspace, settings: Settings) -> AccessDatabase | None:
    """Users, sessions, keys and audit log; None for a site without accounts."""
    if not settings.operations:
        return None
    from guibiao.store.operations.opening import open_access

    return open_access(settings.operations, workspace.settings.id, upgrade=False)


def require_startable(settings: Settings) -> None:
    """BadRequest naming everything that keeps the site from starting."""
    faults = refusals(settings)
    if faults:
        raise BadRequest(
            _("网站没有启动，有 {count} 处设置不安全").format(count=len(faults)),
            "\n".join(f"- {fault.title}：{fault.remedy}" for fault in faults),
            _("改好后再启动；不带 --production 只供本机试用。"),
        )


def require_ready(workspace: Workspace, out: Path, settings: Settings) -> None:
    """BadRequest where the operations store is out of reach, older or newer than this version, or there is nothing to be shown.

    A store that is not there yet is made here, once, before any worker process begins.
    """
    if settings.production and not (out / "releases").is_dir():
        raise BadRequest(
            _("输出文件夹里没有发布"), remedy=_("核对 --out；先用 guibiao release draft 拟定、guibiao release publish 公布。"),
            place=Place(str(out)),
        )  # fmt: skip
    store = access_store(workspace, settings)
    if store is not None:
        store.close()


def _number(name: str, text: str) -> int:
    low, high = _NUMBERS[name]
    if not text.isdecimal() or not low <= int(text) <= high:
        raise BadRequest(
            _("GUIBIAO_{name} 的值 {text} 不对").format(name=name.upper(), text=text[:40]),
            remedy=_("写 {low} 到 {high} 之间的整数。").format(low=low, high=high),
        )
    return int(text)
