"""Restoring a backup into a store that holds nothing: everything, compared with what was backed up, in one transaction, or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from sqlalchemy.schema import CreateSchema, DropSchema

from guibiao.model.errors import BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.store.files import sha256, sync, writing
from guibiao.store.operations.backup import LEFT_OUT, Source, closing_engine, reflected, require_store, table_digest
from guibiao.store.operations.backup_file import Backup, BackupReader, damaged, opened_backup
from guibiao.store.operations.database import ONE_WRITER
from guibiao.store.operations.opening import configuration, engine_at, explained, lock_for_change, require_own, revision_of, revisions

_BATCH = 500


def restore(path: Path, target: Source, *, told: Callable[[str], object] = lambda _text: None) -> Backup:
    """Fill an empty store, of either engine, from a backup; returns the backup's manifest.

    Every part of the file is checked first. The rows are read back and compared with the manifest before they count; those of an older
    form are then brought up to date, and `told` gets a sentence. BadInput for a damaged file; BadRequest where the store is not empty,
    another workspace's, or newer.
    """
    with opened_backup(path) as reader:
        backup = reader.backup
        _require_fitting(backup, target.workspace, path)
        reader.verify()
        fresh = _new_file(target)
        engine, place = engine_at(target.location, target.workspace)
        try:
            with closing_engine(engine), explained(place), engine.connect() as connection:
                connection.info["writing"] = True
                with _taken_back_on_failure() as added, connection.begin():
                    _fill(connection, reader, path, place)
                    _restore_evidence(reader, target.evidence, added)
                    if backup.revision != revisions()[0]:
                        command.upgrade(configuration(connection), "head")
                        told(_("业务库结构已由 {old} 升级到 {new}，内容未变。").format(old=backup.revision, new=revisions()[0]))
        except BaseException:
            if fresh is not None:
                fresh.unlink(missing_ok=True)
            raise
    return backup


def _require_fitting(backup: Backup, workspace: str, path: Path) -> None:
    if backup.workspace != workspace:
        raise BadRequest(
            _("这是工作区 {kept} 的备份，不是 {workspace} 的").format(kept=backup.workspace, workspace=workspace),
            remedy=_("用 --workspace 指明备份所属的工作区。"), place=Place(path.name),
        )  # fmt: skip
    if backup.revision not in revisions():
        raise BadRequest(_("备份由更新的版本写成"), remedy=_("请升级本软件；库没有改动。"), place=Place(path.name))


def _new_file(target: Source) -> Path | None:
    """The SQLite file that this makes, to be taken away where it fails; None where there was one, or for PostgreSQL."""
    text = target.location.removeprefix("sqlite:///")
    return None if "://" in text or Path(text).exists() else Path(text)


def _fill(connection: sa.Connection, reader: BackupReader, path: Path, place: str) -> None:
    lock_for_change(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(ONE_WRITER)
    _require_empty(connection, place)
    _clear(connection)
    backup = reader.backup
    command.upgrade(configuration(connection), backup.revision)
    tables = reflected(connection)
    _require_same_tables(backup, tables, path)
    for table in backup.tables:
        columns = tables[table.name].columns
        rows = (_values(columns, row, path) for row in reader.rows(table))
        while batch := list(islice(rows, _BATCH)):
            connection.execute(sa.insert(tables[table.name]), batch)
        _continue_numbers(connection, tables[table.name])
    for table in backup.tables:
        if table_digest(connection, tables[table.name]) != table:
            raise damaged(path, f"tables/{table.name}.jsonl")
    require_store(connection, backup.workspace, place)


def _require_empty(connection: sa.Connection, place: str) -> None:
    """BadRequest where anything is in the store: what is there was decided by people, and no restoring overwrites it."""
    require_own(revision_of(connection), connection, place)
    for name, table in reflected(connection).items():
        if name != "settings" and connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise BadRequest(
                _("业务库里已有内容（{table}），没有恢复").format(table=name),
                remedy=_("用 --operations 或 --out 指定一个空的位置；已有的库没有改动。"), place=Place(place),
            )  # fmt: skip


def _clear(connection: sa.Connection) -> None:
    """Take the empty tables away, which may be of another revision."""
    if connection.dialect.name == "postgresql":
        schema = connection.execute(sa.select(sa.func.current_schema())).scalar_one()
        connection.execute(DropSchema(schema, cascade=True))
        connection.execute(CreateSchema(schema))
        return
    metadata = sa.MetaData()
    metadata.reflect(connection)
    metadata.drop_all(connection)


def _require_same_tables(backup: Backup, tables: Mapping[str, sa.Table], path: Path) -> None:
    if {table.name for table in backup.tables} != set(tables) - set(LEFT_OUT):
        raise damaged(path, "manifest.json")


def _values(columns: Any, row: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """A row as column values; BadInput where its columns are not the table's or a value is of another kind."""
    if set(row) != {column.name for column in columns}:
        raise damaged(path, columns[0].table.name)
    try:
        return {column.name: _value(column.type, row[column.name]) for column in columns}
    except (TypeError, ValueError):
        raise damaged(path, columns[0].table.name) from None


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, sa.DateTime):
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return moment if kind.timezone else moment.replace(tzinfo=None)
    return date.fromisoformat(value) if isinstance(kind, sa.Date) else value


def _continue_numbers(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL number new rows behind the restored ones; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if column.autoincrement is True or column.server_default is not None:
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            last = connection.execute(sa.select(sa.func.max(column))).scalar()
            if last is not None:
                connection.execute(sa.select(sa.func.setval(sequence, last)))


@contextmanager
def _taken_back_on_failure() -> Iterator[list[Path]]:
    """A list of files that are taken away again where anything fails."""
    added: list[Path] = []
    try:
        yield added
    except BaseException:
        for path in added:
            path.unlink(missing_ok=True)
        raise


def _restore_evidence(reader: BackupReader, folder: Path, added: list[Path]) -> None:
    """Put the evidence files beside those that are there already."""
    with writing(folder):
        for digest in reader.backup.evidence:
            path = folder / digest
            if not (path.is_file() and sha256(path) == digest):
                added.append(path)
                _evidence_written(reader, digest, path)


def _evidence_written(reader: BackupReader, digest: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".restoring-{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            for block in reader.blocks(digest):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def verify_backup(path: Path) -> Backup:
    """The manifest of a backup whose every part is as it was written; BadInput."""
    with opened_backup(path) as reader:
        reader.verify()
        return reader.backup
