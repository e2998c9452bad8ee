"""Rooms never import rooms: the contracts of pyproject.toml hold, and the contract itself can tell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.may_import import Rules

RULES = Rules.parse(
    "guibiao",
    [
        "model ->",
        "reference -> language model",
        "* -> model language reference store.port",
        "run -> *",
        "cli -> * run",
    ],
)

pytestmark = pytest.mark.no_cover  # the source is read here, not run


def test_the_contracts_hold(repository: Path) -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=repository, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("measure.steps", "model.period"),
        ("measure.steps", "measure.growth"),
        ("measure.steps", "store.port"),
        ("publish.chart", "store.port.reader"),
        ("reference.definitions", "language.parse"),
        ("run", "store.duckdb"),
        ("run", "measure.steps"),
        ("cli.report", "run"),
    ],
)
def test_allowed(importer: str, imported: str) -> None:
    assert RULES.permits(f"guibiao.{importer}", f"guibiao.{imported}")


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("measure.steps", "publish.chart"),
        ("measure.steps", "store.duckdb"),
        ("measure.steps", "store"),
        ("measure.steps", "store.porter"),
        ("measure.steps", "run"),
        ("model.period", "language.parse"),
        ("model.period", "store.port"),
        ("reference.definitions", "store.port"),
        ("run", "cli"),
    ],
)
def test_refused(importer: str, imported: str) -> None:
    assert not RULES.permits(f"guibiao.{importer}", f"guibiao.{imported}")


def test_everybody_may_ask_for_the_version() -> None:
    assert RULES.permits("guibiao.measure.steps", "guibiao")
    assert not RULES.permits("guibiao", "guibiao.measure.steps")


@pytest.mark.parametrize("lines", [["model"], ["model ->", "model -> language"]])
def test_a_rule_that_says_nothing_is_refused(lines: list[str]) -> None:
    with pytest.raises(ValueError, match="write 'part -> names'"):
        Rules.parse("guibiao", lines)
