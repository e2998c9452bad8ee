"""What the release forecasts of a series, apart from its published figures; where there is nothing, why."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guibiao.model.forecast_tables import COMBINED, FORECASTS, LEVELS, UNFORECAST
from guibiao.serve.pages.definitions import Definitions
from guibiao.serve.pages.exports import rows_in_parts
from guibiao.serve.pages.selection import Selection
from guibiao.serve.services import Row, SheetOrder, Words
from guibiao.store.port import OpenRelease

DIGITS, PLACES = 3, 2
MODELS: Mapping[str, tuple[str, str]] = {
    COMBINED: ("各模型等权", "all models in equal parts"),
    "random_walk": ("随机游走", "random walk"),
    "drift": ("带漂移的随机游走", "random walk with drift"),
    "theta": ("Theta", "Theta"),
    "damped_trend": ("阻尼趋势", "damped trend"),
    "growth_bootstrap": ("历年增幅重抽", "resampled changes"),
}
"""Names of the models, Chinese and English."""
HEAD: Mapping[str, tuple[str, str]] = {
    "as_of": ("预测日", "As of"), "indicator": ("指标代码", "Indicator"), "indicator_name": ("指标", "Name"), "area": ("地区代码", "Area"),
    "area_name": ("地区", "Name of the area"), "categories": ("类目键", "Categories"), "period": ("预测期", "Period"),
    "period_start": ("首日", "First day"), "period_end": ("末日", "Last day"), "measure": ("性质", "Measure"),
    "price_basis": ("价格基准", "Price basis"), "accounting_basis": ("核算口径", "Accounting basis"), "model": ("模型", "Model"),
    "value": ("预测中值", "Median forecast"),
    **{
        f"{side}_{level}": (f"{level}%区间{zh}", f"{en} bound, {level} %")
        for level in LEVELS
        for side, zh, en in (("low", "下限", "lower"), ("high", "上限", "upper"))
    },
    "unit": ("单位", "Unit"), "points": ("所据年度数", "Figures behind it"), "first": ("首年", "First year"), "last": ("末年", "Last year"),
    "known_from": ("所据数最早可知日", "Known from"),
}  # fmt: skip
"""Columns of exported forecasts, Chinese and English."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The forecast of a series: all models in equal parts by period, and the medians of each model; without rows the `reason`."""

    rows: Sequence[Row] = ()
    models: Mapping[str, Sequence[Row]] | None = None
    reason_zh: str = ""
    reason_en: str = ""


def ahead_of(release: OpenRelease, selection: Selection, home: str) -> Ahead | None:
    """What the release says of the future of the chosen series; None where it was made without forecasts."""
    if not release.has(FORECASTS):
        return None
    accounting, price = selection.basis
    where = {
        "indicator": selection.indicator, "area": selection.area, "categories": selection.categories, "accounting_basis": accounting,
        "price_basis": price,
    }  # fmt: skip
    rows = release.select(FORECASTS, where=where, order=("period_end", "model")).to_pylist()
    if rows:
        models: dict[str, list[Row]] = {}
        for row in rows:
            models.setdefault(row["model"], []).append(row)
        combined = models.pop(COMBINED, [])
        return Ahead(combined, {name: models[name] for name in MODELS if name in models})
    if selection.area != home:
        return Ahead(reason_zh="只预测本地区的序列", reason_en="only series of the home area are forecast")
    stated = release.select(UNFORECAST, where=where).to_pylist() if release.has(UNFORECAST) else []
    if stated:
        return Ahead(reason_zh=stated[0]["reason_zh"], reason_en=stated[0]["reason_en"])
    return Ahead(reason_zh="没有逐年连续的年度数", reason_en="there are no annual figures in a row")


def rounded(value: float, words: Words, language: str) -> str:
    """A forecast to three digits: more would say more than is known."""
    power = DIGITS - 1 - (math.floor(math.log10(abs(value))) if value else 0)
    return words.value(round(value, power), max(0, min(power, PLACES)), language)


def head(language: str) -> tuple[str, ...]:
    """Heads of the columns of exported forecasts."""
    return tuple(titles[0 if language == "zh" else 1] for titles in HEAD.values())


def exported(release: OpenRelease, name: str, definitions: Definitions, words: Words, language: str) -> Iterator[list[Any]]:
    """Every forecast of an indicator, of all models, with the names of what its codes stand for."""
    if not release.has(FORECASTS):
        return
    for row in rows_in_parts(release, FORECASTS, {"indicator": name}):
        names = {
            "indicator_name": definitions.indicator_name(row["indicator"], language),
            "area_name": definitions.area(row["area"], language),
            "period": words.period(row, language),
            "model": MODELS.get(row["model"], (row["model"], row["model"]))[0 if language == "zh" else 1],
        }
        yield [names[column] if column in names else row[column] for column in HEAD]


def sheet(rows: Sequence[Sequence[Any]], language: str) -> tuple[SheetOrder, ...]:
    """The forecasts as a sheet of their own; none where there is nothing."""
    return (SheetOrder("预测（非公布数）" if language == "zh" else "Forecasts, not published", head(language), rows),) if rows else ()
