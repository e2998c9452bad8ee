"""DuckDB as an engine: connections with one set of settings, its errors in the user's words, and queries over Arrow tables."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from guibiao.model.errors import BadRequest, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.model.tables import Table

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SETTINGS: Mapping[str, str] = {
    "memory_limit": "2500MiB",
    # Its dictionary compression writes tables of text in two thirds of the time.
    "storage_compatibility_version": "v1.4.0",
    # A name in a query is a table of the store, never a variable of the calling program.
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
CHUNK = 122_880
"""Rows of one of DuckDB's row groups."""
_FULL = re.compile(r"no space left|file too large|disk quota|could not write|out of disk", re.IGNORECASE)
_FORBIDDEN = re.compile(r"permission denied|read-only file system|cannot open file", re.IGNORECASE)
_NEWER = re.compile(r"newer version|version number", re.IGNORECASE)


def connect(path: Path | None = None, *, read_only: bool = False, spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to a file, or to memory where there is no path.

    What does not fit in memory goes to `spill`: by default beside the file, or where the system keeps temporary files.
    """
    import duckdb

    with explained(path):
        connection = duckdb.connect(":memory:" if path is None else str(path), read_only=read_only, config=dict(SETTINGS))
    connection.execute("SET TimeZone = 'UTC'")
    if path is None:
        connection.execute(f"SET temp_directory = {literal(str(spill or _temporary_folder()))}")
    return connection


def _temporary_folder() -> Path | str:
    """A name for this process where the system keeps temporary files; nothing, so no spilling, where it has no such place."""
    try:
        return Path(tempfile.gettempdir()) / f"guibiao-{os.getpid()}"
    except FileNotFoundError:
        return ""


@contextmanager
def explained(path: Path | None) -> Iterator[None]:
    """Turn what DuckDB says about files into errors a person can act on; its other errors are a broken program's."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.ConnectionException, duckdb.FatalException, duckdb.InternalException) as error:
        raise _explain(str(error), path) from error
    except duckdb.TransactionException as error:
        if not _FULL.search(str(error)):
            raise
        raise _explain(str(error), path) from error
    except duckdb.SerializationException as error:
        raise _damaged(str(error), path) from error
    except duckdb.OutOfMemoryException as error:
        raise BadRequest(_("内存不足"), str(error), _("关闭其他程序，或减少一次处理的数据。"), Place(str(path or ""))) from error


def _explain(said: str, path: Path | None) -> GuibiaoError:
    place = Place(str(path or ""))
    holder = re.search(r"lock is held in (.*?) ?\(PID (\d+)\)(?: by user (\w+))?", said)
    if holder or "Could not set lock" in said:
        who = _("进程 {pid}（{program}）").format(pid=holder[2], program=holder[1]) if holder else _("另一个进程")
        return BadRequest(
            _("库文件正被{who}使用").format(who=who),
            said,
            _("等它结束后重试；如果它已经没有响应，先结束该进程。要同时读取，请使用已发布的版本。"),
            place,
        )
    if "different configuration" in said:
        return BadRequest(_("本进程已用另一种方式打开了这个库文件"), said, _("先关闭前一个连接。"), place)
    if _NEWER.search(said):
        return BadRequest(_("库文件由更新的数据库版本写成"), said, _("请使用写入它的那一版软件，或升级本软件。"), place)
    if _FULL.search(said):
        return BadRequest(_("写不进磁盘：空间不足或超出限额"), said, _("腾出空间后重新运行；此前的内容没有改变。"), place)
    if _FORBIDDEN.search(said):
        return BadRequest(_("没有权限打开库文件"), said, _("核对文件夹是否只读、是否属于当前用户。"), place)
    return _damaged(said, path)


def _damaged(said: str, path: Path | None) -> BadRequest:
    return BadRequest(
        _("库文件已损坏或不是本系统的库文件"),
        said,
        _("将它移到别处后重新运行：库可由工作区和收到的文件重建，但入库时间无法恢复。"),
        Place(str(path or "")),
    )


def evaluate(connection: duckdb.DuckDBPyConnection, sql: str, tables: Mapping[str, pa.Table], *, ordered: bool) -> pa.Table:
    """Result of a query over Arrow tables, sorted by its columns from left to right where it is to be `ordered`.

    The order makes the result a function of its inputs: threads may finish in any order.
    """
    with registered(connection, tables):
        return connection.execute(f"SELECT * FROM (\n{sql}\n) {'ORDER BY ALL' if ordered else ''}").to_arrow_table()


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> Iterator[None]:
    """Let queries name Arrow tables. DuckDB gives each thread a chunk of its own, so a long chunk is cut, without copying."""
    import pyarrow as pa

    for name, rows in tables.items():
        connection.register(name, pa.Table.from_batches(rows.to_batches(max_chunksize=CHUNK), rows.schema))
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(name)


def write_sorted(connection: duckdb.DuckDBPyConnection, table: Table, source: str, path: Path) -> int:
    """Write what a table expression gives to a Parquet file in key order; returns the number of rows. Same rows, same bytes."""
    columns, keys = (", ".join(map(identifier, names)) for names in (table.names, table.key))
    done = connection.execute(
        f"COPY (SELECT {columns} FROM {source} ORDER BY {keys}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    ).fetchone()
    return int(done[0]) if done else 0


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | int | date | datetime | Collection[str] | Collection[int] | None) -> str:
    """A value written into SQL.

    The DuckDB client looks at every bound parameter with pandas in hand, which costs a third of a second to import: more than the
    query. Texts are quoted by the standard's one rule; a NUL, which would end the statement, is refused.
    """
    if value is None:
        return "NULL"
    if isinstance(value, str):
        if "\0" in value:
            raise BadRequest(_("名称或键中含有空字符（NUL）"), remedy=_("核对输入的编码。"))
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return "[" + ", ".join(literal(each) for each in value) + "]"
