"""`guibiao audit`: verify and export the audit log and the log of interference."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guibiao.commands.operations import OperationsOption
from guibiao.commands.options import Format, FormatOption, OutOption, WorkspaceOption, emit, say
from guibiao.commands.users import access
from guibiao.model.errors import BadInput, BadRequest, Place
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.model.audit import AuditEntry, Chain, Head

CHAINS = ("audit", "interference")
ChainOption = Annotated[str, typer.Option("--chain", help=_("audit 为操作，interference 为干预。"))]


def tree() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(help=_("审计记录：核验是否被改动，导出。"), no_args_is_help=True)
    group.command("verify", help=_("核验记录首尾相接、内容未改；有问题以退出码 1 结束。"))(verify)
    group.command("export", help=_("导出为每行一条的 JSON，最后一行是末尾校验值，请另行保管。"))(export)
    return group


def verify(
    file: Annotated[Path | None, typer.Argument(help=_("以前导出的文件；不写则核验业务库。"))] = None,
    chain: ChainOption = "audit",
    head: Annotated[str, typer.Option("--head", help=_("以前留存的末尾校验值。"))] = "",
    count: Annotated[int, typer.Option("--count", help=_("留存时的条数。"))] = 0,
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """Verify a chain; exit code 1 where it was changed."""
    from guibiao.model.audit import Head, faults

    kept = Head(count, head.lower()) if head else None
    if bool(head) != bool(count):
        raise BadRequest(_("--head 和 --count 要一起写"), remedy=_("两者都在导出文件的最后一行。"))
    if file is not None:
        entries, written = _read(file)
        found = list(faults(entries, written)) + (list(faults(entries, kept)) if kept else [])
        total = len(entries)
    else:
        with access(workspace, out, operations) as store:
            found = list(faults(store.entries(_chain(chain)), kept))
            total = store.head(_chain(chain)).count
    found = list(dict.fromkeys(found))
    if output is Format.JSON:
        emit({"entries": total, "faults": [{"sequence": each.sequence, "kind": each.kind, "title": each.title} for each in found]})
    else:
        say("\n".join(each.title for each in found) if found else _("{count} 条记录首尾相接，内容未改。").format(count=total))
    if found:
        raise typer.Exit(1)


def export(
    target: Annotated[Path | None, typer.Argument(help=_("写到这个文件；不写则打印。"))] = None,
    chain: ChainOption = "audit",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
) -> None:
    """Export a chain."""
    from guibiao.model.audit import exported
    from guibiao.store.files import replace_whole

    with access(workspace, out, operations) as store:
        lines = list(exported(_chain(chain), store.entries(_chain(chain))))
    if target is None:
        sys.stdout.writelines(lines)
        return
    replace_whole(target, "".join(lines).encode())
    last = json.loads(lines[-1])
    say(_("已导出 {count} 条到 {file}；末尾校验值 {head}，请另行保管。").format(file=target, count=last["count"], head=last["head"]))


def _chain(name: str) -> Chain:
    if name == "audit":
        return "audit"
    if name == "interference":
        return "interference"
    raise BadRequest(_("没有“{name}”这一种记录").format(name=name), remedy=_("可用：audit、interference。"))


def _read(file: Path) -> tuple[list[AuditEntry], Head | None]:
    """The entries of an export and the head it ends with; BadInput where a line is none of both."""
    from guibiao.model.audit import Head, read_entry

    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadInput(_("文件读不了"), remedy=_("核对路径；要用 guibiao audit export 导出的文件。"), place=Place(file.name)) from None
    entries, head = [], None
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
            if "head" in record:
                head = Head(int(record["count"]), str(record["head"]))
            else:
                entries.append(read_entry(record))
        except (ValueError, TypeError, KeyError, BadRequest):
            raise BadInput(
                _("第 {line} 行不是审计记录").format(line=number),
                remedy=_("要用 guibiao audit export 导出的文件。"),
                place=Place(file.name, number),
            ) from None
    return entries, head
