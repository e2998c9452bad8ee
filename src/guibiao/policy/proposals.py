"""Proposals from extraction, a person's edits of them, and the definitions that accepted ones become.

Method sheet: docs/methods/0712-proposals-and-decisions.md.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.model.operations import Proposal
from guibiao.model.text.blocks import DocumentText
from guibiao.model.text.mentions import Operator
from guibiao.model.text.names import Kind
from guibiao.model.unit import find_unit
from guibiao.policy.matching import match_indicator
from guibiao.policy.paper import text_digest
from guibiao.policy.records import target_record, task_record
from guibiao.policy.targets import Target, extract_targets
from guibiao.policy.tasks import Task, extract_tasks
from guibiao.reference.policies import PolicyTarget, PolicyTask, TargetClass

PROPOSED = frozenset({"policy_target", "implicit"})
"""Classes of quantities that are the city's own commitments."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NAME_LENGTH = 12


def definition_id(kind: str, digest: str, *offsets: int) -> str:
    """Digest of the document's text and the offsets: the same as long as the words stand where they stand."""
    text = "\n".join([kind, digest, *map(str, offsets)])
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:_NAME_LENGTH]}"


def proposals(
    document: DocumentText, name: str, indicators: Mapping[str, Indicator], classes: frozenset[str] = PROPOSED
) -> tuple[list[Proposal], Mapping[str, int]]:
    """Targets of some classes and all tasks, in reading order; and how many quantities of each other class were left out."""
    digest, sections = text_digest(document), _Sections(document)
    found, left_out = dict[str, Proposal](), dict[str, int]()
    for target in extract_targets(document):
        if target.classification in classes:
            proposal = _target(target, name, digest, sections, indicators)
            found.setdefault(proposal.id, proposal)
        else:
            left_out[target.classification] = left_out.get(target.classification, 0) + 1
    return [*found.values(), *_tasks(extract_tasks(document), name, digest)], left_out


def edited(proposal: Proposal, changes: Mapping[str, str], indicators: Mapping[str, Indicator]) -> Mapping[str, Any]:
    """The proposal's edits with further ones, each checked. BadRequest names the field and what it may be."""
    readers = _TARGET_FIELDS if proposal.kind == "target" else _TASK_FIELDS
    edits = dict(proposal.edits)
    for field, text in changes.items():
        if field not in readers:
            raise BadRequest(_("没有可改的项 {field}").format(field=field), remedy=_("可改：{fields}。").format(fields="、".join(readers)))
        try:
            edits[field] = readers[field](text.strip())
        except (ValueError, InvalidOperation):
            raise BadRequest(
                _("{field} 不能是“{text}”").format(field=field, text=text), remedy=_("写法见 guibiao policy accept --help。")
            ) from None
    if edits.get("indicator_id"):
        _require_indicator(str(edits["indicator_id"]), indicators)
    return edits


def definition(proposal: Proposal, accepted_on: date) -> PolicyTarget | PolicyTask:
    """What the workspace keeps of an accepted proposal. BadRequest where the edited values cannot be."""
    content = {**proposal.content, **proposal.edits}
    if proposal.kind == "task":
        return PolicyTask(
            id=proposal.id, number=content["number"], title=content["title"], section=content["section"], parent=content["parent"] or "",
            lead=tuple(content["lead"]), supporting=tuple(content["supporting"]), deadline=_day(content.get("deadline")),
            start=content["start"], end=content["end"], accepted_on=accepted_on, note=content.get("note", ""),
        )  # fmt: skip
    low, high = Decimal(str(content["value"])), content["value_high"]
    if high is not None and Decimal(str(high)) < low:
        raise BadRequest(_("上限 {high} 低于下限 {low}").format(high=high, low=low), remedy=_("改 value 或 value_high。"))
    return PolicyTarget(
        id=proposal.id, name=content["indicator"], indicator=content["indicator_id"] or "", operator=content["operator"], value=low,
        value_high=None if high is None else Decimal(str(high)), unit=content["unit"], deadline=_day(content["deadline"]),
        deadline_scope="edited" if "deadline" in proposal.edits else content["deadline_scope"], baseline=content["baseline"] or "",
        geography=content["geography"] or "", kind=content["kind"], classification=content["class"], section=content["section"],
        quote=content["quote"], start=content["start"], end=content["end"], value_start=content["value_start"],
        value_end=content["value_end"], deadline_start=content["deadline_start"], deadline_end=content["deadline_end"],
        accepted_on=accepted_on, note=content.get("note", ""),
    )  # fmt: skip


def adopted(proposal: Proposal, defined: PolicyTarget | PolicyTask) -> Proposal:
    """The proposal as accepted, with what the workspace's own definition says otherwise as edits."""
    own = definition(proposal, defined.accepted_on or date.min)
    names = _TARGET_NAMES if proposal.kind == "target" else {field: field for field in _TASK_FIELDS}
    edits = {field: _plain(getattr(defined, name)) for field, name in names.items() if getattr(defined, name) != getattr(own, name)}
    return replace(proposal, state="accepted", edits=edits)


def unit_mismatch(proposal: Proposal, indicators: Mapping[str, Indicator]) -> str:
    """A sentence where a level's unit is of another kind than its indicator's; empty where they fit or cannot be compared."""
    content = {**proposal.content, **proposal.edits}
    indicator = indicators.get(content.get("indicator_id") or "")
    if indicator is None or content["kind"] in {"relative", "growth"}:
        return ""
    own, other = find_unit(content["unit"]), find_unit(indicator.unit)
    if own is None or other is None or own.dimension == other.dimension:
        return ""
    return _("目标的单位 {unit} 与指标 {indicator} 的单位 {other} 不是一类").format(
        unit=content["unit"], indicator=indicator.id, other=indicator.unit
    )


class _Sections:
    """Headings above an offset, in order of the document."""

    def __init__(self, document: DocumentText) -> None:
        found = sorted((block.source(0), " / ".join(block.path)) for block in document.blocks if block.text)
        self._starts, self._paths = [start for start, _path in found], [path for _start, path in found]

    def at(self, offset: int) -> str:
        before = bisect_right(self._starts, offset)
        return self._paths[before - 1] if before else ""


def _target(target: Target, name: str, digest: str, sections: _Sections, indicators: Mapping[str, Indicator]) -> Proposal:
    record = target_record(target, match_indicator(target.indicator, target.unit, indicators))
    record.pop("doc")
    # JSON numbers are binary: the exact value travels as text.
    record["value"] = str(target.value)
    record["value_high"] = None if target.value_high is None else str(target.value_high)
    record.pop("value_base")
    record |= {"section": _clean(sections.at(target.start)), "quote": _clean(target.quote), "indicator": _clean(target.indicator)}
    key = definition_id("target", digest, target.value_start, target.value_end)
    return Proposal(id=key, kind="target", document=name, start=target.value_start, content=record)


def _tasks(tasks: Sequence[Task], name: str, digest: str) -> list[Proposal]:
    """Tasks with the id of their parent: the nearest one before them that has the number they name and holds them."""
    keys = [definition_id("task", digest, each.start) for each in tasks]
    result = []
    latest: dict[str, int] = {}
    for at, task in enumerate(tasks):
        above = latest.get(task.parent) if task.parent else None
        holds = above is not None and tasks[above].start <= task.start and task.end <= tasks[above].end
        latest[task.number] = at
        record = task_record(task)
        record.pop("doc")
        record |= {
            "title": _clean(task.title), "section": _clean(task.section), "parent": keys[above] if above is not None and holds else "",
            "lead": [_clean(unit) for unit in task.lead], "supporting": [_clean(unit) for unit in task.units if unit not in task.lead],
            "deadline": None,
        }  # fmt: skip
        record.pop("units")
        result.append(Proposal(id=keys[at], kind="task", document=name, start=task.start, content=record))
    return result


def _clean(text: str) -> str:
    """Without control characters and line breaks, which no ledger cell or YAML line may hold."""
    return re.sub(r"\s+", " ", _CONTROL.sub("", text)).strip()


def _require_indicator(name: str, indicators: Mapping[str, Indicator]) -> None:
    from difflib import get_close_matches

    if name in indicators:
        return
    near = get_close_matches(name, indicators, n=3)
    raise BadRequest(
        _("工作区没有指标 {name}").format(name=name),
        remedy=_("是不是 {near}？").format(near="、".join(near)) if near else _("先在 indicators/ 里定义，或不写 --indicator。"),
    )


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str) -> str:
    value = Decimal(text.replace(",", ""))
    if not value.is_finite():
        raise ValueError(text)
    return format(value, "f")


def _number_or_none(text: str) -> str | None:
    return _number(text) if text else None


def _iso(text: str) -> str | None:
    return date.fromisoformat(text).isoformat() if text else None


def _one_of(kind: Any) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in get_args(kind):
            raise ValueError(text)
        return text

    return read


def _plain(value: Any) -> Any:
    """A definition's value as an edit holds it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _words(text: str) -> list[str]:
    return [part for part in (_clean(each) for each in re.split(r"[|\n]", text)) if part]


_TARGET_FIELDS: Mapping[str, Callable[[str], Any]] = {
    "indicator": _clean, "indicator_id": _clean, "operator": _one_of(Operator), "value": _number, "value_high": _number_or_none,
    "unit": _clean, "deadline": _iso, "baseline": _clean, "geography": _clean, "kind": _one_of(Kind), "class": _one_of(TargetClass),
    "note": _clean,
}  # fmt: skip
_TARGET_NAMES = {
    field: {"indicator": "name", "indicator_id": "indicator", "class": "classification"}.get(field, field) for field in _TARGET_FIELDS
}
"""Field of an extracted record -> that of the definition."""
_TASK_FIELDS: Mapping[str, Callable[[str], Any]] = {
    "number": _clean, "title": _clean, "lead": _words, "supporting": _words, "deadline": _iso, "note": _clean,
}  # fmt: skip
