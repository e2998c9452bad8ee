"""The panel of a nowcast: series made stationary, laid on the months (or the finest frequency there is), ragged at the end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.nowcast import Aggregation, Transform

Floats = NDArray[np.float64]
Weights = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One series of a panel: `ratio` base periods make one of its own. The target is the first column."""

    name: str
    frequency: Frequency
    transform: Transform
    aggregation: Aggregation
    ratio: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a panel is built of, the same for every vintage: base frequency, first base period, columns."""

    base: Frequency
    first: int
    columns: tuple[Column, ...]

    @property
    def target(self) -> Column:
        return self.columns[0]

    @property
    def weights(self) -> Weights:
        """Weights of a factor model: how a value of each column sums base periods, the latest first."""
        return tuple(aggregation_weights(column.transform, column.aggregation, column.ratio) for column in self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Transformed values (base periods, columns), nan where unknown; a lower frequency stands at the last base period of its own.

    `level` is the target at its own frequency, in logs where its transform takes logs: one row for each whole target period.
    """

    plan: Plan
    values: Floats
    level: Floats

    @property
    def target_rows(self) -> NDArray[np.intp]:
        """Rows at which target periods end."""
        return np.arange(self.plan.target.ratio - 1, len(self.values), self.plan.target.ratio)

    @property
    def growth(self) -> Floats:
        """The transformed target, one value for each target period."""
        return np.asarray(self.values[self.target_rows, 0], dtype=np.float64)

    @property
    def last(self) -> int:
        """Target period (position) of the last known value; -1 where there is none."""
        known = np.flatnonzero(~np.isnan(self.level))
        return int(known[-1]) if known.size else -1

    def shortened(self, periods: int) -> Panel:
        """The panel as it was `periods` target periods ago: the same ragged edge, the values of today."""
        if not periods:
            return self
        rows = periods * self.plan.target.ratio
        values = np.full((len(self.values) - rows, self.values.shape[1]), np.nan)
        for at in range(self.values.shape[1]):
            known = np.flatnonzero(~np.isnan(self.values[:, at]))
            last = int(known[-1]) + 1 - rows if known.size else 0
            values[: max(last, 0), at] = self.values[: max(last, 0), at]
        level = self.level[: len(self.level) - periods].copy()
        level[max(self.last + 1 - periods, 0) :] = np.nan
        return replace(self, values=values, level=level)


LAGS: Mapping[Transform, int] = {Transform.NONE: 0, Transform.DIFFERENCE: 1, Transform.LOG_DIFFERENCE: 1}
LOGS = frozenset({Transform.LOG_DIFFERENCE, Transform.YEAR_ON_YEAR})


def lag_of(transform: Transform, frequency: Frequency) -> int:
    """Periods back that a transform compares with; a year's for the year-on-year ones."""
    return LAGS.get(transform, frequency.per_year)


def aggregation_weights(transform: Transform, aggregation: Aggregation, ratio: int) -> tuple[float, ...]:
    """Weights of base periods in a value of lower frequency, the latest first (Mariano and Murasawa 2003, formula 2, for changes)."""
    if ratio == 1:
        return (1.0,)
    changes = lag_of(transform, Frequency.MONTH) == 1
    if aggregation is Aggregation.LAST:
        return (1.0,) * ratio if changes else (1.0,)
    if changes:
        return tuple((ratio - abs(ratio - 1 - lag)) / ratio for lag in range(2 * ratio - 1))
    return (1.0 / ratio,) * ratio


def choose_transform(series: TimeSeries) -> Transform:
    """The transform a series asks for: year-on-year where it is seasonal or has values of several periods, changes where it wanders.

    Seasonal: F test of seasonal dummies on the changes, 1 %. Wandering: the KPSS test rejects a stationary level (5 %, Bartlett weights
    up to 4 (n/100)^(1/4)) and the augmented Dickey-Fuller test does not reject a unit root (5 %). Logs where all values are positive.
    """
    values = series.array()
    known = values[~np.isnan(values)]
    positive = bool(known.size) and bool((known > 0).all())
    if series.spans or _seasonal(np.log(values) if positive else values, series):
        return Transform.YEAR_ON_YEAR if positive else Transform.YEAR_DIFFERENCE
    known = np.log(known) if positive else known
    if _kpss(known) < 0.463 or _dickey_fuller(known) < -2.86:
        return Transform.NONE
    return Transform.LOG_DIFFERENCE if positive else Transform.DIFFERENCE


def _seasonal(values: Floats, series: TimeSeries) -> bool:
    per_year = series.frequency.per_year
    changes = np.diff(values)
    seasons = np.array([series.season(at) for at in range(1, len(values))])
    known = ~np.isnan(changes)
    changes, seasons = changes[known], seasons[known]
    groups = [changes[seasons == season] for season in range(1, per_year + 1)]
    if per_year == 1 or min(map(len, groups)) < 2 or float(changes.std()) <= 1e-12:
        return False
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
    between = float(((changes - changes.mean()) ** 2).sum()) - within
    freedom = len(changes) - per_year
    if within <= 1e-12 * between:
        return True
    from scipy.stats import f

    return float(f.sf(between / (per_year - 1) / (within / freedom), per_year - 1, freedom)) < 0.01


def _kpss(values: Floats) -> float:
    """KPSS statistic for level stationarity; 0 for fewer than 8 values or a constant."""
    if len(values) < 8 or float(values.std()) <= 1e-12 * max(abs(float(values.mean())), 1e-300):
        return 0.0
    rest = values - values.mean()
    n, lags = len(rest), int(4 * (len(rest) / 100) ** 0.25)
    variance = float(rest @ rest) / n
    variance += sum(2 * (1 - lag / (lags + 1)) * float(rest[lag:] @ rest[:-lag]) / n for lag in range(1, lags + 1))
    return float((np.cumsum(rest) ** 2).sum()) / (n**2 * variance) if variance > 0 else 0.0


def _dickey_fuller(values: Floats) -> float:
    """Augmented Dickey-Fuller statistic with constant and (n - 1)^(1/3) lagged changes (Said and Dickey 1984); 0 for under 12 values."""
    n = len(values)
    if n < 12:
        return 0.0
    changes, lags = np.diff(values), int((n - 1) ** (1 / 3))
    response = changes[lags:]
    design = np.column_stack([values[lags:-1], np.ones(len(response)), *(changes[lags - lag : -lag] for lag in range(1, lags + 1))])
    coefficients = np.linalg.lstsq(design, response, rcond=None)[0]
    rest = response - design @ coefficients
    freedom = len(response) - design.shape[1]
    spread = float(rest @ rest) / freedom * float(np.linalg.pinv(design.T @ design)[0, 0]) if freedom > 0 else 0.0
    return float(coefficients[0]) / math.sqrt(spread) if spread > 1e-24 else 0.0


def level_of(series: TimeSeries, transform: Transform) -> Floats:
    """The series in logs where the transform takes them; raises BadRequest where a value is then not positive."""
    values = _spanned_alike(series)
    if transform not in LOGS:
        return values
    if (values[~np.isnan(values)] <= 0).any():
        raise BadRequest(
            _("序列 {name} 有零或负数，不能取对数").format(name=series.name),
            remedy=_("把它的 transform 写成 none、difference 或 year-difference。"),
        )
    return np.asarray(np.log(values), dtype=np.float64)


def _spanned_alike(series: TimeSeries) -> Floats:
    """Values; where a season is published with the one before in some years, the single figures of other years are summed likewise."""
    values = series.array()
    lengths = {series.season(at): periods for at, periods in series.spans}
    spanned = {at for at, _periods in series.spans}
    for at in range(len(values)):
        periods = lengths.get(series.season(at), 1)
        if periods > 1 and at not in spanned:
            values[at] = values[at - periods + 1 : at + 1].sum() if at >= periods - 1 else math.nan
            values[max(at - periods + 1, 0) : at] = math.nan
    return values


def transformed(series: TimeSeries, transform: Transform) -> Floats:
    """The transformed series, same positions; a value that spans several periods gives its year-on-year rate to each of them."""
    level, lag = level_of(series, transform), lag_of(transform, series.frequency)
    if series.spans and transform not in {Transform.YEAR_ON_YEAR, Transform.YEAR_DIFFERENCE}:
        raise BadRequest(
            _("序列 {name} 有几个月合并发布的数，不能用 {transform}").format(name=series.name, transform=transform.value),
            remedy=_("先用 guibiao series monthly --split 拆开，或把 transform 写成 year-on-year。"),
        )
    if not lag:
        return level
    change = np.full(len(level), np.nan)
    change[lag:] = level[lag:] - level[:-lag]
    for season, periods in {(series.season(at), periods) for at, periods in series.spans}:
        for at in range(len(level)):
            if series.season(at) == season:
                change[max(at - periods + 1, 0) : at] = change[at]
    return change


def build(plan: Plan, series: Mapping[str, TimeSeries], rows: int) -> Panel:
    """The panel of a vintage, `rows` base periods long; a column that the vintage lacks is missing throughout."""
    values = np.full((rows, len(plan.columns)), np.nan)
    level = np.full(rows // plan.target.ratio, np.nan)
    for at, column in enumerate(plan.columns):
        if column.name not in series:
            continue
        own = series[column.name]
        places = (own.start + np.arange(len(own)) + 1) * column.ratio - 1 - plan.first
        inside = (places >= 0) & (places < rows)
        values[places[inside], at] = transformed(own, column.transform)[inside]
        if not at:
            level[(places[inside] + 1) // column.ratio - 1] = level_of(own, column.transform)[inside]
    return Panel(plan, values, level)


def cumulated(panel: Panel, growth: Sequence[float] | Floats) -> Floats:
    """Levels (logs where taken) of the target with unknown ones built from the transformed values `growth`, one for each target period."""
    lag = lag_of(panel.plan.target.transform, panel.plan.target.frequency)
    level = panel.level.copy()
    for at in range(len(level)):
        if math.isnan(level[at]):
            level[at] = growth[at] if not lag else (level[at - lag] + growth[at] if at >= lag else math.nan)
    return level
