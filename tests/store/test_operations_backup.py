"""Backups of the operations store: whole, of one moment, proof against change, and at home on either engine."""

from __future__ import annotations

import json
import sqlite3
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from guibiao.model.access import Role
from guibiao.model.audit import Deed, faults
from guibiao.model.errors import BadInput, BadRequest
from guibiao.model.operations import LedgerTask
from guibiao.store.operations.backup import LEFT_OUT, Source, back_up, reflected, snapshot
from guibiao.store.operations.backup_file import Backup
from guibiao.store.operations.opening import open_access, open_operations
from guibiao.store.operations.restore import restore, verify_backup
from tests.store.backup_samples import PHOTO, TASK, fill, source, work_on
from tests.store.killing import _context, start
from tests.store.operations_samples import MOMENT, act, new_workspace

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)]


@pytest.fixture
def workspace() -> str:
    return new_workspace()


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path, workspace: str) -> Source:
    """A place for a store; nothing is there yet."""
    location = str(tmp_path / "old" / "operations.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres_dsn"))
    return source(location, workspace, tmp_path / "old")


def backed_up(where: Source, file: Path) -> Backup:
    return back_up(where, file, at=MOMENT, software="1")


def emptied(where: Source) -> None:
    """As after a loss: PostgreSQL without the schema."""
    if where.location.startswith("postgres"):
        engine = sa.create_engine(where.location.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            connection.execute(sa.text(f"DROP SCHEMA guibiao_{where.workspace}_operations CASCADE"))
        engine.dispose()


@pytest.mark.parametrize("into", ENGINES)
def test_what_was_backed_up_comes_back_on_either_engine(
    store: Source, into: str, tmp_path: Path, workspace: str, request: pytest.FixtureRequest
) -> None:
    digest = fill(store, tmp_path)
    made = backed_up(store, tmp_path / "b.zip")
    assert made.left_out == {"request_rates": 1, "sessions": 1, "sign_in_attempts": 1}
    assert {table.name: table.rows for table in made.tables} == {
        "api_keys": 1, "audit": 6, "evidence": 1, "history": 7, "ledger_tasks": 1, "milestones": 1, "papers": 1, "passwords": 1,
        "problems": 1, "proposals": 1, "settings": 1, "users": 1,
    }  # fmt: skip
    assert [(chain.chain, chain.count, chain.faults) for chain in made.chains] == [("audit", 5, 0), ("interference", 1, 0)]
    emptied(store)
    location = str(tmp_path / "new" / "operations.db") if into == "sqlite" else str(request.getfixturevalue("postgres_dsn"))
    target = source(location, workspace, tmp_path / "new")
    assert restore(tmp_path / "b.zip", target) == made
    assert (target.evidence / digest).read_bytes() == PHOTO
    again = backed_up(target, tmp_path / "again.zip")
    assert (again.tables, again.chains, again.evidence) == (made.tables, made.chains, made.evidence)
    _people_go_on(target)


def _people_go_on(where: Source) -> None:
    """Numbers go on behind the last ones, versions and chains too."""
    ledger = open_operations(where.location, where.workspace)
    kept = ledger.find(LedgerTask, "task-1")
    assert kept is not None
    assert (kept.version, kept.record.investment, kept.record.extra) == (2, TASK.investment, TASK.extra)
    ledger.add(LedgerTask(id="task-2", title="任务"), act("add"))
    assert [change.sequence for change in ledger.history()] == [1, 2, 3, 4, 5, 6, 7, 8]
    ledger.close()
    access = open_access(where.location, where.workspace)
    anna = access.user("anna")
    assert anna is not None
    assert anna.roles == (Role.DISTRICT_EDITOR, Role.PLANNER)
    assert access.password("anna") == "$argon2id$hash"
    assert access.sessions("anna") == ()
    assert access.note("audit", Deed(action="on"), MOMENT).sequence == 6
    assert faults(access.entries("audit")) == ()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), access._within(writing=True) as connection:
        connection.execute(sa.text("DELETE FROM audit"))
    access.close()


def test_a_backup_while_people_write_is_of_one_moment(store: Source, tmp_path: Path) -> None:
    open_operations(store.location, store.workspace).close()
    receiver, sender = _context.Pipe(duplex=False)
    process = start(work_on, store.location, store.workspace, sender)
    try:
        for number in range(3):
            for _ in range(4):
                receiver.recv()
            made = backed_up(store, tmp_path / f"{number}.zip")
            rows = {table.name: table.rows for table in made.tables}
            assert rows["ledger_tasks"] % 2 == 0
            assert rows["history"] == rows["ledger_tasks"]
            assert rows["audit"] in (rows["ledger_tasks"] // 2, rows["ledger_tasks"] // 2 - 1)
            assert [chain.faults for chain in made.chains] == [0]
        before = receiver.recv()
        assert receiver.recv() > before
    finally:
        process.kill()
        process.join()
    target = source(str(tmp_path / "new.db"), store.workspace, tmp_path / "new")
    restore(tmp_path / "2.zip", target)
    assert backed_up(target, tmp_path / "again.zip").tables == made.tables


def test_a_store_with_content_is_never_overwritten(store: Source, tmp_path: Path) -> None:
    fill(store, tmp_path)
    made = backed_up(store, tmp_path / "b.zip")
    with pytest.raises(BadRequest, match="已有内容"):
        restore(tmp_path / "b.zip", store)
    assert backed_up(store, tmp_path / "c.zip").tables == made.tables


def test_a_store_without_content_is_filled(store: Source, tmp_path: Path) -> None:
    other = source(str(tmp_path / "other.db"), store.workspace, tmp_path / "other")
    fill(other, tmp_path)
    made = backed_up(other, tmp_path / "b.zip")
    open_access(store.location, store.workspace).close()
    restore(tmp_path / "b.zip", store)
    assert backed_up(store, tmp_path / "c.zip").tables == made.tables


def test_a_restore_that_fails_leaves_nothing(store: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = source(str(tmp_path / "other.db"), store.workspace, tmp_path / "other")
    digest = fill(other, tmp_path)
    backed_up(other, tmp_path / "b.zip")

    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("guibiao.store.operations.restore.sync", full)
        with pytest.raises(BadRequest, match="No space left"):
            restore(tmp_path / "b.zip", store)
    assert not (store.evidence / digest).exists()
    assert store.location.startswith("postgres") or not Path(store.location).exists()
    restore(tmp_path / "b.zip", store)
    assert (store.evidence / digest).read_bytes() == PHOTO


def test_a_backup_is_for_its_owner_and_replaces_nothing(store: Source, tmp_path: Path) -> None:
    fill(store, tmp_path)
    backed_up(store, tmp_path / "b.zip")
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600
    with pytest.raises(BadRequest, match="不覆盖"):
        backed_up(store, tmp_path / "b.zip")
    assert not list(tmp_path.glob(".b.zip*"))


def test_evidence_that_is_gone_is_named_and_the_rest_kept(store: Source, tmp_path: Path) -> None:
    digest = fill(store, tmp_path)
    (store.evidence / digest).write_bytes(b"another photograph")
    made = backed_up(store, tmp_path / "b.zip")
    assert (made.missing, dict(made.evidence)) == ((digest,), {})
    assert verify_backup(tmp_path / "b.zip") == made


def test_where_there_is_no_store_there_is_no_backup(store: Source, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="没有业务库"):
        backed_up(store, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()
    (tmp_path / "text.db").write_text("not a database at all, but long enough to look like one" * 40)
    with pytest.raises(BadRequest, match="不是业务库"):
        backed_up(source(str(tmp_path / "text.db"), "w", tmp_path), tmp_path / "b.zip")


def test_a_broken_chain_is_kept_as_evidence(tmp_path: Path) -> None:
    where = source(str(tmp_path / "o.db"), "w", tmp_path)
    fill(where, tmp_path)
    with sqlite3.connect(where.location) as connection:
        connection.executescript("DROP TRIGGER audit_no_update; UPDATE audit SET who = 'nobody' WHERE chain = 'audit' AND sequence = 3;")
    connection.close()
    made = backed_up(where, tmp_path / "b.zip")
    assert made.broken == ("audit",)
    target = source(str(tmp_path / "new.db"), "w", tmp_path / "new")
    assert restore(tmp_path / "b.zip", target).broken == ("audit",)
    access = open_access(target.location, "w")
    assert [each.sequence for each in faults(access.entries("audit"))] == [3]
    access.close()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    where = source(str(folder / "o.db"), "w", folder)
    fill(where, folder)
    backed_up(where, folder / "good.zip")
    return folder / "good.zip"


def changed(good: Path, target: Path, changes: dict[str, bytes | None], more: dict[str, bytes] | None = None) -> Path:
    """The backup with parts replaced, left out or added."""
    with zipfile.ZipFile(good) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = changes.get(name, before.read(name))
            if content is not None:
                after.writestr(name, content)
        for name, content in (more or {}).items():
            after.writestr(name, content)
    return target


def part(good: Path, name: str) -> bytes:
    with zipfile.ZipFile(good) as archive:
        return archive.read(name)


def manifest_with(good: Path, **fields: Any) -> bytes:
    return json.dumps({**json.loads(part(good, "manifest.json")), **fields}).encode()


def refused(path: Path, tmp_path: Path) -> str:
    """What is said of a backup that nobody restores."""
    target = source(str(tmp_path / "new.db"), "w", tmp_path / "new")
    with pytest.raises((BadInput, BadRequest)) as told:
        restore(path, target)
    assert not Path(target.location).exists()
    assert not list(target.evidence.glob("*"))
    return str(told.value)


def test_a_changed_backup_is_refused_whatever_was_changed(good: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(good) as archive:
        names = [name for name in archive.namelist() if name != "manifest.json"]
    assert len(names) > 10
    for number, name in enumerate(names):
        for kind, content in (("gone", None), ("longer", part(good, name) + b"{}\n"), ("other", b"x" + part(good, name)[1:])):
            path = changed(good, tmp_path / f"{number}{kind}.zip", {name: content})
            assert "已损坏或被改动" in refused(path, tmp_path), (name, kind)
    assert "已损坏" in refused(changed(good, tmp_path / "more.zip", {}, {"tables/../../x": b""}), tmp_path)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"format": "other"}, "已损坏"), ({"format_version": 99}, "更新的版本"), ({"revision": "9999"}, "更新的版本"),
        ({"workspace": "another"}, "another"), ({"tables": []}, "已损坏"), ({"chains": []}, "已损坏"),
        ({"evidence": {"../x": 1}}, "已损坏"), ({"made_at": "yesterday"}, "已损坏"),
        ({"tables": [{"name": "Users; --", "rows": 0, "sha256": ""}]}, "已损坏"),
    ],
)  # fmt: skip
def test_a_manifest_that_says_something_else_is_refused(good: Path, tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    assert said in refused(changed(good, tmp_path / "b.zip", {"manifest.json": manifest_with(good, **fields)}), tmp_path)


def test_a_consistent_forgery_of_the_tables_is_refused_by_the_database(good: Path, tmp_path: Path) -> None:
    import hashlib

    said = json.loads(part(good, "manifest.json"))
    line = json.loads(part(good, "tables/users.jsonl")) | {"more": 1}
    content = json.dumps(line).encode() + b"\n"
    for table in said["tables"]:
        if table["name"] == "users":
            table["sha256"] = hashlib.sha256(content).hexdigest()
    path = changed(good, tmp_path / "b.zip", {"tables/users.jsonl": content, "manifest.json": json.dumps(said).encode()})
    assert "已损坏" in refused(path, tmp_path)


def test_a_byte_that_flipped_is_found_or_changes_nothing(good: Path, tmp_path: Path) -> None:
    """A ZIP repeats names and times in places that nobody reads; anything else is found out."""
    content, as_written, found = good.read_bytes(), verify_backup(good), 0
    positions = range(0, len(content), 23)
    for position in positions:
        wrong = bytearray(content)
        wrong[position] ^= 0x55
        (tmp_path / "b.zip").write_bytes(wrong)
        try:
            assert verify_backup(tmp_path / "b.zip") == as_written, position
        except (BadInput, BadRequest):
            found += 1
    assert found > len(positions) * 0.6


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip", b"\0" * 5000])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)
    assert "不是业务库的备份" in refused(tmp_path / "b.zip", tmp_path)
    with pytest.raises(BadInput):
        verify_backup(tmp_path / "nothing.zip")


def test_every_table_is_backed_up_or_left_out_by_name(store: Source, tmp_path: Path) -> None:
    """A table that comes later is in the backup without anybody thinking of it."""
    fill(store, tmp_path)
    with snapshot(store) as (connection, _place):
        names = set(reflected(connection))
    made = backed_up(store, tmp_path / "b.zip")
    assert {table.name for table in made.tables} | set(made.left_out) == names
    assert set(made.left_out) <= set(LEFT_OUT)
