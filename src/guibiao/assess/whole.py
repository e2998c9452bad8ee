"""Refusals that the methods of this room share: annual series, gaps, values that span several periods."""

from __future__ import annotations

from itertools import pairwise

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries

SHOWN = 6


def refuse_annual(series: TimeSeries) -> None:
    """Cycles and lights need months or quarters."""
    if series.frequency in {Frequency.YEAR, Frequency.DAY}:
        raise BadRequest(
            _("{name} 不是月度或季度序列，不亮灯、不定转折点").format(name=series.name),
            remedy=_("用月度或季度序列；年度目标用 guibiao policy board。"),
        )


def refuse_sparse(series: TimeSeries) -> None:
    """Values as far apart as years or quarters are annual or quarterly figures, whatever frequency they were read at."""
    refuse_annual(series)
    known = [at for at, value in enumerate(series.values) if value == value]
    step = min((after - at for at, after in pairwise(known)), default=1)
    if step >= series.frequency.per_year or (series.frequency is Frequency.MONTH and step >= 3):
        longer = _("年度") if step >= series.frequency.per_year else _("季度")
        raise BadRequest(
            _("{name} 实为{frequency}数，不亮灯").format(name=series.name, frequency=longer),
            remedy=_("用月度或季度序列；年度目标用 guibiao policy board。"),
        )


def refuse_partial(series: TimeSeries) -> None:
    """Every period must have a value of its own."""
    refuse_annual(series)
    if series.spans:
        raise BadRequest(
            _("{name} 有 {count} 个值跨几期（如1—2月合并）").format(name=series.name, count=len(series.spans)),
            remedy=_("先用 guibiao series monthly --split 拆开，或用同比增速。"),
        )
    if series.missing:
        named = "、".join(series.label(at) for at in series.missing[:SHOWN])
        raise BadRequest(
            _("{name} 缺 {count} 期：{periods}").format(name=series.name, count=len(series.missing), periods=named),
            remedy=_("补上缺数，或截取没有缺数的一段。"),
        )


def aligned(series: list[TimeSeries]) -> tuple[int, int]:
    """First and last ordinal that all have; raises BadRequest where frequencies differ or nothing is common."""
    frequencies = {each.frequency for each in series}
    if len(frequencies) > 1:
        raise BadRequest(_("序列的频率不一"), remedy=_("先折算成同一频率。"))
    first, last = max(each.start for each in series), min(each.end for each in series)
    if first >= last:
        raise BadRequest(_("这些序列没有共同的时期"), remedy=_("去掉太短的序列。"))
    return first, last
