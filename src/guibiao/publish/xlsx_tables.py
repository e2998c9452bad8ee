"""The workbook of all tables of the report: a sheet each with real numbers, a list of them, and what every figure is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from guibiao.publish.columns import numeral, placed, text_width
from guibiao.publish.document import Document, TableBlock, TableCell
from guibiao.publish.figures import Figure
from guibiao.publish.office_package import Properties
from guibiao.publish.passports import passport_id
from guibiao.publish.quoting import exhibit_number, labels
from guibiao.publish.wording import Wording
from guibiao.publish.xlsx import Cell, Sheet, render_xlsx, sheet_names
from guibiao.reference.definitions import Workspace

_WIDEST = 44.0
_MARKS = {"%", "‰", ""}


def render_tables(document: Document, workspace: Workspace, figures: Sequence[Figure]) -> bytes:
    """The workbook; `figures` are those the document quotes, of which the ones in tables are described."""
    wording = Wording(document.language)
    tables = [block for block in document.blocks if isinstance(block, TableBlock) and block.title]
    fixed = (wording.choose("目录", "Contents"), wording.choose("元数据", "Metadata"))
    names = sheet_names([*fixed, *(f"{exhibit_number(table, wording)} {table.title}" for table in tables)])
    sheets = [
        _contents(document, tables, names, wording),
        *(_table(table, name, wording) for table, name in zip(tables, names[2:], strict=True)),
        _metadata(tables, workspace, figures, names[1], wording),
    ]
    language = "zh-CN" if wording.chinese else "en-GB"
    return render_xlsx(sheets, Properties(document.title, document.publisher, language, document.properties.get("date", "")))


def _contents(document: Document, tables: Sequence[TableBlock], names: Sequence[str], wording: Wording) -> Sheet:
    """Title, notices, and one line a table that leads to its sheet."""
    say = wording.choose
    head = (say("序号", "No."), say("表号", "Table"), say("标题", "Title"), say("单位", "Unit"))
    rows: list[list[tuple[int, Cell]]] = [
        [(0, Cell(document.title, "title"))],
        [(0, Cell(f"{document.publisher}　{document.date}", "note_line"))],
    ]
    rows += [[(0, Cell(notice, "note_line"))] for notice in document.notices]
    rows.append([(column, Cell(text, "head", align="center")) for column, text in enumerate(head)])
    for number, (table, name) in enumerate(zip(tables, names[2:], strict=True), start=1):
        cells = (
            Cell(Decimal(number), align="center"),
            Cell(exhibit_number(table, wording), align="center"),
            Cell(table.title, "link", target=name),
            Cell(table.unit),
        )
        rows.append(list(enumerate(cells)))
    rows.append([(2, Cell(names[1], "link", target=names[1]))])
    return Sheet(names[0], rows, (8, 10, 70, 16))


def _table(table: TableBlock, name: str, wording: Wording) -> Sheet:
    """One table as the report prints it, its numbers as numbers."""
    said = labels(wording)
    head, body = placed(table.head), placed(table.rows)
    count = max((column + cell.columns for row in (*head, *body) for column, cell in row), default=1)
    rows: list[list[tuple[int, Cell]]] = [
        [(0, Cell(f"{exhibit_number(table, wording)}　{table.title}", "title"))],
        [(count - 1, Cell(said["unit"] + table.unit, "note_line", align="right"))] if table.unit else [],
    ]
    rows += [[(at, Cell(cell.text, "head", columns=cell.columns, rows=cell.rows, align="center")) for at, cell in row] for row in head]
    rows += [[(at, _value(cell)) for at, cell in row] for row in body]
    if table.source:
        rows.append([(0, Cell(said["source"] + table.source, "note_line"))])
    for number, note in enumerate(table.notes, start=1):
        order = f"{number}. " if len(table.notes) > 1 else ""
        rows.append([(0, Cell(said["note"] + order + note, "note_line"))])
    return Sheet(name, rows, _widths(table, count), frozen=2 + len(head))


def _value(cell: TableCell) -> Cell:
    """A number as number with the decimals printed; intervals, classes and words as text."""
    text = cell.text.strip()
    found = numeral(text) if cell.align == "right" else None
    if found is None or found.mark not in _MARKS:
        return Cell(cell.text, columns=cell.columns, rows=cell.rows, align=cell.align)
    digits = (found.whole + found.fraction).replace(",", "").replace("−", "-").replace("－", "-").removeprefix("+")
    return Cell(Decimal(digits), "text", max(0, len(found.fraction) - 1), found.mark, columns=cell.columns, rows=cell.rows, align="right")


def _widths(table: TableBlock, count: int) -> tuple[float, ...]:
    widths = [9.0] * count
    for row, share in ((row, 2 if head else 1) for rows, head in ((table.head, True), (table.rows, False)) for row in placed(rows)):
        for column, cell in row:
            if cell.columns == 1:
                widths[column] = min(_WIDEST, max(widths[column], text_width(cell.text) * 2.1 / share + 2))
    return tuple(widths)


def _metadata(tables: Sequence[TableBlock], workspace: Workspace, figures: Sequence[Figure], name: str, wording: Wording) -> Sheet:
    """One row a figure of the tables: what it is, how it is defined, on which basis, from where, how good, and its passport."""
    say = wording.choose
    where: dict[str, list[str]] = {}
    for table in tables:
        for row in table.rows:
            for cell in row:
                if cell.passport and exhibit_number(table, wording) not in where.setdefault(cell.passport, []):
                    where[cell.passport].append(exhibit_number(table, wording))
    head = (
        say("护照编号", "Passport"), say("所在表", "Tables"), say("指标", "Indicator"), say("定义", "Definition"), say("地区", "Area"),
        say("类目", "Categories"), say("报告期", "Period"), say("数值", "Value"), say("单位", "Unit"), say("价格", "Prices"),
        say("核算口径", "Accounting basis"), say("比较口径", "Comparison"), say("来源", "Source"), say("等级", "Grade"),
        say("公式", "Formula"),
    )  # fmt: skip
    rows: list[list[tuple[int, Cell]]] = [[(column, Cell(text, "head", align="center")) for column, text in enumerate(head)]]
    for figure in figures:
        identity = passport_id(figure)
        if identity in where:
            rows.append(list(enumerate(_described(figure, identity, wording.join(where[identity]), workspace, wording))))
    return Sheet(name, rows, (14, 10, 28, 44, 12, 18, 16, 14, 12, 12, 18, 12, 36, 6, 30), frozen=1, filtered=True)


def _described(figure: Figure, identity: str, where: str, workspace: Workspace, wording: Wording) -> tuple[Cell, ...]:
    say = wording.choose
    indicator = workspace.indicators[figure.indicator]
    areas = workspace.classifications.get("areas")
    area = areas.find(figure.area) if areas else None
    basis = workspace.basis(figure.accounting_basis) if figure.accounting_basis else None
    source = workspace.sources.get(figure.source)
    decimals = figure.quantity.decimals
    places = indicator.decimals if decimals is None else decimals
    texts = (
        identity, where, say(indicator.name_zh, indicator.name_en), say(indicator.definition_zh, indicator.definition_en),
        area.label(chinese=wording.chinese) if area else figure.area, figure.categories, wording.period(figure.period),
    )  # fmt: skip
    rest = (
        figure.quantity.unit.symbol, figure.price_basis, say(basis.name_zh, basis.name_en) if basis else figure.accounting_basis,
        figure.comparison_basis, source.title if source else "", figure.grade, indicator.formula,
    )  # fmt: skip
    return (*(Cell(text) for text in texts), Cell(figure.quantity.value, "text", max(0, places)), *(Cell(text) for text in rest))
