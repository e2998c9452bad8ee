"""Where the evaluation of one key finds its observations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from guibiao.model.category import parse_category_key
from guibiao.model.period import Period
from guibiao.model.quantity import Quantity


class Observed(Protocol):
    """One observation on file. Any object with these attributes will do."""

    @property
    def indicator(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def categories(self) -> str: ...
    @property
    def period(self) -> Period: ...
    @property
    def quantity(self) -> Quantity: ...
    @property
    def price_basis(self) -> str: ...
    @property
    def accounting_basis(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def known_from(self) -> date: ...
    @property
    def known_precision(self) -> str: ...
    @property
    def grade(self) -> str: ...


class Lookup(Protocol):
    """Observations by key."""

    def find(self, indicator: str, area: str, categories: str, period: Period) -> Sequence[Observed]:
        """All observations of a key, on whatever price and accounting basis."""
        ...

    def codes(self, indicator: str, dimension: str) -> Sequence[str]:
        """All codes on file along `area` or a dimension of the indicator, in order."""
        ...


class ObservationIndex:
    """A `Lookup` over observations held in memory."""

    def __init__(self, observations: Iterable[Observed]) -> None:
        self._by_key: dict[tuple[str, str, str, Period], list[Observed]] = defaultdict(list)
        self._codes: dict[tuple[str, str], set[str]] = defaultdict(set)
        for observed in observations:
            self._by_key[observed.indicator, observed.area, observed.categories, observed.period].append(observed)
            self._codes[observed.indicator, "area"].add(observed.area)
            for dimension, code in parse_category_key(observed.categories).items():
                self._codes[observed.indicator, dimension].add(code)

    def find(self, indicator: str, area: str, categories: str, period: Period) -> Sequence[Observed]:
        return self._by_key.get((indicator, area, categories, period), ())

    def codes(self, indicator: str, dimension: str) -> Sequence[str]:
        return sorted(self._codes.get((indicator, dimension), ()))


@dataclass(frozen=True, slots=True)
class Key:
    """The key a formula is evaluated at. `accounting_basis` may stay empty where only one is possible."""

    area: str
    period: Period
    categories: tuple[tuple[str, str], ...] = ()
    accounting_basis: str = ""

    def with_category(self, dimension: str, code: str) -> Key:
        """The key with one category set."""
        kept = [(name, own) for name, own in self.categories if name != dimension]
        return replace(self, categories=tuple(sorted([*kept, (dimension, code)])))


def key_of(area: str, categories: str, period: Period, accounting_basis: str = "") -> Key:
    """The key of a row of `observations`."""
    return Key(area, period, tuple(sorted(parse_category_key(categories).items())), accounting_basis)
