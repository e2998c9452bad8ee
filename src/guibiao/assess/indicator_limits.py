"""The limits of one indicator: as in force today, and as they would have been known at each period."""

from __future__ import annotations

import math
from dataclasses import dataclass

from guibiao.assess.lights import Limits, path_value, quantile_limits
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.warning import WarningBoard, WatchedIndicator

LEAST = {Frequency.MONTH: 36, Frequency.QUARTER: 16}
"""Least observations behind quantiles where the board states none."""
Judged = tuple[Limits | None, str, str]
"""Limits, what they rest on, and why there are none."""


@dataclass(frozen=True, slots=True)
class LimitRule:
    """An indicator's limits over its series; periods before the last break have no light and no say."""

    board: WarningBoard
    watched: WatchedIndicator
    series: TimeSeries

    @property
    def since(self) -> int:
        """Position from which values share one definition."""
        breaks = [ordinal_of_label(period) - self.series.start for period in self.watched.breaks]
        return max((at for at in breaks if at < len(self.series)), default=0)

    def final(self) -> Judged:
        """In force on the day of the board: the window whole."""
        return self.at(len(self.series) - 1)

    def at(self, position: int) -> Judged:
        """As they could have been set at a period: of the window only what had happened by then."""
        limits = self.watched.limits
        if limits.kind != "quantile":
            cold, cool, warm, hot = limits.values
            return (cold, cool, warm, hot), "", ""
        first = max(self._place(limits.first or self.board.first, 0), self.since, 0)
        last = min(self._place(limits.last or self.board.last, len(self.series) - 1), position)
        known = [at for at in range(first, last + 1) if not math.isnan(self.series.values[at]) and not self._added_up(at)]
        if len(known) < (limits.minimum or LEAST[self.series.frequency]):
            return None, "", "short"
        found = quantile_limits([self.series.values[at] for at in known], limits.quantiles)
        window = f"{self.series.label(known[0])}..{self.series.label(known[-1])} ({len(known)})"
        return found, window, "" if found else "flat"

    def judged(self, position: int) -> tuple[float, str]:
        """What is held against the limits at a period (the value, or its gap to the path), and why nothing can be."""
        value = self.series.values[position]
        if math.isnan(value):
            return math.nan, "covered" if position in self.series.covered else "gap"
        if position < self.since:
            return math.nan, "break"
        if self._added_up(position):
            return math.nan, "span"
        limits = self.watched.limits
        if limits.kind != "path":
            return value, ""
        points = {ordinal_of_label(period): level for period, level in limits.points.items()}
        path = path_value(points, self.series.ordinal(position), geometric=limits.shape == "geometric")
        if math.isnan(path):
            return math.nan, "path"
        return (100 * (value / path - 1) if limits.gap == "percent" else value - path), ""

    def _added_up(self, position: int) -> bool:
        """Whether a level covers several periods: it stands beside no single one. Rates of several periods do."""
        rate = self.watched.percentage or self.watched.transform == "year_on_year"
        return not rate and any(at == position for at, _periods in self.series.spans)

    def _place(self, period: str, otherwise: int) -> int:
        return ordinal_of_label(period) - self.series.start if period else otherwise


def ordinal_of_label(period: str) -> int:
    """Ordinal of 2018-02 or 2018-Q1, as checked by the board's definition."""
    year, season = period.split("-")
    if season.startswith("Q"):
        return int(year) * 4 + int(season[1:]) - 1
    return int(year) * 12 + int(season) - 1
