"""Stores of earlier versions: upgraded without loss, by one of many, only when told; those of later versions are left alone."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from alembic import command

from guibiao.model.access import Role
from guibiao.model.audit import faults
from guibiao.model.errors import BadRequest
from guibiao.model.operations import LedgerTask
from guibiao.store.operations.backup import LEFT_OUT, Source, back_up, reflected, snapshot, table_digest
from guibiao.store.operations.backup_file import opened_backup
from guibiao.store.operations.opening import configuration, engine_at, open_access, open_operations, revisions
from guibiao.store.operations.restore import _values, restore
from guibiao.store.operations.status import status_of
from tests.store.backup_samples import fill, source
from tests.store.operations_samples import MOMENT, new_workspace

OLDER = revisions()[1:]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    location = str(tmp_path / "operations.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres_dsn"))
    return source(location, new_workspace(), tmp_path)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with a row of every kind, of which the tests take what an older form had a table for."""
    folder = tmp_path_factory.mktemp("rows")
    full = source(str(folder / "o.db"), "w", folder)
    fill(full, folder)
    back_up(full, folder / "rows.zip", at=MOMENT, software="1")
    return folder / "rows.zip"


def make_old(where: Source, revision: str, rows: Path) -> None:
    """A store in the form of an earlier version, filled with real rows."""
    engine, _place = engine_at(where.location, where.workspace)
    with engine.connect() as connection, opened_backup(rows) as reader:
        connection.info["writing"] = True
        with connection.begin():
            command.upgrade(configuration(connection), revision)
            tables = reflected(connection)
            for table in reader.backup.tables:
                if table.name in tables and table.name != "settings":
                    values = [_values(tables[table.name].columns, row, rows) for row in reader.rows(table)]
                    connection.execute(sa.insert(tables[table.name]), values)
            connection.execute(sa.insert(tables["settings"]), {"name": "workspace", "value": where.workspace})
    engine.dispose()


def contents(where: Source) -> dict[str, str]:
    """Digest of every table."""
    with snapshot(where) as (connection, _place):
        return {name: table_digest(connection, table).sha256 for name, table in reflected(connection).items()}


@pytest.mark.parametrize("revision", OLDER)
def test_an_upgrade_loses_nothing(where: Source, rows: Path, revision: str) -> None:
    make_old(where, revision, rows)
    before = contents(where)
    assert {"ledger_tasks", "history", "proposals", "evidence"} <= set(before)
    assert ("audit" in before) is (revision != "0001")
    told: list[str] = []
    store = open_operations(where.location, where.workspace, told=told.append)
    assert told == [f"业务库结构已由 {revision} 升级到 {revisions()[0]}，内容未变。"]
    assert {name: digest for name, digest in contents(where).items() if name in before} == before
    kept = store.find(LedgerTask, "task-1")
    assert kept is not None
    assert kept.version == 2
    store.close()
    access = open_access(where.location, where.workspace, told=told.append)
    assert len(told) == 1
    if revision != "0001":
        anna = access.user("anna")
        assert anna is not None
        assert anna.roles == (Role.DISTRICT_EDITOR, Role.PLANNER)
        assert len(list(access.entries("audit"))) == 5
        assert faults(access.entries("audit")) == ()
    access.close()


def test_a_site_upgrades_nothing_and_says_the_command(where: Source, rows: Path) -> None:
    make_old(where, OLDER[0], rows)
    for opening in (open_operations, open_access):
        with pytest.raises(BadRequest, match="guibiao operations upgrade"):
            opening(where.location, where.workspace, upgrade=False)
    assert status_of(where).revision == OLDER[0]


def test_a_store_of_a_later_version_is_left_alone(where: Source, rows: Path, tmp_path: Path) -> None:
    make_old(where, revisions()[0], rows)
    engine, _place = engine_at(where.location, where.workspace)
    with engine.connect() as connection, connection.begin():
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert status_of_newer(where) == ("9999", 7)
    for upgrade in (True, False):
        with pytest.raises(BadRequest, match="更新的版本"):
            open_operations(where.location, where.workspace, upgrade=upgrade)
    with pytest.raises(BadRequest, match="更新的版本"):
        back_up(where, tmp_path / "b.zip", at=MOMENT, software="1")
    with pytest.raises(BadRequest, match="更新的版本"):
        status_of(where)
    assert status_of_newer(where) == ("9999", 7)


def status_of_newer(where: Source) -> tuple[str, int]:
    """The revision that stands there, and how many rows the history has."""
    engine, _place = engine_at(where.location, where.workspace)
    with engine.connect() as connection:
        revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
        rows = connection.execute(sa.text("SELECT count(*) FROM history")).scalar_one()
    engine.dispose()
    return str(revision), int(rows)


@pytest.mark.parametrize("revision", [None, *OLDER])
def test_of_many_that_begin_at_once_one_makes_or_upgrades(where: Source, rows: Path, revision: str | None) -> None:
    if revision:
        make_old(where, revision, rows)
    told, failed, together = list[str](), list[BaseException](), Barrier(6)

    def begin() -> None:
        together.wait()
        try:
            open_access(where.location, where.workspace, told=told.append, upgrade=bool(revision)).close()
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(told) == (1 if revision else 0)
    assert status_of(where).revision == revisions()[0]


def test_a_backup_of_an_earlier_version_is_restored_and_brought_up_to_date(where: Source, rows: Path, tmp_path: Path) -> None:
    old = source(str(tmp_path / "old.db"), where.workspace, tmp_path / "old")
    make_old(old, OLDER[0], rows)
    made = back_up(old, tmp_path / "b.zip", at=MOMENT, software="1")
    assert made.revision == OLDER[0]
    told: list[str] = []
    restore(tmp_path / "b.zip", where, told=told.append)
    assert len(told) == 1
    assert status_of(where).revision == revisions()[0]
    before, after = contents(old), contents(where)
    kept = set(before) - set(LEFT_OUT)
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
