"""Weights frozen at a date: a JSON file with method, data and its own digest, and a specification that takes its weights from it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from guibiao.model.errors import BadInput, BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.reference.index.specification import IndexAggregate, IndexSpecification

FORMAT = "guibiao index weights 1"


@dataclass(frozen=True, slots=True)
class WeightVintage:
    """Weights that sum to one, of the children of `parent`, or of all indicators below it where `flat`."""

    method: str
    parent: str
    codes: tuple[str, ...]
    weights: tuple[float, ...]
    flat: bool
    data: str
    """Digest of the data they were computed from."""
    date: str

    @property
    def digest(self) -> str:
        """SHA-256 of everything above."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def text(self) -> str:
        """The JSON file."""
        return json.dumps({"format": FORMAT, **asdict(self), "digest": self.digest}, ensure_ascii=False, indent=1) + "\n"


def read_vintage(path: Path) -> WeightVintage:
    """A file that `text` made; BadInput where it is none, or was changed by hand."""
    place = Place(str(path))
    if not path.is_file():
        raise BadInput(_("没有文件 {path}").format(path=path), remedy=_("核对路径。"), place=place)
    try:
        content = json.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadInput(_("不是冻结的权重：{problem}").format(problem=error), place=place) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        title = _("不是冻结的权重：{problem}").format(problem="format")
        raise BadInput(title, remedy=_("给出 guibiao index weights --save 写的文件。"), place=place)
    found = _vintage(content, place)
    if content.get("digest") != found.digest:
        raise BadInput(_("冻结的权重被改动过"), remedy=_("重新计算并保存，或取回原来的文件。"), place=place)
    return found


def _vintage(content: Mapping[str, Any], place: Place) -> WeightVintage:
    codes, weights = content.get("codes"), content.get("weights")
    texts = [content.get(name) for name in ("method", "parent", "data", "date")]
    sound = (
        isinstance(codes, list) and isinstance(weights, list) and len(codes) == len(weights) == len(set(map(str, codes))) > 0
        and all(isinstance(each, str) for each in [*codes, *texts]) and isinstance(content.get("flat"), bool)
        and all(isinstance(each, int | float) and math.isfinite(each) and each >= 0 for each in weights)
    )  # fmt: skip
    if not sound:
        raise BadInput(_("不是冻结的权重：{problem}").format(problem="codes, weights"), place=place)
    assert isinstance(codes, list)
    assert isinstance(weights, list)
    return WeightVintage(
        str(content["method"]), str(content["parent"]), tuple(codes), tuple(map(float, weights)), bool(content["flat"]),
        str(content["data"]), str(content["date"]),
    )  # fmt: skip


def day(text: str) -> str:
    """A day written as 2024-03-01; BadRequest for anything else."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadRequest(_("{text} 不是日期").format(text=text[:40]), remedy=_("写成 2024-03-01。")) from None


def with_vintage(specification: IndexSpecification, vintage: WeightVintage) -> IndexSpecification:
    """The specification with the frozen weights in place of its own; BadRequest where the codes are not the same."""
    given = dict(zip(vintage.codes, vintage.weights, strict=True))
    below = _below(specification, vintage.parent, flat=vintage.flat)
    if set(below) != set(given):
        odd = "、".join(sorted(set(below) ^ set(given)))
        title = _("冻结的权重与 {parent} 之下的代码对不上：{codes}").format(parent=vintage.parent, codes=odd)
        raise BadRequest(title, remedy=_("用同一棵树的权重，或重新计算。"))
    weights = given | (_sums(specification, vintage.parent, given) if vintage.flat else {})
    own = {each.code: 1.0 if specification.weights == "equal" else each.weight for each in specification.parts} | weights
    return replace(
        specification,
        weights="given",
        indicators=tuple(replace(each, weight=own[each.code]) for each in specification.indicators),
        aggregates=tuple(replace(each, weight=own[each.code]) for each in specification.aggregates),
    )


def _below(specification: IndexSpecification, parent: str, *, flat: bool) -> list[str]:
    """Children of a node, or all indicators below it."""
    children = [each for each in specification.parts if each.parent == parent]
    if not flat:
        return [each.code for each in children]
    found = []
    for each in children:
        found += _below(specification, each.code, flat=True) if isinstance(each, IndexAggregate) else [each.code]
    return found


def _sums(specification: IndexSpecification, parent: str, given: Mapping[str, float]) -> dict[str, float]:
    """Weight of every aggregate below a node: the sum of its indicators, so that effective weights are the given ones."""
    found: dict[str, float] = {}
    for each in specification.aggregates:
        if each.parent == parent:
            found[each.code] = sum(given[code] for code in _below(specification, each.code, flat=True))
            found |= _sums(specification, each.code, given)
    return found
