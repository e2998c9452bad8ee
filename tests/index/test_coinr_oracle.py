"""COINr 1.1.14 on its ASEM example: every stage, three normalisations, two aggregations, ranks, and each treatment decision."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guibiao.index.build import build
from guibiao.index.construction import IndexData, effective_weights
from guibiao.index.result import IndexResult, Stage
from guibiao.index_files import construction_of, read_data
from guibiao.reference.index.metadata import read_metadata
from guibiao.reference.index.specification import Aggregation, Imputation, Normalisation, Screening, Treatment
from guibiao.reference.index.stated import Stated

RELATIVE = 1e-8
Cells = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def folder(shared_folder: Path) -> Path:
    return shared_folder / "data" / "oracles" / "index"


@pytest.fixture(scope="module")
def stated(folder: Path) -> Stated:
    """The default pipeline of `build_example_coin`."""
    found = read_metadata(folder / "ASEM_iMeta.csv")
    pipeline = replace(
        found.specification,
        denominate=True,
        impute=Imputation(method="group-mean", group="EurAsia_group"),
        screen=Screening(rule="missing", least_available=0.9),
        treat=Treatment(),
    )
    return replace(found, specification=pipeline)


@pytest.fixture(scope="module")
def data(folder: Path, stated: Stated) -> IndexData:
    return read_data(folder / "ASEM_iData.csv", construction_of(stated))


@pytest.fixture(scope="module")
def result(stated: Stated, data: IndexData) -> IndexResult:
    return build(construction_of(stated), data)


def built(stated: Stated, data: IndexData, **changes: Any) -> IndexResult:
    return build(construction_of(replace(stated, specification=replace(stated.specification, **changes))), data)


def cells(path: Path) -> Cells:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        row["uCode"]: {name: float(cell) if cell not in {"", "NA"} else math.nan for name, cell in row.items() if name != "uCode"}
        for row in rows
    }


def compare(units: tuple[str, ...], codes: tuple[str, ...], values: np.ndarray[Any, Any], expected: Cells) -> int:
    """Cells compared; every expected cell is found, missing where ours is missing."""
    assert set(units) == set(expected)
    assert set(codes) >= set(next(iter(expected.values())))
    places = {code: place for place, code in enumerate(codes)}
    count = 0
    for row, unit in enumerate(units):
        for code, value in expected[unit].items():
            assert values[row, places[code]] == pytest.approx(value, rel=RELATIVE, abs=1e-12, nan_ok=True), (unit, code)
            count += 1
    return count


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("raw", "Raw"), ("denominate", "Denominated"), ("impute", "Imputed"), ("screen", "Screened"), ("treat", "Treated"),
        ("normalise", "Normalised"),
    ],
)  # fmt: skip
def test_every_stage_of_the_default_pipeline(result: IndexResult, folder: Path, step: str, name: str) -> None:
    stage: Stage = result.stage(step)
    assert compare(stage.units, result.codes[:49], stage.values, cells(folder / f"dset_{name}.csv")) == 51 * 49


def test_scores_at_every_level(result: IndexResult, folder: Path) -> None:
    assert compare(result.units, result.codes, result.scores, cells(folder / "dset_Aggregated.csv")) == 51 * 60


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("norm_minmax", Normalisation()),
        ("norm_minmax1_100", Normalisation(lower=1)),
        ("norm_zscore", Normalisation(method="zscore", mean=10, standard_deviation=2)),
    ],
)
def test_normalisations(stated: Stated, data: IndexData, folder: Path, name: str, choice: Normalisation) -> None:
    stage = built(stated, data, normalise=choice).stage("normalise")
    assert (
        compare(stage.units, tuple(each.code for each in stated.specification.indicators), stage.values, cells(folder / f"{name}.csv")) > 0
    )


@pytest.mark.parametrize(("name", "method"), [("agg_a_amean", "arithmetic"), ("agg_a_gmean", "geometric")])
def test_aggregations_of_scores_from_1_to_100(stated: Stated, data: IndexData, folder: Path, name: str, method: Any) -> None:
    found = built(stated, data, normalise=Normalisation(lower=1), aggregate=(Aggregation(method=method),))
    assert compare(found.units, found.codes, found.scores, cells(folder / f"{name}.csv")) == 51 * 11


def test_ranks(result: IndexResult, folder: Path) -> None:
    expected = {unit: row["Rank"] for unit, row in cells(folder / "results_full.csv").items()}
    root = result.codes.index("Index")
    assert {unit: result.ranks[row, root] for row, unit in enumerate(result.units)} == expected


def test_treatment_decisions(result: IndexResult, folder: Path) -> None:
    log = {each["code"]: each for each in next(step for step in result.steps if step.step == "treat").parameters["indicators"]}
    with (folder / "treat_analysis_Dets_Table.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["iCode"] for row in rows} == set(log)
    for row in rows:
        ours = log[row["iCode"]]
        for number, check in enumerate(ours["checks"]):
            assert check["passed"] is (row[f"check_SkewKurt{number}.Pass"] == "TRUE")
            assert check["skewness"] == pytest.approx(float(row[f"check_SkewKurt{number}.Skew"]), rel=RELATIVE)
            assert check["kurtosis"] == pytest.approx(float(row[f"check_SkewKurt{number}.Kurt"]), rel=RELATIVE)
        assert ours["winsorised_points"] == (int(row["winsorise.nwin"]) if row["winsorise.nwin"] else None)
        assert len(ours["checks"]) == 1 + bool(row["check_SkewKurt1.Pass"])


def test_treated_points(result: IndexResult, folder: Path) -> None:
    log = {each["code"]: each["points"] for each in next(step for step in result.steps if step.step == "treat").parameters["indicators"]}
    with (folder / "treat_analysis_Treated_Points.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    units = sorted(result.units)
    for code in rows[0]:
        assert {units[row]: each[code] for row, each in enumerate(rows) if each[code]} == log[code]


def test_effective_weights_sum_to_one(stated: Stated) -> None:
    tree = construction_of(stated).tree
    assert effective_weights(tree)[: tree.indicators].sum() == pytest.approx(1)


def test_the_specification_of_imeta_is_the_one_of_the_weights(stated: Stated, folder: Path) -> None:
    with (folder / "weights_Original.csv").open(encoding="utf-8") as file:
        expected = {row["iCode"]: (int(row["Level"]), float(row["Weight"])) for row in csv.DictReader(file)}
    tree = construction_of(stated).tree
    assert {code: (tree.levels[place], tree.weights[place]) for place, code in enumerate(tree.codes)} == expected


def test_lineage(stated: Stated, folder: Path) -> None:
    tree = construction_of(stated).tree
    with (folder / "lineage.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            parent = tree.parents[tree.codes.index(row["Indicator"])]
            grandparent = tree.parents[parent]
            assert (tree.codes[parent], tree.codes[grandparent]) == (row["Pillar"], row["Sub-index"])


def test_the_panel_is_normalised_over_all_years(folder: Path) -> None:
    found = read_metadata(folder / "ASEM_iMeta.csv")
    construction = construction_of(found)
    panel = build(construction, read_data(folder / "ASEM_iData_p.csv", construction))
    scores = panel.stage("normalise").values
    assert len(set(panel.times)) == 5
    assert np.nanmin(scores, axis=0) == pytest.approx(np.zeros(49))
    assert np.nanmax(scores, axis=0) == pytest.approx(np.full(49, 100.0))
    for time in set(panel.times):
        rows = [row for row, when in enumerate(panel.times) if when == time]
        assert sorted(panel.ranks[rows, panel.codes.index("Index")]) == list(range(1, 52))
