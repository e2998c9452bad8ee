"""Tables of the chapter on targets and tasks: outcomes by date, targets as of a day, targets that nothing measures, tasks by office.

Rows of targets are those of the declared table `attainment`; what a cell says is what the row says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from guibiao.model.quantity import format_number
from guibiao.publish.document import TableCell
from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence
from guibiao.reference.definitions import Workspace
from guibiao.reference.policies import PolicyDocument, normalise
from guibiao.reference.report_definitions import ChartDefinition, TableDefinition

Row = Mapping[str, Any]
Cells = tuple[TableCell, ...]
Listing = tuple[Sequence[str], list[Cells], list[str]]
Passport = Callable[[Figure], str]
STATUSES: Mapping[str, tuple[str, str]] = {
    "met": ("已完成", "met"),
    "on_pace": ("进度合拍", "on pace"),
    "behind": ("进度落后", "behind"),
    "out_of_reach": ("难以达到", "out of reach"),
    "missed": ("未完成", "missed"),
    "no_data": ("没有数据", "no data"),
    "not_measurable": ("无法衡量", "not measurable"),
}
_SIGNS = {">=": ("不低于", "≥ "), ">": ("超过", "> "), "<=": ("不超过", "≤ "), "<": ("低于", "< "), "approx": ("约", "about ")}
_DISTRICTS = {"每个区", "各区", "每区"}


def outcomes_by_date(evidence: Evidence, boards: Mapping[date, Sequence[Row]]) -> Listing:
    """How many targets were in which state on each day; a day without any document yet has a dash."""
    say = evidence.wording.choose
    head = [say("状态", "State"), *(evidence.wording.day(day) for day in boards)]
    counts = {day: Counter(row["status"] for row in rows) for day, rows in boards.items()}
    rows = [
        (_words(say(*names)), *(_count(counts[day][status], bool(counts[day])) for day in boards))
        for status, names in STATUSES.items()
        if any(counts[day][status] for day in boards)
    ]
    rows.append((_words(say("合计", "All")), *(_count(sum(counts[day].values()), bool(counts[day])) for day in boards)))
    notes = [
        say(
            "每一日只计当日已发布文件的目标，只用当日已公布的数据；期限未到的为合拍、落后或难以达到，期限已过的为完成或未完成。",
            "Each day counts the targets of documents issued by then and uses figures published by then; before the deadline a target is "
            "on pace, behind or out of reach, after it met or missed.",
        )
    ]
    return head, rows, notes


def targets_as_of(evidence: Evidence, rows: Sequence[Row], quoted: Passport) -> Listing:
    """One row a target that something measures, by document: goal, deadline, last figure, state, what stands behind it."""
    say = evidence.wording.choose
    head = say("目标,目标值,期限,最近数,状态,依据", "Target,Goal,Due,Last figure,State,Grounds").split(",")
    measured = [row for row in rows if row["reason"] != "no_indicator"]
    lines: list[Cells] = []
    for document in dict.fromkeys(row["document"] for row in measured):
        own = [row for row in measured if row["document"] == document]
        lines.append((_words(f"{_title(evidence.workspace, document)}（{len(own)}）", columns=6),))
        lines += [_target(evidence, row, quoted) for row in own]
    left = len(rows) - len(measured)
    notes = [say(f"另有{left}项目标没有衡量它的指标。", f"{left} more targets have no indicator that measures them.")] if left else []
    return head, lines, [*notes, *_read_as(evidence, measured)]


def unmeasured_targets(evidence: Evidence, rows: Sequence[Row]) -> Listing:
    """Targets that no indicator of the workspace measures, with their words: what would have to be measured."""
    say = evidence.wording.choose
    head = say("目标,目标值,期限,文件", "Target,Goal,Due,Document").split(",")
    lines: list[Cells]
    without = [row for row in rows if row["reason"] == "no_indicator"]
    lines = [
        (
            _words(_name(row)),
            _words(_goal(evidence, row), "center"),
            _words(_due(row), "center"),
            _words(_title(evidence.workspace, row["document"])),
        )
        for row in without
    ]
    return head, lines, [say(f"共{len(without)}项。", f"{len(without)} targets.")] if without else []


def tasks_by_office(evidence: Evidence) -> Listing:
    """How many tasks each office has in each document, leading or supporting, under the name it has today."""
    say = evidence.wording.choose
    documents = [document for document in evidence.workspace.policies.values() if document.tasks]
    counts = {document.id: _offices(evidence.workspace, document) for document in documents}
    names = sorted(
        {name for each in counts.values() for name in each}, key=lambda name: (-sum(each[name] for each in counts.values()), name)
    )
    head = [say("单位", "Office"), *(document.title for document in documents), say("合计", "All")]
    lines = [
        (
            _words(name),
            *(_count(counts[document.id][name], True) for document in documents),
            _count(sum(each[name] for each in counts.values()), True),
        )
        for name in names
    ]
    total = sum(len(_leaves(document)) for document in documents)
    notes = [
        say(
            f"共{total}项任务，{len(names)}个责任单位；一项任务有几个单位的各计一次，改名的单位并入后续单位。",
            f"{total} tasks, {len(names)} offices; a task with several offices counts for each, a renamed office under its present name.",
        )
    ]
    return head, lines, notes


def attainment_indicators(workspace: Workspace) -> set[str]:
    """Indicators whose figures such tables quote."""
    named = {target.indicator for document in workspace.policies.values() for target in document.targets}
    return {name for name in named | {each.indicator for closer in workspace.attainment.measures for each in closer.measures} if name}


def _target(evidence: Evidence, row: Row, quoted: Passport) -> Cells:
    say = evidence.wording.choose
    return (
        _words(_name(row)),
        _words(_goal(evidence, row), "center"),
        _words(_due(row), "center"),
        _last(evidence, row, quoted),
        _words(say(*STATUSES[row["status"]]), "center"),
        _words(say(row["grounds_zh"], row["grounds_en"])),
    )


def _last(evidence: Evidence, row: Row, quoted: Passport) -> TableCell:
    """The last figure with its passport, where the very figure is among those of the run."""
    if row["value"] is None:
        return _words("—", "center")
    text = f"{_number(row['value'])}{row['unit']}"
    same = (
        figure
        for figure in evidence.figures.of(row["indicator"])
        if " ".join(figure.period.to_sdmx()) == row["period"]
        and figure.quantity.value == row["value"]
        and figure.known_from == row["known_from"]
    )
    found = next(same, None)
    period = evidence.wording.period(found.period) if found else _span(row["period"])
    return TableCell(f"{text}（{period}）" if evidence.wording.chinese else f"{text} ({period})", quoted(found) if found else "", "center")


def _span(period: str) -> str:
    """First and last year of a period in SDMX form: what was added up over several years."""
    start, _slash, duration = period.partition(" ")[0].partition("/")
    years = int(duration[1:-1]) if duration.endswith("Y") else 1
    first = int(start[:4])
    return str(first) if years == 1 else f"{first}—{first + years - 1}"


def _read_as(evidence: Evidence, rows: Sequence[Row]) -> list[str]:
    """What was assumed or bears on the comparison, each once with the targets it concerns."""
    say = evidence.wording.choose
    concerned: dict[str, dict[str, None]] = {}
    for row in rows:
        assumed, remark = say(row["assumption_zh"], row["assumption_en"]), say(row["remark_zh"], row["remark_en"])
        for part in (*(assumed.split(say("；", "; ")) if assumed else ()), *([remark] if remark else ())):
            concerned.setdefault(part, {})[_name(row)] = None
    return [say(f"{'、'.join(names)}：{part}。", f"{', '.join(names)}: {part}.") for part, names in concerned.items()]


def _goal(evidence: Evidence, row: Row) -> str:
    number = _number(row["target_value"])
    if row["target_high"] is not None:
        number += f"—{_number(row['target_high'])}"
    if row["operator"] == "multiple_of_base":
        return evidence.wording.choose(f"基期的{number}倍", f"{number} × the base")
    return f"{evidence.wording.choose(*_SIGNS.get(row['operator'], ('', '')))}{number}{row['target_unit']}"


def _name(row: Row) -> str:
    return f"{row['geography']}{row['name']}" if row["geography"] in _DISTRICTS else str(row["name"])


def _due(row: Row) -> str:
    due = row["deadline"]
    return "—" if due is None else str(due.year) if (due.month, due.day) == (12, 31) else str(due.isoformat())


def _title(workspace: Workspace, document: str) -> str:
    found = workspace.policies.get(document)
    return found.title if found else document


def _offices(workspace: Workspace, document: PolicyDocument) -> Counter[str]:
    def present(unit: str) -> str:
        office = normalise(unit, document.dated, workspace.offices)
        return office.name if office else unit

    return Counter(name for task in _leaves(document) for name in {present(unit) for unit in task.units})


def _leaves(document: PolicyDocument) -> list[Any]:
    """Tasks that name units: a task divided into sub-items leaves them to these."""
    return [task for task in document.tasks if task.units]


def _number(value: Decimal) -> str:
    return format_number(value.normalize())


def _count(number: int, known: bool) -> TableCell:
    return TableCell(str(number) if known else "—", align="right" if known else "center")


def _words(text: str, align: str = "left", columns: int = 1) -> TableCell:
    return TableCell(text, align=align, columns=columns)


def board_days(definitions: Iterable[TableDefinition | ChartDefinition], last: date) -> tuple[date, ...]:
    """Every day that tables and charts of targets ask for, in order."""
    return tuple(sorted({day for definition in definitions if _asks(definition) for day in days_of(definition, last)}))


def days_of(definition: TableDefinition | ChartDefinition, last: date) -> tuple[date, ...]:
    """The days of one table or chart: as written, an empty one being the day of the report; days after it are left out."""
    asked = [date.fromisoformat(text) if text else last for text in definition.days or ("",)]
    return tuple(dict.fromkeys(day for day in asked if day <= last))


def _asks(definition: TableDefinition | ChartDefinition) -> bool:
    kind = definition.rows if isinstance(definition, TableDefinition) else definition.kind
    return kind in {"outcome", "target", "unmeasured"}


def _outcomes(evidence: Evidence, definition: TableDefinition, _quoted: Passport) -> Listing:
    return outcomes_by_date(evidence, {day: evidence.boards.get(day, ()) for day in days_of(definition, evidence.as_of)})


def _targets(evidence: Evidence, definition: TableDefinition, quoted: Passport) -> Listing:
    return targets_as_of(evidence, _board(evidence, definition), quoted)


def _unmeasured(evidence: Evidence, definition: TableDefinition, _quoted: Passport) -> Listing:
    return unmeasured_targets(evidence, _board(evidence, definition))


def _tasks(evidence: Evidence, _definition: TableDefinition, _quoted: Passport) -> Listing:
    return tasks_by_office(evidence)


def _board(evidence: Evidence, definition: TableDefinition) -> Sequence[Row]:
    """Rows of the last day asked for; none where all lie after the report."""
    days = days_of(definition, evidence.as_of)
    return evidence.boards.get(days[-1], ()) if days else ()


ATTAINMENT_LISTINGS: Mapping[str, Callable[[Evidence, TableDefinition, Passport], Listing]] = MappingProxyType(
    {"outcome": _outcomes, "target": _targets, "unmeasured": _unmeasured, "task": _tasks}
)
