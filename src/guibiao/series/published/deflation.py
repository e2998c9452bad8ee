"""Current prices to constant prices by a price index, price indices from published changes, real growth from two rates.

Method sheet: docs/methods/0604-deflation.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import TimeSeries, label_of, year_of
from guibiao.series.published.rounding import NOTHING, Bounds


@dataclass(frozen=True, slots=True)
class Deflated:
    """A series in constant prices, with the price index as it was used (mean of the reference = 1) and the periods without one."""

    series: TimeSeries
    deflator: TimeSeries
    reference: str
    without_price: tuple[str, ...]


class ComparedWith(StrEnum):
    """What a published price change compares with; the value 100 means no change."""

    PERIOD_BEFORE = "period-before"
    YEAR_BEFORE = "year-before"


def deflate(current: TimeSeries, prices: TimeSeries, reference: int | str) -> Deflated:
    """current / (price index / its mean over the reference): formula (1). `reference` is a year, or a period such as 2020-06.

    Shape: as `current`; a period without a price index is missing and named. Raises BadRequest for spans, frequencies that differ,
    a price index that is not positive, and a reference that the index does not cover whole.
    """
    _check(current, prices)
    mean, label = _reference(prices, reference)
    values, used, without = [], [], []
    for at, value in enumerate(current.values):
        price = prices.value_at(current.ordinal(at)) / mean
        used.append(price)
        values.append(value / price)
        if math.isnan(price) and not math.isnan(value):
            without.append(current.label(at))
    deflator = TimeSeries(prices.name, current.frequency, current.start, tuple(used))
    return Deflated(current.with_values(tuple(values)), deflator, label, tuple(without))


def index_from_changes(changes: TimeSeries, compared: ComparedWith, base: int) -> TimeSeries:
    """A price index from published changes (上月=100, 上年同期=100), mean of year `base` = 100: formula (2).

    Changes on the period before chain one after another. Changes on a year before chain each season with itself; the base year is then 100
    in every season, so that only comparisons of a season with itself have a meaning. A missing change ends the chain: no value beyond it.
    """
    bad = [changes.label(at) for at, value in enumerate(changes.values) if value <= 0]
    if bad or changes.spans:
        raise BadRequest(
            _("{name} 不是以 100 为基的指数：{periods}").format(name=changes.name, periods="、".join(bad[:5]) or "—"),
            remedy=_("写成上月=100 或上年同期=100，涨 2% 写 102。"),
        )
    step = 1 if compared is ComparedWith.PERIOD_BEFORE else changes.frequency.per_year
    start, end = changes.start - step, changes.end
    index = dict.fromkeys(range(start, end + 1), math.nan)
    anchors = [start] if step == 1 else [at for at in range(start, end + 1) if year_of(changes.frequency, at) == base]
    for anchor in anchors:
        index[anchor] = 100.0
        for at in range(anchor + step, end + 1, step):
            index[at] = index[at - step] * changes.value_at(at) / 100
        for at in range(anchor - step, start - 1, -step):
            index[at] = index[at + step] / changes.value_at(at + step) * 100
    series = TimeSeries(changes.name, changes.frequency, start, tuple(index.values()))
    mean, _label = _reference(series, base)
    return series.with_values(tuple(100 * value / mean for value in series.values))


def real_growth(nominal: Bounds, price: Bounds) -> Bounds:
    """Real growth in % from nominal growth and price growth in %, with the interval of both roundings: formula (3)."""
    if not (nominal.known and price.known) or price.low <= -100:
        return NOTHING
    corners = [_real(amount, change) for amount in nominal[1:] for change in price[1:]]
    return Bounds(_real(nominal.value, price.value), min(corners), max(corners))


def _real(nominal: float, price: float) -> float:
    return 100 * (nominal - price) / (100 + price)


def _check(current: TimeSeries, prices: TimeSeries) -> None:
    if current.frequency is not prices.frequency:
        raise BadRequest(_("现价序列与价格指数的频率不同"), remedy=_("用同一频率的价格指数。"))
    if current.spans or prices.spans:
        raise BadRequest(
            _("有合并发布的时期，不能逐期缩减"), remedy=_("先用 guibiao series monthly --split 拆开，或只缩减单独发布的时期。")
        )
    bad = [prices.label(at) for at, value in enumerate(prices.values) if value <= 0 or math.isinf(value)]
    if bad:
        raise BadRequest(
            _("价格指数 {name} 在 {periods} 不是正数").format(name=prices.name, periods="、".join(bad[:5])), remedy=_("改正价格指数。")
        )


def _reference(prices: TimeSeries, reference: int | str) -> tuple[float, str]:
    """Mean of the index over the reference year or period, and what to call it."""
    wanted: Iterable[int]
    if isinstance(reference, int):
        wanted = range(reference * prices.frequency.per_year, (reference + 1) * prices.frequency.per_year)
    else:
        wanted = [prices.start + at for at, label in enumerate(prices.labels) if label == reference]
    found = [prices.value_at(at) for at in wanted]
    if not found or any(math.isnan(value) for value in found):
        covered = f"{label_of(prices.frequency, prices.start)} – {label_of(prices.frequency, prices.end)}"
        raise BadRequest(
            _("价格指数没有完整的基准期 {reference}").format(reference=reference),
            remedy=_("基准期要在 {covered} 之内，且各期都有指数。").format(covered=covered),
        )
    return math.fsum(found) / len(found), str(reference)
