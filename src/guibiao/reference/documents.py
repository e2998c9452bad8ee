"""YAML and CSV files of a workspace as plain data that remembers the line of every key."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from guibiao.model.errors import BadDefinition, Place
from guibiao.model.messages import translate as _


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML whose dates stay text: a date's precision (2024, 2024-03, 2024-03-21) means something here."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
_MAXIMUM_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """Data of one file, and the 1-based line at which each path into it starts."""

    file: str
    data: Any
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, path: Sequence[str | int]) -> int | None:
        """Line of the nearest enclosing key."""
        steps = tuple(path)
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines.get(steps)


def read_yaml(path: Path, name: str) -> Document:
    """Parse one YAML file; duplicate keys, anchors' tricks and syntax errors are refused with file and line."""
    text = read_text(path, name)
    lines: dict[tuple[str | int, ...], int] = {}
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            _walk(node, (), lines, name, 0)
            data = None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadDefinition(
            _("YAML 写法有误：{problem}").format(problem=getattr(error, "problem", None) or error),
            remedy=_("检查该行的缩进、冒号后的空格和引号。"),
            place=Place(name, mark.line + 1 if mark else None),
        ) from None
    return Document(name, data, lines)


def read_csv_records(path: Path, name: str) -> Document:
    """Rows of a definition CSV as dictionaries; row n of the data stands at line n + 1."""
    reader = csv.reader(io.StringIO(read_text(path, name)), strict=True)
    try:
        rows = [row for row in reader if row]
    except csv.Error as error:
        raise BadDefinition(_("CSV 写法有误：{problem}").format(problem=error), place=Place(name, reader.line_num)) from None
    if not rows:
        raise BadDefinition(_("文件是空的"), remedy=_("第一行写列名。"), place=Place(name, 1))
    head = rows[0]
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(head):
            raise BadDefinition(
                _("这一行有 {found} 列，表头有 {expected} 列").format(found=len(row), expected=len(head)),
                remedy=_("含逗号的文字要加双引号。"),
                place=Place(name, number),
            )
    records = [dict(zip(head, row, strict=True)) for row in rows[1:]]
    return Document(name, records, {(index,): index + 2 for index in range(len(records))})


def read_text(path: Path, name: str) -> str:
    """A definition file as text; refuses what is not UTF-8 or absurdly large."""
    if path.stat().st_size > _MAXIMUM_BYTES:
        raise BadDefinition(_("文件超过 {size} MB").format(size=_MAXIMUM_BYTES // 1024**2), place=Place(name))
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDefinition(
            _("不是 UTF-8 编码（第 {offset} 字节）").format(offset=error.start),
            remedy=_("在编辑器里另存为 UTF-8。"),
            place=Place(name),
        ) from None


def _walk(node: yaml.Node | None, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], name: str, depth: int) -> None:
    if node is None:
        return
    if depth > 40 or len(lines) > 500_000:
        raise BadDefinition(_("YAML 嵌套过深或过大"), place=Place(name, node.start_mark.line + 1))
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _walk(child, (*path, index), lines, name, depth + 1)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise BadDefinition(_("键名应当是文字"), place=Place(name, key.start_mark.line + 1))
            if key.value in seen:
                raise BadDefinition(
                    _("键 {key} 写了两次").format(key=key.value), remedy=_("删去一处。"), place=Place(name, key.start_mark.line + 1)
                )
            seen.add(str(key.value))
            lines[(*path, key.value)] = key.start_mark.line + 1
            _walk(child, (*path, key.value), lines, name, depth + 1)
