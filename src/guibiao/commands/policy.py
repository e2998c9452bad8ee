"""`guibiao policy`: targets and tasks of plans."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from guibiao.commands import board, decisions
from guibiao.commands.options import WorkspaceOption, say, show
from guibiao.model.messages import translate as _

FilesArgument = Annotated[list[Path], typer.Argument(help=_("文件（txt、md、html、docx、pdf），可以有几个。"))]
DatedOption = Annotated[str, typer.Option("--dated", metavar="YYYY-MM-DD", help=_("文件的日期；不写则从文中认定。"))]


class RecordFormat(StrEnum):
    """How records are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


RecordFormatOption = Annotated[RecordFormat, typer.Option("--format", help=_("输出格式。"))]


def tree() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(help=_("政策文件：摘出目标和任务。"), no_args_is_help=True)
    group.command("extract", help=_("摘出文件里的量化目标，每个都对应原文的位置。"))(extract)
    group.command("tasks", help=_("摘出文件里的任务和责任单位。"))(tasks)
    decisions.register(group)
    board.register(group)
    return group


def extract(
    files: FilesArgument,
    dated: DatedOption = "",
    every: Annotated[bool, typer.Option("--all", help=_("表格中也列出不是本市目标的数；jsonl 总是全部列出。"))] = False,
    workspace: WorkspaceOption = "",
    output: RecordFormatOption = RecordFormat.TABLE,
) -> None:
    """Targets of each file."""
    from guibiao.commands.options import load
    from guibiao.policies import read_policy
    from guibiao.policy.matching import match_indicator
    from guibiao.policy.records import target_record
    from guibiao.policy.targets import extract_targets

    indicators = load(workspace).indicators
    records = (
        target_record(target, match_indicator(target.indicator, target.unit, indicators))
        for path in files
        for target in extract_targets(read_policy(path, dated))
    )
    if output is not RecordFormat.TABLE:
        _print(records, output)
        return
    listed = [record for record in records if every or record["class"] in {"policy_target", "implicit"}]
    show(
        _("目标"),
        (_("类别"), _("指标"), _("目标值"), _("期限"), _("范围"), _("原文")),
        [
            [each["class"], each["indicator"], _shown(each), each["deadline"] or "", each["geography"] or "", each["quote"][:40]]
            for each in listed
        ],
    )
    say(_("共 {count} 条").format(count=len(listed)))


def tasks(files: FilesArgument, output: RecordFormatOption = RecordFormat.TABLE) -> None:
    """Tasks of each file."""
    from guibiao.policies import read_policy
    from guibiao.policy.records import task_record
    from guibiao.policy.tasks import extract_tasks

    records = [task_record(task) for path in files for task in extract_tasks(read_policy(path, ""))]
    if output is not RecordFormat.TABLE:
        _print(records, output)
        return
    show(
        _("任务"),
        (_("序号"), _("任务"), _("责任单位")),
        [[f"{each['parent'] or ''}{each['number']}", each["title"], "，".join(each["units"])] for each in records],
    )
    say(_("共 {count} 条").format(count=len(records)))


def _shown(record: dict[str, Any]) -> str:
    high = "" if record["value_high"] is None else f"—{record['value_high']}"
    sign = {"multiple_of_base": "×", "approx": "≈", "range": "", "=": ""}.get(record["operator"], record["operator"])
    return f"{sign}{record['value']}{high}{record['unit']}"


def _print(records: Iterable[dict[str, Any]], output: RecordFormat) -> None:
    """One record a line, or all in one document."""
    if output is RecordFormat.JSON:
        say(json.dumps(list(records), ensure_ascii=False, indent=2))
        return
    for record in records:
        say(json.dumps(record, ensure_ascii=False))
