"""`guibiao users` and `guibiao audit`: what an administrator does before there is a site to sign in to."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner, Result

from guibiao.commands import audit, users
from guibiao.model.errors import BadInput, BadRequest
from guibiao.serve.doors import passwords
from tests.serve.door_samples import empty_store


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Cheap hashes, no workspace to read, a store that is made already."""
    monkeypatch.setattr(passwords.Argon2.__init__, "__kwdefaults__", {"passes": 1, "memory": 64, "lanes": 1})
    monkeypatch.setattr(users, "load", lambda _name: SimpleNamespace(settings=SimpleNamespace(id="w")))
    (tmp_path / "operations").mkdir()
    (tmp_path / "operations" / "operations.db").write_bytes(empty_store())


def guibiao(*words: object, out: Path) -> Result:
    tree = typer.Typer()
    tree.add_typer(users.tree(), name="users")
    tree.add_typer(audit.tree(), name="audit")
    return CliRunner().invoke(tree, [*map(str, words), "--out", str(out)])


def said(*words: object, out: Path) -> str:
    done = guibiao(*words, out=out)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_a_user_is_added_listed_changed_and_shut_out(tmp_path: Path) -> None:
    told = said("users", "add", "Chief", "--role", "administrator", "--full-name", "主管", "--who", "setup", out=tmp_path)
    assert "chief" in told
    assert "初始密码" in told
    said("users", "add", "anna", "--role", "district_editor", "--area", "110101", out=tmp_path)
    said("users", "role", "anna", "--role", "city_editor", "--role", "planner", out=tmp_path)
    said("users", "disable", "anna", out=tmp_path)
    kept = {user["name"]: user for user in json.loads(said("users", "list", "--format", "json", out=tmp_path))}
    assert kept["anna"]["roles"] == ["city_editor", "planner"]
    assert (kept["anna"]["areas"], kept["anna"]["disabled"], kept["chief"]["full_name"]) == (["110101"], True, "主管")
    assert "停用" in said("users", "list", out=tmp_path)
    said("users", "enable", "anna", out=tmp_path)
    assert "初始密码" in said("users", "password", "anna", out=tmp_path)
    said("users", "link", "anna", "https://login.example|7", out=tmp_path)
    kept = {user["name"]: user for user in json.loads(said("users", "list", "--format", "json", out=tmp_path))}
    assert (kept["anna"]["disabled"], kept["anna"]["subject"]) == (False, "https://login.example|7")


def test_a_key_is_made_listed_and_ended(tmp_path: Path) -> None:
    said("users", "add", "robot", "--role", "reader", out=tmp_path)
    made = json.loads(said("users", "key", "robot", "--label", "看板", "--scope", "release:read", "--format", "json", out=tmp_path))
    assert made["key"].startswith(f"gb_{made['id']}_")
    assert made["id"] in said("users", "key", "robot", "--list", out=tmp_path)
    said("users", "key", "robot", "--revoke", made["id"], out=tmp_path)
    (listed,) = json.loads(said("users", "key", "robot", "--list", "--format", "json", out=tmp_path))
    assert listed["revoked_at"]
    assert "key" not in listed


@pytest.mark.parametrize(
    "words",
    [
        ("add", "anna", "--role", "king"), ("add", "a b", "--role", "reader"), ("add", "anna", "--role", "district_editor"),
        ("add", "anna", "--role", "reporter"), ("role", "nobody", "--role", "reader"), ("disable", "nobody"), ("key", "nobody", "--list"),
        ("add", "anna", "--role", "reader", "--area", "x"), ("add", "anna", "--role", "reader", "--full-name", "a\x00b"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_do(tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(BadRequest) as told:
        said("users", *words, out=tmp_path)
    assert told.value.remedy
    assert json.loads(said("users", "list", "--format", "json", out=tmp_path)) == []


@pytest.mark.parametrize(
    "words", [("--scope", "all"), (), ("--scope", "release:read", "--days", "0"), ("--scope", "release:read", "--rate", "0")]
)
def test_a_key_without_bounds_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    said("users", "add", "robot", "--role", "reader", out=tmp_path)
    with pytest.raises(BadRequest):
        said("users", "key", "robot", "--label", "看板", *words, out=tmp_path)


def test_the_log_is_exported_and_verified_against_a_kept_head(tmp_path: Path) -> None:
    said("users", "add", "chief", "--role", "administrator", "--who", "setup", out=tmp_path)
    file = tmp_path / "audit.jsonl"
    told = said("audit", "export", file, out=tmp_path)
    head = json.loads(file.read_text("utf-8").splitlines()[-1])
    assert head["head"] in told
    assert guibiao("audit", "verify", out=tmp_path).exit_code == 0
    assert guibiao("audit", "verify", file, out=tmp_path).exit_code == 0
    said("users", "password", "chief", out=tmp_path)
    assert guibiao("audit", "verify", "--head", head["head"], "--count", head["count"], out=tmp_path).exit_code == 0
    wrong = guibiao("audit", "verify", "--head", "0" * 64, "--count", head["count"], "--format", "json", out=tmp_path)
    assert [fault["kind"] for fault in json.loads(wrong.output)["faults"]] == ["cut"]
    assert wrong.exit_code == 1


@pytest.mark.parametrize("change", ["edit", "cut", "reorder"])
def test_a_changed_export_is_found(tmp_path: Path, change: str) -> None:
    for name in ("chief", "anna", "bert"):
        said("users", "add", name, "--role", "administrator", out=tmp_path)
    file = tmp_path / "audit.jsonl"
    said("audit", "export", file, out=tmp_path)
    lines = file.read_text("utf-8").splitlines()
    if change == "edit":
        lines[1] = lines[1].replace("anna", "otto")
    elif change == "cut":
        del lines[2]
    else:
        lines[0], lines[1] = lines[1], lines[0]
    file.write_text("\n".join(lines), "utf-8")
    assert json.loads(guibiao("audit", "verify", file, "--format", "json", out=tmp_path).output)["faults"]


@pytest.mark.parametrize("content", [b"x", b"[]", b"3", b"{}", b'{"head": 1}', b"\xff", b'{"head": "x", "count": "many"}'])
def test_a_file_that_is_no_export_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_bytes(content)
    with pytest.raises(BadInput):
        said("audit", "verify", file, out=tmp_path)


@pytest.mark.parametrize("words", [("verify", "--head", "ab"), ("verify", "--count", "3"), ("export", "--chain", "other")])
def test_a_senseless_question_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(BadRequest):
        said("audit", *words, out=tmp_path)
