"""The head of a table: what each column is called, and where its data begin and end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from guibiao.ingest.sheet import MergedRange, Sheet, column_letters
from guibiao.model.errors import BadInput
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import TableBinding

SEPARATOR = "/"
_NAMED = 30


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand: `names` and `paths` are the columns' headings; data rows are `first` to `last`, 1-based."""

    sheet: Sheet
    names: tuple[str, ...]
    """Lowest heading of each column, white space within it made one blank."""
    paths: tuple[str, ...]
    """All headings of each column from top to bottom, joined by `/`."""
    first: int
    last: int

    @property
    def width(self) -> int:
        return len(self.names)

    def find(self, heading: str) -> int:
        """0-based position of a column by its heading or path; white space does not count. Raises BadInput."""
        wanted = bare(heading)
        for candidates in (self.paths, self.names):
            found = [position for position, text in enumerate(candidates) if bare(text) == wanted]
            if len(found) == 1:
                return found[0]
            if found:
                raise self._ambiguous(heading, found)
        raise self._missing((heading,))

    def require(self, headings: Iterable[str]) -> None:
        """Raise BadInput naming every heading that no column bears."""
        present = {bare(text) for text in (*self.names, *self.paths)}
        missing = tuple(heading for heading in headings if bare(heading) not in present)
        if missing:
            raise self._missing(missing)

    def _missing(self, headings: tuple[str, ...]) -> BadInput:
        present = [text for text in self.names if text]
        near = [match for heading in headings for match in get_close_matches(heading, present, n=1, cutoff=0.4)]
        shown = "、".join(present[:_NAMED]) + (_(" 等 {count} 列").format(count=len(present)) if len(present) > _NAMED else "")
        return BadInput(
            _("缺少列：{columns}").format(columns="、".join(headings)),
            _("文件里的列：{columns}。").format(columns=shown or _("没有")),
            _("最接近的是 {names}：若是改了名，改回表头，或改绑定里的列名。").format(names="、".join(dict.fromkeys(near)))
            if near
            else _("核对文件、表头行数（head_rows）和分隔符。"),
            self.sheet.place(self.first - 1 or None, headings[0]),
        )

    def _ambiguous(self, heading: str, found: list[int]) -> BadInput:
        letters = "、".join(column_letters(position + 1) for position in found)
        paths = dict.fromkeys(self.paths[position] for position in found)
        told_apart = len(paths) == len(found)
        return BadInput(
            _("列名 {column} 重复：第 {columns} 列").format(column=heading, columns=letters),
            remedy=_("在绑定里写全各级表头：{paths}。").format(paths="、".join(paths)) if told_apart else _("改掉其中一列的表头。"),
            place=self.sheet.place(self.first - 1 or None, heading),
        )


def layout(sheet: Sheet, binding: TableBinding) -> Layout:
    """Headings and data rows of a sheet. Raises BadInput for a broken shape: ragged rows, merged data cells, too few rows."""
    head_rows = 1 if sheet.named else binding.head_rows
    last = len(sheet.rows) - binding.foot_rows
    if last < head_rows:
        raise BadInput(
            _("只有 {rows} 行，不够表头 {head} 行和表尾 {foot} 行").format(rows=len(sheet.rows), head=head_rows, foot=binding.foot_rows),
            remedy=_("文件不完整，或绑定里的 head_rows、foot_rows 不对。"),
            place=sheet.place(),
        )
    heads = _headings(sheet, head_rows)
    found = Layout(
        sheet,
        tuple(_spaced(texts[-1]) if texts else "" for texts in heads),
        tuple(SEPARATOR.join(_spaced(text) for text in texts) for texts in heads),
        head_rows + 1,
        last,
    )
    _check_merged(sheet, found, binding)
    if sheet.delimited:
        _check_widths(sheet, found)
    _check_length(sheet, found, binding)
    return found


def _headings(sheet: Sheet, head_rows: int) -> list[list[str]]:
    """Texts of each column's head, top to bottom, empty ones left out; an upper text reaches over the blanks to its right."""
    rows = [_trimmed(row) for row in sheet.rows[:head_rows]]
    width = max((len(row) for row in rows), default=0)
    if not head_rows:
        width = max((len(row) for row in sheet.rows), default=0)
        return [[column_letters(position + 1)] for position in range(width)]
    filled = [_filled(row, width, number < head_rows, sheet.merged, number) for number, row in enumerate(rows, start=1)]
    columns = [[row[position] for row in filled if row[position].strip()] for position in range(width)]
    return [list(dict.fromkeys(texts)) for texts in columns]


def _filled(row: tuple[str, ...], width: int, upper: bool, merged: tuple[MergedRange, ...], number: int) -> list[str]:
    texts = [*row, *[""] * (width - len(row))]
    for block in merged:
        if block.first_row == number and block.first_column <= width:
            for position in range(block.first_column, min(block.last_column, width)):
                texts[position] = texts[block.first_column - 1]
    if upper and not merged:
        for position in range(1, width):
            texts[position] = texts[position] or texts[position - 1]
    return texts


def _check_merged(sheet: Sheet, found: Layout, binding: TableBinding) -> None:
    if binding.text_only:
        return
    for block in sheet.merged:
        if block.last_row >= found.first and block.first_row <= found.last and block.first_column <= found.width:
            raise BadInput(
                _("数据区有合并单元格 {range}").format(range=block),
                remedy=_("取消合并，把每一格都填上；合并后只有左上角一格有值。"),
                place=sheet.place(block.first_row, column_letters(block.first_column)),
            )


def _check_widths(sheet: Sheet, found: Layout) -> None:
    for number in range(found.first, found.last + 1):
        row = sheet.rows[number - 1]
        if len(row) == found.width or not any(text.strip() for text in row):
            continue
        if len(row) > found.width and not any(text.strip() for text in row[found.width :]):
            continue
        short, at_end = len(row) < found.width, number == found.last
        raise BadInput(
            _("这一行有 {found} 列，表头有 {expected} 列").format(found=len(row), expected=found.width),
            _("这是最后一行，文件可能只有一半。") if short and at_end else "",
            _("重新导出或重新传送。") if short and at_end else _("含分隔符的文字要加引号；缺的格留空，但分隔符不能少。"),
            sheet.place(number),
        )


def _check_length(sheet: Sheet, found: Layout, binding: TableBinding) -> None:
    if binding.expected_rows is None:
        return
    rows = sum(any(text.strip() for text in row) for row in sheet.rows[found.first - 1 : found.last])
    if rows < binding.expected_rows:
        raise BadInput(
            _("只有 {rows} 行数据，应有 {expected} 行").format(rows=rows, expected=binding.expected_rows),
            _("文件可能只有一半。"),
            _("重新导出或重新传送；若行数确实变了，改绑定里的 expected_rows。"),
            sheet.place(found.last),
        )


def _trimmed(row: tuple[str, ...]) -> tuple[str, ...]:
    """A head row without the empty cells at its end."""
    length = len(row)
    while length and not row[length - 1].strip():
        length -= 1
    return row[:length]


def _spaced(text: str) -> str:
    return " ".join(text.split())


def bare(text: str) -> str:
    """A label without any white space: how labels are compared."""
    return "".join(text.split())
