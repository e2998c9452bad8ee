"""Leading, coincident or lagging: an indicator against a reference series by turning points, correlation and information."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from statistics import mean, median
from typing import Literal

import numpy as np

from guibiao.assess.smoothing import Array
from guibiao.assess.turning_points import TurningPoints, TurningPointSpec, turning_points
from guibiao.assess.whole import aligned, refuse_partial
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries

Timing = Literal["leading", "coincident", "lagging", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadLagSpec:
    """Periods; 0 stands for 12 months or 4 quarters (`reach`) and 3 months or 1 quarter (`threshold`)."""

    reach: int = 0
    """Greatest lead or lag looked at."""
    threshold: int = 0
    """Least lead of a leading and least lag of a lagging indicator."""
    least_matched: int = 3
    """Turning points that must be matched before they have a vote."""
    turns: TurningPointSpec | None = None


@dataclass(frozen=True, slots=True)
class LeadLag:
    """Leads in periods, positive where the indicator comes first; each criterion with its vote and the verdict of most of them."""

    name: str
    reference: str
    timing: Timing
    matched: int
    missed: int
    """Turns of the reference without one of the indicator."""
    extra: int
    """Turns of the indicator without one of the reference."""
    leads: tuple[int, ...]
    mean_lead: float
    median_lead: float
    correlation: float
    correlation_lead: int
    information: float
    """Kullback-Leibler information times 10,000 at its best lead; nan where a value is not positive."""
    information_lead: int
    votes: tuple[tuple[str, Timing], ...]
    notes: tuple[str, ...]


def classify(indicator: TimeSeries, reference: TimeSeries, spec: LeadLagSpec | None = None) -> LeadLag:
    """Timing of an indicator over the periods that both have.

    Turning points are matched one to one in order of time with the nearest of the same kind within `reach`; correlation is the greatest
    absolute one over leads; information is K(l) = sum p ln(p / q[t+l]) of both series scaled to one (Dong, Gao, Jiang and
    Chen, 1998). With two votes or more for one timing that is the verdict, else it is undecided.
    """
    spec = spec or LeadLagSpec()
    refuse_partial(indicator)
    refuse_partial(reference)
    first, last = aligned([indicator, reference])
    reach, threshold = _lengths(spec, indicator.frequency)
    if last - first + 1 < 3 * reach:
        raise BadRequest(
            _("{name} 与 {reference} 共同的时期只有 {count} 期，判先行滞后至少要 {least} 期").format(
                name=indicator.name, reference=reference.name, count=last - first + 1, least=3 * reach
            ),
            remedy=_("用更长的序列，或减小 reach。"),
        )
    own, base = indicator.window(first, last), reference.window(first, last)
    pairs, missed, extra = _matched(turning_points(own, spec.turns), turning_points(base, spec.turns), reach)
    leads = tuple(base_at - own_at for own_at, base_at in pairs)
    correlation, correlation_lead = cross_correlation(own.array(), base.array(), reach)
    information, information_lead = divergence(own.array(), base.array(), reach)
    votes: list[tuple[str, Timing]] = []
    notes = []
    if len(leads) >= spec.least_matched:
        votes.append(("turning_points", _timing(median(leads), threshold)))
    else:
        notes.append(_("匹配的转折点只有 {count} 个，不计票。").format(count=len(leads)))
    if math.isnan(correlation):
        notes.append(_("有一个序列没有变动，相关系数不计票。"))
    else:
        votes.append(("correlation", _timing(correlation_lead, threshold)))
    if math.isnan(information):
        notes.append(_("有零或负数，信息量不计票。"))
    else:
        votes.append(("information", _timing(information_lead, threshold)))
    return LeadLag(
        indicator.name, reference.name, _verdict([vote for _criterion, vote in votes]), len(leads), missed, extra, leads,
        mean(leads) if leads else math.nan, median(leads) if leads else math.nan,
        correlation, correlation_lead, information, information_lead, tuple(votes), tuple(notes),
    )  # fmt: skip


def _lengths(spec: LeadLagSpec, frequency: Frequency) -> tuple[int, int]:
    reach = spec.reach or frequency.per_year
    threshold = spec.threshold or frequency.per_year // 4
    if reach < 1 or threshold < 1 or threshold > reach:
        raise BadRequest(_("先行滞后的参数不合理"), remedy=_("threshold 不小于 1，且不大于 reach。"))
    return reach, threshold


def _timing(lead: float, threshold: int) -> Timing:
    return "leading" if lead >= threshold else "lagging" if lead <= -threshold else "coincident"


def _verdict(votes: list[Timing]) -> Timing:
    if not votes:
        return "undecided"
    best, count = Counter(votes).most_common(1)[0]
    return best if count * 2 > len(votes) else "undecided"


def _matched(own: TurningPoints, base: TurningPoints, reach: int) -> tuple[list[tuple[int, int]], int, int]:
    """Pairs of positions (indicator, reference): the nearest ones first, none used twice and none crossing another; rest counted."""
    near = sorted(
        (abs(base_at - own_at), base_at, own_at)
        for own_at, kind in own.turns
        for base_at, other in base.turns
        if kind == other and abs(base_at - own_at) <= reach
    )
    pairs: list[tuple[int, int]] = []
    for _apart, base_at, own_at in near:
        if all((own_at - a) * (base_at - b) > 0 for a, b in pairs):
            pairs.append((own_at, base_at))
    return sorted(pairs), len(base.turns) - len(pairs), len(own.turns) - len(pairs)


def cross_correlation(own: Array, base: Array, reach: int) -> tuple[float, int]:
    """The correlation of greatest size of x[t-l] with r[t] for l from -reach to reach, and l; the least lead of equal ones."""
    found = []
    for lead in sorted(range(-reach, reach + 1), key=abs):
        left, right = _shifted(own, base, lead)
        if left.std() <= 1e-12 * max(1.0, np.abs(left).max()) or right.std() <= 1e-12 * max(1.0, np.abs(right).max()):
            continue
        found.append((float(np.corrcoef(left, right)[0, 1]), lead))
    return max(found, key=lambda pair: abs(round(pair[0], 12))) if found else (math.nan, 0)


def divergence(own: Array, base: Array, reach: int) -> tuple[float, int]:
    """Least Kullback-Leibler information of the reference's shape against the indicator's, times 10,000, and its lead."""
    if (own <= 0).any() or (base <= 0).any():
        return math.nan, 0
    found = []
    for lead in sorted(range(-reach, reach + 1), key=abs):
        left, right = _shifted(own, base, lead)
        q, p = left / left.sum(), right / right.sum()
        found.append((float((p * np.log(p / q)).sum()) * 1e4, lead))
    return min(found, key=lambda pair: round(pair[0], 12))


def _shifted(own: Array, base: Array, lead: int) -> tuple[Array, Array]:
    """The indicator `lead` periods earlier beside the reference, over what both have."""
    if lead >= 0:
        return own[: len(own) - lead], base[lead:]
    return own[-lead:], base[: len(base) + lead]
