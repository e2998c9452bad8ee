"""The ledger out to a workbook and back: what comes back unchanged changes nothing, and a file is taken in whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from guibiao.ledgers import LedgerDesk
from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.model.operations import Act, LedgerTask
from guibiao.policy.ledger_cells import splitter
from guibiao.policy.ledger_import import Edit, LedgerImport, plan_import
from guibiao.policy.ledger_sheet import read_ledger_sheet
from guibiao.policy.ledger_workbook import ledger_workbook
from guibiao.reference.policies import normalise
from guibiao.store.files import replace_whole

LARGEST = 64 * 1024**2
"""Bytes of a workbook that is taken in."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did."""

    plan: LedgerImport
    rows: int


def export_ledger(desk: LedgerDesk, path: Path, *, title: str = "", state: str = "", office: str = "") -> int:
    """Write the ledger to a workbook; returns the number of tasks. The same ledger gives the same bytes."""
    if path.suffix.lower() != ".xlsx":
        raise BadInput(_("台账只导出为 .xlsx"), remedy=_("把文件名写成 台账.xlsx。"), place=Place(str(path)))
    tasks, _hidden = desk.tasks(state=state, office=office)
    name = title or f"{desk.workspace.settings.name_zh}督办台账"
    content = ledger_workbook(tasks, name)
    if not path.parent.is_dir():
        raise BadInput(_("没有文件夹 {folder}").format(folder=path.parent), remedy=_("先建文件夹，或换一个位置。"), place=Place(str(path)))
    replace_whole(path, content)
    return len(tasks)


def import_ledger(desk: LedgerDesk, path: Path, who: str, why: str = "", *, sheet: str = "") -> Taken:
    """Take in a workbook: new tasks, edits and moves, in one transaction; BadInput or BatchErrors, and nothing stored, otherwise."""
    from guibiao.ingest.workbook import read_workbook

    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise BadInput(
            _("文件读不了：{problem}").format(problem=error.strerror), remedy=_("核对路径和权限。"), place=Place(str(path))
        ) from None
    if len(content) > LARGEST:
        raise BadInput(_("文件超过 {size} MB").format(size=LARGEST // 1024**2), remedy=_("拆成几个文件。"), place=Place(path.name))
    read = read_workbook(content, path.name, sheet)
    merges = [(each.first_row, each.first_column, each.last_row, each.last_column) for each in read.merged]
    listed = read_ledger_sheet(path.name, read.rows, merges)
    offices = desk.workspace.offices
    units = splitter(lambda name: normalise(name, None, offices) is not None)
    with desk.store.transaction():
        current = {each.record.id: each for each in desk.store.every(LedgerTask)}
        plan = plan_import(listed, path.name, current, lambda key, version: desk.store.as_of_version(LedgerTask, key, version), units, why)
        for task in plan.new:
            desk.store.add(task, desk.act("import", who, why))
        for edit in plan.edits:
            desk.store.replace(edit.record, edit.kept.version, _act(desk, edit, who, why))
    return Taken(plan, len(listed.rows))


def _act(desk: LedgerDesk, edit: Edit, who: str, why: str) -> Act:
    """An edit bears the name of its move, of an extension, or of neither."""
    if edit.move is not None:
        return desk.act(edit.move.name, who, why)
    extended = edit.kept.record.due is not None and edit.record.due != edit.kept.record.due
    return desk.act("extend" if extended else "import", who, why)
