"""A specification of an index as a YAML file states it, checked, with the line of every fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guibiao.model.errors import BadDefinition, BadInput, BatchErrors, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.documents import Document, read_yaml
from guibiao.reference.index.check import index_problems, parts_of
from guibiao.reference.index.specification import IndexSpecification

_AT_MOST = 20
_SHORT: Mapping[str, str] = {"impute": "method", "screen": "rule", "treat": "method", "normalise": "method"}


@dataclass(frozen=True, slots=True)
class Stated:
    """A specification and the document it stands in, which knows the line of every path."""

    specification: IndexSpecification
    document: Document

    def at(self, path: tuple[str | int, ...]) -> Place:
        """Where a path stands."""
        return Place(self.document.file, self.document.line(path))

    def checked(self) -> Stated:
        """Itself; raises the faults of the specification, each at its line."""
        raise_all(_("指数说明有误"), index_problems(self.specification, self.at))
        return self

    def places(self) -> Mapping[str, Place]:
        """Code -> where it is stated."""
        return {each.code: self.at(path) for path, each in parts_of(self.specification)}


def raise_all(title: str, faults: Iterable[GuibiaoError]) -> None:
    """One fault as it is, several together, none silently."""
    found = list(faults)
    if len(found) == 1:
        raise found[0]
    if found:
        more = (BadDefinition(_("另有 {count} 处").format(count=len(found) - _AT_MOST)),) if len(found) > _AT_MOST else ()
        raise BatchErrors(title, (*found[:_AT_MOST], *more))


def examples() -> dict[str, Path]:
    """Specifications that come with the package, by name."""
    return {path.stem: path for path in sorted((Path(__file__).parent / "examples").glob("*.yaml"))}


def read_specification(path: Path) -> Stated:
    """A YAML specification: a file, or one of the package by its name."""
    known = examples()
    if not path.is_file() and str(path) in known:
        path = known[str(path)]
    elif not path.is_file():
        raise BadInput(
            _("没有指数说明 {path}").format(path=path),
            remedy=_("写 YAML 文件的路径；自带的有：{names}。").format(names="、".join(known)),
            place=Place(str(path)),
        )
    document = read_yaml(path, str(path))
    data = document.data
    if not isinstance(data, dict):
        raise BadDefinition(_("指数说明应当是一组键值"), remedy=_("至少写 id、indicators、aggregates。"), place=Place(str(path), 1))
    return Stated(validated(_expanded(data), document), document)


def validated(data: Any, document: Document) -> IndexSpecification:
    """The frozen specification of plain data; unknown keys and bad values at their lines."""
    from pydantic import TypeAdapter, ValidationError

    try:
        specification: IndexSpecification = TypeAdapter(IndexSpecification).validate_python(data)
    except ValidationError as error:
        faults = [
            BadDefinition(
                _("{path}：{message}").format(
                    path=".".join(str(step) for step in fault["loc"]) or "-", message=_explained(str(fault["type"]), str(fault["msg"]))
                ),
                remedy=_("键名和取值见 docs/recipes/build-an-index.md。"),
                place=Place(document.file, document.line(tuple(fault["loc"]))),
            )
            for fault in error.errors(include_url=False)
        ]
        raise_all(_("指数说明有误"), faults)
        raise
    return specification


def _explained(kind: str, message: str) -> str:
    explanations = {
        "missing": _("缺少这一项"),
        "unexpected_keyword_argument": _("没有这样的项"),
        "literal_error": _("不是允许的取值"),
        "float_parsing": _("应当是数"),
        "int_parsing": _("应当是整数"),
        "int_from_float": _("应当是整数"),
        "float_type": _("应当是数"),
        "int_type": _("应当是整数"),
        "string_type": _("应当是文字（加引号）"),
        "bool_parsing": _("应当是 true 或 false"),
        "bool_type": _("应当是 true 或 false"),
        "tuple_type": _("应当是列表"),
        "dataclass_type": _("应当是一组键值"),
        "invalid_key": _("键名应当是文字"),
        "too_long": _("项数太多"),
    }
    return explanations.get(kind, message)


def _expanded(data: Mapping[str, Any]) -> dict[str, Any]:
    """Short forms written out: `normalise: zscore` is `normalise: {method: zscore}`, one aggregation is a list of one."""
    full = dict(data)
    for name, key in _SHORT.items():
        if isinstance(full.get(name), str):
            full[name] = {key: full[name]}
    if "aggregate" in full:
        stated = full["aggregate"]
        every = stated if isinstance(stated, list) else [stated]
        full["aggregate"] = [{"method": each} if isinstance(each, str) else each for each in every]
    for part in ("indicators", "aggregates"):
        if isinstance(full.get(part), list):
            full[part] = [_expanded_part(each) if isinstance(each, dict) else each for each in full[part]]
    return full


def _expanded_part(each: Mapping[str, Any]) -> dict[str, Any]:
    full = dict(each)
    for name in ("treat", "normalise", "aggregate"):
        if isinstance(full.get(name), str):
            full[name] = {"method": full[name]}
    return full
