"""`ReleaseReader` on a folder of releases: read-only DuckDB connections, a bounded pool of cursors each."""

from __future__ import annotations

import queue
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.release import Act, Event, Manifest
from guibiao.model.tables import Table
from guibiao.store.engine import connect, explained, identifier, literal
from guibiao.store.port import Busy, Condition, Group, Holding, Notice, OpenRelease, Range
from guibiao.store.release import CLUSTER, CLUSTERED, DATABASE, JOURNAL, PLACE, PLACES, POINTER, FolderArchive

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

CURSORS = 4
"""Queries that run at once on one release; the next one waits."""
THREADS = 1
"""Threads of the engine beside those that ask: queries are short, and run side by side."""
COUNTS_KEPT, DISTINCT_KEPT, LARGEST_KEPT = 4096, 512, 5000
"""Answers of `count` and `distinct` that a release keeps, since it never changes; and rows of the largest that is kept."""
MOST_RANGES = 8
"""Indicators whose rows are read range by range; of more, everything between the first and the last is looked through."""
PATIENCE = 20.0
"""Seconds that a query waits for a cursor."""
KEPT_OPEN = 2
"""Releases held open besides the current one."""
MEMORY = "512MiB"
"""What the engine keeps of one release in memory."""


class PublishedReleases:
    """See `ReleaseReader`; `cursors` bounds the queries at once."""

    def __init__(self, folder: Path, cursors: int = CURSORS) -> None:
        self._archive = FolderArchive(folder)
        self._folder = folder
        self._cursors = cursors
        self._lock = threading.Lock()
        self._open: OrderedDict[str, PublishedRelease] = OrderedDict()
        self._pointed: tuple[tuple[int, ...], str] = ((), "")
        self._read_events: tuple[tuple[int, ...], tuple[Event, ...]] = ((), ())

    def current(self) -> OpenRelease | None:
        """See `ReleaseReader.current`."""
        with self._lock:
            seen = _stamp(self._folder / POINTER)
            if seen != self._pointed[0] or not seen:
                self._pointed = seen, self._archive.pointer()
            release = self._pointed[1]
            return self._opened(release) if release else None

    def published(self) -> tuple[Event, ...]:
        """See `ReleaseReader.published`."""
        with self._lock:
            return self._events()

    def notices(self) -> tuple[Notice, ...]:
        """See `ReleaseReader.notices`."""
        last = {event.release: event for event in self.published()}
        taken = (event for event in last.values() if event.act is Act.WITHDRAW)
        found = (Notice(event.release, event.at, event.reason, event.successor) for event in taken)
        return tuple(sorted(found, key=lambda notice: notice.at, reverse=True))

    def open(self, release: str) -> OpenRelease | None:
        """See `ReleaseReader.open`."""
        with self._lock:
            last = {event.release: event.act for event in self._events()}
            return self._opened(release) if last.get(release) is Act.PUBLISH else None

    def close(self) -> None:
        """Give up every release."""
        with self._lock:
            self._open.clear()

    def _events(self) -> tuple[Event, ...]:
        seen = _stamp(self._folder / JOURNAL)
        if seen != self._read_events[0] or not seen:
            shown = (event for event in self._archive.events() if event.act in {Act.PUBLISH, Act.WITHDRAW})
            self._read_events = seen, tuple(replace(event, who="") for event in shown)
        return self._read_events[1]

    def _opened(self, release: str) -> PublishedRelease:
        """The release with its connection; one not used for long is let go, and closes when the last who holds it lets go, too."""
        if release not in self._open:
            moments = [event.at for event in self._events() if event.release == release and event.act is Act.PUBLISH]
            published_at = moments[-1] if moments else datetime.fromtimestamp(0, UTC)
            self._open[release] = PublishedRelease(self._archive, release, published_at, self._cursors)
        self._open.move_to_end(release)
        while len(self._open) > KEPT_OPEN + 1:
            self._open.popitem(last=False)
        return self._open[release]


class PublishedRelease:
    """See `OpenRelease`."""

    def __init__(self, archive: FolderArchive, release: str, published_at: datetime, cursors: int) -> None:
        self._manifest = archive.manifests()[release] if release in archive.manifests() else _missing(release)
        self._published_at = published_at
        self._path = archive.folder / release / DATABASE
        if not self._path.is_file():
            _missing(release)
        self._connection = connect(self._path, read_only=True)
        self._connection.execute(f"SET threads = {THREADS}; SET memory_limit = '{MEMORY}'")
        self._free: queue.LifoQueue[duckdb.DuckDBPyConnection] = queue.LifoQueue()
        for _number in range(cursors):
            self._free.put(self._connection.cursor())
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._distinct: OrderedDict[str, pa.Table] = OrderedDict()

    @property
    def manifest(self) -> Manifest:
        """See `OpenRelease.manifest`."""
        return self._manifest

    @property
    def published_at(self) -> datetime:
        """See `OpenRelease.published_at`."""
        return self._published_at

    def has(self, table: Table) -> bool:
        """See `OpenRelease.has`."""
        return table.name in self._manifest.tables

    def select(
        self,
        table: Table,
        columns: Sequence[str] = (),
        where: Mapping[str, Condition] | None = None,
        *,
        order: Sequence[str] = (),
        after: Sequence[Any] = (),
        limit: int | None = None,
        offset: int = 0,
        group: Group | None = None,
    ) -> pa.Table:
        """See `OpenRelease.select`."""
        named = ", ".join(identifier(_known(table, name)) for name in columns or table.names)
        sorting = _sorting(table, order or table.key)
        stored = group is None and _is_stored_in(table, order or table.key)
        inner = f"SELECT * FROM {self._rows(table, where)}"
        if group is not None:
            inner += f" QUALIFY {_ranked(table, group)}"
        sql = f"SELECT {named} FROM ({inner})"
        if after:
            sql += f" WHERE {_behind(table, order or table.key, after)}"
        if not stored:
            sql += f" ORDER BY {sorting}"
        if limit is not None:
            sql += f" LIMIT {int(limit)}"
        if offset:
            sql += f" OFFSET {int(offset)}"
        return self._run(table, sql)

    def count(self, table: Table, where: Mapping[str, Condition] | None = None) -> int:
        """See `OpenRelease.count`."""
        self._require(table)
        sql = f"SELECT count(*) AS number FROM {self._rows(table, where)}"
        with self._lock:
            kept = self._counts.get(sql)
        if kept is None:
            kept = int(self._run(table, sql)["number"][0].as_py())
            self._keep(self._counts, sql, kept, COUNTS_KEPT)
        return kept

    def distinct(self, table: Table, columns: Sequence[str], where: Mapping[str, Condition] | None = None) -> pa.Table:
        """See `OpenRelease.distinct`."""
        self._require(table)
        named = ", ".join(identifier(_known(table, name)) for name in columns)
        sql = f"SELECT DISTINCT {named} FROM {self._rows(table, where)} ORDER BY ALL"
        with self._lock:
            kept = self._distinct.get(sql)
        if kept is None:
            kept = self._run(table, sql)
            if kept.num_rows <= LARGEST_KEPT:
                self._keep(self._distinct, sql, kept, DISTINCT_KEPT)
        return kept

    def file(self, table: Table) -> Path:
        """See `OpenRelease.file`."""
        self._require(table)
        return self._path.with_name(f"{table.name}.parquet")

    def _keep(self, answers: OrderedDict[str, Any], sql: str, answer: Any, most: int) -> None:
        with self._lock:
            answers[sql] = answer
            while len(answers) > most:
                answers.popitem(last=False)

    def _rows(self, table: Table, where: Mapping[str, Condition] | None) -> str:
        """`table WHERE conditions`; where indicators are named, only the places where their rows are."""
        conditions = dict(where or {})
        named = conditions.get("indicator")
        asked = {named} if isinstance(named, str) else set(named) if isinstance(named, Collection) else None
        places = self._places.get(table.name) if asked is not None else None
        if asked is None or places is None:
            return f"{identifier(table.name)} WHERE {_conditions(table, conditions)}"
        ranges = _joined(places[name] for name in asked if name in places)
        if len(ranges) <= MOST_RANGES:
            del conditions["indicator"]
            rest = _conditions(table, conditions)
        else:
            rest, ranges = _conditions(table, conditions), [(ranges[0][0], ranges[-1][1])]
        parts = [f"SELECT * FROM {identifier(table.name)} WHERE {PLACE} BETWEEN {first} AND {last}" for first, last in ranges]
        if not parts:
            return f"{identifier(table.name)} WHERE false"
        if len(parts) == 1:
            return f"{identifier(table.name)} WHERE {PLACE} BETWEEN {ranges[0][0]} AND {ranges[0][1]} AND {rest}"
        return f"({' UNION ALL '.join(parts)}) WHERE {rest}"

    @cached_property
    def _places(self) -> Mapping[str, Mapping[str, tuple[int, int]]]:
        """Table -> indicator -> numbers of its first and last row; a release of older software has none."""
        found = {}
        with self._cursor() as cursor, explained(self._path):
            names = {row[0] for row in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            for name in self._manifest.tables:
                if name + PLACES in names:
                    rows = cursor.execute(f"SELECT indicator, first, last FROM {identifier(name + PLACES)}").fetchall()
                    found[name] = {indicator: (first, last) for indicator, first, last in rows}
        return found

    def _require(self, table: Table) -> None:
        if not self.has(table):
            raise BadRequest(
                _("发布 {release} 中没有表 {table}").format(release=self._manifest.id, table=table.name),
                remedy=_("用现在的软件重新运行并发布。"),
            )

    def _run(self, table: Table, sql: str) -> pa.Table:
        self._require(table)
        with self._cursor() as cursor, explained(self._path):
            return cursor.execute(sql).to_arrow_table()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            cursor = self._free.get(timeout=PATIENCE)
        except queue.Empty:
            raise Busy(_("查询太多，暂时排不上"), remedy=_("稍候再试。")) from None
        try:
            yield cursor
        finally:
            self._free.put(cursor)


def _is_stored_in(table: Table, order: Sequence[str]) -> bool:
    """Whether rows lie in this order, which the engine keeps: sorting a few rows again costs it more than finding them."""
    clustered_otherwise = table.name in CLUSTERED and table.key[: len(CLUSTER)] != CLUSTER
    return tuple(order) == table.key and not clustered_otherwise


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and found[-1][1] + 1 == first:
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found


def _missing(release: str) -> Manifest:
    raise BadRequest(
        _("发布 {release} 的文件不完整").format(release=release), remedy=_("用 guibiao release verify 检查，再重新拟定该发布。")
    )


def _stamp(path: Path) -> tuple[int, ...]:
    """What tells that a file is another one; empty where there is none."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return ()
    return seen.st_ino, seen.st_mtime_ns, seen.st_size


def _known(table: Table, name: str) -> str:
    if name not in table.names:
        raise BadRequest(
            _("表 {table} 没有列 {name}").format(table=table.name, name=name),
            remedy=_("列：{names}。").format(names="、".join(table.names)),
        )
    return name


def _sorting(table: Table, order: Sequence[str]) -> str:
    """Columns to sort by; missing values come last either way."""
    return ", ".join(
        f"{identifier(_known(table, name.removeprefix('-')))} {'DESC' if name.startswith('-') else 'ASC'} NULLS LAST" for name in order
    )


def _ranked(table: Table, group: Group) -> str:
    within = ", ".join(identifier(_known(table, name)) for name in group.columns)
    turned = group.order if group.count < 0 else tuple(name[1:] if name.startswith("-") else f"-{name}" for name in group.order)
    return f"row_number() OVER (PARTITION BY {within} ORDER BY {_sorting(table, turned)}) <= {abs(int(group.count))}"


def _behind(table: Table, order: Sequence[str], after: Sequence[Any]) -> str:
    """Rows that come after the values, column by column; the columns may not hold missing values."""
    ways = []
    for place, value in enumerate(after):
        equal = [
            f"{identifier(_known(table, name.removeprefix('-')))} = {_value(each)}"
            for name, each in zip(order[:place], after, strict=False)
        ]
        sign = "<" if order[place].startswith("-") else ">"
        ways.append(" AND ".join([*equal, f"{identifier(_known(table, order[place].removeprefix('-')))} {sign} {_value(value)}"]))
    return " OR ".join(f"({way})" for way in ways)


def _conditions(table: Table, where: Mapping[str, Condition] | None) -> str:
    return " AND ".join(_condition(identifier(_known(table, name)), condition) for name, condition in (where or {}).items()) or "true"


def _condition(column: str, condition: Condition) -> str:
    if condition is None:
        return f"{column} IS NULL"
    if isinstance(condition, Holding):
        return f"contains(lower({column}), {_value(condition.text.lower())})"
    if isinstance(condition, Range):
        sides = ((">=", condition.low), ("<=", condition.high))
        return " AND ".join(f"{column} {sign} {_value(bound)}" for sign, bound in sides if bound is not None) or "true"
    if isinstance(condition, Collection) and not isinstance(condition, str):
        return f"{column} IN ({', '.join(map(_value, condition))})" if condition else "false"
    return f"{column} = {_value(condition)}"


def _value(value: Any) -> str:
    """A value written into SQL, whatever a declared column may hold."""
    if isinstance(value, float | Decimal):
        if not Decimal(value).is_finite():
            raise BadRequest(_("条件中的数不是有限的数"), remedy=_("写成普通的数。"))
        return f"CAST({literal(str(value))} AS {'DOUBLE' if isinstance(value, float) else 'DECIMAL(38, 10)'})"
    if isinstance(value, str | bool | int | date):
        return literal(value)
    raise TypeError(f"no value of a column: {value!r}")
