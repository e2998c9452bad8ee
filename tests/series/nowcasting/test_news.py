"""News: the parts add up to the revision; a factor model's equal statsmodels'; figures of the quarter's last month count."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.nowcast import Aggregation, Nowcast, NowcastSeries, Transform
from guibiao.series.nowcasting.dynamic_factor import FactorFit, FactorParameters
from guibiao.series.nowcasting.models import FactorModel, estimate_model
from guibiao.series.nowcasting.news import News, Vintage, decompose
from guibiao.series.nowcasting.nowcast import nowcast
from guibiao.series.nowcasting.panel import Column, Plan
from guibiao.series.nowcasting.question import question, vintage_of
from guibiao.series.nowcasting.vintages import VintageTable, vintage_table
from tests.series.nowcasting.nowcast_samples import BEFORE, DAY, one_factor, sales
from tests.series.nowcasting.test_nowcast_factor_model import parameters_of, sample, statsmodels_model

MONTH, QUARTER = Frequency.MONTH, Frequency.QUARTER
FAST = Nowcast(target="y", backtest=0, maximum_iterations=15)


def news_between(table: VintageTable, specification: Nowcast, method: str, before: date, after: date) -> News:
    """News of one model estimated on each vintage."""
    asked = question(table, specification, after)
    old, new = vintage_of(table, specification, before), vintage_of(table, specification, after)
    models = [estimate_model(method, asked.panel(vintage), specification).model for vintage in (old, new)]
    return decompose(asked.plan, asked.rows, asked.position, old, new, models[0], models[1])


def adds_up(news: News) -> bool:
    """Whether nothing is left unexplained beyond rounding."""
    return abs(news.unexplained) <= 1e-10 * max(abs(news.before), abs(news.after), 1.0)


def test_impacts_of_a_factor_model_equal_those_of_statsmodels() -> None:
    """Two vintages of one sample at fixed parameters: six new figures, the joint weights of Banbura and Modugno."""
    new = sample()
    old = new.copy()
    old[-2:, :4] = np.nan
    old[-4, -1] = np.nan
    model = statsmodels_model(new)
    after = model.smooth(model.start_params)
    months = pd.period_range("2000-01", periods=120, freq="M")
    quarterly = pd.DataFrame({"y": old[2::3, -1]}, index=pd.period_range("2000Q1", periods=40, freq="Q"))
    monthly = pd.DataFrame(old[:, :4], index=months, columns=["x0", "x1", "x2", "x3"])
    before = after.apply(monthly, endog_quarterly=quarterly, retain_standardization=True)
    theirs = before.news(after, impact_date="2009-12", impacted_variable="y", comparison_type="updated")
    rows = theirs.details_by_impact.reset_index()
    expected = {(row["updated variable"], str(row["update date"])): row["impact"] for row in rows.to_dict("records")}
    ours = _our_news(new, old, parameters_of(model, model.start_params))
    releases = {(item.series, item.period): item for item in ours.items if item.kind == "release"}
    assert len(releases) == len(expected) == 6
    for (name, month), impact in expected.items():
        item = releases["y", "2009-Q3"] if name == "y" else releases[name, month.replace("M", "-")]
        moved = item.news if name == "y" else 0.0  # the level of the quarter before moves by its own surprise
        assert item.impact == pytest.approx(impact + moved, abs=1e-8)
    assert adds_up(ours)


def _our_news(new: np.ndarray, old: np.ndarray, parameters: FactorParameters) -> News:
    """The sample with the target first, its levels running sums, its weights a third of statsmodels'."""
    order = [4, 0, 1, 2, 3]
    loading, deviation = np.array([3.0, 1.0, 1.0, 1.0, 1.0]), np.array([9.0, 1.0, 1.0, 1.0, 1.0])
    states = [*range(5), *range(9, 14), *range(5, 9)]
    scale = np.concatenate([np.ones(5), np.full(5, 3.0), np.ones(4)])
    raised = replace(
        parameters, centre=parameters.centre[order], scale=parameters.scale[order],
        loadings=parameters.loadings[order] * loading[:, None], variance=parameters.variance[order] * deviation,
        persistence=parameters.persistence[order],
        initial_covariance=parameters.initial_covariance[np.ix_(states, states)] * np.outer(scale, scale),
    )  # fmt: skip
    model = FactorModel(FactorFit(raised, (), True), (0, 1, 2, 3, 4))
    target = Column("y", QUARTER, Transform.DIFFERENCE, Aggregation.SUM, 3)
    plan = Plan(MONTH, 2000 * 12, (target, *(Column(f"x{at}", MONTH, Transform.NONE, Aggregation.SUM, 1) for at in range(4))))
    old_vintage, new_vintage = _vintage(old), _vintage(new)
    return decompose(plan, 120, 39, old_vintage, new_vintage, model, model)


def _vintage(values: np.ndarray) -> Vintage:
    growth = values[2::3, -1]
    known = [at for at, value in enumerate(growth) if not math.isnan(value)]
    levels = np.cumsum(growth[known[0] : known[-1] + 1])
    series = {"y": TimeSeries("y", QUARTER, 2000 * 4 + known[0] - 1, (0.0, *levels))}
    for at in range(4):
        last = int(np.flatnonzero(~np.isnan(values[:, at]))[-1]) + 1
        series[f"x{at}"] = TimeSeries(f"x{at}", MONTH, 2000 * 12, tuple(values[:last, at]))
    return Vintage(series, {})


@pytest.mark.parametrize("method", ["bridge", "dfm", "ar", "unchanged", "seasonal-naive"])
def test_the_parts_add_up_to_the_revision(method: str) -> None:
    news = news_between(vintage_table(one_factor()), FAST, method, BEFORE, DAY)
    assert adds_up(news)
    assert {item.kind for item in news.items} == {"estimation", "release"}
    assert len(news.items) == 1 + 9


@pytest.mark.parametrize("method", ["bridge", "dfm"])
@pytest.mark.parametrize("transform", ["year-on-year", "log-difference", "difference"])
def test_they_add_up_where_levels_are_asked_and_past_figures_revised(method: str, transform: str) -> None:
    """Revisions of the target a year before, of an indicator's past, a withdrawn figure, several quarters on the way."""
    entries = [replace(entry, known_from=date(2018, 5, 1) if entry.ordinal < 2017 * 12 + 8 else None) for entry in sales(joined=False)]
    changed = [
        replace(entry, value=entry.value * 1.01, known_from=date(2018, 9, 1))
        for entry in entries
        if entry.ordinal in {2017 * 12 + 5, 2017 * 12 + 6, 2016 * 12 + 1}
    ]
    table = vintage_table([*entries, *changed])
    specification = replace(
        FAST, target="sales", frequency="Q", series=(NowcastSeries(name="sales", transform=Transform(transform)),), maximum_iterations=10
    )
    news = news_between(table, specification, method, date(2018, 6, 1), date(2018, 10, 2))
    assert adds_up(news)
    assert {"estimation", "release", "revision"} <= {item.kind for item in news.items}
    assert all(math.isfinite(item.impact) for item in news.items)


def test_a_withdrawn_figure_is_a_part_of_its_own() -> None:
    table = vintage_table(one_factor())
    asked = question(table, FAST, DAY)
    vintage = vintage_of(table, FAST, DAY)
    shorter = dict(vintage.series)
    shorter["x1"] = replace(shorter["x1"], values=shorter["x1"].values[:-1])
    for method in ("bridge", "dfm"):
        model = estimate_model(method, asked.panel(vintage), FAST).model
        news = decompose(asked.plan, asked.rows, asked.position, vintage, Vintage(shorter, vintage.known), model, model)
        assert [item.kind for item in news.items] == ["estimation", "withdrawn"]
        assert adds_up(news)


def test_figures_of_the_last_month_of_the_quarter_move_the_nowcast() -> None:
    """A one-step-ahead prediction would not see them; the smoothed value does."""
    table = vintage_table([entry for entry in one_factor() if entry.series != "y" or entry.ordinal < 2019 * 4 + 3])
    moved = news_between(table, FAST, "dfm", date(2020, 1, 5), date(2020, 1, 20))
    december = [item for item in moved.items if item.period == "2019-12"]
    assert len(december) == 4
    assert sum(abs(item.impact) for item in december) > 0.05


def test_without_surprise_there_is_no_impact() -> None:
    """A new figure that is exactly the expected one moves nothing."""
    table = vintage_table(one_factor())
    asked = question(table, FAST, DAY)
    vintage = vintage_of(table, FAST, DAY)
    model = estimate_model("dfm", asked.panel(vintage), FAST).model
    panel = asked.panel(vintage)
    expected = model.expected(panel)
    row = int(np.flatnonzero(~np.isnan(panel.values[:, 1]))[-1]) + 1
    longer = dict(vintage.series)
    longer["x0"] = replace(longer["x0"], values=(*longer["x0"].values, float(expected[row, 1])))
    news = decompose(asked.plan, asked.rows, asked.position, vintage, Vintage(longer, vintage.known), model, model)
    (item,) = [item for item in news.items if item.kind == "release"]
    assert item.news == pytest.approx(0.0, abs=1e-12)
    assert item.impact == pytest.approx(0.0, abs=1e-10)


def test_before_is_what_was_said_on_the_day() -> None:
    """The nowcast of the same quarter made on the earlier day with the data of that day."""
    entries = [entry for entry in one_factor() if entry.series != "y" or entry.ordinal < 2019 * 4 + 2]
    table = vintage_table(entries)
    for method in ("bridge", "dfm"):
        stated = tuple(NowcastSeries(name=name, transform=Transform.NONE) for name in ("y", "x0", "x1", "x2", "x3"))
        specification = replace(FAST, method=method, series=stated)
        now = nowcast(table, specification, DAY, date(2019, 10, 25))
        then = nowcast(table, specification, date(2019, 10, 25))
        assert now.news is not None
        assert now.news.before == pytest.approx(then.rows[-1].mean, rel=1e-9)
        assert now.news.after == pytest.approx(now.rows[-1].mean, rel=1e-12)
        assert [row.period for row in now.rows] == ["2019-Q3", "2019-Q4"]


def test_joined_months_are_one_item() -> None:
    table = vintage_table(sales())
    specification = replace(FAST, target="sales", frequency="Q")
    news = news_between(table, specification, "dfm", date(2018, 3, 1), date(2018, 3, 25))
    found = [item for item in news.items if item.series == "sales [M]"]
    assert [item.period for item in found] == ["2018-02"]
    assert adds_up(news)


def test_an_entry_is_never_known_before_it_is_published() -> None:
    """News between two days names only figures known in between."""
    news = news_between(vintage_table(one_factor()), FAST, "bridge", BEFORE, DAY)
    for item in news.items:
        if item.kind == "release":
            assert item.known_from is not None
            assert BEFORE < item.known_from <= DAY
