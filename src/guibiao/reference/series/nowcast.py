"""Specification of a nowcast: the target, its indicators, when they are published, and the models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal, TypeAlias

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}
Method: TypeAlias = Literal["auto", "bridge", "dfm"]


class Transform(StrEnum):
    """How a series is made stationary; the year-on-year ones compare with the same season, `log-` and `year-on-year` are in logs."""

    AUTO = "auto"
    NONE = "none"
    DIFFERENCE = "difference"
    LOG_DIFFERENCE = "log-difference"
    YEAR_ON_YEAR = "year-on-year"
    YEAR_DIFFERENCE = "year-difference"


class Aggregation(StrEnum):
    """What a value of a lower frequency is of those of a higher one."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class NowcastSeries:
    """One series of a nowcast: a name in the data file, or an indicator of the workspace."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    name: str
    indicator: str = ""
    area: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    """Accounting basis, where the workspace holds several."""
    frequency: Literal["", "M", "Q", "A"] = ""
    """Frequency of the workspace's figures to take; empty: the finest there is."""
    transform: Transform = Transform.AUTO
    aggregation: Aggregation = Aggregation.SUM
    publication_lag: int | None = None
    """Days from the end of a period to publication, where the data do not say when a value became known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowcast:
    """A nowcast with named defaults."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    target: str = ""
    frequency: Literal["", "M", "Q", "A"] = ""
    """Frequency of the target; a series published more often is aggregated to it. Empty: that of the series."""
    method: Method = "auto"
    indicators: tuple[str, ...] = ()
    """Names of the series that inform the target; empty: every series there is."""
    series: tuple[NowcastSeries, ...] = ()
    """What differs from the defaults for a series; with a workspace, every series with its indicator."""
    vintages: Literal["", "stated", "lag"] = ""
    """`stated`: a value counts from the day the data say. `lag`: the first vintage of a period counts from the end of the period plus the
    publication lag where the data name a later day (a table taken down long after), and the result calls it a pseudo-vintage. Empty:
    `stated` for files, `lag` for a workspace."""
    level: float = 80.0
    """Coverage of the intervals in per cent."""
    backtest: int = 12
    """Target periods that the backtest repeats; 0 leaves it out, and then no model replaces another."""
    evaluate_on: Literal["latest", "first"] = "latest"
    """Whether backtests compare with the latest value on file or the first one published."""
    factors: int = 1
    factor_order: int = 1
    maximum_iterations: int = 200
    tolerance: float = 1e-5
    maximum_lag: int = 4
    """Longest autoregression of an indicator within a bridge equation and of the autoregressive benchmark."""
    maximum_indicators: int = 5
    """Most indicators in one bridge equation."""

    def validate(self) -> None:
        """Raises BadRequest where a value is out of range or a series is named twice."""
        if not 50.0 <= self.level < 100.0:
            raise BadRequest(_("区间的覆盖率 {level} 要在 50 和 100 之间").format(level=self.level), remedy=_("例如 --level 80。"))
        if not 0 <= self.backtest <= 200:
            raise BadRequest(_("回测期数 {count} 要在 0 和 200 之间").format(count=self.backtest))
        if not 0 <= self.maximum_lag <= 24 or not 1 <= self.maximum_indicators <= 50:
            raise BadRequest(_("自回归阶数要在 0 到 24 之间，指标数要在 1 到 50 之间"))
        names = [series.name for series in self.series]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise BadRequest(_("说明里序列 {name} 出现两次").format(name=twice))
        if self.factors < 1 or self.factor_order < 1 or self.maximum_iterations < 1 or not 0.0 < self.tolerance < 1.0:
            raise BadRequest(_("因子数、滞后阶数、迭代次数要不小于 1，收敛标准要在 0 和 1 之间"))
        if any(series.publication_lag is not None and not -31 <= series.publication_lag <= 3660 for series in self.series):
            raise BadRequest(_("publication_lag 要在 -31 和 3660 天之间"))

    def stated(self, name: str) -> NowcastSeries:
        """What is stated for a series, defaults where nothing is."""
        return next((series for series in self.series if series.name == name), NowcastSeries(name=name))

    @property
    def lags(self) -> dict[str, int]:
        """Stated publication lags in days by series."""
        return {series.name: series.publication_lag for series in self.series if series.publication_lag is not None}
