"""Single months (quarters) from figures published since January: level, base on the comparable basis, growth, each with its interval.

Method sheet: docs/methods/0601-months-from-cumulative-series.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of, year_of
from guibiao.series.published.rounding import NOTHING, Bounds, Published, as_printed

DERIVED, PUBLISHED, SPLIT, MISSING = "derived", "published", "split", "missing"
ORIGINS = (DERIVED, PUBLISHED, SPLIT, MISSING)
"""Where an observation comes from."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What is published; at least one level. Rates are growth on a year before in %, on the comparable basis.

    `cumulative`, `cumulative_growth`: since the beginning of the year. `level`, `growth`: of the month (quarter) alone.
    """

    cumulative: Published | None = None
    cumulative_growth: Published | None = None
    level: Published | None = None
    growth: Published | None = None

    @property
    def given(self) -> tuple[Published, ...]:
        return tuple(each for each in (self.cumulative, self.cumulative_growth, self.level, self.growth) if each is not None)


@dataclass(frozen=True, slots=True)
class Month:
    """One observation: the period it ends in, how many periods it covers, what follows and what is published.

    `base` is the level of the year before that the growth rests on (可比口径), in the unit of the level; `growth` in %.
    """

    ordinal: int
    periods: int
    origin: str
    level: Bounds
    base: Bounds
    growth: Bounds
    published_level: Bounds = NOTHING
    published_growth: Bounds = NOTHING

    @property
    def level_agrees(self) -> bool | None:
        return _agrees(self.published_level, self.level) if self.origin == DERIVED else None

    @property
    def growth_agrees(self) -> bool | None:
        return _agrees(self.published_growth, self.growth) if self.origin == DERIVED else None

    @property
    def stated_level(self) -> float:
        """The published level where there is one, otherwise what follows."""
        return self.published_level.value if self.published_level.known else self.level.value

    @property
    def stated_growth(self) -> float:
        """The published growth where there is one, otherwise what follows."""
        return self.published_growth.value if self.published_growth.known else self.growth.value


@dataclass(frozen=True, slots=True)
class Months:
    """Observations in order of time; a period that could not be derived is a row of origin `missing`."""

    name: str
    unit: str
    frequency: Frequency
    rows: tuple[Month, ...]

    def series(self, value: str = "stated_level") -> TimeSeries:
        """`level`, `base`, `growth`, `stated_level` or `stated_growth` as a series; an observation of several periods is a span."""
        first = self.rows[0].ordinal - self.rows[0].periods + 1
        values = [math.nan] * (self.rows[-1].ordinal - first + 1)
        spans = []
        for row in self.rows:
            found = getattr(row, value)
            values[row.ordinal - first] = found.value if isinstance(found, Bounds) else found
            if row.periods > 1 and not math.isnan(values[row.ordinal - first]):
                spans.append((row.ordinal - first, row.periods))
        unit = "%" if value.endswith("growth") else self.unit
        return TimeSeries(self.name, self.frequency, first, tuple(values), unit, tuple(spans))


def months_from_cumulative(sources: Sources) -> Months:
    """Observations of single periods; the first figure of a year stays whole, a gap in the cumulative figures gives one longer observation.

    Raises BadRequest for series of different frequency, of a frequency without a cumulative figure, and where no level is given.
    """
    frequency, name, unit = _checked(sources)
    first = min(each.series.start for each in sources.given)
    last = max(each.series.end for each in sources.given)
    rows = tuple(_rows(sources, frequency, first, last))
    if not any(row.level.known for row in rows):
        raise BadRequest(_("没有一个时期的数推得出来"), remedy=_("检查累计数、当期值两列的时期与数值。"))
    told = [at for at, row in enumerate(rows) if row.origin != MISSING or any(each.at(row.ordinal).known for each in sources.given)]
    return Months(name, unit, frequency, rows[told[0] : told[-1] + 1])


def period_label(frequency: Frequency, row: Month) -> str:
    """The period of an observation as files write it: 2018-03, and 2018-01..02 for one of several periods."""
    last = label_of(frequency, row.ordinal)
    if row.periods == 1:
        return last
    first = label_of(frequency, row.ordinal - row.periods + 1)
    return f"{first}..{last.rpartition('-')[2]}"


def _checked(sources: Sources) -> tuple[Frequency, str, str]:
    levels = [each.series for each in (sources.cumulative, sources.level) if each is not None]
    if not levels:
        raise BadRequest(_("没有累计数，也没有当期值"), remedy=_("用 --cumulative 或 --level 指明哪一列是绝对数。"))
    frequencies = {each.series.frequency for each in sources.given}
    if len(frequencies) > 1:
        raise BadRequest(_("各序列的频率不同"), remedy=_("累计数与增速用同一频率，或用 --freq 指明。"))
    frequency = frequencies.pop()
    if frequency not in {Frequency.MONTH, Frequency.QUARTER}:
        raise BadRequest(_("只有月度、季度序列才有累计数"), remedy=_("给月度或季度数据，或用 --freq M 指明频率。"))
    for each in sources.given:
        if any(math.isinf(value) for value in each.series.values):
            raise BadRequest(_("{name} 里有无穷大的数").format(name=each.series.name), remedy=_("改正数据后再算。"))
    return frequency, levels[0].name, levels[0].unit


def _rows(sources: Sources, frequency: Frequency, first: int, last: int) -> Iterator[Month]:
    """One year after another, since cumulative figures begin again."""
    for year in range(year_of(frequency, first), year_of(frequency, last) + 1):
        ordinals = range(year * frequency.per_year, (year + 1) * frequency.per_year)
        yield from _year(sources, [at for at in ordinals if at <= last])


def _year(sources: Sources, ordinals: Sequence[int]) -> Iterator[Month]:
    before: int | None = None
    waiting: list[int] = []
    for at in ordinals:
        waiting.append(at)
        if not _figure(sources.cumulative, at).known:
            continue
        if any(_own(sources, month) is not None for month in waiting[:-1]):
            yield from _single(sources, waiting)
        else:
            yield _difference(sources, before, at, len(waiting))
        before, waiting = at, []
    yield from _single(sources, waiting)


def _single(sources: Sources, ordinals: Sequence[int]) -> Iterator[Month]:
    """Periods between two cumulative figures of which some are published alone; the others are missing, and nothing is counted twice."""
    found = {at: row for at in ordinals if (row := _own(sources, at)) is not None}
    covered = {at - back for at, row in found.items() for back in range(1, row.periods)}
    for at in ordinals:
        if at in found:
            yield found[at]
        elif at not in covered:
            yield Month(at, 1, MISSING, NOTHING, NOTHING, NOTHING)


def _own(sources: Sources, at: int) -> Month | None:
    """What a period's own published level and growth say; None where there is no level."""
    level, growth = _figure(sources.level, at), _figure(sources.growth, at)
    if sources.level is None or not level.known:
        return None
    return Month(at, _periods(sources.level, at), PUBLISHED, level, _base(level, growth), growth, level, growth)


def _difference(sources: Sources, before: int | None, at: int, periods: int) -> Month:
    """The periods from the one after `before` to `at`; the whole figure where there is none before in its year."""
    cumulative, rate = _figure(sources.cumulative, at), _figure(sources.cumulative_growth, at)
    own = _figure(sources.level, at) if sources.level is None or _periods(sources.level, at) == periods else NOTHING
    own_growth = _figure(sources.growth, at) if sources.growth is None or _periods(sources.growth, at) in {1, periods} else NOTHING
    if before is None:
        growth = rate if rate.known else own_growth
        return Month(at, periods, DERIVED, cumulative, _base(cumulative, growth), growth, own, own_growth)
    earlier, earlier_rate = _figure(sources.cumulative, before), _figure(sources.cumulative_growth, before)
    level = Bounds(*map(as_printed, cumulative, (-earlier.value, -earlier.high, -earlier.low)))
    if rate.known and earlier_rate.known:
        base, growth = _base_and_growth(cumulative, rate, earlier, earlier_rate)
    else:
        base, growth = _base(level, own_growth), own_growth
    return Month(at, periods, DERIVED, level, base, growth, own, own_growth)


def _base(level: Bounds, growth: Bounds) -> Bounds:
    """level / (1 + growth/100); none where the rate is unknown or the year before may have been nothing (-100 % and below)."""
    if not (level.known and growth.known) or growth.low <= -100:
        return NOTHING
    corners = [amount / (1 + rate / 100) for amount in level[1:] for rate in growth[1:]]
    return Bounds(level.value / (1 + growth.value / 100), min(corners), max(corners))


def _base_and_growth(cumulative: Bounds, rate: Bounds, earlier: Bounds, earlier_rate: Bounds) -> tuple[Bounds, Bounds]:
    """Formulas (1) and (2) of the sheet with the exact range over the box of the four published figures.

    Base and growth are ratios of functions affine in each figure, so monotone in each as long as the base is not zero: the extremes lie in
    the corners. Interval arithmetic would take the figures that stand above and below the line as independent and give a wider range.
    """
    if rate.low <= -100 or earlier_rate.low <= -100:
        return NOTHING, NOTHING
    bases, growths = [], []
    for now, now_rate, then, then_rate in product(cumulative[1:], rate[1:], earlier[1:], earlier_rate[1:]):
        base = now / (1 + now_rate / 100) - then / (1 + then_rate / 100)
        bases.append(base)
        growths.append(100 * ((now - then) / base - 1) if base else math.nan)
    value = cumulative.value / (1 + rate.value / 100) - earlier.value / (1 + earlier_rate.value / 100)
    if value == 0:
        return Bounds(value, min(bases), max(bases)), NOTHING
    growth = 100 * (as_printed(cumulative.value, -earlier.value) / value - 1)
    if min(bases) <= 0 <= max(bases):
        return Bounds(value, min(bases), max(bases)), Bounds(growth, -math.inf, math.inf)
    return Bounds(value, min(bases), max(bases)), Bounds(growth, min(growths), max(growths))


def _figure(published: Published | None, at: int) -> Bounds:
    return NOTHING if published is None else published.at(at)


def _periods(published: Published, at: int) -> int:
    """How many periods the figure covers that ends at `at`."""
    return dict(published.series.spans).get(at - published.series.start, 1)


def _agrees(published: Bounds, derived: Bounds) -> bool | None:
    return published.shares_a_point_with(derived) if published.known and derived.known else None
