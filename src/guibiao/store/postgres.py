"""The working store in PostgreSQL 15 or later: one schema for each workspace, many processes at once.

Rows go in and out by COPY. Compiled queries are evaluated by DuckDB over what was read, so that a formula gives the same figures
whichever store holds them. Needs the extra `postgres`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from io import BytesIO
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
from guibiao.store.engine import connect, evaluate, explained, literal, write_sorted
from guibiao.store.port import WITHDRAWN, Delivery, Rows, Stored
from guibiao.store.rows import arrow_rows, fingerprint, parquet_batches
from guibiao.store.transaction import Transactions

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa
    from psycopg.sql import Composed

NAME_BYTES = 63
"""PostgreSQL cuts longer names off without a word."""
_BLOCK = 4 * 1024 * 1024
_TYPES = {
    Kind.TEXT: "text",
    Kind.INTEGER: "bigint",
    Kind.FLAG: "boolean",
    Kind.FLOAT: "double precision",
    Kind.EXACT: "numeric(38, 10)",
    Kind.DAY: "date",
    Kind.MOMENT: "timestamp with time zone",
}
_OWN_TABLES = """
CREATE SCHEMA {schema};
CREATE TABLE {schema}.store_settings (name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE {schema}.store_tables (name text PRIMARY KEY, fingerprint text NOT NULL);
CREATE TABLE {schema}.store_contents (
    id bigint PRIMARY KEY, table_name text NOT NULL, content_key text NOT NULL, row_count bigint NOT NULL,
    UNIQUE (table_name, content_key)
);
CREATE TABLE {schema}.store_deliveries (
    sequence bigint PRIMARY KEY, dataset text COLLATE "C" NOT NULL, content_key text NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);
"""


class PostgresStore:
    """`WorkingStore` in a PostgreSQL schema, made where there is none; BadRequest where it is newer, foreign or out of reach."""

    def __init__(self, url: str, workspace: str, *, read_only: bool = False) -> None:
        self.schema = _schema_name(workspace)
        self._connection = _connect(url)
        self.place = f"postgresql://{self._connection.info.host}/{self._connection.info.dbname} {self.schema}"
        self._evaluation: Any = None
        self._transactions = Transactions(self._begin, lambda: self._send("COMMIT"), lambda: self._send("ROLLBACK"))
        try:
            self._prepare(workspace, read_only)
        except BaseException:
            self.close()
            raise

    def _prepare(self, workspace: str, read_only: bool) -> None:
        if read_only:
            self._send("SET default_transaction_read_only = on")
        if not self._fetch("SELECT 1 FROM pg_namespace WHERE nspname = %s", [self.schema]):
            if read_only:
                raise BadRequest(_("没有库文件"), remedy=_("先运行 guibiao run。"), place=Place(self.place))
            self._create(workspace)
        if not self._fetch("SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'store_settings'", [self.schema]):
            raise BadRequest(_("这个 PostgreSQL 模式不是本系统的库"), remedy=_("另用一个数据库。"), place=Place(self.place))
        settings = dict(self._fetch("SELECT name, value FROM {schema}.store_settings"))
        require_version(int(settings["schema_version"]), self.place)
        require_workspace(settings["workspace"], workspace, self.place)
        require_fingerprints(dict(self._fetch("SELECT name, fingerprint FROM {schema}.store_tables")), self.place)

    def _create(self, workspace: str) -> None:
        with self.transaction():
            if self._fetch("SELECT 1 FROM pg_namespace WHERE nspname = %s", [self.schema]):
                return
            for statement in filter(None, map(str.strip, _OWN_TABLES.split(";"))):
                self._execute(statement)
            for pair in (["schema_version", str(SCHEMA_VERSION)], ["workspace", workspace]):
                self._execute("INSERT INTO {schema}.store_settings VALUES (%s, %s)", pair)

    def record(self, table: Table, content_key: str, rows: Rows) -> bool:
        """See `WorkingStore.record`."""
        require_key(content_key)
        with self.transaction():
            if content_key in self._contents(table):
                return False
            self._ensure_table(table)
            number = self._fetch("SELECT coalesce(max(id), 0) + 1 FROM {schema}.store_contents")[0][0]
            batches = parquet_batches(table, rows) if isinstance(rows, Path) else [arrow_rows(table, rows)]
            count = self._copy_in(table, number, batches)
            self._execute("INSERT INTO {schema}.store_contents VALUES (%s, %s, %s, %s)", [number, table.name, content_key, count])
        return True

    def recorded(self, table: Table) -> Mapping[str, int]:
        """See `WorkingStore.recorded`."""
        sql = "SELECT content_key, row_count FROM {schema}.store_contents WHERE table_name = %s ORDER BY id"
        return dict(self._fetch(sql, [table.name]))

    def deliver(self, dataset: str, content_key: str, recorded_at: datetime) -> bool:
        """See `WorkingStore.deliver`."""
        moment = in_utc(recorded_at)
        with self.transaction():
            latest = self._fetch(
                "SELECT content_key FROM {schema}.store_deliveries WHERE dataset = %s ORDER BY sequence DESC LIMIT 1",
                [dataset],
            )
            if (latest[0][0] if latest else WITHDRAWN) == content_key:
                return False
            if content_key != WITHDRAWN and not self._fetch(
                "SELECT 1 FROM {schema}.store_contents WHERE content_key = %s LIMIT 1", [content_key]
            ):
                raise never_recorded(content_key)
            self._execute(
                "INSERT INTO {schema}.store_deliveries SELECT coalesce(max(sequence), 0) + 1, %s, %s, %s FROM {schema}.store_deliveries",
                [dataset, content_key, moment],
            )
        return True

    def deliveries(self, dataset_prefix: str = "") -> tuple[Delivery, ...]:
        """See `WorkingStore.deliveries`."""
        rows = self._fetch(
            "SELECT dataset, content_key, recorded_at FROM {schema}.store_deliveries WHERE starts_with(dataset, %s) ORDER BY sequence",
            [dataset_prefix],
        )
        return tuple(Delivery(dataset, key, moment.astimezone(UTC)) for dataset, key, moment in rows)

    def current(self, dataset_prefix: str = "", recorded_as_of: datetime | None = None) -> Mapping[str, str]:
        """See `WorkingStore.current`."""
        until = None if recorded_as_of is None else in_utc(recorded_as_of)
        rows = self._fetch(
            """
            SELECT DISTINCT ON (dataset) dataset, content_key
            FROM {schema}.store_deliveries
            WHERE starts_with(dataset, %s) AND (%s::timestamptz IS NULL OR recorded_at <= %s::timestamptz)
            ORDER BY dataset, sequence DESC
            """,
            [dataset_prefix, until, until],
        )
        return {dataset: key for dataset, key in rows if key != WITHDRAWN}

    def read(self, table: Table, content_keys: Collection[str]) -> pa.Table:
        """See `WorkingStore.read`."""
        return self._read(table, content_keys, "", [])

    def statements(self, content_keys: Collection[str], *, indicators: Collection[str] = (), as_of: date | None = None) -> pa.Table:
        """See `WorkingStore.statements`."""
        conditions, parameters = "", list[Any]()
        if indicators:
            conditions += " AND indicator = ANY(%s)"
            parameters.append(sorted(set(indicators)))
        if as_of is not None:
            conditions += " AND known_from <= %s"
            parameters.append(as_of)
        return self._read(STATEMENTS, content_keys, conditions, parameters)

    def run(self, sql: str, tables: Mapping[str, pa.Table | Stored], *, ordered: bool = True) -> pa.Table:
        """See `WorkingStore.run`."""
        if self._evaluation is None:
            self._evaluation = connect()
        given = {name: self.read(rows.table, rows.content_keys) if isinstance(rows, Stored) else rows for name, rows in tables.items()}
        return evaluate(self._evaluation, sql, given, ordered=ordered)

    def export(self, table: Table, content_keys: Collection[str], path: Path) -> int:
        """See `WorkingStore.export`."""
        import pyarrow.parquet as pq

        unsorted = path.with_name(f".{path.name}.unsorted")
        try:
            with pq.ParquetWriter(unsorted, table.arrow_schema()) as writer:
                for batch in self._copy_out(table, content_keys, "", []):
                    writer.write_table(batch)
            with explained(path), connect(spill=path.with_name(f".{path.name}.spilled")) as connection:
                return write_sorted(connection, table, f"read_parquet({literal(str(unsorted))})", path)
        finally:
            unsorted.unlink(missing_ok=True)

    def transaction(self) -> AbstractContextManager[None]:
        """See `WorkingStore.transaction`."""
        return self._transactions()

    def close(self) -> None:
        """See `WorkingStore.close`."""
        self._connection.close()
        if self._evaluation is not None:
            self._evaluation.close()
            self._evaluation = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _begin(self) -> None:
        self._send("BEGIN")
        # Writers of one workspace follow one another, so that each sees what the one before it stored.
        self._execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [self.schema])

    def _statement(self, sql: str) -> Composed:
        from psycopg.sql import SQL, Identifier

        return SQL(sql).format(schema=Identifier(self.schema))

    def _execute(self, sql: str, parameters: list[Any] | None = None) -> psycopg.Cursor[Any]:
        """Send one statement; every statement of this store but COPY passes here."""
        if self._connection.closed:
            raise RuntimeError(f"the store {self.place} is closed")
        with _explained(self.place):
            return self._connection.execute(self._statement(sql), parameters)

    def _send(self, sql: str) -> None:
        self._execute(sql)

    def _fetch(self, sql: str, parameters: list[Any] | None = None) -> list[Any]:
        return self._execute(sql, parameters).fetchall()

    def _contents(self, table: Table) -> dict[str, int]:
        sql = "SELECT content_key, id FROM {schema}.store_contents WHERE table_name = %s"
        return dict(self._fetch(sql, [table.name]))

    def _ensure_table(self, table: Table) -> None:
        stored = self._fetch("SELECT fingerprint FROM {schema}.store_tables WHERE name = %s", [table.name])
        if stored:
            if stored[0][0] != fingerprint(table):
                raise ValueError(f"table {table.name} was stored with other columns")
            return
        columns = ", ".join(f'"{column.name}" {_TYPES[column.kind]}{"" if column.nullable else " NOT NULL"}' for column in table.columns)
        self._execute(
            f'CREATE TABLE {{schema}}."{table.name}" (content bigint, position bigint, {columns}, PRIMARY KEY (content, position))'
        )
        self._execute("INSERT INTO {schema}.store_tables VALUES (%s, %s)", [table.name, fingerprint(table)])

    def _copy_in(self, table: Table, number: int, batches: Iterable[pa.Table]) -> int:
        import pyarrow as pa
        from pyarrow import csv

        count = 0
        columns = ", ".join(f'"{name}"' for name in ("content", "position", *table.names))
        sql = f'COPY {{schema}}."{table.name}" ({columns}) FROM STDIN (FORMAT csv)'
        # A missing value is an empty field, an empty text a quoted one.
        options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
        with _explained(self.place), self._connection.cursor().copy(self._statement(sql)) as copy:
            for batch in batches:
                positions = pa.array(range(count, count + batch.num_rows), pa.int64())
                numbered = batch.add_column(0, "position", positions)
                numbered = numbered.add_column(0, "content", pa.repeat(pa.scalar(number, pa.int64()), batch.num_rows))
                sink = BytesIO()
                csv.write_csv(numbered, sink, options)
                copy.write(sink.getbuffer())
                count += batch.num_rows
        return count

    def _read(self, table: Table, content_keys: Collection[str], conditions: str, parameters: list[Any]) -> pa.Table:
        import pyarrow as pa

        batches = list(self._copy_out(table, content_keys, conditions, parameters))
        return pa.concat_tables(batches) if batches else table.arrow_schema().empty_table()

    def _copy_out(self, table: Table, content_keys: Collection[str], conditions: str, parameters: list[Any]) -> Iterator[pa.Table]:
        """The rows in batches of a few megabytes, in the order of the content keys."""
        numbers = known_ids(table, self._contents(table), content_keys)
        if not numbers:
            return
        columns = ", ".join(_printable(column.name, column.kind) for column in table.columns)
        sql = f"""
            COPY (
                SELECT {columns} FROM {{schema}}."{table.name}"
                JOIN unnest(%s::bigint[]) WITH ORDINALITY AS wanted (content, content_rank) USING (content)
                WHERE true{conditions}
                ORDER BY content_rank, position
            ) TO STDOUT (FORMAT csv, FORCE_QUOTE *)
        """
        with _explained(self.place), self._connection.cursor().copy(self._statement(sql), [numbers, *parameters]) as copy:
            lines = bytearray()
            for block in copy:
                # The server sends whole rows.
                lines += block
                if len(lines) >= _BLOCK:
                    yield _from_csv(table, bytes(lines))
                    lines.clear()
            if lines:
                yield _from_csv(table, bytes(lines))


def _printable(name: str, kind: Kind) -> str:
    """A column as SQL that prints it in a form Arrow reads back without loss."""
    if kind is Kind.MOMENT:
        return f"""to_char("{name}" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return f'"{name}"'


def _from_csv(table: Table, lines: bytes) -> pa.Table:
    from pyarrow import csv

    schema = table.arrow_schema()
    return csv.read_csv(
        BytesIO(lines),
        csv.ReadOptions(column_names=schema.names, use_threads=False),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    ).cast(schema)


def _schema_name(workspace: str) -> str:
    name = f"guibiao_{workspace}"
    if not workspace or len(name.encode()) > NAME_BYTES or "\0" in name:
        raise BadRequest(
            _("工作区标识 {workspace} 不能用作数据库模式名").format(workspace=workspace),
            remedy=_("用不超过 {count} 个字节的标识，最好是小写字母和下划线。").format(count=NAME_BYTES - len("guibiao_")),
        )
    return name


def _connect(url: str) -> psycopg.Connection[Any]:
    try:
        import psycopg
    except ImportError:
        raise BadRequest(_("使用 PostgreSQL 需要先安装扩展 postgres"), remedy=_('运行 pip install "guibiao[postgres]"。')) from None
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10, options="-c TimeZone=UTC -c extra_float_digits=1")
    except psycopg.Error as error:
        said = re.sub(r"password=\S+|://[^@/\s]*@", "://…@", str(error))
        raise BadRequest(_("不能连接 PostgreSQL"), said, _("核对地址、用户、数据库名，并确认服务器正在运行。")) from None


@contextmanager
def _explained(place: str) -> Iterator[None]:
    """Turn what PostgreSQL says about data, rights and the connection into errors a person can act on."""
    import psycopg

    try:
        yield
    except (psycopg.DataError, psycopg.errors.NotNullViolation) as error:
        raise BadInput(_("PostgreSQL 拒绝了这些数据"), str(error), _("核对取值范围和编码。"), Place(place)) from error
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction) as error:
        raise BadRequest(_("没有权限写入 PostgreSQL"), str(error), _("向数据库管理员申请权限。"), Place(place)) from error
    except psycopg.errors.DiskFull as error:
        raise BadRequest(
            _("写不进磁盘：空间不足或超出限额"), str(error), _("腾出空间后重新运行；此前的内容没有改变。"), Place(place)
        ) from error
    except psycopg.OperationalError as error:
        raise BadRequest(
            _("与 PostgreSQL 的连接中断"), str(error), _("确认服务器正在运行后重试；此前的内容没有改变。"), Place(place)
        ) from error
