"""Files that people send: what they are is told by their content, not by their name; what could do harm is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _

Kind = Literal["pdf", "docx", "xlsx", "txt", "md", "html", "csv", "json", "png", "jpeg"]
TEXT: frozenset[Kind] = frozenset({"txt", "md", "html", "csv", "json"})
SUFFIXES: Mapping[str, Kind] = {
    ".pdf": "pdf", ".docx": "docx", ".xlsx": "xlsx", ".txt": "txt", ".md": "md", ".html": "html", ".htm": "html", ".csv": "csv",
    ".json": "json", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg",
}  # fmt: skip
DOCUMENTS: frozenset[Kind] = frozenset({"pdf", "docx", "txt", "md", "html"})
TABLES: frozenset[Kind] = frozenset({"xlsx", "csv", "json"})
EVIDENCE: frozenset[Kind] = frozenset({"pdf", "docx", "xlsx", "png", "jpeg"})
_MAGIC: Mapping[bytes, Kind] = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
_PARTS: Mapping[str, Kind] = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_NAME_LENGTH = 120
_MEMBERS = 10_000
_UNPACKED = 400 * 1024**2
_RATIO = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be worked on: a name without a path, its kind by content, its bytes."""

    name: str
    kind: Kind
    content: bytes


def checked(name: str, content: bytes, allowed: Collection[Kind], limit: int) -> Upload:
    """The file; BadInput where it is empty, larger than `limit` bytes, of another kind than allowed or than its name says, or harmful."""
    plain = clean_name(name)
    kind = SUFFIXES.get(PurePosixPath(plain).suffix.lower())
    accepted = "、".join(sorted(allowed))
    if not content:
        raise _refused(plain, _("文件是空的"), _("核对是否传错了文件。"))
    if len(content) > limit:
        raise _refused(plain, _("文件超过 {size} MB").format(size=limit // 1024**2), _("压缩图片，或拆成几个文件。"))
    if kind is None or kind not in allowed:
        raise _refused(plain, _("不接受这种文件"), _("可用：{kinds}。").format(kinds=accepted))
    found = _kind_of(plain, content)
    if found != kind and not (found == "txt" and kind in TEXT):
        raise _refused(plain, _("文件内容与扩展名不符"), _("用原来的软件另存为 {kinds} 之一。").format(kinds=accepted))
    return Upload(plain, kind, content)


def clean_name(name: str) -> str:
    """The last part of a path, without control characters, marks that turn the writing direction, or signs that systems reserve."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    return (stem[: _NAME_LENGTH - len(suffix) - 1] + dot + suffix if dot else kept[:_NAME_LENGTH]) or "file"


def _kind_of(name: str, content: bytes) -> Kind | None:
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(name, content)
    return "txt" if _is_text(content) else None


def _office_kind(name: str, content: bytes) -> Kind | None:
    """Kind of an Office Open XML package; BadInput for macros, and for what unpacks to more than a document would."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        raise _refused(name, _("文件已损坏，打不开"), _("用原来的软件打开后另存。")) from None
    names = {member.filename for member in members}
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MEMBERS or unpacked > _UNPACKED or unpacked > _RATIO * max(len(content), 1024):
        raise _refused(name, _("文件解开后过大"), _("删去大图和空白区域，或拆成几个文件。"))
    if any(member.flag_bits & 1 for member in members):
        raise _refused(name, _("文件有密码"), _("去掉密码后再传。"))
    if any("vbaproject" in each.lower() or each.startswith("/") or ".." in PurePosixPath(each).parts for each in names):
        raise _refused(name, _("文件含宏或不正常的路径"), _("另存为不含宏的格式。"))
    return next((kind for part, kind in _PARTS.items() if part in names and "[Content_Types].xml" in names), None)


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return content.startswith((b"\xff\xfe", b"\xfe\xff")) and _decodes(content, "utf-16")
    return _decodes(content, "utf-8") or _decodes(content, "gb18030")


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _refused(name: str, title: str, remedy: str) -> BadInput:
    return BadInput(title, remedy=remedy, place=Place(name))
