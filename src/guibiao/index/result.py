"""What a build gives: scores and ranks keyed by code, a record of every step, and the frozen parameters of a replay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from guibiao.index.construction import Time
from guibiao.index.matrix import Matrix, Places
from guibiao.index.normalise import ColumnScale
from guibiao.index.treat import FrozenTreatment


def shown_time(time: Time) -> int | float | str:
    """A whole number without its decimal point."""
    return int(time) if isinstance(time, float) and time.is_integer() else time


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step: whether it ran, its parameters (plain values), what it counted, and what a reader should know (in the user's language)."""

    step: str
    ran: bool
    parameters: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """The data after a step: rows (units, times) and values (rows, indicators)."""

    step: str
    units: tuple[str, ...]
    times: tuple[Time, ...]
    values: Matrix


@dataclass(frozen=True, slots=True)
class Frozen:
    """Parameters fitted on the data of a first build, by (time, code); the time is "" where they hold for the whole panel."""

    treatments: Mapping[tuple[Time, str], FrozenTreatment] = field(default_factory=dict)
    scales: Mapping[tuple[Time, str], ColumnScale] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexResult:
    """Scores and ranks (rows, nodes); ranks are within a time, 1 the best, nan without a score."""

    id: str
    specification_digest: str
    data_digest: str
    units: tuple[str, ...]
    times: tuple[Time, ...]
    codes: tuple[str, ...]
    levels: Places
    scores: Matrix
    ranks: Matrix
    steps: tuple[StepRecord, ...]
    stages: tuple[Stage, ...]
    frozen: Frozen

    @property
    def scores_digest(self) -> str:
        """SHA-256 of rows, codes and the bits of every score; one nan is like another."""
        bits = np.where(np.isnan(self.scores), np.nan, self.scores + 0.0).astype("<f8").tobytes()
        keys = repr((self.units, self.times, self.codes)).encode()
        return hashlib.sha256(keys + bits).hexdigest()

    @property
    def is_panel(self) -> bool:
        """Whether there is more than one time."""
        return len(set(self.times)) > 1

    def column(self, code: str) -> Matrix:
        """Scores (rows,) of one code."""
        return self.scores[:, self.codes.index(code)]

    def stage(self, step: str) -> Stage:
        """The data after a step."""
        return next(each for each in self.stages if each.step == step)

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row a unit, code (and time, in a panel): the index first, then level by level; within a code by rank."""
        timed = self.is_panel
        for place in sorted(range(len(self.codes)), key=lambda each: (-self.levels[each], each)):
            order = np.lexsort((np.arange(len(self.units)), np.nan_to_num(self.ranks[:, place], nan=np.inf)))
            for row in order:
                yield self._row(int(row), place, timed)

    def _row(self, row: int, place: int, timed: bool) -> dict[str, Any]:
        score, rank = float(self.scores[row, place]), float(self.ranks[row, place])
        when = {"time": shown_time(self.times[row])} if timed else {}
        return {
            "unit": self.units[row], **when, "code": self.codes[place], "level": int(self.levels[place]),
            "score": None if np.isnan(score) else score, "rank": None if np.isnan(rank) else int(rank),
        }  # fmt: skip
