"""A model with the vintage it was found on, as an immutable record: data, specification, engine, orders, coefficients, outliers.

The record holds what a later run needs to keep the model, and what explains a change in the published past.
Method sheet: docs/methods/0619.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from guibiao.model.errors import BadInput
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification, ArimaOrders, OutlierDate
from guibiao.series.adjustment.result import AdjustmentResult, FixedModel, Values

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVintage:
    """One published adjustment. `known_from` is the day its last observation became known; `model` is None for X-11 without regARIMA."""

    key: str
    known_from: date
    series: TimeSeries
    specification: AdjustmentSpecification
    engine: str
    version: str
    policy: str
    model: FixedModel | None
    adjusted: Values

    @property
    def fingerprint(self) -> str:
        """Hash of everything but the day: equal for records that say the same."""
        content = record_of(self)
        del content["known_from"]
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def vintage_of(result: AdjustmentResult, asked: AdjustmentSpecification, known_from: date, policy: str) -> ModelVintage | None:
    """The record of a result, None where nothing was adjusted. `asked` is the specification before a policy narrowed it."""
    if result.components is None:
        return None
    return ModelVintage(
        key=result.key, known_from=known_from, series=result.series, specification=asked.effective(), engine=result.engine,
        version=result.version, policy=policy, model=None if result.model is None else result.model.fixed(coefficients=True),
        adjusted=result.components.adjusted,
    )  # fmt: skip


def record_of(vintage: ModelVintage) -> dict[str, Any]:
    """The record as JSON has it; numbers are whole (float64), a missing value is null."""
    series = vintage.series
    return {
        "format": FORMAT, "key": vintage.key, "known_from": vintage.known_from.isoformat(), "engine": vintage.engine,
        "version": vintage.version, "policy": vintage.policy, "last_period": series.label(len(series) - 1),
        "series": {
            "name": series.name, "frequency": series.frequency.value, "first_period": series.label(0), "start": series.start,
            "unit": series.unit, "values": [None if math.isnan(value) else value for value in series.values],
        },
        "specification": asdict(vintage.specification),
        "model": None if vintage.model is None else _model_record(vintage.model),
        "adjusted": [None if math.isnan(value) else value for value in vintage.adjusted],
    }  # fmt: skip


def _model_record(model: FixedModel) -> dict[str, Any]:
    return {**asdict(model), "coefficients": dict(model.coefficients)}


def vintage_from(record: Mapping[str, Any], place: str = "") -> ModelVintage:
    """The vintage of a record; BadInput where it is not one."""
    try:
        return _vintage(record)
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            _("模型版本文件无法识别：{reason}").format(reason=f"{place} {error}".strip()),
            remedy=_("这类文件只由程序写入；恢复原文件，或删去它重新识别模型。"),
        ) from None


def _vintage(record: Mapping[str, Any]) -> ModelVintage:
    from pydantic import TypeAdapter

    if record["format"] != FORMAT:
        raise ValueError(f"format {record['format']}")
    series, model = record["series"], record["model"]
    return ModelVintage(
        key=str(record["key"]), known_from=date.fromisoformat(record["known_from"]), engine=str(record["engine"]),
        version=str(record["version"]), policy=str(record["policy"]), adjusted=_values(record["adjusted"]),
        series=TimeSeries(series["name"], Frequency(series["frequency"]), int(series["start"]), _values(series["values"]), series["unit"]),
        specification=TypeAdapter(AdjustmentSpecification).validate_python(record["specification"]),
        model=None if model is None else _model(model),
    )  # fmt: skip


def _model(record: Mapping[str, Any]) -> FixedModel:
    return FixedModel(
        transformation=record["transformation"], orders=ArimaOrders(**record["orders"]), constant=record["constant"],
        trading_days=record["trading_days"], easter=record["easter"], leap_year=record["leap_year"],
        outliers=tuple(OutlierDate(**each) for each in record["outliers"]),
        coefficients={str(term): float(value) for term, value in record["coefficients"].items()},
    )  # fmt: skip


def _values(values: Any) -> Values:
    return tuple(math.nan if value is None else float(value) for value in values)
