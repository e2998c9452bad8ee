"""What a data query asks of one dataflow, and the conditions on the release that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guibiao.model.category import parse_category_key
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.serve.sdmx.artefacts import TIME
from guibiao.serve.sdmx.catalogue import Catalogue, Flow
from guibiao.serve.sdmx.conditions import Condition
from guibiao.serve.sdmx.faults import SEMANTIC, SdmxFault
from guibiao.serve.sdmx.identifiers import NOT_APPLICABLE, code_id, from_code_id
from guibiao.serve.sdmx.periods import MEASURES
from guibiao.store.port import Range

KeyFilter = Mapping[str, frozenset[str]]
"""Dimension -> codes wanted; a dimension that is not named is free."""
_MEASURE_OF: Mapping[str, Measure] = {code: measure for measure, code in MEASURES.items()}


@dataclass(frozen=True, slots=True)
class Selection:
    """A dataflow, the keys any of which may fit, and conditions all of which hold."""

    flow: Flow
    keys: tuple[KeyFilter, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def wants(self, key: tuple[str, ...]) -> bool:
        """Whether a series fits, by the codes of its dimensions."""
        coded = dict(zip(self.flow.structure.key, key, strict=True))
        if self.keys and not any(all(coded[name] in codes for name, codes in each.items()) for each in self.keys):
            return False
        return all(each.holds(coded[each.component]) for each in self.conditions if each.component in coded)

    @property
    def on_observations(self) -> tuple[Condition, ...]:
        """Conditions on time, attributes and the measure."""
        return tuple(each for each in self.conditions if each.component not in self.flow.structure.key)

    def where(self, catalogue: Catalogue) -> dict[str, Any]:
        """Conditions on the columns of observations: they let through everything wanted, and seldom more."""
        found: dict[str, Any] = {
            "indicator": self._kept("INDICATOR", {code_id(name): name for name in self.flow.indicators}),
            "categories": self._category_keys(),
        }
        if self.chosen("REF_AREA"):
            codes = self._codes("REF_AREA", {item.id for item in self._items(catalogue, "REF_AREA")})
            found["area"] = sorted(from_code_id(code) for code in codes)
        if self.chosen("TIME_PER_COLLECT"):
            found["measure"] = self._kept("TIME_PER_COLLECT", {code: str(measure) for code, measure in _MEASURE_OF.items()})
        if self.chosen("PRICE_BASIS"):
            found["price_basis"] = self._kept("PRICE_BASIS", catalogue.price_bases)
        if self.chosen("ACCOUNTING_BASIS"):
            codes = self._codes("ACCOUNTING_BASIS", {item.id for item in self._items(catalogue, "ACCOUNTING_BASIS")})
            found["accounting_basis"] = sorted("" if code == NOT_APPLICABLE else from_code_id(code) for code in codes)
        low, high = self._span()
        if low or high:
            found["period_end"] = Range(low, high)
        return found

    def chosen(self, dimension: str) -> bool:
        """Whether the query limits a dimension."""
        return any(dimension in each for each in self.keys) or any(each.component == dimension for each in self.conditions)

    def _codes(self, dimension: str, known: set[str]) -> set[str]:
        """Codes of a dimension that may fit."""
        if self.keys and all(dimension in each for each in self.keys):
            known = known & frozenset().union(*(each[dimension] for each in self.keys))
        return {code for code in known if all(each.holds(code) for each in self.conditions if each.component == dimension)}

    def _kept(self, dimension: str, names: Mapping[str, str]) -> list[str]:
        return sorted(names[code] for code in self._codes(dimension, set(names)))

    def _items(self, catalogue: Catalogue, dimension: str) -> tuple[Any, ...]:
        component = next(each for each in self.flow.structure.dimensions if each.id == dimension)
        scheme = catalogue.codelist(component)
        return scheme.items if scheme else ()

    def _category_keys(self) -> list[str]:
        keys = list(self.flow.category_keys)
        for dimension, classification in self.flow.classifications.items():
            if self.chosen(dimension):
                coded = {key: code_id(parse_category_key(key)[classification]) for key in keys}
                wanted = self._codes(dimension, set(coded.values()))
                keys = [key for key in keys if coded[key] in wanted]
        return keys

    def _span(self) -> tuple[date | None, date | None]:
        low: date | None = None
        high: date | None = None
        for condition in self.conditions:
            if condition.component == TIME:
                first, last = condition.span()
                low = max(low or first, first) if first else low
                high = min(high or last, last) if last else high
        return low, high


def key_filter(structure_key: tuple[str, ...], text: str, *, open_end: bool) -> KeyFilter:
    """Read a key: `A..010000+020000` or `A.*.010000`. An empty part and `*` are free; `open_end` lets dimensions at the end be left out."""
    parts = text.split(".")
    if len(parts) > len(structure_key) or (len(parts) < len(structure_key) and not open_end):
        raise SdmxFault(
            SEMANTIC,
            _("键 {key} 有 {found} 段，数据结构有 {wanted} 个维度").format(key=text, found=len(parts), wanted=len(structure_key)),
            _("维度依次为：{names}").format(names=".".join(structure_key)),
            _("不限的维度留空（2.x 版写 *），各段之间用点号。"),
        )
    wanted = {name: frozenset(filter(None, part.split("+"))) for name, part in zip(structure_key, parts, strict=False)}
    return {name: codes for name, codes in wanted.items() if codes and "*" not in codes}


def known_components(flow: Flow, conditions: tuple[Condition, ...]) -> None:
    """Refuse a condition on what is no component of the structure."""
    known = {component.id for component in flow.structure.components}
    for condition in conditions:
        if condition.component not in known:
            raise SdmxFault(
                SEMANTIC,
                _("数据结构 {structure} 没有成分 {name}").format(structure=flow.structure.reference.short, name=condition.component),
                remedy=_("成分：{names}。").format(names="、".join(sorted(known))),
            )
