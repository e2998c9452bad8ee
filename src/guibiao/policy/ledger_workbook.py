"""The ledger as the workbook that offices fill in: a title, two rows of headings with merged groups, one row a task.

Every cell is text and says so, so that no program takes one for a formula. The same rows give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from guibiao.model.operations import Kept, LedgerTask
from guibiao.policy.ledger_cells import COLUMNS, EXTRA_GROUP, ID_HEADING, VERSION_HEADING, cells_of, clean_text

SHEET = "台账"
HEAD_ROWS = 3
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  # a workbook's properties carry no time zone
_FORMULA = ("=", "+", "-", "@", "\t", "'")
_PATTERN_COLOUR = "E8EEF4"


def ledger_workbook(tasks: Sequence[Kept[LedgerTask]], title: str) -> bytes:
    """The tasks in the order given, as .xlsx."""
    from openpyxl import Workbook

    extras = tuple(dict.fromkeys(heading for kept in tasks for heading in kept.record.extra))
    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    headings = (*((column.group, column.heading) for column in COLUMNS), *((EXTRA_GROUP, heading) for heading in extras))
    headings = (*headings, ("", ID_HEADING), ("", VERSION_HEADING))
    _put(sheet, 1, 1, title)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    _heads(sheet, headings)
    for number, kept in enumerate(tasks, start=HEAD_ROWS + 1):
        texts = [*cells_of(kept.record).values(), *(kept.record.extra.get(heading, "") for heading in extras)]
        for position, text in enumerate([*texts, kept.record.id, str(kept.version)], start=1):
            _put(sheet, number, position, clean_text(text))
    _dress(sheet, len(headings), len(tasks), len(extras))
    return _bytes(book)


def _heads(sheet: Any, headings: Sequence[tuple[str, str]]) -> None:
    """Groups in the second row, merged over their columns; headings in the third; a column without a group is merged downwards."""
    for position, (group, heading) in enumerate(headings, start=1):
        _put(sheet, 2, position, group or heading)
        _put(sheet, 3, position, heading if group else "")
        if not group:
            sheet.merge_cells(start_row=2, start_column=position, end_row=3, end_column=position)
    first = 1
    for position in range(2, len(headings) + 2):
        here = headings[position - 1][0] if position <= len(headings) else None
        if here != headings[first - 1][0]:
            if headings[first - 1][0] and position - 1 > first:
                for between in range(first + 1, position):
                    sheet.cell(2, between).value = None
                sheet.merge_cells(start_row=2, start_column=first, end_row=2, end_column=position - 1)
            first = position


def _put(sheet: Any, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    if not text:
        return
    cell.value = text
    # A text that begins like a formula stays a text, also after somebody edits the cell next to it.
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(_FORMULA)
    cell.number_format = "@"


def _dress(sheet: Any, columns: int, rows: int, extras: int) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    line = Side(style="thin", color="999999")
    for row in sheet.iter_rows(min_row=2, max_row=HEAD_ROWS + rows, max_col=columns):
        for cell in row:
            head = cell.row <= HEAD_ROWS
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            cell.alignment = Alignment(horizontal="center" if head else None, vertical="center" if head else "top", wrap_text=True)
            if head:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_PATTERN_COLOUR)
    sheet.cell(1, 1).font, sheet.cell(1, 1).alignment = Font(size=14, bold=True), Alignment(horizontal="center")
    widths = [*(column.width for column in COLUMNS), *[20] * extras]
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    for position in (columns - 1, columns):
        sheet.column_dimensions[get_column_letter(position)].hidden = True
    sheet.freeze_panes = sheet.cell(HEAD_ROWS + 1, 4)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows = f"2:{HEAD_ROWS}"


def _bytes(book: Any) -> bytes:
    """The workbook without the time at which it was written."""
    book.properties.created = book.properties.modified = _EPOCH
    written, result = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _undated(content)
            target.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def _undated(content: bytes) -> bytes:
    import re

    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", content)
