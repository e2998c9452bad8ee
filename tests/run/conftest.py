"""Workspaces to run: a copy of the shipped one, and a new city of made-up figures."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from guibiao.reference.scaffold import scaffold
from tests.shipped_run import shipped_folder


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the workspace that is shipped, free to be changed."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "workspace"))


@pytest.fixture
def new_city(tmp_path: Path) -> Path:
    return scaffold(tmp_path, "newtown", "新城市", "990100")


def outputs(out: Path) -> dict[str, bytes]:
    """Every file a reader gets, by name; the list of changes and the release archive are about the run, not about the data."""
    files = sorted(path for path in out.rglob("*") if path.is_file())
    names = {path.relative_to(out).as_posix(): path for path in files}
    kept = {name: path for name, path in names.items() if not name.startswith(("store/", "releases/")) and name != "data/changes.json"}
    return {name: path.read_bytes() for name, path in kept.items()}
