"""A saved construction as plain values, and back: specification, frozen parameters and digests, enough to replay bit for bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from guibiao.index.construction import Time, specification_digest
from guibiao.index.normalise import ColumnScale
from guibiao.index.result import Frozen, IndexResult
from guibiao.index.treat import FrozenTreatment
from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.reference.documents import Document
from guibiao.reference.index.specification import IndexSpecification

FORMAT = "guibiao index construction 1"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a saved construction holds."""

    specification: IndexSpecification
    frozen: Frozen
    data_digest: str
    scores_digest: str


@dataclass(frozen=True, slots=True)
class Replay:
    """How a replay compares with the first run."""

    same_data: bool
    same_scores: bool


def plain_of(specification: IndexSpecification, result: IndexResult) -> dict[str, Any]:
    """JSON-ready content; numbers that JSON does not know are text."""
    content = {
        "format": FORMAT,
        "specification": asdict(specification),
        "specification_digest": result.specification_digest,
        "data_digest": result.data_digest,
        "scores_digest": result.scores_digest,
        "treatments": [{"time": time, "code": code, **asdict(each)} for (time, code), each in result.frozen.treatments.items()],
        "scales": [{"time": time, "code": code, **asdict(each)} for (time, code), each in result.frozen.scales.items()],
        "steps": [asdict(each) for each in result.steps],
    }
    return dict(finite(content))


def finite(value: Any) -> Any:
    """The value with infinities and nan as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return value


def saved_of(content: Any, file: str, validated: Callable[[Any, Document], IndexSpecification]) -> Saved:
    """The construction of plain content; BadInput where it is none or its specification was changed after saving."""
    place = Place(file)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BadInput(_("不是保存的指数"), remedy=_("给出 guibiao index build --save 写的文件。"), place=place)
    specification = validated(content.get("specification"), Document(file, None))
    if specification_digest(specification) != content.get("specification_digest"):
        raise BadInput(_("保存的指数说明被改动过"), remedy=_("改说明文件，重新 build 并保存。"), place=place)
    try:
        treatments = {_key(each): _treatment(each) for each in content["treatments"]}
        scales = {_key(each): _scale(each) for each in content["scales"]}
        return Saved(specification, Frozen(treatments, scales), str(content["data_digest"]), str(content["scores_digest"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(_("保存的指数不完整：{problem}").format(problem=error), place=place) from None


def _key(each: Mapping[str, Any]) -> tuple[Time, str]:
    return each["time"], str(each["code"])


def _optional(value: Any) -> float | None:
    return None if value is None else float(value)


def _treatment(each: Mapping[str, Any]) -> FrozenTreatment:
    return FrozenTreatment(
        _optional(each["low"]), _optional(each["high"]), str(each["transformation"]), float(each["minimum"]), float(each["maximum"]),
        float(each["box_cox_lambda"]),
    )  # fmt: skip


def _scale(each: Mapping[str, Any]) -> ColumnScale:
    numbers = {name: float(each[name]) for name in ("sign", "centre", "divisor", "factor", "shift", "floor", "ceiling")}
    return ColumnScale(method=str(each["method"]), logarithm=bool(each["logarithm"]), **numbers)


def compare_replay(saved: Saved, result: IndexResult) -> Replay:
    """Whether data and scores are those of the first run."""
    return Replay(saved.data_digest == result.data_digest, saved.scores_digest == result.scores_digest)
