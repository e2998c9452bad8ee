"""The commands of the fenced ``sh`` blocks in the documentation."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.capabilities import ROOT

FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<body>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL)
ASSIGNMENT = re.compile(r"[A-Z_]+=.*", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """One command, its words without leading assignments, and where it stands."""

    words: tuple[str, ...]
    document: str
    line: int

    def __str__(self) -> str:
        return f"{self.document}:{self.line}: {shlex.join(self.words)}"

    @property
    def program(self) -> str:
        return Path(self.words[0]).name


def documents() -> list[Path]:
    """Every page that a reader may copy a command from."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "requirements").glob("*.md"))]


def blocks(path: Path, language: str) -> Iterator[tuple[int, str]]:
    """First line number and text of each fenced block of a language, without the indentation of the fence."""
    text = path.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        if match["language"] == language:
            indent = len(match["indent"])
            body = "\n".join(line[indent:] for line in match["body"].splitlines())
            yield text.count("\n", 0, match.start("body")) + 1, body


def commands() -> list[Command]:
    """All commands, in reading order; comments and continuation lines are understood."""
    found = []
    for path in documents():
        name = path.relative_to(ROOT).as_posix()
        for start, body in blocks(path, "sh"):
            for offset, line in enumerate(re.sub(r"\\\n\s*", " ", body).splitlines()):
                words = shlex.split(line, comments=True)
                while words and ASSIGNMENT.fullmatch(words[0]):
                    words = words[1:]
                if words:
                    found.append(Command(tuple(words), name, start + offset))
    return found
