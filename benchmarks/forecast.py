"""Forecasts of the M3 and tourism competitions with the default forecaster: sMAPE, MASE, coverage of intervals by horizon, seconds.

`python -m benchmarks.forecast [--sets m3_MONTHLY ...] [--every N] [--format json]`. The competitions lie beside the checkout
(`../shared/data/oracles/forecast`, or under `$GUIBIAO_SHARED`); where they do not, nothing is measured and that is said.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.forecast import ForecastSpecification, SimulationSpecification
from guibiao.series.forecasting.accuracy import held, scaled_error, symmetric_percentage_error
from guibiao.series.forecasting.batch import forecast_all
from guibiao.series.forecasting.simulation import simulate

SHARED = Path(os.environ.get("GUIBIAO_SHARED") or Path(__file__).resolve().parents[2] / "shared")
FOLDER = SHARED / "data" / "oracles" / "forecast"
FREQUENCIES = {"MONTHLY": Frequency.MONTH, "QUARTERLY": Frequency.QUARTER, "YEARLY": Frequency.YEAR, "OTHER": Frequency.YEAR}
SETS = ("m3_MONTHLY", "m3_QUARTERLY", "m3_YEARLY", "m3_OTHER", "tourism_MONTHLY", "tourism_QUARTERLY", "tourism_YEARLY")
LEVELS = (80.0, 95.0)
THETA = {"m3_MONTHLY": 13.892}
"""sMAPE of Theta as published, where it is to be beaten."""
SHORT = 9
"""Annual points given to the simulated futures: under ten."""


@dataclass
class Competitor:
    """One series of a competition: values before and after the origin."""

    horizon: int
    train: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)


def read(name: str, every: int = 1) -> dict[str, Competitor]:
    """Every n-th series of a set, such as m3_MONTHLY."""
    competition, _line, kind = name.partition("_")
    file = FOLDER / ("M3_long.csv.gz" if competition == "m3" else "tourism_comp_long.csv.gz")
    found: dict[str, Competitor] = {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["period"] == kind:
                each = found.setdefault(row["id"], Competitor(int(row["h"])))
                (each.train if row["set"] == "train" else each.test).append(float(row["value"]))
    return {key: found[key] for key in list(found)[::every]}


def series_of(name: str, competitors: Mapping[str, Competitor]) -> dict[str, TimeSeries]:
    """The values before the origin as series; their calendar plays no part."""
    frequency = FREQUENCIES[name.partition("_")[2]]
    start = 1950 * frequency.per_year
    return {key: TimeSeries(key, frequency, start, tuple(each.train)) for key, each in competitors.items()}


def score(name: str, every: int = 1, processors: int = 0) -> dict[str, Any]:
    """Accuracy and coverage of the default forecaster on one set."""
    competitors = read(name, every)
    series = series_of(name, competitors)
    horizon = next(iter(competitors.values())).horizon
    started = time.perf_counter()
    batch = forecast_all(series, ForecastSpecification(horizon=horizon, level=LEVELS[0]), processors=processors)
    seconds = time.perf_counter() - started
    season = {"MONTHLY": 12, "QUARTERLY": 4}.get(name.partition("_")[2], 1)
    errors, scaled = [], []
    for each in batch.forecasts:
        actual, mean = np.array(competitors[each.series].test), np.array(each.mean)
        errors.append(symmetric_percentage_error(actual, mean[: len(actual)]))
        scaled.append(scaled_error(actual, mean[: len(actual)], np.array(competitors[each.series].train), season))
    return {
        "series": len(series), "refused": len(batch.refused), "horizon": horizon, "smape": float(np.mean(errors)),
        "mase": float(np.nanmean(scaled)), "seconds": seconds, "coverage": coverage(batch.forecasts, competitors),
    }  # fmt: skip


def coverage(forecasts: Sequence[Any], competitors: Mapping[str, Competitor]) -> dict[str, list[float]]:
    """Part of actual values within the intervals, by horizon, at both levels; widths are taken anew from the scale of each forecast."""
    from guibiao.series.forecasting.intervals import Widths, bounds

    found: dict[str, list[float]] = {}
    for level in LEVELS:
        inside = []
        for each in forecasts:
            told = each.diagnostics.get("interval")
            if told is None:
                continue
            actual = np.array(competitors[each.series].test)
            widths = Widths(np.array(told["scale"]), np.array(told["degrees"]), np.empty(0), told["log"])
            low, high = bounds(np.array(each.mean), widths, level)
            inside.append(held(actual, low[: len(actual)], high[: len(actual)]))
        found[f"{level:g}"] = [float(part) for part in np.mean(inside, axis=0)]
    return found


def short_coverage(name: str = "m3_YEARLY", points: int = SHORT, horizon: int = 4) -> dict[str, Any]:
    """Coverage of futures simulated from the last `points` annual values, by model and of all in equal parts, at both levels."""
    inside: dict[str, dict[str, list[Any]]] = {}
    for each in read(name).values():
        paths = simulate(each.train[-points:], horizon, SimulationSpecification(draws=1000))
        for level in LEVELS:
            for model, (low, high) in paths.quantiles((0.5 - level / 200, 0.5 + level / 200)).items():
                inside.setdefault(model, {}).setdefault(f"{level:g}", []).append(held(np.array(each.test[:horizon]), low, high))
    return {model: {level: float(np.mean(rows)) for level, rows in each.items()} for model, each in inside.items()}


def measure(quiet: bool, sets: Sequence[str] = SETS, every: int = 1) -> dict[str, Any]:
    """Every set's score, and the coverage of simulated annual futures; `left out` where the competitions are not on this machine."""
    if not FOLDER.is_dir():
        return {"left out": f"no competitions in {FOLDER}"}
    report: dict[str, Any] = {}
    for name in sets:
        report[name] = score(name, every)
        if not quiet:
            print_score(name, report[name])
    if "m3_YEARLY" in sets:
        report["simulated"] = short_coverage()
        if not quiet:
            for model, each in report["simulated"].items():
                print(f"{SHORT} annual points, {model:<20}" + "".join(f"  {level} %: {part:.3f}" for level, part in each.items()))
    return report


def print_score(name: str, found: Mapping[str, Any]) -> None:
    """Accuracy, time and coverage of one set in lines."""
    beaten = f" (Theta {THETA[name]})" if name in THETA else ""
    print(
        f"{name:<18}{found['series']:6} series  sMAPE {found['smape']:.3f}{beaten}  MASE {found['mase']:.3f}  {found['seconds']:.1f} s",
        flush=True,
    )
    for level, parts in found["coverage"].items():
        print(f"  {level:>3} % intervals held {np.mean(parts):.3f}: " + " ".join(f"{part:.2f}" for part in parts), flush=True)


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecast", description=__doc__)
    parser.add_argument("--sets", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--every", type=int, default=1, help="every n-th series only")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    asked = parser.parse_args()
    report = measure(asked.format == "json", asked.sets, asked.every)
    if asked.format == "json" or "left out" in report:
        print(json.dumps(report, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
