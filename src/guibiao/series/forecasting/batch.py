"""Forecasts of many series on all processors: one bad series never stops the rest, it is listed with the reason.

Method sheet: docs/methods/0631-forecasts-and-combination.md.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

from guibiao.model.errors import BadRequest
from guibiao.model.series import TimeSeries
from guibiao.reference.series.forecast import ForecastSpecification
from guibiao.series.forecasting.engine import SIMPLE, ForecastEngine, SimpleModels, StatsforecastModels
from guibiao.series.forecasting.forecast import Forecast, forecast

SERIAL = 12
"""So many series and fewer are forecast in this process: starting others takes longer."""
CHUNK = 8


@dataclass(frozen=True, slots=True)
class Refused:
    """A series that was not forecast, with the reason and what to do."""

    series: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Forecasts in the order of the series, and the series refused."""

    forecasts: tuple[Forecast, ...]
    refused: tuple[Refused, ...]


def engine_for(specification: ForecastSpecification) -> ForecastEngine:
    """The library where the specification needs it, else models of our own. Raises BadRequest where it is needed and absent."""
    return SimpleModels() if specification.model in {*SIMPLE, "simulated"} else _library_engine()


@lru_cache(maxsize=1)
def _library_engine() -> StatsforecastModels:
    return StatsforecastModels()


def forecast_all(
    series: Mapping[str, TimeSeries],
    specification: ForecastSpecification,
    progress: Callable[[], None] | None = None,
    processors: int = 0,
) -> Batch:
    """Forecasts of every series; `progress` is called once a series, `processors` is 0 for all there are."""
    specification.validate()
    engine_for(specification)
    forecasts: list[Forecast] = []
    refused: list[Refused] = []
    for made in _made(list(series.values()), specification, processors):
        if isinstance(made, Forecast):
            forecasts.append(made)
        else:
            refused.append(made)
        if progress is not None:
            progress()
    return Batch(tuple(forecasts), tuple(refused))


def _made(series: Sequence[TimeSeries], specification: ForecastSpecification, processors: int) -> Iterator[Forecast | Refused]:
    workers = processors or len(os.sched_getaffinity(0))
    if len(series) <= SERIAL or workers < 2:
        yield from (_one(each, specification) for each in series)
        return
    # Forking keeps the imported library; it takes seconds to import.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(method)) as pool:
        yield from pool.map(_one, series, [specification] * len(series), chunksize=CHUNK)


def _one(series: TimeSeries, specification: ForecastSpecification) -> Forecast | Refused:
    try:
        return forecast(series, specification, engine_for(specification))
    except BadRequest as error:
        return Refused(series.name, error.title, error.remedy)
    except (ArithmeticError, ValueError) as error:
        return Refused(series.name, f"{type(error).__name__}: {error}", "")
