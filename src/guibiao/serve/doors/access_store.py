"""What the doors ask of the store of users, sessions, keys and audit: a protocol, without an engine behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from guibiao.model.access import ApiKey, Session, User
from guibiao.model.audit import AuditEntry, Chain, Deed, Head


class AccessStore(Protocol):
    """Users, passwords, sessions, keys, attempts and the chained audit log. Safe to share between threads."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, for this thread: an error inside takes everything back."""
        ...

    def user(self, name: str) -> User | None:
        """The user of a login name."""
        ...

    def user_of_subject(self, subject: str) -> User | None:
        """The user who is this person of the login service."""
        ...

    def users(self) -> tuple[User, ...]:
        """All users, by login name."""
        ...

    def add_user(self, user: User) -> None:
        """Take in a user; Conflict where the login name is taken, or the person of the login service has an account."""
        ...

    def replace_user(self, user: User) -> User:
        """Put the user in the place of the version that was read; Conflict where it is not the latest."""
        ...

    def password(self, name: str) -> str:
        """The hash of a user's password, empty where there is none."""
        ...

    def set_password(self, name: str, hashed: str, at: datetime) -> None:
        """Keep the hash of a new password."""
        ...

    def add_session(self, session: Session) -> None:
        """Keep a new session; those long over are swept."""
        ...

    def session(self, name: str) -> Session | None:
        """The session of this id, also one that is over."""
        ...

    def sessions(self, user: str) -> tuple[Session, ...]:
        """A user's sessions that were not revoked, the newest first."""
        ...

    def touch_session(self, name: str, at: datetime) -> None:
        """Note that a session was used."""
        ...

    def revoke_sessions(self, user: str, at: datetime, *, only: str = "", but: str = "") -> int:
        """End a user's sessions, only one of them, or all but one; returns how many."""
        ...

    def add_key(self, key: ApiKey) -> None:
        """Keep a new API key."""
        ...

    def key(self, name: str) -> ApiKey | None:
        """The key of this id, also one that is over."""
        ...

    def keys(self, user: str = "") -> tuple[ApiKey, ...]:
        """All keys, or a user's, the oldest first."""
        ...

    def touch_key(self, name: str, at: datetime) -> None:
        """Note that a key was used."""
        ...

    def revoke_key(self, name: str, at: datetime) -> int:
        """End a key; returns how many were ended: 1 or 0."""
        ...

    def begin_attempt(self, account: str, address: str, at: datetime, since: datetime, most: Mapping[str, int]) -> int | datetime:
        """Count an attempt to sign in before the password is looked at; returns its number.

        Where `account` or `address` failed as often as `most` allows since `since`, nothing is counted and the moment of the failure
        that must first grow old is returned. Counting first keeps simultaneous attempts from passing together.
        """
        ...

    def succeed_attempt(self, number: int) -> None:
        """Forget the attempt and the failures of its account."""
        ...

    def count_request(self, name: str, rate: int, at: datetime) -> float:
        """Count a request of a name that may ask `rate` times a minute: 0 where it may pass, else the seconds until one may.

        Counted once for all processes that share the store.
        """
        ...

    def note(self, chain: Chain, deed: Deed, at: datetime) -> AuditEntry:
        """Add an entry to the end of a chain, in the transaction that is open."""
        ...

    def head(self, chain: Chain) -> Head:
        """Where a chain ends now."""
        ...

    def entries(self, chain: Chain, after: int = 0) -> Iterator[AuditEntry]:
        """A chain's entries behind this number, in order."""
        ...

    def latest(self, chain: Chain, count: int, before: int = 0, who: str = "") -> tuple[AuditEntry, ...]:
        """The last entries of a chain (before this number, of this person), newest first."""
        ...

    def close(self) -> None:
        """Give up the store."""
        ...
