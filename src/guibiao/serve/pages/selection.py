"""What a reader chose on the page of an indicator: area, categories, bases; and what there is to choose from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from guibiao.model.category import TOTAL, category_key, parse_category_key
from guibiao.model.tables import OBSERVATIONS
from guibiao.serve.pages.definitions import Definitions
from guibiao.serve.services import Row
from guibiao.store.port import OpenRelease

OnFile = Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]]
INDICATORS_KEPT = 500
"""Indicators of a release of which it is kept what there is to choose from."""
_KEPT: WeakKeyDictionary[Definitions, OrderedDict[str, OnFile]] = WeakKeyDictionary()
_lock = threading.Lock()
PREFIX = "c."
"""Parameter of a dimension: c.software_type=_T."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen series, and the options of each choice; `bases` pairs accounting and price basis, the one with the latest figure first."""

    indicator: str
    area: str
    categories: str
    basis: tuple[str, str]
    areas: tuple[str, ...]
    keys: tuple[str, ...]
    """Category keys on file for the area."""
    bases: tuple[tuple[str, str], ...]

    @property
    def codes(self) -> Mapping[str, str]:
        """Dimension -> chosen code."""
        return parse_category_key(self.categories)

    @property
    def offers_choice(self) -> bool:
        """Whether there is another area, category or basis to choose."""
        return len(self.areas) > 1 or len(self.bases) > 1 or len(self.keys) > 1

    def options(self, dimension: str) -> tuple[str, ...]:
        """Codes of a dimension on file for the area."""
        return tuple(dict.fromkeys(code for key in self.keys if (code := parse_category_key(key).get(dimension))))


def select_series(release: OpenRelease, indicator: Row, asked: Mapping[str, str], home: str, definitions: Definitions) -> Selection | None:
    """The series nearest to what was asked; None where the indicator has no figure at all."""
    name = indicator["indicator"]
    on_file = _on_file(release, name, definitions)
    if not on_file:
        return None
    areas = _ordered(set(on_file), definitions, home)
    area = asked.get("area", "") if asked.get("area", "") in areas else areas[0]
    keys = list(on_file[area])
    categories = _nearest(keys, {key.removeprefix(PREFIX): value for key, value in asked.items() if key.startswith(PREFIX)})
    bases = on_file[area][categories]
    if len(bases) > 1:
        bases = _bases(release, {"indicator": name, "area": area, "categories": categories})
    wanted = tuple(asked.get("basis", "").partition("|")[::2])
    return Selection(name, area, categories, wanted if wanted in bases else bases[0], areas, tuple(keys), bases)


def _on_file(release: OpenRelease, indicator: str, definitions: Definitions) -> OnFile:
    """Area -> category key -> bases of an indicator, kept with the definitions of the release."""
    kept = _KEPT.setdefault(definitions, OrderedDict())
    with _lock:
        if indicator in kept:
            kept.move_to_end(indicator)
            return kept[indicator]
    names = ("area", "categories", "accounting_basis", "price_basis")
    found: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {}
    table = release.distinct(OBSERVATIONS, names, {"indicator": indicator})
    for area, key, accounting, price in zip(*(table[name].to_pylist() for name in names), strict=True):
        keys = found.setdefault(area, {})
        keys[key] = (*keys.get(key, ()), (accounting, price))
    with _lock:
        kept[indicator] = found
        while len(kept) > INDICATORS_KEPT:
            kept.popitem(last=False)
    return found


def _bases(release: OpenRelease, where: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    rows = release.select(
        OBSERVATIONS, ("accounting_basis", "price_basis", "period_end"), where, order=("-period_end", "-accounting_basis")
    )
    return tuple(dict.fromkeys((row["accounting_basis"], row["price_basis"]) for row in rows.to_pylist()))


def _ordered(areas: set[str], definitions: Definitions, home: str) -> tuple[str, ...]:
    """Home first, then as the classification has them."""
    known = [code for code in definitions.codes.get("areas", {}) if code in areas]
    rest = sorted(areas - set(known))
    return tuple(sorted([*known, *rest], key=lambda code: code != home))


def _nearest(keys: Sequence[str], wanted: Mapping[str, str]) -> str:
    """The key that agrees with most of what was asked; what was not asked is taken at the total."""
    asked = category_key(wanted) if all(wanted.values()) else ""
    if asked and asked in keys:
        return asked

    def fit(key: str) -> tuple[int, int, int]:
        codes = parse_category_key(key)
        return (
            sum(codes.get(name) == code for name, code in wanted.items()),
            sum(code == TOTAL for code in codes.values()),
            -len(codes),
        )

    return max(keys, key=fit)
