"""Columns bound by what their headings look like: years side by side, the product codes across a matrix."""

from __future__ import annotations

import re
from collections.abc import Collection

from guibiao.ingest.attributes import Attributes, attribute_of, attributes_of, bad_binding, code_of, kind_name
from guibiao.ingest.headings import Layout
from guibiao.model.errors import BadInput
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import ColumnSelector, Facts, TableBinding, Workspace


def check_pattern(workspace: Workspace, binding: TableBinding, selector: ColumnSelector) -> None:
    """Raise BadDefinition for a pattern that is no regular expression."""
    try:
        re.compile(selector.pattern)
    except re.error as error:
        problem = _("列名式样 {pattern} 不是正则表达式：{problem}").format(pattern=selector.pattern, problem=error)
        raise bad_binding(workspace, binding, problem, _("例如 \\d{4}年。")) from None


def patterned_columns(found: Layout, binding: TableBinding, workspace: Workspace, taken: Collection[int]) -> dict[int, Attributes]:
    """Position -> what the cells of a column state, for the headings that fit; `taken` are bound by name.

    A heading that fits several patterns goes to the first. Raises BadInput where a heading fits but its code is unknown, or where too
    few fit.
    """
    bound: dict[int, Attributes] = {}
    for selector in binding.columns:
        pattern = re.compile(selector.pattern)
        fitting = [position for position, name in enumerate(found.names) if position not in taken and pattern.fullmatch(name)]
        fresh = [position for position in fitting if position not in bound]
        if len(fresh) < (1 if selector.expected is None else selector.expected):
            raise BadInput(
                _("列名合乎 {pattern} 的只有 {found} 列，应有 {expected} 列").format(
                    pattern=selector.pattern, found=len(fresh), expected=selector.expected or _("至少一")
                ),
                remedy=_("文件不完整，或表头改了写法：核对表头，或改绑定里的 columns。"),
                place=found.sheet.place(found.first - 1 or None),
            )
        for position in fresh:
            bound[position] = {**attributes_of(selector.facts), **_read(found, workspace, selector, position)}
    return bound


def _read(found: Layout, workspace: Workspace, selector: ColumnSelector, position: int) -> Attributes:
    """What a heading gives."""
    heading = found.names[position]
    given = selector.lookup.get(heading)
    if isinstance(given, Facts):
        return attributes_of(given)
    code = given if given is not None else code_of(workspace, selector, selector.prefix + heading)
    if code:
        return {attribute_of(selector): code}
    raise BadInput(
        _("列名“{text}”不在已登记的{kind}之内").format(text=selector.prefix + heading, kind=kind_name(selector.supplies)),
        remedy=_("改正列名，补进统计分类，或在绑定的 columns 里用 lookup 写明它是什么。"),
        place=found.sheet.place(found.first - 1 or None, heading),
    )
