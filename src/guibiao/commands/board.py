"""`guibiao policy board`: which targets are met, on pace, behind or cannot be measured, as of a day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from guibiao.commands.options import (
    AsOfOption,
    Format,
    FormatOption,
    OutOption,
    StoreOption,
    WorkspaceOption,
    emit,
    parse_day,
    say,
    session,
    show,
)
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _


def register(group: typer.Typer) -> None:
    """Add the command to the group of policies."""
    group.command("board", help=_("目标看板：截至某日各项目标完成、合拍、落后还是无法衡量，每条附一句说明。"))(board)


def board(
    as_of: AsOfOption = "",
    document: Annotated[str, typer.Option("--document", help=_("只看这份文件的目标。"))] = "",
    status: Annotated[str, typer.Option("--status", help=_("只看这一状态，如 not_measurable。"))] = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """The board of targets."""
    from guibiao.attainment import board as judged
    from guibiao.run import DataRun, Request

    day = parse_day(as_of, "--as-of") or datetime.now(UTC).astimezone().date()
    with session(workspace, out, store) as at:
        known = _checked(document, status, at.workspace.policies)
        rows = judged(DataRun(at.workspace, at.store, Request(out=at.folder)), day)
    rows = [row for row in rows if document in {"", row["document"]} and status in {"", row["status"]}]
    if output is Format.JSON:
        emit([_plain(row) for row in rows])
        return
    _print(rows, day.isoformat(), known)


def _checked(document: str, status: str, policies: Any) -> int:
    """How many documents there are; an unknown document or status is a bad request."""
    from guibiao.model.errors import BadRequest
    from guibiao.policy.attainment_types import Status

    if document and document not in policies:
        raise BadRequest(_("没有政策文件 {id}").format(id=document), remedy=_("可写：{names}。").format(names="、".join(policies)))
    names = [each.value for each in Status]
    if status and status not in names:
        raise BadRequest(_("没有状态 {status}").format(status=status), remedy=_("可写：{names}。").format(names="、".join(names)))
    return len(policies)


def _print(rows: list[dict[str, Any]], day: str, documents: int) -> None:
    from guibiao.policy.attainment_types import Status
    from guibiao.policy.attainment_words import status_words

    chinese = active_language() == "zh"
    names = {each.value: (status_words(each).zh if chinese else status_words(each).en) for each in Status}
    if not documents:
        say(_("工作区的 policies 文件夹里还没有政策文件。"))
        return
    show(
        _("截至 {day} 的目标").format(day=day),
        (_("文件"), _("状态"), _("说明")),
        [[row["document"], names[row["status"]], row["sentence_zh" if chinese else "sentence_en"]] for row in rows],
    )
    counts = [(name, sum(row["status"] == status for row in rows)) for status, name in names.items()]
    said = _("，").join(f"{name} {count}" for name, count in counts if count)
    say(_("共 {count} 条：{counts}").format(count=len(rows), counts=said) if rows else _("没有符合条件的目标。"))
    if rows:
        given = sum(row["probability"] is not None for row in rows)
        say(_("其中 {count} 条给出达到目标的概率；其余未给的原因见 --format json 的 probability_zh。").format(count=given))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Numbers as JSON numbers, days as text."""
    from decimal import Decimal

    return {name: (float(value) if isinstance(value, Decimal) else value) for name, value in row.items()}
