"""A specification a person wrote in a file: read, checked field by field, completed by what the command line gave."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from guibiao.model.errors import BadDefinition, BadRequest, BatchErrors, Place
from guibiao.model.messages import translate as _
from guibiao.reference.documents import Document, read_yaml
from guibiao.reference.load import explained, known_fields, remedy_of

Specification = TypeVar("Specification")


def read_specification(path: Path | None, kind: type[Specification], **given: Any) -> Specification:
    """`kind` from the YAML file, whose keys are its fields, with what is not None of `given` in their place.

    Raises BadRequest or BadDefinition with file, line and remedy for what is unknown or not allowed.
    """
    document = Document("", {})
    if path is not None:
        if not path.is_file():
            raise BadRequest(_("找不到说明文件 {path}").format(path=path), remedy=_("检查 --spec 的路径。"))
        document = read_yaml(path, path.name)
        if not isinstance(document.data, Mapping):
            raise BadDefinition(_("说明文件应当是“键: 值”的形式"), place=Place(path.name, 1))
    stated = {name: value for name, value in given.items() if value is not None}
    return validated(kind, dict(document.data) | stated, document)


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
