"""Release folders on disk: whole or not there at all, the same for every reader, and never changed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guibiao.model.errors import BadInput, BadRequest
from guibiao.model.release import Act, Event, Manifest
from guibiao.model.tables import FINDINGS, OBSERVATIONS
from guibiao.store import files
from guibiao.store.files import locked
from guibiao.store.open import open_archive
from guibiao.store.release import FolderArchive
from tests.store.killing import kill_at
from tests.store.samples import finding, observation, observations

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> FolderArchive:
    return open_archive(tmp_path / "releases")


def describe(digests: Mapping[str, str]) -> Manifest:
    name = "".join(digest[:6] for _, digest in sorted(digests.items()))
    return Manifest(id=name, workspace="somewhere", created=NOON, as_of=None, software="0.1.0", previous="")


def create(archive: FolderArchive, rows: Any = None) -> Manifest:
    with archive.lock():
        return archive.create({OBSERVATIONS: observations(5) if rows is None else rows, FINDINGS: [finding()]}, describe)


def test_the_order_of_the_rows_does_not_matter(archive: FolderArchive, tmp_path: Path) -> None:
    rows = pa.table(
        {
            **{field.name: pa.repeat(pa.scalar(observation()[field.name], field.type), 140_000) for field in OBSERVATIONS.arrow_schema()},
            "area": [f"{number:06d}" for number in range(140_000)],
            "value": [number / 7 for number in range(140_000)],
        }
    ).select(list(OBSERVATIONS.names))
    mixed = rows.take(random.Random(1).sample(range(140_000), 140_000))
    pq.write_table(mixed, tmp_path / "rows.parquet", row_group_size=10_000)
    made = {create(archive, form).id for form in (rows, mixed, tmp_path / "rows.parquet")}
    assert len(made) == 1
    assert pq.ParquetFile(archive.folder / made.pop() / "observations.parquet").num_row_groups > 1


def test_every_form_of_a_release_holds_the_same_rows(archive: FolderArchive) -> None:
    rows = [observation(area=f"{number:02d}", value=number / 3, categories="名称=圭;表") for number in range(20, 0, -1)]
    made = create(archive, rows)
    folder = archive.folder / made.id
    expected = sorted(rows, key=lambda row: row["area"])
    assert archive.read(made.id, "observations").to_pylist() == expected
    assert pq.read_table(folder / "observations.parquet").to_pylist() == expected
    stated = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert [(file["name"], file.get("rows")) for file in stated["files"]] == [
        ("observations.parquet", 20),
        ("findings.parquet", 1),
        ("release.duckdb", None),
    ]
    for file in stated["files"]:
        done = subprocess.run(["sha256sum", folder / file["name"]], capture_output=True, text=True, check=True)
        assert done.stdout.split()[0] == file["sha256"]
        assert (folder / file["name"]).stat().st_size == file["size"]
    assert archive.manifests() == {made.id: made}


def test_a_release_cannot_be_changed(archive: FolderArchive) -> None:
    made = create(archive)
    folder = archive.folder / made.id
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}
    with archive.reader(made.id) as reader, pytest.raises(duckdb.Error, match="read-only"):
        reader._connection.execute("DELETE FROM observations")
    assert archive.faults(made.id) == ()


def test_a_reader_asks_by_text(archive: FolderArchive) -> None:
    made = create(archive)
    archive.point(made.id)
    with archive.reader() as reader:
        assert reader.manifest == made
        assert reader.read("observations", area="000003")["value"].to_pylist() == [3.0]
        assert reader.read("observations", area="'; DROP TABLE x; --").num_rows == 0


READER = """
import sys
from pathlib import Path
from guibiao.store.release import FolderArchive
with FolderArchive(Path(sys.argv[1])).reader() as reader:
    print(reader.read("observations").num_rows, flush=True)
    sys.stdin.read()
"""


def test_many_readers_while_a_release_is_made(archive: FolderArchive) -> None:
    archive.point(create(archive).id)
    command = [sys.executable, "-c", READER, str(archive.folder)]
    readers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)]
    try:
        assert [reader.stdout.readline() for reader in readers if reader.stdout] == [b"5\n"] * 3
        archive.point(create(archive, observations(9)).id)
        with archive.reader() as reader:
            assert reader.read("observations").num_rows == 9
    finally:
        for process in readers:
            process.communicate(b"")
    assert [process.returncode for process in readers] == [0, 0, 0]


def test_there_is_nothing_to_read_without_a_pointer(archive: FolderArchive) -> None:
    with pytest.raises(BadRequest, match="还没有发布") as caught:
        archive.reader()
    assert "guibiao release publish" in caught.value.remedy
    made = create(archive)
    with pytest.raises(BadRequest, match="还没有发布"):
        archive.reader()
    for pointer in ("gone", "../..", f"{made.id}/.."):
        (archive.folder / "current").write_text(pointer)
        with pytest.raises(BadRequest, match="没有发布"):
            archive.reader()
    (archive.folder / made.id / "release.duckdb").unlink()
    with pytest.raises(BadRequest, match=r"release\.duckdb"):
        archive.reader(made.id)


def test_rows_that_do_not_fit_leave_nothing(archive: FolderArchive, tmp_path: Path) -> None:
    for rows in ([observation(unit=None)], [{}], [observation(), observation()], tmp_path / "absent.parquet"):
        with pytest.raises(BadInput):
            create(archive, rows)
    assert sorted(path.name for path in archive.folder.iterdir()) == [".lock"]


def test_a_release_without_a_table_has_no_changes_of_it(archive: FolderArchive) -> None:
    with archive.lock():
        made = archive.create({FINDINGS: []}, describe)
    with pytest.raises(BadRequest, match="observations"):
        archive.changes(OBSERVATIONS, made.id, made.id, ["value"])


FULL = """
import resource, sys
from pathlib import Path
from guibiao.model.errors import BadRequest
from guibiao.store.release import FolderArchive
from tests.store.test_release_folder import create
from tests.store.samples import observations
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
rows = [row | {"locator": f"{number * 7919 % 65521:x}" * 20} for number, row in enumerate(observations(4000))]
try:
    create(FolderArchive(Path(sys.argv[1])), rows)
except BadRequest as error:
    print(error.title)
    sys.exit(2)
"""


@pytest.mark.parametrize("limit", [0, 20_000, 600_000])
def test_a_full_disk_leaves_the_releases_as_they_were(archive: FolderArchive, repository: Path, limit: int) -> None:
    made = create(archive)
    archive.point(made.id)
    before = sorted(archive.folder.rglob("*"))
    command = [sys.executable, "-c", FULL, str(archive.folder), str(limit)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert "写" in done.stdout
    assert sorted(archive.folder.rglob("*")) == before
    assert archive.faults(archive.pointer()) == ()


@pytest.mark.parametrize("verb", ["point", "append", "create"])
def test_a_disk_error_is_explained(archive: FolderArchive, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    first, second = create(archive), create(archive, observations(7))
    archive.point(first.id)
    event = Event(act=Act.DRAFT, release=first.id, at=NOON)
    archive.append(event)

    def full(_handle: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(files.os, "fsync", full)
    verbs: dict[str, Callable[[], object]] = {
        "point": lambda: archive.point(second.id),
        "append": lambda: archive.append(Event(act=Act.PUBLISH, release=first.id, at=NOON)),
        "create": lambda: create(archive, observations(8)),
    }
    with pytest.raises(BadRequest, match="不能写入"):
        verbs[verb]()
    monkeypatch.undo()
    assert archive.pointer() == first.id
    assert archive.events() == (event,)
    assert set(archive.manifests()) == {first.id, second.id}
    assert sorted(path.name for path in archive.folder.iterdir() if path.name.startswith(".")) == [".lock"]


def test_a_read_only_folder_is_explained() -> None:
    with pytest.raises(BadRequest, match="不能写入"), FolderArchive(Path("/proc/releases")).lock():
        pass
    assert FolderArchive(Path("/proc/releases")).manifests() == {}


def test_an_unfinished_line_of_the_journal_is_cut_off(archive: FolderArchive) -> None:
    first, second = (Event(act=act, release="a", at=NOON, who="张三", reason="换行\n在此") for act in (Act.DRAFT, Act.CLEAR))
    archive.folder.mkdir()
    archive.append(first)
    journal = archive.folder / "journal.jsonl"
    with journal.open("ab") as file:
        file.write('{"at": "2026-03-01T12:00:00+00:00", "act": "publish", "release": "圭'.encode()[:-1])
    assert archive.events() == (first,)
    archive.append(second)
    assert archive.events() == (first, second)
    assert len(journal.read_bytes().splitlines()) == 2


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"act": "burn", "release": "a", "at": "2026-03-01"}', b"\xff\xfe", b"null"])
def test_a_damaged_line_of_the_journal_is_named(archive: FolderArchive, line: bytes) -> None:
    archive.folder.mkdir()
    archive.append(Event(act=Act.DRAFT, release="a", at=NOON))
    with (archive.folder / "journal.jsonl").open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(BadRequest, match="已损坏") as caught:
        archive.events()
    assert caught.value.place.line == 2


def test_a_lock_that_is_held_is_named(archive: FolderArchive) -> None:
    with archive.lock(), pytest.raises(BadRequest, match="另一个进程"), locked(archive.folder / ".lock", patience=0.1):
        pass
    with archive.lock():
        pass


def test_a_damaged_manifest_hides_no_other_release(archive: FolderArchive) -> None:
    good, bad = create(archive), create(archive, observations(7))
    path = archive.folder / bad.id / "manifest.json"
    for text in ("", "{}", "[]", '{"id": 3}', path.read_text(encoding="utf-8").replace(bad.id, good.id)):
        path.chmod(0o644)
        path.write_text(text, encoding="utf-8")
        assert list(archive.manifests()) == [good.id]
        assert [fault.kind.value for fault in archive.faults(bad.id)] == ["unreadable"]
    path.unlink()
    assert [fault.kind.value for fault in archive.faults(bad.id)] == ["missing"]
    (archive.folder / good.id / "more.txt").write_text("")
    (archive.folder / good.id / "findings.parquet").unlink()
    assert [(fault.kind.value, fault.file) for fault in archive.faults(good.id)] == [
        ("missing", "findings.parquet"),
        ("unlisted", "more.txt"),
    ]


def release_on_and_on(folder: str, first: int, progress: Connection) -> None:
    """Makes release after release and points at each; says each one that is done."""
    archive = FolderArchive(Path(folder))
    number = first
    while True:
        made = create(archive, observations(50, locator=str(number)))
        with archive.lock():
            archive.append(Event(act=Act.PUBLISH, release=made.id, at=NOON, reason=str(number)))
            archive.point(made.id)
        progress.send(number)
        number += 1


def test_killed_at_random_moments(archive: FolderArchive) -> None:
    moments = random.Random(20260301)
    archive.point(create(archive).id)
    done = half_made = 0
    for number in range(24):
        told = kill_at(number % 3, moments.random(), release_on_and_on, str(archive.folder), done + 1)
        half_made += any(path.name.startswith(".making") for path in archive.folder.iterdir())
        assert archive.faults(archive.pointer()) == ()
        with archive.reader() as reader:
            assert reader.read("observations").num_rows in {5, 50}
        assert not any(archive.faults(name) for name in archive.manifests())
        published = max((int(event.reason) for event in archive.events()), default=0)
        assert published in {told or done, (told or done) + 1}
        done = published
    assert half_made > 0
    assert done >= 24
    with archive.lock():
        names = {path.name for path in archive.folder.iterdir()} - set(archive.manifests())
    assert names == {".lock", "current", "journal.jsonl"}
