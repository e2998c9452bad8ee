"""The systemd units: understood by systemd, shut in, started with options that exist, without a secret in them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guibiao.web import settings_of
from tests.capabilities import ROOT
from tests.deployment.unit_files import DEPLOY, options_of, unit
from tests.serve.release_samples import new_city

SERVICES = ("guibiao.service", "guibiao-backup.service")
MOST_EXPOSED = 20
"""Tenths of the scale on which systemd says how exposed a service is (0 safe, 100 unsafe); 20 is its own "OK"."""
PROGRAM = "/usr/local/lib/guibiao/bin/guibiao"


@pytest.mark.parametrize("name", SERVICES)
def test_the_command_is_one_that_exists(name: str) -> None:
    (line,) = unit(name)["Service"]["ExecStart"]
    program, *words = shlex.split(line)
    assert program == PROGRAM
    given = {word for word in words if word.startswith("--")}
    assert given
    assert given <= options_of(words)


def test_the_site_is_shut_in_and_comes_back() -> None:
    service = unit("guibiao.service")["Service"]
    assert service["User"] == ["guibiao"]
    assert service["Restart"] == ["always"]
    assert unit("guibiao.service")["Unit"]["StartLimitIntervalSec"] == ["0"]
    expected = {"ProtectSystem": "strict", "NoNewPrivileges": "yes", "ReadWritePaths": "/var/lib/guibiao", "CapabilityBoundingSet": ""}
    assert {key: service[key] for key in expected} == {key: [value] for key, value in expected.items()}


def test_no_secret_stands_in_a_file_that_others_read() -> None:
    service = unit("guibiao.service")["Service"]
    assert service["LoadCredential"] == ["secret:/etc/guibiao/secret"]
    assert "GUIBIAO_SECRET_FILE=%d/secret" in service["Environment"]
    for path in DEPLOY.iterdir():
        assert not re.search(r"(SECRET|PASSWORD)=\S|://[^/\s]*:[^/@\s]+@", path.read_text("utf-8")), path.name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd reads its own files where it is")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("guibiao")
    for path in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace(PROGRAM, str(program)), "utf-8")
    units = sorted(str(path) for path in tmp_path.iterdir())
    assert len(units) == 3
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for name in SERVICES:
        command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(DEPLOY / name)]
        told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert told.returncode == 0, told.stdout[-300:]


VARIABLE = re.compile(r"GUIBIAO_[A-Z_]+")
SAMPLES = {
    "GUIBIAO_ADDRESS": "https://other.example", "GUIBIAO_OPERATIONS": "postgresql://db/x", "GUIBIAO_TRUSTED_PROXIES": "10.0.0.1",
    "GUIBIAO_ANONYMOUS": "no", "GUIBIAO_SESSION_MINUTES": "60", "GUIBIAO_UPLOAD_LIMIT": "5", "GUIBIAO_OIDC_ISSUER": "https://l.example",
    "GUIBIAO_OIDC_CLIENT": "c", "GUIBIAO_OIDC_SECRET": "s", "GUIBIAO_OIDC_NAME": "n", "GUIBIAO_SECRET": "s",
}  # fmt: skip


def test_every_variable_that_is_named_is_read(tmp_path: Path) -> None:
    named = {name for path in DEPLOY.iterdir() for name in VARIABLE.findall(path.read_text("utf-8"))}
    text = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    for row in re.findall(r"^\|(.*`GUIBIAO_[^|]*)\|", text, re.MULTILINE):
        names = re.findall(r"`(GUIBIAO_[A-Z_]+|_[A-Z_]+)`", row)
        named |= {name if name.startswith("G") else "_".join((*names[0].split("_")[:-1], name[1:])) for name in names}
    assert {"GUIBIAO_SECRET", "GUIBIAO_SECRET_FILE", "GUIBIAO_OIDC_SECRET_FILE"} <= named
    city = new_city(tmp_path)
    file = tmp_path / "secret"
    file.write_text("from a file\n")
    base = settings_of(city.workspace, city.out, {}, {})
    for name in sorted(named):
        value = str(file) if name.endswith("_FILE") else SAMPLES[name]
        assert settings_of(city.workspace, city.out, {name: value}, {}) != base, name
