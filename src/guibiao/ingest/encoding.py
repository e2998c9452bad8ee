"""Bytes of a text file to text: in the declared encoding or not at all, but saying which encoding it is in."""

from __future__ import annotations

import codecs
import re

from guibiao.model.errors import BadDefinition, BadInput, Place
from guibiao.model.messages import translate as _

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CODECS = {
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "gb2312", "big5", "cp950", "ascii", "iso8859-1", "cp1252",
}  # fmt: skip
_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
_SURE = 4
"""Ideographs that make an accidental match of another encoding's bytes out of the question."""


def decode(content: bytes, declared: str, name: str) -> str:
    """The text; raises BadInput with the detected encoding and the first offending byte where `declared` is wrong."""
    codec = _codec(declared, name)
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "")
    if marked and codec.partition("-")[0] != "utf":
        raise _not_declared(declared, marked, 0, name)
    try:
        text = content.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeDecodeError as error:
        found = marked if marked == "utf-16" and codec != "utf-16" else detect(content)[0].removesuffix("-sig")
        if error.end >= len(content) and error.reason in {"unexpected end of data", "incomplete multibyte sequence", "truncated data"}:
            raise BadInput(
                _("文件在一个字的中间断了（第 {offset} 字节）").format(offset=error.start),
                remedy=_("文件不完整：重新导出或重新传送。"),
                place=Place(name),
            ) from None
        raise _not_declared(declared, found, error.start, name) from None
    if not codec.startswith("utf") and _is_surely_utf8(content):
        raise _not_declared(declared, "utf-8", next(at for at, byte in enumerate(content) if byte > 127), name)
    return _without_nul(text, name)


def _codec(declared: str, name: str) -> str:
    try:
        codec = codecs.lookup(declared).name
    except (LookupError, ValueError):
        codec = ""
    if codec not in _CODECS:
        raise BadDefinition(
            _("不认识的文字编码：{encoding}").format(encoding=declared),
            remedy=_("encoding 写成 utf-8、gb18030、gbk、big5 或 utf-16。"),
            place=Place(name),
        )
    return "utf-8" if codec == "utf-8-sig" else codec


def detect(content: bytes) -> tuple[str, int]:
    """The encoding the bytes are in: by their mark, utf-16 by its zero bytes, utf-8 or gb18030 where they decode.

    Empty where none fits; then the offset is that of the first byte that neither can read.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return "utf-8-sig" if encoding == "utf-8" else encoding, 0
    sample = content[:4096]
    if sample.count(0) * 4 > len(sample):
        return ("utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"), 0
    furthest = 0
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
            continue
        return encoding, 0
    return "", furthest


def _is_surely_utf8(content: bytes) -> bool:
    if content.isascii():
        return False
    try:
        return len(_IDEOGRAPH.findall(content.decode("utf-8"))) >= _SURE
    except UnicodeDecodeError:
        return False


def _not_declared(declared: str, found: str, offset: int, name: str) -> BadInput:
    title = _("文件不是声明的 {declared} 编码（第 {offset} 字节起不符）").format(declared=declared, offset=offset)
    if not found:
        return BadInput(title, remedy=_("也认不出是哪种编码：在表格软件里另存为“CSV UTF-8”。"), place=Place(name))
    return BadInput(
        title,
        _("看来是 {found} 编码。").format(found=found),
        _("在表的绑定里写 encoding: {found}，或把文件另存为“CSV UTF-8”。").format(found=found),
        Place(name),
    )


def _without_nul(text: str, name: str) -> str:
    position = text.find("\0")
    if position >= 0:
        raise BadInput(
            _("文件含有空字符（NUL），不是文本表格"),
            remedy=_("重新导出；若是 UTF-16 文件，在绑定里写 encoding: utf-16。"),
            place=Place(name, text.count("\n", 0, position) + 1),
        )
    return text
