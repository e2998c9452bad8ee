"""Questions about single figures: where does it come from, what does an expression give. Answered from the run's own steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.documents import lineage_records
from guibiao.model.category import TOTAL, category_key
from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.model.period import Period, parse_period
from guibiao.model.quantity import format_number
from guibiao.publish.figures import Figure, Figures
from guibiao.reference.definitions import Workspace
from guibiao.run import DataRun, Request
from guibiao.store.port import WorkingStore

if TYPE_CHECKING:
    from guibiao.language.outcome import Outcome
    from guibiao.publish.lineage import Records


DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure as a user names it; `basis` is empty for whichever there are."""

    area: str
    period: str
    categories: Mapping[str, str]
    basis: str = ""
    as_of: date | None = None


class Desk:
    """Answers questions about one workspace and store."""

    def __init__(self, workspace: Workspace, store: WorkingStore, out: Path, as_of: date | None = None) -> None:
        self.workspace = workspace
        self.data = DataRun(workspace, store, Request(out, as_of=as_of))

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.workspace, self.data.observation_rows, self.data.statement_rows)

    @cached_property
    def records(self) -> Records:
        """What passports are written from."""
        return lineage_records(self.data, self.figures, self.data.statement_rows)

    def explain(self, indicator: str, asked: Asked) -> list[Any]:
        """Lineage trees of the figures asked for, one a basis. Raises BadRequest with what is on file where there is none."""
        from guibiao.publish.lineage import explained

        definition = self.indicator(indicator)
        return [explained(figure, self.records) for figure in self.find(definition, asked)]

    def evaluate(self, text: str, asked: Asked) -> dict[str, Any]:
        """Value of an expression at one key, with the figures it used. Refuses mixed bases, naming both; says what is missing."""
        from guibiao.language.evaluate import evaluate
        from guibiao.language.lookup import Key, ObservationIndex
        from guibiao.language.parse import indicator_names, parse
        from guibiao.language.types import check

        expression = parse(text)
        kind = check(expression, self.workspace.indicators)
        period = parse_period(asked.period, measure=kind.measure)
        categories = {**dict.fromkeys(kind.dimensions, TOTAL), **self.codes(asked.categories)}
        key = Key(self.area(asked.area), period, tuple(sorted(categories.items())), asked.basis)
        known = [figure for name in indicator_names(expression) for figure in self.figures.of(name)]
        outcome = evaluate(expression, key, ObservationIndex(known), self.workspace.indicators)
        if outcome.missing:
            raise BadRequest(
                _("算不出 {text}").format(text=text), "\n".join(map(str, outcome.missing)), _("补录缺少的数据，或换一个时期。")
            )
        return _answer(text, outcome)

    def indicator(self, name: str) -> Indicator:
        """An indicator by id or Chinese name; a wrong one answers with the nearest."""
        indicators = self.workspace.indicators
        by_name = {indicator.name_zh: indicator for indicator in indicators.values()}
        found = indicators.get(name) or by_name.get(name)
        if found is None:
            near = get_close_matches(name, [*indicators, *by_name], n=3, cutoff=0.5)
            remedy = _("最接近的是：{names}").format(names="、".join(near)) if near else _("全部指标见 data/catalog.json。")
            raise BadRequest(_("没有指标 {name}").format(name=name), remedy=remedy)
        return found

    def area(self, text: str) -> str:
        """Code of an area given by code or name; the workspace's own by default."""
        areas = self.workspace.classifications["areas"]
        found = areas.find(text or self.workspace.settings.area)
        if found is None:
            near = get_close_matches(text, [name for area in areas.categories for name in (area.code, area.name_zh)], n=3, cutoff=0.5)
            raise BadRequest(_("没有地区 {text}").format(text=text), remedy=_("最接近的是：{names}").format(names="、".join(near) or "—"))
        return found.code

    def period(self, indicator: Indicator, text: str) -> Period:
        return parse_period(text, measure=indicator.measure)

    def find(self, indicator: Indicator, asked: Asked) -> list[Figure]:
        """The figures of a key, one for each accounting and price basis."""
        area, period = self.area(asked.area), self.period(indicator, asked.period)
        keys = self._category_keys(indicator, asked.categories)
        mine = [figure for figure in self.figures.of(indicator.id) if figure.area == area and figure.categories in keys]
        found = [figure for figure in mine if figure.period == period and asked.basis in {"", figure.accounting_basis}]
        if not found:
            self._nothing(indicator, asked, mine)
        return sorted(found, key=lambda figure: (figure.known_from, figure.accounting_basis), reverse=True)

    def _category_keys(self, indicator: Indicator, categories: Mapping[str, str]) -> set[str]:
        unknown = sorted(set(categories) - set(indicator.dimensions))
        if unknown:
            known = "、".join(indicator.dimensions) or _("无")
            raise BadRequest(
                _("指标 {name} 没有维度 {dimension}").format(name=indicator.id, dimension=unknown[0]),
                remedy=_("它的维度：{known}。").format(known=known),
            )
        codes = self.codes(categories)
        return {category_key(codes), category_key({**dict.fromkeys(indicator.dimensions, TOTAL), **codes})}

    def codes(self, categories: Mapping[str, str]) -> dict[str, str]:
        codes = {}
        for dimension, text in categories.items():
            classification = self.workspace.classifications.get(dimension)
            category = classification.find(text) if classification else None
            codes[dimension] = category.code if category else text
        return codes

    def _nothing(self, indicator: Indicator, asked: Asked, mine: list[Figure]) -> None:
        title = _("{name} 在 {period} 没有数据").format(name=indicator.name_zh, period=asked.period)
        if asked.as_of is not None:
            title += _("（截至 {day} 已公布的）").format(day=asked.as_of)
        if indicator.gap_office:
            raise BadRequest(title, _("由 {office} 掌握，预计 {due}").format(office=indicator.gap_office, due=indicator.gap_due or "—"))
        periods = list(dict.fromkeys(str(figure.period) for figure in mine))
        remedy = (
            _("有数据的时期：{periods}").format(periods="、".join(periods[-8:]))
            if periods
            else _("这一地区和类目没有数据；换一个地区或类目。")
        )
        raise BadRequest(title, remedy=remedy)


def _answer(text: str, outcome: Outcome) -> dict[str, Any]:
    quantity = outcome.quantity
    if quantity is None:
        shown = _("成立") if outcome.verdict else _("不成立")
        value = low = high = unit = None
    else:
        value, low, high = (None if number is None else float(number) for number in (quantity.value, quantity.low, quantity.high))
        unit = quantity.unit.symbol
        shown = f"{format_number(quantity.value, DECIMALS)}{unit}"
        if quantity.low is not None and quantity.high is not None:
            shown += _("（按印出精度在 {low} 与 {high} 之间）").format(
                low=format_number(quantity.low, DECIMALS), high=format_number(quantity.high, DECIMALS)
            )
    used = [
        {
            "indicator": figure.indicator, "area": figure.area, "categories": figure.categories, "period": str(figure.period),
            "value": float(figure.quantity.value), "unit": figure.quantity.unit.symbol, "accounting_basis": figure.accounting_basis,
        }
        for figure in outcome.inputs
    ]  # fmt: skip
    lines = [
        f"  {row['indicator']} {row['area']} {row['categories']} {row['period']} {row['accounting_basis']}: {row['value']}{row['unit']}"
        for row in used
    ]
    return {
        "expression": text, "value": value, "low": low, "high": high, "unit": unit, "verdict": outcome.verdict,
        "accounting_basis": outcome.accounting_basis, "known_from": outcome.known_from, "grade": outcome.grade, "inputs": used,
        "text": "\n".join((f"{text} = {shown}", *lines)),
    }  # fmt: skip
