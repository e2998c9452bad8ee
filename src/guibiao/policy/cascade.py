"""A city task handed down to the districts (各区配套工作方案): one task for each, with a state of its own."""

from __future__ import annotations

from collections.abc import Sequence

from guibiao.model.operations import LedgerTask
from guibiao.reference.definitions import Workspace


def district_tasks(task: LedgerTask, areas: Sequence[str], workspace: Workspace) -> tuple[LedgerTask, ...]:
    """The districts' parts of a task: same words and deadline, led by the office of the area where the list of offices has one."""
    return tuple(
        LedgerTask(
            id=f"{task.id}/{area}", title=task.title, document=task.document, number=task.number, section=task.section,
            lead=(_leading(area, workspace),), due=task.due, due_words=task.due_words, parent=task.id, area=area, position=task.position,
        )
        for area in areas
    )  # fmt: skip


def _leading(area: str, workspace: Workspace) -> str:
    office = next((each for each in workspace.offices.values() if each.area == area and each.kind == "office"), None)
    if office is not None:
        return office.name
    category = workspace.classifications["areas"].find(area)
    return area if category is None else category.name_zh
