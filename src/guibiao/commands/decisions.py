"""`guibiao policy propose`, `review`, `accept`, `reject`, `undo`, `history`: from what was found to what the city committed itself to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.operations import OperationsOption, WhoOption, WhyOption, change_record, decision_desk, person, plain, short, told
from guibiao.commands.options import Format, FormatOption, OutOption, WorkspaceOption, emit, parse_day, say, show
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.decisions import Decided, DecisionDesk
    from guibiao.model.operations import Proposal

IdsArgument = Annotated[list[str], typer.Argument(help=_("条目的编号，或它的开头几位；可以有几个。"))]
STATES: Mapping[str, Callable[[], str]] = {
    "pending": lambda: _("待审"),
    "accepted": lambda: _("已采纳"),
    "rejected": lambda: _("不采纳"),
}
KINDS: Mapping[str, Callable[[], str]] = {"target": lambda: _("目标"), "task": lambda: _("任务")}


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    helps: dict[Callable[..., Any], str] = {
        propose: _("读一份文件，把摘出的目标和任务列为待审条目。"),
        review: _("列出待审和已决定的条目。"),
        accept: _("采纳条目，写入工作区 policies/；可以同时更正。"),
        reject: _("不采纳条目，须写明理由。"),
        undo: _("撤回对条目的上一次决定；决定仍留在历史中。"),
        history: _("一个条目的全部经过。"),
    }
    for command, text in helps.items():
        group.command(command.__name__, help=text)(command)


def propose(
    file: Annotated[Path, typer.Argument(help=_("文件（txt、md、html、docx、pdf）。"))],
    name: Annotated[str, typer.Option("--name", help=_("文件在工作区里的名字；默认用文件名。"))] = "",
    title: Annotated[str, typer.Option("--title", help=_("标题；不写则从文中认定。"))] = "",
    number: Annotated[str, typer.Option("--number", help=_("文号；不写则从文中认定。"))] = "",
    issued_by: Annotated[list[str], typer.Option("--issued-by", help=_("发文单位，可重复；不写则从文中认定。"))] = [],  # noqa: B006
    dated: Annotated[str, typer.Option("--dated", metavar="YYYY-MM-DD", help=_("文件的日期；不写则从文中认定。"))] = "",
    every: Annotated[bool, typer.Option("--all", help=_("所有类别的数都列为待审条目，不只是本市的目标。"))] = False,
    who: WhoOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Take in what a document says."""
    from typing import get_args

    from guibiao.commands.options import out_folder
    from guibiao.document_texts import texts_of
    from guibiao.policies import read_policy
    from guibiao.policy.paper import Head
    from guibiao.policy.proposals import PROPOSED
    from guibiao.reference.policies import TargetClass

    head = Head(title, number, tuple(issued_by), parse_day(dated, "--dated"))
    classes = frozenset(get_args(TargetClass)) if every else PROPOSED
    document = read_policy(file, dated)
    with decision_desk(workspace, out, operations) as desk:
        done = desk.propose(document, person(who), name=name, head=head, classes=classes)
        texts_of(out_folder(out, desk.workspace)).keep(done.paper.digest, document)
    if output is Format.JSON:
        emit({**plain(done), "paper": plain(done.paper)})
        return
    paper = done.paper
    day = paper.dated.isoformat() if paper.dated else _("未注明")
    offices = "、".join(paper.offices) or _("未认定")
    say(_("《{title}》 {number} {offices} {dated}").format(title=paper.title, number=paper.number, offices=offices, dated=day))
    say(
        _("{name}：新增 {new} 条待审，工作区已有 {adopted} 条，更新 {updated} 条，未变 {unchanged} 条。").format(
            name=paper.id, new=done.new, adopted=done.adopted, updated=done.updated, unchanged=done.unchanged
        )
    )
    if done.left_out:
        left = "、".join(f"{name} {count}" for name, count in sorted(done.left_out.items()))
        say(_("未列入的数（不是本市目标）：{left}。要全部列入，加 --all。").format(left=left))
    if done.decided_otherwise:
        say(_("已决定、这次摘出的内容有别、保持原决定：{ids}。").format(ids="、".join(done.decided_otherwise)))
    if done.gone:
        say(_("这次没有再摘出、仍待审：{ids}。").format(ids="、".join(done.gone)))
    say(_("下一步：guibiao policy review --document {name} --pending").format(name=paper.id))


def review(
    document: Annotated[str, typer.Option("--document", help=_("只看这份文件。"))] = "",
    pending: Annotated[bool, typer.Option("--pending", help=_("只看待审的。"))] = False,
    kind: Annotated[str, typer.Option("--kind", help=_("target 或 task。"))] = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """List proposals."""
    _require_kind(kind)
    with decision_desk(workspace, out, operations) as desk:
        found = desk.review(document, pending=pending, kind=kind)
    if output is Format.JSON:
        emit([plain(each) for each in found])
        return
    heads = {
        "target": (_("编号"), _("决定"), _("原文"), _("目标值"), _("期限"), _("指标")),
        "task": (_("编号"), _("决定"), _("任务"), _("责任单位")),
    }
    for kind_of, head in heads.items():
        rows = [[short(each.id), STATES[each.state](), *_shown(each)] for each in found if each.kind == kind_of]
        if rows:
            show(KINDS[kind_of](), head, rows)
    say(_("共 {count} 条").format(count=len(found)))


def accept(
    ids: Annotated[list[str], typer.Argument(help=_("条目的编号，或它的开头几位；可以有几个。"))] = [],  # noqa: B006
    indicator: Annotated[str, typer.Option("--indicator", help=_("对应的指标代码；写 - 表示没有对应的指标。"))] = "",
    edit: Annotated[
        list[str],
        typer.Option(
            "--edit",
            metavar="项=值",
            help=_(
                "更正一项，可重复：目标的 indicator、operator、value、value_high、unit、deadline、baseline、geography、"
                "kind、class、note；任务的 number、title、lead、supporting（单位用 | 分开）、deadline、note。"
            ),
        ),
    ] = [],  # noqa: B006
    all_of: Annotated[str, typer.Option("--all-of", metavar="文件", help=_("采纳这份文件全部待审的条目。"))] = "",
    kind: Annotated[str, typer.Option("--kind", help=_("与 --all-of 同用：只要 target 或 task。"))] = "",
    who: WhoOption = "",
    why: WhyOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:  # fmt: skip
    """Accept proposals into the workspace."""
    _require_kind(kind)
    edits = _edits(edit)
    if indicator:
        edits["indicator_id"] = "" if indicator == "-" else indicator
    if all_of and (ids or edits):
        raise BadRequest(_("--all-of 不能与编号或更正同用"), remedy=_("先采纳全部，再逐条更正。"))
    with decision_desk(workspace, out, operations) as desk:
        names = [each.id for each in desk.review(all_of, pending=True, kind=kind)] if all_of else ids
        _require_ids(names)
        _tell(desk.accept(names, person(who), why, edits=edits), output)


def reject(
    ids: IdsArgument,
    who: WhoOption = "",
    why: WhyOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Reject proposals."""
    _decide(lambda desk: desk.reject(ids, person(who), why), workspace, out, operations, output)


def undo(
    ids: IdsArgument,
    who: WhoOption = "",
    why: WhyOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Take back the last decision."""
    _decide(lambda desk: desk.undo(ids, person(who), why), workspace, out, operations, output)


def history(
    name: Annotated[str, typer.Argument(metavar="ID", help=_("条目的编号，或它的开头几位。"))],
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """All that happened to a proposal."""
    with decision_desk(workspace, out, operations) as desk:
        changes = desk.history(name)
    if output is Format.JSON:
        emit([change_record(each) for each in changes])
    else:
        say("\n".join(told(each) for each in changes))


def _decide(act: Callable[[DecisionDesk], Decided], workspace: str, out: Path | None, operations: str, output: Format) -> None:
    with decision_desk(workspace, out, operations) as desk:
        _tell(act(desk), output)


def _tell(done: Decided, output: Format) -> None:
    if output is Format.JSON:
        emit({"proposals": [plain(each) for each in done.proposals], "files": list(done.files), "warnings": list(done.warnings)})
        return
    for each in done.proposals:
        say(f"{each.id}  {STATES[each.state]()}")
    for file in done.files:
        say(_("已写入 {file}").format(file=file))
    for warning in done.warnings:
        say(_("请核对：{warning}").format(warning=warning))


def _shown(proposal: Proposal) -> list[str]:
    content = {**proposal.content, **proposal.edits}
    if proposal.kind == "task":
        return [f"{content['number']} {content['title']}", "，".join([*content["lead"], *content["supporting"]])]
    high = "" if content["value_high"] is None else f"—{content['value_high']}"
    sign = {"multiple_of_base": "×", "approx": "≈", "range": "", "=": ""}.get(content["operator"], content["operator"])
    amount = f"{sign}{content['value']}{high}{content['unit']}"
    return [content["quote"][:40], amount, content["deadline"] or "", content["indicator_id"] or ""]


def _edits(pairs: list[str]) -> dict[str, str]:
    found = dict(pair.partition("=")[::2] for pair in pairs)
    if any("=" not in pair for pair in pairs):
        raise BadRequest(_("更正要写成 项=值"), remedy=_("例如 --edit deadline=2025-12-31。"))
    return found


def _require_kind(kind: str) -> None:
    if kind not in {"", *KINDS}:
        raise BadRequest(_("没有“{kind}”这一种类").format(kind=kind), remedy=_("可用：target、task。"))


def _require_ids(names: list[str]) -> None:
    if not names:
        raise BadRequest(_("没有要采纳的条目"), remedy=_("写明编号，或用 --all-of 文件；用 guibiao policy review 查看。"))
