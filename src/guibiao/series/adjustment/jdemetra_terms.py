"""What an adjustment asks of JDemetra+, in the pieces that its X-13 and its TRAMO share: parameters, ARIMA orders, outliers, regressors.

Terms of coefficients carry X-13's names and signs; JDemetra+ writes ARMA polynomials as 1 + phi B, so their coefficients change sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from guibiao.reference.series.adjustment import ArimaOrders, OutlierDate
from guibiao.series.adjustment.jdemetra_runtime import Java
from guibiao.series.adjustment.regressors import leap_year_regressor
from guibiao.series.adjustment.result import AdjustmentRequest, Regressor
from guibiao.series.adjustment.x13_specification import arma_term, outlier_name

API = "toolkit.base.api."
REGRESSION = API + "timeseries.regression."
PARAMETER = API + "data.Parameter"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
LEAP_YEAR = "Leap Year"
MONTHLY_DECAY = 0.7
"""Rate of a temporary change, to the power of the months in a period (X-13 manual 7.11)."""
YEARS_AHEAD = 4
"""How far regressors must reach past the series for the engine's forecasts."""
_EFFECTS = {"holiday": "CalendarEffect", "td": "CalendarEffect", "user": "SeasonallyAdjusted"}
_GROUP = "regressors"


@dataclass(frozen=True, slots=True)
class Terms:
    """The model to use or to look for, whether it comes from the specification or from an earlier run."""

    transform: Literal["auto", "log", "none"]
    orders: ArimaOrders | None
    """None where the engine identifies the model."""
    constant: bool
    trading_days: str
    """auto, none, days, weekday; other calendars come as regressors."""
    easter: str
    """auto, none or days."""
    outliers: tuple[OutlierDate, ...]
    search: bool
    coefficients: Mapping[str, float]
    leap_variable: bool
    """Whether the leap year is a regressor of its own: alone, or beside Chinese working days."""


def terms_of(request: AdjustmentRequest) -> Terms:
    """The terms of a request; a fixed model overrides the specification's own."""
    spec, fixed = request.specification, request.fixed
    days = spec.trading_days if fixed is None else fixed.trading_days
    built_in = days if days in {"auto", "days", "weekday"} else "none"
    alone = days in {"china", "leap_year"}
    if fixed is None:
        search = spec.outliers == "on"
        return Terms(spec.transform, spec.orders, spec.constant, built_in, spec.easter, spec.outlier_dates, search, {}, alone)
    search = spec.outliers == "on" and bool(spec.outlier_first)
    easter = str(fixed.easter) if fixed.easter else "none"
    return Terms(fixed.transformation, fixed.orders, fixed.constant, built_in, easter, fixed.outliers, search, fixed.coefficients, alone)


def parameter(java: Java, coefficients: Mapping[str, float], term: str, sign: float = 1.0) -> Any:
    """A parameter to estimate, or fixed at the coefficient of that term."""
    kind = java.named(PARAMETER)
    return kind.fixed(sign * coefficients[term]) if term in coefficients else kind.undefined()


def orders_of(java: Java, terms: Terms, per_year: int) -> Any:
    """The ARIMA model as JDemetra+ has it; the airline model where it is to be identified."""
    builder = java.named(API + "arima.SarimaSpec")
    if terms.orders is None:
        return builder.airline()
    orders = terms.orders
    made = builder.builder().period(per_year).d(orders.d).bd(orders.seasonal_d)
    for name, group, count, lag in (
        ("phi", ("AR", "Nonseasonal"), orders.p, 1), ("theta", ("MA", "Nonseasonal"), orders.q, 1),
        ("bphi", ("AR", "Seasonal"), orders.seasonal_p, per_year), ("btheta", ("MA", "Seasonal"), orders.seasonal_q, per_year),
    ):  # fmt: skip
        free = [parameter(java, terms.coefficients, arma_term(*group, lag * each), -1.0) for each in range(1, count + 1)]
        made = getattr(made, name)(java.array(PARAMETER, free))
    return made.build()


def moment(java: Java, per_year: int, year: int, season: int) -> Any:
    """First moment of a period."""
    return java.named("java.time.LocalDateTime").of(year, (season - 1) * (12 // per_year) + 1, 1, 0, 0)


def outlier_variables(java: Java, terms: Terms, per_year: int) -> Any:
    """The stated outliers as regression variables; a level shift is -1 before its period and 0 from it on."""
    variables = []
    for outlier in terms.outliers:
        at = moment(java, per_year, outlier.year, outlier.season)
        if outlier.kind == "AO":
            core = java.named(REGRESSION + "AdditiveOutlier")(at)
        elif outlier.kind == "LS":
            core = java.named(REGRESSION + "LevelShift")(at, True)
        elif outlier.kind == "TC":
            core = java.named(REGRESSION + "TransitoryChange")(at, MONTHLY_DECAY ** (12 // per_year))
        else:
            core = java.named(REGRESSION + "PeriodicOutlier")(at, per_year, True)
        term = outlier_name(outlier, per_year)
        variables.append(_variable(java, term, core, {}, parameter(java, terms.coefficients, term)))
    return java.collection(variables)


def regressors_of(request: AdjustmentRequest, terms: Terms) -> tuple[Regressor, ...]:
    """The request's regressors, and the leap year where it is one of its own (X-13 `lpyear`)."""
    if not terms.leap_variable:
        return request.regressors
    series = request.series
    values = leap_year_regressor(series.frequency, series.start, len(series) + YEARS_AHEAD * series.frequency.per_year)
    return (*request.regressors, Regressor(LEAP_YEAR, "td", series.start, tuple(values.tolist())))


def context_of(java: Java, request: AdjustmentRequest, regressors: Sequence[Regressor]) -> Any:
    """The modelling context that holds the regressors' values."""
    context = java.named(REGRESSION + "ModellingContext")()
    if not regressors:
        return context
    held = java.named(REGRESSION + "TsDataSuppliers")()
    supplier = java.named(API + "timeseries.StaticTsDataSupplier")
    for position, each in enumerate(regressors):
        held.set(_held_name(position), supplier(java.series(request.series.frequency, each.start, each.values)))
    context.getTsVariableManagers().set(_GROUP, held)
    return context


def regressor_variables(java: Java, terms: Terms, regressors: Sequence[Regressor]) -> Any:
    """The regressors as regression variables, with the component their effect belongs to."""
    variables = []
    for position, each in enumerate(regressors):
        core = java.named(REGRESSION + "TsContextVariable")(f"{_GROUP}.{_held_name(position)}", 0)
        attributes = {"regeffect": _EFFECTS[each.group]}
        variables.append(_variable(java, each.name, core, attributes, parameter(java, terms.coefficients, each.name)))
    return java.collection(variables)


def _held_name(position: int) -> str:
    """Names from outside never reach the engine's own name rules."""
    return f"x{position + 1}"


def _variable(java: Java, name: str, core: Any, attributes: Mapping[str, str], coefficient: Any) -> Any:
    builder = java.named(REGRESSION + "Variable").builder().name(name).core(core)
    for key, value in attributes.items():
        builder = builder.attribute(key, value)
    if coefficient.isFixed():
        builder = builder.coefficients(java.array(PARAMETER, [coefficient]))
    return builder.build()
