"""Tables of Word documents in yearbook style: caption and unit above, head repeated on every page, numbers set on the point."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from guibiao.publish.columns import Column, numeral, padding, placed, table_columns
from guibiao.publish.document import ChartBlock, TableBlock, TableCell
from guibiao.publish.docx_layout import Fit, Piece, fit_columns, line_count
from guibiao.publish.docx_styles import INK, Look, spacing, table_text_style, twips
from guibiao.publish.docx_text import Pen, bookmark, contents_mark, field_of, label_mark, paragraph, run
from guibiao.publish.office_package import xml_text
from guibiao.publish.quoting import exhibit_number
from guibiao.publish.wording import Wording

_NUMBERED = re.compile(r"(\D+?)\s*(\d+)")
LONG_TABLE = 24
"""Rows from which a table may run over a page."""
_WHOLE = 0.6
"""Part of a page that a table kept on one page may take."""
_CELL_MARGIN = 3.0
_ROW_MARGIN = 2.0
LINE = 1.45
"""Line height of a cell in type sizes."""
_NOTE_LINE = 12.0
_NOTES_KEPT = 9
"""Lines of notes that are kept on the page of their table or chart."""
_UNSEEN = str.maketrans({**{str(digit): "\u2007" for digit in range(10)}, ".": "\u2008", "%": "\u2007\u2007", "*": "\u2008"})
"""Spaces as wide as a digit and a point stand for the decimals a number has not."""
_THIN = f'w:val="single" w:sz="4" w:space="0" w:color="{INK}"'
_HEAVY = f'w:val="single" w:sz="8" w:space="0" w:color="{INK}"'


@dataclass(frozen=True, slots=True)
class Exhibits:
    """Sets tables, and captions and notes of tables and charts."""

    pen: Pen
    look: Look
    wording: Wording
    labels: Mapping[str, str]

    def caption(self, block: TableBlock | ChartBlock) -> Piece:
        """Number as a field that counts, title, bookmarks; empty where the block has neither."""
        number = exhibit_number(block, self.wording)
        counted = _NUMBERED.fullmatch(number)
        label = run(number)
        if counted:
            label = run(counted[1]) + field_of(f" SEQ {counted[1].strip()} \\* ARABIC ", run(counted[2]))
        marked = self.pen.mark(label_mark(block.id), label) if number else ""
        inner = marked + (run("　") if number and block.title else "") + run(block.title)
        whole = self.pen.mark(bookmark(block.id), self.pen.mark(contents_mark(block.id), inner))
        lines = line_count(f"{number}　{block.title}", self.look.room / self.look.caption_size)
        height = self.look.caption_size * 1.6
        parts = (8 + height * lines + 3,) if number or block.title else (0.0,)
        xml = paragraph("Caption", whole) if number or block.title else paragraph("Caption", whole, spacing(1))
        return Piece(xml, parts, keep_next=True, anchors=(block.id,))

    def asked(self, block: TableBlock | ChartBlock) -> list[Piece]:
        """The question under the title; a brief of a few pages leaves it out."""
        if not block.question or self.look.official:
            return []
        lines = line_count(block.question, self.look.room / 8 - 3.4)
        centred = '<w:keepNext/><w:jc w:val="center"/>'
        return [Piece(paragraph("TableNote", run(block.question), centred), (_NOTE_LINE,) * lines, keep_next=True)]

    def table(self, table: TableBlock) -> list[Piece]:
        """The pieces of a table; one laid on its side stands on pages of its own."""
        columns = table_columns(table)
        fit = fit_columns(columns, self.look.room, self.look.sideways[0], self.look.table_sizes)
        pieces = [self.caption(table), *self.asked(table)]
        if table.unit:
            pieces.append(Piece(paragraph("TableUnit", run(self.labels["unit"] + table.unit)), (13.0,), keep_next=True))
        if columns:
            pieces.append(self._grid(table, columns, fit))
        pieces += self.below(table.source, table.notes, whole=pieces[-1].keep_next)
        pieces.append(Piece(paragraph("TableText90", "", spacing(8)), (8.0,)))
        return [_turned(piece) for piece in pieces] if fit.sideways else pieces

    def below(self, source: str, notes: tuple[str, ...], *, whole: bool) -> list[Piece]:
        """Source and notes below a table or chart; `whole` keeps them on its page while they are few."""
        texts = [self.labels["source"] + source] if source else []
        if len(notes) == 1:
            texts.append(self.labels["note"] + notes[0])
        else:
            texts += [(self.labels["note"] if number == 1 else "　　") + f"{number}. {note}" for number, note in enumerate(notes, start=1)]
        counts = [line_count(text, self.look.room / 8 - 3.4) for text in texts]
        together = whole and not self.look.official and sum(counts) <= _NOTES_KEPT
        last = len(texts) - 1
        return [
            Piece(
                paragraph("TableNote", run(text), "<w:keepNext/>" if together and number < last else ""),
                (_NOTE_LINE,) * count,
                keep_next=together and number < last,
            )
            for number, (text, count) in enumerate(zip(texts, counts, strict=True))
        ]

    def _grid(self, table: TableBlock, columns: tuple[Column, ...], fit: Fit) -> Piece:
        """The table itself: rows do not break, its head is repeated on every page, a short one stands on one page."""
        head, body = placed(table.head), placed(table.rows)
        heights = [_height(row, fit) for row in (*head, *body)]
        whole = len(body) < LONG_TABLE and sum(heights) < self.look.height * _WHOLE
        reaching = _continued(table.head), _continued(table.rows)
        rows = []
        wordy = _columns_of_words(body)
        for number, row in enumerate(head):
            cells = [self._head_cell(cell, position, fit, len(head) - number, left=position in wordy) for position, cell in row]
            rows.append(_row(cells, reaching[0][number], fit, head=True, last=number == len(head) - 1))
        for number, row in enumerate(body):
            cells = [self._cell(cell, columns[position], position, fit, keep=whole) for position, cell in row]
            rows.append(_row(cells, reaching[1][number], fit))
        grid = "".join(f'<w:gridCol w:w="{twips(each)}"/>' for each in fit.widths)
        first = len(heights) if whole else len(head) + 1
        xml = f"<w:tbl>{_properties(table, fit)}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
        return Piece(xml, (sum(heights[:first]), *heights[first:]), keep_next=whole and bool(table.source or table.notes))

    def _head_cell(self, cell: TableCell, position: int, fit: Fit, rows_left: int, *, left: bool) -> _Placed:
        """A head cell, at the left over words; one over several columns is ruled off below."""
        align = "left" if cell.columns == 1 and ((left and position > 0) or (cell.align == "left" and position == 0)) else "center"
        last = cell.rows >= rows_left
        inner = _paragraph(fit, run(cell.text), f'<w:jc w:val="{align}"/>', keep=True)
        return _Placed(position, cell, inner, ruled=last or cell.columns > 1)

    def _cell(self, cell: TableCell, column: Column, position: int, fit: Fit, *, keep: bool) -> _Placed:
        """A body cell; numbers of a column stand on the point, the widest of them in its middle."""
        found = numeral(cell.text.strip()) if cell.align == "right" and cell.columns == 1 else None
        shown = self.pen.number(cell.text, cell.passport)
        if found is None or column.digits is None:
            align = "center" if cell.align == "right" and column.digits is not None and cell.columns == 1 else cell.align
            return _Placed(position, cell, _paragraph(fit, shown, f'<w:jc w:val="{align}"/>', keep=keep))
        room = fit.widths[position] - 2 * _CELL_MARGIN
        indent = max(0.0, (room - column.digits * 0.5 * fit.size) / 2)
        unseen = run(padding(found, column).translate(_UNSEEN))
        aside = f'<w:ind w:right="{twips(indent)}"/><w:jc w:val="right"/>'
        return _Placed(position, cell, _paragraph(fit, shown + unseen, aside, keep=keep))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cell where it stands, with its paragraph; `ruled` draws a line below it."""

    position: int
    cell: TableCell
    inner: str
    ruled: bool = False
    continues: bool = False

    def xml(self, fit: Fit) -> str:
        across = sum(fit.widths[self.position : self.position + self.cell.columns])
        span = f'<w:gridSpan w:val="{self.cell.columns}"/>' if self.cell.columns > 1 else ""
        begins = '<w:vMerge w:val="restart"/>' if self.cell.rows > 1 else ""
        rule = f"<w:tcBorders><w:bottom {_THIN}/></w:tcBorders>" if self.ruled else ""
        properties = f'<w:tcW w:w="{twips(across)}" w:type="dxa"/>{span}{"<w:vMerge/>" if self.continues else begins}{rule}'
        return f'<w:tc><w:tcPr>{properties}<w:vAlign w:val="center"/></w:tcPr>{self.inner}</w:tc>'


def _properties(table: TableBlock, fit: Fit) -> str:
    total = sum(twips(each) for each in fit.widths)
    margins = "".join(
        f'<w:{side} w:w="{twips(size)}" w:type="dxa"/>'
        for side, size in (("top", _ROW_MARGIN), ("left", _CELL_MARGIN), ("bottom", _ROW_MARGIN), ("right", _CELL_MARGIN))
    )
    return (
        f'<w:tblPr><w:tblStyle w:val="Yearbook"/><w:tblW w:w="{total}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders><w:top {_HEAVY}/><w:bottom {_HEAVY}/></w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar>{margins}</w:tblCellMar><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val="{xml_text(table.title or table.id)}"/></w:tblPr>'
    )


def _row(cells: list[_Placed], reaching: dict[int, TableCell], fit: Fit, *, head: bool = False, last: bool = False) -> str:
    """A row: its own cells, what continues cells that reach down from above, and blank ones where it has too few; `last` is the last row
    of the head."""
    carried = [_Placed(position, cell, _paragraph(fit, ""), last, continues=True) for position, cell in reaching.items()]
    filled = {column for each in (*cells, *carried) for column in range(each.position, each.position + each.cell.columns)}
    blank = [_Placed(column, TableCell(""), _paragraph(fit, "")) for column in range(len(fit.widths)) if column not in filled]
    ordered = sorted((*cells, *carried, *blank), key=lambda placed_: placed_.position)
    repeated = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(each.xml(fit) for each in ordered)}</w:tr>"


def _columns_of_words(body: tuple[tuple[tuple[int, TableCell], ...], ...]) -> set[int]:
    """Columns all of whose cells begin at the left."""
    aligned: dict[int, set[str]] = {}
    for row in body:
        for position, cell in row:
            aligned.setdefault(position, set()).add(cell.align)
    return {position for position, found in aligned.items() if found == {"left"}}


def _continued(rows: tuple[tuple[TableCell, ...], ...]) -> list[dict[int, TableCell]]:
    """For every row the cells that began above it, by column."""
    result: list[dict[int, TableCell]] = [{} for _each in rows]
    for number, row in enumerate(placed(rows)):
        for position, cell in row:
            for below in range(number + 1, min(number + cell.rows, len(rows))):
                result[below][position] = cell
    return result


def _height(row: tuple[tuple[int, TableCell], ...], fit: Fit) -> float:
    """Height of a row in points, from the cell with most lines."""
    lines = 1
    for position, cell in row:
        room = sum(fit.widths[position : position + cell.columns]) - 2 * _CELL_MARGIN
        lines = max(lines, -(-line_count(cell.text, max(1.0, room / fit.size)) // cell.rows))
    return lines * fit.size * LINE + 2 * _ROW_MARGIN


def _paragraph(fit: Fit, inner: str, properties: str = "", *, keep: bool = False) -> str:
    return paragraph(table_text_style(fit.size), inner, ("<w:keepNext/>" if keep else "") + properties)


def _turned(piece: Piece) -> Piece:
    return replace(piece, sideways=True)
