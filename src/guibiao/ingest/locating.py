"""Where the columns of a mapping stand in a sheet: by heading, wherever they have moved to; what is missing or double is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from guibiao.ingest.headings import SEPARATOR, Layout
from guibiao.ingest.office_words import as_period, is_figure, is_note, is_numbering, is_total, levels_of, periods_in, plain
from guibiao.ingest.sheet import Sheet, column_letters
from guibiao.model.errors import BadInput
from guibiao.model.messages import translate as _
from guibiao.model.period import Period
from guibiao.reference.mapping import PERIOD, MappedColumn, SheetMapping

SEARCHED_ROWS = 60
"""Rows at the top of a sheet among which the heading is looked for."""


@dataclass(frozen=True, slots=True)
class LocatedColumn:
    """A column of the mapping at its 0-based place in the sheet; `period` is the one printed in its heading."""

    column: MappedColumn
    position: int
    period: Period | None = None
    period_words: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """A sheet in which every column of a mapping was found; rows are 1-based."""

    layout: Layout
    first_head: int
    columns: tuple[LocatedColumn, ...]
    labels: Mapping[int, tuple[str, ...]]
    """Position of a label column -> its labels in the data rows, merged and repeated ones filled in."""
    filled: frozenset[tuple[int, int]]
    """Cells (row, 0-based position) whose label was filled in."""
    reference_year: int | None = None
    """Year printed above the heading: completes 1月 and 一季度."""

    @property
    def moved(self) -> tuple[tuple[str, str, str], ...]:
        """Heading, letter of old and letter of now, of every column that stands elsewhere than when it was bound."""
        now = ((each.column, column_letters(each.position + 1)) for each in self.columns)
        return tuple((column.heading, column.column, letter) for column, letter in now if column.column and column.column != letter)


@dataclass(frozen=True, slots=True)
class _Window:
    """Headings at one place of the sheet, and what was found under them."""

    top: int
    paths: tuple[str, ...]
    found: tuple[LocatedColumn, ...]
    missing: tuple[MappedColumn, ...]
    double: tuple[tuple[MappedColumn, tuple[int, ...]], ...]


def locate(mapping: SheetMapping, sheet: Sheet) -> Located:
    """The mapping's columns in the sheet. Raises BadInput naming what is missing or double, and where."""
    window = _best(mapping, sheet)
    if window.missing:
        raise _missing(mapping, sheet, window)
    if window.double:
        raise _double(mapping, sheet, window)
    first = window.top + mapping.head_rows
    while first <= len(sheet.rows) and is_numbering(sheet.rows[first - 1]):
        first += 1
    last = _last_row(mapping, sheet, window.found, first)
    labels, filled = _labels(mapping, sheet, window.found, first, last)
    names = tuple(levels_of(path)[-1] for path in window.paths)
    year = reference_year(sheet, window.top)
    return Located(Layout(sheet, names, window.paths, first, last), window.top, window.found, labels, filled, year)


def matches(mapping: SheetMapping, sheet: Sheet) -> int:
    """How many of the mapping's columns the sheet bears at its best place: how alike they are."""
    return len({each.column.heading for each in _best(mapping, sheet).found})


def reference_year(sheet: Sheet, top: int) -> int | None:
    """Year of the first period printed above a row."""
    found = (pairs[0][1] for row in sheet.rows[: top - 1] if (pairs := periods_in("".join(row))))
    period = next(found, None)
    return None if period is None else period.end.year


def head_paths(sheet: Sheet, top: int, rows: int) -> tuple[str, ...]:
    """Heading of each column, its levels joined by `/`, of a head that begins at row `top`."""
    width = max((len(row) for row in sheet.rows[top - 1 : top - 1 + rows]), default=0)
    levels = [_level(sheet, number, width) for number in range(top, min(top + rows, len(sheet.rows) + 1))]
    blocks = [block for block in sheet.merged if top <= block.first_row and block.last_row < top + rows]
    for block in blocks:
        text = levels[block.first_row - top][block.first_column - 1] if block.first_column <= width else ""
        for number in range(block.first_row, block.last_row + 1):
            for position in range(block.first_column - 1, min(block.last_column, width)):
                levels[number - top][position] = text
    if not blocks:
        _spread(levels)
    columns = ([level[position] for level in levels if level[position].strip()] for position in range(width))
    return tuple(SEPARATOR.join(dict.fromkeys(" ".join(text.split()) for text in texts)) for texts in columns)


def _level(sheet: Sheet, number: int, width: int) -> list[str]:
    row = sheet.rows[number - 1]
    return [*row, *[""] * (width - len(row))]


def _spread(levels: list[list[str]]) -> None:
    """Without merged cells, a text of an upper level reaches over the blanks to its right that have a text below."""
    for upper, lower in pairwise(levels):
        for position in range(1, len(upper)):
            if not upper[position].strip() and lower[position].strip():
                upper[position] = upper[position - 1]


def _best(mapping: SheetMapping, sheet: Sheet) -> _Window:
    tops = range(1, max(2, min(SEARCHED_ROWS, len(sheet.rows)) - mapping.head_rows + 2))
    windows = (_window(mapping, head_paths(sheet, top, mapping.head_rows), top, reference_year(sheet, top)) for top in tops)
    return max(windows, key=lambda window: (len({each.column.heading for each in window.found}), -window.top))


def _window(mapping: SheetMapping, paths: tuple[str, ...], top: int, year: int | None) -> _Window:
    found: list[LocatedColumn] = []
    missing: list[MappedColumn] = []
    double: list[tuple[MappedColumn, tuple[int, ...]]] = []
    for column in mapping.columns:
        at = _positions(column.heading, paths, year)
        periods = {each.period for each in at}
        if not at:
            if column.role != "text":
                missing.append(column)
        elif len(at) > 1 and (PERIOD not in column.heading or len(periods) < len(at)):
            double.append((column, tuple(each.position for each in at)))
        found.extend(LocatedColumn(column, each.position, each.period, each.period_words) for each in at)
    return _Window(top, paths, tuple(found), tuple(missing), tuple(double))


@dataclass(frozen=True, slots=True)
class _At:
    position: int
    period: Period | None = None
    period_words: str = ""


def _positions(heading: str, paths: Sequence[str], year: int | None) -> list[_At]:
    """Columns that bear a heading: by all its levels, else by the lowest."""
    wanted = plain(heading)
    for texts in (paths, [levels_of(path)[-1] for path in paths]):
        if PERIOD in wanted:
            pattern = re.compile(re.escape(wanted).replace(re.escape(PERIOD), "(.+?)"))
            tried = ((position, pattern.fullmatch(plain(text))) for position, text in enumerate(texts) if text)
            at = [
                _At(position, period, match[1]) for position, match in tried if match and (period := as_period(match[1], year)) is not None
            ]
        else:
            at = [_At(position) for position, text in enumerate(texts) if text and plain(text) == wanted]
        if at:
            return at
    return []


def _missing(mapping: SheetMapping, sheet: Sheet, window: _Window) -> BadInput:
    bound = {each.position for each in window.found}
    free = {plain(path): (position, path) for position, path in enumerate(window.paths) if path and position not in bound}
    hints, first = [], None
    for column in window.missing:
        near = get_close_matches(plain(column.heading), free, n=1, cutoff=0.4)
        if near:
            position, path = free[near[0]]
            cell = f"{column_letters(position + 1)}{window.top + mapping.head_rows - 1}"
            first = first or cell
            hints.append(_("{cell} 格的“{found}”像是“{column}”改了名").format(cell=cell, found=path, column=column.heading))
    named = "、".join(_("“{column}”（原在 {letter} 列）").format(column=each.heading, letter=each.column or "?") for each in window.missing)
    known = "、".join(path for path in window.paths if path)
    return BadInput(
        _("缺少列：{columns}").format(columns=named),
        "；".join((*hints, _("第 {row} 行起的表头有：{headings}").format(row=window.top, headings=known or _("没有")))) + "。",
        _("请报送单位改回表头；若今后都如此，运行 guibiao map 重做映射 {mapping}，由人确认。").format(mapping=mapping.id),
        sheet.place(window.top + mapping.head_rows - 1, first or window.missing[0].heading),
    )


def _double(mapping: SheetMapping, sheet: Sheet, window: _Window) -> BadInput:
    column, positions = window.double[0]
    letters = "、".join(column_letters(position + 1) for position in positions)
    return BadInput(
        _("列名 {column} 重复：第 {columns} 列").format(column=column.heading, columns=letters),
        remedy=_("改掉其中一列的表头；或在映射 {mapping} 里把各级表头写全。").format(mapping=mapping.id),
        place=sheet.place(window.top + mapping.head_rows - 1, column_letters(positions[0] + 1)),
    )


def _last_row(mapping: SheetMapping, sheet: Sheet, columns: Sequence[LocatedColumn], first: int) -> int:
    """Last data row: below it stand only notes, or rows without a figure under any value column."""
    labels = [each.position for each in columns if each.column.role == "label"]
    values = [each.position for each in columns if each.column.role in {"value", "total"}]
    notes = {plain(row.label) for row in mapping.rows if row.role == "note"}
    last = first - 1
    for number in range(first, len(sheet.rows) + 1):
        row = sheet.rows[number - 1]
        texts = [row[position] for position in labels if position < len(row)]
        opening = next((text for text in row if text.strip()), "")
        if is_note(opening) or plain(opening) in notes:
            continue
        figures = any(position < len(row) and (is_figure(row[position]) or row[position].strip()) for position in values)
        if figures and (any(text.strip() for text in texts) or not labels or _is_merged_down(sheet, number, labels)):
            last = number
    return last


def _is_merged_down(sheet: Sheet, number: int, labels: Sequence[int]) -> bool:
    return any(
        block.first_row < number <= block.last_row and any(block.first_column <= position + 1 <= block.last_column for position in labels)
        for block in sheet.merged
    )


def _labels(
    mapping: SheetMapping, sheet: Sheet, columns: Sequence[LocatedColumn], first: int, last: int
) -> tuple[dict[int, tuple[str, ...]], frozenset[tuple[int, int]]]:
    """Labels of each label column over the data rows; a merged cell's text holds for all its rows."""
    filled: set[tuple[int, int]] = set()
    found: dict[int, tuple[str, ...]] = {}
    for each in columns:
        if each.column.role != "label":
            continue
        texts = [_text(sheet, number, each.position) for number in range(first, last + 1)]
        for block in sheet.merged:
            if block.first_column <= each.position + 1 <= block.last_column and block.first_row >= first and block.first_row <= last:
                text = _text(sheet, block.first_row, each.position)
                for number in range(block.first_row + 1, min(block.last_row, last) + 1):
                    texts[number - first] = text
                    filled.add((number, each.position))
        if each.column.fill_down:
            for index in range(1, len(texts)):
                row_has_text = any(text.strip() for text in sheet.rows[first + index - 1])
                if row_has_text and not texts[index].strip() and not is_total(texts[index - 1]):
                    texts[index] = texts[index - 1]
                    filled.add((first + index, each.position))
        found[each.position] = tuple(texts)
    return found, frozenset(filled)


def _text(sheet: Sheet, number: int, position: int) -> str:
    row = sheet.rows[number - 1]
    return row[position] if position < len(row) else ""
