"""Text of Word documents: runs, fields, bookmarks, links and pictures, with what they add to the package.

Bookmarks are named after what they mark, so the same document gives the same names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from guibiao.publish.document import Inline, Line, Link, Number
from guibiao.publish.office_package import Relationships, xml_text

_BOOKMARK = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_EAST_ASIAN = frozenset("“”‘’…—·×°±")
_STYLES = {"strong": "Strong", "emphasis": "Emphasis", "code": "Code"}
_EMU = 12700
"""English Metric Units to a point."""
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_SVG_NAMESPACE = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_LONGEST_TIP = 240


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as shapes and, for readers that draw none, as picture."""

    svg: str
    png: bytes


@dataclass(slots=True)
class Pen:
    """Writes markup and remembers what it needs: bookmarks given, relationships, media.

    `anchors` are the targets inside the document; `elsewhere` gives the address of numbers whose passport is in another file;
    `tips` what a number is of, by passport.
    """

    anchors: frozenset[str] = frozenset()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    tips: Mapping[str, str] = field(default_factory=dict)
    exhibits: Mapping[str, str] = field(default_factory=dict)
    """Table or chart id -> its number as printed."""
    relationships: Relationships = field(default_factory=Relationships)
    media: dict[str, str | bytes] = field(default_factory=dict)
    _marked: int = 0
    _drawn: int = 0

    def mark(self, name: str, inner: str) -> str:
        """Markup inside a bookmark."""
        self._marked += 1
        start = f'<w:bookmarkStart w:id="{self._marked}" w:name="{name}"/>'
        return f'{start}{inner}<w:bookmarkEnd w:id="{self._marked}"/>'

    def line(self, line: Line) -> str:
        """A line of text."""
        return "".join(self.inline(part) for part in line)

    def inline(self, part: Inline) -> str:
        """Words, a number with the way to its passport, or a link."""
        if isinstance(part, Number):
            return self.number(part.text, part.passport)
        if isinstance(part, Link):
            return self._link(part)
        return run(part.text, style=_STYLES.get(part.style, ""))

    def number(self, text: str, passport: str) -> str:
        """A number that leads to its passport here or in another file."""
        tip = f' w:tooltip="{xml_text(self.tips[passport][:_LONGEST_TIP])}"' if passport in self.tips else ""
        inner = run(text, style="PassportLink")
        if passport in self.anchors:
            return f'<w:hyperlink w:anchor="{bookmark(passport)}" w:history="1"{tip}>{inner}</w:hyperlink>'
        if passport in self.elsewhere:
            return self._away(self.elsewhere[passport], inner, tip)
        return run(text)

    def _link(self, part: Link) -> str:
        target = part.target.removeprefix("#")
        if part.target.startswith("#") and target in self.exhibits:
            return reference(target, part.text) if part.text == self.exhibits[target] else self._within(target, part.text)
        if part.target.startswith("#"):
            return self._within(target, part.text)
        if part.target.startswith(("https://", "http://", "mailto:")):
            return self._away(part.target, run(part.text, style="Hyperlink"))
        return run(part.text)

    def _within(self, target: str, text: str) -> str:
        if target not in self.anchors:
            return run(text)
        return f'<w:hyperlink w:anchor="{bookmark(target)}" w:history="1">{run(text, style="Hyperlink")}</w:hyperlink>'

    def _away(self, address: str, inner: str, tip: str = "") -> str:
        identity = self.relationships.add("hyperlink", address, external=True)
        return f'<w:hyperlink r:id="{identity}" w:history="1"{tip}>{inner}</w:hyperlink>'

    def picture(self, name: str, drawing: Drawing, title: str, alternative: str, size: tuple[float, float]) -> str:
        """An inline picture: shapes with a picture for readers that draw none; `size` is its width and height in points."""
        self._drawn += 1
        stem = f"media/chart{self._drawn}"
        self.media[f"word/{stem}.png"], self.media[f"word/{stem}.svg"] = drawing.png, drawing.svg
        fallback, shapes = (self.relationships.add("image", f"{stem}.{kind}") for kind in ("png", "svg"))
        across, down = (round(length * _EMU) for length in size)
        said = f'id="{self._drawn}" name="{xml_text(name)}" title="{xml_text(title)}" descr="{xml_text(alternative)}"'
        extension = f'<a:ext uri="{_SVG_EXTENSION}"><asvg:svgBlip xmlns:asvg="{_SVG_NAMESPACE}" r:embed="{shapes}"/></a:ext>'
        return (
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{across}" cy="{down}"/>'
            f'<wp:docPr {said}/><wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
            f'<pic:cNvPr {said}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{fallback}"><a:extLst>{extension}'
            '</a:extLst></a:blip><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="{across}" cy="{down}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )


def bookmark(anchor: str) -> str:
    """Bookmark name of an anchor: at most 40 letters, digits and underscores, so an id that is not gets one from its digest."""
    name = anchor.replace("-", "_")
    if _BOOKMARK.fullmatch(name) and "__" not in name:
        return name
    return f"a__{hashlib.sha256(anchor.encode()).hexdigest()[:24]}"


def contents_mark(anchor: str) -> str:
    """Hidden bookmark that the contents field leads to."""
    return f"_Toc{hashlib.sha256(anchor.encode()).hexdigest()[:16]}"


def label_mark(anchor: str) -> str:
    """Hidden bookmark of an exhibit's number, which references print."""
    return f"_Ref{hashlib.sha256(anchor.encode()).hexdigest()[:16]}"


def reference(anchor: str, text: str) -> str:
    """A cross reference that prints the number of a table or chart."""
    return field_of(f" REF {label_mark(anchor)} \\h ", run(text, style="Hyperlink"))


def run(text: str, *, style: str = "", properties: str = "") -> str:
    """A run of text; marks that Latin and Chinese share are set as Chinese ones."""
    if not text:
        return ""
    named = f'<w:rStyle w:val="{style}"/>' if style else ""
    hint = '<w:rFonts w:hint="eastAsia"/>' if not properties and not _EAST_ASIAN.isdisjoint(text) else ""
    inner = f"{named}{hint}{properties}"
    return f'<w:r>{f"<w:rPr>{inner}</w:rPr>" if inner else ""}<w:t xml:space="preserve">{xml_text(text)}</w:t></w:r>'


def field_of(instruction: str, shown: str) -> str:
    """A field with the result shown until it is updated."""
    return f"{field_start(instruction)}{shown}{field_end()}"


def field_start(instruction: str) -> str:
    """The beginning of a field, up to its result."""
    code = f'<w:r><w:instrText xml:space="preserve">{xml_text(instruction)}</w:instrText></w:r>'
    return f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{code}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'


def field_end() -> str:
    """The end of a field."""
    return '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def tab() -> str:
    """A tab."""
    return "<w:r><w:tab/></w:r>"


def paragraph(style: str, inner: str, properties: str = "") -> str:
    """A paragraph of a style; `properties` are those it sets itself, in the order of the schema."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{inner}</w:p>'


def joined(parts: Iterable[str], separator: str) -> str:
    """Runs with separators between them."""
    return run(separator).join(part for part in parts if part)
