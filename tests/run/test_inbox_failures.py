"""The inbox when its process is killed, and restricted deliveries until somebody clears them."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from guibiao.inbox import Inbox
from guibiao.reference.load import load_workspace
from guibiao.run import DataRun, Request
from guibiao.store.open import open_store
from tests.run.inbox_desk import DAY, drop, figures, take
from tests.run.offices import live_january, spending_csv, town
from tests.store.killing import answer_of, start


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return town(tmp_path)


def intake_until_statement(folder: str, location: str, statement: int) -> None:
    """An intake by a process that kills itself before the given statement to its store."""
    workspace = load_workspace(Path(folder))
    store: Any = open_store(location, "newtown")
    sent, execute = 0, store._execute

    def execute_or_die(*arguments: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    type(store)._execute = staticmethod(execute_or_die)
    take(workspace, store)


def intake_until_step(folder: str, location: str, step: str) -> None:
    """An intake by a process that kills itself before it writes the receipt or moves the file."""
    workspace = load_workspace(Path(folder))

    def die(*_arguments: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(Inbox, step, die)
    take(workspace, open_store(location, "newtown"))


def current_figures(folder: str, location: str, answer: Connection) -> None:
    store = open_store(location, "newtown")
    answer.send((len(figures(store, "owed_live")), len(store.deliveries())))
    store.close()


def test_killed_at_any_moment_nothing_is_half_stored_and_nothing_lost(folder: Path, tmp_path: Path) -> None:
    drop(folder, live_january())
    location, whole = str(tmp_path / "killed.duckdb"), len(live_january().truth)
    statement, killed = 0, True
    while killed:
        statement += 9
        process = start(intake_until_statement, str(folder), location, statement)
        process.join()
        killed = process.exitcode == -signal.SIGKILL
        count, deliveries = answer_of(current_figures, str(folder), location)
        assert (count, deliveries) in {(0, 0), (whole, 1)}
        waiting = (folder / "inbox" / live_january().name).is_file()
        received = [path.read_bytes() for path in (folder / "inbox" / "received").glob("*")]
        assert waiting or received == [live_january().content]
    assert statement > 18


@pytest.mark.parametrize("step", ["_keep_receipt", "_move"])
def test_killed_after_the_store_has_it_the_rest_is_done_next_time(folder: Path, tmp_path: Path, step: str) -> None:
    drop(folder, live_january())
    location = str(tmp_path / "killed.duckdb")
    process = start(intake_until_step, str(folder), location, step)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    store = open_store(location, "newtown")
    outcomes = take(load_workspace(folder), store)
    assert [each.status for each in outcomes.values()] == ["known"]
    assert len(store.deliveries()) == 1
    store.close()
    assert [path.read_bytes() for path in (folder / "inbox" / "received").iterdir()] == [live_january().content]
    receipt = json.loads(next((folder / "inbox" / "receipts").glob("*.json")).read_text("utf-8"))
    assert receipt["statements"] == len(live_january().truth)


def test_a_restricted_delivery_waits_for_clearance(folder: Path, tmp_path: Path) -> None:
    from guibiao.publish.release import clear
    from guibiao.store.open import open_archive
    from tests.run.conftest import outputs
    from tests.shipped_run import produce

    out = tmp_path / "out"
    loaded = load_workspace(folder)
    report = folder / "report" / "report.md"
    asked = '\n{{ value("residents_spending", 2025, default="未公布") }}\n'
    report.write_text(report.read_text("utf-8") + asked, "utf-8")
    store = open_store(str(out / "store" / "guibiao.duckdb"), "newtown")
    drop(folder, spending_csv(), live_january())
    take(loaded, store)
    store.close()
    publication = produce(folder, out)
    assert not spilt(out, "5433.07"), "a restricted figure in what readers get"
    assert not [row for row in publication.data.observation_rows if row["indicator"] == "residents_spending"]
    assert [row for row in publication.data.observation_rows if row["indicator"] == "live_sales"]
    assert open_archive(out / "releases").manifests()[publication.release].restricted == ()

    draft = drafted_with_restricted(folder, out)
    manifest = open_archive(out / "releases").manifests()[draft]
    assert manifest.needs_clearance
    assert [name.partition("/")[0] for name in manifest.restricted] == ["owed_spending"]
    produce(folder, out)
    assert not spilt(out, "5433.07"), "a draft clears nothing"
    clear(open_archive(out / "releases"), draft, who="负责人", reason="已核", at=datetime.now(UTC))
    publication = produce(folder, out)
    assert "5433.07" in outputs(out)["report.html"].decode().replace(",", "")
    assert not open_archive(out / "releases").manifests()[publication.release].needs_clearance


def drafted_with_restricted(folder: Path, out: Path) -> str:
    from guibiao.publication import Publication

    loaded = load_workspace(folder)
    store = open_store(str(out / "store" / "guibiao.duckdb"), loaded.settings.id)
    try:
        return Publication(DataRun(loaded, store, Request(out, today=DAY, restricted=True))).draft()
    finally:
        store.close()


def spilt(out: Path, figure: str) -> list[str]:
    """Files for readers, and release tables, in which a figure stands."""
    import zipfile

    import pyarrow.parquet as pq

    found = []
    cleared = [path for path in (out / "releases").glob("*/manifest.json") if not json.loads(path.read_text("utf-8"))["restricted"]]
    for path in [path for path in out.rglob("*") if path.is_file() and "store" not in path.parts]:
        if path.suffix == ".parquet":
            if "releases" in path.parts and path.parent not in {each.parent for each in cleared}:
                continue
            text = str(pq.read_table(path).to_pylist())
        elif path.suffix in {".docx", ".xlsx"}:
            archive = zipfile.ZipFile(path)
            text = "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist() if name.endswith(".xml"))
        elif path.suffix in {".html", ".json", ".csv", ".svg", ".md"}:
            text = path.read_text("utf-8")
        else:
            continue
        if figure in text.replace(",", ""):
            found.append(path.relative_to(out).as_posix())
    return found
