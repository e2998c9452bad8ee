"""Headings to indicators and labels to codes: each guess with a score between 0 and 1 and its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from guibiao.ingest.office_words import (
    as_period,
    bare_label,
    is_growth,
    is_total,
    levels_of,
    plain,
    unit_in_heading,
    without_growth,
    without_timing,
)
from guibiao.model.indicator import Indicator, Nature
from guibiao.model.messages import translate as _
from guibiao.model.unit import Unit, find_unit
from guibiao.reference.definitions import Workspace
from guibiao.reference.mapping import Supplied

SURE = 0.85
"""Score from which a guess need not be confirmed."""
POSSIBLE = 0.45
_AREA_WORDS = ("地区", "区", "区域", "属地", "所在地", "行政区划", "区县", "县区", "省份", "城市")
_PERIOD_WORDS = ("时间", "年份", "月份", "报告期", "时期", "日期", "季度", "年度")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text is taken for."""

    code: str
    score: float
    reason: str
    dimension: str = ""

    @property
    def sure(self) -> bool:
        return self.score >= SURE


@dataclass(slots=True)
class Matcher:
    """Knows the names of a workspace; `expected` are the indicators that the office has agreed to deliver."""

    workspace: Workspace
    expected: frozenset[str] = frozenset()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, indicator in self.workspace.indicators.items():
            if not indicator.formula:
                self.names[name] = tuple(
                    dict.fromkeys(plain(text).lower() for text in (indicator.name_zh, indicator.name_en, name) if text)
                )
        for name, classification in self.workspace.classifications.items():
            index: dict[str, str] = {}
            for category in classification.categories:
                for text in (category.code, category.name_zh, category.name_en, *category.aliases):
                    index.setdefault(bare_label(text), category.code)
            self.codes[name] = index

    def indicator(self, texts: Sequence[str], unit: Unit | None, growth: bool) -> tuple[Guess, ...]:
        """The likeliest indicators for what a column or row is called, best first; `texts` from the most telling to the least."""
        guesses = []
        for name in self.names:
            indicator = self.workspace.indicators[name]
            if not _fits(indicator, unit, growth):
                continue
            scored = [(self._likeness(text, name) * weight, text) for text, weight in zip(texts, (1.0, 0.95, 0.9, 0.85), strict=False)]
            score, text = max(scored, default=(0.0, ""))
            reason = _("“{text}”与“{name}”").format(text=text, name=indicator.name_zh)
            if name in self.expected and score >= POSSIBLE / 2:
                score, reason = min(1.0, score + 0.15), reason + _("，在约定的指标之内")
            if score >= POSSIBLE:
                guesses.append(Guess(name, round(score, 2), reason))
        guesses.sort(key=lambda guess: (-guess.score, guess.code))
        close = len(guesses) > 1 and guesses[0].score < 1 and guesses[0].score - guesses[1].score < 0.03
        return tuple(Guess(each.code, min(each.score, SURE - 0.01), each.reason) for each in guesses) if close else tuple(guesses)

    def column_indicator(self, texts: Sequence[str], unit: Unit | None, growth: bool, own: bool) -> tuple[Guess, ...]:
        """As `indicator`; a rate is also found by its level. A heading without words of its `own` is the only indicator agreed on."""
        found = self.indicator(texts, unit, growth)
        if growth and not (found and found[0].sure):
            levels = self.indicator([without_growth(text) for text in texts], None, growth=False)
            rate = self.counterpart(levels[0].code) if levels else ""
            if rate:
                return (Guess(rate, levels[0].score, _("{reason}的增速").format(reason=levels[0].reason)), *found)
        fitting = [name for name in self.expected & set(self.names) if _fits(self.workspace.indicators[name], unit, growth)]
        if not found and not own and len(fitting) == 1:
            return (Guess(fitting[0], 0.6, _("约定里只有这一个指标合用")),)
        return found

    def counterpart(self, level: str) -> str:
        """The published growth rate of a level, by its declared relation or by its name."""
        indicators = self.workspace.indicators
        for name, indicator in indicators.items():
            relation = indicator.relation
            if not indicator.formula and relation is not None and relation.kind == "growth" and relation.of == level:
                return name
        base = indicators[level].name_zh
        named = [
            name
            for name in self.names
            if indicators[name].nature is Nature.GROWTH and indicators[name].name_zh.startswith(base) and not indicators[name].relation
        ]
        return min(named, key=lambda name: len(indicators[name].name_zh)) if named else ""

    def label_kind(self, heading: str, texts: Sequence[str]) -> tuple[Supplied, str, float, str]:
        """What a label column supplies: kind, dimension, share of labels recognised, and the reason."""
        labels = list(dict.fromkeys(text for text in texts if text.strip() and not is_total(text)))
        if not labels:
            return "", "", 0.0, _("没有标签")
        lowest = plain(levels_of(heading)[-1])
        shares: list[tuple[float, float, Supplied, str]] = [
            (_share(labels, lambda text: as_period(text, 2000) is not None), 0.02 * (lowest in _PERIOD_WORDS), "period", ""),
            (_share(labels, lambda text: find_unit(plain(text)) is not None), 0.02 * (lowest in {"单位", "计量单位"}), "unit", ""),
            (_share(labels, lambda text: self._row_indicator(text) is not None), 0.0, "indicator", ""),
        ]
        for name, index in self.codes.items():
            share = _share(labels, partial(_is_in, index))
            bonus = 0.02 * (name == "areas" and lowest in _AREA_WORDS) + 0.01 * (name == "areas") - 0.00001 * len(index)
            shares.append((share, bonus, "area" if name == "areas" else "category", "" if name == "areas" else name))
        share, _bonus, kind, dimension = max(shares, key=lambda each: (each[0] + each[1], each[2]))
        reason = _("{count} 个标签认出 {share:.0%}").format(count=len(labels), share=share)
        if share < POSSIBLE:
            return ("area" if lowest in _AREA_WORDS else ""), "", share, reason
        return kind, dimension, share, reason

    def code(self, kind: str, dimension: str, text: str) -> str:
        """Code of a label; empty where the classification does not know it."""
        return self.codes.get("areas" if kind == "area" else dimension, {}).get(bare_label(text), "")

    def category(self, text: str) -> tuple[str, str] | None:
        """Dimension and code of a heading's level that is a category of an indicator's dimension, or of an area."""
        wanted = bare_label(unit_in_heading(text)[0])
        if is_total(wanted):
            return None
        used = {dimension for name in self.names for dimension in self.workspace.indicators[name].dimensions}
        for name in ("areas", *sorted(used)):
            code = self.codes.get(name, {}).get(wanted)
            if code is not None:
                return name, code
        return None

    def row_indicator(self, text: str) -> Guess | None:
        """The indicator that a row's label names."""
        return self._row_indicator(text)

    def _row_indicator(self, text: str) -> Guess | None:
        bare, unit = unit_in_heading(bare_label(text))
        found = self.indicator((bare, without_timing(bare)), unit, is_growth(bare))
        return found[0] if found else None

    def _likeness(self, text: str, name: str) -> float:
        wanted = plain(text).lower()
        return max((similarity(wanted, known) for known in self.names[name]), default=0.0) if wanted else 0.0


def _fits(indicator: Indicator, unit: Unit | None, growth: bool) -> bool:
    own = find_unit(indicator.unit)
    if growth != (indicator.nature is Nature.GROWTH):
        return False
    return unit is None or own is None or own.dimension == unit.dimension


def _is_in(index: Mapping[str, str], text: str) -> bool:
    return bare_label(text) in index


def _share(labels: Sequence[str], known: Callable[[str], bool]) -> float:
    return sum(bool(known(text)) for text in labels) / len(labels)


def similarity(left: str, right: str) -> float:
    """1 for equal texts, above 0.7 where one holds the other, else the Dice coefficient of their pairs of characters."""
    if left == right:
        return 1.0
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) >= 2 and shorter in longer:
        return 0.6 + 0.38 * len(shorter) / len(longer)
    first, second = _pairs(left), _pairs(right)
    common = sum(min(count, second.get(pair, 0)) for pair, count in first.items())
    total = sum(first.values()) + sum(second.values())
    return 2 * common / total if total else 0.0


def _pairs(text: str) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for pair in _neighbours(text):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def _neighbours(text: str) -> Iterable[str]:
    return (text[index : index + 2] for index in range(len(text) - 1))
