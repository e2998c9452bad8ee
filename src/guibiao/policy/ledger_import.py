"""What a workbook changes in the ledger: rows that are new, edited, untouched, or edited by somebody else meanwhile.

Nothing is stored here: the result is a plan, or every fault of the file at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from guibiao.model.errors import BadInput, BatchErrors, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.model.operations import Conflict, Kept, LedgerTask
from guibiao.policy.ledger import Family, Move, find_state, move_between, step
from guibiao.policy.ledger_cells import UnitSplitter, cells_of, clean_text, with_cells
from guibiao.policy.ledger_sheet import LedgerRow, LedgerSheet

_WORDS = {
    "未启动": "registered", "未开始": "registered", "尚未启动": "registered", "进行中": "underway", "推进中": "underway",
    "正在推进": "underway", "正常推进": "underway", "正在办理": "underway", "持续推进": "underway", "待审核": "review", "待核验": "review",
    "已完成": "closed", "完成": "closed", "办结": "closed", "已办结": "closed", "已销号": "closed",
}  # fmt: skip
"""Words of offices' own workbooks for a state, understood when a task is first taken in."""
Past = Callable[[str, int], LedgerTask | None]


@dataclass(frozen=True, slots=True)
class Edit:
    """A row that a person edited: the record as it is, and as it shall be after the move, where the state is another."""

    kept: Kept[LedgerTask]
    record: LedgerTask
    move: Move | None


@dataclass(frozen=True, slots=True)
class LedgerImport:
    """The plan: `worded` are state words that were taken for a state, `notes` lines below the table that are not stored."""

    new: tuple[LedgerTask, ...]
    edits: tuple[Edit, ...]
    unchanged: int
    absent: int
    worded: Mapping[str, str]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Planning:
    sheet: str
    current: Mapping[str, Kept[LedgerTask]]
    past: Past
    units: UnitSplitter
    why: str
    new: dict[str, LedgerTask] = field(default_factory=dict)
    edited: dict[str, tuple[LedgerRow, LedgerTask]] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)
    worded: dict[str, str] = field(default_factory=dict)
    faults: list[GuibiaoError] = field(default_factory=list)


def plan_import(
    sheet: LedgerSheet, name: str, current: Mapping[str, Kept[LedgerTask]], past: Past, units: UnitSplitter, why: str = ""
) -> LedgerImport:
    """What the sheet changes. `past` gives a record at a version; `why` is the reason of moves that need one.

    BatchErrors with every fault and every conflict, each with its row; then nothing is to be stored.
    """
    planning = _Planning(name, current, past, units, why)
    for position, row in enumerate(sheet.rows):
        try:
            _take(planning, row, position)
        except GuibiaoError as fault:
            planning.faults.append(_placed(fault, name, row.row))
    edits = _edits(planning)
    if planning.faults:
        raise BatchErrors(_("台账文件有 {count} 处不能接收，什么都没有存").format(count=len(planning.faults)), tuple(planning.faults))
    named = {*planning.new, *planning.edited, *planning.unchanged}
    absent = sum(1 for key in current if key not in named)
    return LedgerImport(tuple(planning.new.values()), edits, len(planning.unchanged), absent, planning.worded, sheet.notes)


def _take(planning: _Planning, row: LedgerRow, position: int) -> None:
    if not row.id:
        _take_unnamed(planning, row, position)
        return
    kept = planning.current.get(row.id)
    if kept is None or row.version is None:
        raise BadInput(_("台账里没有编号 {id}").format(id=row.id), remedy=_("不要改动编号；新任务的编号和版本都留空。"))
    if row.id in planning.edited or row.id in planning.unchanged:
        raise BadInput(_("编号 {id} 出现两次").format(id=row.id), remedy=_("删去一行；新任务的编号和版本都留空。"))
    if kept.version == row.version:
        _note(planning, row, with_cells(kept.record, row.cells, row.extra, planning.units))
        return
    base = planning.past(row.id, row.version)
    if base is None or row.version > kept.version:
        raise BadInput(_("{id} 没有第 {version} 版").format(id=row.id, version=row.version), remedy=_("不要改动版本；重新导出后再改。"))
    edited = with_cells(base, row.cells, row.extra, planning.units)
    if edited in (base, kept.record):
        planning.unchanged.add(row.id)
        return
    raise _conflict(row, base, edited, kept.record)


def _take_unnamed(planning: _Planning, row: LedgerRow, position: int) -> None:
    """A row without id: a task of its own; the same file taken in again finds it, and may not silently overwrite it."""
    record = _new(planning, row, position)
    if record.id in planning.new or record.id in planning.unchanged:
        raise BadInput(_("两行任务的序号、名称和责任单位都相同"), remedy=_("删去一行，或改序号。"))
    kept = planning.current.get(record.id)
    if kept is None:
        planning.new[record.id] = record
    elif _same(kept.record, record):
        planning.unchanged.add(record.id)
    else:
        base = planning.past(record.id, 1)
        if base is not None and _same(base, record):
            planning.unchanged.add(record.id)
            return
        raise BadInput(
            _("任务“{title}”已在台账里，内容不同").format(title=record.title[:40]),
            remedy=_("先用 guibiao ledger export 导出，在导出的文件里改。"),
        )


def _new(planning: _Planning, row: LedgerRow, position: int) -> LedgerTask:
    cells = {name: clean_text(text) for name, text in row.cells.items()}
    text = "\n".join(cells.get(name, "") for name in ("number", "section", "title", "lead"))
    key = f"row-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    word = cells.get("state", "")
    if word and find_state(word) is None and word in _WORDS:
        planning.worded[word] = _WORDS[word]
        cells["state"] = _WORDS[word]
    if not word:
        cells.pop("state", None)
    # A column stays a column of the ledger, also where no row fills it.
    empty = LedgerTask(id=key, title="", position=position, extra=dict.fromkeys(row.extra, ""))
    record = with_cells(empty, cells, row.extra, planning.units)
    return replace(record, kind="project" if record.investment is not None or record.stage else "task")


def _same(kept: LedgerTask, record: LedgerTask) -> bool:
    return cells_of(kept) == cells_of(record) and dict(kept.extra) == dict(record.extra)


def _note(planning: _Planning, row: LedgerRow, edited: LedgerTask) -> None:
    if edited == planning.current[row.id].record:
        planning.unchanged.add(row.id)
    else:
        planning.edited[row.id] = (row, edited)


def _edits(planning: _Planning) -> tuple[Edit, ...]:
    """Edits in an order in which each move finds its family as it will be: children close before parents, parents reopen before them."""
    after = {key: kept.record for key, kept in planning.current.items()}
    children: dict[str, list[str]] = {}
    for key, record in after.items():
        if record.parent:
            children.setdefault(record.parent, []).append(key)
    edits = []
    for key in _ordered(planning.edited, after):
        row, edited = planning.edited[key]
        kept = planning.current[key]
        family = Family(after.get(kept.record.parent), tuple(after[each] for each in children.get(key, ())))
        try:
            record, move = _moved(kept.record, edited, family, planning.why)
        except GuibiaoError as fault:
            planning.faults.append(_placed(fault, planning.sheet, row.row))
            continue
        after[key] = record
        edits.append(Edit(kept, record, move))
    return tuple(edits)


def _moved(old: LedgerTask, edited: LedgerTask, family: Family, why: str) -> tuple[LedgerTask, Move | None]:
    """The edited row with its state and deadline reached by moves of the ledger, never written over them."""
    plain, move = replace(edited, state=old.state), None
    if edited.state != old.state:
        move = move_between(old.state, edited.state)
        plain = step(plain, move, why=why, family=family)
    if plain.due != old.due and old.state == "closed":
        raise BadInput(_("{id} 已经销号，不能改完成时限").format(id=old.id), remedy=_("先退回，再延期。"))
    if old.due is not None and plain.due is not None and plain.due > old.due and not why.strip():
        raise BadInput(_("完成时限推后是延期，要写明理由"), remedy=_("用 --why 写明，或改回原时限。"))
    if old.due is not None and (plain.due is None or plain.due < old.due):
        raise BadInput(_("完成时限只能推后，不能提前或删去"), remedy=_("改回原时限 {due}。").format(due=cells_of(old)["due"]))
    return plain, move


def _ordered(edited: Mapping[str, tuple[LedgerRow, LedgerTask]], records: Mapping[str, LedgerTask]) -> Sequence[str]:
    def depth(key: str) -> int:
        seen: set[str] = set()
        while key in records and records[key].parent and key not in seen:
            seen.add(key)
            key = records[key].parent
        return len(seen)

    reopened = {key for key, (_row, record) in edited.items() if key in records and records[key].state == "closed" != record.state}
    return sorted(edited, key=lambda key: (key not in reopened, depth(key) if key in reopened else -depth(key)))


def _conflict(row: LedgerRow, base: LedgerTask, edited: LedgerTask, current: LedgerTask) -> Conflict:
    was, mine, now = cells_of(base), cells_of(edited), cells_of(current)
    lines = [
        _("{field}：导出时“{was}”，文件里“{mine}”，现在“{now}”").format(field=name, was=was[name], mine=mine[name], now=now[name])
        for name in was
        if len({was[name], mine[name], now[name]}) > 1
    ]
    return Conflict(
        _("{id} 在导出之后被改过，文件里也改了").format(id=row.id), "；".join(lines), _("重新导出，把改动写进新文件。"), Place(line=row.row)
    )


def _placed(fault: GuibiaoError, name: str, row: int) -> GuibiaoError:
    return type(fault)(fault.title, fault.description, fault.remedy, Place(name, row, fault.place.column))
