"""Diagnostics of X-13: its own figures from the diagnostics file, and those common to every engine from the tables."""

from __future__ import annotations

import math
from collections.abc import Mapping

from guibiao.series.adjustment.diagnostics import (
    annual_discrepancy,
    identifiable,
    moving_seasonality,
    residual_seasonality,
    stable_seasonality,
)
from guibiao.series.adjustment.result import AdjustmentRequest, Components, Diagnostics, FittedModel, Values

_PAIRS = {
    "qs_original": "qsori",
    "qs_adjusted": "qssadj",
    "qs_adjusted_without_extremes": "qssadjevadj",
    "qs_adjusted_last_8_years": "qsssadj",
    "qs_irregular": "qsirr",
    "qs_residuals": "qsrsd",
    "x11_stable_seasonality_f": "f2.fsd8",
    "x11_moving_seasonality_f": "f2.msf",
    "x11_residual_seasonality_f": "d11.f",
    "x11_residual_seasonality_last_3_years_f": "d11.3y.f",
    "kruskal_wallis": "f2.kw",
}
"""Statistic followed by its p-value (of the X-11 tests in per cent)."""
_PERCENT = {"f2.fsd8", "f2.msf", "f2.kw", "d11.f", "d11.3y.f"}
_SINGLE = {
    "q": "f3.q", "q2": "f3.qm2", "skewness": "skewness", "kurtosis": "kurtosis", "durbin_watson": "durbinwatson",
    "forecast_error_3_years": "aape.0", "trend_terms": "finaltrendma", "outliers": "outlier.total",
} | {f"m{number}": f"f3.m{number:02d}" for number in range(1, 12)}  # fmt: skip
_PEAKS = {"ori": "original", "sa": "adjusted", "irr": "irregular", "rsd": "residuals", "sadj": "adjusted"}
_SLIDING = {"sliding_spans_seasonal_percent": "s2.a.per", "sliding_spans_month_to_month_percent": "s2.d.per"}


def diagnostics_of(
    request: AdjustmentRequest,
    components: Components,
    model: FittedModel | None,
    udg: Mapping[str, str],
    ratios: Values | None = None,
) -> Diagnostics:
    """Figures by the names of the method sheet; what the run did not give is left out. `ratios` are unmodified seasonal-irregular ones."""
    figures: dict[str, float] = {}
    for name, key in _PAIRS.items():
        parts = _numbers(udg.get(key, ""))
        if len(parts) >= 2:
            figures[name], figures[f"{name}_p"] = parts[0], parts[1] / 100 if key in _PERCENT else parts[1]
    for name, key in _SINGLE.items():
        parts = _numbers(udg.get(key, ""))
        if parts:
            figures[name] = parts[0]
    for name, key in _SLIDING.items():
        parts = _numbers(udg.get(key, ""))
        if len(parts) >= 3:
            figures[name] = parts[2]
    figures |= ljung_box(udg, request.series.frequency.per_year) | common_figures(request, components, ratios)
    if model is not None:
        figures["converged"] = float(udg.get("converged", "yes") == "yes")
    return Diagnostics({name: value for name, value in figures.items() if math.isfinite(value)}, _peaks(udg))


def _numbers(text: str) -> list[float]:
    numbers = []
    for field in text.split():
        try:
            numbers.append(float(field))
        except ValueError:
            return numbers
    return numbers


def ljung_box(udg: Mapping[str, str], per_year: int) -> dict[str, float]:
    """How many lags have a significant Ljung-Box statistic, and the one over two years where it is among them (p below 0.05)."""
    if "nlbq" not in udg:
        return {}
    figures = {"ljung_box_significant_lags": float(sum(1 for key in udg if key.startswith("lbq$")))}
    row = _numbers(udg.get(f"lbq${2 * per_year:02d}", ""))
    return figures | ({"ljung_box": row[0], "ljung_box_p": row[2]} if len(row) >= 3 else {})


def common_figures(request: AdjustmentRequest, components: Components, ratios: Values | None = None) -> dict[str, float]:
    """Tests made from the tables alone, the same for every engine; without `ratios` seasonal and irregular are put together again."""
    series = request.series
    per_year, season = series.frequency.per_year, series.season(0) - 1
    pairs = zip(components.seasonal, components.irregular, strict=True)
    tested = ratios or tuple(s * i if components.multiplicative else s + i for s, i in pairs)
    stable = stable_seasonality(tested, per_year, season)
    moving = moving_seasonality(tested, per_year, season, components.multiplicative)
    whole = residual_seasonality(components.adjusted, per_year, season)
    recent = residual_seasonality(components.adjusted, per_year, season, 3)
    return {
        "stable_seasonality_f": stable.f, "stable_seasonality_f_p": stable.p,
        "moving_seasonality_f": moving.f, "moving_seasonality_f_p": moving.p, "identifiable_seasonality": identifiable(stable, moving),
        "residual_seasonality_f": whole.f, "residual_seasonality_f_p": whole.p,
        "residual_seasonality_last_3_years_f": recent.f, "residual_seasonality_last_3_years_f_p": recent.p,
        "annual_discrepancy": annual_discrepancy(series.values, components.adjusted, per_year, season),
    }  # fmt: skip


def _peaks(udg: Mapping[str, str]) -> tuple[str, ...]:
    """Series with a visually significant peak: `adjusted:seasonal`, `residuals:trading_day`."""
    found = []
    for kind, key in (("seasonal", "peaks.seas"), ("trading_day", "peaks.td")):
        found += [f"{_PEAKS[name]}:{kind}" for name in udg.get(key, "").split() if name in _PEAKS]
    return tuple(dict.fromkeys(found))
