"""The specification of an adjustment as JDemetra+ has it: X-13 for the method x11, TRAMO-SEATS for the method seats.

What has no counterpart there is refused by name; `docs/methods/0617-adjustment-with-jdemetra.md` lists how each field is mapped.
"""

from __future__ import annotations

from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.series.adjustment import AdjustmentSpecification
from guibiao.series.adjustment.jdemetra_runtime import Java
from guibiao.series.adjustment.jdemetra_terms import (
    API,
    DAYS,
    LEAP_YEAR,
    PARAMETER,
    Terms,
    moment,
    orders_of,
    outlier_variables,
    parameter,
    regressor_variables,
)
from guibiao.series.adjustment.result import AdjustmentRequest, Regressor

_X13 = "x13.base.api.regarima."
_X11 = "x13.base.api.x11."
_TRAMO = "tramoseats.base.api.tramo."
_LENGTH = API + "timeseries.calendars.LengthOfPeriodType"
_DAY_TYPES = API + "timeseries.calendars.TradingDaysType"
_TRANSFORMS = {"auto": "Auto", "log": "Log", "none": "None"}
_FILTERS = {
    "auto": "Msr", "x11-default": "X11Default", "s3x1": "S3X1", "s3x3": "S3X3", "s3x5": "S3X5", "s3x9": "S3X9", "s3x15": "S3X15",
    "stable": "Stable",
}  # fmt: skip
_MODES = {
    "default": "Undefined", "multiplicative": "Multiplicative", "additive": "Additive", "pseudo-additive": "PseudoAdditive",
    "log-additive": "LogAdditive",
}  # fmt: skip
_AUTOMATIC_EASTER = {_X13: 8, _TRAMO: 6}
"""Days of the window that the automatic procedures of JDemetra+ begin from."""


def check_mapping(spec: AdjustmentSpecification) -> None:
    """Refuse what JDemetra+ has no counterpart for, by name."""
    refused = [_("滑动区间（sliding_spans）")] if spec.sliding_spans else []
    if refused:
        raise BadRequest(
            _("JDemetra+ 引擎不能做：{names}").format(names="、".join(refused)), remedy=_("去掉这些设定，或改用 --engine x13。")
        )


def x13_specification(java: Java, request: AdjustmentRequest, terms: Terms, regressors: tuple[Regressor, ...]) -> Any:
    """X-13 of JDemetra+: regARIMA and X-11; without a regARIMA model X-11 alone."""
    spec, per_year = request.specification, request.series.frequency.per_year
    basic = java.named(_X13 + "BasicSpec").builder().preprocessing(spec.regression).build()
    model = java.named(_X13 + "RegArimaSpec").builder().basic(basic)
    if spec.regression:
        model = (
            model.transform(_transform(java, _X13, terms))
            .regression(_x13_regression(java, terms, regressors, per_year))
            .outliers(_x13_outliers(java, spec, terms, per_year))
            .arima(orders_of(java, terms, per_year))
            .autoModel(java.named(_X13 + "AutoModelSpec").DEFAULT_ENABLED if terms.orders is None else _x13_stated(java))
        )
    return java.named("x13.base.api.x13.X13Spec").builder().regArima(model.build()).x11(_x11(java, spec)).build()


def tramo_seats_specification(java: Java, request: AdjustmentRequest, terms: Terms, regressors: tuple[Regressor, ...]) -> Any:
    """TRAMO-SEATS of JDemetra+."""
    spec, per_year = request.specification, request.series.frequency.per_year
    automatic = java.named(_TRAMO + "AutoModelSpec")
    model = (
        java.named(_TRAMO + "TramoSpec").builder()
        .transform(_transform(java, _TRAMO, terms))
        .regression(_tramo_regression(java, terms, regressors, per_year))
        .outliers(_tramo_outliers(java, spec, terms, per_year))
        .arima(orders_of(java, terms, per_year))
        .autoModel(automatic.DEFAULT_ENABLED if terms.orders is None else automatic.DEFAULT_DISABLED)
    )  # fmt: skip
    ahead = -3 if spec.forecast_periods < 0 else spec.forecast_periods
    seats = java.named("tramoseats.base.api.seats.DecompositionSpec").builder().forecastCount(ahead).build()
    return java.named("tramoseats.base.api.tramoseats.TramoSeatsSpec").builder().tramo(model.build()).seats(seats).build()


def _x13_stated(java: Java) -> Any:
    return java.named(_X13 + "AutoModelSpec").DEFAULT_DISABLED


def _transform(java: Java, family: str, terms: Terms) -> Any:
    """Under a stated logarithm the leap year is taken out beforehand, as X-13 does with trading days."""
    beforehand = terms.transform == "log" and terms.trading_days in {"days", "weekday"}
    return (
        java.named(family + "TransformSpec").builder()
        .function(java.constant(API + "modelling.TransformationType", _TRANSFORMS[terms.transform]))
        .adjust(java.constant(_LENGTH, "LeapYear" if beforehand else "None"))
        .build()
    )  # fmt: skip


def _x13_regression(java: Java, terms: Terms, regressors: tuple[Regressor, ...], per_year: int) -> Any:
    return (
        java.named(_X13 + "RegressionSpec").builder()
        .mean(_mean(java, _X13, terms))
        .tradingDays(_trading_days(java, _X13, terms))
        .easter(_x13_easter(java, terms))
        .outliers(outlier_variables(java, terms, per_year))
        .userDefinedVariables(regressor_variables(java, terms, regressors))
        .build()
    )  # fmt: skip


def _tramo_regression(java: Java, terms: Terms, regressors: tuple[Regressor, ...], per_year: int) -> Any:
    calendar = java.named(_TRAMO + "CalendarSpec").builder()
    return (
        java.named(_TRAMO + "RegressionSpec").builder()
        .mean(_mean(java, _TRAMO, terms))
        .calendar(calendar.tradingDays(_trading_days(java, _TRAMO, terms)).easter(_tramo_easter(java, terms)).build())
        .outliers(outlier_variables(java, terms, per_year))
        .userDefinedVariables(regressor_variables(java, terms, regressors))
        .build()
    )  # fmt: skip


def _mean(java: Java, family: str, terms: Terms) -> Any:
    """No constant unless stated; the automatic procedures test one of their own."""
    mean = java.named(family + "MeanSpec")
    return mean.mean(parameter(java, terms.coefficients, "Constant")) if terms.constant else mean.none()


def _trading_days(java: Java, family: str, terms: Terms) -> Any:
    """`auto` tests the contrast of weekdays and weekends with the leap year, as JDemetra+'s own automatic specifications do."""
    kind = java.named(family + "TradingDaysSpec")
    if terms.trading_days == "none":
        return kind.none()
    tests = family + ("RegressionTestSpec" if family == _X13 else "RegressionTestType")
    named, length = _DAY_TYPES, java.constant(_LENGTH, "LeapYear")
    if terms.trading_days == "auto":
        return kind.td(java.constant(named, "TD2"), length, java.constant(tests, "Remove" if family == _X13 else "Separate_T"), True)
    days = java.constant(named, "TD7" if terms.trading_days == "days" else "TD2")
    if terms.transform == "log":
        length = java.constant(_LENGTH, "None")
    names = DAYS if terms.trading_days == "days" else ("Weekday",)
    if any(name in terms.coefficients for name in (*names, LEAP_YEAR)):
        values = [parameter(java, terms.coefficients, name) for name in names]
        return kind.td(days, length, java.array(PARAMETER, values), parameter(java, terms.coefficients, LEAP_YEAR))
    return kind.td(days, length, java.constant(tests, "None"), terms.transform == "auto")


def _x13_easter(java: Java, terms: Terms) -> Any:
    kind = java.named(_X13 + "EasterSpec")
    if terms.easter == "none":
        return kind.DEFAULT_UNUSED
    automatic = terms.easter == "auto"
    days = _AUTOMATIC_EASTER[_X13] if automatic else int(terms.easter)
    builder = kind.builder().type(java.constant(_X13 + "EasterSpec$Type", "Easter")).duration(days)
    builder = builder.test(java.constant(_X13 + "RegressionTestSpec", "Add" if automatic else "None"))
    return _with_coefficient(java, builder, terms, days).build()


def _tramo_easter(java: Java, terms: Terms) -> Any:
    kind = java.named(_TRAMO + "EasterSpec")
    if terms.easter == "none":
        return kind.DEFAULT_UNUSED
    automatic = terms.easter == "auto"
    days = _AUTOMATIC_EASTER[_TRAMO] if automatic else int(terms.easter)
    builder = kind.builder().type(java.constant(_TRAMO + "EasterSpec$Type", "Standard")).duration(days).test(automatic)
    return _with_coefficient(java, builder, terms, days).build()


def _with_coefficient(java: Java, builder: Any, terms: Terms, days: int) -> Any:
    term = f"Easter[{days}]"
    return builder.coefficient(parameter(java, terms.coefficients, term)) if term in terms.coefficients else builder


def _x13_outliers(java: Java, spec: AdjustmentSpecification, terms: Terms, per_year: int) -> Any:
    kind = java.named(_X13 + "OutlierSpec")
    if not terms.search:
        return kind.DEFAULT_DISABLED
    critical = spec.outlier_critical or 0.0
    single = java.named(_X13 + "SingleOutlierSpec")
    builder = kind.builder().types(java.collection(single(name, critical) for name in spec.outlier_types)).defaultCriticalValue(critical)
    return builder.span(_search_span(java, spec, per_year)).build()


def _tramo_outliers(java: Java, spec: AdjustmentSpecification, terms: Terms, per_year: int) -> Any:
    kind = java.named(_TRAMO + "OutlierSpec")
    if not terms.search:
        return kind.DEFAULT_DISABLED
    builder = kind.builder().criticalValue(spec.outlier_critical or 0.0)
    for name in ("AO", "LS", "TC"):
        builder = getattr(builder, name.lower())(name in spec.outlier_types)
    return builder.span(_search_span(java, spec, per_year)).build()


def _search_span(java: Java, spec: AdjustmentSpecification, per_year: int) -> Any:
    selector = java.named(API + "timeseries.TimeSelector")
    if not spec.outlier_first:
        return selector.all()
    year, _dash, season = spec.outlier_first.partition("-")
    return selector.from_(moment(java, per_year, int(year), int(season.removeprefix("Q") or 1)))


def _x11(java: Java, spec: AdjustmentSpecification) -> Any:
    """Without a regARIMA model nothing is forecast, and the mode must be stated."""
    mode = _MODES[spec.mode]
    if not spec.regression and spec.mode == "default":
        mode = "Additive" if spec.transform == "none" else "Multiplicative"
    low, high = spec.sigma_limits
    ahead = 0 if not spec.regression else spec.forecast_periods
    return (
        java.named(_X11 + "X11Spec").builder()
        .mode(java.constant("sa.base.api.DecompositionMode", mode))
        .filters(java.array(_X11 + "SeasonalFilterOption", [java.constant(_X11 + "SeasonalFilterOption", _FILTERS[spec.seasonal_filter])]))
        .hendersonFilterLength(max(spec.trend_filter, 0))
        .lowerSigma(low).upperSigma(high)
        .forecastHorizon(ahead)
        .build()
    )  # fmt: skip
