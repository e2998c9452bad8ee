"""The form of an owed table as a workbook: title, unit and period above, the headings of its binding, labels filled in, notes below.

What the office has handed in before decides the labels; where it has not, areas and categories come from the classifications.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from guibiao.model.messages import translate as _
from guibiao.model.period import Period
from guibiao.reference.definitions import Agreement, Facts, Selector, TableBinding, Workspace

_WIDEST = 40


@dataclass(frozen=True, slots=True)
class Form:
    """What stands on the form: `lines` above the heading, `headings`, `rows` with empty cells for figures, `notes` below."""

    sheet: str
    lines: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def form_of(workspace: Workspace, agreement: Agreement, period: Period, known: Mapping[str, Sequence[str]] | None = None) -> Form:
    """The form of an agreement for a period; `known` maps a label column to labels handed in before."""
    binding = workspace.tables[agreement.table]
    labels = [_labels(workspace, binding, selector, agreement, period, (known or {}).get(selector.column, ())) for selector in binding.rows]
    rows = tuple((*texts, *[""] * len(binding.values)) for texts in product(*labels))
    headings = (*(selector.column for selector in binding.rows), *binding.values)
    lines = (binding.title, _("填报单位：{office}    报告期：{period}").format(office=agreement.office, period=period))
    return Form(binding.sheet or _("填报"), lines, headings, rows, tuple(_notes(workspace, binding, agreement, period)))


def form_workbook(form: Form) -> bytes:
    """The form as .xlsx; labels are text, so that no program turns a period into a date."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = form.sheet
    width = max(1, len(form.headings))
    for number, text in enumerate(form.lines, start=1):
        sheet.cell(number, 1, text)
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=width)
        sheet.cell(number, 1).font = Font(size=14 if number == 1 else 10, bold=number == 1)
        sheet.cell(number, 1).alignment = Alignment(horizontal="center" if number == 1 else "left")
    line, head = Side(style="thin", color="999999"), len(form.lines) + 1
    for offset, texts in enumerate((form.headings, *form.rows)):
        for position, text in enumerate(texts, start=1):
            cell = sheet.cell(head + offset, position, text or None)
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            cell.number_format = "@" if text else "0.######"
            if not offset:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF4")
                cell.alignment = Alignment(horizontal="center", wrap_text=True)
    for offset, text in enumerate(form.notes, start=head + len(form.rows) + 1):
        sheet.cell(offset, 1, text)
    for position, heading in enumerate(form.headings, start=1):
        longest = max([len(heading), *(len(row[position - 1]) for row in form.rows)])
        sheet.column_dimensions[get_column_letter(position)].width = min(_WIDEST, 4 + 2 * longest)
    sheet.freeze_panes = sheet.cell(head + 1, 1)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _labels(
    workspace: Workspace, binding: TableBinding, selector: Selector, agreement: Agreement, period: Period, known: Sequence[str]
) -> Sequence[str]:
    if selector.supplies == "period":
        return (str(period),)
    if known:
        return tuple(dict.fromkeys(known))
    if selector.supplies == "area":
        areas = workspace.classifications["areas"].categories
        parts = [each.name_zh for each in areas if each.parent == workspace.settings.area]
        own = [each.name_zh for each in areas if each.code == workspace.settings.area]
        return parts or own
    if selector.lookup:
        return tuple(selector.lookup)
    if selector.supplies == "category" and selector.dimension in workspace.classifications:
        return tuple(each.name_zh for each in workspace.classifications[selector.dimension].categories)
    if selector.supplies == "indicator":
        return tuple(workspace.indicators[name].name_zh for name in agreement.indicators if name in workspace.indicators)
    return ("",)


def _notes(workspace: Workspace, binding: TableBinding, agreement: Agreement, period: Period) -> list[str]:
    from guibiao.ingest.due import due_date

    notes = [
        _("说明：{due} 前报送；缺数的格留空，不要填 0；不要改动表头。").format(due=due_date(agreement, period)),
        _("说明：协议 {agreement}；报送人 {role}。").format(agreement=agreement.agreement, role=agreement.contact_role),
    ]
    if agreement.legal_basis:
        notes.append(_("说明：依据 {basis}。").format(basis=agreement.legal_basis))
    for heading, facts in binding.values.items():
        name = (_merged(binding, facts)).indicator
        indicator = workspace.indicators.get(name)
        if indicator is not None:
            unit = facts.unit or binding.defaults.unit or indicator.unit
            notes.append(
                _("说明：“{heading}”单位 {unit}，{definition}").format(heading=heading, unit=unit, definition=indicator.definition_zh)
            )
    return notes


def _merged(binding: TableBinding, facts: Facts) -> Facts:
    return facts if facts.indicator else binding.defaults
