"""Warning boards of a workspace: indicators, areas and categories they name are defined."""

from __future__ import annotations

from collections.abc import Iterator

from guibiao.model.errors import BadDefinition, GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Workspace
from guibiao.reference.faults import unknown
from guibiao.reference.series.warning import WarningBoard


def warning_faults(workspace: Workspace, board: WarningBoard) -> Iterator[GuibiaoError]:
    """Names that nothing defines."""
    areas = workspace.classifications.get("areas")
    for watched in board.indicators:
        indicator = workspace.indicators.get(watched.indicator)
        if indicator is None:
            yield unknown(_("指标"), watched.indicator or watched.id, workspace.indicators)
            continue
        if watched.area and (areas is None or areas.find(watched.area) is None):
            yield unknown(_("地区"), watched.area, [each.code for each in areas.categories] if areas else ())
        for dimension, code in watched.categories.items():
            if dimension not in indicator.dimensions:
                yield unknown(_("维度"), dimension, indicator.dimensions)
            elif (listed := workspace.classifications.get(dimension)) and code != "_T" and listed.find(code) is None:
                yield BadDefinition(
                    _("预警盘 {id} 的类目 {dimension}={code} 没有定义").format(id=board.id, dimension=dimension, code=code),
                    remedy=_("核对 classifications/ 中的代码。"),
                )
