"""Reads a board's YAML; every fault is told with file and line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from guibiao.model.errors import BadDefinition, BadRequest, BatchErrors, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.documents import Document, read_yaml
from guibiao.reference.series.warning import FOLDER, WarningBoard, board_problems


@cache
def _adapter() -> TypeAdapter[WarningBoard]:
    return TypeAdapter(WarningBoard)


def read_board(path: Path, name: str = "") -> WarningBoard:
    """One board. Raises the fault found, or `BatchErrors` with all of them."""
    if not path.is_file():
        raise BadRequest(_("找不到预警盘文件 {path}").format(path=path), remedy=_("检查 --spec 的路径。"))
    document = read_yaml(path, name or path.name)
    try:
        board = _adapter().validate_python(document.data)
    except ValidationError as error:
        faults = [_fault(document, tuple(each["loc"]), _explained(each)) for each in error.errors(include_url=False)]
    else:
        faults = [_fault(document, place, text, remedy) for place, text, remedy in board_problems(board)]
        if not faults:
            return board
    raise faults[0] if len(faults) == 1 else BatchErrors(_("预警盘有 {count} 处错误").format(count=len(faults)), tuple(faults))


def _fault(document: Document, place: tuple[str | int, ...], text: str, remedy: str = "") -> GuibiaoError:
    where = ".".join(map(str, place)) or FOLDER
    return BadDefinition(
        _("{path}：{message}").format(path=where, message=text),
        remedy=remedy or _("写法见方法说明“五色灯预警盘”。"),
        place=Place(document.file, document.line(place) or 1),
    )


def _explained(fault: Mapping[str, Any]) -> str:
    explanations = {
        "missing": _("缺少这一项"),
        "extra_forbidden": _("没有这样的项"),
        "unexpected_keyword_argument": _("没有这样的项"),
        "literal_error": _("不是允许的取值，允许：{values}").format(values=fault.get("ctx", {}).get("expected", "")),
        "float_parsing": _("应当是数"),
        "int_parsing": _("应当是整数"),
        "dataclass_type": _("应当是“键: 值”的一组"),
        "tuple_type": _("应当是列表"),
        "dict_type": _("应当是“键: 值”的一组"),
    }
    return explanations.get(str(fault["type"]), str(fault["msg"]))
