"""Backing an operations store up while it is in use: what the file holds is of one moment, and checked as it is written."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from guibiao.model.errors import BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.store.files import sha256, sync, writing
from guibiao.store.operations.backup_file import DIGEST, MANIFEST, BackedChain, BackedTable, Backup, chains_of
from guibiao.store.operations.opening import PATIENCE, engine_at, explained, require_own, revision_of
from guibiao.store.port import Busy

LEFT_OUT = ("request_rates", "sessions", "sign_in_attempts")
"""Tables of no backup: who restores one wants nobody to be signed in by it, and counts of the last minutes are over."""
_BATCH = 1000
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A store to be backed up: its address, its workspace, the folder of its evidence files."""

    location: str
    workspace: str
    evidence: Path


def back_up(source: Source, target: Path, *, at: datetime, software: str) -> Backup:
    """Write a backup of one moment into a new file that only its owner may read; returns its manifest.

    People go on working meanwhile. Evidence that is gone or damaged is named in the manifest, a broken audit chain kept as it is: a backup
    does not wait for things to be well. BadRequest where there is no store, the file is there already or cannot be written.
    """
    if target.exists():
        raise BadRequest(
            _("文件 {name} 已经有了").format(name=target.name), remedy=_("换一个文件名；备份不覆盖备份。"), place=Place(str(target))
        )
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                with snapshot(source) as (connection, _place), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    backup = _written(connection, archive, source, at, software)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
            sync(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
    return backup


@contextmanager
def snapshot(source: Source) -> Iterator[tuple[sa.Connection, str]]:
    """The store as it is at one moment, and its name for people: a copy of a SQLite file by its online backup, a repeatable read."""
    engine, place = engine_at(source.location, source.workspace)
    try:
        if engine.dialect.name == "sqlite":
            with TemporaryDirectory() as folder:
                copy = Path(folder) / "operations.db"
                _copy_online(Path(str(engine.url.database)), copy, place)
                copied, _place = engine_at(copy, source.workspace)
                with closing_engine(copied), explained(place), copied.connect() as connection, connection.begin():
                    require_store(connection, source.workspace, place)
                    yield connection, place
        else:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            with explained(place), engine.connect().execution_options(**options) as connection, connection.begin():
                require_store(connection, source.workspace, place)
                yield connection, place
    finally:
        engine.dispose()


@contextmanager
def closing_engine(engine: sa.Engine) -> Iterator[None]:
    """Give the engine's connections up at the end."""
    try:
        yield
    finally:
        engine.dispose()


def require_store(connection: sa.Connection, workspace: str, place: str) -> str:
    """The store's revision; BadRequest where there is no store, or that of something or somebody else."""
    revision = revision_of(connection)
    require_own(revision, connection, place)
    if revision is None:
        raise BadRequest(_("这里没有业务库"), remedy=_("核对 --out 和 --operations；还没有用户和台账时不必备份。"), place=Place(place))
    kept = connection.execute(sa.text("SELECT value FROM settings WHERE name = 'workspace'")).scalar()
    if kept not in (None, workspace):
        raise BadRequest(
            _("这是工作区 {kept} 的业务库，不是 {workspace} 的").format(kept=kept, workspace=workspace),
            remedy=_("用 --out 或 --operations 指定另一个位置。"), place=Place(place),
        )  # fmt: skip
    return revision


def reflected(connection: sa.Connection) -> dict[str, sa.Table]:
    """The store's own tables as the engine has them, by name: also those of an older revision."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return {name: table for name, table in sorted(metadata.tables.items()) if name != "alembic_version"}


def lines_of(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
    """A table's rows in the order of its primary key, a line of canonical JSON each: equal on both engines for equal contents."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    if connection.dialect.name == "postgresql":
        # By bytes, as SQLite does: a server's collation may order otherwise.
        query = sa.select(table).order_by(*map(_by_bytes, table.primary_key.columns))
    for row in connection.execute(query, execution_options={"yield_per": _BATCH}).mappings():
        plain = {name: _plain(value) for name, value in row.items()}
        yield json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _by_bytes(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.collate(column, "C") if isinstance(column.type, sa.Text) else column


def _plain(value: Any) -> Any:
    """A column value as JSON; moments of SQLite, which keeps no time zone, are UTC."""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def _copy_online(path: Path, copy: Path, place: str) -> None:
    """A copy of one moment; writers wait at most while it is made, and it waits for them."""
    if not path.is_file():
        raise BadRequest(_("这里没有业务库"), remedy=_("核对 --out 和 --operations；还没有用户和台账时不必备份。"), place=Place(place))
    deadline = time.monotonic() + PATIENCE

    def look_at_the_clock(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise Busy(_("业务库正被另一个进程写入"), "", _("等它结束后重试；什么都没有改动。"), Place(place))

    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target, progress=look_at_the_clock)
    except sqlite3.Error as error:
        raise BadRequest(
            _("业务库文件已损坏或不是业务库"), str(error), _("从备份恢复；不要删除，其中的决定和历史无法重建。"), Place(place)
        ) from None


def _written(connection: sa.Connection, archive: zipfile.ZipFile, source: Source, at: datetime, software: str) -> Backup:
    tables, left_out = [], {}
    chains: tuple[BackedChain, ...] = ()
    found = reflected(connection)
    for name, table in found.items():
        if name in LEFT_OUT:
            left_out[name] = int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            continue
        with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as part:
            tables.append(_table_written(name, lines_of(connection, table), part.write))
        if name == "audit":
            chains = chains_of(map(json.loads, lines_of(connection, table)))
    kept, missing = _evidence_written(archive, source.evidence, _evidence_of(connection, found))
    revision = revision_of(connection)
    backup = Backup(
        workspace=source.workspace, revision=str(revision), software=software, engine=connection.dialect.name, made_at=at.astimezone(UTC),
        tables=tuple(tables), chains=chains, left_out=left_out, evidence=kept, missing=missing,
    )  # fmt: skip
    archive.writestr(MANIFEST, json.dumps(backup.to_dict(), ensure_ascii=False, indent=1))
    return backup


def _table_written(name: str, lines: Iterator[bytes], write: Callable[[bytes], object]) -> BackedTable:
    digest, rows = hashlib.sha256(), 0
    for line in lines:
        digest.update(line)
        rows += 1
        write(line)
    return BackedTable(name=name, rows=rows, sha256=digest.hexdigest())


def table_digest(connection: sa.Connection, table: sa.Table) -> BackedTable:
    """What a table holds now, in the terms of a manifest."""
    return _table_written(table.name, lines_of(connection, table), len)


def _evidence_of(connection: sa.Connection, tables: dict[str, sa.Table]) -> list[str]:
    table = tables["evidence"]
    return list(connection.execute(sa.select(table.c.sha256).distinct().order_by(table.c.sha256)).scalars())


def _evidence_written(archive: zipfile.ZipFile, folder: Path, digests: list[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    kept, missing = {}, []
    for digest in digests:
        path = folder / digest
        if not DIGEST.fullmatch(digest) or not path.is_file() or sha256(path) != digest:
            missing.append(digest)
            continue
        kept[digest] = path.stat().st_size
        part = zipfile.ZipInfo(f"evidence/{digest}")
        part.external_attr = 0o600 << 16
        with path.open("rb") as content, archive.open(part, "w", force_zip64=True) as into:
            while block := content.read(_BLOCK):
                into.write(block)
    return kept, tuple(missing)
