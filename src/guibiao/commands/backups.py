"""`guibiao operations`: backup, verify, restore, upgrade, status of the operations store."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.operations import OperationsOption
from guibiao.commands.options import Format, FormatOption, OutOption, WorkspaceOption, emit, load, out_folder, say
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.store.operations.backup import Source
    from guibiao.store.operations.backup_file import Backup

TargetArgument = Annotated[Path, typer.Argument(metavar="FILE", help=_("写到这个新文件；给文件夹则按工作区和时刻命名。"))]
BackupArgument = Annotated[Path, typer.Argument(metavar="FILE", help=_("由 guibiao operations backup 写成的文件。"))]


def tree() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(help=_("业务库（用户、台账、决定、审计）：备份、恢复、升级。"), no_args_is_help=True)
    helps: dict[Callable[..., Any], str] = {
        backup: _("备份成一个文件，连同佐证材料；网站不必停。"),
        verify: _("核验备份完整、未被改动，审计记录首尾相接。"),
        restore: _("恢复到空的业务库；SQLite 和 PostgreSQL 可以互换。"),
        upgrade: _("先备份，再把业务库升级到这一版本的结构。"),
        status: _("业务库在哪里、结构是否最新、各表多少行。"),
    }
    for command, text in helps.items():
        group.command(command.__name__, help=text)(command)
    return group


def backup(
    target: TargetArgument, workspace: WorkspaceOption = "", out: OutOption = None, operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:  # fmt: skip
    """Back up; exit code 1 where evidence is missing or an audit chain is broken, after everything else was backed up."""
    file, made = _backed_up(_source(workspace, out, operations), target)
    _tell(made, output, _("已备份到 {file}。").format(file=file), file=file)


def verify(file: BackupArgument, output: FormatOption = Format.TABLE) -> None:
    """Verify a backup."""
    from guibiao.store.operations.restore import verify_backup

    _tell(verify_backup(file), output, _("备份完整，未被改动。"), file=file)


def restore(
    file: BackupArgument, workspace: WorkspaceOption = "", out: OutOption = None, operations: OperationsOption = "",
    output: FormatOption = Format.TABLE,
) -> None:  # fmt: skip
    """Restore into an empty store."""
    from guibiao.store.operations.restore import restore as act

    source = _source(workspace, out, operations)
    found = act(file, source, told=lambda text: sys.stderr.write(text + "\n"))
    _tell(found, output, _("已恢复，逐表核对与备份一致；所有人须重新登录。"), file=file)


def upgrade(
    keep: Annotated[Path | None, typer.Option("--backup", help=_("备份放到这里；默认在输出文件夹的 operations/backups 内。"))] = None,
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    operations: OperationsOption = "",
) -> None:
    """Back up, then bring the store to the newest form; nothing happens to one that is there."""
    from guibiao.store.operations.opening import open_operations, revisions
    from guibiao.store.operations.status import status_of

    source = _source(workspace, out, operations)
    revision = status_of(source).revision
    if revision == revisions()[0]:
        say(_("业务库已是最新结构 {revision}。").format(revision=revision))
        return
    folder = source.evidence.parent / "backups"
    if keep is None:
        folder.mkdir(parents=True, exist_ok=True)
    file, _made = _backed_up(source, keep or folder)
    say(_("已备份到 {file}。").format(file=file))
    open_operations(source.location, source.workspace, told=say).close()


def status(
    workspace: WorkspaceOption = "", out: OutOption = None, operations: OperationsOption = "", output: FormatOption = Format.TABLE
) -> None:
    """Say where the store is and what it holds; exit code 1 where it has to be upgraded first."""
    from guibiao.store.operations.opening import revisions
    from guibiao.store.operations.status import status_of

    found, newest = status_of(_source(workspace, out, operations)), revisions()[0]
    if output is Format.JSON:
        emit({"place": found.place, "revision": found.revision, "newest": newest, "rows": dict(found.rows)})
    else:
        say(_("业务库：{place}").format(place=found.place))
        say(_("结构：{revision}；这一版本用 {newest}。").format(revision=found.revision, newest=newest))
        for name, count in found.rows.items():
            say(f"  {name}  {count:,}")
    if found.revision != newest:
        raise typer.Exit(1)


def _source(workspace: str, out: Path | None, operations: str) -> Source:
    from guibiao.store.operations.backup import Source

    loaded = load(workspace)
    folder = out_folder(out, loaded)
    location = operations or str(folder / "operations" / "operations.db")
    return Source(location=location, workspace=loaded.settings.id, evidence=folder / "operations" / "evidence")


def _backed_up(source: Source, target: Path) -> tuple[Path, Backup]:
    from guibiao import __version__
    from guibiao.store.operations.backup import back_up

    now = datetime.now(UTC)
    file = target / f"operations-{source.workspace}-{now:%Y%m%dT%H%M%S}Z.zip" if target.is_dir() else target
    return file, back_up(source, file, at=now, software=__version__)


def _tell(made: Backup, output: Format, done: str, *, file: Path) -> None:
    from guibiao.store.files import sha256

    digest = sha256(file)
    if output is Format.JSON:
        emit({**made.to_dict(), "file": str(file), "sha256": digest})
    else:
        say(done)
        say(_("{tables} 张表 {rows} 行，佐证材料 {files} 份；结构 {revision}，文件 SHA-256 {digest}").format(
            tables=len(made.tables), rows=made.rows, files=len(made.evidence), revision=made.revision, digest=digest,
        ))  # fmt: skip
        for each in made.chains:
            say(_("审计记录 {chain}：{count} 条，末尾校验值 {hash}").format(chain=each.chain, count=each.count, hash=each.hash))
        left = "、".join(f"{name} {count}" for name, count in made.left_out.items() if count)
        if left:
            say(_("按规定不进备份（登录状态和近几分钟的计数）：{tables}").format(tables=left))
    if made.missing:
        named = "、".join(made.missing)
        sys.stderr.write(_("缺失或已损坏的佐证材料 {count} 份：{names}").format(count=len(made.missing), names=named) + "\n")
    if made.broken:
        sys.stderr.write(_("审计记录已断或被改动，照原样保存：{chains}").format(chains="、".join(made.broken)) + "\n")
    if made.missing or made.broken:
        raise typer.Exit(1)
