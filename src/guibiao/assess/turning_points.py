"""Turning points of a series: Bry and Boschan's procedure for months, Harding and Pagan's (BBQ) for quarters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from guibiao.assess.smoothing import Array, cyclical_dominance, moving_average, spencer_curve, without_extremes
from guibiao.assess.turns import (
    PEAK,
    TROUGH,
    Turns,
    alternate,
    away_from_ends,
    below_their_peaks,
    candidates,
    long_cycles,
    long_phases,
    not_beaten_at_ends,
    phases_by_later_turn,
    refine,
    settled,
)
from guibiao.assess.whole import refuse_partial
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries

Method = Literal["auto", "bry-boschan", "harding-pagan"]
EVEN_SPANS = (3, 6)
"""Least and most terms of the short moving average (Bry and Boschan 1971, table 1, IV)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurningPointSpec:
    """Lengths in periods; 0 stands for the customary one of the method and frequency (`customary`)."""

    method: Method = "auto"
    """Bry-Boschan for months, Harding-Pagan for quarters."""
    reach: int = 0
    """Neighbourhood on either side: 5 months, 2 quarters."""
    minimum_phase: int = 0
    """5 months, 2 quarters."""
    minimum_cycle: int = 0
    """15 months, 5 quarters."""
    ends: int = 0
    """No turn this near to an end: 6 months, 2 quarters."""
    final_reach: int = 0
    """Neighbourhood in the unsmoothed series, at least the months of cyclical dominance: 4 months."""
    extreme: float = 3.5
    """Standard deviations from Spencer's curve from which a value is replaced by it; 0 replaces none."""
    logarithm: bool | None = None
    """Smooth logarithms; where None, if every value is positive. Peaks and troughs are the same, curves and extreme values are not."""


CUSTOMARY: Mapping[Frequency, Mapping[str, int]] = {
    Frequency.MONTH: {"reach": 5, "minimum_phase": 5, "minimum_cycle": 15, "ends": 6, "final_reach": 4},
    Frequency.QUARTER: {"reach": 2, "minimum_phase": 2, "minimum_cycle": 5, "ends": 2, "final_reach": 1},
}


@dataclass(frozen=True, slots=True)
class TurningPoints:
    """Positions of peaks and troughs, alternating; what was replaced, what each step removed, and what to know."""

    series: TimeSeries
    peaks: tuple[int, ...]
    troughs: tuple[int, ...]
    method: str
    spec: TurningPointSpec
    dominance: int = 0
    """Months of cyclical dominance; 0 where the method has none."""
    replaced: tuple[int, ...] = ()
    """Positions of extreme values replaced while smoothing; the turns are those of the series itself."""
    removed: Mapping[str, int] = field(default_factory=dict)
    """Step -> turns that it took away."""
    notes: tuple[str, ...] = ()

    @property
    def turns(self) -> Turns:
        """All turns in order of time."""
        return tuple(sorted([(at, PEAK) for at in self.peaks] + [(at, TROUGH) for at in self.troughs]))


def turning_points(series: TimeSeries, spec: TurningPointSpec | None = None) -> TurningPoints:
    """Turning points of a seasonally adjusted monthly or quarterly series without gaps.

    Bry and Boschan, *Cyclical Analysis of Time Series*, NBER Technical Paper 20, 1971, table 1; Harding and Pagan, "Dissecting the
    cycle", *Journal of Monetary Economics* 49, 2002. Raises BadRequest for annual series, gaps, and series shorter than a cycle between
    the two ends.
    """
    refuse_partial(series)
    spec = _completed(spec or TurningPointSpec(), series.frequency)
    least = 2 * spec.ends + spec.minimum_cycle
    if len(series) < least:
        raise BadRequest(
            _("{name} 只有 {count} 期，定转折点至少要 {least} 期").format(name=series.name, count=len(series), least=least),
            remedy=_("用更长的序列。"),
        )
    values, logarithm = _scaled(series.array(), spec)
    notes = []
    if values.max() == values.min():
        notes.append(_("{name} 没有变动，没有转折点。").format(name=series.name))
    monthly = series.frequency is Frequency.MONTH
    method = ("bry-boschan" if monthly else "harding-pagan") if spec.method == "auto" else spec.method
    if spec.logarithm and not logarithm:
        notes.append(_("{name} 有零或负数，未取对数。").format(name=series.name))
    if method == "harding-pagan":
        turns, removed = _harding_pagan(values, spec)
        smoothing: tuple[int, tuple[int, ...]] = (0, ())
    else:
        turns, removed, smoothing = _bry_boschan(values, spec, monthly=monthly)
    return TurningPoints(
        series,
        tuple(at for at, kind in turns if kind == PEAK),
        tuple(at for at, kind in turns if kind == TROUGH),
        method,
        spec,
        *smoothing,
        {step: count for step, count in removed.items() if count},
        tuple(notes),
    )


def _completed(spec: TurningPointSpec, frequency: Frequency) -> TurningPointSpec:
    """The spec with the customary lengths in place of 0; raises BadRequest for lengths that cannot be."""
    given = {name: getattr(spec, name) or customary for name, customary in CUSTOMARY[frequency].items()}
    if min(given.values()) < 1 or spec.extreme < 0:
        raise BadRequest(_("转折点参数不能为负"), remedy=_("写正的期数，或写 0 用惯例。"))
    if given["minimum_cycle"] < 2 * given["minimum_phase"]:
        raise BadRequest(_("最短周期不能短于两个最短阶段"), remedy=_("惯例为月度 5 和 15，季度 2 和 5。"))
    return replace(spec, **given)  # type: ignore[arg-type]


def _scaled(values: Array, spec: TurningPointSpec) -> tuple[Array, bool]:
    positive = bool((values > 0).all())
    wanted = positive if spec.logarithm is None else spec.logarithm and positive
    return (np.log(values) if wanted else values), wanted


def _harding_pagan(values: Array, spec: TurningPointSpec) -> tuple[Turns, dict[str, int]]:
    """Local extremes, then ends, cycles and phases enforced until nothing changes."""
    removed: dict[str, int] = {}

    def counted(step: str, before: Turns, after: Turns) -> Turns:
        removed[step] = removed.get(step, 0) + len(before) - len(after)
        return after

    def enforce(turns: Turns) -> Turns:
        turns = counted("cycle", turns, long_cycles(turns, values, spec.minimum_cycle))
        turns = counted("ends", turns, away_from_ends(turns, values, spec.ends))
        turns = counted("beaten", turns, not_beaten_at_ends(turns, values, last_only=True))
        turns = counted("cycle", turns, long_cycles(turns, values, spec.minimum_cycle))
        turns = counted("phase", turns, phases_by_later_turn(turns, values, spec.minimum_phase))
        return counted("beaten", turns, not_beaten_at_ends(turns, values, last_only=True))

    found = candidates(values, spec.reach)
    turns = counted("alternation", found, below_their_peaks(alternate(found, values, later_peak=True), values))
    return settled(turns, enforce), removed


def _bry_boschan(values: Array, spec: TurningPointSpec, *, monthly: bool) -> tuple[Turns, dict[str, int], tuple[int, tuple[int, ...]]]:
    """Steps I to V of table 1: extremes, 12-month average, Spencer's curve, short average, the series itself."""
    removed: dict[str, int] = {}

    def counted(step: str, before: Turns, after: Turns) -> Turns:
        removed[step] = removed.get(step, 0) + len(before) - len(after)
        return after

    curve = spencer_curve(values, quarterly=not monthly)
    smooth, replaced = without_extremes(values, curve, spec.extreme) if spec.extreme else (values, ())
    average = moving_average(smooth, 12 if monthly else 4)
    found = candidates(average, spec.reach)
    turns = counted("alternation", found, alternate(found, average))
    spencer = spencer_curve(smooth, quarterly=not monthly)
    turns = counted("alternation", turns, refine(turns, spencer, spec.reach))
    turns = counted("cycle", turns, long_cycles(turns, spencer, spec.minimum_cycle))
    dominance = cyclical_dominance(values, curve, 24 if monthly else 12)
    short = moving_average(values, min(max(dominance, EVEN_SPANS[0]), EVEN_SPANS[1]) if monthly else min(dominance, 2))
    turns = counted("alternation", turns, refine(turns, short, spec.reach))
    turns = counted("alternation", turns, refine(turns, values, max(spec.final_reach, min(dominance, EVEN_SPANS[1]))))

    def enforce(turns: Turns) -> Turns:
        turns = counted("ends", turns, away_from_ends(turns, values, spec.ends))
        turns = counted("beaten", turns, not_beaten_at_ends(turns, values))
        turns = counted("cycle", turns, long_cycles(turns, values, spec.minimum_cycle))
        return counted("phase", turns, long_phases(turns, spec.minimum_phase))

    return settled(turns, enforce), removed, (dominance, replaced)
