"""Spreadsheets for the site, written as the report's workbook is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.publish.office_package import Properties
from guibiao.publish.xlsx import Cell, Sheet, render_xlsx, sheet_names
from guibiao.serve.services import SheetOrder

MOST_ROWS = 1_048_575
"""Rows that a sheet holds below its head."""
_WIDEST, _NARROWEST, _SEEN = 60.0, 8.0, 200


class ReportWorkbooks:
    """`serve.services.Workbooks`."""

    def __init__(self, creator: str) -> None:
        self.creator = creator

    def workbook(self, title: str, sheets: Sequence[SheetOrder], language: str) -> bytes:
        """See `Workbooks.workbook`."""
        too_long = next((sheet for sheet in sheets if len(sheet.rows) > MOST_ROWS), None)
        if too_long is not None:
            raise BadRequest(
                _("{rows} 行超出一张工作表的 {most} 行").format(rows=len(too_long.rows), most=MOST_ROWS), remedy=_("缩小范围，或下载 CSV。")
            )
        names = sheet_names(sheet.name for sheet in sheets)
        built = [_sheet(name, sheet) for name, sheet in zip(names, sheets, strict=True)]
        return render_xlsx(built, Properties(title, self.creator, "zh-CN" if language == "zh" else "en-GB"))


def _sheet(name: str, order: SheetOrder) -> Sheet:
    head = [(column, Cell(text, "head", align="center")) for column, text in enumerate(order.head)]
    rows = [[(column, _cell(value)) for column, value in enumerate(row)] for row in order.rows]
    return Sheet(name, [head, *rows], _widths(order), frozen=1, filtered=True)


def _cell(value: Any) -> Cell:
    if value is None or value == "":
        return Cell()
    if isinstance(value, bool):
        return Cell("1" if value else "0")
    if isinstance(value, int | float | Decimal):
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        exponent = exact.normalize().as_tuple().exponent
        return Cell(exact, decimals=max(0, -exponent) if isinstance(exponent, int) else 0)
    return Cell(value.isoformat() if isinstance(value, date) else str(value))


def _widths(order: SheetOrder) -> list[float]:
    """Width of each column in characters, from its head and first rows; a Chinese character is two wide."""
    return [
        min(_WIDEST, max(_NARROWEST, 2 + max(_wide(text) for text in (head, *(row[column] for row in order.rows[:_SEEN])))))
        for column, head in enumerate(order.head)
    ]


def _wide(value: Any) -> int:
    return 0 if value is None else sum(1 + (character > "\u2e80") for character in str(value))
