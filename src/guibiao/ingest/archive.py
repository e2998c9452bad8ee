"""Whether a zip file may be opened: its sizes, and no document type declarations in its XML. Checked before any parser sees it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _

MAXIMUM_UNPACKED = 160 * 1024**2
MAXIMUM_MEMBERS = 2_000
MAXIMUM_RATIO = 150
_SMALL = 4 * 1024**2
"""Unpacked sizes below this are harmless whatever their ratio."""
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_READABLE = {b"utf-8", b"us-ascii", b"ascii"}


def open_archive(content: bytes, name: str) -> zipfile.ZipFile:
    """The opened archive, once its sizes and XML members have been checked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError, EOFError) as error:
        raise broken(name, str(error)) from None
    _check_sizes(archive, len(content), name)
    for member in archive.infolist():
        if member.filename.lower().endswith((".xml", ".rels", ".vml")):
            _check_markup(read_member(archive, member.filename, name), member.filename, name)
    return archive


def read_member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    """Bytes of one member; a damaged one is bad input."""
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, RuntimeError, ValueError, NotImplementedError) as error:
        raise broken(name, str(error)) from None


def broken(name: str, problem: str) -> BadInput:
    """The refusal of a workbook that cannot be unpacked or parsed."""
    return BadInput(
        _("工作簿打不开：文件不完整或已损坏"),
        _("问题：{problem}").format(problem=problem),
        _("重新导出或重新传送；在表格软件里打开并另存为 .xlsx。"),
        Place(name),
    )


def _check_sizes(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    title = ""
    if len(members) > MAXIMUM_MEMBERS:
        title = _("压缩包里有 {count} 个文件，超过 {limit} 个").format(count=len(members), limit=MAXIMUM_MEMBERS)
    elif unpacked > MAXIMUM_UNPACKED:
        title = _("解压后有 {size} MB，超过 {limit} MB").format(size=unpacked // 1024**2, limit=MAXIMUM_UNPACKED // 1024**2)
    elif unpacked > _SMALL and unpacked > MAXIMUM_RATIO * packed:
        title = _("压缩比为 {ratio} 倍，超过 {limit} 倍").format(ratio=unpacked // packed, limit=MAXIMUM_RATIO)
    if title:
        remedy = _("文件像是压缩炸弹，没有解开。若确是正常数据，拆成几个文件，或改用 CSV、Parquet。")
        raise BadInput(title, remedy=remedy, place=Place(name))


def _check_markup(markup: bytes, member: str, name: str) -> None:
    encoding = _ENCODING.match(markup.removeprefix(b"\xef\xbb\xbf"))
    foreign = encoding is not None and encoding[1].lower() not in _READABLE
    if foreign or b"\0" in markup[:4] or markup[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise BadInput(
            _("工作簿内的 {member} 不是 UTF-8 编码").format(member=member), remedy=_("在表格软件里打开并另存为 .xlsx。"), place=Place(name)
        )
    if _DECLARATION.search(markup):
        raise BadInput(
            _("工作簿内的 {member} 带有文档类型声明（DTD）").format(member=member),
            remedy=_("正常的工作簿没有它，文件可能被改动过：向提供者要原件，或另存为 CSV。"),
            place=Place(name),
        )
