"""What may be asked of an operations store: a protocol, without an engine behind it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from guibiao.model.operations import Act, Change, Kept, R, Record


class OperationsStore(Protocol):
    """Records with their versions and an append-only history. One store object belongs to one thread."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing: an error inside takes everything back. A transaction inside another is part of it."""
        ...

    def find(self, kind: type[R], name: str) -> Kept[R] | None:
        """The record with this id."""
        ...

    def every(self, kind: type[R], /, **having: str) -> tuple[Kept[R], ...]:
        """All records of a kind, of those where text fields are as given, by id."""
        ...

    def add(self, record: Record, act: Act) -> None:
        """Take in a new record as version 1. Conflict where its id is there already."""
        ...

    def replace(self, record: Record, version: int, act: Act) -> int:
        """Put a record in the place of the `version` that the caller read; returns the new version's number.

        Conflict, telling who did what meanwhile, where it is not the latest. An equal record changes nothing and adds no history.
        """
        ...

    def history(self, kind: str = "", name: str = "") -> tuple[Change, ...]:
        """Entries in the order in which they were made, of one record where named."""
        ...

    def as_of_version(self, kind: type[R], name: str, version: int) -> R | None:
        """A record as it was, rebuilt from the history."""
        ...

    def close(self) -> None:
        """Give up the store; a second call changes nothing."""
        ...


class EvidenceStore(Protocol):
    """Contents of files by their hash, each kept once."""

    def take(self, path: Path) -> tuple[str, int]:
        """Keep a copy; returns SHA-256 and size in bytes. BadInput where it is no readable file, empty, or larger than allowed."""
        ...

    def whole(self, sha256: str) -> bool:
        """Whether the content is there and unchanged."""
        ...
