"""An adjustment as plain values for JSON and CSV: whole numbers as float64 prints them, missing values as null."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from guibiao.series.adjustment.result import AdjustmentResult, Components, FittedModel, Words
from guibiao.series.adjustment.revision_explanation import Explanation

COLUMNS = ("period", "original", "adjusted", "seasonal", "trend", "irregular")
FURTHER = ("calendar", "holiday", "outlier", "combined")
SUMMARY = (
    "series", "grade", "reason", "engine", "policy", "method", "transformation", "model", "trading_days", "easter", "outliers", "aicc", "q",
    "first", "last", "periods",
)  # fmt: skip
PARTS = ("revised_data", "new_data", "new_model", "reproduction")
CHANGE = ("series", "period", "published", "now", "total", *PARTS)


def result_record(result: AdjustmentResult) -> dict[str, Any]:
    """Everything of a result: grade with its reasons, model, diagnostics, one row a period."""
    series, components = result.series, result.components
    return {
        "series": result.key, "engine": result.engine, "version": result.version, "grade": result.grade.value,
        "reasons": [{"code": each.code, "grade": each.grade.value, **asdict(each.words)} for each in result.reasons],
        "notes": [asdict(each) for each in result.notes], "specification": asdict(result.specification),
        "model": None if result.model is None else model_record(result.model),
        "diagnostics": dict(result.diagnostics.values), "peaks": list(result.diagnostics.peaks),
        "first": series.label(0) if len(series) else "", "last": series.label(len(series) - 1) if len(series) else "",
        "periods": len(series),
        "multiplicative": None if components is None else components.multiplicative,
        "rows": [] if components is None else _rows(result, components),
        "forecast": [] if components is None else _forecast(result, components),
        "seasonal_forecast": [] if components is None else [_number(value) for value in components.seasonal_forecast],
    }  # fmt: skip


def model_record(model: FittedModel) -> dict[str, Any]:
    """The regARIMA model; coefficients as term, estimate, standard error, t."""
    return {
        "transformation": model.transformation, "orders": str(model.orders), "constant": model.constant,
        "trading_days": model.trading_days, "leap_year": model.leap_year, "easter": model.easter,
        "aic": _number(model.aic), "aicc": _number(model.aicc), "bic": _number(model.bic),
        "log_likelihood": _number(model.log_likelihood), "sigma2": _number(model.sigma2), "observations": model.observations,
        "coefficients": [
            {
                "term": each.term, "group": each.group, "estimate": _number(each.estimate), "standard_error": _number(each.standard_error),
                "t": _number(each.t), "fixed": each.fixed,
            }
            for each in model.coefficients
        ],
        "outliers": [
            {"outlier": str(each.date), "estimate": _number(each.estimate), "t": _number(each.t), "automatic": each.automatic}
            for each in model.outliers
        ],
    }  # fmt: skip


def explanation_record(explanation: Explanation) -> dict[str, Any]:
    """Changes of the published past; levels and parts are decimal text, so that they add up as printed."""
    return {
        "known_from": explanation.known_from, "mean_absolute": explanation.mean_absolute(),
        "notes": [asdict(each) for each in explanation.notes],
        "changes": [
            {"period": each.period, **{name: f"{getattr(each, name):f}" for name in ("published", "now", "total", *PARTS)}}
            for each in explanation.changes
        ],
    }  # fmt: skip


def summary_row(record: Mapping[str, Any]) -> list[Any]:
    """One line about a series, in the order of SUMMARY, from its record."""
    model = record["model"] or {}
    worst = record["reasons"][0]["code"] if record["reasons"] else ""
    return [
        record["series"], record["grade"], worst, record["engine"], record.get("policy", ""), record["specification"]["method"],
        model.get("transformation", ""), model.get("orders", ""), model.get("trading_days", ""), model.get("easter", ""),
        " ".join(each["outlier"] for each in model.get("outliers", ())), model.get("aicc"), record["diagnostics"].get("q"),
        record["first"], record["last"], record["periods"],
    ]  # fmt: skip


def told(words: Words, language: str) -> str:
    """The sentence in `zh` or `en`."""
    return words.zh if language == "zh" else words.en


def _rows(result: AdjustmentResult, components: Components) -> list[dict[str, Any]]:
    columns: dict[str, Sequence[float]] = {"original": result.series.values}
    columns |= {name: getattr(components, name) for name in (*COLUMNS[2:], *FURTHER)}
    return [
        {"period": result.series.label(at), **{name: _number(values[at]) if values else None for name, values in columns.items()}}
        for at in range(len(result.series))
    ]


def _forecast(result: AdjustmentResult, components: Components) -> list[dict[str, Any]]:
    bounded = bool(components.forecast_low)
    return [
        {
            "period": result.series.label(len(result.series) + at), "mean": _number(value),
            "low": _number(components.forecast_low[at]) if bounded else None,
            "high": _number(components.forecast_high[at]) if bounded else None,
        }
        for at, value in enumerate(components.forecast)
    ]  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
