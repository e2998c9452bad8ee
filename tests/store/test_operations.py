"""The operations store: versions, an append-only history, conflicts, migrations, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from guibiao.model.errors import BadRequest
from guibiao.model.operations import Act, Conflict, Evidence, LedgerTask, Milestone, PolicyPaper, Problem, Proposal
from guibiao.store.operations.database import Operations
from guibiao.store.operations.opening import open_operations
from guibiao.store.operations.tables import METADATA, OF_KIND
from tests.store.operations_samples import MOMENT, act, new_workspace

TASK = LedgerTask(
    id="task-1", title="建设示范场景", lead=("市甲局、乙管委会", "市丙局"), due=date(2026, 6, 30), investment=Decimal("12.50"),
    investment_unit="亿元", extra={"备注": "", "一季度": "=1+1"},
)  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "operations.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres_dsn"))


@pytest.fixture
def workspace() -> str:
    return new_workspace()


@pytest.fixture
def store(location: str, workspace: str) -> Iterator[Operations]:
    opened = open_operations(location, workspace)
    yield opened
    opened.close()


def test_every_field_of_every_kind_is_a_column() -> None:
    for kind, table in OF_KIND.items():
        assert [column.name for column in table.c] == ["id", "version", *(each.name for each in fields(kind) if each.name != "id")]


@pytest.mark.parametrize(
    "record",
    [
        TASK,
        PolicyPaper(id="p", digest="d", title="方案", offices=("市甲局",), dated=date(2022, 6, 8)),
        Proposal(id="t", kind="target", document="p", start=3, content={"value": "1.40", "unit": "万亿元", "high": None}),
        Milestone(id="m", task="task-1", period="2026年二季度", due=date(2026, 6, 30), text="开工"),
        Evidence(id="e", task="task-1", sha256="0" * 64, name="照片.jpg", size=2**40),
        Problem(id="q", title="资金缺口", lead=("市丁局",), due=None),
    ],
)
def test_a_record_comes_back_as_it_went(store: Operations, record: LedgerTask) -> None:
    store.add(record, act("add"))
    kept = store.find(type(record), record.id)
    assert kept is not None
    assert (kept.record, kept.version) == (record, 1)
    assert store.as_of_version(type(record), record.id, 1) == record


def test_the_history_keeps_who_when_why_old_and_new(store: Operations) -> None:
    store.add(TASK, act("add"))
    store.replace(replace(TASK, progress="已开工"), 1, act("update", "乙", "现场核实"))
    first, second = store.history("task", "task-1")
    assert first.old == {}
    assert (second.version, second.old, second.new) == (2, {"progress": ""}, {"progress": "已开工"})
    assert (second.act.who, second.act.why, second.act.at) == ("乙", "现场核实", MOMENT)
    assert store.as_of_version(LedgerTask, "task-1", 1) == TASK


def test_an_equal_record_adds_no_history(store: Operations) -> None:
    store.add(TASK, act("add"))
    assert store.replace(TASK, 1, act()) == 1
    assert len(store.history()) == 1


def test_a_stale_version_is_told_who_did_what(store: Operations) -> None:
    store.add(TASK, act("add"))
    store.replace(replace(TASK, state="decomposed"), 1, act("decompose", "乙"))
    with pytest.raises(Conflict) as told:
        store.replace(replace(TASK, progress="丙的进展"), 1, act("update", "丙"))
    assert "乙" in str(told.value)
    assert "registered → decomposed" in str(told.value)
    kept = store.find(LedgerTask, "task-1")
    assert kept is not None
    assert kept.record.progress == ""


def test_an_id_is_added_once(store: Operations) -> None:
    store.add(TASK, act("add"))
    with pytest.raises(Conflict):
        store.add(replace(TASK, title="另一项"), act("add"))


def test_a_transaction_is_whole_or_not_at_all(store: Operations) -> None:
    def half() -> None:
        with store.transaction():
            store.add(TASK, act("add"))
            store.add(replace(TASK, id="task-2"), act("add"))
            raise BadRequest("stop")

    with pytest.raises(BadRequest, match="stop"):
        half()
    assert store.every(LedgerTask) == ()
    assert store.history() == ()
    store.add(TASK, act("add"))
    assert len(store.history()) == 1


@pytest.mark.parametrize("statement", ["UPDATE history SET who = 'x'", "DELETE FROM history"])
def test_the_engine_itself_refuses_to_change_the_history(store: Operations, location: str, statement: str) -> None:
    store.add(TASK, act("add"))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), store.transaction():
        store._connection.execute(sa.text(statement))
    assert len(store.history()) == 1


def test_it_is_there_when_opened_again(store: Operations, location: str, workspace: str) -> None:
    store.add(TASK, act("add"))
    store.close()
    again = open_operations(location, workspace)
    assert [kept.record for kept in again.every(LedgerTask, state="registered")] == [TASK]
    again.close()
    again.close()


def test_migrated_tables_are_those_of_the_code(store: Operations) -> None:
    with store.transaction():
        found = compare_metadata(MigrationContext.configure(store._connection), METADATA)
    assert found == []


def test_a_newer_store_is_refused_and_left_alone(store: Operations, location: str, workspace: str) -> None:
    with store.transaction():
        store._connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(BadRequest, match="9999"):
        open_operations(location, workspace)


def test_another_workspaces_file_is_refused(tmp_path: Path) -> None:
    open_operations(tmp_path / "o.db", "one").close()
    with pytest.raises(BadRequest, match="one"):
        open_operations(tmp_path / "o.db", "two")


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "o.db") as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(BadRequest, match="不是本系统的业务库"):
        open_operations(tmp_path / "o.db", "one")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "o.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(BadRequest, match="已损坏"):
        open_operations(tmp_path / "o.db", "one")


@pytest.mark.parametrize("address", ["mysql://host/db", "postgresql://nobody@127.0.0.1:1/none"])
def test_an_address_that_leads_nowhere_is_told(address: str) -> None:
    with pytest.raises(BadRequest):
        open_operations(address, "one")


def test_an_act_needs_a_person() -> None:
    with pytest.raises(BadRequest):
        Act("update", " ", MOMENT)
