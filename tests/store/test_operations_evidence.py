"""Evidence files by their hash: kept once, whole, within a limit; what is no file is refused."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from guibiao.model.errors import BadInput
from guibiao.store.operations.evidence import EvidenceFolder


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence", largest=1024)


def test_the_same_content_is_kept_once(folder: EvidenceFolder, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(b"proof")
    assert folder.take(tmp_path / "a.txt") == folder.take(tmp_path / "b.txt") == (hashlib.sha256(b"proof").hexdigest(), 5)
    assert [path.name for path in folder.folder.iterdir()] == [hashlib.sha256(b"proof").hexdigest()]


def test_a_changed_file_is_seen_and_mended_by_the_same_content(folder: EvidenceFolder, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"proof")
    digest, _size = folder.take(tmp_path / "a.txt")
    (folder.folder / digest).write_bytes(b"forged")
    assert not folder.whole(digest)
    folder.take(tmp_path / "a.txt")
    assert folder.whole(digest)


def test_what_is_no_ordinary_file_is_refused(folder: EvidenceFolder, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").touch()
    (tmp_path / "large").write_bytes(b"x" * 1025)
    for name in ("pipe", "empty", "large", "absent", "."):
        with pytest.raises(BadInput):
            folder.take(tmp_path / name)
    assert list(folder.folder.iterdir()) == []


def test_the_largest_allowed_is_taken(folder: EvidenceFolder, tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(b"x" * 1024)
    assert folder.take(tmp_path / "full")[1] == 1024
