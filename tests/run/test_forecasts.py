"""Which series a release forecasts, on which figures, and why others have none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.forecasts import AnnualForecast, Forecasts, _NoForecast, forecast_rows, history_of
from guibiao.model.forecast_tables import COMBINED, FORECASTS, LEVELS, UNFORECAST
from guibiao.model.indicator import Break, Indicator, Nature
from guibiao.reference.load import load_workspace
from guibiao.reference.scaffold import scaffold
from guibiao.reference.series.forecast import SHORT_MODELS, SimulationSpecification
from guibiao.run import DataRun, Request
from guibiao.series.forecasting.simulation import simulate
from guibiao.store.open import open_store

QUICK = AnnualForecast(simulation=SimulationSpecification(draws=400))
SERIES = {"indicator": "output", "area": "10", "categories": "", "price_basis": "current", "accounting_basis": "new"}
LEVEL = Indicator(id="output", name_zh="产出", name_en="Output", unit="亿元", definition_zh="")
SHARE = Indicator(id="output", name_zh="占比", name_en="Share", unit="%", definition_zh="", nature=Nature.SHARE)


def rows(values: dict[int, float], **facts: Any) -> list[dict[str, Any]]:
    return [
        SERIES
        | {
            "period_start": date(year, 1, 1), "period_end": date(year, 12, 31), "measure": "during", "unit": "亿元", "value": value,
            "qualifier": "exact", "method": "surveyed", "known_from": date(year + 1, 3, 1),
        }
        | facts
        for year, value in values.items()
    ]  # fmt: skip


def growing(first: int, last: int) -> dict[int, float]:
    return {year: 100 * 1.08 ** (year - first) * (1.02 if year % 2 else 0.99) for year in range(first, last + 1)}


def why(given: list[dict[str, Any]], *breaks: Break) -> tuple[str, str]:
    with pytest.raises(_NoForecast) as none:
        history_of(given, breaks, QUICK.fewest)
    return none.value.words


def test_the_rows_are_the_quantiles_of_the_simulated_paths() -> None:
    given = rows(growing(2012, 2023))
    made = forecast_rows(SERIES, given, LEVEL, 2026, QUICK)
    assert [row["model"] for row in made[:3]] == [COMBINED] * 3
    assert {row["model"] for row in made} == {COMBINED, *SHORT_MODELS}
    assert len({tuple(row[name] for name in FORECASTS.key) for row in made}) == len(made) == 18
    paths = simulate([row["value"] for row in given], 3, QUICK.simulation).combined
    for ahead, row in enumerate(made[:3]):
        assert row["value"] == pytest.approx(np.quantile(paths[:, ahead], 0.5), rel=1e-12)
        for level in LEVELS:
            low, high = np.quantile(paths[:, ahead], [0.5 - level / 200, 0.5 + level / 200])
            assert (row[f"low_{level}"], row[f"high_{level}"]) == pytest.approx((low, high), rel=1e-12)
    assert (made[0]["period_start"], made[0]["period_end"]) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (made[0]["points"], made[0]["first"], made[0]["last"], made[0]["known_from"]) == (12, 2012, 2023, date(2024, 3, 1))
    assert set(made[0]) | {"as_of"} == set(FORECASTS.names)


def test_shares_stay_shares() -> None:
    values = {year: 85.0 + (year - 2010) * 0.9 + (year % 3) * 0.4 for year in range(2010, 2024)}
    made = forecast_rows(SERIES, rows(values, unit="%"), SHARE, 2024, QUICK)
    assert {row["scale"] for row in made} == {"logit"}
    assert all(0 < row["low_95"] < row["high_95"] < 100 for row in made)


def test_only_figures_in_a_row_on_one_definition_count() -> None:
    assert "只有7个，少于8个" in why(rows(growing(2017, 2023)))[0]
    gap = growing(2008, 2023)
    del gap[2018]
    assert why(rows(gap)) == (
        "口径一致、逐年连续的数只有5个，少于8个（缺2018年的数）",
        "only 5 annual figures in a row on one basis, under 8 (no figure for 2018)",
    )  # fmt: skip
    changed = Break(date="2020", reason_zh="改变")
    assert "口径改变之前" in why(rows(growing(2008, 2023)), changed)[0]
    linked = Break(date="2020", reason_zh="改变", link="1.5")
    history = history_of(rows(growing(2008, 2023)), (linked,), 8)
    assert len(history.rows) == 16
    plain = growing(2008, 2023)
    assert history.values == pytest.approx([value * (1.5 if year < 2020 else 1) for year, value in plain.items()])


def test_what_is_no_sure_observed_figure_is_not_taken() -> None:
    old, last = rows(growing(2008, 2022)), rows({2023: 400.0}, qualifier="over")
    assert "约数或界限数" in why([*old, *last])[0]
    assert why(rows(growing(2008, 2023), method="forecast"))[0] == "没有观测到的年度数"
    middle = rows({year: value for year, value in growing(2005, 2023).items() if year != 2012})
    history = history_of([*middle, *rows({2012: 200.0}, qualifier="about")], (), 8)
    assert (history.rows[0]["period_end"].year, history.cut[0]) == (2013, "2012年的数是约数或界限数")


def test_units_and_kinds_of_period_are_not_mixed() -> None:
    history = history_of([*rows(growing(2001, 2012), unit="万元"), *rows(growing(2013, 2023))], (), 8)
    assert {row["unit"] for row in history.rows} == {"亿元"}
    assert len(history.rows) == 11


def test_an_old_series_and_one_that_never_varies_have_none() -> None:
    with pytest.raises(_NoForecast, match="已过4年"):
        forecast_rows(SERIES, rows(growing(2005, 2019)), LEVEL, 2023, QUICK)
    assert forecast_rows(SERIES, rows(growing(2005, 2020)), LEVEL, 2023, QUICK)
    with pytest.raises(_NoForecast, match="没有变化"):
        forecast_rows(SERIES, rows(dict.fromkeys(range(2010, 2024), 5.0)), LEVEL, 2024, QUICK)


@given(
    st.lists(st.floats(0.01, 1e13), min_size=8, max_size=12),
    st.sampled_from([Nature.LEVEL, Nature.SHARE, Nature.GROWTH]),
)
def test_intervals_are_nested_whatever_the_figures(values: list[float], nature: Nature) -> None:
    indicator = Indicator(id="output", name_zh="产出", name_en="Output", unit="亿元", definition_zh="", nature=nature)
    given = rows(dict(enumerate(values, 2024 - len(values))))
    few = AnnualForecast(horizon=1, simulation=SimulationSpecification(draws=50))
    try:
        made = forecast_rows(SERIES, given, indicator, 2024, few)
    except _NoForecast:
        assert max(values) - min(values) <= 1e-6 * max(values)
        return
    for row in made:
        edges = [row[name] for name in ("low_95", "low_80", "low_50", "value", "high_50", "high_80", "high_95")]
        assert np.isfinite(edges).all()
        assert edges == sorted(edges)


def test_a_run_forecasts_its_own_area_once_and_then_reuses_the_step(tmp_path: Path) -> None:
    workspace = load_workspace(scaffold(tmp_path, "newtown", "新城市", "990100"))
    store = open_store(str(tmp_path / "out" / "guibiao.duckdb"), workspace.settings.id)
    try:
        first = Forecasts(DataRun(workspace, store, Request(tmp_path / "out", today=date(2026, 3, 2))))
        assert first.rows == []
        assert {row["indicator"] for row in first.reasons} == set(workspace.indicators)
        assert all(set(row) == set(UNFORECAST.names) for row in first.reasons)
        again = Forecasts(DataRun(workspace, store, Request(tmp_path / "out", today=date(2026, 3, 3))))
        assert again.reasons == first.reasons
        assert [each.reused for each in again.data.trace if each.step == "forecasts"] == [True]
    finally:
        store.close()
