"""COINr's iMeta: a CSV with a row for each indicator, aggregate, group and denominator, as a specification.

Columns as COINr 1.1.14 has them: iCode, Level, Parent, Direction, Weight, Type; iName, Unit, Target, Denominator where wanted, and those
that state the parameters of a normalisation for each indicator (`scaled_lower`, `goalpost_upper` ...).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from guibiao.model.errors import BadDefinition, BadInput, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.documents import Document
from guibiao.reference.index.check import levels_of
from guibiao.reference.index.specification import IndexAggregate, IndexIndicator, IndexSpecification, Normalisation
from guibiao.reference.index.stated import Stated, raise_all
from guibiao.reference.index.table import MISSING, Table, number, read_table

Part = TypeVar("Part")
REQUIRED = ("iCode", "Level", "Parent", "Direction", "Weight", "Type")
TYPES = frozenset({"Indicator", "Aggregate", "Group", "Denominator", "Other"})
_TRUE = frozenset({"TRUE", "True", "true", "T", "1"})
# Method -> column -> field of the normalisation; all columns of a method must be there.
_PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "minmax": {"minmax_lower": "lower", "minmax_upper": "upper"},
    "zscore": {"zscore_mean": "mean", "zscore_sd": "standard_deviation"},
    "scaled": {"scale_factor": "scale"},
    "goalposts": {"goalpost_scale": "scale"},
}
_FLAGS: Mapping[str, Mapping[str, str]] = {
    "distance-to-target": {"dist2targ_cap_max": "cap"},
    "goalposts": {"goalpost_trunc2posts": "truncate"},
}
_PAIRS: Mapping[str, tuple[str, str, str]] = {
    "scaled": ("scaled_lower", "scaled_upper", "bounds"),
    "goalposts": ("goalpost_lower", "goalpost_upper", "goalposts"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of iMeta: its line and cells by column."""

    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """A cell, "" where it is missing."""
        cell = self.cells.get(column, "")
        return "" if cell in MISSING else cell

    def place(self, column: str = "") -> Place:
        """Where the row, or a cell of it, stands."""
        return Place(self.file, self.line, column)

    def number(self, column: str, default: float) -> float:
        """A cell as a number."""
        value = number(self.cells.get(column, ""), self.place(column))
        return default if math.isnan(value) else value

    def needed(self, column: str) -> float:
        """A number that must be there."""
        value = number(self.cells.get(column, ""), self.place(column))
        if math.isnan(value):
            raise BadInput(_("{code} 没有写 {column}").format(code=self.text("iCode"), column=column), place=self.place(column))
        return value


def read_metadata(path: Path, normalise: Normalisation | None = None) -> Stated:
    """An iMeta file as a specification with COINr's defaults: no step but normalisation and the arithmetic mean.

    `normalise` says which method is meant, so that its columns are read. Faults name the row.
    """
    table = read_table(path)
    rows = [Row(table.file, line, dict(zip(table.head, cells, strict=True))) for line, cells in table.rows]
    _check_form(table, rows)
    choice = normalise or Normalisation()
    faults: list[GuibiaoError] = []
    indicators, indicator_rows = _collected(rows, "Indicator", lambda row: _indicator(row, choice), faults)
    aggregates, aggregate_rows = _collected(rows, "Aggregate", _aggregate, faults)
    raise_all(_("iMeta 有误"), faults)
    others = tuple(row.text("iCode") for row in rows if row.text("Type") not in {"Indicator", "Aggregate"})
    specification = IndexSpecification(
        id=path.stem, indicators=tuple(indicators), aggregates=tuple(aggregates), normalise=choice, denominate=False, others=others
    )
    lines: dict[tuple[str | int, ...], int] = {(): 1}
    lines |= {("indicators", place): row.line for place, row in enumerate(indicator_rows)}
    lines |= {("aggregates", place): row.line for place, row in enumerate(aggregate_rows)}
    stated = Stated(specification, Document(table.file, None, lines)).checked()
    _check_levels(specification, [*indicator_rows, *aggregate_rows])
    return stated


def _check_form(table: Table, rows: list[Row]) -> None:
    absent = [column for column in REQUIRED if column not in table.head]
    if absent:
        raise BadInput(
            _("iMeta 缺少列 {columns}").format(columns="、".join(absent)),
            remedy=_("需要的列：{columns}。").format(columns="、".join(REQUIRED)),
            place=Place(table.file, 1),
        )
    wrong = [
        BadInput(
            _("{code} 的 Type 是 {type}").format(code=row.text("iCode"), type=row.text("Type") or "-"),
            remedy=_("可写：{names}。").format(names="、".join(sorted(TYPES))),
            place=row.place("Type"),
        )
        for row in rows
        if row.text("Type") not in TYPES
    ]
    raise_all(_("iMeta 有误"), wrong)


def _collected(rows: list[Row], kind: str, read: Callable[[Row], Part], faults: list[GuibiaoError]) -> tuple[list[Part], list[Row]]:
    """Every row of a type read; rows that cannot be are told."""
    found: list[Part] = []
    used: list[Row] = []
    for row in rows:
        if row.text("Type") == kind:
            try:
                found.append(read(row))
                used.append(row)
            except GuibiaoError as fault:
                faults.append(fault)
    return found, used


def _whole(row: Row, column: str) -> int:
    value = row.needed(column)
    if value != round(value):
        raise BadInput(_("{column} 应当是整数").format(column=column), place=row.place(column))
    return int(value)


def _indicator(row: Row, choice: Normalisation) -> IndexIndicator:
    if _whole(row, "Level") != 1:
        raise BadInput(
            _("指标 {code} 的 Level 应当是 1").format(code=row.text("iCode")), remedy=_("指标都在第 1 层。"), place=row.place("Level")
        )
    target = row.number("Target", math.nan)
    pairs = {field: _pair(row, low, high) for low, high, field in [_PAIRS[choice.method]]} if choice.method in _PAIRS else {}
    return IndexIndicator(
        code=row.text("iCode"),
        parent=row.text("Parent"),
        direction=_direction(row),
        weight=row.needed("Weight"),
        en=row.text("iName"),
        unit=row.text("Unit"),
        denominator=row.text("Denominator"),
        target=None if math.isnan(target) else target,
        bounds=pairs.get("bounds"),
        goalposts=pairs.get("goalposts"),
        normalise=_own_choice(row, choice),
    )


def _direction(row: Row) -> int:
    direction = _whole(row, "Direction")
    if direction not in {1, -1}:
        raise BadDefinition(
            _("指标 {code} 的方向是 {direction}").format(code=row.text("iCode"), direction=direction),
            remedy=_("越大越好写 1，越小越好写 -1。"),
            place=row.place("Direction"),
        )
    return direction


def _pair(row: Row, low: str, high: str) -> tuple[float, float] | None:
    return (row.needed(low), row.needed(high)) if low in row.cells and high in row.cells else None


def _own_choice(row: Row, choice: Normalisation) -> Normalisation | None:
    """The method with the parameters the row states; None where the file has no columns for it."""
    numbers = _PARAMETERS.get(choice.method, {})
    flags = {column: field for column, field in _FLAGS.get(choice.method, {}).items() if column in row.cells}
    stated = {field: row.needed(column) for column, field in numbers.items() if column in row.cells}
    truths = {field: row.text(column) in _TRUE for column, field in flags.items()}
    return replace(choice, **stated, **truths) if stated or truths else None  # type: ignore[arg-type]


def _aggregate(row: Row) -> IndexAggregate:
    if _whole(row, "Level") < 2:
        raise BadInput(
            _("汇总项 {code} 的 Level 应当不小于 2").format(code=row.text("iCode")), remedy=_("指标在第 1 层。"), place=row.place("Level")
        )
    return IndexAggregate(code=row.text("iCode"), parent=row.text("Parent"), weight=row.number("Weight", 1.0), en=row.text("iName"))


def _check_levels(specification: IndexSpecification, rows: list[Row]) -> None:
    """The stated level of each row is the one the tree gives, and every parent stands one level above."""
    levels = levels_of(specification)
    faults = []
    for row in rows:
        code, parent, stated = row.text("iCode"), row.text("Parent"), int(row.needed("Level"))
        if stated != levels[code] or (parent and levels[parent] != stated + 1):
            title = _("{code} 写在第 {stated} 层，按上级 {parent} 应在另一层").format(code=code, stated=stated, parent=parent or "-")
            faults.append(BadDefinition(title, remedy=_("上级要恰好高一层。"), place=row.place("Level")))
    raise_all(_("iMeta 的层次有误"), faults)
