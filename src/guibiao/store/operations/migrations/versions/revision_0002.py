"""Second form: users, passwords, sessions, API keys, attempts to sign in, and an audit log that engines keep from being changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _truth(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def upgrade() -> None:
    """Make the tables and the triggers."""
    op.create_table(
        "users", _key("id"), _number("version"), _text("name"), _json("roles"), _json("areas"), _text("unit"), _truth("disabled"),
        _truth("must_change"), _text("subject"),
    )  # fmt: skip
    op.create_table("passwords", _key("user"), _text("hash"), _moment("changed_at"))
    op.create_table(
        "sessions", _key("id"), _text("user"), _moment("created_at"), _moment("seen_at"), _moment("expires_at"), _text("address"),
        _text("agent"), _moment("revoked_at", nullable=True),
    )  # fmt: skip
    op.create_table(
        "api_keys", _key("id"), _text("user"), _text("label"), _text("digest"), _json("scopes"), _number("rate"), _moment("created_at"),
        _moment("expires_at"), _moment("used_at", nullable=True), _moment("revoked_at", nullable=True),
    )  # fmt: skip
    op.create_table(
        "sign_in_attempts", sa.Column("id", sa.Integer, primary_key=True, autoincrement=True), _text("account"), _text("address"),
        _moment("at"), _truth("succeeded"),
    )  # fmt: skip
    op.create_table(
        "audit", _key("chain"), sa.Column("sequence", sa.Integer, primary_key=True), _moment("at"), _text("who"), _text("action"),
        _text("subject"), _text("outcome"), _text("address"), _json("detail"), _text("previous"), _text("hash"),
    )  # fmt: skip
    for table, column in (
        ("users", "subject"), ("sessions", "user"), ("api_keys", "user"), ("sign_in_attempts", "account"),
        ("sign_in_attempts", "address"), ("sign_in_attempts", "at"), ("audit", "who"),
    ):  # fmt: skip
        op.create_index(f"ix_{table}_{column}", table, [column])
    _protect_audit()


def _protect_audit() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{event.lower()} BEFORE {event} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit()"
    )


def downgrade() -> None:
    """Refused: going back would lose the audit log."""
    raise NotImplementedError("the audit log is not given up")
