"""References of policies and offices: every indicator, source, parent and successor named is there, every name means one office a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.attainment import attainment_problems
from guibiao.reference.definitions import Workspace
from guibiao.reference.policies import FOLDER, OFFICES_FILE, Office, PolicyDocument, office_key


def policy_faults(workspace: Workspace) -> Iterator[GuibiaoError]:
    """What does not fit between policies, offices and the rest of the workspace."""
    seen: dict[str, str] = {}
    for document in workspace.policies.values():
        place = workspace.places.get(f"policy {document.id}", Place(f"{FOLDER}/{document.id}.yaml"))
        for problem, remedy in _document_problems(workspace, document, place, seen):
            yield BadDefinition(problem, remedy=remedy, place=place)
    targets = (target.id for document in workspace.policies.values() for target in document.targets)
    yield from attainment_problems(workspace.attainment, targets, workspace.indicators)
    place = Place(OFFICES_FILE)
    for office in workspace.offices.values():
        for problem, remedy in _office_problems(workspace, office):
            yield BadDefinition(problem, remedy=remedy, place=workspace.places.get(f"office {office.id}", place))


def _document_problems(workspace: Workspace, document: PolicyDocument, place: Place, seen: dict[str, str]) -> Iterator[tuple[str, str]]:
    if place.file != f"{FOLDER}/{document.id}.yaml":
        yield _("文件名与 id {id} 不一致").format(id=document.id), _("把文件改名为 {id}.yaml。").format(id=document.id)
    if document.source and document.source not in workspace.sources:
        yield _("没有定义来源 {id}").format(id=document.source), _("补进 sources/，或改正这一项。")
    for name in (*(each.id for each in document.targets), *(each.id for each in document.tasks)):
        if name in seen:
            yield _("{id} 已在 {first} 定义过").format(id=name, first=seen[name]), _("改一个名字。")
        seen[name] = place.file
    for target in document.targets:
        if target.indicator and target.indicator not in workspace.indicators:
            yield (
                _("目标 {id} 的指标 {indicator} 没有定义").format(id=target.id, indicator=target.indicator),
                _("补进 indicators/，或留空。"),
            )
        if target.value_high is not None and target.value_high < target.value:
            yield _("目标 {id} 的上限低于下限").format(id=target.id), _("核对 value 与 value_high。")
    tasks = {each.id for each in document.tasks}
    for task in document.tasks:
        if task.parent and task.parent not in tasks:
            yield _("任务 {id} 的上级 {parent} 没有定义").format(id=task.id, parent=task.parent), _("补上该任务，或删去 parent。")


def _office_problems(workspace: Workspace, office: Office) -> Iterator[tuple[str, str]]:
    areas = workspace.classifications.get("areas")
    if office.succeeded_by and office.succeeded_by not in workspace.offices:
        yield _("没有定义后续机构 {id}").format(id=office.succeeded_by), _("补进名录，或删去 succeeded_by。")
    if office.area and (areas is None or areas.find(office.area) is None):
        yield _("地区分类里没有 {area}").format(area=office.area), _("改正机构的 area。")
    if office.valid_from and office.valid_to and office.valid_to < office.valid_from:
        yield _("机构 {id} 的止日早于起日").format(id=office.id), _("核对 valid_from 与 valid_to。")
    keys = set(map(office_key, office.names))
    for other in workspace.offices.values():
        shared = keys & set(map(office_key, other.names))
        if other.id > office.id and shared and _together(office, other):
            yield (
                _("名称 {name} 同时属于 {first} 和 {second}").format(name=min(shared), first=office.id, second=other.id),
                _("删去一处，或写明各自的起止日。"),
            )


def _together(first: Office, second: Office) -> bool:
    """Whether two offices exist on some same day."""
    start = max(first.valid_from or date.min, second.valid_from or date.min)
    return start <= min(first.valid_to or date.max, second.valid_to or date.max)
