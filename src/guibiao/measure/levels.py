"""Figures as the methods of this room read them: one level with its bounds, bases and provenance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from guibiao.model.basis import Grade, Stage
from guibiao.model.period import Measure, Period
from guibiao.model.unit import parse_unit

STAGES = tuple(Stage)
_PRECISIONS = ("day", "month", "year")
_GRADES = tuple(Grade)


@dataclass(frozen=True, slots=True)
class Level:
    """One figure in its indicator's unit. `identity` is the id of its statement, or of the observation where there is none."""

    indicator: str
    area: str
    categories: str
    period: Period
    value: float
    low: float | None
    high: float | None
    price_basis: str
    accounting_basis: str
    stage: str
    known_from: date
    known_precision: str
    grade: str
    identity: str
    decimals: int | None = None
    qualifier: str = "exact"

    @property
    def maturity(self) -> int:
        """Position of its stage: a later one replaces an earlier one."""
        return STAGES.index(Stage(self.stage)) if self.stage in {stage.value for stage in STAGES} else 0


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a result inherits: the latest date of publication with its precision, the worst grade, the least finished stage."""

    stage: str
    known_from: date
    known_precision: str
    grade: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure that a method gives; `unit` is that of the indicator, for which `reference.computation` asks.

    `interval` says that only low and high mean anything; `value` is then their middle and is never printed. `trace` names what the
    figure rests on: JSON-ready, figures and statements by id.
    """

    result: str
    area: str
    categories: str
    period: Period
    value: float
    low: float | None
    high: float | None
    interval: bool
    unit: str
    price_basis: str
    accounting_basis: str
    provenance: Provenance
    estimated: bool = True
    trace: Mapping[str, Any] = field(default_factory=dict)


def level_from_row(row: Mapping[str, Any], symbol: str) -> Level:
    """A row of `observations` or `statements` in the unit `symbol`."""
    factor = _factor(row["unit"], symbol)
    low, high = (None if row[name] is None else float(row[name]) * factor for name in ("low", "high"))
    period = Period(row["period_start"], row["period_end"], Measure(row["measure"]))
    return Level(
        row["indicator"], row["area"], row["categories"], period, float(row["value"]) * factor, low, high, row["price_basis"],
        row["accounting_basis"], row["stage"], row["known_from"], row["known_precision"], row["grade"],
        row["statement"] or observation_id(row), row["decimals"],
        row["qualifier"],
    )  # fmt: skip


@lru_cache(maxsize=256)
def _factor(unit: str, symbol: str) -> float:
    return float(parse_unit(unit).factor_to(parse_unit(symbol)))


def observation_id(row: Mapping[str, Any]) -> str:
    """The figure id of a row of `observations`, as passports name it."""
    days = (row["period_start"].isoformat(), row["period_end"].isoformat())
    parts = (row["indicator"], row["area"], row["categories"], *days, row["measure"], row["price_basis"], row["accounting_basis"], "")
    return "|".join(parts)


def provenance_of(levels: Iterable[Level]) -> Provenance:
    """The provenance of a result from that of the figures used; there is at least one."""
    used = list(levels)
    known_from = max(level.known_from for level in used)
    precisions = [level.known_precision for level in used if level.known_from == known_from]
    return Provenance(
        stage=STAGES[min(level.maturity for level in used)].value,
        known_from=known_from,
        known_precision=max(precisions, key=lambda each: _PRECISIONS.index(each) if each in _PRECISIONS else 0),
        grade=max((level.grade for level in used), key=lambda each: _GRADES.index(Grade(each))),
    )


def distinct(levels: Sequence[Level]) -> list[Level]:
    """Levels of one key without repetitions: of figures alike within the coarser one's rounding the finer one stays, at the latest stage.

    Two printings of one figure are one level; a revision is another.
    """
    kept: list[Level] = []
    for level in sorted(levels, key=lambda each: (-(each.decimals or 0), each.known_from, each.identity)):
        if not any(_repeats(level, finer) for finer in kept):
            kept.append(level)
    return sorted(kept, key=lambda each: (each.maturity, each.known_from, each.identity))


def _repeats(level: Level, finer: Level) -> bool:
    """Whether `level` is `finer` printed again, at most as precisely."""
    if level.value == finer.value:
        return True
    low, high = level.low, level.high
    return low is not None and high is not None and low <= finer.value <= high and (level.decimals or 0) < (finer.decimals or 0)
