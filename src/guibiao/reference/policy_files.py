"""Writing accepted targets and tasks into a policy's YAML: only the entries that change; what people wrote around them stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import TypeAdapter, ValidationError

from guibiao.model.errors import BadDefinition, Place
from guibiao.model.messages import translate as _
from guibiao.reference.documents import read_yaml
from guibiao.reference.policies import PolicyDocument, PolicyTarget, PolicyTask

Section = Literal["targets", "tasks"]
Entry = PolicyTarget | PolicyTask
_WIDTH = 10_000


@dataclass(frozen=True, slots=True)
class _Span:
    """An entry's lines, `last` exclusive, its id and its place in the document."""

    id: str
    start: int
    first: int
    last: int
    column: int


def new_file(document: PolicyDocument) -> str:
    """The YAML of a document without entries."""
    return _dumped({name: value for name, value in _filled(document).items() if name not in {"targets", "tasks"}})


def require_loadable(path: Path, name: str) -> None:
    """BadDefinition where the file, as it now stands, would not be read back."""
    document = read_yaml(path, name)
    try:
        TypeAdapter(PolicyDocument).validate_python(document.data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = tuple(fault["loc"])
        raise BadDefinition(
            _("{path}：{message}").format(path=".".join(map(str, where)), message=fault["msg"]),
            remedy=_("写法见 guibiao schema {kind}。").format(kind="policy"),
            place=Place(name, document.line(where)),
        ) from None


def with_entries(text: str, entries: Mapping[str, Entry | None], name: str) -> str:
    """The YAML with entries put in their places, taken in place of the one of the same id, or taken out (None).

    New ones stand where they stand in the document. BadDefinition where the file is not in the form this writes.
    """
    for section, kind in (("targets", PolicyTarget), ("tasks", PolicyTask)):
        for key, entry in entries.items():
            if entry is None or isinstance(entry, kind):
                text = _with_entry(text, section, key, entry, name)  # type: ignore[arg-type]  # the two names above
    return text


def _with_entry(text: str, section: Section, key: str, entry: Entry | None, name: str) -> str:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    at, spans = _section("".join(lines), section, name)
    own = next((span for span in spans if span.id == key), None)
    if own is not None:
        lines[own.first : own.last] = [] if entry is None else [_block(entry, own.column)]
        if entry is None and len(spans) == 1 and at is not None:
            del lines[at]
        return "".join(lines)
    if entry is None:
        return text
    if spans and at is not None:
        # After the entry before it, so that a comment stays above the entry it was written for.
        before = next((number for number, span in enumerate(spans) if span.start > entry.start), len(spans))
        lines.insert(spans[before - 1].last if before else at + 1, _block(entry, spans[0].column))
        return "".join(lines)
    if at is not None:
        del lines[at]
    tasks, _none = _section("".join(lines), "tasks", name) if section == "targets" else (None, [])
    place = len(lines) if tasks is None else tasks
    lines[place:place] = [f"{section}:\n", _block(entry, 2)]
    return "".join(lines)


def _section(text: str, section: Section, name: str) -> tuple[int | None, list[_Span]]:
    """The line a section's key stands on, None without it, and its entries in order."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise BadDefinition(_("YAML 写法有误：{problem}").format(problem=error), place=Place(name)) from None
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    key, node = next((pair for pair in pairs if pair[0].value == section), (None, None))
    if key is None:
        return None, []
    if not isinstance(node, yaml.SequenceNode) or (node.flow_style and node.value):
        raise BadDefinition(
            _("{section} 应当是每项一行起头的列表").format(section=section),
            remedy=_("每一项以“- id: ”开头，另起一行。"),
            place=Place(name, key.start_mark.line + 1),
        )
    return key.start_mark.line, list(_spans(text, node))


def _spans(text: str, node: yaml.SequenceNode) -> Iterator[_Span]:
    """Entries with their lines; comments and blank lines after the last line of one belong to what follows."""
    lines = text.splitlines()
    for number, item in enumerate(node.value):
        content = {key.value: value.value for key, value in item.value}
        first = item.start_mark.line
        last = node.value[number + 1].start_mark.line if number + 1 < len(node.value) else min(node.end_mark.line, len(lines))
        while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
            last -= 1
        column = len(lines[first]) - len(lines[first].lstrip())
        yield _Span(str(content["id"]), int(content["start"]), first, last, column)


def _block(entry: Entry, column: int) -> str:
    """An entry as a list item whose dash stands at a column."""
    lines = _dumped(_filled(entry)).splitlines()
    return "".join(f"{' ' * column}{'- ' if not number else '  '}{line}\n" for number, line in enumerate(lines))


def _filled(definition: PolicyDocument | Entry) -> dict[str, Any]:
    """Fields that say something, in their order; decimals as text, so that nothing is rounded."""
    result: dict[str, Any] = {}
    for each in fields(definition):
        value = getattr(definition, each.name)
        if value is None or value == "" or value == ():
            continue
        result[each.name] = str(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value
    return result


def _dumped(content: Mapping[str, Any]) -> str:
    text: str = yaml.dump(dict(content), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return text


class _Dumper(yaml.SafeDumper):
    """Safe YAML with short lists of words on one line."""

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        del flow_style
        node: yaml.SequenceNode = super().represent_sequence(tag, sequence, flow_style=True)
        return node


_Dumper.add_representer(date, lambda dumper, day: dumper.represent_scalar("tag:yaml.org,2002:timestamp", day.isoformat()))
