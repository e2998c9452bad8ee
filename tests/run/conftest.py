"""Workspaces to run: a copy of the shipped one, and a new city of made-up figures."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from guibiao.commands.options import CHECKOUT
from guibiao.publication import Publication
from guibiao.reference.load import load_workspace
from guibiao.reference.scaffold import scaffold
from guibiao.run import DataRun, Request
from guibiao.store.open import open_store

TODAY = date(2026, 11, 1)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the workspace that is shipped, free to be changed."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "workspace"))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output folder of one whole run of the shipped workspace; tests read it and leave it as it is."""
    out = tmp_path_factory.mktemp("finished")
    produce(shipped_folder(), out)
    return out


def shipped_folder() -> Path:
    return CHECKOUT / (CHECKOUT / "default").read_text("utf-8").strip()


@pytest.fixture
def new_city(tmp_path: Path) -> Path:
    return scaffold(tmp_path, "newtown", "新城市", "990100")


def produce(folder: Path, out: Path, as_of: date | None = None, location: str = "") -> Publication:
    """Run a workspace into a folder, as `guibiao run` does."""
    workspace = load_workspace(folder)
    store = open_store(location or str(out / "store" / "guibiao.duckdb"), workspace.settings.id)
    try:
        publication = Publication(DataRun(workspace, store, Request(out, as_of=as_of, today=TODAY)))
        publication.write()
        publication.summary(0.0)
        len(publication.data.statement_rows)  # read while the store is open: tests ask later
    finally:
        store.close()
    return publication


def outputs(out: Path) -> dict[str, bytes]:
    """Every file a reader gets, by name; the list of changes and the release archive are about the run, not about the data."""
    files = sorted(path for path in out.rglob("*") if path.is_file())
    names = {path.relative_to(out).as_posix(): path for path in files}
    kept = {name: path for name, path in names.items() if not name.startswith(("store/", "releases/")) and name != "data/changes.json"}
    return {name: path.read_bytes() for name, path in kept.items()}
