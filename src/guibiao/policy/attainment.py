"""Attainment of a target as of a day, from the observations known by then. Pure: a case in, an outcome out.

Before the deadline on pace, behind or out of reach; after it met or missed; at any time no data, or not measurable as worded.
Method sheet: docs/methods/0721-attainment-of-targets.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

from guibiao.policy.attainment_chances import with_chance
from guibiao.policy.attainment_figures import (
    Refusal,
    Sight,
    accumulated,
    base_of,
    base_of_level,
    break_words,
    early_proof,
    figure_at_deadline,
    is_part_of_deadline_year,
    is_whole,
    last_figure,
    other_readings,
    reading_of,
    sight,
)
from guibiao.policy.attainment_goals import Need, amount, deadline_of, goal_level, need_of, stand_in
from guibiao.policy.attainment_types import WORST_FIRST, Base, Case, Outcome, Seen, Status, Yardstick
from guibiao.policy.attainment_words import grounds, other_reading, sentence
from guibiao.policy.paths import Pace, Point, Shape, judge_pace, required_growth, shape_of, years_between

_UNDECIDED = {Status.NO_DATA, Status.NOT_MEASURABLE}
_DECIDED = {"final", "reached", "reached_early", "pace"}
_NEVER_COMPARABLE = {"basis", "break"}
Certainty = Literal["yes", "no", "open"]


def judge(case: Case, as_of: date) -> Outcome:
    """The verdict on a target as of a day. Observations known later than that day never take part."""
    deadline, assumed = deadline_of(case)
    reason = "no_deadline" if deadline is None else "no_indicator"
    outcome = Outcome(status=Status.NOT_MEASURABLE, reason=reason, deadline=deadline)
    if deadline is not None and case.yardsticks:
        parts = [_judge_one(case, yardstick, deadline, as_of) for yardstick in case.yardsticks]
        outcome = _worst(parts) if case.every else _first(parts)
    if assumed:
        outcome = replace(outcome, assumptions=(assumed, *outcome.assumptions))
    outcome = with_chance(case, outcome)
    return replace(outcome, grounds=grounds(case, outcome), sentence=sentence(case, as_of, outcome))


def _first(parts: Sequence[Outcome]) -> Outcome:
    """The first with a verdict, else the first that has a figure to show."""
    decided = next((part for part in parts if part.status not in _UNDECIDED), None)
    return decided or next((part for part in parts if part.value is not None), parts[0])


def _worst(parts: Sequence[Outcome]) -> Outcome:
    worst = min(parts, key=lambda part: WORST_FIRST.index(part.status))
    missing = tuple(part.area for part in parts if part.status is Status.NO_DATA)
    return replace(worst, missing=missing, certain=all(part.certain for part in parts if part.status is worst.status))


def _judge_one(case: Case, yardstick: Yardstick, deadline: date, as_of: date) -> Outcome:
    """One indicator in one area."""
    need = need_of(case, yardstick, deadline)
    blank = Outcome(
        status=Status.NOT_MEASURABLE, reason="unit", deadline=deadline, unit=yardstick.unit, area=yardstick.area,
        indicator=yardstick.indicator.id,
    )  # fmt: skip
    if need is None:
        return blank
    blank = replace(blank, status=Status.NO_DATA, reason="no_observation")
    at = sight(case, yardstick, need, as_of)
    if not at.latest:
        goal = need.threshold if need.form in {"level", "rank"} else None
        return _read(at, _with_plan(at, replace(blank, goal=goal)))
    judged = (_after if as_of > deadline else _before)(at, blank)
    return _read(at, _with_plan(at, judged))


def _read(at: Sight, outcome: Outcome) -> Outcome:
    """The outcome with the reading of the words it rests on, and what other readings of them would give."""
    taken = reading_of(at, outcome.base)
    said = [taken] if taken else []
    decided = outcome.value is not None and outcome.reason in _DECIDED
    for words, base in other_readings(at, outcome.value, outcome.base) if decided and outcome.value else ():
        reached = at.need.holds(amount(at.need.form, outcome.value, base)[0]) if outcome.value and base else None
        said.append(other_reading(words, reached))
    return replace(outcome, assumptions=tuple(said))


def _after(at: Sight, blank: Outcome) -> Outcome:
    """Met or missed, by the figure that stands for the deadline."""
    final = figure_at_deadline(at)
    proof = early_proof(at) if final is None else None
    value = final or proof
    if value is None:
        return _without_final(at, blank, None)
    based = base_of(at, value)
    if isinstance(based, Refusal):
        return _without_final(at, blank, None) if final is None else _refused(blank, based, value)
    base, remarks = based
    certainty = _certainty(at.need, value, base)
    if final is None and certainty != "yes":
        return _without_final(at, blank, base)
    if certainty == "open" and _open_ended(at.need, value):
        return _measured(at, replace(blank, reason="open_interval", value=value, remarks=remarks), base)
    met = certainty == "yes" or at.need.holds(amount(at.need.form, value, base)[0])
    judged = replace(
        blank,
        status=Status.MET if met else Status.MISSED,
        reason="reached_early" if final is None else "final",
        certain=certainty != "open",
        value=value,
        remarks=remarks,
    )
    return _measured(at, judged, base or base_of_level(at, value))


def _before(at: Sight, blank: Outcome) -> Outcome:
    """On pace, behind or out of reach, by the last figure and the base it is counted from."""
    reached = _reached(at, blank)
    if reached is not None:
        return reached
    value = last_figure(at)
    if value is None:
        return replace(blank, reason="no_comparable_period", value=at.latest[-1], goal=goal_level(at.need, None))
    based = base_of(at, value)
    if isinstance(based, Refusal):
        return _refused(blank, based, value)
    base, remarks = based
    if at.need.form == "rank":
        return _measured(at, replace(blank, status=Status.BEHIND, reason="rank", value=value, remarks=remarks), None)
    start = base or base_of_level(at, value)
    goal = goal_level(at.need, start)
    if start is None or goal is None or start.period.end >= value.period.end:
        return _single(at, replace(blank, reason="single_observation", value=value, remarks=remarks), goal)
    pace = _pace(at, start, value, goal)
    return _measured(at, replace(blank, status=Status(pace.verdict), reason="pace", value=value, remarks=remarks, pace=pace), start)


def _single(at: Sight, outcome: Outcome, goal: Decimal | None) -> Outcome:
    """One figure alone: what is still needed from it can be told, a pace cannot."""
    value = outcome.value
    assert value is not None
    if goal is None:
        return outcome
    base = Base(value.period, value.value, value.low, value.high)
    shape = shape_of(_shape(at.case), float(value.value), float(goal))
    years = years_between(value.period.end, at.need.deadline)
    asked = required_growth(float(value.value), float(goal), years) if shape == "geometric" else None
    return replace(outcome, goal=goal, gap=_gap(at.need, goal, value), base=base, required_growth=asked, shape=shape)


def _reached(at: Sight, blank: Outcome) -> Outcome | None:
    """On pace by a figure that is at its goal before the time; a part of the deadline's year may be enough."""
    whole = last_figure(at)
    parts = [each for each in at.latest if is_part_of_deadline_year(at, each)] if at.need.form == "level" else []
    for value in (each for each in (whole, *parts[-1:]) if each is not None):
        based = base_of(at, value)
        if isinstance(based, Refusal):
            continue
        base, remarks = based
        certainty = _certainty(at.need, value, base)
        if certainty == "yes" or (certainty == "open" and at.need.holds(amount(at.need.form, value, base)[0])):
            judged = replace(blank, status=Status.ON_PACE, reason="reached", value=value, remarks=remarks, certain=certainty == "yes")
            return _measured(at, judged, base or base_of_level(at, value))
    return None


def _without_final(at: Sight, blank: Outcome, base: Base | None) -> Outcome:
    """No figure stands for the deadline: the last one before it is shown, with the breaks that keep later ones apart."""
    earlier = [each for each in at.latest if each.period.end <= at.need.deadline and is_whole(at.yardstick, each)]
    last = accumulated(at) if at.need.form == "sum" else earlier[-1] if earlier else None
    goal = goal_level(at.need, base) if at.need.form != "sum" else at.need.threshold
    remarks = break_words(at.yardstick.indicator.breaks)
    return replace(blank, reason="no_observation_at_deadline", value=last, goal=goal, gap=_gap(at.need, goal, last), remarks=remarks)


def _refused(blank: Outcome, refusal: Refusal, value: Seen) -> Outcome:
    status = Status.NOT_MEASURABLE if refusal.reason in _NEVER_COMPARABLE else Status.NO_DATA
    return replace(blank, status=status, reason=refusal.reason, value=value, remarks=refusal.remarks)


def _measured(at: Sight, judged: Outcome, base: Base | None) -> Outcome:
    """Goal, gap, growth seen and required, path: what the figures allow."""
    value = judged.value
    assert value is not None
    goal = goal_level(at.need, base)
    judged = replace(judged, goal=goal, base=base, gap=_gap(at.need, goal, value))
    partial = at.need.form != "sum" and not is_whole(at.yardstick, value)
    if base is None or goal is None or at.need.form == "rank" or partial or base.period.end >= value.period.end:
        return judged
    start = (base.period.end, float(base.value))
    origin = (value.period.end, float(value.value)) if judged.reason == "pace" else start
    shape = shape_of(_shape(at.case), float(base.value), float(value.value), float(goal))
    judged = replace(judged, pace=judged.pace or _pace(at, base, value, goal), shape=shape)
    if shape == "linear":
        return judged
    return replace(
        judged,
        growth_seen=required_growth(start[1], float(value.value), years_between(start[0], value.period.end)),
        required_growth=required_growth(origin[1], float(goal), years_between(origin[0], at.need.deadline)),
    )


def _with_plan(at: Sight, outcome: Outcome) -> Outcome:
    """What growth the plan's own earlier target asks for, where no observed base tells it: 3500 in 2022, 5000 in 2025."""
    if outcome.required_growth is not None or outcome.base is not None or at.need.form not in {"level", "multiple"}:
        return outcome
    base = stand_in(at.case, at.need, at.yardstick)
    goal = goal_level(at.need, base)
    if base is None or goal is None:
        return outcome
    asked = required_growth(float(base.value), float(goal), years_between(base.period.end, at.need.deadline))
    shape = shape_of(_shape(at.case), float(base.value), float(goal))
    return replace(outcome, base=base, goal=goal, required_growth=asked, shape=shape)


def _pace(at: Sight, base: Base, value: Seen, goal: Decimal) -> Pace:
    points = (
        Point(base.period.end, float(base.value)),
        Point(value.period.end, float(value.value)),
        Point(at.need.deadline, float(goal)),
    )
    return judge_pace(_shape(at.case), *points, at.need.upward, at.case.parameters)


def _shape(case: Case) -> Shape:
    return "geometric" if case.target.kind in case.parameters.geometric else "linear"


def _certainty(need: Need, value: Seen, base: Base | None) -> Certainty:
    """Whether the need holds for every true value the figure allows, for none, or for some.

    A figure that is itself worded as a bound (超过5000) satisfies a goal of more than that bound.
    """
    middle, low, high = amount(need.form, value, base)
    near, far = (low, high) if need.upward else (high, low)
    asked = replace(need, strict=False) if _open_ended(need, value) else need
    if near is not None and asked.holds(near):
        return "yes"
    if low == high == middle:
        return "no"
    return "no" if far is not None and not need.holds(far) else "open"


def _open_ended(need: Need, value: Seen) -> bool:
    """The figure says only a bound (超过15): it cannot tell whether a goal beyond it is reached."""
    return (value.high is None) if need.upward else (value.low is None)


def _gap(need: Need, goal: Decimal | None, value: Seen | None) -> Decimal | None:
    if goal is None or value is None:
        return None
    return goal - value.value if need.upward else value.value - goal
