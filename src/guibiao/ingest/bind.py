"""A sheet and its binding to cells and statements. Nothing is repaired; what states nothing says why.

Order of precedence of an attribute: column (`values`), row (`row_facts`), printed labels (`rows`, a later selector over an earlier
one), `defaults`. The area falls back to the workspace's own, the source to the table's, unit and bases to the indicator's. A figure
printed in another unit than its indicator's is converted; `printed` then carries the printed unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guibiao.ingest.attributes import UNLABELLED, Attributes
from guibiao.ingest.cells import Cells
from guibiao.ingest.columns import Columns, bound_columns
from guibiao.ingest.figures import EMPTY, Fault, Reason
from guibiao.ingest.headings import Layout, layout
from guibiao.ingest.remarks import Remarks
from guibiao.ingest.sheet import Sheet
from guibiao.ingest.stating import Spot, Stating
from guibiao.model.finding import Finding
from guibiao.reference.corrections import Mended, corrections_of, mend_row, mend_words
from guibiao.reference.definitions import Correction, TableBinding, Workspace

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bound:
    """Rows of the tables `cells` and `statements`, findings, and counts: rows, cells, statements, and cells by reason."""

    cells: list[Row]
    statements: list[Row]
    findings: list[Finding]
    counts: dict[str, int]


def bind(
    sheet: Sheet, binding: TableBinding, workspace: Workspace, *, strict: bool = False, delivered: str = "", found: Layout | None = None
) -> Bound:
    """Cells and statements of one sheet.

    `strict` refuses the whole sheet (BadInput) where a value cell holds no figure, a label is unknown or two rows contradict each
    other; otherwise such cells are kept with their reason and a finding counts them. `delivered` names a file handed in; `found` says
    where things stand in it, where a mapping has found that out.
    """
    found = found or layout(sheet, binding)
    place = " ".join(part for part in (delivered, binding.place) if part)
    cells, remarks, statements = Cells(found, binding, place), Remarks(binding, sheet), list[Row]()
    cells.keep(1, found.first - 1, Reason.HEADING)
    unbound: list[str] = []
    corrections = corrections_of(workspace.corrections, binding.id)
    if binding.text_only:
        cells.keep(found.first, found.last, Reason.TEXT)
        _tell_words(remarks, mend_words(sheet.rows, corrections))
    else:
        columns = bound_columns(found, binding, workspace)
        table = _Table(found, columns, Stating(workspace, binding, place), cells, remarks, corrections)
        statements = table.take_rows()
        unbound = [
            heading for heading, reason in zip(cells.headings, columns.reasons, strict=True) if heading and reason == Reason.NOT_BOUND
        ]
    cells.keep(found.last + 1, len(sheet.rows), Reason.NOTE)
    _remark(remarks, cells, statements, unbound, strict)
    reasons = Counter(row["reason"] for row in cells.rows if row["reason"])
    counts = {"rows": cells.data_rows, "cells": len(cells.rows), "statements": len(statements), **reasons}
    return Bound(cells.rows, statements, remarks.findings, counts)


def _remark(remarks: Remarks, cells: Cells, statements: Sequence[Row], unbound: Sequence[str], strict: bool) -> None:
    if strict:
        remarks.refuse_faults()
    if not cells.data_rows:
        remarks.tell_no_rows(strict=strict)
    remarks.contradictions(statements, strict=strict)
    remarks.tell_faults()
    remarks.tell_texts(cells.rows, unbound)
    if remarks.sheet.rounded:
        remarks.tell_rounded(set(remarks.sheet.rounded) & {(row["row"], row["column"]) for row in statements})


def _tell_words(remarks: Remarks, mended: Mended) -> None:
    """The corrections of a table of words; its cells stay as printed."""
    for fits, pairs in ((True, mended.applied), (False, mended.unfit)):
        for correction, printed in pairs:
            place = f"第{correction.row}行第{correction.column}列"
            remarks.tell_correction(correction, printed, place, applied=fits)


@dataclass(frozen=True, slots=True)
class _Table:
    """One pass over the data rows."""

    found: Layout
    columns: Columns
    stating: Stating
    cells: Cells
    remarks: Remarks
    corrections: dict[int, list[Correction]]

    def take_rows(self) -> list[Row]:
        """Statements of all data rows; their cells go to `cells`, what is odd to `remarks`."""
        statements: list[Row] = []
        is_value = self.columns.is_value
        for number in range(self.found.first, self.found.last + 1):
            texts = self.cells.texts(number)
            if texts:
                label = self.columns.label(texts)
                outcomes = self._take_row(number, texts, label)
                reasons = list(self.columns.reasons)
                for position, outcome in outcomes:
                    if isinstance(outcome, Fault):
                        reasons[position] = outcome.reason.value
                    else:
                        statements.append(outcome)
                self.cells.add(number, texts, label, reasons, is_value)
        for correction in (each for left in self.corrections.values() for each in left):
            self.remarks.tell_correction(correction, "", f"第{correction.row}行", applied=False)
        return statements

    def _take_row(self, number: int, texts: tuple[str, ...], label: str) -> list[tuple[int, Row | Fault]]:
        read, applied = self._corrected(number, texts, label) if number in self.corrections else (texts, {})
        base, faults = self.columns.row_attributes(read)
        outcomes: list[tuple[int, Row | Fault]] = []
        for position, own in self.columns.values:
            if base is None:
                outcomes.append((position, Fault(Reason.SKIPPED, "")))
                continue
            heading = self.cells.headings[position]
            spot = Spot(number, position + 1, label, heading, texts[position], read[position], self._correction(applied, position))
            outcomes.append((position, self._state(spot, {**base, **own}, faults)))
        return outcomes

    def _state(self, spot: Spot, attributes: Attributes, faults: Mapping[str, Fault]) -> Row | Fault:
        """The statement of a value cell, or why there is none; a fault is told."""
        if not faults and (not spot.text or spot.text.isspace()) and UNLABELLED not in attributes.values():
            self.remarks.fault(spot.row, spot.heading, EMPTY)
            return EMPTY
        shared = self.stating.shared(attributes)
        if isinstance(shared, Fault):
            if shared.reason is Reason.NO_LABEL:
                shared = next((fault for name, fault in faults.items() if attributes.get(name) == UNLABELLED), shared)
            self.remarks.fault(spot.row, "", shared)
            return shared
        outcome = self.stating.state(spot, *shared, attributes)
        if isinstance(outcome, Fault):
            self.remarks.fault(spot.row, spot.heading, outcome)
        return outcome

    def _corrected(self, number: int, texts: tuple[str, ...], label: str) -> tuple[tuple[str, ...], dict[int, str]]:
        """The row as it is to be read, and position -> id of the corrections applied."""
        mended = mend_row(texts, self.corrections.pop(number))
        for fits, pairs in ((True, mended.applied), (False, mended.unfit)):
            for correction, printed in pairs:
                self.remarks.tell_correction(correction, printed, f"第{number}行“{label}”", applied=fits)
        return mended.rows[0], {correction.column - 1: correction.id for correction, _printed in mended.applied}

    def _correction(self, applied: Mapping[int, str], position: int) -> str:
        """Ids of the corrections behind a statement: its own cell's, and those of its row's labels."""
        if not applied:
            return ""
        is_value = self.columns.is_value
        return ",".join(name for at, name in applied.items() if at == position or not is_value[at])
