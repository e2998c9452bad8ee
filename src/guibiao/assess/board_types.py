"""What a warning board is given and what it says, as frozen objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from guibiao.assess.composite import CompositeIndex
from guibiao.assess.diffusion import DiffusionIndex
from guibiao.assess.lights import Light, Limits
from guibiao.assess.testing import RuleTest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.warning import CompositeCuts, WarningBoard, WatchedIndicator


@dataclass(frozen=True, slots=True)
class Watched:
    """A series as given for one indicator; `known` is the first day on which a period's value could be known, where that is recorded."""

    series: TimeSeries
    unit: str = ""
    known: Mapping[int, date] = field(default_factory=dict)
    """Ordinal -> day."""
    grade: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One indicator at one period: value, light, and why there is none (`gap`, `break`, `short`, `flat`, `path`, `stale`)."""

    ordinal: int
    value: float
    light: Light
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator of the board over all its periods."""

    watched: WatchedIndicator
    series: TimeSeries
    """As judged: after its transformation, up to the day asked for."""
    unit: str
    grade: str
    area: str
    readings: tuple[Reading, ...]
    limits: Limits | None
    """As in force on the day; of a path, the limits of the gap."""
    limits_from: str
    """First and last period behind quantile limits, with their number."""
    latest: int
    """Position of the last value in `readings`, -1 where there is none."""
    known_from: date | None
    test: RuleTest

    @property
    def reading(self) -> Reading | None:
        return self.readings[self.latest] if self.latest >= 0 else None

    @property
    def previous(self) -> Reading | None:
        """The value before the last one."""
        earlier = [each for each in self.readings[: max(self.latest, 0)] if each.value == each.value]
        return earlier[-1] if earlier else None


@dataclass(frozen=True, slots=True)
class Score:
    """The composite at one period: index (nan where too few lights), light, indicators with a light and all."""

    ordinal: int
    value: float
    light: Light
    lit: int
    of: int


@dataclass(frozen=True, slots=True)
class BoardResult:
    """A board as of a day."""

    board: WarningBoard
    as_of: date
    rows: tuple[Row, ...]
    scores: tuple[Score, ...]
    cuts: CompositeCuts
    diffusion: DiffusionIndex | None
    indices: Mapping[str, CompositeIndex] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def frequency(self) -> Frequency:
        return Frequency(self.board.frequency)

    @property
    def score(self) -> Score | None:
        """The last composite there is."""
        return next((each for each in reversed(self.scores) if each.value == each.value), None)
