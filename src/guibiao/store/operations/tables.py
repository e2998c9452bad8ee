"""Tables of the operations store: one for each kind of record, whose columns are its fields and its version, and the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from guibiao.model.operations import KINDS, Evidence, LedgerTask, Milestone, PolicyPaper, Problem, Proposal, Record


class Exact(TypeDecorator[Decimal]):
    """A decimal number as its own text: no engine rounds it."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no time zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA = sa.MetaData()


def _table(name: str, *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(name, METADATA, sa.Column("id", sa.Text, primary_key=True), sa.Column("version", sa.Integer, nullable=False), *columns)


def _text(name: str, *, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False, index=index)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON, nullable=False)


PAPERS = _table("papers", _text("digest"), _text("title"), _text("number"), _json("offices"), sa.Column("dated", sa.Date))
PROPOSALS = _table(
    "proposals", _text("kind"), _text("document", index=True), sa.Column("start", sa.Integer, nullable=False), _json("content"),
    _json("edits"), _text("state", index=True),
)  # fmt: skip
TASKS = _table(
    "ledger_tasks", _text("title"), _text("kind"), _text("document", index=True), _text("number"), _text("section"), _json("lead"),
    _json("supporting"), sa.Column("due", sa.Date, index=True), _text("due_words"), _text("state", index=True),
    _text("parent", index=True), _text("area"), _text("progress"), sa.Column("investment", Exact), _text("investment_unit"),
    _text("stage"), _json("extra"), sa.Column("position", sa.Integer, nullable=False),
)  # fmt: skip
MILESTONES = _table(
    "milestones", _text("task", index=True), _text("period"), sa.Column("due", sa.Date, nullable=False, index=True), _text("text"),
    sa.Column("done_on", sa.Date),
)  # fmt: skip
EVIDENCE = _table("evidence", _text("task", index=True), _text("sha256"), _text("name"), sa.Column("size", sa.BigInteger, nullable=False))
PROBLEMS = _table(
    "problems", _text("title"), _text("task", index=True), _json("lead"), sa.Column("due", sa.Date), _text("measures"), _text("state")
)
HISTORY = sa.Table(
    "history", METADATA,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    _text("kind"), _text("record"), sa.Column("version", sa.Integer, nullable=False), _text("action"), _text("who"),
    sa.Column("at", Moment, nullable=False), _text("why"), _json("old"), _json("new"),
    sa.UniqueConstraint("kind", "record", "version", name="history_versions"),
)  # fmt: skip
SETTINGS = sa.Table("settings", METADATA, sa.Column("name", sa.Text, primary_key=True), _text("value"))

OF_KIND: Mapping[type[Record], sa.Table] = {
    PolicyPaper: PAPERS,
    Proposal: PROPOSALS,
    LedgerTask: TASKS,
    Milestone: MILESTONES,
    Evidence: EVIDENCE,
    Problem: PROBLEMS,
}
NAME_OF: Mapping[type[Record], str] = {kind: name for name, kind in KINDS.items()}
