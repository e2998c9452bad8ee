"""Delimited text (CSV, TSV) to a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from guibiao.ingest.encoding import decode
from guibiao.ingest.sheet import Sheet, limited
from guibiao.model.errors import BadDefinition, BadInput, Place
from guibiao.model.messages import translate as _


def read_delimited(content: bytes, name: str, encoding: str = "utf-8", delimiter: str = ",") -> Sheet:
    """Rows of a delimited file, RFC 4180 quoting; rows are counted as records, so that a quoted line break starts none.

    A delimiter of several characters divides lines literally, without quoting.
    """
    if not delimiter or set(delimiter) & set('"\r\n'):
        raise BadDefinition(_("分隔符不能是空的、引号或换行"), remedy=_("delimiter 写成逗号、分号或 \\t。"), place=Place(name))
    text = decode(content, encoding, name)
    records = _records(text, delimiter, name) if len(delimiter) == 1 else (tuple(line.split(delimiter)) for line in text.splitlines())
    return Sheet(name, limited(records, name), delimited=True)


def _records(text: str, delimiter: str, name: str) -> Iterator[tuple[str, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    try:
        for record in reader:
            row += 1
            yield tuple(record)
    except csv.Error as error:
        raise _fault(str(error), row + 1, name) from None


def _fault(problem: str, row: int, name: str) -> BadInput:
    place = Place(name, row)
    if "unexpected end of data" in problem:
        return BadInput(_("引号没有闭合，文件到此中断"), remedy=_("文件不完整：重新导出或重新传送；或补上这一行缺少的引号。"), place=place)
    if "field larger than field limit" in problem:
        return BadInput(_("一个格的文字过长"), remedy=_("多半是引号没有闭合：检查这一行及以后的引号。"), place=place)
    if "expected after" in problem:
        return BadInput(_("引号之后有多余的文字"), remedy=_("含引号的文字整格加引号，格内的引号写两遍。"), place=place)
    return BadInput(_("CSV 写法有误：{problem}").format(problem=problem), remedy=_("检查这一行的引号和换行。"), place=place)
