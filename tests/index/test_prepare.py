"""Denominators, imputation and screening: by hand, by closed forms, and what each counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guibiao.index.build import build
from guibiao.index.denominate import denominate, without_denominator
from guibiao.index.impute import fill_between, fill_by, fill_expectation, fill_latest, mean_of, median_of
from guibiao.index.result import IndexResult
from guibiao.index.screen import screen
from guibiao.model.errors import BadRequest
from guibiao.reference.index.specification import Imputation, Screening
from tests.index.samples import DATA, PANEL, SPECIFICATION, constructed

GAP = np.nan


def test_a_missing_or_zero_denominator_leaves_nothing() -> None:
    values = np.array([[10.0, 7.0], [10.0, 7.0], [GAP, 7.0]])
    below = np.array([[2000.0, 1], [0.0, 1], [5.0, 1]])
    chosen = np.array([True, False])
    found = denominate(values, below, np.array([1000.0, 1.0]), chosen)
    assert np.array_equal(found, [[5, 7], [GAP, 7], [GAP, 7]], equal_nan=True)
    assert without_denominator(values, below, chosen).tolist() == [[False, False], [True, False], [False, False]]


def test_means_and_medians_within_groups() -> None:
    values = np.array([[1.0], [2.0], [6.0], [GAP], [GAP], [GAP]])
    groups = ["a", "a", "a", "a", "b", ""]
    assert np.array_equal(fill_by(values, groups, mean_of)[3:, 0], [3, GAP, GAP], equal_nan=True)
    assert fill_by(values, groups, median_of)[3, 0] == 2


def test_the_latest_earlier_value_of_the_same_unit() -> None:
    units = ["A", "B", "A", "B", "A", "B"]
    times = [2018.0, 2018, 2020, 2020, 2021, 2021]
    values = np.array([[1.0, GAP], [2, 5], [GAP, 3], [GAP, GAP], [GAP, GAP], [GAP, 6]])
    found = fill_latest(values, units, times)
    assert np.array_equal(found, [[1, GAP], [2, 5], [1, 3], [2, 5], [1, 3], [2, 6]], equal_nan=True)
    near = fill_latest(values, units, times, most_times=1)
    assert np.array_equal(near[4:], [[GAP, 3], [GAP, 6]], equal_nan=True)


@pytest.mark.parametrize(
    ("method", "column", "expected"),
    [
        ("linear", [GAP, 2.0, GAP, 8.0, GAP], [2, 2, 4, 8, 8]),
        ("constant", [GAP, 2.0, GAP, 8.0, GAP], [2, 2, 2, 8, 8]),
        ("linear", [GAP, 2.0, GAP, GAP, GAP], [GAP, 2, GAP, GAP, GAP]),
        ("linear-constant", [GAP, 2.0, GAP, GAP, GAP], [2, 2, 2, 2, 2]),
        ("linear", [GAP] * 5, [GAP] * 5),
    ],
)
def test_along_the_times_of_a_unit(method: str, column: list[float], expected: list[float]) -> None:
    times = [2000.0, 2001, 2002, 2004, 2006]
    found = fill_between(np.array(column)[:, np.newaxis], ["A"] * 5, times, method)[:, 0]
    assert np.array_equal(found, expected, equal_nan=True)


def test_em_reaches_the_closed_form_of_a_monotone_pattern() -> None:
    random = np.random.default_rng(7)
    x = random.normal(50, 10, 40)
    y = 3 + 0.5 * x + random.normal(0, 2, 40)
    values = np.stack([x, y], axis=1)
    values[28:, 1] = np.nan
    fitted = fill_expectation(values, ridge=0.0, tolerance=1e-13, most_iterations=5000)
    slope, intercept = np.polyfit(x[:28], y[:28], 1)
    assert fitted.converged
    assert fitted.values[28:, 1] == pytest.approx(intercept + slope * x[28:], rel=1e-8)
    assert fitted.mean[1] == pytest.approx(y[:28].mean() + slope * (x.mean() - x[:28].mean()), rel=1e-8)
    residual = ((y[:28] - intercept - slope * x[:28]) ** 2).mean()
    assert fitted.covariance[1, 1] == pytest.approx(residual + slope**2 * x.var(), rel=1e-7)
    assert np.array_equal(fitted.values[:28], values[:28])


def test_em_leaves_empty_rows_and_columns_and_says_when_it_did_not_converge() -> None:
    values = np.array([[1.0, 2.0, GAP], [2.0, GAP, GAP], [3.0, 5.0, GAP], [GAP, GAP, GAP], [4.0, 9.0, GAP]])
    fitted = fill_expectation(values, ridge=0.01, tolerance=1e-9, most_iterations=2)
    assert not fitted.converged
    assert np.isnan(fitted.values[3]).all()
    assert np.isnan(fitted.values[:, 2]).all()
    assert not np.isnan(fitted.values[1, 1])


@pytest.mark.parametrize(
    ("rule", "included"),
    [
        (Screening(rule="missing", least_available=0.5), [True, True, False, False]),
        (Screening(rule="missing", least_available=0.6), [True, False, False, False]),
        (Screening(rule="zeros", least_nonzero=0.5), [True, False, True, False]),
        (Screening(rule="both", least_available=0.3, least_nonzero=0.5), [True, False, False, False]),
        (Screening(rule="missing", least_available=0.6, include=("C",), exclude=("A",)), [False, False, True, False]),
        (Screening(exclude=("B",)), [True, False, True, True]),
    ],
)
def test_screening(rule: Screening, included: list[bool]) -> None:
    values = np.array([[1.0, 0, 3, 4], [0, 0, GAP, GAP], [GAP, GAP, GAP, 2], [GAP] * 4])
    found = screen(values, "ABCD", rule)
    assert found.included.tolist() == included
    assert found.available.tolist() == [1, 0.5, 0.25, 0]


def changed(folder: Path, data: str = DATA, **changes: Any) -> IndexResult:
    construction, table = constructed(folder, data=data)
    return build(replace(construction, specification=replace(construction.specification, **changes)), table)


def record(result: IndexResult, step: str) -> Any:
    return next(each for each in result.steps if each.step == step)


def test_what_is_filled_is_counted_and_listed(tmp_path: Path) -> None:
    result = changed(tmp_path, impute=Imputation(method="mean"))
    assert record(result, "impute").counts == {"filled": 1, "missing": 0}
    assert record(result, "impute").parameters["cells"] == [{"unit": "D", "time": "", "code": "skill", "value": 2.0}]


def test_means_are_taken_within_each_time(tmp_path: Path) -> None:
    result = changed(tmp_path, PANEL, impute=Imputation(method="mean"))
    assert record(result, "impute").parameters["cells"][0]["value"] == 5.0
    latest = changed(tmp_path, PANEL, impute=Imputation(method="latest"))
    assert record(latest, "impute").parameters["cells"][0]["value"] == 1.0


def test_groups_come_from_a_column_of_the_data(tmp_path: Path) -> None:
    grouped = DATA.replace("skill\n", "skill,ring\n").replace("1\n", "1,x\n").replace("3\n", "3,y\n").replace("2\n", "2,\n")
    grouped = grouped.replace("D,丁,30,8,\n", "D,丁,30,8,,y\n")
    result = changed(tmp_path, grouped, impute=Imputation(method="group-median", group="ring"))
    assert record(result, "impute").parameters["cells"][0]["value"] == 3.0
    assert any("1 行" in note for note in record(result, "impute").notes)
    with pytest.raises(BadRequest, match="ring"):
        changed(tmp_path, impute=Imputation(method="group-median", group="ring"))


def test_em_fills_within_a_parent_or_over_all(tmp_path: Path) -> None:
    data = DATA.replace("B,乙,20,10,3", "B,乙,20,,3") + "E,戊,35,4,3\nF,己,12,6,2\n"
    for within, filled in (("parent", 1), ("all", 2)):
        result = changed(tmp_path, data, impute=Imputation(method="em", within=within))  # type: ignore[arg-type]
        assert record(result, "impute").counts["filled"] == filled
        assert any("EM" in note for note in record(result, "impute").notes)


def test_a_single_time_cannot_be_filled_along_time(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="时间"):
        changed(tmp_path, impute=Imputation(method="latest"))


def test_who_is_screened_out_is_listed_and_two_must_stay(tmp_path: Path) -> None:
    result = changed(tmp_path, screen=Screening(rule="missing", least_available=0.9))
    assert [each["unit"] for each in record(result, "screen").parameters["removed"]] == ["D"]
    assert "D" not in result.units
    with pytest.raises(BadRequest, match="单位"):
        changed(tmp_path, screen=Screening(exclude=("A", "B", "C")))
    with pytest.raises(BadRequest, match="Z"):
        changed(tmp_path, screen=Screening(exclude=("Z",)))


def test_denominators_are_columns_of_the_data(tmp_path: Path) -> None:
    stated = SPECIFICATION.replace("parent: use}", "parent: use, denominator: people, denominator_scale: 10}")
    data = DATA.replace("skill\n", "skill,people\n").replace("1\n", "1,10\n").replace("3\n", "3,20\n").replace("2\n", "2,0\n")
    construction, table = constructed(tmp_path, stated, data.replace("D,丁,30,8,\n", "D,丁,30,8,,5\n"))
    result = build(construction, table)
    assert result.stage("denominate").values[:, 2] == pytest.approx([1, 1.5, np.nan, np.nan], nan_ok=True)
    assert record(result, "denominate").counts == {"indicators": 1, "lost": 1}
