"""Words for what stands in the ledger, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from guibiao.model.operations import TaskState
from guibiao.serve.task_services import Light

STATES: Mapping[TaskState, tuple[str, str]] = {
    "registered": ("登记", "registered"), "decomposed": ("分解", "assigned"), "underway": ("在办", "under way"),
    "review": ("待核", "under review"), "closed": ("销号", "closed"),
}  # fmt: skip
"""In the order of the work; the Chinese words are those of the offices' workbooks."""
LIGHTS: Mapping[Light, tuple[str, str]] = {
    "overdue": ("逾期", "overdue"), "blocked": ("受阻", "blocked"), "due": ("临期", "due soon"), "undated": ("未定时限", "no deadline"),
    "on_time": ("正常", "on time"), "done": ("销号", "closed"),
}  # fmt: skip
"""In the order of what needs attention."""
LIGHT_NOTES: Mapping[Light, tuple[str, str]] = {
    "overdue": ("过了完成时限，没有销号", "past the deadline and not closed"),
    "blocked": ("有问题没有解决", "a problem is open"),
    "due": ("三十天内到期", "due within thirty days"),
    "undated": ("没有写完成时限", "no deadline is written"),
    "on_time": ("离完成时限三十天以上", "more than thirty days left"),
    "done": ("已经销号", "closed"),
}
MOVES: Mapping[str, tuple[str, str]] = {
    "decompose": ("分解", "Assign"), "start": ("在办", "Start"), "submit": ("报待核", "Submit for review"), "close": ("销号", "Close"),
    "return": ("退回", "Return"), "extend": ("延期", "Extend"),
}  # fmt: skip
OWN_MOVES = frozenset({"decompose", "start", "submit"})
"""Steps of those who do the work; the others are decisions of who keeps the ledger."""
STAGES: Mapping[str, tuple[str, str]] = {
    "planned": ("谋划", "planned"), "preparing": ("前期", "preparing"), "building": ("在建", "under construction"),
    "completed": ("竣工", "completed"), "operating": ("投产", "operating"),
}  # fmt: skip
KINDS: Mapping[str, tuple[str, str]] = {
    "task": ("任务", "task"), "milestone": ("节点", "milestone"), "problem": ("问题", "problem"), "evidence": ("佐证", "evidence"),
    "project": ("重大项目", "project"),
}  # fmt: skip
ACTIONS: Mapping[str, tuple[str, str]] = {
    "register": ("登记", "registered"), "decompose": ("分解", "assigned"), "start": ("在办", "started"),
    "submit": ("报待核", "submitted for review"), "close": ("销号", "closed"), "return": ("退回", "returned"),
    "extend": ("延期", "extended"), "update": ("更新", "updated"), "import": ("由台账文件接收", "taken in from a workbook"),
    "add": ("登记", "added"), "cascade": ("分到各区", "handed down"), "reach": ("达到", "reached"), "undo": ("撤回", "taken back"),
    "resolve": ("解决", "resolved"), "reopen": ("重新提出", "reopened"),
}  # fmt: skip
FIELDS: Mapping[str, tuple[str, str]] = {
    "title": ("内容", "title"), "number": ("序号", "number"), "section": ("类别", "section"), "lead": ("责任单位", "lead"),
    "supporting": ("配合单位", "supporting"), "due": ("完成时限", "deadline"), "due_words": ("时限原文", "deadline in words"),
    "state": ("状态", "state"), "progress": ("进展", "progress"), "investment": ("投资", "investment"),
    "investment_unit": ("投资单位", "unit of investment"), "stage": ("阶段", "stage"), "done_on": ("达到日期", "reached on"),
    "measures": ("措施", "measures"), "document": ("文件", "document"), "parent": ("上级任务", "parent"), "area": ("地区", "area"),
    "position": ("位置", "position"), "extra": ("其他列", "further columns"), "kind": ("种类", "kind"), "text": ("内容", "text"),
    "period": ("时期", "period"), "name": ("文件名", "file name"), "size": ("字节数", "bytes"), "sha256": ("摘要", "digest"),
    "task": ("任务", "task"), "id": ("编号", "id"),
}  # fmt: skip
SORTS: Mapping[str, tuple[str, str]] = {
    "": ("轻重缓急", "attention"), "due": ("完成时限", "deadline"), "place": ("文件次序", "document order"),
    "office": ("责任单位", "office"),
    "state": ("办理状态", "state"),
}  # fmt: skip
