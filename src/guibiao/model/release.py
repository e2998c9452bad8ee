"""A release: an immutable set of cleared tables, the only thing readers see (GSBPM 7: disseminate)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """One file of a release folder: name, SHA-256 of its bytes, size in bytes; rows where it is a table."""

    name: str
    sha256: str
    size: int
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a release holds and where it comes from; written once, with the folder, and never changed.

    `id` follows from workspace, `as_of`, `restricted` and the rows of the tables: the same content is the same release.
    """

    id: str
    workspace: str
    created: datetime
    as_of: date | None
    """Only what the world could know on that day; None for all that is on file."""
    software: str
    previous: str
    """Release that readers saw when this one was drafted; empty for the first."""
    restricted: tuple[str, ...] = ()
    """Datasets in it that may not be published before somebody clears them."""
    errors: int = 0
    """Findings of severity error that it carries."""
    files: tuple[ReleasedFile, ...] = ()

    @property
    def tables(self) -> dict[str, int]:
        """Table -> rows."""
        return {file.name.removesuffix(".parquet"): file.rows for file in self.files if file.rows is not None}

    @property
    def needs_clearance(self) -> bool:
        return bool(self.restricted) or self.errors > 0


class Act(StrEnum):
    """What can be done with a release."""

    DRAFT = "draft"
    CLEAR = "clear"
    SCHEDULE = "schedule"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the journal of releases: who did what to which release, when and why."""

    act: Act
    release: str
    at: datetime
    who: str = ""
    reason: str = ""
    embargo: datetime | None = None
    """With `schedule`: not to be published before."""
    successor: str = ""
    """With `withdraw`: the release that readers see instead; empty for none."""
    manifest: str = ""
    """With `draft`: SHA-256 of the manifest."""


class FaultKind(StrEnum):
    """What can be wrong with a file of a release."""

    MISSING = "missing"
    CHANGED = "changed"
    UNLISTED = "unlisted"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Fault:
    """How a release folder differs from its manifest, or its manifest from the journal."""

    kind: FaultKind
    file: str
