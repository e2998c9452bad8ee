"""`guibiao ledger milestone`, `project`, `problem`: what stands beside the tasks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from guibiao.commands.operations import OperationsOption, WhoOption, WhyOption, ledger_desk, person, plain, short
from guibiao.commands.options import Format, FormatOption, OutOption, WorkspaceOption, emit, parse_day, say, show
from guibiao.model.messages import translate as _

DueOption = Annotated[str, typer.Option("--due", metavar="YYYY-MM-DD", help=_("完成时限。"))]
LeadOption = Annotated[list[str], typer.Option("--lead", help=_("责任单位，可重复。"))]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help=_("编号，或它的开头几位。"))]


def milestones() -> typer.Typer:
    """The group of commands over milestones."""
    group = typer.Typer(help=_("任务的季度和年度节点。"), no_args_is_help=True)

    @group.command(help=_("登记一个节点。"))
    def add(
        task: IdArgument,
        period: Annotated[str, typer.Argument(metavar="PERIOD", help=_("季度、半年或年，如 2026年二季度、2026。"))],
        text: Annotated[str, typer.Argument(metavar="TEXT", help=_("到时要做到什么。"))],
        who: WhoOption = "",
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        operations: OperationsOption = "",
        output: FormatOption = Format.TABLE,
    ) -> None:
        with ledger_desk(workspace, out, operations) as desk:
            _tell(desk.milestone(task, period, text, person(who)), output)

    @group.command(help=_("记下节点已经达到。"))
    def done(
        milestone: IdArgument,
        on: Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD", help=_("哪一天达到；默认为今天。"))] = "",
        undo: Annotated[bool, typer.Option("--undo", help=_("撤回。"))] = False,
        who: WhoOption = "",
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        operations: OperationsOption = "",
        output: FormatOption = Format.TABLE,
    ) -> None:
        day = parse_day(on, "--on") or datetime.now(UTC).astimezone().date()
        with ledger_desk(workspace, out, operations) as desk:
            _tell(desk.reached(milestone, person(who), on=day, undo=undo), output)

    return group


def projects() -> typer.Typer:
    """The group of commands over major projects."""
    group = typer.Typer(help=_("重大项目：有投资和阶段的任务。"), no_args_is_help=True)

    @group.command(help=_("登记一个重大项目。"))
    def add(
        title: Annotated[str, typer.Argument(metavar="TITLE", help=_("项目名称。"))],
        lead: LeadOption = [],  # noqa: B006
        investment: Annotated[str, typer.Option("--investment", help=_("投资额，如 12.5亿元。"))] = "",
        stage: Annotated[str, typer.Option("--stage", help=_("阶段：谋划、前期、在建、竣工、投产。"))] = "",
        due: DueOption = "",
        who: WhoOption = "",
        why: WhyOption = "",
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        operations: OperationsOption = "",
        output: FormatOption = Format.TABLE,
    ) -> None:
        from guibiao.policy.ledger_cells import read_investment

        amount, unit = read_investment(investment)
        with ledger_desk(workspace, out, operations) as desk:
            day = parse_day(due, "--due")
            _tell(desk.project(title, lead, person(who), investment=amount, unit=unit, stage=stage, due=day, why=why), output)

    @group.command("list", help=_("列出重大项目。"))
    def every(
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        operations: OperationsOption = "",
        output: FormatOption = Format.TABLE,
    ) -> None:
        from guibiao.policy.ledger_cells import cells_of

        with ledger_desk(workspace, out, operations) as desk:
            found = [kept.record for kept in desk.tasks(kind="project")[0]]
        if output is Format.JSON:
            emit([plain(each) for each in found])
            return
        cells = [(each.id, cells_of(each)) for each in found]
        rows = [
            [short(name), each["title"], each["lead"].replace("\n", "，"), each["investment"], each["stage"], each["state"]]
            for name, each in cells
        ]
        show(_("重大项目"), (_("编号"), _("项目"), _("责任单位"), _("投资"), _("阶段"), _("状态")), rows)

    return group


def problems() -> typer.Typer:
    """The group of commands over major problems."""
    group = typer.Typer(help=_("重大问题：与重大政策、重大项目并列调度。"), no_args_is_help=True)

    @group.command(help=_("登记一个重大问题。"))
    def add(
        title: Annotated[str, typer.Argument(metavar="TITLE", help=_("问题。"))],
        task: Annotated[str, typer.Option("--task", help=_("属于哪项任务。"))] = "",
        lead: LeadOption = [],  # noqa: B006
        due: DueOption = "",
        who: WhoOption = "",
        why: WhyOption = "",
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        operations: OperationsOption = "",
        output: FormatOption = Format.TABLE,
    ) -> None:
        with ledger_desk(workspace, out, operations) as desk:
            _tell(desk.problem(title, person(who), task=task, lead=lead, due=parse_day(due, "--due"), why=why), output)

    @group.command(help=_("记下问题已经解决，须写明理由；--reopen 重新提出。"))
    def solve(
        problem: IdArgument,
        measures: Annotated[str, typer.Option("--measures", help=_("采取的措施。"))] = "",
        reopen: Annotated[bool, typer.Option("--reopen", help=_("重新提出。"))] = False,
        who: WhoOption = "",
        why: WhyOption = "",
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        operations: OperationsOption = "",
        output: FormatOption = Format.TABLE,
    ) -> None:
        with ledger_desk(workspace, out, operations) as desk:
            _tell(desk.solve(problem, person(who), why, measures=measures, reopen=reopen), output)

    @group.command("list", help=_("列出重大问题。"))
    def every(
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        operations: OperationsOption = "",
        output: FormatOption = Format.TABLE,
    ) -> None:
        with ledger_desk(workspace, out, operations) as desk:
            found = desk.problems()
        if output is Format.JSON:
            emit([plain(each) for each in found])
            return
        states = {"open": _("未解决"), "resolved": _("已解决")}
        rows = [
            [short(each.id), each.title, "，".join(each.lead), str(each.due or ""), states[each.state], each.measures] for each in found
        ]
        show(_("重大问题"), (_("编号"), _("问题"), _("责任单位"), _("时限"), _("状态"), _("措施")), rows)

    return group


def _tell(record: Any, output: Format) -> None:
    if output is Format.JSON:
        emit(plain(record))
    else:
        say(_("已记入 {id}").format(id=record.id))
