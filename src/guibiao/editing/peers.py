"""Outliers among areas: robust distance from the median on the log scale.

Method sheet: docs/methods/0209-outliers-among-peers.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import log
from statistics import median

from guibiao.editing.figures import Figure, Subject
from guibiao.editing.specification import Peers, Specifications
from guibiao.editing.telling import number_words, subject_words, tell
from guibiao.model.finding import Finding
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _

SCALED = 1.4826
SMALL_SAMPLE = {2: 1.196, 3: 1.495, 4: 1.363, 5: 1.206, 6: 1.200, 7: 1.140, 8: 1.129, 9: 1.107}
"""Factors that make the MAD of few values unbiased (Croux and Rousseeuw 1992); n/(n - 0.8) from ten on."""
LEAST_SPREAD = 1e-9
INTENSIVE = {Nature.SHARE, Nature.INTENSITY, Nature.INDEX}
"""Levels of areas of unequal size are not compared with each other; their changes are (sheet 0210)."""


def check_peers(subject: Subject, specifications: Specifications) -> list[Finding]:
    """Shares, intensities and indices of an area far from those of the areas beside it."""
    specification = specifications["outlier_among_peers"]
    if not specification.active or not isinstance(specification, Peers) or subject.indicator.nature not in INTENSIVE:
        return []
    groups: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for figure in subject.figures.chosen(subject.indicator.id):
        category = subject.areas.find(figure.area) if subject.areas is not None else None
        if figure.source and category is not None and category.parent:
            groups[category.parent, figure.categories, figure.accounting_basis, figure.period].append(figure)
    distances: dict[tuple[object, ...], dict[str, float]] = {
        key: robust_distances(members) for key, members in groups.items() if len(members) >= specification.minimum
    }
    found = []
    for key, members in groups.items():
        for figure in members:
            distance = distances.get(key, {}).get(figure.area, 0.0)
            if abs(distance) > specification.cutoff and not _structural(figure, key, distance, distances, specification):
                found.append(_told(subject, specification, figure, members, distance))
    return found


def robust_distances(figures: Sequence[Figure]) -> dict[str, float]:
    """Area -> (x - median) / scaled MAD; on logs where all values are positive. Empty where half of the values are equal."""
    values = [float(figure.quantity.value) for figure in figures]
    if min(values) > 0:
        values = [log(value) for value in values]
    middle = median(values)
    deviation = median(abs(value - middle) for value in values)
    count = len(values)
    spread = SCALED * deviation * SMALL_SAMPLE.get(count, count / (count - 0.8) if count > 1 else 1.0)
    if spread < LEAST_SPREAD:
        return {}
    return {figure.area: (value - middle) / spread for figure, value in zip(figures, values, strict=True)}


def _structural(
    figure: Figure,
    key: tuple[object, ...],
    distance: float,
    distances: dict[tuple[object, ...], dict[str, float]],
    specification: Peers,
) -> bool:
    """Whether the area stands as far off, on the same side, in the periods a year before or after."""
    for months in (-12, 12):
        neighbour = distances.get((*key[:3], figure.period.shift(months)), {}).get(figure.area)
        if neighbour is not None and neighbour * distance > 0 and abs(neighbour) >= specification.structural:
            return True
    return False


def _told(subject: Subject, specification: Peers, figure: Figure, members: Sequence[Figure], distance: float) -> Finding:
    usual = number_words(median(float(each.quantity.value) for each in members), figure)
    message = _("{where}为 {claimed}，远离同级 {count} 个地区同期的中位数 {usual}（稳健距离 {distance:.1f}，界限 {cutoff:g}）").format(
        where=subject_words(subject, figure), claimed=figure.quantity.printed(), count=len(members), usual=usual, distance=distance,
        cutoff=specification.cutoff,
    )  # fmt: skip
    remedy = _("核对该地区的口径与计量单位；口径不同的不参加比较和排序，确属误印的登记更正。")
    return tell("outlier_among_peers", specification.severity, figure, message, remedy, recomputed=usual)
