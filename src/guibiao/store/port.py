"""What the rooms may ask of a store: protocols and plain values, without an engine behind them.

The working store is append-only and knows two times. `known_from` is a column of the rows: when the world could know a figure.
`recorded_at` belongs to a delivery: when this store took a dataset's content as its current one. Rows are kept under a content key
(digest of all they were made from), so that the same content is stored once, however often it comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from guibiao.model.errors import BadRequest
from guibiao.model.release import Event, Fault, Manifest
from guibiao.model.tables import Table

if TYPE_CHECKING:
    import pyarrow as pa

Rows: TypeAlias = "pa.Table | Sequence[Mapping[str, Any]] | Path"
"""Rows of a declared table: an Arrow table, dictionaries with exactly its columns, or a Parquet file."""

WITHDRAWN = ""
"""Content key of a dataset that was withdrawn: delivered, and no longer current."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """From `recorded_at` on, the content of `dataset` was that of `content_key`; `WITHDRAWN` ends it."""

    dataset: str
    content_key: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """Rows that are in the working store already, to be read in place instead of carried out and in again."""

    table: Table
    content_keys: tuple[str, ...]


class WorkingStore(Protocol):
    """Cells, statements, observations, findings and their deliveries. One store object belongs to one thread."""

    def record(self, table: Table, content_key: str, rows: Rows) -> bool:
        """Append rows under a content key; False, and nothing stored, where the key is there already.

        Raises BadInput where a row does not fit the declared columns; then nothing of it is stored.
        """
        ...

    def recorded(self, table: Table) -> Mapping[str, int]:
        """Content keys recorded for a table, with their number of rows."""
        ...

    def deliver(self, dataset: str, content_key: str, recorded_at: datetime) -> bool:
        """Make a recorded content current from now on; False, and no new row, where it is the latest already.

        `recorded_at` carries its time zone. `WITHDRAWN` takes the dataset away; BadRequest for a key never recorded.
        """
        ...

    def deliveries(self, dataset_prefix: str = "") -> tuple[Delivery, ...]:
        """Every delivery, in the order in which they came."""
        ...

    def current(self, dataset_prefix: str = "", recorded_as_of: datetime | None = None) -> Mapping[str, str]:
        """Dataset -> content key, by dataset, without withdrawn ones; at a past moment where one is given."""
        ...

    def read(self, table: Table, content_keys: Collection[str]) -> pa.Table:
        """Rows in the order of the content keys and, within one, as recorded; BadRequest for a key never recorded."""
        ...

    def statements(self, content_keys: Collection[str], *, indicators: Collection[str] = (), as_of: date | None = None) -> pa.Table:
        """Statements, of some indicators where named, that the world could know on `as_of`; order as in `read`."""
        ...

    def run(self, sql: str, tables: Mapping[str, pa.Table | Stored], *, ordered: bool = True) -> pa.Table:
        """Result of one compiled query over the named tables, sorted by its columns from left to right.

        What is kept, printed or hashed has to be `ordered`; what is only counted need not be. The query is in DuckDB's dialect and
        DuckDB evaluates it, whichever store holds the rows: sets have one arithmetic.
        """
        ...

    def export(self, table: Table, content_keys: Collection[str], path: Path) -> int:
        """Write the rows to a Parquet file in key order, without holding them in memory; returns their number.

        The same rows give the same bytes, whichever store they are in and in whatever order they were recorded.
        """
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing: an error inside takes everything back. A transaction inside another is part of it."""
        ...

    def close(self) -> None:
        """Give up the store; a second call changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Rows to be released straight from a working store, for tables that do not fit in memory."""

    store: WorkingStore
    content_keys: tuple[str, ...]


class ReleaseArchive(Protocol):
    """Release folders, their journal and the pointer: storage without rules (the rules are in `publish.release`)."""

    def lock(self) -> AbstractContextManager[None]:
        """Keep other processes from changing releases meanwhile; what a killed one left half-made is swept.

        BadRequest where another one does not finish in time.
        """
        ...

    def create(self, tables: Mapping[Table, Rows | Source], describe: Callable[[Mapping[str, str]], Manifest]) -> Manifest:
        """Make the folder of a release in one step, or find the one that is there.

        `describe` turns table -> SHA-256 of its rows in key order into the manifest, still without files; its id names the folder.
        BadInput where rows do not fit their table or two of them have one key; then there is no folder.
        """
        ...

    def manifests(self) -> Mapping[str, Manifest]:
        """Every release folder with a readable manifest, by id."""
        ...

    def manifest_digest(self, release: str) -> str:
        """SHA-256 of a release's manifest; empty where there is none."""
        ...

    def faults(self, release: str) -> tuple[Fault, ...]:
        """How the folder differs from its manifest: empty where every file is whole."""
        ...

    def events(self) -> tuple[Event, ...]:
        """The journal, oldest first; BadRequest where a line of it is damaged."""
        ...

    def append(self, event: Event) -> None:
        """Add a line to the journal; it is on disk when this returns."""
        ...

    def pointer(self) -> str:
        """Id of the release that readers see; empty where there is no pointer."""
        ...

    def point(self, release: str) -> None:
        """Move the pointer in one step, or take it away where `release` is empty."""
        ...

    def read(self, release: str, table: str) -> pa.Table:
        """A released table, in key order."""
        ...

    def changes(self, table: Table, old: str, new: str, compared: Collection[str]) -> pa.Table:
        """Rows in which two releases differ, in key order.

        Columns: the key, `change` (added, removed, revised), then each compared column as `old_...` and `new_...`.
        """
        ...


class Busy(BadRequest):
    """Too many queries at once for too long: the caller may come again."""


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included; None leaves a side open."""

    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class Holding:
    """Texts that hold `text` anywhere, capitals or not."""

    text: str


Condition: TypeAlias = "str | int | float | bool | date | Collection[Any] | Range | Holding | None"
"""One value, several of which any may stand (none: nothing fits), a range, a piece of text; None asks for missing values."""


@dataclass(frozen=True, slots=True)
class Group:
    """Of the rows that agree in `columns`, only the `count` last by `order`, or the first where `count` is negative."""

    columns: tuple[str, ...]
    order: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A release was taken back; `successor` is what readers see instead, empty for nothing."""

    release: str
    at: datetime
    reason: str
    successor: str


class OpenRelease(Protocol):
    """One published release, read-only; it stays whole for whoever holds it, also while another one is published.

    Columns are those that `model.tables` declares; BadRequest for another one, and for a table that the release does not hold.
    """

    @property
    def manifest(self) -> Manifest:
        """What the release holds and where it comes from."""
        ...

    @property
    def published_at(self) -> datetime:
        """When readers first could see it, after its last withdrawal if there was one."""
        ...

    def has(self, table: Table) -> bool:
        """Whether the release holds the table: releases of older software hold fewer."""
        ...

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
        """Rows that fit every condition; all columns where none are named.

        `order` names columns, `-` before one turns it round; without it rows come in key order. `after` holds values of the first
        columns of `order`: only rows behind them, for paging that does not shift. Conditions come before `group`, then `after`,
        `offset` and `limit`.
        """
        ...

    def count(self, table: Table, where: Mapping[str, Condition] | None = None) -> int:
        """Number of rows that fit every condition."""
        ...

    def distinct(self, table: Table, columns: Sequence[str], where: Mapping[str, Condition] | None = None) -> pa.Table:
        """Different combinations of the columns among the rows that fit, in order."""
        ...

    def file(self, table: Table) -> Path:
        """The whole table as its Parquet file, which never changes."""
        ...


class ReleaseReader(Protocol):
    """What readers may see of the releases: published ones and notices. Safe to share between threads."""

    def current(self) -> OpenRelease | None:
        """The release that the pointer names, None where there is none; follows the pointer from call to call."""
        ...

    def published(self) -> tuple[Event, ...]:
        """Publications and withdrawals, oldest first, without names of persons."""
        ...

    def notices(self) -> tuple[Notice, ...]:
        """Releases that are withdrawn now, the last one first."""
        ...

    def open(self, release: str) -> OpenRelease | None:
        """A release that is or was current and is not withdrawn; None for any other."""
        ...
