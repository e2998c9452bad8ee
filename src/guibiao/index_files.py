"""Files of composite indices: data for a construction, saved constructions. Reads and writes; computes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from guibiao.index.construction import Construction, IndexData, compile_construction
from guibiao.index.result import IndexResult
from guibiao.index.saved import Saved, plain_of, saved_of
from guibiao.model.errors import BadDefinition, BadInput, BadRequest, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.faults import unknown
from guibiao.reference.index.specification import IndexSpecification
from guibiao.reference.index.stated import Stated, raise_all, validated
from guibiao.reference.index.table import MISSING, Table, is_number, must_exist, number, read_table

_UNIT_COLUMNS = ("uCode", "unit", "unit_code", "code", "iso3", "单位", "地区代码", "代码")
_NAME_COLUMNS = ("uName", "name", "unit_name", "country", "名称", "地区")
_TIME_COLUMNS = ("Time", "time", "year", "Year", "年份", "时间")


def read_data(path: Path, construction: Construction) -> IndexData:
    """Data for a construction: rows in order of time, then unit. Every fault names file, line and column."""
    table = read_table(path)
    specification = construction.specification
    columns = specification.columns
    unit = _found(table, columns.unit, _UNIT_COLUMNS)
    name, time = _found(table, columns.name, _NAME_COLUMNS, {unit}), _found(table, columns.time, _TIME_COLUMNS, {unit})
    if not unit:
        raise BadInput(_("找不到写单位代码的列"), remedy=_("列名写 uCode，或在 columns.unit 里指明。"), place=Place(table.file, 1))
    _check_columns(table, construction)
    units, times = table.column(unit), _times(table, time)
    _check_keys(table, units, times, unit)
    codes = construction.indicator_codes
    denominators = list(
        dict.fromkeys(each.denominator for each in specification.indicators if each.denominator and specification.denominate)
    )
    numbers = _numbers(table, [*codes, *denominators])
    order = sorted(range(len(units)), key=lambda row: (isinstance(times[row], str), times[row], units[row]))
    others = [each for each in table.head if each not in {unit, name, time, *codes, *denominators}]
    labels = {each: table.column(each) for each in others}
    values = np.array([[numbers[code][row] for code in codes] for row in order], dtype=np.float64)
    data = IndexData(
        units=tuple(units[row] for row in order),
        times=tuple(times[row] for row in order),
        values=values,
        denominators={each: np.array([numbers[each][row] for row in order], dtype=np.float64) for each in denominators},
        groups={each: tuple("" if cells[row] in MISSING else cells[row] for row in order) for each, cells in labels.items()},
        names=dict(zip(units, table.column(name), strict=True)) if name else {},
        file=table.file,
        unused=tuple(each for each in others if each not in {*specification.others, specification.impute.group}),
    )
    return replace(data, digest=_data_digest(data, specification))


def _data_digest(data: IndexData, specification: IndexSpecification) -> str:
    """SHA-256 of what a score can depend on, not of how the file is written."""
    content = hashlib.sha256(repr((data.units, data.times)).encode())
    content.update((data.values + 0.0).astype("<f8").tobytes())
    for name in sorted(data.denominators):
        content.update(name.encode() + (data.denominators[name] + 0.0).astype("<f8").tobytes())
    content.update(repr(data.groups.get(specification.impute.group, ())).encode())
    return content.hexdigest()


def _found(table: Table, stated: str, usual: Sequence[str], taken: set[str] | None = None) -> str:
    if stated and stated not in table.head:
        raise BadInput(_("数据中没有列 {name}").format(name=stated), remedy=_("核对 columns 与表头。"), place=Place(table.file, 1))
    return stated or next((each for each in usual if each in table.head and each not in (taken or set())), "")


def _check_columns(table: Table, construction: Construction) -> None:
    specification = construction.specification
    faults: list[GuibiaoError] = []
    for each in specification.indicators:
        wanted = [each.code, *([each.denominator] if each.denominator and specification.denominate else [])]
        for name in wanted:
            if name not in table.head:
                fault = unknown("", name, table.head)
                title = _("数据 {file} 中没有 {code} 需要的列 {name}").format(file=table.file, code=each.code, name=name)
                faults.append(BadDefinition(title, remedy=fault.remedy, place=construction.place(each.code)))
    for code in (each.code for each in specification.aggregates if each.code in table.head):
        title = _("汇总项 {code} 已是数据中的一列").format(code=code)
        faults.append(BadDefinition(title, remedy=_("从数据中去掉它，或改名：汇总项由计算得出。"), place=construction.place(code)))
    raise_all(_("数据与说明对不上"), faults)


def _times(table: Table, column: str) -> list[float | str]:
    if not column:
        return [""] * len(table.rows)
    cells = table.column(column)
    for (line, _row), cell in zip(table.rows, cells, strict=True):
        if cell in MISSING:
            raise BadInput(_("这一行没有写时间"), place=Place(table.file, line, column))
    return [float(cell) for cell in cells] if all(is_number(cell) for cell in cells) else list(cells)


def _check_keys(table: Table, units: Sequence[str], times: Sequence[float | str], column: str) -> None:
    seen: dict[tuple[str, float | str], int] = {}
    faults: list[GuibiaoError] = []
    for (line, _row), unit, time in zip(table.rows, units, times, strict=True):
        if unit == "":
            faults.append(BadInput(_("这一行没有写单位代码"), place=Place(table.file, line, column)))
        elif (unit, time) in seen:
            title = _("单位 {unit} 与第 {line} 行重复").format(unit=unit, line=seen[unit, time])
            faults.append(BadInput(title, remedy=_("同一单位同一时间只留一行。"), place=Place(table.file, line, column)))
        seen.setdefault((unit, time), line)
    if len(set(units)) == 1:
        title = _("只有 {count} 个单位，指数无从比较").format(count=1)
        faults.append(
            BadInput(title, remedy=_("至少两个单位；如是筛选所致，放宽筛选。"), place=Place(table.file, table.rows[-1][0], column))
        )
    raise_all(_("数据有误"), faults)


def _numbers(table: Table, names: Sequence[str]) -> dict[str, list[float]]:
    faults: list[GuibiaoError] = []
    found: dict[str, list[float]] = {}
    for name in names:
        column = []
        for (line, _row), cell in zip(table.rows, table.column(name), strict=True):
            try:
                column.append(number(cell, Place(table.file, line, name)))
            except BadInput as fault:
                faults.append(fault)
        found[name] = column
    raise_all(_("数据有误"), faults)
    return found


def construction_of(stated: Stated) -> Construction:
    """The compiled construction of a specification; its faults are raised, each at its line."""
    stated.checked()
    return compile_construction(stated.specification, stated.places())


def save(path: Path, specification: IndexSpecification, result: IndexResult) -> None:
    """Write everything a replay needs as JSON."""
    try:
        path.write_text(json.dumps(plain_of(specification, result), ensure_ascii=False, indent=1, allow_nan=False) + "\n", "utf-8")
    except OSError as error:
        raise BadRequest(_("不能写入 {path}：{reason}").format(path=path, reason=error.strerror), remedy=_("换一个可写的位置。")) from None


def load(path: Path) -> Saved:
    """A saved construction; BadInput where it is none, or was changed by hand."""
    must_exist(path)
    try:
        content = json.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadInput(_("不是保存的指数：{problem}").format(problem=error), place=Place(str(path))) from None
    return saved_of(content, str(path), validated)
