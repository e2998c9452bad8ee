"""A stress test as a YAML file states it: alternatives of each choice, checked, with the line of every fault."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guibiao.model.errors import BadDefinition, BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.reference.documents import read_yaml
from guibiao.reference.index.stated import raise_all
from guibiao.reference.index.stress import StressSpecification

_ALTERNATIVES = ("impute", "treat", "normalise", "aggregate")
_OWN = "own"


def read_stress(path: Path) -> StressSpecification:
    """The frozen specification; `own` stands for the index's own choice, a plain name for a method with its defaults."""
    from pydantic import TypeAdapter, ValidationError

    if not path.is_file():
        raise BadInput(_("没有文件 {path}").format(path=path), remedy=_("核对路径。"), place=Place(str(path)))
    document = read_yaml(path, str(path))
    if not isinstance(document.data, dict):
        raise BadDefinition(_("压力测试的说明应当是一组键值"), remedy=_("如 normalise: [own, zscore]。"), place=Place(str(path), 1))
    try:
        stated: StressSpecification = TypeAdapter(StressSpecification).validate_python(_expanded(document.data))
    except ValidationError as error:
        raise_all(
            _("压力测试的说明有误"),
            [
                BadDefinition(
                    _("{path}：{message}").format(path=".".join(str(step) for step in fault["loc"]) or "-", message=fault["msg"]),
                    remedy=_("键名和取值见 docs/methods/1011-stress-test.md。"),
                    place=Place(document.file, document.line(tuple(fault["loc"]))),
                )
                for fault in error.errors(include_url=False)
            ],
        )
        raise
    return stated


def _expanded(data: Mapping[str, Any]) -> dict[str, Any]:
    full = dict(data)
    for name in _ALTERNATIVES:
        if name in full:
            every = full[name] if isinstance(full[name], list) else [full[name]]
            full[name] = [_choice(each, name) for each in every]
    if isinstance(full.get("weights"), str):
        full["weights"] = {"method": full["weights"]}
    return full


def _choice(each: Any, name: str) -> Any:
    """A name as a choice. Unlike in an index, a transformation alone is not followed by another."""
    if each == _OWN:
        return None
    if not isinstance(each, str):
        return each
    return {"method": each, "then": "none"} if name == "treat" and each != "winsorise" else {"method": each}
