"""Outliers in time: changes against the changes of other areas, or against the changes of the series itself.

Method sheet: docs/methods/0210-outliers-in-time.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import log
from statistics import median, quantiles

from guibiao.editing.figures import Figure, Subject
from guibiao.editing.specification import Past, Specifications
from guibiao.editing.telling import name_of, subject_words, tell
from guibiao.model.finding import Finding, Severity
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _
from guibiao.model.period import Period

SCALED = 1.4826
YEAR = 12
NAMED = 5
Key = tuple[str, str, str, str, Period]


class Reading(StrEnum):
    """What an unusual change means, by what comes before and after it."""

    SPIKE = "spike"
    LAST = "last"
    SHIFT = "shift"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Change:
    """A figure and the one a year before it, with a measure of the change: signed, zero where it is usual."""

    before: Figure
    after: Figure
    effect: float = 0.0
    """How many of the allowed distances the change is off; beyond 1 in size it is an outlier."""


def check_past(subject: Subject, specifications: Specifications) -> list[Finding]:
    """Figures whose change since the year before is unlike others and is taken back, or cannot be compared, in the year after."""
    specification = specifications["outlier_in_time"]
    nature = subject.indicator.nature
    if not specification.active or not isinstance(specification, Past) or nature is Nature.GROWTH:
        return []
    changes = _changes(subject.figures.chosen(subject.indicator.id), rates=nature is Nature.SHARE)
    panels: dict[tuple[object, ...], list[Change]] = defaultdict(list)
    lone: dict[tuple[object, ...], list[Change]] = defaultdict(list)
    for change in changes:
        parent = subject.areas.find(change.after.area) if subject.areas is not None else None
        own = change.after.categories, change.after.accounting_basis
        panels[change.after.period, parent.parent if parent else "", *own].append(change)
        lone[change.after.area, change.after.period.measure, change.after.period.months, *own].append(change)
    judged: dict[Key, Change] = {}
    rates = nature is Nature.SHARE
    for members in panels.values():
        if len(members) >= specification.minimum_areas:
            scored = _by_mad(members, specification) if rates else hidiroglou_berthelot(members, specification)
            judged |= {_key(each.after): each for each in scored}
    for members in lone.values():
        rest = [each for each in members if _key(each.after) not in judged]
        if len(rest) == len(members) >= specification.minimum_changes:
            judged |= {_key(each.after): each for each in _by_mad(members, specification)}
    told = [(change, _reading(change, judged)) for change in judged.values() if abs(change.effect) > 1]
    shifts = [change for change, reading in told if reading is Reading.SHIFT]
    found = [_told(subject, specification, change, reading) for change, reading in told if reading in {Reading.SPIKE, Reading.LAST}]
    return [*found, *_shifted(subject, shifts)]


def hidiroglou_berthelot(changes: Sequence[Change], specification: Past) -> list[Change]:
    """Effects of ratios after Hidiroglou and Berthelot (1986): E = s max(x, x')^U, off by more than C quartile distances is an outlier."""
    ratios = [float(each.after.quantity.value / each.before.quantity.value) for each in changes]
    middle = median(ratios)
    effects = []
    for change, ratio in zip(changes, ratios, strict=True):
        centred = 1 - middle / ratio if ratio < middle else ratio / middle - 1
        size = max(float(change.after.quantity.value), float(change.before.quantity.value))
        effects.append(centred * size**specification.exponent)
    first, centre, third = quantiles(effects, n=4, method="inclusive")
    floor = abs(specification.least * centre)
    below, above = max(centre - first, floor), max(third - centre, floor)
    scored = []
    for change, effect in zip(changes, effects, strict=True):
        allowed = specification.width * (above if effect > centre else below)
        material = abs(log(float(change.after.quantity.value / change.before.quantity.value) / middle)) > log(1 + specification.material)
        scored.append(Change(change.before, change.after, (effect - centre) / allowed if allowed > 0 and material else 0.0))
    return scored


def _by_mad(changes: Sequence[Change], specification: Past) -> list[Change]:
    """Effects of changes (of logs where values are positive, plain ones for rates) in scaled MADs over the cut-off."""
    sizes = [_size(each) for each in changes]
    middle = median(sizes)
    spread = SCALED * median(abs(size - middle) for size in sizes)
    least = 0.0 if _is_rate(changes[0].after) else log(1 + specification.material)
    if spread <= 0:
        return [Change(each.before, each.after) for each in changes]
    return [
        Change(each.before, each.after, (size - middle) / (specification.cutoff * spread) if abs(size - middle) > least else 0.0)
        for each, size in zip(changes, sizes, strict=True)
    ]  # fmt: skip


def _size(change: Change) -> float:
    before, after = float(change.before.quantity.value), float(change.after.quantity.value)
    return after - before if _is_rate(change.after) or min(before, after) <= 0 else log(after / before)


def _is_rate(figure: Figure) -> bool:
    return figure.quantity.unit.is_ratio or figure.quantity.unit.is_point


def _changes(figures: Iterable[Figure], *, rates: bool) -> list[Change]:
    """Pairs a year apart, of one basis; levels only where both are positive."""
    at = {_key(figure): figure for figure in figures if figure.source}
    pairs = []
    for figure in at.values():
        before = at.get(_key(figure, -YEAR))
        if before is not None and (rates or min(before.quantity.value, figure.quantity.value) > 0):
            pairs.append(Change(before, figure))
    return pairs


@lru_cache(maxsize=65536)
def shifted(period: Period, months: int) -> Period:
    """`Period.shift`, remembered: panels have few periods."""
    return period.shift(months) if months else period


def _key(figure: Figure, months: int = 0) -> Key:
    return figure.area, figure.categories, figure.price_basis, figure.accounting_basis, shifted(figure.period, months)


def _reading(change: Change, judged: Mapping[Key, Change]) -> Reading:
    """A change taken back the year after is a fault of the figure between; the way back is told with it; one that stays is a shift."""
    following = judged.get(_key(change.after, YEAR))
    preceding = judged.get(_key(change.after, -YEAR))
    if preceding is not None and abs(preceding.effect) > 1 and preceding.effect * change.effect < 0:
        return Reading.RETURN
    if following is None:
        return Reading.LAST
    return Reading.SPIKE if abs(following.effect) > 1 and following.effect * change.effect < 0 else Reading.SHIFT


def _told(subject: Subject, specification: Past, change: Change, reading: Reading) -> Finding:
    figure = change.after
    words = _("次年又反向变动") if reading is Reading.SPIKE else _("尚无次年数可比")
    message = _("{where}为 {claimed}，上年为 {before}，变动是常见范围的 {times:.1f} 倍（{words}）").format(
        where=subject_words(subject, figure), claimed=figure.quantity.printed(), before=change.before.quantity.printed(),
        times=abs(change.effect), words=words,
    )  # fmt: skip
    remedy = _("核对该数与上年数的口径和录入；确有原因的注明，口径变动的在指标中登记断点。")
    return tell("outlier_in_time", specification.severity, figure, message, remedy, recomputed=change.before.quantity.printed())


def _shifted(subject: Subject, shifts: Sequence[Change]) -> list[Finding]:
    """One finding of information an indicator: series that moved to a new level and stayed there."""
    if not shifts:
        return []
    names = list(dict.fromkeys(subject_words(subject, each.after) for each in shifts))
    message = _("{indicator}有 {count} 处变动大而此后保持在新水平，可能是口径变动：{names}").format(
        indicator=name_of(subject.indicator), count=len(shifts), names="、".join(names[:NAMED]) + (_("等") if len(names) > NAMED else "")
    )
    remedy = _("口径确有变动的，在指标中登记断点与衔接系数。")
    return [Finding(rule="outlier_in_time", severity=Severity.INFO, message=message, remedy=remedy, indicator=subject.indicator.id)]
