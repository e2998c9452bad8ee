"""Why an index changed: between two times, between two vintages of the data, or between two units. Parts are exact and sum to the change.

Method sheet: docs/methods/1019-change-decomposition.md. A change of score goes through a state in between, the new data under the old
parameters of treatment and normalisation: what moves up to there is the value, what moves after it is the scale (others' data, new bounds).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from guibiao.index.attribution import Attribution, State, attribute
from guibiao.index.build import build
from guibiao.index.construction import Construction, IndexData, Time
from guibiao.index.matrix import Matrix
from guibiao.index.result import Frozen, IndexResult, shown_time
from guibiao.index.scoring import WHOLE
from guibiao.index.stress_scores import below
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Kind = Literal["value", "scale", "weight", "availability", "rounding"]


ROUNDING = 1e-10
"""Share of the score above which what the quadrature leaves is told as a part."""


@dataclass(frozen=True, slots=True)
class Part:
    """One cause: an indicator's value or scale, a node's weight, or its becoming present or missing, and what it adds."""

    code: str
    kind: Kind
    contribution: float


@dataclass(frozen=True, slots=True)
class Change:
    """A change of score from `start` to `end` and its parts, the largest first; `rounding` is what the quadrature leaves, if anything."""

    unit: str
    code: str
    start: float
    end: float
    parts: tuple[Part, ...]

    @property
    def change(self) -> float:
        """End less start."""
        return self.end - self.start


def between_times(construction: Construction, data: IndexData, unit: str, first: Time, second: Time, code: str = "") -> Change:
    """Change of a unit's score from one time to another under one construction."""
    result = build(construction, data)
    middle = build(construction, data, _as_at(result.frozen, first, second))
    states = [_state(construction, one, unit, time) for one, time in ((result, first), (middle, second), (result, second))]
    return _change(construction, unit, code, states, (construction.tree.weights,) * 3)


def between_vintages(
    construction: Construction,
    old: IndexData,
    new: IndexData,
    unit: str,
    time: Time,
    code: str = "",
    *,
    old_weights: Matrix | None = None,
) -> Change:
    """Revision of a unit's score at one time: the index as the older data gave it, and as the newer data give it.

    `old_weights` (nodes,) are the weights of the older vintage, where they differ.
    """
    before, after = build(construction, old), build(construction, new)
    middle = build(construction, new, before.frozen)
    states = [_state(construction, one, unit, time) for one in (before, middle, after)]
    weights = construction.tree.weights
    return _change(construction, unit, code, states, (weights if old_weights is None else old_weights, weights, weights))


def against(construction: Construction, result: IndexResult, unit: str, time: Time, other: str = "", code: str = "") -> Change:
    """A unit's lead over another unit, or over the mean of all units' normalised scores where none is named."""
    rows = [row for row, when in enumerate(result.times) if when == time]
    normalised = result.scores[:, : construction.tree.indicators]
    if other:
        base = _state(construction, result, other, time)
    else:
        values = normalised[rows]
        counts = (~np.isnan(values)).sum(axis=0)
        base = np.where(counts > 0, np.where(np.isnan(values), 0.0, values).sum(axis=0) / np.maximum(counts, 1), np.nan)
    own = _state(construction, result, unit, time)
    weights = construction.tree.weights
    return _change(construction, unit, code, [base, own, own], (weights,) * 3)


def _as_at(frozen: Frozen, first: Time, second: Time) -> Frozen:
    """Parameters in which the second time is treated and scaled as the first was."""
    treatments, scales = dict(frozen.treatments), dict(frozen.scales)
    for time, code in frozen.treatments:
        if time == second and time != WHOLE and (first, code) in frozen.treatments:
            treatments[second, code] = frozen.treatments[first, code]
    for time, code in frozen.scales:
        if time == second and time != WHOLE and (first, code) in frozen.scales:
            scales[second, code] = frozen.scales[first, code]
    return Frozen(treatments, scales)


def _state(construction: Construction, result: IndexResult, unit: str, time: Time) -> Matrix:
    for row, key in enumerate(zip(result.units, result.times, strict=True)):
        if key == (unit, time):
            return result.scores[row, : construction.tree.indicators]
    when = shown_time(time)
    raise BadRequest(
        _("没有单位 {unit} 在 {time} 的得分").format(unit=unit, time=when) if time != "" else _("没有单位 {unit} 的得分").format(unit=unit),
        remedy=_("核对单位代码和时间；也可能被筛去了。"),
    )


def _change(construction: Construction, unit: str, code: str, states: list[Matrix], weights: tuple[Matrix, Matrix, Matrix]) -> Change:
    tree = construction.tree
    place = tree.codes.index(code) if code else tree.root
    groups = below(tree, place)
    by_value = attribute(tree, groups, State(states[0], weights[0]), State(states[1], weights[1]))
    by_scale = attribute(tree, groups, State(states[1], weights[1]), State(states[2], weights[2]))
    parts = [*_parts(construction, by_value, "value"), *_parts(construction, by_scale, "scale")]
    rounding = by_value.residual + by_scale.residual
    if abs(rounding) > ROUNDING * max(1.0, abs(by_scale.end)):
        parts.append(Part(tree.codes[place], "rounding", rounding))
    return Change(unit, tree.codes[place], by_value.start, by_scale.end, tuple(sorted(parts, key=lambda each: -abs(each.contribution))))


def _parts(construction: Construction, found: Attribution, kind: Kind) -> list[Part]:
    codes = construction.tree.codes
    shared: tuple[tuple[Kind, Matrix], ...] = ((kind, found.values), ("weight", found.weights), ("availability", found.availability))
    return [Part(codes[place], name, float(values[place])) for name, values in shared for place in np.flatnonzero(values)]
