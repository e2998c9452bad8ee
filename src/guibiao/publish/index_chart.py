"""The charts of an index by kind; one that cannot be drawn says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from guibiao.model.errors import BadRequest
from guibiao.publish.charts.chart import Chart, Order, refused
from guibiao.publish.index_board import IndexBoard
from guibiao.publish.index_drawing import IndexOrder, index_order
from guibiao.publish.index_profile_chart import draw_change, draw_profile
from guibiao.publish.index_rank_chart import draw_ranks, draw_stability
from guibiao.publish.index_weight_chart import draw_drivers, draw_weights

INDEX_KINDS: Mapping[str, Callable[[IndexOrder], Chart]] = MappingProxyType(
    {
        "index_ranks": draw_ranks, "index_profile": draw_profile, "index_weights": draw_weights,
        "index_drivers": draw_drivers, "index_stability": draw_stability, "index_change": draw_change,
    }
)  # fmt: skip


def draw_index(order: Order, boards: Mapping[str, IndexBoard]) -> Chart:
    """The chart of a kind that begins with `index`; refused with the reason where ranks have no intervals or data are missing."""
    try:
        return INDEX_KINDS[order.definition.kind](index_order(order, boards))
    except BadRequest as problem:
        return refused(order, problem.title + order.say("。", "."))
