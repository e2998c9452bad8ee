"""The trace that a method left with a figure: which figures and statements it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from guibiao.publish.figures import Figure, Figures
from guibiao.reference.measurement import Measurement


def measurement_of(figure: Figure, figures: Figures) -> Measurement | None:
    """The measurement that gave a figure; None for a collected or derived one."""
    indicator = figures.workspace.indicators[figure.indicator]
    return figures.workspace.measurements.get(indicator.measurement.partition(".")[0])


def trace_of(figure: Figure) -> Mapping[str, Any]:
    """The trace as the method recorded it; empty where there is none."""
    try:
        read = json.loads(figure.locator)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def traced_index(measurement: Measurement, figures: Figures) -> dict[str, Figure]:
    """Statements and observations of what the measurement names, by statement or figure id; the observation where it is the one chosen."""
    stated = {each.statement: each for name in measurement.traced for each in figures.stated(name)}
    observed = {each.statement or each.id: each for name in measurement.traced for each in figures.of(name)}
    return stated | observed


def traced_figures(figure: Figure, figures: Figures) -> tuple[Figure, ...]:
    """The figures and statements that a trace names, each once, in order."""
    measurement = measurement_of(figure, figures)
    if measurement is None:
        return ()
    index = traced_index(measurement, figures)
    found = (index.get(name) for name in _names(trace_of(figure)))
    return tuple({each.id: each for each in found if each is not None}.values())


def _names(trace: Mapping[str, Any]) -> Iterator[str]:
    for choice in trace.get("choices", ()):
        yield from choice["figures"].values()
    for component in trace.get("components", ()):
        yield component["total"]
    if "output" in trace:
        yield trace["output"]
