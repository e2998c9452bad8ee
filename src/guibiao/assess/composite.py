"""Composite indices of leading, coincident and lagging indicators by the recursion of the Conference Board and of Chinese practice."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from guibiao.assess.smoothing import Array
from guibiao.assess.whole import aligned, refuse_partial
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of, year_of

COINCIDENT = "coincident"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeSpec:
    """How changes are standardised, and whether groups get the trend of the coincident indicators."""

    standardisation: Literal["mean_absolute", "volatility"] = "mean_absolute"
    """`mean_absolute`: changes over their mean absolute value (NBS, former BEA). `volatility`: weights inverse to the standard
    deviation of changes, adding to one (Conference Board): one series alone is then reproduced."""
    trend: Literal["coincident", "none"] = "coincident"
    """`coincident`: every group's average growth becomes the mean one of the coincident indicators."""
    trend_periods: int = 0
    """Periods at either end whose means the average growth connects; a year where 0."""
    base_year: int = 0
    """Year in which an index averages 100; the first whole year where 0."""


@dataclass(frozen=True, slots=True)
class Component:
    """A seasonally adjusted series without gaps; `percentage` changes by differences; `inverse` counts falls as rises."""

    series: TimeSeries
    weight: float = 1.0
    percentage: bool = False
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class CompositeIndex:
    """One group's index by period from `start` on, its standardised changes, amplitude and trend (per cent a period)."""

    group: str
    frequency: Frequency
    start: int
    values: tuple[float, ...]
    changes: tuple[float, ...]
    """U, one fewer than values."""
    amplitude: float
    trend: float
    adjustment: float
    """Added to every change for the trend."""
    differenced: tuple[str, ...]
    """Series that changed by plain differences."""
    constant: tuple[str, ...]
    """Series without any change: they weigh but never move the index."""

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(label_of(self.frequency, self.start + at) for at in range(len(self.values)))


def symmetric_change(values: Array, *, percentage: bool = False) -> tuple[Array, bool]:
    """C[t] = 200 (x[t] - x[t-1]) / (x[t] + x[t-1]), shape (n-1,); plain differences for percentages and where a value is not positive.

    The flag says that differences were taken.
    """
    plain = percentage or bool((values <= 0).any())
    change = np.diff(values)
    return (change, True) if plain else (200 * change / (values[1:] + values[:-1]), False)


def composite_indices(groups: Mapping[str, Sequence[Component]], spec: CompositeSpec | None = None) -> dict[str, CompositeIndex]:
    """One index a group over the periods that all components have; the group `coincident`, where there is one, sets amplitude and trend.

    S = C / mean|C|; R = sum w S / sum w; U = R / F with F = mean|R| / mean|R of coincident|; I[t] = I[t-1] (200 + U) / (200 - U).
    Conference Board, *Business Cycle Indicators Handbook*, 2001; US Department of Commerce, *Handbook of Cyclical Indicators*, 1984.
    Raises BadRequest for gaps, annual series, nothing in common and changes of 200 or more.
    """
    spec = spec or CompositeSpec()
    every = [each for members in groups.values() for each in members]
    if not every or not all(groups.values()):
        raise BadRequest(_("合成指数没有序列"), remedy=_("每组至少给一个序列。"))
    if not all(each.weight > 0 and math.isfinite(each.weight) for each in every):
        raise BadRequest(_("权重应当大于 0"), remedy=_("不用的序列请去掉。"))
    for each in every:
        refuse_partial(each.series)
    first, last = aligned([each.series for each in every])
    frequency = every[0].series.frequency
    span = spec.trend_periods or frequency.per_year
    if last - first < 2 * span:
        raise BadRequest(
            _("共同的时期只有 {count} 期，合成指数至少要 {least} 期").format(count=last - first + 1, least=2 * span + 1),
            remedy=_("去掉太短的序列。"),
        )
    raw = {name: _group(members, first, last, spec) for name, members in groups.items()}
    reference = raw.get(COINCIDENT) or next(iter(raw.values()))
    target = _target(groups, raw, first, last, span) if spec.trend == "coincident" else math.nan
    return {
        name: _index(name, part, reference.amplitude, target, _Frame(frequency, first, span, spec.base_year)) for name, part in raw.items()
    }


@dataclass(frozen=True, slots=True)
class _Raw:
    """R of one group with its mean absolute value, and what was said of its components."""

    change: Array
    amplitude: float
    differenced: tuple[str, ...]
    constant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    frequency: Frequency
    first: int
    span: int
    base_year: int


def _group(members: Sequence[Component], first: int, last: int, spec: CompositeSpec) -> _Raw:
    parts, weights, differenced, constant = [], [], [], []
    for each in members:
        change, plain = symmetric_change(each.series.window(first, last).array(), percentage=each.percentage)
        scale = float(np.abs(change).mean() if spec.standardisation == "mean_absolute" else change.std(ddof=1))
        if plain:
            differenced.append(each.series.name)
        if not np.abs(change).any():
            constant.append(each.series.name)
        direction = -1.0 if each.inverse else 1.0
        if spec.standardisation == "mean_absolute":
            parts.append(direction * (change / scale if scale else change))
            weights.append(each.weight)
        else:
            parts.append(direction * change)
            weights.append(each.weight / scale if scale > 0 else each.weight)
    shares = np.array(weights) / math.fsum(weights)
    change = np.asarray((np.array(parts) * shares[:, None]).sum(axis=0), dtype=np.float64)
    return _Raw(change, float(np.abs(change).mean()), tuple(differenced), tuple(constant))


def _index(name: str, raw: _Raw, reference: float, target: float, frame: _Frame) -> CompositeIndex:
    factor = raw.amplitude / reference if raw.amplitude and reference else 1.0
    change = raw.change / factor
    trend = average_growth(recursion(change), frame.span)
    adjustment = 0.0 if math.isnan(target) else target - trend
    change = change + adjustment
    values = recursion(change)
    years = np.array([year_of(frame.frequency, frame.first + at) for at in range(len(values))])
    base = years == _base_year(frame, years)
    values = values / values[base].mean() * 100
    return CompositeIndex(
        name, frame.frequency, frame.first, tuple(values.tolist()), tuple(change.tolist()), raw.amplitude, trend, adjustment,
        raw.differenced, raw.constant,
    )  # fmt: skip


def recursion(change: Array) -> Array:
    """I[0] = 100, I[t] = I[t-1] (200 + U[t]) / (200 - U[t]), shape (n+1,)."""
    if change.size and float(np.abs(change).max()) >= 200:
        raise BadRequest(_("有一期的标准化变动达到200，指数算不出来"), remedy=_("先处理离群值，或去掉几乎不变的序列。"))
    return np.asarray(100 * np.concatenate(([1.0], np.cumprod((200 + change) / (200 - change)))), dtype=np.float64)


def average_growth(values: Array, span: int) -> float:
    """Per cent a period between the means of the first and the last `span` values, compounded; of positive values."""
    first, last = float(values[:span].mean()), float(values[-span:].mean())
    return float(((last / first) ** (1 / (len(values) - span)) - 1) * 100)


def _target(groups: Mapping[str, Sequence[Component]], raw: Mapping[str, _Raw], first: int, last: int, span: int) -> float:
    """Mean growth of the coincident components; of those that are no levels nothing is taken, of none the group's own."""
    members = groups.get(COINCIDENT, ())
    levels = [(each, each.series.window(first, last).array()) for each in members if not each.percentage and not each.inverse]
    growths = [(average_growth(values, span), each.weight) for each, values in levels if (values > 0).all()]
    if growths:
        return math.fsum(growth * weight for growth, weight in growths) / math.fsum(weight for _growth, weight in growths)
    return average_growth(recursion(raw[COINCIDENT].change), span) if COINCIDENT in raw else math.nan


def _base_year(frame: _Frame, years: Array) -> int:
    whole = [int(year) for year in np.unique(years) if (years == year).sum() == frame.frequency.per_year]
    if frame.base_year:
        if frame.base_year not in years:
            raise BadRequest(_("基年 {year} 不在共同的时期内").format(year=frame.base_year), remedy=_("换一个基年。"))
        return frame.base_year
    return whole[0] if whole else int(years[0])
