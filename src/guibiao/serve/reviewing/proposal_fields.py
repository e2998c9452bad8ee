"""Fields of a proposal that a person may correct: their names on the page, how they are typed, what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from guibiao.model.operations import Proposal
from guibiao.model.text.mentions import Operator
from guibiao.model.text.names import Kind
from guibiao.reference.policies import TargetClass

Typed = Literal["text", "number", "date", "choice", "lines", "indicator"]
LONGEST = 2000
"""Characters of one field."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its key, its names, how it is typed, and among which values where it is a choice."""

    key: str
    zh: str
    en: str
    typed: Typed = "text"
    choices: tuple[str, ...] = ()


OPERATORS: Mapping[str, tuple[str, str]] = {
    ">=": ("≥ 不少于", "≥ at least"), ">": ("＞ 超过", "> more than"), "=": ("＝ 等于", "= equal to"), "<=": ("≤ 不超过", "≤ at most"),
    "<": ("＜ 少于", "< less than"), "approx": ("≈ 左右", "≈ about"), "range": ("区间", "range"),
    "multiple_of_base": ("× 基期的倍数", "× multiple of the base"),
}  # fmt: skip
KINDS: Mapping[str, tuple[str, str]] = {
    "level": ("水平", "level"), "increment": ("增量", "increment"), "ratio": ("比例", "ratio"), "growth": ("增速", "growth"),
    "count": ("数量", "count"), "ranking": ("位次", "ranking"), "relative": ("相对量", "relative"),
}  # fmt: skip
CLASSES: Mapping[str, tuple[str, str]] = {
    "policy_target": ("本市目标", "the city's target"), "implicit": ("隐含目标", "implicit target"), "corporate": ("企业目标", "corporate"),
    "forecast": ("预测", "forecast"), "project_spec": ("项目规格", "project specification"), "support_cap": ("支持上限", "support cap"),
    "event_plan": ("活动计划", "event plan"), "planned_scope": ("规划范围", "planned scope"), "enumeration": ("列举", "enumeration"),
    "retrospective": ("已发生", "retrospective"),
}  # fmt: skip
WORDS: Mapping[str, tuple[str, str]] = {**OPERATORS, **KINDS, **CLASSES}
TARGET_FIELDS = (
    Field("indicator", "名称", "Name"),
    Field("indicator_id", "对应指标", "Indicator", "indicator"),
    Field("operator", "方向", "Direction", "choice", get_args(Operator)),
    Field("value", "目标值", "Value", "number"),
    Field("value_high", "上限（区间）", "Upper end (range)", "number"),
    Field("unit", "单位", "Unit"),
    Field("deadline", "期限", "Deadline", "date"),
    Field("baseline", "基期", "Baseline"),
    Field("geography", "地区", "Area"),
    Field("kind", "量的类型", "Kind of quantity", "choice", get_args(Kind)),
    Field("class", "类别", "Class", "choice", get_args(TargetClass)),
    Field("note", "备注", "Note"),
)
TASK_FIELDS = (
    Field("number", "序号", "Number"),
    Field("title", "任务", "Task"),
    Field("lead", "牵头单位（每行一个）", "Lead offices (one a line)", "lines"),
    Field("supporting", "配合单位（每行一个）", "Supporting offices (one a line)", "lines"),
    Field("deadline", "期限", "Deadline", "date"),
    Field("note", "备注", "Note"),
)


def fields_of(proposal: Proposal) -> tuple[Field, ...]:
    """The fields of a target or a task."""
    return TARGET_FIELDS if proposal.kind == "target" else TASK_FIELDS


def current(proposal: Proposal) -> Mapping[str, str]:
    """What each field holds now, as it is typed."""
    content = {**proposal.content, **proposal.edits}
    return {field.key: _typed(content.get(field.key)) for field in fields_of(proposal)}


def changed(proposal: Proposal, given: Mapping[str, str]) -> dict[str, str]:
    """Of what was typed, what differs from what the field holds; a field that did not come along stays as it is."""
    there = current(proposal)
    typed = {key: text.replace("\r\n", "\n").strip()[:LONGEST] for key, text in given.items() if key in there}
    return {key: text for key, text in typed.items() if text != there[key]}


def _typed(value: Any) -> str:
    if value is None:
        return ""
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
