"""Processes that work until they are killed: how the tests meet a crash at any moment."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["duckdb", "pyarrow", "pandas", "psycopg", "tests.store.samples"])

Work = Callable[..., None]
"""Takes its arguments and a connection, to which it sends a number after each piece of work."""


def start(target: Work, *arguments: Any) -> Any:
    """A process that has the libraries loaded already, so that a kill costs milliseconds."""
    process = _context.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def answer_of(target: Work, *arguments: Any) -> Any:
    """What a process sends before it ends."""
    receiver, sender = _context.Pipe(duplex=False)
    process = start(target, *arguments, sender)
    sender.close()
    answer = receiver.recv()
    process.join()
    return answer


def kill_at(pieces: int, phase: float, target: Work, *arguments: Any) -> int | None:
    """Kill a process after so many pieces of work and, of the time the last one took, the part `phase`.

    With no pieces it is killed as it starts, `phase` in tenths of a second. Returns the last number it sent.
    """
    receiver, sender = _context.Pipe(duplex=False)
    process = start(target, *arguments, sender)
    sender.close()
    last, took = None, 0.1
    for _ in range(pieces):
        before = time.monotonic()
        last = receiver.recv()
        took = time.monotonic() - before
    time.sleep(phase * took)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    return _drained(receiver, last)


def _drained(receiver: Connection, last: int | None) -> int | None:
    """The last number in the pipe; what the kill cut off was never sent."""
    try:
        while receiver.poll():
            last = receiver.recv()
    except (EOFError, OSError):
        pass
    return last
