"""A specification a person wrote in a file: read, checked field by field, completed by what the command line gave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from guibiao.model.errors import BadDefinition, BadRequest, BatchErrors, Place
from guibiao.model.messages import translate as _
from guibiao.reference.documents import Document, read_yaml
from guibiao.reference.load import explained, known_fields, remedy_of

Specification = TypeVar("Specification")


def read_specification(
    path: Path | None, kind: type[Specification], *, spoken: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None, **given: Any
) -> Specification:
    """`kind` from the YAML file, whose keys are its fields, with what is not None of `given` in their place.

    Keys may be written as options are (`truncated-rho`); `spoken` translates what options say otherwise than fields. Raises BadRequest or
    BadDefinition with file, line and remedy for what is unknown or not allowed.
    """
    document = Document("", {})
    if path is not None:
        if not path.is_file():
            raise BadRequest(_("找不到说明文件 {path}").format(path=path), remedy=_("检查 --spec 的路径。"))
        document = read_yaml(path, path.name)
        if not isinstance(document.data, Mapping):
            raise BadDefinition(_("说明文件应当是“键: 值”的形式"), remedy=_("每行一项，如 method: x11。"), place=Place(path.name, 1))
        document = _as_fields(document, kind)
    stated = {name: value for name, value in given.items() if value is not None}
    data = document.data if spoken is None else spoken(document.data)
    return validated(kind, dict(data) | stated, document)


def _as_fields(document: Document, kind: type[Any]) -> Document:
    """Keys with underscores; on and off, which YAML reads as truth values, as words where the field is none."""
    hints = get_type_hints(kind)
    data: dict[Any, Any] = {}
    for key, value in document.data.items():
        name = _underscored(key)
        if name in data:
            raise BadDefinition(
                _("键 {name} 写了两次").format(name=name), remedy=_("删去一处。"), place=Place(document.file, document.line((key,)))
            )
        data[name] = _switch(value, hints.get(str(name), str)) if isinstance(value, bool) else value
    return Document(document.file, data, {tuple(_underscored(step) for step in path): line for path, line in document.lines.items()})


def _underscored(key: Any) -> Any:
    return key.replace("-", "_") if isinstance(key, str) and not key[:1].isdigit() else key


def _switch(value: bool, hint: Any) -> bool | str:
    kinds = {hint, *(get_args(hint) if get_origin(hint) is not Literal else ())}
    return value if bool in kinds else "on" if value else "off"


def validated(kind: type[Specification], data: Any, document: Document, path: tuple[str | int, ...] = ()) -> Specification:
    """`data`, which stands at `path` of the document, as an object of `kind`; raises every fault at once."""
    adapter = TypeAdapter(kind)
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        schema = known_fields(adapter)
        faults = [
            BadDefinition(
                _("{path}：{message}").format(path=".".join(map(str, fault["loc"])) or kind.__name__, message=explained(fault)),
                remedy=remedy_of(fault, schema),
                place=Place(document.file, document.line((*path, *fault["loc"]))),
            )
            for fault in error.errors(include_url=False)
        ]
        raise faults[0] if len(faults) == 1 else BatchErrors(_("说明有 {count} 处错误").format(count=len(faults)), tuple(faults)) from None
