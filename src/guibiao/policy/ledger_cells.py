"""A ledger row as the texts of workbook cells, and the texts back as a row's fields.

A cell whose text is what the row itself prints changes nothing, so that a workbook that comes back as it went changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from guibiao.model.errors import BadInput
from guibiao.model.messages import translate as _
from guibiao.model.operations import LedgerTask
from guibiao.model.text.dates import deadlines
from guibiao.policy.ledger import STAGE_WORDS, STATE_WORDS, find_state

UnitSplitter = Callable[[str], tuple[str, ...]]
"""Text of a cell -> the offices it names."""
LONGEST = 32_767
"""Characters of a workbook cell."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|[\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?: 00:00:00)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the ledger: its field, its heading and the group above, other headings offices use for it, its width."""

    field: str
    heading: str
    group: str
    others: tuple[str, ...] = ()
    width: int = 14


COLUMNS: tuple[Column, ...] = (
    Column("number", "序号", "任务", ("编号", "任务序号"), 8),
    Column("section", "类别", "任务", ("任务类别", "所属章节", "重点领域", "板块"), 20),
    Column(
        "title",
        "任务",
        "任务",
        ("任务名称", "工作任务", "重点任务", "任务内容", "工作内容", "督办事项", "事项", "项目名称", "主要任务"),
        36,
    ),
    Column("lead", "责任单位", "分工", ("牵头单位", "主责单位", "责任部门", "牵头部门", "主要责任单位", "承办单位", "主办单位"), 20),
    Column("supporting", "配合单位", "分工", ("配合部门", "协办单位", "参与单位", "支持单位"), 20),
    Column("due", "完成时限", "进度", ("完成时间", "时限", "时间节点", "完成期限", "办结时限", "计划完成时间"), 14),
    Column("progress", "进展情况", "进度", ("工作进展", "进展", "落实情况", "完成情况", "推进情况", "最新进展"), 40),
    Column("state", "状态", "进度", ("办理状态", "任务状态", "当前状态"), 8),
    Column("investment", "投资", "项目", ("投资额", "总投资", "投资规模"), 12),
    Column("stage", "阶段", "项目", ("项目阶段", "建设阶段"), 8),
)
ID_HEADING, VERSION_HEADING = "编号（勿改）", "版本（勿改）"
EXTRA_GROUP = "其他"
ALIASES: Mapping[str, str] = {text: column.field for column in COLUMNS for text in (column.heading, *column.others)}


def cells_of(task: LedgerTask) -> dict[str, str]:
    """Field -> text of its cell; one unit a line."""
    return {
        "number": task.number,
        "section": task.section,
        "title": task.title,
        "lead": "\n".join(task.lead),
        "supporting": "\n".join(task.supporting),
        "due": task.due_words or (task.due.isoformat() if task.due else ""),
        "progress": task.progress,
        "state": STATE_WORDS[task.state],
        "investment": "" if task.investment is None else f"{task.investment}{task.investment_unit}",
        "stage": STAGE_WORDS.get(task.stage, ""),
    }


def with_cells(task: LedgerTask, cells: Mapping[str, str], extra: Mapping[str, str], units: UnitSplitter) -> LedgerTask:
    """The row with the fields whose cells differ from what it prints, and with its extra columns.

    BadInput names the field's column where a text cannot be understood. The state is taken as it stands; whether a move leads there is
    the ledger's to say.
    """
    own = cells_of(task)
    changed: dict[str, Any] = {}
    for field, text in cells.items():
        clean = clean_text(text)
        if clean != clean_text(own[field]):
            changed |= _READERS[field](clean, units)
    texts = {heading: clean_text(text) for heading, text in extra.items()}
    kept = {heading: text for heading, text in texts.items() if text or heading in task.extra}
    return replace(task, **changed, extra={**task.extra, **kept})


def clean_text(text: str) -> str:
    """Line ends as `\\n`, no space around. BadInput for control characters, which a workbook cannot hold."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _CONTROL.search(clean):
        raise BadInput(_("格内含有控制字符"), remedy=_("重新录入该格。"))
    if len(clean) > LONGEST:
        raise BadInput(_("格内文字超过 {limit} 字").format(limit=LONGEST), remedy=_("缩短，或把全文作为佐证材料。"))
    return clean


def splitter(known: Callable[[str], bool], by_comma: bool = False) -> UnitSplitter:
    """How a cell's offices are told apart: by commas, semicolons and line breaks; by 、 unless it stands inside a known office's name.

    A line break inside a known name is a wrapped line. `by_comma` keeps 、 inside names throughout.
    """

    def split(text: str) -> tuple[str, ...]:
        parts = [part.strip() for part in re.split(r"[，,;；\n]", text)]
        found: list[str] = []
        for part in _joined([part for part in parts if part], known):
            found.extend([part] if by_comma or known(part) else _joined(part.split("、"), known, "、"))
        return tuple(dict.fromkeys(each.strip() for each in found if each.strip()))

    return split


def _joined(parts: list[str], known: Callable[[str], bool], mark: str = "") -> list[str]:
    """Neighbours joined where only together they are a known name."""
    found: list[str] = []
    for part in parts:
        if found and not known(part) and known(f"{found[-1]}{mark}{part}"):
            found[-1] = f"{found[-1]}{mark}{part}"
        else:
            found.append(part)
    return found


def read_due(text: str, dated: date | None = None) -> tuple[date | None, str]:
    """The day a deadline means, and its words where they are more than the day; no day for 长期, 持续推进."""
    iso = _ISO.fullmatch(text)
    if iso is not None:
        try:
            return date(*map(int, iso.groups())), ""
        except ValueError:
            raise BadInput(_("没有 {text} 这一天").format(text=text), remedy=_("写成 2026-12-31。")) from None
    if re.fullmatch(r"(?:19|20)\d\d", text):
        text = f"{text}年"
    found = list(deadlines(text, dated))
    return (found[-1].day if found else None), text


def _due(text: str, _units: UnitSplitter) -> dict[str, Any]:
    day, words = read_due(text)
    return {"due": day, "due_words": words}


def _state(text: str, _units: UnitSplitter) -> dict[str, Any]:
    state = find_state(text)
    if state is None:
        raise BadInput(
            _("没有“{text}”这一状态").format(text=text), remedy=_("可用：{words}。").format(words="、".join(STATE_WORDS.values()))
        )
    return {"state": state}


def _stage(text: str, _units: UnitSplitter) -> dict[str, Any]:
    stage = find_stage(text)
    return {"stage": stage}


def find_stage(text: str) -> str:
    """The stage of a project a word means; empty for empty. BadInput for another word."""
    found = next((name for name, word in STAGE_WORDS.items() if text.strip() in {name, word}), "")
    if text.strip() and not found:
        raise BadInput(
            _("没有“{text}”这一阶段").format(text=text), remedy=_("可用：{words}。").format(words="、".join(STAGE_WORDS.values()))
        )
    return found


def read_investment(text: str) -> tuple[Decimal | None, str]:
    """Amount and unit: 12.5亿元. BadInput where it is no amount."""
    match = re.fullmatch(r"(?P<number>[\d,，]+(?:\.\d+)?)\s*(?P<unit>\D{0,8})", text.strip())
    if not text.strip():
        return None, ""
    try:
        if match is None:
            raise InvalidOperation
        return Decimal(re.sub("[,，]", "", match["number"])), match["unit"].strip()
    except InvalidOperation:
        raise BadInput(_("投资额“{text}”不是数").format(text=text), remedy=_("写成 12.5亿元。")) from None


def _investment(text: str, _units: UnitSplitter) -> dict[str, Any]:
    amount, unit = read_investment(text)
    return {"investment": amount, "investment_unit": unit}


def _title(text: str, _units: UnitSplitter) -> dict[str, Any]:
    if not text:
        raise BadInput(_("任务没有名称"), remedy=_("补上任务名称；要结束任务，用销号。"))
    return {"title": text}


_READERS: Mapping[str, Callable[[str, UnitSplitter], dict[str, Any]]] = {
    "number": lambda text, _units: {"number": text},
    "section": lambda text, _units: {"section": text},
    "title": _title,
    "lead": lambda text, units: {"lead": units(text)},
    "supporting": lambda text, units: {"supporting": units(text)},
    "due": _due,
    "progress": lambda text, _units: {"progress": text},
    "state": _state,
    "investment": _investment,
    "stage": _stage,
}
