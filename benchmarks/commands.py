"""Whole processes as a user starts them: `guibiao --help`, a first run, a run with one changed cell, a run with none."""

from __future__ import annotations

import json
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
CHANGES = 5
_FIGURE = re.compile(r"(?<=,)(\d+\.\d)(?=,|\s|$)")


class CommandFailed(Exception):
    """A command that cannot be timed; the text says why."""


def measure(folder: Path) -> dict[str, Any]:
    """Seconds of each command, the slowest where one cell changes, and the largest memory of any.

    `left out` says why where there is nothing to start.
    """
    if not COMMAND.is_file():
        return {"left out": f"{COMMAND.name} is not installed beside this Python"}
    workspaces = sorted(path.parent for path in (ROOT / "workspaces").glob("*/workspace.yaml"))
    if not workspaces:
        return {"left out": "there is no workspace"}
    workspace, out = folder / "workspace", folder / "out"
    shutil.copytree(workspaces[0], workspace)
    run = ["run", "--workspace", str(workspace), "--out", str(out), "--format", "json"]
    seconds = {"guibiao --help": min(_timed(["--help"])[0] for _ in range(5)), "first run": _timed(run)[0]}
    seconds["nothing changed"] = min(_timed(run)[0] for _ in range(3))
    cells = {}
    for path in tables_to_change(workspace / "tables"):
        cell = change_one_cell(path)
        took, printed = _timed(run)
        cells[cell] = {"seconds": took, "steps run": len(json.loads(printed)["steps"]["run"])}
    seconds["one cell changed"] = max(cell["seconds"] for cell in cells.values())
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return {"workspace": workspaces[0].name, "seconds": seconds, "megabytes": memory, "cells": cells}


def tables_to_change(tables: Path) -> list[Path]:
    """Up to `CHANGES` files that hold a figure with one decimal, spread over the workspace's tables."""
    files = [path for path in sorted(tables.glob("*.csv")) if _first_figure(path.read_text(encoding="utf-8"))]
    if not files:
        raise CommandFailed("no table of the workspace has a figure with one decimal")
    return files[:: -(-len(files) // CHANGES)]


def change_one_cell(path: Path) -> str:
    """Add one to the last digit of a file's first figure with one decimal, nine becoming nought; says which."""
    text = path.read_text(encoding="utf-8")
    match = _first_figure(text)
    if match is None:
        raise CommandFailed(f"{path.name} has no figure with one decimal")
    figure = f"{match[1][:-1]}{(int(match[1][-1]) + 1) % 10}"
    path.write_text(text[: match.start()] + figure + text[match.end() :], encoding="utf-8")
    return f"{path.name}: {match[1]} -> {figure}"


def _first_figure(text: str) -> re.Match[str] | None:
    """The first one below the head of the table."""
    return _FIGURE.search(text, text.find("\n") + 1)


def _timed(arguments: list[str]) -> tuple[float, str]:
    """Seconds of a command, and what it printed."""
    started = time.perf_counter()
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise CommandFailed(f"guibiao {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return time.perf_counter() - started, done.stdout
