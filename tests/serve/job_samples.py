"""What a process beside the site may do with a document: finish, take long, die, eat memory. Light to import: each is a new process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guibiao.document_jobs import CONTENT, RESULT, Refusal, Task
from guibiao.document_tasks import _guarded


def counted(task: Task) -> Mapping[str, Any]:
    """Writes how long the content is."""
    size = len((Path(task.folder) / CONTENT).read_bytes())
    (Path(task.folder) / RESULT).write_bytes(json.dumps(size).encode())
    return {"length": size, **task.needs}


def halting(task: Task) -> Mapping[str, Any]:
    """Waits until a file `go` lies beside its job's folder."""
    gate = Path(task.folder).parent.parent / "go"
    while not gate.exists():
        time.sleep(0.01)
    return counted(task)


def dying(task: Task) -> Mapping[str, Any]:
    (Path(task.folder) / RESULT).write_bytes(b"half")
    os._exit(9)


def fragile(task: Task) -> Mapping[str, Any]:
    """Dies of one name only."""
    return dying(task) if task.name == "bad.txt" else counted(task)


def hungry(task: Task) -> Mapping[str, Any] | Refusal:
    return _guarded(task, _eat)


def _eat(task: Task) -> Mapping[str, Any]:
    return {"length": len(bytearray(2 * task.memory))}
