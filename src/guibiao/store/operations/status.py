"""What an operations store holds and which form it has, without changing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from guibiao.store.operations.backup import Source, reflected, snapshot
from guibiao.store.operations.opening import revision_of


@dataclass(frozen=True, slots=True)
class Status:
    """Where a store is, its revision, and how many rows each table holds."""

    place: str
    revision: str
    rows: Mapping[str, int]


def status_of(source: Source) -> Status:
    """The state of a store; BadRequest where there is none."""
    with snapshot(source) as (connection, place):
        rows = {
            name: int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            for name, table in reflected(connection).items()
        }
        return Status(place, str(revision_of(connection)), rows)
