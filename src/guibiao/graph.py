"""Steps cached by content: key = name + inputs + specification + source of the rooms it runs + locked versions.

A step is run when its key has no record, and reused otherwise. Its record names the parts it produced by digest; a step that ran
and produced the same parts stops what follows from running. Records are small JSON files, artefacts files named by their digest.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent
COMPOSERS = (
    "model",
    "language",
    "run.py",
    "statement_reader.py",
    "attainment.py",
    "boards.py",
    "documents.py",
    "data_files.py",
    "publication.py",
)
"""Sources that every step rests on, besides its own rooms."""
_ENGINES = (
    "duckdb",
    "ibis-framework",
    "sqlglot",
    "pyarrow",
    "typst",
    "vl-convert-python",
    "markdown-it-py",
    "manimgx-fonts-cjk",
    "numpy",
    "scipy",
)


def digest(*parts: object) -> str:
    """SHA-256 of the parts' texts or bytes, unambiguously joined."""
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        total.update(f"{len(data)}:".encode())
        total.update(data)
    return total.hexdigest()


@cache
def source_digest(room: str) -> str:
    """Hash of a room's source files (a folder of the package, or one module `room.py`)."""
    place = PACKAGE / room
    files = sorted(file for file in place.rglob("*") if file.suffix in {".py", ".css", ".typ", ".js", ".mo"}) if place.is_dir() else [place]
    return digest(*(item for file in files for item in (file.name, file.read_bytes())))


@lru_cache(maxsize=1)
def engine_versions() -> str:
    """Versions of the libraries that shape results."""

    def installed(name: str) -> str:
        try:
            return version(name)
        except PackageNotFoundError:
            return "absent"

    return ";".join(f"{name}={installed(name)}" for name in _ENGINES)


@dataclass(frozen=True, slots=True)
class Output:
    """What a step produced: parts by digest, small facts as JSON, and the key under which the store holds its rows."""

    step: str
    key: str
    parts: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def part(self, name: str) -> str:
        return self.parts.get(name, "")

    @property
    def digest(self) -> str:
        return digest(*sorted(f"{name}={value}" for name, value in self.parts.items()))


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of a run, for the run's report (OpenLineage: a job run with its inputs)."""

    step: str
    key: str
    reused: bool
    seconds: float
    inputs: tuple[str, ...]


class StepCache:
    """Runs steps or reuses them; keeps a trace of every one."""

    def __init__(self, folder: Path, *, present: Callable[[str], bool], notify: Callable[[str], None]) -> None:
        self.folder = folder
        self.trace: list[Trace] = []
        self._present = present
        self._notify = notify
        (folder / "records").mkdir(parents=True, exist_ok=True)
        (folder / "artefacts").mkdir(exist_ok=True)

    def key(self, step: str, inputs: Iterable[str], specification: str, rooms: Sequence[str]) -> str:
        """Content key of a step."""
        sources = (source_digest(room) for room in (*COMPOSERS, *rooms))
        return digest(step, *inputs, specification, *sources, engine_versions())

    def run(
        self,
        step: str,
        inputs: Mapping[str, str],
        specification: str,
        rooms: Sequence[str],
        compute: Callable[[str], tuple[Mapping[str, str], Mapping[str, Any]]],
    ) -> Output:
        """The step's output; `compute` gets the key and returns parts and facts. `inputs` maps what it reads to digests."""
        key = self._key_of(step, inputs, specification, rooms)
        started = time.perf_counter()
        recorded = self._recall(key)
        if recorded is None:
            self._notify(step)
            recorded = self._remember(step, key, *compute(key))
            reused = False
        else:
            reused = True
        self.trace.append(Trace(step, key, reused, time.perf_counter() - started, tuple(sorted(inputs))))
        return recorded

    def holds(self, step: str, inputs: Mapping[str, str], specification: str, rooms: Sequence[str]) -> bool:
        """Whether the step would be reused."""
        return self._recall(self._key_of(step, inputs, specification, rooms)) is not None

    def _key_of(self, step: str, inputs: Mapping[str, str], specification: str, rooms: Sequence[str]) -> str:
        return self.key(step, (f"{name}={value}" for name, value in sorted(inputs.items())), specification, rooms)

    def keep(self, data: bytes) -> str:
        """Store an artefact; returns its digest."""
        name = hashlib.sha256(data).hexdigest()
        path = self.folder / "artefacts" / name
        if not path.is_file():
            write_atomically(path, data)
        return name

    def artefact(self, name: str) -> bytes:
        """The bytes of an artefact."""
        return (self.folder / "artefacts" / name).read_bytes()

    def _recall(self, key: str) -> Output | None:
        try:
            output = _output(key, (self.folder / "records" / f"{key}.json").read_bytes())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        whole = all(self._is_whole(name) for name in output.facts.get("artefacts", ()))
        stored = not output.facts.get("stored") or self._present(key)
        return output if whole and stored else None

    def _is_whole(self, name: str) -> bool:
        try:
            return hashlib.sha256(self.artefact(name)).hexdigest() == name
        except OSError:
            return False

    def _remember(self, step: str, key: str, parts: Mapping[str, str], facts: Mapping[str, Any]) -> Output:
        """Write the record; the output is what a later run will read back, to the letter."""
        data = json.dumps({"step": step, "parts": parts, "facts": facts}, ensure_ascii=False, sort_keys=True)
        write_atomically(self.folder / "records" / f"{key}.json", data.encode())
        return _output(key, data)


def _output(key: str, record: str | bytes) -> Output:
    read = json.loads(record)
    return Output(read["step"], key, read["parts"], read["facts"])


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, never a part (the cache verifies what it reads back)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(data)
    temporary.replace(path)
