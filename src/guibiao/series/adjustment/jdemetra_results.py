"""Results of JDemetra+ as this package has them: components, model with X-13's names and signs, diagnostics by stable names."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from guibiao.reference.series.adjustment import ArimaOrders, OutlierDate
from guibiao.series.adjustment.diagnostics_x13 import common_figures
from guibiao.series.adjustment.jdemetra_runtime import Java
from guibiao.series.adjustment.jdemetra_terms import DAYS, LEAP_YEAR, Terms
from guibiao.series.adjustment.result import (
    AdjustmentRequest,
    Coefficient,
    Components,
    Diagnostics,
    FittedModel,
    Outlier,
    Regressor,
    Values,
)
from guibiao.series.adjustment.x13_specification import arma_term, outlier_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Group = Literal["constant", "trading_days", "holiday", "outlier", "user"]
_INTERVAL = 1.959963984540054
_STATISTICS = (*(f"m{number}" for number in range(1, 12)), "q")
_TESTS = {
    "qs_original": "diagnostics.seas-lin-qs", "qs_adjusted": "diagnostics.seas-sa-qs", "qs_irregular": "diagnostics.seas-i-qs",
    "qs_residuals": "diagnostics.seas-res-qs", "ljung_box": "residuals.lb",
}  # fmt: skip
_MOMENTS = {"skewness": "residuals.skewness", "kurtosis": "residuals.kurtosis"}
_OUTLIERS = {"AdditiveOutlier": "AO", "LevelShift": "LS", "TransitoryChange": "TC", "PeriodicOutlier": "SO"}


class Reading:
    """One result of JDemetra+, read by the names of its dictionary."""

    def __init__(self, java: Java, results: Any, periods: int) -> None:
        self._java = java
        self._results = results
        self.periods = periods

    def number(self, name: str) -> float:
        """A number, nan where there is none."""
        found = self._java.item(self._results, name)
        return math.nan if found is None else float(found)

    def text(self, name: str) -> str:
        found = self._java.item(self._results, name)
        return "" if found is None else str(found)

    def test(self, name: str) -> tuple[float, float] | None:
        """Value and p-value of a test."""
        found = self._java.item(self._results, name)
        return None if found is None else (float(found.getValue()), float(found.getPvalue()))

    def values(self, name: str) -> NDArray[np.float64] | None:
        """A series, shape (its periods,)."""
        import numpy as np

        found = self._java.item(self._results, name)
        return None if found is None else np.array(found.getValues().toArray(), dtype=np.float64)

    def variance(self, name: str) -> Sequence[float]:
        """Diagonal of a covariance matrix."""
        found = self._java.item(self._results, name)
        return () if found is None else [float(found.get(at, at)) for at in range(found.getRowsCount())]

    @property
    def preprocessing(self) -> Any:
        """The regARIMA model, None without."""
        return self._results.getPreprocessing()


def components_of(reading: Reading, request: AdjustmentRequest, model: FittedModel | None, regressors: Sequence[Regressor]) -> Components:
    """Tables of the decomposition over the observations; the seasonal is without calendar effects, as X-13's D10."""
    import numpy as np

    multiplicative = _mode(reading) != "Additive"
    remove: Callable[..., Any] = np.divide if multiplicative else np.subtract
    join: Callable[..., Any] = np.multiply if multiplicative else np.add
    neutral = np.full(reading.periods, 1.0 if multiplicative else 0.0)
    adjusted, trend, irregular = (_observed(reading, name) for name in ("sa", "t", "i"))
    holiday = join(_effect(reading, "ee", neutral), _regressed(request, model, regressors, "holiday", neutral))
    days = join(_effect(reading, "tde", neutral), _regressed(request, model, regressors, "td", neutral))
    calendar = join(holiday, days)
    combined = remove(_completed(reading, request), adjusted)
    ahead = 0 if model is None else horizon_of(request)
    forecast, errors = (reading.values(f"{name}({ahead})") if ahead else None for name in ("y_f", "y_ef"))
    low, high = _bounds(forecast, errors, model)
    return Components(
        multiplicative=multiplicative, adjusted=_plain(adjusted), seasonal=_plain(remove(combined, calendar)), trend=_plain(trend),
        irregular=_plain(irregular), calendar=_plain(calendar), holiday=_plain(holiday), outlier=_plain(_effect(reading, "out", neutral)),
        combined=_plain(combined), forecast=_plain(forecast), forecast_low=low, forecast_high=high,
        seasonal_forecast=_plain(_seasonal_ahead(reading, request)),
    )  # fmt: skip


def _mode(reading: Reading) -> str:
    return reading.text("mode") or reading.text("decomposition.mode")


def _observed(reading: Reading, name: str) -> NDArray[np.float64]:
    found = reading.values(name)
    if found is None:
        raise ValueError(f"JDemetra+ gave no {name}")
    return found[: reading.periods]


def _completed(reading: Reading, request: AdjustmentRequest) -> NDArray[np.float64]:
    """The series with the estimates of missing observations."""
    interpolated = reading.values("yc")
    return request.series.array() if interpolated is None else interpolated[: reading.periods]


def _effect(reading: Reading, name: str, neutral: NDArray[np.float64]) -> NDArray[np.float64]:
    found = reading.values(name)
    return neutral if found is None else found[: reading.periods]


def _regressed(
    request: AdjustmentRequest, model: FittedModel | None, regressors: Sequence[Regressor], group: str, neutral: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Effect of a group of the request's regressors, which JDemetra+ does not count among its own calendar effects."""
    import numpy as np

    if model is None:
        return neutral
    periods = len(neutral)
    effect = np.zeros(periods)
    estimates = {each.term: each.estimate for each in model.coefficients}
    for each in regressors:
        if each.group == group and each.name in estimates:
            offset = request.series.start - each.start
            effect += estimates[each.name] * np.array(each.values[offset : offset + periods])
    result: NDArray[np.float64] = np.exp(effect) if model.transformation == "log" else effect
    return result


def horizon_of(request: AdjustmentRequest) -> int:
    """Periods ahead: by default one year with X-11, three with SEATS."""
    spec, per_year = request.specification, request.series.frequency.per_year
    if spec.forecast_periods >= 0:
        return spec.forecast_periods
    return per_year if spec.method == "x11" else 3 * per_year


def _bounds(forecast: Any, errors: Any, model: FittedModel | None) -> tuple[Values, Values]:
    """95 % limits of the forecasts, symmetric on the transformed scale; nan beside a fixed constant, whose errors JDemetra+ overstates."""
    import numpy as np

    if forecast is None or errors is None or model is None:
        return (), ()
    if any(each.fixed and each.term == "Constant" for each in model.coefficients):
        errors = np.full(len(forecast), math.nan)
    if model.transformation == "none":
        return _plain(forecast - _INTERVAL * errors), _plain(forecast + _INTERVAL * errors)
    spread = _INTERVAL * np.sqrt(np.log1p((errors / forecast) ** 2))
    return _plain(forecast * np.exp(-spread)), _plain(forecast * np.exp(spread))


def _seasonal_ahead(reading: Reading, request: AdjustmentRequest) -> Any:
    """Forecast of the seasonal alone."""
    if request.specification.method == "seats":
        return reading.values("decomposition.s_cmp_f")
    seasonal = reading.values("decomposition.d10")
    return None if seasonal is None else seasonal[reading.periods :]


def _plain(values: Any) -> Values:
    return () if values is None else tuple(float(value) for value in values)


def model_of(reading: Reading, request: AdjustmentRequest, terms: Terms, regressors: Sequence[Regressor]) -> FittedModel:
    """The regARIMA model used, with X-13's terms and signs."""
    description = reading.preprocessing.getDescription()
    per_year = request.series.frequency.per_year
    groups = {each.name: each.group for each in regressors}
    stated = {outlier_name(each, per_year) for each in terms.outliers}
    coefficients, outliers = _regression(reading, description, per_year, groups, stated)
    named = {each.term for each in coefficients}
    days = "days" if DAYS[0] in named else "weekday" if "Weekday" in named else "none"
    if days == "none" and any(group == "td" and name != LEAP_YEAR for name, group in groups.items()):
        days = "china"
    leap = str(description.getLengthOfPeriodTransformation()) == "LeapYear" or LEAP_YEAR in named
    orders = ArimaOrders(*(int(reading.number(f"arima.{name}")) for name in ("p", "d", "q", "bp", "bd", "bq")))
    easter = next((int(name[7:-1]) for name in named if name.startswith("Easter[")), 0)
    log = bool(description.isLogTransformation())
    return FittedModel(
        transformation="log" if log else "none", orders=orders, constant="Constant" in named,
        coefficients=(*coefficients, *_arma(description, reading, orders, per_year)), outliers=tuple(outliers),
        trading_days="leap_year" if days == "none" and leap else days, easter=easter, leap_year=leap,  # type: ignore[arg-type]
        aic=reading.number("likelihood.aic"), aicc=reading.number("likelihood.aicc"), bic=reading.number("likelihood.bic"),
        log_likelihood=reading.number("likelihood.adjustedll"), sigma2=reading.number("residuals.ser_ml") ** 2,
        observations=int(reading.number("likelihood.neffectiveobs")),
    )  # fmt: skip


def _regression(
    reading: Reading, description: Any, per_year: int, groups: Mapping[str, str], stated: set[str]
) -> tuple[list[Coefficient], list[Outlier]]:
    """Coefficients of the regression variables in the engine's order; variances are those of maximum likelihood, as X-13's."""
    variances = iter(_free_variances(reading))
    coefficients: list[Coefficient] = []
    outliers: list[Outlier] = []
    for variable in description.getVariables():
        core = type(variable.getCore()).__name__.rsplit(".", 1)[-1]
        terms, group, date = _terms(str(variable.getName()), core, variable, per_year, groups)
        for term, value in zip(terms, variable.getCoefficients(), strict=True):
            error = math.nan if value.isFixed() else math.sqrt(max(next(variances, math.nan), 0.0))
            t = value.getValue() / error if error else math.nan
            coefficients.append(Coefficient(term, group, float(value.getValue()), error, t, 0, bool(value.isFixed())))
            if date is not None:
                outliers.append(Outlier(date, float(value.getValue()), t, term not in stated))
    return coefficients, outliers


def _free_variances(reading: Reading) -> Sequence[float]:
    return reading.variance("regression.details.covar-ml")


def _terms(
    name: str, core: str, variable: Any, per_year: int, groups: Mapping[str, str]
) -> tuple[tuple[str, ...], str, OutlierDate | None]:
    """Terms of a variable, its group and, of an outlier, its date."""
    if core in _OUTLIERS:
        at = variable.getCore().getPosition()
        date = OutlierDate(_OUTLIERS[core], int(at.getYear()), (int(at.getMonthValue()) - 1) * per_year // 12 + 1)
        return (outlier_name(date, per_year),), "outlier", date
    if core == "TrendConstant":
        return ("Constant",), "constant", None
    if core == "LengthOfPeriod":
        return (LEAP_YEAR,), "trading_days", None
    if core == "EasterVariable":
        return (f"Easter[{int(variable.getCore().getDuration())}]",), "holiday", None
    if variable.dim() == len(DAYS):
        return DAYS, "trading_days", None
    if name not in groups:
        return ("Weekday",), "trading_days", None
    return (name,), {"td": "trading_days"}.get(groups[name], groups[name]), None


def _arma(description: Any, reading: Reading, orders: ArimaOrders, per_year: int) -> list[Coefficient]:
    """ARMA coefficients with X-13's sign, minus JDemetra+'s."""
    arima = description.getStochasticComponent()
    variances = iter(reading.variance("regression.ml.pcovar-ml"))
    found: list[Coefficient] = []
    for name, prefix, group, lag in (
        ("getPhi", ("AR", "Nonseasonal"), "ar", 1), ("getBphi", ("AR", "Seasonal"), "seasonal_ar", per_year),
        ("getTheta", ("MA", "Nonseasonal"), "ma", 1), ("getBtheta", ("MA", "Seasonal"), "seasonal_ma", per_year),
    ):  # fmt: skip
        for position, value in enumerate(getattr(arima, name)(), 1):
            error = math.nan if value.isFixed() else math.sqrt(max(next(variances, math.nan), 0.0))
            estimate = -float(value.getValue())
            t = estimate / error if error else math.nan
            found.append(Coefficient(arma_term(*prefix, lag * position), group, estimate, error, t, lag * position, bool(value.isFixed())))
    return found


def diagnostics_of(reading: Reading, request: AdjustmentRequest, components: Components) -> Diagnostics:
    """What JDemetra+ tests, by this package's names, and the tests common to every engine; what is not given is absent."""
    values = {name: reading.number(f"m-statistics.{name}") for name in _STATISTICS} | {"q2": reading.number("m-statistics.q-m2")}
    for name, place in _TESTS.items():
        found = reading.test(place)
        if found is not None:
            values[name], values[f"{name}_p"] = found
    for name, place in _MOMENTS.items():
        found = reading.test(place)
        if found is not None:
            values[name] = found[0]
    values |= common_figures(request, components)
    return Diagnostics(values={name: value for name, value in values.items() if math.isfinite(value)})
