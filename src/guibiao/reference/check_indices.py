"""Indices of a workspace: what they name is defined, no series runs across a break, and no ranking is published without its intervals."""

from __future__ import annotations

from collections.abc import Iterator

from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Workspace
from guibiao.reference.faults import placed, unknown
from guibiao.reference.index.workspace import Frame, IndexDefinition, PanelSeries, WorkspaceIndex, definition_problems

INDEX_CHARTS = frozenset({"index_ranks", "index_profile", "index_weights", "index_drivers", "index_stability", "index_change"})
"""Kinds of charts that draw an index of the workspace."""
RANKED = frozenset({"index_ranks", "index_profile", "index_stability", "index_drivers"})
"""Those that show ranks, or what moves them: they need the stress test."""


def index_faults(workspace: Workspace, index: WorkspaceIndex) -> Iterator[GuibiaoError]:
    """Units, columns and bases that are not defined; a break of a series within the years of the panel."""
    definition = index.definition
    yield from definition_problems(definition)
    areas = workspace.classifications.get("areas")
    codes = [each.code for each in areas.categories] if areas else []
    yield from (
        unknown(_("地区"), name, codes) for name in (definition.parent, definition.own, *definition.areas) if name not in {"", *codes}
    )
    yield from (unknown(_("列"), name, index.columns) for name in definition.series if name not in index.columns)
    for column, series in index.columns.items():
        for fault in _series_faults(workspace, definition, column, series):
            yield placed(fault, index.places[column]) if column in index.places else fault


def _series_faults(workspace: Workspace, definition: IndexDefinition, column: str, series: PanelSeries) -> Iterator[GuibiaoError]:
    indicator = workspace.indicators.get(series.indicator)
    if indicator is None:
        yield unknown(_("指标"), series.indicator, workspace.indicators)
        return
    yield from (unknown(_("维度"), name, indicator.dimensions) for name in series.categories if name not in indicator.dimensions)
    if series.accounting_basis and workspace.basis(series.accounting_basis) is None:
        yield unknown(_("核算口径"), series.accounting_basis, [each.id for each in workspace.settings.accounting_bases])
    for each in indicator.breaks:
        if definition.first < int(each.date[:4]) <= definition.last and not each.link:
            yield BadDefinition(
                _("{column} 用的 {indicator} 自{day}起口径不同：{reason}").format(
                    column=column, indicator=indicator.name_zh, day=each.date, reason=each.reason_zh
                ),
                remedy=_("去掉这个指标，或把 first、last 改在口径调整的同一侧。"),
            )


def frame_faults(workspace: Workspace, frame: Frame) -> Iterator[GuibiaoError]:
    """Dimensions that no framework of the workspace has."""
    if not 0 < frame.least_share <= 1:
        yield BadDefinition(_("least_share 应在 0 与 1 之间"), remedy=_("写要求可比的指标占比，如 0.6。"))
    for each in frame.dimensions:
        framework = workspace.frameworks.get(each.framework)
        if framework is None:
            yield unknown(_("统计框架"), each.framework, workspace.frameworks)
        elif each.dimension not in {dimension.id for dimension in framework.dimensions}:
            yield unknown(_("一级领域"), each.dimension, [dimension.id for dimension in framework.dimensions])


def exhibit_faults(workspace: Workspace) -> Iterator[GuibiaoError]:
    """Charts and tables of the report that show an index: it exists, the year is in its panel, and ranks have intervals."""
    exhibits: list[tuple[str, str, str, str, tuple[int, int]]] = [
        ("charts", chart.id, chart.kind, chart.index, (chart.year, chart.since)) for chart in workspace.report.charts
    ]
    exhibits += [("tables", table.id, table.rows, table.index, (table.year, 0)) for table in workspace.report.tables]
    for kind, name, shown, index, years in exhibits:
        place = workspace.places.get(f"{kind} {name}", Place("report/report.yaml", None, f"{kind}.{name}"))
        if shown in INDEX_CHARTS or shown == "index":
            yield from (placed(fault, place) for fault in _exhibit_faults(workspace, name, shown, index, years))
        elif shown == "frame" and index not in workspace.frames:
            yield placed(unknown(_("框架"), index, workspace.frames), place)


def _exhibit_faults(workspace: Workspace, name: str, shown: str, index: str, years: tuple[int, int]) -> Iterator[GuibiaoError]:
    found = workspace.indices.get(index)
    if found is None:
        yield unknown(_("指数"), index, workspace.indices)
        return
    definition = found.definition
    for year in years:
        if year and not definition.first <= year <= definition.last:
            yield BadDefinition(
                _("{name} 的年份 {year} 不在指数 {id} 的 {first}—{last} 年之内").format(
                    name=name, year=year, id=index, first=definition.first, last=definition.last
                )
            )
    if definition.stress is None and (shown in RANKED or shown == "index"):
        yield BadDefinition(
            _("{name} 要发布指数 {id} 的位次，而它没有位次区间").format(name=name, id=index),
            remedy=_("在 {file} 里写 stress：没有压力测试的合成指数不发布排名。").format(file=f"indices/{index}.yaml"),
        )
