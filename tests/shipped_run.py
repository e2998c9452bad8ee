"""One whole run of the shipped workspace, made by the first worker that asks for it and given to every one."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guibiao.commands.options import CHECKOUT

if TYPE_CHECKING:
    from guibiao.publication import Publication

TODAY = date(2026, 11, 1)


def shipped_folder() -> Path:
    return CHECKOUT / (CHECKOUT / "default").read_text("utf-8").strip()


def produce(folder: Path, out: Path, as_of: date | None = None, location: str = "") -> Publication:
    """Run a workspace into a folder, as `guibiao run` does."""
    from guibiao.publication import Publication
    from guibiao.reference.load import load_workspace
    from guibiao.run import DataRun, Request
    from guibiao.store.open import open_store

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


def lend_formulas(out: Path, fresh: Path) -> None:
    """Give a fresh run the compiled queries: they come from formulas alone, and writing them is the longest part of a run."""
    kept: dict[Path, list[str]] = {Path("records"): [], Path("artefacts"): []}
    for record in (out / "store" / "steps" / "records").iterdir():
        content = json.loads(record.read_bytes())
        if content["step"].startswith(("formula ", "rule expression ")):
            kept[Path("records")].append(record.name)
            kept[Path("artefacts")] += content["facts"]["artefacts"]
    for folder, names in kept.items():
        (fresh / "store" / "steps" / folder).mkdir(parents=True)
        for name in set(names):
            shutil.copy(out / "store" / "steps" / folder / name, fresh / "store" / "steps" / folder / name)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output folder of one whole run of the shipped workspace, this worker's copy; tests read it and leave it as it is."""
    own = tmp_path_factory.getbasetemp()
    session = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    made = session / "shipped-run"
    with (session / "shipped-run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_dir():
            unfinished = session / "shipped-run-unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            produce(shipped_folder(), unfinished)
            unfinished.rename(made)
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("finished") / "out"))
