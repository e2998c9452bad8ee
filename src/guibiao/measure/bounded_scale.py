"""Value added of a scope with starred industries, bounded from below and above.

Method sheet: docs/methods/0303-bounded-scale.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

Interval = tuple[float, float]
UNKNOWN: Interval = (0.0, inf)
CONFIDENCE = 1.96
"""Standard errors on either side of an estimated share: 95 % under normality."""


@dataclass(frozen=True, slots=True)
class Link:
    """One industry of one class of the scope; `starred` where only a part of the industry belongs to it."""

    category: str
    industry: str
    starred: bool


@dataclass(frozen=True, slots=True)
class Share:
    """Estimated digital share of an industry, 0 to 1, with its standard error."""

    value: float
    standard_error: float

    @property
    def interval(self) -> Interval:
        """95 % interval, cut to 0..1."""
        half = CONFIDENCE * self.standard_error
        return max(0.0, self.value - half), min(1.0, self.value + half)


@dataclass(frozen=True, slots=True)
class Total:
    """A published total enclosing classes of the scope; `complete` where it holds nothing else."""

    name: str
    categories: frozenset[str]
    bounds: Interval
    complete: bool = False


@dataclass(frozen=True, slots=True)
class ScaleSpec:
    """`contains` maps an industry to the industries inside it; `unlinked` are classes of the scope without an industry.

    A class may lie in one total only.
    """

    links: tuple[Link, ...]
    totals: tuple[Total, ...]
    contains: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unlinked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """Bounds of the classes in one total, before and after that total caps them; `name` is empty for classes in none."""

    name: str
    categories: int
    uncapped: Interval
    bounds: Interval
    central: float | None


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """Bounds of the scope's value added; `central` only where every value added and every share is on file.

    `without_value_added` lists classes, `without_share` starred industries, that nothing on file narrows; `nested` the industries
    that are counted on their own and so taken out of a starred one (overlap by the residual).
    """

    bounds: Interval
    central: float | None
    components: tuple[Component, ...]
    without_value_added: tuple[str, ...]
    without_share: tuple[str, ...]
    nested: Mapping[str, tuple[str, ...]]


def bounded_scale(spec: ScaleSpec, value_added: Mapping[str, Interval], shares: Mapping[str, Share]) -> ScaleResult:
    """Sum over whole industries of V_i plus over starred ones of alpha_I (V_I - what is counted on its own inside I).

    `value_added` by industry in one money unit. What is unknown lies in 0..infinity, an unknown alpha in 0..1, until a published total
    caps it. Raises ValueError where a class lies in two totals, and where no finite bound follows.
    """
    _refuse_double_totals(spec.totals)
    industries = _Industries(spec, value_added, shares)
    placed = {category: total.name for total in spec.totals for category in total.categories}
    free = frozenset(each for each in (*(link.category for link in spec.links), *spec.unlinked) if each not in placed)
    totals = (*spec.totals, Total("", free, UNKNOWN)) if free else spec.totals
    components = [_component(total, industries) for total in totals]
    low, high = (sum(component.bounds[side] for component in components) for side in (0, 1))
    if high == inf:
        raise ValueError(sorted(free))
    known = [component.central for component in components]
    return ScaleResult(
        bounds=(low, high),
        central=None if None in known else sum(each for each in known if each is not None),
        components=tuple(components),
        without_value_added=tuple(sorted({*spec.unlinked, *(link.category for link in spec.links if link.industry not in value_added)})),
        without_share=tuple(sorted({link.industry for link in spec.links if link.starred and link.industry not in shares})),
        nested={link.industry: inside for link in spec.links if link.starred and (inside := industries.inside(link.industry))},
    )


def _refuse_double_totals(totals: Sequence[Total]) -> None:
    seen: set[str] = set()
    for total in totals:
        twice = seen & total.categories
        if twice:
            raise ValueError(sorted(twice))
        seen |= total.categories


class _Industries:
    """Each linked industry once: whole rather than starred, and with the class listed first."""

    def __init__(self, spec: ScaleSpec, value_added: Mapping[str, Interval], shares: Mapping[str, Share]) -> None:
        self.spec = spec
        self.links: dict[str, Link] = {}
        for link in sorted(spec.links, key=lambda each: each.starred):
            self.links.setdefault(link.industry, link)
        self._value_added = value_added
        self._shares = shares

    def inside(self, industry: str) -> tuple[str, ...]:
        """Linked industries inside another one, without those inside a whole one that is itself inside."""
        held = self.spec.contains.get(industry, frozenset())
        found = [each for each in self.links if each in held]
        covered = {inner for each in found if not self.links[each].starred for inner in self.spec.contains.get(each, frozenset())}
        return tuple(each for each in found if each not in covered)

    def bounds(self, industry: str) -> Interval:
        """Bounds of what an industry brings to the scope."""
        low, high = self._value_added.get(industry, UNKNOWN)
        if not self.links[industry].starred:
            return low, high
        inner = [self.bounds(each) for each in self.inside(industry)]
        low = max(0.0, low - sum(each[1] for each in inner))
        high = max(0.0, high - sum(each[0] for each in inner))
        share = self._shares.get(industry)
        least, most = share.interval if share else (0.0, 1.0)
        return least * low, most * high if most else 0.0

    def central(self, industry: str) -> float | None:
        """Point estimate of the same, None where anything it needs is unknown."""
        if industry not in self._value_added:
            return None
        middle = sum(self._value_added[industry]) / 2
        if not self.links[industry].starred:
            return middle
        inner = [self.central(each) for each in self.inside(industry)]
        share = self._shares.get(industry)
        if share is None or None in inner:
            return None
        return share.value * max(0.0, middle - sum(each for each in inner if each is not None))


def _component(total: Total, industries: _Industries) -> Component:
    mine = [link.industry for link in industries.links.values() if link.category in total.categories]
    unlinked = [each for each in industries.spec.unlinked if each in total.categories]
    parts = [industries.bounds(each) for each in mine] + [UNKNOWN] * len(unlinked)
    known = [industries.central(each) for each in mine] + [None] * len(unlinked)
    low, high = sum(part[0] for part in parts), sum(part[1] for part in parts)
    floor = max(low, total.bounds[0]) if total.complete else low
    ceiling = min(high, total.bounds[1])
    categories = {link.category for link in industries.spec.links if link.category in total.categories}
    return Component(
        name=total.name,
        categories=len(categories) + len(unlinked),
        uncapped=(low, high),
        bounds=(min(floor, ceiling), ceiling),
        central=None if None in known else sum(each for each in known if each is not None),
    )
