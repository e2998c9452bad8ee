"""Filters of SDMX REST 2: `c[FREQ]=A,M`, `c[TIME_PERIOD]=ge:2020-01+le:2020-12`, `c[OBS_VALUE]=ge:10`.

A comma is OR and a plus is AND, the AND binding closer. Numbers compare as numbers where both sides are numbers; periods compare by the
days they cover: `ge` and `le` keep those that begin, and end, within.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from guibiao.model.messages import translate as _
from guibiao.serve.sdmx.artefacts import TIME
from guibiao.serve.sdmx.faults import SEMANTIC, SYNTAX, SdmxFault
from guibiao.serve.sdmx.periods import bounds

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")
_TERM = re.compile(rf"(?:({'|'.join(OPERATORS)}):)?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison."""

    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Any of the alternatives holds; all terms of an alternative hold."""

    component: str
    alternatives: tuple[tuple[Term, ...], ...]

    def holds(self, value: str | float | int | None) -> bool:
        """Whether a component's value fits; a missing value fits only `ne` and `nc`."""
        return any(all(_fits(self.component, term, value) for term in terms) for terms in self.alternatives)

    def span(self) -> tuple[date | None, date | None]:
        """Days outside which no period fits, for a condition on time."""
        spans = [_span(terms) for terms in self.alternatives]
        lows, highs = [low for low, _high in spans], [high for _low, high in spans]
        low = None if any(each is None for each in lows) else min(each for each in lows if each)
        high = None if any(each is None for each in highs) else max(each for each in highs if each)
        return low, high


def parse_condition(component: str, text: str) -> Condition:
    """Read the value of a `c[...]` parameter."""
    alternatives = tuple(tuple(_term(part) for part in each.split("+")) for each in text.split(","))
    if any(not term.value for terms in alternatives for term in terms):
        raise SdmxFault(
            SYNTAX, _("参数 c[{name}] 缺少取值").format(name=component), remedy=_("写成 c[FREQ]=A,M 或 c[TIME_PERIOD]=ge:2020+le:2022。")
        )
    if component == TIME:
        for terms in alternatives:
            for term in terms:
                if term.operator not in {"co", "nc", "sw", "ew"} and bounds(term.value) is None:
                    raise not_a_period(term.value)
    return Condition(component, alternatives)


def not_a_period(text: str, code: int = SEMANTIC) -> SdmxFault:
    """The error for a text that is no period."""
    return SdmxFault(code, _("“{text}”不是可识别的时期").format(text=text), remedy=_("写成 2021、2021-Q3、2021-09 或 2021-09-30。"))


def _term(text: str) -> Term:
    match = _TERM.fullmatch(text)
    assert match is not None
    return Term(match[1] or "eq", match[2])


def _fits(component: str, term: Term, value: str | float | int | None) -> bool:
    if value is None:
        return term.operator in {"ne", "nc"}
    text = str(value)
    if term.operator in {"co", "nc"}:
        return (term.value in text) == (term.operator == "co")
    if term.operator == "sw":
        return text.startswith(term.value)
    if term.operator == "ew":
        return text.endswith(term.value)
    if component == TIME:
        return _period_fits(term.operator, covered(text), covered(term.value))
    return _ordered(term.operator, *_comparable(value, term.value))


def _period_fits(operator: str, value: tuple[date, date], asked: tuple[date, date]) -> bool:
    held = {
        "eq": value == asked, "ne": value != asked, "ge": value[0] >= asked[0], "le": value[1] <= asked[1],
        "gt": value[0] > asked[1], "lt": value[1] < asked[0],
    }  # fmt: skip
    return held[operator]


def _comparable(value: str | float | int, asked: str) -> tuple[float, float] | tuple[str, str]:
    try:
        return float(value), float(asked)
    except ValueError:
        return str(value), asked


def _ordered(operator: str, left: float | str, right: float | str) -> bool:
    if operator == "eq":
        return left == right
    if operator == "ne":
        return left != right
    below, above = left < right, left > right  # type: ignore[operator]
    return {"lt": below, "le": not above and (below or left == right), "gt": above, "ge": above or left == right}[operator]


def _span(terms: tuple[Term, ...]) -> tuple[date | None, date | None]:
    low: date | None = None
    high: date | None = None
    for term in terms:
        found = bounds(term.value)
        if found is None:
            continue
        if term.operator in {"ge", "gt", "eq"}:
            low = max(low or found[0], found[0])
        if term.operator in {"le", "lt", "eq"}:
            high = min(high or found[1], found[1])
    return low, high


@lru_cache(maxsize=4096)
def covered(text: str) -> tuple[date, date]:
    """Days that a TIME_PERIOD covers; a form that is none of ours covers nothing."""
    return bounds(text) or (date.min, date.min)
