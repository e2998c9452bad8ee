"""The blocks of a plan at one key: figures on file, sums, months from cumulative figures, means of stocks, indices."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from guibiao.language import intervals
from guibiao.language.lookup import Key, Lookup
from guibiao.language.outcome import Missing, Reason, Step
from guibiao.language.plan import Block, Chain, Index, MonthFromCumulative, PerStock, Plan, Scan, SumOver, scans
from guibiao.language.season import moved
from guibiao.model.category import TOTAL, category_key
from guibiao.model.period import Measure, Period, to_date
from guibiao.model.quantity import exact
from guibiao.model.unit import NUMBER

Run = Callable[[Plan, Key, Lookup], Step]


def evaluate_block(plan: Block, key: Key, lookup: Lookup, run: Run) -> Step:
    """One block at a key; `run` evaluates its inputs."""
    if isinstance(plan, Scan):
        return _scan(plan, key, lookup)
    if isinstance(plan, SumOver):
        return _sum_over(plan, key, lookup, run)
    if isinstance(plan, MonthFromCumulative):
        return _month_from_cumulative(plan, key, lookup, run)
    if isinstance(plan, PerStock):
        return _per_stock(plan, key, lookup, run)
    if isinstance(plan, Index):
        return _index(plan, key, lookup, run)
    return _chain(plan, key, lookup, run)


def _absent(plan: Plan, key: Key, parts: tuple[Step, ...] = (), reason: Reason = Reason.ABSENT) -> Step:
    return Step(plan.text, key, parts=parts, missing=Missing(reason, plan.text, key))


def _scan(plan: Scan, key: Key, lookup: Lookup) -> Step:
    type_ = plan.type
    period = Period(key.period.start, key.period.end, type_.measure) if type_.measure is Measure.AVERAGE else key.period
    codes = dict(key.categories)
    own = replace(key, period=period, categories=tuple((name, codes[name]) for name in type_.dimensions))
    observations = [
        observed
        for observed in lookup.find(plan.indicator, key.area, category_key(dict(own.categories)), period)
        if observed.price_basis == type_.price_basis and observed.quantity.unit.symbol == type_.unit.symbol
    ]
    wanted = key.accounting_basis if type_.carries_accounting else ""
    for observed in observations:
        if observed.accounting_basis == wanted:
            return Step(plan.text, own, observed.quantity, observation=observed)
    bases = tuple(sorted({observed.accounting_basis for observed in observations}))
    reason = Reason.BASIS if bases else Reason.ABSENT
    return Step(plan.text, own, missing=Missing(reason, plan.text, own, bases))


def _sum_over(plan: SumOver, key: Key, lookup: Lookup, run: Run) -> Step:
    keys = _keys_over_time(plan, key) if plan.over == "time" else _keys_over_codes(plan, key, lookup)
    steps = [run(plan.operand, each, lookup) for each in keys]
    found = tuple(step for step in steps if step.found)
    if not found:
        return Step(plan.text, key, parts=tuple(steps)) if steps else _absent(plan, key)
    if plan.parts not in {0, len(found)}:
        return _absent(plan, key, tuple(steps), Reason.PARTS)
    quantity = intervals.total([step.quantity for step in found if step.quantity is not None])
    return Step(plan.text, key, replace(quantity, unit=plan.type.unit), found)


def _keys_over_codes(plan: SumOver, key: Key, lookup: Lookup) -> list[Key]:
    codes: set[str] = set()
    for scan in scans(plan.operand):
        if plan.over == "area" or plan.over in scan.type.dimensions:
            codes.update(lookup.codes(scan.indicator, plan.over))
    summed = sorted(code for code in codes - {TOTAL, *plan.exclude} if code.startswith(plan.within))
    return [replace(key, area=code) if plan.over == "area" else key.with_category(plan.over, code) for code in summed]


def _keys_over_time(plan: SumOver, key: Key) -> list[Key]:
    period = key.period
    if not (period.is_year and period.measure is Measure.DURING):
        return []
    length = 12 // plan.parts
    ends = range(length, 13, length)
    return [replace(key, period=Period(date(period.year, end - length + 1, 1), _month_end(period.year, end))) for end in ends]


def _month_from_cumulative(plan: MonthFromCumulative, key: Key, lookup: Lookup, run: Run) -> Step:
    period = key.period
    whole_months = period.months is not None and period.start.year == period.end.year and period.measure is Measure.DURING
    if not whole_months:
        return _absent(plan, key)

    def cumulative(last_month: int) -> Step:
        return run(plan.operand, replace(key, period=to_date(period.year, last_month)), lookup)

    first, last = period.start.month, period.end.month
    if any(cumulative(month).found for month in range(first, last)):
        return _absent(plan, key)
    later = cumulative(last)
    if first == 1:
        return replace(later, text=plan.text, parts=(later,), observation=None) if later.found else Step(plan.text, key, parts=(later,))
    earlier = cumulative(first - 1)
    if later.quantity is None or earlier.quantity is None:
        return Step(plan.text, key, parts=(later, earlier))
    quantity = replace(later.quantity + -earlier.quantity, unit=plan.type.unit)
    return Step(plan.text, key, quantity, (later, earlier))


def _per_stock(plan: PerStock, key: Key, lookup: Lookup, run: Run) -> Step:
    before = key.period.start - timedelta(days=1)
    moments = [Period(day, day, Measure.AT_END) for day in (before, key.period.end)]
    flow = run(plan.flow, key, lookup)
    stocks = [run(plan.stock, replace(key, period=moment), lookup) for moment in moments]
    parts = (flow, *stocks)
    quantities = [step.quantity for step in stocks if step.quantity is not None]
    if flow.quantity is None or len(quantities) < len(stocks):
        return Step(plan.text, key, parts=parts)
    mean = intervals.times(intervals.total(quantities), Decimal("0.5"), plan.stock.type.unit)
    if not mean.value:
        return _absent(plan, key, parts, Reason.UNDEFINED)
    return Step(plan.text, key, replace(flow.quantity / mean, unit=plan.type.unit), parts)


def _index(plan: Index, key: Key, lookup: Lookup, run: Run) -> Step:
    years = key.period.year - plan.base
    period = moved(key.period, -12 * years)
    if period is None:
        return _absent(plan, key)
    current = run(plan.operand, key, lookup)
    base = _named(run(plan.operand, replace(key, period=period), lookup), f"at({plan.operand.text}, period={plan.base})")
    parts = (current, base) if years else (base,)
    if current.quantity is None or base.quantity is None:
        return Step(plan.text, key, parts=parts)
    if not base.quantity.value:
        return _absent(plan, key, parts, Reason.UNDEFINED)
    quantity = intervals.index(current.quantity, base.quantity) if years else exact(100, NUMBER)
    return Step(plan.text, key, quantity, parts)


def _named(step: Step, text: str) -> Step:
    return replace(step, text=text, missing=step.missing and replace(step.missing, operand=text))


def _chain(plan: Chain, key: Key, lookup: Lookup, run: Run) -> Step:
    """Going forward uses the rates of base + 1 to the year, going back those of the year + 1 to the base."""
    year = key.period.year
    used = range(plan.base + 1, year + 1) if year > plan.base else range(year + 1, plan.base + 1)
    if year == plan.base:
        used = range(year, year + 2)
    steps = []
    for each in used:
        period = moved(key.period, 12 * (each - year))
        steps.append(run(plan.operand, replace(key, period=period), lookup) if period else _absent(plan, key))
    positive = tuple(step for step in steps if step.quantity is not None and intervals.growth_factor(step.quantity).value > 0)
    if year == plan.base and positive:
        return Step(plan.text, key, exact(100, NUMBER), positive)
    if len(positive) < len(steps) or not positive:
        undefined = all(step.found for step in steps)
        return _absent(plan, key, tuple(steps), Reason.UNDEFINED) if undefined else Step(plan.text, key, parts=tuple(steps))
    factors = [intervals.growth_factor(step.quantity) for step in positive if step.quantity is not None]
    return Step(plan.text, key, intervals.chained(factors, forward=year > plan.base), positive)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
