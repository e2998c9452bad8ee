"""Readers of the files under deploy/: systemd units, Containerfiles, and the options that commands in them use."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.capabilities import ROOT

DEPLOY = ROOT / "deploy"


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    """Section -> key -> values, in order."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in (DEPLOY / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _equals, value = line.partition("=")
            found.setdefault(section, {}).setdefault(key, []).append(value)
    return found


@dataclass(frozen=True)
class Instruction:
    """A line of a Containerfile: its name, its options, and its words (the JSON form where it has one)."""

    name: str
    options: tuple[str, ...]
    words: tuple[str, ...]


def instructions(path: Path) -> list[Instruction]:
    found = []
    for line in path.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, _blank, rest = line.partition(" ")
        options = []
        while match := re.match(r"(--[a-z-]+=\S+)\s+", rest):
            options.append(match[1])
            rest = rest[match.end() :]
        if name == "HEALTHCHECK":
            rest = rest.removeprefix("CMD ")
        words = json.loads(rest) if rest.startswith("[") else shlex.split(rest)
        found.append(Instruction(name, tuple(options), tuple(words)))
    return found


def options_of(words: list[str]) -> set[str]:
    """The options that `guibiao` has for the subcommand at the beginning of these words."""
    from guibiao.commands import application

    command: Any = application()
    for word in words:
        if not hasattr(command, "commands"):
            break
        command = command.commands[word]
    return {option for parameter in command.params for option in parameter.opts}
