"""A chart definition and the figures of a run -> one chart, by its kind. Pure: same figures, same specification."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from guibiao.publish.charts.bar import draw_bar
from guibiao.publish.charts.chart import Chart, Order, Passport
from guibiao.publish.charts.composition import draw_composition
from guibiao.publish.charts.flow import draw_flow
from guibiao.publish.charts.forecast import Forecast
from guibiao.publish.charts.heat import draw_heat
from guibiao.publish.charts.line import draw_line
from guibiao.publish.charts.scatter import draw_scatter
from guibiao.publish.charts.slope import draw_slope
from guibiao.publish.charts.span import draw_range
from guibiao.publish.charts.tile_map import draw_tile_map
from guibiao.publish.figures import Figures
from guibiao.publish.wording import Wording
from guibiao.reference.report_definitions import ChartDefinition

KINDS: Mapping[str, Callable[[Order], Chart]] = {
    "line": draw_line,
    "bar": draw_bar,
    "composition": draw_composition,
    "slope": draw_slope,
    "tile_map": draw_tile_map,
    "range": draw_range,
    "scatter": draw_scatter,
    "flow": draw_flow,
    "heat": draw_heat,
}


def specify(definition: ChartDefinition, figures: Figures, language: str, passport_of: Passport, forecast: Forecast | None = None) -> Chart:
    """The chart; `passport_of` gives the id of a figure's passport, to which its marks link as `#id`.

    `forecast` goes on after the last figure of a line. Raises `BadRequest` where the units of its series cannot be shown on one axis.
    Without observations the chart has no `spec`.
    """
    return KINDS[definition.kind](Order(definition, figures, Wording(language), passport_of, forecast))
