"""First form: records of every kind, the settings, and a history that engines themselves keep from being changed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _record(table: str, *columns: sa.Column[Any], indexes: tuple[str, ...] = ()) -> None:
    op.create_table(table, sa.Column("id", sa.Text, primary_key=True), _number("version"), *columns)
    for column in indexes:
        op.create_index(f"ix_{table}_{column}", table, [column])


def upgrade() -> None:
    """Make the tables and the triggers."""
    _record("papers", *map(_text, ("digest", "title", "number")), _json("offices"), sa.Column("dated", sa.Date))
    _record(
        "proposals", *map(_text, ("kind", "document")), _number("start"), _json("content"), _json("edits"), _text("state"),
        indexes=("document", "state"),
    )  # fmt: skip
    _record(
        "ledger_tasks", *map(_text, ("title", "kind", "document", "number", "section")), _json("lead"), _json("supporting"),
        sa.Column("due", sa.Date), *map(_text, ("due_words", "state", "parent", "area", "progress")), sa.Column("investment", sa.Text),
        *map(_text, ("investment_unit", "stage")), _json("extra"), _number("position"), indexes=("document", "due", "state", "parent"),
    )  # fmt: skip
    _record(
        "milestones", *map(_text, ("task", "period")), sa.Column("due", sa.Date, nullable=False), _text("text"),
        sa.Column("done_on", sa.Date), indexes=("task", "due"),
    )  # fmt: skip
    _record("evidence", *map(_text, ("task", "sha256", "name")), sa.Column("size", sa.BigInteger, nullable=False), indexes=("task",))
    _record(
        "problems", *map(_text, ("title", "task")), _json("lead"), sa.Column("due", sa.Date), *map(_text, ("measures", "state")),
        indexes=("task",),
    )  # fmt: skip
    op.create_table("settings", sa.Column("name", sa.Text, primary_key=True), _text("value"))
    op.create_table(
        "history", sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True), *map(_text, ("kind", "record")),
        _number("version"), *map(_text, ("action", "who")), sa.Column("at", sa.DateTime(timezone=True), nullable=False), _text("why"),
        _json("old"), _json("new"), sa.UniqueConstraint("kind", "record", "version", name="history_versions"),
    )  # fmt: skip
    _protect_history()


def _protect_history() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_no_{event.lower()} BEFORE {event} ON history "
                "BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the history is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )


def downgrade() -> None:
    """Refused: going back would lose the history."""
    raise NotImplementedError("the first revision has none before it")
