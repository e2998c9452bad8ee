"""What of an earlier model a new run keeps: revision policies by the names of the field. Method sheet: docs/methods/0618.

ESS Guidelines on Seasonal Adjustment (Eurostat 2024), revisions; names of JDemetra+ (EstimationPolicyType) beside each.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import TimeSeries, label_of
from guibiao.reference.series.adjustment import AdjustmentSpecification
from guibiao.series.adjustment.model_vintage import ModelVintage
from guibiao.series.adjustment.request import prepare
from guibiao.series.adjustment.result import AdjustmentRequest, FixedModel, Words


class RevisionPolicy(StrEnum):
    """Concurrent identifies everything again (JDemetra+ Complete). Partial keeps transformation, ARIMA orders, regressors and outliers,
    estimates their coefficients again and looks for outliers among new periods only (LastOutliers, FreeParameters). Fixed keeps the
    coefficients too, so that only forecasts and filters move (Fixed, Current)."""

    CONCURRENT = "concurrent"
    PARTIAL = "partial"
    FIXED = "fixed"


_NOT_OF_THE_MODEL = {"forecast_periods": -1, "sliding_spans": False, "span_first": "", "span_last": ""}
"""Settings that may differ from those the model was found with."""


def request_under(
    policy: RevisionPolicy, series: TimeSeries, specification: AdjustmentSpecification, vintage: ModelVintage | None, key: str = ""
) -> AdjustmentRequest:
    """The request for a series under a policy. Without a stored model it is identified, which is said.

    Raises BadRequest where the specification is not the one the stored model was found with.
    """
    name = key or series.name
    if policy is RevisionPolicy.CONCURRENT:
        return prepare(series, specification, name)
    if vintage is None:
        fresh = prepare(series, specification, name)
        return replace(fresh, notes=(*fresh.notes, Words("没有存过的模型，重新识别。", "There is no stored model: it is identified now.")))
    _check_same(specification, vintage)
    if vintage.model is None:
        return prepare(series, specification, name)
    chosen, model = _kept(policy, series, specification, vintage, vintage.model)
    request = prepare(series, chosen, name, model)
    return replace(request, notes=(*request.notes, *_told(policy, vintage)))


def _kept(
    policy: RevisionPolicy, series: TimeSeries, specification: AdjustmentSpecification, vintage: ModelVintage, model: FixedModel
) -> tuple[AdjustmentSpecification, FixedModel]:
    if policy is RevisionPolicy.FIXED:
        return replace(specification, outliers="off", outlier_first=""), model
    searched = specification.effective().outliers == "on" and series.end > vintage.series.end
    first = label_of(series.frequency, vintage.series.end + 1) if searched else ""
    chosen = replace(specification, outliers="on" if searched else "off", outlier_first=first)
    return chosen, replace(model, coefficients={})


def fixed_request(vintage: ModelVintage, series: TimeSeries) -> AdjustmentRequest:
    """Other data under the very model of a vintage: coefficients and outliers as they were."""
    chosen = replace(vintage.specification, outliers="off", outlier_first="", span_first="", span_last="")
    return prepare(series, chosen if vintage.model is not None else vintage.specification, vintage.key, vintage.model)


def _check_same(specification: AdjustmentSpecification, vintage: ModelVintage) -> None:
    asked = replace(specification.effective(), **_NOT_OF_THE_MODEL)  # type: ignore[arg-type]
    stored = replace(vintage.specification, **_NOT_OF_THE_MODEL)  # type: ignore[arg-type]
    if asked == stored:
        return
    names = [name for name in asked.__dataclass_fields__ if getattr(asked, name) != getattr(stored, name)]
    raise BadRequest(
        _("设定与 {day} 存的模型不同：{names}").format(day=vintage.known_from.isoformat(), names="、".join(names)),
        remedy=_("沿用当时的设定；要换设定请用 --policy concurrent 重新识别，并存为新的版本。"),
    )


def _told(policy: RevisionPolicy, vintage: ModelVintage) -> tuple[Words, ...]:
    day, engine = vintage.known_from.isoformat(), f"{vintage.engine} {vintage.version}"
    if policy is RevisionPolicy.PARTIAL:
        return (Words(f"模型沿用 {day} 版（{engine}），系数重新估计。", f"Model of {day} ({engine}) kept, coefficients estimated again."),)
    return (Words(f"模型和系数沿用 {day} 版（{engine}）。", f"Model and coefficients of {day} ({engine}) kept."),)
