"""Options that several commands share, and what they resolve to."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.reference.definitions import Workspace
    from guibiao.store.port import WorkingStore


class Format(StrEnum):
    """How a command prints."""

    TABLE = "table"
    JSON = "json"


WorkspaceOption = Annotated[str, typer.Option("--workspace", help=_("工作区文件夹或名称；默认用 workspaces/ 下的默认工作区。"))]
OutOption = Annotated[Path | None, typer.Option("--out", help=_("输出文件夹；默认 out/工作区名。"))]
StoreOption = Annotated[
    str, typer.Option("--store", envvar="GUIBIAO_STORE", help=_("工作库：文件路径或 postgresql://…；默认在输出文件夹内。"))
]
AsOfOption = Annotated[str, typer.Option("--as-of", metavar="YYYY-MM-DD", help=_("只用这一天之前已公布的数据。"))]
RecordedOption = Annotated[str, typer.Option("--recorded-as-of", metavar="YYYY-MM-DD[THH:MM]", help=_("回到工作库在这一时刻的内容。"))]
FormatOption = Annotated[Format, typer.Option("--format", help=_("输出格式。"))]
StrictOption = Annotated[bool, typer.Option("--strict", help=_("有警告或错误级核查发现时以退出码 1 结束。"))]

PACKAGED = Path(__file__).resolve().parent.parent / "workspaces"
CHECKOUT = Path(__file__).resolve().parents[3] / "workspaces"


def workspace_folder(name: str) -> Path:
    """The folder a user means: a path, a name under workspaces/, or the default workspace."""
    homes = [home for home in (Path("workspaces"), PACKAGED, CHECKOUT) if home.is_dir()]
    if name:
        for candidate in (Path(name), *(home / name for home in homes)):
            if (candidate / "workspace.yaml").is_file():
                return candidate
        known = "、".join(sorted({path.parent.name for home in homes for path in home.glob("*/workspace.yaml")}))
        raise BadRequest(
            _("找不到工作区 {name}").format(name=name),
            remedy=_("已有：{known}。新建：guibiao new {name}").format(known=known or "-", name=name),
        )
    if Path("workspace.yaml").is_file():
        return Path()
    for home in homes:
        if (home / "default").is_file():
            return home / (home / "default").read_text("utf-8").strip()
        folders = sorted(path.parent for path in home.glob("*/workspace.yaml"))
        if len(folders) == 1:
            return folders[0]
    raise BadRequest(_("没有指明工作区"), remedy=_("用 --workspace 指定，或用 guibiao new 城市名 新建一个。"))


def load(name: str) -> Workspace:
    """The workspace a user means, read and checked."""
    from guibiao.reference.load import load_workspace

    return load_workspace(workspace_folder(name))


def out_folder(out: Path | None, workspace: Workspace) -> Path:
    """Where outputs go; a folder that cannot be written is a bad request."""
    folder = out or Path("out") / workspace.settings.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".write-test").touch()
        (folder / ".write-test").unlink()
    except OSError as error:
        raise BadRequest(
            _("不能写入输出文件夹 {folder}：{reason}").format(folder=folder, reason=error.strerror),
            remedy=_("用 --out 换一个可写的文件夹。"),
        ) from None
    return folder


@dataclass(frozen=True, slots=True)
class Session:
    """A workspace with its output folder and open working store."""

    workspace: Workspace
    folder: Path
    store: WorkingStore


@contextmanager
def session(workspace: str, out: Path | None, store: str) -> Iterator[Session]:
    """Load the workspace, open its store, close it at the end. `store` is a path or an address; by default a file in the output folder."""
    from guibiao.store.open import open_store

    loaded = load(workspace)
    folder = out_folder(out, loaded)
    working = open_store(store or str(folder / "store" / "guibiao.duckdb"), loaded.settings.id)
    try:
        yield Session(loaded, folder, working)
    finally:
        working.close()


def parse_day(text: str, option: str) -> date | None:
    """A day given on the command line."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(_("{option} 的日期 {text} 无法识别").format(option=option, text=text), remedy=_("写成 2018-06-30。")) from None


def parse_moment(text: str, option: str) -> datetime | None:
    """A moment given on the command line; a day alone is its end, without a zone it is local time."""
    if not text:
        return None
    try:
        moment = datetime.combine(date.fromisoformat(text), time.max) if len(text) == len("2018-06-30") else datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(
            _("{option} 的时刻 {text} 无法识别").format(option=option, text=text), remedy=_("写成 2026-11-21 或 2026-11-21T09:30。")
        ) from None
    return moment.astimezone(UTC)


def parse_categories(pairs: Sequence[str]) -> dict[str, str]:
    """`dimension=code` options."""
    found = dict(pair.partition("=")[::2] for pair in pairs)
    if any(not name or not code for name, code in found.items()):
        raise BadRequest(_("类目要写成 维度=代码"), remedy=_("例如 --category listing=a_share。"))
    return found


def emit(value: Any) -> None:
    """Print a JSON document."""
    import json

    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def say(text: str = "") -> None:
    """Print a line for people."""
    sys.stdout.write(text + "\n")


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], limit: int | None = None) -> None:
    """Print a table; what a limit leaves out is said."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, title=title, title_justify="left", header_style="bold")
    for row in rows[:limit]:
        table.add_row(*row)
    console = Console()
    console.print(table)
    if limit is not None and len(rows) > limit:
        console.print(_("另有 {count} 行未显示，全部见 --format json。").format(count=len(rows) - limit))


def as_rows(records: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[list[str]]:
    """Chosen fields of records as text."""
    return [["" if record[name] is None else str(record[name]) for name in names] for record in records]
