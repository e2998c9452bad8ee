"""Tasks over processes: results, crashes, hangs, errors; each loss is known by its task."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guibiao.worker_processes import Lost, run_tasks


def squared(number: int) -> int:
    """7 dies, 8 hangs, 9 raises."""
    if number == 7:
        os._exit(3)
    if number == 8:
        time.sleep(600)
    if number == 9:
        raise ValueError("nine")
    return number * number


def limit(number: int) -> float:
    return 2.0 if number == 8 else 120.0


def test_losses_are_known_by_task_and_stop_nothing_else() -> None:
    found = list(run_tasks(squared, [8, 1, 7, 2, 9, 3], 2, limit))
    lost = {each.task: each for each in found if isinstance(each, Lost)}
    assert sorted(each for each in found if not isinstance(each, Lost)) == [1, 4, 9]
    assert {task: each.cause for task, each in lost.items()} == {7: "crash", 8: "timeout", 9: "raised"}
    assert lost[7].detail == "3"
    assert lost[9].detail == "ValueError: nine"


def test_no_tasks_are_no_work() -> None:
    assert list(run_tasks(squared, [], 2, limit)) == []


def leaving(note: Path) -> None:
    """Start a program that hangs, say which, and die."""
    note.write_text(str(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid))
    os._exit(4)


def is_running(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return stat.is_file() and stat.read_text().rpartition(") ")[2][0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="processes are looked up in /proc")
def test_a_program_ends_with_its_worker(tmp_path: Path) -> None:
    note = tmp_path / "process"
    assert [each.detail for each in run_tasks(leaving, [note], 1, lambda _task: 120.0) if isinstance(each, Lost)] == ["4"]
    process = int(note.read_text())
    for _each in range(100):
        if not is_running(process):
            return
        time.sleep(0.05)
    raise AssertionError(f"{process} is still running")
