"""What only a server has: several processes at once, rights, connections that break."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count

import psycopg
import pytest

from guibiao.model.errors import BadRequest
from guibiao.model.tables import OBSERVATIONS, TABLES, Column, Kind, Table
from guibiao.store.postgres import PostgresStore
from tests.store.samples import observations

pytestmark = pytest.mark.needs_postgres
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_numbers = count()


@pytest.fixture
def workspace() -> str:
    return f"server_{next(_numbers)}"


@pytest.fixture
def store(postgres_dsn: str, workspace: str) -> Iterator[PostgresStore]:
    with PostgresStore(postgres_dsn, workspace) as store:
        yield store


def test_many_processes_import_the_same(postgres_dsn: str, workspace: str) -> None:
    together = threading.Barrier(6)

    def one_process(_number: int) -> tuple[int, int]:
        together.wait()
        with PostgresStore(postgres_dsn, workspace) as store:
            recorded = sum(store.record(OBSERVATIONS, f"k{key}", observations(20)) for key in range(5))
            delivered = sum(store.deliver(f"d{key}", f"k{key}", NOON) for key in range(5))
        return recorded, delivered

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(one_process, range(6)))
    assert [sum(each) for each in zip(*done, strict=True)] == [5, 5]
    with PostgresStore(postgres_dsn, workspace) as store:
        assert store.recorded(OBSERVATIONS) == {f"k{key}": 20 for key in range(5)} == dict.fromkeys(store.current().values(), 20)
        assert store.read(OBSERVATIONS, [f"k{key}" for key in range(5)]).num_rows == 100


def test_workspaces_do_not_meet(postgres_dsn: str, store: PostgresStore) -> None:
    store.record(OBSERVATIONS, "a", observations(1))
    with PostgresStore(postgres_dsn, '有"引号"的; 工作区') as other:
        assert other.recorded(OBSERVATIONS) == {}
        other.record(OBSERVATIONS, "b", observations(2))
    assert store.recorded(OBSERVATIONS) == {"a": 1}


def test_a_connection_that_breaks_in_an_import(postgres_dsn: str, store: PostgresStore, workspace: str) -> None:
    def broken_import() -> None:
        with store.transaction():
            store.record(OBSERVATIONS, "a", observations(1))
            with psycopg.connect(postgres_dsn, autocommit=True) as administrator:
                administrator.execute("SELECT pg_terminate_backend(%s)", [store._connection.info.backend_pid])
            store.record(OBSERVATIONS, "b", observations(1))

    with pytest.raises(BadRequest, match="连接中断"):
        broken_import()
    with PostgresStore(postgres_dsn, workspace) as again:
        assert again.recorded(OBSERVATIONS) == {}


def test_a_user_without_rights(postgres_dsn: str, store: PostgresStore, workspace: str) -> None:
    with psycopg.connect(postgres_dsn, autocommit=True) as administrator:
        administrator.execute("CREATE ROLE reader LOGIN")
        administrator.execute(f"GRANT USAGE ON SCHEMA guibiao_{workspace} TO reader")
        administrator.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA guibiao_{workspace} TO reader")
    try:
        as_reader = postgres_dsn.replace("://guibiao@", "://reader@")
        with PostgresStore(as_reader, workspace) as reader:
            assert reader.current() == {}
            with pytest.raises(BadRequest, match="没有权限"):
                reader.record(OBSERVATIONS, "a", observations(1))
        with pytest.raises(BadRequest, match="没有权限"):
            PostgresStore(as_reader, "another_workspace")
    finally:
        with psycopg.connect(postgres_dsn, autocommit=True) as administrator:
            administrator.execute("DROP OWNED BY reader")
            administrator.execute("DROP ROLE reader")


def test_other_versions_are_refused(postgres_dsn: str, store: PostgresStore, workspace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store.record(OBSERVATIONS, "a", observations(1))
    more = (*OBSERVATIONS.columns, Column("more", Kind.TEXT, "one more"))
    changed = Table(OBSERVATIONS.name, more, OBSERVATIONS.key, OBSERVATIONS.owner, OBSERVATIONS.readers)
    with pytest.raises(ValueError, match="other columns"):
        store.record(changed, "b", [])
    with monkeypatch.context() as patch:
        patch.setitem(TABLES, OBSERVATIONS.name, changed)
        with pytest.raises(BadRequest, match="observations"):
            PostgresStore(postgres_dsn, workspace)
    with psycopg.connect(postgres_dsn, autocommit=True) as administrator:
        administrator.execute(f"UPDATE guibiao_{workspace}.store_settings SET value = '99' WHERE name = 'schema_version'")
    with pytest.raises(BadRequest, match="99"):
        PostgresStore(postgres_dsn, workspace)


def test_a_schema_of_somebody_else(postgres_dsn: str, workspace: str) -> None:
    with psycopg.connect(postgres_dsn, autocommit=True) as administrator:
        administrator.execute(f"CREATE SCHEMA guibiao_{workspace}")
    with pytest.raises(BadRequest, match="不是本系统"):
        PostgresStore(postgres_dsn, workspace)


def test_opening_gives_the_connection_back(postgres_dsn: str, workspace: str) -> None:
    def connections() -> int:
        with psycopg.connect(postgres_dsn) as administrator:
            row = administrator.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()").fetchone()
        assert row is not None
        return int(row[0])

    before = connections()
    for _ in range(3):
        PostgresStore(postgres_dsn, workspace).close()
    assert connections() <= before + 1
