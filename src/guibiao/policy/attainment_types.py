"""What attainment is judged from and what comes out: figures seen, the measure of a target, the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from guibiao.model.indicator import Indicator
from guibiao.model.period import Measure, Period
from guibiao.model.unit import Unit, parse_unit
from guibiao.policy.paths import Pace, Shape
from guibiao.reference.attainment import AttainmentParameters
from guibiao.reference.policies import PolicyTarget


class Status(StrEnum):
    """As of a day: the first three before the deadline, the next two after it, the last two at any time."""

    ON_PACE = "on_pace"
    BEHIND = "behind"
    OUT_OF_REACH = "out_of_reach"
    MET = "met"
    MISSED = "missed"
    NO_DATA = "no_data"
    NOT_MEASURABLE = "not_measurable"


WORST_FIRST = (
    Status.MISSED, Status.OUT_OF_REACH, Status.NOT_MEASURABLE, Status.NO_DATA, Status.BEHIND, Status.ON_PACE, Status.MET,
)  # fmt: skip
"""Of several parts that must all reach a target, the worst decides."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation in the indicator's unit; `low` or `high` is None where that side is open."""

    area: str
    period: Period
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    known_from: date
    source: str = ""
    stage: str = ""
    accounting_basis: str = ""
    price_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """An indicator with the observations of one area on it, known by the day asked."""

    indicator: Indicator
    area: str
    area_zh: str = ""
    area_en: str = ""
    seen: Sequence[Seen] = ()
    base: Period | None = None
    """Where the way starts, if the workspace says so."""

    @property
    def unit(self) -> Unit:
        return parse_unit(self.indicator.unit)

    @property
    def is_stock(self) -> bool:
        return self.indicator.measure is Measure.AT_END


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Simulated values at the deadline by model, in the unit of the indicator, from the figures of one area known by the day.

    `bases` holds, path by path, the figure the goal is counted from, where that figure lies ahead too. `points` is the number of annual
    figures they rest on; `few` says that they are too few to tell the models apart.
    """

    indicator: str
    area: str
    by_model: Mapping[str, Sequence[float]]
    bases: Mapping[str, Sequence[float]] = field(default_factory=dict)
    points: int = 0
    few: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A target as it is judged on a day.

    `yardsticks` are one a measure and area: `every` says that all must reach the target, otherwise the first with a verdict counts.
    `earlier` are targets of the same document on the same indicator due earlier, `horizon` the last deadline the document names.
    `draws` are simulated values at the deadline; `unforecast` says why there are none, or why they rest on no earlier figures.
    """

    target: PolicyTarget
    document: str
    dated: date | None
    yardsticks: tuple[Yardstick, ...] = ()
    every: bool = False
    earlier: tuple[PolicyTarget, ...] = ()
    horizon: date | None = None
    holder_zh: str = ""
    """Office that holds the figure where it is not on file."""
    holder_en: str = ""
    parameters: AttainmentParameters = field(default_factory=AttainmentParameters)
    draws: Draws | None = None
    unforecast: Words = Words()


@dataclass(frozen=True, slots=True)
class Base:
    """Where the way starts. `kind` is `observed`, `earlier target` or `zero` for what is counted from nothing."""

    period: Period
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    kind: str = "observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Verdict on one target as of a day. Values are in `unit`; growth is in % a year, None where it cannot be told."""

    status: Status
    reason: str
    deadline: date | None = None
    unit: Unit | None = None
    area: str = ""
    indicator: str = ""
    certain: bool = True
    goal: Decimal | None = None
    value: Seen | None = None
    base: Base | None = None
    shape: Shape | None = None
    pace: Pace | None = None
    required_growth: float | None = None
    growth_seen: float | None = None
    gap: Decimal | None = None
    probability: float | None = None
    """Of reaching the goal in time: all models in equal parts."""
    by_model: Mapping[str, float] = field(default_factory=dict)
    points: int = 0
    """Annual figures the probability rests on."""
    few: bool = False
    """Too few of them to tell the models apart."""
    unforecast: Words = Words()
    """Why there is no probability; beside one, why it rests on no earlier figures."""
    missing: tuple[str, ...] = ()
    assumptions: tuple[Words, ...] = ()
    remarks: tuple[Words, ...] = ()
    grounds: Words = Words()
    """Why the status is so, without the figure and the verdict."""
    sentence: Words = Words()
