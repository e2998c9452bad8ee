"""What both adapters ask of their arguments: names, moments and keys, before any statement is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.tables import TABLES, Table
from guibiao.store.rows import fingerprint

SCHEMA_VERSION = 1
"""Raised with every change of the store's own tables; a newer number is refused by older software."""


def require_version(found: int, place: str) -> None:
    """BadRequest where newer software wrote the store."""
    if found > SCHEMA_VERSION:
        raise BadRequest(
            _("{place} 由更新版本的软件写成（库结构 {found}，本版本支持到 {known}）").format(
                place=place, found=found, known=SCHEMA_VERSION
            ),
            remedy=_("升级本软件后再打开，或另用一个输出文件夹。"),
        )


def require_workspace(found: str, wanted: str, place: str) -> None:
    """BadRequest where the store belongs to another workspace: their datasets would mix."""
    if found != wanted:
        raise BadRequest(
            _("{place} 属于工作区 {found}，不能用于 {wanted}").format(place=place, found=found, wanted=wanted),
            remedy=_("为每个工作区指定各自的输出文件夹。"),
        )


def require_fingerprints(found: Mapping[str, str], place: str) -> None:
    """BadRequest where a table was stored with other columns than this software declares."""
    for name, stored in found.items():
        if name in TABLES and stored != fingerprint(TABLES[name]):
            raise BadRequest(
                _("{place} 中表 {table} 的列与本版本不同").format(place=place, table=name),
                remedy=_("用写入它的版本打开，或将它移到别处后重新运行：库可重建，但入库时间无法恢复。"),
            )


def require_key(content_key: str) -> None:
    """ValueError for an empty content key: it means withdrawn."""
    if not content_key:
        raise ValueError("a content key is never empty")


def known_ids(table: Table, ids: Mapping[str, int], content_keys: Collection[str]) -> list[int]:
    """Ids of the content keys in their order, each once; BadRequest where one was never recorded for the table."""
    unique = list(dict.fromkeys(content_keys))
    unknown = [key for key in unique if key not in ids]
    if unknown:
        raise BadRequest(
            _("表 {table} 中没有内容 {key}").format(table=table.name, key=unknown[0]),
            _("共 {count} 个内容键不在库中。").format(count=len(unknown)),
            _("重新运行，使其入库。"),
        )
    return [ids[key] for key in unique]


def never_recorded(content_key: str) -> BadRequest:
    """The error of a delivery that points at nothing."""
    return BadRequest(_("内容 {key} 尚未入库，不能作为数据集的当前内容").format(key=content_key), remedy=_("先记录其各行，再登记交付。"))


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC; BadRequest where it has no time zone."""
    if moment.tzinfo is None:
        raise BadRequest(
            _("时刻 {moment} 没有时区").format(moment=moment.isoformat()), remedy=_("写明时区，如 2026-03-01T09:00:00+08:00。")
        )
    return moment.astimezone(UTC)
