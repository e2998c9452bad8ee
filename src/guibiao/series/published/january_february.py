"""An observation of several periods as single ones, by a stated rule; the parts add to the whole exactly.

Method sheet: docs/methods/0602-splitting-january-and-february.md.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import replace

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of, month_bounds
from guibiao.reference.series.monthly import SplitRule
from guibiao.series.published.cumulative import SPLIT, Month, Months
from guibiao.series.published.rounding import NOTHING, Bounds

BY_WEIGHTS = frozenset({SplitRule.PROPORTIONAL, SplitRule.WORKING_DAYS})
"""Rules that split by the weights a caller gives."""


def working_day_weights(frequency: Frequency, first: int, last: int) -> tuple[TimeSeries, tuple[int, ...]]:
    """Working days of each period from one ordinal to another, and the years without a notice of exchanged days, counted without them."""
    from guibiao.series.adjustment.calendar_days import working_days

    counted = working_days(frequency, first, last - first + 1)
    return TimeSeries("working days", frequency, first, counted.working), counted.without_notice


def split_series(series: TimeSeries, rule: SplitRule, weights: TimeSeries | None = None) -> TimeSeries:
    """A series without spans: each observation of several periods becomes single values that add to it exactly.

    `weights` gives the weight of each period for the rules `proportional` (another series) and `working-days` (see `working_day_weights`).
    Raises BadRequest where a weight is missing, not positive, or needed and not given.
    """
    if rule is SplitRule.NONE or not series.spans:
        return series
    values = list(series.values)
    known = {series.ordinal(at): value for at, value in enumerate(series.values)}
    for at, periods in series.spans:
        ordinals = range(series.ordinal(at) - periods + 1, series.ordinal(at) + 1)
        parts = split(series.values[at], _shares(ordinals, rule, series.frequency, weights, series.values[at], known))
        values[at - periods + 1 : at + 1] = parts
    return series.with_values(tuple(values))


def split_months(months: Months, rule: SplitRule, weights: TimeSeries | None = None) -> Months:
    """Observations of single periods: level and base split by the same rule, growth from both.

    The base takes the shares of the year before (its days, its weights). Intervals are those of the whole times the share: what rounding
    allows, given the rule. How far the rule itself is from the truth is not known and no part of them.
    """
    if rule is SplitRule.NONE:
        return months
    levels = {row.ordinal: row.stated_level for row in months.rows if row.periods == 1}
    bases = {row.ordinal: row.base.value for row in months.rows if row.periods == 1}
    rows: list[Month] = []
    for row in months.rows:
        if row.periods == 1 or not row.level.known:
            rows.append(row)
            continue
        ordinals = range(row.ordinal - row.periods + 1, row.ordinal + 1)
        shares = _shares(ordinals, rule, months.frequency, weights, row.stated_level, levels)
        before = [at - months.frequency.per_year for at in ordinals]
        year_before = {at - months.frequency.per_year: value for at, value in bases.items()}
        base_shares = _base_shares(before, rule, months.frequency, weights, row.base.value, year_before)
        rows.extend(_parts(row, ordinals, shares, base_shares))
    return replace(months, rows=tuple(rows))


def split(total: float, shares: Sequence[float]) -> tuple[float, ...]:
    """Parts of a total in proportion to shares that add to 1; the parts, added in order, give the total to the last bit.

    All parts but the last are multiples of the spacing of floats at the total, so that no sum of them is rounded.
    """
    if not math.isfinite(total) or any(map(math.isnan, shares)):
        return (math.nan,) * len(shares)
    grid = math.ulp(total)
    parts = [round(total * share / grid) * grid for share in shares[:-1]]
    return (*parts, total - math.fsum(parts))


def _parts(row: Month, ordinals: Sequence[int], shares: Sequence[float], base_shares: Sequence[float]) -> list[Month]:
    levels, bases = split(row.stated_level, shares), split(row.base.value, base_shares)
    found = []
    for position, at in enumerate(ordinals):
        share, base_share = shares[position], base_shares[position]
        level = _part(row.level, share, levels[position])
        base = _part(row.base, base_share, bases[position])
        growth = NOTHING
        if row.growth.known and base.known and base_share > 0:
            growth = Bounds(*(100 * ((1 + rate / 100) * share / base_share - 1) for rate in row.growth))
        found.append(Month(at, 1, SPLIT, level, base, growth))
    return found


def _part(whole: Bounds, share: float, value: float) -> Bounds:
    if not whole.known or math.isnan(share):
        return NOTHING
    low, high = sorted((whole.low * share, whole.high * share))
    return Bounds(value, low, high)


def _base_shares(
    ordinals: Sequence[int], rule: SplitRule, frequency: Frequency, weights: TimeSeries | None, total: float, known: Mapping[int, float]
) -> tuple[float, ...]:
    """Shares of the year before; none where the other series does not reach back so far."""
    if math.isnan(total) or (rule in BY_WEIGHTS and not all(_weight_of(weights, at) > 0 for at in ordinals)):
        return (math.nan,) * len(ordinals)
    return _shares(ordinals, rule, frequency, weights, total, known)


def _shares(
    ordinals: Sequence[int], rule: SplitRule, frequency: Frequency, weights: TimeSeries | None, total: float, known: Mapping[int, float]
) -> tuple[float, ...]:
    """Shares of the periods, adding to 1."""
    if rule in BY_WEIGHTS:
        found = [_weight_of(weights, at) for at in ordinals]
        _check_weights(ordinals, found, frequency, weights)
    else:
        found = [1.0 if rule is SplitRule.EQUAL else float(days_in(frequency, at)) for at in ordinals]
    if rule is SplitRule.SMOOTH and total:
        found = _smooth(ordinals, found, frequency, total, known)
    whole = math.fsum(found)
    return tuple(each / whole for each in found)


def _weight_of(weights: TimeSeries | None, at: int) -> float:
    if weights is None or not weights.start <= at <= weights.end or at - weights.start in dict(weights.spans):
        return math.nan
    return weights.values[at - weights.start]


def _check_weights(ordinals: Sequence[int], found: Sequence[float], frequency: Frequency, weights: TimeSeries | None) -> None:
    if weights is None:
        raise BadRequest(_("按比例拆分要有另一序列"), remedy=_("用 --split-by 指明按哪一列拆分（如另一序列、工作日数）。"))
    if weights.frequency is not frequency:
        raise BadRequest(_("拆分所依的序列频率不同"), remedy=_("用同一频率的序列。"))
    bad = [label_of(frequency, at) for at, weight in zip(ordinals, found, strict=True) if not weight > 0]
    if bad:
        raise BadRequest(
            _("拆分所依的序列 {name} 在 {periods} 没有正数").format(name=weights.name, periods="、".join(bad)),
            remedy=_("补齐该序列，或改用 --split days。"),
        )


def days_in(frequency: Frequency, ordinal: int) -> int:
    """Calendar days of a month or quarter."""
    first, last = month_bounds(frequency, ordinal)
    return sum(monthrange(month // 12, month % 12 + 1)[1] for month in range(first, last + 1))


def _smooth(ordinals: Sequence[int], days: Sequence[float], frequency: Frequency, total: float, known: Mapping[int, float]) -> list[float]:
    """Levels whose daily rates change least from the period before the span to the one after it, adding to the total: formula (3).

    The same as the smoothed state of a daily rate that walks at random and is observed through sums; where one neighbour is missing the
    path is flat towards it.
    """
    import numpy as np

    ends = (ordinals[0] - 1, ordinals[-1] + 1)
    before, after = (known.get(at, math.nan) / days_in(frequency, at) for at in ends)
    size = len(ordinals)
    rows, targets = [], []
    for first, second in zip(range(-1, size), range(size + 1), strict=True):
        row, target = np.zeros(size), 0.0
        if (first < 0 and math.isnan(before)) or (second == size and math.isnan(after)):
            continue
        if first < 0:
            target += before
        else:
            row[first] -= 1
        if second == size:
            target -= after
        else:
            row[second] += 1
        rows.append(row)
        targets.append(target)
    differences, length = np.array(rows), np.array(days)
    system = np.block([[differences.T @ differences, length[:, None]], [length[None, :], np.zeros((1, 1))]])
    rates = np.linalg.solve(system, np.append(differences.T @ np.array(targets), total))[:size]
    return [float(each) for each in rates * length]
