"""Categories of a figure beyond area and period, in one canonical key string.

`enterprise=字节跳动;listing=a_share`: dimensions in alphabetical order, `%`, `=` and `;` percent-encoded, the total of a dimension
written `_T` as in SDMX, nothing at all where an indicator has no dimensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

TOTAL = "_T"
_RESERVED = str.maketrans({character: quote(character) for character in "%=;"})


def category_key(categories: Mapping[str, str]) -> str:
    """Canonical key of dimension -> category code."""
    if any(not name or not code for name, code in categories.items()):
        raise BadRequest(_("类目的维度名和代码不能为空"))
    return ";".join(f"{name.translate(_RESERVED)}={code.translate(_RESERVED)}" for name, code in sorted(categories.items()))


def parse_category_key(key: str) -> dict[str, str]:
    """Inverse of `category_key`."""
    if not key:
        return {}
    pairs = [part.partition("=") for part in key.split(";")]
    if any(not separator for _name, separator, _code in pairs):
        raise BadRequest(_("类目键 {key} 的写法不对").format(key=key), remedy=_("写成 维度=代码;维度=代码。"))
    return {unquote(name): unquote(code) for name, _separator, code in pairs}
