"""From a target's words to what must be reached: which side counts, from which base, and what the words leave open.

Method sheet: docs/methods/0723-unstated-bases.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from guibiao.model.period import Measure, Period, at_end, year
from guibiao.model.unit import Unit, find_unit, parse_unit
from guibiao.policy.attainment_types import Base, Case, Seen, Words, Yardstick
from guibiao.reference.policies import PolicyTarget

Form = Literal["level", "sum", "difference", "multiple", "average growth", "growth", "rank"]
PERCENT = parse_unit("%")
_AVERAGE = re.compile(r"年均|平均每年")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Need:
    """What must hold: `threshold` in `unit`, reached from below (`upward`) or held from above, without equality where `strict`.

    `form` says what is compared: the level itself, the sum of the flows since the base, the difference from, multiple of or growth over
    the base, or a place in a ranking.
    """

    form: Form
    threshold: Decimal
    unit: Unit
    upward: bool
    strict: bool
    deadline: date
    starts: tuple[Period, ...] = ()
    """Periods the way may start from, in the order in which they are tried."""
    assumptions: tuple[Words, ...] = ()
    """What each start assumes; empty where the words name it."""

    def holds(self, amount: Decimal) -> bool:
        """Whether an amount of the form's kind satisfies the need."""
        if amount == self.threshold:
            return not self.strict
        return (amount > self.threshold) is self.upward


def deadline_of(case: Case) -> tuple[date | None, Words]:
    """The deadline written, or the document's last one with the remark that it is assumed."""
    if case.target.deadline is not None or case.horizon is None:
        return case.target.deadline, Words()
    number = case.horizon.year
    return case.horizon, Words(
        f"原文未写期限，按本文件最晚的目标期限{number}年计", f"no deadline is written: the last one of the document, {number}, is taken"
    )


def comparable(stated: str, unit: Unit, form: Form) -> Decimal | None:
    """Factor from the unit a target is stated in to the indicator's; None where they measure different things.

    A count of 个 may be of any kind of things counted, so it fits 家 and 座.
    """
    own = find_unit(stated)
    if own is None:
        return None
    if own.dimension == unit.dimension or (form == "difference" and own.is_point and unit.is_ratio):
        return Decimal(1).scaleb(own.power - unit.power)
    counts = [each.dimension[0][0] if len(each.dimension) == 1 else "" for each in (own, unit)]
    generic = {"count:个", "count:家", "count:项"}
    if all(name.startswith("count:") for name in counts) and generic & set(counts):
        return Decimal(1).scaleb(own.power - unit.power)
    return None


def need_of(case: Case, yardstick: Yardstick, deadline: date) -> Need | None:
    """What the target asks of this indicator; None where units do not fit."""
    target = case.target
    form = form_of(target, yardstick)
    factor = Decimal(1) if form in {"multiple", "average growth", "rank"} else comparable(target.unit, yardstick.unit, form)
    if form == "growth":
        factor = comparable(target.unit, PERCENT, form)
    if factor is None:
        return None
    upward = _upward(target, yardstick, form)
    value = target.value if upward or target.value_high is None else target.value_high
    threshold = _threshold(target, value, form) * factor
    starts, assumptions = _starts(case, yardstick, form, deadline)
    return Need(form, threshold, yardstick.unit, upward, target.operator in {">", "<"}, deadline, starts, assumptions)


def form_of(target: PolicyTarget, yardstick: Yardstick) -> Form:
    """How the words relate to the indicator's figures."""
    if target.kind == "ranking":
        return "rank"
    if target.operator == "multiple_of_base" or target.kind == "relative":
        return "multiple"
    if target.kind == "growth" and yardstick.indicator.nature.value == "growth" and not _AVERAGE.search(target.quote):
        return "level"
    if target.kind == "growth":
        return "average growth" if _AVERAGE.search(target.quote) else "growth"
    if target.kind == "increment":
        return "difference" if yardstick.is_stock or yardstick.unit.is_ratio else "sum"
    return "level"


def amount(form: Form, value: Seen, base: Base | None) -> tuple[Decimal, Decimal | None, Decimal | None]:
    """What is compared with the threshold, with its bounds; a base is needed for all forms but level and rank."""
    if form in {"level", "rank"} or base is None:
        return value.value, value.low, value.high
    if form in {"difference", "sum"}:
        return value.value - base.value, _less(value.low, base.high), _less(value.high, base.low)
    ratio, low, high = value.value / base.value, _part(value.low, base.high), _part(value.high, base.low)
    if form == "multiple":
        return ratio, low, high
    years = max(1, value.period.year - base.period.year) if form == "average growth" else 1
    return _growth(ratio, years), _growth_or_none(low, years), _growth_or_none(high, years)


def goal_level(need: Need, base: Base | None) -> Decimal | None:
    """The level of the indicator that satisfies the need."""
    if need.form in {"level", "rank"}:
        return need.threshold
    if base is None:
        return None
    if need.form in {"difference", "sum"}:
        return base.value + need.threshold
    if need.form == "multiple":
        return base.value * need.threshold
    years = max(1, need.deadline.year - base.period.year) if need.form == "average growth" else 1
    return base.value * (1 + need.threshold / 100) ** years


def stand_in(case: Case, need: Need, yardstick: Yardstick) -> Base | None:
    """The plan's own earlier target as the start of the way, where nothing was observed: 3500 in 2022, then 5000 in 2025."""
    before = [each for each in case.earlier if each.deadline is not None and each.deadline < need.deadline and each.kind == "level"]
    for earlier in sorted(before, key=lambda each: each.deadline or date.min, reverse=True):
        factor = comparable(earlier.unit, yardstick.unit, "level")
        if factor is not None and earlier.deadline is not None:
            value = earlier.value * factor
            return Base(_stand(yardstick, earlier.deadline), value, value, value, "earlier target")
    return None


def _upward(target: PolicyTarget, yardstick: Yardstick, form: Form) -> bool:
    if form == "rank":
        return False
    if target.operator in {"<", "<="}:
        return False
    return target.operator in {">", ">="} or yardstick.indicator.higher_is_better is not False


def _threshold(target: PolicyTarget, value: Decimal, form: Form) -> Decimal:
    """About 20 is 15 or more: half a unit of the last digit that is not zero."""
    if target.operator != "approx" or form == "rank":
        return value
    exponent = value.normalize().as_tuple().exponent
    return value - Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)


def _starts(case: Case, yardstick: Yardstick, form: Form, deadline: date) -> tuple[tuple[Period, ...], tuple[Words, ...]]:
    """Periods the way may start from, and what is assumed. A level needs none: its pace is counted from what was on file."""
    if form in {"level", "rank"}:
        return (), ()
    if yardstick.base is not None:
        return (yardstick.base,), (_said(yardstick.base, "工作区指定的基期", "the base set by the workspace"),)
    stated = _YEAR.findall(case.target.baseline)
    if stated:
        return (_stand(yardstick, date(int(stated[-1]), 12, 31)),), ()
    if form == "growth":
        return (_stand(yardstick, date(deadline.year - 1, 12, 31)),), ()
    dated = case.dated or deadline
    if form in {"difference", "sum"}:
        return _since(yardstick, dated, deadline)
    readings = _readings(case, yardstick, dated) if form == "multiple" else [(_before(yardstick, dated), *_YEAR_BEFORE)]
    words = [_said(period, chinese, english) for period, chinese, english in readings]
    return tuple(period for period, _zh, _en in readings), tuple(words)


_YEAR_BEFORE = ("原文未写基期，以文件发布前一年为基期", "no base is named: the year before the document is taken")
_FIRST_TARGET = ("原文未写基期，以本文件上一期目标的年份为基期", "no base is named: the year of the document's earlier target is taken")


def _readings(case: Case, yardstick: Yardstick, dated: date) -> list[tuple[Period, str, str]]:
    """Readings of a multiple without a base, in the order of the parameters."""
    known = [each.deadline for each in case.earlier if each.deadline is not None]
    found = []
    for reading in case.parameters.unstated_base:
        if reading == "first_target" and known:
            found.append((_stand(yardstick, min(known)), *_FIRST_TARGET))
        elif reading == "year_before":
            found.append((_before(yardstick, dated), *_YEAR_BEFORE))
    return found


def _since(yardstick: Yardstick, dated: date, deadline: date) -> tuple[tuple[Period, ...], tuple[Words, ...]]:
    """An increment of the document's year or the next is that year's; a later one counts from the document's year on."""
    own = deadline.year - dated.year <= 1
    start = date((deadline if own else dated).year - 1, 12, 31)
    period = _stand(yardstick, start)
    if own:
        return (period,), ()
    return (period,), (_said(period, "原文未写起点，从文件发布当年起累计", "no start is named: counted from the year of the document on"),)


def _before(yardstick: Yardstick, dated: date) -> Period:
    return _stand(yardstick, date(dated.year - 1, 12, 31))


def _stand(yardstick: Yardstick, day: date) -> Period:
    """The year that ends on a day, or the day itself for a stock."""
    return at_end(day.year, day.month) if yardstick.is_stock else year(day.year)


def base_among(seen: Sequence[Seen], start: Period, tolerance: int) -> Seen | None:
    """The observation that stands for the start: the same year, or for a stock the nearest day within the tolerance."""
    if start.measure is Measure.AT_END:
        near = [each for each in seen if each.period.measure is Measure.AT_END and abs((each.period.end - start.end).days) <= tolerance]
        return min(near, key=lambda each: (abs((each.period.end - start.end).days), each.period.end), default=None)
    same = [each for each in seen if each.period.start == start.start and each.period.end == start.end]
    return max(same, key=lambda each: each.known_from, default=None)


def _said(period: Period, chinese: str, english: str) -> Words:
    name = str(period.end.year) if period.end.month == 12 else f"{period.end:%Y-%m}"
    return Words(f"{chinese}（{name}年）" if period.end.month == 12 else f"{chinese}（{name}）", f"{english} ({name})")


def _less(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else left - right


def _part(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None or right <= 0 else left / right


def _growth(ratio: Decimal, years: int) -> Decimal:
    return 100 * (ratio ** (Decimal(1) / years) - 1) if ratio > 0 else Decimal(-100)


def _growth_or_none(ratio: Decimal | None, years: int) -> Decimal | None:
    return None if ratio is None else _growth(ratio, years)
