"""Workbooks: sheets of text and numbers written row by row; the same sheets give the same bytes.

Numbers are numbers with a format of their own decimals. Text is inline text, never a formula, whatever it begins with. Source of the
form: ECMA-376 part 1 (SpreadsheetML).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from guibiao.publish.office_package import OFFICE, XML_HEAD, Properties, Relationships, package, xml_text

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
LONGEST_TEXT = 32767
"""Characters a cell can hold."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_FIRST_FORMAT = 164
_FORMULA_STARTS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `style` is text, wrapped, head, title, note, note_line (a note on one line) or link; a number has `decimals` and a mark
    printed behind it."""

    value: str | Decimal | None = None
    style: str = "text"
    decimals: int = 0
    mark: str = ""
    target: str = ""
    """Sheet a link leads to."""
    columns: int = 1
    rows: int = 1
    align: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: rows of cells with the columns they stand in, widths of columns in characters, rows that stay in sight."""

    name: str
    rows: Sequence[Sequence[tuple[int, Cell]]]
    widths: Sequence[float]
    frozen: int = 0
    filtered: bool = False


@dataclass(slots=True)
class _Styles:
    """Cell formats in use, each once."""

    known: dict[tuple[str, str, str, bool], int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known[("text", "", "", False)] = 0

    def of(self, cell: Cell) -> int:
        code = ""
        if isinstance(cell.value, Decimal):
            code = "0" + ("." + "0" * cell.decimals if cell.decimals else "") + (f'"{cell.mark}"' if cell.mark else "")
            self.formats.setdefault(code, _FIRST_FORMAT + len(self.formats))
        quoted = isinstance(cell.value, str) and cell.value.startswith(_FORMULA_STARTS)
        return self.known.setdefault((cell.style, cell.align, code, quoted), len(self.known))

    def xml(self) -> str:
        codes = "".join(f'<numFmt numFmtId="{number}" formatCode="{xml_text(code)}"/>' for code, number in self.formats.items())
        listed = f'<numFmts count="{len(self.formats)}">{codes}</numFmts>' if codes else ""
        return (
            f'{XML_HEAD}<styleSheet xmlns="{MAIN}">{listed}{_FONTS}{_FILLS}{_BORDERS}<cellStyleXfs count="1"><xf/></cellStyleXfs>'
            f'<cellXfs count="{len(self.known)}">{"".join(self._format(*key) for key in self.known)}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        )

    def _format(self, style: str, align: str, code: str, quoted: bool) -> str:
        font = {"head": 1, "title": 2, "note": 3, "note_line": 3, "link": 4}.get(style, 0)
        border = 1 if style == "head" else 0
        fill = 2 if style == "head" else 0
        placed = f' horizontal="{align}"' if align else ""
        wrap = ' wrapText="1"' if style in {"wrapped", "head", "note"} else ""
        prefix = ' quotePrefix="1"' if quoted else ""
        return (
            f'<xf numFmtId="{self.formats.get(code, 0)}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0"{prefix} '
            f'applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment vertical="center"{placed}{wrap}/></xf>'
        )


def _font(size: float, more: str = "") -> str:
    return f'<font>{more}<sz val="{size:g}"/><name val="宋体"/><charset val="134"/></font>'


_FONTS = (
    '<fonts count="5">'
    + _font(10.5)
    + _font(10.5, "<b/>")
    + _font(14, "<b/>")
    + _font(9).replace("<name", '<color rgb="FF5B6675"/><name')
    + _font(10.5, "<u/>").replace("<name", '<color rgb="FF1A4F8A"/><name')
    + "</fonts>"
)
_FILLS = (
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFEFF3F8"/></patternFill></fill></fills>'
)
_BORDERS = (
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top style="thin"/>'
    '<bottom style="thin"/><diagonal/></border></borders>'
)


def render_xlsx(sheets: Sequence[Sheet], properties: Properties) -> bytes:
    """The workbook. Raises ValueError where two sheets have one name."""
    names = [sheet.name.lower() for sheet in sheets]
    if len(set(names)) != len(names):
        raise ValueError(f"sheets of one name: {names}")
    styles = _Styles()
    relationships = Relationships()
    parts: dict[str, str | bytes] = {}
    types = {"xl/workbook.xml": f"{_TYPE}.sheet.main+xml", "xl/styles.xml": f"{_TYPE}.styles+xml"}
    listed = []
    for number, sheet in enumerate(sheets, start=1):
        identity = relationships.add("worksheet", f"worksheets/sheet{number}.xml")
        listed.append(f'<sheet name="{xml_text(sheet.name)}" sheetId="{number}" r:id="{identity}"/>')
        parts[f"xl/worksheets/sheet{number}.xml"] = "".join(_sheet(sheet, styles))
        types[f"xl/worksheets/sheet{number}.xml"] = f"{_TYPE}.worksheet+xml"
    relationships.add("styles", "styles.xml")
    parts["xl/styles.xml"] = styles.xml()
    views = "<bookViews><workbookView/></bookViews>"
    parts["xl/workbook.xml"] = f'{XML_HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{views}<sheets>{"".join(listed)}</sheets></workbook>'
    parts["xl/_rels/workbook.xml.rels"] = relationships.xml()
    return package("xl/workbook.xml", parts, types, properties)


def sheet_names(wanted: Iterable[str]) -> tuple[str, ...]:
    """Names a workbook allows: 31 characters, none of []:*?/\\', each once whatever the case."""
    taken: set[str] = set()
    names = []
    for text in wanted:
        plain = _FORBIDDEN.sub(" ", text).strip() or "-"
        name, count = plain[:_LONGEST_NAME].strip(), 1
        while name.lower() in taken:
            count += 1
            ending = f" ({count})"
            name = plain[: _LONGEST_NAME - len(ending)].strip() + ending
        taken.add(name.lower())
        names.append(name)
    return tuple(names)


def _sheet(sheet: Sheet, styles: _Styles) -> Iterator[str]:
    yield f'{XML_HEAD}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
    yield '<sheetViews><sheetView workbookViewId="0" showGridLines="0">'
    if sheet.frozen:
        yield f'<pane ySplit="{sheet.frozen}" topLeftCell="A{sheet.frozen + 1}" activePane="bottomLeft" state="frozen"/>'
    yield "</sheetView></sheetViews><cols>"
    for number, width in enumerate(sheet.widths, start=1):
        yield f'<col min="{number}" max="{number}" width="{width:.1f}" customWidth="1"/>'
    yield "</cols><sheetData>"
    merges, links = [], []
    for number, row in enumerate(sheet.rows, start=1):
        yield f'<row r="{number}">{"".join(_cell(place(number, column), cell, styles) for column, cell in row)}</row>'
        for column, cell in row:
            if cell.columns > 1 or cell.rows > 1:
                merges.append(f"{place(number, column)}:{place(number + cell.rows - 1, column + cell.columns - 1)}")
            if cell.target:
                location = xml_text(f"'{cell.target}'!A1")
                links.append(f'<hyperlink ref="{place(number, column)}" location="{location}"/>')
    yield "</sheetData>"
    if sheet.filtered and len(sheet.rows) > sheet.frozen:
        yield f'<autoFilter ref="A{sheet.frozen}:{place(len(sheet.rows), len(sheet.widths) - 1)}"/>'
    if merges:
        yield f'<mergeCells count="{len(merges)}">{"".join(f"<mergeCell ref={chr(34)}{each}{chr(34)}/>" for each in merges)}</mergeCells>'
    if links:
        yield f"<hyperlinks>{''.join(links)}</hyperlinks>"
    yield '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
    yield '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'


def _cell(reference: str, cell: Cell, styles: _Styles) -> str:
    style = styles.of(cell)
    if cell.value is None or cell.value == "":
        return f'<c r="{reference}" s="{style}"/>'
    if isinstance(cell.value, Decimal):
        return f'<c r="{reference}" s="{style}"><v>{cell.value}</v></c>'
    text = xml_text(cell.value[:LONGEST_TEXT])
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def place(row: int, column: int) -> str:
    """A1 for row 1, column 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
