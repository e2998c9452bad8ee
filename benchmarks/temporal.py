"""Temporal disaggregation over a grid of methods, and the reconciliation of 425 series beside its own defining formula.

The yardstick of the grid is the reference implementation (R tempdisagg), whose 57 cases took 4.2 s; series are synthetic, drawn from a
fixed seed: 36 years with quarterly and monthly indicators of 40 years, 145 quarters with a monthly one. The reconciliation is of a grouped
hierarchy of 425 series over 304; its peer is y~ = S (S'W^-1 S)^-1 S'W^-1 y^ with dense inverses, the way the formula is written.
"""

from __future__ import annotations

import time
from itertools import product
from typing import Any, get_args

from guibiao.reference.series.benchmarking import Benchmarking, Conversion, Method

REFERENCE_SECONDS = 4.2
"""What tempdisagg took for its 57 cases, as published with the oracle."""
SAME = ("default", "chow-lin-minrss")
"""Names of methods that stand for another."""


def measure(quiet: bool = True) -> dict[str, Any]:
    """Seconds, cases and largest discrepancy of the grid; seconds and distance from the peer of the reconciliation."""
    report = {"disaggregation": _grid(), "reconciliation": _reconciliation()}
    if not quiet:
        grid, joined = report["disaggregation"], report["reconciliation"]
        print(
            f"{grid['cases']} cases in {grid['seconds']:.2f} s; {grid['seconds_of_57_cases']:.2f} s for 57 "
            f"(tempdisagg {REFERENCE_SECONDS} s); largest discrepancy {grid['largest_discrepancy']:.1e}"
        )
        print(
            f"{joined['series']} series reconciled in {joined['seconds']:.3f} s, by the formula as written {joined['peer_seconds']:.3f} s; "
            f"distance {joined['largest_distance']:.1e}, incoherence {joined['incoherence']:.1e}"
        )
    return report


def _grid() -> dict[str, Any]:
    import numpy as np

    from guibiao.model.series import Frequency, TimeSeries
    from guibiao.series.disaggregation.disaggregate import disaggregate

    random = np.random.default_rng(1971)
    monthly = np.exp(np.cumsum(random.normal(0.004, 0.02, 480))) * 400.0
    quarterly = monthly.reshape(160, 3).sum(axis=1)
    months = TimeSeries("months", Frequency.MONTH, 1972 * 12, tuple(monthly))
    quarters = TimeSeries("quarters", Frequency.QUARTER, 1972 * 4, tuple(quarterly))
    target = 20.0 + 0.013 * quarterly + np.cumsum(random.normal(0.0, 1.0, 160))
    years = TimeSeries("years", Frequency.YEAR, 1975, tuple(target.reshape(40, 4).sum(axis=1)[3:39]))
    slow = TimeSeries("slow", Frequency.QUARTER, 1975 * 4, tuple(target[12:157]))
    pairs = ((years, quarters), (years, months), (slow, months))
    largest, cases, start = 0.0, 0, time.perf_counter()
    methods = [method for method in get_args(Method) if method not in SAME]
    for (low, high), method, conversion in product(pairs, methods, get_args(Conversion)):
        found = disaggregate(low, [high], Benchmarking(method=method, conversion=conversion))
        largest, cases = max(largest, found.discrepancy), cases + 1
    seconds = time.perf_counter() - start
    return {"cases": cases, "seconds": seconds, "seconds_of_57_cases": seconds / cases * 57, "largest_discrepancy": largest}


def _reconciliation() -> dict[str, Any]:
    import numpy as np

    from guibiao.reference.series.reconciliation import Reconciling
    from guibiao.series.reconciliation.reconcile import reconcile
    from guibiao.series.reconciliation.shrinkage import shrink_to_diagonal
    from guibiao.series.reconciliation.summing import summing_matrix

    regions, purposes, states = 76, 4, 8
    bottom = np.eye(regions * purposes)
    by_region = np.kron(np.eye(regions), np.ones(purposes))
    by_purpose = np.kron(np.ones(regions), np.eye(purposes))
    by_state = np.zeros((states, regions * purposes))
    by_state[np.arange(regions * purposes) // purposes * states // regions, np.arange(regions * purposes)] = 1.0
    both = np.vstack([by_state[state] * by_purpose[purpose] for state in range(states) for purpose in range(purposes)])
    matrix = np.vstack([np.ones((1, regions * purposes)), by_state, by_region, by_purpose, both, bottom])
    summing = summing_matrix([f"s{row}" for row in range(len(matrix))], [f"V{column}" for column in range(matrix.shape[1])], matrix)
    random = np.random.default_rng(2019)
    residuals = random.normal(size=(72, len(matrix))) * np.sqrt(matrix.sum(axis=1))
    base = random.uniform(50.0, 150.0, (8, matrix.shape[1])) @ matrix.T + random.normal(size=(8, len(matrix))) * 5.0
    start = time.perf_counter()
    found = reconcile(summing, base, residuals, Reconciling())
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    inverse = np.linalg.inv(shrink_to_diagonal(residuals).covariance)
    peer = (matrix @ np.linalg.inv(matrix.T @ inverse @ matrix) @ matrix.T @ inverse @ base.T).T
    peer_seconds = time.perf_counter() - start
    return {
        "series": len(matrix), "seconds": seconds, "peer_seconds": peer_seconds, "intensity": found.intensity,
        "largest_distance": float(np.max(np.abs(found.values - peer) / np.abs(peer))),
        "incoherence": float(np.max(np.abs(found.values - found.values[:, list(summing.bottom)] @ matrix.T))),
    }  # fmt: skip


if __name__ == "__main__":
    measure(quiet=False)
