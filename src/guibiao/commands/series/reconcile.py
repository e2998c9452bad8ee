"""`guibiao series reconcile`: forecasts of totals and parts, made separately, brought to add up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from guibiao.commands.series.options import SeriesFormat, SeriesFormatOption, SpecificationOption, print_series
from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from guibiao.series.reconciliation.summing import SummingMatrix

    Filled: TypeAlias = Callable[[NDArray[np.float64]], tuple[Sequence[str], list[list[Any]]]]

PERIODS = frozenset(
    {"period", "time", "date", "month", "quarter", "year", "horizon", "h", "ds", "时间", "日期", "月份", "季度", "年份", "时期"}
)
"""Names of columns that label the rows."""


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: head and rows, all of one length."""

    file: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def register(group: typer.Typer) -> None:
    """Add the command to the group of series."""
    group.command("reconcile", help=_("分层协调：各自做出的总量与分项预测，调到分项之和等于总量。"))(reconcile)


def reconcile(
    summing: Annotated[Path, typer.Option("--summing", help=_("汇总矩阵 CSV：每行一个序列，第一列是序列名，其余每列一个底层序列的权数。"))],
    base: Annotated[
        Path, typer.Option("--base", help=_("基础预测 CSV：每行一期，每列一个序列，列名与汇总矩阵的序列名相同；或 forecast 的长表。"))
    ],
    residuals: Annotated[Path | None, typer.Option("--residuals", help=_("样本内残差 CSV，列名同上；wls-var 与 mint 要用。"))] = None,
    method: Annotated[
        str | None, typer.Option("--method", help=_("ols、wls-struct、wls-var、mint-shrink、mint-sample、bottom-up；默认 mint-shrink。"))
    ] = None,
    price_basis: Annotated[str | None, typer.Option("--price-basis", help=_("current 现价；不变价与链接价不可加，会拒绝。"))] = None,
    non_negative: Annotated[bool | None, typer.Option("--non-negative", help=_("底层各值不得为负。"))] = None,
    pseudo_inverse: Annotated[bool | None, typer.Option("--pseudo-inverse", help=_("mint-sample 协方差奇异时用广义逆。"))] = None,
    specification: SpecificationOption = None,
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """Reconcile the forecasts of a file."""
    from guibiao.reference.series.reconciliation import Reconciling
    from guibiao.reference.specifications import read_specification
    from guibiao.series.reconciliation.reconcile import reconcile as reconciled

    stated = read_specification(
        specification, Reconciling, method=method, price_basis=price_basis, non_negative=non_negative, pseudo_inverse=pseudo_inverse
    )
    stated.validate()
    matrix = _summing(_read(summing, "--summing"))
    table = _read(base, "--base")
    long = {"series", "period"} <= set(table.head) - set(matrix.names)
    values, filled = (_long if long else _wide)(table, matrix.names)
    errors = None if residuals is None else _wide(_read(residuals, "--residuals"), matrix.names)[0]
    found = reconciled(matrix, values, errors, stated)
    columns, rows = filled(found.values)
    diagnostics = {
        "method": stated.method, "price_basis": stated.price_basis, "shrinkage_intensity": found.intensity,
        "largest_relative_incoherence_before": found.incoherence, "largest_relative_adjustment": found.adjustment,
        "series": len(matrix.names), "bottom_series": len(matrix.bottom),
    }  # fmt: skip
    notes = list(found.notes)
    if long and (left := [name for name in table.head if name not in columns]):
        notes.append(_("只协调点预测；{names} 列不再对应，未列出。").format(names="、".join(left)))
    if found.intensity is not None:
        notes.insert(0, _("收缩强度 λ = {intensity:.4f}").format(intensity=found.intensity))
    print_series(columns, rows, output, _("协调后的预测（{method}）").format(method=stated.method), notes, diagnostics)


def _summing(table: Table) -> SummingMatrix:
    import numpy as np

    from guibiao.series.reconciliation.summing import summing_matrix

    cells = [[_number(cell, table, row, column) for column, cell in enumerate(cells) if column] for row, cells in enumerate(table.rows)]
    return summing_matrix([row[0] for row in table.rows], table.head[1:], np.array(cells, dtype=np.float64))


def _wide(table: Table, names: Sequence[str]) -> tuple[NDArray[np.float64], Filled]:
    """Values, shape (rows, names), in the order of the names, and how others take their places; columns of periods stay as they are.

    Raises BadInput for a name that has no column or a column that is no name.
    """
    import numpy as np

    labels = {at for at, name in enumerate(table.head) if name not in names and (name.casefold() in PERIODS or not name)}
    _refuse_strangers(table, names, [name for at, name in enumerate(table.head) if at not in labels])
    at = [table.head.index(name) for name in names]
    found = [[_number(cells[column], table, row, column) for column in at] for row, cells in enumerate(table.rows)]
    position = {column: place for place, column in enumerate(at)}

    def filled(values: NDArray[np.float64]) -> tuple[Sequence[str], list[list[Any]]]:
        rows = [
            [float(made[position[column]]) if column in position else cell for column, cell in enumerate(row)]
            for row, made in zip(table.rows, values, strict=True)
        ]
        return table.head, rows

    return np.array(found, dtype=np.float64), filled


def _long(table: Table, names: Sequence[str]) -> tuple[NDArray[np.float64], Filled]:
    """As `_wide`, of rows `series, period, mean` (or `value`) as `guibiao series forecast` prints them, shape (periods, names).

    Raises BadInput for a series and period given twice, or not at all.
    """
    import numpy as np

    series, period = table.head.index("series"), table.head.index("period")
    value = next((table.head.index(name) for name in ("mean", "value") if name in table.head), None)
    if value is None:
        raise BadInput(_("长表缺少数值列"), remedy=_("列名写成 series, period, mean。"), place=Place(table.file, 1))
    _refuse_strangers(table, names, list(dict.fromkeys(row[series] for row in table.rows)))
    periods = {label: at for at, label in enumerate(dict.fromkeys(row[period] for row in table.rows))}
    column = {name: at for at, name in enumerate(names)}
    found = np.full((len(periods), len(names)), np.nan)
    for row, cells in enumerate(table.rows):
        place = periods[cells[period]], column[cells[series]]
        if not math.isnan(found[place]):
            raise BadInput(
                _("{name} 的时期 {period} 出现两次").format(name=cells[series], period=cells[period]),
                place=Place(table.file, table.lines[row]),
            )
        found[place] = _number(cells[value], table, row, value)

    def filled(values: NDArray[np.float64]) -> tuple[Sequence[str], list[list[Any]]]:
        rows = [[row[series], row[period], float(values[periods[row[period]], column[row[series]]])] for row in table.rows]
        return ("series", "period", table.head[value]), rows

    return found, filled


def _refuse_strangers(table: Table, names: Sequence[str], given: Sequence[str]) -> None:
    absent, strange = [name for name in names if name not in given], [name for name in given if name not in names]
    if absent or strange:
        raise BadInput(
            _("列与汇总矩阵的序列对不上：缺 {absent}；多 {strange}").format(
                absent="、".join(absent[:6]) or _("无"), strange="、".join(strange[:6]) or _("无")
            ),
            _("缺 {absent} 个，多 {strange} 个。").format(absent=len(absent), strange=len(strange)),
            remedy=_("名称要与汇总矩阵第一列逐字相同；次序不限。"),
            place=Place(table.file, 1),
        )


def _number(cell: str, table: Table, row: int, column: int) -> float:
    """The number of a cell, nan where it is marked missing."""
    from guibiao.series_table import number

    return number(cell, Place(table.file, table.lines[row], table.head[column]))


def _read(path: Path, option: str) -> Table:
    """A CSV file with a head; rows of another length and columns of one name are refused."""
    from guibiao.series_table import records

    head, rows = records(path, option)
    return Table(path.name, tuple(head), tuple(tuple(row) for _line, row in rows), tuple(line for line, _row in rows))
