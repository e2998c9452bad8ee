"""The working store in one DuckDB file: the default. One process at a time holds it; readers of releases need it never."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from guibiao.model.errors import BadInput, BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.model.tables import STATEMENTS, Kind, Table
from guibiao.store.contents import (
    SCHEMA_VERSION,
    in_utc,
    known_ids,
    never_recorded,
    require_fingerprints,
    require_key,
    require_version,
    require_workspace,
)
from guibiao.store.engine import connect, evaluate, explained, identifier, literal, registered, write_sorted
from guibiao.store.pending import Pending
from guibiao.store.port import WITHDRAWN, Delivery, Rows, Stored
from guibiao.store.rows import arrow_rows, fingerprint, require_parquet
from guibiao.store.transaction import Transactions

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.FLAG: "BOOLEAN",
    Kind.FLOAT: "DOUBLE",
    Kind.EXACT: "DECIMAL(38, 10)",
    Kind.DAY: "DATE",
    Kind.MOMENT: "TIMESTAMPTZ",
}
_OWN_TABLES = """
CREATE SCHEMA guibiao_store;
CREATE SCHEMA guibiao_recorded;
CREATE TABLE guibiao_store.settings (name VARCHAR NOT NULL, value VARCHAR NOT NULL);
CREATE TABLE guibiao_store.tables (name VARCHAR NOT NULL, fingerprint VARCHAR NOT NULL);
CREATE TABLE guibiao_store.contents (
    id BIGINT NOT NULL, table_name VARCHAR NOT NULL, content_key VARCHAR NOT NULL, row_count BIGINT NOT NULL
);
CREATE TABLE guibiao_store.deliveries (
    sequence BIGINT NOT NULL, dataset VARCHAR NOT NULL, content_key VARCHAR NOT NULL, recorded_at TIMESTAMP NOT NULL
);
"""


RESERVED = frozenset({"guibiao_store", "guibiao_recorded", "main", "temp", "system"})
"""Names of schemas and of the engine's own catalogues: a file of such a name could not be told from them."""


@dataclass(slots=True)
class _Known:
    """What the store has read about itself; forgotten where a transaction is taken back. No other process writes meanwhile."""

    tables: set[str] = field(default_factory=set)
    contents: dict[str, dict[str, int]] = field(default_factory=dict)
    last_content: int = 0
    listed: list[str] = field(default_factory=list)
    """Rows of the list of contents that are still to be written, in the transaction that recorded them."""


class DuckDBStore:
    """`WorkingStore` in a DuckDB file, made where there is none; BadRequest where it is held, damaged, newer or foreign."""

    def __init__(self, path: Path, workspace: str, *, read_only: bool = False) -> None:
        self.path = path
        if path.name.split(".")[0] in RESERVED:
            title = _("库文件不能叫 {name}").format(name=path.name)
            raise BadRequest(title, remedy=_("换一个文件名；这个名字在库内部另有用途。"), place=Place(str(path)))
        if not path.exists():
            if read_only:
                raise BadRequest(_("没有库文件"), remedy=_("先运行 guibiao run。"), place=Place(str(path)))
            _create(path, workspace)
        self._connection: duckdb.DuckDBPyConnection | None = connect(path, read_only=read_only)
        self._known = _Known()
        self._pending = Pending()
        self._transactions = Transactions(lambda: self._send("BEGIN"), self._commit, self._take_back)
        try:
            self._check(workspace)
        except BaseException:
            self.close()
            raise

    def _check(self, workspace: str) -> None:
        import duckdb

        try:
            settings = dict(self._execute("SELECT name, value FROM guibiao_store.settings").fetchall())
        except duckdb.CatalogException:
            raise BadRequest(
                _("这个 DuckDB 文件不是本系统的库文件"), remedy=_("另用一个输出文件夹。"), place=Place(str(self.path))
            ) from None
        require_version(int(settings["schema_version"]), str(self.path))
        require_workspace(settings["workspace"], workspace, str(self.path))
        stored = dict(self._execute("SELECT name, fingerprint FROM guibiao_store.tables").fetchall())
        require_fingerprints(stored, str(self.path))

    def record(self, table: Table, content_key: str, rows: Rows) -> bool:
        """See `WorkingStore.record`."""
        require_key(content_key)
        with self.transaction():
            known = self._contents(table)
            if content_key in known:
                return False
            self._ensure_table(table)
            if isinstance(rows, Path):
                number = self._next_content()
                count = self._insert_file(table, number, rows)
                values = f"{number}, {literal(table.name)}, {literal(content_key)}, {count}"
                self._execute(f"INSERT INTO guibiao_store.contents VALUES ({values})")
            else:
                incoming = arrow_rows(table, rows)
                number = self._next_content()
                self._pending.add(table, number, content_key, incoming)
            known[content_key] = number
            if self._pending.full:
                self._flush()
        return True

    def recorded(self, table: Table) -> Mapping[str, int]:
        """See `WorkingStore.recorded`."""
        self._list_contents()
        return dict(
            self._fetch(f"SELECT content_key, row_count FROM guibiao_store.contents WHERE table_name = {literal(table.name)} ORDER BY id")
        )

    def deliver(self, dataset: str, content_key: str, recorded_at: datetime) -> bool:
        """See `WorkingStore.deliver`."""
        moment = in_utc(recorded_at).replace(tzinfo=None)
        with self.transaction():
            latest = self._fetch(f"SELECT arg_max(content_key, sequence) FROM guibiao_store.deliveries WHERE dataset = {literal(dataset)}")[
                0
            ][0]
            if (latest or WITHDRAWN) == content_key:
                return False
            self._list_contents()
            known = f"SELECT 1 FROM guibiao_store.contents WHERE content_key = {literal(content_key)} LIMIT 1"
            if content_key != WITHDRAWN and not self._fetch(known):
                raise never_recorded(content_key)
            values = f"{literal(dataset)}, {literal(content_key)}, {literal(moment)}"
            self._execute(
                f"INSERT INTO guibiao_store.deliveries SELECT coalesce(max(sequence), 0) + 1, {values} FROM guibiao_store.deliveries"
            )
        return True

    def deliveries(self, dataset_prefix: str = "") -> tuple[Delivery, ...]:
        """See `WorkingStore.deliveries`."""
        rows = self._fetch(
            "SELECT dataset, content_key, recorded_at FROM guibiao_store.deliveries"
            f" WHERE starts_with(dataset, {literal(dataset_prefix)}) ORDER BY sequence"
        )
        return tuple(Delivery(dataset, key, moment.replace(tzinfo=UTC)) for dataset, key, moment in rows)

    def current(self, dataset_prefix: str = "", recorded_as_of: datetime | None = None) -> Mapping[str, str]:
        """See `WorkingStore.current`."""
        until = "" if recorded_as_of is None else f"AND recorded_at <= {literal(in_utc(recorded_as_of).replace(tzinfo=None))}"
        rows = self._fetch(
            f"""
            SELECT dataset, arg_max(content_key, sequence) AS latest
            FROM guibiao_store.deliveries
            WHERE starts_with(dataset, {literal(dataset_prefix)}) {until}
            GROUP BY dataset HAVING latest <> {literal(WITHDRAWN)}
            ORDER BY dataset
            """
        )
        return dict(rows)

    def read(self, table: Table, content_keys: Collection[str]) -> pa.Table:
        """See `WorkingStore.read`."""
        return self._read(table, content_keys, "")

    def statements(self, content_keys: Collection[str], *, indicators: Collection[str] = (), as_of: date | None = None) -> pa.Table:
        """See `WorkingStore.statements`."""
        conditions = ""
        if indicators:
            conditions += f" AND {_among('indicator', sorted(set(indicators)))}"
        if as_of is not None:
            conditions += f" AND known_from <= {literal(as_of)}"
        return self._read(STATEMENTS, content_keys, conditions)

    def run(self, sql: str, tables: Mapping[str, pa.Table | Stored], *, ordered: bool = True) -> pa.Table:
        """See `WorkingStore.run`."""
        import duckdb

        given = {name: rows for name, rows in tables.items() if not isinstance(rows, Stored)}
        stored = {name: rows for name, rows in tables.items() if isinstance(rows, Stored)}
        try:
            for name, rows in stored.items():
                self._execute(f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS {self._selection(rows)}")
            if self._pending:
                self._flush()
            with explained(self.path):
                return evaluate(self._open(), sql, given, ordered=ordered)
        finally:
            for name in stored:
                # A query that failed has ended the transaction, and the views with it.
                with suppress(BadRequest, duckdb.Error):
                    self._execute(f"DROP VIEW IF EXISTS temp.{identifier(name)}")

    def export(self, table: Table, content_keys: Collection[str], path: Path) -> int:
        """See `WorkingStore.export`."""
        selection = self._selection(Stored(table, tuple(content_keys)))
        if self._pending:
            self._flush()
        with explained(path):
            return write_sorted(self._open(), table, f"({selection})", path)

    def transaction(self) -> AbstractContextManager[None]:
        """See `WorkingStore.transaction`."""
        return self._transactions()

    def close(self) -> None:
        """See `WorkingStore.close`."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with explained(self.path):
                connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            raise RuntimeError(f"the store {self.path} is closed")
        return self._connection

    def _execute(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Send one statement, after all that is held back; every statement of this store passes here."""
        if self._pending:
            self._flush()
        with explained(self.path):
            return self._open().execute(sql)

    def _send(self, sql: str) -> None:
        self._execute(sql)

    def _fetch(self, sql: str) -> list[Any]:
        return self._execute(sql).fetchall()

    def _commit(self) -> None:
        self._list_contents()
        self._send("COMMIT")

    def _list_contents(self) -> None:
        """Write down the contents recorded since the last time; before that, only this object knows of them."""
        listed, self._known.listed = self._known.listed, []
        if listed:
            self._execute(f"INSERT INTO guibiao_store.contents VALUES {', '.join(listed)}")

    def _take_back(self) -> None:
        self._known = _Known()
        self._pending = Pending()
        self._send("ROLLBACK")

    def _contents(self, table: Table) -> dict[str, int]:
        """Content key -> id of a table, read once."""
        found = self._known.contents.get(table.name)
        if found is None:
            self._list_contents()
            rows = self._fetch(f"SELECT content_key, id FROM guibiao_store.contents WHERE table_name = {literal(table.name)}")
            found = self._known.contents[table.name] = dict(rows)
        return found

    def _next_content(self) -> int:
        if not self._known.last_content:
            self._list_contents()
            self._known.last_content = self._fetch("SELECT coalesce(max(id), 0) FROM guibiao_store.contents")[0][0]
        self._known.last_content += 1
        return self._known.last_content

    def _ensure_table(self, table: Table) -> None:
        if table.name in self._known.tables:
            return
        self._known.tables.add(table.name)
        stored = self._fetch(f"SELECT fingerprint FROM guibiao_store.tables WHERE name = {literal(table.name)}")
        if stored:
            if stored[0][0] != fingerprint(table):
                raise ValueError(f"table {table.name} was stored with other columns")
            return
        columns = (f"{identifier(column.name)} {_TYPES[column.kind]}{'' if column.nullable else ' NOT NULL'}" for column in table.columns)
        self._execute(f"CREATE TABLE {_home(table)} (content BIGINT NOT NULL, position BIGINT NOT NULL, {', '.join(columns)})")
        self._execute(f"INSERT INTO guibiao_store.tables VALUES ({literal(table.name)}, {literal(fingerprint(table))})")

    def _flush(self) -> None:
        """Send what is held back."""
        batches, contents = self._pending.take()
        for table, rows in batches:
            with explained(self.path), registered(self._open(), {"incoming rows": rows}):
                self._execute(f'INSERT INTO {_home(table)} SELECT content, position, {_columns(table)} FROM "incoming rows"')
        values = ", ".join(f"({number}, {literal(table)}, {literal(key)}, {count})" for number, table, key, count in contents)
        self._execute(f"INSERT INTO guibiao_store.contents VALUES {values}")

    def _insert_file(self, table: Table, number: int, path: Path) -> int:
        import duckdb

        count = require_parquet(table, path)
        source = f"read_parquet({literal(str(path))}, file_row_number = true)"
        try:
            self._execute(f"INSERT INTO {_home(table)} SELECT {number}, file_row_number, {_columns(table)} FROM {source}")
        except duckdb.ConstraintException as error:
            raise BadInput(_("表 {table} 有不允许缺失的值缺失").format(table=table.name), str(error), place=Place(str(path))) from None
        return count

    def _selection(self, stored: Stored) -> str:
        numbers = known_ids(stored.table, self._contents(stored.table), stored.content_keys)
        if not numbers:
            empty = ", ".join(f"NULL::{_TYPES[column.kind]} AS {identifier(column.name)}" for column in stored.table.columns)
            return f"SELECT {empty} WHERE false"
        return f"SELECT {_columns(stored.table)} FROM {_home(stored.table)} WHERE {_among('content', numbers)}"

    def _read(self, table: Table, content_keys: Collection[str], conditions: str) -> pa.Table:
        numbers = known_ids(table, self._contents(table), content_keys)
        if not numbers:
            return table.arrow_schema().empty_table()
        chosen = f"{_among('content', numbers)}{conditions}"
        if len(numbers) == 1:
            sql = f"SELECT {_columns(table)} FROM {_home(table)} WHERE {chosen} ORDER BY position"
        else:
            ranks = f"SELECT unnest({literal(numbers)}) AS content, generate_subscripts({literal(numbers)}, 1) AS content_rank"
            sql = f"""
                SELECT {_columns(table)} FROM {_home(table)} JOIN ({ranks}) USING (content)
                WHERE {chosen}
                ORDER BY content_rank, position
            """
        found = self._execute(sql)
        with explained(self.path):
            return found.to_arrow_table().cast(table.arrow_schema())


def _create(path: Path, workspace: str) -> None:
    """A new file under its name in one step: killed meanwhile, no half-made file stands in the way."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with explained(path):
            connection = connect(temporary)
            try:
                connection.execute(_OWN_TABLES)
                for name, value in (("schema_version", str(SCHEMA_VERSION)), ("workspace", workspace)):
                    connection.execute(f"INSERT INTO guibiao_store.settings VALUES ({literal(name)}, {literal(value)})")
            finally:
                connection.close()
        _keep_the_first(temporary, path)
    except OSError as error:
        raise BadRequest(
            _("不能在此建立库文件"), str(error), _("核对文件夹是否存在、是否只读、磁盘是否已满。"), Place(str(path))
        ) from error
    finally:
        if path.parent.is_dir():
            temporary.unlink(missing_ok=True)


def _keep_the_first(temporary: Path, path: Path) -> None:
    """Give the new file its name; where another process was first, its file stays."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links.
        if not path.exists():
            temporary.replace(path)


def _home(table: Table) -> str:
    return f"guibiao_recorded.{identifier(table.name)}"


def _columns(table: Table) -> str:
    return ", ".join(identifier(name) for name in table.names)


def _among(column: str, values: Sequence[str] | Sequence[int]) -> str:
    """Condition that a column holds one of the values, with its range, by which the engine passes over what it need not read."""
    if len(values) == 1:
        return f"{column} = {literal(values[0])}"
    listed = ", ".join(map(literal, values))
    return f"{column} BETWEEN {literal(min(values))} AND {literal(max(values))} AND {column} IN ({listed})"
