"""A ledger workbook as rows of named cells: where its headings stand, which column is which, what is merged, what only groups or notes.

Method sheet: docs/methods/0713-ledger-workbooks.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.policy.ledger_cells import ALIASES, ID_HEADING, VERSION_HEADING

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 1."""
_SEARCHED = 20
_HEAD_ROWS = 3


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A task as the workbook has it: `row` from 1, field -> text, unknown heading -> text, and id and version where it was exported."""

    row: int
    cells: Mapping[str, str]
    extra: Mapping[str, str]
    id: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerSheet:
    """Rows in order; `notes` are rows below the table that hold no task (who filled it in, and so on)."""

    rows: tuple[LedgerRow, ...]
    extra: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Head:
    last: int
    names: Mapping[int, str]
    """Column from 0 -> field, `id`, `version`, or an unknown heading behind `=`."""


def read_ledger_sheet(name: str, rows: Sequence[Sequence[str]], merges: Sequence[Merge]) -> LedgerSheet:
    """The tasks of a sheet. BadInput where it has no headings of a ledger, or a row makes no sense; then nothing is read."""
    grid = _filled(rows, merges)
    head = _head(name, grid, merges)
    sections: str = ""
    found: list[LedgerRow] = []
    notes: list[str] = []
    has_section = "section" in head.names.values()
    for number in range(head.last, len(grid)):
        texts = grid[number]
        if not any(text.strip() for text in texts):
            continue
        row = _row(name, number, texts, head)
        alone = {text.strip() for text in texts if text.strip()}
        if len(alone) == 1 and not row.id and _stands_alone(number, rows, merges, head):
            notes.append(alone.pop())
            continue
        if not row.cells.get("title", "").strip() and not _meant(row):
            notes.append(" ".join(dict.fromkeys(text.strip() for text in texts if text.strip())))
            continue
        if notes:
            sections, notes = _section(name, number, notes, found), []
        cells = dict(row.cells) if has_section or not sections else {**row.cells, "section": sections}
        found.append(LedgerRow(row.row, cells, row.extra, row.id, row.version))
    extra = tuple(each[1:] for each in head.names.values() if each.startswith("="))
    return LedgerSheet(tuple(found), extra, tuple(notes))


def _meant(row: LedgerRow) -> bool:
    """Whether a row without a name is a task all the same, which is then a fault: it was exported, or says more than a note does."""
    said = [field for field, text in row.cells.items() if text.strip() and field not in {"number", "section"}]
    return bool(row.id) or len(said) > 1


def _section(name: str, number: int, notes: Sequence[str], found: Sequence[LedgerRow]) -> str:
    """What stands alone above tasks groups them; more than one such line between tasks is no ledger."""
    if len(notes) > 1 and found:
        raise BadInput(
            _("第 {row} 行之前有几行没有任务名称").format(row=number + 1),
            "；".join(notes)[:200],
            _("补上任务名称，或删去这几行。"),
            Place(name, number),
        )
    return notes[-1]


def _row(name: str, number: int, texts: Sequence[str], head: _Head) -> LedgerRow:
    cells, extra, key, version = {}, {}, "", None
    for column, field in head.names.items():
        text = texts[column] if column < len(texts) else ""
        if field == "id":
            key = text.strip()
        elif field == "version":
            version = _version(name, number, text)
        elif field.startswith("="):
            extra[field[1:]] = text
        else:
            cells[field] = text
    if bool(key) != (version is not None):
        raise BadInput(_("编号和版本要么都有，要么都没有"), remedy=_("不要改动这两列；新任务两列都留空。"), place=Place(name, number + 1))
    return LedgerRow(number + 1, cells, extra, key, version)


def _version(name: str, number: int, text: str) -> int | None:
    clean = text.strip()
    if not clean:
        return None
    if not re.fullmatch(r"[1-9]\d{0,8}", clean):
        raise BadInput(
            _("版本“{text}”不是数").format(text=clean[:20]), remedy=_("不要改动这一列。"), place=Place(name, number + 1, VERSION_HEADING)
        )
    return int(clean)


def _filled(rows: Sequence[Sequence[str]], merges: Sequence[Merge]) -> list[list[str]]:
    """Rows of one length, each merged cell with the text of its range."""
    width = max((len(row) for row in rows), default=0)
    grid = [[*row, *[""] * (width - len(row))] for row in rows]
    for first_row, first_column, last_row, last_column in merges:
        if first_row > len(grid) or first_column > width:
            continue
        text = grid[first_row - 1][first_column - 1]
        for row in range(first_row - 1, min(last_row, len(grid))):
            for column in range(first_column - 1, min(last_column, width)):
                grid[row][column] = text
    return grid


def _stands_alone(number: int, rows: Sequence[Sequence[str]], merges: Sequence[Merge], head: _Head) -> bool:
    """Whether a row's one text is a line over or under tasks: merged over columns, or in another column than the tasks."""
    columns = [column for column, text in enumerate(rows[number]) if text.strip()]
    here = [each for each in merges if each[0] <= number + 1 <= each[2]]
    if len(columns) != 1 or any(first < last for first, _left, last, _right in here):
        return False
    across = any(left <= columns[0] + 1 <= right and left < right for _first, left, _last, right in here)
    return across or head.names.get(columns[0]) != "title"


def _head(name: str, grid: Sequence[Sequence[str]], merges: Sequence[Merge]) -> _Head:
    """The rows of headings: the first that, read together with up to two below, name a task and something else of a ledger."""
    for first in range(min(_SEARCHED, len(grid))):
        if len({text for text in grid[first] if text.strip()}) < 2:
            continue
        for last in range(first + _HEAD_ROWS, first, -1):
            if last > len(grid) or not _is_head(first, last, merges):
                continue
            names = _names(name, grid[first:last])
            fields = {each for each in names.values() if not each.startswith("=")}
            if "title" in fields and len(fields) >= 2 and _known(grid[last - 1]):
                return _Head(last, names)
    wanted = "、".join(("任务", "责任单位", "完成时限", "状态"))
    raise BadInput(_("没有找到台账的表头"), remedy=_("表头至少要有“任务”和另一栏，如：{wanted}。").format(wanted=wanted), place=Place(name))


def _is_head(first: int, last: int, merges: Sequence[Merge]) -> bool:
    """Several rows are one head only where merged cells bind them together."""
    if last == first + 1:
        return True
    return any(top == first + 1 and (bottom == last or (left < right and bottom < last)) for top, left, bottom, right in merges)


def _known(row: Sequence[str]) -> bool:
    return any(_heading(text) in ALIASES for text in row)


def _names(name: str, rows: Sequence[Sequence[str]]) -> dict[int, str]:
    names: dict[int, str] = {}
    for column in range(len(rows[0])):
        parts = list(dict.fromkeys(row[column].strip() for row in rows if row[column].strip()))
        if not parts:
            continue
        own = _heading(parts[-1])
        field = {_heading(ID_HEADING): "id", _heading(VERSION_HEADING): "version"}.get(own) or ALIASES.get(own)
        if field is None or field in names.values():
            field = f"={_free(parts, names)}"
        names[column] = field
    return names


def _free(parts: Sequence[str], names: Mapping[int, str]) -> str:
    """A heading that no other column has: its own, else with the group above, else numbered."""
    taken = set(names.values())
    choices = [parts[-1], "/".join(parts), *(f"{parts[-1]} ({number})" for number in range(2, len(names) + 3))]
    return next(choice for choice in choices if f"={choice}" not in taken and _heading(choice) not in ALIASES)


def _heading(text: str) -> str:
    return re.sub(r"\s+", "", text).translate(str.maketrans("()", "（）"))
