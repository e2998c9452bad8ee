"""A process killed in the middle of an import leaves the state before it, whole: at random moments and between any two statements."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from guibiao.model.tables import FINDINGS, OBSERVATIONS
from guibiao.store.duckdb import DuckDBStore
from guibiao.store.port import WorkingStore
from tests.store.samples import finding, observation

WORKSPACE = "killed"
DATASETS = ("table:gdp", "table:users")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 40

Open = Callable[[str], WorkingStore]


def duckdb_store(location: str) -> WorkingStore:
    """A small log makes checkpoints frequent, so that some kills meet one."""
    store = DuckDBStore(Path(location), WORKSPACE)
    store._execute("SET checkpoint_threshold = '64KB'")
    return store


def postgres_store(location: str) -> WorkingStore:
    from guibiao.store.postgres import PostgresStore

    return PostgresStore(location, WORKSPACE)


def import_one(store: WorkingStore, number: int) -> None:
    """One import: two tables and two datasets move on together."""
    key = f"content {number}"
    with store.transaction():
        store.record(OBSERVATIONS, key, [observation(area=f"{row:06d}", value=float(number)) for row in range(ROWS)])
        store.record(FINDINGS, key, [finding(message=key)])
        for dataset in DATASETS:
            store.deliver(dataset, key, FIRST + timedelta(minutes=number))


def import_on_and_on(open_it: Open, location: str, first: int, progress: Connection) -> None:
    """Imports until it is killed; says each one that is done."""
    store = open_it(location)
    number = first
    while True:
        import_one(store, number)
        progress.send(number)
        number += 1


def import_until_statement(open_it: Open, location: str, number: int, statement: int) -> None:
    """One import by a process that kills itself before the given statement of it; it lives on where there are fewer."""
    store: Any = open_it(location)
    sent, execute = 0, store._execute

    def execute_or_die(*arguments: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    type(store)._execute = staticmethod(execute_or_die)
    import_one(store, number)


def whole_state(open_it: Open, location: str, answer: Connection) -> None:
    """Sends the number of the last import, or what is not whole."""
    store = open_it(location)
    current = store.current()
    keys = list(store.recorded(OBSERVATIONS))
    numbers = [int(key.removeprefix("content ")) for key in keys]
    last = numbers[-1] if numbers else 0
    expected = [(float(number), ROWS) for number in numbers]
    values = store.read(OBSERVATIONS, keys)["value"].to_pylist()
    found = [(values[start], values[start : start + ROWS].count(values[start])) for start in range(0, len(values), ROWS)]
    checks = {
        "datasets": current == (dict.fromkeys(DATASETS, f"content {last}") if last else {}),
        "rows": found == expected,
        "findings": store.read(FINDINGS, keys)["message"].to_pylist() == keys == list(store.recorded(FINDINGS)),
        "history": [each.content_key for each in store.deliveries(DATASETS[0])] == keys,
        "gaps": numbers == list(range(1, last + 1)),
    }
    answer.send((last, [name for name, good in checks.items() if not good]))
    store.close()


class Machine:
    """Starts processes that have the libraries loaded already, so that a kill costs milliseconds."""

    def __init__(self, open_it: Open, location: str) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__, "duckdb", "pyarrow", "pandas"])
        self._open, self._location = open_it, location

    def start(self, target: Callable[..., None], *arguments: Any) -> Any:
        process = self._context.Process(target=target, args=(self._open, self._location, *arguments), daemon=True)
        process.start()
        return process

    def last_import(self) -> int:
        receiver, sender = self._context.Pipe(duplex=False)
        process = self.start(whole_state, sender)
        sender.close()
        last, broken = receiver.recv()
        process.join()
        assert not broken, f"not whole after import {last}: {', '.join(broken)}"
        return int(last)

    def kill_after(self, seconds: float, first: int) -> tuple[int, bool]:
        """Last import that was done, and whether the importer had come to work when it was killed."""
        receiver, sender = self._context.Pipe(duplex=False)
        process = self.start(import_on_and_on, first, sender)
        sender.close()
        time.sleep(seconds)
        process.kill()
        process.join()
        done = first - 1
        try:
            while True:
                done = receiver.recv()
        except EOFError:
            return done, done >= first


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machine]:
    if request.param == "duckdb":
        yield Machine(duckdb_store, str(tmp_path / "working.duckdb"))
        return
    location = request.getfixturevalue("postgres_dsn")
    yield Machine(postgres_store, location)
    import psycopg

    with psycopg.connect(location) as connection:
        connection.execute(f"DROP SCHEMA guibiao_{WORKSPACE} CASCADE")


def test_killed_at_random_moments(machine: Machine) -> None:
    moments = random.Random(20260301)
    last = worked = 0
    for _ in range(24):
        done, had_worked = machine.kill_after(moments.uniform(0.02, 0.2), last + 1)
        found = machine.last_import()
        # The import under way may have been stored already though nobody was told.
        assert found in (done, done + 1)
        last, worked = found, worked + had_worked
    assert worked >= 5
    assert last > 24


def test_killed_between_any_two_statements(machine: Machine) -> None:
    last, statement, killed = machine.last_import(), 0, True
    while killed:
        statement += 1
        process = machine.start(import_until_statement, last + 1, statement)
        process.join()
        killed = process.exitcode == -signal.SIGKILL
        assert killed or process.exitcode == 0
        found = machine.last_import()
        assert found == (last if killed else last + 1)
        last = found
    assert statement > 15
