"""A sheet: the texts of a file's cells as they are printed, with their places. All readers give one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _

MAXIMUM_ROWS = 1_048_576
MAXIMUM_COLUMNS = 1_024
MAXIMUM_BYTES = 256 * 1024**2
"""Size of a file that is read as a sheet; a Parquet file of statements may be larger."""


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A block of merged workbook cells, 1-based and inclusive; its text stands in the upper left cell."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def __str__(self) -> str:
        return f"{column_letters(self.first_column)}{self.first_row}:{column_letters(self.last_column)}{self.last_row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cell texts verbatim: row n of the file is `rows[n - 1]`; rows may be of different lengths, missing cells are empty."""

    name: str
    """File name, with the sheet's name for a workbook: what errors say."""
    rows: tuple[tuple[str, ...], ...]
    delimited: bool = False
    """Every row is expected to have as many cells as its head."""
    named: bool = False
    """The first row holds column names whatever the binding's `head_rows`."""
    merged: tuple[MergedRange, ...] = ()
    rounded: tuple[tuple[int, int], ...] = ()
    """Workbook cells (row, column) that hold more digits than they show."""

    def place(self, row: int | None = None, column: str = "") -> Place:
        return Place(self.name, row, column)


def column_letters(column: int) -> str:
    """1 -> A, 27 -> AA: a column as spreadsheets name it."""
    letters = ""
    while column:
        column, remainder = divmod(column - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


def column_number(letters: str) -> int:
    """Inverse of `column_letters`."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def limited(rows: Iterable[tuple[str, ...]], name: str) -> tuple[tuple[str, ...], ...]:
    """The rows up to the last one with text; refuses more rows or columns than a table may have."""
    kept: list[tuple[str, ...]] = []
    last = 0
    for row in rows:
        if len(kept) >= MAXIMUM_ROWS:
            raise too_many_rows(name)
        if len(row) > MAXIMUM_COLUMNS and any(text.strip() for text in row[MAXIMUM_COLUMNS:]):
            raise BadInput(
                _("一行超过 {limit} 列").format(limit=MAXIMUM_COLUMNS),
                remedy=_("核对分隔符；或拆成几张表，或改成每行一个数据的长表。"),
                place=Place(name, len(kept) + 1),
            )
        kept.append(row[:MAXIMUM_COLUMNS])
        if any(text and not text.isspace() for text in row):
            last = len(kept)
    return tuple(kept[:last])


def too_many_rows(name: str) -> BadInput:
    """The refusal of a file with more rows than `MAXIMUM_ROWS`."""
    return BadInput(
        _("超过 {limit} 行").format(limit=MAXIMUM_ROWS),
        remedy=_("按年份或地区拆成几个文件；大批量数据用 Parquet，并在绑定里写 bulk: true。"),
        place=Place(name, MAXIMUM_ROWS + 1),
    )
