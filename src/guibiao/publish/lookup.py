"""From the words of a binding to a figure: names to codes, the observation of a key, and what is on file where it is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from guibiao.model.category import TOTAL, category_key, parse_category_key
from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.model.period import Period
from guibiao.publish.bindings import Arguments
from guibiao.publish.figures import Figure, Figures
from guibiao.publish.index_board import IndexBoard
from guibiao.publish.wording import Wording
from guibiao.reference.definitions import Workspace

_SHOWN = 6


class MissingFigure(BadRequest):
    """No observation on file for the key of a binding, in words; `default=` prints a word instead."""

    def __init__(self, figure: str, remedy: str) -> None:
        super().__init__(_("没有这项数据：{figure}").format(figure=figure), remedy=remedy)
        self.figure = figure


@dataclass(frozen=True, slots=True)
class Evidence:
    """What report functions may quote: the figures of one run, its findings (rows), the day of the report, the document's words."""

    workspace: Workspace
    figures: Figures
    findings: Sequence[Mapping[str, Any]]
    as_of: date
    wording: Wording
    boards: Mapping[date, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """Rows of the table `attainment` by day."""
    warnings: Sequence[Mapping[str, Any]] = ()
    """Rows of the table `warnings`."""
    indices: Mapping[str, IndexBoard] = field(default_factory=dict)
    """Indices of the workspace by id."""
    past: bool = False
    """Whether only what was known on a past day takes part: what it lacks is then printed as such, and is no fault of the template."""

    def indicator_name(self, indicator: str) -> str:
        """Name in the document's language."""
        definition = self.workspace.indicators[indicator]
        return self.wording.choose(definition.name_zh, definition.name_en)

    def area_name(self, code: str) -> str:
        """Name in the document's language; a code without a name stays a code."""
        return self.category_name("areas", code)

    def category_name(self, dimension: str, code: str) -> str:
        """Name of a code in the document's language."""
        classification = self.workspace.classifications.get(dimension)
        category = classification.find(code) if classification else None
        return category.label(chinese=self.wording.chinese) if category else code

    def basis_name(self, basis: str) -> str:
        """Name of an accounting basis in the document's language."""
        found = self.workspace.basis(basis)
        return (
            self.wording.choose(found.name_zh, found.name_en) if found else basis or self.wording.choose("未注明口径", "basis not stated")
        )


@dataclass(frozen=True, slots=True)
class Key:
    """What a binding asks for; `basis`, `prices` and `source` are empty where it leaves the choice to the rule."""

    indicator: Indicator
    area: str
    categories: str
    period: Period
    basis: str = ""
    prices: str = ""
    source: str = ""

    def at(self, period: Period) -> Key:
        """The same figure of another period."""
        return replace(self, period=period)


def find_indicator(workspace: Workspace, name: str) -> Indicator:
    """The indicator of an id; a wrong one answers with the nearest."""
    indicators = workspace.indicators
    if name not in indicators:
        by_name = {indicator.name_zh: identity for identity, indicator in indicators.items()}
        near = [by_name[name]] if name in by_name else get_close_matches(name, indicators, n=3, cutoff=0.5)
        raise BadRequest(_("没有指标 {name}").format(name=name), remedy=_suggestion(near) or _("指标的标识见 indicators 文件夹。"))
    return indicators[name]


def find_area(evidence: Evidence, text: str) -> str:
    """Code of an area given by code, name or alias; the workspace's own where empty."""
    return _find_category(evidence, "areas", text) if text else evidence.workspace.settings.area


def find_key(evidence: Evidence, arguments: Arguments, indicator: str = "indicator", area: str = "area") -> Key:
    """The key named by a binding's arguments; `indicator` and `area` say which argument holds them."""
    definition = find_indicator(evidence.workspace, arguments.text(indicator))
    given = {name: _find_category(evidence, name, code) for name, code in arguments.categories.items()}
    period = evidence.figures.period(definition.id, arguments.text("period"))
    basis = arguments.text("basis")
    if basis and evidence.workspace.basis(basis) is None:
        near = [found.id for found in evidence.workspace.settings.accounting_bases]
        raise BadRequest(_("没有核算口径 {basis}").format(basis=basis), remedy=_suggestion(near))
    source = arguments.text("source")
    if source and source not in evidence.workspace.sources:
        near = get_close_matches(source, evidence.workspace.sources, n=3, cutoff=0.4)
        raise BadRequest(_("没有来源 {source}").format(source=source), remedy=_suggestion(near) or _("来源的标识见 sources 文件夹。"))
    key = Key(definition, find_area(evidence, arguments.text(area)), category_key(given), period, basis, arguments.text("prices"), source)
    return _with_totals(evidence, key, given)


def candidates(evidence: Evidence, key: Key) -> tuple[Figure, ...]:
    """All figures on file for a key: one a basis, or one a statement where a source is named."""
    if key.source:
        found: Iterable[Figure] = (
            figure
            for figure in evidence.figures.stated(key.indicator.id)
            if figure.source == key.source and (figure.area, figure.categories, figure.period) == (key.area, key.categories, key.period)
        )
    else:
        found = evidence.figures.find(key.indicator.id, key.area, key.categories, key.period)
    return tuple(figure for figure in found if key.basis in {"", figure.accounting_basis} and key.prices in {"", figure.price_basis})


def figure_at(evidence: Evidence, key: Key) -> Figure:
    """The figure of a key. Of several bases the one known last is taken; raises `MissingFigure` or names the bases that tie."""
    found = candidates(evidence, key)
    if not found:
        raise MissingFigure(describe(evidence, key), _alternatives(evidence, key))
    return latest(evidence, key, found)


def latest(evidence: Evidence, key: Key, found: Sequence[Figure]) -> Figure:
    """Of several figures of one key the one known last; equally late ones on different bases are ambiguous."""
    last = max(figure.known_from for figure in found)
    tied = [figure for figure in found if figure.known_from == last]
    if len({(figure.accounting_basis, figure.price_basis, figure.quantity.value) for figure in tied}) > 1:
        bases = [evidence.basis_name(figure.accounting_basis) for figure in tied]
        if len(set(bases)) == 1:
            options = "、".join(f'prices="{figure.price_basis}"' for figure in tied)
        else:
            options = "、".join(f'basis="{figure.accounting_basis}"' for figure in tied)
        raise BadRequest(
            _("{figure}有几个同时公布的数：{bases}").format(
                figure=describe(evidence, key),
                bases="、".join(f"{figure.printed}（{basis}）" for figure, basis in zip(tied, bases, strict=True)),
            ),
            remedy=_("写明用哪一个：{options}。").format(options=options),
        )
    return tied[0]


def describe(evidence: Evidence, key: Key) -> str:
    """The key in words: 2023年 数字经济增加值（全市）."""
    parts = [evidence.area_name(key.area)]
    parts += [evidence.category_name(name, code) for name, code in parse_category_key(key.categories).items()]
    if key.basis:
        parts.append(evidence.basis_name(key.basis))
    if key.prices:
        parts.append(key.prices)
    if key.source:
        parts.append(evidence.workspace.sources[key.source].title)
    period, name = evidence.wording.period(key.period), evidence.indicator_name(key.indicator.id)
    return evidence.wording.choose(f"{period}{name}（{'，'.join(parts)}）", f"{name}, {period} ({', '.join(parts)})")


def _with_totals(evidence: Evidence, key: Key, given: Mapping[str, str]) -> Key:
    """Dimensions left out mean the total, where totals are on file."""
    open_dimensions = [name for name in key.indicator.dimensions if name not in given]
    if not open_dimensions or evidence.figures.find(key.indicator.id, key.area, key.categories, key.period):
        return key
    total = replace(key, categories=category_key({**given, **dict.fromkeys(open_dimensions, TOTAL)}))
    return total if candidates(evidence, total) else key


def _find_category(evidence: Evidence, dimension: str, text: str) -> str:
    classification = evidence.workspace.classifications.get(dimension)
    if classification is None:
        return text
    category = classification.find(text)
    if category is None and text != TOTAL:
        names = [name for each in classification.categories for name in (each.code, each.name_zh)]
        near = get_close_matches(text, names, n=3, cutoff=0.4)
        raise BadRequest(
            _("分类 {dimension} 中没有 {text}").format(dimension=dimension, text=text),
            remedy=_suggestion(near) or _("写代码或名称，见 classifications/{dimension}.csv。").format(dimension=dimension),
        )
    return category.code if category else text


def _suggestion(near: Sequence[str]) -> str:
    return _("是不是想写 {names}？").format(names="、".join(near)) if near else ""


def _alternatives(evidence: Evidence, key: Key) -> str:
    """Which periods, or else areas and categories, are on file: the nearest first."""
    indicator = key.indicator
    pool = evidence.figures.stated(indicator.id) if key.source else evidence.figures.of(indicator.id)
    pool = tuple(figure for figure in pool if key.source in {"", figure.source})
    if not pool:
        gap = _("该指标由 {office} 掌握。").format(office=indicator.gap_office) if indicator.gap_office else ""
        return gap + _('该指标没有任何数据；可写 default="未公布"，按缺数印出。')
    here = [figure for figure in pool if (figure.area, figure.categories) == (key.area, key.categories)]
    then = [figure for figure in pool if figure.period == key.period]
    advice = _('改用其中之一，或写 default="未公布"。')
    if any(figure.period == key.period for figure in here):
        on_file = "、".join(
            sorted({f"{evidence.basis_name(f.accounting_basis)}（{f.price_basis}）" for f in here if f.period == key.period})
        )
        return _("库中该期有的口径：{names}。").format(names=on_file) + advice
    if here:
        near = sorted({figure.period for figure in here}, key=lambda period: abs((period.end - key.period.end).days))[:_SHOWN]
        names = "、".join(str(period) for period in sorted(near))
        return _("库中有的报告期（最近的）：{names}。").format(names=names) + advice
    if then:
        keys = list(dict.fromkeys((figure.area, figure.categories) for figure in then))
        names = "、".join(_place_name(evidence, area, categories) for area, categories in keys[:_SHOWN])
        return _("库中该期有 {count} 处，如 {names}。").format(count=len(keys), names=names) + advice
    keys = list(dict.fromkeys((figure.area, figure.categories) for figure in pool))
    names = "、".join(_place_name(evidence, area, categories) for area, categories in keys[:_SHOWN])
    return _("库中只有 {names} 的数据。").format(names=names) + advice


def _place_name(evidence: Evidence, area: str, categories: str) -> str:
    codes = [evidence.category_name(name, code) for name, code in parse_category_key(categories).items()]
    return "/".join([evidence.area_name(area), *codes])
