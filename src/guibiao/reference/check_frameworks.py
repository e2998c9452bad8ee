"""Frameworks, their three levels and links; the core indicators, each with observations or a named gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from guibiao.model.basis import Precision, parse_known_from
from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Framework, FrameworkLink, Workspace
from guibiao.reference.faults import caught, placed, unknown


def framework_faults(workspace: Workspace, framework: Framework) -> Iterator[GuibiaoError]:
    """Names that are not defined, names given twice, links that lead nowhere."""
    if framework.source and framework.source not in workspace.sources:
        yield unknown(_("来源"), framework.source, workspace.sources)
    for name in framework.members:
        if name not in workspace.indicators:
            yield unknown(_("指标"), name, workspace.indicators)
    groups = [group for dimension in framework.dimensions for group in dimension.groups]
    named = {
        _("指标"): [name for group in groups for name in group.indicators],
        _("列出的指标"): list(framework.indicators),
        _("领域"): [dimension.id for dimension in framework.dimensions],
        _("分组"): [group.id for group in groups],
    }
    for kind, names in named.items():
        for name, count in Counter(names).items():
            if count > 1:
                yield BadDefinition(
                    _("框架 {framework} 里{kind} {name} 出现 {count} 次").format(framework=framework.id, kind=kind, name=name, count=count),
                    remedy=_("每个只放在一处。"),
                )
    for link in framework.links:
        yield from _link_faults(workspace, framework, link)


def membership_faults(workspace: Workspace, indicator: Indicator) -> Iterator[GuibiaoError]:
    """Frameworks an indicator names that are not defined or do not list it."""
    for name in indicator.framework:
        framework = workspace.frameworks.get(name)
        if framework is None:
            yield unknown(_("框架"), name, workspace.frameworks)
        elif indicator.id not in framework.members:
            yield BadDefinition(
                _("{id} 写明属于框架 {framework}，框架里却没有它").format(id=indicator.id, framework=name),
                remedy=_("在 frameworks 里补进它所在的分组，或从指标的 framework 里删去。"),
            )


def _link_faults(workspace: Workspace, framework: Framework, link: FrameworkLink) -> Iterator[GuibiaoError]:
    if link.indicator not in framework.members:
        yield unknown(_("本框架的指标"), link.indicator, framework.members)
    other = workspace.frameworks.get(link.framework)
    if other is None:
        yield unknown(_("框架"), link.framework, workspace.frameworks)
    elif other.id == framework.id:
        yield BadDefinition(_("框架 {framework} 与它自己对应").format(framework=other.id), remedy=_("写另一个框架。"))
    elif link.to not in other.members:
        yield unknown(_("指标（框架 {framework}）").format(framework=other.id), link.to, other.members)


def core_faults(workspace: Workspace) -> Iterator[GuibiaoError]:
    """More than one core framework, and core indicators with neither figures nor a gap, or with both."""
    core = [framework for framework in workspace.frameworks.values() if framework.core]
    for framework in core[1:]:
        yield BadDefinition(
            _("框架 {other} 与 {framework} 都标为核心").format(other=framework.id, framework=core[0].id),
            remedy=_("只留一个 core: true。"),
            place=workspace.places.get(f"framework {framework.id}", Place()),
        )
    stated = stated_indicators(workspace)
    for name in dict.fromkeys(name for framework in core for name in framework.members):
        indicator = workspace.indicators.get(name)
        if indicator is not None and stated is not None:
            place = workspace.places.get(f"indicator {name}", Place())
            yield from (placed(fault, place) for fault in _figure_or_gap(indicator, has_figures=indicator.is_computed or name in stated))


def stated_indicators(workspace: Workspace) -> frozenset[str] | None:
    """Indicators that some typed table binds; None where a bulk table names its indicators only in its own rows.

    A table that only comes as a delivered file leaves its indicators gaps until it comes.
    """
    if any(binding.bulk and not binding.states for binding in workspace.tables.values()):
        return None
    return frozenset(name for binding in workspace.tables.values() if binding.file for name in binding.indicators())


def _figure_or_gap(indicator: Indicator, *, has_figures: bool) -> Iterator[GuibiaoError]:
    if has_figures == bool(indicator.gap_office):
        yield BadDefinition(
            _("核心指标 {id} 已有数据来源，又写了缺口").format(id=indicator.id)
            if has_figures
            else _("核心指标 {id} 既没有表或公式给出数据，也没有写明缺口").format(id=indicator.id),
            remedy=_("有数据的删去 gap_office 和 gap_due；没有的写明持有单位 gap_office 和催收日期 gap_due。"),
        )
    elif not has_figures:
        precision = [parse_known_from(indicator.gap_due)[1]] if not list(caught(lambda: parse_known_from(indicator.gap_due))) else []
        if precision != [Precision.DAY]:
            yield BadDefinition(_("核心指标 {id} 的缺口没有写明催收日期").format(id=indicator.id), remedy=_("gap_due 写成如 2027-01-31。"))
