"""Evidence files in a folder, named by the SHA-256 of their content: the same file sent twice is kept once."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.store.files import sha256, sync, writing

LARGEST = 100 * 1024**2
"""Bytes of one evidence file."""
_BLOCK = 1024 * 1024


class EvidenceFolder:
    """`EvidenceStore` in a folder; `largest` in bytes."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        self.folder = folder
        self.largest = largest

    def take(self, path: Path) -> tuple[str, int]:
        """See `EvidenceStore.take`."""
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f".taking-{os.getpid()}"
        try:
            digest, size = self._copy(path, temporary)
            kept = self.folder / digest
            if not (kept.is_file() and self.whole(digest)):
                with writing(kept):
                    temporary.replace(kept)
                    sync(self.folder)
            return digest, size
        finally:
            temporary.unlink(missing_ok=True)

    def whole(self, digest: str) -> bool:
        """See `EvidenceStore.whole`."""
        path = self.folder / digest
        return path.is_file() and sha256(path) == digest

    def _copy(self, path: Path, temporary: Path) -> tuple[str, int]:
        """Copy in pieces, so that what grows meanwhile, or never ends, is refused at the limit."""
        digest, size = hashlib.sha256(), 0
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise _refused(path, _("文件读不了：{problem}").format(problem=error.strerror), _("核对路径和权限。")) from None
        # What was checked is what is read: the descriptor, not the name.
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise _refused(path, _("不是普通文件"), _("逐个交文件；多个文件先压缩成一个。"))
        with os.fdopen(handle, "rb") as source, writing(temporary), temporary.open("wb") as target:
            while block := source.read(_BLOCK):
                size += len(block)
                if size > self.largest:
                    limit = self.largest // 1024**2
                    raise _refused(path, _("文件超过 {size} MB").format(size=limit), _("压缩图片，或拆成几个文件。"))
                digest.update(block)
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        if not size:
            raise _refused(path, _("文件是空的"), _("核对是否传错了文件。"))
        return digest.hexdigest(), size


def _refused(path: Path, title: str, remedy: str) -> BadInput:
    return BadInput(title, remedy=remedy, place=Place(path.name))
