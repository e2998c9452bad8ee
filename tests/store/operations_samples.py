"""Operations stores of both kinds, and processes that use one at the same time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from guibiao.model.operations import Act, LedgerTask
from guibiao.store.operations.database import Operations
from guibiao.store.operations.opening import open_operations

MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
Opening = Callable[[], Operations]


def act(action: str = "update", who: str = "甲", why: str = "") -> Act:
    return Act(action, who, MOMENT, why)


def new_workspace() -> str:
    """A workspace no other test has: a schema of its own in PostgreSQL."""
    return f"w{uuid.uuid4().hex[:12]}"


@contextmanager
def store_at(location: str, workspace: str) -> Iterator[Operations]:
    store = open_operations(location, workspace)
    try:
        yield store
    finally:
        store.close()


def move_when_told(location: str, workspace: str, name: str, who: str, told: Connection, answer: Connection) -> None:
    """Read a task, wait, then write a new version of what was read."""
    from dataclasses import replace

    from guibiao.model.operations import Conflict

    with store_at(location, workspace) as store:
        kept = store.find(LedgerTask, name)
        assert kept is not None
        answer.send("ready")
        told.recv()
        try:
            store.replace(replace(kept.record, progress=f"由{who}更新"), kept.version, act("update", who))
            answer.send(("won", who))
        except Conflict as conflict:
            answer.send(("told", str(conflict)))


def add_many(location: str, workspace: str, progress: Any) -> None:
    """Add tasks, ten a transaction, until killed."""
    with store_at(location, workspace) as store:
        for batch in range(1000):
            with store.transaction():
                for number in range(10):
                    store.add(LedgerTask(id=f"task-{batch}-{number}", title="任务"), act("add"))
            progress.send(batch)
