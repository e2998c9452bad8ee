"""A policy document in any common form to text with its geography: txt, md, html, docx, pdf.

Offsets are those of the decoded file for txt, md and html; a docx or pdf has no characters in a row of its own, so they are those of its
extracted text, which `DocumentText.original` holds.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from guibiao.ingest.encoding import detect
from guibiao.ingest.plain_text import read_plain_text
from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.model.text.blocks import DocumentText, TextBlock

MAXIMUM_BYTES = 64 * 1024 * 1024
_EXPANDED = 512 * 1024 * 1024
_TEXT = {".txt", ".md", ".markdown", ".text"}
_HTML = {".html", ".htm", ".xhtml"}
_HIDDEN = re.compile(r"<(script|style|head|noscript|template)\b|<!--", re.I)
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)\b[^<>]*>|<[!?/][^<>]*>")
_ENTITY = re.compile(r"&(?:nbsp|ensp|emsp|#160|#xa0|#12288|#x3000);")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_INLINE = frozenset(
    ["a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u"]
)
_CELLS = frozenset({"td", "th"})


def read_document(content: bytes, name: str) -> DocumentText:
    """The document's text in blocks. Raises BadInput where it cannot be read, saying why."""
    suffix = PurePath(name).suffix.lower()
    if not content.strip():
        raise BadInput(_("文件是空的"), remedy=_("核对是否传错了文件。"), place=Place(name))
    if len(content) > MAXIMUM_BYTES:
        raise BadInput(_("文件超过 {size} MB").format(size=MAXIMUM_BYTES // 1024**2), remedy=_("拆成几个文件。"), place=Place(name))
    if content.startswith(b"%PDF"):
        return _pdf(content, name)
    if content.startswith(b"PK\x03\x04"):
        return _docx(content, name)
    if suffix not in _TEXT | _HTML:
        raise BadInput(
            _("不认识的文件类型：{suffix}").format(suffix=suffix or _("无扩展名")),
            remedy=_("交 .txt、.md、.html、.docx 或带文字层的 .pdf；旧版 .doc 先另存为 .docx。"), place=Place(name),
        )  # fmt: skip
    text = decoded(content, name)
    visible = _visible(text) if suffix in _HTML else text
    return DocumentText(PurePath(name).stem, text, read_plain_text(visible))


def decoded(content: bytes, name: str) -> str:
    """Text of a file in UTF-8, UTF-16 or GB18030, whichever it is; else the first byte that is none of them is named."""
    encoding, offset = detect(content)
    if not encoding:
        raise BadInput(
            _("认不出文字编码：第 {offset} 字节起既不是 UTF-8 也不是 GB18030").format(offset=offset),
            remedy=_("用文字处理软件打开，另存为 UTF-8 文本。"), place=Place(name),
        )  # fmt: skip
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            _("文件不是完整的 {encoding} 文本（第 {offset} 字节）").format(encoding=encoding, offset=error.start),
            remedy=_("重新导出或重新传送。"), place=Place(name),
        ) from None  # fmt: skip
    if "\0" in text:
        raise BadInput(_("文件含有空字符（NUL），不是文本"), remedy=_("重新导出。"), place=Place(name))
    return text


def _visible(text: str) -> str:
    """The HTML with everything unseen replaced, character by character, so that offsets stay."""
    text = _without_hidden(text)
    text = _ENTITY.sub(lambda match: "\u200b" * len(match[0]), text)
    return _TAG.sub(_blank, text.replace("\t", " "))


def _without_hidden(text: str) -> str:
    """Scripts, styles, heads and comments as spaces; one that is never closed hides nothing."""
    lowered = text.translate(_LOWER)
    pieces: list[str] = []
    at, unclosed = 0, set[str]()
    for match in _HIDDEN.finditer(text):
        closing = "-->" if match[1] is None else f"</{match[1].lower()}"
        if match.start() < at or closing in unclosed:
            continue
        end = lowered.find(closing, match.end())
        end = end if end < 0 or match[1] is None else lowered.find(">", end)
        if end < 0:
            unclosed.add(closing)
            continue
        end += len(closing) if match[1] is None else 1
        pieces += [text[at : match.start()], re.sub(r"[^\n]", " ", text[match.start() : end])]
        at = end
    return "".join([*pieces, text[at:]])


def _blank(match: re.Match[str]) -> str:
    name = (match[1] or "").lower()
    if name in _INLINE or not name:
        return "\u200b" * len(match[0])
    heading = len(name) == 2 and name[0] == "h" and name[1] in "123456" and not match[0].startswith("</")
    mark = "\t" if name in _CELLS else "\n" + "#" * (min(int(name[1]), 2) if heading else 0)
    return mark + " " * (len(match[0]) - len(mark))


def _docx(content: bytes, name: str) -> DocumentText:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _EXPANDED:
                raise BadInput(_("文件解压后过大"), remedy=_("重新另存文件。"), place=Place(name))
            if "word/document.xml" not in archive.namelist():
                raise BadInput(_("不是 Word 文档"), remedy=_("交 .docx 文件。"), place=Place(name))
        from docx import Document

        document = Document(io.BytesIO(content))
        text = "\n".join(_docx_lines(document))
    except BadInput:
        raise
    except Exception as error:
        # A hostile or broken package fails in many ways inside the XML and ZIP libraries; each is a file that cannot be read.
        raise BadInput(
            _("Word 文档打不开：{problem}").format(problem=type(error).__name__),
            remedy=_("在 Word 或 WPS 里打开后另存。"),
            place=Place(name),
        ) from None
    return DocumentText(PurePath(name).stem, text, read_plain_text(text))


def _docx_lines(document: Any) -> Iterator[str]:
    """Paragraphs as lines, headings with `#` by their style, rows of tables with tabs; a merged cell once, empty where it reaches."""
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            yield from _table_lines(block)
            continue
        style = (block.style.name or "") if block.style is not None else ""
        level = re.search(r"(?:Heading|标题)\s*(\d)", style)
        text = block.text.strip()
        if text:
            yield f"{'#' * int(level[1])} {text}" if level else text


def _table_lines(table: Any) -> Iterator[str]:
    seen: set[Any] = set()
    for row in table.rows:
        texts = []
        for cell in row.cells:
            element = cell._tc
            texts.append("" if element in seen else _cell_text(element))
            seen.add(element)
        yield "\t".join(texts) + "\t"


def _cell_text(element: Any) -> str:
    return re.sub(r"\s+", " ", "".join(node.text or "" for node in element.iter() if node.tag.endswith("}t")))


def _pdf(content: bytes, name: str) -> DocumentText:
    try:
        import pdfplumber

        with pdfplumber.open(io.BytesIO(content)) as file:
            pages = [page.extract_text() or "" for page in file.pages]
    except Exception as error:
        # As for Word files: whatever the library trips over is a file that cannot be read.
        raise BadInput(
            _("PDF 打不开：{problem}").format(problem=type(error).__name__), remedy=_("核对文件是否完整、是否加密。"), place=Place(name)
        ) from None
    if not any(page.strip() for page in pages):
        raise BadInput(_("这是扫描件，没有文字层"), remedy=_("先做文字识别（OCR），或向发文单位要电子版。"), place=Place(name))
    text = "\f".join(pages)
    return DocumentText(PurePath(name).stem, text, tuple(_paged(read_plain_text(text), text)))


def _paged(blocks: tuple[TextBlock, ...], text: str) -> Iterator[TextBlock]:
    page, at = 1, 0
    for block in blocks:
        start = block.source(0)
        page += text.count("\f", at, start)
        at = start
        yield replace(block, page=page)
