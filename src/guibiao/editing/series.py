"""Figures along time: a cumulative one that falls, a slip by a power of ten.

Method sheets: docs/methods/0207-cumulative-figures.md, 0208-slips-of-magnitude.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log10
from statistics import median

from guibiao.editing.figures import Figure, Subject
from guibiao.editing.specification import Magnitude, Specifications
from guibiao.editing.telling import subject_words, tell
from guibiao.model.finding import Finding, Severity
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.verdict import power_of_ten

NEAR = 4
"""Periods on either side that a figure is compared with."""
WIDE = 0.5
"""Tolerance where figures differ more than the years of a steady series: areas, or few years."""
SCALED = 1.4826
"""Factor that makes the MAD of a normal sample its standard deviation."""


def check_cumulative(subject: Subject, specifications: Specifications) -> list[Finding]:
    """Figures to date that are below an earlier one of the same year and source."""
    specification = specifications["cumulative_falls"]
    if not specification.active or subject.indicator.nature is not Nature.LEVEL:
        return []
    series: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for claim in subject.claims():
        if claim.period.measure is Measure.TO_DATE and not claim.original:
            series[claim.area, claim.categories, claim.accounting_basis, claim.price_basis, claim.days[0], claim.source].append(claim)
    severity = Severity.INFO if subject.indicator.returns else specification.severity
    found = []
    for figures in series.values():
        if any(figure.quantity.value < 0 for figure in figures):
            continue
        figures.sort(key=lambda figure: figure.days)
        for before, after in pairwise(figures):
            if after.days != before.days and _below(after, before):
                message = _("{where}为 {claimed}，小于{period}的 {before}：累计数下降").format(
                    where=subject_words(subject, after), claimed=after.quantity.printed(), period=before.period,
                    before=before.quantity.printed(),
                )  # fmt: skip
                remedy = _("核对两期是否同一口径；有退货或核减的，注明数额。")
                found.append(tell("cumulative_falls", severity, after, message, remedy, recomputed=f"≥{before.quantity.printed()}"))
    return found


def check_magnitude(subject: Subject, specifications: Specifications) -> list[Finding]:
    """Figures that are about 10^2, 10^3, 10^4 or 10^8 times what their own past, or else their peers, make likely."""
    specification = specifications["magnitude"]
    if not specification.active or not isinstance(specification, Magnitude) or subject.indicator.nature is Nature.GROWTH:
        return []
    positive = [figure for figure in subject.figures.chosen(subject.indicator.id) if figure.source and figure.quantity.value > 0]
    found: dict[tuple[str, int, int], Finding] = {}
    for likely in [*_against_past(positive, specification), *_against_peers(subject, positive, specification)]:
        figure = likely.figure
        power = power_of_ten(float(figure.quantity.value) / likely.usual, likely.tolerance)
        if power is None or abs(power) < likely.least or figure.cell in found:
            continue
        message = _("{where}为 {claimed}，约为{words}的 10 的 {power} 次方倍，疑为单位之误（万、亿或小数点）").format(
            where=subject_words(subject, figure), claimed=figure.quantity.printed(), words=likely.words, power=power
        )
        remedy = _("核对该格的计量单位与小数点；确属误印的，登记更正。")
        recomputed = f"{float(figure.quantity.value) / 10.0**power:.6g}{figure.quantity.unit.symbol}"
        found[figure.cell] = tell("magnitude", specification.severity, figure, message, remedy, recomputed=recomputed)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Likely:
    """A figure with the value that figures like it make likely, and which slips such a comparison shows."""

    figure: Figure
    usual: float
    words: str
    tolerance: float
    least: int = 2
    """Smallest power of ten told."""


def _against_past(figures: Sequence[Figure], specification: Magnitude) -> Iterator[Likely]:
    """Each figure with the median of its series without it, where the rest of the series is steady."""
    series: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for figure in figures:
        length = figure.period.months or figure.period.days
        series[figure.area, figure.categories, figure.accounting_basis, figure.period.measure, length].append(figure)
    for members in series.values():
        members.sort(key=lambda figure: figure.days)
        logs = [log10(float(figure.quantity.value)) for figure in members]
        for position, figure in enumerate(members):
            near = logs[max(0, position - NEAR) : position] + logs[position + 1 : position + 1 + NEAR]
            if len(near) >= specification.minimum and scaled_deviation(near) <= specification.spread:
                yield Likely(figure, 10.0 ** median(near), _("本身前后各期"), specification.tolerance)
            elif specification.few <= len(near) < specification.minimum and max(near) - min(near) <= 1:
                yield Likely(figure, 10.0 ** median(near), _("本身前后各期"), WIDE, least=3)


def _against_peers(subject: Subject, figures: Sequence[Figure], specification: Magnitude) -> Iterator[Likely]:
    """Each figure without a past of its own with the median of the other areas, where those are of one size."""
    groups: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    own = Counter((figure.area, figure.categories) for figure in figures)
    for figure in figures:
        parent = subject.areas.find(figure.area) if subject.areas is not None else None
        groups[figure.days, figure.categories, figure.accounting_basis, parent.parent if parent else ""].append(figure)
    for members in groups.values():
        if len(members) <= specification.minimum:
            continue
        logs = [log10(float(figure.quantity.value)) for figure in members]
        for position, figure in enumerate(members):
            others = logs[:position] + logs[position + 1 :]
            away = min(abs(logs[position] - other) for other in others)
            lone = own[figure.area, figure.categories] <= specification.minimum
            if lone and max(others) - min(others) <= 2.0 and away > specification.gap:
                yield Likely(figure, 10.0 ** median(others), _("同类地区"), WIDE)


def _below(after: Figure, before: Figure) -> bool:
    """Whether rounding cannot explain that the later figure is smaller."""
    high = after.quantity.high
    low = before.quantity.to(after.quantity.unit).low
    return high is not None and low is not None and high < low


def scaled_deviation(values: Sequence[float]) -> float:
    """Median absolute deviation, scaled to a normal sample's standard deviation."""
    middle = median(values)
    return SCALED * median(abs(value - middle) for value in values)
