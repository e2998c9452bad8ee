"""What stands where in an office's sheet that nobody has bound yet: title, heading, labels, figures, totals, notes. A guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from guibiao.ingest.locating import head_paths
from guibiao.ingest.office_words import (
    as_period,
    is_blank_figure,
    is_code_row,
    is_figure,
    is_note,
    is_numbering,
    is_title_row,
    is_total,
    is_year,
    levels_of,
    plain,
    unit_in_heading,
)
from guibiao.ingest.sheet import Sheet
from guibiao.model.errors import BadInput
from guibiao.model.messages import translate as _
from guibiao.model.unit import find_unit

_HEAD_LEVELS = 5
_SERIAL = ("序号", "编号", "no", "no.", "行次")
_CODE = ("代码", "编码", "区划")


class Role(StrEnum):
    """What a cell is for."""

    BLANK = "blank"
    TITLE = "title"
    HEADING = "heading"
    LABEL = "label"
    VALUE = "value"
    TOTAL = "total"
    TEXT = "text"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """1-based rows of heading and data, and what is where.

    Kinds of column: label, value, text; of data row: plain, total, section, note, blank. `paths` are the headings, `roles` the role of
    every cell that holds text.
    """

    head_first: int
    head_rows: int
    first: int
    last: int
    paths: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    roles: dict[tuple[int, int], Role] = field(default_factory=dict)

    def positions(self, kind: str) -> tuple[int, ...]:
        """0-based positions of the columns of a kind."""
        return tuple(position for position, each in enumerate(self.columns) if each == kind)


def guess_layout(sheet: Sheet) -> SheetLayout:
    """The layout of a sheet. Raises BadInput where nothing in it looks like a table of figures."""
    width = max((len(row) for row in sheet.rows), default=0)
    rows = [tuple(row) + ("",) * (width - len(row)) for row in sheet.rows]
    candidates = [number for number, row in enumerate(rows, start=1) if _may_be_data(row)]
    numeric = Counter(position for number in candidates for position in _figures(rows[number - 1]))
    usual = {position for position, count in numeric.items() if count * 3 >= max(numeric.values())}
    data = [number for number in candidates if usual & set(_figures(rows[number - 1]))]
    if not data or not any(is_figure(text) for number in data for text in rows[number - 1]):
        raise BadInput(_("表里没有数字，看不出哪里是数据"), remedy=_("核对是否传错了文件或工作表。"), place=sheet.place())
    data = _main_block(data, rows)
    first, last = data[0], data[-1]
    first, head_last = _without_section_rows(rows, first, _above_numbering(rows, first - 1))
    head_last = _above_numbering(rows, head_last)
    head_first = _head_first(sheet, rows, head_last)
    head_rows = max(1, head_last - head_first + 1)
    head_first = max(1, head_first)
    paths = head_paths(sheet, head_first, head_rows)
    paths += ("",) * (width - len(paths))
    columns = _column_kinds(rows[first - 1 : last], paths)
    kinds = _row_kinds(rows[first - 1 : last], columns)
    layout = SheetLayout(head_first, head_rows, first, last, paths, columns, kinds)
    return SheetLayout(head_first, head_rows, first, last, paths, columns, kinds, _cell_roles(sheet, rows, layout))


def _may_be_data(row: Sequence[str]) -> bool:
    texts = [text for text in row if text.strip()]
    if not texts or is_numbering(tuple(row)) or is_code_row(tuple(row)) or is_title_row(tuple(row)) or is_note(texts[0]):
        return False
    figures = [text for text in texts if is_figure(text)]
    years = len(figures) > 1 and all(is_year(text) for text in figures)
    return not years and any(is_figure(text) or is_blank_figure(text) for text in texts)


def _figures(row: Sequence[str]) -> list[int]:
    return [position for position, text in enumerate(row) if is_figure(text) or is_blank_figure(text)]


def _main_block(data: list[int], rows: Sequence[Sequence[str]]) -> list[int]:
    """The largest run of data rows with at most a heading's worth of other rows between two of them."""
    blocks: list[list[int]] = [[data[0]]]
    for number in data[1:]:
        between = [row for row in rows[blocks[-1][-1] : number - 1] if any(text.strip() for text in row)]
        heads = [row for row in between if len({text.strip() for text in row if text.strip()}) > 1 and not _like(row, rows[number - 1])]
        if len(heads) > 2:
            blocks.append([])
        blocks[-1].append(number)
    return max(blocks, key=len)


def _like(row: Sequence[str], data: Sequence[str]) -> bool:
    """Whether a row fills the columns that a data row fills, but for its figures: a data row whose figures are missing."""
    return all(bool(own.strip()) or not other.strip() or is_figure(other) for own, other in zip(row, data, strict=True))


def _above_numbering(rows: Sequence[tuple[str, ...]], number: int) -> int:
    """The row itself, or the first above it that is neither blank nor numbers the columns."""
    while number > 0 and (is_numbering(rows[number - 1]) or not any(text.strip() for text in rows[number - 1])):
        number -= 1
    return number


def _without_section_rows(rows: Sequence[tuple[str, ...]], first: int, head_last: int) -> tuple[int, int]:
    """A row with one text in the first columns, right above the data and below a fuller heading, opens a section of them."""
    while head_last > 1:
        texts = [text for text in rows[head_last - 1] if text.strip()]
        above = [text for text in rows[_above_numbering(rows, head_last - 1) - 1] if text.strip()]
        opening = any(text.strip() for text in rows[head_last - 1][:2])
        if len(texts) == 1 and opening and len(set(above)) > 1 and not is_title_row(tuple(rows[head_last - 2])):
            first, head_last = head_last, head_last - 1
        else:
            break
    return first, head_last


def _head_first(sheet: Sheet, rows: Sequence[Sequence[str]], head_last: int) -> int:
    """First row of the heading: rows with several texts, none of which speak of the form itself."""
    top = head_last
    for number in range(head_last, max(0, head_last - _HEAD_LEVELS), -1):
        row = rows[number - 1]
        texts = [text for text in row if text.strip()]
        reaching = any(block.first_row <= number <= block.last_row and block.first_row < block.last_row for block in sheet.merged)
        several = len({plain(text) for text in texts}) > 1
        if number != head_last and (is_title_row(tuple(row)) or not (several or reaching)):
            break
        if number != head_last and all(as_period(text) is not None or len(plain(text)) > 18 for text in texts):
            break
        top = number
    return top


def _column_kinds(data: Sequence[Sequence[str]], paths: Sequence[str]) -> tuple[str, ...]:
    kinds: list[str] = []
    for position, path in enumerate(paths):
        texts = [row[position] for row in data if row[position].strip()]
        kinds.append(_column_kind(texts, path, "value" in kinds))
    return tuple(kinds)


def _column_kind(texts: Sequence[str], path: str, after_values: bool) -> str:
    heading = plain(path).lower()
    figures = [text for text in texts if is_figure(text) or is_blank_figure(text)]
    lowest = levels_of(heading)[-1]
    if not texts:
        return "value" if after_values and heading else "text"
    if lowest in _SERIAL or (not after_values and [plain(text) for text in texts[:3]] == ["1", "2", "3"][: len(texts)] and len(texts) > 2):
        return "text"
    if any(word in lowest for word in _CODE):
        return "text"
    if all(is_year(text) for text in figures) and figures and ("年" in lowest or "时间" in lowest or not after_values):
        return "label"
    if len(figures) * 2 > len(texts):
        return "value"
    if after_values and not all(find_unit(plain(text)) for text in texts):
        return "text"
    return "label"


def _row_kinds(data: Sequence[Sequence[str]], columns: Sequence[str]) -> tuple[str, ...]:
    labels = [position for position, kind in enumerate(columns) if kind == "label"]
    values = [position for position, kind in enumerate(columns) if kind == "value"]
    return tuple(_row_kind(row, labels, values) for row in data)


def _row_kind(row: Sequence[str], labels: Sequence[int], values: Sequence[int]) -> str:
    texts = [text for text in row if text.strip()]
    if not texts:
        return "blank"
    if is_note(texts[0]):
        return "note"
    if any(is_total(row[position]) for position in labels):
        return "total"
    if not any(row[position].strip() for position in values):
        return "section"
    return "plain"


def _cell_roles(sheet: Sheet, rows: Sequence[Sequence[str]], layout: SheetLayout) -> dict[tuple[int, int], Role]:
    roles: dict[tuple[int, int], Role] = {}
    of_column = {"label": Role.LABEL, "value": Role.VALUE, "text": Role.TEXT}
    for number, row in enumerate(rows, start=1):
        for position, text in enumerate(row):
            if text.strip():
                roles[number, position] = _role(number, position, layout, of_column)
    return roles


def _role(number: int, position: int, layout: SheetLayout, of_column: dict[str, Role]) -> Role:
    if number < layout.head_first:
        return Role.TITLE
    if number < layout.first:
        return Role.HEADING
    if number > layout.last:
        return Role.NOTE
    kind = layout.rows[number - layout.first]
    if kind == "note":
        return Role.NOTE
    column = of_column[layout.columns[position]]
    return Role.TOTAL if kind == "total" and column is Role.VALUE else column


def heading_unit(path: str) -> str:
    """Symbol of the unit that a heading prints on any of its levels; empty where it prints none."""
    found = (unit_in_heading(level)[1] for level in reversed(levels_of(path)))
    return next((unit.symbol for unit in found if unit is not None), "")
