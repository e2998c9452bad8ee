"""The engines of seasonal adjustment by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.series.adjustment import AdjustmentSpecification
from guibiao.series.adjustment.result import AdjustmentEngine


def _x13() -> AdjustmentEngine:
    from guibiao.series.adjustment.x13 import X13Engine

    return X13Engine()


def _jdemetra() -> AdjustmentEngine:
    from guibiao.series.adjustment.jdemetra import JDemetraEngine

    return JDemetraEngine()


ENGINES: Mapping[str, Callable[[], AdjustmentEngine]] = {"x13": _x13, "jdemetra": _jdemetra}


def engine_named(name: str) -> AdjustmentEngine:
    """The engine of that name, able to run here; raises BadRequest for an unknown one and for one whose program is missing."""
    if name not in ENGINES:
        raise BadRequest(_("没有季节调整引擎 {name}").format(name=name), remedy=_("可写：{known}。").format(known="、".join(ENGINES)))
    engine = ENGINES[name]()
    if not engine.version:
        raise ValueError(f"{name} has no version")
    return engine


def check_engine(name: str, specification: AdjustmentSpecification) -> None:
    """Refuse what the engine has no counterpart for, before anything runs; X-13 takes every specification."""
    if name == "jdemetra":
        from guibiao.series.adjustment.jdemetra_specification import check_mapping

        check_mapping(specification)
