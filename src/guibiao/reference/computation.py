"""In which order computed indicators come about, and whether the measurements that give some of them are sound."""

from __future__ import annotations

from collections.abc import Iterator

from guibiao.language.formulas import order_formulas
from guibiao.language.parse import indicator_names, parse
from guibiao.model.errors import BadDefinition, GuibiaoError
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Workspace
from guibiao.reference.faults import unknown
from guibiao.reference.measurement import RESULTS, BoundedScale, ContributionRange, DigitalShare, InputOutput, Measurement


def inputs_of_indicator(workspace: Workspace, indicator: Indicator) -> tuple[str, ...]:
    """Indicators that a computed one is computed from; none for a collected one."""
    if indicator.formula:
        return tuple(indicator_names(parse(indicator.formula)))
    measurement = workspace.measurements.get(indicator.measurement.partition(".")[0])
    return measurement.inputs if measurement else ()


def computation_order(workspace: Workspace) -> tuple[str, ...]:
    """Computed indicators so that each comes after those it uses; a circle is refused and named."""
    measured = {name: inputs_of_indicator(workspace, each) for name, each in workspace.indicators.items() if each.measurement}
    return order_formulas(workspace.indicators, measured)


def measured_faults(workspace: Workspace, indicator: Indicator) -> Iterator[GuibiaoError]:
    """What is wrong with an indicator's reference to the measurement that gives it."""
    if not indicator.measurement:
        return
    if indicator.formula:
        yield BadDefinition(_("指标 {id} 既写了公式又写了方法").format(id=indicator.id), remedy=_("只留 formula 或 measurement 一项。"))
    name, _dot, result = indicator.measurement.partition(".")
    measurement = workspace.measurements.get(name)
    if measurement is None:
        yield unknown(_("测算"), name, workspace.measurements)
        return
    if result not in RESULTS[measurement.method]:
        yield unknown(_("测算结果"), indicator.measurement, [f"{name}.{each}" for each in RESULTS[measurement.method]])
        return
    yield from _unit_fault(workspace, indicator, measurement, result)
    others = [each.id for each in workspace.measured_by(name) if each.measurement == indicator.measurement]
    if others[0] != indicator.id:
        yield BadDefinition(
            _("{result} 已由指标 {id} 使用").format(result=indicator.measurement, id=others[0]), remedy=_("每项结果只归一个指标。")
        )
    dimensions = (measurement.product,) if isinstance(measurement, InputOutput) else ()
    if indicator.dimensions != dimensions:
        yield BadDefinition(
            _("指标 {id} 的维度应当是：{dimensions}").format(id=indicator.id, dimensions="、".join(dimensions) or _("无")),
            remedy=_("按方法给出的结果改正 dimensions。"),
        )


def _unit_fault(workspace: Workspace, indicator: Indicator, measurement: Measurement, result: str) -> Iterator[GuibiaoError]:
    if isinstance(measurement, BoundedScale):
        total = workspace.indicators.get(measurement.envelopes[0].total) if measurement.envelopes else None
        given = total.unit if total else indicator.unit
    else:
        given = "个百分点" if result == "pull" else "" if result.endswith("_linkage") else "%"
    if given != indicator.unit:
        message = _("指标 {id} 的单位与方法给出的 {unit} 不同").format(id=indicator.id, unit=given or _("无单位"))
        yield BadDefinition(message, remedy=_("改正 unit。"))


def measurement_faults(workspace: Workspace, measurement: Measurement) -> Iterator[GuibiaoError]:
    """What is wrong with a measurement: names nobody defines, money in two units, digital products without a table."""
    for name in measurement.inputs:
        if name not in workspace.indicators:
            yield unknown(_("指标"), name, workspace.indicators)
    if isinstance(measurement, ContributionRange):
        yield from _one_unit(workspace, (measurement.part, measurement.whole))
    elif isinstance(measurement, BoundedScale):
        yield from _one_unit(workspace, measurement.inputs)
        yield from _scope_faults(workspace, measurement)
    else:
        yield from _one_unit(workspace, measurement.inputs)
        for table in measurement.tables:
            if not table.domestic and not (measurement.imports and measurement.final_use):
                yield BadDefinition(
                    _("投入产出表 {table} 混有进口，须写明 imports 和 final_use").format(table=table.prefix),
                    remedy=_("补上这两个指标；或写 domestic，只用国内品流量。"),
                )


def _one_unit(workspace: Workspace, names: tuple[str, ...]) -> Iterator[GuibiaoError]:
    units = {workspace.indicators[name].unit for name in names if name in workspace.indicators}
    if len(units) > 1:
        yield BadDefinition(_("同一测算的金额单位不一：{units}").format(units="、".join(sorted(units))), remedy=_("统一这些指标的 unit。"))


def _scope_faults(workspace: Workspace, measurement: BoundedScale) -> Iterator[GuibiaoError]:
    if not measurement.envelopes:
        yield BadDefinition(_("测算 {id} 没有写总量").format(id=measurement.id), remedy=_("在 envelopes 下至少写一项。"))
    correspondence = workspace.correspondences.get(measurement.correspondence)
    if correspondence is None:
        yield unknown(_("对应表"), measurement.correspondence, workspace.correspondences)
        return
    scope = workspace.classifications.get(correspondence.title.source)
    prefixes = [prefix for envelope in measurement.envelopes for prefix in envelope.within]
    codes = [category.code for category in scope.categories] if scope else []
    for prefix in prefixes:
        if not any(code.startswith(prefix) for code in codes):
            yield unknown(_("类目"), prefix, codes)
    for position, prefix in enumerate(prefixes):
        if any(prefix.startswith(other) for index, other in enumerate(prefixes) if index != position):
            yield BadDefinition(_("类目 {code} 在两个总量里").format(code=prefix), remedy=_("每个类目只放进一个总量。"))


def share_faults(workspace: Workspace, share: DigitalShare) -> Iterator[GuibiaoError]:
    """What is wrong with a dated digital share."""
    if not (0 <= share.share <= 1 and 0 <= share.standard_error <= 1):
        yield BadDefinition(_("数字化比例 {id} 及其标准误应当在0与1之间").format(id=share.id), remedy=_("写成小数，如 0.35。"))
    if share.source not in workspace.sources:
        yield unknown(_("来源"), share.source, workspace.sources)
    areas = workspace.classifications.get("areas")
    if areas is None or areas.find(share.area) is None:
        yield unknown(_("地区"), share.area, [category.code for category in areas.categories] if areas else ())
