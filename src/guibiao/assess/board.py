"""The warning board: lights of every indicator and period, composite score, indices, and each rule's test."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from guibiao.assess.board_types import BoardResult, Reading, Row, Score, Watched
from guibiao.assess.composite import Component, CompositeIndex, CompositeSpec, composite_indices
from guibiao.assess.diffusion import DiffusionIndex, DiffusionSpec, Member, diffusion_index
from guibiao.assess.indicator_limits import LimitRule
from guibiao.assess.lights import Light, composite_score, light_of
from guibiao.assess.period_end import last_day
from guibiao.assess.testing import tested
from guibiao.assess.transform import transformed
from guibiao.assess.whole import refuse_sparse
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import TimeSeries
from guibiao.reference.series.warning import WarningBoard, WatchedIndicator


def evaluate(board: WarningBoard, given: Mapping[str, Watched], as_of: date) -> BoardResult:
    """The board from the values of periods that ended by `as_of` (and were known by then, where that is recorded).

    `given` maps indicator ids to their series, before transformation; an indicator without a series is named in the notes. Raises
    BadRequest for annual series and for a frequency other than the board's.
    """
    notes = [_("没有数据：{names}。").format(names="、".join(missing))] if (missing := _missing(board, given)) else []
    cut = {}
    for watched in board.indicators:
        if watched.id in given:
            _check_frequency(board, given[watched.id].series)
            cut[watched.id] = _up_to(given[watched.id], watched, as_of)
    rows = tuple(_row(board, watched, cut, as_of) for watched in board.indicators if watched.id in cut)
    diffusion = _diffusion(rows, board.least_share, notes)
    indices = _indices(rows, board.base_year, notes)
    cuts = board.cuts_on(as_of)
    if not cuts.verified:
        notes.append(_("综合分的界限（{id}）未核实来源。").format(id=cuts.id))
    scores = _scores(board, rows, math.fsum(each.weight for each in board.indicators), as_of)
    if all(math.isnan(each.value) for each in scores):
        notes.append(_("有灯的指标不足，没有综合指数。"))
    return BoardResult(board, as_of, rows, scores, cuts, diffusion, indices, tuple(notes))


def _missing(board: WarningBoard, given: Mapping[str, Watched]) -> list[str]:
    return [each.name_zh or each.id for each in board.indicators if each.id not in given]


def _check_frequency(board: WarningBoard, series: TimeSeries) -> None:
    refuse_sparse(series)
    if series.frequency.value != board.frequency:
        raise BadRequest(
            _("{name} 的频率是 {found}，预警盘是 {wanted}").format(name=series.name, found=series.frequency.value, wanted=board.frequency),
            remedy=_("折算成同一频率，或另设一盘。"),
        )


def _up_to(watched: Watched, indicator: WatchedIndicator, as_of: date) -> Watched:
    """The series as known on a day: later values are taken away, then the transformation is made."""
    series = watched.series
    values = tuple(
        value
        if last_day(series.frequency, series.ordinal(at)) <= as_of and watched.known.get(series.ordinal(at), as_of) <= as_of
        else math.nan
        for at, value in enumerate(series.values)
    )
    kept = tuple((at, periods) for at, periods in series.spans if values[at] == values[at])
    return replace(watched, series=transformed(replace(series, values=values, spans=kept), indicator.transform))


def _row(board: WarningBoard, watched: WatchedIndicator, cut: Mapping[str, Watched], as_of: date) -> Row:
    own = cut[watched.id]
    rule = LimitRule(board, watched, own.series)
    limits, behind, reason = rule.final()
    readings = []
    for at, value in enumerate(own.series.values):
        judged, unlit = rule.judged(at)
        hindered = reason or unlit
        light = Light.NONE if hindered or limits is None else light_of(judged, limits, low_is_hot=watched.hot == "low")
        readings.append(Reading(own.series.ordinal(at), value, light, hindered))
    latest = max((at for at, value in enumerate(own.series.values) if not math.isnan(value)), default=-1)
    if latest >= 0 and _too_old(board, own.series, latest, as_of):
        readings[latest] = replace(readings[latest], light=Light.NONE, reason="stale")
    test = tested(watched, {name: each.series for name, each in cut.items()}, rule)
    unit = watched.unit or own.unit or ("%" if watched.transform == "year_on_year" else "")
    known = own.known.get(own.series.ordinal(latest)) if latest >= 0 else None
    return Row(watched, own.series, unit, own.grade, own.area, tuple(readings), limits, behind, latest, known, test)


def _too_old(board: WarningBoard, series: TimeSeries, latest: int, as_of: date) -> bool:
    return bool(board.stale_after) and last_day(series.frequency, series.ordinal(latest) + board.stale_after) < as_of


def _scores(board: WarningBoard, rows: Sequence[Row], total: float, as_of: date) -> tuple[Score, ...]:
    """The composite of every period from the first light to the last."""
    lights: dict[int, list[tuple[Light, float]]] = {}
    for row in rows:
        for reading in row.readings:
            lights.setdefault(reading.ordinal, []).append((reading.light, row.watched.weight))
    limits = board.cuts_on(as_of).limits
    found = []
    for ordinal in sorted(lights):
        value = composite_score(lights[ordinal], total, board.least_share)
        lit = sum(light is not Light.NONE for light, _weight in lights[ordinal])
        found.append(Score(ordinal, value, light_of(value, limits), lit, len(board.indicators)))
    seen = [at for at, score in enumerate(found) if score.lit]
    return tuple(found[seen[0] : seen[-1] + 1]) if seen else ()


def _diffusion(rows: Sequence[Row], least_share: float, notes: list[str]) -> DiffusionIndex | None:
    if not rows:
        return None
    members = [
        Member(row.series, row.watched.weight, row.watched.hot == "low", row.watched.percentage or row.watched.transform == "year_on_year")
        for row in rows
    ]
    index = diffusion_index(members, DiffusionSpec(least_share=least_share)).trimmed()
    if without := sum(math.isnan(value) for value in index.values):
        notes.append(_("扩散指数有 {count} 期因可比的指标不足而不算。").format(count=without))
    return index


def _indices(rows: Sequence[Row], base_year: int, notes: list[str]) -> Mapping[str, CompositeIndex]:
    """Composite indices of the groups; what hinders them is a note, not an error: the lights stand without them."""
    groups: dict[str, list[Component]] = {}
    for row in rows:
        if row.watched.group:
            rate = row.watched.percentage or row.watched.transform != "none"
            component = Component(row.series, row.watched.weight, rate, row.watched.hot == "low")
            groups.setdefault(row.watched.group, []).append(component)
    if not groups:
        return {}
    try:
        trimmed = {name: [replace(each, series=_trimmed(each.series)) for each in members] for name, members in groups.items()}
        return composite_indices(trimmed, CompositeSpec(base_year=base_year))
    except BadRequest as error:
        notes.append(_("合成指数没有算：{reason}。").format(reason=error.title))
        return {}


def _trimmed(series: TimeSeries) -> TimeSeries:
    """Without missing values at either end."""
    known = [at for at, value in enumerate(series.values) if not math.isnan(value)]
    return series.window(series.ordinal(known[0]), series.ordinal(known[-1])) if known else series
