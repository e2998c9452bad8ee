"""Prospects of targets: simulated values at the deadline from the annual figures known on a day, for the probability of each target.

Composes the rooms `policy` (what a target asks, which figures stand for what) and `series` (simulated futures). Nothing known later than
the day takes part. Method sheet: docs/methods/0634-probability-of-targets.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Nature
from guibiao.policy.attainment_figures import Sight, crossed, is_whole, sight
from guibiao.policy.attainment_goals import deadline_of, need_of
from guibiao.policy.attainment_types import Case, Draws, Seen, Words, Yardstick
from guibiao.reference.series.forecast import Scale, SimulationSpecification

if TYPE_CHECKING:
    from guibiao.series.forecasting.short_series import Values

ANNUAL_HORIZON = 30
"""Farther deadlines are not simulated."""
NOTHING = Words()


@dataclass(frozen=True, slots=True)
class Prospect:
    """What can be said of a target's future: draws for the verdict, or the reason why there are none (or no earlier figures in them).

    `periods` are the annual figures used, oldest first.
    """

    draws: Draws | None = None
    reason: Words = NOTHING
    periods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _History:
    """Annual figures of consecutive years on one basis, brought over linked breaks, oldest first."""

    seen: tuple[Seen, ...]
    values: tuple[float, ...]
    cut: Words = NOTHING

    @property
    def last(self) -> int:
        return self.seen[-1].period.end.year


class _NoProspect(Exception):
    """A prospect cannot be given; carries the reason."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.words = Words(zh, en)


def with_prospect(case: Case, as_of: date, specification: SimulationSpecification | None = None) -> Case:
    """The case with simulated values at its deadline, or with the reason why there are none."""
    found = prospect_of(case, as_of, specification)
    return replace(case, draws=found.draws, unforecast=found.reason)


def draws_of_targets(cases: Iterable[Case], as_of: date, specification: SimulationSpecification | None = None) -> Mapping[str, Prospect]:
    """The prospect of every case, by target id."""
    return {case.target.id: prospect_of(case, as_of, specification) for case in cases}


def prospect_of(case: Case, as_of: date, specification: SimulationSpecification | None = None) -> Prospect:
    """The prospect of a target as of a day: of its first measure that has annual figures enough."""
    deadline, _assumed = deadline_of(case)
    if deadline is None or not case.yardsticks:
        return Prospect(reason=Words("没有衡量它的指标或没有期限", "no indicator measures it, or it has no deadline"))
    if as_of > deadline:
        return Prospect(reason=Words("期限已过，不再预测", "the deadline is past: nothing is forecast"))
    if case.every and len(case.yardsticks) > 1:
        return Prospect(reason=Words("须各地区或各指标都达到，不合成一个概率", "all areas or measures must reach it: no one probability"))
    first: Words | None = None
    for yardstick in case.yardsticks:
        try:
            return _of_one(case, yardstick, deadline, as_of, specification or SimulationSpecification())
        except _NoProspect as none:
            first = first or none.words
    return Prospect(reason=first or Words())


def _of_one(case: Case, yardstick: Yardstick, deadline: date, as_of: date, specification: SimulationSpecification) -> Prospect:
    need = need_of(case, yardstick, deadline)
    if need is None:
        raise _NoProspect("目标与指标的单位不是一类", "the units of target and indicator are of different kinds")
    if need.form == "rank":
        raise _NoProspect("位次取决于其他地区，不模拟", "a place depends on other areas: not simulated")
    at = sight(case, yardstick, need, as_of)
    history = _history(at, specification.least)
    horizon = deadline.year - history.last
    if horizon < 1:
        raise _NoProspect("期限那一年的数已有，不必预测", "the figure of the deadline is on file")
    if horizon > ANNUAL_HORIZON:
        raise _NoProspect(f"期限在{horizon}年之后，过远", f"the deadline is {horizon} years away: too far")
    paths = _paths(yardstick, history, horizon, specification)
    by_model = {name: _at_deadline(at, history, each) for name, each in paths.items()}
    bases = _bases_ahead(at, history, paths)
    draws = Draws(
        indicator=yardstick.indicator.id, area=yardstick.area, by_model=by_model, bases=bases, points=len(history.values),
        few=len(history.values) < specification.enough,
    )  # fmt: skip
    return Prospect(draws, history.cut, tuple(str(each.period) for each in history.seen))


def _history(at: Sight, least: int) -> _History:
    """The last run of consecutive years on the last figure's basis, after its last break without a link."""
    whole = [each for each in at.latest if is_whole(at.yardstick, each)]
    if not whole:
        raise _NoProspect("没有年度数", "there are no annual figures")
    last = whole[-1]
    if last.period.end.month != at.need.deadline.month:
        raise _NoProspect("期限与历年数不在同一月份", "deadline and annual figures are not of the same month")
    run, why = _run(at, whole, last)
    if len(run) < least:
        cut = f"（{why.zh}）" if why else ""
        told = f" ({why.en})" if why else ""
        raise _NoProspect(
            f"可比的年度数只有{len(run)}个，少于{least}个{cut}", f"only {len(run)} comparable annual figures, under {least}{told}"
        )
    return _History(tuple(run), tuple(float(each.value) * _link(at.yardstick, each, last) for each in run), why)


def _run(at: Sight, whole: Sequence[Seen], last: Seen) -> tuple[list[Seen], Words]:
    """Figures backwards from the last one, year by year; where they end early, why."""
    alike = {each.period.end.year: each for each in whole if _comparable(each, last)}
    other = {each.period.end.year for each in whole} - alike.keys()
    run = [last]
    while (year := run[0].period.end.year - 1) in alike:
        earlier = alike[year]
        if any(not each.link for each in crossed(at.yardstick, earlier.period.end, last.period.end)):
            return run, Words("更早的数在口径改变之前", "earlier figures lie before a change of definition")
        run.insert(0, earlier)
    if year in other:
        return run, Words("更早的数口径不同", "earlier figures are on another basis")
    before = any(each.period.end.year < year for each in whole)
    return run, Words(f"缺{year}年的数", f"no figure for {year}") if before else Words()


def _comparable(seen: Seen, last: Seen) -> bool:
    """Same basis, and for stocks the same kind of period in the same month."""
    same = (seen.accounting_basis, seen.price_basis) == (last.accounting_basis, last.price_basis)
    return same and seen.period.measure is last.period.measure and seen.period.end.month == last.period.end.month


def _link(yardstick: Yardstick, seen: Seen, last: Seen) -> float:
    factor = 1.0
    for each in crossed(yardstick, seen.period.end, last.period.end):
        factor *= float(each.link)
    return factor


def _paths(yardstick: Yardstick, history: _History, horizon: int, specification: SimulationSpecification) -> Mapping[str, Values]:
    from guibiao.series.forecasting.simulation import simulate

    try:
        found = simulate(history.values, horizon, replace(specification, scale=_scale(yardstick, history.values, specification.scale)))
    except BadRequest:
        raise _NoProspect("各年数没有变化，估计不出误差", "the annual figures do not vary: no error can be estimated") from None
    return found.paths


def _scale(yardstick: Yardstick, values: Sequence[float], wanted: Scale) -> Scale:
    """Shares within 0 and 100 on logits, growth rates on levels, positive levels on logarithms."""
    if wanted != "auto":
        return wanted
    nature = yardstick.indicator.nature
    if nature is Nature.SHARE and yardstick.unit.symbol == "%" and all(0 < each < 100 for each in values):
        return "logit"
    return "level" if nature in {Nature.SHARE, Nature.GROWTH} else "auto"


def _at_deadline(at: Sight, history: _History, paths: Values) -> Sequence[float]:
    """Simulated values of what the need compares: the level at the deadline, or the flows added up from the start on."""
    if at.need.form != "sum":
        return list(paths[:, -1].tolist())
    first = at.need.starts[0].year + 1
    known = {each.period.end.year: value for each, value in zip(history.seen, history.values, strict=True)}
    missing = [year for year in range(first, history.last + 1) if year not in known]
    if missing:
        raise _NoProspect(f"缺{missing[0]}年的数，累计不全", f"no figure for {missing[0]}: the sum is incomplete")
    so_far = sum(known[year] for year in range(first, history.last + 1))
    ahead = max(first - history.last - 1, 0)
    return list((so_far + paths[:, ahead:].sum(axis=1)).tolist())


def _bases_ahead(at: Sight, history: _History, paths: Mapping[str, Values]) -> Mapping[str, Sequence[float]]:
    """The figure the goal is counted from on each path, where it lies after the last one on file; else nothing."""
    if at.need.form in {"level", "sum"} or not at.need.starts:
        return {}
    ahead = at.need.starts[0].end.year - history.last
    if ahead < 1:
        return {}
    return {name: list(each[:, ahead - 1].tolist()) for name, each in paths.items()}
