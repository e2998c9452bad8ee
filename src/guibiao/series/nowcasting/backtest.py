"""Backtest of nowcasts by vintage: each model as it would have been on the day, against the benchmarks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from guibiao.model.errors import BadRequest
from guibiao.reference.series.nowcast import Nowcast
from guibiao.series.nowcasting.evaluation import Accuracy, DieboldMariano, accuracy, diebold_mariano
from guibiao.series.nowcasting.models import BENCHMARKS, Model, Spread, estimate_model, in_units, spread
from guibiao.series.nowcasting.panel import LOGS, Panel
from guibiao.series.nowcasting.question import Question, as_of_before, vintage_of
from guibiao.series.nowcasting.vintages import VintageTable

FEWEST_TESTED = 4
"""Target periods under which a backtest says nothing."""


@dataclass(frozen=True, slots=True)
class Tested:
    """One nowcast of a backtest, in units of the target; `error` is actual less nowcast, in logs where logs are taken."""

    period: str
    as_of: date
    steps: int
    model: str
    actual: float
    mean: float
    low: float
    high: float
    error: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model over the periods of the backtest: accuracy in units of the target, root mean square of `Tested.error`, tests by benchmark."""

    model: str
    accuracy: Accuracy
    rmse: float
    tests: Mapping[str, DieboldMariano | None]


@dataclass(frozen=True, slots=True)
class Failure:
    """In how many periods a model gave nothing, and why in the latest of them."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Backtest:
    """Every nowcast, each model's comparison on the periods that all compared models have, and what failed by model.

    A model with results for fewer than 4 periods is not compared. `skipped` counts periods whose day had too little data for any model.
    """

    rows: tuple[Tested, ...]
    comparisons: tuple[Comparison, ...]
    failures: Mapping[str, Failure]
    skipped: int

    def comparison(self, model: str) -> Comparison | None:
        return next((each for each in self.comparisons if each.model == model), None)

    def best(self, models: Sequence[str]) -> Comparison | None:
        """The one of the models with the smallest error."""
        return min((each for each in self.comparisons if each.model in models), key=lambda each: each.rmse, default=None)


def backtest(table: VintageTable, specification: Nowcast, asked: Question, models: Sequence[str]) -> Backtest:
    """Nowcasts of the last `specification.backtest` known target periods, each from the data of its day, estimated on them.

    The day lies to its period as the day asked to the period asked; the transforms are those of today's plan.
    """
    final = vintage_of(table, specification, asked.as_of).series[specification.target]
    ordinals = [final.ordinal(at) for at, value in enumerate(final.values) if not math.isnan(value)][-specification.backtest :]
    rows: list[Tested] = []
    failures: dict[str, Failure] = {}
    skipped = 0
    started: dict[str, Model] = {}
    for ordinal in ordinals:
        day = as_of_before(asked, ordinal)
        vintage = vintage_of(table, specification, day)
        known = vintage.series.get(specification.target)
        if known is None or len(known) < 2 or known.end >= ordinal or ordinal - known.end > 2 * asked.steps + final.frequency.per_year:
            skipped += 1
            continue
        then = replace(asked, last=known.end, asked=ordinal, as_of=day)
        actual = final.values[ordinal - final.start]
        if specification.evaluate_on == "first" and table.frequency(specification.target) is final.frequency:
            actual = table.first_release(specification.target, ordinal)
        panel = then.panel(vintage)
        for name in models:
            try:
                found = estimate_model(name, panel, specification, started.get(name))
            except (BadRequest, np.linalg.LinAlgError) as error:
                reason = error.title if isinstance(error, BadRequest) else str(error)
                failures[name] = Failure(failures[name].count + 1 if name in failures else 1, reason)
                continue
            before = [row.error for row in rows if row.model == name]
            rows.append(_tested(name, found.model, then, panel, actual, specification.level, before))
            started[name] = found.model
    rows = [row for row in rows if math.isfinite(row.error)]
    return Backtest(tuple(rows), _comparisons(rows, models, asked.steps), failures, skipped)


def widened(width: Spread, errors: Sequence[float]) -> Spread:
    """The spread, not narrower than the errors of the backtest so far where there are at least four."""
    known = [error for error in errors if math.isfinite(error)]
    if len(known) < FEWEST_TESTED:
        return width
    return width.at_least(math.sqrt(math.fsum(error**2 for error in known) / len(known)), len(known))


def _tested(name: str, model: Model, then: Question, panel: Panel, actual: float, coverage: float, before: Sequence[float]) -> Tested:
    logs = then.plan.target.transform in LOGS
    level = float(model.levels(panel)[then.position])
    low, high = widened(spread(model, panel, then.position), before).interval(level, coverage)
    observed = math.log(actual) if logs else actual
    mean, below, above = (in_units(each, logs) for each in (level, low, high))
    return Tested(then.label(then.asked), then.as_of, then.steps, name, actual, mean, below, above, observed - level)


def _comparisons(rows: Sequence[Tested], models: Sequence[str], steps: int) -> tuple[Comparison, ...]:
    errors = {name: {row.period: row.error for row in rows if row.model == name} for name in models}
    compared = [name for name in models if len(errors[name]) >= FEWEST_TESTED]
    common = set.intersection(*(set(errors[name]) for name in compared)) if compared else set()
    if len(common) < FEWEST_TESTED:
        return ()
    found = []
    for name in compared:
        mine = [row for row in rows if row.model == name and row.period in common]
        measured = accuracy([row.actual for row in mine], [row.mean for row in mine], [row.low for row in mine], [row.high for row in mine])
        rmse = math.sqrt(math.fsum(row.error**2 for row in mine) / len(mine))
        kept = [row.period for row in mine]
        tests = {other: _test(errors[name], errors[other], kept, steps) for other in BENCHMARKS if other in compared and other != name}
        found.append(Comparison(name, measured, rmse, tests))
    return tuple(found)


def _test(model: Mapping[str, float], benchmark: Mapping[str, float], periods: Sequence[str], steps: int) -> DieboldMariano | None:
    if len(periods) <= steps:
        return None
    return diebold_mariano([model[period] for period in periods], [benchmark[period] for period in periods], max(steps, 1))
