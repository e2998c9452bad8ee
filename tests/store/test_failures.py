"""What a person is told when the store cannot be opened, read or written, and that nothing is lost or half-stored then."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from guibiao.model.errors import BadRequest
from guibiao.model.tables import OBSERVATIONS, TABLES, Column, Kind, Table
from guibiao.store.duckdb import DuckDBStore
from guibiao.store.open import open_store
from tests.store.samples import observations

WORKSPACE = "somewhere"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with three observations."""
    path = tmp_path / "working.duckdb"
    with DuckDBStore(path, WORKSPACE) as store:
        store.record(OBSERVATIONS, "a", observations(3))
    return path


def refusal(path: Path | str, workspace: str = WORKSPACE, **options: Any) -> BadRequest:
    """The error of opening; it always says what to do next."""
    with pytest.raises(BadRequest) as caught:
        open_store(path, workspace, **options)
    assert caught.value.remedy
    return caught.value


def test_a_file_that_another_process_holds(path: Path) -> None:
    script = "import sys, duckdb; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        errors = [refusal(path), refusal(path, read_only=True)]
        holder.communicate(b"")
    for error in errors:
        assert str(holder.pid) in error.title
        assert "结束" in error.remedy
        assert error.place.file == str(path)
    open_store(path, WORKSPACE).close()


def test_a_file_opened_twice_in_one_process(path: Path) -> None:
    with DuckDBStore(path, WORKSPACE):
        assert "另一种方式" in refusal(path, read_only=True).title


def test_a_store_of_newer_software(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE guibiao_store.settings SET value = '99' WHERE name = 'schema_version'")
    error = refusal(path)
    assert "99" in error.title
    assert "升级" in error.remedy


def test_a_file_of_a_newer_engine(path: Path) -> None:
    content = bytearray(path.read_bytes())
    # Main header: checksum, magic bytes "DUCK", then the version of the format.
    assert content[8:12] == b"DUCK"
    content[12:20] = (9999).to_bytes(8, "little")
    path.write_bytes(content)
    assert path.name in str(refusal(path))


def test_a_store_of_another_workspace(path: Path) -> None:
    assert WORKSPACE in refusal(path, "elsewhere").title


def test_a_store_with_other_columns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = (*OBSERVATIONS.columns, Column("more", Kind.TEXT, "one more"))
    changed = Table(OBSERVATIONS.name, more, OBSERVATIONS.key, OBSERVATIONS.owner, OBSERVATIONS.readers)
    with DuckDBStore(path, WORKSPACE) as store, pytest.raises(ValueError, match="other columns"):
        store.record(changed, "b", [])
    monkeypatch.setitem(TABLES, OBSERVATIONS.name, changed)
    assert OBSERVATIONS.name in refusal(path).title


def test_a_duckdb_file_of_somebody_else(tmp_path: Path) -> None:
    path = tmp_path / "mine.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 1 AS a")
    assert "不是本系统" in refusal(path).title
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("SELECT a FROM mine").fetchall() == [(1,)]


@pytest.mark.parametrize("content", [b"", b"hello", os.urandom(20_000)], ids=["empty", "short", "random"])
def test_a_file_that_is_no_store(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "working.duckdb"
    path.write_bytes(content)
    assert "损坏" in refusal(path).title
    assert path.read_bytes() == content


def test_a_damaged_file_is_refused_or_reads_right(tmp_path: Path) -> None:
    path = tmp_path / "working.duckdb"
    with DuckDBStore(path, WORKSPACE) as store:
        store.record(OBSERVATIONS, "a", observations(3000))
        expected = store.read(OBSERVATIONS, ["a"])
    whole = path.read_bytes()
    places = random.Random(7)
    remedies = []
    for _ in range(30):
        damaged = bytearray(whole)
        start = places.randrange(len(whole))
        damaged[start : start + 64] = bytes(64 - start % 3)
        (tmp_path / "damaged.duckdb").write_bytes(damaged if start % 5 else damaged[:start])
        try:
            with DuckDBStore(tmp_path / "damaged.duckdb", WORKSPACE) as store:
                found = store.read(OBSERVATIONS, ["a"])
        except BadRequest as error:
            remedies.append(error.remedy)
        else:
            assert found.equals(expected)
    assert len(remedies) > 5
    assert all("移到别处" in remedy for remedy in remedies)


FULL = """
import resource, sys
from pathlib import Path
from guibiao.model.errors import BadRequest
from guibiao.model.tables import OBSERVATIONS
from guibiao.store.duckdb import DuckDBStore
from tests.store.samples import observations

path, limit = Path(sys.argv[1]), int(sys.argv[2])
store = DuckDBStore(path, "somewhere")
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
rows = [row | {"locator": f"{number * 7919 % 65521:x}" * 40} for number, row in enumerate(observations(5_000))]
try:
    with store.transaction():
        for number in range(30):
            store.record(OBSERVATIONS, f"much {number}", rows)
    store.close()
except BadRequest as error:
    print(error.title, error.remedy)
    assert store.recorded(OBSERVATIONS) == {"a": 3}
    sys.exit(2)
"""


def test_a_full_disk_keeps_what_was_there(path: Path, repository: Path) -> None:
    limit = path.stat().st_size + 400_000
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path), str(limit)], cwd=repository, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "写不进磁盘" in done.stdout
    with DuckDBStore(path, WORKSPACE) as store:
        assert store.recorded(OBSERVATIONS) == {"a": 3}
        assert store.read(OBSERVATIONS, ["a"]).num_rows == 3
        assert store.record(OBSERVATIONS, "b", observations(2))


@pytest.fixture
def read_only_folder(path: Path) -> Iterator[Path]:
    """A folder with a store that the process may read and not write, even where tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="guibiao-read-only-"))
    shutil.copy(path, folder / path.name)
    (folder / path.name).chmod(0o444)
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield folder
    finally:
        os.seteuid(user)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written(read_only_folder: Path) -> None:
    assert "没有权限" in refusal(read_only_folder / "new.duckdb").title
    assert "不能在此建立" in refusal(read_only_folder / "below" / "new.duckdb").title
    assert "权限" in refusal(read_only_folder / "working.duckdb").title
    assert sorted(path.name for path in read_only_folder.iterdir()) == ["working.duckdb"]
    with DuckDBStore(read_only_folder / "working.duckdb", WORKSPACE, read_only=True) as store:
        assert store.read(OBSERVATIONS, ["a"]).num_rows == 3


def test_a_path_that_is_a_folder(tmp_path: Path) -> None:
    refusal(tmp_path)


@pytest.mark.parametrize("location", ["mysql://localhost/x", "duckdb://x", "http://x/y.duckdb"])
def test_an_address_of_another_kind(location: str) -> None:
    assert location in refusal(location).title


def test_a_server_out_of_reach(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    error = refusal(f"postgresql://someone:secret@/postgres?host={tmp_path}")
    assert "不能连接" in error.title
    assert "secret" not in str(error)


def test_a_workspace_that_is_no_name(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    assert "模式名" in refusal("postgresql://localhost/x", "很长的名字" * 20).title


@pytest.mark.parametrize("form", ["{path}", "duckdb:///{path}"])
def test_an_address_of_a_file(tmp_path: Path, form: str) -> None:
    path = tmp_path / "folder" / "名字.duckdb"
    open_store(form.format(path=path), WORKSPACE).close()
    assert sorted(each.name for each in path.parent.iterdir()) == [path.name]


def test_the_port_costs_no_import() -> None:
    script = "import sys, guibiao.store.port, guibiao.store.open; print([name for name in {heavy} if name in sys.modules])"
    heavy = ["duckdb", "psycopg", "pyarrow", "pandas", "numpy", "ibis"]
    done = subprocess.run([sys.executable, "-c", script.format(heavy=heavy)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_opening_imports_the_engine_alone(path: Path) -> None:
    script = (
        "import sys; from guibiao.store.open import open_store; from guibiao.model.tables import OBSERVATIONS\n"
        "store = open_store(sys.argv[1], sys.argv[2]); store.recorded(OBSERVATIONS); store.current('x')\n"
        "print([name for name in ('pyarrow', 'pandas', 'numpy', 'ibis') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script, path, WORKSPACE], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_opening_is_quick(path: Path) -> None:
    used = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        DuckDBStore(path, WORKSPACE).close()
        used.append(resource.getrusage(resource.RUSAGE_SELF).ru_utime - before)
    assert min(used) < 0.06
