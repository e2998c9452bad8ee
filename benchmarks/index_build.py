"""`python -m benchmarks.index_build`: whole builds of composite indices, and ten thousand weight sets at once, on synthetic data.

COINr 1.1.14 took 0.134 s to build its example of 51 units and 49 indicators, and 0.155 s a run of its stress test.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from guibiao.index.aggregate import aggregate_tree
from guibiao.index.build import build
from guibiao.index.construction import Construction, IndexData, compile_construction
from guibiao.reference.index.specification import (
    Aggregation,
    Imputation,
    IndexAggregate,
    IndexIndicator,
    IndexSpecification,
    Screening,
    Treatment,
)

COINR_SECONDS = 0.134
SHAPES = ((51, 49), (340, 60), (3000, 50))
WEIGHT_SETS = 10_000
GROUP = 6


def constructed(indicators: int) -> Construction:
    """A tree of three levels with every step."""
    groups = -(-indicators // GROUP)
    return compile_construction(
        IndexSpecification(
            id="synthetic",
            indicators=tuple(
                IndexIndicator(code=f"i{place}", parent=f"g{place // GROUP}", direction=1 - 2 * (place % 3 == 0))
                for place in range(indicators)
            ),
            aggregates=(*(IndexAggregate(code=f"g{place}", parent="index") for place in range(groups)), IndexAggregate(code="index")),
            impute=Imputation(method="median"),
            screen=Screening(rule="missing"),
            treat=Treatment(),
        )
    )


def synthetic(units: int, indicators: int) -> IndexData:
    """Skewed values with gaps, the same at every call."""
    random = np.random.default_rng(1)
    values = random.lognormal(0, random.uniform(0.1, 2, indicators), (units, indicators))
    values[random.random(values.shape) < 0.03] = np.nan
    return IndexData(units=tuple(f"U{row:05d}" for row in range(units)), times=("",) * units, values=values)


def measure(quiet: bool) -> dict[str, Any]:
    """Seconds of a build by shape (best of five), their ratio to COINr's example, and seconds of ten thousand weight sets."""
    report: dict[str, Any] = {"builds": {}}
    for units, indicators in SHAPES:
        construction, data = constructed(indicators), synthetic(units, indicators)
        seconds = min(_timed(construction, data) for _ in range(5))
        report["builds"][f"{units} x {indicators}"] = seconds
        if not quiet:
            print(f"{units:5d} units x {indicators} indicators: {seconds * 1000:7.1f} ms")
    report["times COINr"] = COINR_SECONDS / report["builds"]["51 x 49"]
    construction, data = constructed(49), synthetic(51, 49)
    normalised = build(construction, data).stage("normalise").values
    weights = np.random.default_rng(2).random((WEIGHT_SETS, len(construction.tree.codes)))
    start = time.perf_counter()
    aggregate_tree(normalised, construction.tree, weights, Aggregation(), accumulator=np.float64)
    report["weight sets"] = time.perf_counter() - start
    if not quiet:
        print(f"{report['times COINr']:.0f} times COINr's example; {WEIGHT_SETS:,} weight sets in {report['weight sets']:.2f} s")
    return report


def _timed(construction: Construction, data: IndexData) -> float:
    start = time.perf_counter()
    build(construction, data)
    return time.perf_counter() - start


if __name__ == "__main__":
    measure(quiet=False)
