"""A process killed in the middle of an import leaves the state before it, whole: at random moments and between any two statements."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from guibiao.model.tables import FINDINGS, OBSERVATIONS
from guibiao.store.duckdb import DuckDBStore
from guibiao.store.port import WorkingStore
from tests.store.killing import answer_of, kill_at, start
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
    """One store, and the processes that work on it."""

    def __init__(self, open_it: Open, location: str) -> None:
        self._where = (open_it, location)

    def last_import(self) -> int:
        """Number of the last import that is stored; everything before it is whole."""
        last, broken = answer_of(whole_state, *self._where)
        assert not broken, f"not whole after import {last}: {', '.join(broken)}"
        return int(last)

    def kill_at(self, imports: int, phase: float, first: int) -> int:
        """Number of the last import that was reported done by the process that is killed."""
        done = kill_at(imports, phase, import_on_and_on, *self._where, first)
        return first - 1 if done is None else done

    def import_until(self, statement: int, number: int) -> bool:
        """Whether the import was killed before that statement of it."""
        process = start(import_until_statement, *self._where, number, statement)
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL}
        return process.exitcode != 0


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
    last = 0
    for number in range(24):
        done = machine.kill_at(number % 4, moments.random(), last + 1)
        found = machine.last_import()
        # The import under way may have been stored already though nobody was told.
        assert found in (done, done + 1)
        last = found
    assert last >= 36


def test_killed_between_any_two_statements(machine: Machine) -> None:
    last, statement, killed = machine.last_import(), 0, True
    while killed:
        statement += 1
        killed = machine.import_until(statement, last + 1)
        found = machine.last_import()
        assert found == (last if killed else last + 1)
        last = found
    assert statement > 15
