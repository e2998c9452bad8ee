"""Pages of a released table: a cursor that does not shift, and what a limit left out.

A cursor names its release, the key of the last row given and how many rows were given: the pages that follow come from that release even
when another one is published meanwhile. When it is withdrawn, the cursor ends.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from guibiao.model.messages import translate as _
from guibiao.model.tables import Kind, Table
from guibiao.serve.errors import NotFound, TakenBack, nothing_published
from guibiao.store.port import Condition, OpenRelease, ReleaseReader

USUAL, LARGEST = 100, 1000
"""Rows of a page where none are asked for, and at most."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ends."""

    release: str
    after: tuple[Any, ...]
    given: int

    def written(self) -> str:
        """As text for addresses."""
        plain = [self.release, [value.isoformat() if isinstance(value, date) else value for value in self.after], self.given]
        return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str, table: Table) -> Cursor:
    """Inverse of `Cursor.written`; NotFound for a text that did not come from it."""
    try:
        release, after, given = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kinds = [next(column.kind for column in table.columns if column.name == name) for name in table.key]
        values = tuple(_typed(kind, value) for kind, value in zip(kinds, after, strict=True))
        if not isinstance(release, str) or not isinstance(given, int) or isinstance(given, bool) or given < 0:
            raise ValueError(text)
    except (ValueError, TypeError, binascii.Error, UnicodeError, RecursionError):
        raise NotFound(_("游标不对"), remedy=_("原样使用上一页给出的 next，或从头查起。")) from None
    return Cursor(release, values, given)


def _typed(kind: Kind, value: Any) -> Any:
    if kind is Kind.DAY:
        return date.fromisoformat(value)
    wanted = {Kind.INTEGER: int, Kind.FLAG: bool, Kind.FLOAT: float}.get(kind, str)
    if type(value) is not wanted:
        raise ValueError(value)
    if isinstance(value, str) and "\x00" in value:
        raise ValueError(value)
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError(value)
    return value


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a table with what comes after them."""

    release: OpenRelease
    rows: tuple[Mapping[str, Any], ...]
    next: str
    left_out: int


def read_page(
    releases: ReleaseReader,
    table: Table,
    where: Mapping[str, Condition],
    *,
    cursor: str = "",
    limit: int = USUAL,
    columns: Sequence[str] = (),
) -> Page:
    """Up to `limit` rows that fit, in key order, from the cursor on."""
    place = read_cursor(cursor, table) if cursor else None
    release = _release(releases, place.release if place else "")
    if not release.has(table):
        raise NotFound(
            _("发布 {release} 中没有表 {table}").format(release=release.manifest.id, table=table.name),
            remedy=_("查 /api/v1 可得有的数据。"),
        )
    names = tuple(dict.fromkeys((*(columns or table.names), *table.key)))
    found = release.select(table, names, where, order=table.key, after=place.after if place else (), limit=limit).to_pylist()
    given = (place.given if place else 0) + len(found)
    left_out = max(release.count(table, where) - given, 0)
    last = Cursor(release.manifest.id, tuple(found[-1][name] for name in table.key), given).written() if found and left_out else ""
    return Page(release, tuple(found), last, left_out)


def _release(releases: ReleaseReader, named: str) -> OpenRelease:
    release = releases.open(named) if named else releases.current()
    if release is not None:
        return release
    if not named:
        raise nothing_published()
    if any(each.release == named for each in releases.notices()):
        raise TakenBack(_("游标所指的发布已经撤回"), remedy=_("从头查起。"))
    raise NotFound(_("游标所指的发布已不可用"), remedy=_("从头查起。"))


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON can hold it: days and moments as ISO 8601, exact decimals as text, numbers that are none as null."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
