"""Tables of a document as grids: head, labels, numbers with their units, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from guibiao.model.errors import GuibiaoError
from guibiao.model.quantity import Quantity, exact, parse_quantity
from guibiao.model.text.blocks import TextBlock
from guibiao.model.unit import NUMBER, Unit, find_unit
from guibiao.review.claims import Spot

_NUMERIC = re.compile(r"^[-−－+]?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,10})?\s?%?$")
_EMPTY = re.compile(r"^(?:[-—–－…/]+|\.{2,}|x|X|n/?a|无|缺|\*)$")
_UNIT_IN_HEAD = re.compile(r"[(（]\s*(?:单位[:：]\s*)?([^()（）]{1,8})[)）]\s*$")
_UNIT_LINE = re.compile(r"^[(（]?\s*单位\s*[:：,，]\s*([^()（）\s,，]{1,8})\s*[)）]?$")
_CAPTION = re.compile(r"^表\s*\d*[-.\d]*")
_RATIO_HEAD = re.compile(r"率|比例|占比|比重|份额|增速|增幅|同比|环比|人均|户均|平均|指数|%|每|均价|单价|倍|得分|评分|速度|时长")
_ORDINAL = re.compile(r"序号|排名|位次|名次|排序|年份|年度|时间|编号|代码|名称|区域|业务|类型")
_GAP = re.compile(r"\s+")
_YEAR = re.compile(r"(?:19|20)\d\d(?:年|年度)?")
TOTAL = re.compile(r"^(?:合计|总计|总和|总数|共计|总量|全部|合计数|总计数)$")
WHOLE_AREA = re.compile(r"^(?:全市|全省|全区|全国|全县|全部地区)$")
SUBTOTAL = re.compile(r"^(?:其中|#|＃|小计|[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]|\d+\.\d)|小计$")
_WIDEST = 60
"""Columns beyond which lines with tabs are data, not a table of a document."""
_LONGEST = 3000
"""Rows beyond which the same holds."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its block, and its number where it is one; `quantity` carries the unit of its own, its column's or its row's head."""

    block: TextBlock
    quantity: Quantity | None
    text: str
    """Its words without spaces."""

    @property
    def is_empty(self) -> bool:
        """Whether a sign for a missing number stands in it."""
        return bool(_EMPTY.match(self.text))


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: `head` by column, `rows` of cells by column (1-based, gaps absent), its caption; `position` of its first cell's block."""

    doc: str
    title: str
    head: Mapping[int, str]
    rows: tuple[Mapping[int, Cell], ...]
    path: tuple[str, ...]
    position: int
    numeric: tuple[int, ...]
    """Columns whose cells are numbers and no ordinals, years or codes."""
    units: Mapping[int, str]
    """The unit in brackets of a column's head, as printed."""

    def label(self, row: Mapping[int, Cell]) -> str:
        """The first words of a row that are no number and no ordinal; its first cell where all are numbers."""
        cells = sorted(row.items())
        named = (cell.text for column, cell in cells if cell.quantity is None and not _ORDINAL_HEAD.search(self.head.get(column, "")))
        return next(named, cells[0][1].text)

    def is_ratio(self, column: int) -> bool:
        """Whether a column holds what cannot be added."""
        cells = [row[column].quantity for row in self.rows if column in row]
        return bool(_RATIO_HEAD.search(self.head.get(column, ""))) or any(cell is not None and cell.unit.symbol == "%" for cell in cells)

    def spot(self, cell: Cell) -> Spot:
        """The claim of a cell."""
        where = self.title or (self.path[-1] if self.path else "")
        return Spot(self.doc, where, *cell.block.span(0, len(cell.block.text)), cell.block.text)


_ORDINAL_HEAD = re.compile(r"序号|编号|代码|排名|位次|名次|排序")


def grids(doc: str, blocks: Sequence[TextBlock]) -> Iterator[Grid]:
    """The document's tables that have a head and at least two rows."""
    caption, unit = "", ""
    position = 0
    for table, members in groupby(blocks, key=lambda block: block.cell[0] if block.cell else None):
        found = list(members)
        if table is None:
            caption, unit = _caption(found)
        else:
            rows = [list(row) for _number, row in groupby(found, key=lambda block: block.cell[1] if block.cell else 0)]
            grid = _grid(doc, rows, caption, unit, position)
            if grid is not None:
                yield grid
        position += len(found)


def _caption(before: Sequence[TextBlock]) -> tuple[str, str]:
    """Title and unit line of the table that follows."""
    unit = ""
    last = before[-1].text
    line = _UNIT_LINE.match(last)
    if line is not None:
        unit = line[1]
        last = before[-2].text if len(before) > 1 else ""
    return (last if _CAPTION.match(last) or (len(last) <= 40 and not last.endswith(("。", "；", "："))) else ""), unit


def _grid(doc: str, rows: list[list[TextBlock]], caption: str, unit: str, position: int) -> Grid | None:
    widest = max(block.cell[2] for row in rows for block in row if block.cell)
    if len(rows) < 3 or widest > _WIDEST or len(rows) > _LONGEST:
        return None
    if any(_NUMERIC.match(block.text) and not _YEAR.fullmatch(block.text) for block in rows[0]):
        return None
    heads = _head_rows(rows)
    head: dict[int, str] = {}
    for row in rows[:heads]:
        for block in row:
            if block.cell:
                above = head.get(block.cell[2], "")
                head[block.cell[2]] = above + _GAP.sub("", block.text)
    title = caption
    if heads > 1 and len(rows[0]) == 1 and not caption:
        title = rows[0][0].text
    units = {column: named[1] for column, text in head.items() if (named := _UNIT_IN_HEAD.search(text))}
    common = _unit_of(caption) or (find_unit(unit) if unit else None)
    body = tuple(
        {block.cell[2]: _cell(block, units.get(block.cell[2], ""), row[0].text, common) for block in row if block.cell}
        for row in rows[heads:]
    )
    return Grid(doc, title, head, body, rows[0][0].path, position, tuple(_numeric(head, body)), units)


def _head_rows(rows: list[list[TextBlock]]) -> int:
    """Rows at the top without a number; at most three, at least one, two left for the body."""
    count = 1
    while count < min(3, len(rows) - 2) and not any(_NUMERIC.match(block.text.replace(" ", "")) for block in rows[count]):
        count += 1
    if count > 1 and not any(_NUMERIC.match(block.text.replace(" ", "")) for row in rows[count:] for block in row):
        return 1
    return count


def _numeric(head: Mapping[int, str], rows: Sequence[Mapping[int, Cell]]) -> Iterator[int]:
    for column in sorted({column for row in rows for column in row}):
        cells = [row[column] for row in rows if column in row and not row[column].is_empty]
        numbers = [cell.quantity.value for cell in cells if cell.quantity is not None]
        if len(numbers) < 2 or len(numbers) < 0.7 * len(cells) or _ORDINAL.search(head.get(column, "")):
            continue
        if numbers == list(map(Decimal, range(1, len(numbers) + 1))) or all(_is_year_number(number) for number in numbers):
            continue
        yield column


def _is_year_number(number: Decimal) -> bool:
    return number == number.to_integral_value() and 1949 <= number <= 2100


@lru_cache(maxsize=4096)
def _unit_of(text: str) -> Unit | None:
    named = _UNIT_IN_HEAD.search(text)
    return find_unit(named[1]) if named else None


@lru_cache(maxsize=4096)
def _printed(symbol: str) -> Unit | None:
    return find_unit(symbol)


def _cell(block: TextBlock, unit: str, label: str, common: Unit | None) -> Cell:
    text = _GAP.sub("", block.text)
    if not _NUMERIC.match(text):
        return Cell(block, None, text)
    found = (_printed(unit) if unit else None) or _unit_of(label) or common
    try:
        quantity = parse_quantity(text, None if text.endswith("%") else found or NUMBER)
    except GuibiaoError:
        return Cell(block, None, text)
    counted = quantity.unit == NUMBER and quantity.decimals == 0
    return Cell(block, exact(quantity.value) if counted else quantity, text)
