"""Every command the documentation shows is one that exists; the cheap ones are run.

Help is asked in this process, where the modules are read once; the commands that are run are processes, as the reader's are.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from guibiao.commands import application
from tests.capabilities import ROOT
from tests.documentation.shell_blocks import Command, commands

GUIBIAO = Path(sys.executable).with_name("guibiao")
GROUPS = {"audit", "index", "ledger", "milestone", "operations", "policy", "problem", "project", "release", "series", "users"}
CHEAP = {"--help", "--version", "check", "new", "schema"}
# Programs of the machine that the documentation may name; what they do is not ours to test.
OTHER_PROGRAMS = {"cd", "curl", "git", "install", "openssl", "pip", "podman", "python3", "rsync", "systemctl", "systemd-sysusers"}

PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}

COMMANDS = commands()
OF_GUIBIAO = [command for command in COMMANDS if command.program == "guibiao" and len(command.words) > 1]


def each(found: list[Command]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("command", found, ids=str)


def guibiao(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GUIBIAO, *words],
        cwd=folder,
        env={**os.environ, **PLAIN},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@cache
def tree() -> Any:
    return application()


@cache
def help_of(*subcommands: str) -> str:
    """What `--help` of a command prints; an unknown one is an error of usage."""
    words = [*([] if subcommands[0].startswith("-") else subcommands), "--help"]
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        for name, value in PLAIN.items():
            patch.setenv(name, value)
        tree()(args=words, standalone_mode=False, prog_name="guibiao")
    return printed.getvalue()


@cache
def done_in_checkout(*words: str) -> subprocess.CompletedProcess[str]:
    """What a command gives that leaves everything as it was: the same wherever the documentation shows it."""
    return guibiao(*words, folder=ROOT)


def subcommands(command: Command) -> tuple[str, ...]:
    """The command's own name behind the groups it stands in."""
    taken = [command.words[1]]
    for word in command.words[2:]:
        if taken[-1] not in GROUPS:
            break
        taken.append(word)
    return tuple(taken)


@cache
def make_targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_the_readmes_show_the_two_commands() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        shown = [command.words for command in COMMANDS if command.document == name]
        assert ("make", "run") in shown
        assert ("make", "test") in shown


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = ([command.words for command in COMMANDS if command.document == name] for name in ("README.md", "README.zh-CN.md"))
    assert english == chinese


@each(COMMANDS)
def test_the_program_is_known(command: Command) -> None:
    assert command.program in {"make", "guibiao", *OTHER_PROGRAMS}


@each([command for command in COMMANDS if command.program == "make"])
def test_the_target_exists(command: Command) -> None:
    named = {word for word in command.words[1:] if "=" not in word and not word.startswith("-")}
    assert named <= make_targets()


@each(OF_GUIBIAO)
def test_the_subcommand_and_its_options_exist(command: Command) -> None:
    shown = help_of(*subcommands(command))
    assert f"guibiao {' '.join(subcommands(command))}".split(" -")[0] in shown
    options = {word.partition("=")[0] for word in command.words[1:] if word.startswith("--")}
    assert not {option for option in options if option not in shown}


@each([command for command in OF_GUIBIAO if command.words[1] in CHEAP])
def test_a_cheap_command_runs(command: Command, tmp_path: Path) -> None:
    words = command.words[1:]
    done = guibiao(*words, folder=tmp_path) if words[0] == "new" else done_in_checkout(*words)
    assert done.returncode == 0, done.stdout + done.stderr
