"""Users and audit log in the operations store: made by an upgrade that leaves what was there, whole when several come at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from alembic import command

from guibiao.model.access import Role, Session, User
from guibiao.model.audit import START, Deed, Head
from guibiao.model.operations import LedgerTask
from guibiao.store.operations.access import AccessDatabase
from guibiao.store.operations.opening import configuration, engine_at, open_access, open_operations
from tests.store.operations_samples import MOMENT, act, new_workspace

ANNA = User(id="anna", name="安娜", roles=(Role.CITY_EDITOR, Role.PLANNER), areas=("110101",), unit="单位")
MOST = {"account": 3, "address": 5}
WINDOW = MOMENT - timedelta(minutes=15)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "operations.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres_dsn"))


@pytest.fixture
def workspace() -> str:
    return new_workspace()


@pytest.fixture
def store(location: str, workspace: str) -> Iterator[AccessDatabase]:
    opened = open_access(location, workspace)
    yield opened
    opened.close()


@contextmanager
def at_revision(location: str, workspace: str, revision: str) -> Iterator[sa.Connection]:
    """A new store in the form of an older version."""
    engine, _place = engine_at(location, workspace)
    with engine.connect() as connection:
        connection.info["writing"] = True
        with connection.begin():
            command.upgrade(configuration(connection), revision)
            yield connection
    engine.dispose()


def test_a_store_of_the_version_before_is_brought_up_to_date_and_keeps_its_content(location: str, workspace: str) -> None:
    with at_revision(location, workspace, "0001") as connection:
        assert "audit" not in sa.inspect(connection).get_table_names()
        connection.execute(sa.text("INSERT INTO settings (name, value) VALUES ('workspace', :name)"), {"name": workspace})
        connection.execute(
            sa.text("INSERT INTO evidence (id, version, task, sha256, name, size) VALUES ('e', 1, 't', :hash, '照片.jpg', 7)"),
            {"hash": "0" * 64},
        )
    told: list[str] = []
    store = open_access(location, workspace, told=told.append)
    assert told == ["业务库结构已由 0001 升级到 0003，内容未变。"]
    assert store.users() == ()
    assert store.note("audit", Deed(action="x"), MOMENT).sequence == 1
    store.close()
    again = open_operations(location, workspace, told=told.append)
    from guibiao.model.operations import Evidence

    assert [kept.record.name for kept in again.every(Evidence)] == ["照片.jpg"]
    assert len(told) == 1
    again.close()


def test_ledger_and_users_live_in_one_store(store: AccessDatabase, location: str, workspace: str) -> None:
    store.add_user(ANNA)
    ledger = open_operations(location, workspace)
    ledger.add(LedgerTask(id="task-1", title="任务"), act("add"))
    ledger.close()
    assert store.user("anna") == ANNA
    assert store.user("nobody") is None


def test_an_error_takes_everything_back(store: AccessDatabase) -> None:
    def half() -> None:
        with store.transaction():
            store.add_user(ANNA)
            store.set_password("anna", "hash", MOMENT)
            store.note("audit", Deed(action="user-add"), MOMENT)
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        half()
    assert (store.user("anna"), store.password("anna"), store.head("audit")) == (None, "", Head(0, START))


def test_attempts_are_counted_by_account_and_by_address_and_grow_old(store: AccessDatabase) -> None:
    def attempt(account: str, address: str, minutes: float = 0) -> object:
        at = MOMENT + timedelta(minutes=minutes)
        return store.begin_attempt(account, address, at, at - timedelta(minutes=15), MOST)

    assert all(isinstance(attempt("anna", f"a{number}", number), int) for number in range(3))
    assert attempt("anna", "a9", 3) == MOMENT
    assert isinstance(attempt("bert", "a9", 3), int)
    assert isinstance(attempt("anna", "a9", 15.1), int)
    number = attempt("anna", "b", 17.1)
    assert isinstance(number, int)
    store.succeed_attempt(number)
    assert isinstance(attempt("anna", "b", 17.2), int)


def test_attempts_at_the_same_moment_do_not_pass_together(store: AccessDatabase) -> None:
    found: list[object] = []
    together = Barrier(8)

    def attempt() -> None:
        together.wait()
        found.append(store.begin_attempt("anna", "somewhere", MOMENT, WINDOW, {"account": 3, "address": 100}))

    threads = [Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(each, int) for each in found) == 3
    assert found.count(MOMENT) == 5


def test_sessions_end_one_by_one_or_all_but_one(store: AccessDatabase) -> None:
    for number in range(4):
        store.add_session(
            Session(id=f"s{number}", user="anna", created_at=MOMENT + timedelta(seconds=number), seen_at=MOMENT, expires_at=MOMENT)
        )
    assert [each.id for each in store.sessions("anna")] == ["s3", "s2", "s1", "s0"]
    assert store.revoke_sessions("anna", MOMENT, only="s3") == 1
    assert store.revoke_sessions("bert", MOMENT) == 0
    assert store.revoke_sessions("anna", MOMENT, but="s0") == 2
    assert [each.id for each in store.sessions("anna")] == ["s0"]
    ended = store.session("s3")
    assert ended is not None
    assert ended.revoked_at == MOMENT
    store.add_session(Session(id="late", user="anna", created_at=MOMENT + timedelta(days=31), seen_at=MOMENT, expires_at=MOMENT))
    assert store.session("s3") is None


def test_more_threads_than_connections_wait_for_their_turn(location: str, workspace: str) -> None:
    store = open_access(location, workspace, connections=2)
    threads = [Thread(target=store.note, args=("audit", Deed(action=f"a{number}"), MOMENT)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {entry.deed.action for entry in store.entries("audit")} == {f"a{number}" for number in range(12)}
    store.close()


def test_entries_are_read_page_by_page(store: AccessDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guibiao.store.operations.access.PAGE", 3)
    with store.transaction():
        for number in range(8):
            store.note("audit", Deed(action=f"a{number}"), MOMENT)
    assert [entry.sequence for entry in store.entries("audit", after=1)] == [2, 3, 4, 5, 6, 7, 8]
    assert [entry.sequence for entry in store.latest("audit", 2, before=5)] == [4, 3]
    assert list(store.entries("interference")) == []
