"""Styles of Word documents: the report's and the official document's, with fonts for Chinese and Latin text, numbering and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guibiao.publish.office_package import OFFICE, XML_HEAD, xml_text

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{WORD}" xmlns:r="{OFFICE}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
SONG, HEI, KAI, FANG_SONG, TITLE_SONG = "宋体", "黑体", "楷体", "仿宋", "方正小标宋简体"
LATIN = "Times New Roman"
ALTERNATIVES: Mapping[str, tuple[str, str]] = {
    SONG: ("SimSun", "roman"), HEI: ("SimHei", "swiss"), KAI: ("KaiTi", "script"), FANG_SONG: ("FangSong", "roman"),
    TITLE_SONG: ("FZXiaoBiaoSong-B05S", "roman"), LATIN: ("Liberation Serif", "roman"),
}  # fmt: skip
"""Names under which a font is known where the Chinese one is not, and its family."""
TABLE_TEXT_SIZES = (12.0, 10.5, 9.0, 8.5, 8.0, 7.5, 7.0)
INK, ACCENT, QUIET, RED = "1D2430", "14406F", "5B6675", "C00000"
MILLIMETRE = 1440 / 25.4


@dataclass(frozen=True, slots=True)
class HeadingLook:
    """One level of headings: font, size and spacing in points; `indent` in characters."""

    font: str
    size: float
    line: float
    before: float = 0.0
    after: float = 0.0
    bold: bool = False
    color: str = INK
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """Page and type of a document: margins in millimetres (top, bottom, left, right), sizes and line heights in points."""

    margins: tuple[float, float, float, float]
    body_font: str
    body_size: float
    body_line: float
    headings: tuple[HeadingLook, ...]
    after: float = 0.0
    """Space after a paragraph."""
    squeeze: float = 0.0
    """Points by which characters are set closer."""
    caption_font: str = HEI
    caption_size: float = 10.5
    table_sizes: tuple[float, ...] = (9.0, 8.5, 8.0)
    """Type sizes of a table in points, the first that fits unwrapped."""
    official: bool = False

    @property
    def room(self) -> float:
        """Width of the text in points."""
        return (210 - self.margins[2] - self.margins[3]) / 25.4 * 72

    @property
    def height(self) -> float:
        """Height of the text in points."""
        return (297 - self.margins[0] - self.margins[1]) / 25.4 * 72

    @property
    def sideways(self) -> tuple[float, float]:
        """Width and height of the text in points on a page laid on its side."""
        return (297 - self.margins[0] - self.margins[1]) / 25.4 * 72, (210 - self.margins[2] - self.margins[3]) / 25.4 * 72


REPORT = Look(
    margins=(28, 25, 27, 27),
    body_font=SONG,
    body_size=11,
    body_line=20,
    after=3,
    headings=(
        HeadingLook(HEI, 16, 26, 20, 10, color=ACCENT),
        HeadingLook(HEI, 13, 22, 14, 7),
        HeadingLook(HEI, 11.5, 20, 10, 5),
        HeadingLook(KAI, 11, 20, 8, 4, bold=True),
    ),
)
OFFICIAL = Look(
    margins=(37, 35, 28, 26),
    body_font=FANG_SONG,
    body_size=16,
    body_line=28.95,
    squeeze=0.25,
    headings=(
        HeadingLook(HEI, 16, 28.95, indent=2, color="000000"),
        HeadingLook(KAI, 16, 28.95, indent=2, color="000000"),
        HeadingLook(FANG_SONG, 16, 28.95, bold=True, indent=2, color="000000"),
        HeadingLook(FANG_SONG, 16, 28.95, indent=2, color="000000"),
    ),
    caption_size=12,
    table_sizes=(12.0, 10.5, 9.0, 8.5, 8.0),
    official=True,
)
"""GB/T 9704—2012, 5.2: margins 37, 35, 28 and 26 mm, 22 lines of 28 characters of 三号 a page; 7.3.3: fonts of headings by level."""


def fonts(east_asian: str, latin: str = LATIN) -> str:
    """The fonts of a run."""
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{east_asian}" w:cs="{latin}"/>'


def table_text_style(size: float) -> str:
    """Style of the cells of a table set in a type size."""
    return f"TableText{round(size * 10)}"


def twips(points: float) -> int:
    """Twentieths of a point."""
    return round(points * 20)


def styles_xml(look: Look, language: str) -> str:
    """The styles part."""
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts(look.body_font)}{_size(look.body_size)}"
        f'<w:lang w:val="{"en-US" if language == "zh" else "en-GB"}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
    )
    written = (*_text_styles(look), *_heading_styles(look), *_exhibit_styles(look), *_contents_styles(look), *_character_styles(look))
    return f'{XML_HEAD}<w:styles xmlns:w="{WORD}">{defaults}{"".join(written)}{_table_style()}</w:styles>'


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _style(identity: str, name: str, paragraph: str = "", run: str = "", *, based: str = "Normal", more: str = "") -> str:
    kind = ' w:default="1"' if identity == "Normal" else ""
    parent = f'<w:basedOn w:val="{based}"/>' if identity != "Normal" else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{identity}"{kind}><w:name w:val="{name}"/>{parent}{more}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def spacing(line: float, before: float = 0.0, after: float = 0.0) -> str:
    """Exact line height and space around, in points; lines do not snap to the grid of a page, which is of body lines."""
    around = f'w:before="{twips(before)}" w:after="{twips(after)}"'
    return f'<w:snapToGrid w:val="0"/><w:spacing {around} w:line="{twips(line)}" w:lineRule="exact"/>'


def _text_styles(look: Look) -> tuple[str, ...]:
    squeezed = f'<w:spacing w:val="{-twips(look.squeeze)}"/>' if look.squeeze else ""
    indent = f'<w:ind w:firstLineChars="200" w:firstLine="{twips(look.body_size * 2)}"/>'
    big = look.official
    return (
        _style("Normal", "Normal", spacing(look.body_line), squeezed),
        _style("BodyText", "Body Text", f'{spacing(look.body_line, 0, look.after)}{indent}<w:jc w:val="both"/>'),
        _style("Note", "Note Text", f'{spacing(look.body_line - 4, 4, 6)}<w:ind w:left="240"/>', _size(9) + _color(QUIET)),
        _style("ListBullet", "List Bullet", f'<w:numPr><w:numId w:val="2"/></w:numPr>{spacing(look.body_line, 0, look.after)}'),
        _style("ListNumber", "List Number", f'<w:numPr><w:numId w:val="3"/></w:numPr>{spacing(look.body_line, 0, look.after)}'),
        _style(
            "Title",
            "Title",
            f'{spacing(36 if big else 42, 0, 20)}<w:jc w:val="{"center" if big else "left"}"/>',
            fonts(TITLE_SONG if big else HEI) + _color("000000" if big else ACCENT) + _size(22 if big else 28),
        ),
        _style("Subtitle", "Subtitle", spacing(24, 0, 8), fonts(KAI) + _color(QUIET) + _size(15)),
        _style("Header", "header", spacing(14), _color(QUIET) + _size(9)),
        _style("Footer", "footer", spacing(16), _color("000000" if big else QUIET) + _size(14 if big else 9)),
    )


def _heading_styles(look: Look) -> tuple[str, ...]:
    written = []
    for number, heading in enumerate(look.headings, start=1):
        paragraph = (
            f'<w:keepNext/><w:keepLines/><w:numPr><w:ilvl w:val="{number - 1}"/><w:numId w:val="1"/></w:numPr>'
            f'{spacing(heading.line, heading.before, heading.after)}<w:outlineLvl w:val="{number - 1}"/>'
        )
        weight = "<w:b/>" if heading.bold else ""
        run = fonts(heading.font) + weight + _color(heading.color) + _size(heading.size)
        after = '<w:next w:val="BodyText"/>'
        written.append(_style(f"Heading{number}", f"heading {number}", paragraph, run, more=after))
    return tuple(written)


def _exhibit_styles(look: Look) -> tuple[str, ...]:
    def small(size: float, color: str = INK) -> str:
        return f'{fonts(SONG)}{_color(color)}<w:spacing w:val="0"/>{_size(size)}'

    return (
        _style(
            "Caption",
            "caption",
            f'<w:keepNext/>{spacing(look.caption_size * 1.6, 8, 3)}<w:jc w:val="center"/>',
            fonts(look.caption_font) + '<w:spacing w:val="0"/>' + _size(look.caption_size),
        ),
        _style("TableUnit", "Table Unit", f'<w:keepNext/>{spacing(13)}<w:jc w:val="right"/>', small(8.5, QUIET)),
        *(_style(table_text_style(size), f"Table Text {size:g}", spacing(size * 1.45), small(size)) for size in TABLE_TEXT_SIZES),
        _style("TableNote", "Table Note", f'{spacing(12)}<w:ind w:left="540" w:hanging="540"/>', small(8, QUIET)),
        _style(
            "Picture",
            "Picture",
            '<w:keepNext/><w:spacing w:before="0" w:after="80" w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>',
            small(9),
        ),
        _style("PassportText", "Passport Text", f'{spacing(10, 4, 0)}<w:ind w:left="240" w:hanging="240"/>', small(7)),
    )


def _contents_styles(look: Look) -> tuple[str, ...]:
    right = twips(look.room)
    tab = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{right}"/></w:tabs>'
    heading = look.headings[0]
    return (
        _style(
            "ContentsHeading", "Contents Heading", f"<w:keepNext/>{spacing(26, 12, 10)}", fonts(HEI) + _color(ACCENT) + _size(heading.size)
        ),
        _style("TOC1", "toc 1", f"{tab}{spacing(20, 6, 0)}", fonts(HEI) + _size(11)),
        _style("TOC2", "toc 2", f'{tab}{spacing(18)}<w:ind w:left="330"/>', _size(10.5)),
        _style("TOC3", "toc 3", f'{tab}{spacing(17)}<w:ind w:left="660"/>', _size(10)),
        _style("TableofFigures", "table of figures", f"{tab}{spacing(17)}", _size(10)),
    )


def _character_styles(look: Look) -> tuple[str, ...]:
    link = "" if look.official else _color("1A4F8A")

    def style(identity: str, name: str, run: str) -> str:
        return f'<w:style w:type="character" w:styleId="{identity}"><w:name w:val="{name}"/><w:qFormat/><w:rPr>{run}</w:rPr></w:style>'

    return (
        style("Strong", "Strong", "<w:b/>"),
        style("Emphasis", "Emphasis", fonts(KAI)),
        style("Code", "Code Text", fonts(SONG, "Courier New")),
        style("Hyperlink", "Hyperlink", link),
        style("PassportLink", "Passport Link", link),
        style("Role", "Role", _color(QUIET)),
    )


def _table_style() -> str:
    """The three-line table of a yearbook: heavy above and below, thin under the head."""
    heavy, thin = (f'w:val="single" w:sz="{size}" w:space="0" w:color="{INK}"' for size in (8, 4))
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" '
        'w:type="dxa"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="table" w:styleId="Yearbook"><w:name w:val="Yearbook Table"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders><w:top {heavy}/><w:bottom {heavy}/></w:tblBorders></w:tblPr>"
        f'<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders><w:bottom {thin}/></w:tcBorders></w:tcPr></w:tblStylePr></w:style>'
    )


def _color(value: str) -> str:
    return f'<w:color w:val="{value}"/>'


def numbering_xml(look: Look, language: str) -> str:
    """Numbers of headings (1), bullets (2) and numbered lists (3; each further list restarts under an id of its own)."""
    return f'{XML_HEAD}<w:numbering xmlns:w="{WORD}">{_outline(look, language)}{_lists(look)}{{instances}}</w:numbering>'


def _outline(look: Look, language: str) -> str:
    chinese = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3. "), ("decimal", "（%4）"))
    western = tuple(("decimal", ".".join(f"%{step}" for step in range(1, level + 1)) + "  ") for level in range(1, 5))
    levels = "".join(
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="Heading{number + 1}"/>'
        f'<w:suff w:val="nothing"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="0" w:firstLineChars="{heading.indent * 100}" '
        f'w:firstLine="{twips(heading.size * heading.indent)}"/></w:pPr></w:lvl>'
        for number, ((form, text), heading) in enumerate(zip(chinese if language == "zh" else western, look.headings, strict=True))
    )
    return f'<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'


def _lists(look: Look) -> str:
    indent = twips(look.body_size * 2)
    hanging = twips(look.body_size * (1.25 if look.official else 1))
    place = f'<w:pPr><w:ind w:left="{indent + hanging}" w:hanging="{hanging}"/></w:pPr>'
    forms = ((2, "bullet", "•", "ListBullet"), (3, "decimal", "%1.", "ListNumber"))
    return "".join(
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        f'<w:numFmt w:val="{form}"/><w:pStyle w:val="{style}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>{place}'
        f"<w:rPr>{fonts(LATIN)}</w:rPr></w:lvl></w:abstractNum>"
        for number, form, text, style in forms
    )


def settings_xml(look: Look, language: str) -> str:
    """Settings: different footers on odd and even pages of an official document; nothing asks to update fields on opening."""
    sides = "<w:evenAndOddHeaders/>" if look.official else ""
    return (
        f'{XML_HEAD}<w:settings xmlns:w="{WORD}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>{sides}'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        f'<w:themeFontLang w:val="{"zh-CN" if language == "zh" else "en-GB"}" w:eastAsia="zh-CN"/></w:settings>'
    )


def font_table_xml() -> str:
    """Fonts with the names they go by elsewhere."""
    listed = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{xml_text(other)}"/><w:charset w:val="{"00" if name == LATIN else "86"}"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        for name, (other, family) in ALTERNATIVES.items()
    )
    return f'{XML_HEAD}<w:fonts xmlns:w="{WORD}">{listed}</w:fonts>'
