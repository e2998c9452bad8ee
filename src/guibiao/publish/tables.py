"""Tables in the style of a statistical yearbook: unit top right, a figure with passport in every cell, source and notes below.

Signs as the yearbook uses them: … for a figure below the smallest digit printed, a blank for what is not on file, # for a major item
among others; each is explained under the table that uses it, with the count of what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from guibiao.model.basis import Method, Stage
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.quantity import format_number
from guibiao.model.unit import Unit
from guibiao.publish.citing import source_line
from guibiao.publish.comparison import places
from guibiao.publish.document import TableBlock, TableCell
from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence
from guibiao.publish.ranking import places_of
from guibiao.publish.sentences import honest
from guibiao.publish.table_grid import Grid, Head, Place, make_grid
from guibiao.reference.report_definitions import TableDefinition

BELOW_SMALLEST = "…"
_NAMED = 6
_STAGES: Mapping[str, tuple[str, str]] = {
    Stage.PRELIMINARY.value: ("初步核算数", "preliminary"),
    Stage.CENSUS_REVISED.value: ("普查修订数", "revised after the census"),
}
_METHODS: Mapping[str, tuple[str, str]] = {
    Method.ESTIMATED.value: ("估算数", "estimated"),
    Method.FORECAST.value: ("预测数", "forecast"),
    Method.SYNTHETIC.value: ("合成数据", "synthetic"),
}


@dataclass(frozen=True, slots=True)
class BuiltTable:
    """The block and the figures in it, in reading order."""

    block: TableBlock
    figures: tuple[Figure, ...]


@dataclass(slots=True)
class _Printer:
    """Prints the cells of one grid and remembers which signs it used."""

    evidence: Evidence
    definition: TableDefinition
    grid: Grid
    passport_of: Callable[[Figure], str]
    used: dict[str, None]

    def cell(self, row: Head, column: Head) -> TableCell:
        figure = self.grid.cells.get((row.key, column.key))
        if figure is None:
            return TableCell("")
        text = cell_text(self.evidence, self.definition, figure, row.unit or column.unit)
        if text == BELOW_SMALLEST:
            self.used[text] = None
        return TableCell(text, self.passport_of(figure))


def build_table(evidence: Evidence, definition: TableDefinition, number: str, passport_of: Callable[[Figure], str]) -> BuiltTable:
    """The table of a definition; `number` is the one the document gives it. An empty one is a bad request."""
    grid = make_grid(evidence, definition)
    if not grid.cells:
        raise BadRequest(
            _("表 {table} 没有任何数据").format(table=definition.id), remedy=_("核对它的 indicator、area、periods，或从模板中去掉这张表。")
        )
    ranks = _ranks(evidence, definition, grid)
    rows, notes = _limited(evidence, definition, grid)
    printer = _Printer(evidence, definition, grid, passport_of, {})
    body = tuple(
        (
            TableCell(row.prefix + row.label, align="left"),
            *((TableCell(_unit_name(evidence, row.unit), align="center"),) if _unit_column(definition, grid) else ()),
            printer.cell(row, grid.columns[0]),
            *((TableCell(ranks.get(row.key, "")),) if definition.rank else ()),
            *(printer.cell(row, column) for column in grid.columns[1:]),
        )
        for row in rows
    )
    shown = tuple(grid.cells[row.key, column.key] for row in rows for column in grid.columns if (row.key, column.key) in grid.cells)
    block = TableBlock(
        id=definition.id,
        number=number,
        title=evidence.wording.choose(definition.title_zh, definition.title_en),
        unit=_common_unit(evidence, definition, grid),
        head=(_head(evidence, definition, grid),),
        rows=body,
        notes=(*_notes(evidence, definition, grid, rows, printer.used), *notes),
        source=source_line(evidence, shown),
    )
    return BuiltTable(block, shown)


def cell_text(evidence: Evidence, definition: TableDefinition, figure: Figure, unit: Unit | None) -> str:
    """The figure in a unit with its own decimals, at most those of the table; … where that prints zero for what is not zero."""
    converted = figure.quantity.to(unit) if unit else figure.quantity
    own = max(0, places(figure, evidence) + converted.unit.power - figure.quantity.unit.power)
    decimals = own if definition.decimals is None else min(own, definition.decimals)
    quantity = honest(converted, decimals)
    if quantity.value and not Decimal(format_number(quantity.value, decimals)):
        return BELOW_SMALLEST
    return evidence.wording.bare(quantity, decimals)


def _ranks(evidence: Evidence, definition: TableDefinition, grid: Grid) -> dict[Place, str]:
    """Places by the first column, totals apart; equal figures share one."""
    if not definition.rank:
        return {}
    ranked = [row.key for row in grid.rows if row.key not in grid.totals and (row.key, grid.columns[0].key) in grid.cells]
    found = places_of([grid.cells[key, grid.columns[0].key] for key in ranked], evidence)
    return {key: str(place) for key, (place, _tied) in zip(ranked, found, strict=True)}


def _limited(evidence: Evidence, definition: TableDefinition, grid: Grid) -> tuple[tuple[Head, ...], tuple[str, ...]]:
    """The rows printed, and the note that says how many are not."""
    if definition.limit is None:
        return grid.rows, ()
    above = tuple(row for row in grid.rows if row.key in grid.totals)
    others = tuple(row for row in grid.rows if row.key not in grid.totals)
    left = len(others) - definition.limit
    if left <= 0:
        return grid.rows, ()
    text = evidence.wording.choose(
        f"只列前{definition.limit}行，另有{left}行未列。", f"First {definition.limit} rows; {left} more are not shown."
    )
    kept = {row.key for row in (*above, *others[: definition.limit])}
    return tuple(row for row in grid.rows if row.key in kept), (text,)


def _unit_column(definition: TableDefinition, grid: Grid) -> bool:
    return definition.rows == "indicator" and len({row.unit for row in grid.rows}) > 1


def _common_unit(evidence: Evidence, definition: TableDefinition, grid: Grid) -> str:
    """The unit above the table: empty where several are in use, which then stand in the head or a column of their own."""
    units = {head.unit for head in (grid.rows if definition.rows == "indicator" else grid.columns)}
    labelled = definition.rows != "indicator" and all(_names_its_unit(head) for head in grid.columns)
    return _unit_name(evidence, next(iter(units))) if len(units) == 1 and not labelled else ""


def _names_its_unit(head: Head) -> bool:
    return head.label.rstrip().endswith(("）", ")"))


def _head(evidence: Evidence, definition: TableDefinition, grid: Grid) -> tuple[TableCell, ...]:
    several = definition.rows != "indicator" and len({column.unit for column in grid.columns}) > 1
    wording = evidence.wording
    labels = []
    for column in grid.columns:
        name = _unit_name(evidence, column.unit)
        with_unit = several and name and not _names_its_unit(column)
        labels.append(column.label + (wording.choose(f"（{name}）", f" ({name})") if with_unit else ""))
    unit = [wording.choose("单　位", "Unit")] if _unit_column(definition, grid) else []
    rank = [wording.choose("位　次", "Rank")] if definition.rank else []
    return tuple(TableCell(text, align="center") for text in (grid.corner, *unit, *labels[:1], *rank, *labels[1:]))


def _unit_name(evidence: Evidence, unit: Unit | None) -> str:
    return evidence.wording.printed_unit(unit) if unit else ""


def _notes(
    evidence: Evidence, definition: TableDefinition, grid: Grid, rows: tuple[Head, ...], used: Mapping[str, None]
) -> tuple[str, ...]:
    """The definition's own note, what differs between rows (basis, stage, method), signs used, and the count of what is missing."""
    wording = evidence.wording
    own = wording.choose(definition.note_zh, definition.note_en)
    notes = [own] if own else []
    notes += _basis_notes(evidence, grid, rows)
    notes += _state_notes(evidence, grid, rows)
    notes += grid.dropped
    if BELOW_SMALLEST in used:
        notes.append(wording.choose("“…”表示数据不足本表最小单位数。", "“…” is a figure below the smallest digit of this table."))
    if any(row.prefix == "#" for row in rows):
        notes.append(wording.choose("“#”表示其中的主要项。", "“#” marks a major item of the whole above."))
    keys = {row.key for row in rows}
    asked = [place for place in grid.asked if place[0] in keys]
    missing = sum(place not in grid.cells for place in asked)
    if missing:
        notes.append(
            wording.choose(
                f"空格表示没有该项数据：应有{len(asked)}个数，缺{missing}个。",
                f"A blank is a figure not on file: {missing} of {len(asked)} are missing.",
            )
        )
    return tuple(notes)


def _basis_notes(evidence: Evidence, grid: Grid, rows: tuple[Head, ...]) -> Iterable[str]:
    """For every column whose figures are on several accounting bases: which rows are on which."""
    wording = evidence.wording
    for column in grid.columns:
        bases: dict[str, list[str]] = {}
        for row in rows:
            figure = grid.cells.get((row.key, column.key))
            if figure is not None:
                bases.setdefault(figure.accounting_basis, []).append(row.label)
        if len(bases) > 1:
            parts = [
                wording.choose(
                    f"{_listed(evidence, names)}按{evidence.basis_name(basis)}",
                    f"{_listed(evidence, names)} on {evidence.basis_name(basis)}",
                )
                for basis, names in bases.items()
            ]
            text = wording.choose("；", "; ").join(parts)
            yield wording.choose(
                f"“{column.label}”一列口径不同，不可直接比较：{text}。", f"“{column.label}” is on several bases, not comparable: {text}."
            )


def _state_notes(evidence: Evidence, grid: Grid, rows: tuple[Head, ...]) -> Iterable[str]:
    """Which figures are preliminary or revised, where stages apply (figures with an accounting basis), estimated, forecast or synthetic."""
    figures = {
        (row, column): grid.cells[row.key, column.key] for column in grid.columns for row in rows if (row.key, column.key) in grid.cells
    }
    staged = {place: figure.stage for place, figure in figures.items() if figure.accounting_basis and figure.method not in _METHODS}
    methods = {place: figure.method for place, figure in figures.items()}
    for states, words in ((staged, _STAGES), (methods, _METHODS)):
        for state, names in words.items():
            marked = [place for place in figures if states.get(place) == state]
            if not marked:
                continue
            name = evidence.wording.choose(*names)
            where = evidence.wording.choose("全部", "All figures") if len(marked) == len(figures) else _where(evidence, grid, rows, marked)
            yield evidence.wording.choose(f"{where}为{name}。", f"{where}: {name}.")


def _where(evidence: Evidence, grid: Grid, rows: tuple[Head, ...], marked: list[tuple[Head, Head]]) -> str:
    """Whole rows by name, otherwise column by column: the column's name, and its rows unless all of them are meant."""
    cells = {(row.key, column.key) for row, column in marked}
    filled = {(row.key, column.key) for row in rows for column in grid.columns if (row.key, column.key) in grid.cells}
    whole = [row for row in rows if all(place in cells for place in filled if place[0] == row.key)]
    if {place for place in cells if place[0] in {row.key for row in whole}} == cells:
        return _listed(evidence, [row.label for row in whole if any(place[0] == row.key for place in cells)])
    parts = []
    for column in grid.columns:
        own = [row.label for row in rows if (row.key, column.key) in cells]
        every = sum((row.key, column.key) in filled for row in rows)
        if own:
            labels = "" if len(own) == every else _listed(evidence, own)
            parts.append(evidence.wording.choose(f"“{column.label}”{labels}", f"“{column.label}” {labels}".strip()))
    return evidence.wording.choose("；", "; ").join(parts)


def _listed(evidence: Evidence, names: list[str]) -> str:
    shown = evidence.wording.join([f"{name}" for name in names[:_NAMED]])
    if len(names) <= _NAMED:
        return shown
    return shown + evidence.wording.choose(f"等{len(names)}项", f" and {len(names) - _NAMED} more")
