"""From a series and a specification to the request an engine gets: checks, fallbacks that are said, regressors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of, ordinal_of
from guibiao.reference.series.adjustment import AdjustmentSpecification
from guibiao.series.adjustment.calendar_days import working_day_regressor
from guibiao.series.adjustment.regressors import holiday_regressor
from guibiao.series.adjustment.result import (
    AdjustmentRequest,
    FixedModel,
    Regressor,
    Words,
)

LEAST_YEARS = 3
"""Whole years that a seasonal can be estimated from (X-13 refuses fewer)."""
MOST_OBSERVATIONS = 780
"""Limit of the X-13 program: 65 years of months."""
FORECAST_YEARS = 3
"""Years of forecasts that regressors cover by default: SEATS looks three years ahead."""


def prepare(
    series: TimeSeries,
    specification: AdjustmentSpecification,
    key: str = "",
    fixed: FixedModel | None = None,
    extra: Sequence[Regressor] = (),
) -> AdjustmentRequest:
    """The request for a series. Raises BadRequest where the specification or the series cannot be met, saying what to do."""
    chosen = specification.effective()
    part, notes = _spanned(series, chosen)
    part, trimmed = _trimmed(part)
    _check_frequency(part)
    _check_values(part, chosen)
    _check_outliers(part, chosen)
    chosen, replaced = _transformation(part, chosen, fixed)
    regressors, calendar = _regressors(part, chosen, fixed)
    return AdjustmentRequest(
        key or series.name, part, chosen, (*regressors, *extra), fixed, (*notes, *trimmed, *_gaps(part), *replaced, *calendar)
    )


def _spanned(series: TimeSeries, spec: AdjustmentSpecification) -> tuple[TimeSeries, tuple[Words, ...]]:
    """The part between the first and the last period asked for."""
    if not spec.span_first and not spec.span_last:
        return series, ()
    first = ordinal_of_label(series.frequency, spec.span_first) if spec.span_first else series.start
    last = ordinal_of_label(series.frequency, spec.span_last) if spec.span_last else series.end
    part = series.window(first, last)
    if not len(part):
        raise BadRequest(
            _("所选时段里没有数据"),
            remedy=_("序列从 {first} 到 {last}。").format(first=series.label(0), last=series.label(len(series) - 1)),
        )
    left_out = len(series) - len(part)
    if not left_out:
        return part, ()
    first_label, last_label = part.label(0), part.label(len(part) - 1)
    return part, (
        Words(
            f"只用 {first_label} 到 {last_label}，略去 {left_out} 期。",
            f"Only {first_label} to {last_label} is used; {left_out} periods are left out.",
        ),
    )


def _trimmed(series: TimeSeries) -> tuple[TimeSeries, tuple[Words, ...]]:
    """Without missing values at either end."""
    present = [at for at, value in enumerate(series.values) if not math.isnan(value)]
    if not present:
        raise BadRequest(_("序列 {name} 没有一个数").format(name=series.name), remedy=_("核对列名和数据文件。"))
    dropped = len(series) - (present[-1] - present[0] + 1)
    if not dropped:
        return series, ()
    part = series.window(series.ordinal(present[0]), series.ordinal(present[-1]))
    return part, (Words(f"序列两端的 {dropped} 期缺数，已略去。", f"{dropped} missing periods at the ends of the series are left out."),)


def _gaps(series: TimeSeries) -> tuple[Words, ...]:
    count = len(series.missing)
    return (Words(f"中间缺 {count} 期，由模型估计。", f"{count} missing values are estimated by the model."),) if count else ()


def _check_frequency(series: TimeSeries) -> None:
    if series.frequency not in {Frequency.MONTH, Frequency.QUARTER}:
        raise BadRequest(
            _("季节调整只接受月度和季度序列，这里是{name}").format(name={"A": _("年度"), "D": _("日度")}[series.frequency.value]),
            remedy=_("日度数据先汇总成月度；年度数据没有季节。"),
        )
    if series.spans:
        count = len(series.spans)
        raise BadRequest(
            _("序列 {name} 有 {count} 个数覆盖不止一期（如 1—2 月合并）").format(name=series.name, count=count),
            remedy=_("先拆成单月：guibiao series monthly --split …。"),
        )
    if len(series) > MOST_OBSERVATIONS:
        raise BadRequest(
            _("序列有 {count} 期，X-13 最多 {most} 期").format(count=len(series), most=MOST_OBSERVATIONS),
            remedy=_("用 --span 取后一段，如 --span {first}..。").format(
                first=label_of(series.frequency, series.end - MOST_OBSERVATIONS + 1)
            ),
        )


def _check_values(series: TimeSeries, spec: AdjustmentSpecification) -> None:
    finite = [value for value in series.values if not math.isnan(value)]
    if any(math.isinf(value) or abs(value) >= 1e15 for value in finite):
        raise BadRequest(_("序列里有无穷大或过大的数"), remedy=_("核对数据，或换用较大的单位。"))
    least = LEAST_YEARS * series.frequency.per_year
    if len(series) < least:
        raise BadRequest(
            _("序列只有 {count} 期，季节调整至少要 {least} 期（{years} 年）").format(count=len(series), least=least, years=LEAST_YEARS),
            remedy=_("积累更多数据，或在同比上比较。"),
        )
    if len(set(finite)) == 1:
        raise BadRequest(_("序列各期的数都相同，没有可调整的季节"), remedy=_("核对列名和数据。"))
    missing = len(series.missing)
    if missing and not spec.regression:
        raise BadRequest(
            _("序列中间缺 {count} 期，纯 X-11 不能处理").format(count=missing),
            remedy=_("用带 regARIMA 模型的调整（--model auto 或写明模型），缺数由模型估计；或用 --span 避开。"),
        )
    if len(finite) < least or missing > len(series) // 3:
        raise BadRequest(
            _("序列 {total} 期里缺 {count} 期，太多").format(total=len(series), count=missing), remedy=_("补齐数据，或用 --span 避开。")
        )


def _check_outliers(series: TimeSeries, spec: AdjustmentSpecification) -> None:
    """Stated outliers lie within the series."""
    per_year = series.frequency.per_year
    for outlier in spec.outlier_dates:
        within = series.start <= ordinal_of(series.frequency, outlier.year, outlier.season) <= series.end
        if not within or not 1 <= outlier.season <= per_year:
            raise BadRequest(
                _("离群值 {outlier} 不在序列时段内").format(outlier=outlier),
                remedy=_("序列从 {first} 到 {last}。").format(first=series.label(0), last=series.label(len(series) - 1)),
            )


def _transformation(
    series: TimeSeries, spec: AdjustmentSpecification, fixed: FixedModel | None
) -> tuple[AdjustmentSpecification, tuple[Words, ...]]:
    """Logarithms need positive values: a stated log is refused, an automatic choice falls back to none and says so."""
    low = min(value for value in series.values if not math.isnan(value))
    asked = "log" if fixed is not None and fixed.transformation == "log" else spec.transform
    if spec.mode in {"multiplicative", "pseudo-additive", "log-additive"} and low <= 0:
        asked = "log"
    if low > 0:
        return (replace(spec, transform="log") if not spec.regression and asked == "auto" else spec), ()
    count = sum(1 for value in series.values if value <= 0)
    if asked == "log":
        raise BadRequest(
            _("序列有 {count} 个零或负数，不能取对数，也不能作乘法分解").format(count=count),
            remedy=_("用 --transform none（加法分解）；或核对这些数。"),
        )
    if asked == "none":
        return spec, ()
    return replace(spec, transform="none"), (
        Words(
            f"序列有 {count} 个零或负数，不取对数，用加法分解。",
            f"{count} values are zero or negative: no logarithms, additive decomposition.",
        ),
    )


def _regressors(
    series: TimeSeries, spec: AdjustmentSpecification, fixed: FixedModel | None
) -> tuple[tuple[Regressor, ...], tuple[Words, ...]]:
    """Regressors of holidays and of Chinese working days, from the first period to the end of the forecasts."""
    ahead = max(spec.forecast_periods, FORECAST_YEARS * series.frequency.per_year)
    periods = len(series) + ahead
    found = [holiday_regressor(window, series.frequency, series.start, periods, spec.centring) for window in spec.holidays]
    china = fixed.trading_days == "china" if fixed is not None else spec.trading_days == "china"
    if not china:
        return tuple(found), ()
    working, without = working_day_regressor(series.frequency, series.start, periods)
    within = tuple(year for year in without if year <= series.year(len(series) - 1))
    notes = (
        (
            Words(
                f"{len(within)} 个年份（{_years(within)}）没有调休通知，按当时的法定节假日和周工作日计，不含调休。",
                f"{len(within)} years ({_years(within)}) have no notice of exchanged days: statutory holidays and working week only.",
            ),
        )
        if within
        else ()
    )
    return (*found, working), notes


def _years(years: Sequence[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def ordinal_of_label(frequency: Frequency, label: str) -> int:
    """Ordinal of `2018-02` or `2018-Q1`; BadRequest for anything else."""
    year, _dash, season = label.strip().upper().partition("-")
    number = season.removeprefix("Q") if frequency is Frequency.QUARTER else season
    valid = year.isascii() and year.isdigit() and len(year) == 4 and number.isascii() and number.isdigit()
    if not valid or not 1 <= int(number) <= frequency.per_year:
        raise BadRequest(_("时期 {label} 无法识别").format(label=label), remedy=_("月度写成 2018-02，季度写成 2018-Q1。"))
    return ordinal_of(frequency, int(year), int(number))
