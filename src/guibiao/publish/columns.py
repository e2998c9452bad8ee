"""Numbers of a table column set on the decimal point: how wide each side is, in digits.

Paper and page both use it, so a column looks the same in both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from guibiao.publish.document import TableBlock, TableCell

_NUMERAL = re.compile(r"(?P<whole>[+\-−－]?\d[\d,]*)(?P<fraction>\.\d+)?(?P<mark>[%‰]|[*①-⑳])?")
_WIDTHS = {",": 0.5, ".": 0.5, "-": 0.63, "−": 1.0, "－": 1.8, "+": 1.0, "%": 1.65, "‰": 2.4, "*": 0.84}
MAXIMUM_WIDTH = 40
SHORT_HEAD = 3.0
"""Heads up to this width are not broken."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as printed, cut at the decimal point; `mark` is a per cent sign or note mark behind it."""

    whole: str
    fraction: str
    mark: str


@dataclass(frozen=True, slots=True)
class Column:
    """`digits` is the width of its widest number in digits, None where it holds words; `fraction` and `mark` its longest ones.

    `measure` is the width of its longest text in Chinese characters, `head` cells counted by half.
    """

    digits: float | None
    fraction: str
    mark: str
    measure: float


def numeral(text: str) -> Numeral | None:
    """The parts of a printed number, None for words, blank and …."""
    match = _NUMERAL.fullmatch(text)
    return Numeral(match["whole"], match["fraction"] or "", match["mark"] or "") if match else None


def padding(cell: Numeral, column: Column) -> str:
    """Digits that must be set unseen behind a number so that its point stands under the column's."""
    return column.fraction[len(cell.fraction) :] + ("" if cell.mark else column.mark)


def table_columns(table: TableBlock) -> tuple[Column, ...]:
    """The columns of a table, from its body; cells that span several columns count in none."""
    body = _by_column(table.rows)
    head = _by_column(table.head)
    count = max([*body, *head], default=-1) + 1
    return tuple(_column(body.get(number, []), head.get(number, [])) for number in range(count))


def placed(rows: tuple[tuple[TableCell, ...], ...]) -> tuple[tuple[tuple[int, TableCell], ...], ...]:
    """Rows of cells with the column each stands in, counting the cells that reach down from rows above."""
    result: list[tuple[tuple[int, TableCell], ...]] = []
    covered: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        position = 0
        line: list[tuple[int, TableCell]] = []
        for cell in row:
            while (number, position) in covered:
                position += 1
            line.append((position, cell))
            covered |= {(number + down, position + right) for down in range(cell.rows) for right in range(cell.columns)}
            position += cell.columns
        result.append(tuple(line))
    return tuple(result)


def _by_column(rows: tuple[tuple[TableCell, ...], ...]) -> dict[int, list[TableCell]]:
    """Cells of one column each."""
    result: dict[int, list[TableCell]] = {}
    for row in placed(rows):
        for position, cell in row:
            for column in range(position, position + cell.columns):
                result.setdefault(column, []).extend([cell] if cell.columns == 1 else [])
    return result


def _column(body: list[TableCell], head: list[TableCell]) -> Column:
    numbers = [found for cell in body if cell.align == "right" and (found := numeral(cell.text.strip()))]
    measure = max(
        [text_width(cell.text) for cell in body]
        + [max(text_width(cell.text) / 2, min(text_width(cell.text), SHORT_HEAD)) for cell in head],
        default=1.0,
    )
    if not numbers:
        return Column(None, "", "", max(1.0, measure))
    fraction = max((number.fraction for number in numbers), key=len)
    mark = max((number.mark for number in numbers), key=len)
    whole = max(sum(_WIDTHS.get(character, 1.0) for character in number.whole) for number in numbers)
    behind = sum(_WIDTHS.get(character, 1.0) for character in fraction + mark)
    return Column(min(whole + behind, MAXIMUM_WIDTH), fraction, mark, max(1.0, measure))


def text_width(text: str) -> float:
    """Width of a text in Chinese characters: a Latin letter or digit is a little over half of one."""
    return sum(0.56 if ord(character) < 0x2E80 else 1.0 for character in text)
