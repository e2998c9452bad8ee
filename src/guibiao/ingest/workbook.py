"""An .xlsx or .xlsm workbook to a sheet: values as they are shown, formulas refused, macros never looked at."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from guibiao.ingest.archive import broken, open_archive, read_member
from guibiao.ingest.number_format import plain, shown, shown_date
from guibiao.ingest.sheet import MAXIMUM_ROWS, MergedRange, Sheet, column_letters, column_number, limited, too_many_rows
from guibiao.model.errors import BadInput, GuibiaoError, Place
from guibiao.model.messages import translate as _

_WORKBOOK_PART = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.spreadsheetml|ms-excel)\.(?:sheet|template)[\w.]*main\+xml"
)
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s(?:[^>]*?\s)?r\s*=\s*["'](\d+)["']""")


def read_workbook(content: bytes, name: str, sheet: str = "") -> Sheet:
    """One sheet of a workbook; without a name, the only sheet that holds anything."""
    archive = open_archive(content, name)
    _check_kind(archive, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(content, archive, name, sheet)
    except GuibiaoError:
        raise
    except Exception as error:  # whatever a parser makes of a damaged file
        raise broken(name, f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True, slots=True)
class BookSheet:
    """One sheet of a workbook that holds anything; a formula's cell keeps `=` and its text, and stands in `formulas`."""

    title: str
    sheet: Sheet
    hidden: bool
    formulas: frozenset[tuple[int, int]] = frozenset()


def read_workbook_sheets(content: bytes, name: str) -> tuple[BookSheet, ...]:
    """Every sheet that holds anything, in order; what is read of which is for the caller to decide."""
    archive = open_archive(content, name)
    _check_kind(archive, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(_read_each(content, archive, name))
    except GuibiaoError:
        raise
    except Exception as error:  # whatever a parser makes of a damaged file
        raise broken(name, f"{type(error).__name__}: {error}") from error


def _read_each(content: bytes, archive: zipfile.ZipFile, name: str) -> Iterator[BookSheet]:
    import io

    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        worksheets: list[Any] = list(workbook.worksheets)
        for sheet in worksheets:
            markup = read_member(archive, str(sheet._worksheet_path), name)
            label = f"{name} [{sheet.title}]"
            _check_row_order(markup, label)
            sheet.reset_dimensions()
            rounded: list[tuple[int, int]] = []
            formulas: set[tuple[int, int]] = set()
            rows = limited(_rows(sheet, label, rounded, formulas), label)
            if rows:
                found = Sheet(label, rows, merged=tuple(_merged(markup)), rounded=tuple(rounded))
                yield BookSheet(sheet.title, found, sheet.sheet_state != "visible", frozenset(formulas))
    finally:
        workbook.close()


def formula_refused(text: str, row: int, column: int, name: str) -> BadInput:
    """The refusal of a value cell that holds a formula."""
    return _formula(text, row, column, name)


def _check_kind(archive: zipfile.ZipFile, name: str) -> None:
    members = set(archive.namelist())
    if "[Content_Types].xml" in members and _WORKBOOK_PART.search(read_member(archive, "[Content_Types].xml", name)):
        return
    kinds = {"xl/workbook.bin": ".xlsb", "word/document.xml": "Word", "ppt/presentation.xml": "PowerPoint", "content.xml": "OpenDocument"}
    kind = next((label for member, label in kinds.items() if member in members), _("压缩包"))
    raise BadInput(
        _("不是 .xlsx 工作簿，而是 {kind} 文件").format(kind=kind), remedy=_("在表格软件里另存为 .xlsx 或 CSV UTF-8。"), place=Place(name)
    )


def _read(content: bytes, archive: zipfile.ZipFile, name: str, wanted: str) -> Sheet:
    import io

    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        sheet = _chosen(workbook, name, wanted)
        label = f"{name} [{sheet.title}]"
        markup = read_member(archive, str(sheet._worksheet_path), name)
        _check_row_order(markup, label)
        sheet.reset_dimensions()
        rounded: list[tuple[int, int]] = []
        rows = limited(_rows(sheet, label, rounded), label)
        return Sheet(label, rows, merged=tuple(_merged(markup)), rounded=tuple(rounded))
    finally:
        workbook.close()


def _chosen(workbook: Any, name: str, wanted: str) -> Any:
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    if wanted:
        if wanted in sheets:
            return sheets[wanted]
        near = get_close_matches(wanted, sheets, n=1, cutoff=0.3)
        raise BadInput(
            _("工作簿里没有名为 {sheet} 的工作表").format(sheet=wanted),
            _("现有工作表：{sheets}。").format(sheets="、".join(sheets)),
            _("是不是 {name}？改工作表名，或改绑定里的 sheet。").format(name=near[0]) if near else _("改绑定里的 sheet。"),
            Place(name),
        )
    filled = [sheet for sheet in sheets.values() if _holds_anything(sheet)] if len(sheets) > 1 else list(sheets.values())
    if len(filled) > 1:
        raise BadInput(
            _("工作簿里有 {count} 张有内容的工作表，不知该读哪一张").format(count=len(filled)),
            _("有内容的工作表：{sheets}。").format(sheets="、".join(sheet.title for sheet in filled)),
            _("在绑定里写 sheet: 工作表名，或删去其余工作表。"),
            Place(name),
        )
    if not filled:
        raise BadInput(_("工作簿是空的"), remedy=_("核对是否传错了文件。"), place=Place(name))
    return filled[0]


def _holds_anything(sheet: Any) -> bool:
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        if number >= MAXIMUM_ROWS or any(value is not None for value in row):
            return True
    return False


def _rows(sheet: Any, name: str, rounded: list[tuple[int, int]], formulas: set[tuple[int, int]] | None = None) -> Iterator[tuple[str, ...]]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MAXIMUM_ROWS:
            raise too_many_rows(name)
        yield tuple(_text(cell, number, column, name, rounded, formulas) for column, cell in enumerate(row, start=1))


def _text(cell: Any, row: int, column: int, name: str, rounded: list[tuple[int, int]], formulas: set[tuple[int, int]] | None = None) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        if formulas is not None:
            formulas.add((row, column))
            text = str(getattr(value, "text", value))
            return text if text.startswith("=") else f"={text}"
        raise _formula(str(getattr(value, "text", value)), row, column, name)
    if isinstance(value, str):
        if "\0" in value:
            raise BadInput(_("格内含有空字符（NUL）"), remedy=_("重新录入该格。"), place=Place(name, row, column_letters(column)))
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if cell.number_format == "General":
            return plain(value)
        text, hides = shown(value, cell.number_format)
        if hides:
            rounded.append((row, column))
        return text
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return shown_date(value, cell.number_format)
    return str(value)


def _formula(text: str, row: int, column: int, name: str) -> BadInput:
    return BadInput(
        _("{cell} 格是公式 {formula}，没有可信的数值").format(cell=f"{column_letters(column)}{row}", formula=text[:80]),
        remedy=_("选中公式所在的格，复制后“选择性粘贴—数值”，存盘再交。"),
        place=Place(name, row, column_letters(column)),
    )


def _check_row_order(markup: bytes, name: str) -> None:
    """Rows in disorder would be lost in reading."""
    previous = 0
    for match in _ROW.finditer(markup):
        row = int(match[1][:12])
        if row <= previous:
            raise BadInput(
                _("工作表的行次序错乱或重复"), remedy=_("在表格软件里打开并另存为 .xlsx。"), place=Place(name, min(row, MAXIMUM_ROWS))
            )
        previous = row


def _merged(markup: bytes) -> Iterator[MergedRange]:
    for first_column, first_row, last_column, last_row in _MERGED.findall(markup):
        yield MergedRange(int(first_row), column_number(first_column.decode()), int(last_row), column_number(last_column.decode()))
