"""Do the totals of a handed-in sheet add up? Each is recomputed from its parts within the intervals that the printed digits allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from guibiao.ingest.figures import Fault, read_figure
from guibiao.ingest.locating import Located
from guibiao.ingest.office_words import bare_label, plain
from guibiao.ingest.sheet import Sheet, column_letters
from guibiao.model.messages import translate as _
from guibiao.model.quantity import Quantity
from guibiao.model.unit import Unit, find_unit
from guibiao.reference.definitions import Facts, Workspace
from guibiao.reference.mapping import MappedRow, SheetMapping


@dataclass(frozen=True, slots=True)
class TotalFault:
    """A total that differs from the sum of its parts by more than rounding explains."""

    cell: str
    label: str
    heading: str
    claimed: Quantity
    recomputed: Quantity
    parts: int

    def __str__(self) -> str:
        return _("{cell} 格“{label}”“{heading}”印 {claimed}，{parts} 个分项相加得 {recomputed}").format(
            cell=self.cell, label=self.label, heading=self.heading, claimed=self.claimed.printed(), parts=self.parts,
            recomputed=self.recomputed.printed(self.claimed.decimals),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TotalsChecked:
    """Faults, and how many totals could and could not be recomputed."""

    faults: tuple[TotalFault, ...]
    checked: int
    unchecked: int


@dataclass(frozen=True, slots=True)
class _Sum:
    """A total cell with the cells that should add up to it: (row, 0-based position)."""

    row: int
    position: int
    label: str
    parts: tuple[tuple[int, int], ...]


def check_totals(
    workspace: Workspace, mapping: SheetMapping, located: Located, sheet: Sheet, values: Mapping[int, Facts], roles: Sequence[str]
) -> TotalsChecked:
    """Recompute total rows and total columns; `roles` are those of the data rows, `values` what each value column states."""
    sums = [*_row_sums(mapping, located, values, roles), *_column_sums(mapping, located, roles)]
    faults: list[TotalFault] = []
    checked = unchecked = 0
    for each in sums:
        unit = _unit(workspace, located, each, values)
        if unit is None or not (unit.discrete or _adds(unit)):
            continue
        claimed = _figure(sheet, each.row, each.position, unit)
        parts = [_figure(sheet, row, position, unit) for row, position in each.parts]
        found = [part for part in parts if part is not None]
        if claimed is None or len(found) < len(parts) or not found:
            unchecked += 1
            continue
        recomputed = reduce(lambda left, right: left + right, found)
        checked += 1
        if not claimed.overlaps(recomputed):
            cell = f"{column_letters(each.position + 1)}{each.row}"
            heading = located.layout.paths[each.position]
            faults.append(TotalFault(cell, each.label, heading, claimed, recomputed, len(found)))
    return TotalsChecked(tuple(faults), checked, unchecked)


def _adds(unit: Unit) -> bool:
    return not unit.is_ratio and not unit.is_point and all(power > 0 for _base, power in unit.dimension)


def _unit(workspace: Workspace, located: Located, each: _Sum, values: Mapping[int, Facts]) -> Unit | None:
    """Unit of a total; rows of several indicators are never added."""
    facts = values.get(each.position, Facts())
    if facts.unit:
        return find_unit(facts.unit)
    indicator = workspace.indicators.get(facts.indicator)
    return find_unit(indicator.unit) if indicator is not None else find_unit("")


def _figure(sheet: Sheet, row: int, position: int, unit: Unit) -> Quantity | None:
    texts = sheet.rows[row - 1]
    figure = read_figure(plain(texts[position]) if position < len(texts) else "", unit)
    return None if isinstance(figure, Fault) else figure


def _row_sums(mapping: SheetMapping, located: Located, values: Mapping[int, Facts], roles: Sequence[str]) -> list[_Sum]:
    first = located.layout.first
    totals = {bare_label(row.label): row for row in mapping.rows if row.role == "total"}
    sums = []
    for index, role in enumerate(roles):
        if role != "total":
            continue
        labels = [texts[index] for texts in located.labels.values() if texts[index].strip()]
        row = next((totals[bare_label(text)] for text in labels if bare_label(text) in totals), None)
        if row is None:
            continue
        parts = _parts(row, located, roles, index)
        label = next(text.strip() for text in labels if bare_label(text) in totals)
        sums += [_Sum(first + index, position, label, tuple((first + part, position) for part in parts)) for position in values if parts]
    return sums


def _parts(row: MappedRow, located: Located, roles: Sequence[str], index: int) -> list[int]:
    """Indices of the data rows that add up to the total at `index`."""
    if isinstance(row.of, tuple):
        wanted = {bare_label(label) for label in row.of}
        return [at for at in range(len(roles)) if at != index and any(bare_label(texts[at]) in wanted for texts in located.labels.values())]
    if row.of == "all":
        return [at for at, role in enumerate(roles) if role == "plain"]
    steps = range(index - 1, -1, -1) if row.of == "above" else range(index + 1, len(roles))
    found = []
    for at in steps:
        if roles[at] in {"total", "section"}:
            break
        if roles[at] == "plain":
            found.append(at)
    return found


def _column_sums(mapping: SheetMapping, located: Located, roles: Sequence[str]) -> list[_Sum]:
    at = {plain(each.column.heading): each.position for each in located.columns}
    sums = []
    for column in mapping.columns:
        parts = [at[plain(heading)] for heading in column.parts if plain(heading) in at]
        if len(parts) < 2 or plain(column.heading) not in at:
            continue
        position = at[plain(column.heading)]
        for index, role in enumerate(roles):
            if role in {"plain", "total"}:
                row = located.layout.first + index
                label = next((texts[index].strip() for texts in located.labels.values() if texts[index].strip()), "")
                sums.append(_Sum(row, position, label, tuple((row, part) for part in parts)))
    return sums
