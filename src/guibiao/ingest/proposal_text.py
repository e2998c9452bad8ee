"""A proposed mapping as YAML for a person to correct: scores and reasons as comments, what is unsure marked `confirmed: false`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from guibiao.ingest.proposal import Proposal
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Facts
from guibiao.reference.mapping import MappedColumn, MappedRow


def mapping_text(proposal: Proposal) -> str:
    """The mapping's file; it validates against the schema `mapping`."""
    mapping = proposal.mapping
    unsure = len(mapping.unconfirmed)
    lines = [
        _("# 由 guibiao map 提出的映射：逐项核对；标 confirmed: false 的 {count} 项核对后删去该行，此前不收文件。").format(count=unsure),
        _("# 写法：guibiao schema mapping"),
    ]
    head: dict[str, Any] = {"id": mapping.id, "title": mapping.title, "table": mapping.table, "file_names": list(mapping.file_names)}
    head |= {"titles": list(mapping.titles), "sheet": mapping.sheet, "head_rows": mapping.head_rows, "period_from": mapping.period_from}
    head |= {"unit": mapping.unit, "unit_from": mapping.unit_from if mapping.unit else ""}
    lines += [f"{name}: {_scalar(value)}" for name, value in head.items() if value not in ("", [])]
    lines.append("columns:")
    for column in mapping.columns:
        lines += _column(column, proposal.reasons)
    if mapping.rows:
        lines.append("rows:")
        for row in mapping.rows:
            lines += _row(row, proposal.reasons)
    return "\n".join(lines) + "\n"


def _column(column: MappedColumn, reasons: Mapping[str, str]) -> Iterator[str]:
    reason = reasons.get(column.heading) or next((text for path, text in reasons.items() if _same(path, column)), "")
    if reason:
        yield f"  # {' '.join(reason.split())}"
    yield f"  - heading: {_scalar(column.heading)}"
    plain: dict[str, Any] = {"role": column.role, "column": column.column, "supplies": column.supplies, "dimension": column.dimension}
    plain |= {"fill_down": column.fill_down, "period": "" if column.period == "printed" else column.period}
    plain |= {"months_back": column.months_back, "parts": list(column.parts)}
    for name, value in plain.items():
        if value:
            yield f"    {name}: {_scalar(value)}"
    for name, facts in (("facts", column.facts), ("lookup", column.lookup), ("of_rows", column.of_rows)):
        if isinstance(facts, Facts):
            if _facts(facts):
                yield f"    {name}: {_scalar(_facts(facts))}"
        elif facts:
            yield f"    {name}:"
            for label, given in facts.items():
                yield f"      {_scalar(label)}: {_scalar(_facts(given) if isinstance(given, Facts) else given)}"
    if not column.confirmed:
        yield "    confirmed: false"


def _same(path: str, column: MappedColumn) -> bool:
    """Whether a reason's heading is the one from which a heading with an open period was made."""
    before, period, after = column.heading.partition("{period}")
    return bool(period) and path.startswith(before) and path.endswith(after)


def _row(row: MappedRow, reasons: Mapping[str, str]) -> Iterator[str]:
    if reasons.get(row.label):
        yield f"  # {reasons[row.label]}"
    yield f"  - label: {_scalar(row.label)}"
    yield f"    role: {row.role}"
    if row.role == "total":
        yield f"    of: {_scalar(row.of if isinstance(row.of, str) else list(row.of))}"
    if row.stated:
        yield "    stated: true"
    if not row.confirmed:
        yield "    confirmed: false"


def _facts(facts: Facts) -> dict[str, Any]:
    given = {name: value for name in Facts.__slots__ if (value := getattr(facts, name))}
    return {name: dict(value) if isinstance(value, Mapping) else str(value) for name, value in given.items()}


def _scalar(value: Any) -> str:
    """A value as YAML in one line: JSON is a part of YAML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_scalar(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_scalar(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)
