"""`guibiao release`: draft, clear, schedule, publish, withdraw, diff, list, verify."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import (
    Format,
    FormatOption,
    OutOption,
    StoreOption,
    WorkspaceOption,
    as_rows,
    emit,
    load,
    out_folder,
    parse_moment,
    say,
    session,
    show,
)
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.publish.release import Standing
    from guibiao.store.port import ReleaseArchive

ReleaseArgument = Annotated[str, typer.Argument(help=_("发布的标识，或它的开头几位。"))]
ReasonOption = Annotated[str, typer.Option("--reason", help=_("理由，记入发布日志。"))]
WhoOption = Annotated[str, typer.Option("--who", help=_("经办人；默认为当前用户。"))]
DIFFERENCE = ("change", "indicator", "area", "categories", "period", "accounting_basis", "unit", "old", "new", "difference", "per_cent")


def tree() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(help=_("发布：拟定、审核、定时、公布、撤回、比较。"), no_args_is_help=True)
    helps: dict[Callable[..., Any], str] = {
        draft: _("运行并拟定一次发布。"),
        list_: _("列出全部发布。"),
        clear: _("审核通过含受限表或错误级发现的发布。"),
        schedule: _("定下公布时刻；此前不能公布。"),
        publish: _("公布：读者从此看到这一发布。"),
        withdraw: _("撤回已公布的发布，留下说明。"),
        diff: _("两次发布之间新增、删除、修订了哪些数据。"),
        verify: _("核对发布文件与清单是否一致。"),
    }
    for command, text in helps.items():
        group.command(command.__name__.rstrip("_"), help=text)(command)
    return group


def draft(
    workspace: WorkspaceOption = "", out: OutOption = None, store: StoreOption = "",
    restricted: Annotated[bool, typer.Option("--restricted", help=_("连同尚未审核的受限表拟定；报告和数据不变。"))] = False,
    output: FormatOption = Format.TABLE,
) -> None:  # fmt: skip
    """Run and draft a release."""
    from guibiao.publication import Publication
    from guibiao.run import DataRun, Request

    with session(workspace, out, store) as at:
        publication = Publication(DataRun(at.workspace, at.store, Request(at.folder, restricted=restricted)))
        if restricted:
            publication.draft()
        else:
            publication.write()
    from guibiao.publish.release import find

    _show(find(_archive(workspace, out), publication.release), output)


def list_(workspace: WorkspaceOption = "", out: OutOption = None, output: FormatOption = Format.TABLE) -> None:
    """List every release."""
    from guibiao.publish.release import releases

    rows = [_record(standing) for standing in releases(_archive(workspace, out))]
    if output is Format.JSON:
        emit(rows)
    else:
        names = ("release", "state", "current", "created", "as_of", "rows")
        shown = [{**row, "state": _STATES[row["state"]](), "current": _("是") if row["current"] else ""} for row in rows]
        show(_("发布"), (_("标识"), _("状态"), _("现行"), _("拟定时间"), _("截至"), _("行数")), as_rows(shown, names))


def clear(
    release: ReleaseArgument, reason: ReasonOption = "", who: WhoOption = "", workspace: WorkspaceOption = "", out: OutOption = None,
    output: FormatOption = Format.TABLE,
) -> None:  # fmt: skip
    """Clear a release that carries restricted tables or errors."""
    from guibiao.publish.release import clear as act

    _show(act(_archive(workspace, out), release, who=who or getpass.getuser(), reason=reason, at=datetime.now(UTC)), output)


def schedule(
    release: ReleaseArgument, at: Annotated[str, typer.Option("--at", help=_("时刻，如 2026-12-01T09:00+08:00。"))], who: WhoOption = "",
    workspace: WorkspaceOption = "", out: OutOption = None, output: FormatOption = Format.TABLE,
) -> None:  # fmt: skip
    """Set the moment before which a release may not be published."""
    from guibiao.publish.release import schedule as act

    embargo = parse_moment(at, "--at")
    if embargo is None:
        raise BadRequest(_("没有给出时刻"), remedy=_("写成 --at 2026-12-01T09:00+08:00。"))
    _show(act(_archive(workspace, out), release, embargo=embargo, at=datetime.now(UTC), who=who or getpass.getuser()), output)


def publish(
    release: ReleaseArgument,
    who: WhoOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Point readers at a release."""
    from guibiao.publish.release import publish as act

    _show(act(_archive(workspace, out), release, at=datetime.now(UTC), who=who or getpass.getuser()), output)


def withdraw(
    release: ReleaseArgument, reason: ReasonOption = "", who: WhoOption = "", workspace: WorkspaceOption = "", out: OutOption = None,
    output: FormatOption = Format.TABLE,
) -> None:  # fmt: skip
    """Take a published release back, with a notice."""
    from guibiao.publish.release import withdraw as act

    _show(act(_archive(workspace, out), release, who=who or getpass.getuser(), reason=reason, at=datetime.now(UTC)), output)


def diff(
    old: ReleaseArgument,
    new: ReleaseArgument,
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Observations added, removed or revised between two releases."""
    from guibiao.publish.release import diff as compare

    rows = [change.to_dict() for change in compare(_archive(workspace, out), old, new)]
    if output is Format.JSON:
        emit(rows)
    else:
        heads = (_("变化"), _("指标"), _("地区"), _("类目"), _("时期"), _("口径"), _("单位"), _("原值"), _("新值"), _("差"), "%")
        show(_("差异 {count} 项").format(count=len(rows)), heads, as_rows(rows, DIFFERENCE), limit=40)


def verify(release: ReleaseArgument, workspace: WorkspaceOption = "", out: OutOption = None, output: FormatOption = Format.TABLE) -> int:
    """Compare a release's files with its manifest; exit code 1 where they differ."""
    from guibiao.publish.release import find
    from guibiao.publish.release import verify as check

    archive = _archive(workspace, out)
    faults = check(archive, find(archive, release).id)
    if output is Format.JSON:
        emit([{"file": fault.file, "fault": fault.kind} for fault in faults])
    else:
        say("\n".join(f"{fault.file}: {fault.kind}" for fault in faults) if faults else _("文件完好，与清单一致。"))
    return 1 if faults else 0


def _archive(workspace: str, out: Any) -> ReleaseArchive:
    from guibiao.store.open import open_archive

    return open_archive(out_folder(out, load(workspace)) / "releases")


def _record(standing: Standing) -> dict[str, Any]:
    manifest = standing.manifest
    return {
        "release": standing.id,
        "state": standing.state.value,
        "current": standing.current,
        "created": manifest.created.isoformat(timespec="seconds"),
        "as_of": manifest.as_of,
        "embargo": standing.embargo,
        "needs_clearance": manifest.needs_clearance,
        "cleared": standing.cleared,
        "errors": manifest.errors,
        "restricted": list(manifest.restricted),
        "rows": sum(manifest.tables.values()),
        "notice": standing.notice,
    }


def _show(standing: Standing, output: Format) -> None:
    record = _record(standing)
    if output is Format.JSON:
        emit(record)
        return
    say(_("发布 {release}：{state}").format(release=record["release"], state=_STATES[record["state"]]()))
    if record["needs_clearance"] and not record["cleared"]:
        say(_("含 {errors} 项错误级发现或受限表，公布前须审核：guibiao release clear {release} --reason 理由").format(**record))


_STATES = {
    "draft": lambda: _("草稿"),
    "cleared": lambda: _("已审核"),
    "scheduled": lambda: _("已定时"),
    "published": lambda: _("已公布"),
    "withdrawn": lambda: _("已撤回"),
}
