"""The contents of a Word document: fields whose entries are already there, with pages told by the layout, and links to headings."""

from __future__ import annotations

from collections.abc import Mapping

from guibiao.publish.document import ChartBlock, Document, Heading, TableBlock
from guibiao.publish.docx_text import contents_mark, field_end, field_of, field_start, paragraph, run, tab
from guibiao.publish.headings import line_text
from guibiao.publish.quoting import annex_words, exhibit_number, labels
from guibiao.publish.wording import Wording

DEPTH = 3
ANNEX = "passports"
LISTED_FROM = 3
"""Tables or charts from which they get a list of their own."""


def contents(document: Document, numbers: Mapping[str, str], places: Mapping[str, int], annex: bool) -> str:
    """Contents and lists of tables and charts; `places` gives the page of each heading and exhibit."""
    wording = Wording(document.language)
    said = labels(wording)
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    top = min((heading.level for heading in headings), default=1)
    entries = [
        (f"TOC{heading.level - top + 1}", numbers.get(heading.id, "") + line_text(heading.line), heading.id)
        for heading in headings
        if heading.level - top < DEPTH
    ]
    if annex:
        entries.append(("TOC1", annex_words(wording)[0], ANNEX))
    parts = [
        paragraph("ContentsHeading", run(said["contents"])),
        _controlled(_field(f' TOC \\o "1-{DEPTH}" \\h \\z \\u ', entries, places)),
    ]
    for kind in (TableBlock, ChartBlock):
        exhibits = [block for block in document.blocks if isinstance(block, kind) and block.number]
        if len(exhibits) >= LISTED_FROM:
            word = exhibit_number(exhibits[0], wording).rstrip("0123456789").strip()
            title = wording.choose(f"{word}目录", f"{word}s")
            lines = [("TableofFigures", f"{exhibit_number(block, wording)}　{block.title}", block.id) for block in exhibits]
            parts += [paragraph("ContentsHeading", run(title)), _field(f' TOC \\h \\z \\c "{word}" ', lines, places)]
    return "".join(parts)


def _field(instruction: str, entries: list[tuple[str, str, str]], places: Mapping[str, int]) -> str:
    """A field over several paragraphs, one an entry: style, words, anchor."""
    written = []
    for number, (style, words, anchor) in enumerate(entries):
        page = field_of(f" PAGEREF {contents_mark(anchor)} \\h ", run(str(places.get(anchor, 1))))
        link = f'<w:hyperlink w:anchor="{contents_mark(anchor)}" w:history="1">{run(words)}{tab()}{page}</w:hyperlink>'
        begins = field_start(instruction) if number == 0 else ""
        ends = field_end() if number == len(entries) - 1 else ""
        written.append(paragraph(style, begins + link + ends))
    return "".join(written)


def _controlled(inner: str) -> str:
    """Marked as a table of contents, so that a word processor offers to update it."""
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
    return f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
