"""Releases in a folder: immutable folders of Parquet and DuckDB, an append-only journal beside them, and an atomic pointer.

releases/current            id of the release that readers see
releases/journal.jsonl      who did what to which release, when and why
releases/<id>/manifest.json SHA-256, size and rows of every file
releases/<id>/release.duckdb, <table>.parquet
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.model.errors import BadInput, BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.model.release import Event, Fault, FaultKind, Manifest, ReleasedFile
from guibiao.model.tables import OBSERVATIONS, STATEMENTS, Table
from guibiao.store.engine import connect, explained, identifier, literal, registered, write_sorted
from guibiao.store.files import append_line, locked, remove, replace_whole, sha256, sync, whole_lines, writing
from guibiao.store.manifest import event_line, manifest_text, parse_event, parse_manifest
from guibiao.store.port import Rows, Source
from guibiao.store.rows import arrow_rows, require_parquet

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MANIFEST = "manifest.json"
DATABASE = "release.duckdb"
POINTER = "current"
JOURNAL = "journal.jsonl"
PLACE, PLACES = "place_in_release", "_places"
"""Number of a row in a table of figures, and what the name of the table ends in that says where each indicator's rows are."""
CLUSTER = ("indicator", "area", "categories")
CLUSTERED = {table.name: table for table in (OBSERVATIONS, STATEMENTS)}
"""Tables that may be large."""
ROW_GROUP = 24_576
"""Rows of a row group: a query of one series reads one or two of them."""
_UNFINISHED = ".making-"
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")


class FolderArchive:
    """`ReleaseArchive` in the folder `releases`, here or on shared storage."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def lock(self) -> Iterator[None]:
        """See `ReleaseArchive.lock`."""
        with locked(self.folder / ".lock"):
            for unfinished in self.folder.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(unfinished, ignore_errors=True)
            for unfinished in self.folder.glob(f".{POINTER}.*"):
                unfinished.unlink(missing_ok=True)
            yield

    def create(self, tables: Mapping[Table, Rows | Source], describe: Callable[[Mapping[str, str]], Manifest]) -> Manifest:
        """See `ReleaseArchive.create`."""
        making = self.folder / f"{_UNFINISHED}{os.getpid()}"
        with writing(self.folder):
            making.mkdir(parents=True)
        try:
            with explained(making), connect(spill=making / "spilled") as connection:
                files = {table.name: _write_parquet(connection, table, rows, making) for table, rows in tables.items()}
            described = describe({name: file.sha256 for name, file in files.items()})
            if not self.faults(described.id):
                return self._manifest(described.id)
            _write_database(making, files)
            return self._finish(making, replace(described, files=(*files.values(), _described(making / DATABASE))))
        finally:
            shutil.rmtree(making, ignore_errors=True)

    def _finish(self, making: Path, manifest: Manifest) -> Manifest:
        """Everything to disk, then the name: from here on the release is there, whole."""
        place = self.folder / manifest.id
        with writing(place):
            (making / MANIFEST).write_text(manifest_text(manifest), encoding="utf-8")
            for file in making.iterdir():
                file.chmod(0o444)
                sync(file)
            sync(making)
            if place.exists():
                place.rename(self.folder / f"{_UNFINISHED}damaged-{manifest.id}")
            making.rename(place)
            sync(self.folder)
            shutil.rmtree(self.folder / f"{_UNFINISHED}damaged-{manifest.id}", ignore_errors=True)
        return manifest

    def manifests(self) -> Mapping[str, Manifest]:
        """See `ReleaseArchive.manifests`."""
        found = {}
        for name in sorted(path.name for path in self.folder.glob("[!.]*") if path.is_dir()):
            with suppress(BadRequest):
                found[name] = self._manifest(name)
        return found

    def manifest_digest(self, release: str) -> str:
        """See `ReleaseArchive.manifest_digest`."""
        path = self._require(release) / MANIFEST
        return sha256(path) if path.is_file() else ""

    def faults(self, release: str) -> tuple[Fault, ...]:
        """See `ReleaseArchive.faults`."""
        folder = self.folder / release
        if not _NAME.fullmatch(release) or not folder.is_dir():
            return (Fault(FaultKind.MISSING, release),)
        try:
            manifest = self._manifest(release)
        except BadRequest:
            return (Fault(FaultKind.UNREADABLE if (folder / MANIFEST).exists() else FaultKind.MISSING, MANIFEST),)
        listed = {file.name: file for file in manifest.files}
        present = {path.name for path in folder.iterdir()} - {MANIFEST}
        faults = [Fault(FaultKind.MISSING, name) for name in sorted(listed.keys() - present)]
        faults += [Fault(FaultKind.UNLISTED, name) for name in sorted(present - listed.keys())]
        for name in sorted(present & listed.keys()):
            if (folder / name).stat().st_size != listed[name].size or sha256(folder / name) != listed[name].sha256:
                faults.append(Fault(FaultKind.CHANGED, name))
        return tuple(faults)

    def events(self) -> tuple[Event, ...]:
        """See `ReleaseArchive.events`."""
        events = []
        for number, line in enumerate(whole_lines(self.folder / JOURNAL), start=1):
            try:
                events.append(parse_event(line))
            except ValueError as error:
                raise BadRequest(
                    _("发布日志的这一行已损坏"),
                    str(error),
                    _("从备份恢复该文件；不要删改其中的行。"),
                    Place(str(self.folder / JOURNAL), number),
                ) from None
        return tuple(events)

    def append(self, event: Event) -> None:
        """See `ReleaseArchive.append`."""
        append_line(self.folder / JOURNAL, event_line(event))

    def pointer(self) -> str:
        """See `ReleaseArchive.pointer`."""
        try:
            return (self.folder / POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def point(self, release: str) -> None:
        """See `ReleaseArchive.point`."""
        if release:
            replace_whole(self.folder / POINTER, f"{release}\n".encode())
        else:
            remove(self.folder / POINTER)

    def read(self, release: str, table: str) -> pa.Table:
        """See `ReleaseArchive.read`."""
        with self.reader(release) as reader:
            return reader.read(table)

    def reader(self, release: str = "") -> ReleaseReader:
        """The release, or the published one where none is named; BadRequest where there is none."""
        wanted = release or self.pointer()
        if not wanted:
            raise BadRequest(
                _("还没有发布任何版本"),
                remedy=_("先运行 guibiao release publish；已拟定的版本见 guibiao release list。"),
                place=Place(str(self.folder)),
            )
        return ReleaseReader(self._require(wanted))

    def changes(self, table: Table, old: str, new: str, compared: Collection[str]) -> pa.Table:
        """See `ReleaseArchive.changes`."""
        sides = {"old": self._require(old, table), "new": self._require(new, table)}
        first = identifier(table.key[0])
        keys = ", ".join(identifier(name) for name in table.key)
        values = ", ".join(f"{side}.{identifier(name)} AS {identifier(f'{side}_{name}')}" for name in compared for side in sides)
        differing = " OR ".join(f"old.{identifier(name)} IS DISTINCT FROM new.{identifier(name)}" for name in compared)
        sources = {side: f"read_parquet({literal(str(folder / f'{table.name}.parquet'))})" for side, folder in sides.items()}
        sql = f"""
            SELECT {keys},
                CASE WHEN old.{first} IS NULL THEN 'added' WHEN new.{first} IS NULL THEN 'removed' ELSE 'revised' END AS change,
                {values}
            FROM {sources["old"]} AS old FULL JOIN {sources["new"]} AS new USING ({keys})
            WHERE old.{first} IS NULL OR new.{first} IS NULL OR {differing}
            ORDER BY {keys}
        """
        with explained(self.folder), connect() as connection:
            return connection.execute(sql).to_arrow_table()

    def _require(self, release: str, table: Table | None = None) -> Path:
        """The folder of a release; BadRequest where there is none, or it lacks the table."""
        folder = self.folder / release
        if not _NAME.fullmatch(release) or not folder.is_dir():
            raise BadRequest(_("没有发布 {release}").format(release=release or "—"), remedy=_("用 guibiao release list 查看。"))
        if table and not (folder / f"{table.name}.parquet").is_file():
            raise BadRequest(_("发布 {release} 中没有表 {table}").format(release=release, table=table.name), remedy=_("换一个发布。"))
        return folder

    def _manifest(self, release: str) -> Manifest:
        path = self._require(release) / MANIFEST
        try:
            manifest = parse_manifest(path.read_text(encoding="utf-8"))
            if manifest.id != release:
                raise ValueError(f"the manifest of {manifest.id} in the folder of {release}")
        except (OSError, ValueError) as error:
            raise BadRequest(_("不能读取发布清单"), str(error), _("重新拟定该发布。"), Place(str(path))) from None
        return manifest


class ReleaseReader:
    """One release, read-only: any number of processes may hold it at once, and nobody can change it through this."""

    def __init__(self, folder: Path) -> None:
        if not (folder / DATABASE).is_file():
            raise BadRequest(
                _("发布 {release} 缺少 {name}").format(release=folder.name, name=DATABASE),
                remedy=_("用 guibiao release verify 检查，再重新拟定该发布。"),
                place=Place(str(folder)),
            )
        self.folder = folder
        self._connection = connect(folder / DATABASE, read_only=True)

    @property
    def manifest(self) -> Manifest:
        """What the release holds and where it comes from."""
        return parse_manifest((self.folder / MANIFEST).read_text(encoding="utf-8"))

    def read(self, table: str, **equal: str) -> pa.Table:
        """Rows of a table in key order, those with the given texts in the given columns where any are named."""
        conditions = " AND ".join(f"{identifier(name)} = {literal(value)}" for name, value in equal.items()) or "true"
        with explained(self.folder / DATABASE):
            found = self._connection.execute(f"SELECT * FROM {identifier(table)} WHERE {conditions}").to_arrow_table()
        return _in_key_order(found, table) if PLACE in found.column_names else found

    def close(self) -> None:
        """Give up the release."""
        self._connection.close()

    def __enter__(self) -> ReleaseReader:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def _write_parquet(connection: duckdb.DuckDBPyConnection, table: Table, rows: Rows | Source, folder: Path) -> ReleasedFile:
    """A table in key order: the same rows give the same bytes, in whatever order and from wherever they come."""
    path = folder / f"{table.name}.parquet"
    if isinstance(rows, Source):
        rows.store.export(table, rows.content_keys, path)
    elif isinstance(rows, Path):
        require_parquet(table, rows)
        write_sorted(connection, table, f"read_parquet({literal(str(rows))})", path)
    else:
        with registered(connection, {"incoming": arrow_rows(table, rows)}):
            write_sorted(connection, table, "incoming", path)
    count = _require_unique(connection, table, path)
    return replace(_described(path), rows=count)


def _require_unique(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> int:
    """Number of rows; BadInput where two have one key. Hashes tell whether to look closer, which rarely has to be done."""
    keys, source = ", ".join(identifier(name) for name in table.key), f"read_parquet({literal(str(path))})"
    count, different = _row(connection, f"SELECT count(*), count(DISTINCT hash({keys})) FROM {source}")
    if count != different:
        doubled = f"SELECT {keys} FROM {source} GROUP BY {keys} HAVING count(*) > 1"
        found = _row(connection, f"SELECT count(*), first(concat_ws(' ', {keys}) ORDER BY {keys}) FROM ({doubled})")
        if found[0]:
            raise BadInput(
                _("表 {table} 有重复的键，不能发布").format(table=table.name),
                _("共 {count} 个，例如 {key}。").format(count=found[0], key=found[1]),
                _("每个键只能有一行；核对来源表和取数次序。"),
            )
    return int(count)


def _in_key_order(rows: pa.Table, name: str) -> pa.Table:
    """Rows of a table of figures without their numbers; sorted where they are stored in another order."""
    key = CLUSTERED[name].key
    ordered = rows if key[: len(CLUSTER)] == CLUSTER else rows.sort_by([(column, "ascending") for column in key])
    return ordered.drop_columns([PLACE])


def _row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row


def _write_database(folder: Path, files: Mapping[str, ReleasedFile]) -> None:
    """The tables as readers query them: in small row groups, and the large ones by indicator, area and categories.

    Their rows are numbered in `PLACE`, and `<table>_places` says where each indicator's begin and end: the engine skips row groups by
    numbers, but sees only the first eight bytes of a text.
    """
    with explained(folder / DATABASE), connect() as connection:
        connection.execute(f"ATTACH {literal(str(folder / DATABASE))} AS released (ROW_GROUP_SIZE {ROW_GROUP})")
        for name, file in files.items():
            source = f"read_parquet({literal(str(folder / file.name))}, file_row_number = true)"
            stored = f"released.{identifier(name)}"
            if name not in CLUSTERED:
                connection.execute(f"CREATE TABLE {stored} AS SELECT * EXCLUDE (file_row_number) FROM {source}")
                continue
            number, order = "file_row_number", ""
            if CLUSTERED[name].key[: len(CLUSTER)] != CLUSTER:
                number = f"row_number() OVER (ORDER BY {', '.join(CLUSTER)}, file_row_number) - 1"
                order = f"ORDER BY {PLACE}"
            columns = f"SELECT * EXCLUDE (file_row_number), {number} AS {PLACE} FROM {source}"
            connection.execute(f"CREATE TABLE {stored} AS SELECT * FROM ({columns}) {order}")
            ranges = f"SELECT indicator, min({PLACE}) AS first, max({PLACE}) AS last FROM {stored} GROUP BY indicator ORDER BY first"
            connection.execute(f"CREATE TABLE released.{identifier(name + PLACES)} AS {ranges}")
        connection.execute("DETACH released")


def _described(path: Path) -> ReleasedFile:
    return ReleasedFile(path.name, sha256(path), path.stat().st_size)
