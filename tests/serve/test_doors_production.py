"""What a site refuses to start with."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from guibiao.commands import serve
from guibiao.model.errors import BadRequest
from guibiao.serve.doors.production import is_weak, refusals
from guibiao.serve.settings import Settings
from guibiao.web import GIVEN, OUT, WORKSPACE
from guibiao.web_doors import door_settings, require_startable, secret_of
from tests.serve.door_samples import SECRET

SAFE = Settings(
    production=True, secret=SECRET, address="https://data.example", workers=4, operations="postgresql://guibiao@db/guibiao",
    extra={"oidc_issuer": "https://login.example", "oidc_client": "guibiao", "oidc_secret": "s"},
)  # fmt: skip


def test_a_safe_site_starts() -> None:
    assert refusals(SAFE) == []
    assert refusals(replace(SAFE, operations="")) == []
    assert refusals(replace(SAFE, operations="/data/operations.db", workers=1)) == []


def test_one_person_on_one_machine_needs_no_settings() -> None:
    assert refusals(Settings(debug=True)) == []


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({"debug": True}, "debug"), ({"secret": ""}, "secret"), ({"secret": "short"}, "secret"), ({"secret": "a" * 64}, "secret"),
        ({"secret": "change-me-" * 5}, "secret"), ({"address": ""}, "address"), ({"address": "http://data.example"}, "address"),
        ({"address": "https://"}, "address"), ({"operations": "/data/operations.db"}, "operations"),
        ({"operations": "sqlite:////data/operations.db"}, "operations"), ({"trusted_proxies": ("10.0.0.1", "*")}, "trusted_proxies"),
        ({"extra": {"oidc_issuer": "http://login.example", "oidc_client": "g", "oidc_secret": "s"}}, "oidc_issuer"),
        ({"extra": {"oidc_issuer": "https://login.example"}}, "oidc_client"),
    ],
)  # fmt: skip
def test_an_unsafe_setting_is_named(change: dict[str, Any], setting: str) -> None:
    faults = refusals(replace(SAFE, **change))
    assert {fault.setting for fault in faults} == {setting}
    assert all(fault.title and fault.remedy for fault in faults)


def test_everything_is_named_at_once() -> None:
    site = Settings(production=True, debug=True, workers=2, operations="operations.db")
    assert {fault.setting for fault in refusals(site)} == {"debug", "secret", "address", "operations"}


def test_several_workers_share_a_secret_and_no_file_in_any_case() -> None:
    assert {fault.setting for fault in refusals(Settings(workers=2, operations="operations.db"))} == {"operations", "secret"}


def test_a_random_secret_is_strong() -> None:
    assert not is_weak(SECRET)


def test_everything_is_told_with_what_to_do() -> None:
    require_startable(SAFE)
    with pytest.raises(BadRequest) as told:
        require_startable(Settings(production=True, debug=True, workers=2, operations="operations.db"))
    assert str(told.value).count("\n- ") >= 4


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    found = door_settings(
        {
            "GUIBIAO_OPERATIONS": "postgresql://db/x", "GUIBIAO_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2", "GUIBIAO_SESSION_MINUTES": "60",
            "GUIBIAO_UPLOAD_LIMIT": "5", "GUIBIAO_OIDC_ISSUER": "https://login.example", "GUIBIAO_ANONYMOUS": "no",
        },
        tmp_path,
    )  # fmt: skip
    settings = Settings(**found)
    assert (settings.operations, settings.session_minutes, settings.upload_limit) == ("postgresql://db/x", 60, 5 * 1024**2)
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")
    assert settings.extra == {"oidc_issuer": "https://login.example", "anonymous": "no"}


def test_users_are_kept_in_the_output_folder_where_nothing_is_said(tmp_path: Path) -> None:
    assert door_settings({}, tmp_path)["operations"] == str(tmp_path / "operations" / "operations.db")
    assert door_settings({"GUIBIAO_OPERATIONS": "none"}, tmp_path)["operations"] == ""


@pytest.mark.parametrize("text", ["0", "-1", "x", "99999", "²"])
def test_a_senseless_number_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadRequest, match="GUIBIAO_SESSION_MINUTES"):
        door_settings({"GUIBIAO_SESSION_MINUTES": text}, tmp_path)


SECRETS = ("GUIBIAO_SECRET", "GUIBIAO_OIDC_SECRET")


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_read_from_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    assert secret_of({f"{name}_FILE": str(tmp_path / "secret")}, name) == SECRET
    assert secret_of({name: SECRET}, name) == SECRET
    assert secret_of({}, name) == ""


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_cannot_be_had_keeps_the_site_from_starting(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for file, said in (("nothing", "读不了"), ("empty", "是空的"), ("binary", "读不了"), (".", "读不了")):
        with pytest.raises(BadRequest, match=f"{name}_FILE.*{said}"):
            secret_of({f"{name}_FILE": str(tmp_path / file)}, name)
    with pytest.raises(BadRequest, match="只能设一个"):
        secret_of({name: SECRET, f"{name}_FILE": str(tmp_path / "empty")}, name)


def test_a_secret_of_the_login_service_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-the-file")
    found = door_settings({"GUIBIAO_OIDC_SECRET_FILE": str(tmp_path / "secret")}, tmp_path)
    assert found["extra"] == {"oidc_secret": "from-the-file"}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """`guibiao serve` of a made-up city up to where it would listen; returns how it would."""
    from guibiao import web_workers
    from tests.serve.release_samples import new_city

    city, began = new_city(tmp_path / "city"), list[dict[str, Any]]()
    monkeypatch.setattr(web_workers, "require_free", lambda _host, _port: None)
    monkeypatch.setattr(web_workers, "run", lambda config: began.append(vars(config)))
    for name in os.environ:
        if name.startswith("GUIBIAO_"):
            monkeypatch.delenv(name)

    def start(*words: str, out: Path | None = None, releases: bool = True, **environment: str) -> list[dict[str, Any]]:
        if releases:
            (city.out / "releases").mkdir(parents=True, exist_ok=True)
        for name, value in environment.items():
            monkeypatch.setenv(f"GUIBIAO_{name}", value)
        for name in (WORKSPACE, OUT, GIVEN):
            monkeypatch.setenv(name, "")
        tree = typer.Typer()
        serve.register(tree)
        tree.callback()(lambda: None)
        done = CliRunner().invoke(tree, ["serve", "--workspace", str(city.workspace.folder), "--out", str(out or city.out), *words])
        if done.exception:
            raise done.exception
        return began

    return start


ADDRESS = ("--production", "--address", "https://data.example")


def test_a_site_in_production_starts(started: Callable[..., list[dict[str, Any]]], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    (began,) = started(*ADDRESS, SECRET_FILE=str(tmp_path / "secret"))
    assert (began["workers"], began["proxy_headers"], began["forwarded_allow_ips"], began["host"]) == (1, True, "127.0.0.1", "127.0.0.1")


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        (("--production", "--debug", "--workers", "2"), {}, "4 处设置不安全"), ((*ADDRESS, "--workers", "2"), {"SECRET": SECRET}, "SQLite"),
        (ADDRESS, {"SECRET": "changeme" * 5}, "密钥"), (("--production", "--address", "http://data.example"), {"SECRET": SECRET}, "https"),
        (ADDRESS, {"SECRET_FILE": "/nonexistent/secret"}, "读不了"), (ADDRESS, {"SECRET": SECRET, "TRUSTED_PROXIES": "*"}, "转发地址"),
        ((*ADDRESS, "--operations", "mysql://db/x"), {"SECRET": SECRET}, "不认识的业务库地址"),
        ((*ADDRESS, "--operations", "postgresql://nobody@127.0.0.1:1/none"), {"SECRET": SECRET}, "连不上业务库"),
    ],
)  # fmt: skip
def test_a_site_that_may_not_start_says_why(
    started: Callable[..., list[dict[str, Any]]], words: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    with pytest.raises(BadRequest) as told:
        started(*words, **environment)
    assert said in str(told.value)


def test_a_folder_that_cannot_be_used_is_named(started: Callable[..., list[dict[str, Any]]], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BadRequest, match="不能写入输出文件夹"):
        started(*ADDRESS, out=tmp_path / "file" / "out", releases=False, SECRET=SECRET)
    with pytest.raises(BadRequest, match="没有发布"):
        started(*ADDRESS, releases=False, SECRET=SECRET)
    assert len(started(releases=False)) == 1


def test_a_store_of_another_version_keeps_the_site_from_starting(started: Callable[..., list[dict[str, Any]]], tmp_path: Path) -> None:
    from alembic import command

    from guibiao.store.operations.opening import configuration, engine_at, revisions

    file = tmp_path / "operations.db"
    engine, _place = engine_at(file, "newtown")
    with engine.connect() as connection:
        connection.info["writing"] = True
        with connection.begin():
            command.upgrade(configuration(connection), revisions()[1])
    engine.dispose()
    before = file.read_bytes()
    for words in ((), ADDRESS):
        with pytest.raises(BadRequest, match="guibiao operations upgrade"):
            started(*words, "--operations", str(file), SECRET=SECRET)
    assert file.read_bytes() == before
