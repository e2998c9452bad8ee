"""Classes of a tile map: limits given, thresholds the figures themselves state, or natural breaks.

Natural breaks minimise the sum of squares within classes (Fisher, *On Grouping for Maximum Homogeneity*, 1958); each limit is the roundest
number between the two figures it parts. Limits belong to the class above them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise

from guibiao.model.unit import parse_unit
from guibiao.publish.charts.chart import Order
from guibiao.publish.charts.marks import Mark, Scale
from guibiao.publish.charts.theme import FALLING, SCALE

CLASSES_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Classes:
    """Names and colours of the classes from low to high, the class of every figure, and figures whose bounds span several."""

    names: tuple[str, ...]
    colors: tuple[str, ...]
    of: tuple[int, ...]
    unsure: tuple[int, ...]
    ordinal: bool


def classify(order: Order, marks: Sequence[Mark], scale: Scale) -> Classes:
    """The class of each figure. Where some are thresholds (超过4000) every class is one: over its limit, and no more is said."""
    given = _given_limits(order, marks, scale) if order.definition.classes else []
    if any(mark.open_above for mark in marks):
        return _by_threshold(order, marks, given)
    limits = given or natural_limits([mark.value for mark in marks])
    places, unsure = [], []
    for number, mark in enumerate(marks):
        low, high = (mark.value, mark.value) if mark.firm else (mark.low, mark.high)
        first = 0 if low is None else _class_of(low, limits)
        last = len(limits) if high is None else _class_below(high, limits) if low != high else first
        places.append(first if low is not None else last)
        if first != last:
            unsure.append(number)
    return Classes(_interval_names(order, limits), _colors(limits), tuple(places), tuple(unsure), ordinal=False)


def _by_threshold(order: Order, marks: Sequence[Mark], given: Sequence[float]) -> Classes:
    limits = list(given) or sorted({mark.low for mark in marks if mark.open_above and mark.low is not None})
    names = [order.say(f"超过{_number(order, limit)}", f"over {_number(order, limit)}") for limit in limits]
    places, unsure = [], []
    for number, mark in enumerate(marks):
        low = mark.value if mark.firm else mark.low
        reached = sum(limit < low or (mark.open_above and limit == low) for limit in limits) if low is not None else 0
        places.append(reached)
        if not mark.firm and not mark.open_above and mark.high is not None and reached < sum(limit < mark.high for limit in limits):
            unsure.append(number)
    lowest = order.say(f"{_number(order, limits[0])}及以下", f"{_number(order, limits[0])} or less")
    if 0 in places:
        return Classes((lowest, *names), _shades(len(names) + 1), tuple(places), tuple(unsure), ordinal=True)
    return Classes(tuple(names), _shades(len(names)), tuple(place - 1 for place in places), tuple(unsure), ordinal=True)


def _given_limits(order: Order, marks: Sequence[Mark], scale: Scale) -> list[float]:
    """The definition's limits, which are in its own unit, in that of the chart."""
    definition = order.definition
    own = parse_unit(definition.unit) if definition.unit else marks[0].figure.quantity.unit
    factor = own.factor_to(scale.unit)
    return sorted({float(Decimal(repr(limit)) * factor) for limit in definition.classes})


def natural_limits(values: Sequence[float]) -> list[float]:
    """Limits of up to five natural classes; zero is a limit where values lie on both sides of it."""
    distinct = sorted(set(values))
    count = min(CLASSES_AT_MOST, max(1, math.ceil(math.sqrt(len(distinct)))), len(distinct))
    groups = _natural_groups(tuple(distinct), count)
    limits = {roundest(before[-1], after[0]) for before, after in pairwise(groups)}
    if distinct[0] < 0 <= distinct[-1]:
        limits = {limit for limit in limits if not _between(distinct, min(limit, 0.0), max(limit, 0.0))} | {0.0}
    return sorted(limits)


def _between(values: Sequence[float], low: float, high: float) -> bool:
    """Whether no value tells the two limits apart."""
    return low != high and not any(low <= value < high for value in values)


def _natural_groups(values: tuple[float, ...], count: int) -> list[list[float]]:
    """The values, ascending, in `count` runs with the least sum of squares about their means."""
    sums, squares = [0.0], [0.0]
    for value in values:
        sums.append(sums[-1] + value)
        squares.append(squares[-1] + value * value)

    @cache
    def best(end: int, runs: int) -> tuple[float, int]:
        if runs == 1:
            return spread(0, end), 0
        return min((best(start, runs - 1)[0] + spread(start, end), start) for start in range(runs - 1, end))

    def spread(start: int, end: int) -> float:
        total = sums[end] - sums[start]
        return squares[end] - squares[start] - total * total / (end - start)

    groups: list[list[float]] = []
    end = len(values)
    for runs in range(count, 0, -1):
        start = best(end, runs)[1]
        groups.insert(0, list(values[start:end]))
        end = start
    return groups


def roundest(low: float, high: float) -> float:
    """The number above `low` and not above `high` with the fewest digits; of several the greatest multiple of its power of ten."""
    if not low < high:
        return high
    for power in range(math.ceil(math.log10(max(abs(low), abs(high), high - low))), -12, -1):
        for step in (10.0**power, 5 * 10.0 ** (power - 1)):
            found = math.floor(high / step + 1e-9) * step
            if found > low:
                return round(found, max(0, 1 - power))
    return high


def _class_of(value: float, limits: Sequence[float]) -> int:
    return sum(value >= limit for limit in limits)


def _class_below(value: float, limits: Sequence[float]) -> int:
    """The class of what lies just below an upper bound."""
    return sum(value > limit for limit in limits)


def _interval_names(order: Order, limits: Sequence[float]) -> tuple[str, ...]:
    texts = [_number(order, limit) for limit in limits]
    if not texts:
        return (order.say("已公布", "published"),)
    first = order.say(f"{texts[0]}以下", f"below {texts[0]}")
    between = [order.say(f"{low}—{high}", f"{low}–{high}") for low, high in pairwise(texts)]
    return (first, *between, order.say(f"{texts[-1]}及以上", f"{texts[-1]} or more"))


def _number(order: Order, value: float) -> str:
    exact = Decimal(f"{value:.9g}").normalize()
    exponent = exact.as_tuple().exponent
    return order.wording.number(exact, max(0, -exponent) if isinstance(exponent, int) else 0)


def _colors(limits: Sequence[float]) -> tuple[str, ...]:
    """Light to dark; where zero is a limit, oranges below it and blues above."""
    if 0.0 not in limits:
        return _shades(len(limits) + 1)
    below = list(limits).index(0.0) + 1
    falling = FALLING[:below] if below <= len(FALLING) else (*FALLING, *[FALLING[-1]] * (below - len(FALLING)))
    return (*reversed(falling), *_shades(len(limits) + 1 - below))


def _shades(count: int) -> tuple[str, ...]:
    """`count` steps of the scale, spread over it; more than it has repeat the darkest."""
    places = {1: (2,), 2: (1, 4), 3: (0, 2, 4), 4: (0, 2, 3, 5), 5: (0, 1, 2, 4, 5)}.get(count, tuple(range(len(SCALE))))
    shades = [SCALE[place] for place in places]
    return tuple(shades + [SCALE[-1]] * (count - len(shades)))
