"""The report as a Word document: real styles, native tables, numbered captions, a filled contents field, passports as annex.

It is rendered from the same document as paper and page. Every text is escaped; equal documents give equal bytes. Source of the form:
ECMA-376 part 1 (WordprocessingML); SVG pictures: [MS-ODRAWXML] 2.3.2 `svgBlip`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from guibiao.publish.document import Block, Bullets, ChartBlock, Document, Heading, Paragraph, TableBlock
from guibiao.publish.docx_annex import annex_pieces
from guibiao.publish.docx_contents import contents
from guibiao.publish.docx_frame import Frame, section, write_package
from guibiao.publish.docx_layout import Piece, line_count, pages_of
from guibiao.publish.docx_styles import REPORT, Look, spacing
from guibiao.publish.docx_tables import Exhibits
from guibiao.publish.docx_text import Drawing, Pen, bookmark, contents_mark, joined, paragraph, run
from guibiao.publish.drawings import drawing_size, for_print
from guibiao.publish.headings import heading_numbers, line_text
from guibiao.publish.on_paper import MARKS_LISTED, quoted_on_paper
from guibiao.publish.quoting import check_quotations, exhibit_number, labels
from guibiao.publish.wording import Wording

DRAWING_HEIGHT = 520.0
"""Greatest height of a drawing in points."""
LEVELS = 4
_FAMILY = "Noto Sans CJK SC"
_FAMILIES = "Noto Sans CJK SC, Microsoft YaHei, SimHei, sans-serif"


def render_docx(document: Document, drawings: Mapping[str, Drawing]) -> bytes:
    """The document as a .docx; `drawings` gives each chart by id.

    Raises ValueError where a number leads to no passport or a chart has no drawing: the document is not finished then.
    """
    check_quotations(document, drawings)
    writer = BodyWriter(document, drawings, REPORT, pen_for(document))
    pieces = writer.pieces()
    annex = annex_pieces(document, writer.pen)
    places, last = pages_of(pieces, REPORT.height, REPORT.sideways[1])
    front = cover(document)
    if any(isinstance(block, Heading) for block in document.blocks):
        places = {**places, "passports": last + 1}
        front += section("cover") + contents(document, writer.numbers, places, bool(annex)) + section("contents")
    else:
        front += section("cover")
    body = front + laid_out(pieces) + (section("body") + annex if annex else "")
    return write_package(Frame(document, REPORT, "annex" if annex else "body", bool(writer.numbers)), body, writer.pen, writer.lists)


def pen_for(document: Document, elsewhere: Mapping[str, str] | None = None) -> Pen:
    """A pen that knows what the document has: anchors, exhibits, and what its numbers are of."""
    wording = Wording(document.language)
    printed = quoted_on_paper(document)
    exhibits = {block.id: exhibit_number(block, wording) for block in document.blocks if isinstance(block, TableBlock | ChartBlock)}
    headings = {block.id for block in document.blocks if isinstance(block, Heading)}
    passports = {passport.id: passport for passport in document.passports if passport.id in printed}
    return Pen(
        anchors=frozenset({*headings, *exhibits, *passports}),
        elsewhere=elsewhere or {},
        tips={identity: passport.title for identity, passport in passports.items()},
        exhibits={identity: number for identity, number in exhibits.items() if number},
    )


class BodyWriter:
    """Turns the blocks of a document into pieces of a Word document."""

    def __init__(self, document: Document, drawings: Mapping[str, Drawing], look: Look, pen: Pen) -> None:
        self.document = document
        self.drawings = drawings
        self.look = look
        self.pen = pen
        self.wording = Wording(document.language)
        self.labels = labels(self.wording)
        self.numbers = heading_numbers(document)
        self.exhibits = Exhibits(pen, look, self.wording, self.labels)
        self.top = min((block.level for block in document.blocks if isinstance(block, Heading)), default=1)
        self.printed = {passport.id: passport.printed for passport in document.passports}
        self.lists = 0
        """Numbered lists written: each counts from 1."""

    def pieces(self) -> list[Piece]:
        """All blocks in order."""
        return [piece for block in self.document.blocks for piece in self._block(block)]

    def _block(self, block: Block) -> Iterable[Piece]:
        if isinstance(block, Heading):
            return [self._heading(block)]
        if isinstance(block, Paragraph):
            return [self._paragraph(block)]
        if isinstance(block, Bullets):
            return self._bullets(block)
        return self.exhibits.table(block) if isinstance(block, TableBlock) else self._chart(block)

    def _heading(self, heading: Heading) -> Piece:
        level = min(max(heading.level - self.top + 1, 1), LEVELS)
        style = self.look.headings[level - 1]
        inner = self.pen.mark(bookmark(heading.id), self.pen.mark(contents_mark(heading.id), self.pen.line(heading.line)))
        unnumbered = "" if heading.id in self.numbers else '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'
        words = self.numbers.get(heading.id, "") + line_text(heading.line)
        lines = line_count(words, self.look.room / style.size, style.indent)
        height = style.before + lines * style.line + style.after
        return Piece(paragraph(f"Heading{level}", inner, unnumbered), (height,), keep_next=True, anchors=(heading.id,))

    def _paragraph(self, block: Paragraph) -> Piece:
        note = block.style == "note"
        size, line = (9.0, self.look.body_line - 4) if note else (self.look.body_size - self.look.squeeze, self.look.body_line)
        lines = line_count(line_text(block.line), self.look.room / size, 0 if note else 2)
        parts = [line] * lines
        parts[-1] += 10 if note else self.look.after
        return Piece(paragraph("Note" if note else "BodyText", self.pen.line(block.line)), tuple(parts))

    def _bullets(self, block: Bullets) -> Iterable[Piece]:
        self.lists += block.ordered
        instance = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self.lists + 3}"/></w:numPr>' if block.ordered else ""
        for item in block.items:
            lines = line_count(line_text(item), self.look.room / (self.look.body_size - self.look.squeeze) - 3.2)
            parts = [self.look.body_line] * lines
            parts[-1] += self.look.after
            yield Piece(paragraph("ListNumber" if block.ordered else "ListBullet", self.pen.line(item), instance), tuple(parts))

    def _chart(self, chart: ChartBlock) -> Iterable[Piece]:
        drawing = self.drawings[chart.id]
        size = printed_size(drawing.svg, self.look.room)
        fit = Drawing(for_print(drawing.svg).replace(f'"{_FAMILY}', f'"{_FAMILIES}'), drawing.png)
        picture = self.pen.picture(chart.id, fit, chart.title, chart.alternative or chart.title, size)
        yield self.exhibits.caption(chart)
        yield from self.exhibits.asked(chart)
        below = [*self.exhibits.below(chart.source, chart.notes, whole=True), *self._marks(chart)]
        yield Piece(paragraph("Picture", picture), (size[1] + 5,), keep_next=bool(below))
        yield from below
        yield Piece(paragraph("TableText90", "", spacing(8)), (8.0,))

    def _marks(self, chart: ChartBlock) -> list[Piece]:
        """The numbers behind a chart's marks with the way to their passports, or how many there are."""
        count = len(chart.passports)
        if not count:
            return []
        if count > MARKS_LISTED:
            text = self.labels["more"].format(count=count)
            return [Piece(paragraph("TableNote", run(text)), (12.0,))]
        numbers = joined((self.pen.number(self.printed[name], name) for name in chart.passports), "　")
        said = self.labels["marks"] + "　".join(self.printed[name] for name in chart.passports)
        return [Piece(paragraph("TableNote", run(self.labels["marks"]) + numbers), (12.0,) * line_count(said, self.look.room / 8 - 3.4))]


def printed_size(svg: str, room: float) -> tuple[float, float]:
    """Width and height in points: the drawing's own (96 pixels to the inch) unless it is larger than the page leaves room for."""
    width, height = drawing_size(svg)
    scale = min(0.75, room / width, DRAWING_HEIGHT / height)
    return width * scale, height * scale


def laid_out(pieces: Sequence[Piece]) -> str:
    """Markup of the pieces; stretches laid on their side are sections of their own."""
    stretches = [(sideways, "".join(piece.xml for piece in group)) for sideways, group in groupby(pieces, lambda piece: piece.sideways)]
    parts = []
    for number, (sideways, xml) in enumerate(stretches):
        last = number == len(stretches) - 1
        parts.append(xml)
        if sideways:
            parts.append(section("sideways"))
        elif not last:
            parts.append(section("body"))
    return "".join(parts)


def cover(document: Document) -> str:
    """Title, publisher, date and notices on a page of their own."""
    subtitle = paragraph("Subtitle", run(document.subtitle)) if document.subtitle else ""
    notices = "".join(paragraph("Note", run(notice)) for notice in document.notices)
    return (
        paragraph("Title", run(document.title), spacing(42, 150, 24))
        + subtitle
        + paragraph("Subtitle", run(document.publisher), spacing(24, 260, 6))
        + paragraph("Subtitle", run(document.date), spacing(24, 0, 40))
        + notices
    )
