"""The stores of the contract tests: every test runs once for each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from guibiao.store.open import open_store
from guibiao.store.port import WorkingStore

_numbers = count()

Opener = Callable[..., WorkingStore]


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens one and the same store, again and again; all are closed at the end."""
    if request.param == "duckdb":
        location, workspace = str(tmp_path / "working.duckdb"), "somewhere"
    else:
        location, workspace = request.getfixturevalue("postgres_dsn"), f"somewhere_{next(_numbers)}"
    opened = []

    def open_it(**options: Any) -> WorkingStore:
        store = open_store(location, workspace, **options)
        opened.append(store)
        return store

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(opener: Opener) -> WorkingStore:
    return opener()
