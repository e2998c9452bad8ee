"""Specification of a seasonal adjustment: one immutable object for every engine, with named defaults.

A field left at `"default"` follows the model: with `model="auto"` trading days and Easter are tested and outliers searched (the automatic
procedure); with a stated model, or none, nothing is added that was not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeAlias

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}

Method: TypeAlias = Literal["seats", "x11"]
Transform: TypeAlias = Literal["auto", "log", "none"]
TradingDays: TypeAlias = Literal["default", "auto", "none", "days", "weekday", "china"]
OnOff: TypeAlias = Literal["default", "on", "off"]
Centring: TypeAlias = Literal["calendar", "mean", "none"]
Mode: TypeAlias = Literal["default", "multiplicative", "additive", "pseudo-additive", "log-additive"]
SeasonalFilter: TypeAlias = Literal["default", "auto", "x11-default", "s3x1", "s3x3", "s3x5", "s3x9", "s3x15", "stable"]
OutlierType: TypeAlias = Literal["AO", "LS", "TC"]

_MODE_TRANSFORMS: Mapping[Mode, Transform] = {"additive": "none", "multiplicative": "log", "pseudo-additive": "log", "log-additive": "log"}
HOLIDAYS = ("spring-festival", "lantern", "qingming", "labour-day", "dragon-boat", "mid-autumn", "national-day", "easter")
LONGEST_WINDOW = 150
_WINDOW = re.compile(r"([+-]?\d{1,3})(?:\.\.([+-]?\d{1,3}))?")
_ORDERS = re.compile(r"\s*\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*\)\s*(?:\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*\)\s*)?")
_OUTLIER = re.compile(r"(AO|LS|TC|SO)\s*(\d{4})(?:-(\d{2})|-?Q([1-4])|\.(\d{1,2})|\.([A-Za-z]{3}))")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayWindow:
    """Days around a moving holiday that form one regressor: from `first` to `last`, counted from the holiday (day 0), both included."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    holiday: str
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.holiday}:{self.first}..{self.last}"


@dataclass(frozen=True, slots=True, order=True)
class ArimaOrders:
    """Orders (p d q)(P D Q) of a seasonal ARIMA model."""

    p: int
    d: int
    q: int
    seasonal_p: int = 0
    seasonal_d: int = 0
    seasonal_q: int = 0

    def __str__(self) -> str:
        return f"({self.p} {self.d} {self.q})({self.seasonal_p} {self.seasonal_d} {self.seasonal_q})"


@dataclass(frozen=True, slots=True, order=True)
class OutlierDate:
    """An outlier at a period: AO additive, LS level shift, TC temporary change, SO seasonal; `season` is the month or quarter from 1."""

    kind: str
    year: int
    season: int

    def __str__(self) -> str:
        return f"{self.kind}{self.year:04d}.{self.season}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentSpecification:
    """What an adjustment is asked to do. Shape: monthly or quarterly series; the same fields drive every engine."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    method: Method = "seats"
    transform: Transform = "auto"
    model: str = "auto"
    """`auto`, `none` (X-11 without regARIMA) or orders `(p d q)(P D Q)`."""
    constant: bool = False
    """Constant in a stated ARIMA model."""
    trading_days: TradingDays = "default"
    """`days` six contrasts, `weekday` one contrast of weekdays and weekends, `china` working days with their 调休, `auto` by AICC."""
    easter: str = "default"
    """`auto` by AICC, `none`, or days before Easter, 1 to 25."""
    holidays: tuple[HolidayWindow, ...] = ()
    centring: Centring = "calendar"
    """How holiday regressors are centred: by the mean of each calendar month, by the overall mean, or not."""
    outliers: OnOff = "default"
    outlier_types: tuple[OutlierType, ...] = ("AO", "LS")
    outlier_critical: float | None = None
    """Critical |t|; by default the engine's, from the number of observations."""
    outlier_first: str = ""
    """Search from this period on only, such as 2024-01."""
    known_outliers: tuple[str, ...] = ()
    """Outliers always in the model: `LS2008-11`, `AO2020-Q1`."""
    mode: Mode = "default"
    """Decomposition of X-11; follows the transformation by default."""
    seasonal_filter: SeasonalFilter = "default"
    """Moving average of X-11 for the seasonal; `auto` by the moving seasonality ratio. With `model="none"` the default is 3x5."""
    trend_filter: int = 0
    """Henderson terms of X-11, odd; 0 chooses by the I/C ratio, but with `model="none"` it is 13; -1 always chooses by the ratio."""
    sigma_limits: tuple[float, float] = (1.5, 2.5)
    forecast_periods: int = -1
    """Periods ahead; -1 is the engine's: one year with X-11, three with SEATS."""
    sliding_spans: bool = False
    span_first: str = ""
    span_last: str = ""

    @property
    def automatic(self) -> bool:
        """Whether the ARIMA model is identified by the engine."""
        return self.model == "auto"

    @property
    def regression(self) -> bool:
        """Whether there is a regARIMA model at all."""
        return self.model != "none"

    @property
    def orders(self) -> ArimaOrders | None:
        """The stated orders."""
        return None if self.model in {"auto", "none"} else parse_orders(self.model)

    @property
    def outlier_dates(self) -> tuple[OutlierDate, ...]:
        return tuple(parse_outlier(text) for text in self.known_outliers)

    def effective(self) -> AdjustmentSpecification:
        """The same with every `default` resolved, checked."""
        auto, pure = self.automatic, not self.regression
        chosen = replace(
            self,
            trading_days=("auto" if auto else "none") if self.trading_days == "default" else self.trading_days,
            easter=("auto" if auto else "none") if self.easter == "default" else self.easter,
            outliers=("on" if auto else "off") if self.outliers == "default" else self.outliers,
            seasonal_filter=("s3x5" if pure else "auto") if self.seasonal_filter == "default" else self.seasonal_filter,
            trend_filter=(13 if pure else -1) if self.trend_filter == 0 else self.trend_filter,
            transform=_MODE_TRANSFORMS.get(self.mode, "auto") if self.transform == "auto" else self.transform,
        )
        chosen.validate()
        return chosen

    def validate(self) -> None:
        """Refuse what contradicts itself or is out of range."""
        _check_model(self)
        _check_mode(self)
        _check_regression(self)
        _check_numbers(self)


def parse_orders(text: str) -> ArimaOrders:
    """`(0 1 1)(0 1 1)` or `(0 1 1)`; commas are as good as spaces."""
    found = _ORDERS.fullmatch(text)
    if found is None:
        raise BadRequest(_("ARIMA 模型 {text} 无法识别").format(text=text), remedy=_("写成 (0 1 1)(0 1 1)、auto 或 none。"))
    orders = ArimaOrders(*(int(number or 0) for number in found.groups()))
    regular, seasonal = (orders.p, orders.q), (orders.seasonal_p, orders.seasonal_q)
    if max(regular) > 12 or max(seasonal) > 3 or orders.d > 3 or orders.seasonal_d > 2:
        raise BadRequest(
            _("ARIMA 模型 {text} 的阶数过大").format(text=text),
            remedy=_("p、q 不大于 12，d 不大于 3，季节部分 P、Q 不大于 3，D 不大于 2。"),
        )
    return orders


def parse_outlier(text: str) -> OutlierDate:
    """`LS2008-11`, `AO2020-Q1`, and the engines' own `LS2008.Nov`, `AO2020.1`."""
    found = _OUTLIER.fullmatch(text.strip())
    if found is None:
        raise BadRequest(_("离群值 {text} 无法识别").format(text=text), remedy=_("写成 LS2008-11 或 AO2020-Q1；类型为 AO、LS、TC、SO。"))
    kind, year, month, quarter, number, name = found.groups()
    if name is not None and name.lower() not in _MONTHS:
        raise BadRequest(_("离群值 {text} 无法识别").format(text=text), remedy=_("写成 LS2008-11 或 AO2020-Q1；类型为 AO、LS、TC、SO。"))
    season = int(month or quarter or number or 0) if name is None else _MONTHS.index(name.lower()) + 1
    return OutlierDate(kind, int(year), season)


def parse_holidays(text: str) -> tuple[HolidayWindow, ...]:
    """`spring-festival:-6..-1,0..6`: one window a part; `none` or nothing is no holiday; several holidays are joined by `;`."""
    if text.strip() in {"", "none"}:
        return ()
    windows: list[HolidayWindow] = []
    for part in text.split(";"):
        name, _colon, ranges = part.strip().partition(":")
        for window in ranges.split(","):
            found = _WINDOW.fullmatch(window.strip())
            if found is None:
                raise BadRequest(
                    _("节日窗口 {text} 无法识别").format(text=part.strip()),
                    remedy=_("写成 spring-festival:-6..-1,0..6：节日前 6 天到前 1 天为一段，当天到后 6 天为一段。"),
                )
            first = int(found[1])
            windows.append(HolidayWindow(holiday=name.strip(), first=first, last=first if found[2] is None else int(found[2])))
    return tuple(windows)


def _check_model(spec: AdjustmentSpecification) -> None:
    if spec.model not in {"auto", "none"}:
        parse_orders(spec.model)
    if spec.model == "none" and spec.method == "seats":
        raise BadRequest(_("SEATS 分解的是 ARIMA 模型，不能没有模型"), remedy=_("改用 --method x11，或给出模型，或写 --model auto。"))
    if spec.method == "seats" and (spec.mode != "default" or spec.seasonal_filter not in {"default", "auto"} or spec.trend_filter > 0):
        raise BadRequest(_("分解方式和移动平均滤子只用于 X-11"), remedy=_("改用 --method x11，或去掉这些设定。"))
    if spec.constant and spec.orders is None:
        raise BadRequest(_("常数项只能加在写明的 ARIMA 模型上"), remedy=_("写明模型，如 (0 1 1)(0 1 1)。"))


def _check_mode(spec: AdjustmentSpecification) -> None:
    """A decomposition fits its transformation; pure X-11 takes no logarithms, its mode decides."""
    wanted = _MODE_TRANSFORMS.get(spec.mode)
    if wanted is None or not spec.regression or spec.transform in {"auto", wanted}:
        return
    raise BadRequest(
        _("分解方式 {mode} 与变换 {transform} 不相容").format(mode=spec.mode, transform=spec.transform),
        remedy=_("additive 配 none，其余配 log；或不写 --transform。"),
    )


def _check_regression(spec: AdjustmentSpecification) -> None:
    asked = spec.holidays or spec.known_outliers or spec.outliers == "on" or spec.trading_days not in {"default", "none"}
    if not spec.regression and (asked or spec.easter not in {"default", "none"}):
        raise BadRequest(
            _("没有 regARIMA 模型就不能估计节假日、交易日和离群值"), remedy=_("写明模型或用 --model auto；纯 X-11 请去掉这些选项。")
        )
    if spec.easter not in {"default", "auto", "none"} and not (
        spec.easter.isascii() and spec.easter.isdigit() and 1 <= int(spec.easter) <= 25
    ):
        raise BadRequest(_("复活节窗口 {text} 无法识别").format(text=spec.easter), remedy=_("写 auto、none，或复活节前的天数 1 到 25。"))
    for window in spec.holidays:
        _check_window(window)
    if len(set(spec.holidays)) != len(spec.holidays):
        raise BadRequest(_("同一节日窗口写了两次"), remedy=_("每个窗口只写一次。"))
    dates = [(each.kind, each.year, each.season) for each in spec.outlier_dates]
    if len(set(dates)) != len(dates):
        raise BadRequest(_("同一离群值写了两次"), remedy=_("每个离群值只写一次。"))


def _check_window(window: HolidayWindow) -> None:
    if window.holiday not in HOLIDAYS:
        raise BadRequest(_("没有节日 {name}").format(name=window.holiday), remedy=_("可写：{known}。").format(known="、".join(HOLIDAYS)))
    if (
        window.first > window.last
        or window.last - window.first > LONGEST_WINDOW
        or max(abs(window.first), abs(window.last)) > LONGEST_WINDOW
    ):
        raise BadRequest(
            _("节日窗口 {window} 不成立").format(window=window),
            remedy=_("先写起始日再写结束日，离节日不超过 {days} 天。").format(days=LONGEST_WINDOW),
        )


def _check_numbers(spec: AdjustmentSpecification) -> None:
    low, high = spec.sigma_limits
    if not 0 < low < high < 100:
        raise BadRequest(_("极端值界限 {low}、{high} 不成立").format(low=low, high=high), remedy=_("下限大于 0、小于上限，如 1.5 和 2.5。"))
    if spec.trend_filter > 0 and (spec.trend_filter % 2 == 0 or not 3 <= spec.trend_filter <= 101):
        raise BadRequest(_("Henderson 滤子的项数 {terms} 不成立").format(terms=spec.trend_filter), remedy=_("写 3 到 101 之间的奇数。"))
    if spec.trend_filter < -1:
        raise BadRequest(_("Henderson 滤子的项数 {terms} 不成立").format(terms=spec.trend_filter), remedy=_("写 3 到 101 之间的奇数。"))
    if not -1 <= spec.forecast_periods <= 120:
        raise BadRequest(_("预测期数 {periods} 不成立").format(periods=spec.forecast_periods), remedy=_("写 0 到 120。"))
    if spec.outlier_critical is not None and not 2 <= spec.outlier_critical < 100:
        raise BadRequest(_("离群值临界值 {value} 不成立").format(value=spec.outlier_critical), remedy=_("写 2 以上的数，如 4。"))
    if not spec.outlier_types:
        raise BadRequest(_("没有可查找的离群值类型"), remedy=_("至少写 AO、LS、TC 中的一种，或用 --outliers off。"))


_PRE_POST = (HolidayWindow(holiday="spring-festival", first=-6, last=-1), HolidayWindow(holiday="spring-festival", first=0, last=6))
_AIRLINE = "(0 1 1)(0 1 1)"
PRESETS: Mapping[str, AdjustmentSpecification] = {
    "default": AdjustmentSpecification(),
    "seats-auto": AdjustmentSpecification(),
    "x11-auto": AdjustmentSpecification(method="x11"),
    "spring-festival": AdjustmentSpecification(holidays=_PRE_POST, easter="none"),
    "china": AdjustmentSpecification(holidays=_PRE_POST, easter="none", trading_days="china"),
    "airline-plain": AdjustmentSpecification(model=_AIRLINE, transform="none"),
    "airline": AdjustmentSpecification(model=_AIRLINE, outliers="on"),
    "airline-calendar": AdjustmentSpecification(model=_AIRLINE, outliers="on", trading_days="weekday", easter="auto"),
    "auto-plain": AdjustmentSpecification(trading_days="none", easter="none"),
    "auto-weekday": AdjustmentSpecification(trading_days="weekday"),
    "auto-days": AdjustmentSpecification(trading_days="days"),
    "x11-pure": AdjustmentSpecification(method="x11", model="none", transform="log"),
    "x11-pure-additive": AdjustmentSpecification(method="x11", model="none", transform="none"),
}
"""Named defaults. `airline-plain` to `auto-days` are in the spirit of RSA0, RSA1, RSA2c, RSA3, RSA4c and RSA5c of the field."""


def preset(name: str) -> AdjustmentSpecification:
    """The named default."""
    if name not in PRESETS:
        raise BadRequest(_("没有预设 {name}").format(name=name), remedy=_("可写：{known}。").format(known="、".join(PRESETS)))
    return PRESETS[name]
