"""Files taken in from outside: stored whole or not at all, in the place of the typed table of the same name, and taken back by undo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guibiao.graph import digest
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Workspace
from guibiao.run import DELIVERED
from guibiao.store.port import WITHDRAWN, WorkingStore


def take_in(workspace: Workspace, store: WorkingStore, table: str, file: Path | None) -> dict[str, Any]:
    """Read a file for a table of the workspace, record it and make it current. The same bytes twice change nothing."""
    from guibiao.ingest.steps import ingest_file, record_table

    if file is None or not table:
        missing = _("数据文件") if file is None else "--table"
        raise BadRequest(_("缺少参数 {name}").format(name=missing), remedy=_("写成 guibiao ingest 文件 --table 表名。"))
    result = ingest_file(workspace, file, table)
    key = digest("delivery", file.read_bytes(), workspace.tables[table], sorted(result.digests.items()))
    with store.transaction():
        if key not in set(store.current(DELIVERED).values()):
            record_table(store, key, result)
        new = store.deliver(f"{DELIVERED}{table}", key, datetime.now(UTC))
    counts = dict(result.counts)
    text = _("已接收 {file}：{statements} 个数据") if new else _("{file} 与现有内容相同，未作改动（{statements} 个数据）")
    findings = [row["message"] for row in result.findings]
    message = "\n".join([text.format(file=file.name, statements=counts.get("statements", 0)), *findings])
    return {"table": table, "file": file.name, "content": key, "stored": new, "counts": counts, "findings": findings, "message": message}


def withdraw(workspace: Workspace, store: WorkingStore, table: str) -> dict[str, Any]:
    """Take the last delivery of a table back: the one before it, or the typed table, is current again."""
    name = f"{DELIVERED}{table}"
    history = [delivery.content_key for delivery in store.deliveries(name) if delivery.dataset == name]
    if name not in store.current(DELIVERED):
        known = "、".join(each.removeprefix(DELIVERED) for each in store.current(DELIVERED)) or _("无")
        raise BadRequest(
            _("表 {table} 没有接收过文件").format(table=table or "--table"), remedy=_("接收过的表：{known}。").format(known=known)
        )
    earlier = _before_last(history)
    with store.transaction():
        store.deliver(name, earlier, datetime.now(UTC))
    message = _("已撤回表 {table} 最近接收的文件").format(table=table)
    return {"table": table, "workspace": workspace.settings.id, "content": earlier, "message": message}


def _before_last(history: list[str]) -> str:
    """The content that was current before the present one, as an undo of undos would see it."""
    stack: list[str] = []
    for key in history:
        if len(stack) > 1 and key == stack[-2]:
            stack.pop()
        else:
            stack.append(key)
    return stack[-2] if len(stack) > 1 and stack[-2] != WITHDRAWN else WITHDRAWN
