"""A private PostgreSQL server for one test session: own folder, own unix socket, no TCP port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.capabilities import required

SOCKET_PATH_LIMIT = 107
SOCKET_NAME = ".s.PGSQL.5432.lock"
# A test server may lose its data with the machine, never with a killed client: no fsync, full transactions.
SERVER_OPTIONS = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=40"


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: the user to run it as, or nothing where we are not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _new_folder(user: str | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="guibiao-pg-"))
    if len(str(folder / SOCKET_NAME)) > SOCKET_PATH_LIMIT:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="guibiao-pg-", dir="/tmp"))
    if user:
        shutil.chown(folder, user)
    return folder


def _run(command: list[str], folder: Path, user: str | None) -> None:
    as_user = ["runuser", "-u", user, "--"] if user else []
    log = folder.with_suffix(".log")
    with log.open("w+b") as output:
        done = subprocess.run(
            [*as_user, *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=120,
            check=False,
        )
    said = log.read_text(errors="replace")
    log.unlink()
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}:\n{said}")


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Start a server, give its DSN (a ``postgresql://`` URL), stop it and remove its folder."""
    user = _server_user()
    folder = _new_folder(user)
    data = folder / "data"
    control = [str(binaries / "pg_ctl"), "-D", str(data), "-w", "-t", "60"]
    try:
        create = [str(binaries / "initdb"), "-D", str(data), "-U", "guibiao", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        _run(create, folder, user)
        options = f"{SERVER_OPTIONS} -c unix_socket_directories='{folder}'"
        _run([*control, "-o", options, "-l", str(folder / "server.log"), "start"], folder, user)
        try:
            yield f"postgresql://guibiao@/postgres?host={quote(str(folder), safe='')}"
        finally:
            _run([*control, "-m", "immediate", "stop"], folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """The DSN of a PostgreSQL server that lives as long as the session; empty at the start."""
    with running_server(required("postgres")) as dsn:
        yield dsn
