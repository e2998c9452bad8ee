"""Seasonal adjustment: what is asked of an engine, what it gives back, and the port between.

A request is prepared once (`guibiao.series.adjustment.request.prepare`): specification resolved, regressors computed. An engine turns
requests into results in the same order; a series that cannot be adjusted is a result of grade ERROR with its reason, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from guibiao.model.series import TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification, ArimaOrders, OutlierDate

RegressorGroup: TypeAlias = Literal["holiday", "td", "user"]
Values: TypeAlias = tuple[float, ...]


class Grade(StrEnum):
    """How good an adjustment is; the worst of its reasons."""

    GOOD = "good"
    UNCERTAIN = "uncertain"
    BAD = "bad"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Words:
    """The same sentence in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of the grade: a stable code, the grade it alone would give, and its words with figures."""

    code: str
    grade: Grade
    words: Words


@dataclass(frozen=True, slots=True)
class Regressor:
    """A variable of the regARIMA model: values from period `start` (ordinal), covering the series and its forecasts.

    Effects of the groups `holiday` and `td` are taken out of the adjusted series; that of `user` stays in it.
    """

    name: str
    group: RegressorGroup
    start: int
    values: Values


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One estimate. `group` is constant, trading_days, holiday, outlier, user, ar, ma, seasonal_ar or seasonal_ma; `lag` of ARMA terms.

    ARMA coefficients have the sign of X-13: (1 - phi B) and (1 - theta B). `fixed` ones were not estimated: standard error and t are nan.
    """

    term: str
    group: str
    estimate: float
    standard_error: float
    t: float
    lag: int = 0
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Outlier:
    """An outlier of the model, found by the engine (`automatic`) or stated."""

    date: OutlierDate
    estimate: float
    t: float
    automatic: bool


@dataclass(frozen=True, slots=True)
class FittedModel:
    """The regARIMA model used. `transformation` is log or none; sigma2 is the innovations' variance on the transformed scale.

    `regression` names the built-in regressors in the order of the coefficients; user regressors go by their own names.
    """

    transformation: Literal["log", "none"]
    orders: ArimaOrders
    constant: bool
    coefficients: tuple[Coefficient, ...]
    outliers: tuple[Outlier, ...]
    trading_days: Literal["none", "days", "weekday", "china", "leap_year"]
    easter: int
    """Days of the Easter window, 0 without."""
    leap_year: bool
    aic: float
    aicc: float
    bic: float
    log_likelihood: float
    sigma2: float
    observations: int

    def fixed(self, *, coefficients: bool) -> FixedModel:
        """The model for a later run: partial revision keeps it and estimates again, fixed revision keeps the coefficients too."""
        return FixedModel(
            transformation=self.transformation, orders=self.orders, constant=self.constant, trading_days=self.trading_days,
            easter=self.easter, leap_year=self.leap_year, outliers=tuple(outlier.date for outlier in self.outliers),
            coefficients={each.term: each.estimate for each in self.coefficients} if coefficients else {},
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedModel:
    """A model to use as it is. `coefficients` by term, as `Coefficient.term` has them: those named are fixed, the others estimated."""

    transformation: Literal["log", "none"]
    orders: ArimaOrders
    constant: bool = False
    trading_days: Literal["none", "days", "weekday", "china", "leap_year"] = "none"
    easter: int = 0
    leap_year: bool = False
    outliers: tuple[OutlierDate, ...] = ()
    coefficients: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AdjustmentRequest:
    """One series to adjust. `specification` is effective (no `default` left); `regressors` are those it asks for, in its order.

    With `fixed` the model comes from there and the specification's own model, transformation, trading days, Easter and outliers do not
    count, except that `outliers="on"` together with `outlier_first` still searches the newest periods.
    """

    key: str
    series: TimeSeries
    specification: AdjustmentSpecification
    regressors: tuple[Regressor, ...] = ()
    fixed: FixedModel | None = None
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Components:
    """Tables of the decomposition, one value a period of the original; factors where the decomposition is multiplicative.

    `adjusted` has calendar and holiday effects removed as well as the seasonal. `calendar` is the combined effect of trading days and
    holidays, `holiday` that of holidays alone, both as factors or amounts, neutral where there is none.
    """

    multiplicative: bool
    adjusted: Values
    seasonal: Values
    trend: Values
    irregular: Values
    calendar: Values
    holiday: Values
    outlier: Values
    combined: Values
    """Seasonal and calendar together: original over (or less) adjusted."""
    forecast: Values = ()
    forecast_low: Values = ()
    forecast_high: Values = ()
    seasonal_forecast: Values = ()


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Figures by stable names (docs/methods/0615); a test that an engine does not give is absent, never zero.

    `values`: m1 to m11, q, q2, stable_seasonality_f, moving_seasonality_f, identifiable_seasonality (1 present, .5 perhaps, 0 absent),
    qs_original, qs_adjusted and their p-values, residual_seasonality_f and p, ljung_box and p, skewness, kurtosis, seasonal and trading
    day spectral peaks (counts), sliding_spans shares, within_sample forecast error.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    peaks: tuple[str, ...] = ()
    """Visually significant peaks, such as `adjusted:s1` or `residuals:t1`."""


@dataclass(frozen=True, slots=True)
class AdjustmentResult:
    """What came of one request. Without components the grade is ERROR and the reasons say why."""

    key: str
    series: TimeSeries
    specification: AdjustmentSpecification
    engine: str
    version: str
    grade: Grade
    reasons: tuple[Reason, ...]
    components: Components | None = None
    model: FittedModel | None = None
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    notes: tuple[Words, ...] = ()
    """What was changed, dropped or replaced on the way (a model SEATS could not decompose, a span, warnings of the engine)."""


class AdjustmentEngine(Protocol):
    """A program that adjusts series."""

    @property
    def name(self) -> str:
        """`x13` or `jdemetra`."""
        ...

    @property
    def version(self) -> str:
        """Version of the program behind it."""
        ...

    def adjust(self, requests: Sequence[AdjustmentRequest], workdir: Path | None = None) -> list[AdjustmentResult]:
        """Results in the order of the requests. `workdir` is an existing private folder; without it a temporary one is made and removed."""
        ...


def failed(request: AdjustmentRequest, engine: str, version: str, reason: Reason, notes: Sequence[Words] = ()) -> AdjustmentResult:
    """The result of a request that could not be met."""
    return AdjustmentResult(
        key=request.key, series=request.series, specification=request.specification, engine=engine, version=version, grade=Grade.ERROR,
        reasons=(reason,), notes=(*request.notes, *notes),
    )  # fmt: skip
