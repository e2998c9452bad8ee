"""`guibiao ledger`: list, show, move, update, evidence, cascade, chase, export, import, history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands import ledger_records
from guibiao.commands.operations import OperationsOption, WhoOption, WhyOption, change_record, ledger_desk, person, plain, short, told
from guibiao.commands.options import Format, FormatOption, OutOption, WorkspaceOption, emit, parse_day, say, show
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.ledger_files import Taken
    from guibiao.ledgers import TaskFile
    from guibiao.model.operations import Kept, LedgerTask
    from guibiao.policy.chasing import Chase

TaskArgument = Annotated[str, typer.Argument(metavar="ID", help=_("任务编号，或它的开头几位。"))]
DueOption = Annotated[str, typer.Option("--due", metavar="YYYY-MM-DD", help=_("完成时限。"))]
UnitsOption = Annotated[list[str], typer.Option("--lead", help=_("责任单位，可重复。"))]
StateFilter = Annotated[str, typer.Option("--state", help=_("只看这一状态：登记、分解、在办、待核、销号。"))]
OfficeFilter = Annotated[str, typer.Option("--office", help=_("只看名称含这几个字的单位承担的。"))]


def tree() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(help=_("督办台账：任务的状态、节点、佐证、催办，与 Excel 台账互换。"), no_args_is_help=True)
    helps: dict[Callable[..., Any], str] = {
        list_: _("列出任务和状态。"),
        show_: _("一项任务的全部：单位、时限、节点、佐证、下级任务、问题、经过。"),
        move: _("办一步：分解、在办、待核、销号、退回、延期；退回和延期要写理由。"),
        update: _("更新进展、单位或项目的投资和阶段。"),
        evidence: _("交佐证材料：按内容留存，相同的只存一份。"),
        cascade: _("把市级任务分到各区，各区各有状态；下级没有全部销号，上级不能销号。"),
        chase_: _("催办：逾期的和几天内到期的。"),
        export: _("导出 Excel 台账。"),
        import_: _("接收 Excel 台账：全部无误才存，否则逐行指出。"),
        history: _("任务、节点、项目、问题或佐证的全部经过；不写编号则是整个台账的。"),
    }
    for command, text in helps.items():
        group.command(command.__name__.rstrip("_"), help=text)(command)
    group.add_typer(ledger_records.milestones(), name="milestone")
    group.add_typer(ledger_records.projects(), name="project")
    group.add_typer(ledger_records.problems(), name="problem")
    return group


def list_(
    state: StateFilter = "",
    office: OfficeFilter = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """List tasks."""
    from guibiao.policy.ledger import STATE_WORDS
    from guibiao.policy.ledger_cells import cells_of

    with ledger_desk(workspace, out, operations) as desk:
        tasks, hidden = desk.tasks(state=state, office=office)
        areas = desk.workspace.classifications["areas"]
    if output is Format.JSON:
        emit([{**plain(each.record), "version": each.version} for each in tasks])
        return
    rows = []
    for kept in tasks:
        task, cells = kept.record, cells_of(kept.record)
        area = areas.find(task.area) if task.area else None
        title = f"　{area.name_zh}" if area is not None else task.title
        rows.append([short(task.id), task.number, title, "，".join(task.lead), cells["due"], STATE_WORDS[task.state]])
    show(_("台账"), (_("编号"), _("序号"), _("任务"), _("责任单位"), _("完成时限"), _("状态")), rows)
    say(_("共 {count} 项").format(count=len(rows)))
    if hidden:
        say(_("另有 {count} 项的采纳已撤回，未列出。").format(count=hidden))


def show_(
    task: TaskArgument,
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Everything about a task."""
    with ledger_desk(workspace, out, operations) as desk:
        found = desk.show(task)
    if output is Format.JSON:
        emit(
            {
                **plain(found.kept.record), "version": found.kept.version, "children": [plain(each) for each in found.children],
                "milestones": [plain(each) for each in found.milestones],
                "evidence": [{**plain(each), "whole": whole} for each, whole in found.evidence],
                "problems": [plain(each) for each in found.problems], "history": [change_record(each) for each in found.history],
            }
        )  # fmt: skip
    else:
        say("\n".join(_lines(found)))


def move(
    task: TaskArgument,
    step: Annotated[str, typer.Argument(metavar="STEP", help=_("分解、在办、待核、销号、退回或延期。"))],
    due: DueOption = "",
    believed: Annotated[str, typer.Option("--from", help=_("你看到的状态；已经不是它时不办。"))] = "",
    who: WhoOption = "",
    why: WhyOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Move a task on."""
    with ledger_desk(workspace, out, operations) as desk:
        kept = desk.move(task, step, person(who), why, due=parse_day(due, "--due"), believed=believed)
        bare = kept.record.state == "review" and not desk.show(kept.record.id).evidence
    _tell(kept, output)
    if bare and output is Format.TABLE:
        say(_("还没有佐证材料：guibiao ledger evidence {id} 文件").format(id=kept.record.id))


def update(
    task: TaskArgument,
    progress: Annotated[str | None, typer.Option("--progress", help=_("进展情况。"))] = None,
    lead: UnitsOption = [],  # noqa: B006
    supporting: Annotated[list[str], typer.Option("--supporting", help=_("配合单位，可重复。"))] = [],  # noqa: B006
    stage: Annotated[str, typer.Option("--stage", help=_("项目阶段：谋划、前期、在建、竣工、投产。"))] = "",
    investment: Annotated[str, typer.Option("--investment", help=_("投资额，如 12.5亿元。"))] = "",
    who: WhoOption = "",
    why: WhyOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Set what is not a state."""
    from guibiao.policy.ledger_cells import find_stage, read_investment

    fields: dict[str, Any] = {"progress": progress} if progress is not None else {}
    fields |= {"lead": tuple(lead)} if lead else {}
    fields |= {"supporting": tuple(supporting)} if supporting else {}
    fields |= {"stage": find_stage(stage)} if stage else {}
    if investment:
        fields["investment"], fields["investment_unit"] = read_investment(investment)
    if not fields:
        raise BadRequest(_("没有写要更新什么"), remedy=_('例如 --progress "已完成选址"。'))
    with ledger_desk(workspace, out, operations) as desk:
        _tell(desk.update(task, person(who), why, **fields), output)


def evidence(
    task: TaskArgument,
    files: Annotated[list[Path], typer.Argument(help=_("佐证文件，可以有几个。"))],
    who: WhoOption = "",
    why: WhyOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Keep evidence."""
    with ledger_desk(workspace, out, operations) as desk:
        added = desk.add_evidence(task, files, person(who), why)
    if output is Format.JSON:
        emit([{**plain(each), "new": new} for each, new in added])
        return
    for each, new in added:
        size = f"{each.size:,}"
        text = _("已留存 {name}（{size} 字节，{digest}）") if new else _("这项任务已有同样内容的 {name}（{size} 字节，{digest}）")
        say(text.format(name=each.name, size=size, digest=each.sha256[:12]))


def cascade(
    task: TaskArgument,
    area: Annotated[list[str], typer.Option("--area", help=_("区的代码或名称，可重复。"))] = [],  # noqa: B006
    every: Annotated[bool, typer.Option("--all", help=_("分到所有的区。"))] = False,
    who: WhoOption = "",
    why: WhyOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Hand a city task down to districts."""
    from guibiao.ledgers import areas_named

    with ledger_desk(workspace, out, operations) as desk:
        made = desk.cascade(task, areas_named(desk.workspace, area, every=every), person(who), why)
    if output is Format.JSON:
        emit([plain(each) for each in made])
    else:
        say("\n".join([_("已分到 {count} 个区").format(count=len(made)), *(f"{each.id}  {'，'.join(each.lead)}" for each in made)]))


def chase_(
    days: Annotated[int, typer.Option("--days", min=0, max=3660, help=_("几天内到期。"))] = 30,
    today: Annotated[str, typer.Option("--today", metavar="YYYY-MM-DD", help=_("从哪一天算；默认为今天。"))] = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """What is overdue or due soon."""
    day = parse_day(today, "--today") or datetime.now(UTC).astimezone().date()
    with ledger_desk(workspace, out, operations) as desk:
        found = desk.chase(day, days)
    if output is Format.JSON:
        emit({"today": day.isoformat(), "days": days, "undated": found.undated, "items": [plain(each) for each in found.items]})
    else:
        _show_chase(found, day, days)


def export(
    file: Annotated[Path, typer.Argument(help=_("写到这个 .xlsx 文件。"))],
    state: StateFilter = "",
    office: OfficeFilter = "",
    title: Annotated[str, typer.Option("--title", help=_("表的标题。"))] = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Write the workbook."""
    from guibiao.ledger_files import export_ledger

    with ledger_desk(workspace, out, operations) as desk:
        count = export_ledger(desk, file, title=title, state=state, office=office)
    if output is Format.JSON:
        emit({"file": str(file), "tasks": count})
    else:
        say(_("已导出 {count} 项到 {file}").format(count=count, file=file))


def import_(
    file: Annotated[Path, typer.Argument(help=_("Excel 台账（.xlsx）。"))],
    sheet: Annotated[str, typer.Option("--sheet", help=_("工作表名；只有一张有内容的表时不用写。"))] = "",
    who: WhoOption = "",
    why: WhyOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Take in a workbook."""
    from guibiao.ledger_files import import_ledger

    with ledger_desk(workspace, out, operations) as desk:
        taken = import_ledger(desk, file, person(who), why, sheet=sheet)
    _tell_import(taken, output)


def history(
    name: Annotated[str, typer.Argument(metavar="[ID]", help=_("编号；不写则是整个台账的。"))] = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Who did what, when and why."""
    with ledger_desk(workspace, out, operations) as desk:
        changes = [each for each in desk.store.history() if each.record == name or (not name and each.kind not in {"proposal", "paper"})]
    if name and not changes:
        raise BadRequest(_("没有编号为 {name} 的条目").format(name=name), remedy=_("写全编号；用 guibiao ledger list 查看。"))
    if output is Format.JSON:
        emit([change_record(each) for each in changes])
    else:
        say("\n".join(f"{each.record}  {told(each)}" for each in changes))


def _tell(kept: Kept[LedgerTask], output: Format) -> None:
    from guibiao.policy.ledger import STATE_WORDS, allowed

    if output is Format.JSON:
        emit({**plain(kept.record), "version": kept.version})
        return
    words = "、".join(each.word for each in allowed(kept.record.state))
    say(_("{id}  {state}；现在可以：{words}").format(id=kept.record.id, state=STATE_WORDS[kept.record.state], words=words))


def _lines(found: TaskFile) -> list[str]:
    from guibiao.policy.ledger import STATE_WORDS
    from guibiao.policy.ledger_cells import COLUMNS, cells_of

    task, cells = found.kept.record, cells_of(found.kept.record)
    lines = [_("编号：{id}（第 {version} 版）").format(id=task.id, version=found.kept.version)]
    lines += [f"{column.heading}：{cells[column.field].replace(chr(10), '，')}" for column in COLUMNS if cells[column.field]]
    lines += [f"{heading}：{text}" for heading, text in task.extra.items() if text]
    if found.parent is not None:
        lines.append(_("上级任务：{id} {title}").format(id=found.parent.id, title=found.parent.title))
    lines += [_("下级任务：{id} {state}").format(id=each.id, state=STATE_WORDS[each.state]) for each in found.children]
    for each in found.milestones:
        done = _("{day} 达到").format(day=each.done_on) if each.done_on else _("未达到")
        lines.append(_("节点：{period} {text}（{done}） {id}").format(period=each.period, text=each.text, done=done, id=each.id))
    for file, whole in found.evidence:
        state = _("完好") if whole else _("文件缺失或已改动")
        lines.append(_("佐证：{name} {digest}（{state}）").format(name=file.name, digest=file.sha256[:12], state=state))
    for problem in found.problems:
        state = _("未解决") if problem.state == "open" else _("已解决")
        lines.append(_("问题：{title}（{state}） {id}").format(title=problem.title, state=state, id=problem.id))
    return [*lines, _("经过："), *(f"  {told(each)}" for each in found.history)]


def _show_chase(found: Chase, day: date, days: int) -> None:
    kinds = {"task": _("任务"), "milestone": _("节点"), "problem": _("问题")}
    rows = []
    for each in found.items:
        left = _("逾期 {days} 天").format(days=-each.days_left) if each.days_left < 0 else _("还有 {days} 天").format(days=each.days_left)
        rows.append([kinds[each.kind], short(each.id), each.title, "，".join(each.lead), each.due.isoformat(), left])
    show(
        _("催办：截至 {day}，{days} 天内").format(day=day, days=days),
        (_("种类"), _("编号"), _("事项"), _("责任单位"), _("时限"), _("余日")), rows,
    )  # fmt: skip
    say(_("共 {count} 项；另有 {undated} 项未完成的任务没有写完成时限。").format(count=len(rows), undated=found.undated))


def _tell_import(taken: Taken, output: Format) -> None:
    plan = taken.plan
    if output is Format.JSON:
        edits = [{"id": each.record.id, "move": each.move.name if each.move else None} for each in plan.edits]
        emit(
            {
                "rows": taken.rows, "new": [each.id for each in plan.new], "edited": edits, "unchanged": plan.unchanged,
                "absent": plan.absent, "worded": dict(plan.worded), "notes": list(plan.notes),
            }
        )  # fmt: skip
        return
    say(
        _("{rows} 行：新增 {new} 项，更改 {edited} 项，未变 {unchanged} 项；台账中另有 {absent} 项不在文件里，未动。").format(
            rows=taken.rows, new=len(plan.new), edited=len(plan.edits), unchanged=plan.unchanged, absent=plan.absent
        )
    )
    if plan.worded:
        words = "、".join(f"{word}→{state}" for word, state in plan.worded.items())
        say(_("状态按对应关系登记：{words}。").format(words=words))
    if plan.notes:
        say(_("表下的文字没有存：{notes}。").format(notes="；".join(plan.notes)[:200]))
