"""`guibiao map`, `template`, `inbox`, `chase`: tables that other offices owe."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import (
    Format,
    FormatOption,
    OutOption,
    Session,
    StoreOption,
    WorkspaceOption,
    emit,
    load,
    parse_day,
    say,
    session,
    show,
    workspace_folder,
)
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.inbox import Outcome
    from guibiao.ingest.due import Due

OnOption = Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD", help=_("按这一天计算；默认今天。"))]


def register(tree: typer.Typer) -> None:
    """Add the commands of this module."""
    tree.command("map", help=_("看一个部门的表，提出映射：哪一格是什么、把握多大；由人核对。"))(map_)
    tree.command(help=_("按约定生成填报模板（xlsx），表头、单位、地区和报告期已填好。"))(template)
    tree.command(help=_("处理收件文件夹：认出、核对、整份收入或隔离，再更新报告和缺口表。"))(inbox)
    tree.command(help=_("催报单：谁欠哪张表、逾期几天、哪些指标在等，连同催报文字。"))(chase)


def map_(
    file: Annotated[Path, typer.Argument(help=_("部门报来的表（xlsx、CSV）。"))],
    table: Annotated[str, typer.Option("--table", help=_("它是工作区里的哪张表；不写则从文件认定。"))] = "",
    agreement: Annotated[str, typer.Option("--agreement", help=_("它属于哪个约定。"))] = "",
    path: Annotated[Path | None, typer.Option("--out", help=_("映射写到这个文件；默认 deliveries/mappings/ 下。"))] = None,
    html: Annotated[Path | None, typer.Option("--html", help=_("另存一张着色的网页，看每一格被当作什么。"))] = None,
    workspace: WorkspaceOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Propose a mapping."""
    from guibiao.ingest.office_file import file_bytes, read_office_file
    from guibiao.ingest.picture import paper_picture, terminal_picture
    from guibiao.ingest.proposal import propose
    from guibiao.ingest.proposal_text import mapping_text
    from guibiao.ingest.table_guess import guess_table

    loaded = load(workspace)
    sheets = read_office_file(file_bytes(file), file.name)
    name = _table_of(loaded, table, agreement) or guess_table(loaded, sheets, file.name)
    identifier = agreement or f"{name}_mapping"
    proposal = propose(loaded, sheets, file.name, name, identifier)
    target = path or loaded.folder / "deliveries" / "mappings" / f"{identifier}.yaml"
    if target.exists():
        raise BadRequest(_("{file} 已经存在").format(file=target), remedy=_("用 --out 另写一个文件，比较后再替换。"))
    target.parent.mkdir(parents=True, exist_ok=True)
    text = mapping_text(proposal)
    target.write_text(text, "utf-8")
    if html is not None:
        html.write_text(paper_picture(proposal), "utf-8")
    if output is Format.JSON:
        emit({"file": str(target), "table": name, "unconfirmed": list(proposal.mapping.unconfirmed), "reasons": proposal.reasons})
        return
    from rich.console import Console

    Console().print(terminal_picture(proposal))
    say(text)
    say(_("已写出 {file}；待确认 {count} 项。核对后再投文件。").format(file=target, count=len(proposal.mapping.unconfirmed)))


def template(
    agreement: Annotated[str, typer.Argument(help=_("约定的代码，见 deliveries/。"))],
    period: Annotated[str, typer.Option("--period", help=_("报告期；默认最近应报的一期。"))] = "",
    path: Annotated[Path | None, typer.Option("--out", help=_("写到这个文件；默认 约定-报告期.xlsx。"))] = None,
    workspace: WorkspaceOption = "",
) -> None:
    """Write the form of an agreement."""
    from guibiao.ingest.due import expected
    from guibiao.ingest.form import form_of, form_workbook
    from guibiao.model.period import parse_period

    loaded = load(workspace)
    agreed = loaded.agreements.get(agreement)
    if agreed is None:
        known = "、".join(sorted(loaded.agreements)) or _("无")
        raise BadRequest(_("没有名为 {name} 的约定").format(name=agreement), remedy=_("可选：{names}").format(names=known))
    ended = list(expected(agreed, _today()))
    asked = parse_period(period) if period else ended[-1] if ended else parse_period(agreed.first_period)
    target = path or Path(f"{agreement}-{asked}.xlsx")
    target.write_bytes(form_workbook(form_of(loaded, agreed, asked)))
    say(_("已写出 {file}。").format(file=target))


def inbox(
    folder: Annotated[Path | None, typer.Option("--folder", help=_("收件文件夹；默认工作区下的 inbox。"))] = None,
    watch: Annotated[bool, typer.Option("--watch", help=_("一直看着，来一份收一份；Ctrl-C 结束。"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("只看结果，什么也不改。"))] = False,
    only: Annotated[str, typer.Option("--only", help=_("只处理这个文件。"))] = "",
    table: Annotated[str, typer.Option("--table", help=_("不必辨认，就是这张表（或映射、约定）。"))] = "",
    despite: Annotated[str, typer.Option("--despite", help=_("核对不符仍予收入的理由；须与 --only 同用。"))] = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    output: FormatOption = Format.TABLE,
) -> int:
    """Take in what waits."""
    if despite and not only:
        raise BadRequest(_("--despite 须指明一个文件"), remedy=_("加上 --only 文件名。"))
    while True:
        outcomes = _round(folder, dry_run, (only, table, despite), workspace, out, store, output)
        if not watch:
            return 1 if any(each.status == "quarantined" for each in outcomes) else 0
        time.sleep(1.0)


def _round(
    folder: Path | None, dry_run: bool, asked: tuple[str, str, str], workspace: str, out: Path | None, store: str, output: Format
) -> list[Outcome]:
    """One look into the folder; the store is opened, and the run made, only where something waits."""
    from guibiao.inbox import Inbox, alone, settled, total_minutes, waiting

    place = folder or workspace_folder(workspace) / "inbox"
    only, table, despite = asked
    ready = settled(waiting(place, only))
    if not ready:
        return []
    started = time.perf_counter()
    with alone(place), session(workspace, out, store) as at:
        taker = Inbox(place, at.workspace, at.store, _today(), table, despite, dry_run)
        _typed_tables(at)
        outcomes = [taker.take(path) for path in ready if path.is_file()]
        summary = _updated(at) if not dry_run and any(each.status in {"taken", "known"} for each in outcomes) else None
    seconds = time.perf_counter() - started
    if output is Format.JSON:
        emit(
            {
                "files": [each.to_dict() for each in outcomes],
                "minutes_saved": str(total_minutes(outcomes)),
                "seconds": seconds,
                "run": summary,
            }
        )
    else:
        _print_outcomes(outcomes, summary, seconds)
    return outcomes


def _typed_tables(at: Session) -> None:
    """The workspace's own tables into the store, so that a delivery is compared with them."""
    from guibiao.run import DataRun, Request

    len(DataRun(at.workspace, at.store, Request(at.folder)).tables)


def _updated(at: Session) -> dict[str, Any]:
    """Report, brief, data and gap list anew, as `guibiao run` makes them."""
    from guibiao.publication import Publication
    from guibiao.run import DataRun, Request

    started = time.perf_counter()
    publication = Publication(DataRun(at.workspace, at.store, Request(at.folder)))
    publication.write()
    return publication.summary(time.perf_counter() - started)


def _print_outcomes(outcomes: Sequence[Outcome], summary: dict[str, Any] | None, seconds: float) -> None:
    from guibiao.inbox import total_minutes

    for each in outcomes:
        if each.status == "quarantined":
            say(_("隔离 {file}：{title}").format(file=each.file, title=each.title))
            say("\n".join(f"  {line}" for line in (*each.lines, each.description, each.remedy) if line))
        elif each.status == "known":
            say(_("已收 {file}：{title}").format(file=each.file, title=each.title))
        else:
            say("\n  ".join(each.lines))
    taken = [each for each in outcomes if each.status == "taken"]
    say(_("共 {files} 份：收 {taken}，隔离 {aside}，重复 {known}；{seconds:.1f} 秒").format(
        files=len(outcomes), taken=len(taken), aside=sum(each.status == "quarantined" for each in outcomes),
        known=sum(each.status == "known" for each in outcomes), seconds=seconds,
    ))  # fmt: skip
    if taken:
        say(_("少录入约 {minutes} 分钟（估算）").format(minutes=total_minutes(list(outcomes))))
    if summary is not None:
        say(_("已更新 {count} 个文件；与上次运行相比：{text}").format(count=len(summary["files"]), text=summary["changes"]["text"]))
        for line in summary["changes"]["lines"]:
            say(f"  {line}")


def chase(
    on: OnOption = "",
    ahead: Annotated[int, typer.Option("--ahead", help=_("连同今后这些天内到期的。"))] = 0,
    path: Annotated[Path | None, typer.Option("--out-messages", help=_("催报文字写进这个文件夹，每个单位一份。"))] = None,
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Print what is owed."""
    from guibiao.deliveries import delivered_periods
    from guibiao.ingest.due import chase as owed_on
    from guibiao.ingest.due import reminders

    day = parse_day(on, "--on") or _today()
    with session(workspace, out, store) as at:
        held = delivered_periods(at.store, {each.table for each in at.workspace.agreements.values()})
        owed = owed_on(at.workspace, held, day, ahead)
        messages = reminders(at.workspace, owed, day)
    if path is not None:
        path.mkdir(parents=True, exist_ok=True)
        for office, text in messages.items():
            (path / f"{office}.txt").write_text(text + "\n", "utf-8")
    if output is Format.JSON:
        emit({"on": day, "owed": [_record(each) for each in owed], "messages": messages})
        return
    rows = [[each.agreement.office, each.agreement.title_zh, str(each.period or "—"), str(each.due or "—"), _state(each)] for each in owed]
    heads = (_("单位"), _("报表"), _("报告期"), _("应报日"), _("状态"))
    show(_("催报单 {day}：{count} 项").format(day=day, count=len(owed)), heads, rows)
    for text in messages.values():
        say()
        say(text)


def _state(each: Due) -> str:
    if not each.signed:
        return _("协议待签")
    return _("逾期 {days} 天").format(days=each.overdue) if each.overdue > 0 else _("{days} 天后到期").format(days=-each.overdue)


def _record(each: Due) -> dict[str, Any]:
    agreement = each.agreement
    return {
        "office": agreement.office,
        "contact_role": agreement.contact_role,
        "agreement": agreement.id,
        "signed": each.signed,
        "table": agreement.table,
        "period": None if each.period is None else str(each.period),
        "due": each.due,
        "overdue_days": each.overdue if each.due is not None else None,
        "indicators": list(each.indicators),
        "waiting": list(each.waiting),
    }


def _table_of(loaded: Any, table: str, agreement: str) -> str:
    """The table a mapping is proposed for; empty where the file itself must tell."""
    if agreement:
        if agreement not in loaded.agreements:
            known = "、".join(sorted(loaded.agreements)) or _("无")
            raise BadRequest(_("没有名为 {name} 的约定").format(name=agreement), remedy=_("可选：{names}").format(names=known))
        return str(loaded.agreements[agreement].table)
    owed = sorted({each.table for each in loaded.agreements.values()})
    name = table or (owed[0] if len(owed) == 1 else "")
    if name and name not in loaded.tables:
        raise BadRequest(
            _("没有名为 {name} 的表").format(name=name),
            remedy=_("可选：{names}").format(names="、".join(owed or sorted(loaded.tables))),
        )
    return name


def _today() -> date:
    """The calendar day here."""
    return datetime.now(UTC).astimezone().date()
