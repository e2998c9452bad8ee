"""Nowcasts: made-up series with a known factor, and national retail sales and gross domestic product on pseudo-vintages.

python -m benchmarks.nowcast
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from guibiao.model.series import Frequency
from guibiao.reference.series.nowcast import Nowcast, NowcastSeries
from guibiao.reference.specifications import read_specification
from guibiao.series.nowcasting.nowcast import NowcastResult, nowcast
from guibiao.series.nowcasting.vintages import Entry, vintage_table

ROOT = Path(__file__).resolve().parents[1]
SEEDS = 6
RETAIL_DAYS = {"two of three months known": date(2026, 3, 25), "one month known": date(2026, 5, 25), "none known": date(2026, 4, 20)}
GDP = Nowcast(
    target="国内生产总值",
    series=(
        NowcastSeries(name="国内生产总值", indicator="gross_domestic_product", area="100000", frequency="Q", publication_lag=17),
        NowcastSeries(name="社会消费品零售总额", indicator="retail_sales_of_consumer_goods", area="100000", publication_lag=17),
        NowcastSeries(
            name="规上工业增加值增速", indicator="industrial_value_added_growth_rate", area="100000", frequency="M", publication_lag=17
        ),
    ),
)


def synthetic(seed: int, months: int = 180, indicators: int = 6) -> list[Entry]:
    """Synthetic: monthly series and a quarterly target that share one factor."""
    rng = np.random.default_rng(seed)
    factor = np.zeros(months)
    for month in range(1, months):
        factor[month] = 0.8 * factor[month - 1] + rng.normal()
    entries = []
    for number in range(indicators):
        values = rng.uniform(0.5, 1.0) * factor + 0.6 * rng.normal(size=months)
        entries += [Entry(f"x{number}", Frequency.MONTH, 2005 * 12 + at, float(value)) for at, value in enumerate(values)]
    target = (factor + 0.4 * rng.normal(size=months)).reshape(-1, 3).mean(axis=1)
    return entries + [Entry("y", Frequency.QUARTER, 2005 * 4 + at, float(value)) for at, value in enumerate(target)]


def _told(result: NowcastResult) -> dict[str, Any]:
    assert result.backtest is not None
    compared = {each.model: each for each in result.backtest.comparisons}
    return {
        "period": result.rows[-1].period, "mean": result.rows[-1].mean, "low": result.rows[-1].low, "high": result.rows[-1].high,
        "model": result.choice.model, "periods": next(iter(compared.values())).accuracy.n if compared else 0,
        "rmse": {name: each.accuracy.rmse for name, each in compared.items()},
        "coverage": {name: each.accuracy.coverage for name, each in compared.items()},
        "p_values": {name: {other: test.p_value for other, test in each.tests.items() if test} for name, each in compared.items()},
    }  # fmt: skip


def measure(quiet: bool = False) -> dict[str, Any]:
    """Errors, coverage, choice and seconds of each case; `unexplained` is the largest rest of a news decomposition."""
    from guibiao.commands.options import session
    from guibiao.commands.series.nowcast_data import entries_of_workspace
    from guibiao.questions import Desk

    found: dict[str, Any] = {"synthetic": {}}
    began = time.perf_counter()
    unexplained = 0.0
    for seed in range(1, SEEDS + 1):
        result = nowcast(vintage_table(synthetic(seed)), Nowcast(target="y", backtest=24), date(2019, 11, 25), date(2019, 10, 5))
        found["synthetic"][seed] = _told(result)
        assert result.news is not None
        unexplained = max(unexplained, abs(result.news.unexplained))
    found["synthetic_unexplained"], found["synthetic_seconds"] = unexplained, time.perf_counter() - began
    retail = read_specification(ROOT / "docs" / "examples" / "nowcast.yaml", Nowcast)
    with tempfile.TemporaryDirectory() as folder, session(str(ROOT / "workspaces" / "beijing"), Path(folder), "") as at:
        desk = Desk(at.workspace, at.store, at.folder)
        sources = {"retail": (retail, entries_of_workspace(desk, retail.series)), "gdp": (GDP, entries_of_workspace(desk, GDP.series))}
    for name, (specification, entries) in sources.items():
        table = vintage_table(entries, specification.lags, first_by_lag=True)
        days = RETAIL_DAYS if name == "retail" else {"two of three months known": date(2026, 3, 25)}
        for edge, day in days.items():
            began = time.perf_counter()
            found[f"{name}: {edge}"] = _told(nowcast(table, replace(specification, method="auto"), day))
            found[f"{name}: {edge}"]["seconds"] = time.perf_counter() - began
    if not quiet:
        for case, told in found.items():
            print(case, told)
    return found


if __name__ == "__main__":
    measure()
