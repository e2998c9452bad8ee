"""`guibiao serve` in processes of its own: started, killed in parts, stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx

from tests.serve.release_samples import City

COMMAND = Path(sys.executable).with_name("guibiao")
T = TypeVar("T")


@dataclass
class RunningSite:
    """A site that listens on a port of the loopback address."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=40, headers={"Accept": "text/html", **headers})

    def get(self, path: str) -> httpx.Response:
        with self.client() as client:
            return client.get(path)

    def workers(self) -> list[int]:
        """Processes that answer requests."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"spawn_main" in _command(pid)]

    def family(self) -> set[int]:
        """All processes that the site began."""
        found, waiting = set(), [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.add(pid)
            for path in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(OSError):
                    waiting += map(int, path.read_text().split())
        return found


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def running_site(city: City, operations: str, workers: int = 1) -> Iterator[RunningSite]:
    """The site of a city, ready; everything of it is gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(COMMAND), "serve", "--workspace", str(city.workspace.folder), "--out", str(city.out), "--port", str(port),
        "--workers", str(workers), "--operations", operations,
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUIBIAO_SERVE")}
    log = city.out.parent / f"site-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True,
            env=environment | {"GUIBIAO_SECRET": "kX9vTq2LmZ7wRb4NcY8sHd6JpG3fVa5e"},
        )  # fmt: skip
    site = RunningSite(process, port, log)
    try:
        until(lambda: _ready(site), f"the site is ready\n{log.read_text()}")
        yield site
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _ready(site: RunningSite) -> bool:
    assert site.process.poll() is None, site.log.read_text()
    with suppress(httpx.HTTPError):
        return site.get("/readyz").status_code == 200
    return False


def until(seen: Callable[[], T], what: str, seconds: float = 60) -> T:
    """The first true answer of `seen`; AssertionError where none comes in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = seen()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")
