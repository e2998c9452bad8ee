"""The wheel holds the package, the workspaces and the catalogues and nothing else, and runs without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from guibiao import __version__


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel."""
    built = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", built, repository],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (archive,) = built.glob("*.whl")
    assert archive.name == f"guibiao-{__version__}-py3-none-any.whl"
    folder = built / "unpacked"
    with zipfile.ZipFile(archive) as content:
        content.extractall(folder)
    return folder


def test_every_workspace_and_source_file_is_inside(wheel: Path, repository: Path) -> None:
    expected = {
        path.relative_to(root).as_posix()
        for root, part in ((repository / "src" / "guibiao", "."), (repository, "workspaces"))
        for path in (root / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {path.relative_to(wheel / "guibiao").as_posix() for path in (wheel / "guibiao").rglob("*") if path.is_file()}
    assert not expected ^ packed


def test_nothing_else_is_inside(wheel: Path) -> None:
    assert {path.name for path in wheel.iterdir()} == {"guibiao", f"guibiao-{__version__}.dist-info"}


def test_it_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    script = "import guibiao, sys; print(guibiao.__file__); from guibiao.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", script, "run", "--out", str(tmp_path / "out")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(str(wheel))
    assert list((tmp_path / "out").rglob("report.pdf"))
