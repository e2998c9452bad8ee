"""CSV files of composite indices as rows that remember their line: data, and COINr's iMeta."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass
from pathlib import Path

from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.reference.documents import read_text

MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-", "--", "..", "...", "…", "——"})
"""Cells that stand for no value."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its head, its rows with the line each ends on."""

    file: str
    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def column(self, name: str) -> list[str]:
        """Cells of one column."""
        place = self.head.index(name)
        return [row[place] for _line, row in self.rows]


def read_table(path: Path) -> Table:
    """A CSV file with unique column names and rows of equal length; else BadInput with the line."""
    name = str(path)
    must_exist(path)
    text = read_text(path, name)
    if "\0" in text:
        raise BadInput(_("不是 CSV 文本"), remedy=_("另存为 CSV（UTF-8）。"), place=Place(name, 1))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise BadInput(_("CSV 写法有误：{problem}").format(problem=error), place=Place(name, reader.line_num)) from None
    if len(rows) < 2:
        raise BadInput(_("文件里没有数据"), remedy=_("第一行写列名，下面每行一条。"), place=Place(name, 1))
    head = rows[0][1]
    for column in head:
        if not column or head.count(column) > 1:
            title = _("列名 {name} 写了两次").format(name=column) if column else _("有一列没有列名")
            raise BadInput(title, remedy=_("每列一个不同的名称。"), place=Place(name, rows[0][0], column))
    for line, row in rows[1:]:
        if len(row) != len(head):
            raise BadInput(
                _("这一行有 {found} 列，表头有 {expected} 列").format(found=len(row), expected=len(head)),
                remedy=_("含逗号的文字要加双引号。"),
                place=Place(name, line),
            )
    return Table(name, head, tuple(rows[1:]))


def must_exist(path: Path) -> None:
    """BadInput where there is no such file."""
    if not path.is_file():
        raise BadInput(_("没有文件 {path}").format(path=path), remedy=_("核对路径。"), place=Place(str(path)))


def number(text: str, place: Place) -> float:
    """A cell as a number, nan where it is missing; BadInput where it is neither."""
    if text in MISSING:
        return math.nan
    value = float(text) if _NUMBER.fullmatch(text) else math.inf
    if math.isinf(value):
        raise BadInput(
            _("{text} 不是数").format(text=text[:40]), remedy=_("写阿拉伯数字，不加千分位、百分号和单位；缺失留空或写 NA。"), place=place
        )
    return value


def is_number(text: str) -> bool:
    """Whether a cell is a number as it should be written."""
    return bool(_NUMBER.fullmatch(text))
