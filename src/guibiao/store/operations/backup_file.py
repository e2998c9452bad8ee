"""A backup of an operations store: one ZIP file that restores into either engine.

`manifest.json`; `tables/<name>.jsonl`, a row a line in the order of the primary key, keys sorted, moments in UTC, so that equal contents
give equal bytes whichever engine held them; `evidence/<sha256>`. The manifest names every part with its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from guibiao.model.audit import AuditEntry, Chain, faults, read_entry
from guibiao.model.errors import BadInput, BadRequest, Place
from guibiao.model.messages import translate as _

FORMAT = "guibiao-operations-backup"
VERSION = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 1024**2
LONGEST_LINE = 256 * 1024**2
CHAINS: tuple[Chain, ...] = get_args(Chain)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
DIGEST = re.compile(r"[0-9a-f]{64}")
_BLOCK = 1024 * 1024
_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
"""What the standard library says of a ZIP file with wrong bytes, depending on where they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedTable:
    """Rows of one table, and the digest of their lines."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedChain:
    """Where an audit chain ended, and how many faults it had when it was backed up: a broken chain is kept as it was found."""

    chain: Chain
    count: int
    hash: str
    faults: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """The manifest. `left_out` counts the rows of tables that no backup holds; `missing` are evidence files that were gone or damaged."""

    workspace: str
    revision: str
    software: str
    engine: str
    made_at: datetime
    tables: tuple[BackedTable, ...]
    chains: tuple[BackedChain, ...]
    left_out: Mapping[str, int]
    evidence: Mapping[str, int]
    missing: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def broken(self) -> tuple[Chain, ...]:
        """Chains that were broken already."""
        return tuple(each.chain for each in self.chains if each.faults)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"format": FORMAT, "format_version": VERSION, **asdict(self), "made_at": self.made_at.isoformat()}


class BackupReader:
    """A backup whose manifest was read; its parts are checked as they are read. Use `opened_backup`."""

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive = archive
        self._path = path
        self.backup = _manifest(self._small(MANIFEST), path)

    def lines(self, table: BackedTable) -> Iterator[bytes]:
        """A table's lines; BadInput at the end where they are not those that the manifest names."""
        digest, count = hashlib.sha256(), 0
        with self._open(f"tables/{table.name}.jsonl") as part:
            while line := part.readline(LONGEST_LINE):
                digest.update(line)
                count += 1
                yield line
        if digest.hexdigest() != table.sha256 or count != table.rows:
            raise damaged(self._path, f"tables/{table.name}.jsonl")

    def rows(self, table: BackedTable) -> Iterator[dict[str, Any]]:
        """A table's rows as JSON values."""
        for line in self.lines(table):
            try:
                row = json.loads(line)
            except ValueError:
                raise damaged(self._path, f"tables/{table.name}.jsonl") from None
            if not isinstance(row, dict):
                raise damaged(self._path, f"tables/{table.name}.jsonl")
            yield row

    def blocks(self, digest: str) -> Iterator[bytes]:
        """An evidence file in pieces; BadInput at the end where it is not what its name says."""
        found, size = hashlib.sha256(), 0
        with self._open(f"evidence/{digest}") as part:
            while block := part.read(_BLOCK):
                size += len(block)
                if size > self.backup.evidence[digest]:
                    break
                found.update(block)
                yield block
        if found.hexdigest() != digest:
            raise damaged(self._path, f"evidence/{digest}")

    def verify(self) -> None:
        """BadInput where any part is missing, damaged or more than the manifest names, or an audit chain is not as it was found."""
        named = {MANIFEST, *(f"tables/{table.name}.jsonl" for table in self.backup.tables)}
        named |= {f"evidence/{digest}" for digest in self.backup.evidence}
        names = self._archive.namelist()
        if set(names) != named or len(names) != len(named):
            raise damaged(self._path, "、".join(sorted(set(names) ^ named))[:200])
        for table in self.backup.tables:
            for _line in self.lines(table):
                pass
            if table.name == "audit" and self._chains(table) != self.backup.chains:
                raise damaged(self._path, "tables/audit.jsonl")
        for digest in self.backup.evidence:
            for _block in self.blocks(digest):
                pass

    def _chains(self, table: BackedTable) -> tuple[BackedChain, ...]:
        try:
            return chains_of(self.rows(table))
        except BadRequest:
            raise damaged(self._path, f"tables/{table.name}.jsonl") from None

    def _small(self, name: str) -> bytes:
        with self._open(name) as part:
            return bytes(part.read(LARGEST_MANIFEST))

    @contextmanager
    def _open(self, name: str) -> Iterator[Any]:
        try:
            with self._archive.open(name) as part:
                yield part
        except (KeyError, *_UNREADABLE) as error:
            raise damaged(self._path, name) from error


@contextmanager
def opened_backup(path: Path) -> Iterator[BackupReader]:
    """Open a backup; BadInput where it is none, BadRequest where a newer version wrote it."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(stack.enter_context(path.open("rb"))))
        except _UNREADABLE:
            raise BadInput(
                _("不是业务库的备份，或读不了"), remedy=_("要用 guibiao operations backup 写成的文件。"), place=Place(path.name)
            ) from None
        yield BackupReader(archive, path)


def damaged(path: Path, part: str) -> BadInput:
    """What is said of a backup that is not as it was written."""
    return BadInput(_("备份已损坏或被改动：{part}").format(part=part), remedy=_("换一份备份；库没有改动。"), place=Place(path.name))


def chains_of(rows: Iterator[dict[str, Any]]) -> tuple[BackedChain, ...]:
    """How each audit chain among the rows of the table `audit` (ordered by chain and number) ends, and its faults."""
    found: dict[Chain, list[AuditEntry]] = {}
    for row in rows:
        entry = read_entry(row)
        found.setdefault(entry.chain, []).append(entry)
    return tuple(
        BackedChain(chain=chain, count=entries[-1].sequence, hash=entries[-1].hash, faults=len(faults(entries)))
        for chain, entries in sorted(found.items())
    )


def _manifest(content: bytes, path: Path) -> Backup:
    try:
        said = json.loads(content)
        if said["format"] != FORMAT:
            raise ValueError("another format")
        if int(said["format_version"]) > VERSION:
            raise BadRequest(_("备份由更新的版本写成"), remedy=_("请升级本软件；库没有改动。"), place=Place(path.name))
        backup = Backup(
            workspace=str(said["workspace"]), revision=str(said["revision"]), software=str(said["software"]), engine=str(said["engine"]),
            made_at=datetime.fromisoformat(said["made_at"]),
            tables=tuple(
                BackedTable(name=_match(_NAME, each["name"]), rows=int(each["rows"]), sha256=str(each["sha256"])) for each in said["tables"]
            ),
            chains=tuple(BackedChain(**each) for each in said["chains"]),
            left_out={str(name): int(count) for name, count in said["left_out"].items()},
            evidence={_match(DIGEST, name): int(size) for name, size in said["evidence"].items()},
            missing=tuple(map(str, said["missing"])),
        )  # fmt: skip
        if any(each.chain not in CHAINS for each in backup.chains):
            raise ValueError("an unknown chain")
    except (KeyError, TypeError, ValueError, AttributeError):
        raise damaged(path, MANIFEST) from None
    return backup


def _match(pattern: re.Pattern[str], text: Any) -> str:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError("not a name")
    return text
