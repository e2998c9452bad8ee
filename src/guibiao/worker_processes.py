"""Tasks over worker processes that may crash or hang: each loss is known by its task and never stops the others.

A worker is a fresh process (spawned, so that engines with threads of their own start clean); a task goes to one worker at a time and is
known to it alone. A worker that dies or takes longer than the limit loses its task and is replaced.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Literal, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Lost(Generic[Task]):
    """A task whose worker died (`crash`, with its exit code) or took too long (`timeout`), or whose function raised (`raised`)."""

    task: Task
    cause: Literal["crash", "timeout", "raised"]
    detail: str = ""


@dataclass(slots=True)
class _Worker(Generic[Task]):
    process: Any
    pipe: Connection
    task: Task
    deadline: float


def run_tasks(
    function: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, seconds: Callable[[Task], float]
) -> Iterator[Result | Lost[Task]]:
    """Results in the order they come. `function` is a module's own and, like tasks and results, can be pickled; `seconds` limits a task."""
    waiting = deque(tasks)
    workers: list[_Worker[Task]] = []
    try:
        while waiting or workers:
            while waiting and len(workers) < jobs:
                task = waiting.popleft()
                workers.append(_started(function, task, time.monotonic() + seconds(task)))
            for worker in _ready(workers):
                yield _outcome(worker)
                _next(worker, workers, waiting, seconds)
    finally:
        for worker in workers:
            _stop(worker)


def _started(function: Callable[[Task], Any], task: Task, deadline: float) -> _Worker[Task]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(function, there), daemon=True)
    process.start()
    there.close()
    here.send(task)
    return _Worker(process, here, task, deadline)


def _ready(workers: Sequence[_Worker[Task]]) -> list[_Worker[Task]]:
    """Workers that have an answer, have died or are over their time; waits for the first."""
    soonest = min(worker.deadline for worker in workers)
    told = set(wait([worker.pipe for worker in workers], timeout=max(soonest - time.monotonic(), 0)))
    return [worker for worker in workers if worker.pipe in told or worker.deadline <= time.monotonic()]


def _outcome(worker: _Worker[Task]) -> Any:
    """The answer, or how the task was lost; a worker that cannot go on is stopped."""
    try:
        if not worker.pipe.poll():
            _stop(worker)
            return Lost(worker.task, "timeout")
        raised, answer = worker.pipe.recv()
    except (EOFError, OSError):
        _stop(worker)
        return Lost(worker.task, "crash", str(worker.process.exitcode))
    return Lost(worker.task, "raised", answer) if raised else answer


def _next(worker: _Worker[Task], workers: list[_Worker[Task]], waiting: deque[Task], seconds: Callable[[Task], float]) -> None:
    """Give a living worker its next task; take a stopped one, or one with nothing left to do, off the list."""
    if worker.pipe.closed or not waiting:
        workers.remove(worker)
        _stop(worker)
        return
    worker.task = waiting.popleft()
    worker.deadline = time.monotonic() + seconds(worker.task)
    try:
        worker.pipe.send(worker.task)
    except (BrokenPipeError, OSError):
        waiting.appendleft(worker.task)
        workers.remove(worker)
        _stop(worker)


def _stop(worker: _Worker[Any]) -> None:
    """End a worker with the programs it started, and wait for it."""
    worker.pipe.close()
    try:
        os.killpg(worker.process.pid, signal.SIGKILL)
    except (AttributeError, ProcessLookupError, PermissionError):
        worker.process.kill()
    worker.process.join()


def _serve(function: Callable[[Any], Any], pipe: Connection) -> None:
    """A worker's life, in a process group of its own: tasks until the parent is gone."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (False, function(task))
        except Exception as error:
            answer = (True, f"{type(error).__name__}: {error}")
        pipe.send(answer)
