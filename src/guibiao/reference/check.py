"""References across a workspace's files: every name used is defined, every unit known, every formula sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from guibiao.language.formulas import check_formula
from guibiao.language.parse import indicator_names, parse
from guibiao.language.types import check
from guibiao.model.basis import parse_known_from, parse_price_basis
from guibiao.model.errors import BadDefinition, BatchErrors, GuibiaoError, Place
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.model.unit import parse_unit
from guibiao.reference.check_classifications import classification_faults, correspondence_faults
from guibiao.reference.check_deliveries import check_deliveries
from guibiao.reference.check_frameworks import core_faults, framework_faults, membership_faults
from guibiao.reference.check_indices import exhibit_faults, frame_faults, index_faults
from guibiao.reference.check_policies import policy_faults
from guibiao.reference.check_relations import break_faults, relation_faults
from guibiao.reference.check_warnings import warning_faults
from guibiao.reference.computation import computation_order, measured_faults, measurement_faults, share_faults
from guibiao.reference.definitions import Facts, Rule, Source, TableBinding, Workspace
from guibiao.reference.faults import caught, placed, unknown


def check_references(workspace: Workspace) -> None:
    """Raise every fault found, each with the file and line of the definition it lies in."""
    faults = [*_settings(workspace), *_formula_order(workspace)]
    checks: tuple[tuple[str, Iterable[object], Callable[..., Iterator[GuibiaoError]]], ...] = (
        ("indicator", workspace.indicators.values(), _indicator),
        ("source", workspace.sources.values(), _source),
        ("table", workspace.tables.values(), _table),
        ("rule", workspace.rules, _rule),
        ("classification", workspace.classifications.values(), classification_faults),
        ("correspondence", workspace.correspondences.values(), correspondence_faults),
        ("measurement", workspace.measurements.values(), measurement_faults),
        ("digital share", workspace.digital_shares, share_faults),
        ("framework", workspace.frameworks.values(), framework_faults),
        ("warning board", workspace.warnings.values(), warning_faults),
        ("index", workspace.indices.values(), index_faults),
        ("frame", workspace.frames.values(), frame_faults),
    )
    for kind, definitions, faults_of in checks:
        for definition in definitions:
            place = workspace.places.get(f"{kind} {getattr(definition, 'id', '')}", Place())
            faults.extend(placed(fault, place) for fault in faults_of(workspace, definition))
    faults.extend(core_faults(workspace))
    faults.extend(check_deliveries(workspace))
    faults.extend(_report(workspace))
    faults.extend(exhibit_faults(workspace))
    faults.extend(policy_faults(workspace))
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise BatchErrors(_("工作区定义有 {count} 处错误").format(count=len(faults)), tuple(faults))


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
                yield placed(unknown(_("来源"), source, workspace.sources), place)


def _indicator(workspace: Workspace, indicator: Indicator) -> Iterator[GuibiaoError]:
    yield from caught(lambda: parse_unit(indicator.unit))
    yield from caught(lambda: parse_price_basis(indicator.price_basis))
    for basis in indicator.accounting_bases:
        if workspace.basis(basis) is None:
            yield unknown(_("核算口径"), basis, [each.id for each in workspace.settings.accounting_bases])
    for dimension in indicator.additive_over:
        if dimension not in {"area", "time", *indicator.dimensions}:
            yield unknown(_("可加维度"), dimension, ("area", "time", *indicator.dimensions))
    yield from measured_faults(workspace, indicator)
    if indicator.formula:
        yield from caught(lambda: check_formula(indicator, workspace.indicators))
    yield from relation_faults(workspace, indicator)
    yield from break_faults(workspace, indicator)
    yield from membership_faults(workspace, indicator)


def _formula_order(workspace: Workspace) -> Iterator[GuibiaoError]:
    yield from caught(lambda: computation_order(workspace))


def _source(_workspace: Workspace, source: Source) -> Iterator[GuibiaoError]:
    yield from caught(lambda: parse_known_from(source.known_from))


def _table(workspace: Workspace, binding: TableBinding) -> Iterator[GuibiaoError]:
    if binding.source and binding.source not in workspace.sources:
        yield unknown(_("来源"), binding.source, workspace.sources)
    yield from (unknown(_("指标"), name, workspace.indicators) for name in binding.states if name not in workspace.indicators)
    for facts in binding.facts():
        yield from _facts(workspace, facts)
    for selector in binding.selectors:
        if selector.supplies == "indicator":
            names = {value for value in selector.lookup.values() if isinstance(value, str)}
            yield from (unknown(_("指标"), name, workspace.indicators) for name in sorted(names - set(workspace.indicators)))


def _facts(workspace: Workspace, facts: Facts) -> Iterator[GuibiaoError]:
    references: Mapping[str, tuple[str, Iterable[str]]] = {
        _("指标"): (facts.indicator, workspace.indicators),
        _("来源"): (facts.source, workspace.sources),
        _("核算口径"): (facts.accounting_basis, [basis.id for basis in workspace.settings.accounting_bases]),
    }
    for kind, (name, known) in references.items():
        if name and name not in known:
            yield unknown(kind, name, known)
    if facts.unit:
        yield from caught(lambda: parse_unit(facts.unit))
    if facts.price_basis:
        yield from caught(lambda: parse_price_basis(facts.price_basis))
    areas = workspace.classifications.get("areas")
    if facts.area and (areas is None or areas.find(facts.area) is None):
        yield unknown(_("地区"), facts.area, [] if areas is None else [category.code for category in areas.categories])


def _rule(workspace: Workspace, rule: Rule) -> Iterator[GuibiaoError]:
    def sound() -> None:
        expression = parse(rule.expression)
        if not check(expression, workspace.indicators).is_boolean:
            raise BadDefinition(_("规则 {id} 不是一个判断").format(id=rule.id), remedy=_("用比较运算或 agrees(a, b)。"))
        if not indicator_names(expression):
            raise BadDefinition(_("规则 {id} 没有用到任何指标").format(id=rule.id))

    yield from caught(sound)
    if rule.indicator and rule.indicator not in workspace.indicators:
        yield unknown(_("指标"), rule.indicator, workspace.indicators)


def _report(workspace: Workspace) -> Iterator[GuibiaoError]:
    place = Place("report/report.yaml")
    charts = [(chart.id, series.indicator) for chart in workspace.report.charts for series in chart.series]
    tables = [(table.id, column.indicator) for table in workspace.report.tables for column in table.columns]
    for _used_in, indicator in (*charts, *tables):
        if indicator not in workspace.indicators:
            yield placed(unknown(_("指标"), indicator, workspace.indicators), place)
