"""Levels of past years on the definition of the newest one, linked year by year through the base that published growth implies.

Method sheet: docs/methods/0603-linking-over-a-break.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from guibiao.model.messages import translate as _
from guibiao.model.series import label_of, year_of
from guibiao.reference.series.monthly import LinkMethod
from guibiao.series.published.cumulative import Month, Months
from guibiao.series.published.linking import Link


@dataclass(frozen=True, slots=True)
class ComparableLevels:
    """`levels` by ordinal, on the definition of the newest year; `links` of each year to the next by year.

    A year without a base in the next one has no link: what lies before it has no comparable level, and the year is in `unlinked`.
    """

    levels: Mapping[int, float]
    links: Mapping[int, Link]
    unlinked: tuple[int, ...]


def comparable_levels(months: Months) -> ComparableLevels:
    """Formula (3): each year times the product of the link factors from it to the newest year.

    The overlap of two definitions is a whole year: as published then, and as the base of the growth published a year later (可比口径). The
    factor is the ratio of their sums over the periods that both have, so that a single rounded rate weighs little.
    """
    frequency = months.frequency
    years: dict[int, list[Month]] = {}
    for row in months.rows:
        years.setdefault(year_of(frequency, row.ordinal), []).append(row)
    newest = max(years)
    links = {year: found for year, rows in years.items() if year != newest and (found := _link(months, rows, years.get(year + 1, [])))}
    factor = 1.0
    levels: dict[int, float] = {}
    for year in range(newest, min(years) - 1, -1):
        if year != newest:
            factor = factor * links[year].factor if year in links else math.nan
        levels |= {row.ordinal: row.stated_level * factor for row in years.get(year, [])}
    return ComparableLevels(
        dict(sorted(levels.items())),
        dict(sorted(links.items())),
        tuple(year for year in sorted(years) if year != newest and year not in links),
    )


def _link(months: Months, rows: list[Month], following: list[Month]) -> Link | None:
    """Link of a year to the next one; None where no period has both a level and, a year later, a base."""
    size = months.frequency.per_year
    bases = {(row.ordinal - size, row.periods): row.base.value for row in following if row.base.known}
    pairs = [
        (row.ordinal, row.stated_level, bases[row.ordinal, row.periods])
        for row in rows
        if (row.ordinal, row.periods) in bases and row.stated_level > 0 and bases[row.ordinal, row.periods] > 0
    ]
    if not pairs:
        return None
    single = [base / level for _ordinal, level, base in pairs]
    factor = math.fsum(base for _ordinal, _level, base in pairs) / math.fsum(level for _ordinal, level, _base in pairs)
    first, last = (label_of(months.frequency, pairs[end][0]) for end in (0, -1))
    reason = _("下一年按可比口径公布的增速所依的基数与当年公布水平之比")
    return Link(LinkMethod.RATIO_OF_MEANS, factor, 0.0, first, last, len(pairs), min(single), max(single), reason)
