"""Texts of documents on disk, with their blocks: what a page needs to show words where offsets point to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guibiao.model.text.blocks import DocumentText, TextBlock
from guibiao.store.files import remove, replace_whole, writing

_LONE = re.compile("[\ud800-\udfff]")
_DIGEST = re.compile(r"[0-9a-f]{64}")
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


def document_record(document: DocumentText) -> dict[str, Any]:
    """The document as JSON values. What is no character (a lone half of a surrogate pair) becomes a mark of its own length."""
    blocks = [
        [
            each.kind, each.level, [writable(part) for part in each.path], writable(each.text), each.starts, each.sources, each.page,
            each.cell, each.number,
        ]
        for each in document.blocks
    ]  # fmt: skip
    return {"name": writable(document.name), "original": writable(document.original), "dated": document.dated, "blocks": blocks}


def document_of(record: Mapping[str, Any]) -> DocumentText:
    """The document of a record."""
    blocks = (
        TextBlock(kind, level, tuple(path), text, tuple(starts), tuple(sources), page, tuple(cell) if cell else None, number)
        for kind, level, path, text, starts, sources, page, cell, number in record["blocks"]
    )
    return DocumentText(record["name"], record["original"], tuple(blocks), record["dated"])


def writable(text: str) -> str:
    """The text as any encoding can hold it."""
    return _LONE.sub("\ufffd", text)


class DocumentTexts:
    """Texts by the digest that offsets refer to, readable by this system's user alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, digest: str, document: DocumentText) -> bool:
        """Keep a text; False where it was there."""
        path = self._path(digest)
        if path.is_file():
            return False
        private_folder(self.folder)
        content = json.dumps(document_record(document)).encode()
        replace_whole(path, content)
        path.chmod(PRIVATE_FILE)
        return True

    def has(self, digest: str) -> bool:
        """Whether the text is there."""
        return bool(_DIGEST.fullmatch(digest)) and self._path(digest).is_file()

    def find(self, digest: str) -> DocumentText | None:
        """The text; None where it is not kept or cannot be read."""
        if not self.has(digest):
            return None
        try:
            return document_of(json.loads(self._path(digest).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def forget(self, digest: str) -> None:
        """Take a text away."""
        remove(self._path(digest))

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError(digest)
        return self.folder / f"{digest}.json"


def texts_of(out: Path) -> DocumentTexts:
    """Texts of the documents that proposals come from, beside the operations store in the output folder."""
    return DocumentTexts(out / "operations" / "texts")


def private_folder(folder: Path) -> None:
    """A folder that only this system's user can look into."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(PRIVATE_FOLDER)
