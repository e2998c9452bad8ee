"""The packaged workspace, read once."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace

Records = list[dict[str, str]]


@pytest.fixture(scope="session")
def workspace(repository: Path) -> Workspace:
    return load_workspace(repository / "workspaces" / "beijing")


@pytest.fixture(scope="session")
def typed(workspace: Workspace) -> Callable[[str], Records]:
    """Rows of one typed table by its id."""

    def read(table: str) -> Records:
        path = workspace.folder / "tables" / workspace.tables[table].file
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read
