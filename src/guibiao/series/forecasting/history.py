"""What of a series a forecast can rest on: its last part without gaps, its season, and what was left out, in words.

Method sheet: docs/methods/0631-forecasts-and-combination.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of
from guibiao.reference.series.forecast import ForecastSpecification

Values = NDArray[np.float64]
DAILY_WINDOW = 1461
"""Four years of days: what a weekly season and a slow trend need; longer histories cost time and add nothing to them."""
SHORTEST_RUN = 8
"""A part after a gap that is shorter than this, or than two seasons, is no history."""
WEEK = 7
ORDINARY = (1e-100, 1e100)
"""Greatest magnitudes between which a history is taken as it is; others are divided by a power of two, so that squares are doubles."""


@dataclass(frozen=True, slots=True)
class History:
    """Finite values without gaps, the ordinal of the last one, periods of a season (1 without), and what was done to get there.

    What is forecast from `values` is to be multiplied by `unit`.
    """

    values: Values
    last: int
    season: int
    notes: tuple[str, ...]
    unit: float = 1.0

    @property
    def constant(self) -> bool:
        return bool(np.ptp(self.values) == 0)


def history_of(series: TimeSeries, specification: ForecastSpecification) -> History:
    """The history a series offers; raises BadRequest where it offers none."""
    if series.spans:
        raise BadRequest(
            _("{name} 中有合并公布的时期（如1—2月），不能直接预测").format(name=series.name),
            remedy=_("先用 guibiao series monthly --split … 拆成单月。"),
        )
    values = series.array()
    if np.isinf(values).any():
        raise BadRequest(_("{name} 中有无穷大").format(name=series.name), remedy=_("核对数据。"))
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        raise BadRequest(
            _("{name} 只有 {count} 个数，不能预测").format(name=series.name, count=len(known)), remedy=_("至少要两个观测值，补充数据。")
        )
    notes: list[str] = []
    first, last = int(known[0]), int(known[-1])
    if last < len(values) - 1:
        notes.append(_("末尾 {count} 期无数，从 {period} 之后开始预测").format(count=len(values) - 1 - last, period=series.label(last)))
    kept = values[first : last + 1]
    season = specification.season or _season(series.frequency)
    if not np.isfinite(kept).all():
        kept = _without_gaps(series, kept, season, specification, notes)
    kept = _windowed(series.frequency, kept, specification.window, notes)
    if season > 1 and len(kept) < 2 * season + 1:
        notes.append(_("只有 {count} 期，不足两个周期，不计季节").format(count=len(kept)))
        season = 1
    unit = _unit(kept)
    return History(kept / unit, series.ordinal(last), season, tuple(notes), unit)


def future_labels(series: TimeSeries, history: History, horizon: int) -> tuple[str, ...]:
    """Periods after the last value, as a series prints them."""
    return tuple(label_of(series.frequency, history.last + ahead) for ahead in range(1, horizon + 1))


def _season(frequency: Frequency) -> int:
    return WEEK if frequency is Frequency.DAY else frequency.per_year


def _unit(values: Values) -> float:
    greatest = float(np.max(np.abs(values)))
    return 1.0 if greatest == 0 or ORDINARY[0] < greatest < ORDINARY[1] else 2.0 ** int(np.frexp(greatest)[1] - 1)


def _without_gaps(series: TimeSeries, values: Values, season: int, specification: ForecastSpecification, notes: list[str]) -> Values:
    gaps = np.flatnonzero(np.isnan(values))
    known = np.flatnonzero(np.isfinite(values))
    if specification.gaps == "interpolate" and len(gaps) > len(known):
        raise BadRequest(
            _("{name} 中间缺 {gaps} 期，比有数的 {count} 期还多，不能按直线补齐").format(
                name=series.name, gaps=len(gaps), count=len(known)
            ),
            remedy=_("补齐数据；或核对时期、频率是否写对。"),
        )
    if specification.gaps == "interpolate":
        notes.append(_("{count} 个缺失按直线补齐").format(count=len(gaps)))
        return np.interp(np.arange(len(values)), known, values[known])
    run = values[int(gaps[-1]) + 1 :]
    if specification.gaps == "last_run" and len(run) >= max(SHORTEST_RUN, 2 * season + 1 if season > 1 else 0):
        notes.append(
            _("中间缺 {gaps} 期，只用最后连续的 {count} 期，舍去之前 {left} 期").format(
                gaps=len(gaps), count=len(run), left=len(values) - len(run) - len(gaps)
            )
        )
        return run
    raise BadRequest(
        _("{name} 中间缺 {gaps} 期，最后连续的只有 {count} 期").format(name=series.name, gaps=len(gaps), count=len(run)),
        remedy=_("补齐数据；或用 --gaps interpolate 按直线补齐。"),
    )


def _windowed(frequency: Frequency, values: Values, window: int, notes: list[str]) -> Values:
    most = window or (DAILY_WINDOW if frequency is Frequency.DAY else 0)
    if not most or len(values) <= most:
        return values
    notes.append(_("只用最后 {most} 期，舍去之前 {left} 期").format(most=most, left=len(values) - most))
    return values[len(values) - most :]
