"""The category keys of a Parquet file of statements, each distinct one checked once against its indicator and the classifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from guibiao.ingest.attributes import category_code
from guibiao.model.category import TOTAL, category_key, parse_category_key
from guibiao.model.errors import BadInput, BadRequest, Place
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

_HEAD = 2
"""File row of the first data row."""


def category_keys(table: pa.Table, indicators: Sequence[Indicator], which: pa.Array, workspace: Workspace, name: str) -> pa.Array:
    """Canonical keys, row by row; a dimension that is not given is the total. Raises BadInput naming the first bad row.

    `indicators[which[n]]` is the indicator of row n.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = table["categories"].combine_chunks().dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    size = max(1, len(texts))
    pairs = pc.add(pc.multiply(which.cast(pa.int64()), size), encoded.indices.cast(pa.int64())).dictionary_encode()
    codes = _Codes(workspace)
    keys: list[str] = []
    for pair in pairs.dictionary.to_pylist():
        indicator, text = indicators[pair // size], texts[pair % size]
        try:
            keys.append(codes.key(indicator, text))
        except BadRequest as fault:
            row = pc.index(pairs.indices, len(keys)).as_py() + _HEAD
            raise BadInput(fault.title, remedy=fault.remedy, place=Place(name, row, "categories")) from None
    return pa.array(keys, pa.string()).take(pairs.indices)


class _Codes:
    """Codes of printed categories, each looked up once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[tuple[str, str], str] = {}
        self._canonical: dict[str, str] = {}
        """Part of a key such as `origin=domestic` -> its dimension, once it has been found good as it stands."""
        self._orders: dict[str, list[str]] = {}

    def key(self, indicator: Indicator, text: str) -> str:
        """Canonical key of one text; BadRequest where it does not fit the indicator or its classifications."""
        order = self._orders.get(indicator.id)
        if order is None:
            order = self._orders[indicator.id] = sorted(indicator.dimensions)
        if [self._canonical.get(part) for part in text.split(";")] == order:
            return text
        key = self._checked(indicator, text)
        if key == text and key:
            self._canonical |= dict(zip(key.split(";"), order, strict=True))
        return key

    def _checked(self, indicator: Indicator, text: str) -> str:
        given = parse_category_key(text)
        undeclared = sorted(set(given) - set(indicator.dimensions))
        if undeclared:
            raise BadRequest(
                _("指标 {id} 没有声明维度 {dimensions}").format(id=indicator.id, dimensions="、".join(undeclared)),
                remedy=_("在指标的 dimensions 里声明，或从文件里删去。"),
            )
        return category_key({dimension: self._code(dimension, given.get(dimension, TOTAL)) for dimension in indicator.dimensions})

    def _code(self, dimension: str, text: str) -> str:
        code = self._known.get((dimension, text))
        if code is None:
            code = self._known[dimension, text] = category_code(self._workspace, dimension, text)
        if not code:
            raise BadRequest(
                _("统计分类 {classification} 里没有 {code}").format(classification=dimension, code=text),
                remedy=_("改正代码，或补进 classifications/{classification}.csv。").format(classification=dimension),
            )
        return code
