"""Contribution and pull of a part over every admissible choice of base-year levels.

Method sheet: docs/methods/0302-contribution-range.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guibiao.measure.levels import Level, distinct


@dataclass(frozen=True, slots=True)
class ContributionSpec:
    """`across_bases`: also divide by the change of the whole on another accounting basis; each change stays on one basis."""

    across_bases: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One admissible choice. `implied` is the published growth that gave the part's base, None where the base was published.

    `value` with its rounding interval `low`, `high` (None where open) is in %, or in percentage points for a pull.
    """

    value: float
    low: float | None
    high: float | None
    part: Level
    part_base: Level | None
    implied: Level | None
    whole: Level | None
    whole_base: Level
    crossed: bool

    @property
    def levels(self) -> tuple[Level, ...]:
        """Published figures the choice rests on."""
        used = (self.part, self.part_base, self.implied, self.whole, self.whole_base)
        return tuple(level for level in used if level is not None)


@dataclass(frozen=True, slots=True)
class ContributionResult:
    """Every choice by value; `unbounded` counts those left out because the whole may not have changed at all."""

    contributions: tuple[Choice, ...]
    pulls: tuple[Choice, ...]
    unbounded: int


Interval = tuple[float, float]
_Change = tuple[float, Interval, Level, Level | None, Level | None]


def contribution_range(
    part: Sequence[Level],
    part_base: Sequence[Level],
    growth: Sequence[Level],
    whole: Sequence[Level],
    whole_base: Sequence[Level],
    spec: ContributionSpec,
) -> ContributionResult:
    """100 dD / dY and 100 dD / Y0 for one area and period.

    `part` and `whole` are all published levels of the period, the bases those of the period before, `growth` published growth of the
    part in %. A base is admissible for a level on its own accounting basis and at a stage at least as finished; the base implied by
    growth D1 / (1 + g) for the level whose stage it shares. A pull needs the earlier share and so never crosses accounting bases.
    """
    changes = list(_changes_of_part(distinct(part), distinct(part_base), growth))
    wholes = [(level, base) for level in distinct(whole) for base in distinct(whole_base) if _admissible(level, base)]
    bases: dict[str, Level] = {base.identity: base for _level, base in wholes}
    contributions, unbounded = [], 0
    for change in changes:
        for level, base in wholes:
            if level.accounting_basis != change[2].accounting_basis and not spec.across_bases:
                continue
            choice = _contribution(change, level, base)
            contributions += [choice] if choice else []
            unbounded += choice is None
    pulls = [_pull(change, base) for change in changes for base in bases.values() if base.accounting_basis == change[2].accounting_basis]
    return ContributionResult(_ordered(contributions), _ordered(pulls), unbounded)


def _ordered(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    return tuple(sorted(choices, key=lambda choice: (choice.value, [level.identity for level in choice.levels])))


def _admissible(level: Level, base: Level) -> bool:
    return level.accounting_basis == base.accounting_basis and base.maturity >= level.maturity


def _changes_of_part(levels: Sequence[Level], bases: Sequence[Level], growth: Sequence[Level]) -> Iterator[_Change]:
    """Value and rounding interval of each admissible change, the level, its published base and the growth that implies one."""
    for level in levels:
        low, high = _interval(level)
        for base in bases:
            if _admissible(level, base):
                base_low, base_high = _interval(base)
                yield level.value - base.value, (low - base_high, high - base_low), level, base, None
        for rate in growth:
            if rate.accounting_basis == level.accounting_basis and rate.stage == level.stage and rate.value > -100:
                yield _growth_part(level.value, rate.value), _implied_interval((low, high), _interval(rate)), level, None, rate


def _growth_part(level: float, rate: float) -> float:
    return level * rate / (100 + rate)


def _implied_interval(level: Interval, rate: Interval) -> Interval:
    ends = [_growth_part(value, max(each, -99.9)) for value in level for each in rate]
    return min(ends), max(ends)


def _interval(level: Level) -> Interval:
    """Rounding interval; an open side is taken at the value."""
    return level.value if level.low is None else level.low, level.value if level.high is None else level.high


def _contribution(change: _Change, level: Level, base: Level) -> Choice | None:
    """None where the rounding interval of the whole's change holds zero."""
    value, ends, part, part_base, rate = change
    (low, high), (base_low, base_high) = _interval(level), _interval(base)
    whole = (low - base_high, high - base_low)
    if whole[0] <= 0 <= whole[1]:
        return None
    quotients = [100 * top / bottom for top in ends for bottom in whole]
    crossed = level.accounting_basis != part.accounting_basis
    exact = 100 * value / (level.value - base.value)
    return Choice(exact, min(quotients), max(quotients), part, part_base, rate, level, base, crossed)


def _pull(change: _Change, base: Level) -> Choice:
    value, ends, part, part_base, rate = change
    quotients = [100 * top / bottom for top in ends for bottom in _interval(base)]
    return Choice(100 * value / base.value, min(quotients), max(quotients), part, part_base, rate, None, base, False)
