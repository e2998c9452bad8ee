"""The brief for a meeting (专报) in the layout of official documents, GB/T 9704—2012, from the same blocks as the report.

A4, margins 37, 35, 28 and 26 mm, 22 lines of 28 characters of 三号仿宋; red masthead; title 二号小标宋; headings 黑体, 楷体, 仿宋 by level
(7.3.3); signature and date at the right (7.3.5); page numbers between dashes on the outer side (7.5). Numbers lead to their passports
in the page beside the brief.
"""

from __future__ import annotations

from collections.abc import Mapping

from guibiao.publish.document import Document
from guibiao.publish.docx import BodyWriter, laid_out, pen_for
from guibiao.publish.docx_frame import Frame, write_package
from guibiao.publish.docx_layout import Piece, line_count, pages_of, width
from guibiao.publish.docx_styles import OFFICIAL, RED, SONG, TITLE_SONG, fonts, spacing, twips
from guibiao.publish.docx_text import Drawing, paragraph, run, tab
from guibiao.publish.wording import Wording

PAGES_AT_MOST = 3
_SIGNATURE_INDENT = 4
"""Characters to the right of the date (7.3.5.2)."""
_MASTHEAD = 36.0
_CHARACTER = OFFICIAL.body_size - OFFICIAL.squeeze


def render_brief(document: Document, drawings: Mapping[str, Drawing], addresses: Mapping[str, str]) -> bytes:
    """The brief as a .docx; `addresses` gives the address of the passports that can be reached from it."""
    writer, pieces = _composed(document, drawings, addresses)
    return write_package(Frame(document, OFFICIAL, "body", grid=True), laid_out(pieces), writer.pen, writer.lists)


def brief_pages(document: Document, drawings: Mapping[str, Drawing]) -> int:
    """Pages the brief takes, told by its lines."""
    _writer, pieces = _composed(document, drawings, {})
    return pages_of(pieces, OFFICIAL.height, OFFICIAL.sideways[1])[1]


def _composed(document: Document, drawings: Mapping[str, Drawing], addresses: Mapping[str, str]) -> tuple[BodyWriter, list[Piece]]:
    writer = BodyWriter(document, drawings, OFFICIAL, pen_for(document, addresses))
    pieces = [*_head(document), *writer.pieces(), *_signature(document), *_notices(document)]
    return writer, pieces


def _head(document: Document) -> list[Piece]:
    """Red masthead with the office, a line for number and date closed by a red rule, and the title."""
    wording = Wording(document.language)
    size = min(_MASTHEAD, OFFICIAL.room / max(1.0, width(document.publisher)))
    properties = f'{fonts(TITLE_SONG)}<w:color w:val="{RED}"/><w:spacing w:val="0"/>{_sized(size)}'
    office = paragraph("Normal", run(document.publisher, properties=properties), f'{spacing(52, 10, 8)}<w:jc w:val="center"/>')
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="6" w:color="{RED}"/></w:pBdr>'
    stops = f'<w:tabs><w:tab w:val="right" w:pos="{twips(OFFICIAL.room)}"/></w:tabs>'
    issue = paragraph("Normal", run(wording.choose("第　　期", "No.")) + tab() + run(document.date), rule + stops)
    lines = line_count(document.title, OFFICIAL.room / 22)
    title = paragraph("Title", run(document.title), spacing(36, 22, 20))
    return [Piece(office, (70.0,)), Piece(issue, (36.0,)), Piece(title, (36.0 * lines + 42,))]


def _signature(document: Document) -> list[Piece]:
    """Office and date at the right, the date four characters in, the office centred over it."""
    wide, short = (width(text) * _CHARACTER for text in (document.publisher, document.date))
    date_indent = _SIGNATURE_INDENT * OFFICIAL.body_size + max(0.0, (wide - short) / 2 - _SIGNATURE_INDENT * OFFICIAL.body_size)
    office_indent = max(0.0, date_indent + (short - wide) / 2)
    lines = ((document.publisher, office_indent), (document.date, date_indent))
    pieces = [Piece(paragraph("Normal", ""), (OFFICIAL.body_line,), keep_next=True)]
    for number, (text, indent) in enumerate(lines):
        placed = f'{"<w:keepNext/>" if number == 0 else ""}<w:ind w:right="{twips(indent)}"/><w:jc w:val="right"/>'
        pieces.append(Piece(paragraph("Normal", run(text), placed), (OFFICIAL.body_line,), keep_next=number == 0))
    return pieces


def _notices(document: Document) -> list[Piece]:
    """What the reader must know of the figures, small, under a rule."""
    pieces = []
    for number, notice in enumerate(document.notices):
        rule = '<w:pBdr><w:top w:val="single" w:sz="4" w:space="4" w:color="000000"/></w:pBdr>' if number == 0 else ""
        properties = f'{fonts(SONG)}<w:spacing w:val="0"/>{_sized(10.5)}'
        xml = paragraph("Normal", run(notice, properties=properties), rule + spacing(16, 12 if number == 0 else 0))
        lines = line_count(notice, OFFICIAL.room / 10.5)
        pieces.append(Piece(xml, (16.0 * lines + (16 if number == 0 else 0),)))
    return pieces


def _sized(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'
