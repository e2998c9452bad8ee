"""Judgements on weights as CSV files: pairwise comparisons, and points given by experts."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.reference.index.table import number, read_table


def read_comparisons(path: Path) -> tuple[tuple[str, ...], list[list[float]]]:
    """Codes and the square matrix whose first column names the rows; cells are numbers or fractions as 1/3. Rows may stand in any order."""
    table = read_table(path)
    codes = table.head[1:]
    rows: dict[str, list[float]] = {}
    for line, cells in table.rows:
        if cells[0] not in codes or cells[0] in rows:
            title = _("这一行的代码 {code} 不是列名之一，或写了两次").format(code=cells[0])
            raise BadInput(title, place=Place(table.file, line, table.head[0]))
        rows[cells[0]] = [_ratio(cell, Place(table.file, line, code)) for code, cell in zip(codes, cells[1:], strict=True)]
    missing = [code for code in codes if code not in rows]
    if missing:
        raise BadInput(_("比较矩阵缺少 {codes} 的行").format(codes="、".join(missing)), place=Place(table.file, 1))
    return codes, [rows[code] for code in codes]


def _ratio(cell: str, place: Place) -> float:
    above, slash, below = cell.partition("/")
    if not slash:
        return number(cell, place)
    if not (above.strip().isdigit() and below.strip().isdigit() and int(below)):
        raise BadInput(_("{text} 不是数").format(text=cell[:40]), remedy=_("写数或分数，如 1/3。"), place=place)
    return float(Fraction(int(above), int(below)))


def read_points(path: Path) -> tuple[tuple[str, ...], list[list[float]]]:
    """Codes and one row of points an expert; the first column names the expert."""
    table = read_table(path)
    codes = table.head[1:]
    if not codes:
        raise BadInput(_("专家打分没有代码列"), remedy=_("第一列写专家，其余每个代码一列。"), place=Place(table.file, 1))
    rows = []
    for line, cells in table.rows:
        points = [number(cell, Place(table.file, line, code)) for code, cell in zip(codes, cells[1:], strict=True)]
        if any(math.isnan(each) or each < 0 for each in points):
            raise BadInput(_("专家打分中有缺失或负数"), remedy=_("不给分写 0。"), place=Place(table.file, line))
        rows.append(points)
    return codes, rows
