"""Tables of who may come in: users, passwords, sessions, API keys, attempts to sign in, request rates, and the chained audit log."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from guibiao.store.operations.tables import METADATA, Moment


def _text(name: str, *, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False, index=index)


def _moment(name: str, *, nullable: bool = False, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Moment, nullable=nullable, index=index)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=nullable)


USERS = sa.Table(
    "users", METADATA, sa.Column("id", sa.Text, primary_key=True), _number("version"), _text("name"),
    sa.Column("roles", sa.JSON, nullable=False), sa.Column("areas", sa.JSON, nullable=False), _text("unit"),
    sa.Column("disabled", sa.Boolean, nullable=False), sa.Column("must_change", sa.Boolean, nullable=False), _text("subject", index=True),
)  # fmt: skip
PASSWORDS = sa.Table("passwords", METADATA, sa.Column("user", sa.Text, primary_key=True), _text("hash"), _moment("changed_at"))
SESSIONS = sa.Table(
    "sessions", METADATA, sa.Column("id", sa.Text, primary_key=True), _text("user", index=True), _moment("created_at"),
    _moment("seen_at"), _moment("expires_at"), _text("address"), _text("agent"), _moment("revoked_at", nullable=True),
)  # fmt: skip
API_KEYS = sa.Table(
    "api_keys", METADATA, sa.Column("id", sa.Text, primary_key=True), _text("user", index=True), _text("label"), _text("digest"),
    sa.Column("scopes", sa.JSON, nullable=False), _number("rate"), _moment("created_at"), _moment("expires_at"),
    _moment("used_at", nullable=True), _moment("revoked_at", nullable=True),
)  # fmt: skip
ATTEMPTS = sa.Table(
    "sign_in_attempts", METADATA, sa.Column("id", sa.Integer, primary_key=True, autoincrement=True), _text("account", index=True),
    _text("address", index=True), _moment("at", index=True), sa.Column("succeeded", sa.Boolean, nullable=False),
)  # fmt: skip
REQUEST_RATES = sa.Table(
    "request_rates", METADATA, sa.Column("name", sa.Text, primary_key=True),
    sa.Column("busy_until", sa.Float(53), nullable=False, index=True),
)  # fmt: skip
AUDIT = sa.Table(
    "audit", METADATA, sa.Column("chain", sa.Text, primary_key=True), sa.Column("sequence", sa.Integer, primary_key=True),
    _moment("at"), _text("who", index=True), _text("action"), _text("subject"), _text("outcome"), _text("address"),
    sa.Column("detail", sa.JSON, nullable=False), _text("previous"), _text("hash"),
)  # fmt: skip
