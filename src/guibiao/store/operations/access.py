"""Users, sessions, keys and the audit log on an engine with a bounded pool; safe to share between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from guibiao.model.access import ApiKey, Role, Scope, Session, User
from guibiao.model.audit import START, AuditEntry, Chain, Deed, Head, link
from guibiao.model.messages import translate as _
from guibiao.model.operations import Conflict
from guibiao.store.operations.access_tables import API_KEYS, ATTEMPTS, AUDIT, PASSWORDS, REQUEST_RATES, SESSIONS, USERS
from guibiao.store.operations.database import ONE_WRITER

PAGE = 1000
"""Audit entries read at a time."""
MINUTE = 60.0
"""Seconds over which rates are counted."""
ROUNDING = 0.001
"""Seconds that thousands of additions to a moment may be off by; a tenth of the shortest step between requests."""
_SOON_ON_DISK = sa.text("SET LOCAL synchronous_commit = off")
"""Counts of the last minute need not outlive the server's crash."""
_INSERT_OF: Mapping[str, Callable[[sa.Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class AccessDatabase:
    """`AccessStore` on a SQLAlchemy engine; `explained` turns the engine's errors into errors a person can act on."""

    def __init__(self, engine: sa.Engine, place: str, explained: Callable[[str], AbstractContextManager[None]]) -> None:
        self.place = place
        self._engine = engine
        self._explained = explained
        self._here = threading.local()
        self._swept = 0.0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `AccessStore.transaction`."""
        with self._within(writing=True):
            yield

    def user(self, name: str) -> User | None:
        """See `AccessStore.user`."""
        return _user(self._one(sa.select(USERS).where(USERS.c.id == name)))

    def user_of_subject(self, subject: str) -> User | None:
        """See `AccessStore.user_of_subject`."""
        return _user(self._one(sa.select(USERS).where(USERS.c.subject == subject))) if subject else None

    def users(self) -> tuple[User, ...]:
        """See `AccessStore.users`."""
        return tuple(user for row in self._all(sa.select(USERS).order_by(USERS.c.id)) if (user := _user(row)))

    def add_user(self, user: User) -> None:
        """See `AccessStore.add_user`."""
        with self._within(writing=True) as connection:
            if self.user(user.id):
                raise Conflict(_("用户 {name} 已经有了").format(name=user.id), remedy=_("换一个登录名，或修改已有用户。"))
            self._require_free(user)
            connection.execute(sa.insert(USERS).values(**_columns(user)))

    def replace_user(self, user: User) -> User:
        """See `AccessStore.replace_user`."""
        with self._within(writing=True) as connection:
            self._require_free(user)
            newer = replace(user, version=user.version + 1)
            where = (USERS.c.id == user.id, USERS.c.version == user.version)
            if not connection.execute(sa.update(USERS).where(*where).values(**_columns(newer))).rowcount:
                raise Conflict(
                    _("用户 {name} 刚被别人改过，这一次没有存").format(name=user.id), remedy=_("先看现在的内容，再决定是否还要改。")
                )
        return newer

    def password(self, name: str) -> str:
        """See `AccessStore.password`."""
        found = self._one(sa.select(PASSWORDS.c.hash).where(PASSWORDS.c.user == name))
        return str(found["hash"]) if found else ""

    def set_password(self, name: str, hashed: str, at: datetime) -> None:
        """See `AccessStore.set_password`."""
        with self._within(writing=True) as connection:
            connection.execute(sa.delete(PASSWORDS).where(PASSWORDS.c.user == name))
            connection.execute(sa.insert(PASSWORDS).values(user=name, hash=hashed, changed_at=at))

    def add_session(self, session: Session) -> None:
        """See `AccessStore.add_session`."""
        with self._within(writing=True) as connection:
            connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.expires_at < session.created_at - timedelta(days=30)))
            connection.execute(sa.insert(SESSIONS).values(**asdict(session)))

    def session(self, name: str) -> Session | None:
        """See `AccessStore.session`."""
        found = self._one(sa.select(SESSIONS).where(SESSIONS.c.id == name))
        return Session(**found) if found else None

    def sessions(self, user: str) -> tuple[Session, ...]:
        """See `AccessStore.sessions`."""
        query = sa.select(SESSIONS).where(SESSIONS.c.user == user, SESSIONS.c.revoked_at.is_(None)).order_by(SESSIONS.c.created_at.desc())
        return tuple(Session(**row) for row in self._all(query))

    def touch_session(self, name: str, at: datetime) -> None:
        """See `AccessStore.touch_session`."""
        self._write(sa.update(SESSIONS).where(SESSIONS.c.id == name).values(seen_at=at))

    def revoke_sessions(self, user: str, at: datetime, *, only: str = "", but: str = "") -> int:
        """See `AccessStore.revoke_sessions`."""
        query = sa.update(SESSIONS).where(SESSIONS.c.user == user, SESSIONS.c.revoked_at.is_(None), SESSIONS.c.id != but)
        return self._write((query.where(SESSIONS.c.id == only) if only else query).values(revoked_at=at))

    def add_key(self, key: ApiKey) -> None:
        """See `AccessStore.add_key`."""
        self._write(sa.insert(API_KEYS).values(**{**asdict(key), "scopes": list(key.scopes)}))

    def key(self, name: str) -> ApiKey | None:
        """See `AccessStore.key`."""
        found = self._one(sa.select(API_KEYS).where(API_KEYS.c.id == name))
        return _key(found) if found else None

    def keys(self, user: str = "") -> tuple[ApiKey, ...]:
        """See `AccessStore.keys`."""
        query = sa.select(API_KEYS).order_by(API_KEYS.c.created_at, API_KEYS.c.id)
        return tuple(_key(row) for row in self._all(query.where(API_KEYS.c.user == user) if user else query))

    def touch_key(self, name: str, at: datetime) -> None:
        """See `AccessStore.touch_key`."""
        self._write(sa.update(API_KEYS).where(API_KEYS.c.id == name).values(used_at=at))

    def revoke_key(self, name: str, at: datetime) -> int:
        """See `AccessStore.revoke_key`."""
        return self._write(sa.update(API_KEYS).where(API_KEYS.c.id == name, API_KEYS.c.revoked_at.is_(None)).values(revoked_at=at))

    def begin_attempt(self, account: str, address: str, at: datetime, since: datetime, most: Mapping[str, int]) -> int | datetime:
        """See `AccessStore.begin_attempt`."""
        with self._within(writing=True) as connection:
            connection.execute(sa.delete(ATTEMPTS).where(ATTEMPTS.c.at < since))
            for column, value in ((ATTEMPTS.c.account, account), (ATTEMPTS.c.address, address)):
                failed = sa.and_(column == value, ATTEMPTS.c.succeeded.is_(False), ATTEMPTS.c.at >= since)
                times = connection.execute(sa.select(ATTEMPTS.c.at).where(failed).order_by(ATTEMPTS.c.at.desc())).scalars().all()
                if len(times) >= most[column.name]:
                    oldest: datetime = times[most[column.name] - 1]
                    return oldest
            made = connection.execute(sa.insert(ATTEMPTS).values(account=account, address=address, at=at, succeeded=False))
            key = made.inserted_primary_key
            assert key is not None
            return int(key[0])

    def succeed_attempt(self, number: int) -> None:
        """See `AccessStore.succeed_attempt`."""
        with self._within(writing=True) as connection:
            account = connection.execute(sa.select(ATTEMPTS.c.account).where(ATTEMPTS.c.id == number)).scalar()
            connection.execute(sa.delete(ATTEMPTS).where(ATTEMPTS.c.id == number))
            connection.execute(sa.delete(ATTEMPTS).where(ATTEMPTS.c.account == account))

    def count_request(self, name: str, rate: int, at: datetime) -> float:
        """See `AccessStore.count_request`: the generic cell rate algorithm (ITU-T I.371), whose whole state is one moment a name.

        One statement a request: simultaneous requests follow one another at the row, and only there.
        """
        now, step = at.timestamp(), MINUTE / rate
        busy = REQUEST_RATES.c.busy_until
        self._forget_idle_names(now)
        later = sa.case((busy > now, busy), else_=sa.literal(now, sa.Float)) + step
        insert: Any = _INSERT_OF[self._engine.dialect.name](REQUEST_RATES).values(name=name, busy_until=now + step)
        may_pass = busy <= now + MINUTE - step + ROUNDING
        with self._within(writing=True, in_turn=False) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(_SOON_ON_DISK)
            counted = insert.on_conflict_do_update(index_elements=["name"], set_={"busy_until": later}, where=may_pass)
            if connection.execute(counted.returning(busy)).first() is not None:
                return 0.0
            until = connection.execute(sa.select(busy).where(REQUEST_RATES.c.name == name)).scalar_one()
        return float(max(ROUNDING, until - MINUTE + step - now))

    def _forget_idle_names(self, now: float) -> None:
        """Once a minute, drop the names whose count is over: they may ask at their full rate in any case."""
        if now - self._swept >= MINUTE:
            self._swept = now
            self._write(sa.delete(REQUEST_RATES).where(REQUEST_RATES.c.busy_until < now - MINUTE))

    def note(self, chain: Chain, deed: Deed, at: datetime) -> AuditEntry:
        """See `AccessStore.note`."""
        with self._within(writing=True) as connection:
            entry = link(chain, self.head(chain), at, deed)
            connection.execute(
                sa.insert(AUDIT).values(
                    chain=chain, sequence=entry.sequence, at=entry.at, who=entry.deed.who, action=entry.deed.action,
                    subject=entry.deed.subject, outcome=entry.deed.outcome, address=entry.deed.address, detail=dict(entry.deed.detail),
                    previous=entry.previous, hash=entry.hash,
                )
            )  # fmt: skip
        return entry

    def head(self, chain: Chain) -> Head:
        """See `AccessStore.head`."""
        query = sa.select(AUDIT.c.sequence, AUDIT.c.hash).where(AUDIT.c.chain == chain).order_by(AUDIT.c.sequence.desc()).limit(1)
        found = self._one(query)
        return Head(found["sequence"], found["hash"]) if found else Head(0, START)

    def entries(self, chain: Chain, after: int = 0) -> Iterator[AuditEntry]:
        """See `AccessStore.entries`."""
        query = sa.select(AUDIT).where(AUDIT.c.chain == chain).order_by(AUDIT.c.sequence).limit(PAGE)
        while rows := self._all(query.where(AUDIT.c.sequence > after)):
            yield from map(_entry, rows)
            after = rows[-1]["sequence"]

    def latest(self, chain: Chain, count: int, before: int = 0, who: str = "") -> tuple[AuditEntry, ...]:
        """See `AccessStore.latest`."""
        query = sa.select(AUDIT).where(AUDIT.c.chain == chain).order_by(AUDIT.c.sequence.desc()).limit(count)
        query = query.where(AUDIT.c.sequence < before) if before else query
        return tuple(map(_entry, self._all(query.where(AUDIT.c.who == who) if who else query)))

    def close(self) -> None:
        """See `AccessStore.close`."""
        self._engine.dispose()

    @contextmanager
    def _within(self, *, writing: bool, in_turn: bool = True) -> Iterator[sa.Connection]:
        """A transaction of its own on a pooled connection, or the one that this thread has open.

        Writers take turns; one that touches a single row and reads nothing else need not wait for them in PostgreSQL.
        """
        current: sa.Connection | None = getattr(self._here, "connection", None)
        if current is not None:
            yield current
            return
        with self._explained(self.place), self._engine.connect() as connection:
            connection.info["writing"] = writing
            with connection.begin():
                if writing and in_turn and connection.dialect.name == "postgresql":
                    connection.execute(ONE_WRITER)
                self._here.connection = connection
                try:
                    yield connection
                finally:
                    self._here.connection = None

    def _all(self, query: sa.Select[Any]) -> list[dict[str, Any]]:
        with self._within(writing=False) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _one(self, query: sa.Select[Any]) -> dict[str, Any] | None:
        found = self._all(query)
        return found[0] if found else None

    def _write(self, statement: sa.Insert | sa.Update | sa.Delete) -> int:
        with self._within(writing=True) as connection:
            return int(connection.execute(statement).rowcount)

    def _require_free(self, user: User) -> None:
        """A person of the login service belongs to one account."""
        other = self.user_of_subject(user.subject)
        if other is not None and other.id != user.id:
            raise Conflict(_("统一登录的这个人已经对应用户 {name}").format(name=other.id), remedy=_("先解除那边的对应。"))


def _columns(user: User) -> dict[str, Any]:
    return {**asdict(user), "roles": list(user.roles), "areas": list(user.areas)}


def _user(row: Mapping[str, Any] | None) -> User | None:
    return User(**{**row, "roles": tuple(map(Role, row["roles"])), "areas": tuple(row["areas"])}) if row else None


def _key(row: Mapping[str, Any]) -> ApiKey:
    return ApiKey(**{**row, "scopes": tuple(map(Scope, row["scopes"]))})


def _entry(row: Mapping[str, Any]) -> AuditEntry:
    deed = Deed(
        action=row["action"], who=row["who"], subject=row["subject"], outcome=row["outcome"], address=row["address"], detail=row["detail"]
    )
    return AuditEntry(
        chain=row["chain"], sequence=row["sequence"], at=row["at"], deed=deed, previous=row["previous"], hash=row["hash"]
    )  # fmt: skip
