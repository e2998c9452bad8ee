"""An office's sheet read with its mapping: the mapping becomes a binding of this very sheet, and `bind` does the rest.

Nothing is repaired: totals are checked and kept as cells, sections and notes are kept as cells, a value that is no figure, an unknown
label, a column that is missing refuse the whole file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from guibiao.ingest.attributes import category_code
from guibiao.ingest.bind import Bound, bind
from guibiao.ingest.figures import Reason
from guibiao.ingest.locating import Located, LocatedColumn, locate, matches
from guibiao.ingest.office_words import as_period, bare_label, is_note, periods_in, plain, timed, unit_after_word
from guibiao.ingest.remarks import Remarks
from guibiao.ingest.sheet import Sheet, column_letters
from guibiao.ingest.totals import TotalFault, check_totals
from guibiao.ingest.workbook import BookSheet, formula_refused
from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.model.period import Period
from guibiao.model.unit import Unit, find_unit
from guibiao.reference.definitions import Facts, Selector, TableBinding, Workspace
from guibiao.reference.mapping import MappedColumn, SheetMapping

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sheet gives under a mapping. `faults` are totals that do not add up; `remarks` what a person may want to know."""

    bound: Bound
    located: Located
    sheet: Sheet
    period: Period | None
    period_words: str
    faults: tuple[TotalFault, ...]
    checked_totals: int
    unchecked_totals: int
    remarks: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    """Why the file should not be taken in unless somebody answers for it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A handed-in file: its name, the dataset it becomes and the day it came."""

    name: str
    dataset: str
    known_from: str


def read_mapped(workspace: Workspace, mapping: SheetMapping, sheets: tuple[BookSheet, ...], received: Received) -> Reading:
    """The statements of a file under a mapping. Raises BadInput, with the cell and what to do, where it is refused."""
    if mapping.unconfirmed:
        raise BadInput(
            _("映射 {mapping} 还有 {count} 处待人确认：{names}").format(
                mapping=mapping.id, count=len(mapping.unconfirmed), names="、".join(mapping.unconfirmed)
            ),
            remedy=_("在 deliveries/mappings/{mapping}.yaml 里核对后删去 confirmed: false。").format(mapping=mapping.id),
            place=Place(received.name),
        )
    book_sheet = chosen_sheet(mapping, sheets, received.name)
    located = locate(mapping, book_sheet.sheet)
    return _Reader(workspace, mapping, book_sheet, located, received).read(len(sheets))


def chosen_sheet(mapping: SheetMapping, sheets: tuple[BookSheet, ...], name: str) -> BookSheet:
    """The sheet that the mapping names, or the one visible sheet that bears its headings. Raises BadInput."""
    if mapping.sheet:
        named = [each for each in sheets if plain(each.title) == plain(mapping.sheet)]
        if not named:
            raise BadInput(
                _("工作簿里没有名为 {sheet} 的工作表").format(sheet=mapping.sheet),
                _("现有工作表：{sheets}。").format(sheets="、".join(each.title for each in sheets)),
                _("请报送单位改回表名，或改映射 {mapping} 里的 sheet。").format(mapping=mapping.id),
                Place(name),
            )
        return named[0]
    visible = [each for each in sheets if not each.hidden] or list(sheets)
    bearing = [each for each in visible if _bears(mapping, each.sheet)]
    if len(bearing) > 1:
        raise BadInput(
            _("有 {count} 张工作表都有所要的表头：{sheets}").format(count=len(bearing), sheets="、".join(each.title for each in bearing)),
            remedy=_("在映射 {mapping} 里写 sheet，说明读哪一张。").format(mapping=mapping.id),
            place=Place(name),
        )
    if bearing:
        return bearing[0]
    return max(visible, key=lambda each: matches(mapping, each.sheet))


def _bears(mapping: SheetMapping, sheet: Sheet) -> bool:
    try:
        locate(mapping, sheet)
    except BadInput:
        return False
    return True


@dataclass(slots=True)
class _Reader:
    """One reading of one sheet."""

    workspace: Workspace
    mapping: SheetMapping
    book_sheet: BookSheet
    located: Located
    received: Received

    @property
    def sheet(self) -> Sheet:
        return self.book_sheet.sheet

    def read(self, sheets: int) -> Reading:
        """Cells, statements, checked totals."""
        words, period = self._period()
        unit = self._unit()
        self._refuse_formulas()
        self._refuse_merged()
        values = {each.position: self._facts(each, period, unit) for each in self.located.columns if each.column.role in {"value", "total"}}
        stated = {each.position for each in self.located.columns if each.column.role == "value"}
        bounds = [
            self._bound({position: facts for position, facts in values.items() if position in positions & stated}, of_rows)
            for of_rows, positions in self._passes()
        ]
        bound = _joined(bounds, self.located.filled, Remarks(TableBinding(id=self.received.dataset, title=""), self.sheet))
        totals = check_totals(self.workspace, self.mapping, self.located, self.sheet, values, self._roles())
        if not bound.statements:
            raise BadInput(
                _("没有读出任何数据"), remedy=_("核对是否交了空表，或表头下面另有空行。"), place=self.sheet.place(self.located.layout.first)
            )
        return Reading(
            bound, self.located, self.sheet, period, words, totals.faults, totals.checked, totals.unchecked,
            self._remarks(sheets, unit), (*map(str, totals.faults), *self._contradicted(period)),
        )  # fmt: skip

    def _period(self) -> tuple[str, Period | None]:
        """Words and days of the sheet's own period. Raises BadInput where it is not printed, or contradicted by the file's name."""
        place = self.sheet.place(max(1, self.located.first_head - 1))
        texts = {
            "title": ["".join(row) for row in self.sheet.rows[: self.located.first_head - 1]],
            "file name": [self.received.name],
            "sheet name": [self.book_sheet.title],
        }
        if self.mapping.period_from == "labels":
            return "", None
        found = next((pairs[0] for text in texts[self.mapping.period_from] if (pairs := periods_in(text))), None)
        if found is None:
            raise BadInput(
                _("表头上方没有印报告期") if self.mapping.period_from == "title" else _("文件名或表名里没有报告期"),
                remedy=_("请报送单位在标题里写明，如 2026年3月；或改映射 {mapping} 里的 period_from。").format(mapping=self.mapping.id),
                place=place,
            )
        return found

    def _contradicted(self, period: Period | None) -> list[str]:
        """The month in the file's name is another than the one in the title: one of them was not changed."""
        if self.mapping.period_from != "title" or period is None:
            return []
        named = periods_in(self.received.name)
        if not named or any(each.end == period.end for _words, each in named):
            return []
        return [_("标题印的报告期是 {title}，文件名写的是 {name}").format(title=period, name=named[0][1])]

    def _unit(self) -> Unit | None:
        """Unit of the columns without one of their own. Raises BadInput where the title should print it and does not."""
        own = find_unit(self.mapping.unit) if self.mapping.unit else None
        if self.mapping.unit_from == "fixed":
            return own
        rows = self.sheet.rows[: self.located.layout.first - 1]
        printed = [unit for row in rows for text in row for unit in unit_after_word(text)]
        fitting = [unit for unit in printed if own is None or unit.dimension == own.dimension]
        if not fitting:
            raise BadInput(
                _("标题里没有印计量单位；以前印的是 {unit}").format(unit=self.mapping.unit or "—"),
                remedy=_("请报送单位在表上写明“单位：…”；若单位从此固定，改映射 {mapping} 里的 unit_from。").format(
                    mapping=self.mapping.id
                ),
                place=self.sheet.place(max(1, self.located.first_head - 1)),
            )
        return fitting[0]

    def _facts(self, each: LocatedColumn, period: Period | None, unit: Unit | None) -> Facts:
        """What a column states in this sheet: the mapping's facts with the period and unit that are printed."""
        facts, column = each.column.facts, each.column
        base = each.period or period
        if not facts.period and base is not None:
            own = base if column.period == "printed" and not column.months_back else timed(base, column.period, column.months_back)
            facts = replace(facts, period=str(own), measure=facts.measure)
        return replace(facts, unit=unit.symbol) if not facts.unit and unit is not None else facts

    def _passes(self) -> list[tuple[Mapping[str, Facts], frozenset[int]]]:
        """Value columns grouped by the facts their rows have in them alone."""
        groups: dict[str, tuple[Mapping[str, Facts], set[int]]] = {}
        for each in self.located.columns:
            if each.column.role == "value":
                groups.setdefault(repr(sorted(each.column.of_rows.items())), (each.column.of_rows, set()))[1].add(each.position)
        return [(of_rows, frozenset(positions)) for of_rows, positions in groups.values()]

    def _bound(self, values: Mapping[int, Facts], of_rows: Mapping[str, Facts]) -> Bound:
        base = self.workspace.tables[self.mapping.table]
        paths = self.located.layout.paths
        binding = TableBinding(
            id=self.received.dataset,
            title=base.title,
            source=base.source,
            place=base.place,
            rows=tuple(self._selector(each, of_rows) for each in self._label_columns(of_rows)),
            values={paths[position]: facts for position, facts in values.items()},
            defaults=_merged(
                base.defaults, replace(self.mapping.defaults, known_from=self.mapping.defaults.known_from or self.received.known_from)
            ),
            restricted=base.restricted,
        )
        places = {
            **self.workspace.places,
            f"table {binding.id}": self.workspace.places.get(f"mapping {self.mapping.id}", Place(self.mapping.id)),
        }
        workspace = replace(self.workspace, places=places)
        filled = self._filled()
        found = replace(self.located.layout, sheet=filled)
        return bind(filled, binding, workspace, strict=True, delivered=self.received.name, found=found)

    def _label_columns(self, of_rows: Mapping[str, Facts]) -> list[LocatedColumn]:
        """Label columns; the units printed in the rows are not those of a column whose rows have facts of their own."""
        found = [each for each in self.located.columns if each.column.role == "label"]
        return [each for each in found if each.column.supplies != "unit"] if of_rows else found

    def _filled(self) -> Sheet:
        """The sheet with the labels of merged cells in each of their rows, and without merged data cells that hold labels."""
        rows = [list(row) for row in self.sheet.rows]
        for number, position in self.located.filled:
            row = rows[number - 1]
            row.extend([""] * (position + 1 - len(row)))
            row[position] = self.located.labels[position][number - self.located.layout.first]
        return replace(self.sheet, rows=tuple(tuple(row) for row in rows), merged=())

    def _selector(self, each: LocatedColumn, of_rows: Mapping[str, Facts]) -> Selector:
        """The label column as a selector of this sheet: its labels with their codes, and those that state nothing."""
        column = each.column
        texts = {text.strip() for text in self.located.labels[each.position] if text.strip()}
        own = {bare_label(label): facts for label, facts in of_rows.items()} if column.supplies == "indicator" else {}
        known = {text: given for text in texts if (given := own.get(bare_label(text)) if own else self._code(column, text))}
        skipped = tuple(sorted(text for text in texts if self._is_skipped(text) or (own and text not in known)))
        supplies = column.supplies or "note"
        return Selector(
            column=self.located.layout.paths[each.position], supplies=supplies, dimension=column.dimension, lookup=known, skip=skipped
        )

    def _is_skipped(self, text: str) -> bool:
        row = self._row_roles().get(bare_label(text))
        return is_note(text) if row is None else not row[1]

    def _code(self, column: MappedColumn, text: str) -> str | Facts:
        for label, given in column.lookup.items():
            if bare_label(label) == bare_label(text):
                return given
        wanted = plain(text)
        if column.supplies == "period":
            period = as_period(text, self.located.reference_year)
            return str(period) if period is not None else ""
        if column.supplies == "unit":
            unit = find_unit(wanted)
            return unit.symbol if unit is not None else ""
        if column.supplies in {"area", "category"}:
            classification = "areas" if column.supplies == "area" else column.dimension
            if classification not in self.workspace.classifications:
                return wanted
            return category_code(self.workspace, classification, wanted) or category_code(self.workspace, classification, bare_label(text))
        return ""

    def _row_roles(self) -> dict[str, tuple[str, bool]]:
        return {bare_label(row.label): (row.role, row.stated) for row in self.mapping.rows}

    def _roles(self) -> tuple[str, ...]:
        """Role of each data row: plain, total, section, note or blank; a total nobody bound is one by its words."""
        roles = []
        known = self._row_roles()
        for number in range(self.located.layout.first, self.located.layout.last + 1):
            labels = [texts[number - self.located.layout.first] for texts in self.located.labels.values()]
            own = next((known[bare_label(text)][0] for text in labels if text.strip() and bare_label(text) in known), "")
            blank = not any(text.strip() for text in self.sheet.rows[number - 1])
            roles.append(own or ("blank" if blank else "note" if any(is_note(text) for text in labels if text.strip()) else "plain"))
        return tuple(roles)

    def _refuse_formulas(self) -> None:
        """Raise BadInput for a formula where a figure should stand; in totals and texts it may."""
        positions = {each.position for each in self.located.columns if each.column.role == "value"}
        roles = self._roles()
        for row, column in sorted(self.book_sheet.formulas):
            within = self.located.layout.first <= row <= self.located.layout.last
            if within and column - 1 in positions and roles[row - self.located.layout.first] == "plain":
                raise formula_refused(self.sheet.rows[row - 1][column - 1].lstrip("="), row, column, self.sheet.name)

    def _refuse_merged(self) -> None:
        """Raise BadInput for a merged cell among the figures: it has one value for several."""
        positions = {each.position for each in self.located.columns if each.column.role in {"value", "total"}}
        first, last = self.located.layout.first, self.located.layout.last
        for block in self.sheet.merged:
            covered = positions & set(range(block.first_column - 1, block.last_column))
            if (
                covered
                and block.last_row >= first
                and block.first_row <= last
                and self._roles()[max(block.first_row, first) - first] == "plain"
            ):
                raise BadInput(
                    _("数据区有合并单元格 {range}").format(range=block),
                    remedy=_("取消合并，把每一格都填上；合并后只有左上角一格有值。"),
                    place=self.sheet.place(block.first_row, column_letters(block.first_column)),
                )

    def _remarks(self, sheets: int, unit: Unit | None) -> tuple[str, ...]:
        said = [
            _("列“{heading}”从 {old} 列移到 {new} 列，按表头找到").format(heading=heading, old=old, new=new)
            for heading, old, new in self.located.moved
        ]
        bound = {each.position for each in self.located.columns}
        added = [
            f"{column_letters(position + 1)} {path}"
            for position, path in enumerate(self.located.layout.paths)
            if path and position not in bound
        ]
        if added:
            said.append(_("有映射里没有的列，只作文字保存：{columns}").format(columns="、".join(added)))
        if sheets > 1:
            said.append(_("工作簿有 {count} 张工作表，只读“{sheet}”").format(count=sheets, sheet=self.book_sheet.title))
        if unit is not None and self.mapping.unit and unit.symbol != self.mapping.unit:
            said.append(_("标题印的单位由 {old} 变为 {new}，按印的读").format(old=self.mapping.unit, new=unit.symbol))
        return tuple(said)


def _merged(base: Facts, own: Facts) -> Facts:
    """Facts of the table with those of the mapping over them."""
    given = {name: value for name in Facts.__slots__ if (value := getattr(own, name)) and name != "categories"}
    return replace(base, **given, categories={**base.categories, **own.categories})


def _joined(bounds: list[Bound], filled: Iterable[tuple[int, int]], remarks: Remarks) -> Bound:
    """One result of several passes over a sheet: a cell states something where any pass says so; labels filled in are no cells."""
    absent = {(row, position + 1) for row, position in filled}
    cells: dict[tuple[int, int], Row] = {}
    for cell in (cell for each in bounds for cell in each.cells):
        key = (cell["row"], cell["column"])
        held = cells.get(key)
        if key not in absent and (held is None or (not held["stated"] and _says_more(cell, held))):
            cells[key] = cell
    rows = sorted(cells.values(), key=lambda cell: (cell["row"], cell["column"]))
    statements = [row for each in bounds for row in each.statements]
    unbound = dict.fromkeys(row["column_label"] for row in rows if row["reason"] == Reason.NOT_BOUND.value and row["column_label"])
    remarks.tell_texts(rows, list(unbound))
    findings = [finding for each in bounds for finding in each.findings if finding.rule != "kept_as_text"]
    reasons = Counter(row["reason"] for row in rows if row["reason"])
    counts = {"rows": bounds[0].counts["rows"], "cells": len(rows), "statements": len(statements), **reasons}
    return Bound(rows, statements, [*findings, *remarks.findings], counts)


def _says_more(cell: Row, held: Row) -> bool:
    return bool(cell["stated"]) or held["reason"] in {Reason.NOT_BOUND.value, Reason.SKIPPED.value}
