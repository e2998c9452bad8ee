"""A file as another office sends it: every sheet of it, in whichever encoding and with whichever delimiter it came."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path, PurePath

from guibiao.ingest.delimited import read_delimited
from guibiao.ingest.encoding import decode
from guibiao.ingest.formats import WORKBOOK, check_format
from guibiao.ingest.sheet import MAXIMUM_BYTES
from guibiao.ingest.workbook import BookSheet, read_workbook_sheets
from guibiao.model.errors import BadDefinition, BadInput, Place
from guibiao.model.messages import translate as _

ENCODINGS = ("utf-8", "gb18030", "utf-16")
_DELIMITERS = (",", "\t", ";", "|")
_PROBED = 40


def read_office_file(content: bytes, name: str) -> tuple[BookSheet, ...]:
    """The sheets of a workbook or delimited text. Raises BadInput for what is neither, or damaged."""
    suffix = PurePath(name).suffix.lower()
    check_format(content, name, suffix)
    if suffix in WORKBOOK:
        sheets = read_workbook_sheets(content, name)
        if not sheets:
            raise BadInput(_("工作簿是空的"), remedy=_("核对是否传错了文件。"), place=Place(name))
        return sheets
    encoding = encoding_of(content, name)
    sheet = read_delimited(content, name, encoding, _delimiter(decode(content, encoding, name)))
    return (BookSheet("", sheet, hidden=False),)


def file_bytes(path: Path) -> bytes:
    """Content of a handed-in file, once it is known to be an ordinary one of bearable size."""
    if not path.is_file() or path.is_symlink():
        raise BadInput(_("没有这个文件"), remedy=_("核对路径；要一个普通文件。"), place=Place(path.name))
    try:
        with path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise BadInput(
            _("文件读不了：{problem}").format(problem=error.strerror), remedy=_("核对路径和权限。"), place=Place(path.name)
        ) from None
    check_format(content, path.name, path.suffix.lower())
    return content


def encoding_of(content: bytes, name: str) -> str:
    """The first encoding in which the bytes are text; raises BadInput where none is."""
    for encoding in ENCODINGS:
        try:
            decode(content, encoding, name)
        except (BadInput, BadDefinition):
            continue
        return encoding
    decode(content, ENCODINGS[0], name)
    raise AssertionError


def _delimiter(text: str) -> str:
    """The delimiter under which most lines have one width greater than one."""
    lines = text.splitlines()[:_PROBED]

    def agreement(delimiter: str) -> int:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
        except csv.Error:
            return 0
        return max((width * count for width, count in widths.items()), default=0)

    return max(_DELIMITERS, key=agreement)
