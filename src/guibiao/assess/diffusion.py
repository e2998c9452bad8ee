"""Diffusion index: the weighted share of indicators that rise, half of those that stay counted in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from guibiao.assess.whole import refuse_annual
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionSpec:
    """A change over `span` periods of at most `tolerance` (in the unit of the series) is none."""

    span: int = 1
    tolerance: float = 0.0
    least_share: float = 0.5
    """Least part of the weights that must have a change."""


@dataclass(frozen=True, slots=True)
class Member:
    """One series of an index with its weight; `inverse` where a rise is bad, `rate` where values of several periods stand beside others."""

    series: TimeSeries
    weight: float = 1.0
    inverse: bool = False
    rate: bool = False


@dataclass(frozen=True, slots=True)
class DiffusionIndex:
    """Index from 0 to 100 by period from `start` on, nan where too few series have a change; counts of series by period."""

    frequency: Frequency
    start: int
    values: tuple[float, ...]
    rising: tuple[int, ...]
    equal: tuple[int, ...]
    falling: tuple[int, ...]
    missing: tuple[int, ...]

    def trimmed(self) -> DiffusionIndex:
        """Without periods before the first and after the last value."""
        known = [at for at, value in enumerate(self.values) if not math.isnan(value)]
        part = slice(known[0], known[-1] + 1) if known else slice(0, 0)
        counts = (each[part] for each in (self.rising, self.equal, self.falling, self.missing))
        return DiffusionIndex(self.frequency, self.start + (known[0] if known else 0), self.values[part], *counts)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(label_of(self.frequency, self.start + at) for at in range(len(self.values)))


def diffusion_index(members: Sequence[Member], spec: DiffusionSpec | None = None) -> DiffusionIndex:
    """DI[t] = 100 sum w (1 if x[t] > x[t-span], 1/2 if equal) / sum w over the series that have both values.

    Moore (ed.), *Business Cycle Indicators*, NBER 1961. A value that covers several periods
    stands at the last of them. Raises BadRequest without series, for mixed frequencies, and for weights that are not positive.
    """
    spec = spec or DiffusionSpec()
    _check(members, spec)
    frequency = members[0].series.frequency
    first, last = min(each.series.start for each in members), max(each.series.end for each in members)
    total = math.fsum(each.weight for each in members)
    values, counts = [], []
    for ordinal in range(first + spec.span, last + 1):
        signs = [_sign(each, ordinal, spec) for each in members]
        seen = [(sign, each.weight) for sign, each in zip(signs, members, strict=True) if sign is not None]
        weights = math.fsum(weight for _sign_of, weight in seen)
        enough = bool(seen) and weights >= spec.least_share * total * (1 - 1e-12)
        values.append(100 * math.fsum(weight * (1 + sign) / 2 for sign, weight in seen) / weights if enough else math.nan)
        counts.append(tuple(sum(sign == wanted for sign in signs) for wanted in (1, 0, -1, None)))
    rising, equal, falling, missing = zip(*counts, strict=True) if counts else ((), (), (), ())
    return DiffusionIndex(
        frequency,
        first + spec.span,
        tuple(min(100.0, max(0.0, each)) if each == each else each for each in values),
        rising,
        equal,
        falling,
        missing,
    )


def _check(members: Sequence[Member], spec: DiffusionSpec) -> None:
    if not members:
        raise BadRequest(_("扩散指数没有序列"), remedy=_("至少给一个序列。"))
    for each in members:
        refuse_annual(each.series)
    if len({each.series.frequency for each in members}) > 1:
        raise BadRequest(_("序列的频率不一"), remedy=_("先折算成同一频率。"))
    if not all(each.weight > 0 and math.isfinite(each.weight) for each in members):
        raise BadRequest(_("权重应当大于 0"), remedy=_("不用的序列请去掉。"))
    if spec.span < 1 or spec.tolerance < 0 or not 0 < spec.least_share <= 1:
        raise BadRequest(_("扩散指数的参数不合理"), remedy=_("span 不小于 1，tolerance 不小于 0，least_share 在 0 与 1 之间。"))


def _sign(member: Member, ordinal: int, spec: DiffusionSpec) -> int | None:
    """1, 0 or -1; None where one of the two values is missing, or both are levels that cover unequal numbers of periods."""
    series, at = member.series, ordinal - member.series.start
    before = at - spec.span
    if before < 0 or at >= len(series):
        return None
    covers = dict(series.spans)
    if not member.rate and covers.get(at, 1) != covers.get(before, 1):
        return None
    change = series.values[at] - series.values[before]
    if math.isnan(change):
        return None
    sign = 0 if abs(change) <= spec.tolerance else 1 if change > 0 else -1
    return -sign if member.inverse else sign
