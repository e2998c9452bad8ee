"""Targets and tasks as records for files and other programs: plain fields in a fixed order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from guibiao.model.quantity import format_number
from guibiao.policy.matching import Match
from guibiao.policy.targets import Target
from guibiao.policy.tasks import Task


def target_record(target: Target, match: Match | None = None) -> dict[str, Any]:
    """A target with offsets into the original, numbers as JSON numbers; `indicator_id` is the workspace's own, null without one."""
    found = match if match is not None and match.indicator else None
    return {
        "doc": target.doc, "quote": target.quote, "start": target.start, "end": target.end, "indicator": target.indicator,
        "operator": target.operator, "value": _number(target.value), "value_high": _number(target.value_high), "unit": target.unit,
        "value_base": _number(target.value_base), "unit_base": target.unit_base,
        "deadline": None if target.deadline is None else target.deadline.isoformat(), "deadline_scope": target.deadline_scope,
        "baseline": target.baseline or None, "geography": target.geography or None, "kind": target.kind, "class": target.classification,
        "confidence": target.confidence, "value_start": target.value_start, "value_end": target.value_end,
        "deadline_start": target.deadline_start, "deadline_end": target.deadline_end,
        "indicator_id": found.indicator if found else None, "indicator_score": found.score if found else None,
    }  # fmt: skip


def task_record(task: Task) -> dict[str, Any]:
    """A task; `parent` is the number of the task it belongs to, null without one."""
    return {
        "doc": task.doc, "number": task.number, "title": task.title, "section": task.section, "units": list(task.units),
        "lead": list(task.lead), "start": task.start, "end": task.end, "parent": task.parent or None,
    }  # fmt: skip


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(format_number(value))
