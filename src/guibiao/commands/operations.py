"""What the commands over the operations store share: where it is, who acts, and how records are printed."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import load, out_folder
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.decisions import DecisionDesk
    from guibiao.ledgers import LedgerDesk
    from guibiao.model.operations import Change
    from guibiao.reference.definitions import Workspace
    from guibiao.store.operations.database import Operations

OperationsOption = Annotated[
    str,
    typer.Option(
        "--operations", envvar="GUIBIAO_OPERATIONS", help=_("业务库：文件路径或 postgresql://…；默认在输出文件夹的 operations 内。")
    ),
]
WhoOption = Annotated[str, typer.Option("--who", help=_("经办人；默认为当前用户。"))]
WhyOption = Annotated[str, typer.Option("--why", help=_("理由，记入历史。"))]

ACTIONS: Mapping[str, Callable[[], str]] = {
    "register": lambda: _("登记"),
    "decompose": lambda: _("分解"),
    "start": lambda: _("在办"),
    "submit": lambda: _("待核"),
    "close": lambda: _("销号"),
    "return": lambda: _("退回"),
    "extend": lambda: _("延期"),
    "update": lambda: _("更新"),
    "import": lambda: _("由台账文件接收"),
    "add": lambda: _("登记"),
    "cascade": lambda: _("分到各区"),
    "reach": lambda: _("达到"),
    "undo": lambda: _("撤回"),
    "resolve": lambda: _("解决"),
    "reopen": lambda: _("重新提出"),
    "propose": lambda: _("摘出"),
    "accept": lambda: _("采纳"),
    "reject": lambda: _("不采纳"),
}
"""What people did, in their language."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A workspace with its output folder and open operations store."""

    workspace: Workspace
    folder: Path
    store: Operations


@contextmanager
def opened(workspace: str, out: Path | None, operations: str) -> Iterator[Opened]:
    """Load the workspace, open its operations store, close it at the end."""
    from guibiao.store.operations.opening import open_operations

    loaded = load(workspace)
    folder = out_folder(out, loaded)
    location = operations or str(folder / "operations" / "operations.db")
    store = open_operations(location, loaded.settings.id, told=lambda text: sys.stderr.write(text + "\n"))
    try:
        yield Opened(loaded, folder, store)
    finally:
        store.close()


@contextmanager
def ledger_desk(workspace: str, out: Path | None, operations: str) -> Iterator[LedgerDesk]:
    """The ledger, with evidence files in the output folder."""
    from guibiao.ledgers import LedgerDesk
    from guibiao.store.operations.evidence import EvidenceFolder

    with opened(workspace, out, operations) as at:
        yield LedgerDesk(at.workspace, at.store, EvidenceFolder(at.folder / "operations" / "evidence"), lambda: datetime.now(UTC))


@contextmanager
def decision_desk(workspace: str, out: Path | None, operations: str) -> Iterator[DecisionDesk]:
    """Proposals and decisions."""
    from guibiao.decisions import DecisionDesk

    with opened(workspace, out, operations) as at:
        yield DecisionDesk(at.workspace, at.store, lambda: datetime.now(UTC))


def person(who: str) -> str:
    """Who acts: as given, or the user of the machine."""
    return who.strip() or getpass.getuser()


def short(name: str) -> str:
    """The beginning of an id, enough for commands to find it: task-1f2e3d4c5b6a/990101 as 1f2e3d4c/990101."""
    head, slash, area = name.partition("/")
    return f"{head.partition('-')[2][:8] or head}{slash}{area}"


def plain(record: Any) -> dict[str, Any]:
    """A record as JSON values."""
    return {name: _json(value) for name, value in asdict(record).items()}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_json(each) for each in value]
    return value if isinstance(value, str | int | float | bool | dict | None) else str(value)


def change_record(change: Change) -> dict[str, Any]:
    """An entry of the history as JSON values."""
    return {
        "sequence": change.sequence, "kind": change.kind, "id": change.record, "version": change.version, "action": change.act.action,
        "who": change.act.who, "at": change.act.at.isoformat(timespec="seconds"), "why": change.act.why, "old": dict(change.old),
        "new": dict(change.new),
    }  # fmt: skip


def told(change: Change) -> str:
    """An entry of the history as a line for people."""
    fields = "；".join(_changed(name, change.old.get(name), value) for name, value in change.new.items()) if change.old else ""
    action = ACTIONS[change.act.action]() if change.act.action in ACTIONS else change.act.action
    parts = (f"{change.act.at.astimezone():%Y-%m-%d %H:%M}", change.act.who, action, fields[:200], change.act.why)
    return "  ".join(part for part in parts if part)


def _changed(name: str, old: Any, new: Any) -> str:
    from guibiao.policy.ledger import STATE_WORDS
    from guibiao.policy.ledger_cells import COLUMNS

    heading = next((column.heading for column in COLUMNS if column.field == name), name)
    was, now = (STATE_WORDS.get(value, value) if name == "state" else "" if value is None else value for value in (old, new))
    return f"{heading}：{was} → {now}"
