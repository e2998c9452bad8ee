"""Why the published past changed: revised data, new data, new model, one after the other. Method sheet: docs/methods/0619.

Levels are run in this order: as published; the old data under the old model again; the old periods with revised values under the old model;
all data under the old model; all data under the new one. A part is the difference of two neighbours, so the parts add up to the change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from guibiao.model.errors import BadRequest
from guibiao.model.series import TimeSeries
from guibiao.series.adjustment.model_vintage import ModelVintage
from guibiao.series.adjustment.result import AdjustmentEngine, AdjustmentRequest, AdjustmentResult, Words
from guibiao.series.adjustment.revision_policy import fixed_request

DIGITS = 12
"""Digits of a level that are kept; differences of such decimals are exact."""


@dataclass(frozen=True, slots=True)
class Change:
    """A period of the published past. `total = reproduction + revised_data + new_data + new_model`, exactly.

    `reproduction` is what running the same data under the same model again changes (another version of the engine, rounding).
    """

    period: str
    published: Decimal
    now: Decimal
    reproduction: Decimal
    revised_data: Decimal
    new_data: Decimal
    new_model: Decimal

    @property
    def total(self) -> Decimal:
        return self.now - self.published


@dataclass(frozen=True, slots=True)
class Explanation:
    """Changes of the adjusted series over the periods both vintages have."""

    key: str
    known_from: str
    changes: tuple[Change, ...]
    notes: tuple[Words, ...] = ()

    def mean_absolute(self) -> dict[str, float]:
        """Mean absolute size of the change and of each part, in the unit of the series."""
        count = len(self.changes)
        names = ("total", "revised_data", "new_data", "new_model", "reproduction")
        return {name: float(sum(abs(getattr(each, name)) for each in self.changes) / count) if count else 0.0 for name in names}


def explain(vintage: ModelVintage, latest: AdjustmentResult, engine: AdjustmentEngine) -> Explanation:
    """What made the adjusted series of a vintage into that of the latest run."""
    return explain_all([(vintage, latest)], engine)[0]


def explain_all(pairs: Sequence[tuple[ModelVintage, AdjustmentResult]], engine: AdjustmentEngine) -> list[Explanation]:
    """Explanations of vintages and latest runs, with three runs each under the old model, all in one call of the engine."""
    requests: list[AdjustmentRequest] = []
    found: dict[int, Explanation] = {}
    places: dict[int, slice] = {}
    for at, (vintage, latest) in enumerate(pairs):
        try:
            asked = explanation_requests(vintage, latest.series)
        except BadRequest as error:
            found[at] = Explanation(vintage.key, vintage.known_from.isoformat(), (), (_cannot(error.title, error.title),))
            continue
        places[at] = slice(len(requests), len(requests) + len(asked))
        requests += asked
    steps = engine.adjust(requests) if requests else []
    for at, place in places.items():
        found[at] = _one(*pairs[at], steps[place])
    return [found[at] for at in range(len(pairs))]


def _one(vintage: ModelVintage, latest: AdjustmentResult, steps: Sequence[AdjustmentResult]) -> Explanation:
    lost = [step for step in (*steps, latest) if step.components is None]
    if not lost:
        return explained(vintage, steps, latest)
    said = lost[0].reasons[0].words if lost[0].reasons else Words("", "")
    return Explanation(vintage.key, vintage.known_from.isoformat(), (), (_cannot(said.zh, said.en),))


def explanation_requests(vintage: ModelVintage, series: TimeSeries) -> list[AdjustmentRequest]:
    """Old data, old periods with revised values, all data: each under the old model."""
    old = vintage.series
    return [fixed_request(vintage, each) for each in (old, _revised(old, series), series)]


def explained(vintage: ModelVintage, steps: Sequence[AdjustmentResult], latest: AdjustmentResult) -> Explanation:
    """The explanation from the runs of `explanation_requests`; periods without a value on either side are left out and counted."""
    levels = [_levels(vintage.series, vintage.adjusted)]
    levels += [_levels(step.series, step.components.adjusted if step.components else ()) for step in (*steps, latest)]
    first, last = vintage.series.start, vintage.series.end
    both = [at for at in range(first, last + 1) if all(math.isfinite(each.get(at, math.nan)) for each in levels)]
    left_out = last - first + 1 - len(both)
    exponent = _exponent(level[at] for level in levels for at in both)
    changes = tuple(_change(vintage.series.label(at - first), [_rounded(level[at], exponent) for level in levels]) for at in both)
    notes = (
        (Words(f"{left_out} 期在某一步没有数，未列。", f"{left_out} periods lack a value in some step and are left out."),)
        if left_out
        else ()
    )
    return Explanation(vintage.key, vintage.known_from.isoformat(), changes, notes)


def _revised(old: TimeSeries, series: TimeSeries) -> TimeSeries:
    """The old periods with the values they have now; where the new series does not reach, the old value."""
    now = _levels(series, series.values)
    return replace(old, values=tuple(now.get(old.ordinal(at), value) for at, value in enumerate(old.values)), spans=())


def _levels(series: TimeSeries, values: Sequence[float]) -> dict[int, float]:
    return {series.ordinal(at): value for at, value in enumerate(values)}


def _exponent(levels: object) -> int:
    """Power of ten of the last digit kept, from the largest level."""
    highest = max((abs(level) for level in levels), default=1.0)  # type: ignore[attr-defined]
    return (math.floor(math.log10(highest)) if highest > 0 else 0) - DIGITS + 1


def _rounded(level: float, exponent: int) -> Decimal:
    with localcontext() as context:
        context.prec = 2 * DIGITS + 320
        return Decimal(level).quantize(Decimal(1).scaleb(exponent), rounding=ROUND_HALF_EVEN)


def _change(period: str, levels: Sequence[Decimal]) -> Change:
    published, again, revised, extended, now = levels
    return Change(period, published, now, again - published, revised - again, extended - revised, now - extended)


def _cannot(zh: str, en: str) -> Words:
    return Words(f"修订不能分解，其中一步没有结果：{zh}", f"The revision cannot be decomposed, a step has no result: {en}")
