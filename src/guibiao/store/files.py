"""Files that survive a crash: written whole or not at all, and on disk when the call returns."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guibiao.model.errors import BadRequest, Place
from guibiao.model.messages import translate as _

PATIENCE = 30.0
"""Seconds to wait for another process to let go of a lock."""
_BLOCK = 1024 * 1024


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_whole(path: Path, content: bytes) -> None:
    """Give a file new content in one step: a reader finds the old one or the new one, also after a crash."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with writing(path):
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Take a file away for good."""
    with writing(path):
        path.unlink(missing_ok=True)
        sync(path.parent)


def append_line(path: Path, line: bytes) -> None:
    """Add a line; what a crash left of an unfinished one is cut off first, and nothing stays of one that does not fit on the disk."""
    with writing(path), path.open("a+b") as file:
        whole = _length_of_whole_lines(path)
        file.truncate(whole)
        try:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), whole)
            raise
        sync(path.parent)


def whole_lines(path: Path) -> list[bytes]:
    """The finished lines of a file; none where there is no file."""
    try:
        return path.read_bytes()[: _length_of_whole_lines(path)].splitlines()
    except FileNotFoundError:
        return []


def _length_of_whole_lines(path: Path) -> int:
    return path.read_bytes().rfind(b"\n") + 1


def sha256(path: Path) -> str:
    """Digest of a file, in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def locked(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold a lock file; it is free again when this process ends, however it ends. BadRequest after `patience` seconds."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise BadRequest(_("另一个进程正在更改发布"), remedy=_("等它结束后重试。"), place=Place(str(path))) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says about a file that cannot be written into an error a person can act on."""
    try:
        yield
    except OSError as error:
        raise BadRequest(
            _("不能写入 {name}").format(name=path.name),
            error.strerror or str(error),
            _("核对文件夹是否只读、磁盘是否已满；此前的内容没有改变。"),
            Place(str(path)),
        ) from error
