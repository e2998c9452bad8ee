"""Whole processes as a user starts them: `guibiao --help`, a first run, a run with one changed cell, a run with none."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMAND = Path(sys.executable).with_name("guibiao")
_FIGURE = re.compile(r"(?<=,)(\d+\.\d)(?=,|\s|$)")


class CommandFailed(Exception):
    """A command that cannot be timed; the text says why."""


def measure(folder: Path) -> dict[str, Any]:
    """Seconds of each command, and the largest memory of any; `left out` says why where there is nothing to start."""
    if not COMMAND.is_file():
        return {"left out": f"{COMMAND.name} is not installed beside this Python"}
    workspaces = sorted(path.parent for path in (ROOT / "workspaces").glob("*/workspace.yaml"))
    if not workspaces:
        return {"left out": "there is no workspace"}
    workspace, out = folder / "workspace", folder / "out"
    shutil.copytree(workspaces[0], workspace)
    run = ["run", "--workspace", str(workspace), "--out", str(out)]
    seconds = {"guibiao --help": min(_seconds(["--help"]) for _ in range(5)), "first run": _seconds(run)}
    seconds["nothing changed"] = min(_seconds(run) for _ in range(3))
    changed = []
    for times in range(3):
        cell = change_one_cell(workspace / "tables", times)
        changed.append(_seconds(run))
    seconds["one cell changed"] = min(changed)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return {"workspace": workspaces[0].name, "seconds": seconds, "megabytes": memory, "cell": cell}


def change_one_cell(tables: Path, times: int) -> str:
    """Add to the last digit of the first figure with one decimal in the tables' files; says which."""
    for path in sorted(tables.glob("*.csv")):
        text = path.read_text(encoding="utf-8")
        match = _FIGURE.search(text, text.index("\n") + 1 if "\n" in text else 0)
        if match:
            figure = f"{match[1][:-1]}{(int(match[1][-1]) + 1 + times) % 10}"
            path.write_text(text[: match.start()] + figure + text[match.end() :], encoding="utf-8")
            return f"{path.name}: {match[1]} -> {figure}"
    raise CommandFailed("no table of the workspace has a figure with one decimal")


def _seconds(arguments: list[str]) -> float:
    started = time.perf_counter()
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise CommandFailed(f"guibiao {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return time.perf_counter() - started
