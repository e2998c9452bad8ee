"""The operations store over one connection: each change is a new version of a record and a line of the history, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from guibiao.model.messages import translate as _
from guibiao.model.operations import Act, Change, Conflict, Kept, R, Record
from guibiao.store.operations.tables import HISTORY, NAME_OF, OF_KIND

ONE_WRITER = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(sa.func.current_schema())))
"""Writers of a PostgreSQL schema take turns, as those of a SQLite file do: what one reads in a transaction stays until it ends."""


class Operations:
    """`OperationsStore` on a SQLAlchemy connection; `explained` turns the engine's errors into errors a person can act on."""

    def __init__(self, connection: sa.Connection, place: str, explained: Callable[[str], AbstractContextManager[None]]) -> None:
        self.place = place
        self._connection = connection
        self._explained = explained
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `OperationsStore.transaction`."""
        with self._within(writing=True):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Everything read inside is of one moment; writers are not kept out."""
        with self._within(writing=False):
            yield

    def find(self, kind: type[R], name: str) -> Kept[R] | None:
        """See `OperationsStore.find`."""
        table = OF_KIND[kind]
        found = self._fetch(sa.select(table).where(table.c.id == name))
        return _kept(kind, found[0]) if found else None

    def every(self, kind: type[R], /, **having: str) -> tuple[Kept[R], ...]:
        """See `OperationsStore.every`."""
        table = OF_KIND[kind]
        query = sa.select(table).where(*(table.c[name] == value for name, value in having.items())).order_by(table.c.id)
        return tuple(_kept(kind, row) for row in self._fetch(query))

    def add(self, record: Record, act: Act) -> None:
        """See `OperationsStore.add`."""
        table = OF_KIND[type(record)]
        with self._within(writing=True):
            if self._fetch(sa.select(table.c.id).where(table.c.id == record.id)):
                raise self._conflict(record)
            self._write(sa.insert(table).values(**_columns(record), version=1), record)
            self._note(record, 1, act, {}, _plain(record))

    def replace(self, record: Record, version: int, act: Act) -> int:
        """See `OperationsStore.replace`."""
        table = OF_KIND[type(record)]
        with self._within(writing=True):
            kept = self.find(type(record), record.id)  # type: ignore[type-var]  # one of the kinds, which the union does not show
            if kept is None or kept.version != version:
                raise self._conflict(record)
            old, new = _plain(kept.record), _plain(record)
            changed = [name for name in new if new[name] != old[name]]
            if not changed:
                return version
            where = (table.c.id == record.id, table.c.version == version)
            if not self._write(sa.update(table).where(*where).values(**_columns(record), version=version + 1), record):
                raise self._conflict(record)
            self._note(record, version + 1, act, {name: old[name] for name in changed}, {name: new[name] for name in changed})
        return version + 1

    def history(self, kind: str = "", name: str = "") -> tuple[Change, ...]:
        """See `OperationsStore.history`."""
        conditions = [column == value for column, value in ((HISTORY.c.kind, kind), (HISTORY.c.record, name)) if value]
        return tuple(
            Change(
                row["sequence"], row["kind"], row["record"], row["version"], Act(row["action"], row["who"], row["at"], row["why"]),
                row["old"], row["new"],
            )
            for row in self._fetch(sa.select(HISTORY).where(*conditions).order_by(HISTORY.c.sequence))
        )  # fmt: skip

    def as_of_version(self, kind: type[R], name: str, version: int) -> R | None:
        """See `OperationsStore.as_of_version`."""
        state: dict[str, Any] = {}
        for change in self.history(NAME_OF[kind], name):
            if change.version <= version:
                state.update(change.new)
        if not state:
            return None
        record: R = _adapters()[kind].validate_python(state)
        return record

    def close(self) -> None:
        """See `OperationsStore.close`."""
        self._connection.close()
        self._connection.engine.dispose()

    @contextmanager
    def _within(self, *, writing: bool) -> Iterator[None]:
        """A transaction of its own, or the one that is open; one that only reads does not keep writers out."""
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        with self._explained(self.place):
            self._connection.info["writing"] = writing
            begun = self._connection.begin()
            self._depth = 1
            try:
                with begun:
                    if writing and self._connection.dialect.name == "postgresql":
                        self._connection.execute(ONE_WRITER)
                    yield
            finally:
                self._depth = 0

    def _fetch(self, query: sa.Select[Any]) -> list[Mapping[str, Any]]:
        with self._within(writing=False):
            return [dict(row) for row in self._connection.execute(query).mappings()]

    def _write(self, statement: sa.Insert | sa.Update, record: Record) -> int:
        try:
            return int(self._connection.execute(statement).rowcount)
        except sa.exc.IntegrityError:
            raise self._taken(record) from None

    def _note(self, record: Record, version: int, act: Act, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        values = {"kind": NAME_OF[type(record)], "record": record.id, "version": version, "old": dict(old), "new": dict(new)}
        self._write(sa.insert(HISTORY).values(**values, action=act.action, who=act.who, at=act.at, why=act.why), record)

    def _conflict(self, record: Record) -> Conflict:
        """Who changed the record last, and what."""
        changes = self.history(NAME_OF[type(record)], record.id)
        if not changes:
            return self._taken(record)
        last = changes[-1]
        fields = "；".join(f"{name}：{last.old.get(name, '')} → {value}" for name, value in last.new.items() if last.old)
        return Conflict(
            _("{id} 刚被别人改过，这一次没有存").format(id=record.id),
            _("{who} 于 {when} {action} {fields}").format(
                who=last.act.who, when=f"{last.act.at.astimezone():%Y-%m-%d %H:%M:%S}", action=last.act.action, fields=fields[:400]
            ),
            _("先看现在的内容，再决定是否还要改。"),
        )

    def _taken(self, record: Record) -> Conflict:
        return Conflict(_("{id} 刚被别人改过，这一次没有存").format(id=record.id), remedy=_("先看现在的内容，再决定是否还要改。"))


@cache
def _adapters() -> Mapping[Any, TypeAdapter[Any]]:
    return {kind: TypeAdapter(kind) for kind in OF_KIND}


def _plain(record: Record) -> dict[str, Any]:
    """Fields as JSON values."""
    plain: dict[str, Any] = _adapters()[type(record)].dump_python(record, mode="json")
    return plain


def _columns(record: Record) -> dict[str, Any]:
    """Fields as column values: days and decimals as they are, tuples as lists."""
    return {
        name: list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
        for name in (column.name for column in OF_KIND[type(record)].c)
        if name != "version"
        for value in [getattr(record, name)]
    }


def _kept(kind: type[R], row: Mapping[str, Any]) -> Kept[R]:
    fields = {name: value for name, value in row.items() if name != "version"}
    record: R = _adapters()[kind].validate_python(fields)
    return Kept(record, row["version"])
