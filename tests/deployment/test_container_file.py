"""The container file: what it copies is there and enough, it ends without root, and what it starts is a site that is well."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

import httpx
import pytest

from tests.capabilities import ROOT
from tests.deployment.unit_files import DEPLOY, Instruction, instructions, options_of
from tests.serve.door_samples import SECRET
from tests.serve.release_samples import new_city

LINES = instructions(DEPLOY / "Containerfile")


def of(name: str) -> list[Instruction]:
    return [line for line in LINES if line.name == name]


def copied() -> list[tuple[str, str]]:
    """What is copied from the source, and where to."""
    return [
        (source, line.words[-1]) for line in of("COPY") if not any(option.startswith("--from") for option in line.options)
        for source in line.words[:-1]
    ]  # fmt: skip


def test_it_ends_without_root_and_says_how_it_is() -> None:
    (user,) = of("USER")
    assert user.words == ("guibiao",)
    assert LINES.index(user) > max(map(LINES.index, of("RUN")))
    assert len(of("HEALTHCHECK")) == len(of("ENTRYPOINT")) == 1
    assert all(re.search(r":\d[\w.-]*$", line.words[0]) for line in of("FROM"))


def test_what_it_copies_is_there_and_not_left_out() -> None:
    patterns = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert patterns[0] == "*"
    let_in = {pattern.removeprefix("!") for pattern in patterns if pattern.startswith("!")}
    assert len(copied()) > 5
    for source, _target in copied():
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source, pattern) or source.startswith(f"{pattern}/") for pattern in let_in), source


def test_what_it_installs_is_locked() -> None:
    (locked,) = [line.words for line in of("RUN") if "--require-hashes" in line.words]
    files = [locked[number + 1] for number, word in enumerate(locked) if word == "-r"]
    assert files == ["requirements/run.txt", "requirements/postgres.txt"]
    developers = _pins(ROOT / "requirements" / "dev.txt")
    for file in files:
        pins = _pins(ROOT / file)
        assert all(hashes for hashes in pins.values())
        assert pins.items() <= developers.items()
    assert any(pin.startswith("psycopg-binary==") for pin in _pins(ROOT / "requirements" / "postgres.txt"))


def _pins(path: Path) -> dict[str, tuple[str, ...]]:
    """Name and version -> hashes; for which machines differs where others need it, too."""
    found = re.findall(r"^(\S[^\\\n]*?) \\\n((?:    --hash=\S+(?: \\)?\n?)+)", path.read_text("utf-8"), re.MULTILINE)
    return {pin.partition(" ;")[0]: tuple(sorted(re.findall(r"--hash=(\S+)", hashes))) for pin, hashes in found}


def test_what_it_copies_is_enough_to_build(tmp_path: Path) -> None:
    for source, target in copied():
        place = tmp_path / "source" / target / (Path(source).name if target.endswith("/") else "")
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / "source" / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, place)
    (own,) = [line.words for line in of("RUN") if line.words[-1] == "."]
    assert own[:2] == ("/usr/local/lib/guibiao/bin/pip", "install")
    options = [word for word in own[2:-1] if word != "--no-cache-dir"]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", *options, "--wheel-dir", str(tmp_path / "wheels"), "."]
    done = subprocess.run(command, cwd=tmp_path / "source", capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "wheels").glob("guibiao-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"guibiao/serve/doors/matrix.csv", "guibiao/serve/pages/templates/base.html"} <= names
    assert any(name.startswith("guibiao/workspaces/") for name in names)


def test_the_command_has_the_options_it_uses() -> None:
    (command,) = of("CMD")
    given = {word for word in command.words if word.startswith("--")}
    assert {"--production", "--workers"} <= given <= options_of(list(command.words))


@contextmanager
def started(words: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own group, ended with everything it started."""
    with log.open("wb") as output:
        process = subprocess.Popen(words, env=environment, stdout=output, stderr=output, start_new_session=True)
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_what_it_starts_is_a_site_that_is_well(postgres_dsn: str, tmp_path: Path) -> None:
    """ENTRYPOINT with CMD as it stands, several workers on PostgreSQL; only places and the port are this machine's."""
    city = new_city(tmp_path)
    city.publish(city.draft())
    port = str(free_port())
    (entry,), (command,), (check,) = of("ENTRYPOINT"), of("CMD"), of("HEALTHCHECK")
    places = {"/workspace": str(city.workspace.folder), "/data": str(city.out), "0.0.0.0": "127.0.0.1"}
    words = [str(Path(sys.executable).with_name(entry.words[0])), *(places.get(word, word) for word in command.words), "--port", port]
    (tmp_path / "secret").write_text(SECRET + "\n")
    environment = {
        "PATH": os.environ["PATH"], "HOME": "/nonexistent", "GUIBIAO_ADDRESS": "https://data.example.org",
        "GUIBIAO_OPERATIONS": postgres_dsn, "GUIBIAO_SECRET_FILE": str(tmp_path / "secret"),
    }  # fmt: skip
    log = tmp_path / "log"
    with started(words, environment, log) as process:
        wait_until_ready(f"http://127.0.0.1:{port}", process, log)
        look = [word.replace("8000", port) for word in check.words]
        assert subprocess.run([sys.executable, *look[1:]], env=environment, timeout=30, check=False, capture_output=True).returncode == 0
        elsewhere = {**environment, "GUIBIAO_ADDRESS": "https://elsewhere.example"}
        assert subprocess.run([sys.executable, *look[1:]], env=elsewhere, timeout=30, check=False, capture_output=True).returncode != 0
        page = httpx.get(f"http://127.0.0.1:{port}/", headers={"Host": "data.example.org", "Accept": "text/html"})
        assert page.status_code == 200
        assert "max-age" in page.headers["strict-transport-security"]
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert "Traceback" not in log.read_text("utf-8")


def wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            if httpx.get(f"{address}/readyz", headers={"Host": "data.example.org"}).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    pytest.fail(log.read_text("utf-8"))
