"""What surrounds the text of a Word document: sections, headers, footers, and the parts of the package."""

from __future__ import annotations

import re
from dataclasses import dataclass

from guibiao.publish.document import Document
from guibiao.publish.docx_styles import MILLIMETRE, NAMESPACES, Look, font_table_xml, numbering_xml, settings_xml, styles_xml, twips
from guibiao.publish.docx_text import Pen, field_of, paragraph, run, tab
from guibiao.publish.office_package import XML_HEAD, Properties, package

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = {"styles": "styles", "numbering": "numbering", "settings": "settings", "fontTable": "fontTable"}
_A4 = (11906, 16838)
_SECTION = "\x00section {kind}\x00"
"""Stands in the body where a section ends, until the headers have their relationships; text never holds the character."""
_ENDS = re.compile("\x00section ([a-z]+)\x00")
FRONT = ("cover", "contents")
"""Sections before the text, which do not count its pages."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How the document's pages look: `last` is the kind of its last section, `numbered` whether headings are numbered."""

    document: Document
    look: Look
    last: str
    numbered: bool = True
    grid: bool = False
    """22 lines a page, as GB/T 9704 asks."""


def section(kind: str) -> str:
    """The end of a section of a kind: cover, contents, body, sideways, annex."""
    return _SECTION.format(kind=kind)


def write_package(frame: Frame, body: str, pen: Pen, lists: int) -> bytes:
    """The finished file from the body's markup; `lists` is how many numbered lists it has."""
    document = frame.document
    parts: dict[str, str | bytes] = {
        "word/styles.xml": styles_xml(frame.look, document.language),
        "word/numbering.xml": numbering_xml(frame.look, document.language).replace("{instances}", _instances(lists)),
        "word/settings.xml": settings_xml(frame.look, document.language),
        "word/fontTable.xml": font_table_xml(),
    }
    types = {f"word/{name}.xml": f"{_TYPE}.{kind}+xml" for kind, name in _PARTS.items()}
    types["word/document.xml"] = f"{_TYPE}.document.main+xml"
    for name in _PARTS:
        pen.relationships.add(name, f"{name}.xml")
    ends = _official_ends if frame.look.official else _report_ends
    for name, content in ends(frame).items():
        kind = "header" if name.startswith("header") else "footer"
        tag = {"header": "hdr", "footer": "ftr"}[kind]
        parts[f"word/{name}.xml"] = f"{XML_HEAD}<w:{tag} {NAMESPACES}>{content}</w:{tag}>"
        types[f"word/{name}.xml"] = f"{_TYPE}.{kind}+xml"
        pen.relationships.add(kind, f"{name}.xml")
    parts["word/document.xml"] = f"{XML_HEAD}<w:document {NAMESPACES}><w:body>{_sectioned(frame, body, pen)}</w:body></w:document>"
    parts |= pen.media
    parts["word/_rels/document.xml.rels"] = pen.relationships.xml()
    language = "zh-CN" if document.language == "zh" else "en-GB"
    properties = Properties(document.title, document.publisher, language, document.properties.get("date", ""), document.subtitle)
    return package("word/document.xml", parts, types, properties)


def _sectioned(frame: Frame, body: str, pen: Pen) -> str:
    """The body with its sections; pages are counted from 1 where the text begins. The paragraph that ends a section takes no room."""
    last_line = '<w:pStyle w:val="Normal"/><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    pieces = _ENDS.split(body)
    written = []
    counting = False
    for text, kind in zip(pieces[::2], [*pieces[1::2], frame.last], strict=True):
        begins = not counting and kind not in FRONT
        counting = counting or begins
        properties = _section(frame, kind, pen, begins=begins)
        written.append(f"{text}<w:p><w:pPr>{last_line}{properties}</w:pPr></w:p>")
    return "".join(written[:-1]) + pieces[-1] + properties


def _instances(lists: int) -> str:
    """Numberings in use: headings, bullets, numbered lists, and one for each numbered list of the text, which starts anew."""
    fixed = "".join(f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in (1, 2, 3))
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    return fixed + "".join(f'<w:num w:numId="{number + 4}"><w:abstractNumId w:val="3"/>{anew}</w:num>' for number in range(lists))


def _section(frame: Frame, kind: str, pen: Pen, *, begins: bool) -> str:
    """Page size, margins, header and footer, and page numbers of one kind of section."""
    top, bottom, left, right = (round(side * MILLIMETRE) for side in frame.look.margins)
    across, down = _A4
    turned = ""
    if kind == "sideways":
        across, down, top, bottom, left, right = down, across, left, right, bottom, top
        turned = ' w:orient="landscape"'
    named = _official_references if frame.look.official else _report_references
    references = "".join(
        f'<w:{"header" if name.startswith("header") else "footer"}Reference w:type="{use}" '
        f'r:id="{pen.relationships.add("header" if name.startswith("header") else "footer", f"{name}.xml")}"/>'
        for name, use in named(kind)
    )
    columns = '<w:cols w:num="2" w:space="400"/>' if kind == "annex" else '<w:cols w:space="400"/>'
    numbers = {"contents": '<w:pgNumType w:fmt="lowerRoman" w:start="1"/>', "cover": ""}.get(kind, "")
    starts = '<w:pgNumType w:start="1"/>' if begins else ""
    grid = f'<w:docGrid w:type="lines" w:linePitch="{twips(frame.look.body_line)}"/>' if frame.grid else ""
    return (
        f'<w:sectPr>{references}<w:type w:val="nextPage"/><w:pgSz w:w="{across}" w:h="{down}"{turned}/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="{round(15 * MILLIMETRE)}" '
        f'w:footer="{_footer_distance(frame)}" w:gutter="0"/>{numbers or starts}{columns}{grid}</w:sectPr>'
    )


def _footer_distance(frame: Frame) -> int:
    """From the page's edge; GB/T 9704—2012, 7.5: the number stands 7 mm below the text."""
    return round((frame.look.margins[1] - 7 - 6 if frame.look.official else 12) * MILLIMETRE)


def _report_references(kind: str) -> tuple[tuple[str, str], ...]:
    if kind == "cover":
        return (("header2", "default"), ("footer2", "default"))
    return (("header1", "default"), ("footer1", "default"))


def _official_references(_kind: str) -> tuple[tuple[str, str], ...]:
    return (("footer1", "default"), ("footer2", "even"))


def _report_ends(frame: Frame) -> dict[str, str]:
    """Running title with a rule, page number in the middle; both empty on the cover. Made-up data are marked on every page."""
    document = frame.document
    mark = document.properties.get("watermark", "")
    rule = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="3" w:color="C9D0D9"/></w:pBdr>'
    stops = f'<w:tabs><w:tab w:val="right" w:pos="{twips(frame.look.room)}"/></w:tabs>'
    red = run(mark, properties='<w:b/><w:color w:val="C00000"/>')
    right = red if mark else run(document.publisher)
    page = field_of(" PAGE ", run("1"))
    centred = '<w:jc w:val="center"/>'
    return {
        "header1": paragraph("Header", run(document.title) + tab() + right, rule + stops),
        "header2": paragraph("Header", tab() + red, stops),
        "footer1": paragraph("Footer", run("— ") + page + run(" —"), centred) + _closing(document),
        "footer2": paragraph("Footer", ""),
    }


def _closing(document: Document) -> str:
    return paragraph("Footer", run(document.footer), '<w:jc w:val="center"/>') if document.footer else ""


def _official_ends(frame: Frame) -> dict[str, str]:
    """Page numbers between dashes on the outer side, one character in (GB/T 9704—2012, 7.5)."""
    page = run("— ") + field_of(" PAGE ", run("1")) + run(" —")
    aside = twips(14)
    marked = run(frame.document.properties.get("watermark", ""), properties='<w:b/><w:color w:val="C00000"/>')
    return {
        "footer1": paragraph("Footer", marked + run("　" if marked else "") + page, f'<w:ind w:right="{aside}"/><w:jc w:val="right"/>'),
        "footer2": paragraph("Footer", page + run("　" if marked else "") + marked, f'<w:ind w:left="{aside}"/><w:jc w:val="left"/>'),
    }
