"""Bars from zero: areas or categories side by side, ranked or as given, or one figure over time as columns.

Ranks are competition ranks of the figures as printed: equal ones share a rank (1, 2, 2, 4). A figure that is not exact has no rank and
an open bar; one that is not on file has an empty place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guibiao.publish.charts.chart import Chart, Order, Spec, finished, nothing_on_file
from guibiao.publish.charts.columns import draw_columns
from guibiao.publish.charts.curves import inexact_note
from guibiao.publish.charts.layout import Ticks, text_width, ticks, wrap
from guibiao.publish.charts.marks import Mark, Scale, chart_scale, make_mark
from guibiao.publish.charts.naming import Selection, group, level_of, select
from guibiao.publish.charts.plot import arrow_heads
from guibiao.publish.charts.theme import (
    ACCENT, BAR, FAINT, INK, LABEL, LINKED, MUTED, PAPER, SMALL, WIDTH, Margin, canvas, color, pixel, rules, texts,
)  # fmt: skip
from guibiao.publish.figures import Figure
from guibiao.reference.definitions import SeriesDefinition

BARS_AT_MOST = 40
MISSING_AT_MOST = 8
"""Empty places drawn; more are only noted."""
NAME_WIDTH = 170
ARROW = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One bar: name, figure (None where nothing is on file), rank as printed, and whether the rank is shared."""

    name: str
    mark: Mark | None
    rank: str = ""
    tied: bool = False
    highlighted: bool = False


def draw_bar(order: Order) -> Chart:
    """The chart of kind `bar`: horizontal bars, or columns where only the period differs."""
    selection = select(order)
    if not selection.figures:
        return nothing_on_file(order)
    subjects = {(place, figure.area, figure.categories) for place, (_series, figures) in enumerate(selection.series) for figure in figures}
    periods = {figure.period for figure in selection.figures}
    if len(periods) > 1 and len(subjects) <= 3 and not any(_spread(series) for series, _figures in selection.series):
        return draw_columns(order, selection)
    return _horizontal(order, selection)
