"""References across a workspace's files: every name used is defined, every unit known, every formula sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

from guibiao.language.formulas import check_formula, order_formulas
from guibiao.language.parse import indicator_names, parse
from guibiao.language.types import check
from guibiao.model.basis import parse_known_from, parse_price_basis
from guibiao.model.errors import BadDefinition, BatchErrors, GuibiaoError, Place
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.model.unit import parse_unit
from guibiao.reference.definitions import Facts, Rule, Source, TableBinding, Workspace


def check_references(workspace: Workspace) -> None:
    """Raise every fault found, each with the file and line of the definition it lies in."""
    faults = [*_settings(workspace), *_formula_order(workspace)]
    checks: tuple[tuple[str, Iterable[object], Callable[..., Iterator[GuibiaoError]]], ...] = (
        ("indicator", workspace.indicators.values(), _indicator),
        ("source", workspace.sources.values(), _source),
        ("table", workspace.tables.values(), _table),
        ("rule", workspace.rules, _rule),
    )
    for kind, definitions, faults_of in checks:
        for definition in definitions:
            place = workspace.places.get(f"{kind} {getattr(definition, 'id', '')}", Place())
            faults.extend(_placed(fault, place) for fault in faults_of(workspace, definition))
    faults.extend(_report(workspace))
    faults.extend(_frameworks(workspace))
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise BatchErrors(_("工作区定义有 {count} 处错误").format(count=len(faults)), tuple(faults))


def _placed(fault: GuibiaoError, place: Place) -> GuibiaoError:
    return fault if fault.place.file else BadDefinition(fault.title, fault.description, fault.remedy, place)


def _caught(action: Callable[[], object]) -> Iterator[GuibiaoError]:
    try:
        action()
    except GuibiaoError as fault:
        yield fault


def _unknown(kind: str, name: str, known: Iterable[str]) -> GuibiaoError:
    near = get_close_matches(name, list(known), n=1)
    remedy = _("是不是想写 {name}？").format(name=near[0]) if near else _("先定义它，或改正名字。")
    return BadDefinition(_("没有定义的{kind}：{name}").format(kind=kind, name=name), remedy=remedy)


def _settings(workspace: Workspace) -> Iterator[GuibiaoError]:
    place, settings, areas = Place("workspace.yaml"), workspace.settings, workspace.classifications.get("areas")
    if areas is None or areas.find(settings.area) is None:
        yield BadDefinition(
            _("地区分类里没有本市代码 {area}").format(area=settings.area), remedy=_("补进 classifications/areas.csv。"), place=place
        )
    if not settings.precedence:
        yield BadDefinition(_("工作区没有规定数据来源的优先次序"), remedy=_("在 precedence 下至少写一条。"), place=place)
    for precedence in settings.precedence:
        for source in precedence.source_order:
            if source not in workspace.sources:
                yield _placed(_unknown(_("来源"), source, workspace.sources), place)


def _indicator(workspace: Workspace, indicator: Indicator) -> Iterator[GuibiaoError]:
    yield from _caught(lambda: parse_unit(indicator.unit))
    yield from _caught(lambda: parse_price_basis(indicator.price_basis))
    for basis in indicator.accounting_bases:
        if workspace.basis(basis) is None:
            yield _unknown(_("核算口径"), basis, [each.id for each in workspace.settings.accounting_bases])
    for dimension in indicator.additive_over:
        if dimension not in {"area", "time", *indicator.dimensions}:
            yield _unknown(_("可加维度"), dimension, ("area", "time", *indicator.dimensions))
    if indicator.formula:
        yield from _caught(lambda: check_formula(indicator, workspace.indicators))


def _formula_order(workspace: Workspace) -> Iterator[GuibiaoError]:
    yield from _caught(lambda: order_formulas(workspace.indicators))


def _source(_workspace: Workspace, source: Source) -> Iterator[GuibiaoError]:
    yield from _caught(lambda: parse_known_from(source.known_from))


def _table(workspace: Workspace, binding: TableBinding) -> Iterator[GuibiaoError]:
    if binding.source and binding.source not in workspace.sources:
        yield _unknown(_("来源"), binding.source, workspace.sources)
    looked_up = [value for selector in binding.rows for value in selector.lookup.values() if isinstance(value, Facts)]
    for facts in (binding.defaults, *binding.values.values(), *binding.row_facts.values(), *looked_up):
        yield from _facts(workspace, facts)
    for selector in binding.rows:
        if selector.supplies == "indicator":
            names = {value for value in selector.lookup.values() if isinstance(value, str)}
            yield from (_unknown(_("指标"), name, workspace.indicators) for name in sorted(names - set(workspace.indicators)))


def _facts(workspace: Workspace, facts: Facts) -> Iterator[GuibiaoError]:
    references: Mapping[str, tuple[str, Iterable[str]]] = {
        _("指标"): (facts.indicator, workspace.indicators),
        _("来源"): (facts.source, workspace.sources),
        _("核算口径"): (facts.accounting_basis, [basis.id for basis in workspace.settings.accounting_bases]),
    }
    for kind, (name, known) in references.items():
        if name and name not in known:
            yield _unknown(kind, name, known)
    if facts.unit:
        yield from _caught(lambda: parse_unit(facts.unit))
    if facts.price_basis:
        yield from _caught(lambda: parse_price_basis(facts.price_basis))
    areas = workspace.classifications.get("areas")
    if facts.area and (areas is None or areas.find(facts.area) is None):
        yield _unknown(_("地区"), facts.area, [] if areas is None else [category.code for category in areas.categories])


def _rule(workspace: Workspace, rule: Rule) -> Iterator[GuibiaoError]:
    def sound() -> None:
        expression = parse(rule.expression)
        if not check(expression, workspace.indicators).is_boolean:
            raise BadDefinition(_("规则 {id} 不是一个判断").format(id=rule.id), remedy=_("用比较运算或 agrees(a, b)。"))
        if not indicator_names(expression):
            raise BadDefinition(_("规则 {id} 没有用到任何指标").format(id=rule.id))

    yield from _caught(sound)
    if rule.indicator and rule.indicator not in workspace.indicators:
        yield _unknown(_("指标"), rule.indicator, workspace.indicators)


def _report(workspace: Workspace) -> Iterator[GuibiaoError]:
    place = Place("report/report.yaml")
    charts = [(chart.id, series.indicator) for chart in workspace.report.charts for series in chart.series]
    tables = [(table.id, column.indicator) for table in workspace.report.tables for column in table.columns]
    for _used_in, indicator in (*charts, *tables):
        if indicator not in workspace.indicators:
            yield _placed(_unknown(_("指标"), indicator, workspace.indicators), place)


def _frameworks(workspace: Workspace) -> Iterator[GuibiaoError]:
    for framework in workspace.frameworks.values():
        place = workspace.places.get(f"framework {framework.id}", Place())
        for name in framework.indicators:
            if name not in workspace.indicators:
                yield _placed(_unknown(_("指标"), name, workspace.indicators), place)
