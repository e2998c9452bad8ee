"""Figures of a workspace as the data of an index: one row a unit and year, one column an indicator or denominator; computes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from guibiao.index.construction import Construction, IndexData
from guibiao.model.category import TOTAL, parse_category_key
from guibiao.model.errors import BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Workspace
from guibiao.reference.index.workspace import PanelSeries, WorkspaceIndex

Row = Mapping[str, Any]


def units_of(workspace: Workspace, index: WorkspaceIndex) -> tuple[str, ...]:
    """Codes of the units, sorted: the areas listed, or those below the parent."""
    areas = workspace.classifications.get("areas")
    below = [each.code for each in areas.categories if each.parent == index.definition.parent] if areas and index.definition.parent else []
    return tuple(sorted(index.definition.areas or below))


def unit_names(workspace: Workspace, units: Iterable[str], *, chinese: bool) -> dict[str, str]:
    """Code -> name."""
    areas = workspace.classifications.get("areas")
    listed = {each.code: each.label(chinese=chinese) for each in areas.categories} if areas else {}
    return {unit: listed.get(unit, unit) for unit in units}


def panel(workspace: Workspace, index: WorkspaceIndex, construction: Construction, rows: Iterable[Row]) -> IndexData:
    """The data of an index from rows of `observations`. A cell without a figure is missing.

    Raises BadRequest where a column has no figure at all in some year, or figures on several bases for one unit and year.
    """
    units, definition = units_of(workspace, index), index.definition
    years = range(definition.first, definition.last + 1)
    by_indicator: dict[str, list[Row]] = {}
    for row in rows:
        by_indicator.setdefault(row["indicator"], []).append(row)
    columns = {
        name: _column(index, name, series, by_indicator.get(series.indicator, ()), units, years) for name, series in index.columns.items()
    }
    codes = construction.indicator_codes
    values = np.stack([columns[code] for code in codes], axis=1)
    denominators = {each.denominator: columns[each.denominator] for each in index.specification.indicators if each.denominator in columns}
    keys = [(unit, float(year)) for year in years for unit in units]
    content = hashlib.sha256(repr((keys, codes, sorted(denominators))).encode())
    for column in (values, *(denominators[name] for name in sorted(denominators))):
        content.update((column + 0.0).astype("<f8").tobytes())
    return IndexData(
        units=tuple(unit for unit, _year in keys),
        times=tuple(year for _unit, year in keys),
        values=values,
        denominators=denominators,
        names=unit_names(workspace, units, chinese=True),
        digest=content.hexdigest(),
        file=workspace.places[f"index {index.id}"].file if f"index {index.id}" in workspace.places else "",
    )


def _column(
    index: WorkspaceIndex, name: str, series: PanelSeries, rows: Iterable[Row], units: Sequence[str], years: Sequence[int]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    wanted = {(unit, year): place for place, (year, unit) in enumerate((year, unit) for year in years for unit in units)}
    column = np.full(len(wanted), np.nan)
    bases: dict[int, str] = {}
    for row in rows:
        place = wanted.get((row["area"], row["period_end"].year))
        if place is None or not _fits(series, row):
            continue
        basis = f"{row['accounting_basis']} {row['price_basis']}".strip()
        if bases.setdefault(place, basis) != basis:
            _refuse(index, name, _("{column} 有几种口径的数：{bases}"), bases="、".join(sorted({bases[place], basis})))
        column[place] = float(row["value"])
    if len(found := sorted(set(bases.values()))) > 1:
        _refuse(index, name, _("{column} 各年的口径不同：{bases}"), bases="、".join(found))
    for year in years:
        if all(np.isnan(column[place]) for (_unit, at), place in wanted.items() if at == year):
            _refuse(index, name, _("{column} 在 {year} 年没有任何单位的数"), year=str(year))
    return column


def _refuse(index: WorkspaceIndex, column: str, words: str, **said: str) -> None:
    raise BadRequest(
        _("指数 {id} 不能算：{problem}").format(id=index.id, problem=words.format(column=column, **said)),
        remedy=_("在 series 里写明 accounting_basis 或 price_basis，缩短年份，或去掉这个指标。"),
        place=index.places.get(column, Place(f"indices/{index.id}.yaml")),
    )


def _fits(series: PanelSeries, row: Row) -> bool:
    """Whether a row is the figure of a whole year (or of a year's end) in the categories and on the basis asked for."""
    start, end = row["period_start"], row["period_end"]
    if (end.month, end.day) != (12, 31) or (row["measure"] != "at end" and (start.month, start.day, start.year) != (1, 1, end.year)):
        return False
    codes = parse_category_key(row["categories"])
    same = codes == dict(series.categories) if series.categories else all(code == TOTAL for code in codes.values())
    asked = ((series.accounting_basis, row["accounting_basis"]), (series.price_basis, row["price_basis"]))
    return same and all(wanted in {"", given} for wanted, given in asked)
