"""`guibiao series adjust`: one series adjusted for season, moving holidays and working days, with model, tests and grade."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from guibiao.commands.options import AsOfOption, OutOption, StoreOption, WorkspaceOption
from guibiao.commands.series.adjustment_options import (
    CentringOption,
    EasterOption,
    Engine,
    EngineOption,
    Flags,
    ForecastOption,
    HolidayOption,
    KnownOutlierOption,
    MethodOption,
    ModelOption,
    ModeOption,
    OutliersOption,
    PresetOption,
    SeasonalFilterOption,
    SlidingSpansOption,
    SpanOption,
    TradingDaysOption,
    TransformOption,
    TrendFilterOption,
    adjustment_specification,
)
from guibiao.commands.series.options import (
    AreaOption,
    BasisOption,
    CategoryOption,
    DataOption,
    FrequencyOption,
    IndicatorOption,
    SeriesFormat,
    SeriesFormatOption,
    SeriesOption,
    Source,
    SpecificationOption,
    print_series,
    source_of,
)
from guibiao.model.errors import BadRequest
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.reference.series.adjustment import AdjustmentSpecification
    from guibiao.series.adjustment.result import AdjustmentResult, FittedModel, Words

COLUMNS = ("period", "original", "adjusted", "seasonal", "trend", "irregular")
FURTHER = ("calendar", "holiday", "outlier", "combined")
"""Columns of the JSON output only."""


def register(group: typer.Typer) -> None:
    """Add the command to the group of series."""
    group.command("adjust", help=_("季节调整：X-13 或 JDemetra+，春节前后窗口、调休工作日，附模型、检验和自评等级。"))(adjust)


def adjust(
    data: DataOption = None,
    series: SeriesOption = "",
    frequency: FrequencyOption = None,
    engine: EngineOption = Engine.X13,
    method: MethodOption = None,
    transform: TransformOption = None,
    model: ModelOption = None,
    holiday: HolidayOption = None,
    centring: CentringOption = None,
    trading_days: TradingDaysOption = None,
    easter: EasterOption = None,
    outliers: OutliersOption = None,
    outlier: KnownOutlierOption = None,
    seasonal_filter: SeasonalFilterOption = None,
    trend_filter: TrendFilterOption = None,
    mode: ModeOption = None,
    span: SpanOption = None,
    forecast: ForecastOption = None,
    sliding_spans: SlidingSpansOption = None,
    preset: PresetOption = "",
    specification: SpecificationOption = None,
    indicator: IndicatorOption = "",
    area: AreaOption = "",
    category: CategoryOption = [],  # noqa: B006
    basis: BasisOption = "",
    as_of: AsOfOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """Adjust a column of a file, or an indicator of a workspace."""
    flags = Flags(
        method, transform, model, holiday, centring, trading_days, easter, outliers, outlier, seasonal_filter, trend_filter, mode, span,
        forecast, sliding_spans,
    )  # fmt: skip
    stated = adjustment_specification(specification, preset, flags)
    source = Source(data, series, frequency, indicator, area, category, basis, workspace, out, store, as_of)
    result = _adjusted(source, stated, engine)
    columns = (*COLUMNS, *FURTHER) if output is SeriesFormat.JSON else COLUMNS
    title = _("{name} 季节调整（{engine}）").format(name=result.series.name, engine=result.engine)
    print_series(columns, _rows(result, columns), output, title, _notes(result), diagnostics(result))


def _adjusted(source: Source, stated: AdjustmentSpecification, engine: Engine) -> AdjustmentResult:
    """The result; one of grade ERROR is a bad request that says why."""
    from guibiao.series.adjustment.engines import engine_named
    from guibiao.series.adjustment.request import prepare

    request = prepare(source_of(source), stated)
    result = engine_named(engine.value).adjust([request])[0]
    if result.components is None:
        raise BadRequest(
            _("季节调整没有成功：{reason}").format(reason=" ".join(_said(reason.words) for reason in result.reasons)),
            " ".join(_said(note) for note in result.notes),
            remedy=_('换一个模型（如 --model "(0 1 1)(0 1 1)"）、变换（--transform none）或方法（--method x11）再试；先画图核对数据。'),
        )
    return result


def _said(words: Words) -> str:
    return words.zh if active_language() == "zh" else words.en


def _rows(result: AdjustmentResult, columns: tuple[str, ...]) -> list[list[Any]]:
    components = result.components
    tables = [result.series.labels, result.series.values, *(getattr(components, name) for name in columns[2:])]
    return [list(row) for row in zip(*tables, strict=True)]


def _notes(result: AdjustmentResult) -> list[str]:
    """Grade with its reasons, model, and what was changed on the way."""
    names = {"good": _("良好"), "uncertain": _("存疑"), "bad": _("不合格"), "error": _("失败")}
    said = [_("等级：{grade}。{reasons}").format(
        grade=names[result.grade.value], reasons=" ".join(_said(reason.words) for reason in result.reasons)
    )]  # fmt: skip
    if result.model is not None:
        said.append(
            _("模型 {orders}，变换 {transformation}，AICC {aicc:.4f}，离群值 {outliers} 个。").format(
                orders=result.model.orders,
                transformation=result.model.transformation,
                aicc=result.model.aicc,
                outliers=len(result.model.outliers),
            )
        )
    return [*said, *(_said(note) for note in result.notes)]


def diagnostics(result: AdjustmentResult) -> dict[str, Any]:
    """All there is to know of a result beside its tables, for JSON."""
    components = result.components
    found: dict[str, Any] = {
        "series": result.series.name, "engine": result.engine, "engine_version": result.version, "grade": result.grade.value,
        "reasons": [{"code": each.code, "grade": each.grade.value, "zh": each.words.zh, "en": each.words.en} for each in result.reasons],
        "specification": asdict(result.specification), "tests": dict(result.diagnostics.values), "peaks": list(result.diagnostics.peaks),
    }  # fmt: skip
    if components is not None:
        labels = _labels(result, len(components.forecast))
        found["decomposition"] = "multiplicative" if components.multiplicative else "additive"
        found["forecasts"] = [
            {"period": period, "mean": mean, "low": low, "high": high}
            for period, mean, low, high in zip(labels, components.forecast, components.forecast_low, components.forecast_high, strict=True)
        ]
        ahead = zip(_labels(result, len(components.seasonal_forecast)), components.seasonal_forecast, strict=True)
        found["seasonal_forecasts"] = [{"period": period, "seasonal": value} for period, value in ahead]
    return found | (_model(result.model, result) if result.model is not None else {})


def _labels(result: AdjustmentResult, count: int) -> list[str]:
    from guibiao.model.series import label_of

    return [label_of(result.series.frequency, result.series.end + ahead) for ahead in range(1, count + 1)]


def _model(model: FittedModel, result: AdjustmentResult) -> dict[str, Any]:
    from guibiao.model.series import label_of, ordinal_of

    frequency = result.series.frequency
    return {
        "model": str(model.orders), "transformation": model.transformation, "trading_days": model.trading_days, "easter": model.easter,
        "leap_year": model.leap_year, "aic": model.aic, "aicc": model.aicc, "bic": model.bic, "log_likelihood": model.log_likelihood,
        "sigma2": model.sigma2, "observations": model.observations,
        "coefficients": [
            {"term": each.term, "group": each.group, "estimate": each.estimate, "standard_error": each.standard_error, "t": each.t,
             "fixed": each.fixed}
            for each in model.coefficients
        ],
        "outliers": [
            {"type": each.date.kind, "period": label_of(frequency, ordinal_of(frequency, each.date.year, each.date.season)),
             "estimate": each.estimate, "t": each.t, "automatic": each.automatic}
            for each in model.outliers
        ],
    }  # fmt: skip
