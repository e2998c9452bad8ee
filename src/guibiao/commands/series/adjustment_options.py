"""Options of seasonal adjustment that one series and many share, and the specification they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.reference.series.adjustment import AdjustmentSpecification


class Engine(StrEnum):
    """Programs that adjust."""

    X13 = "x13"
    JDEMETRA = "jdemetra"


EngineOption = Annotated[Engine, typer.Option("--engine", help=_("计算程序：x13（默认）或 jdemetra。"))]
MethodOption = Annotated[str | None, typer.Option("--method", help=_("分解方法：seats（默认）或 x11。"))]
TransformOption = Annotated[str | None, typer.Option("--transform", help=_("变换：auto（默认，按 AICC 选）、log、none。"))]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        help=_(
            "ARIMA 模型：auto（默认）、none 或 \"(0 1 1)(0 1 1)\"。auto 时检验交易日和复活节并查找离群值；"
            "写明模型时三者都不加，除非另外写明；none 为纯 X-11，季节滤子 3x5、Henderson 13 项，除非另写。"
        ),
    ),
]  # fmt: skip
HolidayOption = Annotated[
    list[str] | None, typer.Option("--holiday", help=_("移动节日窗口，如 spring-festival:-6..-1,0..6；可重复；none 为不用。"))
]
CentringOption = Annotated[
    str | None, typer.Option("--centring", help=_("节日回归量的中心化：calendar（默认，减去同月均值）、mean（减去总均值）、none。"))
]
TradingDaysOption = Annotated[
    str | None,
    typer.Option("--trading-days", help=_("交易日：auto 检验后决定，on 六个对比，weekday 一个对比，china 按调休后的工作日，off 不用。")),
]
EasterOption = Annotated[str | None, typer.Option("--easter", help=_("复活节：auto 检验后决定、none，或节前天数 1 到 25。"))]
OutliersOption = Annotated[str | None, typer.Option("--outliers", help=_("自动查找离群值：on 或 off。"))]
KnownOutlierOption = Annotated[list[str] | None, typer.Option("--outlier", help=_("已知离群值，如 LS2008-11、AO2020-Q1；可重复。"))]
SeasonalFilterOption = Annotated[
    str | None, typer.Option("--seasonal-filter", help=_("X-11 季节滤子：auto、s3x1、s3x3、s3x5、s3x9、s3x15、stable、x11-default。"))
]
TrendFilterOption = Annotated[
    int | None, typer.Option("--trend-filter", help=_("X-11 的 Henderson 趋势滤子项数（奇数）；-1 为按 I/C 比自动选。"))
]
ModeOption = Annotated[
    str | None, typer.Option("--mode", help=_("X-11 分解方式：multiplicative、additive、pseudo-additive、log-additive；默认随变换。"))
]
SpanOption = Annotated[str | None, typer.Option("--span", help=_("只用一段，如 2005-01..2024-12；一端可空。"))]
ForecastOption = Annotated[int | None, typer.Option("--forecast", help=_("预测几期；默认 X-11 一年、SEATS 三年。"))]
SlidingSpansOption = Annotated[bool | None, typer.Option("--sliding-spans", help=_("另作滑动区间稳定性检验。"))]
PresetOption = Annotated[
    str,
    typer.Option("--preset", help=_("具名预设，如 default、spring-festival、china、airline、x11-pure；选项在其上修改，不与 --spec 同用。")),
]
_SWITCHED = {"on": "days", "off": "none"}


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line gave; None is not given."""

    method: str | None = None
    transform: str | None = None
    model: str | None = None
    holiday: Sequence[str] | None = None
    centring: str | None = None
    trading_days: str | None = None
    easter: str | None = None
    outliers: str | None = None
    outlier: Sequence[str] | None = None
    seasonal_filter: str | None = None
    trend_filter: int | None = None
    mode: str | None = None
    span: str | None = None
    forecast: int | None = None
    sliding_spans: bool | None = None


def adjustment_specification(file: Path | None, preset_name: str, flags: Flags) -> AdjustmentSpecification:
    """The specification of a file or a preset with flags in place of its fields, checked."""
    from guibiao.reference.series.adjustment import AdjustmentSpecification, preset
    from guibiao.reference.specifications import read_specification

    if file is not None and preset_name:
        raise BadRequest(_("--spec 和 --preset 不能同用"), remedy=_("预设写进说明文件，或去掉一个。"))
    base: dict[str, Any] = {}
    if preset_name:
        chosen = preset(preset_name)
        base = {each.name: getattr(chosen, each.name) for each in fields(chosen)}
    stated = read_specification(file, AdjustmentSpecification, spoken=_spoken, **(base | _fields(flags)))
    stated.effective()
    return stated


def _fields(flags: Flags) -> dict[str, Any]:
    """Fields of the specification that the flags set."""
    found: dict[str, Any] = {
        "method": flags.method, "transform": flags.transform, "model": flags.model, "centring": flags.centring, "easter": flags.easter,
        "trading_days": _SWITCHED.get(flags.trading_days or "", flags.trading_days), "outliers": flags.outliers,
        "seasonal_filter": flags.seasonal_filter, "trend_filter": flags.trend_filter, "mode": flags.mode,
        "forecast_periods": flags.forecast, "sliding_spans": flags.sliding_spans,
        "known_outliers": tuple(flags.outlier) if flags.outlier else None,
    }  # fmt: skip
    if flags.holiday:
        found["holidays"] = _windows(flags.holiday)
    if flags.span:
        first, dots, last = flags.span.partition("..")
        if not dots:
            raise BadRequest(_("时段 {text} 无法识别").format(text=flags.span), remedy=_("写成 2005-01..2024-12，一端可空。"))
        found |= {"span_first": first.strip(), "span_last": last.strip()}
    return {name: value for name, value in found.items() if value is not None}


def _spoken(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keys of a file that are named as options, as the fields that the options set; windows of holidays may be written as text."""
    named = {name: data[name] for name in ("holiday", "outlier", "span", "forecast") if name in data}
    fields_named = {"holiday": "holidays", "outlier": "known_outliers", "span": "span_first", "forecast": "forecast_periods"}
    for option in named:
        if fields_named[option] in data:
            raise BadRequest(
                _("{option} 与 {field} 只写一个").format(option=option, field=fields_named[option]),
                remedy=_("两者说的是同一件事，删去一个。"),
            )
    found = {name: value for name, value in data.items() if name not in named}
    if isinstance(found.get("trading_days"), str):
        found["trading_days"] = _SWITCHED.get(found["trading_days"], found["trading_days"])
    if _texts(found.get("holidays")):
        found["holidays"] = _windows(_texts(found["holidays"]))
    forecast, span = named.get("forecast"), named.get("span")
    told = _fields(Flags(holiday=_texts(named.get("holiday")), outlier=_texts(named.get("outlier")), span=str(span) if span else None))
    kept = {"forecast_periods": forecast} if forecast is not None else {}
    unread = {fields_named[name]: named[name] for name in ("holiday", "outlier") if name in named and not _texts(named[name])}
    return found | told | kept | unread


def _texts(value: Any) -> list[str]:
    """One text or a list of texts; nothing where it is neither."""
    texts = [value] if isinstance(value, str) else value
    return list(texts) if isinstance(texts, list) and all(isinstance(each, str) for each in texts) else []


def _windows(texts: Sequence[str]) -> tuple[Any, ...]:
    from guibiao.reference.series.adjustment import parse_holidays

    return tuple(window for text in texts for window in parse_holidays(text))
