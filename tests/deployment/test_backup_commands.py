"""`guibiao operations` as an administrator uses it, and the copy of the releases that the documentation describes."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

from guibiao.commands import backups
from guibiao.model.errors import BadInput, BadRequest
from guibiao.publish.release import verify
from guibiao.store.open import open_archive
from guibiao.store.operations.opening import revisions
from tests.capabilities import ROOT
from tests.serve.release_samples import new_city
from tests.store.backup_samples import add_people, fill, source
from tests.store.test_operations_upgrade import make_old

GUIDE = (ROOT / "docs" / "deployment.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def no_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "load", lambda _name: SimpleNamespace(settings=SimpleNamespace(id="w")))


def guibiao(*words: object, code: int = 0) -> Result:
    done = CliRunner().invoke(backups.tree(), [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done


def filled(out: Path, scratch: Path) -> Path:
    """An output folder with a store of the workspace `w`."""
    location = out / "operations" / "operations.db"
    location.parent.mkdir(parents=True)
    fill(source(str(location), "w", out / "operations"), scratch)
    return out


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return filled(tmp_path / "out", tmp_path)


def test_a_store_is_backed_up_verified_and_restored_elsewhere(out: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    told = guibiao("backup", shelf, "--out", out).output
    (file,) = shelf.iterdir()
    assert re.fullmatch(r"operations-w-\d{8}T\d{6}Z\.zip", file.name)
    assert "12 张表" in told
    assert "sessions 1" in told
    checked = json.loads(guibiao("verify", file, "--format", "json").output)
    assert checked["workspace"] == "w"
    assert checked["sha256"] in told
    assert "重新登录" in guibiao("restore", file, "--out", tmp_path / "new").output
    again = json.loads(guibiao("backup", tmp_path / "again.zip", "--out", tmp_path / "new", "--format", "json").output)
    assert again["tables"] == checked["tables"]
    with pytest.raises(BadRequest, match="已有内容"):
        guibiao("restore", file, "--out", tmp_path / "new")


def test_from_a_file_to_a_server_and_back(out: Path, tmp_path: Path, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.store.operations_samples import new_workspace

    name = new_workspace()
    monkeypatch.setattr(backups, "load", lambda _name: SimpleNamespace(settings=SimpleNamespace(id=name)))
    add_people(source(str(tmp_path / "a" / "operations" / "operations.db"), name, tmp_path))
    guibiao("backup", tmp_path / "1.zip", "--out", tmp_path / "a")
    guibiao("restore", tmp_path / "1.zip", "--out", tmp_path / "b", "--operations", postgres_dsn)
    guibiao("backup", tmp_path / "2.zip", "--out", tmp_path / "b", "--operations", postgres_dsn)
    first, second = (json.loads(guibiao("verify", tmp_path / f"{n}.zip", "--format", "json").output) for n in (1, 2))
    assert (first["engine"], second["engine"]) == ("sqlite", "postgresql")
    assert first["tables"] == second["tables"]


def test_what_is_missing_is_said_and_ends_with_1(out: Path, tmp_path: Path) -> None:
    (evidence,) = (out / "operations" / "evidence").iterdir()
    evidence.unlink()
    told = guibiao("backup", tmp_path / "b.zip", "--out", out, code=1)
    assert evidence.name in told.output
    assert (tmp_path / "b.zip").exists()


def test_a_damaged_backup_is_told_apart(out: Path, tmp_path: Path) -> None:
    guibiao("backup", tmp_path / "b.zip", "--out", out)
    (tmp_path / "b.zip").write_bytes((tmp_path / "b.zip").read_bytes()[:-100])
    with pytest.raises(BadInput):
        guibiao("verify", tmp_path / "b.zip")


def test_an_upgrade_keeps_the_old_form_in_a_backup(tmp_path: Path) -> None:
    made = filled(tmp_path / "made", tmp_path)
    guibiao("backup", tmp_path / "rows.zip", "--out", made)
    old = source(str(tmp_path / "old" / "operations" / "operations.db"), "w", tmp_path / "old" / "operations")
    make_old(old, revisions()[1], tmp_path / "rows.zip")
    told = json.loads(guibiao("status", "--out", tmp_path / "old", "--format", "json", code=1).output)
    assert (told["revision"], told["newest"], told["rows"]["history"]) == (revisions()[1], revisions()[0], 7)
    assert revisions()[1] in guibiao("status", "--out", tmp_path / "old", code=1).output
    (tmp_path / "shelf").mkdir()
    missing = guibiao("upgrade", "--out", tmp_path / "old", "--backup", tmp_path / "shelf").output
    assert f"由 {revisions()[1]} 升级到 {revisions()[0]}" in missing
    (file,) = (tmp_path / "shelf").iterdir()
    kept = json.loads(guibiao("verify", file, "--format", "json", code=1).stdout)
    assert kept["revision"] == revisions()[1]
    assert "已是最新" in guibiao("upgrade", "--out", tmp_path / "old").output
    guibiao("status", "--out", tmp_path / "old")


def test_where_there_is_nothing_it_is_said(tmp_path: Path) -> None:
    for words in (("backup", tmp_path / "b.zip"), ("status",), ("upgrade",)):
        with pytest.raises(BadRequest, match="没有业务库"):
            guibiao(*words, "--out", tmp_path / "nothing")
    assert not list((tmp_path / "nothing").rglob("*.db"))


def test_a_file_that_is_no_store_is_left_as_it_is(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE notes (text)")
    other.close()
    before = (tmp_path / "other.db").read_bytes()
    for words in (("backup", tmp_path / "b.zip"), ("status",), ("upgrade",)):
        with pytest.raises(BadRequest, match="不是本系统的业务库"):
            guibiao(*words, "--out", tmp_path / "out", "--operations", tmp_path / "other.db")
    assert (tmp_path / "other.db").read_bytes() == before


def test_the_copy_of_the_releases_is_whole_whenever_it_is_made(tmp_path: Path) -> None:
    """The two copies of the guide, in their order, with a release published between them."""
    city = new_city(tmp_path)
    first = city.draft(value=999.9)
    city.publish(first)
    copies = [shlex.split(line) for line in re.findall(r"^rsync .*$", GUIDE, re.MULTILINE)]
    (pointer, folders), target = copies, tmp_path / "copy" / "releases"
    assert pointer[-3:-1] == ["out/beijing/releases/current", "out/beijing/releases/journal.jsonl"]
    assert pointer[-1] == folders[-1]
    _copied(pointer, city.out / "releases", target)
    second = city.draft()
    city.publish(second)
    _copied(folders, city.out / "releases", target)
    archive = open_archive(target)
    assert (target / "current").read_text("utf-8").strip() == first
    assert {path.name for path in target.iterdir() if path.is_dir()} == {first, second}
    assert verify(archive, first) == ()
    assert [fault.file for fault in verify(archive, second)] == ["manifest.json"]  # its line of the journal comes with the next copy
    file = next((target / first).glob("*.parquet"))
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert verify(archive, first) != ()


def _copied(command: list[str], releases: Path, target: Path) -> None:
    """Do what the command says with the folder of this test; by hand where there is no rsync."""
    if shutil.which("rsync"):
        words = [word.replace("out/beijing/releases", str(releases)) for word in command[:-1]]
        subprocess.run([*words, f"{target}/"], check=True, timeout=60)
        return
    left_out = {command[number + 1] for number, word in enumerate(command) if word == "--exclude"}
    target.mkdir(parents=True, exist_ok=True)
    named = [releases / Path(word).name for word in command if word.startswith("out/beijing/releases/") and not word.endswith("/")]
    for path in named or releases.iterdir():
        if path.is_dir():
            shutil.copytree(path, target / path.name, dirs_exist_ok=True)
        elif path.name not in left_out and not path.name.startswith("."):
            shutil.copy2(path, target)
