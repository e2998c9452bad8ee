"""Where things are kept: a working store in a DuckDB file or a PostgreSQL database, told apart by its address; releases in a folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.store.duckdb import DuckDBStore
    from guibiao.store.postgres import PostgresStore
    from guibiao.store.release import FolderArchive

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


def open_store(location: str | Path, workspace: str, *, read_only: bool = False) -> DuckDBStore | PostgresStore:
    """Open the working store of a workspace, or make it where there is none and `read_only` is not asked.

    `location` is a path, `duckdb:///relative/path`, `duckdb:////absolute/path` or `postgresql://user@host/database`; an engine is
    imported only when it is used. BadRequest for another scheme, and where the store is held, damaged, newer or foreign.
    """
    text = str(location)
    scheme = _SCHEME.match(text)
    if scheme is None or isinstance(location, Path):
        return _open_file(Path(location), workspace, read_only)
    if scheme[1] == "duckdb" and text.startswith("duckdb:///"):
        return _open_file(Path(text.removeprefix("duckdb:///")), workspace, read_only)
    if scheme[1] in {"postgresql", "postgres"}:
        from guibiao.store.postgres import PostgresStore

        return PostgresStore(text, workspace, read_only=read_only)
    raise BadRequest(
        _("不认识的库地址：{location}").format(location=text),
        remedy=_("写成文件路径、duckdb:///路径 或 postgresql://用户@主机/数据库。"),
    )


def open_archive(folder: str | Path) -> FolderArchive:
    """The releases kept in a folder; it need not be there before the first one is made."""
    from guibiao.store.release import FolderArchive

    return FolderArchive(Path(folder))


def _open_file(path: Path, workspace: str, read_only: bool) -> DuckDBStore:
    from guibiao.store.duckdb import DuckDBStore

    return DuckDBStore(path, workspace, read_only=read_only)
