"""Read a workspace's table or a delivered file, and record what it gives. A file that is refused leaves nothing behind."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.ingest.bind import bind
from guibiao.ingest.formats import check_format, read_sheet
from guibiao.ingest.sheet import MAXIMUM_BYTES
from guibiao.model.errors import BadInput, BadRequest, Place
from guibiao.model.finding import Finding
from guibiao.model.messages import translate as _
from guibiao.model.tables import CELLS, FINDINGS, STATEMENTS
from guibiao.reference.definitions import TableBinding, Workspace
from guibiao.store.port import WorkingStore

if TYPE_CHECKING:
    import pyarrow as pa

_BULK_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class TableResult:
    """What one file gives: rows of the tables `cells`, `statements` and `findings`.

    `digests` maps each indicator stated to the digest of its statements; `counts` holds rows, cells, statements and cells by reason.
    Statements of a bulk file are an Arrow table; its cells are not kept.
    """

    dataset: str
    cells: list[dict[str, Any]]
    statements: list[dict[str, Any]] | pa.Table
    findings: list[dict[str, Any]]
    digests: Mapping[str, str]
    counts: Mapping[str, int]


def read_table(workspace: Workspace, binding: TableBinding, folder: Path | None = None) -> TableResult:
    """A table of the workspace, from `folder` (by default the workspace's `tables`). Raises BadInput, BadDefinition."""
    folder = (folder or workspace.folder / "tables").resolve()
    path = (folder / binding.file).resolve()
    if not path.is_relative_to(folder):
        raise BadInput(_("文件 {name} 在工作区之外").format(name=binding.file), remedy=_("把文件放进工作区。"), place=Place(binding.file))
    return _result(workspace, binding, _bytes(path, binding.file, binding), binding.file, strict=False)


def ingest_file(workspace: Workspace, path: Path, table_name: str) -> TableResult:
    """A file handed in for a table of the workspace: its columns by name, in whichever format. Refused whole where anything is wrong."""
    binding = workspace.tables.get(table_name)
    if binding is None:
        near = get_close_matches(table_name, workspace.tables, n=1, cutoff=0.4)
        raise BadRequest(
            _("没有名为 {name} 的表").format(name=table_name),
            remedy=_("是不是 {name}？").format(name=near[0])
            if near
            else _("可选：{names}").format(names="、".join(sorted(workspace.tables))),
        )
    return _result(workspace, binding, _bytes(path, path.name, binding), path.name, strict=True)


def record_table(store: WorkingStore, key: str, result: TableResult) -> None:
    """Record a table's rows under a content key, all or nothing."""
    with store.transaction():
        store.record(CELLS, key, result.cells)
        store.record(STATEMENTS, key, result.statements)
        store.record(FINDINGS, key, result.findings)


def _bytes(path: Path, name: str, binding: TableBinding) -> bytes:
    """Content of a file, once its size is bearable and its kind the one its name says."""
    limit = _BULK_BYTES if binding.bulk else MAXIMUM_BYTES
    if not path.is_file():
        raise BadInput(_("没有这个文件"), remedy=_("核对路径；要一个普通文件。"), place=Place(name))
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise BadInput(_("文件读不了：{problem}").format(problem=error.strerror), remedy=_("核对路径和权限。"), place=Place(name)) from None
    check_format(content, name, path.suffix.lower(), limit)
    return content


def _result(workspace: Workspace, binding: TableBinding, content: bytes, name: str, *, strict: bool) -> TableResult:
    if binding.bulk:
        from guibiao.ingest.bulk import bind_bulk

        table = bind_bulk(content, name, binding, workspace)
        whole = hashlib.sha256(content).hexdigest()
        digests = indicator_digests((indicator, whole) for indicator in table.column("indicator").unique().to_pylist())
        return TableResult(binding.id, [], table, [], digests, {"rows": table.num_rows, "cells": 0, "statements": table.num_rows})
    bound = bind(read_sheet(content, name, binding), binding, workspace, strict=strict, delivered=name if strict else "")
    digests = indicator_digests((row["indicator"], row["statement"]) for row in bound.statements)
    return TableResult(binding.id, bound.cells, bound.statements, _rows(bound.findings), digests, bound.counts)


def indicator_digests(stated: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Indicator -> digest of the ids of its statements, whatever their order."""
    groups: dict[str, list[str]] = defaultdict(list)
    for indicator, statement in stated:
        groups[indicator].append(statement)
    return {indicator: hashlib.sha256(" ".join(sorted(groups[indicator])).encode()).hexdigest() for indicator in sorted(groups)}


def _rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [{**asdict(finding), "severity": finding.severity.value} for finding in findings]
