"""The printed report: a document as Typst source, and the source as PDF.

Every text of the document becomes a Typst string literal, so nothing in it is ever read as markup.
"""

from __future__ import annotations

import re
import warnings
from calendar import monthrange
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from guibiao.model.errors import GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.publish.columns import Column, numeral, padding, placed, table_columns
from guibiao.publish.document import (
    Block,
    Bullets,
    ChartBlock,
    Document,
    Heading,
    Inline,
    Line,
    Link,
    Number,
    Paragraph,
    Passport,
    TableBlock,
    TableCell,
)  # fmt: skip
from guibiao.publish.drawings import drawing_size, for_print
from guibiao.publish.fonts import FAMILY, coverage, font_file, font_missing
from guibiao.publish.headings import heading_numbers
from guibiao.publish.on_paper import MARKS_LISTED, printed_lines, quoted_on_paper
from guibiao.publish.printable import printable
from guibiao.publish.quoting import annex_words, check_quotations, exhibit_number, first_uses, labels
from guibiao.publish.wording import Wording

LAYOUT = Path(__file__).parent / "pages" / "report.typ"
ANNEX = "passports"
LINE_POINTS = 442
"""Width of the text column in points."""
DRAWING_HEIGHT = 560
"""Greatest height of a drawing in points."""
SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5)
"""Type sizes of a table in points; one that needs a smaller size is laid on its side."""
WRAPPED = 8.0
"""Type size of a table whose words wrap."""
NARROWEST = 6.0
"""Least width of a column of words, in characters."""
LONG_TABLE = 16
"""Rows from which a table may run over a page."""
_STYLES = {"strong": "strong-text", "emphasis": "emphasis-text", "code": "code-text"}
_TYPED_DATE = re.compile(r"([1-9]\d{3})\D+(\d{1,2})(?:\D+(\d{1,2}))?")


def render_typst(document: Document, drawings: Mapping[str, str]) -> str:
    """Typst source of the report, whole in one text; `drawings` gives the SVG of each chart id.

    Raises ValueError where a number leads to no passport or a chart has no drawing: the document is not finished then.
    """
    check_quotations(document, drawings)
    return "\n".join((_layout(), *_Renderer(document, drawings).parts()))


def compile_pdf(source: str, font: Path | None = None) -> bytes:
    """PDF of a Typst source; equal sources give equal bytes. Raises `FontMissing` where text could not be set in the Chinese font."""
    import typst

    path = font or font_file()
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path.parent)])
    if FAMILY not in fonts.families():
        raise font_missing(_("字体文件 {path} 里没有 {family}。").format(path=path.name, family=FAMILY))
    try:
        compiler = typst.Compiler(source.encode(), root=str(LAYOUT.parent), font_paths=fonts, ignore_system_fonts=True)
        pdf, notices = compiler.compile_with_warnings(format="pdf", timestamp=0)
    except typst.TypstError as fault:
        raise GuibiaoError(_("报告排版失败"), fault.diagnostic or fault.message, _("请附上 report.typ 报告这个问题。")) from fault
    for notice in notices:
        if "font" in notice.message:
            raise font_missing(notice.message)
        warnings.warn(notice.message, stacklevel=2)
    assert isinstance(pdf, bytes)
    foreign = {name.decode("latin-1") for name in re.findall(rb"/BaseFont\s*/([^\s/]+)", pdf)} - _own_fonts(pdf)
    if foreign:
        raise font_missing(_("排版时改用了别的字体：{fonts}。").format(fonts="、".join(sorted(foreign))))
    return pdf


def _own_fonts(pdf: bytes) -> set[str]:
    return {name.decode("latin-1") for name in re.findall(rb"/BaseFont\s*/([A-Z]{6}\+NotoSansCJK[^\s/]*)", pdf)}


@lru_cache(maxsize=1)
def _layout() -> str:
    return LAYOUT.read_text(encoding="utf-8")


class _Renderer:
    """Turns one document into Typst calls; knows which place quotes a passport first."""

    def __init__(self, document: Document, drawings: Mapping[str, str]) -> None:
        self.document = document
        self.drawings = drawings
        self.wording = Wording(document.language)
        self.labels = labels(self.wording)
        self.passports = {passport.id: passport for passport in document.passports}
        self.numbers = heading_numbers(document)
        self.drawn = coverage(font_file())
        self.uses = first_uses(document)
        self.unused = set(self.uses)
        self.on_paper = quoted_on_paper(document)

    def parts(self) -> Iterable[str]:
        document = self.document
        exhibits = any(isinstance(block, TableBlock | ChartBlock) for block in document.blocks)
        yield f"#show: report.with({self._settings()})"
        imprint = self._texts(document.title, document.subtitle, document.publisher, document.date)
        yield f"#cover({imprint}, {self._tuple(document.notices)})"
        if any(isinstance(block, Heading) for block in document.blocks):
            yield f"#contents(figures: {_flag(exhibits)})"
        yield f"#show: body-pages.with(language: {self._text(document.language)}, footer: {self._text(document.footer)})"
        yield from (self._block(block) for block in document.blocks)
        if document.passports:
            yield f"#annex({self._texts(ANNEX, *annex_words(self.wording))}, ["
            yield from (self._passport(passport) for passport in document.passports if passport.id in self.on_paper)
            yield "])"

    def _settings(self) -> str:
        document = self.document
        said = ", ".join(f"{name}: {self._text(text)}" for name, text in self.labels.items())
        before, _separator, after = self.wording.choose("第{page}页", "p. {page}").partition("{page}")
        return (
            f"title: {self._text(document.title)}, author: {self._text(document.publisher)}, language: {self._text(document.language)}, "
            f"date: {_date(document.date)}, watermark: {self._text(document.properties.get('watermark', ''))}, "
            f"labels: ({said}, page: ({self._texts(before, after)}))"
        )

    def _block(self, block: Block) -> str:
        if isinstance(block, Heading):
            number = self._text(self.numbers.get(block.id, ""))
            return f"#head({min(max(block.level, 1), 4)}, {self._text(block.id)}, {number}, [{self._line(block.line)}])"
        if isinstance(block, Paragraph):
            words = self._line(block.line)
            return f"#note-paragraph[{words}]" if block.style == "note" else f"{words}\n"
        if isinstance(block, Bullets):
            return f"#bullets({_flag(block.ordered)}, {', '.join(f'[{self._line(item)}]' for item in block.items)})"
        return self._table(block) if isinstance(block, TableBlock) else self._chart(block)

    def _line(self, line: Line) -> str:
        return "".join(self._inline(part) for part in line)

    def _inline(self, part: Inline) -> str:
        if isinstance(part, Number):
            return f"#{self._number(part.text, part.passport)}"
        if isinstance(part, Link):
            return self._link(part)
        return f"#{_STYLES[part.style]}({self._text(part.text)})" if part.style else f"#{self._text(part.text)}"

    def _link(self, part: Link) -> str:
        if part.target.startswith("#"):
            return f"#within({self._texts(part.text, part.target[1:])})"
        if part.target.startswith(("https://", "http://", "mailto:")):
            return f"#away({self._texts(part.text, part.target)})"
        return f"#{self._text(part.text)}"

    def _number(self, text: str, passport: str) -> str:
        """An expression: the number with its link; the first place that quotes a passport carries the way back."""
        if not passport:
            return self._text(text)
        own_place = self.uses[passport] == f"u-{passport}"
        if passport not in self.unused or not own_place:
            return f"n({self._texts(text, passport)})"
        self.unused.discard(passport)
        return f"n({self._texts(text, passport)}, use: {self._text(self.uses[passport])})"

    def _table(self, table: TableBlock) -> str:
        columns = table_columns(table)
        layout = _widths(columns)
        head = "".join(f"{self._head_cell(cell, position)}, " for row in placed(table.head) for position, cell in row)
        body = "".join(f"{self._cell(cell, columns[position])}, " for row in placed(table.rows) for position, cell in row)
        titles = self._texts(table.id, exhibit_number(table, self.wording), table.title, table.question, table.unit)
        return (
            f"#table-block({titles}, {layout}, "
            f"{_flag(len(table.rows) >= LONG_TABLE)}, ({head}), ({body}), {self._text(table.source)}, {self._tuple(table.notes)})"
        )

    def _head_cell(self, cell: TableCell, position: int) -> str:
        align = "left" if cell.align == "left" and position == 0 else "center"
        rule = ", stroke: (bottom: thin)" if cell.columns > 1 else ""
        return f"table.cell(align: {align} + horizon{_span(cell)}{rule}, {self._text(cell.text)})"

    def _cell(self, cell: TableCell, column: Column) -> str:
        found = numeral(cell.text.strip()) if cell.align == "right" and cell.columns == 1 else None
        shown = self._number(cell.text, cell.passport)
        if found is not None and column.digits is not None:
            return f"d({column.digits:.2f}, {shown}, {self._text(padding(found, column))})"
        align = "center" if cell.align == "right" and column.digits is not None and cell.columns == 1 else cell.align
        return f"table.cell(align: {align} + horizon{_span(cell)}, {shown})"

    def _chart(self, chart: ChartBlock) -> str:
        drawing = for_print(self.drawings[chart.id]).replace("\\", "\\\\").replace('"', '\\"')
        count = len(chart.passports)
        listed = chart.passports if count <= MARKS_LISTED else ()
        marks = "".join(f"{self._number(self.passports[name].printed, name)}, " for name in listed)
        more = f"[#{self._text(self.labels['more'].format(count=count))}]" if count > MARKS_LISTED else "none"
        return (
            f'#chart-block({self._texts(chart.id, exhibit_number(chart, self.wording), chart.title, chart.question)}, "{drawing}", '
            f"{_drawn_width(self.drawings[chart.id]):.1f}pt, {self._text(chart.alternative or chart.title)}, "
            f"{self._text(chart.source)}, {self._tuple(chart.notes)}, ({marks}), {more})"
        )

    def _passport(self, passport: Passport) -> str:
        use = self.uses.get(passport.id)
        printed, more = printed_lines(passport, self.wording)
        lines = "".join(f"({min(line.depth, 1)}, {self._texts(line.role, line.text)}), " for line in printed)
        return (
            f"#passport({self._texts(passport.id, passport.grade, passport.printed, passport.title)}, "
            f"{'none' if use is None else self._text(use)}, ({lines}), {self._text(more)})"
        )

    def _text(self, text: str) -> str:
        """A Typst string literal that prints exactly this text."""
        escaped = printable(text, self.drawn).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    def _texts(self, *texts: str) -> str:
        return ", ".join(self._text(text) for text in texts)

    def _tuple(self, texts: Iterable[str]) -> str:
        return f"({''.join(f'{self._text(text)}, ' for text in texts)})"


def _drawn_width(svg: str) -> float:
    """Width in points: the drawing's own (96 pixels to the inch) unless it is larger than the page leaves room for."""
    width, height = drawing_size(svg)
    return width * min(0.75, LINE_POINTS / width, DRAWING_HEIGHT / height)


def _widths(columns: tuple[Column, ...]) -> str:
    """Column widths, shared among number columns while they fit, and the type size in points at which the table does.

    Long words wrap: their columns give way first, none below `NARROWEST`.
    """
    needed = [column.measure + 1.4 for column in columns]
    equal = max((width for column, width in zip(columns, needed, strict=True) if column.digits is not None), default=0.0)
    evened = [width if column.digits is None else equal for column, width in zip(columns, needed, strict=True)]
    chosen = evened if sum(evened) * SIZES[0] <= LINE_POINTS else needed
    size = next((size for size in SIZES if sum(chosen) * size <= LINE_POINTS), 0.0)
    if not size:
        size = WRAPPED
        chosen = _wrapped(columns, needed, LINE_POINTS / size)
    flipped = sum(chosen) * size > LINE_POINTS + 0.01
    size = SIZES[-1] if flipped else size
    return f"({''.join(f'{width:.2f}fr, ' for width in chosen)}), {size}pt, {_flag(flipped)}"


def _wrapped(columns: tuple[Column, ...], needed: list[float], room: float) -> list[float]:
    """Widths with the word columns cut to one common greatest width, so that all fit into the room if they can."""
    words = sorted(width for column, width in zip(columns, needed, strict=True) if column.digits is None)
    left = room - sum(width for column, width in zip(columns, needed, strict=True) if column.digits is not None)
    limit = 0.0
    for place, width in enumerate(words):
        limit = left / (len(words) - place)
        if width > limit:
            break
        left -= width
    limit = max(limit, NARROWEST)
    return [width if column.digits is not None else min(width, limit) for column, width in zip(columns, needed, strict=True)]


def _span(cell: TableCell) -> str:
    return (f", colspan: {cell.columns}" if cell.columns > 1 else "") + (f", rowspan: {cell.rows}" if cell.rows > 1 else "")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _date(text: str) -> str:
    """The document's own date for the file's properties; none where it is no date, never the clock's."""
    match = _TYPED_DATE.search(text)
    if match is None or not 1 <= int(match[2]) <= 12 or not 1 <= int(match[3] or 1) <= monthrange(int(match[1]), int(match[2]))[1]:
        return "none"
    return f"datetime(year: {match[1]}, month: {int(match[2])}, day: {int(match[3] or 1)})"
